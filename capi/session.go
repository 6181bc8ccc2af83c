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
	handle   handle
	engine   *ake.Session
	userdata atomic.Uintptr // not under the lock: callbacks read it

	lent atomic.Bool // it belongs to a CoAP server or client

	mu     sync.Mutex // held by the one call that is under way; nobody waits for it
	freed  bool
	broken bool // a call panicked
	last   error
	unsent *unsent
}

// ofEngine finds the session that a callback of the engine is about.
var ofEngine sync.Map // *ake.Session -> *session

func newSession(c *config, role ake.Role) (handle, error) {
	engine, err := c.engine.NewSession(role)
	if err != nil {
		return 0, err
	}
	return addSession(engine)
}

func addSession(engine *ake.Session) (handle, error) {
	s := &session{engine: engine}
	err := s.add()
	return s.handle, err
}

// add gives a session its handle, which it has until its engine is closed.
func (s *session) add() (err error) {
	if s.handle, err = sessions.add(s); err != nil {
		return err
	}
	ofEngine.Store(s.engine, s)
	s.engine.OnClose(func() {
		sessions.remove(s.handle)
		ofEngine.Delete(s.engine)
		s.give()
	})
	return nil
}

// lentSessions is the number of sessions that are not the host's to free.
var lentSessions atomic.Int64

// give makes a session the host's, or nobody's.
func (s *session) give() {
	if s.lent.Swap(false) {
		lentSessions.Add(-1)
	}
}

// lend finds the session of an engine that belongs to a CoAP server or client, or
// makes one when the host gets to see it for the first time. It is gone when its
// owner closes the engine.
func lend(engine *ake.Session) (*session, error) {
	if found, ok := ofEngine.Load(engine); ok {
		return found.(*session), nil
	}
	s := &session{engine: engine}
	s.lent.Store(true)
	lentSessions.Add(1)
	err := s.add()
	if err != nil {
		s.give()
	}
	return s, err
}

// freeSession also frees a session that a panic has left broken.
func freeSession(h handle) error {
	s, err := enterSession(h)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.lent.Load() {
		return &ake.Error{Status: ake.ErrState, Detail: "the session belongs to a CoAP server or client"}
	}
	if sessions.get(h) == nil { // it did, until just now
		return ake.ErrHandle
	}
	s.freed = true
	return s.engine.Close()
}

// enterSession locks a session; the caller unlocks it.
func enterSession(h handle) (*session, error) {
	s := sessions.get(h)
	if s == nil {
		return nil, ake.ErrHandle
	}
	if !s.mu.TryLock() {
		return nil, ake.ErrBusy
	}
	if s.freed {
		s.mu.Unlock()
		return nil, ake.ErrHandle
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
	answered := status == ake.ErrBufferTooSmall || status == ake.ErrNotFound
	if status < 0 && !answered {
		s.last = err
	}
	if !logging() {
		return
	}
	if err != nil && !answered {
		logf("session %#x, %v: %s: %v", s.handle, s.engine.Role(), status.Name(), err)
	}
	if after := s.state(); before != 0 && after != before {
		logf("session %#x, %v: %v -> %v", s.handle, s.engine.Role(), before, after)
	}
}

// ended follows a call by which the host ends the run: that is no failure of the
// call, but the reason is what the host asks for later.
func (s *session) ended(err error) error {
	if err == nil {
		if reason, _ := s.engine.LastError(); reason != nil {
			s.last = reason
		}
	}
	return err
}

// lastError is why the last call failed. Those on a session that is lent are also
// its owner's.
func (s *session) lastError() (last, err error) {
	if !s.lent.Load() {
		return s.last, nil
	}
	reason, err := s.engine.LastError()
	if reason == nil {
		return nil, err
	}
	return reason, err
}

func (s *session) state() ake.State {
	info, _ := s.engine.Info()
	return info.State
}

// onSession is withSession for exports.
func onSession(h C.uintptr_t, body func(*session) error) C.lake_status {
	return C.lake_status(withSession(handle(h), body))
}

//export lakego_session_new
func lakego_session_new(config C.uintptr_t, role C.int32_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		c := configs.get(handle(config))
		if c == nil {
			return ake.ErrHandle
		}
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
		if s.lent.Load() {
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
		return useCredential(handle(own), func(c *credential) error { return s.engine.SetOwnCredential(c.engine) })
	})
}

//export lakego_session_set_userdata
func lakego_session_set_userdata(h, userdata C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		s.userdata.Store(uintptr(userdata))
		return nil
	})
}

// lakego_session_userdata also works in callbacks, and when the session is
// broken: the host may need it to clean up.
//
//export lakego_session_userdata
func lakego_session_userdata(h C.uintptr_t, userdata *C.uintptr_t) C.lake_status {
	return call(func() error {
		s := sessions.get(handle(h))
		if s == nil {
			return ake.ErrHandle
		}
		*userdata = C.uintptr_t(s.userdata.Load())
		return nil
	})
}
