package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp"
)

const patience = 60 * time.Second

// startServer gives the address of the server of the examples.
func startServer(t *testing.T) string {
	lines := start(t, "server", "-listen", "127.0.0.1:0")
	address, ok := strings.CutPrefix(<-lines, "listening on ")
	if !ok {
		t.Fatal("the server does not say where it is")
	}
	return address
}

// start runs the program until the test ends, and gives the lines that it prints.
func start(t *testing.T, arguments ...string) <-chan string {
	ctx, stop := context.WithTimeout(context.Background(), patience) // t's own is over before the cleanup
	reader, writer := io.Pipe()
	ended := make(chan struct{})
	lines := make(chan string, 100)
	go func() {
		defer close(ended)
		if err := run(ctx, arguments, writer); err != nil {
			t.Errorf("%v: %v", arguments, err)
		}
		writer.Close()
	}()
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return lines
}

// client runs the client, and gives what it prints.
func client(t *testing.T, address string, what ...string) (string, error) {
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var out bytes.Buffer
	err := run(ctx, append([]string{"client", "-to", address}, what...), &out)
	return strings.TrimSuffix(out.String(), "\n"), err
}

func mustSay(t *testing.T, address, want string, what ...string) {
	t.Helper()
	if said, err := client(t, address, what...); err != nil || said != want {
		t.Fatalf("%.30q: %.100q, %v; want %.100q", what, said, err, want)
	}
}

// tap carries the datagrams of one client to a server and back, and keeps them.
type tap struct {
	front, back *net.UDPConn
	mu          sync.Mutex
	client      netip.AddrPort
	seen        [][]byte
}

func newTap(t *testing.T, server string) *tap {
	front, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	back, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(server)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { front.Close(); back.Close() })
	w := &tap{front: front, back: back}
	carry := func(from *net.UDPConn, on func(datagram []byte, client netip.AddrPort)) {
		buffer := make([]byte, 1<<16)
		for {
			n, sender, err := from.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			w.mu.Lock()
			w.seen = append(w.seen, bytes.Clone(buffer[:n]))
			if from == front {
				w.client = sender
			}
			to := w.client
			w.mu.Unlock()
			on(buffer[:n], to)
		}
	}
	go carry(front, func(datagram []byte, _ netip.AddrPort) { _, _ = back.Write(datagram) })
	go carry(back, func(datagram []byte, client netip.AddrPort) { _, _ = front.WriteToUDPAddrPort(datagram, client) })
	return w
}

// datagrams gives how many there were; those in which a text is are an error.
func (w *tap) datagrams(t *testing.T, secret string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, datagram := range w.seen {
		if bytes.Contains(datagram, []byte(secret)) {
			t.Errorf("%q is seen on the wire", secret)
		}
	}
	return len(w.seen)
}

func TestHandlerKnowsWhoAsks(t *testing.T) {
	server := startServer(t)
	wire := newTap(t, server)
	mustSay(t, wire.front.LocalAddr().String(), "You are demo client.", "get", "/whoami")
	if n := wire.datagrams(t, "demo client"); n < 4 {
		t.Errorf("%d datagrams were seen", n)
	}
	if said, err := client(t, server, "get", "/nothing"); err == nil {
		t.Errorf("a resource that is not there: %q", said)
	}
}

func TestBlocks(t *testing.T) {
	server := startServer(t)
	wire := newTap(t, server)
	var note strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&note, "this is line %d. ", i)
	}
	mustSay(t, wire.front.LocalAddr().String(), "", "put", "/note", note.String())
	if n := wire.datagrams(t, "this is line"); n < 2*note.Len()/1024 {
		t.Errorf("%d bytes went in %d datagrams: not by blocks", note.Len(), n)
	}
	mustSay(t, server, note.String(), "get", "/note")
}

func TestObserve(t *testing.T) {
	server := startServer(t)
	mustSay(t, server, "", "put", "/note", "0")
	var observers []<-chan string
	for range 2 {
		observers = append(observers, start(t, "client", "-to", server, "observe", "/note"))
	}
	for i := range 4 {
		for _, lines := range observers {
			if line := <-lines; line != fmt.Sprint(i) {
				t.Fatalf("notification %d is %q", i, line)
			}
		}
		mustSay(t, server, "", "put", "/note", fmt.Sprint(i+1))
	}
}

// TestNobody: who has not authenticated does not reach go-coap.
func TestNobody(t *testing.T) {
	server := startServer(t)
	plain, err := udp.Dial(server)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	answer, err := plain.Get(ctx, "/whoami")
	if err != nil || answer.Code() != codes.Unauthorized {
		t.Errorf("without protection: %v, %v", answer, err)
	}

	private, public, err := ake.GenerateKey(ake.KeyP256)
	if err != nil {
		t.Fatal(err)
	}
	ccs, err := ake.NewCCS("demo client", []byte{7}, ake.KeyP256, public)
	if err != nil {
		t.Fatal(err)
	}
	defer func(was demo) { demoClient = was }(demoClient)
	demoClient = demo{fmt.Sprintf("%x", ccs), fmt.Sprintf("%x", private)}
	if said, err := client(t, server, "get", "/whoami"); err == nil {
		t.Errorf("a stranger with the name of another: %q", said)
	} else {
		t.Logf("a stranger with the name of another: %v", err)
	}
}
