package endpoint

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// What comes from the CoAP stack.

// Send takes a datagram from the CoAP stack for a peer, or for an address: a peer that
// is there, an unprotected exchange, or somebody with whom a run has to be made first.
// It gives ErrArgument for what is not CoAP and for a response to nothing,
// ErrUnsupported where a run would have to be made and there is no configuration for
// it, and ErrState for a peer that was dropped.
func (e *Endpoint) Send(p *Peer, address string, datagram []byte, now time.Time) (o Output, err error) {
	o = e.call(now, func(o *Output) { err = e.send(o, p, address, datagram) })
	return o, err
}

func (e *Endpoint) send(o *Output, p *Peer, address string, datagram []byte) error {
	m, ok := decode(datagram)
	if !ok {
		return because(ake.ErrArgument, "a datagram of the stack of %d bytes is not CoAP", len(datagram))
	}
	if p == nil {
		p = e.meant(address)
		if party, _ := e.config.starter(); p != nil && !p.started && party != nil && wire.IsRequest(m.Code) {
			p = nil // who began a run from there is not for that whom the host means
		}
	} else {
		if p.endpoint != e || p.gone {
			return because(ake.ErrState, "the peer was dropped")
		}
		address = p.address
	}
	switch {
	case m.Code == codes.Empty:
		if p != nil {
			if answer, ok := p.received.get(uint16(m.MessageID)); ok && m.Type == message.Acknowledgement && answer.answer == nil {
				answer.answered = true
				p.answer(answer, nil, bytes.Clone(datagram))
			}
		}
		o.network(address, datagram)
		return nil
	case wire.IsResponse(m.Code):
		return e.sendResponse(o, p, address, m, datagram)
	case !wire.IsRequest(m.Code):
		return because(ake.ErrArgument, "code %v of the stack is none of CoAP over UDP", m.Code)
	case slices.Contains(e.config.Open, path(m)) && p == nil:
		e.openRequest(o, nil, address, m, datagram, true)
		return nil
	case p == nil:
		return e.wait(o, address, datagram)
	}
	if r := e.runs[address]; r != nil && (p.current.doubted || r.combined && !r.repeats(m, datagram)) {
		return e.wait(o, address, datagram) // the peer does not have the keys yet, or not any more
	}
	return e.sendRequest(o, p, m, datagram)
}

func (e *Endpoint) sendRequest(o *Output, p *Peer, m *message.Message, datagram []byte) error {
	id := uint16(m.MessageID)
	p.lastID = id
	if earlier, ok := p.sent.get(id); ok && bytes.Equal(earlier.plain, datagram) {
		if a, ok := p.asking.get(tokenOf(m)); ok {
			a.repeated = true
		}
		o.network(p.address, earlier.protected)
		return nil
	}
	if p.asking.len() >= e.config.Limits.Exchanges {
		if p.expire(e.now, &e.config.Limits); p.asking.len() >= e.config.Limits.Exchanges {
			return because(ake.ErrLimit, "%d requests to the peer are open", p.asking.len())
		}
	}
	if e.worn(p.current) {
		e.renew(o, p)
	}
	return e.protect(o, p, m, datagram, nil, id, true)
}

// protect protects a request of the stack and sends it. mayRepeat says that a server
// which asks for Echo gets it once more; then instead is what the stack sent first,
// under a message ID of its own.
func (e *Endpoint) protect(o *Output, p *Peer, m *message.Message, datagram []byte, instead *sent, id uint16, mayRepeat bool) error {
	protected, exchange, err := p.current.context.ProtectRequest(datagram)
	if err != nil {
		return e.unsent(o, p, datagram, err)
	}
	p.traffic.Sent++
	e.touch(p)
	a := &asking{exchange: exchange, since: p.current}
	until := e.now.Add(exchangeLifetime)
	if mayRepeat {
		a.plain = bytes.Clone(datagram)
	}
	if exchange.Observes() {
		until = time.Time{}
	}
	p.asking.put(tokenOf(m), a, until)
	if m.Type == message.Confirmable {
		s := &sent{bytes.Clone(datagram), protected}
		if instead != nil {
			s.plain = instead.plain
		}
		p.sent.put(id, s, e.now.Add(exchangeLifetime))
	}
	o.network(p.address, protected)
	e.reserve(o, p)
	return nil
}

// unsent keeps a message of the stack for which there is no sequence number yet.
func (e *Endpoint) unsent(o *Output, p *Peer, datagram []byte, err error) error {
	if !errors.Is(err, ake.ErrSequence) || e.config.Ahead == 0 {
		return err
	}
	o.Save = true
	if len(p.waiting) < e.config.Limits.Exchanges {
		p.waiting = append(p.waiting, bytes.Clone(datagram))
	}
	return nil
}

func (e *Endpoint) reserve(o *Output, p *Peer) {
	if _, due := p.current.context.Reserve(); due {
		o.Save = true
	}
}

func (e *Endpoint) sendResponse(o *Output, p *Peer, address string, m *message.Message, datagram []byte) error {
	if p == nil || e.isStranger(address, m) {
		if !e.isStranger(address, m) {
			return because(ake.ErrArgument, "a response of the stack to no request")
		}
		o.network(address, datagram)
		return nil
	}
	id := uint16(m.MessageID)
	if earlier, ok := p.sent.get(id); ok && m.Type == message.Confirmable && bytes.Equal(earlier.plain, datagram) {
		o.network(p.address, earlier.protected)
		return nil
	}
	question, ok := p.asked.get(tokenOf(m))
	if !ok {
		return because(ake.ErrArgument, "a response of the stack to no request")
	}
	protected, err := question.exchange.Context().ProtectResponse(datagram, question.exchange)
	if err != nil {
		return e.unsent(o, p, datagram, err)
	}
	p.traffic.Sent++
	e.touch(p)
	until := e.now.Add(exchangeLifetime)
	if request, ok := p.received.get(question.id); ok {
		request.answered = true
		if m.Type == message.Acknowledgement {
			p.keep(request, bytes.Clone(datagram), protected, e.config.Limits.Kept)
		}
		p.received.release(question.id, until)
	}
	if m.Type == message.Confirmable {
		p.sent.put(id, &sent{bytes.Clone(datagram), protected}, until)
	}
	if question.exchange.Over() {
		p.asked.delete(tokenOf(m))
	}
	o.network(p.address, protected)
	e.reserve(o, p)
	return nil
}

func (e *Endpoint) isStranger(address string, m *message.Message) bool {
	_, ok := e.strangers.get(strangerKey{address, tokenOf(m), false})
	return ok
}
