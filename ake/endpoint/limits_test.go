package endpoint

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestConfig: what cannot work is refused, and named.
func TestConfig(t *testing.T) {
	s := newIdentity(t, "server", 1)
	for name, config := range map[string]Config{
		"nothing":    {},
		"Peers":      {Limits: Limits{Peers: -1}},
		"Block":      {Limits: Limits{Block: 100}},
		"Block 2048": {Limits: Limits{Block: 2048}},
		"Idle":       {Limits: Limits{Idle: -1}},
		"path":       {Open: []string{"core"}},
		"EDHOC":      {Open: []string{coap.Path}},
		"window":     {ReplaySize: 5000},
		"Ahead":      {Ahead: 1 << 33},
		"EDHOC's":    {EDHOC: coap.Limits{HalfOpen: -1}},
	} {
		if name != "nothing" {
			config.Responder = newParty(t, s)
		}
		_, err := New(config)
		if is(t, err, ake.ErrArgument); err.Error() == "" {
			t.Error(name)
		}
	}
}

// TestHost: strangers are counted by host, not by port, nor by the addresses that one
// host has of IPv6.
func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7:5683": "192.0.2.7/32", "192.0.2.7:1": "192.0.2.7/32", "[2001:db8::1]:5683": "2001:db8::/64",
		"[2001:db8::ffff:1]:9": "2001:db8::/64", "[2001:db8:0:1::1]:9": "2001:db8:0:1::/64", "[fe80::1%eth0]:5683": "fe80::/64",
		"[::ffff:192.0.2.7]:1": "::ffff:192.0.2.7/128", "unix:/run/a": "unix:/run/a", "": "", "\x7f\x00\x00\x01\x16\x33": "\x7f\x00\x00\x01\x16\x33",
	} {
		if got := host(address); got != want {
			t.Errorf("%q is counted as %q, want %q", address, got, want)
		}
	}
}

// TestNotCoAP: the stack's own mistakes are told to the host.
func TestNotCoAP(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	for _, datagram := range [][]byte{nil, {1, 2, 3}, {0x40, 0xe1, 0, 0}, {0x40, 1, 0, 0, 0xff}, wire.Encode(message.Message{Code: codes.Content, Token: message.Token{1}})} {
		_, err := client.Send(nil, "server:5683", datagram, w.now)
		is(t, err, ake.ErrArgument)
	}
	_, err := server.Send(&Peer{}, "", []byte{0x40, 1, 0, 0}, w.now)
	is(t, err, ake.ErrState)
	_, err = server.Continue(nil, w.now)
	is(t, err, ake.ErrState)
	for _, junk := range [][]byte{nil, {0x40}, {0xff, 1, 2, 3}, {0x40, 0xe1, 0, 0}, {0x4f, 1, 0, 0}} {
		if o := server.Receive("x:1", junk, w.now); len(o.Network)+len(o.Stack)+len(o.Events) != 0 {
			t.Errorf("%x: %+v", junk, o)
		}
	}
	if o := server.Receive("x:1", empty(message.Confirmable, 5), w.now); len(o.Network) != 1 {
		t.Errorf("a ping: %+v", o)
	}
}

// TestPending: a question of a run waits for the host, on either side.
func TestPending(t *testing.T) {
	w := newWorld(t)
	server, client := w.pairWith(func(c *ake.Config) { c.Pull = ake.PullPeer }, nil)
	r := client.ask("server:5683", codes.POST, "a")
	answers := 0
	for range 20 {
		w.run(time.Second)
		w.now = w.now.Add(time.Second)
		for _, n := range []*node{client, server} {
			for _, event := range n.events {
				if event.Kind == Pending {
					is(t, event.Err, ake.PendingPeer)
					o, err := n.Continue(event.Session, w.now)
					must(t, err)
					n.events = nil
					n.carry(o)
					answers++
					_, err = n.Continue(event.Session, w.now)
					is(t, err, ake.ErrState)
				}
			}
		}
	}
	client.wantAnswer(r, "a")
	if answers != 2 {
		t.Errorf("%d questions, want 2", answers)
	}
}

// TestWaiting: what waits for a run is bounded, and so are the runs.
func TestWaiting(t *testing.T) {
	w := newWorld(t)
	_, client := w.pair(func(_, client *Config) { client.Limits.Waiting, client.Limits.Runs = 1000, 3 })
	send := func(i int, to string, size int) error {
		m := message.Message{Code: codes.POST, MessageID: int32(i), Token: message.Token{byte(i)}, Payload: make([]byte, size)}
		_, err := client.Send(nil, to, wire.Encode(m), w.now)
		return err
	}
	must(t, send(1, "a:1", 900))
	must(t, send(1, "a:1", 900)) // a repetition
	is(t, send(2, "a:1", 900), ake.ErrLimit)
	must(t, send(3, "b:1", 10))
	must(t, send(3, "c:1", 10))
	is(t, send(3, "d:1", 10), ake.ErrLimit)
	if stats := client.Stats(); stats.Runs != 3 {
		t.Errorf("%+v", stats)
	}
	for range 100 {
		w.now = w.now.Add(5 * time.Second)
		client.Tick(w.now)
	}
	if stats := client.Stats(); stats.Runs != 0 || stats.Failed != 3 || client.ids.Len() != 0 || len(client.silent) != 0 {
		t.Errorf("%+v, %d identifiers", stats, client.ids.Len())
	}
}

// TestOpenRequests: a peer that asks without end is held where the limit is, and
// others are served.
func TestOpenRequests(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, client *Config) { server.Limits.Exchanges, client.Limits.Exchanges = 50, 10_000 })
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	handed := 0
	server.respond = func(Delivery, *message.Message) []byte { handed++; return nil } // a stack that does not answer
	for i := range 2000 {
		m := message.Message{Type: message.NonConfirmable, Code: codes.POST, MessageID: int32(1000 + i), Token: message.Token{byte(i), byte(i >> 8), 1}}
		o, err := client.Send(nil, "server:5683", wire.Encode(m), w.now)
		must(t, err)
		for _, d := range o.Network {
			server.carry(server.Receive(client.address, d.Data, w.now))
		}
	}
	// Answers that never come hold nothing for good.
	w.now = w.now.Add(exchangeLifetime)
	server.carry(server.Tick(w.now))
	p := server.Peers()[0]
	if p.received.held != 0 || p.asked.held != 0 {
		t.Errorf("%d and %d requests wait for an answer after %v", p.received.held, p.asked.held, exchangeLifetime)
	}
	if handed != 50 || p.received.len() > 50+server.config.Limits.Kept || p.asked.len() > 51 {
		t.Errorf("%d requests were handed on, %d and %d are kept", handed, p.received.len(), p.asked.len())
	}
}

// TestObservations: a peer has no more observations than it may have open requests.
func TestObservations(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, client *Config) { server.Limits.Exchanges, client.Limits.Exchanges = 50, 10_000 })
	server.respond = func(_ Delivery, m *message.Message) []byte {
		return answer(m, server.nextMID(), codes.Content, message.Options{newOption(message.Observe, 1)}, nil)
	}
	client.ask("server:5683", codes.GET, "", newOption(message.Observe, 0))
	w.run(time.Minute)
	for i := range 500 {
		m := message.Message{Type: message.NonConfirmable, Code: codes.GET, MessageID: int32(1000 + i), Token: message.Token{byte(i), byte(i >> 8), 1},
			Options: message.Options{newOption(message.Observe, 0)}}
		o, err := client.Send(nil, "server:5683", wire.Encode(m), w.now)
		must(t, err)
		for _, d := range o.Network {
			for _, d := range server.Receive(client.address, d.Data, w.now).Stack {
				m, _ := decode(d.Data)
				_, err := server.Send(d.Peer, "", server.respond(d, m), w.now)
				must(t, err)
			}
		}
	}
	if p := server.Peers()[0]; p.asked.len() != 50 {
		t.Errorf("%d observations", p.asked.len())
	}
}

// TestBurst: the stack is handed no more at once than its socket holds, and every request
// reaches it in the end, once.
func TestBurst(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, _ *Config) { server.Limits.Burst = 10 })
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	waiting := 0 // in the socket of the stack
	server.respond = func(d Delivery, m *message.Message) []byte {
		if waiting++; waiting > 10 {
			t.Fatalf("%d requests wait", waiting)
		}
		server.later = append(server.later, func() {
			waiting--
			o, err := server.Send(d.Peer, "", answer(m, 0, codes.Content, nil, append([]byte("re:"), m.Payload...)), w.now)
			must(t, err)
			server.carry(o)
		})
		return nil
	}
	var all []*stackRequest
	for i := range 40 {
		all = append(all, client.ask("server:5683", codes.POST, fmt.Sprint("request ", i)))
	}
	w.run(2 * time.Minute)
	for i, r := range all {
		client.wantAnswer(r, fmt.Sprint("request ", i))
	}
	for payload, n := range server.handled {
		if n != 1 {
			t.Errorf("%q was handed on %d times", payload, n)
		}
	}
}

// TestStrangers: a flood of strangers leaves nothing behind, and an honest client is served.
func TestStrangers(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, _ *Config) { server.Open = []string{"/open"} })
	server.respond = func(d Delivery, m *message.Message) []byte {
		if d.Peer == nil {
			return nil
		}
		return answer(m, server.nextMID(), codes.Content, nil, append([]byte("re:"), m.Payload...))
	}
	before := heap()
	random := w.random
	for i := range 50_000 {
		m := message.Message{Code: codes.POST, MessageID: int32(i & 0xffff), Token: message.Token{byte(i), byte(i >> 8)}, Payload: make([]byte, random.Intn(1200))}
		random.Read(m.Payload)
		switch i % 6 {
		case 0:
			m.Options = pathOptions("/open")
		case 1:
			m.Options = pathOptions(coap.Path)
			m.Payload = append([]byte{0xf5}, m.Payload...)
		case 2:
			m.Options = pathOptions(coap.Path).Add(block{number: 0, more: true, exponent: 6}.option(message.Block1))
			m.Payload = make([]byte, 1024)
		case 3:
			m.Options = message.Options{{ID: optionOSCORE, Value: []byte{9, byte(i), byte(random.Intn(256))}}}
		case 4:
			m.Options = message.Options{{ID: optionOSCORE, Value: []byte{9, byte(i), byte(random.Intn(256))}}, {ID: optionEDHOC}}
		}
		o := server.Receive(fmt.Sprint("10.0.", i>>8&255, ".", i&255, ":", 1000+random.Intn(1000)), wire.Encode(m), w.now)
		for _, d := range o.Network {
			if len(d.Data) > len(wire.Encode(m))+40 {
				t.Fatalf("%d bytes are answered with %d", len(wire.Encode(m)), len(d.Data))
			}
		}
		w.now = w.now.Add(time.Millisecond / 10)
	}
	if grown := int64(heap() - before); grown > 4<<20 {
		t.Errorf("the flood left %d bytes", grown)
	}
	r := client.ask("server:5683", codes.POST, "honest")
	w.run(time.Minute)
	client.wantAnswer(r, "honest")
}

// TestConcurrent: any goroutine may call at any time.
func TestConcurrent(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 200 {
				m := message.Message{Type: message.NonConfirmable, Code: codes.GET, MessageID: int32(1000 + i*1000 + j), Token: message.Token{byte(i), byte(j)}}
				o, err := client.Send(nil, "server:5683", wire.Encode(m), w.now)
				if err != nil {
					t.Error(err)
					return
				}
				for _, d := range o.Network {
					for _, d := range server.Receive("client:1000", d.Data, w.now).Stack {
						m, _ := decode(d.Data)
						reply, err := server.Send(d.Peer, "", answer(m, uint16(i*1000+j), codes.Content, nil, []byte{1}), w.now)
						if err != nil {
							t.Error(err)
							return
						}
						for _, d := range reply.Network {
							if got := client.Receive("server:5683", d.Data, w.now).Stack; len(got) != 1 {
								t.Errorf("an answer gives %d datagrams", len(got))
							}
						}
					}
				}
				server.Peers()[0].Traffic()
				server.Stats()
				client.Tick(w.now)
			}
		})
	}
	group.Wait()
}

// FuzzReceive: whatever comes from the network or from the stack, nothing in clear
// reaches the stack, and an honest request is answered after it.
func FuzzReceive(f *testing.F) {
	w := newWorld(f)
	w.sniff = func(_, _ string, data []byte) { f.Add(bytes.Clone(data), true) }
	_, client := w.pair(func(_, client *Config) { client.Combined = true })
	client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.ask("server:5683", codes.GET, "b", newOption(message.Observe, 0))
	w.run(time.Minute)
	f.Add(wire.Encode(message.Message{Code: codes.POST, Options: pathOptions(coap.Path).Add(block{1, true, 2}.option(message.Block1)), Payload: make([]byte, 64)}), true)
	f.Add(wire.Encode(message.Message{Code: codes.POST, Options: pathOptions(coap.Path).Add(block{1, false, 2}.option(message.Block2))}), false)
	f.Fuzz(func(t *testing.T, datagram []byte, toServer bool) {
		w := newWorld(t)
		server, client := w.pair(nil)
		r := client.ask("server:5683", codes.POST, "before")
		w.run(time.Minute)
		client.wantAnswer(r, "before")
		n, from := server, "client:1000"
		if !toServer {
			n, from = client, "server:5683"
		}
		for _, address := range []string{from, "stranger:1"} {
			for _, d := range n.Receive(address, datagram, w.now).Stack {
				if m, _ := decode(d.Data); m.Code != codes.Empty {
					t.Fatalf("the stack got %x", d.Data)
				}
			}
		}
		n.Send(nil, from, datagram, w.now)
		w.now = w.now.Add(10 * time.Second)
		r = client.ask("server:5683", codes.POST, "after")
		w.run(2 * time.Minute)
		client.wantAnswer(r, "after")
	})
}
