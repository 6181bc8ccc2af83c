package coap

import (
	"container/list"
	"time"

	"github.com/liblake/lake/ake"
)

// run is one half-open run of the server. It is named by the connection
// identifier of this side.
type run struct {
	id       []byte
	peer     string // who began it
	role     ake.Role
	session  *ake.Session
	until    time.Time
	element  *list.Element
	busy     bool      // a call works on it, without the lock
	pending  *exchange // what waits for a decision of the host, or nil
	combined int       // of a pending combined request: where OSCORE begins
	gone     bool      // dropped while a call worked on it
}

// runs is the table of half-open runs, the oldest first in order.
type runs struct {
	byID  map[string]*run
	order *list.List // of *run
}

func newRuns() *runs { return &runs{byID: map[string]*run{}, order: list.New()} }

func (rs *runs) len() int { return len(rs.byID) }

func (rs *runs) add(r *run) {
	rs.byID[string(r.id)] = r
	r.element = rs.order.PushBack(r)
}

// remove takes a run out of the table. Nobody else may use its session then,
// unless a call works on it: that one notices.
func (rs *runs) remove(r *run) {
	delete(rs.byID, string(r.id))
	rs.order.Remove(r.element)
	r.gone = true
}

// oldest returns the oldest run, of a certain peer if there are at least n of
// that, or else nil.
func (rs *runs) oldestOf(peer string, n int) *run {
	var oldest *run
	count := 0
	for element := rs.order.Front(); element != nil; element = element.Next() {
		if r := element.Value.(*run); r.peer == peer {
			if oldest == nil {
				oldest = r
			}
			count++
		}
	}
	if count < n {
		return nil
	}
	return oldest
}

func (rs *runs) oldest() *run {
	if front := rs.order.Front(); front != nil {
		return front.Value.(*run)
	}
	return nil
}
