package main

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

// handle is what a host holds instead of a pointer. From the top: a bit that is
// always set, the kind, the generation of the slot, the number of the slot.
//
// The set bit keeps a handle from being NULL and, with 64 bits, from looking like
// an address: a host that dereferences one faults at once.
type handle uintptr

const (
	slotBits       = 18 + 14*(bits.UintSize/64) // 32, or 18 on 32-bit machines
	kindBits       = 3
	generationBits = bits.UintSize - 1 - kindBits - slotBits // 28, or 10

	maxSlots      = 1<<slotBits - 1
	maxGeneration = 1<<generationBits - 1
)

const (
	kindCredential = iota
	kindConfig
	kindSession
	kindResumption
	kindCoAPIDs
	kindCoAPServer
	kindCoAPClient
	kindEndpoint
)

var (
	credentials = table[*credential]{kind: kindCredential}
	configs     = table[*config]{kind: kindConfig}
	sessions    = table[*session]{kind: kindSession}
	resumptions = table[*ake.ResumptionStore]{kind: kindResumption}
	coapIDs     = table[*coap.IDs]{kind: kindCoAPIDs}
	coapServers = table[*coapServer]{kind: kindCoAPServer}
	coapClients = table[*coapClient]{kind: kindCoAPClient}
	endpoints   = table[*endpointOf]{kind: kindEndpoint}
)

// table gives handles to the objects of one kind, P being a pointer to them: the code
// of all tables is then one. Looking one up takes no lock.
//
// A slot that is freed is used again under its next generation, so that the old
// handle is known to be stale. Slots are kept for that reason, at a few bytes each,
// while their objects are not. After its last generation a slot rests until no
// other is left, and the one that has rested longest begins again. So handles never
// run out, and a stale one could be taken for a new one only after all others of
// its kind were given away: with 32 bits 268 million, less 1024 for each in use.
type table[P comparable] struct {
	kind  uintptr
	slots atomic.Pointer[[]*slot[P]]

	mu      sync.Mutex // held to change anything
	free    []uintptr  // numbers of slots
	resting []uintptr  // the same, the longest first
	live    int
	limit   int // of slots, for tests; 0: maxSlots
}

type slot[P comparable] struct {
	entry      atomic.Pointer[entry[P]] // nil: free
	generation uintptr                  // of the next entry
}

type entry[P comparable] struct {
	handle handle
	object P
}

// add gives an object its handle. It gives ErrLimit if as many are in use as there are.
func (t *table[P]) add(object P) (handle, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var slots []*slot[P]
	if p := t.slots.Load(); p != nil {
		slots = *p
	}
	var n uintptr
	if last := len(t.free) - 1; last >= 0 {
		n, t.free = t.free[last], t.free[:last]
	} else if len(slots) >= t.maxSlots() {
		if len(t.resting) == 0 {
			return 0, ake.ErrLimit
		}
		n, t.resting = t.resting[0], t.resting[1:]
	} else {
		n = uintptr(len(slots))
		slots = append(slots, new(slot[P])) // readers of the old slice do not see it
		t.slots.Store(&slots)
	}
	s := slots[n]
	h := handle(1<<(bits.UintSize-1) | t.kind<<(generationBits+slotBits) | s.generation<<slotBits | n)
	s.entry.Store(&entry[P]{h, object})
	t.live++
	return h, nil
}

func (t *table[P]) maxSlots() int {
	if t.limit > 0 {
		return t.limit
	}
	return min(maxSlots, math.MaxInt32)
}

// get returns the object of a handle, or nil if this is no handle of this table.
func (t *table[P]) get(h handle) P {
	if s := t.slot(h); s != nil {
		if e := s.entry.Load(); e != nil && e.handle == h {
			return e.object
		}
	}
	var none P
	return none
}

func (t *table[P]) slot(h handle) *slot[P] {
	slots := t.slots.Load()
	n := uint64(h) & maxSlots
	if slots == nil || n >= uint64(len(*slots)) {
		return nil
	}
	return (*slots)[n]
}

// remove makes a handle stale and reports whether it was not before.
func (t *table[P]) remove(h handle) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var none P
	if t.get(h) == none {
		return false
	}
	s := t.slot(h)
	s.entry.Store(nil)
	t.live--
	n := uintptr(h) & maxSlots
	if s.generation++; s.generation <= maxGeneration {
		t.free = append(t.free, n)
	} else {
		s.generation = 0
		t.resting = append(t.resting, n)
	}
	return true
}

// count returns the number of handles that are not freed.
func (t *table[P]) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live
}
