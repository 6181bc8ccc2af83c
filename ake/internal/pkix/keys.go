package pkix

import (
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cryptobyteasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/suite"
)

// Key is the public key for EDHOC, nil if it is one of RSA.
func (c *Certificate) Key() (*suite.PublicKey, error) {
	var key *suite.PublicKey
	var err error
	if rsaKey, ok := c.PublicKey.(*rsa.PublicKey); ok {
		err = checkRSA(rsaKey)
	} else {
		key, err = parseSPKI(c.RawSubjectPublicKeyInfo)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return key, nil
}

// The public key algorithms of RFC 8410 and RFC 5480.
var (
	oidEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidP256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidP384    = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	oidX25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
	oidX448    = asn1.ObjectIdentifier{1, 3, 101, 111}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidEd448   = asn1.ObjectIdentifier{1, 3, 101, 113}
)

var kindOfOID = []struct {
	oid  asn1.ObjectIdentifier
	kind suite.KeyKind
}{
	{oidX25519, suite.KeyX25519}, {oidX448, suite.KeyX448},
	{oidEd25519, suite.KeyEd25519}, {oidEd448, suite.KeyEd448},
}

// algorithmIdentifier names the algorithm of a key, or that of an EdDSA
// signature, which is the same.
type algorithmIdentifier struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

func (a algorithmIdentifier) keyKind() (suite.KeyKind, error) {
	oid, parameters := a.Algorithm, a.Parameters.FullBytes
	if oid.Equal(oidEC) {
		if rest, err := asn1.Unmarshal(parameters, &oid); err != nil || len(rest) > 0 {
			return 0, errors.New("the elliptic curve of the key is not named")
		}
		return curveKind(oid)
	} else if oid.Equal(oidP256) || oid.Equal(oidP384) {
		return 0, errors.New("a curve stands where an algorithm should")
	} else if len(parameters) > 0 {
		// RFC 8410 section 3; other algorithms are refused anyway.
		return 0, fmt.Errorf("algorithm %v with parameters is not supported", oid)
	}
	for _, known := range kindOfOID {
		if oid.Equal(known.oid) {
			return known.kind, nil
		}
	}
	return 0, fmt.Errorf("algorithm %v is not supported", oid)
}

func curveKind(oid asn1.ObjectIdentifier) (suite.KeyKind, error) {
	switch {
	case oid.Equal(oidP256):
		return suite.KeyP256, nil
	case oid.Equal(oidP384):
		return suite.KeyP384, nil
	}
	return 0, fmt.Errorf("elliptic curve %v is not supported", oid)
}

// parseSPKI reads a SubjectPublicKeyInfo. It does so for all kinds alike,
// because crypto/x509 leaves out X448 and Ed448.
func parseSPKI(der []byte) (*suite.PublicKey, error) {
	algorithm, key, err := splitSPKI(der)
	if err != nil {
		return nil, err
	}
	kind, err := algorithm.keyKind()
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	return suite.ParsePublicKey(kind, key)
}

// splitSPKI takes a SubjectPublicKeyInfo apart (RFC 5280 section 4.1). encoding/asn1
// would pass over elements too many at the end of a sequence.
func splitSPKI(der []byte) (algorithm algorithmIdentifier, key []byte, err error) {
	in := cryptobyte.String(der)
	var info, identifier, parameters cryptobyte.String
	if !in.ReadASN1(&info, cryptobyteasn1.SEQUENCE) || !in.Empty() ||
		!info.ReadASN1(&identifier, cryptobyteasn1.SEQUENCE) ||
		!identifier.ReadASN1ObjectIdentifier(&algorithm.Algorithm) ||
		!identifier.Empty() && !identifier.ReadAnyASN1Element(&parameters, new(cryptobyteasn1.Tag)) || !identifier.Empty() ||
		!info.ReadASN1BitStringAsBytes(&key) || !info.Empty() {
		return algorithm, nil, errors.New("malformed SubjectPublicKeyInfo")
	}
	algorithm.Parameters.FullBytes = parameters
	return algorithm, key, nil
}
