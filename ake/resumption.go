package ake

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// Resumption (draft-ietf-lake-edhoc-psk section 6): a completed run gives a
// pre-shared key for the next one, which then needs no signature, no static
// Diffie-Hellman and no certificate.

// Labels of EDHOC_Exporter for resumption (draft section 10.2).
const (
	exportResumptionPSK = 2
	exportResumptionKID = 3
)

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
// The run has to be StateCompleted: ErrState otherwise. ResumptionStore.Keep
// does this and the housekeeping.
func (s *Session) ResumptionCredential(kidLength int) (*Credential, error) {
	var credential *Credential
	err := s.do(evExport, func() (err error) {
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
	if s.state != StateCompleted {
		return nil, errorf(ErrState, "a resumption key needs a completed run, the state is %v", s.state)
	}
	alg, exporter := s.suite, s.keys.prkExporter
	rPSK := schedule.Export(alg, exporter, exportResumptionPSK, nil, alg.HashLength())
	defer suite.Wipe(rPSK)
	rKID := schedule.Export(alg, exporter, exportResumptionKID, nil, kidLength)
	credI, credR := s.credentials()
	return CredentialFromPSK(cose.KidID(rKID), rPSK, alg.Hash, credI, credR)
}

// credentials returns CRED_I and CRED_R of a completed run.
func (s *Session) credentials() (credI, credR []byte) {
	switch {
	case s.method == MethodPSK:
		return s.peer.psk.credI, s.peer.psk.credR
	case s.role == Initiator:
		return s.own.parsed.Cred, s.peer.parsed.Cred
	}
	return s.peer.parsed.Cred, s.own.parsed.Cred
}

// resumption says that a run is authenticated with a resumption key.
type resumption struct {
	store      *ResumptionStore
	credential *Credential // a copy of the store's
	suite      int         // of the run that the key comes from

	selected *suite.Suite // before, by SelectSuite
}

// SetResumptionStore lets a Responder take part in resumptions, that is in
// MethodPSK with the keys of the store, besides its other methods. (If SetMethods
// named MethodPSK too, or was not called, so do the keys of AddPSK.) With
// PolicyCallback the store is not asked: the host's Resolver can ask it.
func (c *Config) SetResumptionStore(store *ResumptionStore) error {
	return c.change(func() error { c.resumption = store; return nil })
}

// UseResumption makes an Initiator's run a resumption (MethodPSK) with the newest
// key that the store has for the peer with this CRED_R. It gives ErrNotFound if
// there is none that the cipher suites of the Config can use; then the run is an
// ordinary one. It is allowed in StateStart.
//
// When the peer refuses, FallBack makes it an ordinary run.
func (s *Session) UseResumption(store *ResumptionStore, peerCred []byte) error {
	return s.do(evUseResumption, func() error {
		if s.role != Initiator || s.resumption != nil {
			return errorf(ErrState, "the run is a resumption already")
		}
		credential, suiteID := store.take(peerCred)
		if credential == nil {
			return &Error{Status: ErrNotFound}
		}
		s.borrowed = append(s.borrowed, credential)
		s.resumption = &resumption{store, credential, suiteID, s.suite}
		s.suite = nil
		if _, suites, _, err := s.choose(); err != nil {
			s.forget()
			s.suite, s.resumption = s.resumption.selected, nil
			return errorf(ErrNotFound, "no cipher suite of the configuration has the hash of the key")
		} else if slices.Contains(suites, suiteID) {
			s.suite = suite.Lookup(suiteID) // the peer supports it
		}
		return nil
	})
}

// methods are what this run of an Initiator may use.
func (s *Session) methods() []Method {
	if s.resumption != nil {
		return []Method{MethodPSK}
	}
	if s.oneMethod != nil {
		return s.oneMethod
	}
	return s.config.methods
}

// suitesFor returns the suites that an Initiator offers with a method. For a
// resumption the Config decides if it was told; the own credentials, which
// decide otherwise, are of no use then.
func (s *Session) suitesFor(m Method) []int {
	if s.resumption != nil && s.config.suites == nil {
		return []int{s.resumption.suite}
	}
	return s.config.suitesFor(m, s)
}

// ownFor returns the key of the resumption if a suite can use it, or nil.
func (r *resumption) ownFor(alg *suite.Suite) *Credential {
	if psk := r.credential.psk; psk.hash == alg.Hash && psk.usable() {
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
	return s.do(evRestart, func() error {
		if s.resumption == nil || s.ended.Status == ErrAborted {
			return errorf(ErrState, "no resumption has failed")
		}
		s.resumption.store.drop(Initiator, s.resumption.credential)
		s.suite = s.resumption.selected
		s.resumption, s.own, s.peer, s.peerID, s.peerIsNew = nil, nil, nil, nil, false
		s.cR, s.sent, s.refused, s.suitesIn = nil, nil, nil, nil
		s.eadIn, s.keys = [5][]EADItem{}, keys{}
		s.peerEphemeral, s.question = nil, nil
		s.peerError, s.last, s.ended = nil, nil, nil
		return nil
	})
}

// borrow returns copies of the resumption keys that id may mean, for a
// Responder. They are wiped when the run is over.
func (s *Session) borrow(id *cose.IDCred) []*Credential {
	if s.config.resumption == nil {
		return nil
	}
	found := s.config.resumption.lookup(Responder, cborx.Item(id.Raw).Canonical())
	s.borrowed = append(s.borrowed, found...)
	return found
}

// wasResumed notes that a Responder's run was authenticated with a resumption
// key.
func (s *Session) wasResumed(peer *Credential) {
	if slices.Contains(s.borrowed, peer) {
		s.resumption = &resumption{store: s.config.resumption, credential: peer, suite: s.suite.ID}
		s.config.resumption.count(peer)
	}
}

// samePSK reports whether two credentials are the same but for the key itself,
// which one may have lost.
func samePSK(a, b *Credential) bool {
	return bytes.Equal(a.idCred, b.idCred) && a.psk.hash == b.psk.hash &&
		bytes.Equal(a.psk.credI, b.psk.credI) && bytes.Equal(a.psk.credR, b.psk.credR)
}
