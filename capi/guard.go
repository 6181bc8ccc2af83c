package main

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/liblake/lake/ake"
)

// guard runs the body of an export. No panic passes it: that would end the
// process of the host.
func guard(body func() error) (status ake.Status) {
	defer destroyWaiting()
	defer func() {
		if v := recover(); v != nil {
			logf("%s: %s", statusName(ake.ErrInternal), describePanic(v))
			status = ake.ErrInternal
		}
	}()
	return ake.StatusOf(body())
}

// call is guard for exports that have no session, whose error text would tell
// more than the status does: the log tells it.
func call(body func() error) C.lake_status {
	return C.lake_status(guard(func() error {
		err := body()
		var detailed *ake.Error
		if errors.As(err, &detailed) && detailed.Detail != "" {
			logf("%s: %v", statusName(detailed.Status), err)
		}
		return err
	}))
}

// describePanic says what type of value was thrown, and where. The value itself
// stays unsaid: it may quote what was being worked on.
func describePanic(v any) string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	thrown := false
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if strings.HasPrefix(frame.Function, "runtime.") {
			thrown = true // gopanic, and what calls it when code is at fault
		} else if thrown {
			return fmt.Sprintf("panic with a %T in %s, line %d", v, frame.Function, frame.Line)
		}
	}
	return fmt.Sprintf("panic with a %T", v)
}
