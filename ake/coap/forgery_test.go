package coap

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake"
)

// Who writes in the name of a run, and from where.

// forgedMessage3 is what a stranger can make without having seen the run.
func forgedMessage3(id []byte) Request {
	return Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, byteString(19))}
}

// A stranger who sends a message_3 for every identifier that there can be ends no run:
// 20 runs, 48 datagrams, from addresses at which nobody is.
func TestR25_ForgedMessage3EndsNoRun(t *testing.T) {
	for _, flow := range []ake.Role{ake.Initiator, ake.Responder} {
		w := newWorld(t)
		var clients []*Client
		var requests []*Request
		for n := range 20 {
			c := w.client(flow)
			first := value[*Request](t)(c.Start())
			clients = append(clients, c)
			requests = append(requests, value[*Request](t)(c.Next(w.handle(*first, fmt.Sprint("honest ", n)))))
		}
		for n := range oneByteInts {
			id := []byte{oneByteInt(n)}
			w.handle(forgedMessage3(id), fmt.Sprint("stranger ", n))
			w.handle(Request{Code: POST, EDHOC: true, KID: id, Payload: append(byteString(19), oscoreCiphertext...)}, fmt.Sprint("stranger ", n))
			for _, malformed := range []string{"", "80", "41014101", "5814", "6161", "580101"} {
				answer := w.handle(Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, unhex(t, malformed))}, fmt.Sprint("stranger ", n))
				if answer.Code == Unauthorized && len(answer.Payload) > 0 {
					t.Errorf("%q is answered with %x", malformed, answer.Payload)
				}
			}
		}
		if s := w.server.Stats(); s.HalfOpen != 20 || len(w.failures) != 0 {
			t.Errorf("%v: %d runs of 20 are left, %d events", flow, s.HalfOpen, len(w.failures))
		}
		for n, c := range clients {
			for request := requests[n]; request != nil; {
				answer := w.handle(*request, fmt.Sprint("honest ", n))
				if answer.Code != Changed {
					t.Fatalf("%v: honest client %d is answered %v", flow, n, answer.Code)
				}
				request = must2(t, c, answer)
			}
		}
	}
}

// A client that has moved shows with Echo that it is there; the combined request of one
// goes on in sequence.
func TestR03_MovedClientIsAskedForEcho(t *testing.T) {
	w := newWorld(t)
	for _, flow := range []ake.Role{ake.Initiator, ake.Responder} {
		c := w.client(flow)
		request := value[*Request](t)(c.Next(w.handle(*value[*Request](t)(c.Start()), "old address")))
		wantResponse(t, "without Echo", w.handle(*request, "new address"), Unauthorized, NoFormat)
		again := must2(t, c, w.last.Response)
		if again.Echo == nil || !bytes.Equal(again.Payload, request.Payload) {
			t.Fatalf("%+v", again)
		}
		wantResponse(t, "the Echo of somebody else", w.handle(*again, "third address"), Unauthorized, NoFormat)
		for again != nil {
			answer := w.handle(*again, "new address")
			again = must2(t, c, answer)
		}
		if !c.Done() {
			t.Errorf("%v: not done", flow)
		}
	}
	c, request := w.combined()
	wantResponse(t, "combined", w.handle(request, "new address"), Unauthorized, NoFormat)
	sequential := must2(t, c, w.last.Response)
	must2(t, c, w.handle(*sequential, "new address"))
	if !c.Done() || len(w.established) != 3 {
		t.Errorf("done %v, %d established", c.Done(), len(w.established))
	}
}

// Where there is no Echo, a run belongs to the address at which it began.
func TestR25_ForgedMessage3WithoutEcho(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.NoEcho = true }))
	c, request := w.half("honest")
	for n := range oneByteInts {
		answer := w.handle(forgedMessage3([]byte{oneByteInt(n)}), "stranger")
		if answer.Echo != nil || !answer.Code.IsError() {
			t.Errorf("%+v", answer)
		}
	}
	wantResponse(t, "another address", w.handle(*request, "elsewhere"), ServiceUnavailable, NoFormat)
	must2(t, c, w.handle(*request, "honest"))
	if !c.Done() || len(w.failures) != 0 {
		t.Errorf("%+v", w.failures)
	}
}

// Identifiers become longer while many runs are half-open: who does answer Echo has to
// guess more.
func TestR25_LongerIdentifiersUnderLoad(t *testing.T) {
	for _, test := range []struct{ min, max int }{{1, 4}, {1, 1}, {1, 3}, {3, 4}, {6, 7}} {
		w := newWorld(t, withServer(func(c *serverSetup) {
			c.IDs = value[*IDs](t)(NewIDs(test.min, test.max))
			c.Limits = Limits{Threshold: 1000, PerHost: 1000}
		}))
		ids := 140
		if test.max == 1 {
			ids = 40
		}
		for half := range ids {
			message1 := w.client(ake.Initiator)
			w.handle(*value[*Request](t)(message1.Start()), "peer")
			info := w.newest().Info()
			want := 1
			switch {
			case half > 128:
				want = 4
			case half > 16:
				want = 2
			}
			want = min(max(want, test.min), test.max)
			if len(info.OwnConnectionID) != want {
				t.Fatalf("%+v, %d half-open: %x, want %d bytes", test, half, info.OwnConnectionID, want)
			}
		}
	}
}

// newest returns the session of the run that began last.
func (w *world) newest() *ake.Session {
	return w.server.runs.waiting.Back().Value.(*run).session
}

// A malformed combined request of the peer's own run ends that run, and is answered with
// error code 1 (RFC 9668 section 3.3.1).
func TestMalformedCombinedRequestEndsItsRun(t *testing.T) {
	for name, payload := range map[string]string{
		"empty": "", "an int": "0102", "no ciphertext": "4101", "half a byte string": "581401", "a long head": "58010203",
	} {
		w := newWorld(t)
		_, request := w.combined()
		whole := request
		request.Payload = unhex(t, payload)
		wantError(t, name, w.handle(request, "peer"), BadRequest, 1)
		wantError(t, name+", and then the whole", w.handle(whole, "peer"), BadRequest, 1)
		if len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrMalformed) || w.server.Stats().HalfOpen != 0 {
			t.Errorf("%s: %+v", name, w.failures)
		}
	}
	w := newWorld(t)
	_, request := w.combined()
	whole := request
	request.Payload = request.Payload[:len(request.Payload)-len(oscoreCiphertext)] // a good message_3, alone
	wantError(t, "message_3 alone", w.handle(request, "peer"), BadRequest, 1)
	w.handle(whole, "peer")
	if w.last.OSCORE || len(w.established) != 0 {
		t.Errorf("%+v", w.last)
	}
}

// A malformed error message of the peer ends its run without an error message in return.
func TestMalformedErrorMessageEndsItsRun(t *testing.T) {
	for _, malformed := range []string{"05", "0105", "03f4", "1801", "01616161"} {
		w := newWorld(t)
		_, request := w.half("peer")
		id, _, err := cutIdentifier(request.Payload)
		must(t, err)
		wrong := Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, unhex(t, malformed))}
		wantResponse(t, malformed+" of a stranger", w.handle(wrong, "stranger"), BadRequest, NoFormat)
		if len(w.failures) != 0 {
			t.Errorf("%s: a stranger ends the run", malformed)
		}
		wantResponse(t, malformed, w.handle(wrong, "peer"), BadRequest, NoFormat)
		if len(w.failures) != 1 || w.server.Stats().HalfOpen != 0 {
			t.Errorf("%s: %+v", malformed, w.failures)
		}
	}
}

// What a server answers in the place of a message ends the client's run, and is no
// message for its session: that would end with an error message to send.
func TestAnswersThatAreNoMessages(t *testing.T) {
	for name, answer := range map[string]Response{
		"4.00 with junk":                 {Code: BadRequest, Format: FormatEDHOC, Payload: []byte{0x41, 1}},
		"5.03 with text":                 {Code: ServiceUnavailable, Format: 0, Payload: []byte("later")},
		"4.04 and nothing":               {Code: 0x84, Format: NoFormat},
		"4.01 without Echo":              {Code: Unauthorized, Format: NoFormat},
		"4.00 with half of an error":     {Code: BadRequest, Format: FormatEDHOC, Payload: []byte{1}},
		"5.00 with a good looking error": {Code: InternalServerError, Format: 50, Payload: []byte{1, 0x60}},
	} {
		for _, role := range bothRoles {
			w := newWorld(t)
			c := w.client(role)
			value[*Request](t)(c.Start())
			request, err := c.Next(answer)
			if request != nil || !errors.Is(err, ake.ErrRefused) || c.Done() {
				t.Errorf("%s, %v: %+v, %v", name, role, request, err)
			}
			if _, err := c.Next(answer); !errors.Is(err, ake.ErrState) {
				t.Errorf("%s, %v, again: %v", name, role, err)
			}
		}
	}
}
