package endpoint

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// restart is the process of a node that was killed and starts with what was stored last, which it
// stores anew before anything else.
func (n *node) restart(config Config) {
	n.w.t.Helper()
	e, err := Restore(config, n.key, n.saved, n.w.now)
	must(n.w.t, err)
	n.Endpoint, n.next = e, n.w.now
	n.store()
}

func (n *node) store() {
	n.w.t.Helper()
	saved, err := n.Save(n.key)
	must(n.w.t, err)
	n.saved = saved
	n.carry(n.Saved(n.w.now))
}

// TestKilled kills either side at any time: no nonce is used for two messages, no
// request is handed on twice, and traffic goes on without a new run.
func TestKilled(t *testing.T) {
	w := newWorld(t)
	var serverConfig, clientConfig Config
	server, client := w.pair(func(server, client *Config) {
		server.Ahead, client.Ahead = 20, 20
		serverConfig, clientConfig = *server, *client
	})
	used := map[string][]byte{}
	requests, answers := map[string]map[string]bool{}, map[string]map[string]bool{} // nonces and ciphertexts of an exchange
	w.sniff = func(from, to string, data []byte) {
		m, ok := decode(data)
		if !ok || !m.Options.HasOption(optionOSCORE) {
			return
		}
		value := option(m, optionOSCORE)
		nonce, exchange := fmt.Sprintf("%s %x", from, value), fmt.Sprintf("%x %d", m.Token, m.MessageID)
		if requests[exchange] == nil {
			requests[exchange], answers[exchange] = map[string]bool{}, map[string]bool{}
		}
		if len(value) == 0 { // the nonce is that of the request
			answers[exchange][string(m.Payload)] = true
			if len(answers[exchange]) > len(requests[exchange]) {
				t.Fatalf("exchange %s: %d answers, and %d nonces of requests", exchange, len(answers[exchange]), len(requests[exchange]))
			}
			return
		}
		if wire.IsRequest(m.Code) {
			requests[exchange][nonce] = true
		}
		if earlier, ok := used[nonce]; ok && !bytes.Equal(earlier, m.Payload) {
			t.Fatalf("%s was used for %x and for %x", nonce, earlier, m.Payload)
		}
		used[nonce] = bytes.Clone(m.Payload)
	}
	first := client.ask("server:5683", codes.POST, "first")
	w.run(time.Minute)
	client.wantAnswer(first, "first")
	server.store()
	client.store()
	answered, asked := 0, 0
	for i := range 200 {
		var all []*stackRequest
		for j := range 1 + w.random.Intn(4) {
			all = append(all, client.ask("server:5683", codes.POST, fmt.Sprint(i, " ", j)))
			w.run(time.Duration(w.random.Intn(30)) * time.Millisecond)
		}
		if w.random.Intn(2) == 0 {
			server.restart(serverConfig)
		} else {
			client.restart(clientConfig)
		}
		last := client.ask("server:5683", codes.POST, fmt.Sprint(i, " last"))
		w.run(5 * time.Minute)
		client.wantAnswer(last, fmt.Sprint(i, " last"))
		for _, r := range all {
			if asked++; r.done && r.answer.Code == codes.Content {
				answered++
			}
		}
	}
	for payload, n := range server.handled {
		if n > 1 {
			t.Errorf("%q was handed on %d times", payload, n)
		}
	}
	if server.count(Established)+server.count(Renewed) != 1 || client.count(Established)+client.count(Renewed) != 1 {
		t.Errorf("there were other runs: %v, %v", server.events, client.events)
	}
	if answered < asked*2/3 {
		t.Errorf("%d of %d requests before a death were answered", answered, asked)
	}
	if p := client.Peers(); len(p) != 1 || p[0].ID() != 1 || p[0].Identity().Subject != "server" || p[0].Address() != "server:5683" {
		t.Errorf("the peer is %v", p)
	}
}

// TestNotTwice: a server that dies between a request and its answer does not get the
// request again, as nobody knows what became of it, unless it may be done twice.
func TestNotTwice(t *testing.T) {
	for _, c := range []struct {
		code codes.Code
		want codes.Code
	}{{codes.POST, codes.GatewayTimeout}, {codes.GET, codes.Content}} {
		w := newWorld(t)
		var config Config
		server, client := w.pair(func(server, _ *Config) { server.Ahead = 20; config = *server })
		r := client.ask("server:5683", c.code, "first")
		w.run(time.Minute)
		client.wantAnswer(r, "first")
		server.store()
		server.respond = func(Delivery, *message.Message) []byte { return nil }
		r = client.ask("server:5683", c.code, "x")
		w.run(time.Second)
		server.restart(config)
		server.respond = nil
		w.run(time.Minute)
		if !r.done || r.answer.Code != c.want {
			t.Errorf("%v: the answer is %v", c.code, r.answer)
		}
		if handed := server.handled["x"]; c.code == codes.POST && handed != 1 {
			t.Errorf("%v was handed on %d times", c.code, handed)
		}
		r = client.ask("server:5683", c.code, "next")
		w.run(time.Minute)
		client.wantAnswer(r, "next")
	}
}

// TestReconfigure: other trust is for runs that begin from then on.
func TestReconfigure(t *testing.T) {
	w := newWorld(t)
	s, c := newIdentity(t, "server", 1), newIdentity(t, "client", 2)
	server := w.add("server:5683", Config{Responder: newParty(t, s, c)})
	client := w.add("client:1000", Config{Initiator: newParty(t, c, s)})
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	must(t, server.Reconfigure(newParty(t, s), nil))
	r = client.ask("server:5683", codes.POST, "b")
	w.run(time.Minute)
	client.wantAnswer(r, "b")
	server.carry(server.Drop(server.Peers()[0], w.now))
	client.carry(client.Drop(client.Peers()[0], w.now))
	r = client.ask("server:5683", codes.POST, "c")
	w.run(time.Minute)
	if !r.done || r.answer.Code != codes.ServiceUnavailable || server.count(Failed) != 1 {
		t.Errorf("a client that is not trusted any more is answered with %v; %v", r.answer, server.events)
	}
	must(t, server.Reconfigure(newParty(t, s, c), nil))
	must(t, client.Reconfigure(nil, newParty(t, c, s)))
	w.now = w.now.Add(quiet)
	client.carry(client.Tick(w.now))
	r = client.ask("server:5683", codes.POST, "d")
	w.run(time.Minute)
	client.wantAnswer(r, "d")
	is(t, server.Reconfigure(nil, newParty(t, s)), ake.ErrArgument)
	is(t, client.Reconfigure(nil, nil), ake.ErrArgument)
}

// TestNotStored: what Save gave and nobody stored does not let a number be used.
func TestNotStored(t *testing.T) {
	w := newWorld(t)
	_, client := w.pair(func(server, client *Config) { client.Ahead = 4 })
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	client.saves = false
	var last *stackRequest
	for i := range 10 {
		last = client.ask("server:5683", codes.POST, fmt.Sprint(i))
		w.run(time.Second)
	}
	if sent := client.Peers()[0].Traffic().Sent; sent != 4 || last.done {
		t.Errorf("%d messages went out, 4 numbers were reserved", sent)
	}
	if _, err := client.Save(client.key); err != nil {
		t.Fatal(err)
	}
	w.run(time.Second)
	if sent := client.Peers()[0].Traffic().Sent; sent != 4 {
		t.Errorf("%d messages went out before Saved", sent)
	}
	client.saves = true
	client.carry(client.Saved(w.now))
	w.run(time.Minute)
	client.wantAnswer(last, "9")
}

// TestAllThatWaits: what waits for numbers is sent when they are stored, to every peer.
func TestAllThatWaits(t *testing.T) {
	w := newWorld(t)
	c := newIdentity(t, "client", 9)
	var known []identity
	for i := range 3 {
		s := newIdentity(t, "server", byte(1+i))
		known = append(known, s)
		w.add(fmt.Sprint("server:", i), Config{Responder: newParty(t, s, c)})
	}
	client := w.add("client:1000", Config{Initiator: newParty(t, c, known...), Ahead: 4})
	var all []*stackRequest
	for i := range 6 * len(known) {
		if i == len(known) {
			client.saves = false
		}
		all = append(all, client.ask(fmt.Sprint("server:", i%len(known)), codes.POST, "x"))
		w.run(time.Second)
	}
	client.store()
	w.run(time.Second) // what waited needs no repetition by the stack
	for i, r := range all {
		if !r.done {
			t.Errorf("request %d is not answered", i)
		}
	}
}

// TestRestoredAnswersAtOnce: a request to a server that was restored and has stored nothing
// since is answered without being repeated.
func TestRestoredAnswersAtOnce(t *testing.T) {
	w := newWorld(t)
	var config Config
	server, client := w.pair(func(server, _ *Config) { server.Ahead = 20; config = *server })
	r := client.ask("server:5683", codes.POST, "before")
	w.run(time.Minute)
	client.wantAnswer(r, "before")
	server.store()
	e, err := Restore(config, server.key, server.saved, w.now)
	must(t, err)
	server.Endpoint, server.next = e, w.now
	at := w.now
	r = client.ask("server:5683", codes.POST, "after")
	w.run(time.Minute)
	client.wantAnswer(r, "after")
	if took := w.now.Sub(at); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestRestoreRefuses: what is not the host's own is not restored.
func TestRestoreRefuses(t *testing.T) {
	w := newWorld(t)
	var config Config
	server, client := w.pair(func(server, _ *Config) { server.Ahead = 10; config = *server })
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	key := bytes.Repeat([]byte{7}, 32)
	saved, err := server.Save(key)
	must(t, err)
	again, err := Restore(config, key, saved, w.now)
	must(t, err)
	if p := again.Peers(); len(p) != 1 || p[0].Identity().Subject != "client" {
		t.Errorf("%v", p)
	}
	for i := range saved {
		altered := bytes.Clone(saved)
		altered[i] ^= 1
		_, err := Restore(config, key, altered, w.now)
		is(t, err, ake.ErrSaved)
	}
	for _, cut := range [][]byte{nil, saved[:10], saved[:len(saved)-1]} {
		_, err := Restore(config, key, cut, w.now)
		is(t, err, ake.ErrSaved)
	}
	_, err = Restore(config, bytes.Repeat([]byte{8}, 32), saved, w.now)
	is(t, err, ake.ErrSaved)
	_, err = Restore(config, key[:31], saved, w.now)
	is(t, err, ake.ErrSaved)
	other := config
	other.Responder = newParty(t, newIdentity(t, "other", 5))
	_, err = Restore(other, key, saved, w.now)
	is(t, err, ake.ErrSaved)
	memory := config
	memory.Ahead = 0
	_, err = Restore(memory, key, saved, w.now)
	is(t, err, ake.ErrArgument)
	_, err = server.Save(key[:31])
	is(t, err, ake.ErrArgument)
	_, err = client.Save(key)
	is(t, err, ake.ErrArgument)
}
