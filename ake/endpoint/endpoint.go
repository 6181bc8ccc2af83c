package endpoint

import (
	"container/list"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
)

// Endpoint is EDHOC and OSCORE between a network and a CoAP stack. It can be used from
// any goroutine; its Outputs are to be carried out in the order of the calls.
type Endpoint struct {
	config Config
	ids    *coap.IDs
	server *coap.Server // nil: nobody can begin a run with us

	mu           sync.Mutex
	now          time.Time
	ticked       time.Time // when Tick was called last, or had nothing to do
	contexts     oscore.Contexts
	associations map[*oscore.Context]*association
	byAddress    map[string][]*Peer // whom the host means by the address comes first
	byID         map[uint64]*Peer
	idle         *list.List // of *Peer, the one that was idle for longest first
	lastPeer     uint64
	holders      map[uint64]int // peers by the hash of their credential
	seed         maphash.Seed
	messageID    uint16 // of our own messages

	runs      map[string]*run      // that this side began, by address
	memory    int                  // bytes of what Peer.received and Peer.sent have
	handed    []handed             // confirmable requests that the stack was given, the oldest first
	silent    map[string]time.Time // addresses where a run failed, and until when there is no other
	questions map[*ake.Session]*question
	bodies    bodies
	strangers exchanges[strangerKey, string] // unprotected exchanges; the value is the address
	stats     Stats

	message4 bool // is required in runs that this side begins: no combined request
}

// strangerKey is an unprotected exchange: whose token it is, and where the other is.
type strangerKey struct {
	address, token string
	ours           bool // the stack asked
}

// Stats counts what an Endpoint has and what it did.
type Stats struct {
	Peers, Runs, HalfOpen int // now

	Established, Renewed, Dropped, Failed uint64
	Unprotected, Malformed, Unknown       uint64 // datagrams from the network that were not handed on
	Replayed, Forged                      uint64
}

// New makes an Endpoint. It gives ErrArgument for a configuration that cannot work.
func New(config Config) (*Endpoint, error) {
	if err := config.fill(); err != nil {
		return nil, err
	}
	ids, err := coap.NewIDs(1, 4)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{
		config: config, ids: ids, seed: maphash.MakeSeed(), associations: map[*oscore.Context]*association{}, byAddress: map[string][]*Peer{}, byID: map[uint64]*Peer{}, holders: map[uint64]int{},
		idle: list.New(), runs: map[string]*run{}, silent: map[string]time.Time{}, questions: map[*ake.Session]*question{},
	}
	e.bodies.limits = &e.config.Limits
	if random, err := suite.Random(2, nil); err == nil {
		e.messageID = uint16(random[0])<<8 | uint16(random[1])
	}
	if own, role := config.starter(); own != nil {
		e.message4 = own.Description(role).Message4
	}
	forward, reverse := config.served(config.Responder, config.Initiator)
	if forward != nil || reverse != nil {
		server := coap.ServerConfig{Responder: forward, Initiator: reverse, IDs: ids, Limits: config.EDHOC, NoEcho: config.NoEcho,
			Clock: func() time.Time { return e.now }}
		if config.Prepare != nil {
			server.Prepare = func(session *ake.Session) error { return config.Prepare(session, "") }
		}
		if e.server, err = coap.NewServer(server); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Reconfigure takes other Configs, for example with other trust, for the runs that begin
// from then on. Peers that are there stay: Drop those that are not trusted any more. It
// gives ErrArgument if there would be a role that there was not, or not any more.
func (e *Endpoint) Reconfigure(responder, initiator *ake.Party) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if (responder == nil) != (e.config.Responder == nil) || (initiator == nil) != (e.config.Initiator == nil) {
		return because(ake.ErrArgument, "an endpoint keeps its roles for as long as it is there")
	}
	if e.server != nil {
		forward, reverse := e.config.served(responder, initiator)
		if err := e.server.Reconfigure(forward, reverse); err != nil {
			return err
		}
	}
	e.config.Responder, e.config.Initiator = responder, initiator
	if own, role := e.config.starter(); own != nil {
		e.message4 = own.Description(role).Message4
	}
	return nil
}

// call runs a call under the lock, and says when the next one is due.
func (e *Endpoint) call(now time.Time, body func(*Output)) (o Output) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = now
	body(&o)
	e.account(&o)
	o.Next = e.next()
	return o
}

func (e *Endpoint) account(o *Output) {
	for _, event := range o.Events {
		switch event.Kind {
		case Established:
			e.stats.Established++
		case Renewed:
			e.stats.Renewed++
		case Dropped:
			e.stats.Dropped++
		case Failed:
			e.stats.Failed++
		}
	}
}

// Stats returns the numbers of the Endpoint.
func (e *Endpoint) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	stats := e.stats
	stats.Peers, stats.Runs = e.idle.Len(), len(e.runs)
	if e.server != nil {
		stats.HalfOpen = e.server.Stats().HalfOpen
	}
	return stats
}

// nextID is a message ID for a message of our own. Those of the stack to a peer are
// likely to be close to the last one: ours are far from it.
func (e *Endpoint) nextID(p *Peer) uint16 {
	e.messageID++
	if p != nil && e.messageID-p.lastID < 1<<14 {
		e.messageID = p.lastID + 1<<15
	}
	return e.messageID
}

// Tick does what is due: it repeats what was not acknowledged, and drops what is too old.
func (e *Endpoint) Tick(now time.Time) Output {
	return e.call(now, func(o *Output) {
		e.ticked = now
		for _, r := range e.runs {
			e.tickRun(o, r)
		}
		if e.server != nil {
			e.serverEvents(o, e.server.Expire(), "")
		}
		for address, until := range e.silent {
			if !now.Before(until) {
				delete(e.silent, address)
			}
		}
		e.strangers.expire(now, e.config.Limits.Strangers)
		e.bodies.expire(now)
		for element := e.idle.Front(); element != nil; {
			p := element.Value.(*Peer)
			element = element.Next()
			if now.Sub(p.lastUsed) >= e.config.Limits.Idle {
				e.drop(o, p, because(ake.ErrLimit, "nothing was heard of it for %v", e.config.Limits.Idle))
				continue
			}
			p.expire(now, &e.config.Limits)
			p.old = slices.DeleteFunc(p.old, func(a *association) bool {
				if over := !now.Before(a.until); over {
					e.forget(a)
					return true
				}
				return false
			})
		}
	})
}

// housekeeping is how often Tick is due for what has no time of its own.
const housekeeping = 30 * time.Second

// period is the same, where runs may be younger than that when they end.
func (e *Endpoint) period() time.Duration {
	if age := e.config.EDHOC.Age; age > 0 {
		return min(age, housekeeping)
	}
	return housekeeping
}

func (e *Endpoint) next() (next time.Time) {
	for _, r := range e.runs {
		if next.IsZero() || r.due.Before(next) {
			next = r.due
		}
	}
	switch rest := e.ticked.Add(e.period()); { // also while there is no pause
	case !e.keeps():
		e.ticked = e.now
	case next.IsZero() || rest.Before(next):
		next = rest
	}
	return next
}

// keeps reports whether there is anything that grows too old.
func (e *Endpoint) keeps() bool {
	return e.idle.Len() > 0 || e.server != nil && e.server.Stats().HalfOpen > 0 || e.strangers.len() > 0 || e.bodies.len() > 0 || len(e.silent) > 0
}

// Close ends all runs and forgets all peers, without a word to them.
func (e *Endpoint) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	var o Output
	for _, r := range e.runs {
		e.fail(&o, r, because(ake.ErrAborted, "the endpoint was closed"))
	}
	for e.idle.Len() > 0 {
		e.drop(&o, e.idle.Front().Value.(*Peer), because(ake.ErrAborted, "the endpoint was closed"))
	}
	if e.server != nil {
		e.server.Close()
	}
}
