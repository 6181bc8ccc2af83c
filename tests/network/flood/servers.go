package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/liblake/lake/tests/network/programs"
)

// kind is a server that can be flooded.
type kind struct {
	start func(ctx context.Context, o *options) (*programs.Server, error)

	most     int64         // bytes of memory that it may ever have
	peerSize int64         // bytes that a client costs for as long as it is kept
	unswept  int64         // bytes more that may be there, not collected yet
	age      time.Duration // of its half-open runs; zero: longer than anybody waits for here

	reverse bool     // it takes runs of the reverse flow, too
	methods []string // of EDHOC that it has
	stats   bool     // it prints statistics at its end
}

const (
	mebibyte = 1 << 20

	// age of a half-open run where it can be chosen: long for a client, short for a test.
	age = 5 * time.Second

	// endpointPeer is what a peer of an endpoint has: the context, the session and what was
	// exchanged last. Measured: 9 KiB, and as much again that Go has not collected yet.
	endpointPeer = 18 << 10
)

var everyMethod = []string{"0", "1", "2", "3"}

var kinds = map[string]kind{
	"c":      {start: startC, most: 64 * mebibyte, peerSize: endpointPeer, age: age, reverse: true, methods: everyMethod, stats: true},
	"rust":   {start: startRust, most: 64 * mebibyte, peerSize: endpointPeer, reverse: true, methods: everyMethod},
	"python": {start: startPython, most: 128 * mebibyte, peerSize: endpointPeer, methods: everyMethod},
	"tunnel": {start: startTunnel, most: 64 * mebibyte, peerSize: endpointPeer, unswept: 16 * mebibyte, methods: []string{"3"}},
}

// wants says which lines of a server are kept.
func wants(line string) bool { return strings.HasPrefix(line, "stats:") }

func startC(ctx context.Context, o *options) (*programs.Server, error) {
	return programs.Start(ctx, wants, filepath.Join(o.folder, "edhoc_server"), "--port", "0", "--age", strconv.Itoa(int(age.Seconds())))
}

func startRust(ctx context.Context, o *options) (*programs.Server, error) {
	return programs.Start(ctx, wants, filepath.Join(o.folder, "../rust/debug/coap_service"), "127.0.0.1:0")
}

func startPython(ctx context.Context, o *options) (*programs.Server, error) {
	return programs.Start(ctx, wants, filepath.Join(o.folder, "../venv/bin/python"), "tests/network/flood/service.py")
}

// startTunnel starts lake-tunnel before a server that is in this process, with keys that
// are made for it.
func startTunnel(ctx context.Context, o *options) (*programs.Server, error) {
	name := filepath.Join(o.folder, "../lake-tunnel")
	for _, key := range []string{"server", "client"} {
		if out, err := exec.CommandContext(ctx, name, "key", filepath.Join(o.work, key)).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("lake-tunnel key: %w: %s", err, out)
		}
	}
	in := func(file string) string { return filepath.Join(o.work, file) }
	o.credentials = []string{"--own", in("client.ccs"), "--key", in("client.key"), "--peer", in("server.ccs")}
	behind, err := plainServer()
	if err != nil {
		return nil, err
	}
	return programs.Start(ctx, wants, name, "serve", "--listen", "127.0.0.1:0", "--to", behind,
		"--own", in("server.ccs")+","+in("server.key"), "--peer", in("client.ccs"), "--method", "3")
}

// plainServer is a CoAP server without EDHOC and OSCORE, which says hello to everybody.
func plainServer() (address string, err error) {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return "", err
	}
	go func() {
		const content, acknowledgement = 0x45, 2
		buffer := make([]byte, 2048)
		for {
			n, from, err := socket.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			if n < 4 || n < 4+int(buffer[0]&0x0f) {
				continue
			}
			answer := datagram{kind: acknowledgement, code: content, id: binary.BigEndian.Uint16(buffer[2:]),
				token: buffer[4 : 4+buffer[0]&0x0f], payload: []byte("Hello")}
			_, _ = socket.WriteToUDPAddrPort(answer.encode(), from)
		}
	}()
	return socket.LocalAddr().String(), nil
}
