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
		from, err := c.Origin()
		idCred := from.IDCredI
		if ake.Role(role) == ake.Responder {
			idCred = from.IDCredR
		}
		if err := putBytes(out, capacity, length, idCred, err); err != nil {
			return err
		}
		*at, *until = C.int64_t(from.At.Unix()), seconds(from.Until, math.MaxInt64)
		return nil
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
