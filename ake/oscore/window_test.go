package oscore

import (
	"math/rand"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestWindow compares the window with a set of all that came, for each size.
func TestWindow(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for _, size := range []int{1, 2, 31, 32, 64, 1000, MaxReplayWindow} {
		w, came, last := newWindow(size, true), map[uint64]bool{}, uint64(0)
		for i := range 20000 {
			n := last
			switch random.Intn(4) {
			case 0:
				n += uint64(random.Intn(3))
			case 1:
				n += uint64(random.Intn(2 * size))
			default:
				n -= min(n, uint64(random.Intn(2*size)))
			}
			want := !came[n] && (i == 0 || n+uint64(size) > last)
			if got := w.fresh(n); got != want {
				t.Fatalf("size %d, last %d: %d is fresh %v, want %v", size, last, n, got, want)
			}
			if want {
				w.accept(n)
				came[n] = true
				last = max(last, n)
			}
		}
	}
}

// TestReplay: a request is taken once, and a forged one takes no place in the window.
func TestReplay(t *testing.T) {
	p := newPair(t, Settings{}, Settings{ReplayWindow: 4})
	var datagrams [][]byte
	for range 10 {
		datagram, _, err := p.client.ProtectRequest(get(1))
		is(t, err, nil)
		datagrams = append(datagrams, datagram)
	}
	take := func(i int, want error) {
		t.Helper()
		_, e, err := p.server.UnprotectRequest(datagrams[i])
		is(t, err, want)
		if (e == nil) != (want != nil) {
			t.Fatal("an exchange without a request")
		}
	}
	forged := append([]byte{}, datagrams[9]...)
	forged[len(forged)-1] ^= 1
	take(3, nil)
	_, _, err := p.server.UnprotectRequest(forged)
	is(t, err, ake.ErrDecryption)
	take(3, ake.ErrReplay)
	take(1, nil)
	take(1, ake.ErrReplay)
	take(0, nil)
	take(6, nil)
	take(2, ake.ErrReplay) // too old
	take(4, nil)
	take(9, nil)
	take(9, ake.ErrReplay)
}

// TestRestored: after a restart the first request is asked for Echo, under OSCORE, with
// a Partial IV of the server's own; what was recorded before does not pass (RFC 8613
// appendix B.1.2).
func TestRestored(t *testing.T) {
	p := newPair(t, Settings{}, Settings{Ahead: 10})
	n, _ := p.server.Reserve()
	is(t, p.server.Stored(n), nil)
	_, _, recorded := p.asked(t, get(1))
	_, after := parameters()
	p.server = mustNew(t, after, Settings{Ahead: 10, Stored: n, Restored: true})

	challenge := func(datagram []byte) (answer []byte) {
		t.Helper()
		request, e, err := p.server.UnprotectRequest(datagram)
		is(t, err, ake.ErrFreshness)
		if request != nil {
			t.Fatal("the request came out")
		}
		_, err = p.server.ProtectResponse(content(1, "x"), e)
		is(t, err, ake.ErrState)
		answer, err = p.server.Challenge(datagram, e, 77)
		if err != nil {
			is(t, err, ake.ErrSequence)
		}
		return answer
	}
	if answer := challenge(recorded); answer != nil {
		t.Fatal("answered without a reserved number")
	}
	more, _ := p.server.Reserve()
	is(t, p.server.Stored(more), nil)
	challenge(recorded)

	first, asked, err := p.client.ProtectRequest(get(2))
	is(t, err, nil)
	answer := challenge(first)
	if piv := sentPIV(t, answer); piv < int64(n) {
		t.Errorf("the challenge has number %d, and %d was stored", piv, n)
	}
	plain, err := p.client.UnprotectResponse(answer, asked)
	is(t, err, nil)
	m := read(t, plain)
	echo, once := find(m.Options, message.Echo)
	if m.Code != codes.Unauthorized || !once || len(m.Options) != 1 || len(m.Payload) != 0 || m.Type != message.Acknowledgement || m.MessageID != 2 {
		t.Fatalf("the challenge is %v", m)
	}
	wrong, _, err := p.client.ProtectRequest(get(3, message.Option{ID: message.Echo, Value: append([]byte{^echo[0]}, echo[1:]...)}))
	is(t, err, nil)
	challenge(wrong)
	late, _, err := p.client.ProtectRequest(get(5))
	is(t, err, nil)
	second, _, err := p.client.ProtectRequest(get(4, message.Option{ID: message.Echo, Value: echo}))
	is(t, err, nil)
	request, e, err := p.server.UnprotectRequest(second)
	is(t, err, nil)
	if read(t, request).Options.HasOption(message.Echo) {
		t.Error("the Echo option is not the stack's")
	}
	_, err = p.server.ProtectResponse(content(4, "x"), e)
	is(t, err, nil)
	for _, old := range [][]byte{recorded, first, wrong, late, second} {
		_, _, err := p.server.UnprotectRequest(old)
		is(t, err, ake.ErrReplay)
	}
	p.serves(t)
	replayed, _, err := p.client.ProtectRequest(get(4, message.Option{ID: message.Echo, Value: echo}))
	is(t, err, nil)
	if request, _, err = p.server.UnprotectRequest(replayed); err != nil || !read(t, request).Options.HasOption(message.Echo) {
		t.Error("an Echo option that is not ours is the stack's")
	}
}
