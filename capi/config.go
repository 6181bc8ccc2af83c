package main

// #include "shim.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/liblake/lake/ake"
)

// config is what stands behind a lake_config: what the host has set so far, and what is
// made of it for the first session. From then on nothing can be set.
type config struct {
	now   atomic.Pointer[time.Time] // nil: the clock of the system
	party atomic.Pointer[ake.Party]

	lifetime // its handle uses it, its sessions, and CoAP servers and clients that have it
	keys     keys

	resolver, eadHandler, verifier, keyLog keeper

	mu    sync.Mutex // of what follows, and held while the party is made
	set   ake.Config
	lists [][]*ake.CRL // in the order in which they came: one may revoke who signed the next
}

func newConfig() *config {
	c := &config{}
	c.set.Clock = c.time
	c.begin(func() {
		for _, s := range []*keeper{&c.resolver, &c.eadHandler, &c.verifier, &c.keyLog} {
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
		return nil, errHandle
	}
	return c, nil
}

func (c *config) time() time.Time {
	if set := c.now.Load(); set != nil {
		return *set
	}
	return time.Now()
}

// made is what sessions are made from, always the same.
func (c *config) made() (*ake.Party, error) {
	if party := c.party.Load(); party != nil {
		return party, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	party, err := c.latest()
	if err == nil {
		c.party.Store(party)
	}
	return party, err
}

// seen is the party, or what it would be by now, for who makes no session.
func (c *config) seen() (*ake.Party, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latest()
}

func (c *config) latest() (*ake.Party, error) {
	if party := c.party.Load(); party != nil {
		return party, nil
	}
	return c.of(c.set)
}

// of makes a party of a Config, with the lists.
func (c *config) of(set ake.Config) (*ake.Party, error) {
	party, err := ake.NewParty(set)
	for _, lists := range c.lists {
		if err == nil {
			err = party.AddCRLs(lists...)
		}
	}
	return party, err
}

// issuers is a party that only judges certificates, whatever the policy.
func (c *config) issuers() (*ake.Party, error) {
	if party := c.party.Load(); party != nil {
		return party, nil
	}
	set := c.set
	set.Policy = ake.PolicyX509
	return c.of(set)
}

// change sets something. That is checked at once, alone: with the rest when the first
// session is made.
func (c *config) change(set func(*ake.Config) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.party.Load() != nil {
		return ake.ErrFrozen
	}
	alone := ake.Config{Policy: ake.PolicyX509} // which has a use for all there is
	if err := set(&alone); err != nil {
		return err
	}
	if _, err := ake.NewParty(alone); err != nil {
		return err
	}
	return set(&c.set)
}

func onConfig(h C.uintptr_t, body func(*config) error) C.lake_status {
	return call(func() error {
		c, err := useConfig(h)
		if err != nil {
			return err
		}
		defer c.leave()
		return body(c)
	})
}

// setConfig runs a function that sets something in a config.
func setConfig(h C.uintptr_t, set func(*ake.Config) error) C.lake_status {
	return onConfig(h, func(c *config) error { return c.change(set) })
}

// setCredential is setConfig for a credential.
func setCredential(h, of C.uintptr_t, set func(*ake.Config, *ake.Credential)) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		return useCredential(handle(of), func(found *credential) error {
			set(c, found.engine)
			return nil
		})
	})
}

// empty is the error for a list in which something has to be.
func empty(n int, what string) error {
	if n == 0 {
		return &ake.Error{Status: ake.ErrArgument, Detail: "no " + what}
	}
	return nil
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
			return errHandle
		}
		c.leave()
		return nil
	})
}

//export lakego_config_set_suites
func lakego_config_set_suites(h C.uintptr_t, suites *C.int32_t, n C.size_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		c.Suites = list[int](suites, n)
		return empty(len(c.Suites), "cipher suite")
	})
}

//export lakego_config_set_methods
func lakego_config_set_methods(h C.uintptr_t, methods *C.int32_t, n C.size_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		c.Methods = list[ake.Method](methods, n)
		return empty(len(c.Methods), "method")
	})
}

//export lakego_config_add_own_credential
func lakego_config_add_own_credential(h, own C.uintptr_t) C.lake_status {
	return onConfig(h, func(c *config) error {
		return useCredential(handle(own), func(own *credential) error {
			err := c.change(func(c *ake.Config) error {
				c.Own = append(c.Own, own.engine)
				return nil
			})
			if err == nil {
				c.keys.keep(own.key)
			}
			return err
		})
	})
}

//export lakego_config_add_peer_credential
func lakego_config_add_peer_credential(h, peer C.uintptr_t) C.lake_status {
	return setCredential(h, peer, func(c *ake.Config, peer *ake.Credential) { c.Peers = append(c.Peers, peer) })
}

//export lakego_config_add_psk
func lakego_config_add_psk(h C.uintptr_t, role C.int32_t, psk C.uintptr_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		return useCredential(handle(psk), func(psk *credential) error {
			switch ake.Role(role) {
			case ake.Initiator:
				c.InitiatorPSKs = append(c.InitiatorPSKs, psk.engine)
			case ake.Responder:
				c.ResponderPSKs = append(c.ResponderPSKs, psk.engine)
			default:
				return errRole
			}
			return nil
		})
	})
}

//export lakego_config_set_credential_callback
func lakego_config_set_credential_callback(h C.uintptr_t, fn C.lake_credential_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onConfig(h, func(c *config) error {
		return c.resolver.replace(userdata{pointer, destroy}, fn != nil, func() error {
			return c.change(func(c *ake.Config) error {
				c.Resolver = resolver(fn, pointer)
				return nil
			})
		})
	})
}

//export lakego_config_set_ead_callback
func lakego_config_set_ead_callback(h C.uintptr_t, fn C.lake_ead_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onConfig(h, func(c *config) error {
		return c.eadHandler.replace(userdata{pointer, destroy}, fn != nil, func() error {
			return c.change(func(c *ake.Config) error {
				c.EADHandler = eadHandler(fn, pointer)
				return nil
			})
		})
	})
}

//export lakego_config_set_keylog
func lakego_config_set_keylog(h C.uintptr_t, fn C.lake_keylog_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onConfig(h, func(c *config) error {
		return c.keyLog.replace(userdata{pointer, destroy}, fn != nil, func() error {
			return c.change(func(c *ake.Config) error {
				c.KeyLog = keyLog(fn, pointer)
				return nil
			})
		})
	})
}

//export lakego_config_set_ead_labels
func lakego_config_set_ead_labels(h C.uintptr_t, use C.uint32_t, labels *C.int64_t, n C.size_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		if use&C.LAKE_EAD_UNDERSTOOD != 0 {
			c.EADLabels = list[int64](labels, n)
		}
		if use&C.LAKE_EAD_EARLY != 0 {
			c.EarlyEADLabels = list[int64](labels, n)
		}
		return nil
	})
}

//export lakego_config_set_limits
func lakego_config_set_limits(h C.uintptr_t, limits *C.struct_lake_limits) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		for _, limit := range []C.uint32_t{limits.message_size, limits.connection_id, limits.ead_items, limits.candidates, limits.chain} {
			if limit > C.LAKEC_MAX_INPUT { // an int of 32 bits would be negative
				return ake.ErrArgument
			}
		}
		c.Limits = ake.Limits{
			MessageSize:  int(limits.message_size),
			ConnectionID: int(limits.connection_id),
			EADItems:     int(limits.ead_items),
			Candidates:   int(limits.candidates),
			Chain:        int(limits.chain),
		}
		return nil
	})
}
