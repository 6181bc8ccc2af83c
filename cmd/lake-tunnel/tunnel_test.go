package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// peersOf asks a tunnel who is there.
func peersOf(t testing.TB, control string) (all []peerInfo) {
	t.Helper()
	body, err := ask(control, http.MethodGet, "/peers")
	must(t, err)
	must(t, json.Unmarshal(body, &all))
	return all
}

// TestPeerQuery: the name of the peer is in each request, whatever the client claims, and
// nobody has none.
func TestPeerQuery(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	control := filepath.Join(t.TempDir(), "control")
	s, c := pair(t, server.address(), with(serve, "--peer-query", "peer", "--open", "/test", "--control", control), connect)
	query := func(text string) message.Option {
		return message.Option{ID: message.URIQuery, Value: []byte(text)}
	}
	newTestClient(t, c.program).wantChanged("a", query("x=1"), query("peer=admin"), query("peer"), query("peers=2"))
	last := server.last()
	if want := []string{"x=1", "peers=2", "peer=ccs:gadget"}; !slices.Equal(last.queries, want) {
		t.Errorf("the server got %q, want %q", last.queries, want)
	}
	all := peersOf(t, control)
	if len(all) != 1 || all[0].Name != "ccs:gadget" || all[0].Program != last.from.String() || !last.from.Addr().IsLoopback() || all[0].Received != 1 {
		t.Errorf("the peers are %+v, the server was asked from %v", all, last.from)
	}
	newTestClient(t, s.network).wantChanged("b", query("peer=admin"))
	if stranger := server.last(); len(stranger.queries) != 0 || stranger.from == last.from {
		t.Errorf("in the name of nobody the server got %q from %v", stranger.queries, stranger.from)
	}
}

// TestSharedKeys: a pre-shared key is enough for both.
func TestSharedKeys(t *testing.T) {
	server := newTestServer(t)
	file := filepath.Join(t.TempDir(), "keys")
	must(t, os.WriteFile(file, []byte("[[psk]]\nkid = \"07\"\nkey = \"000102030405060708090a0b0c0d0e0f\"\ninitiator = \"gadget\"\nresponder = \"portal\"\n"), 0o600))
	_, c := pair(t, server.address(), []string{"serve", "--psk", file, "--peer-query", "who"}, []string{"connect", "--psk", file})
	newTestClient(t, c.program).wantChanged("a")
	if got := server.last().queries; !slices.Equal(got, []string{"who=psk:gadget"}) {
		t.Errorf("the server got %q", got)
	}
}

// TestUnixSockets: both programs are behind Unix datagram sockets.
func TestUnixSockets(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) *net.UnixAddr {
		return &net.UnixAddr{Name: filepath.Join(folder, name), Net: "unixgram"}
	}
	server, err := net.ListenUnixgram("unixgram", at("server"))
	must(t, err)
	defer server.Close()
	serve, connect := rawKeys(t)
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0", "--to", "unix:"+at("server").Name, "--sockets", filepath.Join(folder, "peers"))...)
	startTunnel(t, with(connect, "--listen", "unix:"+at("front").Name, "--to", "coap://"+s.network)...)
	client, err := net.DialUnix("unixgram", at("client"), at("front"))
	must(t, err)
	defer client.Close()
	request, err := encode(&message.Message{Type: message.Confirmable, Code: codes.POST, MessageID: 1, Token: message.Token{1}, Payload: []byte("x")})
	must(t, err)
	_, err = client.Write(request)
	must(t, err)
	buffer := make([]byte, maxDatagram)
	n, from, err := server.ReadFromUnix(buffer)
	must(t, err)
	if !bytes.Equal(buffer[:n], request) || filepath.Base(from.Name) != "peer-1" {
		t.Errorf("%v sent %x", from, buffer[:n])
	}
	answer, err := encode(&message.Message{Type: message.Acknowledgement, Code: codes.Changed, MessageID: 1, Token: message.Token{1}})
	must(t, err)
	_, err = server.WriteToUnix(answer, from)
	must(t, err)
	if n, err = client.Read(buffer); err != nil || !bytes.Equal(buffer[:n], answer) {
		t.Errorf("the client got %x, %v", buffer[:n], err)
	}
}

// TestEnd: SIGTERM ends a tunnel cleanly; who was there is there again in the next one,
// until it is dropped.
func TestEnd(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	folder := t.TempDir()
	control, state := filepath.Join(folder, "control"), filepath.Join(folder, "state")
	serve = with(serve, "--control", control, "--state", state)
	s, c := pair(t, server.address(), serve, connect)
	newTestClient(t, c.program).wantChanged("a")
	before := peersOf(t, control)

	for _, name := range []string{control, state, state + ".key"} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	second := start(t, built, with(serve, "--listen", "127.0.0.1:0", "--to", server.address())...)
	<-second.exited
	if !strings.Contains(second.log(), "in use by another process") {
		t.Errorf("two processes have one state: %s", second.log())
	}

	must(t, s.command.Process.Signal(syscall.SIGTERM))
	<-s.exited
	if code := s.command.ProcessState.ExitCode(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	if _, err := os.Stat(control); err == nil {
		t.Error("the control socket is still there")
	}
	startTunnel(t, with(serve, "--listen", s.network, "--to", server.address())...)
	after := peersOf(t, control)
	if len(after) != 1 || after[0].Name != before[0].Name || after[0].ID != before[0].ID || !after[0].Since.Equal(before[0].Since.Truncate(1e9)) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	newTestClient(t, c.program).wantChanged("b")

	var table bytes.Buffer
	must(t, showPeers([]string{"--control", control}, &table))
	if !strings.Contains(table.String(), "ccs:gadget") {
		t.Errorf("%s", &table)
	}
	must(t, dropPeer([]string{"--control", control, "1"}))
	if err := dropPeer([]string{"--control", control, "1"}); err == nil {
		t.Error("a peer was dropped twice")
	}
	if all := peersOf(t, control); len(all) != 0 {
		t.Errorf("after all was dropped: %+v", all)
	}
	newTestClient(t, c.program).ask(codes.POST, "c") // its keys are renewed: this one may be answered with 5.03
	newTestClient(t, c.program).wantChanged("d")
}

// TestKeyLog: both sides write down the same secrets of a run, for their owner only.
func TestKeyLog(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	folder := t.TempDir()
	files := []string{filepath.Join(folder, "serve.log"), filepath.Join(folder, "connect.log")}
	s, c := pair(t, server.address(), with(serve, "--keylog", files[0]), with(connect, "--keylog", files[1]))
	newTestClient(t, c.program).wantChanged("a")
	var first []string
	for _, file := range files {
		info, err := os.Stat(file)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", file, info.Mode())
		}
		text, err := os.ReadFile(file)
		must(t, err)
		line, _, _ := strings.Cut(string(text), "\n")
		if first = append(first, line); strings.Count(line, ",") != 6 || line != first[0] {
			t.Errorf("%q", first)
		}
	}
	if !strings.Contains(s.log(), "secrets are written down") {
		t.Errorf("the log does not say so: %s", s.log())
	}
}

// TestMetrics: the counters are OpenMetrics text, on the control socket and on a port.
func TestMetrics(t *testing.T) {
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	control := filepath.Join(t.TempDir(), "control")
	_, c := pair(t, server.address(), with(serve, "--control", control), connect)
	newTestClient(t, c.program).wantChanged("a")
	body, err := ask(control, http.MethodGet, "/metrics")
	must(t, err)
	text := string(body)
	for _, line := range []string{"lake_tunnel_peers 1\n", "lake_tunnel_peer_events_total{event=\"established\"} 1\n", "lake_tunnel_datagrams_total{way=\"to_program\"} 1\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	if !strings.HasSuffix(text, "# EOF\n") {
		t.Error("the end is missing")
	}
	declared := map[string]bool{}
	for line := range strings.Lines(strings.TrimSuffix(text, "# EOF\n")) {
		if fields := strings.Fields(line); fields[0] == "#" {
			declared[fields[2]] = true
			continue
		}
		name, _, _ := strings.Cut(strings.Fields(line)[0], "{")
		if family := strings.TrimSuffix(name, "_total"); !declared[family] {
			t.Errorf("%s has no TYPE", name)
		}
	}
}
