//go:build laketest

package ake

import (
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// operations are public-key operations.
type operations struct{ keyPair, ecdh, sign, verify int64 }

func countOperations(f func()) operations {
	read := func() operations {
		keyPair, ecdh, sign, verify := suite.Operations()
		return operations{keyPair, ecdh, sign, verify}
	}
	before := read()
	f()
	after := read()
	return operations{after.keyPair - before.keyPair, after.ecdh - before.ecdh, after.sign - before.sign, after.verify - before.verify}
}

// TestR29_Operations counts what both sides of a run do together. One with a
// pre-shared key, also from resumption, does the ephemeral ECDH and nothing else.
func TestR29_Operations(t *testing.T) {
	ephemeral := operations{keyPair: 2, ecdh: 2}
	for _, id := range Suites() {
		for method, want := range map[Method]operations{
			0: {keyPair: 2, ecdh: 2, sign: 2, verify: 2},
			1: {keyPair: 2, ecdh: 4, sign: 1, verify: 1},
			2: {keyPair: 2, ecdh: 4, sign: 1, verify: 1},
			3: {keyPair: 2, ecdh: 6},
		} {
			rw := newResumptionWorld(t, method, id)
			for resumed, want := range map[bool]operations{false: want, true: ephemeral} {
				if resumed {
					rw.run(t, false)
				}
				if got := countOperations(func() { rw.run(t, resumed) }); got != want {
					t.Errorf("method %d, suite %d, resumed %v: %+v, want %+v", method, id, resumed, got, want)
				}
			}
		}
		w := pskWorld(t, id)
		w.configI.Suites = []int{id}
		i, r := w.sessions(t)
		if got := countOperations(func() { handshake(t, i, r, 4) }); got != ephemeral {
			t.Errorf("method 4, suite %d: %+v, want %+v", id, got, ephemeral)
		}
	}
}

// TestOperationsAfterFailure: once a message has failed, nothing is computed for
// another one, not even for the genuine message.
func TestOperationsAfterFailure(t *testing.T) {
	for method := range MethodPSK + 1 {
		for n := 2; n <= 4; n++ {
			receiver, genuine := waiting(t, worldOf(t, method, 2), n)
			_, process := receiver.calls(n)
			if err := process(genuine[:len(genuine)-1]); err == nil {
				t.Fatalf("method %d: message_%d cut short is taken", method, n)
			}
			if work := countOperations(func() { wantStatus(t, "the genuine message", process(genuine), ErrState) }); work != (operations{}) {
				t.Errorf("method %d, message_%d: %+v", method, n, work)
			}
		}
	}
}
