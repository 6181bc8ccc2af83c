package main

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"time"

	"github.com/liblake/lake/ake"
)

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
		case C.LAKE_TEXT_DESCRIPTION:
			text = c.Describe()
		}
		return putText(out, capacity, length, []byte(text))
	})
}

// data is a LAKE_DATA_* that an identity has, or nil.
func data(id ake.Identity, which C.int32_t) []byte {
	certified := id.Kind == ake.CredentialX509 || id.Kind == ake.CredentialC509
	switch {
	case which == C.LAKE_DATA_FINGERPRINT && id.Kind != ake.CredentialPSK:
		return id.Fingerprint[:]
	case which == C.LAKE_DATA_KEY_HASH && certified:
		return id.KeyHash[:]
	case which == C.LAKE_DATA_ISSUER && certified:
		return id.IssuerDER
	case which == C.LAKE_DATA_SERIAL:
		return id.Serial
	case which == C.LAKE_DATA_KID:
		return id.Kid
	}
	return nil
}

// credentialData is a LAKE_DATA_* of a credential, or nil.
func credentialData(c *ake.Credential, which C.int32_t) []byte {
	switch which {
	case C.LAKE_DATA_CRED:
		return c.Bytes()
	case C.LAKE_DATA_ID_CRED:
		return c.IDCred()
	case C.LAKE_DATA_PUBLIC_KEY:
		return c.PublicKey()
	case C.LAKE_DATA_CRED_I, C.LAKE_DATA_CRED_R:
		credI, credR := c.PSKCredentials()
		if which == C.LAKE_DATA_CRED_I {
			return credI
		}
		return credR
	case C.LAKE_DATA_ORIGIN_ID_CRED_I, C.LAKE_DATA_ORIGIN_ID_CRED_R:
		from, ok := c.Origin()
		switch {
		case !ok:
			return nil
		case which == C.LAKE_DATA_ORIGIN_ID_CRED_I:
			return from.IDCredI
		}
		return from.IDCredR
	}
	return data(c.Identity(), which)
}

//export lakego_credential_data
func lakego_credential_data(h C.uintptr_t, which C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		value := credentialData(c, which)
		if value == nil {
			return ake.ErrNotFound
		}
		return putBytes(out, capacity, length, value, nil)
	})
}

// seconds is a date in seconds since 1970, or none for the zero time.
func seconds(date time.Time, none C.int64_t) C.int64_t {
	if date.IsZero() {
		return none
	}
	return C.int64_t(date.Unix())
}

//export lakego_credential_origin_peer
func lakego_credential_origin_peer(h C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		from, _ := c.Origin()
		return giveFound(out, from.Peer)
	})
}

//export lakego_credential_info
func lakego_credential_info(h C.uintptr_t, out *C.struct_lake_credential_info) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		id := c.Identity()
		*out = C.struct_lake_credential_info{
			kind:       C.int32_t(c.Type()),
			not_before: seconds(id.NotBefore, math.MinInt64),
			not_after:  seconds(id.NotAfter, math.MaxInt64),
		}
		if c.PublicKey() != nil {
			out.key_kind = C.int32_t(c.KeyKind())
		}
		if from, ok := c.Origin(); ok {
			out.has_origin = 1
			out.origin_at, out.origin_until = C.int64_t(from.At.Unix()), seconds(from.Until, math.MaxInt64)
		}
		return nil
	})
}
