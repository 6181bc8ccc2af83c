package main

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"

	"github.com/liblake/lake/ake"
)

// A half-open session goes when the host has what was saved, not before: so it
// is delivered within the engine's call.
//
//export lakego_session_save
func lakego_session_save(h C.uintptr_t, key *C.uint8_t, keyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		secret := input(key, keyLength)
		defer clear(secret)
		err := s.engine.SaveTo(secret, func(saved []byte) error {
			return putBytes(out, capacity, length, saved, nil)
		})
		if s.state() == ake.StateFailed {
			return s.ended(err)
		}
		return err
	})
}

//export lakego_session_restore
func lakego_session_restore(of C.uintptr_t, key *C.uint8_t, keyLength C.size_t, blob *C.uint8_t, blobLength C.size_t, out *C.uintptr_t) C.lake_status {
	return onConfig(of, func(c *config) error {
		saved, party := input(blob, blobLength), c.made
		if _, err := ake.SavedID(saved); err != nil {
			party = c.seen // what is no session freezes nothing
		}
		from, err := party()
		if err != nil {
			return err
		}
		secret := input(key, keyLength)
		defer clear(secret)
		engine, err := from.RestoreSession(secret, saved)
		if err != nil {
			return err
		}
		h, err := addSession(c, engine)
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_saved_id
func lakego_saved_id(blob *C.uint8_t, length C.size_t, out *C.uint8_t) C.lake_status {
	return call(func() error {
		id, err := ake.SavedID(input(blob, length))
		copy(unsafe.Slice((*byte)(out), C.LAKEC_SAVED_ID), id)
		return err
	})
}

// --- When to renew ---------------------------------------------------------------

//export lakego_config_set_renewal_limits
func lakego_config_set_renewal_limits(h C.uintptr_t, limits *C.struct_lake_renewal_limits) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		c.RenewalLimits = ake.RenewalLimits{
			Messages: uint64(limits.messages),
			Failures: uint64(limits.failures),
			KeyAge:   time.Duration(limits.key_age) * time.Second,
			RunAge:   time.Duration(limits.run_age) * time.Second,
			KeySets:  int(limits.key_sets),
		}
		return nil
	})
}

//export lakego_session_renewal
func lakego_session_renewal(h C.uintptr_t, sent, received, failures C.uint64_t, due *C.int32_t) C.lake_status {
	return onSession(h, func(s *session) error {
		if err := s.engine.ReportMessages(uint64(sent), uint64(received), uint64(failures)); err != nil {
			return err
		}
		*due = C.int32_t(s.engine.Usage().Advice)
		return nil
	})
}
