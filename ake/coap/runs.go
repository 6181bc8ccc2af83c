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
	element  *list.Element // in the order of all
	ofPeer   *list.Element // in the order of its peer's
	busy     bool          // a call works on it, without the lock
	pending  *exchange     // what waits for a decision of the host, or nil
	combined int           // of a pending combined request: where OSCORE begins
	gone     bool          // dropped while a call worked on it
}

// runs is the table of half-open runs. In the lists the oldest is the first.
type runs struct {
	byID   map[string]*run
	order  *list.List            // of *run
	byPeer map[string]*list.List // of *run
}

func newRuns() *runs {
	return &runs{byID: map[string]*run{}, order: list.New(), byPeer: map[string]*list.List{}}
}

func (rs *runs) len() int { return len(rs.byID) }

func (rs *runs) add(r *run) {
	rs.byID[string(r.id)] = r
	r.element = rs.order.PushBack(r)
	if rs.byPeer[r.peer] == nil {
		rs.byPeer[r.peer] = list.New()
	}
	r.ofPeer = rs.byPeer[r.peer].PushBack(r)
}

// remove takes a run out of the table. Nobody else may use its session then,
// unless a call works on it: that one notices.
func (rs *runs) remove(r *run) {
	delete(rs.byID, string(r.id))
	rs.order.Remove(r.element)
	rs.byPeer[r.peer].Remove(r.ofPeer)
	if rs.byPeer[r.peer].Len() == 0 {
		delete(rs.byPeer, r.peer)
	}
	r.gone = true
}

// oldestOf returns the oldest run of a peer that has at least n, or else nil.
func (rs *runs) oldestOf(peer string, n int) *run {
	if of := rs.byPeer[peer]; of != nil && of.Len() >= n {
		return of.Front().Value.(*run)
	}
	return nil
}

// oldest returns the oldest run, or nil.
func (rs *runs) oldest() *run {
	if front := rs.order.Front(); front != nil {
		return front.Value.(*run)
	}
	return nil
}
