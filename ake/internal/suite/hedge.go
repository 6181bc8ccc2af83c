package suite

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
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
// GenerateKey and Random and must go nowhere else; the caller wipes it. It is nil
// once the key was cleared.
func (k *PrivateKey) HedgeKey(role byte) []byte {
	if k.secret == nil {
		return nil
	}
	return hedgeKey(k.secret, k.kind, role, thisProcess())
}

// HedgeKeyOfPSK is the HedgeKey of who has a pre-shared key and nothing else. The
// role keeps its two holders apart.
func HedgeKeyOfPSK(psk []byte, role byte) []byte { return hedgeKey(psk, noKey, role, thisProcess()) }

// noKey stands for the kind where bytes are no key of a curve.
const noKey KeyKind = 0

func hedgeKey(secret []byte, kind KeyKind, role byte, process []byte) []byte {
	mac := hmac.New(sha512.New, secret)
	mac.Write([]byte(hedgeTag1))
	mac.Write(process)
	mac.Write([]byte{byte(kind), role})
	return mac.Sum(nil)
}

// GenerateKey makes a fresh key. hedge is the HedgeKey of a long-term key of
// the caller, or nil when there is none.
func GenerateKey(kind KeyKind, hedge []byte) (*PrivateKey, error) {
	return generateKey(rand.Reader, kind, hedge)
}

// generateTries bounds the search for a scalar below the order of the curve.
// For P-256 one draw in 2^32 misses it, for P-384 fewer by far.
const generateTries = 16

func generateKey(random io.Reader, kind KeyKind, hedge []byte) (*PrivateKey, error) {
	if !kind.Valid() {
		return nil, ErrKeyKind
	}
	for range generateTries {
		secret, err := hedged(random, hedgeHash(kind), kind, kind.PrivateLength(), hedge)
		if err != nil {
			return nil, err
		}
		k, err := ParsePrivateKey(kind, secret)
		Wipe(secret)
		if err == nil {
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
	out := make([]byte, 0, n)
	for len(out) < n {
		part, err := hedged(random, sha512.New, noKey, min(n-len(out), sha512.Size), hedge)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// hedgeHash is the hash that a key of this kind is hedged with: one whose
// output is no shorter than the key's strength.
func hedgeHash(kind KeyKind) func() hash.Hash {
	if kind.PrivateLength() <= sha256.Size {
		return sha256.New
	}
	return sha512.New
}

// draws counts the calls of hedged in this process.
var draws atomic.Uint64

// hedged returns n bytes, no more than the hash has:
//
//	G'(n) = Expand(Extract(hedge, G(L)), tag2, n)
//
// where hedge takes the place of H(Sig(sk, tag1)): it is the output of a PRF
// already. tag2 names the use, and is never the same twice: it counts, and it
// holds the time because the count starts anew with every process.
func hedged(random io.Reader, newHash func() hash.Hash, kind KeyKind, n int, hedge []byte) ([]byte, error) {
	var buffer [sha512.Size]byte
	fresh := buffer[:newHash().Size()]
	defer Wipe(fresh)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	prk := hkdfExtract(newHash)(hedge, fresh)
	defer Wipe(prk)

	tag2 := []byte(hedgeTag2)
	tag2 = append(tag2, byte(kind))
	tag2 = binary.BigEndian.AppendUint64(tag2, draws.Add(1))
	tag2 = binary.BigEndian.AppendUint64(tag2, uint64(time.Now().UnixNano()))
	return hkdfExpand(newHash)(prk, tag2, n), nil
}
