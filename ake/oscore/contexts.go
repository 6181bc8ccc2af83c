package oscore

import (
	"bytes"
	"slices"
	"sync"

	"github.com/liblake/lake/ake"
)

// Contexts are the security contexts of a server, found by the kid and the kid context
// of requests. The zero value is empty. It can be used from any goroutine.
type Contexts struct {
	mu    sync.RWMutex
	byKID map[string][]*Context
	count int
}

// Add takes a context in. It gives ErrArgument if there is one that requests could not
// tell from it: drop that one first.
func (s *Contexts) Add(c *Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kid := string(c.recipient.id)
	for _, other := range s.byKID[kid] {
		if bytes.Equal(other.idContext, c.idContext) {
			return because(ake.ErrArgument, "there is a context with this Recipient ID")
		}
	}
	if s.byKID == nil {
		s.byKID = map[string][]*Context{}
	}
	s.byKID[kid] = append(s.byKID[kid], c)
	s.count++
	return nil
}

// Find returns the context that a protected request belongs to. It gives
// ErrContextUnknown if there is none, or if several might be meant as the request has
// no kid context; and what KID gives.
func (s *Contexts) Find(datagram []byte) (*Context, error) {
	kid, kidContext, err := KID(datagram)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.byKID[string(kid)]
	if kidContext != nil {
		for _, c := range found {
			if c.idContext != nil && bytes.Equal(c.idContext, kidContext) {
				return c, nil
			}
		}
		found = nil
	}
	if len(found) != 1 {
		return nil, because(ake.ErrContextUnknown, "%d of %d have its kid", len(found), s.count)
	}
	return found[0], nil
}

// Drop takes a context out, and reports whether it was there.
func (s *Contexts) Drop(c *Context) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	kid := string(c.recipient.id)
	i := slices.Index(s.byKID[kid], c)
	if i < 0 {
		return false
	}
	if s.byKID[kid] = slices.Delete(s.byKID[kid], i, i+1); len(s.byKID[kid]) == 0 {
		delete(s.byKID, kid)
	}
	s.count--
	return true
}

// Count returns how many contexts there are.
func (s *Contexts) Count() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.count
}
