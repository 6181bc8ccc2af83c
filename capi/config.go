package main

// #include "shim.h"
import "C"

import (
	"time"

	"github.com/liblake/lake/ake"
)

// config is what stands behind a lake_config. The engine's has a lock of its own.
type config struct {
	engine *ake.Config
}

func onConfig(h C.uintptr_t, body func(*ake.Config) error) C.lake_status {
	return call(func() error {
		c := configs.get(handle(h))
		if c == nil {
			return ake.ErrHandle
		}
		return body(c.engine)
	})
}

//export lakego_config_new
func lakego_config_new(out *C.uintptr_t) C.lake_status {
	return call(func() error {
		h, err := configs.add(&config{ake.NewConfig()})
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_config_free
func lakego_config_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		if !configs.remove(handle(h)) {
			return ake.ErrHandle
		}
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
	return onConfig(h, func(c *ake.Config) error {
		return useCredential(handle(own), func(own *credential) error { return c.AddOwnCredential(own.engine) })
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

//export lakego_config_set_peer_policy
func lakego_config_set_peer_policy(h C.uintptr_t, policy C.int32_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetPeerPolicy(ake.PeerPolicy(policy)) })
}

//export lakego_config_set_credential_callback
func lakego_config_set_credential_callback(h C.uintptr_t, fn C.lake_credential_fn, userdata C.uintptr_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetResolver(resolver(fn, userdata)) })
}

//export lakego_config_set_ead_callback
func lakego_config_set_ead_callback(h C.uintptr_t, fn C.lake_ead_fn, userdata C.uintptr_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetEADHandler(eadHandler(fn, userdata)) })
}

//export lakego_config_set_ead_labels
func lakego_config_set_ead_labels(h C.uintptr_t, labels *C.int64_t, n C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetEADLabels(list[int64](labels, n)...) })
}

//export lakego_config_set_early_ead_labels
func lakego_config_set_early_ead_labels(h C.uintptr_t, labels *C.int64_t, n C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetEarlyEADLabels(list[int64](labels, n)...) })
}

//export lakego_config_set_pull
func lakego_config_set_pull(h C.uintptr_t, questions C.uint32_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetPull(ake.Pull(questions)) })
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

//export lakego_config_require_message_4
func lakego_config_require_message_4(h C.uintptr_t, required C.int32_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.RequireMessage4(required != 0) })
}

//export lakego_config_set_exchange_lifetime
func lakego_config_set_exchange_lifetime(h C.uintptr_t, lifetime C.uint64_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.SetExchangeLifetime(time.Duration(lifetime) * time.Second) })
}
