"""Made from capi/abi/status.tsv by make generate. Do not edit."""

from enum import IntEnum


class Status(IntEnum):
    """How a call ended: 0 success, above 0 not finished, below 0 failed."""

    # ok: success
    OK = 0
    """Success."""

    # pending: not finished, the host has to decide something
    PENDING_CREDENTIAL = 1
    """The peer's credential is needed: look it up by ID_CRED, set it, continue."""
    PENDING_EAD = 2
    """A critical EAD item waits to be accepted or rejected."""
    PENDING_SIGNATURE = 3
    """The host has to sign with the own key."""
    PENDING_ECDH = 4
    """The host has to compute ECDH with the own key."""
    PENDING_PEER = 5
    """The host has to accept or reject the peer that authenticated."""

    # usage: the call was wrong; nothing changed
    ERR_ARGUMENT = -1
    """An argument is missing, out of range or malformed."""
    ERR_HANDLE = -2
    """The handle is stale, freed or of another kind."""
    ERR_STATE = -3
    """The call is not allowed in this state."""
    ERR_BUSY = -4
    """Another call on the same session is under way."""
    ERR_BUFFER_TOO_SMALL = -5
    """The output buffer is too small; the needed size was written to the length."""
    ERR_FROZEN = -6
    """The object is in use and cannot be changed any more."""
    ERR_UNSUPPORTED = -7
    """Not supported by this library or not with this cipher suite."""
    ERR_NOT_FOUND = -8
    """There is no such item."""
    ERR_LIMIT = -9
    """A configured limit was exceeded."""
    ERR_SAVED = -10
    """The saved data was altered, is of another config or key, or was used before."""

    # process: the process or the library is in trouble
    ERR_INTERNAL = -21
    """Internal error; the session must be freed."""
    ERR_FORKED = -22
    """The process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn)."""
    ERR_CALLBACK = -23
    """A callback of the host failed."""

    # message: the received message is wrong
    ERR_MALFORMED = -41
    """The message is not formed as RFC 9528 says."""
    ERR_NOT_DETERMINISTIC = -42
    """The message is not deterministically encoded CBOR."""
    ERR_TOO_LARGE = -43
    """The message is larger than the configured limit."""
    ERR_METHOD = -44
    """The method is not supported."""
    ERR_SUITE = -45
    """The selected cipher suite is not supported, or a more preferred one is."""
    ERR_PUBLIC_KEY = -46
    """The ephemeral public key is invalid."""
    ERR_CONNECTION_ID = -47
    """The connection identifier is malformed, too long or equal to the other side's."""
    ERR_EAD = -48
    """The external authorization data is malformed."""
    ERR_EAD_CRITICAL = -49
    """A critical EAD item was not accepted."""

    # credential: a credential does not do
    ERR_CREDENTIAL_MALFORMED = -61
    """The credential or its identifier is malformed."""
    ERR_CREDENTIAL_UNKNOWN = -62
    """The peer refers to a credential that is not known here."""
    ERR_CREDENTIAL_UNTRUSTED = -63
    """The peer's credential is not trusted."""
    ERR_CREDENTIAL_UNSUPPORTED = -64
    """The type of credential or of its identifier is not supported."""
    ERR_KEY_KIND = -65
    """The authentication key does not fit method and cipher suite."""
    ERR_OWN_CREDENTIAL = -66
    """The peer presented our own credential."""
    ERR_NO_CREDENTIAL = -67
    """No own credential fits method and cipher suite."""
    ERR_PRIVATE_KEY = -68
    """The private key is malformed or does not belong to the credential."""
    ERR_PEER_REJECTED = -69
    """The host rejected the peer."""
    ERR_EXPIRED = -70
    """The credential has expired."""
    ERR_NOT_YET_VALID = -71
    """The credential is not yet valid."""
    ERR_UNKNOWN_ISSUER = -72
    """The issuer of the credential is unknown."""
    ERR_ISSUER_SIGNATURE = -73
    """The issuer's signature on the credential does not verify."""
    ERR_KEY_USAGE = -74
    """The key of the credential must not be used for this."""
    ERR_NOT_CA = -75
    """An issuer in the chain is not a certification authority."""
    ERR_PATH_LENGTH = -76
    """The chain is longer than an issuer in it or the limit allows."""
    ERR_NAME_CONSTRAINTS = -77
    """The name is outside of what an issuer may certify."""
    ERR_CRITICAL_EXTENSION = -78
    """A certificate has a critical extension that is not understood."""
    ERR_CERTIFICATE_HASH = -79
    """The certificate is not the one that its hash or order says."""
    ERR_REVOKED = -80
    """The credential was revoked, or its revocation list is out of date."""

    # authentication: the peer did not prove what it claimed
    ERR_DECRYPTION = -81
    """Decryption failed: wrong keys or a modified message."""
    ERR_MAC = -82
    """The MAC does not verify."""
    ERR_SIGNATURE = -83
    """The signature does not verify."""

    # peer: the peer ended the run, or negotiation did
    ERR_PEER_UNSPECIFIED = -101
    """The peer sent an error message with code 1."""
    ERR_PEER_SUITE = -102
    """The peer refused the cipher suite and said which it supports."""
    ERR_PEER_CREDENTIAL = -103
    """The peer does not know the credential that we referred to."""
    ERR_PEER_OTHER = -104
    """The peer sent an error message with another code."""
    ERR_NO_COMMON_SUITE = -105
    """No cipher suite is supported by both sides."""
    ERR_SUITE_LOOP = -106
    """The peer sends the suite negotiation in circles."""
    ERR_ABORTED = -107
    """The host ended the run."""

    # coap: EDHOC over CoAP came to nothing
    ERR_RUN_EXPIRED = -121
    """The peer did not go on in time."""
    ERR_RUN_EVICTED = -122
    """The run made room for a newer one, too many are half-open."""
    ERR_EXHAUSTED = -123
    """Every connection identifier is in use."""
    ERR_REFUSED = -124
    """The server refused with a CoAP error."""
    ERR_CHALLENGES = -125
    """The server asks for Echo again and again."""
    ERR_ANSWER = -126
    """The answer is not one to this request."""
    ERR_NO_ANSWER = -127
    """No answer came."""
    ERR_NO_COMBINED = -128
    """Message_4 is required, which a combined request excludes."""
    ERR_COMBINED_SIZE = -129
    """The combined request would be too large."""

    # oscore: a message that OSCORE protects, or should
    ERR_UNPROTECTED = -141
    """The message is not protected by OSCORE."""
    ERR_CONTEXT_UNKNOWN = -142
    """No security context belongs to the message."""
    ERR_REPLAY = -143
    """The message was received before, or is too old."""
    ERR_FRESHNESS = -144
    """The message may be a replay: the peer has to show with Echo that it is not."""
    ERR_SEQUENCE = -145
    """There is no sequence number to send with: reserve more, or make a new context."""


GROUPS = {
    "ok": (
        Status.OK,
    ),
    "pending": (
        Status.PENDING_CREDENTIAL,
        Status.PENDING_EAD,
        Status.PENDING_SIGNATURE,
        Status.PENDING_ECDH,
        Status.PENDING_PEER,
    ),
    "usage": (
        Status.ERR_ARGUMENT,
        Status.ERR_HANDLE,
        Status.ERR_STATE,
        Status.ERR_BUSY,
        Status.ERR_BUFFER_TOO_SMALL,
        Status.ERR_FROZEN,
        Status.ERR_UNSUPPORTED,
        Status.ERR_NOT_FOUND,
        Status.ERR_LIMIT,
        Status.ERR_SAVED,
    ),
    "process": (
        Status.ERR_INTERNAL,
        Status.ERR_FORKED,
        Status.ERR_CALLBACK,
    ),
    "message": (
        Status.ERR_MALFORMED,
        Status.ERR_NOT_DETERMINISTIC,
        Status.ERR_TOO_LARGE,
        Status.ERR_METHOD,
        Status.ERR_SUITE,
        Status.ERR_PUBLIC_KEY,
        Status.ERR_CONNECTION_ID,
        Status.ERR_EAD,
        Status.ERR_EAD_CRITICAL,
    ),
    "credential": (
        Status.ERR_CREDENTIAL_MALFORMED,
        Status.ERR_CREDENTIAL_UNKNOWN,
        Status.ERR_CREDENTIAL_UNTRUSTED,
        Status.ERR_CREDENTIAL_UNSUPPORTED,
        Status.ERR_KEY_KIND,
        Status.ERR_OWN_CREDENTIAL,
        Status.ERR_NO_CREDENTIAL,
        Status.ERR_PRIVATE_KEY,
        Status.ERR_PEER_REJECTED,
        Status.ERR_EXPIRED,
        Status.ERR_NOT_YET_VALID,
        Status.ERR_UNKNOWN_ISSUER,
        Status.ERR_ISSUER_SIGNATURE,
        Status.ERR_KEY_USAGE,
        Status.ERR_NOT_CA,
        Status.ERR_PATH_LENGTH,
        Status.ERR_NAME_CONSTRAINTS,
        Status.ERR_CRITICAL_EXTENSION,
        Status.ERR_CERTIFICATE_HASH,
        Status.ERR_REVOKED,
    ),
    "authentication": (
        Status.ERR_DECRYPTION,
        Status.ERR_MAC,
        Status.ERR_SIGNATURE,
    ),
    "peer": (
        Status.ERR_PEER_UNSPECIFIED,
        Status.ERR_PEER_SUITE,
        Status.ERR_PEER_CREDENTIAL,
        Status.ERR_PEER_OTHER,
        Status.ERR_NO_COMMON_SUITE,
        Status.ERR_SUITE_LOOP,
        Status.ERR_ABORTED,
    ),
    "coap": (
        Status.ERR_RUN_EXPIRED,
        Status.ERR_RUN_EVICTED,
        Status.ERR_EXHAUSTED,
        Status.ERR_REFUSED,
        Status.ERR_CHALLENGES,
        Status.ERR_ANSWER,
        Status.ERR_NO_ANSWER,
        Status.ERR_NO_COMBINED,
        Status.ERR_COMBINED_SIZE,
    ),
    "oscore": (
        Status.ERR_UNPROTECTED,
        Status.ERR_CONTEXT_UNKNOWN,
        Status.ERR_REPLAY,
        Status.ERR_FRESHNESS,
        Status.ERR_SEQUENCE,
    ),
}
"""The statuses of each group."""
