package suite

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
)

// hmacHashes are the hashes that hmac has, and the library's.
var hmacHashes = map[*hashAlg]func() hash.Hash{hashSHA256: sha256.New, hashSHA384: sha512.New384, hashSHA512: sha512.New}

// TestHMACVectors has the rows of Wycheproof: each tag that is right, and none of
// those that are wrong.
func TestHMACVectors(t *testing.T) {
	for h, name := range map[*hashAlg]string{hashSHA256: "sha256", hashSHA384: "sha384", hashSHA512: "sha512"} {
		content, err := fs.ReadFile(wycheproof.TestVectors, fmt.Sprintf("hmac_%s_test.json", name))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			NumberOfTests int
			TestGroups    []struct {
				TagSize int
				Tests   []struct {
					TcID                  int
					Key, Msg, Tag, Result string
				}
			}
		}
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, group := range file.TestGroups {
			for _, row := range group.Tests {
				got := make([]byte, h.length)
				h.hmac(got, unhex(t, row.Key), nil, [][]byte{unhex(t, row.Msg)})
				right := hex.EncodeToString(got[:group.TagSize/8]) == row.Tag
				if right != (row.Result == "valid") {
					t.Errorf("%s, row %d, %s: %x", h.name, row.TcID, row.Result, got)
				}
				count[row.Result]++
			}
		}
		if total := count["valid"] + count["invalid"]; count["valid"] < 50 || count["invalid"] < 50 || total != file.NumberOfTests {
			t.Errorf("%s: %v of %d rows", h.name, count, file.NumberOfTests)
		}
	}
}

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
