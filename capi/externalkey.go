package main

// #include "shim.h"
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"

	"github.com/liblake/lake/ake"
)

// maxKeyAnswer is the room that the host's function has for a signature or an
// ECDH secret, of which the longest has 114 bytes.
const maxKeyAnswer = 256

// operation makes the host do what its key is needed for. The engine calls it within
// a call on a session, which is locked meanwhile.
func (k *hostKey) operation(which C.int32_t) func(input []byte) ([]byte, error) {
	return func(input []byte) ([]byte, error) {
		if !k.use() {
			return nil, errors.New("nobody has the credential any more that the key is of")
		}
		defer k.leave()
		var answer [maxKeyAnswer]byte
		defer clear(answer[:])
		var length C.size_t
		status := ake.Status(C.lakec_call_key(k.fn, k.userdata.pointer, which, (*C.uint8_t)(unsafe.SliceData(input)),
			C.size_t(len(input)), (*C.uint8_t)(&answer[0]), maxKeyAnswer, &length))
		switch {
		case status != ake.OK:
			return nil, status
		case length > maxKeyAnswer:
			return nil, fmt.Errorf("it says that it wrote %d bytes of %d", length, maxKeyAnswer)
		}
		return bytes.Clone(answer[:length]), nil
	}
}

//export lakego_credential_set_external_key
func lakego_credential_set_external_key(h C.uintptr_t, fn C.lake_key_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return call(func() error {
		return useCredential(handle(h), func(c *credential) error {
			if err := c.engine.SetExternalKey(); err != nil {
				return err
			}
			key := &hostKey{fn: fn, userdata: userdata{pointer, destroy}}
			key.begin(func() {
				hostKeys.CompareAndDelete(c.engine, key)
				key.userdata.letGo()
			})
			var sign, agree func([]byte) ([]byte, error)
			if fn != nil {
				sign, agree = key.operation(C.LAKE_OPERATION_SIGN), key.operation(C.LAKE_OPERATION_ECDH)
			}
			// A key that cannot do one of the two does not need to.
			_, _ = c.engine.SetSigner(sign), c.engine.SetECDH(agree)
			if fn == nil {
				hostKeys.Delete(c.engine)
				c.setKey(nil)
				key.leave()
				return nil
			}
			hostKeys.Store(c.engine, key)
			c.setKey(key)
			return nil
		})
	})
}

//export lakego_session_key_question
func lakego_session_key_question(h C.uintptr_t, pending *C.lake_status, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		status, input := s.engine.KeyQuestion()
		err := putFound(out, capacity, length, input)
		if err == nil {
			*pending = C.lake_status(status)
		}
		return err
	})
}

//export lakego_session_answer_key
func lakego_session_answer_key(h C.uintptr_t, answer *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		secret := input(answer, length)
		defer clear(secret)
		return s.engine.AnswerKey(secret)
	})
}
