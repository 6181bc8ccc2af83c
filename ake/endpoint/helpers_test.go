package endpoint

import (
	"errors"
	"fmt"
	"math/rand"
	"runtime"
	"sort"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// heap is how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// identity is a credential with its key, and as the other side has it.
type identity struct{ own, public *ake.Credential }

func newIdentity(t testing.TB, subject string, kid byte) identity {
	t.Helper()
	return newIdentityOf(t, ake.KeyX25519, subject, kid)
}

// newIdentityOf is newIdentity with a kind of key.
func newIdentityOf(t testing.TB, kind ake.KeyKind, subject string, kid byte) identity {
	t.Helper()
	private, public, err := ake.GenerateKey(kind)
	must(t, err)
	ccs, err := ake.NewCCS(subject, []byte{kid}, kind, public)
	must(t, err)
	var i identity
	for _, c := range []**ake.Credential{&i.own, &i.public} {
		*c, err = ake.CredentialFromCCS(ccs)
		must(t, err)
		must(t, (*c).SetIDCred([]byte{0xa1, 4, 0x41, kid}))
	}
	must(t, i.own.SetPrivateKey(private))
	return i
}

func newParty(t testing.TB, own identity, peers ...identity) *ake.Party {
	t.Helper()
	return newPartyWith(t, nil, own, peers...)
}

// newPartyWith is newParty with other settings.
func newPartyWith(t testing.TB, change func(*ake.Config), own identity, peers ...identity) *ake.Party {
	t.Helper()
	config := ake.Config{Own: []*ake.Credential{own.own}, Methods: []ake.Method{3}}
	for _, p := range peers {
		config.Peers = append(config.Peers, p.public)
	}
	if change != nil {
		change(&config)
	}
	party, err := ake.NewParty(config)
	must(t, err)
	return party
}

// world is a network with endpoints and the CoAP stacks above them. What happens is in
// the order of its clock.
type world struct {
	t      testing.TB
	now    time.Time
	nodes  map[string]*node
	queue  []*inFlight
	order  int
	random *rand.Rand
	// lose, twice and late are in percent of the datagrams.
	lose, twice, late int
	sniff             func(from, to string, data []byte)
}

type inFlight struct {
	at       time.Time
	order    int
	from, to string
	data     []byte
}

// node is an endpoint at an address, and its stack.
type node struct {
	*Endpoint
	w        *world
	address  string
	next     time.Time
	events   []Event
	handled  map[string]int // requests that the stack of a server was handed, by payload
	nobody   int            // of them, from nobody
	answers  map[string]string
	requests map[string]*stackRequest // of a client's stack, by token
	mid      uint16
	respond  func(d Delivery, m *message.Message) []byte // nil: an echo
	saved    []byte
	saves    bool
	later    []func() // what the stack does a while after
	key      []byte
}

type stackRequest struct {
	peer     *Peer // nil: the address
	datagram []byte
	to       string
	due      time.Time
	timeout  time.Duration
	tries    int
	done     bool
	answer   *message.Message
	all      []*message.Message
}

func newWorld(t testing.TB) *world {
	return &world{t: t, now: time.Unix(1_800_000_000, 0), nodes: map[string]*node{}, random: rand.New(rand.NewSource(1))}
}

func (w *world) add(address string, config Config) *node {
	w.t.Helper()
	e, err := New(config)
	must(w.t, err)
	n := &node{Endpoint: e, w: w, address: address, handled: map[string]int{}, answers: map[string]string{}, requests: map[string]*stackRequest{}, mid: 100, key: make([]byte, 32), saves: true}
	w.nodes[address] = n
	return n
}

// pair is a server and a client that can run EDHOC in either direction.
func (w *world) pair(change func(server, client *Config)) (server, client *node) {
	w.t.Helper()
	return w.pairWith(nil, change)
}

// pairWith is pair with other settings of EDHOC on both sides.
func (w *world) pairWith(both func(*ake.Config), change func(server, client *Config)) (server, client *node) {
	w.t.Helper()
	s, c := newIdentity(w.t, "server", 1), newIdentity(w.t, "client", 2)
	serverConfig, clientConfig := Config{Responder: newPartyWith(w.t, both, s, c)}, Config{Initiator: newPartyWith(w.t, both, c, s)}
	if change != nil {
		change(&serverConfig, &clientConfig)
	}
	return w.add("server:5683", serverConfig), w.add("client:1000", clientConfig)
}

// carry does what an Output says.
func (n *node) carry(o Output) {
	if o.Save && n.saves {
		saved, err := n.Save(n.key)
		must(n.w.t, err)
		n.saved = saved
		defer func() { n.carry(n.Saved(n.w.now)) }()
	}
	for _, d := range o.Network {
		n.w.send(n.address, d.To, d.Data)
	}
	n.events = append(n.events, o.Events...)
	n.next = o.Next
	for _, d := range o.Stack {
		n.deliver(d)
	}
}

func (w *world) send(from, to string, data []byte) {
	if w.sniff != nil {
		w.sniff(from, to, data)
	}
	copies := 1
	if w.random.Intn(100) < w.twice {
		copies = 2
	}
	for range copies {
		if w.random.Intn(100) < w.lose {
			continue
		}
		delay := 10 * time.Millisecond
		if w.random.Intn(100) < w.late {
			delay = time.Duration(w.random.Intn(3000)) * time.Millisecond
		}
		w.order++
		w.queue = append(w.queue, &inFlight{w.now.Add(delay), w.order, from, to, append([]byte{}, data...)})
	}
}

// deliver is the stack: a server answers with what it was sent, a client notes what came.
func (n *node) deliver(d Delivery) {
	t := n.w.t
	m, ok := decode(d.Data)
	if !ok {
		t.Fatalf("%s: the stack got %x", n.address, d.Data)
	}
	if m.Options.HasOption(optionOSCORE) || m.Options.HasOption(optionEDHOC) {
		t.Fatalf("%s: the stack got %v", n.address, m)
	}
	switch {
	case m.Code == codes.Empty:
	case wire.IsRequest(m.Code):
		n.handled[string(m.Payload)]++
		if d.Peer == nil {
			n.nobody++
		}
		reply := answer(m, n.nextMID(), codes.Content, nil, append([]byte("re:"), m.Payload...))
		if n.respond != nil {
			reply = n.respond(d, m)
		}
		if reply != nil {
			o, err := n.Send(d.Peer, d.From, reply, n.w.now)
			must(t, err)
			n.carry(o)
		}
	default:
		if m.Type == message.Confirmable {
			o, err := n.Send(d.Peer, d.From, empty(message.Acknowledgement, m.MessageID), n.w.now)
			must(t, err)
			n.carry(o)
		}
		r := n.requests[tokenOf(m)]
		if r == nil {
			t.Fatalf("%s: an answer to nothing: %v", n.address, m)
		}
		if request, ok := decode(r.datagram); ok && m.Type == message.Acknowledgement && m.MessageID != request.MessageID {
			t.Errorf("%s: %v acknowledges %v", n.address, m, request)
		}
		r.done = true
		r.answer = m
		r.all = append(r.all, m)
	}
}

func (n *node) nextMID() uint16 { n.mid++; return n.mid }

// ask has the stack send a confirmable request, and repeat it as RFC 7252 says.
func (n *node) ask(to string, code codes.Code, payload string, options ...message.Option) *stackRequest {
	n.w.t.Helper()
	return n.askOf(nil, to, code, payload, options...)
}

// askOf is ask of a peer.
func (n *node) askOf(p *Peer, to string, code codes.Code, payload string, options ...message.Option) *stackRequest {
	n.w.t.Helper()
	m := message.Message{Code: code, MessageID: int32(n.nextMID()), Token: message.Token(fmt.Sprintf("%04d", n.mid)), Payload: []byte(payload)}
	for _, o := range append(options, message.Option{ID: message.URIPath, Value: []byte("echo")}) {
		m.Options = m.Options.Add(o)
	}
	r := &stackRequest{peer: p, datagram: wire.Encode(m), to: to, timeout: ackTimeout, due: n.w.now.Add(ackTimeout)}
	n.requests[tokenOf(&m)] = r
	n.transmit(r)
	return r
}

func (n *node) transmit(r *stackRequest) {
	r.tries++
	o, err := n.Send(r.peer, r.to, r.datagram, n.w.now)
	if err != nil && !errors.Is(err, ake.ErrNoAnswer) && !errors.Is(err, ake.ErrLimit) {
		n.w.t.Fatal(err)
	}
	n.carry(o)
}

// run lets time pass until nothing is under way, at most for a while.
func (w *world) run(most time.Duration) {
	w.t.Helper()
	end := w.now.Add(most)
	for step := 0; ; step++ {
		if step > 1_000_000 {
			w.t.Fatal("the world does not come to rest")
		}
		sort.Slice(w.queue, func(i, j int) bool {
			a, b := w.queue[i], w.queue[j]
			return a.at.Before(b.at) || a.at.Equal(b.at) && a.order < b.order
		})
		next := end
		if len(w.queue) > 0 && w.queue[0].at.Before(next) {
			next = w.queue[0].at
		}
		busy := len(w.queue) > 0
		for _, n := range w.nodes {
			if len(n.runs) > 0 {
				busy = true
			}
			if !n.next.IsZero() && n.next.Before(next) {
				next = n.next
			}
			for _, r := range n.requests {
				if !r.done && r.tries <= maxRetransmit {
					busy = true
					if r.due.Before(next) {
						next = r.due
					}
				}
			}
		}
		if !busy || !next.Before(end) {
			return
		}
		if next.After(w.now) {
			w.now = next
		}
		for len(w.queue) > 0 && !w.queue[0].at.After(w.now) {
			f := w.queue[0]
			w.queue = w.queue[1:]
			if n := w.nodes[f.to]; n != nil {
				n.carry(n.Receive(f.from, f.data, w.now))
			}
		}
		for _, n := range w.nodes {
			later := n.later
			n.later = nil
			for _, do := range later {
				do()
			}
			if !n.next.IsZero() && !n.next.After(w.now) {
				n.carry(n.Tick(w.now))
			}
			for _, r := range n.requests {
				if !r.done && r.tries <= maxRetransmit && !r.due.After(w.now) {
					r.timeout *= 2
					r.due = w.now.Add(r.timeout)
					n.transmit(r)
				}
			}
		}
	}
}

func (n *node) count(kind EventKind) (count int) {
	for _, e := range n.events {
		if e.Kind == kind {
			count++
		}
	}
	return count
}

func (n *node) wantAnswer(r *stackRequest, payload string) {
	n.w.t.Helper()
	if !r.done || r.answer.Code != codes.Content || string(r.answer.Payload) != "re:"+payload {
		n.w.t.Fatalf("%q is answered with %v; events %v", payload, r.answer, n.events)
	}
}
