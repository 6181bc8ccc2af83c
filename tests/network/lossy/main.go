// The command lossy runs 300 handshakes, or with LAKE_LONG=1 1,000, between the C programs of examples/c
// over a network that misbehaves:
//
//	go run ./tests/network/lossy build/examples
//
// A relay drops 20 % of all datagrams, doubles 10 %, corrupts 5 % and holds 10 %
// back until later ones have passed, in both directions. A client gets its protected
// answer from a server that knows it; or it fails and says why. See check for all of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

type options struct {
	folder     string
	handshakes int
	parallel   int
	seed       uint64
	verbose    bool
}

const (
	// deadline of everything.
	deadline = 4 * time.Minute

	// ACK_TIMEOUT of the clients and all else is as in RFC 7252 section 4.8: 4
	// retransmissions of each request within 22.5 times that. They wait for most of them.
	ackTimeout = 2 * time.Second
	waits      = 22 * ackTimeout

	// age of a run at the server: enough for nearly all clients.
	age = 30 * time.Second

	// holdFor is longer than the first timeout: what is held back may arrive after
	// its retransmission, and after the answer to that.
	holdFor = 3 * ackTimeout / 2
)

func main() {
	var o options
	handshakes := 300
	if os.Getenv("LAKE_LONG") != "" {
		handshakes = 1000
	}
	flag.IntVar(&o.handshakes, "handshakes", handshakes, "how many clients run")
	flag.IntVar(&o.parallel, "parallel", 240, "how many of them at a time; nearly always they wait for a timeout")
	flag.BoolVar(&o.verbose, "v", false, "shows all datagrams of the clients that failed")
	programs.Main("lossy", func(folder string, seed uint64) error {
		o.folder, o.seed = folder, seed
		return run(&o)
	})
}

// run lets each group have its share of the handshakes.
func run(o *options) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	share := *o
	share.handshakes = o.handshakes / len(groups)
	share.parallel = max(o.parallel/len(groups), 1)
	failures := make([]error, len(groups))
	var running sync.WaitGroup
	for i := range groups {
		running.Go(func() {
			if err := groups[i].run(ctx, &share); err != nil {
				failures[i] = fmt.Errorf("%s: %w", groups[i].name, err)
			}
		})
	}
	running.Wait()
	return errors.Join(failures...)
}

// group is the clients of one server. Whether message_4 is part of the protocol
// is agreed upon beforehand.
type group struct {
	name    string
	options []string // of both sides
	flows   []flow
}

// flow is a way that the messages go.
type flow struct {
	name    string
	options []string // of the client
}

var groups = []group{
	{"without message_4", nil, []flow{{"forward", nil}, {"reverse", []string{"--reverse"}}, {"combined", []string{"--combined"}}}},
	{"with message_4", []string{"--message-4"}, []flow{{"forward", nil}, {"reverse", []string{"--reverse"}}}},
}

// attempt is a client and what became of it.
type attempt struct {
	programs.Outcome
	flow  *flow
	line  *relay.Line
	wrong error // it did what no client may do
}

var printing sync.Mutex // so that the lines of a group stay together

func (g *group) run(ctx context.Context, o *options) error {
	server, err := programs.Start(ctx, nil, filepath.Join(o.folder, "edhoc_server"),
		append([]string{"--port", "0", "--age", strconv.Itoa(int(age.Seconds()))}, g.options...)...)
	if err != nil {
		return err
	}
	network := &relay.Relay{Server: server.Address, Seed: o.seed,
		Faults: relay.Faults{Drop: 0.20, Double: 0.10, Corrupt: 0.05, Hold: 0.10, HoldFor: holdFor}}
	begin := time.Now()
	attempts := g.attempts(ctx, o, network)
	took := time.Since(begin)
	select { // half-open runs end then
	case <-time.After(age + 2*time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}

	// The server still runs, and serves who comes to it without the relay.
	clean, err := g.client(ctx, o, &g.flows[0], int(server.Address.Port()))
	if err == nil && clean.Status != 0 {
		err = fmt.Errorf("a client without the relay failed: %s", clean.Failed)
	}
	err = errors.Join(err, server.Stop(syscall.SIGTERM))

	printing.Lock()
	defer printing.Unlock()
	return errors.Join(err, g.check(o, attempts, server.Lines(), took))
}

// attempts runs the clients, some at a time.
func (g *group) attempts(ctx context.Context, o *options, network *relay.Relay) []attempt {
	attempts := make([]attempt, o.handshakes)
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range o.parallel {
		workers.Go(func() {
			for number := range numbers {
				attempts[number] = g.attempt(ctx, o, network, number)
			}
		})
	}
	for number := range attempts {
		numbers <- number
	}
	close(numbers)
	workers.Wait()
	return attempts
}

func (g *group) attempt(ctx context.Context, o *options, network *relay.Relay, number int) attempt {
	a := attempt{flow: &g.flows[number%len(g.flows)]}
	a.line, a.wrong = network.NewLine(number)
	if a.wrong != nil {
		return a
	}
	defer a.line.Close()
	var method []string
	if a.flow.name != "reverse" { // where the server chooses
		method = []string{"--method", strconv.Itoa(number / len(g.flows) % 4)}
	}
	a.Outcome, a.wrong = g.client(ctx, o, a.flow, a.line.Port(), method...)
	return a
}

func (g *group) client(ctx context.Context, o *options, f *flow, port int, more ...string) (programs.Outcome, error) {
	arguments := []string{"--port", strconv.Itoa(port),
		"--ack-timeout", strconv.Itoa(int(ackTimeout.Seconds())), "--timeout", strconv.Itoa(int(waits.Seconds()))}
	arguments = append(append(append(arguments, f.options...), g.options...), more...)
	return programs.RunClient(ctx, filepath.Join(o.folder, "edhoc_client"), arguments...)
}
