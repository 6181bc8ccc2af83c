// Made from capi/abi/status.tsv by make generate. Do not edit.

statuses! {
    Usage "The call was wrong; nothing changed." {
        Argument -1 "LAKE_ERR_ARGUMENT" "an argument is missing, out of range or malformed";
        Handle -2 "LAKE_ERR_HANDLE" "the handle is stale, freed or of another kind";
        State -3 "LAKE_ERR_STATE" "the call is not allowed in this state";
        Busy -4 "LAKE_ERR_BUSY" "another call on the same session is under way";
        BufferTooSmall -5 "LAKE_ERR_BUFFER_TOO_SMALL" "the output buffer is too small; the needed size was written to the length";
        Frozen -6 "LAKE_ERR_FROZEN" "the object is in use and cannot be changed any more";
        Unsupported -7 "LAKE_ERR_UNSUPPORTED" "not supported by this library or not with this cipher suite";
        NotFound -8 "LAKE_ERR_NOT_FOUND" "there is no such item";
        Limit -9 "LAKE_ERR_LIMIT" "a configured limit was exceeded";
        Saved -10 "LAKE_ERR_SAVED" "the saved data was altered, is of another config or key, or was used before";
    }
    Process "The process or the library is in trouble." {
        Internal -21 "LAKE_ERR_INTERNAL" "internal error; the session must be freed";
        Forked -22 "LAKE_ERR_FORKED" "the process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn)";
        Callback -23 "LAKE_ERR_CALLBACK" "a callback of the host failed";
    }
    Message "The received message is wrong." {
        Malformed -41 "LAKE_ERR_MALFORMED" "the message is not formed as RFC 9528 says";
        NotDeterministic -42 "LAKE_ERR_NOT_DETERMINISTIC" "the message is not deterministically encoded CBOR";
        TooLarge -43 "LAKE_ERR_TOO_LARGE" "the message is larger than the configured limit";
        Method -44 "LAKE_ERR_METHOD" "the method is not supported";
        Suite -45 "LAKE_ERR_SUITE" "the selected cipher suite is not supported, or a more preferred one is";
        PublicKey -46 "LAKE_ERR_PUBLIC_KEY" "the ephemeral public key is invalid";
        ConnectionId -47 "LAKE_ERR_CONNECTION_ID" "the connection identifier is malformed, too long or equal to the other side's";
        Ead -48 "LAKE_ERR_EAD" "the external authorization data is malformed";
        EadCritical -49 "LAKE_ERR_EAD_CRITICAL" "a critical EAD item was not accepted";
    }
    Credential "A credential does not do." {
        CredentialMalformed -61 "LAKE_ERR_CREDENTIAL_MALFORMED" "the credential or its identifier is malformed";
        CredentialUnknown -62 "LAKE_ERR_CREDENTIAL_UNKNOWN" "the peer refers to a credential that is not known here";
        CredentialUntrusted -63 "LAKE_ERR_CREDENTIAL_UNTRUSTED" "the peer's credential is not trusted";
        CredentialUnsupported -64 "LAKE_ERR_CREDENTIAL_UNSUPPORTED" "the type of credential or of its identifier is not supported";
        KeyKind -65 "LAKE_ERR_KEY_KIND" "the authentication key does not fit method and cipher suite";
        OwnCredential -66 "LAKE_ERR_OWN_CREDENTIAL" "the peer presented our own credential";
        NoCredential -67 "LAKE_ERR_NO_CREDENTIAL" "no own credential fits method and cipher suite";
        PrivateKey -68 "LAKE_ERR_PRIVATE_KEY" "the private key is malformed or does not belong to the credential";
        PeerRejected -69 "LAKE_ERR_PEER_REJECTED" "the host rejected the peer";
        Expired -70 "LAKE_ERR_EXPIRED" "the credential has expired";
        NotYetValid -71 "LAKE_ERR_NOT_YET_VALID" "the credential is not yet valid";
        UnknownIssuer -72 "LAKE_ERR_UNKNOWN_ISSUER" "the issuer of the credential is unknown";
        IssuerSignature -73 "LAKE_ERR_ISSUER_SIGNATURE" "the issuer's signature on the credential does not verify";
        KeyUsage -74 "LAKE_ERR_KEY_USAGE" "the key of the credential must not be used for this";
        NotCa -75 "LAKE_ERR_NOT_CA" "an issuer in the chain is not a certification authority";
        PathLength -76 "LAKE_ERR_PATH_LENGTH" "the chain is longer than an issuer in it or the limit allows";
        NameConstraints -77 "LAKE_ERR_NAME_CONSTRAINTS" "the name is outside of what an issuer may certify";
        CriticalExtension -78 "LAKE_ERR_CRITICAL_EXTENSION" "a certificate has a critical extension that is not understood";
        CertificateHash -79 "LAKE_ERR_CERTIFICATE_HASH" "the certificate is not the one that its hash or order says";
        Revoked -80 "LAKE_ERR_REVOKED" "the credential was revoked, or its revocation list is out of date";
    }
    Authentication "The peer did not prove what it claimed." {
        Decryption -81 "LAKE_ERR_DECRYPTION" "decryption failed: wrong keys or a modified message";
        Mac -82 "LAKE_ERR_MAC" "the MAC does not verify";
        Signature -83 "LAKE_ERR_SIGNATURE" "the signature does not verify";
    }
    Peer "The peer ended the run, or negotiation did." {
        PeerUnspecified -101 "LAKE_ERR_PEER_UNSPECIFIED" "the peer sent an error message with code 1";
        PeerSuite -102 "LAKE_ERR_PEER_SUITE" "the peer refused the cipher suite and said which it supports";
        PeerCredential -103 "LAKE_ERR_PEER_CREDENTIAL" "the peer does not know the credential that we referred to";
        PeerOther -104 "LAKE_ERR_PEER_OTHER" "the peer sent an error message with another code";
        NoCommonSuite -105 "LAKE_ERR_NO_COMMON_SUITE" "no cipher suite is supported by both sides";
        SuiteLoop -106 "LAKE_ERR_SUITE_LOOP" "the peer sends the suite negotiation in circles";
        Aborted -107 "LAKE_ERR_ABORTED" "the host ended the run";
    }
    Coap "EDHOC over CoAP came to nothing." {
        RunExpired -121 "LAKE_ERR_RUN_EXPIRED" "the peer did not go on in time";
        RunEvicted -122 "LAKE_ERR_RUN_EVICTED" "the run made room for a newer one, too many are half-open";
        Exhausted -123 "LAKE_ERR_EXHAUSTED" "every connection identifier is in use";
        Refused -124 "LAKE_ERR_REFUSED" "the server refused with a CoAP error";
        Challenges -125 "LAKE_ERR_CHALLENGES" "the server asks for Echo again and again";
        Answer -126 "LAKE_ERR_ANSWER" "the answer is not one to this request";
        NoAnswer -127 "LAKE_ERR_NO_ANSWER" "no answer came";
        NoCombined -128 "LAKE_ERR_NO_COMBINED" "message_4 is required, which a combined request excludes";
        CombinedSize -129 "LAKE_ERR_COMBINED_SIZE" "the combined request would be too large";
    }
    Oscore "A message that OSCORE protects, or should." {
        Unprotected -141 "LAKE_ERR_UNPROTECTED" "the message is not protected by OSCORE";
        ContextUnknown -142 "LAKE_ERR_CONTEXT_UNKNOWN" "no security context belongs to the message";
        Replay -143 "LAKE_ERR_REPLAY" "the message was received before, or is too old";
        Freshness -144 "LAKE_ERR_FRESHNESS" "the message may be a replay: the peer has to show with Echo that it is not";
        Sequence -145 "LAKE_ERR_SEQUENCE" "there is no sequence number to send with: reserve more, or make a new context";
    }
}
