package coap

import (
	"errors"

	"github.com/liblake/lake/ake"
)

// How the Server works on a run, and what becomes of that.

// outcome is what the engine made of a message.
type outcome struct {
	reply   []byte
	err     error
	info    ake.Info // after it
	goesOn  bool     // this was an error message, where the run takes none
	lost    bool     // the host used the session: as if nothing had come
	context *ake.OSCOREContext
	peer    *ake.Credential

	established bool
}

// work lets the engine work on a run without the lock, and then records what
// became of it.
func (s *Server) work(c *call, step func() ([]byte, error)) Result {
	r := c.run
	x := r.pending
	if c.input != inContinue {
		x = &exchange{}
		if c.repeats {
			x = s.exchanges.begin(c.request, c.now)
		}
	}
	r.busy = true
	var o outcome
	s.unlocked(func() { s.do(c, step, &o) })
	r.busy = false
	switch {
	case r.gone: // dropped meanwhile
		result := bare(ServiceUnavailable)
		s.exchanges.finish(x, result, false)
		o.clear()
		return result
	case o.lost:
		c.lost = true
		return s.lose(c, x)
	case ake.StatusOf(o.err).Pending():
		return s.ask(c, x, &o)
	}
	if c.input == inContinue {
		r.pending = nil
	}
	result := s.record(c, &o)
	if o.goesOn {
		s.exchanges.forget(x) // it came to nothing, and comes to nothing again
	} else {
		s.exchanges.finish(x, result, o.established)
	}
	return result
}

// do makes a step while the host leaves the session alone.
func (s *Server) do(c *call, step func() ([]byte, error), o *outcome) {
	session := c.run.session
	if c.prepare {
		if err := s.config.Prepare(session); err != nil {
			o.err = callbackError(err)
			o.end(session)
			return
		}
	}
	if s.config.Hold != nil {
		release, ok := s.config.Hold(session)
		if !ok {
			o.lost = true
			return
		}
		defer release()
	}
	o.take(session, step, c.input == inError)
}

// lose treats a request as one that did not arrive. A run that has not begun is
// over.
func (s *Server) lose(c *call, x *exchange) Result {
	result := nothing()
	if c.input == inContinue {
		return result
	}
	s.exchanges.forget(x)
	if c.input == inMessage1 || c.input == inEmpty {
		result.Events = []Event{s.drop(c.run, ake.ErrBusy)}
	}
	return result
}

// ask passes a question to the host.
func (s *Server) ask(c *call, x *exchange, o *outcome) Result {
	r := c.run
	r.pending, r.combined = x, c.oscore
	if !onlyMessage1[o.info.State] && r.list != s.runs.deciding {
		s.runs.decide(r, c.now.Add(s.limits.Age))
	}
	result := nothing()
	result.Events = []Event{{Kind: Pending, Peer: r.peer, ID: r.id, Session: r.session, Err: o.err}}
	return result
}

// onlyMessage1 has the states in which the peer has sent message_1 at most, which
// anybody can.
var onlyMessage1 = map[ake.State]bool{ake.StateStart: true, ake.StatePending1: true, ake.StateReceived1: true}

// take makes a step and looks at where it led. Whatever fails ends the run (RFC 9528
// section 9.8), but for an error message in a state in which none can come.
func (o *outcome) take(session *ake.Session, step func() ([]byte, error), isError bool) {
	before := session.Info().State
	o.reply, o.err = step()
	o.info = session.Info()
	same := o.info.State == before
	switch {
	case ake.StatusOf(o.err).Pending():
		return
	case ake.StatusOf(o.err) == ake.ErrBusy && same:
		o.lost = true
		return
	case isError && ake.StatusOf(o.err) == ake.ErrState && same:
		o.goesOn = true
		return
	}
	if o.err == nil {
		if o.err = fitsOSCORE(&o.info); o.err != nil {
			o.reply = errorMessage(textID)
		}
	}
	if o.err == nil && o.info.Complete {
		o.peer = session.PeerCredential()
		o.context, o.err = session.OSCOREContext()
	}
	if o.err != nil {
		o.end(session)
	}
}

// end ends the run, if the failure has not, and gets the error message that is due.
func (o *outcome) end(session *ake.Session) {
	if session.Info().State != ake.StateFailed { // a mistake of the host
		session.Abort()
	}
	if o.reply == nil {
		o.reply, _ = session.PrepareError()
	}
}

// clear forgets the keys of a context that nobody gets.
func (o *outcome) clear() {
	if o.context != nil {
		o.context.Clear()
	}
}

func (s *Server) unlocked(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

// record commits an outcome that is not pending, and makes the answer.
func (s *Server) record(c *call, o *outcome) Result {
	r := c.run
	event := Event{Peer: r.peer, ID: r.id, Err: o.err}
	switch {
	case o.goesOn:
		return bare(BadRequest)
	case o.err == nil && o.info.Complete:
		event.Kind, event.Session, event.Context, event.Credential = Established, r.session, o.context, o.peer
		return s.establish(c, o, event)
	case o.err == nil: // more is to come
		return s.reply(c, o)
	}
	s.drop(r, o.err)
	return s.fail(c, o, event)
}

// reply sends a message of a run that goes on. To a peer that has not shown where it
// is, a large first one is not sent: that would multiply what an attacker sends in
// the name of somebody else.
func (s *Server) reply(c *call, o *outcome) Result {
	r := c.run
	if role := o.info.Role; o.info.State == firstAnswered[role] {
		s.largest[role] = max(s.largest[role], len(o.reply))
		if r.reply > 0 && len(o.reply) > r.reply {
			event := s.drop(r, because(ake.ErrRefused, "the peer is asked for Echo first"))
			result := s.challenge(r.peer, c.now)
			if c.input == inContinue { // the host knows of the run
				result.Events = []Event{event}
			}
			return result
		}
	}
	return withMessage(Changed, o.reply)
}

// firstAnswered is the state after the first message of this side.
var firstAnswered = map[ake.Role]ake.State{ake.Initiator: ake.StateWait2, ake.Responder: ake.StateWait3}

// establish makes a run into a context. From here on nothing but the host can end
// it: it is no longer a run when the host installs it.
func (s *Server) establish(c *call, o *outcome, event Event) Result {
	s.runs.remove(c.run)
	s.contexts[string(event.ID)] = true
	if s.config.Install != nil {
		var err error
		s.unlocked(func() { err = s.config.Install(event) })
		if err != nil {
			s.release(event.ID)
			c.run.session.Close()
			o.clear()
			o.err = callbackError(err)
			return s.fail(c, o, Event{Peer: event.Peer, ID: event.ID, Err: o.err})
		}
	}
	s.stats.Established++
	o.established = true
	result := withMessage(Changed, o.reply)
	if c.oscore > 0 {
		result = forOSCORE(c.oscore)
	}
	result.Events = []Event{event}
	return result
}

func (s *Server) fail(c *call, o *outcome, event Event) Result {
	s.stats.Failed++
	result := s.errorAnswer(c, o)
	event.Kind = Failed
	result.Events = []Event{event}
	return result
}

// errorAnswer is the answer to a message that ended a run (RFC 9528 section
// A.2.3, RFC 9668 section 3.3.1).
func (s *Server) errorAnswer(c *call, o *outcome) Result {
	switch {
	case c.input == inError && !isError(c.message):
		return bare(BadRequest)
	case c.input == inError:
		return bare(Changed) // error messages are not answered by error messages
	case isOwnFault(o.err):
		return edhocError(InternalServerError, textInternal)
	case c.oscore > 0:
		if e, err := ake.ParseErrorMessage(o.reply); err != nil || e.Code != 1 {
			return edhocError(BadRequest, "authentication failed")
		}
	case len(o.reply) == 0:
		return edhocError(BadRequest, textInternal)
	case c.input == inMessage1 && !errors.Is(o.err, errAdvertised):
		return withMessage(BadRequest, s.profilesError(o.reply, c.run.reply))
	}
	return withMessage(BadRequest, o.reply)
}

// isOwnFault reports whether a failure is not the client's.
func isOwnFault(err error) bool {
	switch ake.StatusOf(err) {
	case ake.ErrInternal, ake.ErrCallback, ake.ErrBusy, ake.ErrNoCredential, ake.ErrPrivateKey, ake.ErrArgument:
		return true
	}
	return false
}
