package coap

import (
	"time"

	"github.com/liblake/lake/ake"
)

// What the Server does with each kind of input. The methods are called with the
// lock, and give it up while the engine and the host's callbacks work.

// refuse answers what is wrong in itself.
func (s *Server) refuse(c *call) Result { return c.refusal }

// unknown answers a message for a run that is not there, or is complete.
func (s *Server) unknown(*call) Result { return edhocError(BadRequest, textUnknown) }

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
	config, role := s.config.Responder, ake.Responder
	if c.input == inEmpty {
		config, role = s.config.Initiator, ake.Initiator
	}
	if config == nil {
		return edhocError(BadRequest, textNoFlow)
	}
	events, refusal := s.admit(c)
	if refusal != nil {
		return *refusal
	}
	var cI []byte
	if role == ake.Responder {
		cI, _ = initiatorOf(c.message) // parse has looked
	}
	id, err := s.ids.Take(cI)
	if err != nil {
		s.stats.Refused++
		return s.notBegun(c, bare(ServiceUnavailable), events, err)
	}
	session, err := config.NewSession(role)
	if err != nil {
		s.ids.Release(id)
		return s.notBegun(c, edhocError(InternalServerError, textInternal), events, err)
	}
	s.stats.Begun++
	s.recent++
	c.run = &run{id: id, peer: c.request.Peer, role: role, session: session, until: c.now.Add(s.limits.Age)}
	s.runs.add(c.run)
	result := s.work(c, func() ([]byte, error) {
		if err := session.SetConnectionID(id); err != nil {
			return nil, err
		}
		if s.config.Prepare != nil {
			if err := s.config.Prepare(session); err != nil {
				return nil, callbackError(err)
			}
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

// admit decides whether a new run may begin, before any public-key operation
// (RFC 9528 section 9.7, RFC 9175). It may drop older runs.
func (s *Server) admit(c *call) (events []Event, refusal *Result) {
	if c.now.Sub(s.second) >= time.Second || c.now.Before(s.second) {
		s.second, s.recent = c.now, 0
	}
	full := s.runs.len() >= s.limits.HalfOpen
	if !full && s.runs.len() < s.limits.Threshold && s.recent < s.limits.Threshold {
		return nil, nil
	}
	peer := c.request.Peer
	if s.config.NoEcho {
		if !full {
			return nil, nil
		}
		s.stats.Refused++
		busy := bare(ServiceUnavailable)
		return nil, &busy
	}
	if !s.echo.fresh(c.now, peer, c.request.Echo) {
		s.stats.Challenged++
		challenge := bare(Unauthorized)
		challenge.Response.Echo = s.echo.challenge(c.now, peer)
		return nil, &challenge
	}
	// The peer is where it says. It takes the place of an older run of its own
	// before that of somebody else's.
	victim := s.runs.oldestOf(peer, s.limits.PerPeer)
	if victim == nil && full {
		victim = s.runs.oldest()
	}
	if victim != nil {
		s.stats.Evicted++
		events = append(events, s.drop(victim, ake.ErrRunEvicted))
	}
	return events, nil
}

// goOn passes a message to its run.
func (s *Server) goOn(c *call) Result {
	r := c.run
	if r.busy {
		return nothing() // the stack asks again
	}
	session := r.session
	if r.pending != nil {
		if c.input != inError {
			return nothing()
		}
		return s.work(c, func() ([]byte, error) { return nil, session.ProcessError(c.message) })
	}
	if c.input == inCombined {
		return s.work(c, func() ([]byte, error) { return nil, finishCombined(session, session.ProcessMessage3(c.message)) })
	}
	return s.work(c, func() ([]byte, error) { return session.Step(c.message) })
}

// finishCombined ends the run of a combined request, after message_3: there is
// no message_4 (RFC 9668 section 3.3.1).
func finishCombined(session *ake.Session, err error) error {
	if err != nil {
		return err
	}
	if err := session.CompleteWithoutMessage4(); err != nil {
		session.Abort()
		return ake.ErrNoCombined
	}
	return nil
}

// Resume goes on with a run whose question was answered at its Session. The
// response belongs to the request that brought the Pending event. If the answer
// does not suffice, there is another such event. It gives ErrState if the Server
// waits for no answer at this Session.
func (s *Server) Resume(session *ake.Session) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := session.Info()
	if err != nil {
		return nothing(), err
	}
	r := s.runs.byID[string(info.OwnID)]
	if r == nil || r.session != session || r.pending == nil || r.busy {
		return nothing(), errEnded
	}
	return s.resume(r, info), nil
}

func (s *Server) resume(r *run, info ake.Info) Result {
	session := r.session
	c := &call{run: r, now: s.now(), parsed: parsed{input: inResume}}
	if info.State == ake.StateFailed { // the host has rejected the peer
		return s.work(c, func() ([]byte, error) { return nil, endOf(session) })
	}
	if r.combined > 0 {
		c.oscore = r.combined
		return s.work(c, func() ([]byte, error) { return nil, finishCombined(session, session.Resume()) })
	}
	if info.State == ake.StatePending1 {
		return s.work(c, func() ([]byte, error) { return s.answer1(session, session.Resume()) })
	}
	return s.work(c, func() ([]byte, error) { return session.Step(nil) })
}

// endOf is why a session has ended.
func endOf(session *ake.Session) error {
	last, err := session.LastError()
	switch {
	case err != nil:
		return err
	case last == nil:
		return errEnded
	}
	return last
}

// outcome is what the engine made of a message.
type outcome struct {
	reply   []byte
	err     error
	info    ake.Info // after it
	goesOn  bool     // err says that this was no message of the run
	context *ake.OSCOREContext
	peer    *ake.Credential
}

// work lets the engine work on a run without the lock, and then records what
// became of it.
func (s *Server) work(c *call, step func() ([]byte, error)) Result {
	r := c.run
	x := r.pending
	if c.input != inResume {
		x = s.exchanges.begin(c.key, c.now)
	}
	r.busy = true
	var o outcome
	s.unlocked(func() { o.take(r.session, step, c.input == inMessage || c.input == inCombined || c.input == inError) })
	r.busy = false
	if r.gone { // dropped meanwhile
		result := bare(ServiceUnavailable)
		s.exchanges.finish(x, result)
		return result
	}
	if ake.StatusOf(o.err).Pending() {
		r.pending, r.combined = x, c.oscore
		result := nothing()
		result.Events = []Event{{Kind: Pending, Peer: r.peer, ID: r.id, Session: r.session, Err: o.err}}
		return result
	}
	result := s.record(c, &o)
	s.exchanges.finish(x, result)
	return result
}

// take makes a step and looks at where it led. A message that may be forged and
// that the engine could not read leaves the run as it was; any other failure ends
// it.
func (o *outcome) take(session *ake.Session, step func() ([]byte, error), mayBeForged bool) {
	before, _ := session.Info()
	o.reply, o.err = step()
	o.info, _ = session.Info()
	switch {
	case ake.StatusOf(o.err).Pending():
		return
	case o.err == nil && o.info.Complete:
		o.peer, _ = session.PeerCredential()
		o.context, o.err = session.OSCOREContext()
		return
	case o.err == nil:
		return
	case mayBeForged && o.info.State == before.State:
		o.goesOn = true
		return
	}
	if o.info.State != ake.StateFailed { // a mistake of the host
		session.Abort()
		o.info, _ = session.Info()
	}
	if o.reply == nil {
		o.reply, _ = session.PrepareError()
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
	case o.err == nil && !o.info.Complete: // more is to come
		r.pending = nil
		return withMessage(Changed, o.reply)
	case o.err == nil:
		event.Kind, event.Session, event.Context, event.Credential = Established, r.session, o.context, o.peer
		return s.establish(c, o, event)
	case o.goesOn:
		return edhocError(BadRequest, textMalformed)
	}
	s.drop(r, o.err)
	return s.fail(c, o, event)
}

// establish makes a run into a context. From here on nothing but the host can end
// it: it is no longer a run when the host installs it.
func (s *Server) establish(c *call, o *outcome, event Event) Result {
	s.runs.remove(c.run)
	s.contexts[string(event.ID)] = struct{}{}
	if s.config.Install != nil {
		var err error
		s.unlocked(func() { err = s.config.Install(event) })
		if err != nil {
			s.release(event.ID)
			c.run.session.Close()
			o.err = callbackError(err)
			return s.fail(c, o, Event{Peer: event.Peer, ID: event.ID, Err: o.err})
		}
	}
	s.stats.Established++
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
	case c.input == inMessage1:
		return withMessage(BadRequest, s.profilesError(o.reply))
	}
	return withMessage(BadRequest, o.reply)
}

// isOwnFault reports whether a failure is not the client's.
func isOwnFault(err error) bool {
	switch ake.StatusOf(err) {
	case ake.ErrInternal, ake.ErrCallback, ake.ErrNoCredential, ake.ErrPrivateKey, ake.ErrArgument:
		return true
	}
	return false
}
