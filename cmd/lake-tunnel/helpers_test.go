package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// long is whether tests have their full length.
var long = os.Getenv("LAKE_LONG") != ""

// built is the command under test, built as it is installed.
var built string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "lake-tunnel")
	if err == nil {
		built = filepath.Join(folder, "lake-tunnel")
		command := exec.Command("go", "build", "-o", built, ".")
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		command.Stderr = os.Stderr
		err = command.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// eventually waits until something is so.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !is() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("in %v it did not happen: %s", patience, what)
		}
	}
}

// process is a program that a test has started, and its lines on standard error.
type process struct {
	t       testing.TB
	command *exec.Cmd
	exited  chan struct{}

	mu    sync.Mutex
	lines []string
}

func start(t testing.TB, name string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, command: exec.Command(name, arguments...), exited: make(chan struct{})}
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stderr, err := p.command.StderrPipe()
	must(t, err)
	must(t, p.command.Start())
	go func() {
		for scanner := bufio.NewScanner(stderr); scanner.Scan(); {
			p.mu.Lock()
			p.lines = append(p.lines, scanner.Text())
			p.mu.Unlock()
		}
		_ = p.command.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%v:\n%s", p.command.Args, p.log())
		}
	})
	return p
}

func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.exited
}

func (p *process) isGone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// tunnelProcess is a lake-tunnel that is ready, and its addresses.
type tunnelProcess struct {
	*process
	network, program string
}

var readyLine = regexp.MustCompile(`msg=ready network=(\S+) program=(\S+)`)

func startTunnel(t testing.TB, arguments ...string) *tunnelProcess {
	t.Helper()
	p := &tunnelProcess{process: start(t, built, arguments...)}
	eventually(t, "the tunnel is ready", func() bool {
		match := readyLine.FindStringSubmatch(p.log())
		if match == nil {
			if p.isGone() {
				t.Fatalf("the tunnel ended: %s", p.log())
			}
			return false
		}
		p.network, p.program = match[1], match[2]
		return true
	})
	return p
}

// rawKeys makes two key pairs, and returns the options of each side that trust the other.
func rawKeys(t testing.TB) (serve, connect []string) {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"portal", "gadget"} {
		must(t, makeKey([]string{filepath.Join(folder, name)}))
	}
	file := func(name string) string { return filepath.Join(folder, name) }
	return []string{"serve", "--own", file("portal.ccs") + "," + file("portal.key"), "--peer", file("gadget.ccs")},
		[]string{"connect", "--own", file("gadget.ccs") + "," + file("gadget.key"), "--peer", file("portal.ccs")}
}

// with adds options to a copy.
func with(options []string, more ...string) []string {
	return append(append([]string{}, options...), more...)
}

// pair starts a tunnel before a server, and one that leads there.
func pair(t testing.TB, server string, serve, connect []string) (*tunnelProcess, *tunnelProcess) {
	t.Helper()
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0", "--to", server)...)
	c := startTunnel(t, with(connect, "--listen", "127.0.0.1:0", "--to", "coap://"+s.network)...)
	return s, c
}

// testServer is a CoAP server that answers with 2.04 and notes what it was asked.
type testServer struct {
	socket *net.UDPConn
	mu     sync.Mutex
	asked  []asked
	count  map[string]int // by payload
}

type asked struct {
	from    netip.AddrPort
	queries []string
}

func newTestServer(t testing.TB) *testServer {
	t.Helper()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	t.Cleanup(func() { socket.Close() })
	s := &testServer{socket: socket, count: map[string]int{}}
	go s.serve()
	return s
}

func (s *testServer) address() string { return s.socket.LocalAddr().String() }

func (s *testServer) serve() {
	buffer := make([]byte, maxDatagram)
	for {
		n, from, err := s.socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		m, err := decode(bytes.Clone(buffer[:n]))
		if err != nil || !isRequest(m) {
			continue
		}
		note := asked{from: from}
		for _, o := range m.Options {
			if o.ID == message.URIQuery {
				note.queries = append(note.queries, string(o.Value))
			}
		}
		s.mu.Lock()
		s.asked = append(s.asked, note)
		s.count[string(m.Payload)]++
		s.mu.Unlock()
		answer, err := encode(&message.Message{Type: message.Acknowledgement, MessageID: m.MessageID, Token: m.Token, Code: codes.Changed, Payload: m.Payload})
		if err == nil {
			_, _ = s.socket.WriteToUDPAddrPort(answer, from)
		}
	}
}

func (s *testServer) last() asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[len(s.asked)-1]
}

// testClient sends confirmable requests and repeats them until there is an answer.
type testClient struct {
	t      testing.TB
	socket *net.UDPConn
	tries  int
	every  time.Duration

	// It gives its requests message IDs of a range, one after the other.
	firstID, ids, asked uint16
}

func newTestClient(t testing.TB, to string) *testClient {
	t.Helper()
	at, err := net.ResolveUDPAddr("udp", to)
	must(t, err)
	socket, err := net.DialUDP("udp", nil, at)
	must(t, err)
	t.Cleanup(func() { socket.Close() })
	return &testClient{t: t, socket: socket, firstID: randomID(), ids: 1 << 14, tries: 20, every: 500 * time.Millisecond}
}

// ask returns the answer, or nil if none comes.
func (c *testClient) ask(code codes.Code, payload string, options ...message.Option) *message.Message {
	c.asked++
	request := message.Message{Type: message.Confirmable, MessageID: int32(c.firstID + c.asked%c.ids), Token: message.Token(randomToken()), Code: code, Payload: []byte(payload)}
	for _, o := range append(options, message.Option{ID: message.URIPath, Value: []byte("test")}) {
		request.Options = request.Options.Add(o)
	}
	datagram, err := encode(&request)
	if err != nil {
		c.t.Error(err)
		return nil
	}
	buffer := make([]byte, maxDatagram)
	for range c.tries {
		_, _ = c.socket.Write(datagram) // there may be nobody for a while
		for end := time.Now().Add(c.every); time.Now().Before(end); {
			_ = c.socket.SetReadDeadline(end)
			n, err := c.socket.Read(buffer)
			if err != nil {
				continue
			}
			if m, err := decode(bytes.Clone(buffer[:n])); err == nil && bytes.Equal(m.Token, request.Token) {
				return m
			}
		}
	}
	return nil
}

// wantChanged asks, and wants the answer of testServer.
func (c *testClient) wantChanged(payload string, options ...message.Option) {
	c.t.Helper()
	if m := c.ask(codes.POST, payload, options...); m == nil || m.Code != codes.Changed || string(m.Payload) != payload {
		c.t.Fatalf("%q is answered with %v", payload, m)
	}
}

// libcoap finds a program of Debian's libcoap3-bin.
func libcoap(t testing.TB, name string) string {
	t.Helper()
	for _, variant := range []string{"", "-notls", "-openssl", "-gnutls"} {
		if path, err := exec.LookPath(name + variant); err == nil {
			return path
		}
	}
	t.Fatalf("there is no %s: run 'make deps'", name)
	return ""
}

// coapServer starts an unmodified coap-server that answers.
func coapServer(t testing.TB) string {
	t.Helper()
	free, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	address := free.LocalAddr().(*net.UDPAddr)
	free.Close()
	start(t, libcoap(t, "coap-server"), "-A", "127.0.0.1", "-p", fmt.Sprint(address.Port), "-d", "1000", "-e")
	probe := newTestClient(t, address.String())
	probe.every, probe.tries = 50*time.Millisecond, 200
	if probe.ask(codes.GET, "") == nil {
		t.Fatal("coap-server does not answer")
	}
	return address.String()
}

// coapClient runs coap-client, and returns what it prints.
func coapClient(t testing.TB, arguments ...string) string {
	limit, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(limit, libcoap(t, "coap-client"), arguments...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("coap-client %v: %v: %s", arguments, err, out)
	}
	return string(out)
}
