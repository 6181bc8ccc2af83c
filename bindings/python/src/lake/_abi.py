"""Made from include/lake.h by make generate. Do not edit."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    Structure,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_uint8,
    c_void_p,
)
from enum import IntEnum, IntFlag
from typing import Any


class Role(IntEnum):
    """Sides of a run of EDHOC."""

    INITIATOR = 1
    RESPONDER = 2


class Answer(IntEnum):
    """What a profile says about a feature."""

    UNSAID = 0
    YES = 1
    NO = 2


class KeyKind(IntEnum):
    """Kinds of key."""

    P256 = 1  # private 32, public x || y 64
    P384 = 2  # private 48, public x || y 96
    X25519 = 3  # private 32, public 32
    X448 = 4  # private 56, public 56
    ED25519 = 5  # seed 32, public 32
    ED448 = 6  # seed 57, public 57


class CredentialKind(IntEnum):
    """Kinds of credential."""

    CCS = 1  # CWT Claims Set: lake_credential_from_ccs
    X509 = 2  # X.509 certificate: lake_credential_from_x509, _from_pem
    PARTS = 3  # lake_credential_from_parts
    C509 = 4  # C509 certificate: lake_credential_from_c509
    CWT = 5  # signed CWT: lake_credential_from_cwt
    PSK = 6  # lake_credential_from_psk, lake_session_resumption_credential


class IdType(IntEnum):
    """Ways to refer to a credential (RFC 9528 section 3.5.3)."""

    KID = 4  # any; the value is the kid
    KCWT = 13  # CWT by value
    KCCS = 14  # CCS by value
    C5T = 22  # C509 certificate by SHA-256 truncated to 8 bytes
    C5U = 23  # C509 certificate by URI, which is the value
    C5B = 24  # C509 certificates by value
    C5C = 25  # C509 certificates by value, in order
    X5BAG = 32  # certificates by value
    X5CHAIN = 33  # certificates by value, in order
    X5T = 34  # certificate by SHA-256 truncated to 8 bytes
    X5U = 35  # certificate by URI, which is the value
    C5T_SHA256 = 122  # C509 certificate by SHA-256
    X5T_SHA256 = 134  # certificate by SHA-256


class TextKind(IntEnum):
    """What Credential.text gives."""

    SUBJECT = 1  # X.509, C509: a name as in RFC 4514; CWT, CCS: the claim 'sub'
    ISSUER = 2  # the same, or the claim 'iss'
    NAMES = 3  # subject alternative names, one a line, such as "DNS:example.org"
    DESCRIPTION = 4  # whose it is, in one line for people: subject, first alternative name, kid, kind


class DataKind(IntEnum):
    """What Credential.data gives."""

    FINGERPRINT = 1  # SHA-256 of what the issuer signed: the TBSCertificate (DER) of an X.509
    KEY_HASH = 2  # of certificates: SHA-256 of the SubjectPublicKeyInfo, in DER
    ISSUER = 3  # of certificates: the name of the issuer, in DER
    SERIAL = 4  # the serial number, without leading zeros; CWT: the claim 'cti'
    CRED = 5  # CRED_x, one CBOR item; not of a pre-shared key
    ID_CRED = 6  # ID_CRED_x, as the CBOR map
    KID = 7  # the kid of its COSE_Key or ID_CRED_x
    PUBLIC_KEY = 8  # as at LAKE_KEY_*; not of a pre-shared key or a certificate with an RSA key
    CRED_I = 9  # of a pre-shared key: CRED_I ...
    CRED_R = 10  # ... and CRED_R, which tell who a peer is that resumed a session
    ORIGIN_ID_CRED_I = 11  # of a resumption key: ID_CRED_I of its origin, as the CBOR map ...
    ORIGIN_ID_CRED_R = 12  # ... and ID_CRED_R


class NameKind(IntEnum):
    """Kinds of name that a peer can have."""

    DNS = 1  # a DNS name (in ASCII) among the subject alternative names of a certificate (RFC 9525)
    IP = 2  # an IP address among them, IPv4 or IPv6 as text
    URI = 3  # a URI among them: with a host, scheme and host have to match, else all of it
    EUI64 = 4  # an EUI-64 among them: 16 hexadecimal digits, or 8 groups of two with '-' or ':' between
    SUBJECT = 5  # the subject of a certificate, as LAKE_TEXT_SUBJECT gives it (RFC 4514)
    KEY = 6  # the public key of any credential, in hexadecimal digits: LAKE_DATA_PUBLIC_KEY
    CWT = 7  # the claim 'sub' of a CWT
    CCS = 8  # the claim 'sub' of a CCS


class PeerPolicy(IntEnum):
    """Whose credentials are trusted."""

    PINNED = 1  # those of the config and those the host answers with (default)
    X509 = 2  # also what a trust anchor or CWT issuer of the config vouches for
    CALLBACK = 3  # the host is asked about every credential
    LEARN = 4  # also raw keys by value, on first use (is_peer_new of lake_session_info)
    ANY_INSECURE = 5  # also every one that is sent by value


class Pull(IntFlag):
    """Questions that come to the host as a Pending exception."""

    CREDENTIAL = 1  # LAKE_PENDING_CREDENTIAL for one that the config does not know
    EAD = 2  # LAKE_PENDING_EAD for a critical item that nobody accepted
    PEER = 4  # LAKE_PENDING_PEER when the peer has authenticated: to continue accepts it


class EADMark(IntFlag):
    """What is added to the number of the message that an item came in."""

    UNVERIFIED = 256
    UNDERSTOOD = 1  # the application understands them: critical items with them are accepted, and
    EARLY = 2  # the host needs their items at once, even where nothing authenticates them yet: in


class KeyOperation(IntEnum):
    """What a private key that is elsewhere has to do."""

    SIGN = 1
    ECDH = 2


class ConfigOption(IntEnum):
    """What lake_config_set_option sets."""

    PEER_POLICY = 1  # LAKE_PEER_*; default LAKE_PEER_PINNED
    PULL = 2  # LAKE_PULL_* questions, joined by |; default 0
    MESSAGE_4 = 3  # flag: message_4 is part of the protocol (RFC 9528 section 5.5); default 0.
    ANY_PEER = 4  # flag: an Initiator with LAKE_PEER_X509 takes every holder of a certificate
    OUTDATED_CRLS = 5  # flag: a revocation list counts after its nextUpdate until a newer one is
    CLOCK_TOLERANCE = 6  # for how many seconds the clocks of issuers and this one may be apart:
    EXCHANGE_LIFETIME = 7  # for how many seconds a completed Responder keeps message_4, for an


class State(IntEnum):
    """States of a session."""

    START = 1
    WAIT_MESSAGE_2 = 2  # Initiator: message_1 prepared
    PENDING_MESSAGE_2 = 3  # Initiator: the host has to decide
    VERIFIED_MESSAGE_2 = 4  # Initiator: message_3 to be prepared
    WAIT_MESSAGE_4 = 5  # Initiator: message_3 prepared, keys usable
    PENDING_MESSAGE_4 = 6  # Initiator: the host has to decide
    PENDING_MESSAGE_1 = 7  # Responder: the host has to decide
    RECEIVED_MESSAGE_1 = 8  # Responder: message_2 to be prepared
    WAIT_MESSAGE_3 = 9  # Responder: message_2 prepared
    PENDING_MESSAGE_3 = 10  # Responder: the host has to decide
    VERIFIED_MESSAGE_3 = 11  # Responder: keys usable, message_4 may be prepared
    COMPLETED = 12  # the run is over, keys usable
    FAILED = 13  # the run was ended


class Next(IntEnum):
    """What a session expects of the host."""

    NOTHING = 0  # the run is over
    PREPARE_MESSAGE_1 = 1
    PROCESS_MESSAGE_1 = 2
    PREPARE_MESSAGE_2 = 3
    PROCESS_MESSAGE_2 = 4
    PREPARE_MESSAGE_3 = 5
    PROCESS_MESSAGE_3 = 6
    PREPARE_MESSAGE_4 = 7  # or complete without it, if it is not required
    PROCESS_MESSAGE_4 = 8  # the same
    DECIDE = 9  # answer a pending status, then continue


class Renewal(IntEnum):
    """What is due to keep a session's keys fresh."""

    NONE = 0  # go on
    KEY_UPDATE = 1  # lake_session_key_update on both sides is due
    NEW_RUN = 2  # a new run of EDHOC is due


class Option(IntEnum):
    """Numbers of CoAP options that a stack has to know."""

    OSCORE = 9
    EDHOC = 21
    ECHO = 252


class Format(IntEnum):
    """Content-Formats."""

    NONE = -1  # no Content-Format option
    EDHOC = 64  # application/edhoc+cbor-seq
    CID_EDHOC = 65  # application/cid-edhoc+cbor-seq


class Code(IntEnum):
    """CoAP codes."""

    EMPTY = 0  # codes: the class in the upper 3 bits, the detail in the lower 5
    POST = 2
    CHANGED = 68  # 2.04


class EventKind(IntEnum):
    """What happens to a run."""

    ESTABLISHED = 1  # install the OSCORE context; the answer waits for that
    FAILED = 2
    PENDING = 3  # answer the question at the session, then lake_coap_server_continue


class EndpointFlag(IntFlag):
    """What an endpoint does."""

    REVERSE = 1  # runs that this side begins are those of the reverse flow (RFC 9528 appendix A.2.2)
    COMBINED = 2  # message_3 goes with the first protected request (RFC 9668); a server that does not
    NO_ECHO = 4  # strangers are not asked for Echo, but refused (lake_coap_limits)


class ActionKind(IntEnum):
    """What an endpoint wants done."""

    NOTHING = 0  # there is nothing to do until lake_endpoint_due
    SEND = 1  # send out to address, on the network
    DELIVER = 2  # hand out to the stack, as from peer; from address if peer is 0, which is nobody
    EVENT = 3  # something happened: event; out is the text of the status, if there is one
    SAVE = 4  # sequence numbers run short: lake_endpoint_save, store it, lake_endpoint_saved


class EndpointEventKind(IntEnum):
    """What happens at an endpoint."""

    ESTABLISHED = 1  # peer is new
    RENEWED = 2  # peer has new keys
    DROPPED = 3  # peer is gone; status says why
    FAILED = 4  # a run with address came to nothing; status says why
    PENDING = 5  # status is LAKE_PENDING_*: answer it at session, then lake_endpoint_continue
    REFUSED = 6  # peer answered a request with an unprotected error of OSCORE


lake_destroy_fn = CFUNCTYPE(None, c_void_p)
lake_log_fn = CFUNCTYPE(None, c_void_p, c_char_p)
lake_key_fn = CFUNCTYPE(c_int32, c_void_p, c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p)
lake_credential_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p)
lake_ead_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_int32, c_int64, c_void_p, c_size_t)
lake_verify_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)
lake_keylog_fn = CFUNCTYPE(None, c_void_p, c_char_p)
lake_coap_event_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p)
lake_coap_prepare_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p)
lake_endpoint_prepare_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_size_t)


class lake_suite_info(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("suite", c_int32),
        ("aead", c_int32),
        ("hash", c_int32),
        ("mac_length", c_int32),
        ("curve", c_int32),
        ("signature_algorithm", c_int32),
        ("signature_key", c_int32),
        ("app_aead", c_int32),
        ("app_hash", c_int32),
        ("key_length", c_int32),
        ("iv_length", c_int32),
        ("tag_length", c_int32),
        ("hash_length", c_int32),
        ("signature_length", c_int32),
        ("public_key_length", c_int32),
        ("app_key_length", c_int32),
        ("name", c_char_p),
    )


class lake_method_info(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("signature_initiator", c_int32),
        ("signature_responder", c_int32),
        ("psk", c_int32),
        ("name", c_char_p),
    )


class lake_credential_info(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("key_kind", c_int32),
        ("has_origin", c_int32),
        ("not_before", c_int64),
        ("not_after", c_int64),
        ("origin_at", c_int64),
        ("origin_until", c_int64),
    )


class lake_limits(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("message_size", c_uint32),
        ("connection_id", c_uint32),
        ("ead_items", c_uint32),
        ("candidates", c_uint32),
        ("chain", c_uint32),
    )


class lake_ead_item(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("has_value", c_int32),
        ("label", c_int64),
        ("is_unverified", c_int32),
    )


class lake_oscore_context(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("aead", c_int32),
        ("hash", c_int32),
        ("master_secret_len", c_uint32),
        ("master_salt_len", c_uint32),
        ("sender_id_len", c_uint32),
        ("recipient_id_len", c_uint32),
        ("master_secret", c_uint8 * 32),
        ("master_salt", c_uint8 * 8),
        ("sender_id", c_uint8 * 64),
        ("recipient_id", c_uint8 * 64),
    )


class lake_resumption_options(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("kid_length", c_uint32),
        ("limit", c_uint64),
        ("lifetime", c_uint64),
        ("chain_limit", c_uint64),
    )


class lake_renewal_limits(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("key_sets", c_uint32),
        ("messages", c_uint64),
        ("failures", c_uint64),
        ("key_age", c_uint64),
        ("run_age", c_uint64),
    )


class lake_session_info(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("role", c_int32),
        ("state", c_int32),
        ("next", c_int32),
        ("method", c_int32),
        ("suite", c_int32),
        ("is_complete", c_int32),
        ("is_authenticated", c_int32),
        ("is_resumed", c_int32),
        ("is_peer_new", c_int32),
        ("pending", c_int32),
        ("last_error", c_int32),
        ("own_connection_id_len", c_int32),
        ("peer_connection_id_len", c_int32),
        ("own_connection_id", c_uint8 * 64),
        ("peer_connection_id", c_uint8 * 64),
    )


class lake_coap_incoming(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("format", c_int32),
        ("payload", c_void_p),
        ("payload_len", c_size_t),
        ("echo", c_void_p),
        ("echo_len", c_size_t),
        ("edhoc", c_int32),
        ("message_id", c_int32),
        ("kid", c_void_p),
        ("kid_len", c_size_t),
        ("token", c_void_p),
        ("token_len", c_size_t),
        ("peer", c_void_p),
        ("peer_len", c_size_t),
        ("host_len", c_size_t),
    )


class lake_coap_outgoing(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("format", c_int32),
        ("echo_len", c_uint32),
        ("echo", c_uint8 * 40),
        ("oscore", c_int32),
        ("oscore_offset", c_size_t),
        ("duplicate", c_int32),
    )


class lake_coap_profile(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("has_id", c_int32),
        ("id", c_int64),
        ("message_4", c_int32),
        ("combined_request", c_int32),
        ("resumption", c_int32),
        ("n_methods", c_uint32),
        ("n_suites", c_uint32),
        ("n_cred_types", c_uint32),
        ("n_id_cred_types", c_uint32),
        ("n_eads", c_uint32),
        ("n_exports", c_uint32),
        ("methods", c_int64 * 64),
        ("suites", c_int64 * 64),
        ("cred_types", c_int64 * 64),
        ("id_cred_types", c_int64 * 64),
        ("eads", c_int64 * 64),
        ("export_labels", c_uint64 * 64),
        ("export_lengths", c_uint64 * 64),
    )


class lake_coap_resource(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("initiator", c_int32),
        ("responder", c_int32),
        ("n_profile_ids", c_uint32),
        ("profile_ids", c_int64 * 64),
    )


class lake_coap_event(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("status", c_int32),
        ("text", c_char_p),
        ("peer", c_void_p),
        ("peer_len", c_size_t),
        ("id", c_void_p),
        ("id_len", c_size_t),
        ("session", c_void_p),
    )


class lake_coap_limits(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("half_open", c_uint32),
        ("threshold", c_uint32),
        ("per_host", c_uint32),
        ("age", c_uint32),
        ("cache", c_uint32),
        ("body", c_uint32),
        ("echo_age", c_uint32),
        ("message_1", c_uint32),
        ("no_echo", c_int32),
    )


class lake_coap_stats(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("half_open", c_uint64),
        ("contexts", c_uint64),
        ("ids", c_uint64),
        ("answers", c_uint64),
        ("answer_bytes", c_uint64),
        ("begun", c_uint64),
        ("established", c_uint64),
        ("failed", c_uint64),
        ("expired", c_uint64),
        ("evicted", c_uint64),
        ("challenged", c_uint64),
        ("refused", c_uint64),
        ("duplicates", c_uint64),
    )


class lake_endpoint_options(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("open_paths", c_char_p),
        ("prepare", lake_endpoint_prepare_fn),
        ("userdata", c_void_p),
        ("destroy", lake_destroy_fn),
        ("ahead", c_uint64),
        ("messages", c_uint64),
        ("failures", c_uint64),
        ("replay_size", c_uint32),
        ("peers", c_uint32),
        ("idle", c_uint32),
        ("exchanges", c_uint32),
        ("kept", c_uint32),
        ("waiting", c_uint32),
        ("runs", c_uint32),
        ("strangers", c_uint32),
        ("block", c_uint32),
        ("bodies", c_uint32),
        ("body", c_uint32),
        ("half_open", c_uint32),
        ("threshold", c_uint32),
        ("burst", c_uint32),
        ("per_credential", c_uint32),
        ("memory", c_uint32),
        ("age", c_uint32),
        ("reserved", c_uint32),
    )


class lake_endpoint_action(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("event", c_int32),
        ("status", c_int32),
        ("peer", c_int64),
        ("session", c_void_p),
        ("address_len", c_uint32),
        ("address", c_uint8 * 128),
    )


class lake_endpoint_peer(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("address_len", c_uint32),
        ("address", c_uint8 * 128),
        ("since", c_int64),
        ("sent", c_uint64),
        ("received", c_uint64),
        ("failures", c_uint64),
        ("repeated", c_uint64),
    )


class lake_endpoint_stats(Structure):
    _fields_ = (
        ("struct_size", c_uint32),
        ("peers", c_uint32),
        ("runs", c_uint32),
        ("half_open", c_uint32),
        ("established", c_uint64),
        ("renewed", c_uint64),
        ("dropped", c_uint64),
        ("failed", c_uint64),
        ("unprotected", c_uint64),
        ("malformed", c_uint64),
        ("unknown", c_uint64),
        ("replayed", c_uint64),
        ("forged", c_uint64),
    )


PROTOTYPES: dict[str, tuple[Any, ...]] = {
    "lake_version": (c_char_p,),
    "lake_version_number": (c_uint32,),
    "lake_abi_version": (c_uint32,),
    "lake_strerror": (c_char_p, c_int32),
    "lake_status_name": (c_char_p, c_int32),
    "lake_has_feature": (c_int32, c_char_p),
    "lake_build_info": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_live_handles": (c_size_t,),
    "lake_wipe": (None, c_void_p, c_size_t),
    "lake_set_log": (c_int32, lake_log_fn, c_void_p, lake_destroy_fn),
    "lake_suites": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_suite_info": (c_int32, c_int32, c_void_p),
    "lake_methods": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_method_info": (c_int32, c_int32, c_void_p),
    "lake_keypair_generate": (c_int32, c_int32, c_void_p, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_ccs": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_x509": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_pem": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_c509": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_cwt": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_from_psk": (
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_credential_from_parts": (
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_credential_from_id_cred": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_set_id_cred": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_credential_set_id": (c_int32, c_void_p, c_int32, c_void_p, c_size_t),
    "lake_credential_set_private_key": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_credential_set_private_key_pem": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_credential_set_external_key": (c_int32, c_void_p, lake_key_fn, c_void_p, lake_destroy_fn),
    "lake_credential_info": (c_int32, c_void_p, c_void_p),
    "lake_credential_text": (c_int32, c_void_p, c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_data": (c_int32, c_void_p, c_int32, c_void_p, c_size_t, c_void_p),
    "lake_credential_origin_peer": (c_int32, c_void_p, c_void_p),
    "lake_ccs_build": (
        c_int32,
        c_char_p,
        c_void_p,
        c_size_t,
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_cose_key_build": (
        c_int32,
        c_void_p,
        c_size_t,
        c_int32,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_cose_key_to_ccs": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_x509_to_c509": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_c509_to_x509": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_credential_retain": (c_int32, c_void_p),
    "lake_credential_free": (c_int32, c_void_p),
    "lake_config_new": (c_int32, c_void_p),
    "lake_config_free": (c_int32, c_void_p),
    "lake_config_set_suites": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_config_set_methods": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_config_add_own_credential": (c_int32, c_void_p, c_void_p),
    "lake_config_add_peer_credential": (c_int32, c_void_p, c_void_p),
    "lake_config_add_psk": (c_int32, c_void_p, c_int32, c_void_p),
    "lake_config_add_trust_anchor": (c_int32, c_void_p, c_void_p),
    "lake_config_add_intermediate": (c_int32, c_void_p, c_void_p),
    "lake_config_add_cwt_issuer": (c_int32, c_void_p, c_void_p, c_char_p),
    "lake_config_set_time": (c_int32, c_void_p, c_int64),
    "lake_config_require_key_purpose": (c_int32, c_void_p, c_int32, c_char_p),
    "lake_config_add_crl": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_config_allow_peer": (c_int32, c_void_p, c_int32, c_char_p),
    "lake_config_set_verify_callback": (c_int32, c_void_p, lake_verify_fn, c_void_p, lake_destroy_fn),
    "lake_config_verify_credential": (c_int32, c_void_p, c_void_p, c_int32),
    "lake_config_set_credential_callback": (c_int32, c_void_p, lake_credential_fn, c_void_p, lake_destroy_fn),
    "lake_config_set_ead_callback": (c_int32, c_void_p, lake_ead_fn, c_void_p, lake_destroy_fn),
    "lake_config_set_keylog": (c_int32, c_void_p, lake_keylog_fn, c_void_p, lake_destroy_fn),
    "lake_config_set_ead_labels": (c_int32, c_void_p, c_uint32, c_void_p, c_size_t),
    "lake_config_set_option": (c_int32, c_void_p, c_int32, c_int64),
    "lake_config_set_limits": (c_int32, c_void_p, c_void_p),
    "lake_session_new": (c_int32, c_void_p, c_int32, c_void_p),
    "lake_session_free": (c_int32, c_void_p),
    "lake_session_set_connection_id": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_session_select_suite": (c_int32, c_void_p, c_int32),
    "lake_session_set_own_credential": (c_int32, c_void_p, c_void_p),
    "lake_session_key_question": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_answer_key": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_session_set_userdata": (c_int32, c_void_p, c_void_p, lake_destroy_fn),
    "lake_session_userdata": (c_int32, c_void_p, c_void_p),
    "lake_session_step": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_session_prepare_message": (c_int32, c_void_p, c_int32, c_void_p, c_size_t, c_void_p),
    "lake_session_process_message": (c_int32, c_void_p, c_int32, c_void_p, c_size_t),
    "lake_session_continue": (c_int32, c_void_p),
    "lake_session_complete_without_message_4": (c_int32, c_void_p),
    "lake_session_peer_proved": (c_int32, c_void_p),
    "lake_session_restart": (c_int32, c_void_p),
    "lake_session_ead_add": (c_int32, c_void_p, c_int32, c_int64, c_void_p, c_size_t),
    "lake_session_ead_pad": (c_int32, c_void_p, c_int32, c_size_t),
    "lake_session_ead_count": (c_int32, c_void_p, c_int32, c_void_p),
    "lake_session_ead_get": (c_int32, c_void_p, c_int32, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_ead_accept": (c_int32, c_void_p, c_int32, c_size_t),
    "lake_session_ead_reject": (c_int32, c_void_p, c_int32, c_size_t),
    "lake_session_peer_id_cred": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_set_peer_credential": (c_int32, c_void_p, c_void_p),
    "lake_session_reject_peer": (c_int32, c_void_p, c_int32),
    "lake_session_expect_peer": (c_int32, c_void_p, c_int32, c_char_p),
    "lake_session_own_credential": (c_int32, c_void_p, c_void_p),
    "lake_session_peer_credential": (c_int32, c_void_p, c_void_p),
    "lake_session_peer_suites": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_prepare_error": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_process_error": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_session_abort": (c_int32, c_void_p),
    "lake_session_error_text": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_session_peer_error": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_error_build": (c_int32, c_int32, c_char_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_error_parse": (c_int32, c_void_p, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_error_suites": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_session_export": (c_int32, c_void_p, c_uint64, c_void_p, c_size_t, c_void_p, c_size_t),
    "lake_session_key_update": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_session_oscore_context": (c_int32, c_void_p, c_void_p),
    "lake_session_oscore_libcoap_conf": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_resumption_new": (c_int32, c_void_p, c_void_p),
    "lake_resumption_free": (c_int32, c_void_p),
    "lake_resumption_keep": (c_int32, c_void_p, c_void_p),
    "lake_resumption_confirm": (c_int32, c_void_p, c_void_p),
    "lake_resumption_forget": (c_int32, c_void_p, c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_resumption_count": (c_int32, c_void_p, c_void_p),
    "lake_resumption_save": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_resumption_load": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p),
    "lake_config_set_resumption": (c_int32, c_void_p, c_void_p),
    "lake_session_use_resumption": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t),
    "lake_session_fall_back": (c_int32, c_void_p),
    "lake_session_resumption_credential": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_session_save": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_session_restore": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_saved_id": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_session_renewal": (c_int32, c_void_p, c_uint64, c_uint64, c_uint64, c_void_p),
    "lake_config_set_renewal_limits": (c_int32, c_void_p, c_void_p),
    "lake_session_info": (c_int32, c_void_p, c_void_p),
    "lake_state_name": (c_char_p, c_int32),
    "lake_coap_ids_new": (c_int32, c_size_t, c_size_t, c_void_p),
    "lake_coap_ids_free": (c_int32, c_void_p),
    "lake_coap_ids_take": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p),
    "lake_coap_ids_reserve": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_coap_ids_release": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_coap_ids_count": (c_int32, c_void_p, c_void_p),
    "lake_coap_profile_of": (c_int32, c_void_p, c_int32, c_int32, c_void_p),
    "lake_coap_profile_well_known": (c_int32, c_int64, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_profile_encode": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_profile_decode": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_coap_link_write": (c_int32, c_char_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_link_read": (
        c_int32,
        c_char_p,
        c_size_t,
        c_size_t,
        c_void_p,
        c_void_p,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_coap_session_peer_profile": (c_int32, c_void_p, c_int32, c_size_t, c_void_p, c_void_p),
    "lake_coap_server_new": (
        c_int32,
        c_void_p,
        c_void_p,
        c_void_p,
        lake_coap_event_fn,
        c_void_p,
        lake_destroy_fn,
        c_void_p,
    ),
    "lake_coap_server_free": (c_int32, c_void_p),
    "lake_coap_server_set_limits": (c_int32, c_void_p, c_void_p),
    "lake_coap_server_set_prepare": (c_int32, c_void_p, lake_coap_prepare_fn, c_void_p, lake_destroy_fn),
    "lake_coap_server_add_profile": (c_int32, c_void_p, c_void_p),
    "lake_coap_server_link": (c_int32, c_void_p, c_char_p, c_int32, c_void_p, c_size_t, c_void_p),
    "lake_coap_server_handle": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_server_continue": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_server_expire": (c_int32, c_void_p),
    "lake_coap_server_reserve": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_coap_server_release": (c_int32, c_void_p, c_void_p, c_size_t),
    "lake_coap_server_stats": (c_int32, c_void_p, c_void_p),
    "lake_coap_client_new": (c_int32, c_void_p, c_int32, c_void_p, c_void_p),
    "lake_coap_client_free": (c_int32, c_void_p),
    "lake_coap_client_set_prepare": (c_int32, c_void_p, lake_coap_prepare_fn, c_void_p, lake_destroy_fn),
    "lake_coap_client_discover": (c_int32, c_void_p, c_char_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_suit": (c_int32, c_void_p, c_void_p),
    "lake_coap_client_add_profile": (c_int32, c_void_p, c_void_p),
    "lake_coap_client_ask_profiles": (c_int32, c_void_p, c_int32),
    "lake_coap_client_peer_profile": (c_int32, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_start": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_next": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_again": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_continue": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_coap_client_no_answer": (c_int32, c_void_p),
    "lake_coap_client_combine": (
        c_int32,
        c_void_p,
        c_void_p,
        c_size_t,
        c_size_t,
        c_size_t,
        c_void_p,
        c_void_p,
        c_size_t,
        c_void_p,
    ),
    "lake_coap_client_verified": (c_int32, c_void_p),
    "lake_coap_client_is_done": (c_int32, c_void_p, c_void_p),
    "lake_coap_client_session": (c_int32, c_void_p, c_void_p),
    "lake_coap_client_error_text": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_endpoint_new": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
    "lake_endpoint_restore": (
        c_int32,
        c_void_p,
        c_void_p,
        c_void_p,
        c_void_p,
        c_void_p,
        c_size_t,
        c_void_p,
        c_size_t,
        c_int64,
        c_void_p,
    ),
    "lake_endpoint_free": (c_int32, c_void_p),
    "lake_endpoint_receive": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_int64),
    "lake_endpoint_send": (c_int32, c_void_p, c_int64, c_void_p, c_size_t, c_void_p, c_size_t, c_int64),
    "lake_endpoint_tick": (c_int32, c_void_p, c_int64),
    "lake_endpoint_due": (c_int32, c_void_p, c_void_p),
    "lake_endpoint_next": (c_int32, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_endpoint_continue": (c_int32, c_void_p, c_void_p, c_int64),
    "lake_endpoint_peers": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p),
    "lake_endpoint_peer": (c_int32, c_void_p, c_int64, c_void_p),
    "lake_endpoint_peer_credential": (c_int32, c_void_p, c_int64, c_void_p),
    "lake_endpoint_drop": (c_int32, c_void_p, c_int64, c_int64),
    "lake_endpoint_stats": (c_int32, c_void_p, c_void_p),
    "lake_endpoint_save": (c_int32, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "lake_endpoint_saved": (c_int32, c_void_p, c_int64),
}
"""Result and parameters of every function of lake.h."""
