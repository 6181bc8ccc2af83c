package main

import (
	"bytes"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// tap carries datagrams between a tunnel that connects and one that serves, and notes the
// payloads of EDHOC requests.
type tap struct {
	front *net.UDPConn

	mu       sync.Mutex
	requests [][]byte
}

func newTap(t testing.TB, server string) *tap {
	t.Helper()
	front, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	at, err := net.ResolveUDPAddr("udp", server)
	must(t, err)
	back, err := net.DialUDP("udp", nil, at)
	must(t, err)
	t.Cleanup(func() { front.Close(); back.Close() })
	w := &tap{front: front}
	var client *net.UDPAddr
	var mu sync.Mutex
	go func() {
		buffer := make([]byte, maxDatagram)
		for {
			n, from, err := front.ReadFromUDP(buffer)
			if err != nil {
				return
			}
			mu.Lock()
			client = from
			mu.Unlock()
			w.note(bytes.Clone(buffer[:n]))
			_, _ = back.Write(buffer[:n])
		}
	}()
	go func() {
		buffer := make([]byte, maxDatagram)
		for {
			n, err := back.Read(buffer)
			if err != nil {
				return
			}
			mu.Lock()
			to := client
			mu.Unlock()
			_, _ = front.WriteToUDP(buffer[:n], to)
		}
	}()
	return w
}

func (w *tap) note(datagram []byte) {
	m, err := decode(datagram)
	if err != nil || m.Code != codes.POST {
		return
	}
	if path, _ := m.Options.Path(); path != "/.well-known/edhoc" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.requests); n == 0 || !bytes.Equal(w.requests[n-1], m.Payload) { // it may be repeated
		w.requests = append(w.requests, m.Payload)
	}
}

// methods are those of the runs of the forward flow: CBOR true stands before message_1
// (RFC 9528 appendix A.2.1), and METHOD is its first item.
func (w *tap) methods() (methods []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, payload := range w.requests {
		if len(payload) > 1 && payload[0] == 0xf5 {
			methods = append(methods, payload[1])
		}
	}
	return methods
}

// TestResume: keys are renewed by resumption, with all that was asked meanwhile, and after
// SIGHUP, which may have changed who is trusted, by a full run.
func TestResume(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0", "--to", server.address(), "--resume", "--peer-query", "peer")...)
	w := newTap(t, s.network)
	c := startTunnel(t, with(connect, "--listen", "127.0.0.1:0", "--to", "coap://"+w.front.LocalAddr().String(), "--resume", "--renew", "1s")...)
	client := newTestClient(t, c.program)
	asked := 0
	until := func(what string, is func(methods []byte) bool) {
		t.Helper()
		eventually(t, what, func() bool {
			asked++
			client.wantChanged(fmt.Sprint(asked))
			return is(w.methods())
		})
	}
	const full, psk = 0, 4
	until("two resumptions", func(methods []byte) bool { return len(methods) > 2 })
	if methods := w.methods(); !bytes.HasPrefix(methods, []byte{full, psk, psk}) {
		t.Errorf("the methods of the runs are %v", methods)
	}
	before := len(w.methods())
	must(t, c.command.Process.Signal(syscall.SIGHUP))
	eventually(t, "trust was read again", func() bool { return strings.Contains(c.log(), "trust was read again") })
	until("a full run", func(methods []byte) bool { return bytes.Contains(methods[before:], []byte{full}) })
	if strings.Contains(s.log(), "msg=dropped") || strings.Count(s.log(), "msg=established") != 1 {
		t.Errorf("the peer did not stay: %s", s.log())
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	for payload, n := range server.count {
		if n != 1 {
			t.Errorf("%q was handed on %d times", payload, n)
		}
	}
	for _, a := range server.asked {
		if len(a.queries) != 1 || a.queries[0] != "peer=ccs:gadget" {
			t.Fatalf("the name of the peer became %q", a.queries)
		}
	}
}

// TestReverse: the side of the server is the Initiator, also of renewals and of peers that it
// restored; who was not told of it gets no keys.
func TestReverse(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	state := filepath.Join(t.TempDir(), "state")
	serve = with(serve, "--reverse", "--peer-query", "peer", "--state", state)
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0", "--to", server.address())...)
	w := newTap(t, s.network)
	connect = with(connect, "--listen", "127.0.0.1:0", "--to", "coap://"+w.front.LocalAddr().String())
	forward := startTunnel(t, connect...)
	if m := newTestClient(t, forward.program).ask(codes.POST, "forward"); m == nil || m.Code != codes.ServiceUnavailable {
		t.Errorf("a request in the other flow is answered with %v", m)
	}
	forward.kill()
	c := startTunnel(t, with(connect, "--reverse", "--renew", "1s")...)
	client := newTestClient(t, c.program)
	client.wantChanged("a")
	if got := server.last().queries; len(got) != 1 || got[0] != "peer=ccs:gadget" {
		t.Errorf("the server got %q", got)
	}
	asked := 0
	renewed := func() bool {
		asked++
		client.wantChanged(fmt.Sprint(asked))
		return strings.Contains(c.log(), "msg=renewed")
	}
	eventually(t, "renewal", renewed)
	must(t, s.command.Process.Signal(syscall.SIGTERM))
	<-s.exited
	startTunnel(t, with(serve, "--listen", s.network, "--to", server.address())...)
	client.wantChanged("after")
	w.mu.Lock()
	defer w.mu.Unlock()
	empty := 0 // begins a run of the reverse flow
	for _, payload := range w.requests {
		if len(payload) == 0 {
			empty++
		}
	}
	if empty < 2 {
		t.Errorf("%d runs were in the reverse flow", empty)
	}
	if strings.Contains(c.log(), "saved peers are not used") {
		t.Error(c.log())
	}
}

// TestNobodyIsAsked: who may come is decided by the files, at once: no run ever waits for
// somebody's answer.
func TestNobodyIsAsked(t *testing.T) {
	serve, connect := rawKeys(t)
	for _, o := range [][]string{with(serve, "--listen", ":0", "--to", "127.0.0.1:1"), with(connect, "--listen", "127.0.0.1:0", "--to", "coap://[::1]")} {
		options, err := readOptions(o[0], o[1:])
		must(t, err)
		trust, err := readTrust(options, nil)
		must(t, err)
		if c := trust.config; c.Pull != 0 || c.Policy == ake.PolicyCallback {
			t.Errorf("%s: a run can wait for an answer: %+v", o[0], c.Policy)
		}
	}
}
