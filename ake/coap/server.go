package coap

import (
	"sync"
	"time"

	"github.com/liblake/lake/ake"
)

// Stats counts what a Server has and what it did.
type Stats struct {
	HalfOpen, Contexts, IDs, Answers, AnswerBytes int // now

	Begun, Established, Failed, Expired, Evicted, Challenged, Refused, Duplicates uint64 // ever
}

// Server is the EDHOC resource of a CoAP server. It is safe for use by many
// goroutines; callbacks of its Parties may call it.
type Server struct {
	config   ServerConfig
	limits   Limits
	ids      *IDs
	echo     *echo
	now      func() time.Time
	message4 bool             // required by Responder
	longest  map[ake.Role]int // own identifier that OSCORE takes, in bytes

	mu        sync.Mutex
	runs      *runs
	contexts  map[string]bool // by Recipient ID: whether it is given back with the context
	exchanges *exchanges
	second    time.Time // in which recent runs began
	recent    int
	largest   map[ake.Role]int // first message in that second, in bytes
	stats     Stats
}

// NewServer makes a Server. It gives ErrArgument for a configuration that
// cannot work.
func NewServer(config ServerConfig) (*Server, error) {
	if config.Responder == nil && config.Initiator == nil {
		return nil, argument("a server needs a party for at least one flow")
	}
	s := &Server{
		config: config, limits: config.Limits, ids: config.IDs, now: config.Clock,
		runs: newRuns(), contexts: map[string]bool{}, largest: map[ake.Role]int{},
	}
	if err := s.limits.fill(); err != nil {
		return nil, err
	}
	if s.ids == nil {
		var err error
		if s.ids, err = NewIDs(1, 4); err != nil {
			return nil, err
		}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.use(config.Responder, config.Initiator); err != nil {
		return nil, err
	}
	s.echo = newEcho(s.limits.Echo)
	s.exchanges = newExchanges(s.limits.Cache)
	return s, nil
}

// Reconfigure takes other Configs, for example with other trust, for the runs that begin
// from then on. It gives ErrArgument if a flow would be there that was not, or not
// any more.
func (s *Server) Reconfigure(responder, initiator *ake.Party) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if (responder == nil) != (s.config.Responder == nil) || (initiator == nil) != (s.config.Initiator == nil) {
		return argument("a server keeps its flows for as long as it is there")
	}
	return s.use(responder, initiator)
}

func (s *Server) use(responder, initiator *ake.Party) error {
	longest, message4 := map[ake.Role]int{}, false
	for role, c := range map[ake.Role]*ake.Party{ake.Responder: responder, ake.Initiator: initiator} {
		if c == nil {
			continue
		}
		description := c.Description(role)
		longest[role] = longestID(description.Suites)
		if err := s.ids.serve(longest[role]); err != nil {
			return err
		}
		message4 = message4 || role == ake.Responder && description.Message4
	}
	s.config.Responder, s.config.Initiator, s.longest, s.message4 = responder, initiator, longest, message4
	return nil
}

// state is how a request stands to the runs: that of its connection identifier.
type state int

const (
	stateNone state = iota
	stateHalfOpen
	stateComplete
	numberOfStates
)

func (s *Server) stateOf(id []byte) state {
	if _, ok := s.runs.byID[string(id)]; ok {
		return stateHalfOpen
	}
	if _, ok := s.contexts[string(id)]; ok {
		return stateComplete
	}
	return stateNone
}

// call is one request on its way through the Server.
type call struct {
	request *Request
	parsed
	now     time.Time
	repeats bool  // the datagram can come again
	proved  *bool // by Echo that the peer is where it says; nil: not looked at yet
	run     *run  // stateHalfOpen
	prepare bool  // the host is to prepare the session first
	lost    bool  // the host used the session
}

// handlers is the protocol of the Server as a table. inMessage1 and inEmpty
// belong to no run yet.
var handlers = [numberOfInputs][numberOfStates]func(*Server, *call) Result{
	inMessage1: {stateNone: (*Server).begin},
	inEmpty:    {stateNone: (*Server).begin},
	inMessage:  {stateNone: (*Server).unknown, stateHalfOpen: (*Server).goOn, stateComplete: (*Server).unknown},
	inError:    {stateNone: (*Server).ignore, stateHalfOpen: (*Server).goOn, stateComplete: (*Server).ignore},
	inCombined: {stateNone: (*Server).unknown, stateHalfOpen: (*Server).goOn, stateComplete: (*Server).unknown},
	inOSCORE:   {stateNone: (*Server).noContext, stateHalfOpen: (*Server).noContext, stateComplete: (*Server).toOSCORE},
	inWrong:    {stateNone: (*Server).refuse},
}

// Handle takes a request for the EDHOC resource, a request with the EDHOC option
// for any resource, or a request with the OSCORE option, and says what to answer.
// The host installs the contexts of the events before it sends the answer.
func (s *Server) Handle(request Request) Result {
	if request.Host == "" {
		request.Host = request.Peer
	}
	c := &call{request: &request, now: s.now(), parsed: parse(&request, s.limits.Body)}
	c.repeats = !request.Reliable && c.input != inOSCORE && c.input != inWrong
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.expire(c.now)
	result := s.handle(c)
	result.Events = append(events, result.Events...)
	return result
}

func (s *Server) handle(c *call) Result {
	st := stateNone
	if c.id != nil {
		st = s.stateOf(c.id)
	}
	if c.repeats {
		if x := s.exchanges.earlier(c.request); x != nil {
			s.stats.Duplicates++
			answer := x.answer // while it is being made: nothing
			answer.Duplicate = true
			return answer
		}
	}
	if st == stateHalfOpen {
		c.run = s.runs.byID[string(c.id)]
	}
	return handlers[c.input][st](s, c)
}

// Expire drops what has become too old, as Handle does too. A host without
// traffic calls it from time to time, to hear of runs that came to nothing.
func (s *Server) Expire() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expire(s.now())
}

func (s *Server) expire(now time.Time) []Event {
	s.exchanges.expire(now)
	var events []Event
	for r := s.runs.expired(now); r != nil; r = s.runs.expired(now) {
		s.stats.Expired++
		events = append(events, s.drop(r, ake.ErrRunExpired))
	}
	return events
}

// drop ends a half-open run without a word to the peer.
func (s *Server) drop(r *run, reason error) Event {
	s.runs.remove(r)
	s.ids.Release(r.id)
	if r.pending != nil {
		s.exchanges.forget(r.pending)
	}
	r.session.Close() // if a call works on it, when that ends
	return Event{Kind: Failed, Peer: r.peer, ID: r.id, Err: reason}
}

// Reserve reports a live OSCORE context that this Server did not establish, for
// example a restored one or that of a Client: its Recipient ID is not given to a
// run, and requests with it go to OSCORE. It is false if a run or a context of the
// Server has the identifier.
func (s *Server) Reserve(recipientID []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(recipientID) > maxIdentifier || s.stateOf(recipientID) != stateNone {
		return false
	}
	// One that a Client of the host has taken is given back by that.
	s.contexts[string(recipientID)] = s.ids.Reserve(recipientID)
	return true
}

// Release reports that an OSCORE context is gone: its Recipient ID can be given
// to another run. It does nothing for an identifier that has no context.
func (s *Server) Release(recipientID []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(recipientID)
}

func (s *Server) release(recipientID []byte) {
	if s.contexts[string(recipientID)] {
		s.ids.Release(recipientID)
	}
	delete(s.contexts, string(recipientID))
}

// Close drops all half-open runs and kept answers.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := s.runs.any(); r != nil; r = s.runs.any() {
		s.drop(r, errEnded)
	}
	s.exchanges = newExchanges(s.limits.Cache)
}

// Stats returns the numbers of the Server.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.HalfOpen, stats.Contexts, stats.IDs = s.runs.len(), len(s.contexts), s.ids.Len()
	stats.Answers, stats.AnswerBytes = s.exchanges.len(), s.exchanges.bytes()
	return stats
}
