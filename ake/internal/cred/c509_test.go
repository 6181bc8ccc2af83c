package cred

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/vectortest"
)

// draftNative is the natively signed example in appendix A.1 of
// draft-ietf-cose-cbor-encoded-cert.
const draftNative = `8B 02 43 01 F5 0D 00 6B 52 46 43 20 74 65 73 74 20 43 41
		1A 63 B0 CD 00 1A 69 55 B9 00 D8 30 46 01 23 45 67 89 AB 01
		58 21 02 B1 21 6A B9 6E 5B 3B 33 40 F5 BD F0 2E 69 3F 16 21 3A 04 52
		5E D4 44 50 B1 01 9C 2D FD 38 38 AB 01
		58 40 EB 0D 47 27 31 F6 89 BC 00 F5 88 0B 12 C6 8B 3F 9F D3 8B 23 FA
		DF CA 20 95 0F 3F 24 1B 60 A2 02 57 9C AC 28 CD 3B 74 94 D5 FA 5D 8B
		BA B4 60 03 57 E5 50 AB 9F A9 A6 5D 9B A2 B3 B8 2E 66 8C C6`

func fromHex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFromC509(t *testing.T) {
	array := fromHex(t, draftNative)
	c, err := FromC509([][]byte{array})
	if err != nil {
		t.Fatal(err)
	}
	hash := suite.SHA256(array)
	short := append([]byte{0xa1, 22, 0x82, 0x2e, 0x48}, hash[:8]...)
	long := append([]byte{0xa1, 22, 0x82, 0x2f, 0x58, 0x20}, hash...)
	if c.Type != C509 || !bytes.Equal(c.Cred, array) || !bytes.Equal(c.DefaultID, short) ||
		len(c.IDs) != 2 || !bytes.Equal(c.IDs[0], short) || !bytes.Equal(c.IDs[1], long) {
		t.Errorf("%+v", c)
	}
	chain, err := FromC509([][]byte{array, array})
	if err != nil {
		t.Fatal(err)
	}
	want := append([]byte{0xa1, 0x18, 25, 0x82, 0x58, byte(len(array))}, array...)
	want = append(append(want, 0x58, byte(len(array))), array...)
	if !bytes.Equal(chain.DefaultID, want) || len(chain.Chain) != 2 {
		t.Errorf("chain: %x", chain.DefaultID)
	}
	id, err := cose.ParseIDCred(chain.DefaultID)
	if err != nil || len(id.C5C) != 2 || !bytes.Equal(id.C5C[0], array) || !id.C509 {
		t.Errorf("%+v, %v", id, err)
	}
	if _, err := FromC509(nil); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	// Earlier drafts left out the head of the array.
	if _, err := FromC509([][]byte{array[1:]}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a sequence: %v", err)
	}
	for _, label := range []int64{cose.LabelC5B, cose.LabelC5C} {
		id := cborx.AppendBytes(cborx.AppendInt([]byte{0xa1}, label), array[1:])
		parsed, err := cose.ParseIDCred(id)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := FromIDCred(parsed); !errors.Is(err, ErrMalformed) {
			t.Errorf("a sequence in parameter %d: %+v, %v", label, c, err)
		}
	}
}

// The credentials of these vectors are opaque, but for how they are named.
func TestC509IDsOfVectors(t *testing.T) {
	seen := map[string]int{}
	for _, auth := range vectortest.Credentials(t) {
		var want []byte
		switch auth.Type {
		case "c5t":
			id, err := cose.ParseIDCred(fromHex(t, auth.IDCred))
			if err != nil || id.C5T == nil {
				t.Fatal(err)
			}
			want = cose.C5TID(CertHash(fromHex(t, auth.Cred), id.C5T.Algorithm))
		case "c5c":
			want = cose.C5CID([][]byte{fromHex(t, auth.Cred)})
		default:
			continue
		}
		seen[auth.Type]++
		if hex.EncodeToString(want) != auth.IDCred {
			t.Errorf("%s: %x, want %s", auth.Type, want, auth.IDCred)
		}
	}
	if seen["c5t"] == 0 || seen["c5c"] == 0 {
		t.Errorf("no vectors: %v", seen)
	}
}
