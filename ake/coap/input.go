package coap

import (
	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// input is what a request is for a Server.
type input int

const (
	inMessage1 input = iota // f5 || message_1
	inEmpty                 // an empty POST: the server is to send message_1
	inMessage               // C_x || message_2, message_3 or message_4
	inError                 // C_x || error
	inCombined              // EDHOC option: message_3 || OSCORE ciphertext, C_R is the kid
	inOSCORE                // OSCORE option alone
	inWrong                 // none of these: refusal says what to answer
	inResume                // no request: the host has answered a question
	numberOfInputs
)

// parsed is a request as a Server reads it, before it looks at its runs.
type parsed struct {
	input   input
	id      []byte // of the run
	message []byte
	oscore  int    // inCombined: where the OSCORE ciphertext begins
	refusal Result // inWrong
}

// parse reads a request. What is wrong with it is answered without a look at
// any run, and so cannot harm one.
func parse(r *Request, maxBody int) parsed {
	refuse := func(refusal Result) parsed { return parsed{input: inWrong, refusal: refusal} }
	switch {
	case r.KID != nil && !r.EDHOC:
		return parsed{input: inOSCORE, id: r.KID}
	case len(r.Payload) > maxBody:
		return refuse(bare(RequestEntityTooLarge))
	case r.EDHOC:
		message3, oscore, err := cutCombined(r.Payload)
		if r.KID == nil || err != nil {
			return refuse(edhocError(BadRequest, textMalformed))
		}
		return parsed{input: inCombined, id: r.KID, message: message3, oscore: oscore}
	case r.Code != POST:
		return refuse(bare(MethodNotAllowed))
	case r.Format != NoFormat && r.Format != FormatCIDEDHOC:
		return refuse(bare(UnsupportedContentFormat))
	case len(r.Payload) == 0:
		return parsed{input: inEmpty}
	case r.Payload[0] == prefixTrue:
		message1 := r.Payload[1:]
		if isError(message1) {
			return refuse(bare(BadRequest))
		}
		if _, err := initiatorOf(message1); err != nil {
			return refuse(edhocError(BadRequest, textMalformed))
		}
		return parsed{input: inMessage1, message: message1}
	}
	id, message, err := cutIdentifier(r.Payload)
	switch {
	case err == nil && startsWithInt(message):
		if !isError(message) {
			return refuse(bare(BadRequest)) // a malformed error message, which is not answered by one
		}
		return parsed{input: inError, id: id, message: message}
	case err == nil && isByteString(message):
		return parsed{input: inMessage, id: id, message: message}
	case isError(r.Payload): // without a connection identifier
		return refuse(bare(BadRequest))
	}
	return refuse(edhocError(BadRequest, textMalformed))
}

func isError(message []byte) bool {
	_, err := ake.ParseErrorMessage(message)
	return err == nil
}

func startsWithInt(message []byte) bool {
	return len(message) > 0 && cborx.Item(message).Kind() == cborx.Int
}

func isByteString(message []byte) bool {
	item, err := cborx.One(message)
	return err == nil && item.Kind() == cborx.Bytes
}

// Texts of error messages with code 1. Those of failed runs come from the engine.
const (
	textMalformed = "malformed message"
	textUnknown   = "unknown session"
	textNoFlow    = "message flow not supported"
	textInternal  = "internal error"
)

// nothing is no answer, for the time being.
func nothing() Result { return bare(Empty) }

// bare is an answer without payload.
func bare(code Code) Result {
	return Result{Response: Response{Code: code, Format: NoFormat}}
}

// edhocError is an answer with an EDHOC error message of code 1 (RFC 9528
// section 6.2).
func edhocError(code Code, text string) Result { return withMessage(code, errorMessage(text)) }

func errorMessage(text string) []byte {
	message, err := (&ake.ErrorMessage{Code: 1, Text: text}).Encode()
	if err != nil {
		return nil
	}
	return message
}

// withMessage is an answer with a message, which may be empty.
func withMessage(code Code, message []byte) Result {
	if len(message) == 0 {
		return bare(code)
	}
	return Result{Response: Response{Code: code, Format: FormatEDHOC, Payload: message}}
}
