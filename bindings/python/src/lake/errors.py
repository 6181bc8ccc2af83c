"""The exceptions: one class for each group of status codes.

Each also inherits the built-in exception that says the same. All have

- `status`: the `Status`, such as `Status.ERR_MAC`;
- `detail`: what exactly was wrong, text for people with no secret in it;
- `error_message`: the EDHOC error message to send to the peer (bytes), or None
  if none is due.

>>> try:
...     lake.Credential.from_ccs(b'no CBOR')
... except lake.CredentialError as error:
...     error.status.name, error.error_message, isinstance(error, ValueError)
('ERR_CREDENTIAL_MALFORMED', None, True)
"""

from __future__ import annotations

from ._status import GROUPS, Status


class LakeError(Exception):
    """Everything that liblake refuses."""

    status: Status
    detail: str
    error_message: bytes | None


class Pending(LakeError):
    """Not failed: the host has to decide something, and then to go on.

    It is raised in pull mode only (`Pull`, `Credential.set_external_key`);
    `Session.proceed` or `Session.step()` goes on.
    """


class PendingCredential(Pending):
    """The peer's credential is needed: `Session.set_peer_credential` or `reject_peer`."""


class PendingEAD(Pending):
    """A critical EAD item waits: `Session.ead_accept` or `ead_reject`."""


class PendingKey(Pending):
    """The own key has to sign or to compute ECDH: `Session.key_question`, `answer_key`."""


class PendingPeer(Pending):
    """The peer has authenticated: `Session.proceed` accepts it, `reject_peer` does not."""


class UsageError(LakeError):
    """The call was wrong; nothing changed."""


class ArgumentError(UsageError, ValueError):
    """An argument is out of range, malformed or over a limit."""


class StateError(UsageError, RuntimeError):
    """Not allowed now: in this state, while another call is under way, or once in use."""


class HandleError(UsageError, RuntimeError):
    """The object was closed."""


class UnsupportedError(UsageError, NotImplementedError):
    """Not supported by this library or not with this cipher suite."""


class NotFoundError(UsageError, LookupError):
    """There is no such item."""


class ProcessError(LakeError, RuntimeError):
    """The process or the library is in trouble."""


class ForkedError(ProcessError):
    """The process was forked after liblake was loaded; the child cannot use it.

    Each worker has to load it for itself: gunicorn without `preload_app`, uwsgi with
    `lazy-apps`, `multiprocessing.get_context('spawn')`; or fork before `import lake`.
    """


class MessageError(LakeError, ValueError):
    """The received message is wrong."""


class CredentialError(LakeError, ValueError):
    """A credential does not do."""


class UnknownCredentialError(CredentialError, LookupError):
    """The peer refers to a credential that is not known here."""


class UnsupportedCredentialError(CredentialError, NotImplementedError):
    """The type of credential or of its identifier is not supported, or not for this."""


class AuthenticationError(LakeError, PermissionError):
    """The peer did not prove what it claimed."""


class PeerError(LakeError, ConnectionAbortedError):
    """The peer ended the run, or negotiation did."""


class CoapError(LakeError, ConnectionError):
    """EDHOC over CoAP came to nothing: refused, too late, too many, an answer that does not fit."""


class OscoreError(LakeError, ConnectionError):
    """A message that OSCORE protects, or should, cannot be sent or taken."""


_OF_GROUP: dict[str, type[LakeError]] = {
    "pending": Pending,
    "usage": UsageError,
    "process": ProcessError,
    "message": MessageError,
    "credential": CredentialError,
    "authentication": AuthenticationError,
    "peer": PeerError,
    "coap": CoapError,
    "oscore": OscoreError,
}

EXCEPTIONS: dict[Status, type[LakeError]] = {
    **{status: _OF_GROUP[group] for group, all_ in GROUPS.items() if group != "ok" for status in all_},
    Status.PENDING_CREDENTIAL: PendingCredential,
    Status.PENDING_EAD: PendingEAD,
    Status.PENDING_SIGNATURE: PendingKey,
    Status.PENDING_ECDH: PendingKey,
    Status.PENDING_PEER: PendingPeer,
    Status.ERR_ARGUMENT: ArgumentError,
    Status.ERR_HANDLE: HandleError,
    Status.ERR_STATE: StateError,
    Status.ERR_BUSY: StateError,
    Status.ERR_BUFFER_TOO_SMALL: ArgumentError,
    Status.ERR_FROZEN: StateError,
    Status.ERR_UNSUPPORTED: UnsupportedError,
    Status.ERR_NOT_FOUND: NotFoundError,
    Status.ERR_LIMIT: ArgumentError,
    Status.ERR_SAVED: ArgumentError,
    Status.ERR_FORKED: ForkedError,
    Status.ERR_CREDENTIAL_UNKNOWN: UnknownCredentialError,
    Status.ERR_CREDENTIAL_UNSUPPORTED: UnsupportedCredentialError,
}
"""The exception of every status but OK."""


def exception(status: Status, text: str, detail: str, error_message: bytes | None) -> LakeError:
    """The exception of a status."""
    error = EXCEPTIONS[status](detail or text)
    error.status, error.detail, error.error_message = status, detail or text, error_message
    return error
