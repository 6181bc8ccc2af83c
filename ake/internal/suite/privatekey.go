package suite

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"sync/atomic"

	"filippo.io/edwards25519"
	"github.com/cloudflare/circl/dh/x25519"
	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// PrivateKey is a private key with its public key. An ephemeral one is little
// more than their bytes: a Responder holds one for each run that somebody began.
type PrivateKey struct {
	secret []byte // as ParsePrivateKey took it; nil once cleared
	public PublicKey
	signer atomic.Pointer[signer] // once it signed
}

// signer is a key as the libraries want it.
type signer struct {
	edwards []byte // EdDSA: seed and public key
	ecdsa   *ecdsa.PrivateKey
}

// ParsePrivateKey takes a private key: a big-endian scalar from 1 to the
// order less one for the curves of NIST, the bytes of RFC 7748 section 5 for
// X25519 and X448, the seed of RFC 8032 for Ed25519 and Ed448.
func ParsePrivateKey(kind KeyKind, data []byte) (*PrivateKey, error) {
	if !kind.Valid() {
		return nil, fmt.Errorf("%w: %w", ErrPrivateKey, ErrKeyKind)
	}
	if len(data) != kind.PrivateLength() {
		return nil, fmt.Errorf("%w: wrong length %d for %s, want %d", ErrPrivateKey, len(data), kind, kind.PrivateLength())
	}
	count(opKeyPair)
	k := &PrivateKey{secret: bytes.Clone(data)}
	k.public.kind = kind
	switch kind {
	case KeyP256, KeyP384:
		point, ok := nistPublic(kind, k.secret)
		if !ok {
			Wipe(k.secret)
			return nil, fmt.Errorf("%w: scalar not between 1 and the order of %s", ErrPrivateKey, kind)
		}
		k.public.data = point
	case KeyX25519:
		k.public.data = x25519Public(k.secret)
	case KeyX448:
		var public, secret x448.Key
		copy(secret[:], k.secret)
		x448.KeyGen(&public, &secret)
		Wipe(secret[:])
		k.public.data = public[:]
	case KeyEd25519:
		erasing(func() { k.setEdwards(ed25519.NewKeyFromSeed(k.secret), ed25519.SeedSize) })
	case KeyEd448:
		erasing(func() { k.setEdwards(ed448.NewKeyFromSeed(k.secret), ed448.SeedSize) })
	}
	return k, nil
}

func (k *PrivateKey) setEdwards(key []byte, seed int) {
	k.public.data = bytes.Clone(key[seed:])
	k.signer.Store(&signer{edwards: key})
}

// x25519Public multiplies the base point on the Edwards form of the curve,
// where tables make it three times as fast as the ladder of crypto/ecdh.
func x25519Public(secret []byte) []byte {
	// The length was checked: it cannot fail.
	scalar, err := new(edwards25519.Scalar).SetBytesWithClamping(secret)
	if err != nil {
		panic("suite: " + err.Error())
	}
	return new(edwards25519.Point).ScalarBaseMult(scalar).BytesMontgomery()
}

// Kind returns the kind of the key.
func (k *PrivateKey) Kind() KeyKind { return k.public.kind }

// Public returns the public key. It outlives Clear.
func (k *PrivateKey) Public() *PublicKey { return &k.public }

// Bytes returns the key as ParsePrivateKey takes it, or nil once it was cleared.
func (k *PrivateKey) Bytes() []byte { return bytes.Clone(k.secret) }

// ECDH returns the shared secret: the x-coordinate (RFC 9528 section 4.1.1.1).
// It takes one multiplication.
func (k *PrivateKey) ECDH(peer *PublicKey) ([]byte, error) {
	if k.secret == nil {
		return nil, errCleared
	}
	if peer == nil || peer.kind != k.public.kind || !kinds[k.public.kind].keyExchange {
		return nil, ErrKeyKind
	}
	count(opECDH)
	switch k.public.kind {
	case KeyX25519:
		return k.x25519(peer.data)
	case KeyX448:
		return k.x448(peer.data)
	}
	point := peer.point
	if point == nil {
		point = parsePoint(peer.kind, peer.data) // it was checked when the key was parsed
	}
	secret, ok := point.shared(k.secret)
	if !ok { // it cannot be: the group has no points of low order
		return nil, fmt.Errorf("%w: no shared secret", ErrPublicKey)
	}
	return secret, nil
}

// x25519 uses circl, which is constant-time as crypto/ecdh is and runs one
// ladder, in assembly where there is some. crypto/ecdh runs a second one to
// make its private key, whether or not its public key is ever asked for.
func (k *PrivateKey) x25519(peer []byte) ([]byte, error) {
	var shared, secret, public x25519.Key
	copy(secret[:], k.secret)
	copy(public[:], peer)
	x25519.Shared(&shared, &secret, &public)
	Wipe(secret[:])
	return nonZero(shared[:])
}

func (k *PrivateKey) x448(peer []byte) ([]byte, error) {
	var shared, secret, public x448.Key
	copy(secret[:], k.secret)
	copy(public[:], peer)
	x448.Shared(&shared, &secret, &public)
	Wipe(secret[:])
	return nonZero(shared[:])
}

// nonZero refuses the all-zero secret (RFC 7748 section 6), in constant time.
func nonZero(secret []byte) ([]byte, error) {
	if ConstantTimeEqual(secret, make([]byte, len(secret))) {
		return nil, ErrLowOrder
	}
	return secret, nil
}

// Sign signs message as Verify expects it. ECDSA draws a random number.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) { return k.sign(rand.Reader, message) }

// SignDeterministic signs as Sign does, but ECDSA takes its number from the
// key and the message (RFC 6979).
func (k *PrivateKey) SignDeterministic(message []byte) ([]byte, error) { return k.sign(nil, message) }

func (k *PrivateKey) sign(random io.Reader, message []byte) (signature []byte, err error) {
	erasing(func() { signature, err = k.signWith(random, message) })
	return signature, err
}

func (k *PrivateKey) signWith(random io.Reader, message []byte) ([]byte, error) {
	if k.secret == nil {
		return nil, errCleared
	}
	count(opSign)
	switch k.public.kind {
	case KeyP256, KeyP384:
		return k.signECDSA(random, message)
	case KeyEd25519:
		return ed25519.Sign(k.signer.Load().edwards, message), nil
	case KeyEd448:
		return ed448.Sign(k.signer.Load().edwards, message, ""), nil
	}
	return nil, ErrKeyKind
}

func (k *PrivateKey) signECDSA(random io.Reader, message []byte) ([]byte, error) {
	made := k.signer.Load()
	if made == nil {
		key, err := ecdsa.ParseRawPrivateKey(kinds[k.public.kind].elliptic(), k.secret)
		if err != nil {
			return nil, errCleared // the scalar was checked when the key was parsed
		}
		made = &signer{ecdsa: key}
		k.signer.Store(made)
	}
	var digest [maxHash]byte
	der, err := made.ecdsa.Sign(random, messageDigest(digest[:0], k.public.kind, message), kinds[k.public.kind].signatureDigest)
	if err != nil {
		return nil, fmt.Errorf("%w: ECDSA cannot sign", ErrPrivateKey)
	}
	var r, s []byte
	outer := cryptobyte.String(der)
	var inner cryptobyte.String
	if !outer.ReadASN1(&inner, asn1.SEQUENCE) || !inner.ReadASN1Integer(&r) || !inner.ReadASN1Integer(&s) {
		return nil, fmt.Errorf("%w: ECDSA gave no signature", ErrPrivateKey)
	}
	signature := make([]byte, k.public.kind.signatureLength())
	half := len(signature) / 2
	copy(signature[half-len(r):], r)
	copy(signature[len(signature)-len(s):], s)
	return signature, nil
}

// Keep has the private key overwritten when nobody has it any more and the garbage
// collector notices. It is for long-term keys: Clear does it at once.
func (k *PrivateKey) Keep() {
	k.secret = Kept(k.secret)
	if made := k.signer.Load(); made != nil && made.edwards != nil {
		k.signer.Store(&signer{edwards: Kept(made.edwards)})
	}
}

// Clear overwrites the private key where this package holds it and lets go of
// the copy that crypto/ecdsa made, which it cannot overwrite. The key must not
// be in use.
func (k *PrivateKey) Clear() {
	Wipe(k.secret)
	k.secret = nil
	if made := k.signer.Swap(nil); made != nil {
		Wipe(made.edwards)
	}
}

var errCleared = fmt.Errorf("%w: the key was cleared", ErrPrivateKey)

// String tells the kind of the key and nothing more.
func (k *PrivateKey) String() string { return k.public.kind.String() + " private key" }

// GoString is String.
func (k *PrivateKey) GoString() string { return k.String() }

// Format prints String whatever the verb: %d would show the bytes of the key.
func (k *PrivateKey) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }
