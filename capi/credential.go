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
	key        *hostKey
}

// hostKeys are those of the engine's credentials, each used by what can come to use it.
var hostKeys sync.Map // *ake.Credential -> *hostKey

func newCredential(engine *ake.Credential) (handle, error) {
	c := &credential{engine: engine, references: 1}
	if key, ok := hostKeys.Load(engine); ok && key.(*hostKey).use() {
		c.key = key.(*hostKey)
	}
	h, err := credentials.add(c)
	if err != nil {
		c.setKey(nil)
	}
	return h, err
}

// setKey puts a key in the place of the one that the credential has used.
func (c *credential) setKey(key *hostKey) {
	if c.key != nil {
		c.key.leave()
	}
	c.key = key
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
			c.setKey(nil)
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

//export lakego_credential_from_x509
func lakego_credential_from_x509(ders **C.uint8_t, lengths *C.size_t, n C.size_t, out *C.uintptr_t) C.lake_status {
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
	return setPrivateKey(h, input(key, length), (*ake.Credential).SetPrivateKey)
}

// setPrivateKey puts a private key in the place of one that is elsewhere, and clears
// what it was made of.
func setPrivateKey(h C.uintptr_t, secret []byte, set func(*ake.Credential, []byte) error) C.lake_status {
	return call(func() error {
		defer clear(secret)
		return useCredential(handle(h), func(c *credential) error {
			err := set(c.engine, secret)
			if err == nil {
				hostKeys.Delete(c.engine)
				c.setKey(nil)
			}
			return err
		})
	})
}

//export lakego_credential_set_private_key_pem
func lakego_credential_set_private_key_pem(h C.uintptr_t, file *C.uint8_t, length C.size_t) C.lake_status {
	return setPrivateKey(h, input(file, length), (*ake.Credential).SetPrivateKeyPEM)
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
