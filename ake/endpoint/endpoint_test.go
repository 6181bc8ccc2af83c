package endpoint

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestFlows: the stack asks an address, and gets its answer from an authenticated peer.
func TestFlows(t *testing.T) {
	for name, change := range map[string]func(server, client *Config){
		"forward":  nil,
		"combined": func(_, client *Config) { client.Combined = true },
		"reverse": func(server, client *Config) {
			server.Initiator, server.Responder = server.Responder, nil
			client.Responder, client.Initiator, client.Reverse = client.Initiator, nil, true
		},
		"message_4": func(_, client *Config) {
			client.Combined = true // cannot be
		},
		"small blocks":               func(server, client *Config) { server.Limits.Block, client.Limits.Block = 16, 16 },
		"small blocks of the server": func(server, client *Config) { server.Limits.Block = 32 },
		"combined in small blocks":   func(server, client *Config) { client.Combined, client.Limits.Block, server.Limits.Block = true, 16, 32 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			server, client := w.pairWith(func(c *ake.Config) { c.Message4 = name == "message_4" }, change)
			plain := []byte("secret of the stack")
			combined := 0
			w.sniff = func(from, to string, data []byte) {
				if bytes.Contains(data, plain) {
					t.Errorf("%s to %s: in clear", from, to)
				}
				if m, ok := decode(data); ok && m.Options.HasOption(optionEDHOC) {
					combined++
				}
			}
			first := client.ask("server:5683", codes.POST, string(plain))
			w.run(time.Minute)
			client.wantAnswer(first, string(plain))
			second := client.ask("server:5683", codes.POST, "second")
			w.run(time.Minute)
			client.wantAnswer(second, "second")
			for _, n := range []*node{server, client} {
				if n.count(Established) != 1 || len(n.events) != 1 || len(n.Peers()) != 1 {
					t.Fatalf("%s: %v, %d peers", n.address, n.events, len(n.Peers()))
				}
			}
			// It has no room in a small block, and message_4 excludes it.
			if want := map[bool]int{true: 1}[name == "combined"]; combined != want {
				t.Errorf("%d combined requests, want %d", combined, want)
			}
			p := server.Peers()[0]
			if p.Name() == "" || p.Identity().Subject != "client" || p.Address() != "client:1000" || p.Gone() || p.Traffic().Received != 2 || p.Traffic().Sent != 2 {
				t.Errorf("the peer is %q, %v, at %s with %+v", p.Name(), p.Identity(), p.Address(), p.Traffic())
			}
			if server.nobody != 0 || server.handled[string(plain)] != 1 || server.handled["second"] != 1 {
				t.Errorf("the stack was handed %v, %d from nobody", server.handled, server.nobody)
			}
			// The other way round: the peer of the server is asked by its stack.
			back := server.askOf(p, "", codes.POST, "back")
			w.run(time.Minute)
			server.wantAnswer(back, "back")
		})
	}
}

// TestPSK: with a pre-shared key only message_4 proves the server, so no request goes with
// message_3.
func TestPSK(t *testing.T) {
	for _, combined := range []bool{false, true} {
		w := newWorld(t)
		s, c := newIdentity(t, "server", 1), newIdentity(t, "client", 2)
		key, err := ake.CredentialFromPSK([]byte{0xa1, 4, 0x41, 5}, bytes.Repeat([]byte{7}, 16), -16, c.own.Bytes(), s.own.Bytes())
		must(t, err)
		initiator, err := ake.NewParty(ake.Config{Methods: []ake.Method{ake.MethodPSK}, InitiatorPSKs: []*ake.Credential{key}})
		must(t, err)
		responder, err := ake.NewParty(ake.Config{Methods: []ake.Method{ake.MethodPSK}, ResponderPSKs: []*ake.Credential{key}})
		must(t, err)
		server, client := w.add("server:5683", Config{Responder: responder}), w.add("client:1000", Config{Initiator: initiator, Combined: combined})
		r := client.ask("server:5683", codes.POST, "first")
		w.run(time.Minute)
		client.wantAnswer(r, "first")
		for _, n := range []*node{server, client} {
			if n.count(Established) != 1 || len(n.events) != 1 {
				t.Errorf("combined %v, %s: %v", combined, n.address, n.events)
			}
		}
	}
}

// TestBadNetwork: whatever a network does to datagrams, each request is handed to the
// stack at most once, and most are answered.
func TestBadNetwork(t *testing.T) {
	asked, done := 0, 0
	for seed := range int64(40) {
		w := newWorld(t)
		w.random.Seed(seed)
		w.lose, w.twice, w.late = 10, 15, 15
		server, client := w.pair(func(server, client *Config) {
			client.Combined = seed%2 == 0
			if seed%4 >= 2 {
				server.Limits.Block, client.Limits.Block = 32, 32
			}
		})
		var all []*stackRequest
		for i := range 30 {
			all = append(all, client.ask("server:5683", codes.POST, fmt.Sprint("request ", i)))
			w.run(time.Duration(w.random.Intn(2000)) * time.Millisecond)
		}
		w.run(10 * time.Minute)
		for _, r := range all {
			asked++
			if r.done && r.answer.Code == codes.Content {
				done++
			}
			if len(r.all) > 1 {
				t.Errorf("seed %d: %d answers to one request", seed, len(r.all))
			}
		}
		for payload, n := range server.handled {
			if n > 1 {
				t.Errorf("seed %d: %q was handed on %d times", seed, payload, n)
			}
		}
	}
	if done < asked*9/10 {
		t.Errorf("%d of %d requests were answered", done, asked)
	}
}

// TestUnprotected: what is not protected reaches the stack on open paths only, and an
// unprotected answer never.
func TestUnprotected(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, client *Config) {
		server.Open, client.Open = []string{"/.well-known/core"}, []string{"/.well-known/core"}
	})
	strange := func(path string) Output {
		return server.Receive("stranger:1", wire.Encode(message.Message{Code: codes.GET, MessageID: 1, Token: message.Token{1}, Options: pathOptions(path)}), w.now)
	}
	if o := strange("/.well-known/core"); len(o.Stack) != 1 || o.Stack[0].Peer != nil || len(o.Network) != 0 {
		t.Errorf("an open path: %+v", o)
	}
	reply := wire.Encode(message.Message{Type: message.Acknowledgement, Code: codes.Content, MessageID: 1, Token: message.Token{1}})
	if o, err := server.Send(nil, "stranger:1", reply, w.now); err != nil || len(o.Network) != 1 || !bytes.Equal(o.Network[0].Data, reply) {
		t.Errorf("its answer: %+v, %v", o, err)
	}
	for _, path := range []string{"/.well-known", "/.well-known/core/x", "/", "/.well-known%2Fcore", "/secret"} {
		o := strange(path)
		if len(o.Stack) != 0 || len(o.Network) != 1 {
			t.Errorf("%s: %+v", path, o)
			continue
		}
		if m, _ := decode(o.Network[0].Data); m.Code != codes.Unauthorized {
			t.Errorf("%s: %v", path, m)
		}
	}
	if _, err := server.Send(nil, "stranger:2", reply, w.now); err == nil {
		t.Error("an answer to nobody went out")
	}
	client.ask("server:5683", codes.GET, "", pathOptions("/.well-known/core")...)
	r := client.ask("server:5683", codes.POST, "x")
	w.run(time.Minute)
	client.wantAnswer(r, "x")

	// The answer to the next request is replaced by one in clear.
	w.nodes["server:5683"] = nil
	client.Peers()[0].current.damaged = tolerated[codes.Unauthorized]
	for _, code := range []codes.Code{codes.Content, codes.Changed, codes.InternalServerError, codes.Unauthorized} {
		r := client.ask("server:5683", codes.POST, "y")
		m, _ := decode(r.datagram)
		o := client.Receive("server:5683", wire.Encode(message.Message{Type: message.Acknowledgement, MessageID: m.MessageID, Token: m.Token, Code: code, Payload: []byte("forged")}), w.now)
		client.carry(o)
		switch {
		case code != codes.Unauthorized && r.done:
			t.Errorf("%v in clear reached the stack: %v", code, r.answer)
		case code == codes.Unauthorized && (!r.done || r.answer.Code != codes.ServiceUnavailable || len(r.answer.Payload) != 0):
			t.Errorf("%v in clear: the stack got %v", code, r.answer)
		}
	}
	if client.count(Refused) != 1 {
		t.Errorf("events %v", client.events)
	}
}

// TestDamaged: a request that the network damages is sent again, and keys that the server
// does not have are renewed.
func TestDamaged(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	for i := range 2 * tolerated[codes.BadRequest] {
		w.sniff = func(from, _ string, data []byte) {
			if from == client.address {
				data[len(data)-1] ^= 1
				w.sniff = func(from, _ string, data []byte) {
					if from == client.address { // the copy that was kept
						data[len(data)-1] ^= 1
						w.sniff = nil
					}
				}
			}
		}
		r := client.ask("server:5683", codes.POST, fmt.Sprint(i))
		w.run(time.Minute)
		client.wantAnswer(r, fmt.Sprint(i))
	}
	w.nodes[server.address] = nil
	for i := range tolerated[codes.BadRequest] + 1 {
		r = client.ask("server:5683", codes.POST, "b")
		m, _ := decode(r.datagram)
		client.carry(client.Receive("server:5683", answer(m, 0, codes.BadRequest, nil, nil), w.now))
		if refused := i == tolerated[codes.BadRequest]; r.done != refused || len(client.runs) == 1 != refused {
			t.Fatalf("refusal %d: the stack got %v, there are %d runs", i, r.answer, len(client.runs))
		}
	}
	w.nodes[server.address] = server
	w.run(time.Minute)
	if client.count(Renewed) != 1 {
		t.Errorf("%v", client.events)
	}
}

// TestForgotten: a server that does not know a peer any more costs its client one request.
func TestForgotten(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	server.carry(server.Drop(server.Peers()[0], w.now))
	lost := client.ask("server:5683", codes.POST, "b")
	w.run(2*time.Second + 25*time.Millisecond) // it was refused twice, and a run is under way
	if !lost.done || lost.answer.Code != codes.ServiceUnavailable || len(client.runs) != 1 {
		t.Fatalf("the stack got %v, there are %d runs", lost.answer, len(client.runs))
	}
	r = client.ask("server:5683", codes.POST, "c")
	w.run(time.Minute)
	client.wantAnswer(r, "c")
}

// TestRepeated: a request that is known is not handed on again, also when its answer is
// not kept any more and the client has protected it anew.
func TestRepeated(t *testing.T) {
	w := newWorld(t)
	var config Config
	server, client := w.pair(func(server, client *Config) { server.Limits.Kept, client.Ahead = 2, 100; config = *client })
	r := client.ask("server:5683", codes.POST, "first")
	w.run(time.Minute)
	client.wantAnswer(r, "first")
	client.store()
	for i := range 10 {
		client.ask("server:5683", codes.POST, fmt.Sprint(i))
		w.run(time.Second)
	}
	client.restart(config)
	client.transmit(r)
	w.run(time.Second)
	if handed := server.handled["first"]; handed != 1 {
		t.Errorf("it was handed on %d times", handed)
	}
	answers := 0
	for _, r := range server.Peers()[0].kept {
		if r.answer != nil {
			answers++
		}
	}
	if answers != 2 {
		t.Errorf("%d answers are kept", answers)
	}
}

// TestProtectedAnew: a client that is restarted between a request and its answer gets the
// answer, of a request that was handed on once.
func TestProtectedAnew(t *testing.T) {
	for _, slow := range []bool{false, true} {
		w := newWorld(t)
		var config Config
		server, client := w.pair(func(server, client *Config) { client.Ahead = 100; config = *client })
		r := client.ask("server:5683", codes.POST, "first")
		w.run(time.Minute)
		client.wantAnswer(r, "first")
		client.store()

		var request *message.Message
		if slow {
			server.respond = func(_ Delivery, m *message.Message) []byte { request = m; return nil }
		}
		r = client.ask("server:5683", codes.POST, "second")
		w.run(15 * time.Millisecond) // the server has it
		w.queue = nil                // its answer is lost
		client.restart(config)
		client.transmit(r)
		if slow {
			w.run(time.Second)
			o, err := server.Send(server.Peers()[0], "", answer(request, 0, codes.Content, nil, []byte("re:second")), w.now)
			must(t, err)
			server.carry(o)
		}
		w.run(time.Second)
		client.wantAnswer(r, "second")
		if handed := server.handled["second"]; handed != 1 {
			t.Errorf("it was handed on %d times", handed)
		}

		// The same message ID with something else is another request.
		server.respond = nil
		client.mid -= 1
		other := client.ask("server:5683", codes.POST, "third")
		w.run(time.Second)
		client.wantAnswer(other, "third")
	}
}

// TestForgeries: datagrams that nobody who has a key made change nothing.
func TestForgeries(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	var recorded []inFlight
	w.sniff = func(from, to string, data []byte) {
		recorded = append(recorded, inFlight{from: from, to: to, data: bytes.Clone(data)})
	}
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	w.sniff = nil
	handled := len(server.handled)
	for _, f := range recorded {
		for i := range f.data {
			altered := bytes.Clone(f.data)
			altered[i] ^= byte(1 + w.random.Intn(255))
			for _, from := range []string{f.from, "elsewhere:9"} {
				for _, data := range [][]byte{f.data, altered, f.data[:i]} {
					n := w.nodes[f.to]
					for _, d := range n.Receive(from, data, w.now).Stack {
						if m, _ := decode(d.Data); m.Code != codes.Empty { // those are nobody's to protect
							t.Fatalf("%x from %s reached the stack as %x", data, from, d.Data)
						}
					}
				}
			}
		}
	}
	w.now = w.now.Add(10 * time.Second)
	r = client.ask("server:5683", codes.POST, "b")
	w.run(time.Minute)
	client.wantAnswer(r, "b")
	if len(server.handled) != handled+1 || len(server.Peers()) != 1 {
		t.Errorf("%v, %d peers", server.handled, len(server.Peers()))
	}
}

// TestObserve: notifications pass, in order, until the observation ends.
func TestObserve(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	var registration Delivery
	var token message.Token
	server.respond = func(d Delivery, m *message.Message) []byte {
		if m.Options.HasOption(message.Observe) {
			registration, token = d, bytes.Clone(m.Token)
			return answer(m, 0, codes.Content, message.Options{newOption(message.Observe, 1)}, []byte("0"))
		}
		return answer(m, server.nextMID(), codes.Content, nil, []byte("re:"+string(m.Payload)))
	}
	r := client.ask("server:5683", codes.GET, "", newOption(message.Observe, 0))
	w.run(time.Minute)
	for i := 1; i <= 5; i++ {
		m := message.Message{Type: message.NonConfirmable, Code: codes.Content, MessageID: int32(server.nextMID()), Token: token, Payload: []byte(fmt.Sprint(i)), Options: message.Options{newOption(message.Observe, uint32(1+i))}}
		if i%2 == 0 {
			m.Type = message.Confirmable
		}
		o, err := server.Send(registration.Peer, "", wire.Encode(m), w.now)
		must(t, err)
		server.carry(o)
		w.run(10 * time.Minute)
		w.now = w.now.Add(10 * time.Minute) // observations outlive EXCHANGE_LIFETIME
		server.carry(server.Tick(w.now))
		client.carry(client.Tick(w.now))
	}
	last := -1
	for i, m := range r.all {
		order, err := m.Options.Observe()
		if err != nil || int(order) <= last || string(m.Payload) != fmt.Sprint(i) {
			t.Errorf("notification %d: %v", i, m)
		}
		last = int(order)
	}
	if len(r.all) != 6 {
		t.Errorf("%d notifications, want 6", len(r.all))
	}
}

// TestRenewal: keys that are worn are replaced while requests go on, by a resumption
// if there is a store; the peer stays the same.
func TestRenewal(t *testing.T) {
	for _, resume := range []bool{false, true} {
		w := newWorld(t)
		var stores []*ake.ResumptionStore
		server, client := w.pairWith(func(c *ake.Config) {
			if !resume {
				return
			}
			store, err := ake.NewResumptionStore(100, time.Hour)
			must(t, err)
			store.SetClock(func() time.Time { return w.now })
			stores = append(stores, store)
			c.ResumptionStore, c.Methods = store, []ake.Method{3, 4}
		}, func(server, client *Config) {
			client.Renewal = ake.RenewalLimits{Messages: 5}
			if resume {
				server.Resumption, client.Resumption = stores[0], stores[1]
			}
		})
		for i := range 40 {
			payload := fmt.Sprint(resume, i)
			r := client.ask("server:5683", codes.POST, payload)
			w.run(10 * time.Millisecond)
			if i%3 == 0 {
				w.run(time.Minute)
			}
			defer func() {
				client.wantAnswer(r, payload)
				if server.handled[payload] != 1 {
					t.Errorf("%s was handed on %d times", payload, server.handled[payload])
				}
			}()
		}
		w.run(time.Minute)
		if client.count(Renewed) < 4 || server.count(Renewed) != client.count(Renewed) || client.count(Established) != 1 || server.count(Established) != 1 || client.count(Failed) != 0 {
			t.Errorf("resumption %v: client %v, server %v", resume, client.events, server.events)
		}
		if info := client.Peers()[0].current.session.Info(); info.Resumed != resume {
			t.Errorf("resumed: %v, want %v", info.Resumed, resume)
		}
		if server.Peers()[0].Identity().Subject != "client" {
			t.Errorf("the peer is now %q", server.Peers()[0].Name())
		}
		w.now = w.now.Add(5 * time.Minute)
		server.carry(server.Tick(w.now))
		if n := server.contexts.Count(); n != 1 || len(server.associations) != 1 || server.ids.Len() != 1 {
			t.Errorf("%d contexts are left, %d identifiers", n, server.ids.Len())
		}
	}
}

// TestRenewalByAge: keys are renewed when they are old, also if the host was restarted.
func TestRenewalByAge(t *testing.T) {
	w := newWorld(t)
	var config Config
	_, client := w.pair(func(_, client *Config) { client.Renewal.KeyAge, client.Ahead = 10*time.Minute, 50; config = *client })
	ask := func() {
		t.Helper()
		r := client.ask("server:5683", codes.POST, "x")
		w.run(time.Second)
		client.wantAnswer(r, "x")
	}
	ask()
	w.now = w.now.Add(9 * time.Minute)
	ask()
	if client.count(Renewed) != 0 {
		t.Error("keys were renewed before it was time")
	}
	client.store()
	client.restart(config)
	w.now = w.now.Add(time.Minute)
	ask()
	w.now = w.now.Add(time.Minute)
	ask()
	if client.count(Renewed) != 1 || client.count(Failed) != 0 {
		t.Errorf("after 10 minutes: %v", client.events)
	}
}

// TestRefusedRuns: a run that fails is told to those that wait, and is not begun again
// at once.
func TestRefusedRuns(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(func(server, client *Config) {
		stranger := newIdentity(t, "stranger", 7)
		client.Initiator = newParty(t, stranger, newIdentity(t, "server", 1))
	})
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	if !r.done || r.answer.Code != codes.ServiceUnavailable || client.count(Failed) != 1 || len(client.runs) != 0 {
		t.Fatalf("%v, %v", r.answer, client.events)
	}
	_, err := client.Send(nil, "server:5683", wire.Encode(message.Message{Code: codes.GET, MessageID: 9, Token: message.Token{9}}), w.now)
	if w.now.Before(client.silent["server:5683"]) {
		is(t, err, ake.ErrNoAnswer)
	}
	if len(server.Peers()) != 0 || server.handled["a"] != 0 {
		t.Error("the server has a peer")
	}
	gone := client.ask("nowhere:1", codes.POST, "b")
	w.run(10 * time.Minute)
	if !gone.done || gone.answer.Code != codes.ServiceUnavailable {
		t.Errorf("nobody answers, and the stack got %v", gone.answer)
	}
	_, err = server.Send(nil, "client:1000", wire.Encode(message.Message{Code: codes.GET, MessageID: 9}), w.now)
	is(t, err, ake.ErrUnsupported)
}

// TestDrop: a peer that was dropped is refused, and comes back with a new run.
func TestDrop(t *testing.T) {
	w := newWorld(t)
	server, client := w.pair(nil)
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	p := server.Peers()[0]
	server.carry(server.Drop(p, w.now))
	server.carry(server.Drop(p, w.now))
	if !p.Gone() || server.count(Dropped) != 1 || len(server.Peers()) != 0 || server.contexts.Count() != 0 {
		t.Fatalf("%v", server.events)
	}
	_, err := server.Send(p, "", wire.Encode(message.Message{Code: codes.GET}), w.now)
	is(t, err, ake.ErrState)
	r = client.ask("server:5683", codes.POST, "b")
	w.run(time.Minute)
	if !r.done || r.answer.Code != codes.ServiceUnavailable {
		t.Fatalf("%v", r.answer)
	}
	r = client.ask("server:5683", codes.POST, "c")
	w.run(time.Minute)
	client.wantAnswer(r, "c")
	if client.count(Renewed) != 1 || server.Peers()[0] == p || server.Peers()[0].ID() == p.ID() {
		t.Errorf("%v", client.events)
	}
}

// TestManyPeers: peers that come and go leave nothing behind, and the one that was idle
// for longest makes room.
func TestManyPeers(t *testing.T) {
	w := newWorld(t)
	s, c := newIdentity(t, "server", 1), newIdentity(t, "client", 2)
	server := w.add("server:5683", Config{Responder: newParty(t, s, c), Limits: Limits{Peers: 10}, EDHOC: coap.Limits{Threshold: 1000}})
	client := newParty(t, c, s)
	for i := range 100 {
		address := fmt.Sprint("client:", i)
		n := w.add(address, Config{Initiator: client})
		r := n.ask("server:5683", codes.POST, address)
		w.run(time.Second)
		n.wantAnswer(r, address)
		delete(w.nodes, address)
		w.now = w.now.Add(2 * time.Second)
	}
	if stats := server.Stats(); stats.Peers != 10 || server.count(Dropped) != 90 || stats.Established != 100 || stats.Dropped != 90 ||
		server.contexts.Count() != 10 || len(server.associations) != 10 || len(server.byAddress) != 10 || server.ids.Len() != 10 {
		t.Errorf("%+v, %d contexts, %d identifiers", stats, server.contexts.Count(), server.ids.Len())
	}
	w.now = w.now.Add(25 * time.Hour)
	server.carry(server.Tick(w.now))
	if stats := server.Stats(); stats.Peers != 0 || server.contexts.Count() != 0 || server.ids.Len() != 0 || !server.next.IsZero() {
		t.Errorf("after a day: %+v, next %v", stats, server.next)
	}
}

// TestAddressIsNobodysToTake: who has a credential and sends from the address of a server
// does not become that server, with a run of its own or by moving there.
func TestAddressIsNobodysToTake(t *testing.T) {
	w := newWorld(t)
	s, c, b := newIdentity(t, "server", 1), newIdentity(t, "client", 2), newIdentity(t, "device", 3)
	w.add("server:5683", Config{Responder: newParty(t, s, c)})
	client := w.add("client:1000", Config{Initiator: newParty(t, c, s), Responder: newParty(t, c, b)})
	r := client.ask("server:5683", codes.POST, "first")
	w.run(time.Minute)
	client.wantAnswer(r, "first")
	server := client.meant("server:5683")

	// The device begins a run at another address, and moves; then it begins one there.
	device := w.add("device:1", Config{Initiator: newParty(t, b, c)})
	r = device.ask("client:1000", codes.POST, "moved")
	var last []byte
	w.sniff = func(from, _ string, data []byte) {
		if from == "device:1" {
			last = bytes.Clone(data)
		}
	}
	w.run(time.Minute)
	device.wantAnswer(r, "moved")
	w.sniff = nil
	m := message.Message{Type: message.NonConfirmable, Code: codes.GET, MessageID: 9, Token: message.Token{9}}
	o, err := device.Send(nil, "client:1000", wire.Encode(m), w.now)
	must(t, err)
	for _, d := range o.Network {
		client.carry(client.Receive("server:5683", d.Data, w.now))
	}
	if client.meant("server:5683") != server || len(last) == 0 {
		t.Fatal("a device that moved is taken for the server")
	}
	w.nodes["server:5683"] = w.nodes["device:1"]
	delete(w.nodes, "device:1")
	device.address = "server:5683"
	device.carry(device.Drop(device.Peers()[0], w.now))
	r = device.ask("client:1000", codes.POST, "as the server")
	w.run(time.Minute)
	device.wantAnswer(r, "as the server")
	if client.meant("server:5683") != server {
		t.Fatal("a device that began a run is taken for the server")
	}
	client.ask("server:5683", codes.POST, "secret")
	w.run(time.Minute)
	if device.handled["secret"] != 0 {
		t.Fatal("the device was handed what was meant for the server")
	}
}

// TestSameNeedsProof: two pre-shared keys are never taken for those of one peer.
func TestSameNeedsProof(t *testing.T) {
	var keys []*ake.Credential
	s, c := newIdentity(t, "server", 1), newIdentity(t, "client", 2)
	for i := range 2 {
		key, err := ake.CredentialFromPSK([]byte{0xa1, 4, 0x41, byte(i)}, bytes.Repeat([]byte{byte(i + 1)}, 16), -16, c.own.Bytes(), s.own.Bytes())
		must(t, err)
		keys = append(keys, key)
	}
	if same(keys[0], keys[1]) || !same(keys[0], keys[0]) || !same(s.own, s.public) || same(s.own, c.own) {
		t.Error("peers are not told apart")
	}
}
