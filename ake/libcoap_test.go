package ake

import (
	"errors"
	"testing"
)

func TestLibcoapConf(t *testing.T) {
	good := OSCOREContext{
		MasterSecret: []byte{0xf9, 0x86}, MasterSalt: []byte{0xad, 0xa2},
		SenderID: []byte{0x27}, RecipientID: []byte{}, AEAD: 10, Hash: -16,
	}
	text, err := good.LibcoapConf()
	const want = `master_secret,hex,"f986"
master_salt,hex,"ada2"
sender_id,hex,"27"
recipient_id,hex,""
aead_alg,integer,10
hkdf_alg,integer,-10
replay_window,integer,32
`
	if err != nil || string(text) != want {
		t.Errorf("got %q, %v", text, err)
	}

	for name, change := range map[string]func(*OSCOREContext){
		"another AEAD":        func(c *OSCOREContext) { c.AEAD = 24 },
		"another hash":        func(c *OSCOREContext) { c.Hash = -43 },
		"a long sender ID":    func(c *OSCOREContext) { c.SenderID = make([]byte, 8) },
		"a long recipient ID": func(c *OSCOREContext) { c.RecipientID = make([]byte, 8) },
	} {
		bad := good
		change(&bad)
		if text, err := bad.LibcoapConf(); text != nil || !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: got %q, %v", name, text, err)
		}
	}
}
