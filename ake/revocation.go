package ake

import (
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// CRL is a certificate revocation list (RFC 5280 chapter 5) that was read, and that
// nobody has vouched for yet.
type CRL struct{ der []byte }

// ParseCRLs reads revocation lists: one in DER, or all of a PEM file. It gives
// ErrCredentialMalformed.
func ParseCRLs(file []byte) ([]*CRL, error) {
	lists, err := pkix.ReadCRLs(file)
	if err != nil {
		return nil, wrap(err)
	}
	crls := make([]*CRL, len(lists))
	for i, der := range lists {
		crls[i] = &CRL{der}
	}
	return crls, nil
}

// AddCRLs adds revocation lists to those of the Config, while sessions run. A
// certificate that a list of its issuer has is refused from then on, in whatever form
// it comes and for whatever reason it is on the list, and so are resumptions that go
// back to it. Each list has to be signed by a trust anchor or an intermediate of the
// Config; it replaces an older one of the same issuer.
//
// It gives ErrUnknownIssuer, ErrIssuerSignature, ErrKeyUsage, ErrNotCA, ErrExpired or
// ErrRevoked for a list that nobody vouches for, ErrNotYetValid for one of tomorrow,
// ErrUnsupported for delta lists, indirect ones and such that are for some reasons
// only, and ErrCredentialMalformed. Then none of the lists was added.
func (p *Party) AddCRLs(lists ...*CRL) error {
	encoded := make([][]byte, len(lists))
	for i, list := range lists {
		if list == nil {
			return errorf(ErrArgument, "nil is no revocation list")
		}
		encoded[i] = list.der
	}
	return orNil(p.issuers.pkix.AddCRLs(encoded, p.pathOptions()))
}

// checkRevoked refuses a credential that is trusted, or was in an earlier run, if its
// certificate or one above it has been revoked. Only the lists are asked: that it was
// certified was found out before.
func (p *Party) checkRevoked(credential *Credential) error {
	if credential.parsed.Type != cred.X509 && credential.parsed.Type != cred.C509 || !p.issuers.pkix.HasCRLs() {
		return nil
	}
	certificates, err := credential.parsed.Certificates()
	if err != nil {
		return wrap(err)
	}
	return orNil(p.issuers.pkix.CheckRevoked(certificates, p.pathOptions()))
}

func orNil(err error) error {
	if err == nil {
		return nil
	}
	return wrap(err)
}
