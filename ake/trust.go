package ake

import (
	"encoding/asn1"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// This file decides whether a credential is trusted: what the issuers of a
// Config vouch for. learn.go has what is trusted on first use.

// Verifier has the last word on a peer. It is asked when the peer has
// authenticated with a credential that is trusted, before the session commits:
// the place to look at names and dates. An error ends the run with ErrPeerRejected.
// About a resumption it is asked with the credential that the key goes back to (with
// PullPeer, Credential.Origin has it). The Initiator of MethodPSK is not asked: it has chosen the key itself.
type Verifier func(s *Session, peer *Credential) error

// issuers is what a Config trusts to certify others.
type issuers struct {
	pkix                   pkix.Issuers
	anchors, intermediates []*pkix.Certificate
	cwt                    []cred.Issuer
}

// AddTrustAnchor adds a certificate (X.509 or C509) that certifies peers, or
// that is a peer. Its key may be an RSA key. It takes effect with PolicyX509 and in VerifyCredential. Of a
// chain, the certificates after the first are known as intermediates.
func (c *Config) AddTrustAnchor(anchor *Credential) error {
	return c.addIssuers(anchor, func(first *pkix.Certificate) {
		c.issuers.pkix.AddAnchor(first)
		c.issuers.anchors = append(c.issuers.anchors, first)
	})
}

// AddIntermediate adds a certificate that peers may leave out of their chain.
// It is trusted only if it leads to a trust anchor.
func (c *Config) AddIntermediate(certificate *Credential) error {
	return c.addIssuers(certificate, c.addIntermediate)
}

func (c *Config) addIntermediate(certificate *pkix.Certificate) {
	c.issuers.pkix.AddIntermediate(certificate)
	c.issuers.intermediates = append(c.issuers.intermediates, certificate)
}

// addIssuers adds the certificates of a chain, the first in a way of its own.
func (c *Config) addIssuers(issuer *Credential, add func(first *pkix.Certificate)) error {
	return c.change(func() error {
		if issuer.parsed.Type != cred.X509 && issuer.parsed.Type != cred.C509 {
			return errorf(ErrArgument, "not a certificate")
		}
		certificates, err := issuer.parsed.Certificates()
		if err != nil {
			return wrap(err)
		}
		add(certificates[0])
		for _, certificate := range certificates[1:] {
			c.addIntermediate(certificate)
		}
		return nil
	})
}

// AddCWTIssuer adds the key of an issuer of CWTs. The name is what their claim
// 'iss' has to be; "" allows any. It takes effect with PolicyX509 and in
// VerifyCredential.
func (c *Config) AddCWTIssuer(issuer *Credential, name string) error {
	return c.change(func() error {
		if issuer.psk != nil {
			return errorf(ErrArgument, "the issuer has no public key")
		}
		if issuer.authenticates() != nil {
			return errorf(ErrUnsupported, onlyCertifies)
		}
		if kind := issuer.KeyKind(); kind == KeyX25519 || kind == KeyX448 {
			return errorf(ErrUnsupported, "an %v key cannot sign", kind)
		}
		c.issuers.cwt = append(c.issuers.cwt, cred.Issuer{Key: issuer.parsed.Key, Name: name})
		return nil
	})
}

// checkTrust refuses a Config whose issuers nobody would ask: the host has
// forgotten to set the policy. With PolicyCallback, it may ask VerifyCredential.
func (c *Config) checkTrust() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.issuers.anchors)+len(c.issuers.cwt) > 0 && c.policy != PolicyX509 && c.policy != PolicyCallback {
		return errorf(ErrArgument, "there are trust anchors or CWT issuers, which only the peer policy X509 asks: set it")
	}
	if len(c.purposes) > 0 && c.policy != PolicyX509 {
		return errorf(ErrArgument, "a key purpose is required, which only the peer policy X509 checks: set it")
	}
	return nil
}

// RequireKeyPurpose says what the certificates of peers with a role have to be for:
// an OID in dotted text that their extended key usage lists (RFC 5280 section
// 4.2.1.12), for example 1.3.6.1.5.5.7.3.1 (serverAuth) for Responders and
// 1.3.6.1.5.5.7.3.2 (clientAuth) for Initiators, so that no device can play the
// server. anyExtendedKeyUsage is not enough, but for issuers. "" takes the
// requirement back. Without one, any of these three will do, or no extension.
//
// It takes effect with PolicyX509, on certificates that an anchor has to vouch for.
// Pinned ones are trusted as they are; CWTs and raw keys have no purposes. It gives
// ErrArgument for what is no role or no OID.
func (c *Config) RequireKeyPurpose(role Role, oid string) error {
	if role != Initiator && role != Responder {
		return errorf(ErrArgument, "unknown role")
	}
	purpose, err := parseOID(oid)
	if err != nil && oid != "" {
		return errorf(ErrArgument, "%q is not an OID in dotted text, such as 1.3.6.1.5.5.7.3.1", pkix.Shorten(oid))
	}
	return c.change(func() error {
		delete(c.purposes, role)
		if oid != "" {
			c.purposes[role] = purpose
		}
		return nil
	})
}

func parseOID(text string) (oid asn1.ObjectIdentifier, err error) {
	for arc := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(arc, 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != arc {
			return nil, errOID
		}
		oid = append(oid, int(n))
	}
	_, err = asn1.Marshal(oid) // knows which first arcs there are
	return oid, err
}

var errOID = errors.New("not an OID")

// maxTolerance is a day: clocks that are off by more need to be set.
const (
	defaultTolerance = 5 * time.Minute
	maxTolerance     = 24 * time.Hour
)

// SetClockTolerance sets how far the clocks of issuers and this one may be apart:
// certificates, CWTs and revocation lists are good so much before their time begins
// and after it ends. The default is 5 minutes, 0 is none; it gives ErrArgument for
// less than that and for more than a day.
func (c *Config) SetClockTolerance(tolerance time.Duration) error {
	return c.change(func() error {
		if tolerance < 0 || tolerance > maxTolerance {
			return errorf(ErrArgument, "clock tolerance of %v, allowed are 0 to %v", tolerance, maxTolerance)
		}
		c.tolerance = tolerance
		return nil
	})
}

// SetVerifier sets who has the last word on a peer.
func (c *Config) SetVerifier(verifier Verifier) error {
	return c.change(func() error { c.verifier = verifier; return nil })
}

// SetTime sets the time by which dates are checked, for devices without a
// clock; the zero time means that of the system. Unlike all else it can be set
// at any time.
func (c *Config) SetTime(now time.Time) {
	if now.IsZero() {
		c.time.Store(nil)
		return
	}
	c.time.Store(&now)
}

func (c *Config) now() time.Time {
	if set := c.time.Load(); set != nil {
		return *set
	}
	return time.Now()
}

// VerifyCredential checks a credential as PolicyX509 does: that a trust anchor
// or a CWT issuer of the Config vouches for it, that it is valid now, and that
// its key may be used as the method needs it. What RequireKeyPurpose says depends on
// the role and is not asked. A credential that nobody can
// vouch for (CCS, parts) gives ErrCredentialUntrusted.
func (c *Config) VerifyCredential(credential *Credential, signs bool) error {
	c.mu.Lock() // the issuers may still change
	defer c.mu.Unlock()
	return c.vouched(credential, signs, pkix.PathOptions{})
}

func (c *Config) vouched(credential *Credential, signs bool, options pkix.PathOptions) error {
	settings := c.pathOptions()
	settings.Usage, settings.Purpose, settings.Bag, settings.Budget = pkix.UsageKeyAgreement, options.Purpose, options.Bag, options.Budget
	options = settings
	if signs {
		options.Usage = pkix.UsageSignature
	}
	var err error
	switch credential.parsed.Type {
	case cred.X509, cred.C509:
		err = credential.parsed.Verify(&c.issuers.pkix, options)
	case cred.CWT:
		err = cred.VerifyCWT(credential.parsed, c.issuers.cwt, options.Time, options.Tolerance)
	default:
		return &Error{Status: ErrCredentialUntrusted}
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}

// pathOptions are what the Config says about every path.
func (c *Config) pathOptions() pkix.PathOptions {
	return pkix.PathOptions{Time: c.now(), Tolerance: c.tolerance, Depth: c.limits.Chain, OutdatedCRLs: c.outdatedCRLs}
}

// certified returns the credential that id carries if an issuer vouches for it.
// Of a bag, each certificate that may be the end entity is tried, all within one
// budget.
func (in *env) certified(id *cose.IDCred, signs bool) (*Credential, error) {
	options := pkix.PathOptions{Bag: id.X5Bag != nil || id.C5B != nil, Budget: pkix.NewBudget(), Purpose: in.config.purposes[in.peerRole()]}
	var first error
	for _, parsed := range cred.Candidates(id) {
		credential, err := newCredential(parsed())
		if err == nil {
			err = checkHash(id, credential)
		}
		if err == nil {
			err = in.config.vouched(credential, signs, options)
		}
		if err == nil {
			return credential, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// checkHash holds a certificate against the hash of it in ID_CRED_x, if there is
// one.
func checkHash(id *cose.IDCred, credential *Credential) error {
	switch {
	case id.X5T != nil && credential.parsed.Type == cred.X509:
		if err := cred.CheckCertHash(credential.parsed.Chain[0], *id.X5T); err != nil {
			return wrap(err)
		}
	case id.C5T != nil && credential.parsed.Type == cred.C509:
		if err := cred.CheckCertHash(credential.parsed.Chain[0], *id.C5T); err != nil {
			return wrap(err)
		}
	}
	return nil
}

// checkHashAlgorithm refuses a reference by a hash that nobody here can check.
func checkHashAlgorithm(id *cose.IDCred) error {
	for _, hash := range []*cose.CertHash{id.X5T, id.C5T} {
		if hash != nil && hash.Algorithm != cose.AlgSHA256 && hash.Algorithm != cose.AlgSHA25664 {
			return errorf(ErrCredentialUnsupported, "x5t or c5t with another hash than SHA-256 and SHA-256/64")
		}
	}
	return nil
}

// isPinned reports whether the Config has the credential as a peer's.
func (c *Config) isPinned(credential *Credential) bool {
	return len(c.byCred[string(credential.parsed.Cred)]) > 0
}
