package coap

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake"
)

// The bytes-or-int rule of RFC 9528 section 3.3.2, at its edges.
func TestR02_Identifiers(t *testing.T) {
	for id, wire := range map[string]string{
		"\x00": "00", "\x17": "17", "\x18": "4118", "\x1f": "411f", "\x20": "20", "\x37": "37", "\x38": "4138", "\xff": "41ff",
		"": "40", "\x00\x00": "420000", "1234567": "4731323334353637",
	} {
		got := appendIdentifier(nil, []byte(id))
		if !bytes.Equal(got, unhex(t, wire)) {
			t.Errorf("%x is sent as %x, want %s", id, got, wire)
		}
		back, rest, err := cutIdentifier(append(got, 1, 2, 3))
		if err != nil || string(back) != id || !bytes.Equal(rest, []byte{1, 2, 3}) {
			t.Errorf("%s is read as %x, %x, %v", wire, back, rest, err)
		}
	}
	for _, wrong := range []string{"", "1817", "1818", "3818", "18", "4117", "4120", "4137", "4100", "5801", "580118", "42", "60", "80", "a0", "f5", "f6", "ff", "5f4100ff", "1c"} {
		if id, _, err := cutIdentifier(unhex(t, wrong)); ake.StatusOf(err) != ake.ErrMalformed {
			t.Errorf("%s is read as %x, %v", wrong, id, err)
		}
	}
	long := append([]byte{0x58, maxIdentifier + 1}, make([]byte, maxIdentifier+1)...)
	if _, _, err := cutIdentifier(long); err == nil {
		t.Error("65 bytes are read")
	}
}

// The 48 identifiers of one byte come first, each once; then two bytes.
func TestR01_ShortIdentifiersFirst(t *testing.T) {
	ids := value[*IDs](t)(NewIDs(1, 2))
	seen := map[string]bool{}
	for n := range 5000 {
		id := value[[]byte](t)(ids.Take(nil))
		if seen[string(id)] || (n < oneByteInts) != isOneByteInt(id) || n >= oneByteInts && len(id) != 2 {
			t.Fatalf("identifier %d is %x", n, id)
		}
		seen[string(id)] = true
	}
	for id := range seen {
		ids.Release([]byte(id))
	}
	if ids.Len() != 0 {
		t.Errorf("%d are left", ids.Len())
	}
}

func TestR01_ExhaustedAndGivenBack(t *testing.T) {
	ids := value[*IDs](t)(NewIDs(1, 1))
	var last []byte
	for range oneByteInts {
		last = value[[]byte](t)(ids.Take(nil))
	}
	_, err := ids.Take(nil)
	if !errors.Is(err, ake.ErrExhausted) || err.Error() == "" {
		t.Errorf("%v", err)
	}
	ids.Release(last)
	if _, err := ids.Take(last); !errors.Is(err, ake.ErrExhausted) {
		t.Errorf("the peer's identifier is given: %v", err)
	}
	if id := value[[]byte](t)(ids.Take(nil)); !bytes.Equal(id, last) {
		t.Errorf("%x", id)
	}
	for _, wrong := range [][2]int{{0, 1}, {2, 1}, {1, 8}, {-1, -1}} {
		if _, err := NewIDs(wrong[0], wrong[1]); ake.StatusOf(err) != ake.ErrArgument {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func TestCodeNames(t *testing.T) {
	for code, want := range map[Code]string{Empty: "0.00", POST: "0.02", Changed: "2.04", UnsupportedContentFormat: "4.15", ServiceUnavailable: "5.03", 0xff: "7.31"} {
		if got := code.String(); got != want {
			t.Errorf("%#x is %s, want %s", uint8(code), got, want)
		}
	}
}
