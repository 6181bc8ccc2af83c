package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/liblake/lake/ake/endpoint"
)

// backend is the CoAP server behind a tunnel that serves. Each peer has a socket of its
// own there, and nobody, on the paths of --open, has one.
type backend struct {
	t       *tunnel
	to      net.Addr
	sockets map[uint64]net.Conn // by the ID of the peer; 0: nobody's
	nobody  switchboard         // strangers share an address
}

func newBackend(t *tunnel) (*backend, error) {
	to, err := localAddress(t.options.To)
	if err != nil {
		return nil, err
	}
	if t.options.Sockets != "" {
		if err := os.MkdirAll(t.options.Sockets, 0o700); err != nil {
			return nil, err
		}
	}
	return &backend{t: t, to: to, sockets: map[uint64]net.Conn{}}, nil
}

func (b *backend) deliver(d endpoint.Delivery, now time.Time) {
	datagram, err := d.Data, error(nil)
	if b.t.options.PeerQuery != "" {
		datagram, err = b.named(d)
	}
	if err == nil && d.Peer == nil {
		datagram, err = b.nobody.out(d.From, datagram, now)
	}
	if err != nil {
		b.t.log.Debug("a datagram cannot be handed on", "error", err)
		return
	}
	socket, err := b.socketOf(d.Peer)
	if err != nil {
		b.t.log.Error("no socket for a peer", "error", err)
		return
	}
	if _, err := socket.Write(datagram); err != nil {
		b.t.log.Debug("the server behind does not take datagrams", "error", err)
		return
	}
	count(&b.t.counted.toProgram, len(datagram))
}

// named puts the name of the peer into a request.
func (b *backend) named(d endpoint.Delivery) ([]byte, error) {
	m, err := decode(d.Data)
	if err != nil || !isRequest(m) {
		return d.Data, err
	}
	name := ""
	if d.Peer != nil {
		name = b.t.nameOf(d.Peer)
	}
	withQuery(m, b.t.options.PeerQuery, name)
	return encode(m)
}

func idOf(p *endpoint.Peer) uint64 {
	if p == nil {
		return 0
	}
	return p.ID()
}

// socketOf returns the socket of a peer, and opens it if there is none.
func (b *backend) socketOf(p *endpoint.Peer) (net.Conn, error) {
	id := idOf(p)
	if socket, ok := b.sockets[id]; ok {
		return socket, nil
	}
	socket, err := b.dial(id)
	if err != nil {
		return nil, err
	}
	b.sockets[id] = socket
	go receive(socket.(syscall.Conn), func(datagram []byte) { b.take(p, datagram) })
	return socket, nil
}

func (b *backend) take(p *endpoint.Peer, datagram []byte) {
	count(&b.t.counted.fromProgram, len(datagram))
	_ = b.t.do(func(now time.Time) (endpoint.Output, error) {
		address := ""
		if p == nil {
			client, changed, ok := b.nobody.in(datagram, now)
			if !ok {
				return endpoint.Output{}, nil
			}
			address, datagram = client, changed
		}
		return b.t.fromProgram(p, address, datagram, now), nil
	})
}

// peersBlock is where the addresses of peers begin: 127.64.0.0/10 is all theirs, so that
// none gets the address of another that is gone, for four million peers.
const peersBlock = 127<<24 | 64<<16

// dial opens a socket with an address by the number of the peer.
func (b *backend) dial(id uint64) (net.Conn, error) {
	switch to := b.to.(type) {
	case *net.UnixAddr:
		path := filepath.Join(b.t.options.Sockets, fmt.Sprintf("peer-%d", id))
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // of a process that was killed
			return nil, err
		}
		return net.DialUnix("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"}, to)
	case *net.UDPAddr:
		own := &net.UDPAddr{IP: net.IPv6loopback}
		if to.IP.To4() != nil {
			n := uint32(peersBlock) | uint32(id&(1<<22-1))
			own.IP = net.IPv4(byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		}
		return net.DialUDP("udp", own, to)
	}
	return nil, errors.ErrUnsupported
}

// addressOf is the address of a peer for the program, "" if it has not spoken yet.
func (b *backend) addressOf(p *endpoint.Peer) string {
	if socket, ok := b.sockets[idOf(p)]; ok {
		return socket.LocalAddr().String()
	}
	return ""
}

func (b *backend) drop(p *endpoint.Peer) { b.end(idOf(p)) }

func (b *backend) end(id uint64) {
	socket, ok := b.sockets[id]
	if !ok {
		return
	}
	delete(b.sockets, id)
	socket.Close()
	if local, ok := socket.LocalAddr().(*net.UnixAddr); ok {
		os.Remove(local.Name)
	}
}

func (b *backend) begin() {}

func (b *backend) address() string { return b.to.String() }

func (b *backend) close() {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	for id := range b.sockets {
		b.end(id)
	}
}
