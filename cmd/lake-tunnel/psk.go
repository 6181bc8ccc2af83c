package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/BurntSushi/toml"
	"github.com/liblake/lake/ake"
)

// sharedKey is a pre-shared key with the names of the two sides.
type sharedKey struct {
	credential           *ake.Credential
	initiator, responder string
}

func (k *sharedKey) peerOf(own ake.Role) string {
	if own == ake.Initiator {
		return k.responder
	}
	return k.initiator
}

// hashes are the EDHOC hashes that a key can be bound to, by the cipher suites that it is for.
var hashes = map[string]int{"": -16, "sha-256": -16, "sha-384": -43, "shake256": -45}

// readSharedKeys reads a file of pre-shared keys, which nobody else may read.
func readSharedKeys(name string) ([]sharedKey, error) {
	if err := onlyOurs(name); err != nil {
		return nil, err
	}
	var file struct {
		PSK []struct {
			Kid, Key, Initiator, Responder, Hash string
		}
	}
	meta, err := toml.DecodeFile(name, &file)
	if err != nil {
		var where toml.ParseError
		if errors.As(err, &where) { // its text may have the line in it
			return nil, fmt.Errorf("line %d is not what a file of pre-shared keys has", where.Position.Line)
		}
		return nil, errors.New("it is not a file of pre-shared keys: [[psk]] with kid, key, initiator and responder, all of them texts")
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("there is no field %q", unknown[0])
	}
	if len(file.PSK) == 0 {
		return nil, errors.New("there is no [[psk]] in it")
	}
	var keys []sharedKey
	for i, entry := range file.PSK {
		kid, err := hex.DecodeString(entry.Kid)
		if err != nil || len(kid) == 0 || len(kid) > maxShort {
			return nil, fmt.Errorf("the kid of key %d is not 1 to %d bytes in hexadecimal digits", i+1, maxShort)
		}
		secret, err := hex.DecodeString(entry.Key)
		if err != nil {
			return nil, fmt.Errorf("the key of key %d is not in hexadecimal digits", i+1)
		}
		hash, ok := hashes[entry.Hash]
		if !ok {
			return nil, fmt.Errorf("the hash of key %d is not sha-256, sha-384 or shake256", i+1)
		}
		if len(entry.Initiator) > 255 || len(entry.Responder) > 255 {
			return nil, fmt.Errorf("a name of key %d is longer than 255 bytes", i+1)
		}
		credential, err := ake.CredentialFromPSK(append([]byte{0xa1, 4, 0x40 | byte(len(kid))}, kid...), secret, hash,
			claimsOf(entry.Initiator), claimsOf(entry.Responder))
		clear(secret)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		keys = append(keys, sharedKey{credential, entry.Initiator, entry.Responder})
	}
	return keys, nil
}

// maxShort is the length that the head of a CBOR string has room for.
const maxShort = 23

// claimsOf is the CCS { sub: name }.
func claimsOf(name string) []byte {
	ccs := []byte{0xa1, 2}
	if len(name) <= maxShort {
		ccs = append(ccs, 0x60|byte(len(name)))
	} else {
		ccs = append(ccs, 0x78, byte(len(name)))
	}
	return append(ccs, name...)
}

// sharedKey is the key of the files that a credential is, nil if it is none.
func (t *trust) sharedKey(credential *ake.Credential) *sharedKey {
	for i := range t.psks {
		if key := &t.psks[i]; sameClaims(key.credential, credential) && bytes.Equal(key.credential.IDCred(), credential.IDCred()) {
			return key
		}
	}
	return nil
}

func sameClaims(a, b *ake.Credential) bool {
	aI, aR := a.PSKCredentials()
	bI, bR := b.PSKCredentials()
	return bytes.Equal(aI, bI) && bytes.Equal(aR, bR)
}

// onlyOurs refuses a file with secrets that others can read.
func onlyOurs(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Mode()&0o077 != 0 && info.Mode()&fs.ModeNamedPipe == 0 {
		return fmt.Errorf("others have access to it (mode %04o): chmod 600 %s", info.Mode().Perm(), name)
	}
	return nil
}
