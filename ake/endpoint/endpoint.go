package endpoint

import (
	"bytes"
	"container/list"
	"errors"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// Endpoint is EDHOC and OSCORE between a network and a CoAP stack. It can be used from
// any goroutine; its Outputs are to be carried out in the order of the calls.
type Endpoint struct {
	config Config
	ids    *coap.IDs
	server *coap.Server // nil: nobody can begin a run with us

	mu           sync.Mutex
	now          time.Time
	contexts     oscore.Contexts
	associations map[*oscore.Context]*association
	byAddress    map[string]*Peer
	byID         map[uint64]*Peer
	idle         *list.List // of *Peer, the one that was idle for longest first
	lastPeer     uint64
	seed         maphash.Seed // of received.sum
	messageID    uint16       // of our own messages

	runs      map[string]*run      // that this side began, by address
	silent    map[string]time.Time // addresses where a run failed, and until when there is no other
	questions map[*ake.Session]*question
	bodies    bodies
	strangers exchanges[strangerKey, string] // unprotected exchanges; the value is the address
	stats     Stats

	message4 bool // is required in runs that this side begins: no combined request
}

// strangerKey is an unprotected exchange: whose token it is, and where the other is.
type strangerKey struct {
	address, token string
	ours           bool // the stack asked
}

// Stats counts what an Endpoint has and what it did.
type Stats struct {
	Peers, Runs, HalfOpen int // now

	Established, Renewed, Dropped, Failed uint64
	Unprotected, Malformed, Unknown       uint64 // datagrams from the network that were not handed on
	Replayed, Forged                      uint64
}

// New makes an Endpoint. It gives ErrArgument for a configuration that cannot work.
func New(config Config) (*Endpoint, error) {
	if err := config.fill(); err != nil {
		return nil, err
	}
	ids, err := coap.NewIDs(1, 4)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{
		config: config, ids: ids, seed: maphash.MakeSeed(), associations: map[*oscore.Context]*association{}, byAddress: map[string]*Peer{}, byID: map[uint64]*Peer{},
		idle: list.New(), runs: map[string]*run{}, silent: map[string]time.Time{}, questions: map[*ake.Session]*question{},
	}
	e.bodies.limits = &e.config.Limits
	if random, err := suite.Random(2, nil); err == nil {
		e.messageID = uint16(random[0])<<8 | uint16(random[1])
	}
	if own, role := config.starter(); own != nil {
		e.message4 = own.Description(role).Message4
	}
	forward, reverse := config.served(config.Responder, config.Initiator)
	if forward != nil || reverse != nil {
		server := coap.ServerConfig{Responder: forward, Initiator: reverse, IDs: ids, Limits: config.EDHOC, NoEcho: config.NoEcho,
			Clock: func() time.Time { return e.now }}
		if config.Prepare != nil {
			server.Prepare = func(session *ake.Session) error { return config.Prepare(session, "") }
		}
		if e.server, err = coap.NewServer(server); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Reconfigure takes other Configs, for example with other trust, for the runs that begin
// from then on. Peers that are there stay: Drop those that are not trusted any more. It
// gives ErrArgument if there would be a role that there was not, or not any more.
func (e *Endpoint) Reconfigure(responder, initiator *ake.Party) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if (responder == nil) != (e.config.Responder == nil) || (initiator == nil) != (e.config.Initiator == nil) {
		return because(ake.ErrArgument, "an endpoint keeps its roles for as long as it is there")
	}
	if e.server != nil {
		forward, reverse := e.config.served(responder, initiator)
		if err := e.server.Reconfigure(forward, reverse); err != nil {
			return err
		}
	}
	e.config.Responder, e.config.Initiator = responder, initiator
	if own, role := e.config.starter(); own != nil {
		e.message4 = own.Description(role).Message4
	}
	return nil
}

// call runs a call under the lock, and says when the next one is due.
func (e *Endpoint) call(now time.Time, body func(*Output)) (o Output) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = now
	body(&o)
	e.account(&o)
	o.Next = e.next()
	return o
}

func (e *Endpoint) account(o *Output) {
	for _, event := range o.Events {
		switch event.Kind {
		case Established:
			e.stats.Established++
		case Renewed:
			e.stats.Renewed++
		case Dropped:
			e.stats.Dropped++
		case Failed:
			e.stats.Failed++
		}
	}
}

// Stats returns the numbers of the Endpoint.
func (e *Endpoint) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	stats := e.stats
	stats.Peers, stats.Runs = e.idle.Len(), len(e.runs)
	if e.server != nil {
		stats.HalfOpen = e.server.Stats().HalfOpen
	}
	return stats
}

// nextID is a message ID for a message of our own. Those of the stack to a peer are
// likely to be close to the last one: ours are far from it.
func (e *Endpoint) nextID(p *Peer) uint16 {
	e.messageID++
	if p != nil && e.messageID-p.lastID < 1<<14 {
		e.messageID = p.lastID + 1<<15
	}
	return e.messageID
}

// Receive takes a datagram from the network.
func (e *Endpoint) Receive(from string, datagram []byte, now time.Time) Output {
	return e.call(now, func(o *Output) {
		m, ok := decode(datagram)
		switch {
		case !ok:
			e.stats.Malformed++
		case m.Code == codes.Empty:
			e.receiveEmpty(o, from, m, datagram)
		case isRequest(m.Code):
			e.receiveRequest(o, from, m, datagram)
		case isResponse(m.Code):
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
	p := e.byAddress[from]
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
	if !known && p.received.held >= e.config.Limits.Exchanges {
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
		if errors.Is(err, ake.ErrSequence) {
			o.Save = true
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
	p.received.put(id, &received{token: tokenOf(m), sum: sum}, time.Time{})
	p.asked.put(tokenOf(m), &asked{exchange, id}, time.Time{})
	o.stack(p, from, plain)
}

// protectedAnew takes a request that was handed on before, from a client that does not
// know that: it was restarted. The answer is for it, too.
func (e *Endpoint) protectedAnew(o *Output, p *Peer, earlier *received, exchange *oscore.Exchange, id uint16) {
	p.traffic.Repeated++
	if _, open := p.asked.get(earlier.token); open {
		p.asked.put(earlier.token, &asked{exchange, id}, time.Time{})
	}
	if earlier.plain != nil {
		protected, err := exchange.Context().ProtectResponse(earlier.plain, exchange)
		if err != nil {
			return
		}
		earlier.answer = protected
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
	p := e.byAddress[from]
	if p != nil {
		if a, ok := p.asking.get(tokenOf(m)); ok {
			e.receiveAnswer(o, p, a, from, m, datagram)
			return
		}
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
	e.protect(o, p, request, encode(*request), &sent{plain: a.plain}, old, false)
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
	o.stack(p, from, unavailable(m))
	if damaged {
		a.since.doubted = true
		e.renew(o, p)
	}
}

// unavailable is 5.03 in the place of an answer.
func unavailable(m *message.Message) []byte {
	return encode(message.Message{Type: m.Type, MessageID: m.MessageID, Token: m.Token, Code: codes.ServiceUnavailable})
}

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
		p = e.byAddress[address]
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
				answer.answer = bytes.Clone(datagram)
			}
		}
		o.network(address, datagram)
		return nil
	case isResponse(m.Code):
		return e.sendResponse(o, p, address, m, datagram)
	case !isRequest(m.Code):
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
	if p.current.worn() {
		e.renew(o, p)
	}
	return e.protect(o, p, m, datagram, nil, id, true)
}

// protect protects a request of the stack and sends it. mayRepeat says that a server
// which asks for Echo gets it once more; then instead is what the stack sent first,
// under a message ID of its own.
func (e *Endpoint) protect(o *Output, p *Peer, m *message.Message, datagram []byte, instead *sent, id uint16, mayRepeat bool) error {
	protected, exchange, err := p.current.context.ProtectRequest(datagram)
	if errors.Is(err, ake.ErrSequence) && e.config.Ahead > 0 {
		o.Save = true
		if len(p.waiting) < e.config.Limits.Exchanges {
			p.waiting = append(p.waiting, bytes.Clone(datagram))
		}
		return nil
	}
	if err != nil {
		return err
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
	if errors.Is(err, ake.ErrSequence) && e.config.Ahead > 0 {
		o.Save = true
		if len(p.waiting) < e.config.Limits.Exchanges {
			p.waiting = append(p.waiting, bytes.Clone(datagram))
		}
		return nil
	}
	if err != nil {
		return err
	}
	p.traffic.Sent++
	e.touch(p)
	until := e.now.Add(exchangeLifetime)
	if request, ok := p.received.get(question.id); ok {
		if m.Type == message.Acknowledgement {
			p.keep(request, bytes.Clone(datagram), protected, e.config.Limits.Kept)
		}
		p.received.put(question.id, request, until)
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

// Tick does what is due: it repeats what was not acknowledged, and drops what is too old.
func (e *Endpoint) Tick(now time.Time) Output {
	return e.call(now, func(o *Output) {
		for _, r := range e.runs {
			e.tickRun(o, r)
		}
		if e.server != nil {
			e.serverEvents(o, e.server.Expire(), "")
		}
		for address, until := range e.silent {
			if !now.Before(until) {
				delete(e.silent, address)
			}
		}
		e.strangers.expire(now, e.config.Limits.Strangers)
		e.bodies.expire(now)
		for element := e.idle.Front(); element != nil; {
			p := element.Value.(*Peer)
			element = element.Next()
			if now.Sub(p.lastUsed) >= e.config.Limits.Idle {
				e.drop(o, p, because(ake.ErrLimit, "nothing was heard of it for %v", e.config.Limits.Idle))
				continue
			}
			p.expire(now, &e.config.Limits)
			p.old = slices.DeleteFunc(p.old, func(a *association) bool {
				if over := !now.Before(a.until); over {
					e.forget(a)
					return true
				}
				return false
			})
		}
	})
}

// housekeeping is how often Tick is due for what has no time of its own.
const housekeeping = 30 * time.Second

func (e *Endpoint) next() (next time.Time) {
	for _, r := range e.runs {
		if next.IsZero() || r.due.Before(next) {
			next = r.due
		}
	}
	if rest := e.now.Add(housekeeping); next.IsZero() && (e.idle.Len() > 0 || e.server != nil && e.server.Stats().HalfOpen > 0 || e.strangers.len() > 0 || e.bodies.len() > 0) || rest.Before(next) {
		next = rest
	}
	return next
}

// Close ends all runs and forgets all peers, without a word to them.
func (e *Endpoint) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	var o Output
	for _, r := range e.runs {
		e.fail(&o, r, because(ake.ErrAborted, "the endpoint was closed"))
	}
	for e.idle.Len() > 0 {
		e.drop(&o, e.idle.Front().Value.(*Peer), because(ake.ErrAborted, "the endpoint was closed"))
	}
	if e.server != nil {
		e.server.Close()
	}
}
