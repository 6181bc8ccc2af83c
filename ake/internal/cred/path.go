package cred

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// Usage is what the key of an end entity is used for in EDHOC.
type Usage int

// The usages of a key (RFC 9528 appendix D.1).
const (
	UsageSignature    Usage = iota + 1 // needs digitalSignature
	UsageKeyAgreement                  // static Diffie-Hellman: needs keyAgreement
)

const (
	defaultDepth = 8
	// maxSignatureChecks bounds what a bag of certificates that all certify
	// each other costs. It is the figure of crypto/x509.
	maxSignatureChecks = 100
)

// PathOptions says what Verify trusts and expects.
type PathOptions struct {
	Anchors       []*x509.Certificate
	Intermediates []*x509.Certificate // besides those of the message
	// Time is now. The zero time is before all certificates.
	Time  time.Time
	Usage Usage
	// Depth is the most certificates below the trust anchor; 0 means 8.
	Depth int
	// Native has, for certificates that are natively signed C509, the form in
	// which their signature is checked.
	Native map[*x509.Certificate]*C509Certificate
	// Bag says that the certificates after the first come in any order and
	// that some may be of no use (x5bag). Otherwise each has to be named as
	// the issuer of the one before (x5chain, RFC 9360 section 2).
	Bag bool
}

// ParseCertificates reads DER certificates.
func ParseCertificates(chain [][]byte) ([]*x509.Certificate, error) {
	certificates := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d of %d is not a DER X.509 certificate: %w", ErrMalformed, i+1, len(chain), err)
		}
		certificates[i] = certificate
	}
	return certificates, nil
}

// Verify finds a path from the first certificate of chain to a trust anchor
// (RFC 5280 section 6) and returns it, the anchor last. Of several paths it
// takes the first that is good, and of several failures it reports the one
// that came closest to being a path.
//
// crypto/x509 reads the certificates and checks all signatures that it knows.
// The path is found here, because Certificate.Verify cannot pass an Ed448 key
// and does not look at key usage. What RFC 5280 leaves open is decided so:
//
//   - An anchor is a certificate of opts.Anchors. Its own signature means
//     nothing, all else about it is checked. The end entity may be an anchor
//     itself (it is pinned then); a self-signed one that is not, is unknown.
//   - Names of subject and issuer are equal if their bytes are. Key identifiers
//     only say what to try first.
//   - No key usage extension: the key is unrestricted.
//   - No extended key usage extension: any purpose. Otherwise it has to list
//     any, clientAuth or serverAuth, as no purpose is registered for EDHOC; and
//     so for issuers, as TLS has it.
//   - The keys of issuers may also be RSA keys of 2048 to 8192 bits.
//   - An issuer has to say that it is a CA. Anchors of version 1 and 2 have
//     no way to say it and are believed.
//   - Certificate policies are not asked for. A critical extension that could
//     demand them is refused, as unknown ones are.
//   - Revocation is the host's to check.
func Verify(chain []*x509.Certificate, opts PathOptions) ([]*x509.Certificate, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	if !opts.Bag {
		for i, certificate := range chain[1:] {
			if !bytes.Equal(chain[i].RawIssuer, certificate.RawSubject) {
				return nil, fmt.Errorf("%w: %s follows, but the issuer of %s is %s", ErrChainOrder,
					title(certificate), title(chain[i]), nameText(chain[i].RawIssuer))
			}
		}
	}
	if opts.Depth == 0 {
		opts.Depth = defaultDepth
	}
	s := &search{opts: &opts, signatures: maxSignatureChecks}
	s.collect(opts.Anchors, true)
	s.collect(chain[1:], false)
	s.collect(opts.Intermediates, false)
	if path := s.from(chain[:1:1]); path != nil {
		return path, nil
	}
	return nil, s.failure
}

// search looks for a path, depth first.
type search struct {
	opts       *PathOptions
	issuers    []issuer
	signatures int // that may still be checked
	failure    error
	closeness  closeness
}

type issuer struct {
	*x509.Certificate
	anchor bool
}

// closeness ranks the failures of different paths.
type closeness int

const (
	nothing      closeness = iota
	noIssuer               // the path ends without an anchor
	badSignature           // or a certificate of the right name and key did not sign
	tooLong                // it was given up
	complete               // it reaches an anchor, but is not good
)

// fail keeps the first error of those that came closest, and is nil, the path
// that was not found.
func (s *search) fail(c closeness, err error) []*x509.Certificate {
	if c > s.closeness {
		s.closeness, s.failure = c, err
	}
	return nil
}

// collect adds issuers, each certificate once, those that come first as
// anchors.
func (s *search) collect(certificates []*x509.Certificate, anchor bool) {
	for _, certificate := range certificates {
		if !slices.ContainsFunc(s.issuers, func(known issuer) bool { return known.Equal(certificate) }) {
			s.issuers = append(s.issuers, issuer{certificate, anchor})
		}
	}
}

// from extends a path, which ends below an anchor, to a good one.
func (s *search) from(path []*x509.Certificate) []*x509.Certificate {
	last := path[len(path)-1]
	if len(path) == 1 && s.isAnchor(last) {
		err := s.check(path)
		if err == nil {
			return path
		}
		s.fail(complete, err)
	}
	for _, candidate := range s.candidates(last) {
		switch {
		case contains(path, candidate.Certificate):
			continue // a loop
		case !candidate.anchor && len(path) == s.opts.Depth:
			s.fail(tooLong, fmt.Errorf("%w: more than %d certificates below the trust anchor", ErrChainTooLong, s.opts.Depth))
			continue
		case s.signatures < signatureCost(candidate.Certificate):
			return s.fail(tooLong, fmt.Errorf("%w: more than %d signatures to check", ErrChainTooLong, maxSignatureChecks))
		}
		s.signatures -= signatureCost(candidate.Certificate)
		if err := s.checkSignature(last, candidate.Certificate); err != nil {
			if !otherKey(last, candidate.Certificate) {
				s.fail(badSignature, fmt.Errorf("%w: that of %s by %s", err, title(last), title(candidate.Certificate)))
			}
			continue
		}
		longer := append(slices.Clip(path), candidate.Certificate)
		if !candidate.anchor {
			if longer = s.from(longer); longer != nil {
				return longer
			}
			continue
		}
		err := s.check(longer)
		if err == nil {
			return longer
		}
		s.fail(complete, err)
	}
	return s.fail(noIssuer, fmt.Errorf("%w: %s, which issued %s", ErrUnknownIssuer, nameText(last.RawIssuer), title(last)))
}

func (s *search) isAnchor(certificate *x509.Certificate) bool {
	return slices.ContainsFunc(s.issuers, func(i issuer) bool { return i.anchor && i.Equal(certificate) })
}

// candidates are the certificates whose subject is the issuer of child, those
// with another key identifier last.
func (s *search) candidates(child *x509.Certificate) []issuer {
	var likely, unlikely []issuer
	for _, candidate := range s.issuers {
		switch {
		case !bytes.Equal(candidate.RawSubject, child.RawIssuer):
		case otherKey(child, candidate.Certificate):
			unlikely = append(unlikely, candidate)
		default:
			likely = append(likely, candidate)
		}
	}
	return append(likely, unlikely...)
}

// otherKey reports whether the key identifiers tell that another key of the
// same issuer signed child.
func otherKey(child, parent *x509.Certificate) bool {
	return len(child.AuthorityKeyId) > 0 && len(parent.SubjectKeyId) > 0 &&
		!bytes.Equal(child.AuthorityKeyId, parent.SubjectKeyId)
}

// contains reports whether the path has the same name with the same key, so
// that authorities that certify each other make no loop.
func contains(path []*x509.Certificate, certificate *x509.Certificate) bool {
	return slices.ContainsFunc(path, func(known *x509.Certificate) bool {
		return bytes.Equal(known.RawSubject, certificate.RawSubject) &&
			bytes.Equal(known.RawSubjectPublicKeyInfo, certificate.RawSubjectPublicKeyInfo)
	})
}

// checkSignature checks that the key of parent signed child, in the form in
// which child was signed.
func (s *search) checkSignature(child, parent *x509.Certificate) error {
	rsaKey, isRSA := parent.PublicKey.(*rsa.PublicKey)
	if isRSA {
		if err := checkRSA(rsaKey); err != nil {
			return fmt.Errorf("%w: %w", ErrAlgorithm, err)
		}
	}
	native := s.opts.Native[child]
	switch {
	case native == nil:
		return checkSignature(child, parent, child.RawTBSCertificate, child.Signature)
	case isRSA:
		return checkSignature(child, parent, native.tbs, native.signature)
	}
	key, err := parseSPKI(parent.RawSubjectPublicKeyInfo)
	if err != nil {
		return ErrBadSignature
	}
	switch err := native.VerifiedBy(key); {
	case errors.Is(err, ErrC509Signature):
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
