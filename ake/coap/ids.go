package coap

import (
	"bytes"
	"container/list"
	"sync"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/suite"
)

// IDs gives out connection identifiers. Each is given to one at a time: as C_R
// or C_I of a run, and then as Recipient ID of the OSCORE context that the run
// gives (RFC 9668 section 3.1). A host that is server and client shares one.
//
// The shortest come first: the 48 of one byte that EDHOC sends as an int, then
// those of two bytes and more; a Server with many half-open runs takes longer ones.
// Within a length the choice is random (RFC 9528 section 9.2). One that was given back rests as long as a late datagram for it can
// come. An IDs is safe for use by many goroutines.
type IDs struct {
	mu       sync.Mutex
	taken    map[string]bool
	resting  map[string]*list.Element
	order    *list.List // of rest, the first to be given out again is the first
	min, max int
	now      func() time.Time
}

// rest is an identifier that was given back.
type rest struct {
	id    string
	until time.Time
}

// MaxID is how many bytes an identifier can have: the limit of OSCORE with a nonce
// of 13 bytes (RFC 8613 section 3.3). With the cipher suites 4 to 6, 24 and 25 it is one
// less: where a Party has one of them, no longer ones are given out.
const MaxID = 7

const (
	oneByteInts = 48
	draws       = 64  // tries to find a free identifier of two bytes or more
	maxResting  = 512 // identifiers that were given back; older ones rest no longer
)

// NewIDs gives out identifiers of min to max bytes, 1 <= min <= max <= MaxID.
// Longer ones cannot be guessed by somebody who wants to disturb a run.
func NewIDs(min, max int) (*IDs, error) {
	if min < 1 || max < min || max > MaxID {
		return nil, argument("identifiers of %d to %d bytes: 1 to %d are possible", min, max, MaxID)
	}
	return &IDs{
		taken: map[string]bool{}, resting: map[string]*list.Element{}, order: list.New(),
		min: min, max: max, now: time.Now,
	}, nil
}

// Take returns an identifier that is in use by nobody and differs from other,
// the peer's. It gives ErrExhausted if it finds none.
func (ids *IDs) Take(other []byte) ([]byte, error) { return ids.take(ids.min, ids.max, other) }

// take is Take for identifiers of least to most bytes, as far as these are given out.
func (ids *IDs) take(least, most int, other []byte) ([]byte, error) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.wake()
	most = min(most, ids.max)
	least = min(max(least, ids.min), most)
	id, err := ids.find(least, most, other)
	if err != nil {
		return nil, err
	}
	for front := ids.order.Front(); id == nil && front != nil; front = front.Next() {
		resting := []byte(front.Value.(rest).id)
		if !bytes.Equal(resting, other) && ids.gives(resting) && len(resting) <= most {
			id = resting
		}
	}
	if id == nil {
		return nil, because(ake.ErrExhausted, "%d are", len(ids.taken))
	}
	ids.mark(id)
	return id, nil
}

// serve checks whether there are identifiers of at most this many bytes.
func (ids *IDs) serve(longest int) error {
	if ids.min > longest {
		return argument("identifiers of %d bytes or more: OSCORE takes at most %d with the cipher suites of the configuration", ids.min, longest)
	}
	return nil
}

func (ids *IDs) mark(id []byte) {
	ids.taken[string(id)] = true
	if element, rests := ids.resting[string(id)]; rests {
		ids.order.Remove(element)
		delete(ids.resting, string(id))
	}
}

// wake ends the rest of those that have had it.
func (ids *IDs) wake() {
	now := ids.now()
	for front := ids.order.Front(); front != nil; front = ids.order.Front() {
		r := ids.order.Front().Value.(rest)
		if now.Before(r.until) && ids.order.Len() <= maxResting {
			return
		}
		ids.order.Remove(front)
		delete(ids.resting, r.id)
	}
}

// gives reports whether an identifier is one of those to be given out.
func (ids *IDs) gives(id []byte) bool {
	return len(id) >= ids.min && len(id) <= ids.max && (len(id) > 1 || isOneByteInt(id))
}

func (ids *IDs) find(least, most int, other []byte) ([]byte, error) {
	for length := least; length <= most; length++ {
		if id, err := ids.draw(length, other); id != nil || err != nil {
			return id, err
		}
	}
	return nil, nil
}

// draw returns a free identifier of a length, or nil. What the generator gives is not
// seen on the wire (RFC 8937); there is no long-term key here to hedge it with.
func (ids *IDs) draw(length int, other []byte) ([]byte, error) {
	tries := draws
	if length == 1 {
		tries = oneByteInts
	}
	var id []byte
	first := 0
	for i := range tries {
		if i == 0 || length > 1 {
			var err error
			if id, err = suite.Random(length, nil); err != nil {
				return nil, because(ake.ErrInternal, "the random generator failed")
			}
			first = int(id[0])
		}
		if length == 1 {
			id[0] = oneByteInt((first + i) % oneByteInts)
		}
		_, rests := ids.resting[string(id)]
		if !rests && !ids.taken[string(id)] && !bytes.Equal(id, other) {
			return id, nil
		}
	}
	return nil, nil
}

// oneByteInt is the encoding of the n-th integer of 0..23, -1..-24.
func oneByteInt(n int) byte {
	if n < 24 {
		return byte(n)
	}
	return 0x20 + byte(n-24)
}

// Reserve marks an identifier as in use, for example the Recipient ID of a
// context that was restored, and reports whether it was free.
func (ids *IDs) Reserve(id []byte) bool {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if ids.taken[string(id)] || len(id) > maxIdentifier {
		return false
	}
	ids.mark(id)
	return true
}

// Release gives an identifier back, when its context is gone.
func (ids *IDs) Release(id []byte) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if !ids.taken[string(id)] {
		return
	}
	delete(ids.taken, string(id))
	ids.resting[string(id)] = ids.order.PushBack(rest{string(id), ids.now().Add(exchangeLifetime)})
	ids.wake()
}

// Len returns how many identifiers are in use.
func (ids *IDs) Len() int {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	return len(ids.taken)
}
