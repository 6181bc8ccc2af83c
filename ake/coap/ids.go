package coap

import (
	"bytes"
	"crypto/rand"
	"sync"

	"github.com/liblake/lake/ake"
)

// IDs gives out connection identifiers. Each is given to one at a time: as C_R
// or C_I of a run, and then as Recipient ID of the OSCORE context that the run
// gives (RFC 9668 section 3.1). A host that is server and client shares one.
//
// The shortest come first: the 48 of one byte that EDHOC sends as an int, then
// those of two bytes and more. Within a length the choice is random (RFC 9528
// section 9.2). An IDs is safe for use by many goroutines.
type IDs struct {
	mu       sync.Mutex
	taken    map[string]bool
	min, max int
}

// MaxID is how many bytes an identifier can have: the limit of OSCORE with a nonce
// of 13 bytes (RFC 8613 section 3.3).
const MaxID = 7

const (
	oneByteInts = 48
	draws       = 64 // tries to find a free identifier of two bytes or more
)

// NewIDs gives out identifiers of min to max bytes, 1 <= min <= max <= MaxID.
// Longer ones cannot be guessed by somebody who wants to disturb a run.
func NewIDs(min, max int) (*IDs, error) {
	if min < 1 || max < min || max > MaxID {
		return nil, argument("identifiers of %d to %d bytes: 1 to %d are possible", min, max, MaxID)
	}
	return &IDs{taken: map[string]bool{}, min: min, max: max}, nil
}

// Take returns an identifier that is in use by nobody and differs from other,
// the peer's. It gives ErrExhausted if it finds none.
func (ids *IDs) Take(other []byte) ([]byte, error) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	for length := ids.min; length <= ids.max; length++ {
		if id := ids.find(length, other); id != nil {
			ids.taken[string(id)] = true
			return id, nil
		}
	}
	return nil, because(ake.ErrExhausted, "%d are", len(ids.taken))
}

func (ids *IDs) find(length int, other []byte) []byte {
	id := make([]byte, length)
	tries := draws
	if length == 1 {
		tries = oneByteInts
	}
	rand.Read(id) // never fails
	first := int(id[0])
	for i := range tries {
		if length == 1 {
			id[0] = oneByteInt((first + i) % oneByteInts)
		} else if i > 0 {
			rand.Read(id)
		}
		if !ids.taken[string(id)] && !bytes.Equal(id, other) {
			return id
		}
	}
	return nil
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
	ids.taken[string(id)] = true
	return true
}

// Release gives an identifier back, when its context is gone.
func (ids *IDs) Release(id []byte) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	delete(ids.taken, string(id))
}

// Len returns how many identifiers are in use.
func (ids *IDs) Len() int {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	return len(ids.taken)
}
