package main

// #include "shim.h"
import "C"

import (
	"bytes"
	"time"

	"github.com/liblake/lake/ake"
)

// The engine's store is what stands behind a lake_resumption. It has a lock of
// its own.

func onResumption(h C.uintptr_t, body func(*ake.ResumptionStore) error) C.lake_status {
	return call(func() error {
		store := resumptions.get(handle(h))
		if store == nil {
			return errHandle
		}
		return body(store)
	})
}

// withResumption runs body on a session with a store. The session comes first:
// its error text tells what went wrong.
func withResumption(h, of C.uintptr_t, body func(*ake.Session, *ake.ResumptionStore) error) C.lake_status {
	return onSession(h, func(s *session) error {
		store := resumptions.get(handle(of))
		if store == nil {
			return errHandle
		}
		return body(s.engine, store)
	})
}

// giveResumption gives the host a handle of a store.
func giveResumption(out *C.uintptr_t, store *ake.ResumptionStore, err error) error {
	if err != nil {
		return err
	}
	h, err := resumptions.add(store)
	if err == nil {
		*out = C.uintptr_t(h)
	}
	return err
}

//export lakego_resumption_new
func lakego_resumption_new(options *C.struct_lake_resumption_options, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		store, err := ake.NewResumptionStore(int(options.limit), time.Duration(options.lifetime)*time.Second)
		if err == nil {
			err = setResumption(store, options)
		}
		return giveResumption(out, store, err)
	})
}

// setResumption sets what the options say of the keys to come.
func setResumption(store *ake.ResumptionStore, options *C.struct_lake_resumption_options) error {
	if options.kid_length > 0 {
		if err := store.SetKIDLength(int(options.kid_length)); err != nil {
			return err
		}
	}
	if options.chain_limit > 0 {
		return store.SetChainLimit(time.Duration(options.chain_limit) * time.Second)
	}
	return nil
}

//export lakego_resumption_free
func lakego_resumption_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		if !resumptions.remove(handle(h)) {
			return errHandle
		}
		return nil
	})
}

//export lakego_resumption_keep
func lakego_resumption_keep(h, session C.uintptr_t) C.lake_status {
	return withResumption(session, h, func(s *ake.Session, store *ake.ResumptionStore) error { return store.Keep(s) })
}

//export lakego_resumption_confirm
func lakego_resumption_confirm(h, session C.uintptr_t) C.lake_status {
	return withResumption(session, h, func(s *ake.Session, store *ake.ResumptionStore) error { return store.Confirm(s) })
}

//export lakego_resumption_forget
func lakego_resumption_forget(h C.uintptr_t, which C.int32_t, value *C.uint8_t, length C.size_t,
	serial *C.uint8_t, serialLength C.size_t, count *C.size_t) C.lake_status {
	return onResumption(h, func(store *ake.ResumptionStore) error {
		wanted, number := input(value, length), bytes.TrimLeft(input(serial, serialLength), "\x00")
		if which == C.LAKE_DATA_CRED {
			*count = C.size_t(store.Forget(wanted))
			return nil
		}
		*count = C.size_t(store.ForgetWhere(func(id ake.Identity) bool {
			return bytes.Equal(data(id, which), wanted) && (which != C.LAKE_DATA_ISSUER || bytes.Equal(id.Serial, number))
		}))
		return nil
	})
}

//export lakego_resumption_count
func lakego_resumption_count(h C.uintptr_t, count *C.size_t) C.lake_status {
	return onResumption(h, func(store *ake.ResumptionStore) error {
		*count = C.size_t(store.Len())
		return nil
	})
}

//export lakego_resumption_save
func lakego_resumption_save(h C.uintptr_t, key *C.uint8_t, keyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onResumption(h, func(store *ake.ResumptionStore) error {
		secret := input(key, keyLength)
		defer clear(secret)
		saved, err := store.Save(secret)
		return putBytes(out, capacity, length, saved, err)
	})
}

//export lakego_resumption_load
func lakego_resumption_load(key *C.uint8_t, keyLength C.size_t, blob *C.uint8_t, blobLength C.size_t,
	options *C.struct_lake_resumption_options, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		secret := input(key, keyLength)
		defer clear(secret)
		store, err := ake.LoadResumptionStore(secret, input(blob, blobLength))
		if err == nil {
			err = setResumption(store, options)
		}
		return giveResumption(out, store, err)
	})
}

//export lakego_config_set_resumption
func lakego_config_set_resumption(h, store C.uintptr_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		if c.ResumptionStore = resumptions.get(handle(store)); c.ResumptionStore == nil {
			return errHandle
		}
		return nil
	})
}

//export lakego_session_use_resumption
func lakego_session_use_resumption(h, store C.uintptr_t, credR *C.uint8_t, length C.size_t) C.lake_status {
	return withResumption(h, store, func(s *ake.Session, store *ake.ResumptionStore) error {
		return s.UseResumption(store, input(credR, length))
	})
}

//export lakego_session_fall_back
func lakego_session_fall_back(h C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.FallBack() })
}

//export lakego_session_resumption_credential
func lakego_session_resumption_credential(h C.uintptr_t, kidLength C.size_t, out *C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		made, err := s.engine.ResumptionCredential(int(kidLength))
		return giveCredential(out, made, err)
	})
}
