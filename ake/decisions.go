package ake

import (
	"bytes"
	"crypto/rand"

	"github.com/liblake/lake/ake/internal/suite"
)

// This file has what the host decides in a Session, besides its messages.

// SetConnectionID sets one's own connection identifier (C_I or C_R, RFC 9528
// section 3.3), of 0 bytes to the limit of the Config. Without it, one byte is
// chosen at random. OSCORE needs it to be unique among the live contexts of
// this side, and different from the peer's.
func (s *Session) SetConnectionID(id []byte) error {
	return s.do(evSetConnection, func() error {
		if len(id) > s.limits().ConnectionID {
			return errorf(ErrArgument, "connection identifier of %d bytes, the limit is %d", len(id), s.limits().ConnectionID)
		}
		if s.role == Responder && s.cI != nil && bytes.Equal(id, s.cI) {
			return errorf(ErrArgument, "C_R must differ from C_I")
		}
		*s.ownConnection() = append([]byte{}, id...)
		return nil
	})
}

func (s *Session) ownConnection() *[]byte {
	if s.role == Initiator {
		return &s.cI
	}
	return &s.cR
}

// chooseConnectionID picks a one-byte identifier that is sent as an int.
func chooseConnectionID(other []byte) ([]byte, error) {
	for {
		var b [1]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, errorf(ErrInternal, "the random generator failed")
		}
		id := []byte{b[0] % 48}
		if id[0] >= 24 {
			id[0] += 0x20 - 24
		}
		if !bytes.Equal(id, other) {
			return id, nil
		}
	}
}

// CompleteWithoutMessage4 ends a run in which message_4 is not required. The
// Initiator does so when it has verified a message that is protected with the
// new keys (RFC 9528 section 5.4.2).
func (s *Session) CompleteWithoutMessage4() error {
	return s.do(evComplete, func() error {
		if s.config.message4 {
			return errorf(ErrState, "message_4 is required by the configuration")
		}
		s.sent = nil
		s.complete()
		return nil
	})
}

// SetPeerCredential answers PendingCredential. The credential is trusted; the
// session goes on with Resume.
func (s *Session) SetPeerCredential(credential *Credential) error {
	return s.do(evSetPeer, func() error {
		if s.pending.peer != nil {
			return errorf(ErrState, "the peer is verified already")
		}
		credential.frozen.Store(true)
		s.pending.answer = credential
		return nil
	})
}

// SetOwnCredential chooses among several own credentials, in the place of the
// first one that fits: the Initiator before message_3, when it has seen who the
// peer is, the Responder before message_2. The credential needs a private key
// that fits method and cipher suite once these are known: ErrKeyKind. In
// EDHOC-PSK the Initiator chooses the pre-shared key so, before message_1.
func (s *Session) SetOwnCredential(credential *Credential) error {
	return s.do(evSetOwn, func() error {
		if err := credential.authenticates(); err != nil {
			return hostError{cause: wrap(err)}
		}
		if credential.key == nil && credential.psk == nil {
			return errorf(ErrPrivateKey, "an own credential needs its private key")
		}
		if s.own != nil && !credential.serves(s.method, s.suite, s.role) {
			// Not errorf: no error message is due for a mistake of the host.
			return hostError{cause: errorf(ErrKeyKind, "method %d, cipher suite %d", s.method, s.suite.ID)}
		}
		if peer := s.knownPeer(); peer != nil && peer.same(credential) {
			return hostError{cause: errorf(ErrOwnCredential, "or this would be the peer's")}
		}
		credential.frozen.Store(true)
		s.dropQuestion() // it was about the key of another one
		s.chosen = credential
		if s.own != nil {
			s.own = credential
		}
		return nil
	})
}

// ownFor is the own credential for a method and a cipher suite, or nil.
func (s *Session) ownFor(m Method, alg *suite.Suite) *Credential {
	if s.resumption != nil {
		return s.resumption.ownFor(alg)
	}
	switch {
	case s.chosen == nil:
		return s.config.ownFor(m, alg, s.role)
	case s.chosen.serves(m, alg, s.role):
		return s.chosen
	}
	return nil
}

// serves reports whether a role can authenticate with the credential.
func (c *Credential) serves(m Method, alg *suite.Suite, role Role) bool {
	if m == MethodPSK {
		return c.psk != nil && c.psk.hash == alg.Hash
	}
	return c.key != nil && c.KeyKind() == m.keyKind(alg, role)
}

// Resume goes on after a pending status was answered. If it was not, it gives
// the pending status again, or ErrEADCritical for an item that was not
// accepted.
func (s *Session) Resume() error {
	return s.do(evResume, func() error {
		switch s.state {
		case StatePending1:
			return s.finish1()
		case StatePending2:
			return s.finish2()
		case StatePending3:
			return s.finish3()
		}
		return s.finish4()
	})
}

// RejectPeer ends the run instead of answering PendingCredential. The reason is
// ErrCredentialUnknown, which tells the peer to refer to its credential in
// another way (error code 3), or ErrPeerRejected.
func (s *Session) RejectPeer(reason Status) error {
	if reason != ErrCredentialUnknown && reason != ErrPeerRejected {
		return errorf(ErrArgument, "the reason is neither ErrCredentialUnknown nor ErrPeerRejected")
	}
	return s.abort(reason)
}

// Abort ends the run. PrepareError gives the error message to send.
func (s *Session) Abort() error { return s.abort(ErrAborted) }

func (s *Session) abort(reason Status) error {
	return s.do(evAbort, func() error {
		s.fail(&Error{Status: reason})
		return nil
	})
}
