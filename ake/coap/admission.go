package coap

import (
	"time"

	"github.com/liblake/lake/ake"
)

// Who may begin a run, and what has to give way.

// admit decides whether a new run may begin, before message_1 is decoded and before
// any public-key operation (RFC 9528 section 9.7, RFC 9175). It may drop older runs.
func (s *Server) admit(c *call, role ake.Role) (events []Event, refusal *Result) {
	if c.now.Sub(s.second) >= time.Second || c.now.Before(s.second) {
		s.second, s.recent = c.now, 0
		clear(s.largest) // a single large one is no reason to ask everybody for good
	}
	full := s.runs.len() >= s.limits.HalfOpen
	calm := s.runs.len() < s.limits.Threshold && s.recent < s.limits.Threshold && !full
	large := len(c.message) > s.limits.Message1
	switch {
	case s.config.NoEcho && large:
		tooLarge := bare(RequestEntityTooLarge)
		return nil, &tooLarge
	case s.config.NoEcho && !full:
		return nil, nil
	case s.config.NoEcho:
		return s.makeRoom(s.runs.veteran(c.now.Add(s.limits.Age * 7 / 8)))
	case calm && !large && s.largest[role] <= unverified(c.request):
		return nil, nil
	case !s.isThere(c):
		challenge := s.challenge(c.request.Peer, c.now)
		return nil, &challenge
	case calm:
		return nil, nil
	}
	// The peer is where it says. It takes the place of an older run of its own
	// before that of somebody else's.
	var victim *run
	if s.runs.len() >= s.limits.Threshold {
		victim = s.runs.ofHost(c.request.Host, s.limits.PerHost)
	}
	switch {
	case victim == nil && !full:
		return nil, nil
	case victim == nil:
		victim = s.runs.oldest()
	}
	return s.makeRoom(victim)
}

// isThere reports whether the peer has shown with Echo that it is where it says.
func (s *Server) isThere(c *call) bool {
	if c.proved == nil {
		fresh := s.echo.fresh(c.now, c.request.Peer, c.request.Echo)
		c.proved = &fresh
	}
	return *c.proved
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

// unverified is how many bytes of message may be sent to a peer that has not shown
// where it is: with it, three times what came from there (RFC 9175 section 2.4).
func unverified(request *Request) int { return 3*(len(request.Payload)+headers) - headers }

// headers is about what IP, UDP and CoAP add to a message.
const headers = 60
