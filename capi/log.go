package main

// #include "shim.h"
import "C"

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// logger is the host's. It is called with nothing locked but the session that
// the line is about, so that it may call any function.
type logger struct {
	lifetime // used by the library while it is the current one, and by who is in fn
	fn       C.lake_log_fn
	userdata userdata
}

var currentLogger atomic.Pointer[logger]

//export lakego_set_log
func lakego_set_log(fn C.lake_log_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return call(func() error {
		next := &logger{fn: fn, userdata: userdata{pointer, destroy}}
		next.begin(next.userdata.letGo)
		if fn == nil {
			next.leave()
			next = nil
		}
		if old := currentLogger.Swap(next); old != nil {
			old.leave()
		}
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
	if !l.use() {
		return false
	}
	defer l.leave()
	if currentLogger.Load() != l {
		return false
	}
	C.lakec_call_log(l.fn, l.userdata.pointer, line)
	return true
}
