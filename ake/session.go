package ake

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"sync"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// Session is one run of EDHOC, on one side.
//
// Each method is one event of the state machine in state.go; in a state that
// does not allow it, it gives ErrState and changes nothing. A message that
// cannot be parsed leaves the Session as it was, because anybody can send one;
// a message of a peer that fails to authenticate ends the run (StateFailed).
// After either, PrepareError gives the error message that is due.
//
// A Session can be used from any goroutine, by one call at a time: a call
// during another one gives ErrBusy.
type Session struct {
	mu     sync.Mutex
	config *Config
	role   Role
	state  State

	method    Method
	suite     *suite.Suite
	suites    []int // what this side offers or accepts
	refused   []int // Initiator: suites that the peer refused in this Session
	cI, cR    []byte
	sent      []byte // the message that was prepared last
	eadOut    [5][]EADItem
	eadIn     [5][]EADItem
	own       *Credential
	chosen    *Credential // by SetOwnCredential
	peer      *Credential
	peerIsNew bool    // PolicyLearn: not seen before
	peerID    []byte  // ID_CRED of the peer, as the map
	suitesIn  []int64 // SUITES_I or SUITES_R of the peer

	ephemeral     *suite.PrivateKey // X or Y
	peerEphemeral *suite.PublicKey  // G_Y or G_X
	keys          keys
	pending       *pending
	question      *question // to the host, about the own key

	last      *Error // of the last call that failed
	ended     *Error // why the run ended in StateFailed
	due       *Error // why an error message is due
	peerError *message.Error

	hooks hooks
}

// keys are the transcript hashes and secrets of the run, each kept only until
// the last step that needs it.
type keys struct {
	hashMessage1, th2, th3, th4 []byte
	gxy                         []byte
	prk2e, prk3e2m, prk4e3m     []byte
	prkOut, prkExporter         []byte
}

// hooks replace what is random. Only tests can set them.
type hooks struct {
	ephemeral []byte // the private key to use as X or Y
	suitesI   []int64
	observe   func(name string, value []byte)
}

// pending is a received message between its parsing and the commit.
type pending struct {
	plaintext []byte
	idCred    []byte
	sigMAC    []byte
	ead       []EADItem
	answer    *Credential // from SetPeerCredential
	peer      *Credential // verified
	approved  bool        // by the host
	undecided []int       // critical EAD items that nobody accepted yet
}

// NewSession starts a run in a role. It freezes the Config.
func (c *Config) NewSession(role Role) (*Session, error) {
	if role != Initiator && role != Responder {
		return nil, errorf(ErrArgument, "unknown role")
	}
	c.freeze()
	return &Session{config: c, role: role, state: StateStart}, nil
}

func (s *Session) limits() Limits { return s.config.limits }

// fatalError ends the run; any other error leaves the Session as it was.
type fatalError struct{ cause *Error }

func (e fatalError) Error() string { return e.cause.Error() }
func (e fatalError) Unwrap() error { return e.cause }

// hostError is a mistake of the host, which is nothing to tell the peer.
type hostError struct{ cause *Error }

func (e hostError) Error() string { return e.cause.Error() }
func (e hostError) Unwrap() error { return e.cause }

func fatal(err error) error {
	if err == nil || StatusOf(err).Pending() {
		return err
	}
	return fatalError{wrap(err)}
}

// do runs one event: it checks that the event is allowed, and commits the next
// state at the very end.
func (s *Session) do(ev event, f func() error) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.mu.Unlock()
	next := after(s.role, s.state, ev)
	if next == stateNotAllowed {
		return s.note(errorf(ErrState, "%v is not allowed in state %v of the %v", ev, s.state, s.role))
	}
	err := f()
	var status Status
	var end fatalError
	switch {
	case err == nil:
		s.state = next
		if next != StateFailed { // Abort leaves an error message due
			s.due = nil
		}
		return nil
	case errors.As(err, &end):
		s.fail(end.cause)
		return end.cause
	case errors.As(err, &status) && status.Pending():
		return status
	}
	failure := wrap(err)
	if _, host := err.(hostError); !host && statusTable[failure.Status].code != 0 {
		s.due = failure
	}
	return s.note(failure)
}

// again runs a prepare event, or gives its result once more.
func (s *Session) again(ev event, f func() ([]byte, error)) ([]byte, error) {
	var out []byte
	err := s.do(ev, func() error {
		if after(s.role, s.state, ev) != s.state {
			sent, err := f()
			if err != nil {
				return err
			}
			s.sent = sent
			s.dropQuestion()
		}
		if s.sent == nil { // completed without message_4
			return errorf(ErrState, "%v is not allowed after that", ev)
		}
		out = bytes.Clone(s.sent)
		return nil
	})
	return out, err
}

func (s *Session) note(err *Error) *Error {
	s.last = err
	return err
}

// fail ends the run.
func (s *Session) fail(cause *Error) {
	s.state = StateFailed
	s.last, s.ended = cause, cause
	s.due = nil
	if statusTable[cause.Status].code != 0 {
		s.due = cause
	}
	s.forget()
	s.keys.wipeAll()
}

// forget clears what only an unfinished run needs.
func (s *Session) forget() {
	if s.ephemeral != nil {
		s.ephemeral.Clear()
		s.ephemeral = nil
	}
	if s.pending != nil {
		suite.Wipe(s.pending.plaintext)
		s.pending = nil
	}
	s.dropQuestion()
	k := &s.keys
	wipe(&k.gxy, &k.prk2e, &k.prk3e2m, &k.prk4e3m)
}

func (s *Session) dropQuestion() {
	if s.question != nil {
		suite.Wipe(s.question.answer)
		s.question = nil
	}
}

func (k *keys) wipeAll() { wipe(&k.gxy, &k.prk2e, &k.prk3e2m, &k.prk4e3m, &k.prkOut, &k.prkExporter) }

func wipe(secrets ...*[]byte) {
	for _, secret := range secrets {
		suite.Wipe(*secret)
		*secret = nil
	}
}

// Close ends the Session and clears its secrets. The Session cannot be used
// after that.
func (s *Session) Close() error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.mu.Unlock()
	if s.state != StateFailed {
		s.fail(&Error{Status: ErrAborted})
	}
	s.due = nil
	s.refused = nil
	s.last = &Error{Status: ErrAborted}
	s.ended = s.last
	return nil
}

// read runs f under the lock, in any state.
func (s *Session) read(f func()) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.mu.Unlock()
	f()
	return nil
}

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

// newEphemeral makes the ephemeral key pair of this run, hedged with the own
// authentication key.
func (s *Session) newEphemeral(alg *suite.Suite, own *Credential) (*suite.PrivateKey, error) {
	if s.hooks.ephemeral != nil {
		return suite.ParsePrivateKey(alg.Curve, s.hooks.ephemeral)
	}
	hedge := s.hedge(own)
	defer suite.Wipe(hedge)
	return suite.GenerateKey(alg.Curve, hedge)
}

// hedge is secret material of this side to hedge the random generator with: of
// the credential that the run uses, or else of any other.
func (s *Session) hedge(own *Credential) []byte {
	for _, c := range append([]*Credential{own}, s.config.own...) {
		switch {
		case c == nil:
		case c.psk != nil:
			return suite.HedgeKeyOfPSK(c.psk.secret)
		default:
			if hedge := c.key.HedgeKey(); hedge != nil {
				return hedge
			}
		}
	}
	return nil
}

func (s *Session) observe(name string, value []byte) {
	if s.hooks.observe != nil {
		s.hooks.observe(name, bytes.Clone(value))
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
		s.forget()
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
// that fits method and cipher suite once these are known: ErrKeyKind.
func (s *Session) SetOwnCredential(credential *Credential) error {
	return s.do(evSetOwn, func() error {
		if credential.key == nil {
			return errorf(ErrPrivateKey, "an own credential needs its private key")
		}
		if s.own != nil && (s.method == MethodPSK || credential.KeyKind() != s.method.keyKind(s.suite, s.role)) {
			// Not errorf: no error message is due for a mistake of the host.
			return hostError{cause: errorf(ErrKeyKind, "method %d, cipher suite %d", s.method, s.suite.ID)}
		}
		credential.frozen.Store(true)
		s.chosen = credential
		if s.own != nil {
			s.own = credential
		}
		return nil
	})
}

// ownFor is the own credential for a method and a cipher suite, or nil.
func (s *Session) ownFor(m Method, alg *suite.Suite) *Credential {
	if s.chosen == nil || m == MethodPSK {
		return s.config.ownFor(m, alg, s.role)
	}
	if s.chosen.KeyKind() == m.keyKind(alg, s.role) {
		return s.chosen
	}
	return nil
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
}

// Info returns what is known of the Session.
func (s *Session) Info() (info Info, err error) {
	err = s.read(func() {
		info = Info{
			Role: s.role, State: s.state, Next: next(s.role, s.state), Method: s.method, Suite: -1,
			Complete: s.state == StateCompleted, Authenticated: s.authenticated(),
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
		if credential = s.peer; credential == nil && s.pending != nil {
			credential = s.pending.peer // PendingPeer, PendingEAD
		}
		if credential == nil {
			err = ErrNotFound
		}
	}); busy != nil {
		return nil, busy
	}
	return credential, err
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
