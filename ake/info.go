package ake

import "bytes"

// Role returns the role of the Session.
func (s *Session) Role() Role { return s.role }

// Info is what can be known of a Session in any state.
type Info struct {
	Role             Role
	State            State
	Next             Next
	Method           Method // valid from message_1 on
	Suite            int    // selected; valid from message_1 on, -1 before
	OwnConnectionID  []byte // nil when not known yet
	PeerConnectionID []byte // likewise
	Complete         bool   // StateCompleted
	Authenticated    bool   // the peer has proved who it is
	Pending          Status // what Continue waits for, or OK
	Resumed          bool   // authenticated, or to be, with a resumption key

	// FourthMessage: the run is not over with message_3, as only a fourth message
	// authenticates the Responder: message_4, or another one with the new keys
	// (PeerProved).
	FourthMessage bool
}

// Info returns what is known of the Session.
func (s *Session) Info() Info {
	s.seen.Lock()
	defer s.seen.Unlock()
	f, state := s.phase.about(), s.phase.state()
	info := Info{
		Role: s.role, State: state, Next: next(s.role, state), Suite: -1,
		Complete: state == StateCompleted, Authenticated: authenticated(s.phase), Resumed: f.resumed,
	}
	if f.auth != nil {
		info.Method, info.FourthMessage = f.auth.method().Method, !f.auth.proves2()
	}
	if f.alg != nil {
		info.Suite = f.alg.ID
	}
	own, peer := f.connectionIDs(s.role)
	if own == nil {
		own = s.settings.connectionID
	}
	info.OwnConnectionID, info.PeerConnectionID = bytes.Clone(own), bytes.Clone(peer)
	if q := openQuestion(s.phase); q != nil {
		info.Pending = q.status
	}
	if p, ok := s.phase.(pending); ok {
		info.Pending = p.judgement().waitsFor()
	}
	if p, ok := s.phase.(*start); ok && p.resumption != nil {
		info.Resumed = true
	}
	return info
}

// OwnCredential returns the credential that this side has authenticated with: of
// several that fit, the first of the Config, unless SetOwnCredential
// said otherwise. It is nil before, and after a restore with MethodPSK.
func (s *Session) OwnCredential() *Credential {
	if p, ok := s.known().(interface{ ownUsed() *Credential }); ok {
		return p.ownUsed()
	}
	return nil
}

func (p *wait4) ownUsed() *Credential     { return p.own }
func (p *pending4) ownUsed() *Credential  { return p.wait.own }
func (p *wait3) ownUsed() *Credential     { return p.own }
func (p *pending3) ownUsed() *Credential  { return p.wait.own }
func (p *verified3) ownUsed() *Credential { return p.own }
func (p *completed) ownUsed() *Credential { return p.own }

// PeerIDCred returns the ID_CRED_x map of the peer, nil before it is known.
func (s *Session) PeerIDCred() []byte {
	at := s.known()
	if p, ok := at.(pending); ok && p.judgement().idCred != nil {
		return bytes.Clone(p.judgement().idCred)
	}
	if peer := at.about().peer; peer != nil {
		return bytes.Clone(peer.idCred)
	}
	return nil
}

// PeerCredential returns the credential that the peer has authenticated with, nil
// before.
func (s *Session) PeerCredential() *Credential { return peerCredential(s.known()) }

// PeerIsNew reports, with PolicyLearn, whether the key of the peer was accepted
// for the first time. The host should keep PeerCredential, and have it among the
// Peers of the next Config.
func (s *Session) PeerIsNew() bool {
	peer := s.known().about().peer
	return peer != nil && peer.isNew
}
