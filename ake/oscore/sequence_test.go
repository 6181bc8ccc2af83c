package oscore

import (
	"math/rand"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message"
)

// sentPIV is the Partial IV of a protected message, or -1.
func sentPIV(t testing.TB, datagram []byte) int64 {
	t.Helper()
	m := read(t, datagram)
	o, err := oscoreOption(&m)
	is(t, err, nil)
	if !o.hasPIV {
		return -1
	}
	return int64(o.piv)
}

// TestReserve: nothing is sent with a number that was not stored before.
func TestReserve(t *testing.T) {
	p, _ := parameters()
	c := mustNew(t, p, Settings{Ahead: 4})
	_, _, err := c.ProtectRequest(get(1))
	is(t, err, ake.ErrSequence)
	n, due := c.Reserve()
	if n != 4 || !due {
		t.Fatal(n, due)
	}
	is(t, c.Stored(5), ake.ErrArgument)
	is(t, c.Stored(n), nil)
	for i := range 4 {
		if _, due := c.Reserve(); due != (i >= 2) {
			t.Errorf("after %d, due %v", i, due)
		}
		datagram, _, err := c.ProtectRequest(get(1))
		is(t, err, nil)
		if piv := sentPIV(t, datagram); piv != int64(i) {
			t.Errorf("number %d, want %d", piv, i)
		}
	}
	_, _, err = c.ProtectRequest(get(1))
	is(t, err, ake.ErrSequence)
	is(t, c.Stored(2), nil) // stored late: takes nothing away, gives nothing
	_, _, err = c.ProtectRequest(get(1))
	is(t, err, ake.ErrSequence)
	memory := mustNew(t, p, Settings{})
	if _, due := memory.Reserve(); due {
		t.Error("a context in memory has nothing to reserve")
	}
	is(t, memory.Stored(1), ake.ErrArgument)
}

// TestNoNumberTwice kills a context at any time, with what was stored until then, and
// goes on: no nonce comes twice (RFC 8613 appendix B.1.1).
func TestNoNumberTwice(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	p, _ := parameters()
	seen, stored := map[int64]bool{}, uint64(0)
	for life := range 500 {
		c := mustNew(t, p, Settings{Ahead: uint64(1 + random.Intn(8)), Stored: stored, Restored: life > 0})
		for range random.Intn(30) {
			if n, due := c.Reserve(); due || random.Intn(4) == 0 {
				stored = max(stored, n)
				if random.Intn(5) == 0 {
					break // killed after it was stored, before it was said
				}
				is(t, c.Stored(n), nil)
			}
			datagram, _, err := c.ProtectRequest(get(1))
			is(t, err, nil)
			if piv := sentPIV(t, datagram); seen[piv] {
				t.Fatalf("number %d came twice", piv)
			} else {
				seen[piv] = true
			}
		}
	}
	if len(seen) < 1000 {
		t.Errorf("%d messages show little", len(seen))
	}
}

// TestSequenceEnds: 2^40 - 1 is the last number (RFC 8613 section 7.2.1).
func TestSequenceEnds(t *testing.T) {
	p, s := parameters()
	for _, ahead := range []uint64{0, 10} {
		c := mustNew(t, p, Settings{Stored: maxSequence, Ahead: ahead})
		if ahead > 0 {
			n, due := c.Reserve()
			if n != maxSequence+1 || !due {
				t.Fatal(n, due)
			}
			is(t, c.Stored(n), nil)
		}
		datagram, _, err := c.ProtectRequest(get(1))
		is(t, err, nil)
		_, _, err = mustNew(t, s, Settings{}).UnprotectRequest(datagram)
		is(t, err, nil)
		if _, _, err = c.ProtectRequest(get(1)); c.Usage().Advice == ake.AdviceContinue {
			t.Error("no advice at the end of all numbers")
		}
		is(t, err, ake.ErrSequence)
		if _, due := c.Reserve(); due {
			t.Error("nothing is left to reserve")
		}
	}
	_, err := New(p, Settings{Stored: maxSequence + 2})
	is(t, err, ake.ErrArgument)
}

// TestNonces lets two sides that are client and server at once exchange whatever comes,
// and notes the nonce of every ciphertext by its key: none comes twice.
func TestNonces(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	a, b := parameters()
	sides := [2]*Context{mustNew(t, a, Settings{}), mustNew(t, b, Settings{})}
	used := [2]map[string]bool{{}, {}}
	note := func(side int, datagram []byte, e *Exchange) {
		t.Helper()
		c := sides[side]
		nonce := string(e.requestNonce())
		if piv := sentPIV(t, datagram); piv >= 0 {
			nonce = string(c.nonceOf(c.sender.id, uint64(piv)))
		}
		if used[side][nonce] {
			t.Fatalf("side %d used %x twice", side, nonce)
		}
		used[side][nonce] = true
	}
	var open [2][]*Exchange
	for range 20000 {
		side := random.Intn(2)
		if len(open[side]) > 0 && random.Intn(2) == 0 {
			e := open[side][random.Intn(len(open[side]))]
			var notification []message.Option
			if e.Observes() && random.Intn(4) > 0 {
				notification = append(notification, uint8Option(message.Observe, byte(random.Intn(256))))
			}
			over := e.Over()
			datagram, err := sides[side].ProtectResponse(content(1, "x", notification...), e)
			if over {
				is(t, err, ake.ErrState)
				continue
			}
			is(t, err, nil)
			note(side, datagram, e)
			continue
		}
		var observe []message.Option
		if random.Intn(2) == 0 {
			observe = append(observe, uint8Option(message.Observe))
		}
		datagram, asked, err := sides[side].ProtectRequest(get(1, observe...))
		is(t, err, nil)
		note(side, datagram, asked)
		if _, e, err := sides[1-side].UnprotectRequest(datagram); err == nil {
			open[1-side] = append(open[1-side], e)
		}
	}
	if len(used[0]) < 5000 || len(used[1]) < 5000 {
		t.Errorf("%d and %d messages show little", len(used[0]), len(used[1]))
	}
}
