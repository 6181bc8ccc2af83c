package pkix

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/liblake/lake/ake/internal/suite"
)

// ErrEncryptedKey: a private key under a password, which this library does not
// ask for.
var ErrEncryptedKey = errors.New("the private key is encrypted; decrypt it first, for example with openssl pkey -in key.pem -out plain.pem")

// Types of PEM blocks (RFC 7468, and of OpenSSL for keys of its older forms).
const (
	pemCertificate     = "CERTIFICATE"
	pemCertificateX509 = "X509 CERTIFICATE"
	pemPrivateKey      = "PRIVATE KEY" // PKCS#8
	pemECPrivateKey    = "EC PRIVATE KEY"
	pemEncryptedKey    = "ENCRYPTED PRIVATE KEY"
	pemPublicKey       = "PUBLIC KEY"
	pemCRL             = "X509 CRL"
)

// ReadCertificates reads the certificates of a file, PEM or DER, and returns
// them in DER, in the order of the file. A file in PEM may hold other things
// too, such as a private key.
func ReadCertificates(data []byte) ([][]byte, error) {
	certificates, _, err := read(data, pemCertificate, pemCertificateX509)
	if err != nil {
		return nil, err
	}
	_, err = ParseCertificates(certificates, ParseCertificate)
	return certificates, err
}

// ReadCRLs reads the certificate revocation lists of a file, PEM or DER, and
// returns them in DER.
func ReadCRLs(data []byte) ([][]byte, error) {
	lists, _, err := read(data, pemCRL)
	return lists, err
}

// ReadPrivateKey reads the one private key of a file, PEM or DER, in PKCS#8
// (RFC 5958, RFC 8410) or SEC 1 (RFC 5915). It gives ErrEncryptedKey for one
// that needs a password.
func ReadPrivateKey(data []byte) (*suite.PrivateKey, error) {
	keys, headers, err := read(data, pemPrivateKey, pemECPrivateKey, pemEncryptedKey)
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if headers[i] != nil { // out of PEM; DER is the caller's own
			defer suite.Wipe(key)
		}
	}
	if len(keys) > 1 {
		return nil, fmt.Errorf("%w: %d private keys where one is expected", ErrMalformed, len(keys))
	}
	if headers[0]["DEK-Info"] != "" || isEncrypted(keys[0]) {
		return nil, ErrEncryptedKey
	}
	return parsePrivateKey(keys[0])
}

// ReadPublicKey reads the one public key of a file, PEM or DER, a
// SubjectPublicKeyInfo.
func ReadPublicKey(data []byte) (*suite.PublicKey, error) {
	keys, _, err := read(data, pemPublicKey)
	if err != nil {
		return nil, err
	}
	if len(keys) > 1 {
		return nil, fmt.Errorf("%w: %d public keys where one is expected", ErrMalformed, len(keys))
	}
	key, err := parseSPKI(keys[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return key, nil
}

// read returns the DER structures of a file: in PEM those of the given types,
// with their headers, and all if the file is DER itself. It finds at least one.
func read(data []byte, types ...string) (structures [][]byte, headers []map[string]string, err error) {
	if structures := sequences(data); len(structures) > 0 {
		return structures, make([]map[string]string, len(structures)), nil
	}
	// encoding/pem passes over damaged blocks in silence. Of a chain, that
	// would be a certificate missing.
	damaged := bytes.Count(data, []byte("-----BEGIN "))
	var others []string
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		damaged--
		if slices.Contains(types, block.Type) {
			structures, headers = append(structures, block.Bytes), append(headers, block.Headers)
		} else {
			others = append(others, Shorten(Printable(block.Type)))
		}
	}
	switch {
	case damaged > 0:
		return nil, nil, fmt.Errorf("%w: a PEM block is damaged", ErrMalformed)
	case len(structures) > 0:
		return structures, headers, nil
	case len(others) > 0:
		return nil, nil, fmt.Errorf("%w: PEM blocks of type %q, but none of %q", ErrMalformed, others[:min(len(others), 4)], types[0])
	}
	return nil, nil, fmt.Errorf("%w: neither PEM nor DER", ErrMalformed)
}

// sequences splits data into ASN.1 sequences, or returns nothing if it is
// something else.
func sequences(data []byte) [][]byte {
	var all [][]byte
	for len(data) > 0 {
		var element asn1.RawValue
		rest, err := asn1.Unmarshal(data, &element)
		if err != nil || element.Class != asn1.ClassUniversal || element.Tag != asn1.TagSequence {
			return nil
		}
		all, data = append(all, element.FullBytes), rest
	}
	return all
}

// isEncrypted recognises EncryptedPrivateKeyInfo, which begins with an
// algorithm where PrivateKeyInfo and ECPrivateKey have a version.
func isEncrypted(der []byte) bool {
	var info struct {
		Algorithm algorithmIdentifier
		Data      []byte
	}
	_, err := asn1.Unmarshal(der, &info)
	return err == nil
}

// parsePrivateKey reads the forms itself: crypto/x509 knows neither X448 nor Ed448, and
// comes with all that is done with private keys of RSA.
func parsePrivateKey(der []byte) (*suite.PrivateKey, error) {
	if key, err := parseEC(der, 0); err != errNotEC {
		return key, err
	}
	var info struct { // PrivateKeyInfo (RFC 5958)
		Version    int
		Algorithm  algorithmIdentifier
		PrivateKey []byte
		Attributes asn1.RawValue  `asn1:"optional,tag:0"`
		PublicKey  asn1.BitString `asn1:"optional,tag:1"`
	}
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil || len(rest) > 0 || info.Version > 1 {
		return nil, errPrivateKey
	}
	defer suite.Wipe(info.PrivateKey)
	kind, err := info.Algorithm.keyKind()
	if err != nil {
		return nil, fmt.Errorf("%w: one that EDHOC has no use for: %w", suite.ErrKeyKind, err)
	}
	if kind == suite.KeyP256 || kind == suite.KeyP384 {
		key, err := parseEC(info.PrivateKey, kind)
		if err == errNotEC {
			err = errPrivateKey
		}
		return key, err
	}
	var secret []byte // RFC 8410 section 7
	rest, err = asn1.Unmarshal(info.PrivateKey, &secret)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: private key of %v", ErrMalformed, kind)
	}
	return takePrivateKey(kind, secret)
}

var (
	errPrivateKey = fmt.Errorf("%w: neither a PKCS#8 nor a SEC 1 private key of a known kind", ErrMalformed)
	errNotEC      = errors.New("not an ECPrivateKey")
)

// parseEC reads an ECPrivateKey (RFC 5915) of a kind that is known, or, with 0, named in
// it. It gives errNotEC for something else.
func parseEC(der []byte, kind suite.KeyKind) (*suite.PrivateKey, error) {
	var info struct {
		Version   int
		Scalar    []byte
		Curve     asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	rest, err := asn1.Unmarshal(der, &info)
	defer suite.Wipe(info.Scalar)
	if err != nil || len(rest) > 0 || info.Version != 1 || kind == 0 && info.Curve == nil {
		return nil, errNotEC
	}
	if kind == 0 {
		if kind, err = curveKind(info.Curve); err != nil {
			return nil, fmt.Errorf("%w: %w", suite.ErrKeyKind, err)
		}
	}
	// SEC 1 has the length of the order; others leave zeros out, or have more of them.
	size := kind.PrivateLength()
	scalar := bytes.TrimLeft(info.Scalar, "\x00")
	if len(scalar) > size {
		return nil, fmt.Errorf("%w: %d bytes for a scalar of %v", suite.ErrPrivateKey, len(scalar), kind)
	}
	secret := make([]byte, size)
	copy(secret[size-len(scalar):], scalar)
	return takePrivateKey(kind, secret)
}

// takePrivateKey makes the key of a copy that nobody else uses, and wipes it.
func takePrivateKey(kind suite.KeyKind, secret []byte) (*suite.PrivateKey, error) {
	defer suite.Wipe(secret)
	return suite.ParsePrivateKey(kind, secret)
}
