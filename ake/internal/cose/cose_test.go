package cose

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestIDCred reads every parameter, alone and with others.
func TestIDCred(t *testing.T) {
	for input, check := range map[string]func(*IDCred) bool{
		"a1044132":                  func(id *IDCred) bool { return bytes.Equal(id.Kid, []byte{0x32}) && !id.ByValue() },
		"a10440":                    func(id *IDCred) bool { return id.Kid != nil && len(id.Kid) == 0 },
		"a20a4101044102":            func(id *IDCred) bool { return bytes.Equal(id.Kid, []byte{2}) && bytes.Equal(id.KidContext, []byte{1}) },
		"a10ea10800":                func(id *IDCred) bool { return bytes.Equal(id.CCS, []byte{0xa1, 8, 0}) && id.ByValue() },
		"a10d8440a04040":            func(id *IDCred) bool { return id.CWT != nil && id.ByValue() },
		"a10dd28440a04040":          func(id *IDCred) bool { return id.CWT != nil && id.ByValue() },
		"a118214101":                func(id *IDCred) bool { return len(id.X5Chain) == 1 && id.ByValue() },
		"a118218241014102":          func(id *IDCred) bool { return len(id.X5Chain) == 2 && bytes.Equal(id.X5Chain[1], []byte{2}) },
		"a118208341014102" + "4103": func(id *IDCred) bool { return len(id.X5Bag) == 3 && id.ByValue() },
		"a11822822e48" + "0102030405060708": func(id *IDCred) bool {
			return id.X5T.Algorithm == AlgSHA25664 && len(id.X5T.Value) == 8 && !id.ByValue()
		},
		"a11822822f5820" + strings.Repeat("00", 32):     func(id *IDCred) bool { return id.X5T.Algorithm == AlgSHA256 },
		"a1182282382a4101":                              func(id *IDCred) bool { return id.X5T.Algorithm == -43 }, // no hash of ours
		"a1182282616140":                                func(id *IDCred) bool { return id.X5T.Algorithm == 0 },   // nor one with a name
		"a11823d820636162" + "63":                       func(id *IDCred) bool { return id.X5U == "abc" && id.HasX5U() && !id.ByValue() },
		"a21823d82061611822822e48" + "0102030405060708": func(id *IDCred) bool { return id.X5U == "a" && id.X5T != nil },
		"a11822821bffffffffffffffff40":                  func(id *IDCred) bool { return id.X5T.Algorithm == math.MaxInt64 }, // nor one beyond int64
		"a11822823bffffffffffffffff40":                  func(id *IDCred) bool { return id.X5T.Algorithm == math.MinInt64 },
		"a2044132" + "1b800000000000000000":             func(id *IDCred) bool { return id.Kid != nil }, // and a label beyond int64
		"a2044132" + "3bffffffffffffffff00":             func(id *IDCred) bool { return id.Kid != nil },
		"a2044132613160":                                func(id *IDCred) bool { return id.Kid != nil }, // and a label in text
		"a2044132190400f6":                              func(id *IDCred) bool { return id.Kid != nil }, // and an unknown label
	} {
		if id, err := ParseIDCred(unhex(t, input)); err != nil || !check(id) || !bytes.Equal(id.Raw, unhex(t, input)) {
			t.Errorf("%s: %+v, %v", input, id, err)
		}
	}
	for _, wrong := range []string{
		"", "00", "40", "80", "a0", "6161", "f6", "a1044132" + "00", "a104", // no map with a parameter
		"a10400", "a1046161", "a104f6", "a10a00", "a20a0004" + "4102", // kid, kid context
		"a10e40", "a10e00", "a10e80", "a10d40", "a10d00", "a10da0", // CCS, CWT
		"a1182180", "a118218141" + "01", "a1182100", "a118218241016161", "a1182080", "a118208141" + "01", "a11820a0", // certificates
		"a1182240", "a1182280", "a118228100", "a1182282004000", "a118228300" + "4040", "a118228240" + "40", "a11822822e47" + "00000000000000", "a11822822e40",
		"a11822822f581f" + strings.Repeat("00", 31), "a11822822e00", // x5t
		"a118236161", "a11823d82000", "a11823d82040", "a11823d8216161", "a1182300", // x5u
		"a1f500", "a1404132", "a2" + "044132" + "f500", "a18000", // labels
		"a1044132" + "f6", "a2044132044133", "bf044132ff", "a118044132", // CBOR
	} {
		if id, err := ParseIDCred(unhex(t, wrong)); !errors.Is(err, ErrIDCred) {
			t.Errorf("%s: %+v, %v", wrong, id, err)
		}
	}
	for _, unknown := range []string{"a1190400f6", "a1613100", "a10a4101", "a12000", "a11bffffffffffffffff00", "a13b800000000000000000"} {
		if id, err := ParseIDCred(unhex(t, unknown)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %+v, %v", unknown, id, err)
		}
	}
}

// TestMakers: what is made is read back.
func TestMakers(t *testing.T) {
	certs := [][]byte{{1}, {2}, {3}}
	for want, made := range map[string][]byte{
		"a104420102":              KidID([]byte{1, 2}),
		"a10440":                  KidID(nil),
		"a10ea10800":              CCSID([]byte{0xa1, 8, 0}),
		"a11822822e420102":        X5TID(CertHash{AlgSHA25664, []byte{1, 2}}),
		"a118214101":              X5ChainID(certs[:1]),
		"a1182183410141024103":    X5ChainID(certs),
		"a118208241014102":        X5BagID(certs[:2]),
		"a11823d820636162" + "63": X5UID("abc"),
	} {
		if !bytes.Equal(made, unhex(t, want)) {
			t.Errorf("%x is made, want %s", made, want)
		}
		if _, err := cborx.One(made); err != nil {
			t.Errorf("%x: %v", made, err)
		}
	}
}

// TestStructures holds the Sig_structure and Enc_structure of RFC 9529 in
// shape.
func TestStructures(t *testing.T) {
	for want, made := range map[string][]byte{
		"846a5369676e61747572653141a0420102" + "4103": SigStructure([]byte{0xa0}, []byte{1, 2}, []byte{3}),
		"846a5369676e6174757265314040" + "40":         SigStructure(nil, nil, nil),
		"8368456e637279707430404101":                  EncStructure([]byte{1}),
	} {
		if !bytes.Equal(made, unhex(t, want)) {
			t.Errorf("%x is made, want %s", made, want)
		}
	}
}

func TestKey(t *testing.T) {
	x, y := strings.Repeat("11", 32), strings.Repeat("22", 32)
	for input, check := range map[string]func(*Key) bool{
		"a401022001215820" + x + "225820" + y: func(k *Key) bool {
			return k.Curve == CurveP256 && len(k.X) == 32 && len(k.Y) == 32 && k.YSign == nil && k.Kid == nil
		},
		"a401022001215820" + x + "22f5":                      func(k *Key) bool { return k.Y == nil && *k.YSign },
		"a401022001215820" + x + "22f4":                      func(k *Key) bool { return k.Y == nil && !*k.YSign },
		"a301022001215820" + x:                               func(k *Key) bool { return k.Y == nil && k.YSign == nil },
		"a501020241322001215820" + x + "225820" + y:          func(k *Key) bool { return bytes.Equal(k.Kid, []byte{0x32}) },
		"a301012004215820" + x:                               func(k *Key) bool { return k.Curve == CurveX25519 },
		"a401012006215820" + x + "0326":                      func(k *Key) bool { return k.Curve == CurveEd25519 }, // with alg
		"a4010120042158" + "20" + x + "3bffffffffffffffff00": func(k *Key) bool { return k.Curve == CurveX25519 },  // with a label beyond int64
		"a4010120042158" + "20" + x + "1b800000000000000000": func(k *Key) bool { return k.Curve == CurveX25519 },
		"a4010120042158" + "20" + x + "616100":               func(k *Key) bool { return k.Curve == CurveX25519 }, // with a text label
	} {
		k, err := ParseKey(unhex(t, input))
		if err != nil || !check(k) {
			t.Errorf("%s: %+v, %v", input, k, err)
		}
	}
	for _, wrong := range []string{
		"00", "80", "40", "a0", // no map with the three
		"a201012001", "a220012158" + "20" + x, "a2010221" + "5820" + x, "a201022001",
		"a301012001215820" + x, "a301022004215820" + x, "a301042001215820" + x, // kty does not fit
		"a3010220002158" + "20" + x, "a30161" + "322001215820" + x, "a301022061612158" + "20" + x, // not numbers
		"a301" + "1bffffffffffffffff" + "2001215820" + x, "a30102" + "20" + "3bffffffffffffffff" + "215820" + x, "a30101" + "20" + "1b8000000000000000" + "215820" + x, // beyond int64
		"a30102200121" + "00", "a30102200121" + "f6", "a401022001215820" + x + "2200", "a401022001215820" + x + "22f6", // x, y
		"a4010202002001215820" + x,            // kid
		"a401022001215820" + x + "235820" + y, // d
		"a501022001215820" + x + "225820" + y + "235820" + y,
	} {
		if k, err := ParseKey(unhex(t, wrong)); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %+v, %v", wrong, k, err)
		}
	}
	for _, k := range []Key{
		{Curve: CurveP256, X: []byte{1}, Y: []byte{2}}, {Curve: CurveP384, X: []byte{1}, Kid: []byte{}}, {Curve: CurveX448, X: []byte{1}, Kid: []byte("kid")},
	} {
		encoded := k.Encode()
		back, err := ParseKey(encoded)
		if err != nil || !bytes.Equal(back.Encode(), encoded) || back.Curve != k.Curve || !bytes.Equal(back.Kid, k.Kid) {
			t.Errorf("%+v is encoded as %x, read as %+v, %v", k, encoded, back, err)
		}
		if item := cborx.Item(encoded); !bytes.Equal(item.Canonical(), encoded) {
			t.Errorf("%x is not in deterministic order", encoded)
		}
	}
}

// FuzzIDCred: reading never fails but with one of two errors, and what is found
// is from the input.
func FuzzIDCred(f *testing.F) {
	for _, seed := range []string{"a1044132", "a20a4101044102", "a10ea10800", "a118218241014102", "a11822822e480102030405060708", "a11823d82063616263", "a10dd28440a04040", "a11816822e4101", "a0", "a1f500"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := ParseIDCred(data)
		if err != nil {
			if !errors.Is(err, ErrIDCred) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("error of another kind: %v", err)
			}
			return
		}
		for _, part := range append([][]byte{id.Kid, id.KidContext, id.CCS, id.CWT, []byte(id.X5U)}, append(id.X5Chain, id.X5Bag...)...) {
			if !bytes.Contains(data, part) {
				t.Errorf("%x is not in %x", part, data)
			}
		}
		ParseKey(id.Raw)
	})
}
