package suite

import (
	"crypto/cipher"
	"fmt"
)

// oscoreNonceFixed is how many bytes of an OSCORE nonce are no identifier: its length
// byte and the partial IV (RFC 8613 section 5.2).
const oscoreNonceFixed = 6

// OSCOREIDLength is how many bytes a Sender ID or Recipient ID of OSCORE can have with
// the application AEAD (RFC 8613 section 3.3).
func (s *Suite) OSCOREIDLength() int { return s.appAEAD.oscoreIDLength() }

func (a *aeadAlg) oscoreIDLength() int { return a.ivLength - oscoreNonceFixed }

// OSCORE is what an OSCORE security context computes with: an application AEAD, and
// HKDF with a hash. It is of no suite, as contexts also come from elsewhere.
type OSCORE struct {
	aead *aeadAlg
	hash *hashAlg
}

// LookupOSCORE returns the algorithms with these COSE numbers, or false if there is
// one that is not among the suites' AEADs, or no hash of the SHA-2 family: HKDF (RFC
// 5869) is defined over HMAC.
func LookupOSCORE(aead, hash int) (OSCORE, bool) {
	var o OSCORE
	for _, a := range []*aeadAlg{aesCCM64, aesCCM128, chaCha20Poly1305, aes128GCM, aes256GCM} {
		if a.id == aead {
			o.aead = a
		}
	}
	for _, h := range []*hashAlg{hashSHA256, hashSHA384, hashSHA512} {
		if h.id == hash {
			o.hash = h
		}
	}
	return o, o.aead != nil && o.hash != nil
}

// KeyLength, NonceLength, TagLength are those of the AEAD in bytes.
func (o OSCORE) KeyLength() int { return o.aead.keyLength }

// NonceLength is the length of a nonce in bytes, and of the Common IV.
func (o OSCORE) NonceLength() int { return o.aead.ivLength }

// TagLength is how much longer a ciphertext is than its plaintext, in bytes.
func (o OSCORE) TagLength() int { return o.aead.tagLength }

// MaxPlaintext is the longest plaintext in bytes.
func (o OSCORE) MaxPlaintext() int { return o.aead.maxPlaintext }

// IDLength is how many bytes a Sender ID or Recipient ID can have.
func (o OSCORE) IDLength() int { return o.aead.oscoreIDLength() }

// HKDF derives n bytes (RFC 8613 section 3.2.1).
func (o OSCORE) HKDF(salt, ikm, info []byte, n int) []byte {
	var prk [maxHash]byte
	defer Wipe(prk[:])
	o.hash.extract(prk[:o.hash.length], salt, ikm)
	out := make([]byte, n)
	o.hash.expand(out, prk[:o.hash.length], info)
	return out
}

// Cipher is an AEAD with its key, which stays in the library's object for as long as
// there is one.
type Cipher struct{ aead cipher.AEAD }

// Cipher sets the key of the AEAD. What is opened are messages of the application,
// which leave the library anyway: wipingCCM's second pass would hide nothing.
func (o OSCORE) Cipher(key []byte) (Cipher, error) {
	if len(key) != o.aead.keyLength {
		return Cipher{}, fmt.Errorf("%w: key of %d bytes, want %d", ErrAEAD, len(key), o.aead.keyLength)
	}
	c, err := o.aead.new(key)
	if wiping, is := c.(wipingCCM); is {
		c = wiping.AEAD
	}
	return Cipher{c}, err
}

// Seal appends the ciphertext to dst, whose free space the plaintext may begin at. The
// lengths of nonce and plaintext are those of the OSCORE.
func (c Cipher) Seal(dst, nonce, plaintext, aad []byte) []byte {
	return c.aead.Seal(dst, nonce, plaintext, aad)
}

// Open returns the plaintext, or ErrOpen.
func (c Cipher) Open(nonce, ciphertext, aad []byte) ([]byte, error) {
	plaintext, err := c.aead.Open(nil, nonce, ciphertext, aad)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}
