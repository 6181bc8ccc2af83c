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

// addAnchor, addIntermediates: what comes first is found first.
func (i *issuers) addAnchor(anchor *pkix.Certificate) {
	i.pkix.AddAnchor(anchor)
	i.anchors = append(i.anchors, anchor)
}

func (i *issuers) addIntermediates(certificates []*pkix.Certificate) {
	for _, certificate := range certificates {
		i.pkix.AddIntermediate(certificate)
		i.intermediates = append(i.intermediates, certificate)
	}
}

// certificatesOf is the chain of an issuer.
func certificatesOf(issuer *Credential) ([]*pkix.Certificate, error) {
	if issuer == nil || issuer.parsed.Type != cred.X509 && issuer.parsed.Type != cred.C509 {
		return nil, errorf(ErrArgument, "not a certificate")
	}
	certificates, err := issuer.parsed.Certificates()
	if err != nil {
		return nil, wrap(err)
	}
	return certificates, nil
}

// takeIssuers also refuses a Config whose issuers nobody would ask: the host has
// forgotten to set the policy. With PolicyCallback, it may ask VerifyCredential.
func (p *Party) takeIssuers(config *Config) error {
	if len(config.TrustAnchors)+len(config.CWTIssuers) > 0 && p.policy != PolicyX509 && p.policy != PolicyCallback {
		return errorf(ErrArgument, "there are trust anchors or CWT issuers, which only the peer policy X509 asks: set it")
	}
	for _, anchor := range config.TrustAnchors {
		certificates, err := certificatesOf(anchor)
		if err != nil {
			return err
		}
		p.issuers.addAnchor(certificates[0])
		p.issuers.addIntermediates(certificates[1:])
	}
	for _, intermediate := range config.Intermediates {
		certificates, err := certificatesOf(intermediate)
		if err != nil {
			return err
		}
		p.issuers.addIntermediates(certificates)
	}
	for _, issuer := range config.CWTIssuers {
		if issuer.Credential == nil || issuer.Credential.psk != nil {
			return errorf(ErrArgument, "the issuer has no public key")
		}
		if issuer.Credential.authenticates() != nil {
			return errorf(ErrUnsupported, onlyCertifies)
		}
		if kind := issuer.Credential.KeyKind(); kind == KeyX25519 || kind == KeyX448 {
			return errorf(ErrUnsupported, "an %v key cannot sign", kind)
		}
		p.issuers.cwt = append(p.issuers.cwt, cred.Issuer{Key: issuer.Credential.parsed.Key, Name: issuer.Name})
	}
	return nil
}

// takePurposes refuses what nobody would check, as takeIssuers does.
func (p *Party) takePurposes(config *Config) error {
	p.purposes = map[Role]asn1.ObjectIdentifier{}
	for role, oid := range map[Role]string{Initiator: config.InitiatorKeyPurpose, Responder: config.ResponderKeyPurpose} {
		if oid == "" {
			continue
		}
		purpose, err := parseOID(oid)
		if err != nil {
			return errorf(ErrArgument, "%q is not an OID in dotted text, such as 1.3.6.1.5.5.7.3.1", pkix.Shorten(oid))
		}
		p.purposes[role] = purpose
	}
	if len(p.purposes) > 0 && p.policy != PolicyX509 {
		return errorf(ErrArgument, "a key purpose is required, which only the peer policy X509 checks: set it")
	}
	return nil
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

// VerifyCredential checks a credential as PolicyX509 does: that a trust anchor
// or a CWT issuer of the Config vouches for it, that it is valid now, and that
// its key may be used as the method needs it: to sign, or for ECDH. The key purposes
// of the Config depend on the role and are not asked. A credential that nobody can
// vouch for (CCS, parts) gives ErrCredentialUntrusted.
func (p *Party) VerifyCredential(credential *Credential, signs bool) error {
	return p.vouched(credential, signs, pkix.PathOptions{})
}

func (p *Party) vouched(credential *Credential, signs bool, options pkix.PathOptions) error {
	settings := p.pathOptions()
	settings.Usage, settings.Purpose, settings.Bag, settings.Budget = pkix.UsageKeyAgreement, options.Purpose, options.Bag, options.Budget
	options = settings
	if signs {
		options.Usage = pkix.UsageSignature
	}
	var err error
	switch credential.parsed.Type {
	case cred.X509, cred.C509:
		err = credential.parsed.Verify(&p.issuers.pkix, options)
	case cred.CWT:
		err = cred.VerifyCWT(credential.parsed, p.issuers.cwt, options.Time, options.Tolerance)
	default:
		return &Error{Status: ErrCredentialUntrusted}
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}

// pathOptions are what the Config says about every path.
func (p *Party) pathOptions() pkix.PathOptions {
	return pkix.PathOptions{Time: p.now(), Tolerance: p.tolerance, Depth: p.limits.Chain, OutdatedCRLs: p.outdatedCRLs}
}

// certified returns the credential that id carries if an issuer vouches for it.
// Of a bag, each certificate that may be the end entity is tried, all within one
// budget.
func (in *env) certified(id *cose.IDCred, signs bool) (*Credential, error) {
	options := pkix.PathOptions{Bag: id.X5Bag != nil || id.C5B != nil, Budget: pkix.NewBudget(), Purpose: in.party.purposes[in.peerRole()]}
	var first error
	for _, parsed := range cred.Candidates(id) {
		credential, err := newCredential(parsed())
		if err == nil {
			err = checkHash(id, credential)
		}
		if err == nil {
			err = in.party.vouched(credential, signs, options)
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

// isPinned reports whether the Party has the credential as a peer's.
func (p *Party) isPinned(credential *Credential) bool {
	return len(p.byCred[string(credential.parsed.Cred)]) > 0
}
