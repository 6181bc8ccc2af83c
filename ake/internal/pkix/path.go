package pkix

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"
)

// Usage is what the key of an end entity is used for in EDHOC.
type Usage int

// The usages of a key (RFC 9528 appendix D.1).
const (
	UsageSignature    Usage = iota + 1 // needs digitalSignature
	UsageKeyAgreement                  // static Diffie-Hellman: needs keyAgreement

	usageCRL // an issuer's, to sign revocation lists: needs cRLSign
	usageAny // is not asked for
)

const defaultDepth = 8

// PathOptions says what Verify expects.
type PathOptions struct {
	// Time is now. The zero time is before all certificates.
	Time time.Time
	// Tolerance is how far a date may be off: of a certificate or of a list.
	Tolerance time.Duration
	Usage     Usage
	// Purpose is what the extended key usage of the end entity has to list, any
	// not being enough, and that of its issuers to allow. nil: what Verify says.
	Purpose asn1.ObjectIdentifier
	// Depth is the most certificates below the trust anchor; 0 means 8.
	Depth int
	// Bag says that the certificates after the first come in any order and
	// that some may be of no use (x5bag). Otherwise each has to be named as
	// the issuer of the one before (x5chain, RFC 9360 section 2).
	Bag bool
	// OutdatedCRLs says that a revocation list whose time is over still counts
	// as one. Otherwise nothing by its issuer is believed until there is a
	// newer one (ErrCRLOutdated).
	OutdatedCRLs bool
	// Budget is that of the message; nil is one of its own.
	Budget *Budget
}

// before and after tell whether now is surely outside of a validity.
func (o *PathOptions) before(first time.Time) bool { return o.Time.Add(o.Tolerance).Before(first) }
func (o *PathOptions) after(last time.Time) bool   { return o.Time.Add(-o.Tolerance).After(last) }

// Verify finds a path from the first certificate of chain to a trust anchor
// (RFC 5280 section 6) and returns it, the anchor last. Of several paths it
// takes the first that is good, and of several failures it reports the one
// that came closest to being a path.
//
// Names are compared first. Signatures are checked from the anchor down, so that
// no key signs for anything before somebody who is believed has signed for that
// key: certificates that no anchor stands behind cost nothing, whatever keys they
// have. Budget bounds what is left.
//
// What RFC 5280 leaves open is decided so:
//
//   - An anchor is a certificate of the Issuers. Its own signature means
//     nothing, all else about it is checked. The end entity may be an anchor
//     itself (it is pinned then); a self-signed one that is not, is unknown.
//   - Names of subject and issuer are equal if their bytes are. Key identifiers
//     only say what to try first.
//   - No key usage extension: the key is unrestricted.
//   - No extended key usage extension: any purpose. Otherwise it has to list
//     any, clientAuth or serverAuth, as no purpose is registered for EDHOC. One of
//     the two has to be common to the whole path, anchor included, as TLS has it.
//   - The keys of issuers may also be RSA keys of 2048 to 8192 bits.
//   - An issuer has to say that it is a CA. Anchors of version 1 and 2 have
//     no way to say it and are believed.
//   - Certificate policies are not asked for. A critical extension that could
//     demand them is refused, as unknown ones are.
//   - Revocation is looked up in the lists that were added (AddCRL), for each
//     certificate of the path but the anchor, and also for an end entity that is
//     the anchor. An issuer without a list is not asked.
func (i *Issuers) Verify(chain []*Certificate, opts PathOptions) ([]*Certificate, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	if !opts.Bag {
		for i, certificate := range chain[1:] {
			if !bytes.Equal(chain[i].RawIssuer, certificate.RawSubject) {
				return nil, fmt.Errorf("%w: %s follows, but the issuer of %s is %s", ErrChainOrder,
					title(certificate), title(chain[i]), NameText(chain[i].RawIssuer))
			}
		}
	}
	if opts.Depth == 0 {
		opts.Depth = defaultDepth
	}
	if opts.Budget == nil {
		opts.Budget = NewBudget()
	}
	s := &search{opts: &opts, budget: opts.Budget, verified: &i.verified, revocations: &i.revocations, leaf: &node{Certificate: chain[0], height: 1}}
	s.collect(i.anchors, true)
	s.collect(chain[1:], false)
	s.collect(i.intermediates, false)
	if path := s.find(); path != nil {
		return path, nil
	}
	return nil, s.failure
}

// search looks for a path, depth first.
type search struct {
	opts        *PathOptions
	budget      *Budget
	verified    *verified
	revocations *revocations
	leaf        *node
	issuers     []*node
	failure     error
	closeness   closeness
}

// node is a certificate that may be part of a path.
type node struct {
	*Certificate
	anchor bool
	// height is how many certificates the shortest path by names has from the
	// end entity up to this one; 0: there is none.
	height int
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

// fail keeps the first error of those that came closest.
func (s *search) fail(c closeness, err error) {
	if c > s.closeness {
		s.closeness, s.failure = c, err
	}
}

// collect adds issuers, each certificate once, those that come first as
// anchors.
func (s *search) collect(certificates []*Certificate, anchor bool) {
	for _, certificate := range certificates {
		if !slices.ContainsFunc(s.issuers, func(known *node) bool { return known.Same(certificate) }) {
			s.issuers = append(s.issuers, &node{Certificate: certificate, anchor: anchor})
		}
	}
}

func (s *search) find() []*Certificate {
	if slices.ContainsFunc(s.issuers, func(i *node) bool { return i.anchor && i.Same(s.leaf.Certificate) }) {
		path := []*Certificate{s.leaf.Certificate}
		err := s.check(path)
		if err == nil {
			return path
		}
		s.fail(complete, err)
	}
	s.climb()
	// Those with another key identifier come last.
	for _, unlikely := range []bool{false, true} {
		for _, anchor := range s.issuers {
			if !anchor.anchor || anchor.height == 0 {
				continue
			}
			if path := s.descend([]*node{anchor}, unlikely); path != nil {
				return path
			}
		}
	}
	last := s.deadEnd()
	s.fail(noIssuer, fmt.Errorf("%w: %s, which issued %s", ErrUnknownIssuer, NameText(last.RawIssuer), title(last)))
	return nil
}

// climb finds the certificates that are above the end entity by their names.
func (s *search) climb() {
	reached := []*node{s.leaf}
	for len(reached) > 0 {
		child := reached[0]
		reached = reached[1:]
		for _, issuer := range s.issuers {
			if issuer.height == 0 && issuer.issued(child) {
				issuer.height = child.height + 1
				if !issuer.anchor {
					reached = append(reached, issuer)
				}
			}
		}
	}
}

// deadEnd follows names and key identifiers up to where nobody is known.
func (s *search) deadEnd() *Certificate {
	path := []*node{s.leaf}
	for {
		last := path[len(path)-1]
		above := slices.IndexFunc(s.issuers, func(i *node) bool {
			return i.issued(last) && !otherKey(last.Certificate, i.Certificate) && !contains(path, i)
		})
		if above < 0 {
			return last.Certificate
		}
		path = append(path, s.issuers[above])
	}
}

// descend extends a path, which leads from an anchor down to a certificate that
// is believed, to the end entity. Unlikely issuers are those that key identifiers
// speak against.
func (s *search) descend(path []*node, unlikely bool) []*Certificate {
	last := path[len(path)-1]
	if found := s.step(path, s.leaf, unlikely); found != nil {
		return found
	}
	for _, child := range s.issuers {
		if child.height == 0 || child.anchor || !last.issued(child) {
			continue
		}
		if found := s.step(path, child, unlikely); found != nil {
			return found
		}
	}
	return nil
}

// step goes down to one certificate, if the last of the path signed it.
func (s *search) step(path []*node, child *node, unlikely bool) []*Certificate {
	last := path[len(path)-1]
	other := otherKey(child.Certificate, last.Certificate)
	switch {
	case !last.issued(child) || contains(path, child) || other && !unlikely:
		return nil
	case len(path)-1+child.height > s.opts.Depth:
		s.fail(tooLong, fmt.Errorf("%w: more than %d certificates below the trust anchor", ErrChainTooLong, s.opts.Depth))
		return nil
	}
	if err := s.checkSignature(child, last); err != nil {
		switch {
		case s.budget.spent():
			s.fail(tooLong, errBudget)
		case !other:
			s.fail(badSignature, fmt.Errorf("%w: that of %s by %s", err, title(child.Certificate), title(last.Certificate)))
		}
		return nil
	}
	longer := append(slices.Clip(path), child)
	if child != s.leaf {
		return s.descend(longer, unlikely)
	}
	if unlikely && !hasOtherKey(longer) {
		return nil // it was tried before
	}
	found := make([]*Certificate, len(longer))
	for i, n := range longer {
		found[len(longer)-1-i] = n.Certificate
	}
	err := s.check(found)
	if err == nil {
		return found
	}
	s.fail(complete, err)
	return nil
}

// checkSignature checks the signature of a certificate; that of an intermediate
// only if it is not known.
func (s *search) checkSignature(child, parent *node) error {
	if child == s.leaf {
		return s.budget.checkSignature(child.Certificate, parent.Certificate)
	}
	fact := factOf(child.Certificate, parent.Certificate)
	if s.verified.has(fact, s.opts.Time) {
		return s.budget.visit()
	}
	err := s.budget.checkSignature(child.Certificate, parent.Certificate)
	if err == nil {
		s.verified.remember(fact, child.NotAfter, s.opts.Time)
	}
	return err
}

func (n *node) issued(child *node) bool { return bytes.Equal(n.RawSubject, child.RawIssuer) }

// otherKey reports whether the key identifiers tell that another key of the
// same issuer signed child.
func otherKey(child, parent *Certificate) bool {
	return len(child.AuthorityKeyId) > 0 && len(parent.SubjectKeyId) > 0 &&
		!bytes.Equal(child.AuthorityKeyId, parent.SubjectKeyId)
}

// hasOtherKey reports whether key identifiers speak against a path.
func hasOtherKey(path []*node) bool {
	for i, child := range path[1:] {
		if otherKey(child.Certificate, path[i].Certificate) {
			return true
		}
	}
	return false
}

// contains reports whether the path has the same name with the same key, so
// that authorities that certify each other make no loop.
func contains(path []*node, n *node) bool {
	return slices.ContainsFunc(path, func(known *node) bool {
		return bytes.Equal(known.RawSubject, n.RawSubject) &&
			bytes.Equal(known.RawSubjectPublicKeyInfo, n.RawSubjectPublicKeyInfo)
	})
}
