package main

// #include "shim.h"
import "C"

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// logger is the host's. It is called with nothing locked but the session that
// the line is about, so that it may call any function.
type logger struct {
	fn       C.lake_log_fn
	userdata C.uintptr_t
	calls    sync.RWMutex // held to read by who is in fn
}

var (
	currentLogger atomic.Pointer[logger]

	formerMu sync.Mutex
	former   []*logger // somebody may still be in these
)

// lakego_set_log returns when nobody is in a former function any more: the host can
// free what those use. Only from within fn it does not wait, which could be for
// itself, or for another that waits, too.
//
//export lakego_set_log
func lakego_set_log(fn C.lake_log_fn, userdata C.uintptr_t) C.lake_status {
	return call(func() error {
		var next *logger
		if fn != nil {
			next = &logger{fn: fn, userdata: userdata}
		}
		formerMu.Lock()
		if old := currentLogger.Swap(next); old != nil {
			former = append(former, old)
		}
		waitFor := slices.Clone(former)
		formerMu.Unlock()
		if C.lakec_in_log() != 0 {
			return nil
		}
		for _, l := range waitFor {
			l.calls.Lock()
			//lint:ignore SA2001 who comes later sees that it is not the current one
			l.calls.Unlock()
		}
		formerMu.Lock()
		former = slices.DeleteFunc(former, func(l *logger) bool { return slices.Contains(waitFor, l) })
		formerMu.Unlock()
		return nil
	})
}

func logging() bool { return currentLogger.Load() != nil }

// logf sends one line to the host, if it wants any. No argument may be a secret.
// A host that calls liblake in its function gets no lines about that: they could go
// on for ever.
func logf(format string, args ...any) {
	if !logging() || C.lakec_in_log() != 0 {
		return
	}
	line := append(fmt.Appendf(nil, format, args...), 0)
	for to := currentLogger.Load(); to != nil; to = currentLogger.Load() {
		if to.call((*C.char)(unsafe.Pointer(&line[0]))) {
			return
		}
	}
}

// call reports whether the logger was still the one to be called.
func (l *logger) call(line *C.char) bool {
	l.calls.RLock()
	defer l.calls.RUnlock()
	if currentLogger.Load() != l {
		return false
	}
	C.lakec_call_log(l.fn, l.userdata, line)
	return true
}
