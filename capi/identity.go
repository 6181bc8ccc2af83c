package main

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"time"
	"unsafe"

	"github.com/liblake/lake/ake"
)

//export lakego_credential_describe
func lakego_credential_describe(h C.uintptr_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return putText(out, capacity, length, []byte(c.Describe())) })
}

//export lakego_credential_text
func lakego_credential_text(h C.uintptr_t, what C.int32_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		id := c.Identity()
		text := id.Subject
		switch what {
		case C.LAKE_TEXT_ISSUER:
			text = id.Issuer
		case C.LAKE_TEXT_NAMES:
			text = strings.Join(id.Names, "\n")
		}
		return putText(out, capacity, length, []byte(text))
	})
}

// data is a LAKE_DATA_* of a credential, or nil.
func data(id ake.Identity, what C.int32_t) []byte {
	certified := id.Kind == ake.CredentialX509 || id.Kind == ake.CredentialC509
	switch {
	case what == C.LAKE_DATA_FINGERPRINT && id.Kind != ake.CredentialPSK:
		return id.Fingerprint[:]
	case what == C.LAKE_DATA_KEY_HASH && certified:
		return id.KeyHash[:]
	case what == C.LAKE_DATA_ISSUER && certified:
		return id.IssuerDER
	case what == C.LAKE_DATA_SERIAL:
		return id.Serial
	}
	return nil
}

//export lakego_credential_data
func lakego_credential_data(h C.uintptr_t, what C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		value := data(c.Identity(), what)
		if value == nil {
			return ake.ErrNotFound
		}
		return putBytes(out, capacity, length, value, nil)
	})
}

//export lakego_credential_validity
func lakego_credential_validity(h C.uintptr_t, notBefore, notAfter *C.int64_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		id := c.Identity()
		*notBefore, *notAfter = seconds(id.NotBefore, math.MinInt64), seconds(id.NotAfter, math.MaxInt64)
		return nil
	})
}

// seconds is a date in seconds since 1970, or none for the zero time.
func seconds(date time.Time, none C.int64_t) C.int64_t {
	if date.IsZero() {
		return none
	}
	return C.int64_t(date.Unix())
}

//export lakego_credential_origin
func lakego_credential_origin(h C.uintptr_t, role C.int32_t, at, until *C.int64_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		from, ok := c.Origin()
		if !ok {
			return ake.ErrNotFound
		}
		idCred := from.IDCredI
		if ake.Role(role) == ake.Responder {
			idCred = from.IDCredR
		}
		if err := putBytes(out, capacity, length, idCred, nil); err != nil {
			return err
		}
		*at, *until = C.int64_t(from.At.Unix()), seconds(from.Until, math.MaxInt64)
		return nil
	})
}

//export lakego_credential_origin_peer
func lakego_credential_origin_peer(h C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		from, _ := c.Origin()
		return giveFound(out, from.Peer)
	})
}

//export lakego_credential_fingerprint
func lakego_credential_fingerprint(h C.uintptr_t, out *C.uint8_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		if err := unlessPSK(c); err != nil {
			return err
		}
		fingerprint := c.Identity().Fingerprint
		copy(unsafe.Slice((*byte)(out), len(fingerprint)), fingerprint[:])
		return nil
	})
}

//export lakego_credential_kid
func lakego_credential_kid(h C.uintptr_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		kid := c.Identity().Kid
		if kid == nil {
			return ake.ErrNotFound
		}
		return putBytes(out, capacity, length, kid, nil)
	})
}
