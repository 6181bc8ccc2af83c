package suite

import "errors"

var (
	// ErrOpen says that a ciphertext is not authentic.
	ErrOpen = errors.New("ciphertext is not authentic")
	// ErrAEAD says that the caller gave a key, nonce or plaintext of a length the AEAD cannot take.
	ErrAEAD = errors.New("wrong use of the AEAD")
	// ErrPublicKey says that bytes are not a public key; what is wrong with them follows.
	ErrPublicKey = errors.New("invalid public key")
	// ErrPrivateKey says that bytes are not a private key, or that the key was cleared.
	ErrPrivateKey = errors.New("invalid private key")
	// ErrLowOrder says that a Diffie-Hellman secret is all zero: the peer's key is a point of low order.
	ErrLowOrder = errors.New("public key is a point of low order")
	// ErrKeyKind says that a key is of the wrong kind for what is asked of it.
	ErrKeyKind = errors.New("wrong kind of key")
	// ErrRandom says that no usable key came from the random generator.
	ErrRandom = errors.New("random generator failed")
)
