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
	// leastPercent of the clients complete. 70 to 80 do: every third request or its
	// answer is lost, for which there are retransmissions; but flipped bits get
	// through, and a client takes a refusal of what it has not sent as one of what
	// it has.
	leastPercent = 60

	// mostAlonePercent of the clients leave a context at the server alone; 2 to 6 do.
	mostAlonePercent = 10
)

// known is what the server says about one client.
type known struct {
	keys   []string
	failed []string
}

// check compares what the clients say with what the server says:
//
//   - a client that has keys: the server has the same for it, once, and no other ones,
//     and they work;
//   - a client that has none says why, and its datagrams did meet faults;
//   - a context that the server alone has is of a client that had sent its last
//     message when it failed: the answer to that was lost for good, or spoilt. Nobody
//     can prevent that (two generals), so there are few;
//   - no two contexts have the same keys;
//   - the server has told how every run ended, at the latest when it was too old;
//   - most complete.
func (g *group) check(o *options, attempts []attempt, cleanKeys string, lines []string, took time.Duration) error {
	var failures []error
	wrong := func(format string, arguments ...any) {
		failures = append(failures, fmt.Errorf(format, arguments...))
	}
	server, total := make([]known, len(attempts)), relay.Counts{}
	contexts, reasons := tally{}, tally{}
	for _, line := range lines {
		keys, established := programs.Keys(line)
		why, failed := programs.Failed(line)
		client := clientOf(line)
		switch {
		case established && client < 0:
			contexts.add(keys)
			if keys != cleanKeys {
				wrong("the server has a context of nobody: %s", line)
			}
		case established:
			contexts.add(keys)
			server[client].keys = append(server[client].keys, keys)
		case failed && client < 0:
			wrong("a run of nobody failed: %s", line)
		case failed:
			reasons.add(why)
			server[client].failed = append(server[client].failed, why)
		}
	}
	stats, err := programs.Stats(lines)
	if err != nil {
		wrong("%w", err)
	}
	if ended := stats["failed"] + stats["expired"] + stats["evicted"]; ended != reasons.sum() || stats["established"] != len(contexts) {
		wrong("the server counts %v, and told of %d runs that failed and %d contexts", stats, reasons.sum(), len(contexts))
	}
	if stats["half-open"] != 0 || stats["expired"] == 0 {
		wrong("half-open runs did not end: %v", stats)
	}
	for keys, times := range contexts {
		if times != 1 {
			wrong("%d contexts have the keys %s", times, keys)
		}
	}

	completed, alone := 0, 0
	noKeys := tally{}
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
		switch {
		case a.Keys != "":
			completed++
			if len(at.keys) != 1 || at.keys[0] != a.Keys {
				wrong("client %d has the keys %s, the server has %q for it", i, a.Keys, at.keys)
			}
			if a.Status != 0 {
				wrong("client %d has keys and got no protected answer: %s", i, a.Failed)
			}
		default:
			noKeys.add(a.flow.name + ": " + a.Failed)
			alone += len(at.keys)
			if len(at.keys) > 1 {
				wrong("the server has %q for client %d, which failed", at.keys, i)
			}
			if len(at.keys) > 0 && !a.Said(a.flow.last) {
				wrong("the server has a context of client %d, which had not sent its last message", i)
			}
		}
		if o.verbose && a.Status != 0 {
			a.print(i, &at)
		}
	}
	if completed < len(attempts)*leastPercent/100 {
		wrong("only %d of %d completed", completed, len(attempts))
	}
	if alone > len(attempts)*mostAlonePercent/100 {
		wrong("%d contexts at the server alone", alone)
	}
	if total.Dropped == 0 || total.Doubled == 0 || total.Corrupted == 0 || total.Held == 0 {
		wrong("the relay did not do its work: %+v", total)
	}

	fmt.Printf("%s: %d of %d completed in %.1f s; %d contexts at the server, %d of them there alone\n",
		g.name, completed, len(attempts), took.Seconds(), len(contexts), alone)
	fmt.Printf("  datagrams: %+v\n", total)
	noKeys.print("clients that failed")
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
	fmt.Printf("    at the server: keys %q, failed %q\n", at.keys, at.failed)
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
