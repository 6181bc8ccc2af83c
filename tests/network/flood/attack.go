package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// attackers send at the same time, each through some masks.
	attackers = 2
	masks     = 128
	// A mask is thrown away after so many datagrams.
	maskDatagrams = 8
	// Every so many-th mask answers Echo challenges: it is where it says.
	realMasks = 4

	// tick is how often they send: often, or the bursts would not fit into a socket.
	tick = time.Millisecond

	// least is how many datagrams for each handshake of an honest client, which is four,
	// make a flood.
	least = 20

	// They wait while the server's queue is fuller than this.
	fullEnough = 0.5
)

// attack is a flood from many addresses.
type attack struct {
	server   netip.AddrPort
	rate     int // datagrams a second
	seed     uint64
	messages [][]byte
	queue    *queue

	full                                          atomic.Bool // the queue is
	addresses, sent, answers, challenges, replies atomic.Int64
}

// mask is an address to send from.
type mask struct {
	connection *net.UDPConn
	left       int

	mu      sync.Mutex
	arsenal *arsenal // to answer challenges with; nil: does not
	last    datagram // which may be challenged
}

// run floods the server until the context is done.
func (a *attack) run(ctx context.Context) error {
	failures := make([]error, attackers)
	var running sync.WaitGroup
	for i := range attackers {
		running.Go(func() { failures[i] = a.attacker(ctx, uint64(i)) })
	}
	running.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *attack) print(lasted, cpu time.Duration, lost int64) {
	sent, seconds := float64(a.sent.Load()), lasted.Seconds()
	fmt.Printf("%d addresses sent %.0f datagrams, %.0f a second; %d answers, of which %d challenges; %d answers to challenges\n",
		a.addresses.Load(), sent, sent/seconds, a.answers.Load(), a.challenges.Load(), a.replies.Load())
	fmt.Printf("%d datagrams found no room in the server's socket\n", lost)
	fmt.Printf("the server took %.1f s of CPU, %.0f %% of a core, %.0f us per datagram\n",
		cpu.Seconds(), 100*cpu.Seconds()/seconds, cpu.Seconds()*1e6/sent)
}

// check: there was a flood, and the server challenged who did not begin honestly.
func (a *attack) check(handshakes int) error {
	if wanted := int64(least * handshakes); a.sent.Load() < wanted {
		return fmt.Errorf("only %d datagrams were sent, at least %d should be", a.sent.Load(), wanted)
	}
	if a.challenges.Load() < a.sent.Load()/20 || a.replies.Load() == 0 {
		return fmt.Errorf("only %d challenges, %d of them answered", a.challenges.Load(), a.replies.Load())
	}
	return nil
}

func (a *attack) attacker(ctx context.Context, number uint64) error {
	arsenal := newArsenal(a.seed, number, a.messages)
	var readers sync.WaitGroup
	defer readers.Wait()
	worn := make([]*mask, masks)
	defer func() {
		for _, m := range worn {
			if m != nil {
				m.connection.Close()
			}
		}
	}()
	clock := time.NewTicker(tick)
	defer clock.Stop()
	last, due := time.Now(), 0.0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.C:
		}
		full, _, err := a.queue.look()
		if err != nil {
			return err
		}
		now := time.Now()
		due += min(now.Sub(last), 5*tick).Seconds() * float64(a.rate) / attackers
		last = now
		a.full.Store(full > fullEnough)
		if full > fullEnough {
			due = 0
		}
		for ; due >= 1; due-- {
			i := arsenal.random.IntN(masks)
			if worn[i] == nil || worn[i].left == 0 {
				if worn[i] != nil {
					worn[i].connection.Close()
				}
				m, err := a.newMask(arsenal)
				if err != nil {
					return err
				}
				worn[i] = m
				readers.Go(func() { a.listen(m) })
			}
			a.send(worn[i], arsenal)
		}
	}
}

// body sends one body, of so many blocks, from one address. It is more than a server
// may keep.
func (a *attack) body(ctx context.Context, blocks uint32) error {
	arsenal := newArsenal(a.seed, attackers, a.messages)
	connection, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(a.server))
	if err != nil {
		return err
	}
	defer connection.Close()
	answers, buffer := 0, make([]byte, 2048)
	for number := range blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := arsenal.block(number)
		if _, err := connection.Write(arsenal.fresh(&d)); err != nil {
			return err
		}
		if err := connection.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			return err
		}
		if _, err := connection.Read(buffer); err == nil {
			answers++
		} else if answers == 0 {
			return fmt.Errorf("no answer to the first block of a body: %w", err)
		}
	}
	return nil
}

// newMask opens a socket with an address and port at random. There are 16 million
// of them on loopback.
func (a *attack) newMask(arsenal *arsenal) (*mask, error) {
	random := arsenal.random
	from := &net.UDPAddr{IP: net.IPv4(127, byte(2+random.IntN(250)), byte(random.IntN(256)), byte(1+random.IntN(254)))}
	connection, err := net.DialUDP("udp4", from, net.UDPAddrFromAddrPort(a.server))
	if err != nil {
		return nil, fmt.Errorf("an attacker: %w", err)
	}
	m := &mask{connection: connection, left: maskDatagrams}
	if a.addresses.Add(1)%realMasks == 0 {
		m.arsenal = newArsenal(a.seed, random.Uint64(), a.messages)
	}
	return m, nil
}

func (a *attack) send(m *mask, arsenal *arsenal) {
	d, bytes, real := arsenal.next()
	if real {
		m.mu.Lock()
		m.last = d
		m.mu.Unlock()
	}
	m.left--
	// A send fails if an answer to an earlier one was refused here; it was tried.
	_, _ = m.connection.Write(bytes)
	a.sent.Add(1)
}

// listen counts answers, and answers challenges.
func (a *attack) listen(m *mask) {
	buffer := make([]byte, 2048)
	for {
		n, err := m.connection.Read(buffer)
		if err != nil {
			return
		}
		a.answers.Add(1)
		code, echo, ok := readAnswer(buffer[:n])
		if !ok || code != codeUnauthorized || echo == nil {
			continue
		}
		a.challenges.Add(1)
		if m.arsenal == nil || a.full.Load() {
			continue
		}
		m.mu.Lock()
		again := m.last
		m.mu.Unlock()
		again.options = append(append([]option(nil), again.options...), option{optionEcho, append([]byte(nil), echo...)})
		_, _ = m.connection.Write(m.arsenal.fresh(&again))
		a.sent.Add(1)
		a.replies.Add(1)
	}
}
