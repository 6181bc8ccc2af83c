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
	host     string // where that is
	session  *ake.Session
	until    time.Time
	reply    int           // bytes that its first message may have; 0: any number
	list     *list.List    // in which it is
	element  *list.Element // there
	ofHost   *list.Element // among those of its host
	busy     bool          // a call works on it, without the lock
	pending  *exchange     // what waits for a decision of the host, or nil
	combined int           // of a pending combined request: where OSCORE begins
	gone     bool          // dropped while a call worked on it
}

// runs is the table of half-open runs. In the lists the oldest is the first.
type runs struct {
	byID      map[string]*run
	bySession map[*ake.Session]*run
	waiting   *list.List            // of *run, for the peer
	deciding  *list.List            // of *run, for the host, after message_3 (or message_2)
	byHost    map[string]*list.List // of *run
}

func newRuns() *runs {
	return &runs{
		byID: map[string]*run{}, bySession: map[*ake.Session]*run{}, byHost: map[string]*list.List{},
		waiting: list.New(), deciding: list.New(),
	}
}

func (rs *runs) len() int { return len(rs.byID) }

func (rs *runs) add(r *run) {
	rs.byID[string(r.id)] = r
	rs.bySession[r.session] = r
	r.list, r.element = rs.waiting, rs.waiting.PushBack(r)
	if rs.byHost[r.host] == nil {
		rs.byHost[r.host] = list.New()
	}
	r.ofHost = rs.byHost[r.host].PushBack(r)
}

// remove takes a run out of the table. Nobody else may use its session then,
// unless a call works on it: that one notices.
func (rs *runs) remove(r *run) {
	delete(rs.byID, string(r.id))
	delete(rs.bySession, r.session)
	r.list.Remove(r.element)
	rs.byHost[r.host].Remove(r.ofHost)
	if rs.byHost[r.host].Len() == 0 {
		delete(rs.byHost, r.host)
	}
	r.gone = true
}

// decide moves a run behind those that a stranger can begin.
func (rs *runs) decide(r *run, until time.Time) {
	r.list.Remove(r.element)
	r.list, r.element = rs.deciding, rs.deciding.PushBack(r)
	r.until = until
}

// ofHost returns the oldest run of a host that has at least n, or nil. Those that wait
// for the host's decision come last.
func (rs *runs) ofHost(host string, n int) *run {
	of := rs.byHost[host]
	if of == nil || of.Len() < n {
		return nil
	}
	if r := idle(of, func(r *run) bool { return r.list == rs.waiting }); r != nil {
		return r
	}
	return idle(of, every)
}

// oldest returns the oldest run of the longer list, or nil. So runs that wait for the
// host's decision stay, as long as they are not most of all: also they can be a
// stranger's.
func (rs *runs) oldest() *run {
	first, then := rs.waiting, rs.deciding
	if first.Len() < then.Len() {
		first, then = then, first
	}
	if r := idle(first, every); r != nil {
		return r
	}
	return idle(then, every)
}

// idle returns the oldest run of a list that no call works on and that will do, or nil.
func idle(of *list.List, will func(*run) bool) *run {
	for element := of.Front(); element != nil; element = element.Next() {
		if r := element.Value.(*run); !r.busy && will(r) {
			return r
		}
	}
	return nil
}

func every(*run) bool { return true }

// veteran returns the oldest run if its time is over before a moment, or nil.
func (rs *runs) veteran(moment time.Time) *run {
	if r := idle(rs.waiting, every); r != nil && r.until.Before(moment) {
		return r
	}
	return nil
}

// expired returns a run whose time is over, or nil.
func (rs *runs) expired(now time.Time) *run {
	for _, of := range []*list.List{rs.waiting, rs.deciding} {
		if front := of.Front(); front != nil && !now.Before(front.Value.(*run).until) {
			return front.Value.(*run)
		}
	}
	return nil
}

// any returns a run, or nil.
func (rs *runs) any() *run {
	for _, r := range rs.byID {
		return r
	}
	return nil
}
