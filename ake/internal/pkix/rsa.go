package pkix

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// RSA keys sign certificates and nothing else: EDHOC has no method for them.

const (
	minRSA = 2048
	// maxRSA and maxExponent bound what the certificates that a peer sends can cost.
	maxRSA      = 8192
	maxExponent = 65537
)

func checkRSA(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < minRSA || bits > maxRSA {
		return fmt.Errorf("RSA key of %d bits, supported are %d to %d", bits, minRSA, maxRSA)
	}
	if key.E > maxExponent {
		return fmt.Errorf("RSA key with the exponent %d, supported are those up to %d", key.E, maxExponent)
	}
	return nil
}

var (
	oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}

	pssHashes = map[string]crypto.Hash{
		"2.16.840.1.101.3.4.2.1": crypto.SHA256,
		"2.16.840.1.101.3.4.2.2": crypto.SHA384,
		"2.16.840.1.101.3.4.2.3": crypto.SHA512,
	}
)

// checkPSS checks an RSASSA-PSS signature with a salt of any length. crypto/x509
// knows the salt that is as long as the hash; openssl up to 3.0 makes the longest.
func checkPSS(parent *x509.Certificate, parameters, signed, signature []byte) error {
	hash, salt, err := pssParameters(parameters)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	key, ok := parent.PublicKey.(*rsa.PublicKey)
	if !ok {
		return ErrBadSignature
	}
	digest := hash.New()
	digest.Write(signed)
	if rsa.VerifyPSS(key, hash, digest.Sum(nil), signature, &rsa.PSSOptions{SaltLength: salt}) != nil {
		return ErrBadSignature
	}
	return nil
}

// pssParameters reads RSASSA-PSS-params (RFC 4055 section 3.1). The hash has to
// be the same throughout, and not SHA-1, which is what its absence means.
func pssParameters(der []byte) (hash crypto.Hash, salt int, err error) {
	var parameters struct {
		Hash    x509pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
		MGF     x509pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
		Salt    int                          `asn1:"explicit,tag:2,optional,default:20"`
		Trailer int                          `asn1:"explicit,tag:3,optional,default:1"`
	}
	var mask x509pkix.AlgorithmIdentifier
	rest, err := asn1.Unmarshal(der, &parameters)
	if err == nil && len(rest) == 0 {
		rest, err = asn1.Unmarshal(parameters.MGF.Parameters.FullBytes, &mask)
	}
	hash, known := pssHashes[parameters.Hash.Algorithm.String()]
	if err != nil || len(rest) > 0 || !known || !parameters.MGF.Algorithm.Equal(oidMGF1) ||
		!mask.Algorithm.Equal(parameters.Hash.Algorithm) || parameters.Salt < 1 || parameters.Salt > maxRSA/8 || parameters.Trailer != 1 {
		return 0, 0, fmt.Errorf("RSASSA-PSS with other parameters than SHA-256, SHA-384 or SHA-512 throughout and a salt")
	}
	return hash, parameters.Salt, nil
}
