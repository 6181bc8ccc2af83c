package main

import (
	"math/bits"
	"sync"
	"testing"

	"github.com/liblake/lake/ake"
)

func TestHandleIsNeverZeroAndTellsItsKind(t *testing.T) {
	type object struct{}
	seen := map[handle]bool{}
	for _, kind := range []uintptr{kindCredential, kindConfig, kindSession, kindResumption} {
		table := table[*object]{kind: kind}
		for range 3 {
			h, err := table.add(new(object))
			if err != nil || h == 0 || seen[h] {
				t.Fatalf("kind %d: handle %#x, %v", kind, h, err)
			}
			if h>>(bits.UintSize-1) != 1 {
				t.Errorf("handle %#x could be an address", h)
			}
			seen[h] = true
		}
	}
}

func TestHandleStaleForeignAndFreedTwice(t *testing.T) {
	var table table[*int]
	a, b := new(int), new(int)
	ha, _ := table.add(a)
	hb, _ := table.add(b)
	if table.get(ha) != a || table.get(hb) != b {
		t.Fatal("a handle gives another object")
	}
	for _, foreign := range []handle{0, 1, ha + 2, ha ^ 1<<(bits.UintSize-2), ^handle(0), 0x5555_5555} {
		if table.get(foreign) != nil || table.remove(foreign) {
			t.Errorf("%#x is taken for a handle", foreign)
		}
	}
	if !table.remove(ha) || table.remove(ha) || table.get(ha) != nil {
		t.Error("a freed handle lives on")
	}
	reused, _ := table.add(a)
	if table.slot(reused) != table.slot(ha) {
		t.Error("the slot is not used again")
	}
	if reused == ha || table.get(ha) != nil || table.get(reused) != a {
		t.Error("the new handle of a slot is mixed up with the old one")
	}
	if table.count() != 2 {
		t.Errorf("%d handles live, want 2", table.count())
	}
}

// Four slots with sixteen generations each: what takes hundreds of millions of
// handles otherwise.
func TestHandlesDoNotRunOut(t *testing.T) {
	const slots, generations = 4, 16
	table := table[*int]{limit: slots}
	lastSeen := map[handle]int{}
	for round := range 20 * slots * generations {
		h, err := table.add(new(int))
		if err != nil {
			t.Fatalf("handle %d: %v", round, err)
		}
		if before, ok := lastSeen[h]; ok && round-before != slots*generations {
			t.Fatalf("handle %#x comes back after %d others", h, round-before)
		}
		lastSeen[h] = round
		if !table.remove(h) || table.remove(h) || table.get(h) != nil {
			t.Fatalf("handle %#x lives on", h)
		}
		if s := table.slot(h); s.generation == generations/2 {
			s.generation = maxGeneration - generations/2 + 1
		}
	}
	if len(lastSeen) != slots*generations {
		t.Errorf("%d different handles", len(lastSeen))
	}
	for range slots {
		if _, err := table.add(new(int)); err != nil {
			t.Fatal(err)
		}
	}
	if h, err := table.add(new(int)); err != ake.ErrLimit {
		t.Errorf("%#x, %v: more handles than slots", h, err)
	}
}

func TestHandleReuseKeepsTheTableSmall(t *testing.T) {
	var table table[*int]
	for range 1000 {
		h, _ := table.add(new(int))
		table.remove(h)
	}
	if n := len(*table.slots.Load()); n != 1 {
		t.Errorf("%d slots for one object at a time", n)
	}
}

// Run with -race.
func TestHandleTableFromManyThreads(t *testing.T) {
	var table table[*int]
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own := &i
			for range 2000 {
				h, err := table.add(own)
				if err != nil || table.get(h) != own || !table.remove(h) || table.get(h) != nil || table.remove(h) {
					t.Errorf("handle %#x: %v", h, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if table.count() != 0 {
		t.Errorf("%d handles live", table.count())
	}
}

func BenchmarkHandleLookup(b *testing.B) {
	var table table[*int]
	var h handle
	for range 1000 {
		h, _ = table.add(new(int))
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if table.get(h) == nil {
				b.Fail()
			}
		}
	})
}
