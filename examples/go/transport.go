package main

import (
	"bytes"
	"context"
	"errors"
	"log"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/liblake/lake/ake/endpoint"
	coapnet "github.com/plgd-dev/go-coap/v3/net"
)

// transport is an endpoint with a UDP socket and a clock. To go-coap it is a listener, whose
// connections are one for each peer: what is written to one is protected and sent, what
// is read from one is plain CoAP of somebody who has authenticated.
type transport struct {
	socket   *net.UDPConn
	accepted chan net.Conn
	closed   chan struct{}

	mu       sync.Mutex // from a call of the endpoint until its output is carried out
	isClosed bool
	endpoint *endpoint.Endpoint
	timer    *time.Timer
	peers    map[*endpoint.Peer]*conn // who came here
	dialed   map[string]*conn         // whom this side has called, by address
}

// maxPeers is how many there are at once; the one that was idle for longest makes room.
const maxPeers = 1000

func listen(address string, config endpoint.Config) (*transport, error) {
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	socket, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, err
	}
	config.Limits.Peers = maxPeers
	e, err := endpoint.New(config)
	if err != nil {
		socket.Close()
		return nil, err
	}
	t := &transport{
		socket: socket, endpoint: e,
		accepted: make(chan net.Conn, maxPeers), closed: make(chan struct{}),
		peers: map[*endpoint.Peer]*conn{}, dialed: map[string]*conn{},
	}
	t.timer = time.AfterFunc(time.Hour, t.tick)
	go t.read()
	return t, nil
}

// dial gives a connection to an address. EDHOC begins with what is written first.
func (t *transport) dial(address string) error {
	to, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	name := nameOf(to.AddrPort())
	t.dialed[name] = t.newConn(nil, name)
	return nil
}

// --- The three things that an endpoint is told --------------------------------------------

// read: a datagram came from the network.
func (t *transport) read() {
	buffer := make([]byte, 1<<16)
	for {
		n, from, err := t.socket.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // such as that nobody is at the port that was sent to
		}
		_ = t.do(func(now time.Time) (endpoint.Output, error) {
			return t.endpoint.Receive(nameOf(from), buffer[:n], now), nil
		})
	}
}

// Write: the stack sent a datagram. It may be lost, as any: go-coap would take an error for
// the end of the connection.
func (c *conn) Write(datagram []byte) (int, error) {
	err := c.transport.do(func(now time.Time) (endpoint.Output, error) {
		return c.transport.endpoint.Send(c.peer, c.address, datagram, now)
	})
	if err != nil {
		log.Printf("%s: not sent: %v", c.address, err)
	}
	return len(datagram), nil
}

// tick: time has passed.
func (t *transport) tick() {
	_ = t.do(func(now time.Time) (endpoint.Output, error) { return t.endpoint.Tick(now), nil })
}

// do makes one of the three calls, and does what it wants done.
func (t *transport) do(call func(now time.Time) (endpoint.Output, error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isClosed {
		return net.ErrClosed
	}
	output, err := call(time.Now())
	for _, d := range output.Network {
		// Datagrams may be lost, and this one is if the system does not take it.
		_, _ = t.socket.WriteToUDPAddrPort(d.Data, netip.MustParseAddrPort(d.To))
	}
	for _, d := range output.Stack {
		t.connOf(d).deliver(d.Data)
	}
	for _, e := range output.Events {
		t.event(e)
	}
	if !output.Next.IsZero() {
		t.timer.Reset(time.Until(output.Next))
	}
	return err
}

func (t *transport) event(e endpoint.Event) {
	switch e.Kind {
	case endpoint.Dropped:
		if c := t.peers[e.Peer]; c != nil {
			delete(t.peers, e.Peer)
			c.end(e.Err)
		}
	case endpoint.Failed:
		log.Printf("%s: %v", e.Address, e.Err)
		if c := t.dialed[e.Address]; c != nil {
			delete(t.dialed, e.Address)
			c.end(e.Err)
		}
	default:
		log.Printf("%s: %v with %s", e.Address, e.Kind, e.Peer.Identity().Subject)
	}
}

// nameOf is how the endpoint calls an address: the same one if the system calls it differently.
func nameOf(a netip.AddrPort) string {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()).String()
}

// --- What go-coap wants of a listener ---------------------------------------------------------

func (t *transport) AcceptWithContext(ctx context.Context) (net.Conn, error) {
	select {
	case c := <-t.accepted:
		return c, nil
	case <-t.closed:
		return nil, coapnet.ErrListenerIsClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close is called once, by go-coap.
func (t *transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.isClosed = true
	close(t.closed)
	t.timer.Stop()
	t.endpoint.Close()
	return t.socket.Close()
}

// --- And of a connection ------------------------------------------------------------------------

// conn is a connection to one peer.
type conn struct {
	transport *transport
	peer      *endpoint.Peer // nil on the side that has dialled
	address   string
	incoming  chan []byte
	once      sync.Once
	ended     chan struct{} // closed when why is set
	why       error
}

func (t *transport) newConn(peer *endpoint.Peer, address string) *conn {
	// The endpoint hands over 64 requests that have no answer yet, and no more (Limits.Burst).
	c := &conn{transport: t, peer: peer, address: address, incoming: make(chan []byte, 128), ended: make(chan struct{})}
	select {
	case t.accepted <- c:
	default:
		c.end(errors.New("go-coap does not take so many connections"))
	}
	return c
}

func (t *transport) connOf(d endpoint.Delivery) *conn {
	if c := t.dialed[d.From]; c != nil {
		return c
	}
	c := t.peers[d.Peer]
	if c == nil {
		c = t.newConn(d.Peer, d.From)
		t.peers[d.Peer] = c
	}
	return c
}

func (c *conn) deliver(datagram []byte) {
	select {
	case c.incoming <- bytes.Clone(datagram): // it may be part of what read has received
	default: // datagrams may be lost
	}
}

func (c *conn) Read(buffer []byte) (int, error) {
	select {
	case datagram := <-c.incoming:
		return copy(buffer, datagram), nil
	case <-c.ended:
		return 0, c.why
	}
}

func (c *conn) end(why error) {
	c.once.Do(func() {
		c.why = why
		close(c.ended)
	})
}

// Close ends the connection for go-coap. The peer stays, and what it sends begins another one.
func (c *conn) Close() error {
	c.end(net.ErrClosed)
	c.transport.mu.Lock()
	defer c.transport.mu.Unlock()
	if c.transport.peers[c.peer] == c {
		delete(c.transport.peers, c.peer)
	}
	return nil
}

func (c *conn) RemoteAddr() net.Addr { return addr(c.address) }
func (c *conn) LocalAddr() net.Addr  { return c.transport.socket.LocalAddr() }

// go-coap has times of its own.

func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

type addr string

func (a addr) Network() string { return "oscore" }
func (a addr) String() string  { return string(a) }
