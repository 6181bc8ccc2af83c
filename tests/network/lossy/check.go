package main

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

const (
	// leastPercent of the clients complete. 80 to 84 do: every third request or its
	// answer is lost, for which there are retransmissions; but flipped bits get
	// through, and a client takes a refusal of what it has not sent as one of what
	// it has.
	leastPercent = 60

	// mostAlonePercent of the clients have authenticated to the server and not the other way
	// round; 0 to 1 do.
	mostAlonePercent = 10
)

// known is what the server says about one client.
type known struct {
	established int
	failed      []string
}

// tooOld is why a run ended that did not go on.
const tooOld = "the peer did not go on in time"

// check compares what the clients say with what the server says:
//
//   - a client that has authenticated its server: the server knows it, once, or has known it;
//   - a client that got no protected answer says why, and its datagrams did meet faults;
//   - clients that the server alone knows have failed: the answer to their last message was
//     lost for good, or spoilt. Nobody can prevent that (two generals), so there are few;
//   - the server has told how every run ended, at the latest when it was too old;
//   - most complete.
func (g *group) check(o *options, attempts []attempt, lines []string, took time.Duration) error {
	var failures []error
	wrong := func(format string, arguments ...any) {
		failures = append(failures, fmt.Errorf(format, arguments...))
	}
	server, total := make([]known, len(attempts)), relay.Counts{}
	established, nobodies, reasons := 0, 0, tally{}
	for _, line := range lines {
		_, authenticated := programs.Authenticated(line)
		why, failed := programs.Failed(line)
		client := clientOf(line)
		switch {
		case authenticated && client < 0:
			nobodies++
			established++
		case authenticated:
			established++
			server[client].established++
		case failed && client < 0:
			wrong("a run of nobody failed: %s", line)
		case failed:
			reasons.add(why)
			server[client].failed = append(server[client].failed, why)
		}
	}
	if nobodies != 1 { // without the relay
		wrong("the server knows %d clients of no attempt", nobodies)
	}
	stats, err := programs.Stats(lines)
	if err != nil {
		wrong("%w", err)
	}
	if stats["failed"] != reasons.sum() || stats["established"] != established {
		wrong("the server counts %v, and told of %d runs that failed and %d that did not", stats, reasons.sum(), established)
	}
	if stats["half-open"] != 0 || reasons[tooOld] == 0 {
		wrong("half-open runs did not end: %v", stats)
	}

	completed, alone := 0, 0
	unanswered := tally{}
	for i := range attempts {
		a, at := &attempts[i], server[i]
		if a.wrong != nil {
			wrong("client %d: %w", i, a.wrong)
			if a.line != nil {
				a.print(i, &at)
			}
			continue
		}
		total.Add(a.line.Counts())
		if a.Status != 0 && a.line.Unhurt() {
			wrong("client %d failed, and all its datagrams had arrived: %s", i, a.Failed)
		}
		if at.established > 1 {
			wrong("the server knows client %d %d times", i, at.established)
		}
		// A combined request makes the client believe so before the server answers.
		if a.Peer != "" && at.established == 0 && (a.Status == 0 || a.flow.name != "combined") {
			wrong("client %d has authenticated, but not to the server", i)
		}
		if a.Status == 0 {
			completed++
		} else {
			unanswered.add(a.flow.name + ": " + a.Failed)
		}
		if a.Peer == "" {
			alone += at.established
		}
		if o.verbose && a.Status != 0 {
			a.print(i, &at)
		}
	}
	if completed < len(attempts)*leastPercent/100 {
		wrong("only %d of %d completed", completed, len(attempts))
	}
	if alone > len(attempts)*mostAlonePercent/100 {
		wrong("%d clients are known to the server alone", alone)
	}
	if total.Dropped == 0 || total.Doubled == 0 || total.Corrupted == 0 || total.Held == 0 {
		wrong("the relay did not do its work: %+v", total)
	}

	fmt.Printf("%s: %d of %d completed in %.1f s; the server knows %d, of whom %d do not know it\n",
		g.name, completed, len(attempts), took.Seconds(), established, alone)
	fmt.Printf("  datagrams: %+v\n", total)
	unanswered.print("clients without a protected answer")
	reasons.print("runs that failed at the server")
	fmt.Printf("  at its end the server had: %v\n", stats)
	return errors.Join(failures...)
}

// clientOf is the number of the client that a line of the server is about; it begins
// with where the client came from. -1: of none.
func clientOf(line string) int {
	peer, _, _ := strings.Cut(line, " ")
	address, err := netip.ParseAddrPort(peer)
	if err != nil {
		return -1
	}
	return relay.NumberOf(address.Addr())
}

func (a *attempt) print(number int, at *known) {
	fmt.Printf("client %d, %s:\n    %s\n", number, a.flow.name, strings.Join(a.Lines, "\n    "))
	for _, event := range a.line.Events() {
		fmt.Println("   ", event)
	}
	fmt.Printf("    at the server: %d established, failed %q\n", at.established, at.failed)
}

// tally counts by reason.
type tally map[string]int

func (t tally) add(why string) { t[why]++ }

func (t tally) sum() (sum int) {
	for _, n := range t {
		sum += n
	}
	return sum
}

func (t tally) print(title string) {
	fmt.Printf("  %s: %d\n", title, t.sum())
	for _, why := range slices.SortedFunc(maps.Keys(t), func(a, b string) int { return t[b] - t[a] }) {
		fmt.Printf("    %4d %s\n", t[why], why)
	}
}
