package main

// #include "shim.h"
import "C"

import "github.com/liblake/lake/ake"

// abiError is a failure that only the C ABI knows: the engine has no handles and no
// buffers of the host.
type abiError ake.Status

const (
	errHandle         = abiError(C.LAKE_ERR_HANDLE)
	errBufferTooSmall = abiError(C.LAKE_ERR_BUFFER_TOO_SMALL)
)

var errRole = &ake.Error{Status: ake.ErrArgument, Detail: "unknown role"}

func (e abiError) Error() string { return C.GoString(C.lake_strerror(C.lake_status(e))) }

// Unwrap makes ake.StatusOf work.
func (e abiError) Unwrap() error { return ake.Status(e) }

// statusName is the name of a status in C.
func statusName(status ake.Status) string {
	return C.GoString(C.lake_status_name(C.lake_status(status)))
}
