package ake

import (
	"unicode/utf8"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// What makes the encoded form of a credential of something else.

// NewCCS builds a CWT Claims Set of a public key (in the form of
// Credential.PublicKey), with a subject and a kid unless they are empty. The
// subject has to be UTF-8.
func NewCCS(subject string, kid []byte, kind KeyKind, publicKey []byte) ([]byte, error) {
	if !utf8.ValidString(subject) {
		return nil, errorf(ErrArgument, "the subject is not UTF-8")
	}
	key, err := parsePublicKey(kind, publicKey)
	if err != nil {
		return nil, err
	}
	return cred.NewCCS(subject, kid, key), nil
}

// NewCOSEKey builds a COSE_Key of a public key (in the form of
// Credential.PublicKey), with a kid unless it is nil.
func NewCOSEKey(kid []byte, kind KeyKind, publicKey []byte) ([]byte, error) {
	key, err := parsePublicKey(kind, publicKey)
	if err != nil {
		return nil, err
	}
	return cred.NewKey(kid, key), nil
}

// CCSFromCOSEKey dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).
func CCSFromCOSEKey(coseKey []byte) ([]byte, error) {
	ccs, err := cred.CCSFromKey(coseKey)
	if err != nil {
		return nil, wrap(err)
	}
	return ccs, nil
}

// C509FromX509 re-encodes an X.509 certificate (DER) as a C509 certificate. It
// gives ErrUnsupported for one that would not come back byte by byte.
func C509FromX509(der []byte) ([]byte, error) {
	if _, err := pkix.ParseCertificate(der); err != nil {
		return nil, wrap(err)
	}
	encoded, err := c509.FromX509(der)
	if err != nil {
		return nil, wrap(err)
	}
	return encoded, nil
}

// X509FromC509 returns the X.509 certificate (DER) that a re-encoded C509
// certificate was made of. It gives ErrUnsupported for one that is natively
// signed.
func X509FromC509(certificate []byte) ([]byte, error) {
	der, err := c509.ToX509(certificate)
	if err != nil {
		return nil, wrap(err)
	}
	return der, nil
}
