package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// wire is a network between a client and a server that looks at every datagram.
type wire struct {
	front, back *net.UDPConn

	mu       sync.Mutex
	client   *net.UDPAddr
	sealed   map[string][]byte          // by nonce
	answers  map[string]map[string]bool // under the nonce of the request, by token
	requests map[string]map[string]bool // their nonces, by token
	runs     int                        // requests for the EDHOC resource
	reused   []string
}

func newWire(t testing.TB, server string) *wire {
	t.Helper()
	front, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	to, err := net.ResolveUDPAddr("udp", server)
	must(t, err)
	back, err := net.DialUDP("udp", nil, to)
	must(t, err)
	t.Cleanup(func() { front.Close(); back.Close() })
	w := &wire{front: front, back: back, sealed: map[string][]byte{}, answers: map[string]map[string]bool{}, requests: map[string]map[string]bool{}}
	go w.carry(front, func(from *net.UDPAddr, datagram []byte) {
		w.client = from
		_, _ = back.Write(datagram) // the server may be dead
	})
	go w.carry(back, func(_ *net.UDPAddr, datagram []byte) {
		if w.client != nil {
			_, _ = front.WriteToUDP(datagram, w.client)
		}
	})
	return w
}

func (w *wire) carry(from *net.UDPConn, on func(from *net.UDPAddr, datagram []byte)) {
	buffer := make([]byte, maxDatagram)
	for {
		n, address, err := from.ReadFromUDP(buffer)
		if err != nil {
			if strings.Contains(err.Error(), "closed") {
				return
			}
			continue
		}
		w.mu.Lock()
		w.look(bytes.Clone(buffer[:n]))
		on(address, buffer[:n])
		w.mu.Unlock()
	}
}

// look notes which nonce a datagram has, and whether another one had it. There is one
// pair of keys, as long as there is one run.
func (w *wire) look(datagram []byte) {
	m, err := decode(datagram)
	if err != nil {
		return
	}
	if path, _ := m.Options.Path(); strings.HasSuffix(path, ".well-known/edhoc") {
		w.runs++
	}
	option, err := m.Options.GetBytes(9) // OSCORE
	if err != nil {
		return
	}
	token, ciphertext := string(m.Token), string(m.Payload)
	add := func(sets map[string]map[string]bool, value string) {
		if sets[token] == nil {
			sets[token] = map[string]bool{}
		}
		sets[token][value] = true
	}
	if !isRequest(m) && (len(option) == 0 || option[0]&7 == 0) {
		add(w.answers, ciphertext)
		if len(w.answers[token]) > len(w.requests[token]) {
			w.reused = append(w.reused, fmt.Sprintf("answers to token %x", token))
		}
		return
	}
	nonce := fmt.Sprint(isRequest(m), " ", hex.EncodeToString(option))
	if earlier, ok := w.sealed[nonce]; ok && string(earlier) != ciphertext {
		w.reused = append(w.reused, nonce)
	}
	w.sealed[nonce] = []byte(ciphertext)
	if isRequest(m) {
		add(w.requests, nonce)
	}
}

// TestKilled kills either tunnel under traffic, again and again: no nonce is used for
// two messages, no request is processed twice, and traffic goes on by itself, with the
// keys that there are.
func TestKilled(t *testing.T) {
	kills := 10
	if long {
		kills = 200
	}
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	folder := t.TempDir()
	states := []string{filepath.Join(folder, "serve"), filepath.Join(folder, "connect")}
	serve = with(serve, "--to", server.address(), "--state", states[0])
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0")...)
	w := newWire(t, s.network)
	connect = with(connect, "--to", "coap://"+w.front.LocalAddr().String(), "--state", states[1])
	c := startTunnel(t, with(connect, "--listen", "127.0.0.1:0")...)
	serve, connect = with(serve, "--listen", s.network), with(connect, "--listen", c.program)

	size := func(name string) int64 {
		info, err := os.Stat(name)
		must(t, err)
		return info.Size()
	}
	empty := []int64{size(states[0]), size(states[1])}
	newTestClient(t, c.program).wantChanged("first")
	eventually(t, "both have stored the other", func() bool { return size(states[0]) > empty[0] && size(states[1]) > empty[1] })
	w.mu.Lock()
	runs := w.runs
	w.mu.Unlock()

	const workers = 4
	var answered, unknown atomic.Int64
	var done [workers]atomic.Int64
	var group sync.WaitGroup
	stop := make(chan struct{})
	for i := range workers {
		client := newTestClient(t, c.program)
		client.firstID, client.ids = uint16(i)<<14, 1<<14 // they do not meet
		client.every, client.tries = 200*time.Millisecond, 10
		group.Go(func() {
			pace := time.NewTicker(5 * time.Millisecond) // a tunnel knows 1,024 requests again
			defer pace.Stop()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-pace.C:
				}
				if m := client.ask(codes.POST, fmt.Sprint(i, " ", n)); m != nil && m.Code == codes.Changed {
					answered.Add(1)
				} else {
					unknown.Add(1)
				}
				done[i].Add(1)
			}
		})
	}
	goesOn := func(what string) {
		var from [workers]int64
		for i := range done {
			from[i] = done[i].Load()
		}
		before := answered.Load()
		eventually(t, what, func() bool {
			for i := range done {
				if done[i].Load() < from[i]+2 {
					return false
				}
			}
			return answered.Load() >= before+workers
		})
	}
	goesOn("traffic goes on")
	for i := range kills {
		if i%2 == 0 {
			s.kill()
			s = startTunnel(t, serve...)
		} else {
			c.kill()
			c = startTunnel(t, connect...)
		}
		goesOn(fmt.Sprintf("traffic goes on after death %d", i+1))
	}
	close(stop)
	group.Wait()

	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.reused) > 0 {
		t.Errorf("nonces were used for two messages: %v", w.reused)
	}
	if w.runs != runs {
		t.Errorf("there were %d more EDHOC requests", w.runs-runs)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	for payload, n := range server.count {
		if n > 1 {
			t.Errorf("request %q was processed %d times", payload, n)
		}
	}
	t.Logf("%d requests were answered, of %d nobody knows, %d nonces", answered.Load(), unknown.Load(), len(w.sealed))
	if unknown.Load() > int64(3*workers*kills) {
		t.Errorf("of %d requests nobody knows after %d deaths", unknown.Load(), kills)
	}
}
