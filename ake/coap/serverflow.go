package coap

import (
	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// What the Server does with each kind of input. The methods are called with the
// lock, and give it up while the engine and the host's callbacks work.

// refuse answers what is wrong in itself.
func (s *Server) refuse(c *call) Result { return c.refusal }

// unknown answers a message for a run that is not there, or is complete.
func (s *Server) unknown(c *call) Result {
	if c.input == inMessage && !startsWith(c.message, cborx.Bytes) {
		return unreadable(c.request.Payload)
	}
	return edhocError(BadRequest, textUnknown)
}

// ignore answers an error message for no run. Error messages are not answered
// by error messages, and a context that was established stays (RFC 9528
// chapter 6).
func (s *Server) ignore(*call) Result { return bare(BadRequest) }

// noContext is the answer of RFC 8613 section 8.2 to an OSCORE request whose
// context is not there: also not yet, before message_3 is verified.
func (s *Server) noContext(*call) Result { return bare(Unauthorized) }

func (s *Server) toOSCORE(*call) Result { return forOSCORE(0) }

func forOSCORE(offset int) Result {
	result := nothing()
	result.OSCORE, result.Offset = true, offset
	return result
}

// begin starts a run: with message_1, or by making it.
func (s *Server) begin(c *call) Result {
	party, role := s.config.Responder, ake.Responder
	if c.input == inEmpty {
		party, role = s.config.Initiator, ake.Initiator
	}
	if party == nil {
		return edhocError(BadRequest, textNoFlow)
	}
	events, refusal := s.admit(c, role)
	if refusal != nil {
		return *refusal
	}
	s.recent++
	var cI []byte
	var err error
	if role == ake.Responder {
		if cI, err = initiatorOf(c.message); err != nil {
			result := unreadable1(c.message)
			result.Events = events
			return result
		}
	}
	id, err := s.ids.take(s.shortest(), s.longest[role], cI)
	if err != nil {
		s.stats.Refused++
		return s.notBegun(c, bare(ServiceUnavailable), events, err)
	}
	session, err := party.NewSession(role)
	if err != nil {
		s.ids.Release(id)
		return s.notBegun(c, edhocError(InternalServerError, textInternal), events, err)
	}
	s.stats.Begun++
	c.run = &run{id: id, peer: c.request.Peer, host: c.request.Host, session: session, until: c.now.Add(s.limits.Age)}
	if !s.config.NoEcho && !s.isThere(c) {
		c.run.reply = unverified(c.request)
	}
	s.runs.add(c.run)
	c.prepare = s.config.Prepare != nil
	result := s.work(c, func() ([]byte, error) {
		if err := session.SetConnectionID(id); err != nil {
			return nil, err
		}
		if role == ake.Initiator {
			return session.Step(nil)
		}
		return s.answer1(session, session.ProcessMessage1(c.message))
	})
	result.Events = append(events, result.Events...)
	return result
}

// answer1 goes on after message_1 was processed.
func (s *Server) answer1(session *ake.Session, err error) ([]byte, error) {
	if err == nil {
		err = advertise(session, s.config.Profiles, s.message4)
	}
	if err != nil {
		return nil, err
	}
	return session.Step(nil)
}

func (s *Server) notBegun(c *call, result Result, events []Event, err error) Result {
	result.Events = append(events, Event{Kind: Failed, Peer: c.request.Peer, Err: err})
	return result
}

func callbackError(err error) error {
	return &ake.Error{Status: ake.ErrCallback, Detail: err.Error()}
}

// shortest is how many bytes a new identifier has at least. The more runs are half-open,
// the easier it is to guess one of theirs.
func (s *Server) shortest() int {
	switch half := s.runs.len(); {
	case half > 128:
		return 4
	case half > 16:
		return 2
	}
	return 1
}

// goOn passes a message to its run, if it comes from where that began, or the sender
// shows with Echo that it is where it says: anybody can guess an identifier.
func (s *Server) goOn(c *call) Result {
	r, session := c.run, c.run.session
	switch {
	case c.input == inError && c.request.Peer != r.peer:
		return s.ignore(c) // anybody could end runs so; a client that has moved loses nothing
	case (r.busy || r.pending != nil && c.input != inError) && c.request.Reliable:
		return bare(ServiceUnavailable) // nobody asks again
	case r.busy || r.pending != nil && c.input != inError:
		return nothing() // the stack asks again
	case c.request.Peer != r.peer && s.config.NoEcho:
		s.stats.Refused++
		return bare(ServiceUnavailable)
	case c.request.Peer != r.peer && !s.isThere(c):
		return s.challenge(c.request.Peer, c.now)
	case r.pending != nil:
		return s.work(c, func() ([]byte, error) { return nil, session.ProcessError(c.message) })
	case c.input == inCombined && s.message4: // RFC 9668 section 3.3.1, step 4
		return s.work(c, func() ([]byte, error) { return errorMessage("message_4 is required"), ake.ErrNoCombined })
	case c.input == inCombined:
		message3, offset, err := cutCombined(c.request.Payload)
		if err != nil {
			return s.work(c, func() ([]byte, error) { return errorMessage(textMalformed), err })
		}
		c.oscore = offset
		return s.work(c, func() ([]byte, error) { return nil, finishCombined(session, session.ProcessMessage3(message3)) })
	}
	return s.work(c, func() ([]byte, error) { return session.Step(c.message) })
}

// finishCombined ends the run of a combined request, after message_3: there is
// no message_4 (RFC 9668 section 3.3.1).
func finishCombined(session *ake.Session, err error) error {
	if err != nil {
		return err
	}
	return session.CompleteWithoutMessage4()
}

// Continue goes on with a run whose question was answered at its Session. The
// response belongs to the request that brought the Pending event. If the answer
// does not suffice, there is another such event. It gives ErrState if the Server
// waits for no answer at this Session, and ErrBusy if the host or another call uses
// it just now.
func (s *Server) Continue(session *ake.Session) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs.bySession[session]
	switch {
	case r == nil || r.pending == nil:
		return nothing(), errEnded
	case r.busy:
		return nothing(), ake.ErrBusy
	}
	c := &call{run: r, now: s.now(), parsed: parsed{input: inContinue, oscore: r.combined}}
	result := s.work(c, func() ([]byte, error) { return s.continued(r) })
	if c.lost {
		return nothing(), ake.ErrBusy
	}
	return result, nil
}

func (s *Server) continued(r *run) ([]byte, error) {
	state := r.session.Info().State
	switch {
	case state == ake.StateFailed: // the host has rejected the peer
		return nil, endOf(r.session)
	case r.combined > 0:
		return nil, finishCombined(r.session, r.session.Continue())
	case state == ake.StatePending1:
		return s.answer1(r.session, r.session.Continue())
	}
	return r.session.Step(nil)
}

// endOf is why a session has ended.
func endOf(session *ake.Session) error {
	if last := session.LastError(); last != nil {
		return last
	}
	return errEnded
}
