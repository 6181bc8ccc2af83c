package main

// #include "shim.h"
import "C"

import (
	"bytes"
	"fmt"
	"unsafe"

	"github.com/liblake/lake/ake"
)

// maxKeyAnswer is the room that the host's function has for a signature or an
// ECDH secret, of which the longest has 114 bytes.
const maxKeyAnswer = 256

// keyOperation asks the host for a signature or an ECDH secret. The engine calls
// it within a call on a session, which is locked meanwhile.
func keyOperation(fn C.lake_sign_fn, userdata C.uintptr_t) func(input []byte) ([]byte, error) {
	return func(input []byte) ([]byte, error) {
		var answer [maxKeyAnswer]byte
		defer clear(answer[:])
		var length C.size_t
		status := ake.Status(C.lakec_call_key(fn, userdata, (*C.uint8_t)(unsafe.SliceData(input)), C.size_t(len(input)),
			(*C.uint8_t)(&answer[0]), maxKeyAnswer, &length))
		switch {
		case status != ake.OK:
			return nil, status
		case length > maxKeyAnswer:
			return nil, fmt.Errorf("it says that it wrote %d bytes of %d", length, maxKeyAnswer)
		}
		return bytes.Clone(answer[:length]), nil
	}
}

//export lakego_credential_set_signer
func lakego_credential_set_signer(h C.uintptr_t, fn C.lake_sign_fn, userdata C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return c.SetSigner(keyOperation(fn, userdata)) })
}

//export lakego_credential_set_ecdh
func lakego_credential_set_ecdh(h C.uintptr_t, fn C.lake_ecdh_fn, userdata C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		return c.SetECDH(keyOperation(C.lake_sign_fn(fn), userdata))
	})
}

//export lakego_credential_set_external_key
func lakego_credential_set_external_key(h C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return c.SetExternalKey() })
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
