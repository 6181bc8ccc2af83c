package ake

import (
	"crypto/x509"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
)

// This file decides whether a credential is trusted: what the issuers of a
// Config vouch for. learn.go has what is trusted on first use.

// Verifier has the last word on a peer. It is asked when the peer has
// authenticated with a credential that is trusted, before the session commits:
// the place to look at names and dates, and to check for revocation. An error
// ends the run with ErrPeerRejected. The Initiator of MethodPSK is not asked: it
// has chosen the key itself.
type Verifier func(s *Session, peer *Credential) error

// issuers is what a Config trusts to certify others.
type issuers struct {
	anchors       []*x509.Certificate
	intermediates []*x509.Certificate
	native        map[*x509.Certificate]*cred.C509Certificate // of the natively signed among both
	cwt           []cred.Issuer
}

// AddTrustAnchor adds a certificate (X.509 or C509) that certifies peers, or
// that is a peer. Its key may be an RSA key. It takes effect with PolicyX509 and in VerifyCredential. Of a
// chain, the certificates after the first are known as intermediates.
func (c *Config) AddTrustAnchor(anchor *Credential) error {
	return c.addIssuer(anchor, &c.issuers.anchors)
}

// AddIntermediate adds a certificate that peers may leave out of their chain.
// It is trusted only if it leads to a trust anchor.
func (c *Config) AddIntermediate(certificate *Credential) error {
	return c.addIssuer(certificate, &c.issuers.intermediates)
}

func (c *Config) addIssuer(issuer *Credential, list *[]*x509.Certificate) error {
	return c.change(func() error {
		certificates, native, err := certificatesOf(issuer)
		if err != nil {
			return err
		}
		if c.issuers.native == nil {
			c.issuers.native = map[*x509.Certificate]*cred.C509Certificate{}
		}
		for certificate, form := range native {
			c.issuers.native[certificate] = form
		}
		*list = append(*list, certificates[0])
		c.issuers.intermediates = append(c.issuers.intermediates, certificates[1:]...)
		return nil
	})
}

func certificatesOf(c *Credential) ([]*x509.Certificate, map[*x509.Certificate]*cred.C509Certificate, error) {
	switch c.parsed.Type {
	case cred.X509:
		certificates, err := cred.ParseCertificates(c.parsed.Chain)
		if err != nil {
			return nil, nil, wrap(err)
		}
		return certificates, nil, nil
	case cred.C509:
		certificates, native, err := cred.ParseC509Chain(c.parsed.Chain)
		if err != nil {
			return nil, nil, wrap(err)
		}
		return certificates, native, nil
	}
	return nil, nil, errorf(ErrArgument, "not a certificate")
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
		return errorf(ErrArgument, "there are trust anchors or CWT issuers, but the peer policy is not PolicyX509")
	}
	return nil
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
// its key may be used as the method needs it. A credential that nobody can
// vouch for (CCS, parts) gives ErrCredentialUntrusted.
func (c *Config) VerifyCredential(credential *Credential, signs bool) error {
	c.mu.Lock() // the issuers may still change
	defer c.mu.Unlock()
	return c.vouched(credential, signs, false)
}

func (c *Config) vouched(credential *Credential, signs, bag bool) error {
	options := cred.PathOptions{
		Anchors: c.issuers.anchors, Intermediates: c.issuers.intermediates, Native: c.issuers.native,
		Time: c.now(), Usage: cred.UsageKeyAgreement, Depth: c.limits.Chain, Bag: bag,
	}
	if signs {
		options.Usage = cred.UsageSignature
	}
	var err error
	switch credential.parsed.Type {
	case cred.X509:
		var chain []*x509.Certificate
		if chain, err = cred.ParseCertificates(credential.parsed.Chain); err == nil {
			_, err = cred.Verify(chain, options)
		}
	case cred.C509:
		_, err = cred.VerifyC509Chain(credential.parsed.Chain, options)
	case cred.CWT:
		err = cred.VerifyCWT(credential.parsed, c.issuers.cwt, options.Time)
	default:
		return &Error{Status: ErrCredentialUntrusted}
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}

// certified returns the credential that id carries if an issuer vouches for it.
// Of a bag, each certificate that may be the end entity is tried.
func (in *env) certified(id *cose.IDCred, signs bool) (*Credential, error) {
	bag := id.X5Bag != nil || id.C5B != nil
	var first error
	for _, parsed := range cred.Candidates(id) {
		credential, err := newCredential(parsed())
		if err == nil {
			err = checkHash(id, credential)
		}
		if err == nil {
			err = in.config.vouched(credential, signs, bag)
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
		if err := cred.CheckC509Hash(credential.parsed.Chain[0], *id.C5T); err != nil {
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
