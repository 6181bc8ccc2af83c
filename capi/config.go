package main

// #include "shim.h"
import "C"

import "github.com/liblake/lake/ake"

// config is what stands behind a lake_config. The engine's has a lock of its own.
type config struct {
	engine *ake.Config

	lifetime // its handle uses it, its sessions, and CoAP servers and clients that have it
	keys     keys

	resolver, eadHandler, verifier keeper
}

func newConfig() *config {
	c := &config{engine: ake.NewConfig()}
	c.begin(func() {
		for _, s := range []*keeper{&c.resolver, &c.eadHandler, &c.verifier} {
			s.empty()
		}
		c.keys.leave()
	})
	return c
}

// useConfig finds the config of a handle; the caller leaves it.
func useConfig(h C.uintptr_t) (*config, error) {
	c := configs.get(handle(h))
	if c == nil || !c.use() {
		return nil, ake.ErrHandle
	}
	return c, nil
}

func withConfig(h C.uintptr_t, body func(*config) error) C.lake_status {
	return call(func() error {
		c, err := useConfig(h)
		if err != nil {
			return err
		}
		defer c.leave()
		return body(c)
	})
}

func onConfig(h C.uintptr_t, body func(*ake.Config) error) C.lake_status {
	return withConfig(h, func(c *config) error { return body(c.engine) })
}

//export lakego_config_new
func lakego_config_new(out *C.uintptr_t) C.lake_status {
	return call(func() error {
		h, err := configs.add(newConfig())
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_config_free
func lakego_config_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		c := configs.get(handle(h))
		if c == nil || !configs.remove(handle(h)) {
			return ake.ErrHandle
		}
		c.leave()
		return nil
	})
}

//export lakego_config_set_suites
func lakego_config_set_suites(h C.uintptr_t, suites *C.int32_t, n C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetSuites(list[int](suites, n)...) })
}

//export lakego_config_set_methods
func lakego_config_set_methods(h C.uintptr_t, methods *C.int32_t, n C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetMethods(list[ake.Method](methods, n)...) })
}

//export lakego_config_add_own_credential
func lakego_config_add_own_credential(h, own C.uintptr_t) C.lake_status {
	return withConfig(h, func(c *config) error {
		return useCredential(handle(own), func(own *credential) error {
			err := c.engine.AddOwnCredential(own.engine)
			if err == nil {
				c.keys.keep(own.key)
			}
			return err
		})
	})
}

//export lakego_config_add_peer_credential
func lakego_config_add_peer_credential(h, peer C.uintptr_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		return useCredential(handle(peer), func(peer *credential) error { return c.AddPeerCredential(peer.engine) })
	})
}

//export lakego_config_add_psk
func lakego_config_add_psk(h C.uintptr_t, role C.int32_t, psk C.uintptr_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		return useCredential(handle(psk), func(psk *credential) error { return c.AddPSK(ake.Role(role), psk.engine) })
	})
}

//export lakego_config_set_credential_callback
func lakego_config_set_credential_callback(h C.uintptr_t, fn C.lake_credential_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return withConfig(h, func(c *config) error {
		return c.resolver.replace(userdata{pointer, destroy}, fn != nil, func() error { return c.engine.SetResolver(resolver(fn, pointer)) })
	})
}

//export lakego_config_set_ead_callback
func lakego_config_set_ead_callback(h C.uintptr_t, fn C.lake_ead_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return withConfig(h, func(c *config) error {
		return c.eadHandler.replace(userdata{pointer, destroy}, fn != nil, func() error { return c.engine.SetEADHandler(eadHandler(fn, pointer)) })
	})
}

//export lakego_config_set_ead_labels
func lakego_config_set_ead_labels(h C.uintptr_t, use C.uint32_t, labels *C.int64_t, n C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		if use&C.LAKE_EAD_UNDERSTOOD != 0 {
			if err := c.SetEADLabels(list[int64](labels, n)...); err != nil {
				return err
			}
		}
		if use&C.LAKE_EAD_EARLY != 0 {
			return c.SetEarlyEADLabels(list[int64](labels, n)...)
		}
		return nil
	})
}

//export lakego_config_set_limits
func lakego_config_set_limits(h C.uintptr_t, limits *C.struct_lake_limits) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		for _, limit := range []C.uint32_t{limits.message_size, limits.connection_id, limits.ead_items, limits.candidates, limits.chain} {
			if limit > C.LAKEC_MAX_INPUT { // an int of 32 bits would be negative
				return ake.ErrArgument
			}
		}
		return c.SetLimits(ake.Limits{
			MessageSize:  int(limits.message_size),
			ConnectionID: int(limits.connection_id),
			EADItems:     int(limits.ead_items),
			Candidates:   int(limits.candidates),
			Chain:        int(limits.chain),
		})
	})
}
