package main

// #include "shim.h"
import "C"

import (
	"time"

	"github.com/liblake/lake/ake"
)

// onIssuer runs a function that adds a certificate, or what it says, to a config.
func onIssuer(config, issuer C.uintptr_t, add func(*ake.Config, *ake.Credential) error) C.lake_status {
	return onConfig(config, func(c *ake.Config) error {
		return useCredential(handle(issuer), func(issuer *credential) error { return add(c, issuer.engine) })
	})
}

//export lakego_config_add_trust_anchor
func lakego_config_add_trust_anchor(h, certificate C.uintptr_t) C.lake_status {
	return onIssuer(h, certificate, (*ake.Config).AddTrustAnchor)
}

//export lakego_config_add_intermediate
func lakego_config_add_intermediate(h, certificate C.uintptr_t) C.lake_status {
	return onIssuer(h, certificate, (*ake.Config).AddIntermediate)
}

//export lakego_config_add_cwt_issuer
func lakego_config_add_cwt_issuer(h, issuer C.uintptr_t, name *C.char, length C.size_t) C.lake_status {
	return onIssuer(h, issuer, func(c *ake.Config, issuer *ake.Credential) error {
		return c.AddCWTIssuer(issuer, C.GoStringN(name, C.int(length)))
	})
}

//export lakego_config_set_time
func lakego_config_set_time(h C.uintptr_t, now C.int64_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		if now == 0 {
			c.SetTime(time.Time{})
		} else {
			c.SetTime(time.Unix(int64(now), 0))
		}
		return nil
	})
}

//export lakego_config_require_key_purpose
func lakego_config_require_key_purpose(h C.uintptr_t, role C.int32_t, oid *C.char, length C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		return c.RequireKeyPurpose(ake.Role(role), C.GoStringN(oid, C.int(length)))
	})
}

//export lakego_config_add_crl
func lakego_config_add_crl(h C.uintptr_t, file *C.uint8_t, length C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error { return c.AddCRL(input(file, length)) })
}

//export lakego_config_allow_peer
func lakego_config_allow_peer(h C.uintptr_t, kind C.int32_t, name *C.char, length C.size_t) C.lake_status {
	return onConfig(h, func(c *ake.Config) error {
		return c.AllowPeer(ake.NameKind(kind), C.GoStringN(name, C.int(length)))
	})
}

//export lakego_config_set_verify_callback
func lakego_config_set_verify_callback(h C.uintptr_t, fn C.lake_verify_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return withConfig(h, func(c *config) error {
		return c.verifier.replace(userdata{pointer, destroy}, fn != nil, func() error { return c.engine.SetVerifier(verifier(fn, pointer)) })
	})
}

//export lakego_config_verify_credential
func lakego_config_verify_credential(h, credential C.uintptr_t, signs C.int32_t) C.lake_status {
	return onIssuer(h, credential, func(c *ake.Config, credential *ake.Credential) error {
		return c.VerifyCredential(credential, signs != 0)
	})
}
