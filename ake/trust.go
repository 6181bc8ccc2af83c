package ake

import (
	"sync"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// This file decides whether a credential is trusted: what the issuers of a
// Config vouch for, what is learned, and the last word of the host.

// Verifier has the last word on a peer. It is asked when the peer has
// authenticated with a credential that is trusted, before the session commits:
// the place to look at names and dates, and to check for revocation. An error
// ends the run with ErrPeerRejected. The Initiator of MethodPSK is not asked: it
// has chosen the key itself.
type Verifier func(s *Session, peer *Credential) error

// issuers is what a Config trusts to certify others.
type issuers struct {
	certificates pkix.Issuers
	cwt          []cred.Issuer
}

// AddTrustAnchor adds a certificate (X.509 or C509) that certifies peers, or
// that is a peer. Its key may be an RSA key. It takes effect with PolicyX509 and in VerifyCredential. Of a
// chain, the certificates after the first are known as intermediates.
func (c *Config) AddTrustAnchor(anchor *Credential) error {
	return c.addIssuer(anchor, c.issuers.certificates.AddAnchor)
}

// AddIntermediate adds a certificate that peers may leave out of their chain.
// It is trusted only if it leads to a trust anchor.
func (c *Config) AddIntermediate(certificate *Credential) error {
	return c.addIssuer(certificate, c.issuers.certificates.AddIntermediate)
}

func (c *Config) addIssuer(issuer *Credential, add func(*pkix.Certificate)) error {
	return c.change(func() error {
		if t := issuer.parsed.Type; t != cred.X509 && t != cred.C509 {
			return errorf(ErrArgument, "not a certificate")
		}
		certificates, err := issuer.parsed.Certificates()
		if err != nil {
			return wrap(err)
		}
		add(certificates[0])
		for _, above := range certificates[1:] {
			c.issuers.certificates.AddIntermediate(above)
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
	if len(c.issuers.certificates.Anchors())+len(c.issuers.cwt) > 0 && c.policy != PolicyX509 && c.policy != PolicyCallback {
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
	return c.vouched(credential, signs, false, pkix.NewBudget())
}

// vouched checks a credential within the budget of its message.
func (c *Config) vouched(credential *Credential, signs, bag bool, budget *pkix.Budget) error {
	options := pkix.PathOptions{
		Time: c.now(), Usage: pkix.UsageKeyAgreement, Depth: c.limits.Chain, Bag: bag, Budget: budget,
	}
	if signs {
		options.Usage = pkix.UsageSignature
	}
	var err error
	switch credential.parsed.Type {
	case cred.X509, cred.C509:
		err = credential.parsed.Verify(&c.issuers.certificates, options)
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
func (s *Session) certified(id *cose.IDCred) (*Credential, error) {
	signs, bag := s.method.signs(s.peerRole()), id.X5Bag != nil || id.C5B != nil
	var first error
	budget := pkix.NewBudget()
	for _, parsed := range cred.Candidates(id) {
		credential, err := newCredential(parsed())
		if err == nil {
			err = checkHash(id, credential)
		}
		if err == nil {
			err = s.config.vouched(credential, signs, bag, budget)
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

// approve asks the host for its last word on the peer, once.
func (s *Session) approve() error {
	p := s.pending
	if p.approved || p.peer == nil {
		return nil
	}
	if s.config.verifier != nil {
		if err := s.config.verifier(s, p.peer); err != nil {
			return fatal(errorf(ErrPeerRejected, "%v", err))
		}
	}
	p.approved = true
	if s.config.pull&PullPeer != 0 {
		return PendingPeer
	}
	return nil
}

// maxLearned bounds what PolicyLearn keeps. Beyond it no new key is accepted: one
// that could not be kept would make the next one of its subject a new one, too.
const maxLearned = 4096

// learned is what PolicyLearn has accepted: trust on first use.
type learned struct {
	mu       sync.Mutex
	keys     map[[32]byte]bool     // fingerprints
	subjects map[[32]byte][32]byte // hash of the subject -> fingerprint
}

// offered returns the raw key that id carries, if it may be learned; nil if it
// carries none.
func (s *Session) offered(id *cose.IDCred) (*Credential, error) {
	if id.CCS == nil {
		return nil, nil
	}
	credential, err := newCredential(cred.FromIDCred(id))
	if err != nil {
		return nil, err
	}
	l := &s.config.learned
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(credential.parsed.Identity()); err != nil {
		return nil, err
	}
	s.pending.offered = credential
	return credential, nil
}

// check refuses another key of a known subject, and what is too much.
func (l *learned) check(id cred.Identity) error {
	known, ok := l.subjects[subjectHash(id)]
	switch {
	case l.keys[id.Fingerprint]:
		return nil
	case ok && id.Subject != "" && known != id.Fingerprint:
		return errorf(ErrCredentialUntrusted, "another key is known of %q", id.Subject)
	case len(l.keys) >= maxLearned:
		return errorf(ErrCredentialUntrusted, "%d keys were learned, which is the limit", maxLearned)
	}
	return nil
}

func subjectHash(id cred.Identity) [32]byte { return [32]byte(suite.SHA256([]byte(id.Subject))) }

// begin makes the subjects of the pinned credentials known. One may have several
// keys.
func (l *learned) begin(peers []*Credential) {
	l.keys, l.subjects = map[[32]byte]bool{}, map[[32]byte][32]byte{}
	for _, peer := range peers {
		id := peer.parsed.Identity()
		l.subjects[subjectHash(id)] = id.Fingerprint
	}
}

// learnPeer keeps the raw key of a peer that has authenticated, if it was
// offered. Another session may have learned another one in the meantime.
func (s *Session) learnPeer() error {
	p := s.pending
	if p.offered == nil || p.offered != p.peer {
		return nil
	}
	l, id := &s.config.learned, p.peer.parsed.Identity()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(id); err != nil {
		return fatal(err)
	}
	s.peerIsNew = !l.keys[id.Fingerprint]
	l.keys[id.Fingerprint] = true
	l.subjects[subjectHash(id)] = id.Fingerprint
	return nil
}

// isPinned reports whether the Config has the credential as a peer's.
func (c *Config) isPinned(credential *Credential) bool {
	return len(c.byCred[string(credential.parsed.Cred)]) > 0
}
