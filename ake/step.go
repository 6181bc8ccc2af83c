package ake

// Step is the short way through a run: it takes what arrived (nothing, to start
// as Initiator) and returns what to send (nothing, if nothing is due). The run
// is over when Info says Complete, or when Step fails and State is
// StateFailed.
//
// Without Config.Message4, the Initiator is complete with message_3, and the
// Responder when it has verified that. Not so with MethodPSK, where only a fourth
// message authenticates the Responder: Step sends message_4 then, and waits for
// it; an Initiator that gets an OSCORE message instead verifies that and calls
// PeerProved.
//
// An error message that comes when the Initiator is complete says that the Responder
// did not accept message_3: Step gives its status (ErrPeerCredential ...), and the
// Session stays complete.
//
// When the Responder refuses the cipher suite, the Initiator starts again by
// itself with one that both support; when it refuses a resumption, without.
//
// On failure, reply is the EDHOC error message to send, if the run ended and
// one is due. After a pending status the host answers and calls Step again,
// with nothing.
func (s *Session) Step(in []byte) (reply []byte, err error) {
	info := s.Info()
	reply, err = s.step(info, in)
	if again := s.begin(info.Resumed, err); again != nil {
		if err := again(); err != nil {
			return nil, err
		}
		return s.PrepareMessage1()
	}
	if err != nil && !StatusOf(err).Pending() {
		// Only the step that ends the run has an error message to send.
		if s.Info().State == StateFailed && info.State != StateFailed {
			reply, _ = s.PrepareError()
		}
		return reply, err
	}
	return reply, err
}

// begin returns how to begin another run after the peer refused this one, or nil
// if that would not help.
func (s *Session) begin(resumed bool, err error) func() error {
	switch status := StatusOf(err); {
	case resumed && status.peer():
		return s.FallBack
	case status == ErrPeerSuite:
		return s.Restart
	}
	return nil
}

// peer reports whether the status is an error message of the peer.
func (s Status) peer() bool {
	switch s {
	case ErrPeerUnspecified, ErrPeerSuite, ErrPeerCredential, ErrPeerOther:
		return true
	}
	return false
}

func (s *Session) step(info Info, in []byte) ([]byte, error) {
	switch info.Next {
	case NextPrepare1:
		if len(in) > 0 {
			return nil, errorf(ErrArgument, "the Initiator starts with nothing")
		}
		return s.PrepareMessage1()
	case NextDecide:
		if len(in) > 0 {
			return nil, errorf(ErrState, "a decision is pending: answer it, then step with nothing")
		}
		if err := s.Continue(); err != nil {
			return nil, err
		}
	case NextProcess1:
		if err := s.ProcessMessage1(in); err != nil {
			return nil, err
		}
	case NextProcess2:
		if err := s.ProcessMessage2(in); err != nil {
			return nil, err
		}
	case NextProcess3:
		if err := s.ProcessMessage3(in); err != nil {
			return nil, err
		}
	case NextProcess4:
		return nil, s.ProcessMessage4(in)
	case NextPrepare2, NextPrepare3, NextPrepare4: // a key operation was pending
		if len(in) > 0 {
			return nil, errorf(ErrState, "this side is to send, not to receive: step with nothing")
		}
	case NextNothing:
		return nil, s.lateError(in)
	}
	return s.answer()
}

// answer prepares what follows a message that was accepted.
func (s *Session) answer() ([]byte, error) {
	info := s.Info()
	switch info.Next {
	case NextPrepare2:
		return s.PrepareMessage2()
	case NextPrepare3:
		message3, err := s.PrepareMessage3()
		if err == nil && !s.party.message4 && !info.FourthMessage {
			err = s.CompleteWithoutMessage4()
		}
		return message3, err
	case NextPrepare4:
		if s.party.message4 || info.FourthMessage {
			return s.PrepareMessage4()
		}
		return nil, s.CompleteWithoutMessage4()
	}
	return nil, nil
}
