package main

// #include "shim.h"
import "C"

import (
	"strings"
	"unsafe"

	"github.com/liblake/lake/ake"
)

//export lakego_session_prepare_error
func lakego_session_prepare_error(h C.uintptr_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		made, err := s.engine.PrepareError()
		return putBytes(out, capacity, length, made, err)
	})
}

//export lakego_session_process_error
func lakego_session_process_error(h C.uintptr_t, in *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.ProcessError(input(in, length)) })
}

//export lakego_session_abort
func lakego_session_abort(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.ended(s.engine.Abort()) })
}

// maxErrorText bounds the text, so that hosts can have a buffer for it.
const maxErrorText = 300

//export lakego_session_error_text
func lakego_session_error_text(h C.uintptr_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return putText(out, capacity, length, errorText(s.lastError()))
	})
}

// errorText is what people are told about an error, or about none.
func errorText(err error) []byte {
	if err == nil {
		err = ake.OK
	}
	text := err.Error()
	return []byte(strings.ToValidUTF8(text[:min(len(text), maxErrorText)], "")) // the cut may be in a character
}

//export lakego_session_peer_error
func lakego_session_peer_error(h C.uintptr_t, code *C.int64_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		e := s.engine.PeerError()
		if e == nil {
			return ake.ErrNotFound
		}
		return putErrorMessage(e, nil, code, out, capacity, length)
	})
}

func putErrorMessage(e *ake.ErrorMessage, err error, code *C.int64_t, out *C.char, capacity C.size_t, length *C.size_t) error {
	if err == nil {
		err = putText(out, capacity, length, []byte(e.Text))
	}
	if err == nil {
		*code = C.int64_t(e.Code)
	}
	return err
}

//export lakego_error_build
func lakego_error_build(code C.int32_t, text *C.char, textLength C.size_t, suites *C.int32_t, n C.size_t,
	out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		if code < 1 || code > 3 {
			return ake.ErrArgument
		}
		e := ake.ErrorMessage{Code: int64(code), Text: C.GoStringN(text, C.int(textLength)), Suites: list[int64](suites, n)}
		made, err := e.Encode()
		return putBytes(out, capacity, length, made, err)
	})
}

//export lakego_error_parse
func lakego_error_parse(in *C.uint8_t, inLength C.size_t, code *C.int64_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		e, err := ake.ParseErrorMessage(input(in, inLength))
		return putErrorMessage(e, err, code, out, capacity, length)
	})
}

//export lakego_error_suites
func lakego_error_suites(in *C.uint8_t, inLength C.size_t, out *C.int64_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		e, err := ake.ParseErrorMessage(input(in, inLength))
		switch {
		case err != nil:
			return err
		case e.Code != 2:
			return ake.ErrNotFound
		}
		return put(unsafe.Pointer(out), capacity, length, e.Suites)
	})
}
