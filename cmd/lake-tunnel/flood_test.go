package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/endpoint"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestPeerFloods: a peer that has authenticated sends as fast as it can requests, blocks,
// observations, damaged and repeated messages, and runs EDHOC from one port after the
// other. An honest client is answered meanwhile, and memory stays below 64 MB.
func TestPeerFloods(t *testing.T) {
	const mostMemory = 64 << 20
	lasting := 3 * time.Second
	if long {
		lasting = time.Minute
	}
	server := newTestServer(t)
	serve, connect := rawKeys(t)
	flooder := filepath.Join(t.TempDir(), "flooder")
	must(t, makeKey([]string{flooder}))
	portal, _, _ := strings.Cut(serve[2], ",")
	s, c := pair(t, server.address(), with(serve, "--peer", flooder+".ccs"), connect)
	honest := newTestClient(t, c.program)
	honest.wantChanged("before")

	own, err := readCredential(flooder + ".ccs")
	must(t, err)
	key, err := os.ReadFile(flooder + ".key")
	must(t, err)
	must(t, own.SetPrivateKeyPEM(key))
	peer, err := readCredential(portal)
	must(t, err)
	party, err := ake.NewParty(ake.Config{Own: []*ake.Credential{own}, Peers: []*ake.Credential{peer}})
	must(t, err)

	end := time.Now().Add(lasting)
	var group sync.WaitGroup
	var sent, runs int
	group.Go(func() {
		for time.Now().Before(end) {
			n, err := floodFrom(party, s.network, end)
			if err != nil {
				t.Error(err)
				return
			}
			sent += n
			runs++
		}
	})
	answered := 0
	pace := time.NewTicker(50 * time.Millisecond)
	defer pace.Stop()
	for ; time.Now().Before(end); <-pace.C {
		honest.wantChanged(fmt.Sprint("during ", answered))
		answered++
	}
	group.Wait()
	honest.wantChanged("after")
	if sent < 10*answered || runs < 3 {
		t.Errorf("it was no flood: %d datagrams, %d runs, beside %d honest requests", sent, runs, answered)
	}
	if most := peakMemory(t, s.command.Process.Pid); most > mostMemory {
		t.Errorf("the tunnel had %d MiB of memory", most>>20)
	}
	t.Logf("%d datagrams, %d runs, %d honest requests, at most %d KiB", sent, runs, answered, peakMemory(t, s.command.Process.Pid)>>10)
}

// floodFrom runs EDHOC from a port of its own and then floods from there for a while,
// without a look at the answers.
func floodFrom(party *ake.Party, to string, end time.Time) (sent int, err error) {
	at, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		return 0, err
	}
	socket, err := net.DialUDP("udp", nil, at)
	if err != nil {
		return 0, err
	}
	defer socket.Close()
	client, err := endpoint.New(endpoint.Config{Initiator: party, Limits: endpoint.Limits{Exchanges: 1 << 16}})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	put := func(all []endpoint.Datagram, change func([]byte)) {
		for _, d := range all {
			change(d.Data)
			_, _ = socket.Write(d.Data)
			sent++
		}
	}
	kept := func([]byte) {}
	request := func(i int, code codes.Code, options ...message.Option) (endpoint.Output, error) {
		m := message.Message{Type: message.Type(i % 2), Code: code, MessageID: int32(i & 0xffff), Token: message.Token{byte(i), byte(i >> 8), 1},
			Options: options, Payload: bytes.Repeat([]byte{byte(i)}, 1000)}
		datagram, err := encode(&m)
		if err != nil {
			return endpoint.Output{}, err
		}
		return client.Send(nil, to, datagram, time.Now())
	}
	buffer := make([]byte, maxDatagram)
	listen := func(wait time.Duration) {
		_ = socket.SetReadDeadline(time.Now().Add(wait))
		if n, err := socket.Read(buffer); err == nil {
			put(client.Receive(to, bytes.Clone(buffer[:n]), time.Now()).Network, kept)
		}
	}
	o, err := request(0, codes.POST)
	for put(o.Network, kept); err == nil && client.Stats().Established == 0 && time.Now().Before(end); {
		listen(100 * time.Millisecond)
		put(client.Tick(time.Now()).Network, kept)
	}
	if err != nil || client.Stats().Established == 0 {
		return sent, err
	}
	for i := 1; i < 500 && time.Now().Before(end); i++ {
		var o endpoint.Output
		change := kept
		switch i % 5 {
		case 0:
			o, err = request(i, codes.GET, message.Option{ID: message.Observe})
		case 1:
			o, err = request(i, codes.PUT, message.Option{ID: message.Block1, Value: []byte{byte(i), 0x0e}})
		case 2:
			o, err = request(i, codes.POST)
			change = func(datagram []byte) { datagram[len(datagram)-1]++ }
		default:
			o, err = request(i, codes.POST)
		}
		if err != nil {
			return sent, err
		}
		put(o.Network, change)
		if i%3 == 0 {
			put(o.Network, kept) // again
		}
	}
	return sent, nil
}

// peakMemory is the most that a process ever had (VmHWM of proc(5)).
func peakMemory(t testing.TB, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
	must(t, err)
	return kilobytes << 10
}
