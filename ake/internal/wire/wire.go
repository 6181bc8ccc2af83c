// Package wire is what ake/oscore, ake/endpoint and ake/explain have in common of CoAP messages, which
// they read and write with go-coap.
package wire

import (
	"errors"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
)

// MaxOptions is how many options a message can have here.
const MaxOptions = 64

// Decode reads a CoAP message over UDP (RFC 7252 section 3) into a message that has room
// for the options. It refers to the datagram. Elective options whose length is illegal are
// left out (section 5.4.3).
func Decode(datagram []byte, m *message.Message) bool { return read(datagram, m) == nil }

func read(datagram []byte, m *message.Message) error {
	_, err := coder.DefaultCoder.Decode(datagram, m)
	return err
}

// fewOptions is what most messages have at most. Room for all that there may be is most of
// what a message costs.
const fewOptions = 12

// New is Decode of a message whose options it makes room for.
func New(datagram []byte) (*message.Message, bool) {
	m := &message.Message{Options: make(message.Options, 0, fewOptions)}
	err := read(datagram, m)
	if errors.Is(err, message.ErrOptionsTooSmall) {
		*m = message.Message{Options: make(message.Options, 0, MaxOptions)}
		err = read(datagram, m)
	}
	return m, err == nil
}

// Encode writes a message that is made of parts that were read, or of our own, so that it
// is never too large for its own size.
func Encode(m message.Message) []byte {
	size, err := coder.DefaultCoder.Size(m)
	if err != nil {
		return nil
	}
	datagram := make([]byte, size)
	if _, err := coder.DefaultCoder.Encode(m, datagram); err != nil {
		return nil
	}
	return datagram
}

// IsRequest reports whether a code is one of a request (RFC 7252 section 12.1).
func IsRequest(code codes.Code) bool { return code != codes.Empty && code>>5 == 0 }

// IsResponse reports whether a code is one of a response.
func IsResponse(code codes.Code) bool { return code>>5 == 2 || code>>5 == 4 || code>>5 == 5 }
