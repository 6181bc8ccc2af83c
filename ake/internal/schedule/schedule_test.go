package schedule

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// TestTranscriptHashes holds what is hashed.
func TestTranscriptHashes(t *testing.T) {
	alg, th, long := suite.Lookup(2), []byte{0xbb}, make([]byte, 32)
	longIn := append(append([]byte{0x58, 32}, long...), 1)
	for name, pair := range map[string][2][]byte{
		"TH_2":                   {TH2(alg, []byte{1, 2}, []byte{3}), {0x42, 1, 2, 0x41, 3}},
		"TH_3":                   {NextTH(alg, th, []byte{1}, []byte{2}), {0x41, 0xbb, 1, 2}},
		"TH_4 of usual length":   {NextTH(alg, long, []byte{1}, nil), longIn},
		"TH_3 of EDHOC-PSK":      {TH3PSK(alg, th, []byte{1}), {0x41, 0xbb, 1}},
		"TH_4 of EDHOC-PSK":      {TH4PSK(alg, th, []byte{1}, []byte{2}, []byte{3}, []byte{4}), {0x41, 0xbb, 1, 2, 3, 4}},
		"TH_3 with a long CRED":  {NextTH(alg, th, []byte{1}, make([]byte, 5000)), append([]byte{0x41, 0xbb, 1}, make([]byte, 5000)...)},
		"TH_2 with a long point": {TH2(alg, make([]byte, 300), []byte{3}), append(cborx.AppendBytes(nil, make([]byte, 300)), 0x41, 3)},
	} {
		if want := sha256.Sum256(pair[1]); !bytes.Equal(pair[0], want[:]) {
			t.Errorf("%s is %x, want %x", name, pair[0], want)
		}
	}
}

// TestContexts: the parts of what is protected stand in their order, and each
// of them matters.
func TestContexts(t *testing.T) {
	cR, id, th, cred, ead := []byte{0x27}, []byte{0xa1}, []byte{1, 2}, []byte{0xa2}, []byte{5}
	for name, pair := range map[string][2][]byte{
		"context_2":          {Context2(cR, id, th, cred, ead), []byte{0x27, 0xa1, 0x42, 1, 2, 0xa2, 5}},
		"context_2, no EAD":  {Context2(cR, id, th, cred, nil), []byte{0x27, 0xa1, 0x42, 1, 2, 0xa2}},
		"context_3":          {Context3(id, th, cred, ead), []byte{0xa1, 0x42, 1, 2, 0xa2, 5}},
		"external_aad":       {ExternalAAD(th, cred, ead), []byte{0x42, 1, 2, 0xa2, 5}},
		"long TH":            {ExternalAAD(make([]byte, 64), nil, nil), cborx.AppendBytes(nil, make([]byte, 64))},
		"external_aad alone": {ExternalAAD(nil, nil, nil), []byte{0x40}},
	} {
		if !bytes.Equal(pair[0], pair[1]) {
			t.Errorf("%s is %x, want %x", name, pair[0], pair[1])
		}
	}
}
