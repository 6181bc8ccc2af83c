package endpoint

import (
	"bytes"
	"net/netip"

	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// host is what limits count an address by (coap.Request.Host): of "address:port" the
// address, of IPv6 the network of 64 bits that one host has, of another name all of it.
func host(address string) string {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil {
		return address
	}
	bits := parsed.Addr().BitLen()
	if parsed.Addr().Is6() && !parsed.Addr().Is4In6() {
		bits = 64
	}
	network, err := parsed.Addr().WithZone("").Prefix(bits)
	if err != nil {
		return address
	}
	return network.String()
}

func requestOf(from string, m *message.Message, payload []byte) coap.Request {
	request := coap.Request{Code: coap.Code(m.Code), Format: coap.NoFormat, Payload: payload, Echo: option(m, message.Echo),
		EDHOC: m.Options.HasOption(optionEDHOC), Peer: from, Host: host(from), MessageID: uint16(m.MessageID), Token: m.Token}
	if format, ok := uintOption(m, message.ContentFormat); ok {
		request.Format = coap.Format(format)
	}
	return request
}

// receiveEDHOC takes a request for the EDHOC resource.
func (e *Endpoint) receiveEDHOC(o *Output, from string, m *message.Message) {
	if e.server == nil {
		o.network(from, answer(m, e.nextID(nil), codes.NotFound, nil, nil))
		return
	}
	if hasUnknownCritical(m.Options) {
		o.network(from, answer(m, e.nextID(nil), codes.BadOption, nil, nil))
		return
	}
	if b, ok := blockOf(m, message.Block2); ok && b.number > 0 {
		o.network(from, e.bodyBlock(from, m, b))
		return
	}
	payload := m.Payload
	if b, ok := blockOf(m, message.Block1); ok && (b.more || b.number > 0) {
		var reply []byte
		if payload, reply = e.gather(from, m, b); payload == nil {
			o.network(from, reply)
			return
		}
	}
	e.resolve(o, from, m, e.server.Handle(requestOf(from, m, payload)))
}

// hasUnknownCritical reports whether there is a critical option, an odd number, that
// nothing is done with here (RFC 7252 section 5.4.1).
func hasUnknownCritical(options message.Options) bool {
	for _, o := range options {
		switch o.ID {
		case message.URIHost, message.URIPort, message.URIPath, message.URIQuery, message.Accept,
			message.Block1, message.Block2, optionEDHOC:
		default:
			if o.ID%2 == 1 {
				return true
			}
		}
	}
	return false
}

// gather puts a request together (RFC 7959 section 2.5), and returns it when it is
// whole; until then what to answer.
func (e *Endpoint) gather(from string, m *message.Message, b block) (whole, reply []byte) {
	refuse := func(code codes.Code) ([]byte, []byte) {
		e.bodies.incoming.delete(from)
		return nil, answer(m, e.nextID(nil), code, nil, nil)
	}
	in, ok := e.bodies.incoming.get(from)
	at := b.number * b.size()
	switch {
	case b.number == 0:
		in = &incoming{}
		e.bodies.incoming.expire(e.now, e.config.Limits.Bodies-1)
	case !ok:
		return refuse(codes.RequestEntityIncomplete)
	case at < len(in.data) && !bytes.HasPrefix(in.data[at:], m.Payload): // another one than came before
		return refuse(codes.RequestEntityIncomplete)
	case at < len(in.data) && !b.more: // the last came before: the server knows it
		return in.data, nil
	case at < len(in.data):
		return nil, answer(m, e.nextID(nil), codes.Continue, message.Options{b.option(message.Block1)}, nil)
	}
	switch {
	case at != len(in.data), b.more && len(m.Payload) != b.size():
		return refuse(codes.RequestEntityIncomplete)
	case len(in.data)+len(m.Payload) > e.config.Limits.Body:
		return refuse(codes.RequestEntityTooLarge)
	}
	in.data = append(in.data, m.Payload...)
	e.bodies.incoming.put(from, in, e.now.Add(bodyLifetime))
	if !b.more {
		return in.data, nil
	}
	return nil, answer(m, e.nextID(nil), codes.Continue, message.Options{b.option(message.Block1)}, nil)
}

// resolve answers a request of EDHOC with what the server says of it.
func (e *Endpoint) resolve(o *Output, from string, m *message.Message, result coap.Result) {
	e.serverEvents(o, result.Events, from)
	for _, event := range result.Events {
		if event.Kind == coap.Pending && event.Peer == from {
			e.questions[event.Session] = &question{request: m, from: from}
		}
	}
	response := result.Response
	if response.Code == coap.Empty {
		return
	}
	var options message.Options
	if response.Format != coap.NoFormat {
		options = append(options, newOption(message.ContentFormat, uint32(response.Format)))
	}
	if response.Echo != nil {
		options = append(options, message.Option{ID: message.Echo, Value: response.Echo})
	}
	if b, ok := blockOf(m, message.Block1); ok {
		options = options.Add(block{b.number, false, b.exponent}.option(message.Block1))
	}
	exponent, _ := sizeExponent(e.config.Limits.Block)
	if b, ok := blockOf(m, message.Block2); ok {
		exponent = min(exponent, b.exponent)
	}
	if first := (block{exponent: exponent, more: true}); len(response.Payload) > first.size() {
		e.bodies.outgoing.expire(e.now, e.config.Limits.Bodies-1)
		e.bodies.outgoing.put(from, &outgoing{byte(response.Code), options, response.Payload}, e.now.Add(bodyLifetime))
		options = append(message.Options{}, options...)
		o.network(from, answer(m, e.nextID(nil), codes.Code(response.Code), options.Add(first.option(message.Block2)), response.Payload[:first.size()]))
		return
	}
	o.network(from, answer(m, e.nextID(nil), codes.Code(response.Code), options, response.Payload))
}

// bodyBlock is a further block of the answer that an address got.
func (e *Endpoint) bodyBlock(from string, m *message.Message, b block) []byte {
	out, ok := e.bodies.outgoing.get(from)
	at := b.number * b.size()
	if !ok || at >= len(out.data) {
		return answer(m, e.nextID(nil), codes.RequestEntityIncomplete, nil, nil)
	}
	end := min(at+b.size(), len(out.data))
	options := append(message.Options{}, out.options...)
	b.more = end < len(out.data)
	return answer(m, e.nextID(nil), codes.Code(out.code), options.Add(b.option(message.Block2)), out.data[at:end])
}

// serverEvents takes what became of runs that others began.
func (e *Endpoint) serverEvents(o *Output, events []coap.Event, from string) {
	for _, event := range events {
		switch event.Kind {
		case coap.Established:
			if _, err := e.establish(o, event.Peer, event.Session, nil, event.Context, event.Credential); err != nil {
				e.server.Release(event.ID)
				o.event(Event{Kind: Failed, Address: event.Peer, Err: err})
			}
		case coap.Failed:
			delete(e.questions, event.Session)
			o.event(Event{Kind: Failed, Address: event.Peer, Err: event.Err})
		case coap.Pending:
			o.event(Event{Kind: Pending, Address: event.Peer, Session: event.Session, Err: event.Err})
		}
	}
}

// receiveCombined takes message_3 out of a combined request (RFC 9668 section 3.3),
// and returns the OSCORE request that is left, or nil if it was answered.
func (e *Endpoint) receiveCombined(o *Output, from string, m *message.Message, datagram []byte) []byte {
	if e.server == nil {
		o.network(from, answer(m, e.nextID(nil), codes.BadOption, nil, nil))
		return nil
	}
	kid, _, err := oscore.KID(datagram)
	if err != nil {
		e.stats.Malformed++
		o.network(from, oscore.ErrorResponse(datagram, err, e.nextID(nil)))
		return nil
	}
	request := requestOf(from, m, m.Payload)
	request.KID = kid
	result := e.server.Handle(request)
	if !result.OSCORE {
		if result.Duplicate { // the answer to the request inside is among ours
			if p := e.at(from, func(p *Peer) bool { _, ok := p.received.get(uint16(m.MessageID)); return ok }); p != nil {
				earlier, _ := p.received.get(uint16(m.MessageID))
				p.traffic.Repeated++
				o.network(from, earlier.answer)
			}
		}
		e.resolve(o, from, m, result)
		return nil
	}
	e.serverEvents(o, result.Events, from)
	rest := *m
	rest.Options = append(message.Options{}, m.Options...).Remove(optionEDHOC)
	rest.Payload = m.Payload[result.Offset:]
	return wire.Encode(rest)
}
