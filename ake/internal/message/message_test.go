package message

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
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

// causes are the kinds of error of this package.
var causes = []error{ErrMalformed, ErrIdentifier, ErrEAD, ErrIDCred, cborx.ErrNotDeterministic}

// wantRefused checks that each input is refused with the cause, and with no
// other one.
func wantRefused[T any](t *testing.T, parse func([]byte) (T, error), cause error, inputs ...string) {
	t.Helper()
	for _, input := range inputs {
		_, err := parse(unhex(t, input))
		for _, c := range causes {
			if errors.Is(err, c) != (c == cause) {
				t.Errorf("%.60s: %v, want %v", input, err, cause)
			}
		}
	}
}

func TestMessage1(t *testing.T) {
	for input, want := range map[string]Message1{
		"0000" + "420102" + "00":                          {0, []int64{0}, []byte{1, 2}, []byte{0}, nil},
		"03820602" + "420102" + "37":                      {3, []int64{6, 2}, []byte{1, 2}, []byte{0x37}, nil},
		"0483372021" + "40" + "40":                        {4, []int64{-24, -1, -2}, []byte{}, []byte{}, nil},
		"1903e700" + "4101" + "4118":                      {999, []int64{0}, []byte{1}, []byte{0x18}, nil},
		"2000" + "4101" + "420000" + "05":                 {-1, []int64{0}, []byte{1}, []byte{0, 0}, []EAD{{Label: 5}}},
		"0000" + "4101" + "00" + "2440" + "054101" + "00": {0, []int64{0}, []byte{1}, []byte{0}, []EAD{{Label: -5, Value: []byte{}}, {Label: 5, Value: []byte{1}}, {}}},
	} {
		m, err := ParseMessage1(unhex(t, input))
		if err != nil || !reflect.DeepEqual(*m, want) {
			t.Errorf("%s: %+v, %v", input, m, err)
			continue
		}
		if got := m.Encode(); !bytes.Equal(got, unhex(t, input)) {
			t.Errorf("%s is encoded as %x", input, got)
		}
		if m.SelectedSuite() != want.SuitesI[len(want.SuitesI)-1] {
			t.Errorf("%s: cipher suite %d", input, m.SelectedSuite())
		}
	}
	wantRefused(t, ParseMessage1, ErrMalformed,
		"", "00", "0000", "00004101", // too few
		"84000041"+"0100",                                  // in an array
		"6130"+"00410100", "f500410100", "4100"+"00410100", // METHOD
		"0080410100", "008100410100", "00a0410100", "0040410100", "00f6410100", "0082016130"+"410100", "00820140410100", "0082810000"+"410100", // SUITES_I
		"0000613000", "00000100", "0000810000", "0000d2410100", "0000f600", // G_X
		"00004101"+"00"+"18", "0000"+"5901", "0000410100ff", "00005f4101ff00", // not CBOR
		"0000410100"+strings.Repeat("05", 129), // more items than any message has
	)
	wantRefused(t, ParseMessage1, ErrIdentifier,
		"00004101"+"1818", "00004101"+"3818", "00004101"+"4100", "00004101"+"4137", "00004101"+"6100", "00004101"+"80", "00004101"+"f6", "00004101"+"a0")
	wantRefused(t, ParseMessage1, ErrEAD,
		"0000410100"+"40", "0000410100"+"0540"+"40", "0000410100"+"056161", "0000410100"+"05f6", "0000410100"+"0580", "0000410100"+"1bffffffffffffffff"+"6161", "0000410100"+"1bffffffffffffffff"+"40"+"40",
		"0000410100"+"05a0", "0000410100"+strings.Repeat("05", 65))
	wantRefused(t, ParseMessage1, cborx.ErrNotDeterministic,
		"180000410100", "001800410100", "0000580101"+"00", "00004101"+"1800", "0000410100"+"1805", "0000410100"+"05580101", "0098020102410100", "00820118"+"02410100")
}

// TestBeyondInt64: a CDDL int ends at 2^64-1 and at -2^64. No method and no cipher
// suite is beyond int64, and neither becomes one that there is.
func TestBeyondInt64(t *testing.T) {
	const most, least = math.MaxInt64, math.MinInt64
	for input, want := range map[string]Message1{
		"1b8000000000000000" + "02" + "4101" + "00":                                      {Method: most, SuitesI: []int64{2}, GX: []byte{1}, CI: []byte{0}},
		"3bffffffffffffffff" + "02" + "4101" + "00":                                      {Method: least, SuitesI: []int64{2}, GX: []byte{1}, CI: []byte{0}},
		"03" + "1bffffffffffffffff" + "4101" + "00":                                      {Method: 3, SuitesI: []int64{most}, GX: []byte{1}, CI: []byte{0}},
		"03" + "83" + "3b8000000000000000" + "1b8000000000000000" + "02" + "4101" + "00": {Method: 3, SuitesI: []int64{least, most, 2}, GX: []byte{1}, CI: []byte{0}},
	} {
		m, err := ParseMessage1(unhex(t, input))
		if err != nil || !reflect.DeepEqual(*m, want) {
			t.Errorf("%s: %+v, %v", input, m, err)
		}
	}
	for input, want := range map[string]Error{
		"1bffffffffffffffff" + "6161":             {Code: most, Info: unhex(t, "6161")},
		"3b8000000000000000" + "f5":               {Code: least, Info: unhex(t, "f5")},
		"02" + "1b8000000000000001":               {Code: CodeWrongSuite, Suites: []int64{most}, Info: unhex(t, "1b8000000000000001")},
		"02" + "82" + "02" + "3bffffffffffffffff": {Code: CodeWrongSuite, Suites: []int64{2, least}, Info: unhex(t, "8202"+"3bffffffffffffffff")},
	} {
		e, err := ParseError(unhex(t, input))
		if err != nil || !reflect.DeepEqual(*e, want) {
			t.Errorf("%s: %+v, %v", input, e, err)
		}
	}
	wantRefused(t, ParseMessage1, ErrMalformed, "c24801"+"02410100", "03"+"c2488000000000000000"+"410100", "03"+"82"+"02"+"fa5f000000"+"410100")
	wantRefused(t, ParseMessage1, ErrIdentifier, "03024101"+"1bffffffffffffffff", "03024101"+"3bffffffffffffffff")
	wantRefused(t, ParsePlaintext3, ErrIdentifier, "1bffffffffffffffff"+"4101")
}

// TestEADBeyondInt64: such an item keeps its place in the plaintext byte for byte,
// because what is authenticated is encoded anew.
func TestEADBeyondInt64(t *testing.T) {
	for input, critical := range map[string]bool{
		"1b8000000000000000": false, "1b8000000000000001" + "40": false, "1bffffffffffffffff" + "420102": false,
		"3b8000000000000000": true, "3bfffffffffffffffe" + "4101": true, "3bffffffffffffffff": true,
	} {
		ead, err := ParsePlaintext4(unhex(t, input))
		if err != nil || len(ead) != 1 {
			t.Errorf("%s: %v, %v", input, ead, err)
			continue
		}
		e := ead[0]
		if !e.Beyond() || e.Padding() || e.Critical() != critical || e.Label != map[bool]int64{false: math.MaxInt64, true: math.MinInt64}[critical] {
			t.Errorf("%s: %+v", input, e)
		}
		if got := AppendEAD(nil, ead); !bytes.Equal(got, unhex(t, input)) {
			t.Errorf("%s is encoded as %x", input, got)
		}
		// A Label that the host sets counts.
		for _, label := range []int64{0, 5, -5, math.MaxInt64 - 1} {
			e.Label = label
			if got, want := AppendEAD(nil, []EAD{e}), AppendEAD(nil, []EAD{{Label: label, Value: e.Value}}); e.Beyond() || !bytes.Equal(got, want) {
				t.Errorf("%s becomes %x with label %d", input, got, label)
			}
		}
	}
	for _, label := range []int64{math.MaxInt64, math.MinInt64, 0} {
		if (EAD{Label: label}).Beyond() {
			t.Errorf("%d is beyond int64", label)
		}
	}
	for input, parse := range map[string]func([]byte) ([]byte, error){
		"0302410100" + "1bffffffffffffffff" + "00" + "3b8000000000000000" + "4101": func(b []byte) ([]byte, error) { m, err := ParseMessage1(b); return encoding(m, err) },
		"00" + "32" + "4101" + "3bffffffffffffffff" + "40":                         func(b []byte) ([]byte, error) { p, err := ParsePlaintext2(b); return encoding(p, err) },
		"32" + "4101" + "1b8000000000000000":                                       func(b []byte) ([]byte, error) { p, err := ParsePlaintext3(b); return encoding(p, err) },
		"00" + "1b8000000000000000" + "1b8000000000000001":                         func(b []byte) ([]byte, error) { p, err := ParsePlaintext2A(b); return encoding(p, err) },
	} {
		if got, err := parse(unhex(t, input)); err != nil || !bytes.Equal(got, unhex(t, input)) {
			t.Errorf("%s is encoded as %x, %v", input, got, err)
		}
	}
}

func encoding(m interface{ Encode() []byte }, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return m.Encode(), nil
}

func TestByteString(t *testing.T) {
	parse := func(data []byte) ([]byte, error) { return ParseByteString("message", data) }
	for _, size := range []int{0, 1, 23, 24, 255, 256, 65535, 65536} {
		content := bytes.Repeat([]byte{7}, size)
		encoded := EncodeByteString(content[:size/2], content[size/2:])
		if got, err := parse(encoded); err != nil || !bytes.Equal(got, content) || !bytes.Equal(encoded, cborx.AppendBytes(nil, content)) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	wantRefused(t, parse, ErrMalformed, "", "00", "6161", "814101", "41014102", "410100", "d24101", "4201", "5f4101ff", "f6", "a0")
	wantRefused(t, parse, cborx.ErrNotDeterministic, "580101", "59000101", "5800", "5a0000000101", "5b000000000000000101")
}

func TestPlaintext2(t *testing.T) {
	for input, want := range map[string]Plaintext2{
		"27" + "32" + "4101":                      {[]byte{0x27}, unhex(t, "a1044132"), []byte{1}, nil},
		"40" + "40" + "40":                        {[]byte{}, unhex(t, "a10440"), []byte{}, nil},
		"4118" + "4138" + "4101" + "00":           {[]byte{0x18}, unhex(t, "a1044138"), []byte{1}, []EAD{{}}},
		"420102" + "430a0b0c" + "4101" + "244102": {[]byte{1, 2}, unhex(t, "a104430a0b0c"), []byte{1}, []EAD{{Label: -5, Value: []byte{2}}}},
		"00" + "a11822822e4101" + "4101":          {[]byte{0}, unhex(t, "a11822822e4101"), []byte{1}, nil},
		"00" + "a20a4101" + "044102" + "4101":     {[]byte{0}, unhex(t, "a20a4101044102"), []byte{1}, nil},
		"00" + "a2044102" + "0a4101" + "4101":     {[]byte{0}, unhex(t, "a20441020a4101"), []byte{1}, nil}, // the order of labels is open
		"00" + "a1046161" + "4101":                {[]byte{0}, unhex(t, "a1046161"), []byte{1}, nil},       // for the reader of ID_CRED
	} {
		p, err := ParsePlaintext2(unhex(t, input))
		if err != nil || !reflect.DeepEqual(*p, want) {
			t.Errorf("%s: %+v, %v", input, p, err)
		} else if got := p.Encode(); !bytes.Equal(got, unhex(t, input)) {
			t.Errorf("%s is encoded as %x", input, got)
		}
	}
	wantRefused(t, ParsePlaintext2, ErrMalformed, "", "00", "0000", "00"+"00"+"00", "0000"+"6161", "0000"+"80", "0000f6", "00"+"00"+"42", "0000"+"a0")
	wantRefused(t, ParsePlaintext2, ErrIdentifier, "8300004101", "1818"+"004101", "4100"+"004101", "80"+"004101", "a0"+"004101",
		"00"+"1818"+"4101", "00"+"4100"+"4101", "00"+"80"+"4101", "00"+"6161"+"4101", "00"+"f5"+"4101", "00"+"3818"+"4101")
	wantRefused(t, ParsePlaintext2, ErrIDCred, "00"+"a0"+"4101", "00"+"a1044132"+"4101", "00"+"a104420102"+"4101", "00"+"a10440"+"4101")
	wantRefused(t, ParsePlaintext2, ErrEAD, "00004101"+"40", "00004101"+"054040", "00004101"+"6161")
	wantRefused(t, ParsePlaintext2, cborx.ErrNotDeterministic, "1800"+"004101", "00"+"1800"+"4101", "0000"+"580101", "00"+"a118044132"+"4101", "00004101"+"1800")
}

func TestPlaintext3(t *testing.T) {
	for input, want := range map[string]Plaintext3{
		"32" + "4101":                  {unhex(t, "a1044132"), []byte{1}, nil},
		"a118236161" + "40" + "000140": {unhex(t, "a118236161"), []byte{}, []EAD{{}, {Label: 1, Value: []byte{}}}},
	} {
		p, err := ParsePlaintext3(unhex(t, input))
		if err != nil || !reflect.DeepEqual(*p, want) {
			t.Errorf("%s: %+v, %v", input, p, err)
		} else if got := p.Encode(); !bytes.Equal(got, unhex(t, input)) {
			t.Errorf("%s is encoded as %x", input, got)
		}
	}
	wantRefused(t, ParsePlaintext3, ErrMalformed, "", "00", "0000", "006161", "00f6", "0042")
	wantRefused(t, ParsePlaintext3, ErrIdentifier, "4100"+"4101", "1818"+"4101", "80"+"4101")
	wantRefused(t, ParsePlaintext3, ErrIDCred, "a0"+"4101", "a1044132"+"4101")
	wantRefused(t, ParsePlaintext3, ErrEAD, "004101"+"40")
	wantRefused(t, ParsePlaintext3, cborx.ErrNotDeterministic, "1800"+"4101", "00580101")
}

func TestPlaintext4(t *testing.T) {
	for input, want := range map[string][]EAD{
		"": nil, "00": {{}}, "0040": {{Value: []byte{}}}, "00000140": {{}, {}, {Label: 1, Value: []byte{}}}, "3a0001ffff": {{Label: -131072}},
		"1b7fffffffffffffff": {{Label: math.MaxInt64}}, "3b7fffffffffffffff": {{Label: math.MinInt64}},
	} {
		got, err := ParsePlaintext4(unhex(t, input))
		if err != nil || !reflect.DeepEqual(got, want) || !bytes.Equal(AppendEAD(nil, got), unhex(t, input)) {
			t.Errorf("%q: %v, %v", input, got, err)
		}
	}
	wantRefused(t, ParsePlaintext4, ErrEAD, "40", "004040", "80", "6161", "f6", "00f6", "8100")
	wantRefused(t, ParsePlaintext4, ErrMalformed, "18", "0041", "00ff")
	wantRefused(t, ParsePlaintext4, cborx.ErrNotDeterministic, "1800", "00580101")
}

func TestEADItem(t *testing.T) {
	for label, want := range map[int64]string{0: "padding", 1: "", -1: "critical", -65536: "critical", 1 << 40: ""} {
		e := EAD{Label: label}
		if e.Padding() != (want == "padding") || e.Critical() != (want == "critical") {
			t.Errorf("label %d: padding %v, critical %v", label, e.Padding(), e.Critical())
		}
	}
}

func TestLooksLikeError(t *testing.T) {
	for input, want := range map[string]bool{"": false, "0160": true, "03f5": true, "20f6": true, "1863f6": true, "40": false, "5820": false, "8101": false, "f5": false} {
		if LooksLikeError(unhex(t, input)) != want {
			t.Errorf("%q: %v", input, !want)
		}
	}
}

// seed is one message of each kind, to start a fuzzer from.
func seed(f *testing.F, inputs ...string) {
	for _, input := range inputs {
		f.Add(unhex(f, input))
	}
}

// beyond reports whether one of these numbers may have been beyond int64.
func beyond(numbers []int64) bool {
	return slices.Contains(numbers, math.MaxInt64) || slices.Contains(numbers, math.MinInt64)
}

// FuzzMessage1: what is accepted is encoded to the same bytes, but for a method or
// a suite beyond int64.
func FuzzMessage1(f *testing.F) {
	seed(f, "0302410100"+"1bffffffffffffffff", "0000420102"+"00", "03820602420102370024405818", "84000041"+"0100", "0382060258208af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b637")
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := ParseMessage1(data); err == nil && !beyond(append(m.SuitesI, m.Method)) && !bytes.Equal(m.Encode(), data) {
			t.Errorf("%x is encoded as %x", data, m.Encode())
		}
	})
}

// FuzzPlaintexts: the same for the other messages and their plaintexts.
func FuzzPlaintexts(f *testing.F) {
	seed(f, "27324101", "2732480943305c899f5c54", "2b48623c91df41e34c2f", "4118a11822822e4879f2a41b510c1f9b4101", "00a20a41010441024101244102", "0160", "0202", "03f5", "0040", "3bffffffffffffffff")
	f.Fuzz(func(t *testing.T, data []byte) {
		encodings := map[string][]byte{}
		if p, err := ParsePlaintext2(data); err == nil {
			encodings["PLAINTEXT_2"] = p.Encode()
		}
		if p, err := ParsePlaintext3(data); err == nil {
			encodings["PLAINTEXT_3"] = p.Encode()
		}
		if p, err := ParsePlaintext4(data); err == nil {
			encodings["PLAINTEXT_4"] = AppendEAD(nil, p)
		}
		if e, err := ParseError(data); err == nil && !beyond(append(e.Suites, e.Code)) {
			encodings[fmt.Sprint("error ", e.Code)] = e.Encode()
		}
		if b, err := ParseByteString("message", data); err == nil {
			encodings["byte string"] = EncodeByteString(b)
		}
		for name, encoded := range encodings {
			if !bytes.Equal(encoded, data) {
				t.Errorf("%s %x is encoded as %x", name, data, encoded)
			}
		}
	})
}
