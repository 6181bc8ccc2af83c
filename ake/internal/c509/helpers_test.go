package c509

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

func fromHex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type cborNothing struct{}

var null cborNothing

func seq(values ...any) []any { return values }

// toCBOR makes CBOR of ints, strings, byte strings, nulls and arrays.
func toCBOR(values ...any) []byte {
	var out []byte
	for _, value := range values {
		switch v := value.(type) {
		case int:
			out = cborx.AppendInt(out, int64(v))
		case int64: // what no int of 32 bits is
			out = cborx.AppendInt(out, v)
		case string:
			out = cborx.AppendText(out, v)
		case []byte:
			out = cborx.AppendBytes(out, v)
		case cborNothing:
			out = append(out, cborNull)
		case cborx.Item:
			out = append(out, v...)
		case []any:
			out = append(cborx.AppendArray(out, len(v)), toCBOR(v...)...)
		}
	}
	return out
}

func checkInts(t *testing.T, got cborx.Item, want ...any) {
	t.Helper()
	if expected := toCBOR(seq(want...)); !bytes.Equal(got, expected) {
		t.Errorf("got %x, want %x", []byte(got), expected)
	}
}

// verify reads a certificate and checks who signed it.
func verify(data []byte, issuer *suite.PublicKey) (*Certificate, error) {
	c, err := Parse(data)
	if err == nil {
		err = c.VerifiedBy(issuer)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// authority signs native certificates.
type authority struct {
	key *suite.PrivateKey
}

func newAuthority(t testing.TB) (*authority, *suite.PublicKey) {
	key, err := suite.ParsePrivateKey(suite.KeyP256, fromHex(t, draftIssuerKey))
	if err != nil {
		t.Fatal(err)
	}
	return &authority{key}, key.Public()
}

// native makes a certificate; overrides replace elements by their index.
func (a *authority) native(t testing.TB, issuer, subject string, overrides ...any) []byte {
	t.Helper()
	var from any = issuer
	if issuer == subject {
		from = null
	}
	fields := []any{Native, []byte{1}, 0, from, 1700000000, null, subject, 1,
		append([]byte{4}, a.key.Public().Bytes()...), 1}
	for i := 0; i < len(overrides); i += 2 {
		fields[overrides[i].(int)] = overrides[i+1]
	}
	tbs := toCBOR(fields...)
	signature, err := a.key.Sign(tbs)
	if err != nil {
		t.Fatal(err)
	}
	return assemble(tbs, signature)
}

// assemble is the array of what is signed and its signature.
func assemble(tbs, signature []byte) []byte {
	return cborx.AppendBytes(append([]byte{arrayHead}, tbs...), signature)
}

// draftIPBlocks is the last example of the draft: a brainpool key, names of
// several attributes, and resources in both forms of numbers and bytes.
const draftIPBlocks = `
30 82 03 13 30 82 02 9a a0 03 02 01 02 02 02 12 34 30 0a 06 08 2a 86
48 ce 3d 04 03 03 30 74 31 21 30 1f 06 03 55 04 03 0c 18 73 65 6c 66
73 69 67 6e 2d 62 72 61 69 6e 70 6f 6f 6c 70 33 38 34 72 31 31 13 30
11 06 03 55 04 04 0c 0a 6d 79 20 73 75 72 6e 61 6d 65 31 11 30 0f 06
03 55 04 0c 0c 08 6d 79 20 74 69 74 6c 65 31 15 30 13 06 03 55 04 2a
0c 0c 6d 79 20 67 69 76 65 6e 4e 61 6d 65 31 10 30 0e 06 03 55 04 29
0c 07 6d 79 20 6e 61 6d 65 30 1e 17 0d 32 35 30 31 30 32 30 30 30 30
30 30 5a 17 0d 32 36 30 31 30 32 30 30 30 30 30 30 5a 30 74 31 21 30
1f 06 03 55 04 03 0c 18 73 65 6c 66 73 69 67 6e 2d 62 72 61 69 6e 70
6f 6f 6c 70 33 38 34 72 31 31 13 30 11 06 03 55 04 04 0c 0a 6d 79 20
73 75 72 6e 61 6d 65 31 11 30 0f 06 03 55 04 0c 0c 08 6d 79 20 74 69
74 6c 65 31 15 30 13 06 03 55 04 2a 0c 0c 6d 79 20 67 69 76 65 6e 4e
61 6d 65 31 10 30 0e 06 03 55 04 29 0c 07 6d 79 20 6e 61 6d 65 30 7a
30 14 06 07 2a 86 48 ce 3d 02 01 06 09 2b 24 03 03 02 08 01 01 0b 03
62 00 04 67 09 c9 92 91 9b 49 c4 8f d9 31 d0 5c 49 7d 38 65 e6 08 4c
91 df 3a 4c 7e 78 1f 41 85 43 b0 23 d5 9e 8b f2 5d 13 3f b1 a0 94 e9
d4 2c 8f a6 ed 3b 46 e9 88 3a 35 ab d4 b0 a9 d3 0a ae fd 9b 7e 88 ed
38 00 56 5d 1e 7f 06 33 13 4d 65 19 29 2d 49 bd 55 ec 30 a1 67 19 7f
ec 0f 74 29 82 2b 95 a3 81 fa 30 81 f7 30 0b 06 03 55 1d 0f 04 04 03
02 07 80 30 75 06 08 2b 06 01 05 05 07 01 07 04 69 30 67 30 32 04 02
00 01 30 2c 03 03 00 16 52 03 04 04 17 53 70 30 0c 03 04 00 17 6a 68
03 04 00 17 6a 77 03 03 00 17 6d 30 0c 03 04 00 17 6f 10 03 04 00 17
6f 3f 30 31 04 02 00 02 30 2b 03 05 00 20 01 00 05 30 0d 03 04 00 20
01 06 03 05 00 20 01 07 f9 30 0d 03 05 00 20 01 07 fb 03 04 00 20 01
0b 03 04 02 20 01 14 30 71 06 08 2b 06 01 05 05 07 01 1c 04 65 30 63
30 33 04 03 00 01 01 30 2c 03 03 00 16 52 03 04 04 17 53 70 30 0c 03
04 00 17 6a 68 03 04 00 17 6a 77 03 03 00 17 6d 30 0c 03 04 00 17 6f
10 03 04 00 17 6f 3f 30 2c 04 03 00 02 01 30 25 03 05 00 20 01 00 05
03 0a 00 20 02 00 02 00 00 00 00 00 30 10 03 05 00 20 02 00 03 03 07
00 20 02 00 08 00 00 30 0a 06 08 2a 86 48 ce 3d 04 03 03 03 67 00 30
64 02 30 67 09 c9 92 91 9b 49 c4 8f d9 31 d0 5c 49 7d 38 65 e6 08 4c
91 df 3a 4c 7e 78 1f 41 85 43 b0 23 d5 9e 8b f2 5d 13 3f b1 a0 94 e9
d4 2c 8f a6 ed 02 30 3f 7d d0 c9 cf 50 86 29 85 29 f0 22 b8 2b f6 32
f4 9d 40 9a 2f 2e 70 0e c2 b0 bd 24 a3 bb 09 41 85 da 7c 21 af 47 9f
10 81 9a 41 04 c1 a4 b3 76`
