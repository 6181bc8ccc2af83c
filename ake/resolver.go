package ake

import (
	"errors"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
)

// resolve finds the credentials that idCred may mean, in the order in which
// they are to be tried. Every credential that it returns is trusted by the
// policy of the Config or by the host.
//
// It gives PendingCredential when the host has to answer first.
func (s *Session) resolve(idCred []byte) ([]*Credential, error) {
	id, err := cose.ParseIDCred(idCred)
	if err != nil {
		return nil, wrap(err)
	}
	if s.method == MethodPSK {
		if candidates := s.config.lookupPSK(id); len(candidates) > 0 && s.config.policy != PolicyCallback {
			return candidates, nil
		}
		return s.ask(id)
	}
	if len(id.X5Chain) > s.limits().Chain || len(id.X5Bag) > s.limits().Chain {
		return nil, errorf(ErrCredentialMalformed, "more than %d certificates", s.limits().Chain)
	}
	if s.config.policy != PolicyCallback {
		candidates := s.config.lookup(id)
		if len(candidates) == 0 && s.config.policy == PolicyAnyInsecure && id.ByValue() {
			if candidates, err = unverified(id); err != nil {
				return nil, err
			}
		}
		if len(candidates) > 0 {
			return candidates, nil
		}
	}
	return s.ask(id)
}

// ask puts a credential that the Config does not know to the host.
func (s *Session) ask(id *cose.IDCred) ([]*Credential, error) {
	if s.config.resolver != nil {
		candidates, err := s.config.resolver(s, append([]byte(nil), id.Raw...))
		switch {
		case err == nil && len(candidates) > 0:
			for _, candidate := range candidates {
				if candidate == nil {
					return nil, errorf(ErrCallback, "credential lookup: nil is no credential")
				}
				candidate.frozen.Store(true)
			}
			return candidates, nil
		case errors.Is(err, PendingCredential):
			return nil, PendingCredential
		case err != nil && !errors.Is(err, ErrNotFound):
			return nil, errorf(ErrCallback, "credential lookup: %v", err)
		}
	} else if s.config.pull&PullCredential != 0 {
		return nil, PendingCredential
	}
	return nil, unknown(id)
}

// unknown is the error for a credential that nobody trusts. Only one that was
// referred to is unknown in the sense of error code 3 (RFC 9528 section 6.4);
// one that came by value is not trusted, after a look at whether it is one.
func unknown(id *cose.IDCred) error {
	if !id.ByValue() {
		return &Error{Status: ErrCredentialUnknown}
	}
	if id.CWT == nil {
		if _, err := cred.FromIDCred(id); err != nil {
			return wrap(err)
		}
	}
	return &Error{Status: ErrCredentialUntrusted}
}

func unverified(id *cose.IDCred) ([]*Credential, error) {
	credential, err := newCredential(cred.FromIDCred(id))
	if err != nil {
		return nil, err
	}
	return []*Credential{credential}, nil
}

// lookup returns the peer credentials of the Config that id means.
func (c *Config) lookup(id *cose.IDCred) []*Credential {
	found := c.byName[string(id.Raw)]
	if len(found) == 0 { // or the same map in another order
		found = c.byName[string(cborx.Item(id.Raw).Canonical())]
	}
	if len(found) > 0 {
		return found
	}
	switch {
	case id.CCS != nil:
		return c.byCred[string(id.CCS)]
	case id.CWT != nil:
		return c.byCred[string(id.CWT)]
	case len(id.X5Chain) > 0:
		return c.byCred[string(cborx.AppendBytes(nil, id.X5Chain[0]))]
	case len(id.X5Bag) > 0:
		for _, certificate := range id.X5Bag {
			if found := c.byCred[string(cborx.AppendBytes(nil, certificate))]; len(found) > 0 {
				return found
			}
		}
	case id.X5T != nil:
		return c.byName[string(cose.X5TID(*id.X5T))]
	case id.Kid != nil:
		return c.byName[string(cose.KidID(id.Kid))]
	}
	return nil
}
