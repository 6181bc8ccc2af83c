package judges

import (
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/liblake/lake/ake/internal/pkix"
)

// certified verifies a row as the signature of a certificate by an issuer that has
// the key of the group.
func certified(algorithm func(g *group) x509pkix.AlgorithmIdentifier) verdict {
	return func(g *group, r *row) error {
		id, spki := algorithm(g), g.PublicKeyDer
		if len(spki) == 0 {
			spki = g.KeyDer
		}
		issuer, err := pkix.ParseCertificate(certificate("issuer", "", spki, id, nil))
		if err != nil {
			return err
		}
		subject, err := pkix.ParseCertificate(certificate("issuer", "subject", leafKey, id, r.Sig))
		if err != nil {
			return err
		}
		// The message is no certificate: it stands for the signed part of one.
		subject.RawTBSCertificate = r.Msg
		issuers := new(pkix.Issuers)
		issuers.AddAnchor(issuer)
		_, err = issuers.Verify([]*pkix.Certificate{subject}, pkix.PathOptions{Time: midnight, Usage: pkix.UsageSignature})
		return err
	}
}

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// leafKey is the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 10.1).
var leafKey = []byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
	0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96,
	0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1}

// certificate is an authority, if it has no subject, or an end entity.
func certificate(issuer, subject string, spki []byte, algorithm x509pkix.AlgorithmIdentifier, signature []byte) []byte {
	var tbs struct {
		Version         int `asn1:"explicit,tag:0"`
		Serial          *big.Int
		Algorithm       x509pkix.AlgorithmIdentifier
		Issuer          asn1.RawValue
		Validity        struct{ NotBefore, NotAfter time.Time }
		Subject         asn1.RawValue
		PublicKey       asn1.RawValue
		BasicConstraint []x509pkix.Extension `asn1:"explicit,tag:3"`
	}
	isCA := subject == ""
	if isCA {
		subject = issuer
	}
	tbs.Version, tbs.Serial, tbs.Algorithm = 2, big.NewInt(1), algorithm
	tbs.Issuer.FullBytes, tbs.Subject.FullBytes, tbs.PublicKey.FullBytes = name(issuer), name(subject), spki
	tbs.Validity.NotBefore, tbs.Validity.NotAfter = midnight.AddDate(-1, 0, 0), midnight.AddDate(1, 0, 0)
	tbs.BasicConstraint = []x509pkix.Extension{{
		Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true,
		Value: marshal(struct {
			CA bool `asn1:"optional"`
		}{isCA}),
	}}
	return marshal(struct {
		TBS       any
		Algorithm x509pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{tbs, algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
}

func name(common string) []byte { return marshal(x509pkix.Name{CommonName: common}.ToRDNSequence()) }

func marshal(value any) []byte {
	der, err := asn1.Marshal(value)
	if err != nil {
		panic(err)
	}
	return der
}

// edDSA is 1.3.101.112 for Ed25519 and 1.3.101.113 for Ed448 (RFC 8410 section 3).
func edDSA(last int) func(*group) x509pkix.AlgorithmIdentifier {
	return func(*group) x509pkix.AlgorithmIdentifier {
		return x509pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, last}}
	}
}

// ecdsaWith is ECDSA with SHA-256, SHA-384 and SHA-512: 2, 3 and 4 (RFC 5758
// section 3.2).
func ecdsaWith(last int) func(*group) x509pkix.AlgorithmIdentifier {
	return func(*group) x509pkix.AlgorithmIdentifier {
		return x509pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, last}}
	}
}

// hashes are the OIDs of hashes and of their PKCS #1 v1.5 signatures.
var hashes = map[string]struct {
	oid   asn1.ObjectIdentifier
	pkcs1 int
}{
	"SHA-1":       {asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, 5},
	"SHA-224":     {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}, 14},
	"SHA-256":     {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, 11},
	"SHA-384":     {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, 12},
	"SHA-512":     {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, 13},
	"SHA-512/224": {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 5}, 15},
	"SHA-512/256": {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 6}, 16},
}

func pkcs1(g *group) x509pkix.AlgorithmIdentifier {
	return rsaIdentifier(hashes[g.SHA].pkcs1, []byte{5, 0})
}

// pss is RSASSA-PSS with its parameters (RFC 4055 section 3.1).
func pss(g *group) x509pkix.AlgorithmIdentifier {
	hash := func(name string) x509pkix.AlgorithmIdentifier {
		return x509pkix.AlgorithmIdentifier{Algorithm: hashes[name].oid, Parameters: asn1.NullRawValue}
	}
	return rsaIdentifier(10, marshal(struct {
		Hash x509pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
		Mask x509pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
		Salt int                          `asn1:"explicit,tag:2"`
	}{hash(g.SHA), rsaIdentifier(8, marshal(hash(g.MGFSHA))), g.SLen}))
}

func rsaIdentifier(last int, parameters []byte) x509pkix.AlgorithmIdentifier {
	return x509pkix.AlgorithmIdentifier{
		Algorithm:  asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, last},
		Parameters: asn1.RawValue{FullBytes: parameters},
	}
}
