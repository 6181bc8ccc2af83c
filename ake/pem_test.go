package ake

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestPrivateKeyFiles: a key is taken in each form in which programs have it, of each
// kind, and nothing else is.
func TestPrivateKeyFiles(t *testing.T) {
	for kind := KeyP256; kind.Valid(); kind++ {
		private, public, err := GenerateKey(kind)
		must(t, err)
		fresh := func() *Credential { return ccsOf(t, kind, "me", nil, nil, public) }
		digits := hex.EncodeToString(private)
		for name, file := range map[string]string{
			"as it is": string(private), "hexadecimal": digits, "a line": strings.ToUpper(digits) + "\r\n", "0x": "0x" + digits,
		} {
			own := fresh()
			if err := own.SetPrivateKeyPEM([]byte(file)); err != nil || own.key == nil {
				t.Errorf("%v, %s: %v", kind, name, err)
			}
		}
		for name, file := range map[string]string{
			"nothing": "", "a byte more": string(private) + "\x00", "a digit less": digits[1:], "no digits": "g" + digits[1:],
			"twice": digits + "\n" + digits, "another key": strings.Repeat("41", len(private)), "zeros": strings.Repeat("00", len(private)),
		} {
			own := fresh()
			err := own.SetPrivateKeyPEM([]byte(file))
			wantStatus(t, kind.String()+", "+name, err, ErrPrivateKey)
			if own.key != nil {
				t.Errorf("%v, %s: there is a key", kind, name)
			}
		}
	}
}
