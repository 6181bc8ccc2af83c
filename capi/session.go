package main

// #include "shim.h"
import "C"

import (
	"sync"
	"sync/atomic"

	"github.com/liblake/lake/ake"
)

// session is what stands behind a lake_session.
type session struct {
	engine   *ake.Session
	userdata atomic.Uintptr // not under the lock: callbacks read it
	kept     keeper         // the same, to be destroyed
	keys     keys

	naming sync.Mutex // of what follows; held for a moment only
	handle handle     // 0: the host has not seen the session yet
	lent   bool       // it belongs to a CoAP server or client
	closed bool
	config *config // it uses, unless it is lent

	mu     sync.Mutex // held by the one call that is under way; nobody waits for it
	freed  bool
	broken bool // a call panicked
	last   error
	unsent *unsent
}

// ofEngine finds the session that a callback of the engine is about.
var ofEngine sync.Map // *ake.Session -> *session

// lentSessions is the number of handles of sessions that are not the host's to free.
var lentSessions atomic.Int64

func newSession(c *config, role ake.Role) (handle, error) {
	party, err := c.made()
	if err != nil {
		return 0, err
	}
	engine, err := party.NewSession(role)
	if err != nil {
		return 0, err
	}
	return addSession(c, engine)
}

// addSession makes the host's session of an engine, which was made from a config.
func addSession(c *config, engine *ake.Session) (handle, error) {
	s := begin(engine, false)
	s.useConfig(c)
	h, err := s.name()
	if err != nil {
		engine.Close()
	}
	return h, err
}

// useConfig keeps the host's functions alive for a session that is the host's.
func (s *session) useConfig(c *config) {
	s.naming.Lock()
	defer s.naming.Unlock()
	if !s.closed && s.config == nil && c.use() {
		s.config = c
	}
}

// lend returns the session of an engine that belongs to a CoAP server or client.
func lend(engine *ake.Session) *session {
	if found, ok := ofEngine.Load(engine); ok {
		return found.(*session)
	}
	return begin(engine, true)
}

// begin makes a session, which is gone when its engine is closed.
func begin(engine *ake.Session, lent bool) *session {
	s := &session{engine: engine, lent: lent}
	ofEngine.Store(engine, s)
	engine.OnClose(s.close)
	return s
}

// name returns the handle of a session, which it gets when the host sees it for the
// first time.
func (s *session) name() (h handle, err error) {
	s.naming.Lock()
	defer s.naming.Unlock()
	switch {
	case s.closed:
		return 0, errHandle
	case s.handle != 0:
		return s.handle, nil
	}
	if s.handle, err = sessions.add(s); err == nil && s.lent {
		lentSessions.Add(1)
	}
	return s.handle, err
}

// give makes a session the host's.
func (s *session) give() {
	s.naming.Lock()
	defer s.naming.Unlock()
	if s.lent && s.handle != 0 {
		lentSessions.Add(-1)
	}
	s.lent = false
}

func (s *session) isLent() bool {
	s.naming.Lock()
	defer s.naming.Unlock()
	return s.lent
}

func (s *session) close() {
	s.give()
	ofEngine.Delete(s.engine)
	s.naming.Lock()
	defer s.naming.Unlock()
	s.closed = true
	if s.handle != 0 {
		sessions.remove(s.handle)
	}
	s.kept.empty()
	s.keys.leave()
	if s.config != nil {
		s.config.leave()
		s.config = nil
	}
}

// freeSession also frees a session that a panic has left broken.
func freeSession(h handle) error {
	s, err := enterSession(h)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.isLent() {
		return &ake.Error{Status: ake.ErrState, Detail: "the session belongs to a CoAP server or client"}
	}
	if sessions.get(h) == nil { // it did, until just now
		return errHandle
	}
	s.freed = true
	s.engine.Close()
	return nil
}

// enterSession locks a session; the caller unlocks it.
func enterSession(h handle) (*session, error) {
	s := sessions.get(h)
	if s == nil {
		return nil, errHandle
	}
	if !s.mu.TryLock() {
		return nil, ake.ErrBusy
	}
	if s.freed {
		s.mu.Unlock()
		return nil, errHandle
	}
	return s, nil
}

// withSession runs the body of an export on a session.
func withSession(h handle, body func(*session) error) ake.Status {
	return guard(func() error {
		s, err := enterSession(h)
		if err != nil {
			return err
		}
		defer s.mu.Unlock()
		if s.broken {
			return ake.ErrInternal
		}
		var before ake.State
		if logging() {
			before = s.state()
		}
		s.broken = true // and it stays so if the body panics
		err = body(s)
		s.broken = false
		s.conclude(before, err)
		return err
	})
}

// conclude keeps the error of a call, and logs what happened.
func (s *session) conclude(before ake.State, err error) {
	status := ake.StatusOf(err)
	// A size and an absence are answers.
	answered := status == ake.Status(errBufferTooSmall) || status == ake.ErrNotFound
	if status < 0 && !answered {
		s.last = err
	}
	if !logging() {
		return
	}
	if err != nil && !answered {
		logf("session %#x, %v: %s: %v", s.handle, s.engine.Role(), statusName(status), err)
	}
	if after := s.state(); before != 0 && after != before {
		logf("session %#x, %v: %v -> %v%s", s.handle, s.engine.Role(), before, after, s.parties(after))
	}
}

// parties tells, of a run that is completed, with which of several credentials this
// side has authenticated, and who the other one is.
func (s *session) parties(state ake.State) (text string) {
	if state != ake.StateCompleted {
		return ""
	}
	if own := s.engine.OwnCredential(); own != nil {
		text = ", as " + own.Describe()
	}
	if peer := s.engine.PeerCredential(); peer != nil {
		text += ", with " + peer.Describe()
	}
	return text
}

// ended follows a call by which the host ends the run: that is no failure of the
// call, but the reason is what the host asks for later.
func (s *session) ended(err error) error {
	if err == nil {
		if reason := s.engine.LastError(); reason != nil {
			s.last = reason
		}
	}
	return err
}

// lastError is why the last call failed. Those on a session that is lent are also
// its owner's.
func (s *session) lastError() error {
	if !s.isLent() {
		return s.last
	}
	return s.engine.LastError()
}

func (s *session) state() ake.State { return s.engine.Info().State }

// onSession is withSession for exports.
func onSession(h C.uintptr_t, body func(*session) error) C.lake_status {
	return C.lake_status(withSession(handle(h), body))
}

//export lakego_session_new
func lakego_session_new(of C.uintptr_t, role C.int32_t, out *C.uintptr_t) C.lake_status {
	return onConfig(of, func(c *config) error {
		h, err := newSession(c, ake.Role(role))
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_session_free
func lakego_session_free(session C.uintptr_t) C.lake_status {
	return call(func() error { return freeSession(handle(session)) })
}

//export lakego_session_set_connection_id
func lakego_session_set_connection_id(h C.uintptr_t, id *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		if s.isLent() {
			return &ake.Error{Status: ake.ErrState, Detail: "the CoAP server or client chooses the identifier"}
		}
		return s.engine.SetConnectionID(input(id, length))
	})
}

//export lakego_session_select_suite
func lakego_session_select_suite(h C.uintptr_t, suite C.int32_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.SelectSuite(int(suite)) })
}

//export lakego_session_set_own_credential
func lakego_session_set_own_credential(h, own C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return useCredential(handle(own), func(c *credential) error {
			err := s.engine.SetOwnCredential(c.engine)
			if err == nil {
				s.keys.keep(c.key)
			}
			return err
		})
	})
}

//export lakego_session_set_userdata
func lakego_session_set_userdata(h, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onSession(h, func(s *session) error {
		return s.kept.replace(userdata{pointer, destroy}, true, func() error {
			s.userdata.Store(uintptr(pointer))
			return nil
		})
	})
}

// lakego_session_userdata also works in callbacks, and when the session is
// broken: the host may need it to clean up.
//
//export lakego_session_userdata
func lakego_session_userdata(h C.uintptr_t, pointer *C.uintptr_t) C.lake_status {
	return call(func() error {
		s := sessions.get(handle(h))
		if s == nil {
			return errHandle
		}
		*pointer = C.uintptr_t(s.userdata.Load())
		return nil
	})
}
