package suite

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math"

	"github.com/pion/dtls/v3/pkg/crypto/ccm"
	"golang.org/x/crypto/chacha20poly1305"
)

// aeadAlg is an AEAD algorithm; lengths are in bytes.
type aeadAlg struct {
	id           int // COSE number
	name         string
	keyLength    int
	ivLength     int
	tagLength    int
	maxPlaintext int
	new          func(key []byte) (cipher.AEAD, error)
}

var (
	aesCCM64         = &aeadAlg{10, "AES-CCM-16-64-128", 16, 13, 8, math.MaxUint16, newCCM(8)}
	aesCCM128        = &aeadAlg{30, "AES-CCM-16-128-128", 16, 13, 16, math.MaxUint16, newCCM(16)}
	chaCha20Poly1305 = &aeadAlg{24, "ChaCha20/Poly1305", 32, 12, 16, math.MaxInt32, chacha20poly1305.New}
	aes128GCM        = &aeadAlg{1, "A128GCM", 16, 12, 16, math.MaxInt32, newGCM}
	aes256GCM        = &aeadAlg{3, "A256GCM", 32, 12, 16, math.MaxInt32, newGCM}
)

// newCCM makes AES-CCM with a 13-byte nonce, which leaves two bytes to count
// the bytes of the plaintext (RFC 9053 section 4.2).
func newCCM(tagLength int) func(key []byte) (cipher.AEAD, error) {
	return func(key []byte) (cipher.AEAD, error) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		c, err := ccm.NewCCM(block, tagLength, 13)
		return wipingCCM{c}, err
	}
}

// wipingCCM is the library's CCM without a copy of the plaintext that nobody can
// wipe, which its Open leaves behind. To seal a ciphertext decrypts it, as
// encryption is XOR with a keystream; to seal the plaintext again gives the tag.
type wipingCCM struct{ cipher.AEAD }

func (c wipingCCM) Open(dst, nonce, sealed, aad []byte) ([]byte, error) {
	n := len(sealed) - c.Overhead()
	if n < 0 || n > math.MaxUint16 {
		return nil, ErrOpen
	}
	out := c.Seal(dst, nonce, sealed[:n], nil)[:len(dst)+n]
	plaintext := out[len(dst):]
	if !ConstantTimeEqual(c.Seal(nil, nonce, plaintext, aad), sealed) {
		Wipe(plaintext)
		return nil, ErrOpen
	}
	return out, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// start checks the lengths, on which the libraries panic, and sets the key.
func (a *aeadAlg) start(key, iv []byte) (cipher.AEAD, error) {
	if len(key) != a.keyLength || len(iv) != a.ivLength {
		return nil, fmt.Errorf("%w: key of %d and nonce of %d bytes, want %d and %d",
			ErrAEAD, len(key), len(iv), a.keyLength, a.ivLength)
	}
	return a.new(key)
}

func (a *aeadAlg) seal(key, iv, aad, plaintext []byte) ([]byte, error) {
	if len(plaintext) > a.maxPlaintext {
		return nil, fmt.Errorf("%w: plaintext of %d bytes, at most %d", ErrAEAD, len(plaintext), a.maxPlaintext)
	}
	c, err := a.start(key, iv)
	if err != nil {
		return nil, err
	}
	return c.Seal(nil, iv, plaintext, aad), nil
}

func (a *aeadAlg) open(key, iv, aad, ciphertext []byte) ([]byte, error) {
	c, err := a.start(key, iv)
	if err != nil {
		return nil, err
	}
	plaintext, err := c.Open(nil, iv, ciphertext, aad)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}
