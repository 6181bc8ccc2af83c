package ake

import (
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// AddCRL adds certificate revocation lists (RFC 5280 chapter 5): one in DER, or all of
// a PEM file. A certificate that a list of its issuer has is refused from then on, in
// whatever form it comes and for whatever reason it is on the list, and so are
// resumptions that go back to it. Each list has to be signed by a trust anchor or an
// intermediate of the Config, which is added first; it replaces an older one of the
// same issuer. Unlike nearly all else, lists can be added at any time.
//
// It gives ErrUnknownIssuer, ErrIssuerSignature, ErrKeyUsage, ErrNotCA, ErrExpired or
// ErrRevoked for a list that nobody vouches for, ErrNotYetValid for one of tomorrow,
// ErrUnsupported for delta lists, indirect ones and such that are for some reasons
// only, and ErrCredentialMalformed. Then no list of the file was added.
func (c *Config) AddCRL(file []byte) error {
	lists, err := pkix.ReadCRLs(file)
	if err != nil {
		return wrap(err)
	}
	c.mu.Lock() // the issuers may still change
	defer c.mu.Unlock()
	return orNil(c.issuers.pkix.AddCRLs(lists, c.pathOptions()))
}

// AcceptOutdatedCRLs says what a revocation list is good for after its nextUpdate.
// By default, certificates of its issuer are refused then (ErrRevoked), since nobody
// can tell; with true, the old list counts until a newer one is added.
func (c *Config) AcceptOutdatedCRLs(accept bool) error {
	return c.change(func() error { c.outdatedCRLs = accept; return nil })
}

// checkRevoked refuses a credential that is trusted, or was in an earlier run, if its
// certificate or one above it has been revoked. Only the lists are asked: that it was
// certified was found out before.
func (c *Config) checkRevoked(credential *Credential) error {
	if credential.parsed.Type != cred.X509 && credential.parsed.Type != cred.C509 || !c.issuers.pkix.HasCRLs() {
		return nil
	}
	certificates, err := credential.parsed.Certificates()
	if err != nil {
		return wrap(err)
	}
	return orNil(c.issuers.pkix.CheckRevoked(certificates, c.pathOptions()))
}

func orNil(err error) error {
	if err == nil {
		return nil
	}
	return wrap(err)
}
