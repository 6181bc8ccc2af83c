package ake

import (
	"slices"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// phase is a run in one of the states of state.go: what that state needs, and
// nothing else. It does not change. initiator.go, responder.go and completed.go have
// the phases and the steps from one to the next.
type phase interface {
	state() State
	about() *facts
	holds() secrets
}

// prepared is a phase after a message of one's own, which can be sent again.
type prepared interface {
	sent(in *env) ([]byte, error)
}

// facts are what the host can ask of a run in whatever state, and in which the
// steps to come are based.
type facts struct {
	auth     authentication // of the method; nil before message_1
	alg      *suite.Suite   // the selected one; nil before message_1
	cI, cR   []byte
	suitesIn []int64 // SUITES_I or SUITES_R of the peer
	ead      []received
	peer     *peer
	resumed  bool     // with a key of a ResumptionStore
	attempt  *attempt // Initiator
	derived  *derived // for Config.KeyLog, until it was given
}

// peer is who has authenticated.
type peer struct {
	credential *Credential
	idCred     []byte // ID_CRED_x, as the map
	isNew      bool   // PolicyLearn: not seen before
}

func (f *facts) about() *facts { return f }

// secrets are what a phase holds that must not outlive it. What two phases hold is
// the same memory: phases hand a secret on, and never copy it.
type secrets struct {
	prks      [4]*schedule.PRK
	bytes     [2][]byte
	ephemeral *suite.PrivateKey // X or Y
	borrowed  *Credential       // a copy of a resumption key
}

// wipeWithout clears the secrets that are not in kept.
func (s *secrets) wipeWithout(kept *secrets) {
	for _, prk := range s.prks {
		if prk != nil && !slices.Contains(kept.prks[:], prk) {
			prk.Wipe()
		}
	}
	for _, secret := range s.bytes {
		if len(secret) > 0 && !kept.has(secret) {
			suite.Wipe(secret)
		}
	}
	if s.ephemeral != nil && s.ephemeral != kept.ephemeral {
		s.ephemeral.Clear()
	}
	if s.borrowed != nil && s.borrowed != kept.borrowed {
		s.borrowed.wipe()
	}
}

// any reports whether there is one.
func (s secrets) any() bool {
	return s.prks != [4]*schedule.PRK{} || s.bytes[0] != nil || s.bytes[1] != nil || s.ephemeral != nil || s.borrowed != nil
}

func (s *secrets) has(secret []byte) bool {
	for _, other := range s.bytes {
		if len(other) > 0 && &other[0] == &secret[0] {
			return true
		}
	}
	return false
}

// start is the phase before any message; of an Initiator it may not be the first
// one (Restart, FallBack).
type start struct {
	facts
	choice     *choice     // by Restart
	refused    []int       // suites that the peer refused in this Session
	resumption *resumption // Initiator: the run is to be a resumption
	early      *early      // Initiator: X, if an extension has used it already
}

func (*start) state() State { return StateStart }

func (p *start) holds() secrets {
	return secrets{ephemeral: p.early.key(), borrowed: p.resumption.key()}
}

// failed is a run that was ended.
type failed struct {
	facts
	cause     *Error
	peerError *message.Error // that the peer ended it with
	suites    []int          // Responder: SUITES_R
	silent    bool           // nothing is due, whatever the cause
	due       []byte         // the error message to send
}

func (*failed) state() State { return StateFailed }

func (*failed) holds() secrets { return secrets{} }

// opened is a message of the peer between its parsing and its acceptance.
type opened struct {
	plaintext []byte
	idCred    []byte        // ID_CRED_x, as the map
	proof     []byte        // Signature_or_MAC_n; of EDHOC-PSK: CIPHERTEXT_3B
	items     []message.EAD // EAD_n
}

func wipe(secret *[]byte) {
	suite.Wipe(*secret)
	*secret = nil
}
