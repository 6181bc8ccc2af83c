package ake

import (
	"bytes"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// Resumption (draft-ietf-lake-edhoc-psk section 6): a completed run gives a
// pre-shared key for the next one, which then needs no signature, no static
// Diffie-Hellman and no certificate.

const (
	defaultKIDLength = 2
	maxKIDLength     = 64
)

// ResumptionCredential derives the PSK credential for a next run between the
// same two sides in the same roles: rPSK of hash length, rKID of kidLength bytes
// (0: 2, the draft's default; at most 64), CRED_I and CRED_R of this run, and
// the hash of its cipher suite. Both sides derive the same one, unless only one
// of them did KeyUpdate. The key is for resumption only.
//
// The run has to be StateCompleted, and the peer to have authenticated (with
// MethodPSK: message_4 or PeerProved): ErrState otherwise. ResumptionStore.Keep
// does this and the housekeeping.
func (s *Session) ResumptionCredential(kidLength int) (*Credential, error) {
	var credential *Credential
	err := s.use(func(*output, *facts) (err error) {
		credential, err = s.deriveResumption(kidLength)
		return err
	})
	return credential, err
}

func (s *Session) deriveResumption(kidLength int) (*Credential, error) {
	if kidLength == 0 {
		kidLength = defaultKIDLength
	}
	if kidLength < 1 || kidLength > maxKIDLength {
		return nil, errorf(ErrArgument, "rKID of %d bytes, allowed are 1 to %d", kidLength, maxKIDLength)
	}
	p, err := s.trustedRun()
	if err != nil {
		return nil, err
	}
	rPSK := p.export(exportResumptionPSK, nil, p.alg.HashLength())
	defer suite.Wipe(rPSK)
	rKID := p.export(exportResumptionKID, nil, kidLength)
	credI, credR := p.auth.creds(s.role, p.own, p.peer.credential)
	return pskCredential(cose.KidID(rKID), preShared{
		secret: rPSK, hash: p.alg.Hash, credI: credI, credR: credR, origin: p.origin(s.role),
	})
}

// trustedRun is a completed run with a peer that has authenticated.
func (s *Session) trustedRun() (*completed, error) {
	p, ok := s.phase.(*completed)
	switch {
	case !ok:
		return nil, errorf(ErrState, "a resumption key needs a completed run, the state is %v", s.phase.state())
	case p.peer == nil:
		return nil, errorf(ErrState, "the Responder has not authenticated: a fourth message does that (ProcessMessage4, PeerProved)")
	}
	return p, nil
}

// origin is the run with long-term credentials behind this one.
func (p *completed) origin(role Role) *origin {
	if psk := p.peer.credential.psk; psk != nil {
		if psk.origin != nil {
			return psk.origin
		}
		return &origin{idCredI: p.peer.idCred, idCredR: p.peer.idCred, at: p.usage.runAt}
	}
	from := &origin{idCredI: p.own.idCred, idCredR: p.peer.idCred, peer: p.peer.credential, at: p.usage.runAt}
	if role == Responder {
		from.idCredI, from.idCredR = from.idCredR, from.idCredI
	}
	for _, c := range []*Credential{p.own, p.peer.credential} {
		if end := c.parsed.Identity().NotAfter; !end.IsZero() && (from.until.IsZero() || end.Before(from.until)) {
			from.until = end
		}
	}
	return from
}

// Origin is the run with long-term credentials that a resumption key goes back
// to, however often it was resumed since.
type Origin struct {
	IDCredI, IDCredR []byte    // who took part
	At               time.Time // when
	Until            time.Time // the end of validity of those credentials; zero: none

	// Peer is the credential that the peer had then; nil if the first run was with a
	// pre-shared key.
	Peer *Credential
}

// Origin returns where a resumption key comes from, and false for any other
// credential.
func (c *Credential) Origin() (from Origin, ok bool) {
	if c.psk == nil || c.psk.origin == nil {
		return Origin{}, false
	}
	o := c.psk.origin
	return Origin{bytes.Clone(o.idCredI), bytes.Clone(o.idCredR), o.at, o.until, o.peer}, true
}

// resumption says that a run of an Initiator is to be authenticated with a
// resumption key.
type resumption struct {
	store      *ResumptionStore
	credential *Credential // a copy of the store's
	suite      int         // of the run that the key comes from
}

// resumptionOf is that of an Initiator's run, or nil.
func resumptionOf(p phase) *resumption {
	if begun, ok := p.(*start); ok {
		return begun.resumption
	}
	if attempt := p.about().attempt; attempt != nil {
		return attempt.resumption
	}
	return nil
}

// key is the copy of the key, or nil.
func (r *resumption) key() *Credential {
	if r == nil {
		return nil
	}
	return r.credential
}

// UseResumption makes an Initiator's run a resumption (MethodPSK) with the newest
// key that the store has for the peer with this CRED_R. It gives ErrNotFound if
// there is none that the cipher suites of the Config can use; then the run is an
// ordinary one. It is allowed in StateStart.
//
// When the peer refuses, FallBack makes it an ordinary run.
func (s *Session) UseResumption(store *ResumptionStore, peerCred []byte) error {
	return s.do(evUseResumption, func() (phase, error) {
		p := s.phase.(*start)
		if s.role != Initiator || p.resumption != nil {
			return nil, errorf(ErrState, "the run is a resumption already")
		}
		credential, suiteID := store.take(peerCred)
		if credential == nil {
			return nil, &Error{Status: ErrNotFound}
		}
		if err := s.party.checkRevoked(credential.original()); err != nil {
			store.drop(Initiator, credential)
			credential.wipe()
			return nil, errorf(ErrNotFound, "the key goes back to a certificate that is not good any more: %v", err)
		}
		if err := s.isExpected(credential.original()); err != nil {
			credential.wipe()
			return nil, err
		}
		next := *p
		next.resumption, next.choice = &resumption{store, credential, suiteID}, nil
		try, _, _, err := next.choose(&s.env)
		if err != nil {
			credential.wipe()
			return nil, errorf(ErrNotFound, "no cipher suite of the configuration has the hash of the key")
		}
		if slices.Contains(try.suites, suiteID) { // the peer supports it
			next.choice = &choice{suite: suite.Lookup(suiteID)}
		}
		return &next, nil
	})
}

// ownForRun is the own credential of an Initiator: the resumption key, if there is
// one.
func (in *env) ownForRun(r *resumption, auth authentication, alg *suite.Suite) *Credential {
	if r == nil {
		return in.ownFor(auth, alg)
	}
	if auth.serves(r.credential, alg, in.role) {
		return r.credential
	}
	return nil
}

// FallBack begins an ordinary run after a resumption failed, in the same Session
// and with the Config's methods, and drops the key from the store. What was set
// for the run (connection identifier, EAD, SelectSuite) stays.
//
// It is allowed after any failure but Abort and Close: error messages are not
// authenticated, so none of them can be believed more than another. It gives
// ErrState if the run was no resumption. Step calls it by itself.
func (s *Session) FallBack() error {
	return s.do(evRestart, func() (phase, error) {
		p := s.phase.(*failed)
		if p.attempt == nil || p.attempt.resumption == nil || p.cause.Status == ErrAborted {
			return nil, errorf(ErrState, "no resumption has failed")
		}
		p.attempt.resumption.store.drop(Initiator, p.attempt.resumption.credential)
		return &start{facts: facts{cI: p.cI}}, nil
	})
}

// borrow returns copies of the resumption keys that id may mean, for a
// Responder.
func (p *Party) borrow(id *cose.IDCred) []*Credential {
	if p.resumption == nil {
		return nil
	}
	return p.resumption.lookup(Responder, cborx.Item(id.Raw).Canonical())
}

// samePSK reports whether two credentials are the same but for the key itself,
// which one may have lost.
func samePSK(a, b *Credential) bool {
	return bytes.Equal(a.idCred, b.idCred) && a.psk.hash == b.psk.hash &&
		bytes.Equal(a.psk.credI, b.psk.credI) && bytes.Equal(a.psk.credR, b.psk.credR)
}
