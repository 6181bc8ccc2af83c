package coap

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake"
)

// A server as a black box: nine inputs in three states, and all sequences of
// inputs against a small model.

var inputNames = []string{"message_1", "message_2", "message_3", "message_4", "error", "combined", "OSCORE", "plain", "empty"}

const (
	sendMessage1 = iota
	sendMessage2
	sendMessage3
	sendMessage4
	sendError
	sendCombined
	sendOSCORE
	sendPlain
	sendEmpty
	numberOfSends
)

// stranger sends any input at any time. Those that belong to a run belong to
// the one that it began last, or to none.
type stranger struct {
	*world
	session  *ake.Session
	cR       []byte
	message2 []byte
	message3 []byte
}

func newStranger(t testing.TB) *stranger {
	// Identifiers so long that the one of an ended run does not come again.
	return strangerIn(newWorld(t, withServer(func(c *serverSetup) { c.IDs = value[*IDs](t)(NewIDs(3, 3)) })))
}

func strangerIn(w *world) *stranger {
	return &stranger{world: w, cR: []byte{0x17}, message2: byteString(77), message3: byteString(19)}
}

// byteString is a CBOR byte string of n bytes that means nothing.
func byteString(n int) []byte {
	return append([]byte{0x58, byte(n + 24)}, bytes.Repeat([]byte{0xab}, n+24)...)
}

var oscoreCiphertext = bytes.Repeat([]byte{0xcd}, 13)

// make builds an input.
func (s *stranger) make(kind int) Request {
	post := func(payload []byte) Request { return Request{Code: POST, Format: FormatCIDEDHOC, Payload: payload} }
	switch kind {
	case sendMessage1:
		s.session = value[*ake.Session](s.t)(s.clientConfig.NewSession(ake.Initiator))
		return post(append([]byte{prefixTrue}, value[[]byte](s.t)(s.session.PrepareMessage1())...))
	case sendMessage2:
		return post(withPrefix(s.cR, s.message2))
	case sendMessage3:
		s.learn()
		return post(withPrefix(s.cR, s.message3))
	case sendMessage4:
		return post(withPrefix(s.cR, byteString(9)))
	case sendError:
		return post(withPrefix(s.cR, []byte{1, 0x61, 'x'}))
	case sendCombined:
		s.learn()
		return Request{Code: POST, Format: NoFormat, EDHOC: true, KID: s.cR, Payload: append(bytes.Clone(s.message3), oscoreCiphertext...)}
	case sendOSCORE:
		return Request{Code: POST, Format: NoFormat, KID: s.cR, Payload: oscoreCiphertext}
	case sendPlain:
		return Request{Code: 1, Format: NoFormat} // GET
	}
	return Request{Code: POST, Format: NoFormat}
}

// learn makes message_3, if there is a run whose message_2 was not used yet.
func (s *stranger) learn() {
	if s.session == nil {
		return
	}
	must(s.t, s.session.ProcessMessage2(s.message2))
	s.message3 = value[[]byte](s.t)(s.session.PrepareMessage3())
	s.session = nil
}

// send sends an input and takes notice of a run that it began.
func (s *stranger) send(kind int) Response {
	response := s.handle(s.make(kind), "stranger")
	if kind == sendMessage1 && response.Code == Changed {
		s.message2 = response.Payload
		s.cR = s.server.runs.waiting.Back().Value.(*run).id
	}
	return response
}

// reply is what is expected of the server.
type reply struct {
	code    Code
	format  Format
	errCode int64 // 0: the payload is no error message
	oscore  bool  // the request goes on to OSCORE
	run     state // of the run afterwards
}

var (
	ansMessage  = reply{code: Changed, format: FormatEDHOC}
	ansEmpty    = reply{code: Changed, format: NoFormat}
	ansError    = reply{code: BadRequest, format: FormatEDHOC, errCode: 1}
	ansBare     = reply{code: BadRequest, format: NoFormat}
	ansUnauth   = reply{code: Unauthorized, format: NoFormat}
	ansMethod   = reply{code: MethodNotAllowed, format: NoFormat}
	ansToOSCORE = reply{code: Empty, format: NoFormat, oscore: true}
)

func (a reply) leaving(run state) reply { a.run = run; return a }

// expected is the model of the protocol (RFC 9528 appendix A.2, RFC 9668
// sections 3.3 and 3.4, RFC 8613 section 8.2): what the server answers in each
// state of the run, and the state that this leaves.
var expected = [numberOfSends][numberOfStates]reply{
	sendMessage1: {ansMessage.leaving(stateHalfOpen), ansMessage.leaving(stateHalfOpen), ansMessage.leaving(stateHalfOpen)}, // of a new run
	sendMessage2: {ansError, ansError.leaving(stateNone), ansError.leaving(stateComplete)},
	sendMessage3: {ansError, ansEmpty.leaving(stateComplete), ansError.leaving(stateComplete)},
	sendMessage4: {ansError, ansError.leaving(stateNone), ansError.leaving(stateComplete)},
	sendError:    {ansBare, ansEmpty.leaving(stateNone), ansBare.leaving(stateComplete)},
	sendCombined: {ansError, ansToOSCORE.leaving(stateComplete), ansError.leaving(stateComplete)},
	sendOSCORE:   {ansUnauth, ansUnauth.leaving(stateHalfOpen), ansToOSCORE.leaving(stateComplete)},
	sendPlain:    {ansMethod, ansMethod.leaving(stateHalfOpen), ansMethod.leaving(stateComplete)},
	sendEmpty:    {ansMessage, ansMessage.leaving(stateHalfOpen), ansMessage.leaving(stateComplete)},
}

func (s *stranger) check(kind int, want reply) error {
	got := s.send(kind)
	if got.Code != want.code || got.Format != want.format || s.last.OSCORE != want.oscore {
		return fmt.Errorf("answer %v, Content-Format %d, to OSCORE %v; want %v, %d, %v", got.Code, got.Format, s.last.OSCORE, want.code, want.format, want.oscore)
	}
	if want.errCode != 0 {
		if e, err := ake.ParseErrorMessage(got.Payload); err != nil || e.Code != want.errCode {
			return fmt.Errorf("payload %x is no error message with code %d", got.Payload, want.errCode)
		}
	} else if (len(got.Payload) > 0) != (got.Format == FormatEDHOC) {
		return fmt.Errorf("payload %x with Content-Format %d", got.Payload, got.Format)
	}
	return nil
}

func TestR25_NineInputsInThreeStates(t *testing.T) {
	before := [numberOfStates][]int{stateNone: nil, stateHalfOpen: {sendMessage1}, stateComplete: {sendMessage1, sendMessage3}}
	names := [numberOfStates]string{"no session", "after message_2", "completed"}
	for st := range numberOfStates {
		for kind := range numberOfSends {
			t.Run(names[st]+"/"+inputNames[kind], func(t *testing.T) {
				s := newStranger(t)
				for _, first := range before[st] {
					s.send(first)
				}
				old, want := s.cR, expected[kind][st]
				must(t, s.check(kind, want))
				if got := s.server.stateOf(s.cR); got != want.run {
					t.Errorf("the run is in state %d, want %d", got, want.run)
				}
				if st == stateComplete && s.server.stateOf(old) != stateComplete {
					t.Error("the established context is lost")
				}
				if want.run == stateHalfOpen { // the honest message still completes it
					must(t, s.check(sendMessage3, ansEmpty))
				}
			})
		}
	}
}

// All sequences of inputs up to five: those of five contain the shorter ones as
// their beginnings, and are checked at every step.
func TestR25_AllSequencesOfInputs(t *testing.T) {
	length := 5
	if testing.Short() {
		length = 3
	}
	for first := range numberOfSends {
		t.Run(inputNames[first], func(t *testing.T) {
			t.Parallel()
			total := 1
			for range length - 1 {
				total *= numberOfSends
			}
			base := newWorld(t)
			for n := range total {
				sequence := []int{first}
				for rest := n; len(sequence) < length; rest /= numberOfSends {
					sequence = append(sequence, rest%numberOfSends)
				}
				if err := playSequence(t, base, sequence); err != nil {
					t.Fatalf("%v: %v", sequence, err)
				}
			}
		})
	}
}

// playSequence plays a sequence to a new server with the credentials of base.
func playSequence(t *testing.T, base *world, sequence []int) error {
	ids := value[*IDs](t)(NewIDs(3, 3))
	server, err := NewServer(ServerConfig{Responder: base.serverConfig.made(), Initiator: base.serverConfig.made(), IDs: ids, Clock: base.clock.read})
	must(t, err)
	w := *base
	w.server, w.established = server, nil
	s := strangerIn(&w)
	model, halfOpen, contexts := stateNone, 0, 0
	for n, kind := range sequence {
		want := expected[kind][model]
		if err := s.check(kind, want); err != nil {
			return fmt.Errorf("input %d: %w", n, err)
		}
		switch {
		case kind == sendMessage1, kind == sendEmpty:
			halfOpen++
		case model == stateHalfOpen && want.run != stateHalfOpen:
			halfOpen--
		}
		if want.run == stateComplete && model == stateHalfOpen {
			contexts++
		}
		model = want.run
		stats := server.Stats()
		if stats.HalfOpen != halfOpen || stats.Contexts != contexts || stats.IDs != halfOpen+contexts {
			return fmt.Errorf("input %d: %+v, want %d half-open and %d contexts", n, stats, halfOpen, contexts)
		}
		if len(w.established) != contexts {
			return fmt.Errorf("input %d: %d established, want %d", n, len(w.established), contexts)
		}
	}
	for _, event := range w.established {
		if result := server.Handle(Request{Code: POST, KID: event.Context.RecipientID}); !result.OSCORE {
			return fmt.Errorf("the context %x is lost", event.Context.RecipientID)
		}
	}
	server.Close()
	if stats := server.Stats(); stats.HalfOpen != 0 || stats.IDs != contexts {
		return fmt.Errorf("after Close: %+v", stats)
	}
	return nil
}
