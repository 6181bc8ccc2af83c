"""Credentials and private keys in files of any form, told apart by content."""

from __future__ import annotations

import re
from pathlib import Path

from ._abi import CredentialKind, IdType
from .credential import Credential
from .errors import CredentialError

_BY_VALUE = {
    CredentialKind.CCS: IdType.KCCS,
    CredentialKind.CWT: IdType.KCWT,
    CredentialKind.X509: IdType.X5CHAIN,
    CredentialKind.C509: IdType.C5C,
}


def credential(path: Path) -> Credential:
    """The credential in a file: X.509 certificates in PEM or DER, a CCS, CWT or C509 certificate.

    ValueError with a sentence for what it has instead.

    >>> from lake import _files
    >>> _files.credential(Path('key.pem'))
    Traceback (most recent call last):
    ValueError: key.pem has a PRIVATE KEY in PEM: a credential is wanted (certificates in PEM or DER, or a CCS, ...)
    """
    data = path.read_bytes()
    try:
        return _parsed(data)
    except CredentialError as error:
        raise ValueError(
            f"{path} has {content(data)}: a credential is wanted (certificates in PEM or DER, or a CCS, CWT or C509"
            " certificate in CBOR)"
        ) from error


def _parsed(data: bytes) -> Credential:
    if data[:1] == b"\x8b":  # an array of eleven
        return Credential.from_c509(data)
    if data[:1] in (b"\x84", b"\xd2", b"\xd8"):  # an array of four, tagged or not
        return Credential.from_cwt(data)
    if _is_map(data):
        return Credential.from_ccs(data)
    return Credential.from_pem(data)


def _is_map(data: bytes) -> bool:
    return 0xA0 <= (data or b"\0")[0] <= 0xBF


def own(name: str, *, by_value: bool = False) -> Credential:
    """One's own credential: NAME of NAME.ccs and NAME.key, FILE,KEYFILE, or a FILE in PEM that has both.

    The key is in PEM, DER, hexadecimal, or as it is. By value, it is sent as a whole.
    """
    file, comma, key_file = name.partition(",")
    if not comma:
        key_file = file
        if not Path(file).is_file():
            file, key_file = f"{name}.ccs", f"{name}.key"
    made = credential(Path(file))
    key = Path(key_file).read_bytes()
    try:
        made.set_private_key_pem(key)
    except CredentialError as error:
        wanted = f"the private key of {file} is wanted (PEM, DER, hexadecimal, or its bytes)"
        if key_file == file:
            wanted += f"; where it is in a file of its own, say {file},KEYFILE"
        raise ValueError(f"{key_file} has {content(key)}: {wanted}") from error
    if by_value:
        made.set_id(_BY_VALUE[made.info.kind])
    return made


def content(data: bytes) -> str:
    """What a file holds, in words, and nothing of it.

    >>> from lake import _files
    >>> _files.content(bytes(32)), _files.content(b'hello')
    ('32 bytes that are no text', 'text')
    """
    blocks = [block.decode(errors="replace") for block in re.findall(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----", data)]
    stripped = data.strip().removeprefix(b"0x")
    if not data:
        return "nothing"
    if blocks:
        kinds = list(dict.fromkeys(blocks))
        return " and ".join(f"{'an' if kind[0] in 'AEIOUX' else 'a'} {kind}" for kind in kinds) + " in PEM"
    if stripped and re.fullmatch(rb"[0-9A-Fa-f]+", stripped):
        return f"{len(stripped)} hexadecimal digits"
    if data[:1] == b"\x30" and len(data) > 32:
        return "a structure in DER"
    if _is_map(data):
        return "a CBOR map, such as a CCS"
    try:
        is_text = all(part.isprintable() for part in data.decode().split())
    except UnicodeDecodeError:
        is_text = False
    return "text" if is_text else f"{len(data)} bytes that are no text"
