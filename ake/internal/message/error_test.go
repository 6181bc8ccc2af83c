package message

import (
	"testing"
)

// TestMayBeError: what is an error message may be one, and no message_1 may.
func TestMayBeError(t *testing.T) {
	for _, text := range []string{"016161", "0203", "02820203", "03f5", "182aa0", "200a", "0140", "0000"} {
		data := unhex(t, text)
		if _, err := ParseError(data); err == nil && !MayBeError(data) || len(data) > 0 && !MayBeError(data) {
			t.Errorf("%s may be an error message", text)
		}
	}
	for _, text := range []string{"", "01", "0161", "03024102" + "00", "0382060241" + "0237", "0101" + "00", "01" + "0161" + "61", "01ff"} {
		data := unhex(t, text)
		if _, err := ParseError(data); err == nil || MayBeError(data) {
			t.Errorf("%s may be no error message", text)
		}
	}
}

// FuzzMayBeError: nothing that ParseError reads is passed over.
func FuzzMayBeError(f *testing.F) {
	f.Add([]byte{1, 0x61, 0x61})
	f.Add([]byte{3, 0xf5})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := ParseError(data); err == nil && !MayBeError(data) {
			t.Errorf("%x", data)
		}
	})
}
