package main

// #include "shim.h"
import "C"

import (
	"sync"

	"github.com/liblake/lake/ake"
)

// credential is what stands behind a lake_credential. Every function that gives
// one makes a new handle with one reference, also for a credential of the engine
// that has a handle already.
type credential struct {
	mu         sync.Mutex // of all that can change
	engine     *ake.Credential
	references int // 0: freed
}

func newCredential(engine *ake.Credential) (handle, error) {
	return credentials.add(&credential{engine: engine, references: 1})
}

// useCredential runs f on a credential. Nothing else changes it meanwhile.
func useCredential(h handle, f func(*credential) error) error {
	c := credentials.get(h)
	if c == nil {
		return errHandle
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.references == 0 {
		return errHandle
	}
	return f(c)
}

// releaseCredential drops a reference, and returns the credential that it was of.
func releaseCredential(h handle) (engine *ake.Credential, err error) {
	err = useCredential(h, func(c *credential) error {
		if c.references--; c.references == 0 {
			credentials.remove(h)
		}
		engine = c.engine
		return nil
	})
	return engine, err
}

// giveCredential gives the host a handle of a credential.
func giveCredential(out *C.uintptr_t, engine *ake.Credential, err error) error {
	if err != nil {
		return err
	}
	h, err := newCredential(engine)
	if err == nil {
		*out = C.uintptr_t(h)
	}
	return err
}

// giveFound is giveCredential for one that may not be there: nil.
func giveFound(out *C.uintptr_t, engine *ake.Credential) error {
	if engine == nil {
		return ake.ErrNotFound
	}
	return giveCredential(out, engine, nil)
}

func onCredential(h C.uintptr_t, body func(*ake.Credential) error) C.lake_status {
	return call(func() error {
		return useCredential(handle(h), func(c *credential) error { return body(c.engine) })
	})
}

//export lakego_credential_from_ccs
func lakego_credential_from_ccs(ccs *C.uint8_t, length C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		made, err := ake.CredentialFromCCS(input(ccs, length))
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_x509_chain
func lakego_credential_from_x509_chain(ders **C.uint8_t, lengths *C.size_t, n C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		made, err := ake.CredentialFromX509(inputs(ders, lengths, n)...)
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_c509
func lakego_credential_from_c509(certs **C.uint8_t, lengths *C.size_t, n C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		made, err := ake.CredentialFromC509(inputs(certs, lengths, n)...)
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_pem
func lakego_credential_from_pem(file *C.uint8_t, length C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		data := input(file, length)
		defer clear(data) // the key may be in the same file
		made, err := ake.CredentialFromPEM(data)
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_cwt
func lakego_credential_from_cwt(cwt *C.uint8_t, length C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		made, err := ake.CredentialFromCWT(input(cwt, length))
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_psk
func lakego_credential_from_psk(idCred *C.uint8_t, idCredLength C.size_t, psk *C.uint8_t, pskLength C.size_t, hash C.int32_t,
	credI *C.uint8_t, credILength C.size_t, credR *C.uint8_t, credRLength C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		secret := input(psk, pskLength)
		defer clear(secret)
		made, err := ake.CredentialFromPSK(input(idCred, idCredLength), secret, int(hash),
			input(credI, credILength), input(credR, credRLength))
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_parts
func lakego_credential_from_parts(idCred *C.uint8_t, idCredLength C.size_t, cred *C.uint8_t, credLength C.size_t,
	kind C.int32_t, publicKey *C.uint8_t, publicKeyLength C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		if !ake.KeyKind(kind).Valid() {
			return ake.ErrArgument
		}
		made, err := ake.CredentialFromParts(input(idCred, idCredLength), input(cred, credLength),
			ake.KeyKind(kind), input(publicKey, publicKeyLength))
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_from_id_cred
func lakego_credential_from_id_cred(idCred *C.uint8_t, length C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		made, err := ake.CredentialFromIDCred(input(idCred, length))
		return giveCredential(out, made, err)
	})
}

//export lakego_credential_set_id_cred
func lakego_credential_set_id_cred(h C.uintptr_t, idCred *C.uint8_t, length C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return c.SetIDCred(input(idCred, length)) })
}

//export lakego_credential_set_id
func lakego_credential_set_id(h C.uintptr_t, idType C.int32_t, value *C.uint8_t, length C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return c.SetID(ake.IDType(idType), input(value, length)) })
}

//export lakego_credential_set_private_key
func lakego_credential_set_private_key(h C.uintptr_t, key *C.uint8_t, length C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		secret := input(key, length)
		defer clear(secret)
		return c.SetPrivateKey(secret)
	})
}

//export lakego_credential_set_private_key_pem
func lakego_credential_set_private_key_pem(h C.uintptr_t, file *C.uint8_t, length C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		secret := input(file, length)
		defer clear(secret)
		return c.SetPrivateKeyPEM(secret)
	})
}

//export lakego_credential_id_cred
func lakego_credential_id_cred(h C.uintptr_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error { return putBytes(out, capacity, length, c.IDCred(), nil) })
}

//export lakego_credential_bytes
func lakego_credential_bytes(h C.uintptr_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		return putBytes(out, capacity, length, c.Bytes(), unlessPSK(c))
	})
}

//export lakego_credential_psk_bytes
func lakego_credential_psk_bytes(h C.uintptr_t, role C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		cred, credR := c.PSKCredentials()
		if ake.Role(role) == ake.Responder {
			cred = credR
		}
		if cred == nil {
			return ake.ErrNotFound
		}
		return putBytes(out, capacity, length, cred, nil)
	})
}

// unlessPSK is the error for what a pre-shared key does not have.
func unlessPSK(c *ake.Credential) error {
	if c.Type() == ake.CredentialPSK {
		return ake.ErrNotFound
	}
	return nil
}

//export lakego_credential_public_key
func lakego_credential_public_key(h C.uintptr_t, kind *C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		key := c.PublicKey()
		if key == nil { // a pre-shared key, or a certificate with an RSA key
			return ake.ErrNotFound
		}
		err := putBytes(out, capacity, length, key, nil)
		if err == nil {
			*kind = C.int32_t(c.KeyKind())
		}
		return err
	})
}

//export lakego_credential_kind
func lakego_credential_kind(h C.uintptr_t, kind *C.int32_t) C.lake_status {
	return onCredential(h, func(c *ake.Credential) error {
		*kind = C.int32_t(c.Type())
		return nil
	})
}

//export lakego_credential_retain
func lakego_credential_retain(h C.uintptr_t) C.lake_status {
	return call(func() error {
		return useCredential(handle(h), func(c *credential) error {
			c.references++
			return nil
		})
	})
}

//export lakego_credential_free
func lakego_credential_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		_, err := releaseCredential(handle(h))
		return err
	})
}
