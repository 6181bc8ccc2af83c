// Package certtest makes certificates to test with: of all kinds of keys that
// EDHOC knows, and of RSA, good and bad. Every run makes new keys.
package certtest

import (
	"bytes"
	"crypto/ecdsa"
	stded25519 "crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// Entity is a certificate with its private key.
type Entity struct {
	Cert *x509.Certificate
	Key  *suite.PrivateKey
	RSA  *rsa.PrivateKey   // in the place of Key, if there is one
	P521 *ecdsa.PrivateKey // the same
	DER  []byte            // Cert, unless it was broken afterwards
}

// Spec is what a certificate is made from; an Edit changes it.
type Spec struct {
	x509.Certificate
	Kind      suite.KeyKind
	Key       *suite.PrivateKey     // nil: a new one
	RSA       *rsa.PrivateKey       // in the place of Key, if there is one
	P521      *ecdsa.PrivateKey     // the same
	Scheme    RSAScheme             // how an issuer with an RSA key signs
	Version1  bool                  // no extensions
	Algorithm asn1.ObjectIdentifier // said instead of the one that signs
	// KeyAlgorithm is said of the key instead of its own.
	KeyAlgorithm asn1.ObjectIdentifier
	Break        func(der []byte) []byte // done to the finished certificate
}

// Edit changes what a certificate is made from.
type Edit func(*Spec)

// The validity of certificates unless an Edit changes it, and a time within.
var (
	NotBefore = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	Now       = time.Date(2030, 6, 15, 12, 0, 0, 0, time.UTC)
	NotAfter  = time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC)
)

// algorithms are the OIDs of keys and of the signatures they make.
var algorithms = map[suite.KeyKind]struct{ key, curve, signature asn1.ObjectIdentifier }{
	suite.KeyP256: {asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7},
		asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	suite.KeyP384: {asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 3, 132, 0, 34},
		asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}},
	suite.KeyX25519:  {key: asn1.ObjectIdentifier{1, 3, 101, 110}},
	suite.KeyX448:    {key: asn1.ObjectIdentifier{1, 3, 101, 111}},
	suite.KeyEd25519: {key: asn1.ObjectIdentifier{1, 3, 101, 112}, signature: asn1.ObjectIdentifier{1, 3, 101, 112}},
	suite.KeyEd448:   {key: asn1.ObjectIdentifier{1, 3, 101, 113}, signature: asn1.ObjectIdentifier{1, 3, 101, 113}},
}

// Root makes a self-signed authority.
func Root(name string, kind suite.KeyKind, edits ...Edit) *Entity {
	return newEntity(authority(name, kind), nil, edits)
}

// CA makes an authority below another one.
func CA(name string, kind suite.KeyKind, issuer *Entity, edits ...Edit) *Entity {
	return newEntity(authority(name, kind), issuer, edits)
}

// Leaf makes an end entity. Its key usage is what its key can do.
func Leaf(name string, kind suite.KeyKind, issuer *Entity, edits ...Edit) *Entity {
	spec := &Spec{Kind: kind}
	spec.Subject = pkix.Name{CommonName: name}
	switch kind {
	case suite.KeyX25519, suite.KeyX448:
		spec.KeyUsage = x509.KeyUsageKeyAgreement
	default:
		spec.KeyUsage = x509.KeyUsageDigitalSignature
	}
	return newEntity(spec, issuer, edits)
}

func authority(name string, kind suite.KeyKind) *Spec {
	spec := &Spec{Kind: kind}
	spec.Subject = pkix.Name{Organization: []string{"Certtest"}, CommonName: name}
	spec.IsCA, spec.BasicConstraintsValid, spec.MaxPathLen = true, true, -1
	spec.KeyUsage = x509.KeyUsageCertSign
	return spec
}

// newEntity has crypto/x509 make the certificate with keys that stand in for
// the real ones, puts the real subject key and algorithm in, and signs it. In
// this way all kinds of keys are made alike. It panics if that fails: a test
// cannot go on then.
func newEntity(spec *Spec, issuer *Entity, edits []Edit) *Entity {
	serial := must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64)))
	spec.SerialNumber, spec.NotBefore, spec.NotAfter = serial, NotBefore, NotAfter
	for _, edit := range edits {
		edit(spec)
	}
	if spec.Key == nil {
		spec.Key = must(suite.GenerateKey(spec.Kind, nil))
	}
	if spec.SubjectKeyId == nil {
		id := sha256.Sum256(keyInfo(spec).Key.Bytes)
		spec.SubjectKeyId = id[:20]
	} else if len(spec.SubjectKeyId) == 0 {
		spec.SubjectKeyId = nil
	}
	signer, parent := &Entity{Key: spec.Key, RSA: spec.RSA, P521: spec.P521}, spec.Certificate
	if issuer != nil {
		signer, parent = issuer, *issuer.Cert
	}
	parent.PublicKey = nil
	if issuer != nil { // crypto/x509 leaves it out if issuer and subject have one name
		spec.AuthorityKeyId = parent.SubjectKeyId
	}
	template := spec.Certificate
	if template.SubjectKeyId == nil && template.IsCA {
		template.SubjectKeyId = []byte("removed below")
	}

	standIn := stded25519.NewKeyFromSeed(make([]byte, stded25519.SeedSize))
	der := must(x509.CreateCertificate(rand.Reader, &template, &parent, standIn.Public(), standIn))
	der = resign(der, spec, signer)
	cert := must(x509.ParseCertificate(der))
	if spec.Break != nil {
		der = spec.Break(bytes.Clone(der))
	}
	return &Entity{cert, spec.Key, spec.RSA, spec.P521, der}
}

// certificate is Certificate of RFC 5280, as far as it has to be taken apart.
type certificate struct {
	TBS       tbsCertificate
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type tbsCertificate struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     *big.Int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	PublicKey  publicKeyInfo
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

func resign(der []byte, spec *Spec, signer *Entity) []byte {
	var c certificate
	_ = must(asn1.Unmarshal(der, &c))
	c.TBS.PublicKey = keyInfo(spec)
	if spec.KeyAlgorithm != nil {
		c.TBS.PublicKey.Algorithm = pkix.AlgorithmIdentifier{Algorithm: spec.KeyAlgorithm}
	}
	c.Algorithm = signer.identifier(spec.Scheme)
	if spec.Algorithm != nil {
		c.Algorithm = pkix.AlgorithmIdentifier{Algorithm: spec.Algorithm}
	}
	c.TBS.Algorithm = c.Algorithm
	if spec.Version1 {
		c.TBS.Version, c.TBS.Extensions = 0, nil
	}
	if spec.SubjectKeyId == nil {
		kept := c.TBS.Extensions[:0]
		for _, extension := range c.TBS.Extensions {
			if !extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 14}) {
				kept = append(kept, extension)
			}
		}
		c.TBS.Extensions = kept
	}
	tbs := must(asn1.Marshal(c.TBS))
	c.Signature = bits(signer.sign(spec.Scheme, tbs))
	return must(asn1.Marshal(c))
}

// identifier is that of the signatures of the entity. The scheme is for keys of RSA.
func (e *Entity) identifier(scheme RSAScheme) pkix.AlgorithmIdentifier {
	switch {
	case e.RSA != nil:
		return scheme.identifier()
	case e.P521 != nil:
		return p521Identifier()
	}
	return pkix.AlgorithmIdentifier{Algorithm: algorithms[e.Key.Kind()].signature}
}

func (e *Entity) sign(scheme RSAScheme, message []byte) []byte {
	switch {
	case e.RSA != nil:
		return scheme.Sign(e.RSA, message)
	case e.P521 != nil:
		return p521Sign(e.P521, message)
	}
	return Sign(e.Key, message)
}

func keyInfo(spec *Spec) publicKeyInfo {
	if spec.RSA != nil {
		return publicKeyInfo{rsaIdentifier(1), bits(x509.MarshalPKCS1PublicKey(&spec.RSA.PublicKey))}
	}
	if spec.P521 != nil {
		return p521Info(&spec.P521.PublicKey)
	}
	public := spec.Key.Public()
	oids, key := algorithms[public.Kind()], public.Bytes()
	info := publicKeyInfo{Algorithm: pkix.AlgorithmIdentifier{Algorithm: oids.key}}
	if oids.curve != nil {
		info.Algorithm.Parameters = asn1.RawValue{FullBytes: must(asn1.Marshal(oids.curve))}
		key = append([]byte{4}, key...)
	}
	info.Key = bits(key)
	return info
}

// Sign signs as certificates are signed: ECDSA signatures are in DER.
func Sign(key *suite.PrivateKey, message []byte) []byte {
	signature := must(key.Sign(message))
	if algorithms[key.Kind()].curve == nil {
		return signature
	}
	half := len(signature) / 2
	return must(asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:]),
	}))
}

func bits(b []byte) asn1.BitString { return asn1.BitString{Bytes: b, BitLength: 8 * len(b)} }

func must[T any](value T, err error) T {
	if err != nil {
		panic("certtest: " + err.Error())
	}
	return value
}
