package ake

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// Session is one run of EDHOC, on one side.
//
// Each method is one event of the state machine in state.go; in a state that
// does not allow it, it gives ErrState and changes nothing. A message that the
// Session was given to process and that fails, in whatever step, ends the run
// (RFC 9528 section 9: StateFailed); PrepareError then gives the error message that
// is due. A mistake of the host changes nothing.
//
// What can be known of it, any goroutine can ask at any time, also in a callback: during
// a call the answer is what is known by then. What changes it is for one at a time:
// during another call it gives ErrBusy.
type Session struct {
	mu   sync.Mutex // held by the call that is under way; nobody waits for it
	seen sync.Mutex // of what the host can ask about; held for a moment only
	env
	phase   phase
	outcome outcome

	closing atomic.Bool // Close waits for the call that is under way
	onClose atomic.Pointer[func()]
}

// env is what a step may look at besides its phase. Steps change nothing of it.
type env struct {
	session  *Session // for callbacks of the host
	party    *Party
	role     Role
	settings settings
	source   source
}

// settings are what the host set for this run.
type settings struct {
	connectionID []byte // nil: to be chosen
	choice       *choice
	own          *Credential // SetOwnCredential
	expected     []PeerName  // ExpectPeer
	ead          []outgoing
}

// outcome is what the host can ask about how it went.
type outcome struct {
	last      *Error // of the last call that failed
	unable    *Error // why a message could not be prepared
	peerError *message.Error
}

func newSession(p *Party, role Role, at phase) *Session {
	s := &Session{env: env{party: p, role: role, source: fresh{}}, phase: at}
	s.session = s
	return s
}

// Format prints "EDHOC session of the initiator" or the other role, whatever the
// verb: the verbs that package fmt does not expect for a pointer would show all
// that is behind it.
func (s *Session) Format(f fmt.State, _ rune) {
	io.WriteString(f, "EDHOC session of the "+s.role.String())
}

func (in *env) limits() Limits { return in.party.limits }

func (in *env) peerRole() Role { return in.role.other() }

// do runs one event. The step gives the next phase or an error, and has no effect
// but that: what becomes of the Session is decided here.
func (s *Session) do(ev event, step func() (phase, error)) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.leave()
	secret := s.phase.holds().any()
	if secret {
		suite.WipeStack()
	}
	defer func() {
		if secret || s.phase.holds().any() {
			suite.WipeStack()
		}
	}()
	if over, ok := s.phase.(*completed); ok {
		s.become(over.tidied(s.party.now()))
	}
	before := s.phase.state()
	want := after(s.role, before, ev)
	if want == stateNotAllowed {
		return s.note(errorf(ErrState, "%v is not allowed in state %v of the %v", ev, before, s.role))
	}
	next, err := step()
	if opened, ok := next.(pending); ok && err == nil && ev.opens() {
		s.become(opened)
		secret = secret || opened.holds().any() // which may be gone with the run
		next, err = opened.proceed(&s.env)
	}
	status := StatusOf(err)
	switch {
	case err == nil && next.state() != want:
		s.fail(next, errorf(ErrInternal, "%v leads from %v to %v", ev, before, next.state()))
		return s.outcome.last
	case err == nil:
		s.become(next)
		s.outcome.unable = nil
		if ev == evRestart {
			s.forget()
		}
		return nil
	case status.Pending():
		s.become(next)
		return status
	case ev.endsRun() && status != ErrState: // that is the host's mistake
		s.fail(next, wrap(err))
		return s.outcome.last
	}
	if next != nil {
		s.become(next)
	}
	if ev.answersPeer() {
		s.outcome.unable = wrap(err)
	}
	return s.note(wrap(err))
}

// ask is do for an event that changes no phase.
func (s *Session) ask(ev event, f func() error) error {
	return s.do(ev, func() (phase, error) { return s.phase, f() })
}

// again runs a prepare event, or gives its result once more.
func (s *Session) again(ev event, step func() (phase, error)) (out []byte, err error) {
	err = s.do(ev, func() (phase, error) {
		next := s.phase
		if after(s.role, next.state(), ev) != next.state() {
			var err error
			if next, err = step(); err != nil {
				return next, err
			}
		}
		sent, err := next.(prepared).sent(&s.env)
		out = append(out, sent...)
		return next, err
	})
	return out, err
}

// become is the only place where a phase follows another one: it wipes what the
// old one held and the new one does not.
func (s *Session) become(next phase) {
	s.logKeys(s.phase, next)
	old, kept := s.phase.holds(), next.holds()
	s.seen.Lock()
	s.phase = next
	s.seen.Unlock()
	old.wipeWithout(&kept)
}

func (s *Session) note(err *Error) *Error {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.outcome.last = err
	return err
}

// notePeer keeps an error message of the peer.
func (s *Session) notePeer(e *message.Error) {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.outcome.peerError = e
}

// forget is for a run that begins anew.
func (s *Session) forget() {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.outcome = outcome{}
}

// fail ends the run. The step may have said what it found out before it failed,
// or leave a phase that it has begun.
func (s *Session) fail(next phase, cause *Error) {
	end, ok := next.(*failed)
	if !ok {
		end = &failed{facts: *s.phase.about()}
		if next != nil {
			end.derived = next.about().derived
			begun, kept := next.holds(), s.phase.holds()
			begun.wipeWithout(&kept)
		}
	}
	if end.peerError != nil {
		s.notePeer(end.peerError)
	}
	end.cause = cause
	if !end.silent {
		end.due = errorMessageFor(cause, end.suites)
	}
	s.become(end)
	s.outcome.unable = nil
	s.note(cause)
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
// when that ends. The Session cannot be used after that.
func (s *Session) Close() {
	s.closing.Store(true)
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	s.closing.Store(false)
	if told := s.onClose.Swap(&afterClose); told != nil {
		(*told)()
	}
	s.become(&failed{facts: *s.phase.about(), cause: s.note(&Error{Status: ErrAborted})})
	suite.WipeStack() // the host has copied keys since the last call
}

// alone runs f as the one call that is under way, in any state.
func (s *Session) alone(f func() error) error {
	if !s.mu.TryLock() {
		return ErrBusy
	}
	defer s.leave()
	return f()
}

// known is the phase, for who does not change it.
func (s *Session) known() phase {
	s.seen.Lock()
	defer s.seen.Unlock()
	return s.phase
}

// Abort ends the run. PrepareError gives the error message to send: there is none
// while this side waits for an answer to a message of its own (RFC 9528 section
// 5.1 knows error messages as answers only).
func (s *Session) Abort() error { return s.abort(ErrAborted) }

func (s *Session) abort(reason Status) error {
	return s.do(evAbort, func() (phase, error) { return s.aborted(reason), nil })
}

// aborted is the end of a run by the host.
func (s *Session) aborted(reason Status) phase {
	end := &failed{facts: *s.phase.about(), cause: s.note(&Error{Status: reason})}
	if s.phase.state().answers() {
		end.due = errorMessageFor(end.cause, nil)
	}
	return end
}
