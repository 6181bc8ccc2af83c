package coap

import (
	"sync"
	"time"

	"github.com/liblake/lake/ake"
)

// ServerConfig is what a Server needs. At least one of Responder and Initiator
// is set; they may be the same.
type ServerConfig struct {
	Responder *ake.Config // for the forward flow; nil: it is refused
	Initiator *ake.Config // for the reverse flow; nil: it is refused
	IDs       *IDs        // nil: of its own, 1 to 4 bytes
	Limits    Limits
	NoEcho    bool // for stacks without the Echo option: refuse with 5.03 instead

	// Profiles are told to an Initiator that asks for them, and to one whose
	// message_1 is refused (draft-ietf-lake-app-profiles); nil: to nobody.
	// SetEADLabels of Responder has to include EADProfiles.
	Profiles *Advertisement

	// Prepare is called before the first message of a run is processed or
	// made, to add EAD or choose a credential; nil: nothing of that. An error
	// ends the run with 5.00. It may be called from several goroutines.
	Prepare func(*ake.Session) error

	Now func() time.Time // nil: time.Now
}

// Limits bounds what strangers can make a Server do. Zero fields mean the
// default.
type Limits struct {
	HalfOpen  int           // runs under way; default 256
	Threshold int           // half-open, or begun within a second: from this on with Echo only; default 32
	PerPeer   int           // half-open runs of one peer above the threshold; default 4
	Age       time.Duration // of a half-open run; default 120 s
	Cache     int           // bytes of answers kept for repeated requests; default 262,144
	Body      int           // bytes of a request's payload; default 16,384
	Echo      time.Duration // how long an Echo value is valid; default 60 s
}

func (l *Limits) fill() error {
	for _, limit := range []struct {
		name                  string
		value                 *int
		least, standard, most int
	}{
		{"half-open runs", &l.HalfOpen, 1, 256, 1 << 20},
		{"threshold", &l.Threshold, 1, 32, 1 << 20},
		{"half-open runs of one peer", &l.PerPeer, 1, 4, 1 << 20},
		{"bytes of kept answers", &l.Cache, 4096, 256 << 10, 1 << 30},
		{"body", &l.Body, 64, 16 << 10, 1 << 20},
	} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
		if *limit.value < limit.least || *limit.value > limit.most {
			return argument("limit of %s is %d, allowed are %d to %d", limit.name, *limit.value, limit.least, limit.most)
		}
	}
	for _, limit := range []struct {
		name     string
		value    *time.Duration
		standard time.Duration
	}{
		{"age", &l.Age, 120 * time.Second},
		{"Echo", &l.Echo, 60 * time.Second},
	} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
		if *limit.value < time.Second || *limit.value > 24*time.Hour {
			return argument("limit of %s is %v, allowed are 1 s to 24 h", limit.name, *limit.value)
		}
	}
	return nil
}

// Result is what became of a request.
type Result struct {
	// Response is to be sent. If its Code is Empty, nothing is: the answer is
	// being made, or waits for the host (Pending), or OSCORE gives it.
	Response Response
	// OSCORE says that the request goes on to the OSCORE layer, without the
	// EDHOC option and with the payload from Offset on.
	OSCORE bool
	Offset int
	// Duplicate says that this datagram came before. The host should repeat its
	// own answer, if it is one to an OSCORE request and kept.
	Duplicate bool
	// Events are runs that have come to an end, or wait for the host. It may be
	// other runs than that of the request.
	Events []Event
}

// EventKind is what happened to a run.
type EventKind int

// The kinds of event.
const (
	Established EventKind = iota + 1 // Context is to be installed before the response is sent
	Failed                           // Err says why
	Pending                          // Err is the pending status: answer it at Session, then Resume
)

// Event is the end of a run, or a question about one.
type Event struct {
	Kind       EventKind
	Peer       string             // who began the run
	ID         []byte             // C_R or C_I of the server; the Recipient ID of Context
	Session    *ake.Session       // Established: it is the host's now; Pending
	Context    *ake.OSCOREContext // Established
	Credential *ake.Credential    // Established: of the peer
	Err        error              // Failed, Pending
}

// Stats counts what a Server has and what it did.
type Stats struct {
	HalfOpen, Contexts, IDs, Answers, AnswerBytes int // now

	Begun, Established, Failed, Expired, Evicted, Challenged, Refused, Duplicates uint64 // ever
}

// Server is the EDHOC resource of a CoAP server. It is safe for use by many
// goroutines; callbacks of its Configs may call it.
type Server struct {
	config   ServerConfig
	limits   Limits
	ids      *IDs
	echo     *echo
	now      func() time.Time
	message4 bool // required by Responder

	mu        sync.Mutex
	runs      *runs
	contexts  map[string]struct{} // Recipient IDs of established contexts
	exchanges *exchanges
	second    time.Time // in which recent runs began
	recent    int
	stats     Stats
}

// NewServer makes a Server. It gives ErrArgument for a configuration that
// cannot work.
func NewServer(config ServerConfig) (*Server, error) {
	if config.Responder == nil && config.Initiator == nil {
		return nil, argument("a server needs a configuration for at least one flow")
	}
	s := &Server{
		config: config, limits: config.Limits, ids: config.IDs, now: config.Now,
		runs: newRuns(), contexts: map[string]struct{}{},
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
	if config.Responder != nil {
		s.message4 = config.Responder.Description(ake.Responder).Message4
	}
	s.echo = newEcho(s.limits.Echo)
	s.exchanges = newExchanges(s.limits.Cache)
	return s, nil
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
	now time.Time
	key exchangeKey
	run *run // stateHalfOpen
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
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{request: &request, now: s.now(), parsed: parse(&request, s.limits.Body)}
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
	if c.input != inOSCORE && c.input != inWrong {
		c.key = keyOf(c.request)
		if x := s.exchanges.find(c.key); x != nil {
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
	for r := s.runs.oldest(); r != nil && !now.Before(r.until); r = s.runs.oldest() {
		s.stats.Expired++
		events = append(events, s.drop(r, ReasonExpired))
	}
	return events
}

// drop ends a half-open run without a word to the peer.
func (s *Server) drop(r *run, reason error) Event {
	s.runs.remove(r)
	s.ids.Release(r.id)
	if !r.busy { // or else the call that works on it does this
		r.session.Close()
	}
	return Event{Kind: Failed, Peer: r.peer, ID: r.id, Err: reason}
}

// Reserve reports a live OSCORE context that this Server did not establish, for
// example a restored one: its Recipient ID is not given to a run, and requests
// with it go to OSCORE. It is false if the identifier is in use.
func (s *Server) Reserve(recipientID []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ids.Reserve(recipientID) {
		return false
	}
	s.contexts[string(recipientID)] = struct{}{}
	return true
}

// Release reports that an OSCORE context is gone: its Recipient ID can be given
// to another run. It does nothing for an identifier that has no context.
func (s *Server) Release(recipientID []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.contexts[string(recipientID)]; ok {
		delete(s.contexts, string(recipientID))
		s.ids.Release(recipientID)
	}
}

// Close drops all half-open runs and kept answers.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := s.runs.oldest(); r != nil; r = s.runs.oldest() {
		s.drop(r, ReasonEnded)
	}
	s.exchanges = newExchanges(s.limits.Cache)
}

// Stats returns the numbers of the Server.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.HalfOpen, stats.Contexts, stats.IDs = s.runs.len(), len(s.contexts), s.ids.Len()
	stats.Answers, stats.AnswerBytes = s.exchanges.order.Len(), s.exchanges.bytes
	return stats
}
