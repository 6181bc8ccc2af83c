//go:build laketest

package main

// #include "shim.h"
import "C"

import (
	"runtime"
	"runtime/metrics"

	"github.com/liblake/lake/ake"
)

//export lakego_test_set_ephemeral
func lakego_test_set_ephemeral(h C.uintptr_t, key *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		secret := input(key, length)
		defer clear(secret)
		return s.engine.TestSetEphemeral(secret)
	})
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

// lakego_test_collect ends when nothing that nobody has is left. That takes several
// collections: finalizers, and the standard library's caches of keys, let go of
// what they have after the first.
//
//export lakego_test_collect
func lakego_test_collect() C.lake_status {
	return call(func() error {
		for range 4 {
			runtime.GC()
			for finalizersWait() {
				runtime.Gosched()
			}
		}
		return nil
	})
}

// finalizersWait reports whether finalizers or cleanups still have to run.
func finalizersWait() bool {
	samples := []metrics.Sample{
		{Name: "/gc/finalizers/queued:finalizers"}, {Name: "/gc/finalizers/executed:finalizers"},
		{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"},
	}
	metrics.Read(samples)
	return samples[0].Value.Uint64() != samples[1].Value.Uint64() || samples[2].Value.Uint64() != samples[3].Value.Uint64()
}
