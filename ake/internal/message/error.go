package message

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// Error codes (section 6, figure 10).
const (
	CodeSuccess           = 0 // never sent
	CodeUnspecified       = 1
	CodeWrongSuite        = 2
	CodeUnknownCredential = 3
)

// Error is an EDHOC error message (chapter 6):
//
//	error = (ERR_CODE : int, ERR_INFO : any)
//
// A code or cipher suite that was read and is beyond int64 is the nearest end of
// int64, which has no meaning either: such a message is not encoded as it came.
type Error struct {
	Code   int64
	Text   string  // code 1
	Suites []int64 // code 2: SUITES_R
	Info   []byte  // other codes: ERR_INFO as it came
}

// Encode builds the error message.
func (e *Error) Encode() []byte {
	out := cborx.AppendInt(make([]byte, 0, 8+len(e.Text)+len(e.Info)), e.Code)
	switch e.Code {
	case CodeUnspecified:
		return cborx.AppendText(out, e.Text)
	case CodeWrongSuite:
		return appendSuites(out, e.Suites)
	case CodeUnknownCredential:
		return cborx.AppendTrue(out)
	}
	return append(out, e.Info...)
}

// ParseError reads an error message.
func ParseError(data []byte) (*Error, error) {
	var room [2]cborx.Item
	items, err := sequence(room[:0], "error", data, 2)
	if err != nil {
		return nil, err
	}
	if len(items) != 2 {
		return nil, fmt.Errorf("%w: an error message has 2 elements", ErrMalformed)
	}
	e := Error{Info: items[1]}
	var ok bool
	if e.Code, _, ok = items[0].Integer(); !ok {
		return nil, fmt.Errorf("%w: ERR_CODE is not an int", ErrMalformed)
	}
	switch e.Code {
	case CodeUnspecified:
		if e.Text, ok = items[1].Text(); !ok {
			return nil, fmt.Errorf("%w: ERR_INFO of error 1 is not a text string", ErrMalformed)
		}
	case CodeWrongSuite:
		if e.Suites, err = parseSuites(items[1]); err != nil {
			return nil, err
		}
	case CodeUnknownCredential:
		if !items[1].IsTrue() {
			return nil, fmt.Errorf("%w: ERR_INFO of error 3 is not true", ErrMalformed)
		}
	}
	return &e, nil
}

// MayBeError reports whether an error message can be in the place of message_1,
// which starts with an int, too: it has two items and no more.
func MayBeError(data []byte) bool {
	for range 2 {
		var err error
		if _, data, err = cborx.First(data); err != nil {
			return false
		}
	}
	return len(data) == 0
}

// LooksLikeError tells an error message from message_2, message_3 and
// message_4, which are one byte string: it starts with an int.
func LooksLikeError(data []byte) bool {
	return len(data) > 0 && cborx.Item(data).Kind() == cborx.Int
}
