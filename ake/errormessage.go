package ake

import (
	"slices"
	"strings"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
)

// ErrorMessage is an EDHOC error message (RFC 9528 chapter 6).
type ErrorMessage struct {
	Code   int64   // 1 unspecified, 2 wrong suite, 3 unknown credential, or another one
	Text   string  // of code 1, for people
	Suites []int64 // of code 2: SUITES_R
	Info   []byte  // of other codes: ERR_INFO, one CBOR item
}

// Encode builds the error message. It gives ErrArgument for code 0, which is
// never sent, for code 2 without suites, and for ERR_INFO that is not one CBOR
// item.
func (e *ErrorMessage) Encode() ([]byte, error) {
	switch e.Code {
	case message.CodeSuccess:
		return nil, errorf(ErrArgument, "error code 0 is never sent")
	case message.CodeUnspecified, message.CodeUnknownCredential:
	case message.CodeWrongSuite:
		if len(e.Suites) == 0 {
			return nil, errorf(ErrArgument, "error code 2 needs the supported cipher suites")
		}
	default:
		if _, err := cborx.One(e.Info); err != nil {
			return nil, errorf(ErrArgument, "ERR_INFO: %v", err)
		}
	}
	wire := message.Error{Code: e.Code, Text: strings.ToValidUTF8(e.Text, "\uFFFD"), Suites: e.Suites, Info: e.Info}
	return wire.Encode(), nil
}

// ParseErrorMessage reads an error message, and gives ErrMalformed for what is
// none.
func ParseErrorMessage(data []byte) (*ErrorMessage, error) {
	e, err := message.ParseError(data)
	if err != nil {
		return nil, wrap(err)
	}
	return fromWire(e), nil
}

func fromWire(e *message.Error) *ErrorMessage {
	return &ErrorMessage{Code: e.Code, Text: e.Text, Suites: slices.Clone(e.Suites), Info: slices.Clone(e.Info)}
}

// errorMessageFor is what the peer is told of a failure, or nil if that is nothing.
// It says little on purpose.
func errorMessageFor(cause *Error, suitesR []int) []byte {
	row := statusTable[cause.Status]
	if row.code == message.CodeSuccess {
		return nil
	}
	e := message.Error{Code: row.code, Text: row.wireText}
	for _, id := range suitesR {
		e.Suites = append(e.Suites, int64(id))
	}
	return e.Encode()
}

// receivedError ends the run with an error message of the peer, or with what is
// neither one nor the message that was expected: nothing is sent back for either.
func (s *Session) receivedError(data []byte) (phase, error) {
	e, err := message.ParseError(data)
	if err != nil {
		return &failed{facts: *s.phase.about(), silent: true}, err
	}
	return s.receiveError(e)
}

// receiveError ends the run with an error message of the peer.
func (s *Session) receiveError(e *message.Error) (phase, error) {
	end := &failed{facts: *s.phase.about(), peerError: e}
	if e.Code == message.CodeWrongSuite && s.role == Initiator && s.phase.state() == StateWait2 {
		end.suitesIn = firstSuites(e.Suites)
		return end, errorf(ErrPeerSuite, "SUITES_R %v", end.suitesIn)
	}
	return end, statusOfPeer(e)
}

// statusOfPeer is the status of an error message.
func statusOfPeer(e *message.Error) *Error {
	switch e.Code {
	case message.CodeUnspecified:
		return errorf(ErrPeerUnspecified, "%q", e.Text)
	case message.CodeUnknownCredential:
		return &Error{Status: ErrPeerCredential}
	}
	return errorf(ErrPeerOther, "error code %d", e.Code)
}

// ProcessError takes an error message that arrived: it ends the run and returns
// the matching status (ErrPeerUnspecified, ErrPeerSuite, ErrPeerCredential,
// ErrPeerOther, or ErrMalformed for what is no error message). Nothing is to be
// sent back. The methods that process a message do the same when they are given an
// error message. A completed session is not touched: ErrState.
func (s *Session) ProcessError(data []byte) error {
	return s.do(evProcessError, func() (phase, error) { return s.receivedError(data) })
}

// lateError notes an error message for a run that is over here: the peer did not
// accept the last message. The Session stays as it is.
func (s *Session) lateError(data []byte) error {
	return s.alone(func() error {
		e, err := message.ParseError(data)
		if err != nil || s.phase.state() != StateCompleted {
			return s.note(errorf(ErrState, "the run is over"))
		}
		s.notePeer(e)
		return s.note(statusOfPeer(e))
	})
}

// PeerError returns the error message that the peer ended the run with, or that
// came after this side had completed it; nil if there was none.
func (s *Session) PeerError() *ErrorMessage {
	s.seen.Lock()
	defer s.seen.Unlock()
	if s.outcome.peerError == nil {
		return nil
	}
	return fromWire(s.outcome.peerError)
}

// PrepareError returns the error message that is due after a failure, and ends
// the run if that did not (RFC 9528 section 6: who sends an error message
// aborts). It gives ErrNotFound if none is due: after success, after an error
// message of the peer, or after completion.
//
// The text that the peer gets says little on purpose; LastError says more.
func (s *Session) PrepareError() (due []byte, err error) {
	err = s.alone(func() error {
		if unable := s.outcome.unable; unable != nil && statusTable[unable.Status].code != message.CodeSuccess {
			s.fail(nil, unable)
		}
		end, ok := s.phase.(*failed)
		if !ok || end.due == nil {
			return errorf(ErrNotFound, "no error message is due")
		}
		due = slices.Clone(end.due)
		return nil
	})
	return due, err
}

// LastError returns the last error of this Session, nil if no call has failed. Errors
// of a call during another one do not count.
func (s *Session) LastError() error {
	s.seen.Lock()
	defer s.seen.Unlock()
	if s.outcome.last == nil {
		return nil // not a nil *Error
	}
	return s.outcome.last
}
