package ake

import (
	"time"

	"github.com/liblake/lake/ake/internal/schedule"
)

// completed is a run that is over.
type completed struct {
	facts
	own      *Credential
	unproved *unproved // Initiator: the Responder has not authenticated yet
	kept     *kept     // Responder: message_4
	*output
}

// unproved is what is still open about a Responder that only a fourth message
// authenticates.
type unproved struct {
	withheld []received // EAD_2
}

// kept is a message that may have to be sent again.
type kept struct {
	message []byte
	until   time.Time
}

func (*completed) state() State { return StateCompleted }

func (p *completed) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prkOut, p.prkExporter}}
}

// defaultExchangeLifetime is EXCHANGE_LIFETIME of CoAP with its default times
// (RFC 7252 section 4.8.2).
const defaultExchangeLifetime = 247 * time.Second

func (p *completed) sent(in *env) ([]byte, error) {
	if p.kept == nil {
		return nil, errorf(ErrState, "the run was completed without message_4, or it is not kept any more")
	}
	return p.kept.message, nil
}

// tidied is the phase without what is kept no longer.
func (p *completed) tidied(now time.Time) *completed {
	if p.kept == nil || now.Before(p.kept.until) {
		return p
	}
	next := *p
	next.kept = nil
	return &next
}

// CompleteWithoutMessage4 ends a run in which message_4 is not required. The
// Initiator does so when it has verified a message that is protected with the
// new keys (RFC 9528 section 5.4.2). With MethodPSK this authenticates nobody:
// PeerProved does.
func (s *Session) CompleteWithoutMessage4() error {
	return s.do(evComplete, func() (phase, error) {
		if s.party.message4 {
			return nil, errorf(ErrState, "message_4 is required by the configuration")
		}
		switch p := s.phase.(type) {
		case *wait4:
			next := &completed{facts: p.facts, own: p.own, output: p.output}
			if !p.auth.proves2() {
				next.unproved = &unproved{p.withheld}
			}
			return next, nil
		case *verified3:
			return &completed{facts: p.facts, own: p.own, output: p.output}, nil
		}
		return nil, errorf(ErrState, "nothing to complete")
	})
}

// PeerProved says that the host has verified a message of the Responder that is
// protected with the new keys, such as an OSCORE response. For an Initiator of
// MethodPSK it is what message_4 would have been: it authenticates the Responder,
// shows what that said in EAD_2, and completes the run. It can also be called after
// CompleteWithoutMessage4; a critical EAD item of message_2 that nobody understands
// then still ends the run. For the other methods it completes a run that waits for
// message_4.
//
// It gives PendingEAD like ProcessMessage4, and ErrState to a Responder, and where
// message_4 is required by the Config.
func (s *Session) PeerProved() error {
	return s.do(evPeerProved, func() (phase, error) {
		if s.party.message4 && s.phase.state() != StateCompleted {
			return nil, errorf(ErrState, "message_4 is required by the configuration")
		}
		switch p := s.phase.(type) {
		case *wait4:
			return p.proved(&s.env, opened{})
		case *completed:
			return p.proved(&s.env)
		}
		return nil, errorf(ErrState, "nobody has to prove anything")
	})
}

func (p *completed) proved(in *env) (phase, error) {
	if p.unproved == nil {
		return p, nil
	}
	j := judged{facts: p.facts}
	j.reveal(p.unproved.withheld)
	if err := in.decide(&j); err != nil {
		if StatusOf(err).Pending() { // there is no state to wait in
			err = errorf(ErrEADCritical, "message_2: PeerProved before the run is completed asks the host")
		}
		return nil, err
	}
	next := *p
	next.facts, next.unproved = j.facts, nil
	next.peer = sameAsOwn(p.own)
	return &next, nil
}

// authenticated: the peer has proved in this run who it is.
func authenticated(p phase) bool {
	switch p.state() {
	case StateVerified2, StateWait4, StatePending4, StateVerified3, StateCompleted:
		return p.about().peer != nil
	}
	return false
}
