// Package relay stands between clients and a server on loopback, and does to their
// datagrams what a network that misbehaves does.
package relay

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Faults says what happens to a datagram, each with a probability.
type Faults struct {
	Drop, Double, Corrupt, Hold float64
	HoldFor                     time.Duration // at most, if too few later datagrams pass
}

// A datagram that is held back lets up to this many later ones pass, of any line.
const holdPasses = 100

// Counts is what was done to datagrams.
type Counts struct{ Carried, Dropped, Doubled, Corrupted, Held int }

// Add adds what was done to others.
func (c *Counts) Add(other Counts) {
	c.Carried += other.Carried
	c.Dropped += other.Dropped
	c.Doubled += other.Doubled
	c.Corrupted += other.Corrupted
	c.Held += other.Held
}

// Relay stands between clients and a server. What it does to the datagrams of a
// line depends on the seed, the number of the line and their order alone.
type Relay struct {
	Server netip.AddrPort
	Seed   uint64
	Faults Faults

	mu   sync.Mutex
	late []*late
}

// late is a datagram that is held back.
type late struct {
	passes int // that it still waits for
	send   func()
	timer  *time.Timer
}

// Line is the way of one client, of which only the traffic with the port that it uses
// first meets faults. For the server, each number has an address of its own: it limits
// what one host may do.
type Line struct {
	*Relay
	number  int
	front   *net.UDPConn
	drained chan struct{} // closed when front is not read any more
	begin   time.Time
	readers sync.WaitGroup

	mu       sync.Mutex
	back     map[netip.AddrPort]*net.UDPConn // by the port of the client
	first    netip.AddrPort                  // the port that it used first
	end      netip.AddrPort                  // a datagram from there is the last one
	closed   bool
	up, down direction
	counts   Counts
	events   []Event
}

// direction is the datagrams from or to the client, each with its own dice.
type direction struct {
	name   string
	random *rand.Rand
}

// Event is what happened to a datagram, for people who look for a reason.
type Event struct {
	after    time.Duration
	what     string
	datagram []byte
}

// Datagram is the datagram as it was sent on.
func (e Event) Datagram() []byte { return e.datagram }

// Up reports whether it came from the client.
func (e Event) Up() bool { return strings.HasPrefix(e.what, "up") }

func (e Event) String() string {
	return fmt.Sprintf("%5d ms %s %x", e.after.Milliseconds(), e.what, e.datagram)
}

// NewLine opens a line with a number from 0 to 65,535.
func (r *Relay) NewLine(number int) (*Line, error) {
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	l := &Line{Relay: r, number: number, front: front, begin: time.Now(), drained: make(chan struct{}), back: map[netip.AddrPort]*net.UDPConn{},
		up:   direction{"up", rand.New(rand.NewPCG(r.Seed, uint64(2*number)))},
		down: direction{"down", rand.New(rand.NewPCG(r.Seed, uint64(2*number+1)))}}
	l.readers.Go(l.readFront)
	return l, nil
}

// Address is where the line with a number comes from.
func Address(number int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 1, byte(number >> 8), byte(number)})
}

// NumberOf is the inverse of Address; -1 for an address of no line.
func NumberOf(address netip.Addr) int {
	bytes := address.As4()
	if number := int(bytes[2])<<8 | int(bytes[3]); Address(number) == address {
		return number
	}
	return -1
}

// Port is where the client finds the server.
func (l *Line) Port() int { return l.front.LocalAddr().(*net.UDPAddr).Port }

// Counts returns what was done to the datagrams of the line.
func (l *Line) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// Events returns what happened to the datagrams of the line.
func (l *Line) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// Close ends the line, when all has been carried that the client has sent. What is
// still held back is lost.
func (l *Line) Close() {
	l.drain()
	l.mu.Lock()
	l.closed = true
	l.front.Close()
	for _, back := range l.back {
		back.Close()
	}
	l.mu.Unlock()
	l.readers.Wait()
}

// drain lets the line read what waits in its socket: it sends itself a datagram,
// behind which there is nothing of the client.
func (l *Line) drain() {
	own, err := net.DialUDP("udp4", nil, l.front.LocalAddr().(*net.UDPAddr))
	if err != nil {
		return
	}
	defer own.Close()
	l.mu.Lock()
	l.end = own.LocalAddr().(*net.UDPAddr).AddrPort()
	l.mu.Unlock()
	if _, err := own.Write([]byte("end")); err != nil {
		return
	}
	select {
	case <-l.drained:
	case <-time.After(time.Second): // the socket was full
	}
}

const datagramMax = 2048

func (l *Line) readFront() {
	defer close(l.drained)
	buffer := make([]byte, datagramMax)
	for {
		n, client, err := l.front.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		back, err := l.backOf(client)
		if err != nil || back == nil {
			return
		}
		// It fails when the line is closed. If the server is gone, its test knows.
		l.carry(client, &l.up, buffer[:n], func(d []byte) { _, _ = back.Write(d) })
	}
}

func (l *Line) readBack(back *net.UDPConn, client netip.AddrPort) {
	buffer := make([]byte, datagramMax)
	for {
		n, err := back.Read(buffer)
		if err != nil {
			return
		}
		l.carry(client, &l.down, buffer[:n], func(d []byte) { _, _ = l.front.WriteToUDPAddrPort(d, client) })
	}
}

// backOf returns the socket by which a port of the client reaches the server, nil
// after the end.
func (l *Line) backOf(client netip.AddrPort) (*net.UDPConn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if back := l.back[client]; back != nil {
		return back, nil
	}
	if l.closed || client == l.end {
		return nil, nil
	}
	from := net.UDPAddrFromAddrPort(netip.AddrPortFrom(Address(l.number), 0))
	back, err := net.DialUDP("udp4", from, net.UDPAddrFromAddrPort(l.Server))
	if err != nil {
		return nil, err
	}
	if len(l.back) == 0 {
		l.first = client
	}
	l.back[client] = back
	l.readers.Go(func() { l.readBack(back, client) })
	return back, nil
}

// fate is what is to happen to one copy of a datagram.
type fate struct {
	datagram []byte
	passes   int    // 0: it is sent at once
	how      string // for the Event
}

// decide throws the dice for a datagram from or to a port of the client.
func (l *Line) decide(client netip.AddrPort, d *direction, datagram []byte) []fate {
	l.mu.Lock()
	defer l.mu.Unlock()
	if client != l.first {
		return []fate{{datagram: bytes.Clone(datagram), how: d.name + " unharmed"}}
	}
	copies := 1
	switch p := d.random.Float64(); {
	case p < l.Faults.Drop:
		l.counts.Dropped++
		l.note(d.name+" dropped", bytes.Clone(datagram))
		return nil
	case p < l.Faults.Drop+l.Faults.Double:
		l.counts.Doubled++
		copies = 2
	}
	fates := make([]fate, copies)
	for i := range fates {
		f := &fates[i]
		*f = fate{datagram: bytes.Clone(datagram), how: d.name}
		if d.random.Float64() < l.Faults.Corrupt && len(datagram) > 0 {
			l.counts.Corrupted++
			f.how += " corrupted"
			for range 1 + d.random.IntN(3) {
				f.datagram[d.random.IntN(len(datagram))] ^= 1 << d.random.IntN(8)
			}
		}
		if d.random.Float64() < l.Faults.Hold {
			l.counts.Held++
			f.how += " late"
			f.passes = 1 + d.random.IntN(holdPasses)
		}
		l.counts.Carried++
	}
	return fates
}

// note is called with the lock.
func (l *Line) note(what string, datagram []byte) {
	l.events = append(l.events, Event{time.Since(l.begin), what, datagram})
}

// Unhurt reports whether all datagrams arrived as they were sent, in order and
// once.
func (l *Line) Unhurt() bool {
	counts := l.Counts()
	return counts == Counts{Carried: counts.Carried}
}

// carry brings a datagram to the other side, or not, or twice, or later.
func (l *Line) carry(client netip.AddrPort, d *direction, datagram []byte, send func([]byte)) {
	for _, f := range l.decide(client, d, datagram) {
		deliver := func() {
			l.mu.Lock()
			l.note(f.how, f.datagram)
			l.mu.Unlock()
			send(f.datagram)
		}
		if f.passes > 0 {
			l.hold(f.passes, deliver)
			continue
		}
		deliver()
		for _, one := range l.passed() {
			one.send()
		}
	}
}

// hold keeps a datagram back until others have passed, but not for ever.
func (r *Relay) hold(passes int, send func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := &late{passes: passes, send: send}
	one.timer = time.AfterFunc(r.Faults.HoldFor, func() {
		if r.take(one) {
			send()
		}
	})
	r.late = append(r.late, one)
}

// take reports whether a datagram was still held back.
func (r *Relay) take(one *late) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.late, one)
	if i >= 0 {
		r.late = slices.Delete(r.late, i, i+1)
	}
	return i >= 0
}

// passed notes that a datagram has passed, and returns those whose turn it is.
func (r *Relay) passed() (ready []*late) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.late = slices.DeleteFunc(r.late, func(one *late) bool {
		one.passes--
		if one.passes > 0 {
			return false
		}
		one.timer.Stop()
		ready = append(ready, one)
		return true
	})
	return ready
}
