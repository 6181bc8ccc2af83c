package main

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/liblake/lake/ake"
)

// resolver asks the host for a peer's credential. The engine calls it within a
// call on the session, which is locked meanwhile.
func resolver(fn C.lake_credential_fn, userdata C.uintptr_t) ake.Resolver {
	if fn == nil {
		return nil
	}
	return func(engine *ake.Session, idCred []byte) ([]*ake.Credential, error) {
		var answer C.uintptr_t
		status := ake.Status(C.lakec_call_credential(fn, userdata, handleOf(engine),
			(*C.uint8_t)(unsafe.SliceData(idCred)), C.size_t(len(idCred)), &answer))
		// The reference is ours now, whatever the status says.
		found, err := releaseCredential(handle(answer))
		switch {
		case status != ake.OK:
			return nil, status
		case err != nil:
			return nil, err
		}
		return []*ake.Credential{found}, nil
	}
}

// eadHandler asks the host whether it understands an EAD item.
func eadHandler(fn C.lake_ead_fn, userdata C.uintptr_t) ake.EADHandler {
	if fn == nil {
		return nil
	}
	return func(engine *ake.Session, message int, item ake.EADItem) error {
		// An empty value is not NULL, which means none.
		value := item.Value
		if value != nil && len(value) == 0 {
			value = make([]byte, 1)
		}
		which := C.int32_t(message)
		if item.Unverified {
			which |= C.LAKE_EAD_UNVERIFIED
		}
		status := ake.Status(C.lakec_call_ead(fn, userdata, handleOf(engine), which, C.int64_t(item.Label),
			(*C.uint8_t)(unsafe.SliceData(value)), C.size_t(len(item.Value))))
		if status == ake.OK {
			return nil
		}
		return status
	}
}

// verifier asks the host for its last word on a peer. The credential has a handle
// for the time of the call, with one reference of the library's: the host can
// retain it, and what it frees too often is stale, not gone.
func verifier(fn C.lake_verify_fn, userdata C.uintptr_t) ake.Verifier {
	if fn == nil {
		return nil
	}
	return func(engine *ake.Session, peer *ake.Credential) error {
		h, err := newCredential(peer)
		if err != nil {
			return err
		}
		defer releaseCredential(h)
		status := ake.Status(C.lakec_call_verify(fn, userdata, handleOf(engine), C.uintptr_t(h)))
		if status == ake.OK {
			return nil
		}
		return status
	}
}

// keyLog gives the host secrets of runs. The text has no place for the zero at its end,
// and no copy of it may stay behind.
func keyLog(fn C.lake_keylog_fn, userdata C.uintptr_t) func(text []byte) {
	if fn == nil {
		return nil
	}
	return func(text []byte) {
		line := make([]byte, len(text)+1)
		defer clear(line)
		copy(line, text)
		C.lakec_call_keylog(fn, userdata, (*C.char)(unsafe.Pointer(&line[0])))
	}
}

// handleOf returns the handle of a session that the host is asked about, 0 if there
// is none left to give.
func handleOf(engine *ake.Session) C.uintptr_t {
	h, err := lend(engine).name()
	if err != nil {
		return 0
	}
	return C.uintptr_t(h)
}
