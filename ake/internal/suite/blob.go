package suite

import (
	"crypto/rand"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// BlobKeyLength is the length of the key of SealBlob.
const BlobKeyLength = chacha20poly1305.KeySize

// SealBlob encrypts what is stored outside of the process, with
// XChaCha20-Poly1305: its nonce is long enough to be drawn at random, whoever
// else uses the key. The nonce stands before the ciphertext.
func SealBlob(key, aad, plaintext []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("%w: the key of a blob has %d bytes", ErrAEAD, BlobKeyLength)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plaintext)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	return aead.Seal(nonce, nonce, plaintext, aad), nil
}

// OpenBlob is the reverse of SealBlob. It gives ErrOpen for a blob that was
// changed, or sealed with another key or other associated data.
func OpenBlob(key, aad, blob []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("%w: the key of a blob has %d bytes", ErrAEAD, BlobKeyLength)
	}
	if len(blob) < aead.NonceSize() {
		return nil, ErrOpen
	}
	plaintext, err := aead.Open(nil, blob[:aead.NonceSize()], blob[aead.NonceSize():], aad)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}
