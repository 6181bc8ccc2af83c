package main

// #include "shim.h"
import "C"

import (
	"bytes"
	"unsafe"

	"github.com/liblake/lake/ake"
)

// unsent is what a step made and the host's buffer could not take. The next step
// delivers it, unless another call has moved the session on.
type unsent struct {
	state   ake.State
	in, out []byte
}

var preparers = [...]func(*ake.Session) ([]byte, error){
	(*ake.Session).PrepareMessage1, (*ake.Session).PrepareMessage2,
	(*ake.Session).PrepareMessage3, (*ake.Session).PrepareMessage4,
}

var processors = [...]func(*ake.Session, []byte) error{
	(*ake.Session).ProcessMessage1, (*ake.Session).ProcessMessage2,
	(*ake.Session).ProcessMessage3, (*ake.Session).ProcessMessage4,
}

//export lakego_session_prepare_message
func lakego_session_prepare_message(h C.uintptr_t, message C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		made, err := preparers[message-1](s.engine)
		if err == nil {
			s.unsent = nil // this is it, if there is any
		}
		return putBytes(out, capacity, length, made, err)
	})
}

//export lakego_session_process_message
func lakego_session_process_message(h C.uintptr_t, message C.int32_t, in *C.uint8_t, inLength C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return processors[message-1](s.engine, input(in, inLength)) })
}

//export lakego_session_step
func lakego_session_step(h C.uintptr_t, in *C.uint8_t, inLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		err := s.step(input(in, inLength), func(reply []byte) error {
			return put(unsafe.Pointer(out), capacity, length, reply)
		})
		if err != errBufferTooSmall && *length > capacity {
			*length = 0 // an error message that does not fit: it can be had by its own function
		}
		return err
	})
}

// step is the engine's step, but for what was made before and not delivered.
func (s *session) step(in []byte, deliver func(reply []byte) error) error {
	made := s.unsent
	if made == nil || made.state != s.state() {
		s.unsent = nil
		reply, err := s.engine.Step(in)
		if err != nil {
			_ = deliver(reply) // the error says more
			return err
		}
		made = &unsent{s.state(), in, reply}
	} else if len(in) > 0 && !bytes.Equal(in, made.in) {
		return &ake.Error{Status: ake.ErrState, Detail: "the output of the step before was not fetched"}
	}
	s.unsent = made
	err := deliver(made.out)
	if err == nil {
		s.unsent = nil
	}
	return err
}

//export lakego_session_continue
func lakego_session_continue(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.Continue() })
}

//export lakego_session_complete_without_message_4
func lakego_session_complete_without_message_4(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.CompleteWithoutMessage4() })
}

//export lakego_session_peer_proved
func lakego_session_peer_proved(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.PeerProved() })
}

//export lakego_session_restart
func lakego_session_restart(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.Restart() })
}
