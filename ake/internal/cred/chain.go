package cred

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// received is a certificate as it came, and what it says if it was read.
type received struct {
	data []byte
	*pkix.Certificate
}

func receive(chain [][]byte) []received {
	all := make([]received, len(chain))
	for i, data := range chain {
		all[i].data = data
	}
	return all
}

// setChain keeps the certificates, reads the first unless it was read, and
// returns its key. The others are read when a path is looked for.
func (c *Credential) setChain(chain []received, parse func([]byte) (*pkix.Certificate, error)) (*suite.PublicKey, error) {
	c.certificates = slices.Clone(chain)
	for i, r := range c.certificates {
		c.Chain = append(c.Chain, bytes.Clone(r.data))
		if i > 0 || r.Certificate != nil {
			continue
		}
		var err error
		if c.certificates[0].Certificate, err = parse(r.data); err != nil {
			return nil, err
		}
	}
	return c.certificates[0].Key()
}

// parser is the one for the certificates of the chain.
func (c *Credential) parser() func([]byte) (*pkix.Certificate, error) {
	if c.Type == C509 {
		return pkix.ParseC509
	}
	return pkix.ParseCertificate
}

// certificate returns what the i-th certificate says. The first is the one that
// Identity describes and whose key is Key.
func (c *Credential) certificate(i int) (*pkix.Certificate, error) {
	if len(c.certificates) > 0 && c.certificates[i].Certificate != nil {
		return c.certificates[i].Certificate, nil
	}
	return c.parser()(c.Chain[i]) // not needed before, or the credential was restored
}

// Certificate returns what the end entity's certificate says, or nil if the
// credential is none.
func (c *Credential) Certificate() *pkix.Certificate {
	if c.Type != X509 && c.Type != C509 {
		return nil
	}
	certificate, err := c.certificate(0)
	if err != nil {
		return nil
	}
	return certificate
}

// Certificates returns what the certificates of the chain say.
func (c *Credential) Certificates() ([]*pkix.Certificate, error) {
	all := make([]*pkix.Certificate, len(c.Chain))
	for i := range all {
		var err error
		if all[i], err = c.certificate(i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Verify finds a path from a certificate to a trust anchor: see pkix.Issuers.Verify.
func (c *Credential) Verify(issuers *pkix.Issuers, opts pkix.PathOptions) error {
	certificates, err := c.Certificates()
	if err != nil {
		return err
	}
	_, err = issuers.Verify(certificates, opts)
	return err
}

// bagCandidates finds out which certificates of a bag may be the end entity,
// as a bag has no order and may have certificates of no use (RFC 9360 section
// 2). It returns the bag once for each, that one first, the likeliest before
// the others: one that is neither an authority nor self-issued, then any that
// certifies no other, and if there is none, the bag as it is.
func bagCandidates(bag [][]byte, parse func([]byte) (*pkix.Certificate, error)) [][]received {
	all := receive(bag)
	for i := range all {
		all[i].Certificate, _ = parse(all[i].data)
	}
	var likely, unlikely [][]received
	for i, candidate := range all {
		if candidate.Certificate == nil || issuesOther(candidate, all) {
			continue
		}
		ordered := slices.Concat(all[i:i+1], all[:i], all[i+1:])
		if candidate.IsCA || candidate.SelfIssued() {
			unlikely = append(unlikely, ordered)
		} else {
			likely = append(likely, ordered)
		}
	}
	if len(likely)+len(unlikely) == 0 {
		return [][]received{all}
	}
	return append(likely, unlikely...)
}

func issuesOther(candidate received, bag []received) bool {
	for _, other := range bag {
		if other.Certificate != nil && !other.Same(candidate.Certificate) && bytes.Equal(other.RawIssuer, candidate.RawSubject) {
			return true
		}
	}
	return false
}
