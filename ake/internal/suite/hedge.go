package suite

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// What is random in a run is hedged as RFC 8937 describes: what the random
// generator gives is mixed with a secret derived from a long-term key, so that
// whoever knows one of the two still cannot tell a fresh key, and sees nothing of
// the generator's output in what is sent.
const (
	hedgeTag1 = "liblake hedge key v2"
	hedgeTag2 = "liblake fresh key v2"
)

// HedgeKey returns 64 bytes that only who holds the private key can compute,
// and from which the private key cannot be computed: H(Sig(sk, tag1)) of
// RFC 8937 with HMAC-SHA-512 in place of a signature, which not every kind of
// key can make. It is another one for each role and in each process. It serves
// GenerateKey and Random and must go nowhere else; the caller keeps it like the
// key, and wipes it. It is nil once the key was cleared.
func (k *PrivateKey) HedgeKey(role byte) []byte {
	if k.secret == nil {
		return nil
	}
	return hedgeKey(k.secret, k.Kind(), role, thisProcess())
}

// HedgeKeyOfPSK is the HedgeKey of who has a pre-shared key and nothing else. The
// role keeps its two holders apart.
func HedgeKeyOfPSK(psk []byte, role byte) []byte { return hedgeKey(psk, noKey, role, thisProcess()) }

// noKey stands for the kind where bytes are no key of a curve.
const noKey KeyKind = 0

func hedgeKey(secret []byte, kind KeyKind, role byte, process []byte) []byte {
	key := make([]byte, hashSHA512.length)
	hashSHA512.hmac(key, secret, []byte(hedgeTag1), [][]byte{process}, byte(kind), role)
	return key
}

// GenerateKey makes a fresh key. hedge is the HedgeKey of a long-term key of
// the caller, or nil when there is none.
func GenerateKey(kind KeyKind, hedge []byte) (*PrivateKey, error) {
	return GenerateKeyAnd(kind, hedge, nil)
}

// GenerateKeyAnd is GenerateKey that fills besides with random bytes, as those of
// Random, by the same draw.
func GenerateKeyAnd(kind KeyKind, hedge, besides []byte) (*PrivateKey, error) {
	return generateKey(rand.Reader, kind, hedge, besides)
}

// generateTries bounds the search for a scalar below the order of the curve.
// For P-256 one draw in 2^32 misses it, for P-384 fewer by far.
const generateTries = 16

// maxDrawn is the most that is drawn at once: the longest hash, and some bytes
// besides.
const maxDrawn = maxHash + 8

func generateKey(random io.Reader, kind KeyKind, hedge, besides []byte) (*PrivateKey, error) {
	if !kind.Valid() {
		return nil, ErrKeyKind
	}
	var buffer [maxDrawn]byte
	n := kind.PrivateLength()
	both := buffer[:n+len(besides)]
	defer Wipe(both)
	for range generateTries {
		if err := hedged(random, hedgeHash(kind), kind, both, len(besides), hedge); err != nil {
			return nil, err
		}
		if k, err := ParsePrivateKey(kind, both[:n]); err == nil {
			copy(besides, both[n:])
			return k, nil
		}
	}
	return nil, ErrRandom
}

// Random returns n random bytes for what is not secret: connection identifiers,
// padding. They are hedged as keys are, with the HedgeKey of a long-term key of
// the caller, or nil when there is none.
func Random(n int, hedge []byte) ([]byte, error) { return randomBytes(rand.Reader, n, hedge) }

func randomBytes(random io.Reader, n int, hedge []byte) ([]byte, error) {
	out := make([]byte, n)
	for rest := out; len(rest) > 0; {
		part := rest[:min(len(rest), hashSHA512.length)]
		if err := hedged(random, hashSHA512, noKey, part, 0, hedge); err != nil {
			return nil, err
		}
		rest = rest[len(part):]
	}
	return out, nil
}

// hedgeHash is the hash that a key of this kind is hedged with: one whose
// output is no shorter than the key's strength.
func hedgeHash(kind KeyKind) *hashAlg {
	if kind.PrivateLength() <= hashSHA256.length {
		return hashSHA256
	}
	return hashSHA512
}

// draws counts the calls of hedged in this process.
var draws atomic.Uint64

// hedged fills out, of no more bytes than the hash has and besides:
//
//	G'(n) = Expand(Extract(hedge, G(L)), tag2, n)
//
// where hedge takes the place of H(Sig(sk, tag1)): it is the output of a PRF
// already. L is the length of the hash and besides: no more comes out than goes
// in. tag2 names the use, and is never the same twice: it counts, and it holds the
// time because the count starts anew with every process.
func hedged(random io.Reader, hash *hashAlg, kind KeyKind, out []byte, besides int, hedge []byte) error {
	var buffer [maxDrawn]byte
	fresh := buffer[:hash.length+besides]
	defer Wipe(fresh)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return fmt.Errorf("%w: %w", ErrRandom, err)
	}
	var prkBuffer [maxHash]byte
	prk := prkBuffer[:hash.length]
	defer Wipe(prk)
	hash.extract(prk, hedge, fresh)

	var tagBuffer [64]byte
	tag2 := append(append(tagBuffer[:0], hedgeTag2...), byte(kind))
	tag2 = binary.BigEndian.AppendUint64(tag2, draws.Add(1))
	tag2 = binary.BigEndian.AppendUint64(tag2, uint64(time.Now().UnixNano()))
	hash.expand(out, prk, tag2)
	return nil
}
