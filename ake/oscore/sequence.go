package oscore

import "github.com/liblake/lake/ake"

// maxSequence is the last Sender Sequence Number (RFC 8613 section 7.2.1).
const maxSequence = 1<<40 - 1

// sequence hands out Sender Sequence Numbers, each once (RFC 8613 section 7.2).
type sequence struct {
	next  uint64
	end   uint64 // numbers from here on are not reserved
	ahead uint64 // 0: no number is stored, all are reserved
	sent  uint64
}

func newSequence(s Settings) sequence {
	q := sequence{next: s.Stored, end: s.Stored, ahead: s.Ahead}
	if q.ahead == 0 {
		q.end = maxSequence + 1
	}
	return q
}

func (q *sequence) take() (uint64, error) {
	switch {
	case q.next > maxSequence:
		return 0, because(ake.ErrSequence, "all 2^40 numbers were used")
	case q.next >= q.end:
		return 0, because(ake.ErrSequence, "number %d is not reserved yet: store what Reserve gives", q.next)
	}
	n := q.next
	q.next++
	q.sent++
	return n, nil
}

// Reserve returns the number to store where it outlives the process, before Stored is
// called with it (RFC 8613 appendix B.1.1). After a restart it is Settings.Stored, and
// no number below it is used again, whatever happened in between.
//
// due says that it is time: half of what was reserved, or more, has been used. Without
// Settings.Ahead it never is.
func (c *Context) Reserve() (number uint64, due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.sequence
	if q.ahead == 0 {
		return q.next, false
	}
	return min(q.next+q.ahead, maxSequence+1), q.end-q.next <= q.ahead/2 && q.end <= maxSequence
}

// Stored says that a number that Reserve gave was stored: those below it can be used.
func (c *Context) Stored(number uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.sequence
	switch {
	case q.ahead == 0:
		return because(ake.ErrArgument, "the context was made without Settings.Ahead")
	case number > min(q.next+q.ahead, maxSequence+1):
		return because(ake.ErrArgument, "%d was not given by Reserve", number)
	}
	q.end = max(q.end, number)
	return nil
}
