package endpoint

import (
	"bytes"
	"crypto/rand"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// run is a run of EDHOC that this side began, with the request that is under way.
type run struct {
	address  string
	client   *coap.Client
	peer     *Peer // whose keys are renewed, or tentatively made by a combined request; nil: nobody yet
	waiting  [][]byte
	size     int // bytes of waiting
	transfer *transfer
	pending  bool // the host has a question to answer
	combined bool // message_3 went with a request of the stack
	due      time.Time
}

// wait keeps a message of the stack until there is a context for it, and begins a run
// if none is under way.
func (e *Endpoint) wait(o *Output, address string, datagram []byte) error {
	r := e.runs[address]
	if r == nil {
		if config, _ := e.config.starter(); config == nil {
			return because(ake.ErrUnsupported, "there is no peer at the address, and no configuration to begin a run with")
		}
		if until, ok := e.silent[address]; ok && e.now.Before(until) {
			return because(ake.ErrNoAnswer, "a run with the address has just failed")
		}
		if len(e.runs) >= e.config.Limits.Runs {
			return because(ake.ErrLimit, "%d runs are under way", len(e.runs))
		}
		r = &run{address: address}
		e.runs[address] = r
		defer e.begin(o, r)
	}
	for _, earlier := range r.waiting {
		if bytes.Equal(earlier, datagram) {
			return nil // the stack repeats it
		}
	}
	if r.size+len(datagram) > e.config.Limits.Waiting {
		return because(ake.ErrLimit, "%d bytes wait for the run", r.size)
	}
	r.waiting = append(r.waiting, bytes.Clone(datagram))
	r.size += len(datagram)
	return nil
}

// renew begins a run for new keys with a peer, if this side can. What the stack sends
// meanwhile goes out under the old ones, unless the peer seems to have lost them.
func (e *Endpoint) renew(o *Output, p *Peer) {
	config, _ := e.config.starter()
	_, silent := e.silent[p.address]
	if config == nil || e.runs[p.address] != nil || silent || len(e.runs) >= e.config.Limits.Runs {
		return
	}
	r := &run{address: p.address, peer: p}
	e.runs[p.address] = r
	e.begin(o, r)
}

func (e *Endpoint) begin(o *Output, r *run) {
	party, role := e.config.starter()
	client, err := coap.NewClient(coap.ClientConfig{Party: party, Role: role, IDs: e.ids, Prepare: func(session *ake.Session) error {
		if p := e.meant(r.address); e.config.Resumption != nil && role == ake.Initiator && p != nil {
			session.UseResumption(e.config.Resumption, p.credential.Bytes()) // without a key it is a full run
		}
		if e.config.Prepare == nil {
			return nil
		}
		return e.config.Prepare(session, r.address)
	}})
	if err != nil {
		e.fail(o, r, err)
		return
	}
	r.client = client
	request, err := client.Start()
	e.step(o, r, request, err)
}

// step goes on after the Client has said what comes next.
func (e *Endpoint) step(o *Output, r *run, request *coap.Request, err error) {
	r.transfer = nil
	switch {
	case ake.StatusOf(err).Pending():
		r.pending = true
		r.due = e.now.Add(patience)
		e.questions[r.client.Session()] = &question{run: r}
		o.event(Event{Kind: Pending, Address: r.address, Session: r.client.Session(), Err: err})
	case err != nil:
		if request != nil { // an EDHOC error message, whose answer does not matter
			t := e.newTransfer(request)
			o.network(r.address, t.next(e, r))
		}
		e.fail(o, r, err)
	case request == nil:
		e.finish(o, r)
	case e.combine(o, r, request):
	default:
		r.transfer = e.newTransfer(request)
		e.transmit(o, r)
	}
}

// finish takes the context of a run into use, and sends what waited for it.
func (e *Endpoint) finish(o *Output, r *run) {
	delete(e.runs, r.address)
	if !r.combined {
		keys, err := r.client.Context()
		if err == nil {
			r.peer, err = e.established(o, r, keys)
		}
		if err != nil {
			e.runs[r.address] = r
			e.fail(o, r, err)
			return
		}
	}
	e.flush(o, r)
}

func (e *Endpoint) established(o *Output, r *run, keys *ake.OSCOREContext) (*Peer, error) {
	session := r.client.Session()
	credential := session.PeerCredential()
	return e.establish(o, r.address, session, r.client, keys, credential)
}

func (e *Endpoint) flush(o *Output, r *run) {
	waiting := r.waiting
	r.waiting, r.size = nil, 0
	for _, datagram := range waiting {
		e.send(o, r.peer, r.address, datagram) // what cannot be sent the stack sends again
	}
}

// fail ends a run. What waited for it is lost, as the network may lose it: the stack
// hears of requests that waited.
func (e *Endpoint) fail(o *Output, r *run, err error) {
	delete(e.runs, r.address)
	if r.client != nil {
		delete(e.questions, r.client.Session())
		r.client.Close()
	}
	if len(e.silent) < e.config.Limits.Runs {
		e.silent[r.address] = e.now.Add(quiet)
	}
	if r.combined && r.peer != nil {
		e.drop(o, r.peer, err)
	}
	for _, datagram := range r.waiting {
		if m, ok := decode(datagram); ok && wire.IsRequest(m.Code) {
			o.stack(nil, r.address, answer(m, e.nextID(nil), codes.ServiceUnavailable, nil, nil))
		}
	}
	o.event(Event{Kind: Failed, Address: r.address, Err: err})
}

// combine sends message_3 together with the first request that waits (RFC 9668), if both
// have room in one datagram: what is larger goes in blocks, one after the other.
func (e *Endpoint) combine(o *Output, r *run, message3 *coap.Request) bool {
	if !e.config.Combined || e.message4 || e.config.Reverse || r.combined || r.peer != nil || len(r.waiting) == 0 {
		return false
	}
	m, ok := decode(r.waiting[0])
	if !ok || !wire.IsRequest(m.Code) || m.Type != message.Confirmable || len(message3.Payload)+len(r.waiting[0]) > e.config.Limits.Block {
		return false
	}
	keys, err := r.client.Context()
	if err != nil {
		return false // not yet message_3
	}
	if r.client.Session().PeerCredential() == nil {
		return false // method 4: who is asked is known with message_4
	}
	peer, err := e.established(o, r, keys)
	if err != nil {
		return false
	}
	r.peer, r.combined = peer, true
	first := r.waiting[0]
	protected, exchange, err := peer.current.context.ProtectRequest(first)
	if err != nil {
		return false
	}
	whole, _ := decode(protected)
	payload, _, err := r.client.Combine(whole.Payload, 0, 0)
	if err != nil {
		return false
	}
	whole.Payload = payload
	whole.Options = whole.Options.Add(message.Option{ID: optionEDHOC})
	r.waiting, r.size = r.waiting[1:], r.size-len(first)
	combined := wire.Encode(*whole)
	peer.traffic.Sent++
	peer.asking.put(tokenOf(m), &asking{exchange: exchange, plain: first, run: r, since: peer.current}, e.now.Add(exchangeLifetime))
	peer.sent.put(uint16(m.MessageID), &sent{first, combined}, e.now.Add(exchangeLifetime))
	peer.lastID = uint16(m.MessageID)
	r.due = e.now.Add(patience) // it is the stack that repeats
	o.network(r.address, combined)
	return true
}

// repeats reports whether a request of the stack is the one that went with message_3.
func (r *run) repeats(m *message.Message, datagram []byte) bool {
	earlier, ok := r.peer.sent.get(uint16(m.MessageID))
	return ok && bytes.Equal(earlier.plain, datagram)
}

// verified ends a run whose message_3 went with a request: the answer has verified.
func (e *Endpoint) verified(o *Output, r *run) {
	if e.runs[r.address] != r {
		return
	}
	if err := r.client.Verified(); err != nil {
		e.step(o, r, nil, err)
		return
	}
	e.finish(o, r)
}

// refusedCombined takes an unprotected error that answers a combined request: one of
// EDHOC ends the run, and from a server that does not know the option both messages
// are sent in turn.
func (e *Endpoint) refusedCombined(o *Output, r *run, m *message.Message) bool {
	if e.runs[r.address] != r {
		return false
	}
	var first []byte
	if a, ok := r.peer.asking.get(tokenOf(m)); ok {
		first = a.plain
		r.peer.asking.delete(tokenOf(m))
		r.peer.sent.delete(uint16(m.MessageID))
	}
	if m.Code == codes.BadOption && first != nil {
		r.waiting = append([][]byte{first}, r.waiting...)
		r.size += len(first)
		r.transfer = e.newTransfer(r.client.Again())
		e.transmit(o, r)
		return true
	}
	request, err := r.client.Next(responseOf(m, m.Payload))
	if err == nil {
		err = because(ake.ErrRefused, "%v", m.Code)
	}
	if first != nil {
		r.waiting = append([][]byte{first}, r.waiting...)
	}
	e.step(o, r, request, err)
	return true
}

// question is a run that waits for the host.
type question struct {
	run     *run             // this side began it
	request *message.Message // or the other did with this request
	from    string
}

// Continue goes on with a run after the host has answered a Pending event at its
// Session. It gives ErrState if the run does not wait, or is over.
func (e *Endpoint) Continue(session *ake.Session, now time.Time) (o Output, err error) {
	o = e.call(now, func(o *Output) {
		q := e.questions[session]
		if q == nil {
			err = because(ake.ErrState, "no run waits for an answer at this session")
			return
		}
		delete(e.questions, session)
		if q.run != nil {
			q.run.pending = false
			request, err := q.run.client.Continue()
			e.step(o, q.run, request, err)
			return
		}
		result, failed := e.server.Continue(session)
		if failed != nil {
			err = failed
			return
		}
		e.resolve(o, q.from, q.request, result)
	})
	return o, err
}

func (e *Endpoint) tickRun(o *Output, r *run) {
	if e.now.Before(r.due) {
		return
	}
	t := r.transfer
	if t == nil || t.acknowledged || t.tries > maxRetransmit {
		err := error(ake.ErrNoAnswer)
		if r.client != nil && !r.pending {
			if failed := r.client.NoAnswer(); failed != nil {
				err = failed
			}
		}
		e.fail(o, r, err)
		return
	}
	t.timeout *= 2
	t.tries++
	r.due = e.now.Add(t.timeout)
	o.network(r.address, t.datagram)
}

// --- One request ------------------------------------------------------------------

// transfer carries one request of a run, and its response, in blocks if need be (RFC
// 7959). Its token is one that nobody can guess.
type transfer struct {
	request      *coap.Request
	token        message.Token
	messageID    int32
	datagram     []byte
	exponent     uint32 // of the block size, less 4
	sentBlocks   int    // of the request, that were acknowledged
	received     []byte // of the response
	tries        int
	timeout      time.Duration
	acknowledged bool
}

func (e *Endpoint) newTransfer(request *coap.Request) *transfer {
	exponent, _ := sizeExponent(e.config.Limits.Block)
	t := &transfer{request: request, token: make(message.Token, message.MaxTokenSize), exponent: exponent}
	rand.Read(t.token) // never fails
	return t
}

// transmit sends the next part of the request.
func (e *Endpoint) transmit(o *Output, r *run) {
	t := r.transfer
	t.datagram = t.next(e, r)
	t.tries, t.acknowledged = 1, false
	var random [1]byte
	rand.Read(random[:])
	t.timeout = ackTimeout + time.Duration(random[0])*ackTimeout/512
	r.due = e.now.Add(t.timeout)
	o.network(r.address, t.datagram)
}

// next is the next datagram of the request: a block of it, or the question for a block
// of the response.
func (t *transfer) next(e *Endpoint, r *run) []byte {
	t.messageID = int32(e.nextID(r.peer))
	m := message.Message{Type: message.Confirmable, MessageID: t.messageID, Token: t.token, Code: codes.Code(t.request.Code), Options: pathOptions(coap.Path)}
	if t.request.Format != coap.NoFormat {
		m.Options = m.Options.Add(newOption(message.ContentFormat, uint32(t.request.Format)))
	}
	if t.request.Echo != nil {
		m.Options = m.Options.Add(message.Option{ID: message.Echo, Value: t.request.Echo})
	}
	size := 16 << t.exponent
	switch {
	case t.received != nil:
		m.Options = m.Options.Add(block{number: len(t.received) / size, exponent: t.exponent}.option(message.Block2))
	case len(t.request.Payload) > size:
		at := t.sentBlocks * size
		part := t.request.Payload[at:min(at+size, len(t.request.Payload))]
		m.Options = m.Options.Add(block{number: t.sentBlocks, more: at+size < len(t.request.Payload), exponent: t.exponent}.option(message.Block1))
		m.Payload = part
	default:
		m.Payload = t.request.Payload
	}
	return wire.Encode(m)
}

func (r *run) owns(messageID int32) bool {
	return r.transfer != nil && r.transfer.messageID == messageID
}

func (r *run) asks(m *message.Message) bool {
	return r.transfer != nil && bytes.Equal(m.Token, r.transfer.token) &&
		(m.Type != message.Acknowledgement || m.MessageID == r.transfer.messageID)
}

// acknowledged takes an Empty message to the request under way.
func (e *Endpoint) acknowledged(o *Output, r *run, kind message.Type) {
	if kind == message.Reset {
		e.fail(o, r, because(ake.ErrRefused, "the address does not take CoAP requests"))
		return
	}
	r.transfer.acknowledged = true
	r.due = e.now.Add(patience)
}

// answered takes a response to the request under way.
func (e *Endpoint) answered(o *Output, r *run, m *message.Message) {
	if m.Type == message.Confirmable {
		o.network(r.address, empty(message.Acknowledgement, m.MessageID))
	}
	t := r.transfer
	if m.Code == codes.Continue {
		b, ok := blockOf(m, message.Block1)
		if !ok || b.number != t.sentBlocks || len(t.request.Payload) <= (t.sentBlocks+1)*(16<<t.exponent) {
			e.fail(o, r, because(ake.ErrAnswer, "it asks for a block that there is not"))
			return
		}
		if b.exponent < t.exponent && t.sentBlocks == 0 { // smaller ones are wanted (RFC 7959 section 2.3)
			t.sentBlocks, t.exponent = 1<<(t.exponent-b.exponent), b.exponent
		} else {
			t.sentBlocks++
		}
		e.transmit(o, r)
		return
	}
	payload := m.Payload
	if b, ok := blockOf(m, message.Block2); ok && (b.more || b.number > 0) {
		if b.number*b.size() != len(t.received) || len(t.received)+len(m.Payload) > e.config.Limits.Body || b.more && len(m.Payload) != b.size() {
			e.fail(o, r, because(ake.ErrAnswer, "its blocks do not make a whole, or are too many"))
			return
		}
		t.received = append(append([]byte{}, t.received...), m.Payload...)
		if b.more {
			t.exponent = b.exponent
			e.transmit(o, r)
			return
		}
		payload = t.received
	}
	request, err := r.client.Next(responseOf(m, payload))
	e.step(o, r, request, err)
}

// responseOf is what ake/coap has to know of a response.
func responseOf(m *message.Message, payload []byte) coap.Response {
	response := coap.Response{Code: coap.Code(m.Code), Format: coap.NoFormat, Payload: payload, Echo: option(m, message.Echo)}
	if format, ok := uintOption(m, message.ContentFormat); ok {
		response.Format = coap.Format(format)
	}
	return response
}
