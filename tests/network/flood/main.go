// The command flood sends junk and valid message_1 from many addresses to a CoAP
// server with EDHOC, while honest clients go on doing handshakes with it:
//
//	go run ./tests/network/flood --server tunnel build/examples
//
// The server is edhoc_server of examples/c, coap_service of the Rust examples, aiocoap
// on lake.endpoint, or lake-tunnel. All honest clients keep completing, and the
// server's memory stays within what its limits allow and goes back.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

type options struct {
	folder   string
	kind     kind
	duration time.Duration
	rate     int
	seed     uint64
	verbose  bool

	work        string   // a folder for a while
	credentials []string // options of honest clients that do not have those of the examples
}

func main() {
	var o options
	lasting := 8 * time.Second
	if os.Getenv("LAKE_LONG") != "" {
		lasting = 60 * time.Second
	}
	name := flag.String("server", "c", "c, rust, python or tunnel")
	flag.DurationVar(&o.duration, "duration", lasting, "of the flood")
	flag.IntVar(&o.rate, "rate", 15_000, "datagrams a second")
	flag.BoolVar(&o.verbose, "v", false, "shows all datagrams of the honest clients that failed or waited")
	programs.Main("flood", func(folder string, seed uint64) error {
		var known bool
		if o.kind, known = kinds[*name]; !known {
			return fmt.Errorf("there is no server %q", *name)
		}
		var err error
		if o.work, err = os.MkdirTemp("", "flood"); err != nil {
			return err
		}
		defer os.RemoveAll(o.work)
		o.folder, o.seed = folder, seed
		return run(&o)
	})
}

const (
	// halfOpen runs are kept by a server.
	halfOpen = 256

	// slack is how much more memory the server may take during the flood: 256
	// half-open runs of 2.3 KiB, 256 KiB of kept answers, 64 bodies that are put together
	// from blocks, and as much again for what Go has not collected yet. Measured: 2 to 3 MiB.
	slack = 8 << 20

	// rest of that is what may be left after it. Memory is not given back to the last
	// page, neither by malloc nor by Go, which collects nothing before there are 4 MiB: but
	// a second flood finds it.
	rest = 6 << 20
)

func run(o *options) error {
	deadline, cancel := context.WithTimeout(context.Background(), o.duration+2*time.Minute)
	defer cancel()
	messages, err := validMessages(400)
	if err != nil {
		return err
	}
	server, err := o.kind.start(deadline, o)
	if err != nil {
		return err
	}
	done, failed, crowded, err := flood(deadline, o, server, messages)
	err = errors.Join(err, server.Stop(os.Interrupt))
	if !o.kind.stats {
		return err
	}
	stats, statsErr := programs.Stats(server.Lines())
	fmt.Printf("at its end the server had: %v\n", stats)
	if stats["half-open"] != 0 || crowded && stats["failed"] <= halfOpen {
		statsErr = errors.Join(statsErr, errors.New("half-open runs did not make room and expire"))
	}
	// A client that failed may have lost the last answer only. Strangers establish nothing.
	if n := stats["established"] + stats["renewed"]; err == nil && (n < done || n > done+failed) {
		statsErr = errors.Join(statsErr, fmt.Errorf("%d runs established, of honest clients that completed %d and failed %d", n, done, failed))
	}
	return errors.Join(err, statsErr)
}

// flood gives how many handshakes of honest clients completed, how many failed, and whether
// attackers began more runs than the server keeps.
func flood(ctx context.Context, o *options, server *programs.Server, messages [][]byte) (done, failed int, crowded bool, err error) {
	// Without a flood first: then the memory is that of a server in service, and no
	// connection identifier of one byte is left that could be guessed.
	calm := o.clients(ctx, server.Address, 2*time.Second, pace/4)
	calm.print("before the flood")
	before, _, err := server.Memory()
	if err != nil {
		return 0, 0, false, err
	}
	cpu, err := server.CPU()
	if err != nil {
		return 0, 0, false, err
	}

	queue, err := newQueue(server.Address)
	if err != nil {
		return 0, 0, false, err
	}
	a := &attack{server: server.Address, rate: o.rate, seed: o.seed, messages: messages, queue: queue}
	if err := a.body(ctx, uint32(2*slack/1024)); err != nil {
		return 0, 0, false, err
	}
	during, end := context.WithTimeout(ctx, o.duration)
	defer end()
	attacked := make(chan error, 1)
	go func() { attacked <- a.run(during) }()
	honest := o.clients(ctx, server.Address, o.duration, pace)
	if err := <-attacked; err != nil {
		return 0, 0, false, err
	}
	_, most, err := server.Memory()
	if err != nil {
		return 0, 0, false, err
	}
	cpuAfter, err := server.CPU()
	if err != nil {
		return 0, 0, false, err
	}
	_, lost, err := queue.look()
	if err != nil {
		return 0, 0, false, err
	}
	at := time.Now()
	plain, err := o.handshake(ctx, &relay.Relay{Server: server.Address}, 0)
	if err != nil {
		return 0, 0, false, err
	}
	if plain.Status != 0 {
		return 0, 0, false, fmt.Errorf("a handshake after the flood: %s", plain.Failed)
	}
	fmt.Printf("after the flood a handshake took %.2f s\n", time.Since(at).Seconds())

	honest.print("during the flood")
	a.print(o.duration, cpuAfter-cpu, lost)
	honestDone, honestFailed := honest.count()
	contexts := int64(honestDone+honestFailed)*o.kind.peerSize + o.kind.unswept
	after, err := settle(server, o.kind.age, before+contexts+rest)
	if err != nil {
		return 0, 0, false, err
	}
	fmt.Printf("memory of the server: %d KiB before, %d at most, %d after; for contexts and what is not collected %d of these\n",
		before>>10, most>>10, after>>10, contexts>>10)

	var failures []error
	if most > o.kind.most {
		failures = append(failures, fmt.Errorf("the server had %d MiB of memory, and may have %d", most>>20, o.kind.most>>20))
	}
	if most > before+contexts+slack {
		failures = append(failures, errors.New("the server took more memory than its limits allow"))
	}
	if after > before+contexts+rest {
		failures = append(failures, errors.New("the server did not give memory back"))
	}
	calmDone, calmFailed := calm.count()
	// And the handshake after the flood.
	return calmDone + honestDone + 1, calmFailed + honestFailed, float64(a.replies.Load())*age.Seconds() > 2*halfOpen*o.duration.Seconds(),
		errors.Join(append(failures, calm.check(), honest.check(), a.check(honestDone))...)
}

// settle waits until half-open runs have expired, for which an endpoint looks once in
// their age, and the memory of the server is at most what is wanted; but not for ever.
func settle(server *programs.Server, age time.Duration, wanted int64) (int64, error) {
	begin := time.Now()
	clock := time.NewTicker(100 * time.Millisecond)
	defer clock.Stop()
	for range clock.C {
		now, _, err := server.Memory()
		past := time.Since(begin)
		if err != nil || past > 3*age+2*time.Second || past > 2*age+2*time.Second && now <= wanted {
			return now, err
		}
	}
	panic("unreachable")
}
