package ake

import (
	"errors"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// resolve finds the credentials that ID_CRED_x may mean, in the order in which
// they are to be tried. Every credential that it returns is trusted by the
// policy of the Config or by the host.
//
// It gives PendingCredential when the host has to answer first.
func (m *publicKeys) resolve(in *env, j *judged, id *cose.IDCred) ([]*Credential, error) {
	for _, certificates := range [][][]byte{id.X5Chain, id.X5Bag, id.C5C, id.C5B} {
		if len(certificates) > in.limits().Chain {
			return nil, errorf(ErrPathLength, "more than %d certificates", in.limits().Chain)
		}
	}
	if in.party.policy != PolicyCallback {
		candidates, err := m.known(in, j, id)
		if err != nil || len(candidates) > 0 {
			return candidates, err
		}
	}
	if err := checkHashAlgorithm(id); err != nil {
		return nil, err
	}
	candidates, err := in.ask(id)
	if err != nil {
		return nil, err
	}
	for _, candidate := range candidates {
		if err := m.checkAnswer(in, id, candidate); err != nil {
			return nil, err
		}
	}
	return candidates, nil
}

// known returns the credentials that the policy of the Config trusts without
// asking the host.
func (m *publicKeys) known(in *env, j *judged, id *cose.IDCred) ([]*Credential, error) {
	if pinned := in.party.lookup(id); len(pinned) > 0 || !id.ByValue() {
		return pinned, nil
	}
	var candidate *Credential
	var err error
	switch in.party.policy {
	case PolicyX509:
		if id.CCS != nil {
			return nil, nil // nobody vouches for it, but the host may know it
		}
		candidate, err = in.certified(id, m.signs(in.peerRole()))
	case PolicyLearn:
		candidate, err = in.learnable(id)
		j.offered = candidate
	case PolicyAnyInsecure:
		if candidate, err = newCredential(cred.FromIDCred(id)); err == nil {
			err = checkHash(id, candidate)
		}
	}
	if err != nil || candidate == nil {
		return nil, err
	}
	return []*Credential{candidate}, nil
}

// checkAnswer holds an answer of the host against what the message says and,
// with PolicyX509, against the issuers: a certificate that was fetched from
// somewhere is not better than one that came in the message.
func (m *publicKeys) checkAnswer(in *env, id *cose.IDCred, answer *Credential) error {
	if answer.psk != nil {
		return nil
	}
	if err := checkHash(id, answer); err != nil {
		return err
	}
	switch answer.parsed.Type {
	case cred.X509, cred.C509, cred.CWT:
		if in.party.policy == PolicyX509 && !in.party.isPinned(answer) {
			return in.party.vouched(answer, m.signs(in.peerRole()), pkix.PathOptions{Purpose: in.party.purposes[in.peerRole()]})
		}
	}
	return nil
}

// ask puts a credential that the Config does not know to the host.
func (in *env) ask(id *cose.IDCred) ([]*Credential, error) {
	if in.party.resolver != nil {
		candidates, err := in.party.resolver(in.session, append([]byte(nil), id.Raw...))
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
	} else if in.party.pull&PullCredential != 0 {
		return nil, PendingCredential
	}
	return nil, unknown(id)
}

// unknown is the error for a credential that nobody trusts. Only one that was
// referred to is unknown in the sense of error code 3 (RFC 9528 section 6.4);
// one that came by value is not trusted, after a look at whether it is one.
func unknown(id *cose.IDCred) error {
	if id.HasX5U() || id.HasC5U() { // the place where it could be had is not the trouble
		return errorf(ErrCredentialUnsupported, "a reference by URI, which nobody here fetches")
	}
	if !id.ByValue() {
		return &Error{Status: ErrCredentialUnknown}
	}
	if _, err := cred.FromIDCred(id); err != nil {
		return wrap(err)
	}
	return &Error{Status: ErrCredentialUntrusted}
}

// lookup returns the peer credentials of the Config that id means.
func (p *Party) lookup(id *cose.IDCred) []*Credential {
	found := p.byName[string(id.Raw)]
	if len(found) == 0 { // or the same map in another order
		found = p.byName[string(cborx.Item(id.Raw).Canonical())]
	}
	if len(found) > 0 {
		return found
	}
	switch {
	case id.ByValue():
		for _, parse := range cred.Candidates(id) {
			if parsed, err := parse(); err == nil {
				if found := p.byCred[string(parsed.Cred)]; len(found) > 0 {
					return found
				}
			}
		}
	case id.X5T != nil:
		return p.byName[string(cose.X5TID(*id.X5T))]
	case id.C5T != nil:
		return p.byName[string(cose.C5TID(*id.C5T))]
	case id.Kid != nil:
		return p.byName[string(cose.KidID(id.Kid))]
	}
	return nil
}
