package coap

import (
	"fmt"

	"github.com/liblake/lake/ake"
)

// errEnded is for calls on a run that is over or does not wait for them.
var errEnded = because(ake.ErrState, "the run is over, or does not wait for this")

func because(status ake.Status, format string, args ...any) error {
	return &ake.Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...any) error {
	return because(ake.ErrMalformed, format, args...)
}

func argument(format string, args ...any) error {
	return because(ake.ErrArgument, format, args...)
}
