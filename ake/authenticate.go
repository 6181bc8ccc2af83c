package ake

import (
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// This file has what message_2 and message_3 have in common: both carry
// ID_CRED_x and Signature_or_MAC_n, and prove possession of the key in CRED_x.

// arrived is the start of every processing: a message within the limit, or an
// error message in its place, which ends the run (RFC 9528 section 6).
func (s *Session) arrived(data []byte) error {
	if len(data) > s.limits().MessageSize {
		return errorf(ErrTooLarge, "%d bytes, the limit is %d", len(data), s.limits().MessageSize)
	}
	if peerError := readError(data); peerError != nil {
		return fatal(s.receiveError(peerError))
	}
	return nil
}

// parked moves to a pending state if the rest of the processing needs the host.
func (s *Session) parked(state State, err error) error {
	if StatusOf(err).Pending() {
		s.state = state
	}
	return err
}

// macLength is the length of MAC_2 or MAC_3: of the hash below a signature, of
// the cipher suite otherwise (RFC 9528 section 5.3.2).
func (s *Session) macLength(role Role) int {
	if s.method.signs(role) {
		return s.suite.HashLength()
	}
	return s.suite.MACLength
}

// sigOrMAC makes Signature_or_MAC_n of this side.
func (s *Session) sigOrMAC(own *Credential, th, ead, mac []byte) ([]byte, error) {
	if !s.method.signs(s.role) {
		return mac, nil
	}
	aad := schedule.ExternalAAD(th, own.parsed.Cred, ead)
	return own.key.Sign(cose.SigStructure(own.idCred, aad, mac))
}

// checkSigMAC verifies Signature_or_MAC_n of the peer, which has the given role.
func (s *Session) checkSigMAC(role Role, peer *Credential, th []byte, mac func(length int) []byte) error {
	p := s.pending
	expected := mac(s.macLength(role))
	if !s.method.signs(role) {
		if !suite.ConstantTimeEqual(expected, p.sigMAC) {
			return ErrMAC
		}
		return nil
	}
	aad := schedule.ExternalAAD(th, peer.parsed.Cred, message.AppendEAD(nil, p.ead))
	if !peer.parsed.Key.Verify(cose.SigStructure(p.idCred, aad, expected), p.sigMAC) {
		return ErrSignature
	}
	return nil
}

// authenticate tries the credentials that ID_CRED_x may mean until verify
// accepts one, and returns what verify gives. No error of it tells the peer
// which credential failed, or why.
func (s *Session) authenticate(verify func(*Credential) ([]byte, error)) ([]byte, error) {
	p := s.pending
	candidates := []*Credential{p.answer}
	if p.answer == nil {
		var err error
		if candidates, err = s.resolve(p.idCred); err != nil {
			return nil, fatal(err)
		}
	}
	peerRole := Initiator
	if s.role == Initiator {
		peerRole = Responder
	}
	kind := s.method.keyKind(s.suite, peerRole)
	failure := error(errorf(ErrKeyKind, "method %d and cipher suite %d need a %v key", s.method, s.suite.ID, kind))
	for i, candidate := range candidates {
		switch {
		case i == s.limits().Candidates:
			return nil, fatal(failure)
		case candidate.KeyKind() != kind:
			continue
		case s.config.isOwn(candidate):
			failure = &Error{Status: ErrOwnCredential}
			continue
		}
		prk, err := verify(candidate)
		if err == nil {
			p.peer = candidate
			return prk, nil
		}
		failure = err
	}
	return nil, fatal(failure)
}

// commitPeer takes over the identity of the peer from the pending message.
func (s *Session) commitPeer() {
	s.peer, s.peerID = s.pending.peer, append([]byte(nil), s.pending.idCred...)
	suite.Wipe(s.pending.plaintext)
	s.pending = nil
}
