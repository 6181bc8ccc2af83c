package endpoint

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// The options that the library of messages does not name.
const (
	optionOSCORE message.OptionID = coap.OptionOSCORE
	optionEDHOC  message.OptionID = coap.OptionEDHOC
)

// The methods of RFC 8132 that it does not name.
const (
	codeFETCH  codes.Code = 5
	codeIPATCH codes.Code = 7
)

// decode reads a CoAP message over UDP. It refers to the datagram.
func decode(datagram []byte) (*message.Message, bool) { return wire.New(datagram) }

// idempotent reports whether a request may be processed twice (RFC 7252 section 5.1, RFC
// 8132 section 2).
func idempotent(code codes.Code) bool {
	switch code {
	case codes.GET, codes.PUT, codes.DELETE, codeFETCH, codeIPATCH:
		return true
	}
	return false
}

// option returns the value of an option, nil if there is none, and not nil if it is empty.
func option(m *message.Message, id message.OptionID) []byte {
	value, err := m.Options.GetBytes(id)
	switch {
	case err != nil:
		return nil
	case value == nil:
		return []byte{}
	}
	return value
}

func uintOption(m *message.Message, id message.OptionID) (uint32, bool) {
	value := option(m, id)
	if value == nil || len(value) > 4 {
		return 0, false
	}
	var whole [4]byte
	copy(whole[4-len(value):], value)
	return binary.BigEndian.Uint32(whole[:]), true
}

func newOption(id message.OptionID, n uint32) message.Option {
	return message.Option{ID: id, Value: bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, n), "\x00")}
}

// path is the Uri-Path of a request. A segment with a slash in it makes another path
// than two segments.
func path(m *message.Message) string {
	var b strings.Builder
	for _, o := range m.Options {
		if o.ID == message.URIPath {
			b.WriteByte('/')
			b.WriteString(strings.ReplaceAll(string(o.Value), "/", "%2F"))
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

func pathOptions(path string) (options message.Options) {
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		options = append(options, message.Option{ID: message.URIPath, Value: []byte(segment)})
	}
	return options
}

// answer is the answer to a request with the type and message ID that it must have
// (RFC 7252 section 5.2): messageID is used if the request was not confirmable.
func answer(request *message.Message, messageID uint16, code codes.Code, options message.Options, payload []byte) []byte {
	m := message.Message{Type: message.NonConfirmable, MessageID: int32(messageID), Code: code, Token: request.Token, Payload: payload}
	for _, o := range options {
		m.Options = m.Options.Add(o)
	}
	switch request.Type {
	case message.Confirmable:
		m.Type, m.MessageID = message.Acknowledgement, request.MessageID
	case message.NonConfirmable:
	default:
		return nil
	}
	return wire.Encode(m)
}

// empty is an Empty message (RFC 7252 section 4.1).
func empty(kind message.Type, messageID int32) []byte {
	return wire.Encode(message.Message{Type: kind, MessageID: messageID})
}
