package pkix

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"
)

// Certificate extensions (RFC 5280 section 4.2).
var (
	oidKeyUsage            = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSubjectAltName      = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints    = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidNameConstraints     = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidCertificatePolicies = asn1.ObjectIdentifier{2, 5, 29, 32}
	oidPolicyMappings      = asn1.ObjectIdentifier{2, 5, 29, 33}
	oidExtendedKeyUsage    = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidInhibitAnyPolicy    = asn1.ObjectIdentifier{2, 5, 29, 54}
)

// understood are the extensions that may be critical. Those about policies are
// among them as far as they have no effect on who asks for no policy.
var understood = []asn1.ObjectIdentifier{
	oidKeyUsage, oidSubjectAltName, oidBasicConstraints, oidNameConstraints, oidExtendedKeyUsage,
	oidCertificatePolicies, oidPolicyMappings, oidInhibitAnyPolicy,
}

// check validates a path whose signatures verify, from the anchor down (RFC
// 5280 section 6.1).
func (s *search) check(path []*Certificate) error {
	if !s.budget.check() {
		return errBudget
	}
	constraints := &nameConstraints{budget: s.budget}
	left := forClient | forServer
	for i, certificate := range slices.Backward(path) {
		if err := s.checkAlone(certificate); err != nil {
			return err
		}
		var err error
		if s.opts.Purpose != nil {
			err = checkPurpose(certificate, s.opts.Purpose, i == 0)
		} else {
			left, err = left.narrow(certificate)
		}
		if err != nil {
			return err
		}
		if i < len(path)-1 || i == 0 {
			if err := s.revocations.check(certificate, s.opts); err != nil {
				return err
			}
		}
		// Section 6.1.3 (b): a certificate that only carries over to a new
		// key or new figures needs no permission for its name.
		if i == 0 || !certificate.SelfIssued() {
			if err := constraints.allow(certificate); err != nil {
				return err
			}
		}
		if i == 0 {
			return checkEndEntity(certificate, s.opts.Usage)
		}
		if err := checkIssuer(certificate, path[1:i], i == len(path)-1); err != nil {
			return err
		}
		if err := constraints.add(certificate); err != nil {
			return err
		}
	}
	return nil
}

// checkAlone checks what every certificate of a path has to fulfil.
func (s *search) checkAlone(c *Certificate) error {
	switch {
	case s.opts.before(c.NotBefore):
		return fmt.Errorf("%w: %s is valid from %s", ErrNotYetValid, title(c), c.NotBefore.Format(time.RFC3339))
	case s.opts.after(c.NotAfter):
		return fmt.Errorf("%w: %s was valid until %s", ErrExpired, title(c), c.NotAfter.Format(time.RFC3339))
	}
	for _, extension := range c.Extensions {
		if extension.Critical && !slices.ContainsFunc(understood, extension.Id.Equal) {
			return fmt.Errorf("%w: %v of %s", ErrCriticalExtension, extension.Id, title(c))
		}
	}
	return nil
}

// purposes are a set of those that certificates are asked for.
type purposes uint8

const (
	forClient purposes = 1 << iota // clientAuth
	forServer                      // serverAuth
)

// narrow leaves those purposes that a certificate has, too.
func (p purposes) narrow(c *Certificate) (purposes, error) {
	if !hasExtension(c, oidExtendedKeyUsage) {
		return p, nil
	}
	var own purposes
	for _, usage := range c.ExtKeyUsage {
		switch usage {
		case x509.ExtKeyUsageAny:
			own = forClient | forServer
		case x509.ExtKeyUsageClientAuth:
			own |= forClient
		case x509.ExtKeyUsageServerAuth:
			own |= forServer
		}
	}
	switch {
	case own == 0:
		return 0, fmt.Errorf("%w: %s is for other purposes (extended key usage)", ErrKeyUsage, title(c))
	case own&p == 0:
		return 0, fmt.Errorf("%w: %s and its issuers have no purpose in common (extended key usage)", ErrKeyUsage, title(c))
	}
	return own & p, nil
}

// checkIssuer checks that a certificate may certify: the intermediates below
// it, and the end entity.
func checkIssuer(c *Certificate, below []*Certificate, anchor bool) error {
	switch {
	case c.BasicConstraintsValid && !c.IsCA,
		!c.BasicConstraintsValid && !(anchor && c.Version < 3):
		return fmt.Errorf("%w: %s (basic constraints)", ErrNotCA, title(c))
	case !keyUsage(c, x509.KeyUsageCertSign):
		return fmt.Errorf("%w: that of %s must not sign certificates", ErrKeyUsage, title(c))
	}
	if !c.BasicConstraintsValid || c.MaxPathLen < 0 {
		return nil
	}
	count := 0
	for _, intermediate := range below {
		if !intermediate.SelfIssued() {
			count++
		}
	}
	if count > c.MaxPathLen {
		return fmt.Errorf("%w: %s allows %d, there are %d", ErrPathLength, title(c), c.MaxPathLen, count)
	}
	return nil
}

func checkEndEntity(c *Certificate, usage Usage) error {
	switch usage {
	case usageAny:
		return nil
	case usageCRL:
		return checkListIssuer(c)
	}
	switch {
	case c.PublicKeyAlgorithm == x509.RSA:
		return fmt.Errorf("%w: %s has an RSA key, which can only certify others", ErrKeyKind, title(c))
	case usage == UsageSignature && !keyUsage(c, x509.KeyUsageDigitalSignature):
		return fmt.Errorf("%w: that of %s must not sign (no digitalSignature in its key usage)", ErrKeyUsage, title(c))
	case usage == UsageKeyAgreement && !keyUsage(c, x509.KeyUsageKeyAgreement):
		return fmt.Errorf("%w: that of %s must not do Diffie-Hellman (no keyAgreement in its key usage)", ErrKeyUsage, title(c))
	case usage != UsageSignature && usage != UsageKeyAgreement:
		return fmt.Errorf("%w: unknown usage %d", ErrKeyUsage, usage)
	}
	return nil
}

// checkListIssuer checks that a certificate may sign revocation lists.
func checkListIssuer(c *Certificate) error {
	switch {
	case c.BasicConstraintsValid && !c.IsCA, !c.BasicConstraintsValid && c.Version == 3:
		return fmt.Errorf("%w: %s (basic constraints)", ErrNotCA, title(c))
	case !keyUsage(c, x509.KeyUsageCRLSign):
		return fmt.Errorf("%w: that of %s must not sign revocation lists (no cRLSign in its key usage)", ErrKeyUsage, title(c))
	}
	return nil
}

// keyUsage reports whether the key usage has the bit or is absent.
func keyUsage(c *Certificate, bit x509.KeyUsage) bool {
	return c.KeyUsage&bit != 0 || !hasExtension(c, oidKeyUsage)
}

// SelfIssued reports whether subject and issuer have one name.
func (c *Certificate) SelfIssued() bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

func hasExtension(c *Certificate, oid asn1.ObjectIdentifier) bool {
	_, ok := extension(c, oid)
	return ok
}

func extension(c *Certificate, oid asn1.ObjectIdentifier) (value []byte, ok bool) {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value, true
		}
	}
	return nil, false
}
