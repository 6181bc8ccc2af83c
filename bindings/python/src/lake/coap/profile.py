"""Application profiles (draft-ietf-lake-app-profiles): what a server or client does, to be told beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ctypes import byref, c_int32
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .. import _abi
from .._abi import Answer, Role
from .._library import Bytes, check, get_bytes, get_text, lib, struct
from ..config import Config
from ..errors import NotFoundError
from ..session import Session

PATH = "/.well-known/edhoc"
"""Where the EDHOC resource is by default (RFC 9528 section 10.7)."""

_LISTS = ("methods", "suites", "cred_types", "id_cred_types", "eads")
_ANSWERS = ("message_4", "combined_request", "resumption")


@dataclass
class Profile:
    """What an endpoint does. An empty list says nothing; it does not mean that there is none.

    >>> profile = lake.coap.Profile(id=20, methods=[3], suites=[2], cred_types=[1])
    >>> lake.coap.Profile.decode(profile.encode()) == profile
    True
    """

    id: int | None = None
    """Profile ID"""
    methods: list[int] = field(default_factory=list)
    suites: list[int] = field(default_factory=list)
    cred_types: list[int] = field(default_factory=list)
    """EDHOC authentication credential types: 0 CWT, 1 CCS, 2 X.509, 3 C509"""
    id_cred_types: list[int] = field(default_factory=list)
    """COSE header parameters: `lake.IdType`"""
    eads: list[int] = field(default_factory=list)
    """labels, positive"""
    message_4: bool | None = None
    """True: it is sent; False: it is not; None: nothing is said"""
    combined_request: bool | None = None
    """True: it is taken"""
    resumption: bool | None = None
    """True: with EDHOC-PSK"""
    exporter_lengths: dict[int, int] = field(default_factory=dict)
    """output lengths of the exporter by label; only in what is advertised in EAD"""

    @classmethod
    def of(cls, config: Config, role: Role, *, combined_request: bool = False) -> Profile:
        """What an endpoint with this config does in a role; combined_request: it also does combined requests.

        >>> config, _ = lake.testing.configs()
        >>> lake.coap.Profile.of(config, lake.Role.RESPONDER).methods
        [3]
        """
        made = struct(_abi.lake_coap_profile)
        check(lib.lake_coap_profile_of(config._handle, role, int(combined_request), byref(made)))
        return profile_of_struct(made)

    @classmethod
    def well_known(cls, id: int) -> tuple[Profile, str]:
        """A well-known profile and its name; NotFoundError.

        >>> lake.coap.Profile.well_known(0)[1]
        'MINIMAL-CS-2'
        """
        made = struct(_abi.lake_coap_profile)
        name = get_text(lib.lake_coap_profile_well_known, id, byref(made))
        return profile_of_struct(made), name

    @classmethod
    def decode(cls, data: Bytes) -> Profile:
        """Reads an EDHOC_Application_Profile object; what is not known in it is passed over. MessageError.

        >>> lake.coap.Profile.decode(b'')
        Traceback (most recent call last):
        lake.errors.MessageError: ...
        """
        made = struct(_abi.lake_coap_profile)
        check(lib.lake_coap_profile_decode(bytes(data), len(data), byref(made)))
        return profile_of_struct(made)

    def encode(self) -> bytes:
        """Makes an EDHOC_Application_Profile object.

        ArgumentError without ID, methods or credential types, and for lists with repetitions.

        >>> lake.coap.Profile(id=0).encode()
        Traceback (most recent call last):
        lake.errors.ArgumentError: ...
        """
        return get_bytes(lib.lake_coap_profile_encode, byref(profile_struct(self)))


class Advertised(NamedTuple):
    """What the peer has told about itself in EAD."""

    profiles: list[Profile]
    ask: bool | None
    """whether it wants to be told ours; None: it does not say"""


def peer_profiles(session: Session, message: int) -> Advertised:
    """The profiles that the peer of a session has advertised in message_1 or message_2; none: an empty list.

    The config has to have the EAD label 32791 (`Config.set_ead_labels`).
    MessageError for what is malformed.

    >>> initiator, responder = lake.testing.handshake()
    >>> lake.coap.peer_profiles(responder, 1)
    Advertised(profiles=[], ask=None)
    """
    ask = c_int32()
    profiles = all_profiles(
        lambda index, made: lib.lake_coap_session_peer_profile(session._handle, message, index, made, byref(ask)),
        session._check,
    )
    return Advertised(profiles, _MEANING[ask.value] if profiles else None)


def all_profiles(function: Callable[[int, Any], int], check: Callable[[int], None]) -> list[Profile]:
    """Calls a function with (index, profile) until there are no more."""
    profiles: list[Profile] = []
    made = struct(_abi.lake_coap_profile)
    try:
        while True:
            check(function(len(profiles), byref(made)))
            profiles.append(profile_of_struct(made))
    except NotFoundError:
        return profiles


# --- In C ---------------------------------------------------------------------------


_ANSWER = {None: Answer.UNSAID, True: Answer.YES, False: Answer.NO}
_MEANING = {int(answer): meaning for meaning, answer in _ANSWER.items()}


def answer_of(meaning: bool | None) -> Answer:
    """How C says yes, no, or nothing."""
    return _ANSWER[meaning]


def profile_struct(profile: Profile) -> Any:
    """The struct of a profile."""
    made = struct(_abi.lake_coap_profile, has_id=int(profile.id is not None), id=profile.id or 0)
    for name in _ANSWERS:
        setattr(made, name, _ANSWER[getattr(profile, name)])
    for name in _LISTS:
        setattr(made, f"n_{name}", fill(made, name, getattr(profile, name)))
    made.n_exports = fill(made, "export_labels", profile.exporter_lengths.keys())
    fill(made, "export_lengths", profile.exporter_lengths.values())
    return made


def profile_of_struct(made: Any) -> Profile:
    """The reverse."""
    fields: dict[str, Any] = {name: getattr(made, name)[: getattr(made, f"n_{name}")] for name in _LISTS}
    fields |= {name: _MEANING[getattr(made, name)] for name in _ANSWERS}
    n = made.n_exports
    lengths = dict(zip(made.export_labels[:n], made.export_lengths[:n], strict=True))
    return Profile(id=made.id if made.has_id else None, **fields, exporter_lengths=lengths)


def fill(made: Any, name: str, values: Iterable[int]) -> int:
    """Puts a list into an array of a struct, and gives its length."""
    target, given = getattr(made, name), list(values)
    if len(given) > len(target):
        raise ValueError(f"{name} has {len(given)} elements, at most {len(target)} are possible")
    target[: len(given)] = given
    if target[: len(given)] != given:
        raise ValueError(f"a number in {name} is out of range")
    return len(given)
