package main

import (
	"bytes"
	"fmt"
	"io"
)

// writeMetrics writes the counters as OpenMetrics text.
func (t *tunnel) writeMetrics(w io.Writer) error {
	stats := t.endpoint.Stats()
	c := &t.counted
	var text bytes.Buffer
	family := func(name, kind, unit, help string) {
		fmt.Fprintf(&text, "# TYPE lake_tunnel_%s %s\n", name, kind)
		if unit != "" {
			fmt.Fprintf(&text, "# UNIT lake_tunnel_%s %s\n", name, unit)
		}
		fmt.Fprintf(&text, "# HELP lake_tunnel_%s %s\n", name, help)
	}
	gauge := func(name, help string, value int) {
		family(name, "gauge", "", help)
		fmt.Fprintf(&text, "lake_tunnel_%s %d\n", name, value)
	}
	type sample struct {
		label string
		value uint64
	}
	counter := func(name, unit, help, label string, samples ...sample) {
		family(name, "counter", unit, help)
		for _, s := range samples {
			if label == "" {
				fmt.Fprintf(&text, "lake_tunnel_%s_total %d\n", name, s.value)
			} else {
				fmt.Fprintf(&text, "lake_tunnel_%s_total{%s=%q} %d\n", name, label, s.label, s.value)
			}
		}
	}
	gauge("peers", "Peers that have authenticated.", stats.Peers)
	gauge("runs", "EDHOC runs under way that this side began.", stats.Runs)
	gauge("half_open", "EDHOC runs under way that others began.", stats.HalfOpen)
	counter("peer_events", "", "What became of peers and of EDHOC runs.", "event", sample{"established", stats.Established},
		sample{"renewed", stats.Renewed}, sample{"dropped", stats.Dropped}, sample{"failed", stats.Failed})
	counter("rejected_datagrams", "", "Datagrams of the network that were not handed on.", "reason", sample{"unprotected", stats.Unprotected},
		sample{"malformed", stats.Malformed}, sample{"unknown_keys", stats.Unknown}, sample{"replayed", stats.Replayed}, sample{"forged", stats.Forged})
	counter("datagrams", "", "Datagrams.", "way", sample{"from_network", c.fromNetwork.datagrams.Load()}, sample{"to_network", c.toNetwork.datagrams.Load()},
		sample{"from_program", c.fromProgram.datagrams.Load()}, sample{"to_program", c.toProgram.datagrams.Load()})
	counter("carried_bytes", "bytes", "Bytes of datagrams.", "way", sample{"from_network", c.fromNetwork.bytes.Load()}, sample{"to_network", c.toNetwork.bytes.Load()},
		sample{"from_program", c.fromProgram.bytes.Load()}, sample{"to_program", c.toProgram.bytes.Load()})
	counter("refused_datagrams", "", "Datagrams of the program that were not taken.", "", sample{value: c.refused.Load()})
	counter("unsent_datagrams", "", "Datagrams for the network that the system did not take.", "", sample{value: c.unsent.Load()})
	counter("saves", "", "Times that the state was stored.", "", sample{value: c.saved.Load()})
	counter("reloads", "", "Times that trust was read again.", "", sample{value: c.reloads.Load()})
	text.WriteString("# EOF\n")
	_, err := w.Write(text.Bytes())
	return err
}
