package ake

import (
	"bytes"
	"testing"
)

// TestPlaintext3BIsWiped: of EDHOC-PSK both plaintexts of message_3 go with the
// decision that they wait for.
func TestPlaintext3BIsWiped(t *testing.T) {
	w := pskWorld(t, 2)
	w.configR.Pull = PullPeer
	i, r := w.sessions(t)
	must(t, i.AddEAD(3, EADItem{Label: 77, Value: []byte("confidential")}))
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	wantStatus(t, "message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), PendingPeer)
	p := r.phase.(*pending3)
	plaintext3A, plaintext3B := p.plaintext, p.verified.plaintext
	if !bytes.Contains(plaintext3B, []byte("confidential")) {
		t.Fatalf("PLAINTEXT_3B is %x", plaintext3B)
	}
	must(t, r.Continue())
	for _, plaintext := range [][]byte{plaintext3A, plaintext3B} {
		if !bytes.Equal(plaintext, make([]byte, len(plaintext))) {
			t.Errorf("%x is left", plaintext)
		}
	}
}
