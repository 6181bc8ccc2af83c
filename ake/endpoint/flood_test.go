package endpoint

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// Peers that flood after they have authenticated.

// several is a server that knows some clients, which have run EDHOC with it.
func (w *world) several(n int, change func(server *Config)) (server *node, clients []*node) {
	w.t.Helper()
	s := newIdentity(w.t, "server", 1)
	var known []identity
	for i := range n {
		known = append(known, newIdentity(w.t, fmt.Sprint("client ", i), byte(2+i)))
	}
	config := Config{Responder: newParty(w.t, s, known...)}
	if change != nil {
		change(&config)
	}
	server = w.add("server:5683", config)
	for i, own := range known {
		client := w.add(fmt.Sprint("client:", 1000+i), Config{Initiator: newParty(w.t, own, s), Limits: Limits{Exchanges: 1 << 16}})
		r := client.ask("server:5683", codes.POST, "hello")
		w.run(time.Minute)
		client.wantAnswer(r, "hello")
		clients = append(clients, client)
	}
	return server, clients
}

// flood has a client send a request that its stack does not repeat, past the network.
func (n *node) flood(server *node, kind message.Type, id int, options ...message.Option) {
	n.w.t.Helper()
	m := message.Message{Type: kind, Code: codes.GET, MessageID: int32(id & 0xffff), Token: message.Token{byte(id), byte(id >> 8), byte(id >> 16), 1}, Options: options}
	o, err := n.Send(nil, server.address, wire.Encode(m), n.w.now)
	must(n.w.t, err)
	for _, d := range o.Network {
		server.carry(server.Receive(n.address, d.Data, n.w.now))
	}
	n.w.queue = nil
}

// TestMemory: what is kept for repeated requests is bounded over all peers, and who has
// little of it keeps it.
func TestMemory(t *testing.T) {
	const most = 200_000
	w := newWorld(t)
	server, clients := w.several(6, func(server *Config) { server.Limits.Memory, server.Limits.Kept = most, 1000 })
	honest, floods := clients[0], clients[1:]
	var request []byte
	w.sniff = func(from, _ string, data []byte) {
		if from == honest.address {
			request = bytes.Clone(data)
		}
	}
	r := honest.ask("server:5683", codes.POST, "once")
	w.run(time.Minute)
	honest.wantAnswer(r, "once")
	large := make([]byte, 1000)
	server.respond = func(d Delivery, m *message.Message) []byte {
		return answer(m, server.nextMID(), codes.Content, nil, large)
	}
	for i := range 2000 {
		floods[i%len(floods)].flood(server, message.Confirmable, 5000+i/len(floods))
		sum := 0
		for _, p := range server.Peers() {
			sum += p.memory
		}
		if sum != server.memory || sum > most {
			t.Fatalf("%d bytes are kept, %d are counted, at most %d should be", sum, server.memory, most)
		}
	}
	if server.memory < most/2 {
		t.Errorf("%d bytes are kept, of %d", server.memory, most)
	}
	o := server.Receive(honest.address, request, w.now)
	if len(o.Network) != 1 || len(o.Stack) != 0 {
		t.Errorf("a repeated request has %d answers, %d reach the stack", len(o.Network), len(o.Stack))
	}
	for _, p := range server.Peers() {
		server.carry(server.Drop(p, w.now))
	}
	if server.memory != 0 {
		t.Errorf("%d bytes are counted when nobody is there", server.memory)
	}
}

// TestHolders: who has one credential does not push out those that have others, and has
// not more contexts than one peer may, however often it runs EDHOC.
func TestHolders(t *testing.T) {
	w := newWorld(t)
	server, clients := w.several(3, func(server *Config) { server.Limits.Peers, server.Limits.PerCredential = 6, 4 })
	flooder := clients[2]
	edhoc := func(address string) {
		t.Helper()
		again := w.add(address, flooder.config)
		r := again.ask("server:5683", codes.POST, "x")
		w.run(time.Minute)
		again.wantAnswer(r, "x")
	}
	for i := range 20 {
		edhoc(fmt.Sprint("elsewhere:", i))
		edhoc(flooder.address)
	}
	for _, p := range server.Peers() {
		if len(p.old) > mostOld {
			t.Errorf("%v has %d contexts of before", p, len(p.old))
		}
	}
	if n := server.Stats().Peers; n != 6 || len(server.holders) != 3 || len(server.associations) > 6+mostOld {
		t.Errorf("%d peers, %d holders, %d contexts", n, len(server.holders), len(server.associations))
	}
	for _, honest := range clients[:2] {
		r := honest.ask("server:5683", codes.POST, "still there")
		w.run(time.Minute)
		honest.wantAnswer(r, "still there")
		if honest.count(Established)+honest.count(Renewed) != 1 {
			t.Errorf("%s: %v", honest.address, honest.events)
		}
	}
}

// TestPeerFloods: whatever a peer sends that has authenticated, it leaves little behind, and
// others are served at once.
func TestPeerFloods(t *testing.T) {
	w := newWorld(t)
	server, clients := w.several(2, nil)
	server.respond = func(d Delivery, m *message.Message) []byte {
		var options message.Options
		if m.Options.HasOption(message.Observe) {
			options = append(options, newOption(message.Observe, 1))
		}
		return answer(m, server.nextMID(), codes.Content, options, append([]byte("re:"), m.Payload...))
	}
	honest, flooder := clients[0], clients[1]
	var last []byte
	send := func(datagram []byte) {
		server.carry(server.Receive(flooder.address, datagram, w.now))
		w.queue = nil
	}
	large := make([]byte, 1024)
	w.random.Read(large)
	protect := func(id int, code codes.Code, kind message.Type, payload []byte, options ...message.Option) []byte {
		m := message.Message{Type: kind, Code: code, MessageID: int32(id & 0xffff), Token: message.Token{byte(id), byte(id >> 8), byte(id >> 16)}, Options: options, Payload: payload}
		o, err := flooder.Send(nil, server.address, wire.Encode(m), w.now)
		must(t, err)
		w.queue = nil
		return o.Network[0].Data
	}
	before, slowest := heap(), time.Duration(0)
	for i := range 30_000 {
		id := 5000 + i
		switch i % 6 {
		case 0: // many tokens
			last = protect(id, codes.POST, message.Confirmable, large)
			send(last)
		case 1: // observations
			send(protect(id, codes.GET, message.NonConfirmable, nil, newOption(message.Observe, 0)))
		case 2: // blocks of a body that never ends
			send(protect(id, codes.PUT, message.Confirmable, large, block{number: i, more: true, exponent: 6}.option(message.Block1)))
		case 3: // a Partial IV that is not the message's
			forged := protect(id, codes.POST, message.Confirmable, large)
			forged[len(forged)-1]++
			send(forged)
		case 4: // again, under another message ID
			again := bytes.Clone(last)
			again[2], again[3] = byte(w.random.Intn(256)), byte(w.random.Intn(256))
			send(again)
		case 5: // junk that claims to be its
			junk := bytes.Clone(last[:len(last)-w.random.Intn(1000)])
			junk[4+w.random.Intn(len(junk)-4)]++
			send(junk)
		}
		if i%1000 == 999 {
			at := w.now
			r := honest.ask("server:5683", codes.POST, fmt.Sprint("honest ", i))
			w.run(time.Minute)
			honest.wantAnswer(r, fmt.Sprint("honest ", i))
			slowest = max(slowest, w.now.Sub(at))
		}
		w.now = w.now.Add(time.Millisecond)
	}
	if slowest > time.Second {
		t.Errorf("an honest client waited for %v", slowest)
	}
	delete(w.nodes, flooder.address) // what is counted is the server's
	clients, flooder = nil, nil
	if grown := int64(heap() - before); grown > 2<<20 {
		t.Errorf("the flood left %d bytes, of which %d are counted", grown, server.memory)
	}
	if p := server.Peers(); len(p) != 2 {
		t.Errorf("%d peers", len(p))
	}
}

// TestMemoryGoes: nothing is kept of exchanges that nobody repeats any more.
func TestMemoryGoes(t *testing.T) {
	w := newWorld(t)
	server, clients := w.several(1, nil)
	for i := range 200 {
		clients[0].flood(server, message.Confirmable, 5000+i)
	}
	w.now = w.now.Add(exchangeLifetime)
	server.carry(server.Tick(w.now))
	p := server.Peers()[0]
	if server.memory != 0 || p.received.len() != 0 {
		t.Errorf("%d bytes and %d requests are kept", server.memory, p.received.len())
	}
	for _, r := range p.kept {
		if r.answer != nil {
			t.Fatal("an answer is kept that nobody can ask for")
		}
	}
}

// TestBurstIsShared: peers that have the stack work on as many requests as it takes leave
// room for others.
func TestBurstIsShared(t *testing.T) {
	w := newWorld(t)
	server, clients := w.several(4, nil)
	echo := server.respond
	server.respond = func(Delivery, *message.Message) []byte { return nil }
	for i := range 500 {
		for _, client := range clients[1:] {
			client.flood(server, message.Confirmable, 5000+i)
		}
	}
	server.respond = echo
	before := w.now
	r := clients[0].ask("server:5683", codes.POST, "honest")
	w.run(time.Minute)
	clients[0].wantAnswer(r, "honest")
	if took := w.now.Sub(before); took > time.Second {
		t.Errorf("the honest client had to wait for %v", took)
	}
}

// TestForgedAddress: a peer that writes in the name of another's address does not get the
// acknowledgements that come from there.
func TestForgedAddress(t *testing.T) {
	w := newWorld(t)
	server, clients := w.several(2, nil)
	honest, forger := clients[0], clients[1]
	p := server.meant(honest.address)
	server.respond = func(d Delivery, m *message.Message) []byte { // a response of its own, to be acknowledged
		return wire.Encode(message.Message{Type: message.Confirmable, Code: codes.Content, MessageID: int32(server.nextMID()), Token: m.Token, Payload: []byte("re:late")})
	}
	r := honest.ask("server:5683", codes.GET, "late")
	for _, f := range w.queue {
		server.carry(server.Receive(f.from, f.data, w.now))
	}
	o, err := forger.Send(nil, server.address, wire.Encode(message.Message{Type: message.NonConfirmable, Code: codes.POST, MessageID: 9, Token: message.Token{9}}), w.now)
	must(t, err)
	server.respond = func(Delivery, *message.Message) []byte { return nil }
	server.carry(server.Receive(honest.address, o.Network[0].Data, w.now))
	if other := server.meant(honest.address); other == p {
		t.Fatal("the forger is not at the address")
	}
	acknowledged := 0
	for _, f := range w.queue {
		if f.to != honest.address {
			continue
		}
		for _, d := range honest.Receive(f.from, f.data, w.now).Stack {
			m, _ := decode(d.Data)
			o, err := honest.Send(d.Peer, d.From, empty(message.Acknowledgement, m.MessageID), w.now)
			must(t, err)
			for _, d := range server.Receive(honest.address, o.Network[0].Data, w.now).Stack {
				acknowledged++
				if d.Peer != p {
					t.Errorf("%v acknowledges what %v was sent", d.Peer, p)
				}
			}
		}
	}
	if acknowledged != 1 {
		t.Errorf("%d acknowledgements; %v", acknowledged, r)
	}
}
