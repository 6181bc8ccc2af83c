package suite

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"testing"
)

// hmacHashes are the hashes that hmac has, and the library's.
var hmacHashes = map[*hashAlg]func() hash.Hash{hashSHA256: sha256.New, hashSHA384: sha512.New384, hashSHA512: sha512.New}

// FuzzHMAC compares with crypto/hmac, with the data in one to four parts.
func FuzzHMAC(f *testing.F) {
	for _, n := range []int{0, 1, 63, 64, 65, 128, 129, 447, 448, 449, 600} {
		f.Add(sequence(1, n%131), sequence(2, n), byte(n), n/3)
	}
	f.Fuzz(func(t *testing.T, key, data []byte, last byte, at int) {
		at = max(0, min(at, len(data)))
		for h, newHash := range hmacHashes {
			mac := hmac.New(newHash, key)
			mac.Write(append(bytes.Clone(data), last))
			want, got := mac.Sum(nil), make([]byte, h.length)
			if h.hmac(got, key, data[:at], [][]byte{data[at : at+(len(data)-at)/2], data[at+(len(data)-at)/2:]}, last); !bytes.Equal(got, want) {
				t.Errorf("%s: %x, want %x", h.name, got, want)
			}
		}
	})
}
