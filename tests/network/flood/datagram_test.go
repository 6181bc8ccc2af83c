package main

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// What a client sends, and what a server answers, from RFC 7252 chapter 3 by hand.
func TestDatagrams(t *testing.T) {
	d := post([]byte{0xf5}, option{optionBlock1, []byte{0x0e}}, option{optionEcho, bytes.Repeat([]byte{7}, 20)})
	d.id, d.token = 0x1234, []byte{0xab}
	want := "41021234ab" + "bb2e77656c6c2d6b6e6f776e" + "056564686f63" + "1141" + "d1020e" +
		"ddd407" + "0707070707070707070707070707070707070707" + "fff5"
	if got := hex.EncodeToString(d.encode()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	d = datagram{code: codeUnauthorized, token: []byte{1, 2}, options: []option{{optionEcho, []byte("challenge")}}, payload: []byte("x")}
	whole := d.encode()
	if code, echo, ok := readAnswer(whole); !ok || code != codeUnauthorized || string(echo) != "challenge" {
		t.Errorf("%x %q %v", code, echo, ok)
	}
	for n := range len(whole) - 3 { // without an end of the options, or of the Echo option
		if _, echo, ok := readAnswer(whole[:n]); ok && echo != nil {
			t.Errorf("%d bytes have an Echo option", n)
		}
	}
}

// All kinds of junk can be made, and message_1 is as valid as it is said to be.
func TestArsenal(t *testing.T) {
	messages, err := validMessages(2)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(messages[0], messages[1]) || messages[0][0] != 0xf5 {
		t.Errorf("%x", messages)
	}
	a := newArsenal(1, 1, messages)
	for i, w := range weapons {
		d := w.make(a)
		if encoded := a.fresh(&d); len(encoded) < 5 || len(encoded) > 1500 {
			t.Errorf("weapon %d makes %d bytes", i, len(encoded))
		}
		for j := 1; j < len(d.options); j++ {
			if d.options[j].number < d.options[j-1].number {
				t.Errorf("weapon %d has options out of order", i)
			}
		}
	}
}
