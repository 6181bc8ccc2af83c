// Package c509 reads and writes C509 certificates
// (draft-ietf-cose-cbor-encoded-cert): the form in CBOR of an X.509 certificate
// that exists (re-encoded), and certificates that never had another one (native).
//
// It decides what a certificate says: there is one reading of the bytes, and only
// the one form that the draft has for each content is read. It can check the
// signature with a key it is given. It does not decide whose key that is, what the
// certificate may be used for or whether it is trusted: package pkix does.
//
// It is our own because no library in Go has C509. crypto/x509 has the last word
// on the contents: of every certificate the X.509 form is made and read by it.
package c509

import "errors"

// ErrMalformed: not a certificate.
var ErrMalformed = errors.New("malformed credential")
