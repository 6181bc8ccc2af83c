package coap

import (
	"slices"

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
	inContinue              // no request: the host has answered a question
	numberOfInputs
)

// parsed is a request as a Server reads it, before it looks at its runs.
type parsed struct {
	input   input
	id      []byte // of the run
	message []byte // but of inCombined
	oscore  int    // inCombined, once it is cut: where the OSCORE ciphertext begins
	refusal Result // inWrong
}

// parse tells what a request is. It decodes nothing but an identifier: who sent it has
// shown nothing yet. What is wrong here is wrong for every run, and harms none.
func parse(r *Request, maxBody int) parsed {
	refuse := func(refusal Result) parsed { return parsed{input: inWrong, refusal: refusal} }
	switch {
	case r.KID != nil && !r.EDHOC:
		return parsed{input: inOSCORE, id: r.KID}
	case len(r.Payload) > maxBody:
		return refuse(bare(RequestEntityTooLarge))
	case r.EDHOC && r.KID == nil:
		return refuse(edhocError(BadRequest, textMalformed))
	case r.EDHOC:
		return parsed{input: inCombined, id: r.KID}
	case r.Code != POST:
		return refuse(bare(MethodNotAllowed))
	case r.Format != NoFormat && r.Format != FormatCIDEDHOC:
		return refuse(bare(UnsupportedContentFormat))
	case len(r.Payload) == 0:
		return parsed{input: inEmpty}
	case r.Payload[0] == prefixTrue:
		return parsed{input: inMessage1, message: r.Payload[1:]}
	}
	id, message, err := cutIdentifier(r.Payload)
	switch {
	case err != nil:
		return refuse(unreadable(r.Payload))
	case startsWith(message, cborx.Int):
		return parsed{input: inError, id: id, message: message}
	}
	return parsed{input: inMessage, id: id, message: message}
}

// unreadable answers a payload that belongs to no run. What may be an error message
// without identifier, an int and something else than a message, is not answered by one.
func unreadable(payload []byte) Result {
	switch {
	case !startsWith(payload, cborx.Int):
		return edhocError(BadRequest, textMalformed)
	case isOneByteInt(payload[:1]) && (len(payload) == 1 || startsWith(payload[1:], cborx.Bytes)):
		return edhocError(BadRequest, textUnknown)
	}
	return bare(BadRequest)
}

// unreadable1 answers what is in the place of message_1 and is none. An error message
// is an int and another item.
func unreadable1(message1 []byte) Result {
	method, rest, err := cborx.First(message1)
	if err == nil && method.Kind() == cborx.Int && len(rest) > 0 {
		if !startsWith(rest, cborx.Int, cborx.Array, cborx.Bytes) { // it may be long to decode
			return bare(BadRequest)
		}
		if _, err := cborx.One(rest); err == nil {
			return bare(BadRequest)
		}
	}
	return edhocError(BadRequest, textMalformed)
}

func isError(message []byte) bool {
	_, err := ake.ParseErrorMessage(message)
	return err == nil
}

// startsWith reports whether the first item is of one of the kinds, if it is an item.
func startsWith(data []byte, kinds ...cborx.Kind) bool {
	return len(data) > 0 && slices.Contains(kinds, cborx.Item(data).Kind())
}

// Texts of error messages with code 1. Those of failed runs come from the engine.
const (
	textMalformed = "malformed message"
	textUnknown   = "unknown session"
	textNoFlow    = "message flow not supported"
	textInternal  = "internal error"
	textID        = "invalid connection identifier"
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
