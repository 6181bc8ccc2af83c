package cose

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func TestC509IDs(t *testing.T) {
	certs := [][]byte{{0x8b, 1}, {0x8b, 2}}
	for want, id := range map[string][]byte{
		"a116822e480102030405060708": C5TID(CertHash{AlgSHA25664, []byte{1, 2, 3, 4, 5, 6, 7, 8}}),
		"a117d82063613a62":           C5UID("a:b"),
		"a11818428b01":               C5BID(certs[:1]),
		"a1181982428b01428b02":       C5CID(certs),
	} {
		if hex.EncodeToString(id) != want {
			t.Errorf("%x, want %s", id, want)
			continue
		}
		parsed, err := ParseIDCred(id)
		if err != nil || !parsed.C509 || !bytes.Equal(parsed.Raw, id) {
			t.Errorf("%x: %+v, %v", id, parsed, err)
			continue
		}
		switch want[2:6] {
		case "1682":
			if parsed.C5T == nil || parsed.C5T.Algorithm != AlgSHA25664 || len(parsed.C5T.Value) != 8 {
				t.Errorf("%+v", parsed.C5T)
			}
		case "17d8":
			if !parsed.HasC5U() || parsed.C5U != "a:b" {
				t.Errorf("%+v", parsed)
			}
		case "1818":
			if len(parsed.C5B) != 1 || !bytes.Equal(parsed.C5B[0], certs[0]) {
				t.Errorf("%x", parsed.C5B)
			}
		case "1819":
			if len(parsed.C5C) != 2 || !bytes.Equal(parsed.C5C[1], certs[1]) {
				t.Errorf("%x", parsed.C5C)
			}
		}
	}
	for _, bad := range []string{
		"a116822e4701020304050607", "a116812e", "a11601", "a11763613a62", "a117d82001", "a1181801",
		"a1181881420201", "a11819820102", "a1181980",
	} {
		raw, _ := hex.DecodeString(bad)
		if id, err := ParseIDCred(raw); !errors.Is(err, ErrIDCred) {
			t.Errorf("%s: %+v, %v", bad, id, err)
		}
	}
}
