package pkix

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/suite"
)

// signedBy checks that the key of parent signed the certificate, in the form in
// which it was signed.
func (c *Certificate) signedBy(parent *Certificate) error {
	s := signed{algorithm: c.SignatureAlgorithm, whole: c.Raw, message: c.SignedBytes(), signature: c.Signature}
	if c.native == nil {
		return s.by(parent)
	}
	if _, isRSA := parent.PublicKey.(*rsa.PublicKey); isRSA {
		s.signature = c.native.Signature()
		return s.by(parent)
	}
	key, err := parseSPKI(parent.RawSubjectPublicKeyInfo)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	switch err := c.native.VerifiedBy(key); {
	case errors.Is(err, c509.ErrSignature):
		return ErrBadSignature
	case err != nil:
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	return nil
}

// signed is what has a signature of X.509: a certificate or a revocation list.
type signed struct {
	algorithm          x509.SignatureAlgorithm
	whole              []byte // where the algorithm is named, if crypto/x509 does not know it
	message, signature []byte
}

// by checks that the key of parent made the signature.
func (s signed) by(parent *Certificate) error {
	if err := checkSigner(parent); err != nil {
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	switch s.algorithm {
	case x509.UnknownSignatureAlgorithm:
		return s.byOther(parent)
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, // CheckSignature takes them
		x509.DSAWithSHA1, x509.DSAWithSHA256: // whatever the key
		return fmt.Errorf("%w: %v", ErrAlgorithm, s.algorithm)
	}
	if parent.PublicKey == nil {
		return ErrBadSignature // the key of parent is of another algorithm
	}
	switch err := parent.CheckSignature(s.algorithm, s.message, s.signature); err.(type) {
	case nil:
		return nil
	case x509.InsecureAlgorithmError:
		return fmt.Errorf("%w: %v", ErrAlgorithm, s.algorithm)
	}
	return ErrBadSignature
}

// checkSigner refuses keys by which nothing is verified, whoever signed. The others
// are those of RSA, ECDSA and Ed25519, which crypto/x509 knows, and Ed448.
func checkSigner(issuer *Certificate) error {
	switch key := issuer.PublicKey.(type) {
	case *rsa.PublicKey:
		return checkRSA(key)
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return nil
	}
	algorithm, _, err := splitSPKI(issuer.RawSubjectPublicKeyInfo)
	if err == nil && !algorithm.Algorithm.Equal(oidEd448) {
		err = fmt.Errorf("the issuer has a key of algorithm %v", algorithm.Algorithm)
	}
	return err
}

// byOther checks what crypto/x509 does not: Ed448, and RSASSA-PSS with an unusual
// salt.
func (s signed) byOther(parent *Certificate) error {
	var outer struct {
		TBS       asn1.RawValue
		Algorithm algorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(s.whole, &outer); err != nil {
		return fmt.Errorf("%w: not a DER X.509 structure with a signature", ErrMalformed)
	}
	if outer.Algorithm.Algorithm.Equal(oidRSAPSS) {
		return checkPSS(parent.Certificate, outer.Algorithm.Parameters.FullBytes, s.message, s.signature)
	}
	kind, err := outer.Algorithm.keyKind()
	if err != nil || kind != suite.KeyEd448 {
		return fmt.Errorf("%w: %v", ErrAlgorithm, outer.Algorithm.Algorithm)
	}
	key, err := parseSPKI(parent.RawSubjectPublicKeyInfo)
	if err != nil || key.Kind() != suite.KeyEd448 || !key.Verify(s.message, s.signature) {
		return ErrBadSignature
	}
	return nil
}
