//go:build !race

package ake

import (
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// The detector of races makes everything slow that is not assembly, and allocates:
// what it costs would be measured.

// TestYardstick adds a load of a known number of hashes to one side or the other
// and looks for it in the ratio. What is looked for is what the load takes alone
// in the same rounds.
func TestYardstick(t *testing.T) {
	const rounds, hashes = 200, 40
	run := newRun(t, 3, 0)
	raw := newRawOperations(t, 3, 0)
	hashed, data := 0, make([]byte, 4096)
	load := func() {
		for range hashes {
			suite.SHA256(data)
			hashed++
		}
	}
	const whole, parts, wholeAgain, loadedWhole, loadedParts, loadAlone, nothing = 0, 1, 2, 3, 4, 5, 6
	took := inTurn(rounds, run, raw.run, run,
		func() { run(); load() }, func() { raw.run(); load() }, load, func() {})
	if want := 3 * rounds * hashes; hashed != want {
		t.Fatalf("%d hashes, want %d", hashed, want)
	}
	ratio, effect := took.ratio(whole, parts), took.ratio(loadAlone, parts)
	near := func(name string, got, want float64) {
		t.Helper()
		if difference := got - want; difference < -0.3*effect || difference > 0.3*effect {
			t.Errorf("the ratio %s is %.3f, want %.3f; the load makes %.3f", name, got, want, effect)
		}
	}
	near("without a load", took.ratio(wholeAgain, parts), ratio)
	near("with a load on the run", took.ratio(loadedWhole, parts), ratio+effect)
	near("of operations with a load to those without", took.ratio(loadedParts, parts), 1+effect)
	if overhead := took.ratio(nothing, parts); overhead > 0.01 {
		t.Errorf("measuring nothing takes %.3f of the operations", overhead)
	}
}

// TestAllocations: a run takes no more than 200 allocations, both sides together.
// Those of a signature with ECDSA and its verification, which are the library's,
// count besides.
func TestAllocations(t *testing.T) {
	for _, info := range Methods() {
		for _, id := range Suites() {
			signatures := 0.0
			if kind := suite.Lookup(id).Signature; kind == suite.KeyP256 || kind == suite.KeyP384 {
				raw, none := newRawOperations(t, info.Method, id), newRawOperations(t, MethodPSK, id)
				signatures = testing.AllocsPerRun(10, raw.run) - testing.AllocsPerRun(10, none.run)
			}
			if n := testing.AllocsPerRun(10, newRun(t, info.Method, id)) - signatures; n > 200 || n < 20 {
				t.Errorf("method %d, suite %d: %.0f allocations and %.0f of signatures", info.Method, id, n, signatures)
			}
		}
	}
}
