//go:build laketest

package main

// #include "shim.h"
import "C"

import "github.com/liblake/lake/ake"

//export lakego_test_set_ephemeral
func lakego_test_set_ephemeral(h C.uintptr_t, key *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.TestSetEphemeral(input(key, length)) })
}

//export lakego_test_set_suites_i
func lakego_test_set_suites_i(h C.uintptr_t, suites *C.int64_t, n C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.TestSetSuitesI(list[int64](suites, n)) })
}

//export lakego_test_ead_add
func lakego_test_ead_add(h C.uintptr_t, message C.int32_t, label C.int64_t, value *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return s.engine.TestAddEAD(int(message), eadItem(label, value, length))
	})
}

//export lakego_test_sign_deterministically
func lakego_test_sign_deterministically(h C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return c.TestSignDeterministically() })
}
