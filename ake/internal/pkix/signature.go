package pkix

import (
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
	rsaKey, isRSA := parent.PublicKey.(*rsa.PublicKey)
	if isRSA {
		if err := checkRSA(rsaKey); err != nil {
			return fmt.Errorf("%w: %w", ErrAlgorithm, err)
		}
	}
	switch {
	case c.native == nil:
		return checkSignature(c.Certificate, parent.Certificate, c.SignedBytes(), c.Signature)
	case isRSA:
		return checkSignature(c.Certificate, parent.Certificate, c.SignedBytes(), c.native.Signature())
	}
	key, err := parseSPKI(parent.RawSubjectPublicKeyInfo)
	if err != nil {
		return ErrBadSignature
	}
	switch err := c.native.VerifiedBy(key); {
	case errors.Is(err, c509.ErrSignature):
		return ErrBadSignature
	case err != nil:
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	return nil
}

// checkSignature checks that the key of parent made the signature of child. What
// key that is does not matter as long as crypto/x509 knows it.
func checkSignature(child, parent *x509.Certificate, signed, signature []byte) error {
	switch child.SignatureAlgorithm {
	case x509.UnknownSignatureAlgorithm:
		return checkOtherSignature(child, parent, signed, signature)
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1: // CheckSignature takes them
		return fmt.Errorf("%w: %v", ErrAlgorithm, child.SignatureAlgorithm)
	}
	if parent.PublicKey == nil {
		return ErrBadSignature // the key of parent is of another algorithm
	}
	switch err := parent.CheckSignature(child.SignatureAlgorithm, signed, signature); err.(type) {
	case nil:
		return nil
	case x509.InsecureAlgorithmError:
		return fmt.Errorf("%w: %v", ErrAlgorithm, child.SignatureAlgorithm)
	}
	return ErrBadSignature
}

// checkOtherSignature checks what crypto/x509 does not: Ed448, and RSASSA-PSS
// with an unusual salt.
func checkOtherSignature(child, parent *x509.Certificate, signed, signature []byte) error {
	var outer struct {
		TBS       asn1.RawValue
		Algorithm algorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(child.Raw, &outer); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if outer.Algorithm.Algorithm.Equal(oidRSAPSS) {
		return checkPSS(parent, outer.Algorithm.Parameters.FullBytes, signed, signature)
	}
	kind, err := outer.Algorithm.keyKind()
	if err != nil || kind != suite.KeyEd448 {
		return fmt.Errorf("%w: %v", ErrAlgorithm, outer.Algorithm.Algorithm)
	}
	key, err := parseSPKI(parent.RawSubjectPublicKeyInfo)
	if err != nil || key.Kind() != suite.KeyEd448 || !key.Verify(signed, signature) {
		return ErrBadSignature
	}
	return nil
}
