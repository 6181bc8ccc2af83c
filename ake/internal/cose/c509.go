package cose

// The header parameters of draft-ietf-cose-cbor-encoded-cert, "C509 COSE
// Header Parameters". They have the forms of those for X.509, with the encoded
// C509Certificate, an array, in place of the DER (C509CertData).

// C5TID is { 22 : [ algorithm, hash ] }.
func C5TID(hash CertHash) []byte { return certHashID(LabelC5T, hash) }

// C5CID is { 25 : COSE_C509 }, end entity first.
func C5CID(certs [][]byte) []byte { return certificatesID(LabelC5C, certs) }

// C5BID is { 24 : COSE_C509 }.
func C5BID(certs [][]byte) []byte { return certificatesID(LabelC5B, certs) }

// C5UID is { 23 : 32(uri) }.
func C5UID(uri string) []byte { return uriID(LabelC5U, uri) }
