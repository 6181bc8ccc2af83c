package endpoint

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// restart is the process of a node that was killed and starts with what was stored last.
func (n *node) restart(config Config) {
	n.w.t.Helper()
	e, err := Restore(config, n.key, n.saved, n.w.now)
	must(n.w.t, err)
	n.Endpoint, n.next = e, n.w.now
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
	w.sniff = func(from, to string, data []byte) {
		m, ok := decode(data)
		if !ok || !m.Options.HasOption(optionOSCORE) {
			return
		}
		value := option(m, optionOSCORE)
		nonce := fmt.Sprintf("%s %x", from, value)
		if len(value) == 0 { // the nonce of the request
			nonce = fmt.Sprintf("%s answers %x %d", from, m.Token, m.MessageID)
		}
		if earlier, ok := used[nonce]; ok && !bytes.Equal(earlier, m.Payload) {
			t.Fatalf("%s was used for %x and for %x", nonce, earlier, m.Payload)
		}
		used[nonce] = bytes.Clone(m.Payload)
	}
	first := client.ask("server:5683", codes.POST, "first")
	w.run(time.Minute)
	client.wantAnswer(first, "first")
	store := func(n *node) {
		saved, err := n.Save(n.key)
		must(t, err)
		n.saved = saved
		n.carry(n.Saved(w.now))
	}
	store(server)
	store(client)
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
