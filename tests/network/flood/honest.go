package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

const (
	honestClients = 20

	// pace of each of them during the flood.
	pace = time.Second

	// window is how long one may be kept from its next success.
	window = 10 * time.Second

	// ackTimeout is theirs. A failure before the first retransmission is none that a
	// lost datagram explains.
	ackTimeout = time.Second

	// leastPercent of the handshakes complete. With these rates nearly all do. Those
	// that do not have lost a datagram, for want of room in the server's socket: when
	// it comes again, attackers who answer challenges have begun 256 newer runs.
	leastPercent = 90
)

// honest is a client that does a handshake and a protected request again and again.
type honest struct {
	done    []time.Time // when handshakes completed
	took    []time.Duration
	failed  []programs.Outcome
	noHello int // of done: without the protected answer
	wrong   error
}

// crowd is all of them.
type crowd struct {
	begin, end time.Time
	clients    [honestClients]honest
}

// clients runs the honest clients for a time, each with a handshake every pace at
// most. What is under way at the end is finished.
func (o *options) clients(ctx context.Context, server netip.AddrPort, lasting, pace time.Duration) *crowd {
	c := &crowd{begin: time.Now(), end: time.Now().Add(lasting)}
	network := &relay.Relay{Server: server} // so that each has an address
	var running sync.WaitGroup
	for i := range c.clients {
		running.Go(func() {
			clock := time.NewTicker(pace)
			defer clock.Stop()
			for round := 0; time.Now().Before(c.end) && c.clients[i].wrong == nil; round++ {
				c.clients[i].add(o.handshake(ctx, network, i, o.variant(i, round)...))
				<-clock.C
			}
		})
	}
	running.Wait()
	return c
}

// variant chooses the flow and the method: every fifth client is in the reverse
// flow, where the server chooses.
func (o *options) variant(client, round int) []string {
	if o.kind.reverse && client%5 == 4 {
		return []string{"--reverse"}
	}
	return []string{"--method", o.kind.methods[(client+round)%len(o.kind.methods)]}
}

func (o *options) handshake(ctx context.Context, network *relay.Relay, client int, variant ...string) (programs.Outcome, error) {
	line, err := network.NewLine(client)
	if err != nil {
		return programs.Outcome{}, err
	}
	defer line.Close()
	arguments := append([]string{"--port", strconv.Itoa(line.Port()), "--timeout", "25",
		"--ack-timeout", strconv.Itoa(int(ackTimeout.Seconds()))}, variant...)
	arguments = append(arguments, o.credentials...)
	outcome, err := programs.RunClient(ctx, filepath.Join(o.folder, "edhoc_client"), arguments...)
	if o.verbose && (outcome.Status != 0 || outcome.Took >= ackTimeout) {
		fmt.Printf("honest client %d:\n    %s\n", client, strings.Join(outcome.Lines, "\n    "))
		for _, event := range line.Events() {
			fmt.Println("   ", event)
		}
	}
	return outcome, err
}

func (h *honest) add(outcome programs.Outcome, err error) {
	switch {
	case err != nil:
		h.wrong = err
	case outcome.Peer == "":
		h.failed = append(h.failed, outcome)
	default:
		h.done = append(h.done, time.Now())
		h.took = append(h.took, outcome.Took)
		if outcome.Status != 0 {
			h.noHello++
		}
	}
}

// count is how many handshakes completed and failed; of the latter the server may have a context.
func (c *crowd) count() (done, failed int) {
	for i := range c.clients {
		done += len(c.clients[i].done)
		failed += len(c.clients[i].failed)
	}
	return done, failed
}

func (c *crowd) print(when string) {
	done, failed := c.count()
	noHello, sum, slowest := 0, time.Duration(0), time.Duration(0)
	for i := range c.clients {
		h := &c.clients[i]
		noHello += h.noHello
		for _, took := range h.took {
			sum += took
			slowest = max(slowest, took)
		}
	}
	fmt.Printf("%s: %d handshakes of %d honest clients completed, on average in %d ms, at most in %d ms; %d without the protected answer; %d failed\n",
		when, done, len(c.clients), sum.Milliseconds()/int64(max(done, 1)), slowest.Milliseconds(), noHello, failed)
}

// check: no client was kept out for longer than a window, most handshakes
// completed, and there was time for a loss in those that did not.
func (c *crowd) check() error {
	var failures []error
	done, failed := c.count()
	for i := range c.clients {
		h := &c.clients[i]
		if len(h.done) == 0 {
			failures = append(failures, fmt.Errorf("honest client %d had no success", i))
		}
		last := c.begin
		for _, next := range append(h.done, c.end) {
			if gap := next.Sub(last); gap > window {
				failures = append(failures, fmt.Errorf("honest client %d had no success for %.1f s", i, gap.Seconds()))
			}
			last = next
		}
		for _, outcome := range h.failed {
			if outcome.Took < ackTimeout {
				failures = append(failures, fmt.Errorf("honest client %d failed after %v: %s", i, outcome.Took, outcome.Failed))
			}
		}
		if h.wrong != nil {
			failures = append(failures, h.wrong)
		}
	}
	if done*100 < (done+failed)*leastPercent {
		failures = append(failures, fmt.Errorf("only %d of %d handshakes of honest clients completed", done, done+failed))
	}
	return errors.Join(failures...)
}
