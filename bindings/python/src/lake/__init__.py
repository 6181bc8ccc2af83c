"""EDHOC (RFC 9528), a lightweight authenticated key exchange, with its keys ready for OSCORE.

A `Config` says who one is and whom one trusts, a `Session` is one run, and
`Session.step` takes what arrived and gives what to send:

>>> initiator_key = lake.Credential.generate(lake.KeyKind.P256, kid=b'I')
>>> responder_key = lake.Credential.generate(lake.KeyKind.P256, kid=b'R')
>>> config_i = lake.Config(own=[initiator_key], peers=[responder_key], methods=[3])
>>> config_r = lake.Config(own=[responder_key], peers=[initiator_key], methods=[3])
>>> with lake.Session(config_i, lake.Role.INITIATOR) as i, lake.Session(config_r, lake.Role.RESPONDER) as r:
...     message_1 = i.step()
...     message_2 = r.step(message_1)
...     message_3 = i.step(message_2)
...     nothing_to_send = r.step(message_3)
...     i.oscore_context().master_secret == r.oscore_context().master_secret
True

Everything protocol is done by the C library liblake, which this package carries;
the classes and methods have the names of its functions (lake.h).

- `lake.aio`: for asyncio, with lookups and keys that are asked for asynchronously.
- `lake.testing`: for tests of devices, with pytest fixtures.
- `lake.coap`: EDHOC over CoAP without sockets, for any CoAP stack.
- `lake.endpoint`: EDHOC and OSCORE underneath a CoAP stack that knows neither.
- `lake.aiocoap`: EDHOC and OSCORE over CoAP with aiocoap (extra `liblake[coap]`).
- `lake.radio`: what a handshake costs on LoRaWAN, 6TiSCH and NB-IoT (extra `liblake[radio]`).
- `lake.lakers`: the API of the package lakers-python, for aiocoap.
- `python -m lake --help`: a command for people who try devices.
"""

from typing import TYPE_CHECKING, Any

from ._abi import (
    ConfigOption,
    CredentialKind,
    DataKind,
    IdType,
    KeyKind,
    KeyOperation,
    NameKind,
    Next,
    PeerPolicy,
    Pull,
    Renewal,
    Role,
    State,
    TextKind,
)
from ._explain import decode, diag
from ._status import Status
from .config import Config, EADHandler, EADItem, KeyLog, RenewalLimits, Resolver, SessionLimits, Verifier
from .credential import (
    Credential,
    CredentialInfo,
    ExternalKey,
    Origin,
    build_ccs,
    build_cose_key,
    c509_to_x509,
    cose_key_to_ccs,
    x509_to_c509,
)
from .errors import (
    ArgumentError,
    AuthenticationError,
    CoapError,
    CredentialError,
    ForkedError,
    HandleError,
    LakeError,
    MessageError,
    NotFoundError,
    OscoreError,
    PeerError,
    Pending,
    PendingCredential,
    PendingEAD,
    PendingKey,
    PendingPeer,
    ProcessError,
    StateError,
    UnknownCredentialError,
    UnsupportedCredentialError,
    UnsupportedError,
    UsageError,
)
from .info import (
    ErrorMessage,
    KeyPair,
    MethodInfo,
    SuiteInfo,
    abi_version,
    build_error,
    build_info,
    generate_keypair,
    has_feature,
    live_handles,
    method_info,
    methods,
    parse_error,
    saved_id,
    set_log,
    state_name,
    status_name,
    status_text,
    suite_info,
    suites,
    version,
    version_number,
)
from .resumption import ResumptionStore
from .session import KeyQuestion, OscoreContext, Session, SessionInfo

if TYPE_CHECKING:
    from . import aio as aio
    from . import aiocoap as aiocoap
    from . import coap as coap
    from . import endpoint as endpoint
    from . import lakers as lakers
    from . import radio as radio
    from . import testing as testing

__version__ = "1.0.0"


def __getattr__(name: str) -> Any:
    """The modules above are imported when they are first used: some need packages of their own."""
    if name in ("aio", "aiocoap", "coap", "endpoint", "lakers", "radio", "testing"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def install_as_lakers() -> None:
    """Makes `import lakers` give lake.lakers, so that aiocoap runs on liblake.

    To be called before aiocoap is imported; RuntimeError if the genuine package
    was imported already.

    >>> lake.install_as_lakers()
    >>> import lakers
    >>> lakers.__name__
    'lake.lakers'
    """
    import sys

    from . import lakers

    if sys.modules.setdefault("lakers", lakers) is not lakers:
        raise RuntimeError("another package 'lakers' was imported before lake.install_as_lakers()")


__all__ = [
    "ArgumentError", "AuthenticationError", "CoapError", "Config", "ConfigOption", "Credential", "CredentialError",
    "CredentialInfo", "CredentialKind", "DataKind", "EADHandler", "EADItem", "ErrorMessage", "ExternalKey",
    "ForkedError", "HandleError", "IdType", "KeyKind", "KeyLog", "KeyOperation", "KeyPair", "KeyQuestion",
    "LakeError", "MessageError", "MethodInfo", "NameKind", "Next", "NotFoundError", "Origin", "OscoreContext",
    "OscoreError", "PeerError", "PeerPolicy", "Pending", "PendingCredential", "PendingEAD", "PendingKey", "PendingPeer",
    "ProcessError", "Pull", "Renewal", "RenewalLimits", "Resolver", "ResumptionStore", "Role", "Session",
    "SessionInfo", "SessionLimits", "State", "StateError", "Status", "SuiteInfo", "TextKind",
    "UnknownCredentialError", "UnsupportedCredentialError", "UnsupportedError", "UsageError", "Verifier",
    "__version__",
    "abi_version", "build_ccs", "build_cose_key", "build_error", "build_info", "c509_to_x509", "cose_key_to_ccs",
    "decode", "diag", "generate_keypair", "has_feature", "install_as_lakers", "live_handles", "method_info",
    "methods", "parse_error", "saved_id", "set_log", "state_name", "status_name", "status_text", "suite_info",
    "suites", "version", "version_number", "x509_to_c509",
]  # fmt: skip
