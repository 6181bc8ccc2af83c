package cred

import "github.com/liblake/lake/ake/internal/cose"

// CheckC509Hash checks a certificate, in its sequence form, against a c5t.
func CheckC509Hash(cert []byte, want cose.CertHash) error { return CheckCertHash(cert, want) }
