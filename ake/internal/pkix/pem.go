package pkix

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
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

// parsePrivateKey leaves to crypto/x509 what it knows, which are all but X448
// and Ed448.
func parsePrivateKey(der []byte) (*suite.PrivateKey, error) {
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return fromECDSA(key)
	}
	if key, err := parse448(der); key != nil || err != nil {
		return key, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: neither a PKCS#8 nor a SEC 1 private key of a known kind", ErrMalformed)
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		return fromECDSA(key)
	case ed25519.PrivateKey:
		return takePrivateKey(suite.KeyEd25519, key.Seed())
	case *ecdh.PrivateKey: // of X25519: those of NIST come as ECDSA keys
		return takePrivateKey(suite.KeyX25519, key.Bytes())
	}
	return nil, fmt.Errorf("%w: one that EDHOC has no use for, such as RSA", suite.ErrKeyKind)
}

func fromECDSA(key *ecdsa.PrivateKey) (*suite.PrivateKey, error) {
	kind := suite.KeyP256
	switch key.Curve {
	case elliptic.P256():
	case elliptic.P384():
		kind = suite.KeyP384
	default:
		return nil, fmt.Errorf("%w: curve %s", suite.ErrKeyKind, key.Params().Name)
	}
	scalar, err := key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", suite.ErrPrivateKey, err)
	}
	return takePrivateKey(kind, scalar)
}

// takePrivateKey makes the key of a copy that nobody else uses, and wipes it.
func takePrivateKey(kind suite.KeyKind, secret []byte) (*suite.PrivateKey, error) {
	defer suite.Wipe(secret)
	return suite.ParsePrivateKey(kind, secret)
}

// parse448 reads the PrivateKeyInfo of an X448 or Ed448 key (RFC 8410 section
// 7); nil is a key of another kind.
func parse448(der []byte) (*suite.PrivateKey, error) {
	var info struct {
		Version    int
		Algorithm  algorithmIdentifier
		PrivateKey []byte
		Attributes asn1.RawValue  `asn1:"optional,tag:0"`
		PublicKey  asn1.BitString `asn1:"optional,tag:1"`
	}
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil {
		return nil, nil
	}
	kind, err := info.Algorithm.keyKind()
	if err != nil || kind != suite.KeyX448 && kind != suite.KeyEd448 {
		return nil, nil
	}
	defer suite.Wipe(info.PrivateKey)
	var secret []byte
	inner, err := asn1.Unmarshal(info.PrivateKey, &secret)
	if err != nil || len(inner)+len(rest) > 0 || info.Version > 1 {
		return nil, fmt.Errorf("%w: private key of %v", ErrMalformed, kind)
	}
	return takePrivateKey(kind, secret)
}
