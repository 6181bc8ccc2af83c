package ake

import (
	"bytes"
	"slices"
)

// Role returns the role of the Session.
func (s *Session) Role() Role { return s.role }

// Info is what can be known of a Session in any state.
type Info struct {
	Role          Role
	State         State
	Next          Next
	Method        Method // valid from message_1 on
	Suite         int    // selected; valid from message_1 on, -1 before
	OwnID, PeerID []byte // connection identifiers; nil when not known yet
	Complete      bool   // StateCompleted
	Authenticated bool   // the peer has proved who it is
	Pending       Status // what Resume waits for, or OK
	Resumed       bool   // authenticated, or to be, with a resumption key
}

// Info returns what is known of the Session.
func (s *Session) Info() (info Info, err error) {
	err = s.read(func() {
		info = Info{
			Role: s.role, State: s.state, Next: next(s.role, s.state), Method: s.method, Suite: -1,
			Complete: s.state == StateCompleted, Authenticated: s.authenticated(), Resumed: s.resumption != nil,
		}
		if s.keys.hashMessage1 != nil { // SelectSuite alone does not count
			info.Suite = s.suite.ID
		}
		info.OwnID, info.PeerID = bytes.Clone(s.cI), bytes.Clone(s.cR)
		if s.role == Responder {
			info.OwnID, info.PeerID = info.PeerID, info.OwnID
		}
		if s.question != nil && s.question.answer == nil {
			info.Pending = s.question.status
		}
		if p := s.pending; p != nil {
			switch {
			case p.undecided != nil:
				info.Pending = PendingEAD
			case p.approved:
				info.Pending = PendingPeer
			default:
				info.Pending = PendingCredential
			}
		}
	})
	return info, err
}

// authenticated: the peer has proved in this run who it is.
func (s *Session) authenticated() bool {
	switch s.state {
	case StateVerified3, StateCompleted:
		return true
	case StateVerified2, StateWait4, StatePending4:
		// In EDHOC-PSK only a fourth message authenticates the Responder.
		return s.method != MethodPSK
	}
	return false
}

// PeerIDCred returns the ID_CRED_x map of the peer, as soon as it is known. It
// gives ErrNotFound before.
func (s *Session) PeerIDCred() (idCred []byte, err error) {
	if busy := s.read(func() {
		switch {
		case s.pending != nil && s.pending.idCred != nil:
			idCred = bytes.Clone(s.pending.idCred)
		case s.peerID != nil:
			idCred = bytes.Clone(s.peerID)
		default:
			err = ErrNotFound
		}
	}); busy != nil {
		return nil, busy
	}
	return idCred, err
}

// PeerCredential returns the credential that the peer has authenticated with.
// It gives ErrNotFound before.
func (s *Session) PeerCredential() (credential *Credential, err error) {
	if busy := s.read(func() {
		if credential = s.knownPeer(); credential == nil {
			err = ErrNotFound
		}
	}); busy != nil {
		return nil, busy
	}
	return credential, err
}

// knownPeer is the peer that has authenticated, also while a decision of the
// host is pending; nil before.
func (s *Session) knownPeer() *Credential {
	if s.peer == nil && s.pending != nil {
		return s.pending.peer
	}
	return s.peer
}

// PeerIsNew reports, with PolicyLearn, whether the key of the peer was accepted
// for the first time. The host should keep PeerCredential, and pin it in the
// next Config.
func (s *Session) PeerIsNew() (isNew bool, err error) {
	err = s.read(func() { isNew = s.peerIsNew })
	return isNew, err
}

// PeerSuites returns the cipher suites that the peer named: SUITES_I of
// message_1, or SUITES_R of an error message with code 2. It gives ErrNotFound
// if it named none.
func (s *Session) PeerSuites() (suites []int64, err error) {
	if busy := s.read(func() {
		if suites = slices.Clone(s.suitesIn); suites == nil {
			err = ErrNotFound
		}
	}); busy != nil {
		return nil, busy
	}
	return suites, err
}
