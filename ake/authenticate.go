package ake

import (
	"github.com/liblake/lake/ake/internal/cose"
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
	return s.ownSign(own, s.toBeSigned(own, own.idCred, th, ead, mac))
}

// checkSigMAC verifies Signature_or_MAC_n of the peer, which has the given role.
func (s *Session) checkSigMAC(role Role, peer *Credential, th, ead, mac []byte) error {
	p := s.pending
	if !s.method.signs(role) {
		if !suite.ConstantTimeEqual(mac, p.sigMAC) {
			return ErrMAC
		}
		return nil
	}
	if !peer.parsed.Key.Verify(s.toBeSigned(peer, p.idCred, th, ead, mac), p.sigMAC) {
		return ErrSignature
	}
	return nil
}

// toBeSigned is what the owner of a credential signs in message_2 and
// message_3 (RFC 9528 sections 5.3.2 and 5.4.2).
func (s *Session) toBeSigned(owner *Credential, idCred, th, ead, mac []byte) []byte {
	m := cose.SigStructure(idCred, schedule.ExternalAAD(th, owner.parsed.Cred, ead), mac)
	s.observe("m", m)
	return m
}

// authenticate tries the credentials that ID_CRED_x may mean until verify
// accepts one, and returns what verify gives. No error of it tells the peer
// which credential failed, or why.
func (s *Session) authenticate(verify func(*Credential) ([]byte, error)) ([]byte, error) {
	p := s.pending
	candidates, err := s.candidates()
	if err != nil {
		return nil, fatal(err)
	}
	var failure error
	for _, candidate := range candidates[:min(len(candidates), s.limits().Candidates)] {
		switch {
		case !s.fits(candidate):
			if err := candidate.authenticates(); err != nil {
				failure = err
			}
			continue
		case s.config.isOwn(candidate) || s.chosen != nil && s.chosen.same(candidate):
			failure = &Error{Status: ErrOwnCredential}
			continue
		}
		prk, err := verify(candidate)
		if err == nil {
			candidate.frozen.Store(true) // the host may see it from here on
			p.peer = candidate
			return prk, nil
		}
		failure = err
	}
	if failure == nil {
		failure = errorf(ErrKeyKind, "method %d, cipher suite %d", s.method, s.suite.ID)
	}
	return nil, fatal(failure)
}

// candidates are the host's answer, or what resolve finds.
func (s *Session) candidates() ([]*Credential, error) {
	p := s.pending
	if p.answer == nil {
		return s.resolve(p.idCred)
	}
	id, err := cose.ParseIDCred(p.idCred)
	if err == nil {
		err = s.checkAnswer(id, p.answer)
	}
	return []*Credential{p.answer}, err
}

// fits reports whether a credential of the peer can be used with the method and
// the cipher suite of the run.
func (s *Session) fits(peer *Credential) bool {
	if s.method == MethodPSK {
		return peer.psk != nil && peer.psk.hash == s.suite.Hash && peer.psk.usable()
	}
	return peer.psk == nil && peer.KeyKind() == s.method.keyKind(s.suite, s.peerRole())
}

func (s *Session) peerRole() Role {
	if s.role == Initiator {
		return Responder
	}
	return Initiator
}

// commitPeer takes over the identity of the peer from the pending message.
func (s *Session) commitPeer() {
	s.peer, s.peerID = s.pending.peer, append([]byte(nil), s.pending.idCred...)
	suite.Wipe(s.pending.plaintext)
	s.pending = nil
}
