package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// queue is what waits in the server's socket. A flood that fills it keeps honest
// datagrams out whatever the server does; how much a machine takes before depends on
// what else it does. So the attackers look at it: the server always has something to
// do, and as long as it does it fast enough nothing is lost.
type queue struct {
	address string // of the server, as in /proc/net/udp
	room    int64
}

func newQueue(server netip.AddrPort) (*queue, error) {
	text, err := os.ReadFile("/proc/sys/net/core/rmem_default")
	if err != nil {
		return nil, err
	}
	room, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	ip := server.Addr().As4()
	host := binary.NativeEndian.Uint32(ip[:]) // an int in network byte order, shown as one of this machine
	return &queue{fmt.Sprintf("%08X:%04X", host, server.Port()), room}, err
}

// look returns how full the queue is, 0 to 1, and how many datagrams found no room
// so far.
func (q *queue) look() (full float64, lost int64, err error) {
	// Where sockets come and go, one may be missing in a reading.
	for range 100 {
		line, err := q.line()
		if err != nil {
			return 0, 0, err
		}
		if line == nil {
			continue
		}
		_, waiting, _ := strings.Cut(line[4], ":")
		used, err := strconv.ParseInt(waiting, 16, 64)
		if err != nil {
			return 0, 0, err
		}
		lost, err := strconv.ParseInt(line[12], 10, 64)
		return float64(used) / float64(q.room), lost, err
	}
	return 0, 0, fmt.Errorf("the server has no socket %s", q.address)
}

// line returns the fields of the server's line, nil if there is none.
func (q *queue) line() ([]string, error) {
	text, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 12 && fields[1] == q.address {
			return fields, nil
		}
	}
	return nil, nil
}
