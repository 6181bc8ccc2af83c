package coap

import (
	"errors"
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
	events, refusal := s.admit(c, role)
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
	c.run = &run{id: id, peer: c.request.Peer, host: c.request.Host, session: session, until: c.now.Add(s.limits.Age)}
	if !s.config.NoEcho && !s.echo.fresh(c.now, c.request.Peer, c.request.Echo) {
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

// unverified is how many bytes may be sent to a peer that has not shown where it is:
// three times what came from there (RFC 9175 section 2.4), of which the headers and
// options of IP, UDP and CoAP take some 60.
func unverified(request *Request) int { return 3 * (len(request.Payload) + 60) }

func callbackError(err error) error {
	return &ake.Error{Status: ake.ErrCallback, Detail: err.Error()}
}

// admit decides whether a new run may begin, before any public-key operation
// (RFC 9528 section 9.7, RFC 9175). It may drop older runs.
func (s *Server) admit(c *call, role ake.Role) (events []Event, refusal *Result) {
	if c.now.Sub(s.second) >= time.Second || c.now.Before(s.second) {
		s.second, s.recent = c.now, 0
	}
	full := s.runs.len() >= s.limits.HalfOpen
	calm := s.runs.len() < s.limits.Threshold && s.recent < s.limits.Threshold && !full
	switch {
	case s.config.NoEcho && !full:
		return nil, nil
	case s.config.NoEcho:
		return s.makeRoom(s.runs.veteran(c.now.Add(s.limits.Age * 7 / 8)))
	case calm && s.largest[role] <= unverified(c.request):
		return nil, nil
	case !s.echo.fresh(c.now, c.request.Peer, c.request.Echo):
		challenge := s.challenge(c.request.Peer, c.now)
		return nil, &challenge
	case calm:
		return nil, nil
	}
	// The peer is where it says. It takes the place of an older run of its own
	// before that of somebody else's.
	victim := s.runs.victim(c.request.Host, s.limits.PerHost, full)
	if victim == nil && !full {
		return nil, nil
	}
	return s.makeRoom(victim)
}

// challenge asks a peer to show that it is where it says.
func (s *Server) challenge(peer string, now time.Time) Result {
	s.stats.Challenged++
	challenge := bare(Unauthorized)
	challenge.Response.Echo = s.echo.challenge(now, peer)
	return challenge
}

// makeRoom drops a run for a new one, or refuses that if there is none to drop.
func (s *Server) makeRoom(victim *run) (events []Event, refusal *Result) {
	if victim == nil {
		s.stats.Refused++
		busy := bare(ServiceUnavailable)
		return nil, &busy
	}
	s.stats.Evicted++
	return []Event{s.drop(victim, ake.ErrRunEvicted)}, nil
}

// goOn passes a message to its run.
func (s *Server) goOn(c *call) Result {
	r, session := c.run, c.run.session
	switch {
	case c.input == inError && c.request.Peer != r.peer:
		return s.ignore(c) // anybody could end runs so; a client that has moved loses nothing
	case r.busy || r.pending != nil && c.input != inError:
		return nothing() // the stack asks again
	case r.pending != nil:
		return s.work(c, func() ([]byte, error) { return nil, session.ProcessError(c.message) })
	case c.input == inCombined && s.message4: // RFC 9668 section 3.3.1, step 4
		return s.work(c, func() ([]byte, error) {
			session.Abort()
			return errorMessage("message_4 is required"), ake.ErrNoCombined
		})
	case c.input == inCombined:
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
	return session.CompleteWithoutMessage4()
}

// Resume goes on with a run whose question was answered at its Session. The
// response belongs to the request that brought the Pending event. If the answer
// does not suffice, there is another such event. It gives ErrState if the Server
// waits for no answer at this Session, and ErrBusy if the host uses it just now.
func (s *Server) Resume(session *ake.Session) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs.bySession[session]
	if r == nil || r.pending == nil || r.busy {
		return nothing(), errEnded
	}
	c := &call{run: r, now: s.now(), parsed: parsed{input: inResume, oscore: r.combined}}
	result := s.work(c, func() ([]byte, error) { return s.resume(r) })
	if c.lost {
		return nothing(), ake.ErrBusy
	}
	return result, nil
}

func (s *Server) resume(r *run) ([]byte, error) {
	info, err := r.session.Info()
	switch {
	case err != nil:
		return nil, err
	case info.State == ake.StateFailed: // the host has rejected the peer
		return nil, endOf(r.session)
	case r.combined > 0:
		return nil, finishCombined(r.session, r.session.Resume())
	case info.State == ake.StatePending1:
		return s.answer1(r.session, r.session.Resume())
	}
	return r.session.Step(nil)
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
	if c.input != inResume {
		x = &exchange{}
		if c.repeats {
			x = s.exchanges.begin(c.key, c.now)
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
	if c.input == inResume {
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
	o.take(session, step, c.input == inMessage || c.input == inCombined || c.input == inError)
}

// lose treats a request as one that did not arrive. A run that has not begun is
// over.
func (s *Server) lose(c *call, x *exchange) Result {
	result := nothing()
	if c.input == inResume {
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
	if o.info.State != ake.StatePending1 && r.list != s.runs.deciding {
		s.runs.decide(r, c.now.Add(s.limits.Age))
	}
	result := nothing()
	result.Events = []Event{{Kind: Pending, Peer: r.peer, ID: r.id, Session: r.session, Err: o.err}}
	return result
}

// take makes a step and looks at where it led. A message that may be forged and
// that the engine could not read leaves the run as it was; any other failure ends
// it.
func (o *outcome) take(session *ake.Session, step func() ([]byte, error), mayBeForged bool) {
	before, err := session.Info()
	if err != nil {
		o.err, o.lost = err, true
		return
	}
	o.reply, o.err = step()
	if o.info, err = session.Info(); o.err == nil {
		o.err = err
	}
	same := o.info.State == before.State
	switch {
	case ake.StatusOf(o.err).Pending():
		return
	case ake.StatusOf(o.err) == ake.ErrBusy && same:
		o.lost = true
		return
	case mayBeForged && o.err != nil && same:
		o.goesOn = true
		return
	case o.err == nil && o.info.Complete:
		o.peer, _ = session.PeerCredential()
		o.context, o.err = session.OSCOREContext()
	}
	if o.err != nil {
		o.end(session)
	}
}

// end ends the run, if the failure has not, and gets the error message that is due.
func (o *outcome) end(session *ake.Session) {
	if info, err := session.Info(); err == nil && info.State != ake.StateFailed { // a mistake of the host
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
	case o.goesOn && c.input == inError: // in a state in which the engine takes none
		return bare(BadRequest)
	case o.goesOn:
		return edhocError(BadRequest, textMalformed)
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
			s.drop(r, errEnded)
			return s.challenge(r.peer, c.now)
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
