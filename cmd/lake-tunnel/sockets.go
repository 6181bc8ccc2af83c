package main

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"syscall"
)

// maxDatagram is the largest there is over UDP.
const maxDatagram = 1 << 16

var buffers = sync.Pool{New: func() any { return new([maxDatagram]byte) }}

// receive takes datagrams from a connected socket until that is closed. A socket that
// waits has no buffer: there are as many of them as peers.
func receive(connection syscall.Conn, take func(datagram []byte)) {
	raw, err := connection.SyscallConn()
	if err != nil {
		return
	}
	for {
		var datagram []byte
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			buffer := buffers.Get().(*[maxDatagram]byte)
			defer buffers.Put(buffer)
			n, _, err := syscall.Recvfrom(int(fd), buffer[:], 0)
			if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
				return false
			}
			if failed = err; err == nil {
				datagram = bytes.Clone(buffer[:n])
			}
			return true
		})
		if err != nil {
			return // closed
		}
		if failed == nil { // otherwise nobody was there for what was sent
			take(datagram)
		}
	}
}

// localAddress is address:port on loopback, or unix:/path.
func localAddress(text string) (net.Addr, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		return &net.UnixAddr{Name: path, Net: "unixgram"}, nil
	}
	return net.ResolveUDPAddr("udp", text)
}
