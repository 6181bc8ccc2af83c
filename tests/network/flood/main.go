// The command flood sends junk and valid message_1 from many addresses to a CoAP
// server with EDHOC, while honest clients go on doing handshakes with it:
//
//	go run ./tests/network/flood build/examples
//
// The server is edhoc_server of examples/c, or with --service another program,
// whose last argument is the ADDRESS:PORT. All honest clients keep completing, and
// the server's memory stays within what its limits allow and goes back.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

type options struct {
	folder   string
	service  string
	duration time.Duration
	rate     int
	seed     uint64
	verbose  bool
}

func main() {
	var o options
	flag.StringVar(&o.service, "service", "", "another server than edhoc_server")
	flag.DurationVar(&o.duration, "duration", 60*time.Second, "of the flood")
	flag.IntVar(&o.rate, "rate", 15_000, "datagrams a second")
	flag.BoolVar(&o.verbose, "v", false, "shows all datagrams of the honest clients that failed or waited")
	programs.Main("flood", func(folder string, seed uint64) error {
		o.folder, o.seed = folder, seed
		return run(&o)
	})
}

const (
	// age of a half-open run at the server: long for a client, short for a test.
	age = 10 * time.Second

	// contextSize is what a client costs for good: the OSCORE contexts of libcoap,
	// which never go, and the server's own table. Measured: 0.8 KiB.
	contextSize = 1 << 10

	// slack is how much more memory the server may take during the flood: 256
	// half-open runs of 2.3 KiB, 256 KiB of kept answers, 128 sessions of libcoap that
	// are kept and 128 that are idle, each with one block of a body, and as much again
	// for what Go has not collected yet. Measured: 2 to 3 MiB.
	slack = 8 << 20

	// rest of that is what may be left after it. Memory is not given back to the last
	// page, neither by malloc nor by Go: but a second flood finds it.
	rest = 4 << 20
)

func run(o *options) error {
	deadline, cancel := context.WithTimeout(context.Background(), o.duration+2*time.Minute)
	defer cancel()
	messages, err := validMessages(400)
	if err != nil {
		return err
	}
	server, err := o.start(deadline)
	if err != nil {
		return err
	}
	done, failed, err := flood(deadline, o, server, messages)
	err = errors.Join(err, server.Stop(os.Interrupt))
	if o.service != "" {
		return err
	}
	stats, statsErr := programs.Stats(server.Lines())
	fmt.Printf("at its end the server had: %v\n", stats)
	if stats["half-open"] != 0 || stats["expired"] == 0 || stats["evicted"] == 0 {
		statsErr = errors.Join(statsErr, errors.New("half-open runs did not make room and expire"))
	}
	// A client that failed may have lost the last answer only. Strangers establish nothing.
	if n := stats["established"]; err == nil && (n < done || n > done+failed) {
		statsErr = errors.Join(statsErr, fmt.Errorf("%d runs established, of honest clients that completed %d and failed %d", n, done, failed))
	}
	return errors.Join(err, statsErr)
}

// start starts the server. Of what it prints, only the statistics at its end are
// kept.
func (o *options) start(ctx context.Context) (*programs.Server, error) {
	wants := func(line string) bool { return strings.HasPrefix(line, "stats:") }
	if o.service != "" {
		words := append(strings.Fields(o.service), "127.0.0.1:0")
		return programs.Start(ctx, wants, words[0], words[1:]...)
	}
	return programs.Start(ctx, wants, filepath.Join(o.folder, "edhoc_server"),
		"--port", "0", "--age", strconv.Itoa(int(age.Seconds())))
}

// flood gives how many handshakes of honest clients completed, and how many failed.
func flood(ctx context.Context, o *options, server *programs.Server, messages [][]byte) (done, failed int, err error) {
	// Without a flood first: then the memory is that of a server in service, and no
	// connection identifier of one byte is left that could be guessed.
	calm := o.clients(ctx, server.Address, 5*time.Second, pace/4)
	calm.print("before the flood")
	before, _, err := server.Memory()
	if err != nil {
		return 0, 0, err
	}
	cpu, err := server.CPU()
	if err != nil {
		return 0, 0, err
	}

	queue, err := newQueue(server.Address)
	if err != nil {
		return 0, 0, err
	}
	a := &attack{server: server.Address, rate: o.rate, seed: o.seed, messages: messages, queue: queue}
	if err := a.body(ctx, uint32(2*slack/1024)); err != nil {
		return 0, 0, err
	}
	during, end := context.WithTimeout(ctx, o.duration)
	defer end()
	attacked := make(chan error, 1)
	go func() { attacked <- a.run(during) }()
	honest := o.clients(ctx, server.Address, o.duration, pace)
	if err := <-attacked; err != nil {
		return 0, 0, err
	}
	_, most, err := server.Memory()
	if err != nil {
		return 0, 0, err
	}
	cpuAfter, err := server.CPU()
	if err != nil {
		return 0, 0, err
	}
	_, lost, err := queue.look()
	if err != nil {
		return 0, 0, err
	}
	at := time.Now()
	plain, err := o.handshake(ctx, &relay.Relay{Server: server.Address}, 0)
	if err != nil {
		return 0, 0, err
	}
	if plain.Status != 0 {
		return 0, 0, fmt.Errorf("a handshake after the flood: %s", plain.Failed)
	}
	fmt.Printf("after the flood a handshake took %.2f s\n", time.Since(at).Seconds())

	honest.print("during the flood")
	a.print(o.duration, cpuAfter-cpu, lost)
	honestDone, honestFailed := honest.count()
	contexts := int64(honestDone+honestFailed) * contextSize
	after, err := settle(server, before+contexts+rest)
	if err != nil {
		return 0, 0, err
	}
	fmt.Printf("memory of the server: %d KiB before, %d at most, %d after; for contexts %d of these\n",
		before>>10, most>>10, after>>10, contexts>>10)

	var failures []error
	if most > before+contexts+slack {
		failures = append(failures, errors.New("the server took more memory than its limits allow"))
	}
	if after > before+contexts+rest {
		failures = append(failures, errors.New("the server did not give memory back"))
	}
	calmDone, calmFailed := calm.count()
	// And the handshake after the flood.
	return calmDone + honestDone + 1, calmFailed + honestFailed,
		errors.Join(append(failures, calm.check(), honest.check(), a.check(o.duration))...)
}

// settle waits until half-open runs have expired, and the memory of the server is
// at most what is wanted; but not for ever.
func settle(server *programs.Server, wanted int64) (int64, error) {
	begin := time.Now()
	clock := time.NewTicker(100 * time.Millisecond)
	defer clock.Stop()
	for range clock.C {
		now, _, err := server.Memory()
		past := time.Since(begin)
		if err != nil || past > 3*age || past > age+2*time.Second && now <= wanted {
			return now, err
		}
	}
	panic("unreachable")
}
