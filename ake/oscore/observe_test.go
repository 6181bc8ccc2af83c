package oscore

import (
	"bytes"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

func (p pair) notify(t testing.TB, e *Exchange, text string, observe ...byte) []byte {
	t.Helper()
	datagram, err := p.server.ProtectResponse(content(1, text, uint8Option(message.Observe, observe...)), e)
	is(t, err, nil)
	return datagram
}

// TestObserve: RFC 8613 section 4.1.3.5, outside and inside.
func TestObserve(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	client, server, datagram := p.asked(t, get(1, uint8Option(message.Observe)))
	if m := read(t, datagram); m.Code != 5 || !m.Options.HasOption(message.Observe) {
		t.Errorf("the registration is %v outside", m)
	}
	if !client.Observes() || !server.Observes() {
		t.Error("the registration is not seen")
	}
	first, second, third := p.notify(t, server, "1", 5), p.notify(t, server, "2", 6), p.notify(t, server, "3", 7)
	for i, datagram := range [][]byte{first, second, third} {
		m := read(t, datagram)
		value, once := find(m.Options, message.Observe)
		if m.Code != codes.Content || !once || !bytes.Equal(value, []byte{byte(5 + i)}) {
			t.Errorf("notification %d is %v outside", i, m)
		}
		if (sentPIV(t, datagram) >= 0) != (i > 0) {
			t.Errorf("notification %d: Partial IV %d", i, sentPIV(t, datagram))
		}
	}
	// The order is that of the Partial IVs: the stack sees it in the Observe option.
	last := -1
	take := func(datagram []byte, want error) {
		t.Helper()
		response, err := p.client.UnprotectResponse(datagram, client)
		is(t, err, want)
		if want != nil {
			return
		}
		order, err := read(t, response).Options.Observe()
		if err != nil || int(order) <= last {
			t.Errorf("Observe %d after %d, %v", order, last, err)
		}
		last = int(order)
	}
	take(first, nil)
	take(first, ake.ErrReplay)
	take(third, nil)
	take(third, ake.ErrReplay)
	take(second, ake.ErrReplay) // older than the last
	take(first, ake.ErrReplay)
	forged := p.notify(t, server, "4", 8)
	forged[len(forged)-1] ^= 1
	take(forged, ake.ErrDecryption) // does not end the observation
	take(p.notify(t, server, "5", 9), nil)

	end, err := p.server.ProtectResponse(content(1, "gone"), server)
	is(t, err, nil)
	if sentPIV(t, end) < 0 {
		t.Error("the last response has no Partial IV")
	}
	if client.Over() || !server.Over() {
		t.Error("over too early or too late")
	}
	_, err = p.client.UnprotectResponse(end, client)
	is(t, err, nil)
	if !client.Over() {
		t.Error("the observation is over")
	}
	take(p.serverAfterEnd(t, server), ake.ErrReplay)
}

// serverAfterEnd is a notification by a server that does not keep to the end.
func (p pair) serverAfterEnd(t testing.TB, e *Exchange) []byte {
	e.over = false
	return p.notify(t, e, "late", 10)
}

// TestObserveFirstLate: a notification without Partial IV is the oldest (section 7.4.1).
func TestObserveFirstLate(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	client, server, _ := p.asked(t, get(1, uint8Option(message.Observe, 0)))
	first, second := p.notify(t, server, "1"), p.notify(t, server, "2")
	_, err := p.client.UnprotectResponse(second, client)
	is(t, err, nil)
	_, err = p.client.UnprotectResponse(first, client)
	is(t, err, ake.ErrReplay)
}

// TestObserveCancel: a cancellation has one response, and that no Observe.
func TestObserveCancel(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	client, server, datagram := p.asked(t, get(1, uint8Option(message.Observe, 1)))
	if read(t, datagram).Code != 5 || client.Observes() || server.Observes() {
		t.Error("the cancellation is not one")
	}
	_, err := p.server.ProtectResponse(content(1, "x", uint8Option(message.Observe, 1)), server)
	is(t, err, ake.ErrArgument)
	_, err = p.server.ProtectResponse(content(1, "x"), server)
	is(t, err, nil)
	_, err = p.server.ProtectResponse(content(1, "x"), server)
	is(t, err, ake.ErrState)
}

// TestObserveForced: a peer that authenticated and breaks the rules is not followed.
func TestObserveForced(t *testing.T) {
	for _, observe := range [][]byte{{2}, {0, 0}, {1, 0, 0}} {
		p := newPair(t, Settings{}, Settings{})
		_, _, err := p.client.ProtectRequest(get(1, uint8Option(message.Observe, observe...)))
		is(t, err, ake.ErrArgument)
		_, _, err = p.server.UnprotectRequest(p.forcedRequest(t, codes.GET, uint8Option(message.Observe, observe...)))
		is(t, err, ake.ErrMalformed)
	}
	p := newPair(t, Settings{}, Settings{})
	client, server, _ := p.asked(t, get(1))
	_, err := p.client.UnprotectResponse(p.forcedResponse(t, server, codes.Content, uint8Option(message.Observe)), client)
	is(t, err, ake.ErrMalformed)
	client, server, _ = p.asked(t, get(1, uint8Option(message.Observe)))
	_, err = p.client.UnprotectResponse(p.forcedResponse(t, server, codes.Content, uint8Option(message.Observe, 3)), client)
	is(t, err, ake.ErrMalformed)
	if client.Over() {
		t.Error("a malformed notification ended the observation")
	}
}

// forcedRequest protects what ProtectRequest would not.
func (p pair) forcedRequest(t testing.TB, code codes.Code, inner ...message.Option) []byte {
	t.Helper()
	piv, err := p.client.sequence.take()
	is(t, err, nil)
	e := &Exchange{context: p.client, client: true, piv: piv}
	own := &ownMessage{Message: message.Message{Code: code}, inner: options(inner...)}
	return e.seal(own, codes.POST, option{hasPIV: true, piv: piv, kid: p.client.sender.id}, e.requestNonce())
}

func (p pair) forcedResponse(t testing.TB, e *Exchange, code codes.Code, inner ...message.Option) []byte {
	t.Helper()
	own := &ownMessage{Message: message.Message{Code: code, Type: message.Acknowledgement}, inner: options(inner...)}
	return e.seal(own, codes.Changed, option{}, e.requestNonce())
}
