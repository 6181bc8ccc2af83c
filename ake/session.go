package ake

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

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
	suites    []int    // what this side offers or accepts
	refused   []int    // Initiator: suites that the peer refused in this Session
	oneMethod []Method // Initiator: by SelectMethod or Restart
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
	question      *question     // to the host, about the own key
	resumption    *resumption   // Initiator: the run is a resumption
	borrowed      []*Credential // copies of resumption keys, to be wiped
	usage         usage

	last      *Error // of the last call that failed
	ended     *Error // why the run ended in StateFailed
	due       *Error // why an error message is due
	peerError *message.Error

	closing atomic.Bool // Close waits for the call that is under way
	onClose atomic.Pointer[func()]
	hooks   hooks
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
	offered   *Credential // a raw key that PolicyLearn may accept
	peer      *Credential // verified
	approved  bool        // by the host
	undecided []int       // critical EAD items that nobody accepted yet
}

// NewSession starts a run in a role. It freezes the Config. It gives ErrArgument
// if the Config has trust anchors or CWT issuers that its policy has no use for.
func (c *Config) NewSession(role Role) (*Session, error) {
	if role != Initiator && role != Responder {
		return nil, errorf(ErrArgument, "unknown role")
	}
	if err := c.checkTrust(); err != nil {
		return nil, err
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
	defer s.leave()
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
	for _, copied := range s.borrowed {
		wipe(&copied.psk.secret)
	}
	s.borrowed = nil
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

// complete ends an Initiator's run: the fourth message was verified. It is what
// authenticates the Responder in EDHOC-PSK.
func (s *Session) complete() {
	if s.method == MethodPSK && s.role == Initiator {
		s.peer, s.peerID = s.own, s.own.idCred
	}
	s.forget()
}

// OnClose sets what is called when the Session is closed, once; at once if it is
// closed already. It must not call the Session. It may be set during a call.
func (s *Session) OnClose(f func()) {
	for old := s.onClose.Load(); old != &afterClose; old = s.onClose.Load() {
		if s.onClose.CompareAndSwap(old, &f) {
			return
		}
	}
	f()
}

// afterClose is in the place of what OnClose has set when that was called.
var afterClose = func() {}

// leave ends a call, and what Close could not do during it.
func (s *Session) leave() {
	s.mu.Unlock()
	if s.closing.Load() {
		s.Close()
	}
}

// Close ends the Session and clears its secrets; if another call is under way,
// when that ends. The Session cannot be used after that. It gives no error.
func (s *Session) Close() error {
	s.closing.Store(true)
	if !s.mu.TryLock() {
		return nil
	}
	defer s.mu.Unlock()
	s.closing.Store(false)
	if told := s.onClose.Swap(&afterClose); told != nil {
		(*told)()
	}
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
	defer s.leave()
	f()
	return nil
}

func (s *Session) observe(name string, value []byte) {
	if s.hooks.observe != nil {
		s.hooks.observe(name, bytes.Clone(value))
	}
}
