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
	fn       C.lake_log_fn
	userdata C.uintptr_t
}

var currentLogger atomic.Pointer[logger]

//export lakego_set_log
func lakego_set_log(fn C.lake_log_fn, userdata C.uintptr_t) C.lake_status {
	return call(func() error {
		if fn == nil {
			currentLogger.Store(nil)
		} else {
			currentLogger.Store(&logger{fn, userdata})
		}
		return nil
	})
}

func logging() bool { return currentLogger.Load() != nil }

// logf sends one line to the host, if it wants any. No argument may be a secret.
func logf(format string, args ...any) {
	to := currentLogger.Load()
	if to == nil {
		return
	}
	line := append(fmt.Appendf(nil, format, args...), 0)
	C.lakec_call_log(to.fn, to.userdata, (*C.char)(unsafe.Pointer(&line[0])))
}
