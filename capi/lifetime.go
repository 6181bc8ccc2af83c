package main

// #include "shim.h"
import "C"

import (
	"sync"
	"sync/atomic"
)

// userdata is a pointer of the host's, and the function that is told when nothing
// can be called with it any more.
type userdata struct {
	pointer C.uintptr_t
	destroy C.lake_destroy_fn
}

// Userdata that was let go of waits for the end of the call on its thread: there
// nothing is locked, and the host is in none of its functions.
var (
	waiting atomic.Int64 // how many in gone
	goneMu  sync.Mutex
	gone    = map[C.uintptr_t][]userdata{} // by thread
)

func (u userdata) letGo() {
	if u.destroy == nil {
		return
	}
	thread := C.lakec_thread()
	waiting.Add(1)
	goneMu.Lock()
	defer goneMu.Unlock()
	gone[thread] = append(gone[thread], u)
}

// destroyWaiting tells the host what this thread has let go of. It is the last thing
// that a call does.
func destroyWaiting() {
	if waiting.Load() == 0 || C.lakec_in_callback() != 0 {
		return
	}
	thread := C.lakec_thread()
	for {
		goneMu.Lock()
		list := gone[thread]
		delete(gone, thread)
		goneMu.Unlock()
		if len(list) == 0 {
			return
		}
		for _, u := range list {
			waiting.Add(-1)
			C.lakec_call_destroy(u.destroy, u.pointer)
		}
	}
}

// keeper has the userdata that one function of the host's is called with.
type keeper struct {
	mu   sync.Mutex
	kept userdata
}

// replace calls set, and if that succeeds keeps u in the place of what there was.
// called is whether there is a function to call with u.
func (s *keeper) replace(u userdata, called bool, set func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := set(); err != nil {
		return err
	}
	s.kept.letGo()
	s.kept = userdata{}
	if called {
		s.kept = u
	} else {
		u.letGo()
	}
	return nil
}

// empty lets go of what is kept.
func (s *keeper) empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept.letGo()
	s.kept = userdata{}
}

// lifetime counts the users of something. The last one ends it, for good.
type lifetime struct {
	users atomic.Int64
	end   func()
}

// begin is called by the first user.
func (l *lifetime) begin(end func()) {
	l.end = end
	l.users.Store(1)
}

// use reports false if the end has come.
func (l *lifetime) use() bool {
	for {
		n := l.users.Load()
		if n == 0 {
			return false
		}
		if l.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (l *lifetime) leave() {
	if l.users.Add(-1) == 0 {
		l.end()
	}
}

// hostKey is a private key that the host uses in a function.
type hostKey struct {
	lifetime
	fn       C.lake_key_fn
	userdata userdata
}

// keys are those that the credentials of a config or session need.
type keys struct {
	mu   sync.Mutex
	kept []*hostKey
}

func (k *keys) keep(key *hostKey) {
	if key == nil || !key.use() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, key)
}

func (k *keys) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.kept {
		key.leave()
	}
	k.kept = nil
}
