package ake

import (
	"bytes"
	"testing"
)

// TestHedgeIsMadeOnce: all runs of a credential in a role take one HedgeKey.
func TestHedgeIsMadeOnce(t *testing.T) {
	for _, role := range []Role{Initiator, Responder} {
		w := bareWorld(t, 3, 2)
		asked := 0
		own := map[Role]*Credential{Initiator: w.credI, Responder: w.credR}[role]
		own.key = countingKey{own.key, &asked}
		w.introduce(t)
		for range 3 {
			i, r := w.sessions(t)
			handshake(t, i, r, 3)
		}
		if asked != 1 {
			t.Errorf("the %v was asked for the hedge %d times", role, asked)
		}
		if want := own.key.HedgeKey(byte(role)); !bytes.Equal(own.hedge(role), want) {
			t.Errorf("the %v keeps %x, want %x", role, own.hedge(role), want)
		}
		if bytes.Equal(own.hedge(role), own.hedge(role.other())) {
			t.Errorf("both roles have one hedge")
		}
	}
}

// TestHedgeIsWiped: with a pre-shared key goes what was derived from it.
func TestHedgeIsWiped(t *testing.T) {
	c := newPSK(t, 2, []byte{7}, "initiator", "responder")
	var kept [][]byte
	for _, role := range []Role{Initiator, Responder} {
		kept = append(kept, c.hedge(role))
	}
	if bytes.Equal(kept[0], kept[1]) || bytes.Equal(kept[0], make([]byte, 64)) {
		t.Fatalf("hedges %x", kept)
	}
	c.wipe()
	for _, hedge := range kept {
		if !bytes.Equal(hedge, make([]byte, 64)) {
			t.Errorf("%x is left", hedge)
		}
	}
}

// TestConnectionIDFrom: every byte gives one of the 48 identifiers that are sent as
// one byte, each of them as often as it can be, and never that of the other side.
func TestConnectionIDFrom(t *testing.T) {
	ids := map[byte]int{}
	for n := range 256 {
		id := connectionIDFrom([]byte{byte(n)}, nil)
		if len(id) != 1 || id[0] > 0x17 && id[0] < 0x20 || id[0] > 0x37 {
			t.Fatalf("identifier %x", id)
		}
		ids[id[0]]++
		if other := connectionIDFrom([]byte{byte(n)}, id); bytes.Equal(other, id) || len(other) != 1 || other[0] > 0x17 && other[0] < 0x20 || other[0] > 0x37 {
			t.Errorf("both sides get %x", other)
		}
	}
	for id, n := range ids {
		if n < 256/48 || n > 256/48+1 {
			t.Errorf("%x comes from %d bytes", id, n)
		}
	}
	if len(ids) != 48 {
		t.Errorf("%d identifiers", len(ids))
	}
}
