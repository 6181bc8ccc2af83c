package main

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/liblake/lake/ake/endpoint"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// front is the address that programs talk to in the place of a server that is
// elsewhere. They share the peer behind it.
type front struct {
	t         *tunnel
	socket    net.PacketConn
	path      string // of a Unix socket
	remote    atomic.Pointer[string]
	resolving atomic.Bool
	board     switchboard
	programs  map[string]net.Addr // those of which something is open: by their text
}

func newFront(t *tunnel) (*front, error) {
	f := &front{t: t, programs: map[string]net.Addr{}}
	if err := f.lookUp(); err != nil {
		return nil, err
	}
	local, err := localAddress(t.options.Listen)
	if err != nil {
		return nil, err
	}
	if unix, ok := local.(*net.UnixAddr); ok {
		f.path = unix.Name
		if err := os.Remove(f.path); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	if f.socket, err = net.ListenPacket(local.Network(), local.String()); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *front) begin() { go f.read() }

// lookUp finds the address of the remote server.
func (f *front) lookUp() error {
	host, port, err := f.t.options.remote()
	if err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(limit, "ip", host)
	if err != nil {
		return err
	}
	remote := net.JoinHostPort(addresses[0].Unmap().String(), port)
	if earlier := f.remote.Swap(&remote); earlier != nil && *earlier != remote {
		f.t.log.Info("the server has another address now", "address", remote)
	}
	return nil
}

// resolve looks the server up again, beside everything else.
func (f *front) resolve() {
	if f.resolving.CompareAndSwap(false, true) {
		go func() {
			defer f.resolving.Store(false)
			if err := f.lookUp(); err != nil {
				f.t.log.Warn("the server cannot be looked up", "error", err)
			}
		}()
	}
}

func (f *front) read() {
	buffer := make([]byte, maxDatagram)
	for {
		n, from, err := f.socket.ReadFrom(buffer)
		if err != nil {
			if f.t.isClosed() {
				return
			}
			continue // what the system says of a datagram that was sent
		}
		if from == nil || from.String() == "" {
			continue // a Unix socket without a name cannot be answered
		}
		count(&f.t.counted.fromProgram, n)
		datagram := append([]byte{}, buffer[:n]...)
		_ = f.t.do(func(now time.Time) (endpoint.Output, error) {
			changed, err := f.board.out(from.String(), datagram, now)
			if err != nil {
				f.t.counted.refused.Add(1)
				return endpoint.Output{}, nil
			}
			f.programs[from.String()] = from
			f.forgetPrograms()
			return f.t.fromProgram(nil, *f.remote.Load(), changed, now), nil
		})
	}
}

// forgetPrograms keeps the addresses of programs that the switchboard knows.
func (f *front) forgetPrograms() {
	if len(f.programs) <= 2*(maxExchanges+maxObservations) {
		return
	}
	known := map[string]net.Addr{}
	for owner := range f.board.tokens.inside {
		known[owner.client] = f.programs[owner.client]
	}
	f.programs = known
}

func (f *front) deliver(d endpoint.Delivery, now time.Time) {
	m, err := decode(d.Data)
	if err == nil && isRequest(m) {
		f.refuse(d, m, now)
		return
	}
	client, datagram, ok := f.board.in(d.Data, now)
	if !ok || f.programs[client] == nil {
		return
	}
	if _, err := f.socket.WriteTo(datagram, f.programs[client]); err != nil {
		f.t.log.Debug("a program does not take datagrams", "error", err)
		return
	}
	count(&f.t.counted.toProgram, len(datagram))
}

// refuse answers a request of the server: there is no server on this side.
func (f *front) refuse(d endpoint.Delivery, m *message.Message, now time.Time) {
	answer := message.Message{Type: message.Acknowledgement, MessageID: m.MessageID, Token: m.Token, Code: codes.NotImplemented}
	if m.Type != message.Confirmable {
		answer.Type, answer.MessageID = message.NonConfirmable, int32(randomID())
	}
	if datagram, err := encode(&answer); err == nil {
		f.t.carry(f.t.fromProgram(d.Peer, d.From, datagram, now))
	}
}

func (f *front) drop(*endpoint.Peer) {}

func (f *front) address() string { return f.socket.LocalAddr().String() }

func (f *front) close() {
	f.socket.Close()
	if f.path != "" {
		os.Remove(f.path)
	}
}
