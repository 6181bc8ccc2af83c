package endpoint

import (
	"bytes"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// What comes from the network.

// Receive takes a datagram from the network.
func (e *Endpoint) Receive(from string, datagram []byte, now time.Time) Output {
	return e.call(now, func(o *Output) {
		m, ok := decode(datagram)
		switch {
		case !ok:
			e.stats.Malformed++
		case m.Code == codes.Empty:
			e.receiveEmpty(o, from, m, datagram)
		case wire.IsRequest(m.Code):
			e.receiveRequest(o, from, m, datagram)
		case wire.IsResponse(m.Code):
			e.receiveResponse(o, from, m, datagram)
		default:
			e.stats.Malformed++
		}
	})
}

// receiveEmpty passes acknowledgements and resets to whoever owns the message ID.
func (e *Endpoint) receiveEmpty(o *Output, from string, m *message.Message, datagram []byte) {
	if m.Type == message.Confirmable { // a ping (RFC 7252 section 4.3)
		o.network(from, empty(message.Reset, m.MessageID))
		return
	}
	if r := e.runs[from]; r != nil && r.owns(m.MessageID) {
		e.acknowledged(o, r, m.Type)
		return
	}
	p := e.at(from, func(p *Peer) bool { return p.awaits(m) })
	if p == nil {
		p = e.meant(from)
	}
	switch {
	case p != nil:
		id, datagram := p.stackID(m, datagram)
		if m.Type == message.Acknowledgement {
			p.sent.delete(id)
		}
		o.stack(p, from, datagram)
	case e.strange(from):
		o.stack(nil, from, datagram)
	}
}

// strange reports whether there is an unprotected exchange with an address.
func (e *Endpoint) strange(address string) bool {
	for _, element := range e.strangers.values {
		if element.Value.(*entry[strangerKey, string]).value == address {
			return true
		}
	}
	return false
}

func (e *Endpoint) receiveRequest(o *Output, from string, m *message.Message, datagram []byte) {
	switch {
	case m.Options.HasOption(optionOSCORE):
		e.receiveProtected(o, from, m, datagram)
	case m.Options.HasOption(optionEDHOC), path(m) == coap.Path:
		e.receiveEDHOC(o, from, m)
	case slices.Contains(e.config.Open, path(m)):
		e.openRequest(o, nil, from, m, datagram, false)
	default:
		e.stats.Unprotected++
		o.network(from, answer(m, e.nextID(nil), codes.Unauthorized, nil, nil))
	}
}

// openRequest passes a request on an open path.
func (e *Endpoint) openRequest(o *Output, p *Peer, address string, m *message.Message, datagram []byte, ours bool) {
	if e.strangers.len() >= e.config.Limits.Strangers {
		e.strangers.expire(e.now, 0)
	}
	e.strangers.put(strangerKey{address, tokenOf(m), ours}, address, e.now.Add(exchangeLifetime))
	if ours {
		o.network(address, datagram)
	} else {
		o.stack(p, address, datagram)
	}
}

// receiveProtected takes a request with the OSCORE option, and perhaps message_3
// before its ciphertext.
func (e *Endpoint) receiveProtected(o *Output, from string, m *message.Message, datagram []byte) {
	if m.Options.HasOption(optionEDHOC) {
		if datagram = e.receiveCombined(o, from, m, datagram); datagram == nil {
			return
		}
	}
	context, err := e.contexts.Find(datagram)
	if err != nil {
		e.stats.Unknown++
		o.network(from, oscore.ErrorResponse(datagram, err, e.nextID(nil)))
		return
	}
	a := e.associations[context]
	p, id := a.peer, uint16(m.MessageID)
	earlier, known := p.received.get(id)
	known = known && p.address == from
	if !known && (p.received.held >= e.config.Limits.Exchanges || p.asked.len() >= e.config.Limits.Exchanges || m.Type == message.Confirmable && e.burst(p)) {
		return // the peer asks again
	}
	plain, exchange, err := context.UnprotectRequest(datagram)
	switch {
	case known && err != nil:
		p.traffic.Repeated++
		o.network(from, earlier.answer) // nothing while the stack works on it
		return
	case errors.Is(err, ake.ErrFreshness):
		challenge, err := context.Challenge(datagram, exchange, e.nextID(p))
		if errors.Is(err, ake.ErrSequence) { // with Saved
			o.Save = true
			p.unchallenged = &Datagram{from, bytes.Clone(datagram)}
		}
		o.network(from, challenge)
		return
	case err != nil:
		e.failure(p, err)
		if !errors.Is(err, ake.ErrReplay) { // its answer is not kept any more, and an error would be taken for one
			o.network(from, oscore.ErrorResponse(datagram, err, e.nextID(p)))
		}
		return
	}
	p.traffic.Received++
	e.moved(p, from)
	e.touch(p)
	sum := maphash.Bytes(e.seed, plain)
	if known && earlier.sum == sum {
		e.protectedAnew(o, p, earlier, exchange, id)
		return
	}
	inner, ok := decode(plain)
	if !ok || path(inner) == coap.Path && e.server != nil && inner.Code == codes.POST {
		o.network(from, e.refuse(a, m, exchange, codes.Forbidden)) // EDHOC under OSCORE: there is no use for it
		return
	}
	p.expire(e.now, &e.config.Limits)
	r := &received{token: tokenOf(m), sum: sum}
	p.received.hold(id, r, e.now.Add(exchangeLifetime))
	if m.Type == message.Confirmable {
		p.handed++
		e.handed = append(e.handed, handed{p, r, e.now})
	}
	e.asks(p, tokenOf(m), &asked{exchange, id})
	o.stack(p, from, plain)
}

// asks keeps a request for the stack's answer: for as long as one can be of use, and of an
// observation for as long as it lasts.
func (e *Endpoint) asks(p *Peer, token string, a *asked) {
	if a.exchange.Observes() {
		p.asked.put(token, a, time.Time{})
		return
	}
	p.asked.hold(token, a, e.now.Add(exchangeLifetime))
}

// handed is a request that the stack was given.
type handed struct {
	peer    *Peer
	request *received
	at      time.Time
}

// burst reports whether the stack has as many requests as its socket is sure to hold, or
// as many of this peer as leave room for others: three times what is free. One that is
// lost there would be lost for good: it is not handed on again. After a while the stack has
// read it, whether it has an answer or not.
func (e *Endpoint) burst(p *Peer) bool {
	full := func() bool { return p.handed >= 3*(e.config.Limits.Burst-len(e.handed)) }
	if !full() {
		return false
	}
	e.handed = slices.DeleteFunc(e.handed, func(h handed) bool {
		over := h.request.answered || e.now.Sub(h.at) >= reading
		if over {
			h.peer.handed--
		}
		return over
	})
	return full()
}

// protectedAnew takes a request that was handed on before, from a client that does not
// know that: it was restarted. The answer is for it, too.
func (e *Endpoint) protectedAnew(o *Output, p *Peer, earlier *received, exchange *oscore.Exchange, id uint16) {
	p.traffic.Repeated++
	if _, open := p.asked.get(earlier.token); open {
		e.asks(p, earlier.token, &asked{exchange, id})
	}
	if earlier.plain != nil {
		protected, err := exchange.Context().ProtectResponse(earlier.plain, exchange)
		if err != nil {
			return
		}
		p.answer(earlier, earlier.plain, protected)
	}
	o.network(p.address, earlier.answer)
}

// refuse answers a protected request in the place of the stack.
func (e *Endpoint) refuse(a *association, request *message.Message, exchange *oscore.Exchange, code codes.Code) []byte {
	datagram, err := a.context.ProtectResponse(answer(request, e.nextID(a.peer), code, nil, nil), exchange)
	if err != nil {
		return nil
	}
	return datagram
}

func (e *Endpoint) failure(p *Peer, err error) {
	if errors.Is(err, ake.ErrReplay) {
		e.stats.Replayed++
	} else {
		e.stats.Forged++
		p.traffic.Failures++
	}
}

func (e *Endpoint) receiveResponse(o *Output, from string, m *message.Message, datagram []byte) {
	if r := e.runs[from]; r != nil && r.asks(m) {
		e.answered(o, r, m)
		return
	}
	p := e.at(from, func(p *Peer) bool { _, ok := p.asking.get(tokenOf(m)); return ok })
	if p != nil {
		a, _ := p.asking.get(tokenOf(m))
		e.receiveAnswer(o, p, a, from, m, datagram)
		return
	}
	if _, ok := e.strangers.get(strangerKey{from, tokenOf(m), true}); ok && !m.Options.HasOption(optionOSCORE) {
		o.stack(nil, from, datagram)
		return
	}
	e.stats.Unprotected++
	if m.Type == message.Confirmable {
		o.network(from, empty(message.Reset, m.MessageID))
	}
}

// receiveAnswer takes the answer to a protected request of the stack.
func (e *Endpoint) receiveAnswer(o *Output, p *Peer, a *asking, from string, m *message.Message, datagram []byte) {
	plain, err := a.since.context.UnprotectResponse(datagram, a.exchange)
	switch {
	case errors.Is(err, ake.ErrUnprotected):
		e.refused(o, p, a, from, m)
		return
	case errors.Is(err, ake.ErrReplay) && m.Type == message.Confirmable:
		o.network(from, empty(message.Acknowledgement, m.MessageID)) // the stack has had it
		fallthrough
	case err != nil:
		e.failure(p, err)
		return
	}
	p.traffic.Received++
	e.touch(p)
	a.since.damaged = 0
	id, plain := p.stackID(m, plain)
	if m.Type == message.Acknowledgement {
		p.sent.delete(id)
	}
	if a.run != nil {
		e.verified(o, a.run)
		a.run = nil
	}
	inner, ok := decode(plain)
	if ok && inner.Code == codes.Unauthorized && a.plain != nil {
		if value := option(inner, message.Echo); value != nil {
			e.again(o, p, a, m, value)
			return
		}
	}
	if a.exchange.Over() {
		p.asking.delete(tokenOf(m))
	}
	o.stack(p, from, plain)
}

// again repeats a request with the Echo option that the server asks for (RFC 9175
// section 2.3), once. The server has shown under OSCORE that it did nothing for this
// datagram. It may have been restarted since it did something for an earlier copy: what
// must not be done twice is repeated only if there was none; otherwise the stack gets a
// 5.04: nobody knows.
func (e *Endpoint) again(o *Output, p *Peer, a *asking, m *message.Message, value []byte) {
	if m.Type == message.Confirmable {
		o.network(p.address, empty(message.Acknowledgement, m.MessageID))
	}
	request, ok := decode(a.plain)
	if !ok {
		return
	}
	if a.repeated && !idempotent(request.Code) {
		p.asking.delete(tokenOf(m))
		o.stack(p, p.address, answer(request, e.nextID(p), codes.GatewayTimeout, nil, nil))
		return
	}
	old := uint16(request.MessageID)
	request.Options = request.Options.Remove(message.Echo).Add(message.Option{ID: message.Echo, Value: value})
	request.MessageID = int32(e.nextID(p))
	p.renamed.put(uint16(request.MessageID), old, e.now.Add(exchangeLifetime))
	e.protect(o, p, request, wire.Encode(*request), &sent{plain: a.plain}, old, false)
}

// refused is an unprotected answer to a protected request. Only an error of OSCORE
// processing comes so (RFC 8613 section 8.2), and nobody knows who sent it. The stack
// gets an error of its own instead; the context is renewed, and stays until it is. A
// few requests in a row that did not verify are taken for damaged by the network.
func (e *Endpoint) refused(o *Output, p *Peer, a *asking, from string, m *message.Message) {
	if m.Code>>5 != 4 {
		e.stats.Unprotected++
		return
	}
	if a.run != nil && e.refusedCombined(o, a.run, m) {
		return
	}
	most, damaged := tolerated[m.Code]
	if a.since.damaged < most {
		a.since.damaged++
		return // the stack sends it again
	}
	p.asking.delete(tokenOf(m))
	p.sent.delete(uint16(m.MessageID))
	o.event(Event{Kind: Refused, Peer: p, Address: from, Err: because(ake.ErrRefused, "%v", m.Code)})
	_, instead := p.stackID(m, unavailable(m))
	o.stack(p, from, instead)
	if damaged {
		a.since.doubted = true
		e.renew(o, p)
	}
}

// unavailable is 5.03 in the place of an answer.
func unavailable(m *message.Message) []byte {
	return wire.Encode(message.Message{Type: m.Type, MessageID: m.MessageID, Token: m.Token, Code: codes.ServiceUnavailable})
}
