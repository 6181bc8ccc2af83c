package ake

import (
	"slices"

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
	wire := message.Error{Code: e.Code, Text: e.Text, Suites: e.Suites, Info: e.Info}
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

// readError returns the error message in data, or nil if data is another kind
// of message.
func readError(data []byte) *message.Error {
	if !message.LooksLikeError(data) {
		return nil
	}
	e, err := message.ParseError(data)
	if err != nil {
		return nil
	}
	return e
}

// receiveError keeps an error message of the peer and gives it its status.
func (s *Session) receiveError(e *message.Error) *Error {
	s.peerError = e
	switch e.Code {
	case message.CodeUnspecified:
		return errorf(ErrPeerUnspecified, "%q", e.Text)
	case message.CodeWrongSuite:
		if s.role == Initiator && s.state == StateWait2 {
			s.suitesIn = slices.Clone(e.Suites)
			return errorf(ErrPeerSuite, "SUITES_R %v", e.Suites)
		}
	case message.CodeUnknownCredential:
		return &Error{Status: ErrPeerCredential}
	}
	return errorf(ErrPeerOther, "error code %d", e.Code)
}

// ProcessError takes an error message that arrived: it ends the run and returns
// the matching status (ErrPeerUnspecified, ErrPeerSuite, ErrPeerCredential,
// ErrPeerOther). Nothing is to be sent back. The methods that process a message
// do the same when they are given an error message. A completed session is not
// touched: ErrState.
func (s *Session) ProcessError(data []byte) error {
	return s.do(evProcessError, func() error {
		e, err := message.ParseError(data)
		if err != nil {
			// Not an error message: nothing is due for it.
			return errorf(ErrArgument, "%v", err)
		}
		return fatal(s.receiveError(e))
	})
}

// PeerError returns the error message that the peer ended the run with, or
// ErrNotFound.
func (s *Session) PeerError() (e *ErrorMessage, err error) {
	if busy := s.read(func() {
		if s.peerError == nil {
			err = ErrNotFound
		} else {
			e = fromWire(s.peerError)
		}
	}); busy != nil {
		return nil, busy
	}
	return e, err
}

// PrepareError returns the error message that is due after a failure, and ends
// the run if that did not (RFC 9528 section 6: who sends an error message
// aborts). It gives ErrNotFound if none is due: after success, after an error
// message of the peer, or after completion.
//
// The text that the peer gets says little on purpose; LastError says more.
func (s *Session) PrepareError() ([]byte, error) {
	if !s.mu.TryLock() {
		return nil, ErrBusy
	}
	defer s.leave()
	due := s.due
	if due == nil {
		return nil, errorf(ErrNotFound, "no error message is due")
	}
	if s.state != StateFailed {
		s.fail(due)
	}
	row := statusTable[due.Status]
	e := message.Error{Code: row.code, Text: row.wireText}
	for _, id := range s.suites {
		e.Suites = append(e.Suites, int64(id))
	}
	return e.Encode(), nil
}

// LastError returns the last error of this Session, or nil.
func (s *Session) LastError() (last *Error, err error) {
	err = s.read(func() { last = s.last })
	return last, err
}
