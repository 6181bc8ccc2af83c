package main

// #include "shim.h"
import "C"

import (
	"time"

	"github.com/liblake/lake/ake"
)

//export lakego_config_add_trust_anchor
func lakego_config_add_trust_anchor(h, certificate C.uintptr_t) C.lake_status {
	return setCredential(h, certificate, func(c *ake.Config, anchor *ake.Credential) {
		c.TrustAnchors = append(c.TrustAnchors, anchor)
	})
}

//export lakego_config_add_intermediate
func lakego_config_add_intermediate(h, certificate C.uintptr_t) C.lake_status {
	return setCredential(h, certificate, func(c *ake.Config, intermediate *ake.Credential) {
		c.Intermediates = append(c.Intermediates, intermediate)
	})
}

//export lakego_config_add_cwt_issuer
func lakego_config_add_cwt_issuer(h, issuer C.uintptr_t, name *C.char, length C.size_t) C.lake_status {
	return setCredential(h, issuer, func(c *ake.Config, issuer *ake.Credential) {
		c.CWTIssuers = append(c.CWTIssuers, ake.CWTIssuer{Credential: issuer, Name: C.GoStringN(name, C.int(length))})
	})
}

//export lakego_config_set_time
func lakego_config_set_time(h C.uintptr_t, now C.int64_t) C.lake_status {
	return onConfig(h, func(c *config) error {
		if now == 0 {
			c.now.Store(nil)
			return nil
		}
		set := time.Unix(int64(now), 0)
		c.now.Store(&set)
		return nil
	})
}

//export lakego_config_require_key_purpose
func lakego_config_require_key_purpose(h C.uintptr_t, role C.int32_t, oid *C.char, length C.size_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		purpose := C.GoStringN(oid, C.int(length))
		switch ake.Role(role) {
		case ake.Initiator:
			c.InitiatorKeyPurpose = purpose
		case ake.Responder:
			c.ResponderKeyPurpose = purpose
		default:
			return errRole
		}
		return nil
	})
}

//export lakego_config_add_crl
func lakego_config_add_crl(h C.uintptr_t, file *C.uint8_t, length C.size_t) C.lake_status {
	return onConfig(h, func(c *config) error {
		lists, err := ake.ParseCRLs(input(file, length))
		if err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		issuers, err := c.issuers()
		if err == nil {
			err = issuers.AddCRLs(lists...)
		}
		if err == nil && c.party.Load() == nil {
			c.lists = append(c.lists, lists)
		}
		return err
	})
}

//export lakego_config_allow_peer
func lakego_config_allow_peer(h C.uintptr_t, kind C.int32_t, name *C.char, length C.size_t) C.lake_status {
	return setConfig(h, func(c *ake.Config) error {
		c.AllowedPeers = append(c.AllowedPeers, ake.PeerName{Kind: ake.NameKind(kind), Text: C.GoStringN(name, C.int(length))})
		return nil
	})
}

//export lakego_config_set_verify_callback
func lakego_config_set_verify_callback(h C.uintptr_t, fn C.lake_verify_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onConfig(h, func(c *config) error {
		return c.verifier.replace(userdata{pointer, destroy}, fn != nil, func() error {
			return c.change(func(c *ake.Config) error {
				c.Verifier = verifier(fn, pointer)
				return nil
			})
		})
	})
}

//export lakego_config_verify_credential
func lakego_config_verify_credential(h, of C.uintptr_t, signs C.int32_t) C.lake_status {
	return onConfig(h, func(c *config) error {
		return useCredential(handle(of), func(found *credential) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			issuers, err := c.issuers()
			if err != nil {
				return err
			}
			return issuers.VerifyCredential(found.engine, signs != 0)
		})
	})
}
