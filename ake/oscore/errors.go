package oscore

import (
	"errors"
	"fmt"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

func because(status ake.Status, format string, args ...any) error {
	return &ake.Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// ErrorResponse is the answer to a request that UnprotectRequest, or Contexts.Find,
// refused with err (RFC 8613 section 8.2): an unprotected 4.01, 4.02 or 4.00 that no
// proxy keeps. A request that must be acknowledged is answered with its own message ID,
// another one with messageID. It is nil where nothing is to be answered: to what is not
// a request, and for an err of other kinds; ErrFreshness is answered by
// Context.Challenge.
func ErrorResponse(datagram []byte, err error, messageID uint16) []byte {
	var code codes.Code
	var text string
	switch {
	case errors.Is(err, ake.ErrMalformed):
		code, text = codes.BadOption, "Failed to decode COSE"
	case errors.Is(err, ake.ErrContextUnknown):
		code, text = codes.Unauthorized, "Security context not found"
	case errors.Is(err, ake.ErrReplay):
		code, text = codes.Unauthorized, "Replay detected"
	case errors.Is(err, ake.ErrDecryption):
		code, text = codes.BadRequest, "Decryption failed"
	default:
		return nil
	}
	w := newWorkspace()
	defer w.free()
	request, err := decode(datagram, &w.rooms[0])
	if err != nil || !wire.IsRequest(request.Code) {
		return nil
	}
	answer := message.Message{Code: code, Token: request.Token, Payload: []byte(text),
		Options: message.Options{{ID: message.MaxAge}}}
	if !answerTo(&answer, &request, messageID) {
		return nil
	}
	return wire.Encode(answer)
}

// answerTo sets the type and the message ID of an answer (RFC 7252 sections 4.2 and 4.3).
func answerTo(answer, request *message.Message, messageID uint16) bool {
	switch request.Type {
	case message.Confirmable:
		answer.Type, answer.MessageID = message.Acknowledgement, request.MessageID
	case message.NonConfirmable:
		answer.Type, answer.MessageID = message.NonConfirmable, int32(messageID)
	default:
		return false
	}
	return true
}
