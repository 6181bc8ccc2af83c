package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// P521 gives a certificate a key of P-521, the dearest to verify with. EDHOC has
// no such keys, but an authority may.
func P521() Edit {
	key := must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	return func(s *Spec) { s.P521 = key }
}

var oidP521 = asn1.ObjectIdentifier{1, 3, 132, 0, 35}

func p521Info(key *ecdsa.PublicKey) publicKeyInfo {
	parameters := asn1.RawValue{FullBytes: must(asn1.Marshal(oidP521))}
	return publicKeyInfo{pkix.AlgorithmIdentifier{Algorithm: algorithms[p256].key, Parameters: parameters}, bits(must(key.Bytes()))}
}

func p521Identifier() pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}}
}

func p521Sign(key *ecdsa.PrivateKey, message []byte) []byte {
	digest := sha512.Sum512(message)
	return must(ecdsa.SignASN1(rand.Reader, key, digest[:]))
}
