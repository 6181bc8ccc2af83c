package coap

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// Attacks that a reader of the code thought of.

// forged is a message_1 that is refused: it costs its sender nothing.
var forged = Request{Code: POST, Format: FormatCIDEDHOC, Payload: []byte{0xf5, 0, 0, 0x41, 0, 0}}

// complete lets a client and the server come to an end, and returns the datagram with
// message_3.
func (w *world) complete(peer string) (message3 Request) {
	w.t.Helper()
	_, request := w.half(peer)
	message3 = *request
	w.mid++
	message3.Peer, message3.MessageID = peer, w.mid
	wantResponse(w.t, "message_3", w.repeat(message3), Changed, NoFormat)
	return message3
}

// Strangers do not push out the answers of those who have authenticated.
func TestR25_AnswersOfStrangersGoFirst(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Cache = 8192 }))
	message3 := w.complete("honest")
	for n := range 2000 {
		w.clock.advance(time.Second / 20)
		w.handle(forged, fmt.Sprint("stranger ", n))
	}
	wantResponse(t, "message_3 once more", w.repeat(message3), Changed, NoFormat)
	if s := w.server.Stats(); !w.last.Duplicate || s.AnswerBytes > 8192 {
		t.Errorf("duplicate %v, %+v", w.last.Duplicate, s)
	}
}

// What comes to nothing is not kept.
func TestR25_NonsenseIsNotKept(t *testing.T) {
	w := newWorld(t)
	c := w.client(ake.Responder)
	message1 := w.handle(*value[*Request](t)(c.Start()), "peer")
	request := value[*Request](t)(c.Next(message1))
	before := w.server.Stats().Answers
	id, err := initiatorOf(message1.Payload)
	must(t, err)
	for range 100 {
		nonsense := Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, []byte{0x41, 0})}
		wantResponse(t, "nonsense of a stranger", w.handle(nonsense, "stranger"), Unauthorized, NoFormat)
		nonsense.Payload[0] = id[0] ^ 1 // no run has that
		wantError(t, "nonsense for nobody", w.handle(nonsense, "peer"), BadRequest, 1)
		wantError(t, "message_1 that is none", w.handle(post("f5030041ff1818"), "other stranger"), BadRequest, 1)
		w.clock.advance(time.Second / 10)
	}
	if s := w.server.Stats(); s.Answers != before || s.HalfOpen != 1 {
		t.Errorf("%+v, %d answers before", s, before)
	}
	if answer := w.handle(*request, "peer"); answer.Code != Changed {
		t.Errorf("message_2: %v", answer.Code)
	}
}

// An answer that is larger than all that is kept takes the place of no other.
func TestR25_AnswerLargerThanTheCache(t *testing.T) {
	large := false
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Limits.Cache = 4096
		c.Prepare = func(s *ake.Session) error {
			if large {
				return s.AddPadding(2, 5000)
			}
			return nil
		}
	}))
	message3 := w.complete("honest")
	large = true
	must(t, w.run(w.client(ake.Initiator), "other"))
	if w.repeat(message3); !w.last.Duplicate {
		t.Error("an answer is lost")
	}
}

// deciding returns the session of a run in which the host has to accept the peer, after
// message_3.
func (w *world) deciding(peer string) *ake.Session {
	w.t.Helper()
	c := w.client(ake.Initiator)
	if _, err := c.Next(w.handleWithEcho(c, peer)); !errors.Is(err, ake.PendingPeer) {
		w.t.Fatal(err)
	}
	w.handle(*value[*Request](w.t)(c.Continue()), peer)
	if len(w.last.Events) != 1 || w.last.Events[0].Kind != Pending {
		w.t.Fatalf("%+v", w.last)
	}
	return w.last.Events[0].Session
}

// The runs of peers that have shown more than message_1 do not make room first.
func TestR25_DecidingRunsStay(t *testing.T) {
	w := pulled(t)
	pending := w.deciding("honest")
	for n := range 2 * w.server.limits.HalfOpen {
		peer := fmt.Sprint("stranger ", n)
		message1 := *value[*Request](t)(w.client(ake.Initiator).Start())
		if answer := w.handle(message1, peer); answer.Echo != nil {
			message1.Echo = answer.Echo
			w.handle(message1, peer)
		}
	}
	if result, err := w.server.Continue(pending); err != nil || result.Response.Code != Changed {
		t.Errorf("%v, %v", result.Response.Code, err)
	}
	if s := w.server.Stats(); s.Evicted == 0 || s.HalfOpen > w.server.limits.HalfOpen {
		t.Errorf("%+v", s)
	}
}

// An error message is not answered by one, not even where the engine takes none.
func TestR25_ErrorMessageWhileMessage1Waits(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Responder.Pull = ake.PullEAD }))
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
		Prepare: func(s *ake.Session) error { return s.AddEAD(1, ake.EADItem{Label: -777}) }}))
	w.handle(*value[*Request](t)(c.Start()), "peer")
	if len(w.last.Events) != 1 || w.last.Events[0].Kind != Pending {
		t.Fatalf("%+v", w.last)
	}
	event := w.last.Events[0]
	answer := w.handle(Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(event.ID, []byte{1, 0x60})}, "peer")
	wantResponse(t, "an error message", answer, BadRequest, NoFormat)
	must(t, event.Session.AcceptEAD(1, 0))
	if result := value[Result](t)(w.server.Continue(event.Session)); result.Response.Code != Changed {
		t.Errorf("%+v", result)
	}
}

// Error messages of others end nobody's run.
func TestR25_ErrorMessagesOfOthers(t *testing.T) {
	w := newWorld(t)
	_, request := w.half("honest")
	for n := range oneByteInts {
		answer := w.handle(Request{Code: POST, Format: FormatCIDEDHOC, Payload: []byte{oneByteInt(n), 1, 0x60}}, "attacker")
		wantResponse(t, "an error message", answer, BadRequest, NoFormat)
	}
	wantResponse(t, "message_3", w.handle(*request, "honest"), Changed, NoFormat)
}

// Where message_4 is required, message_3 of a combined request is not processed (RFC
// 9668 section 3.3.1).
func TestR27_CombinedRequestIsStoppedBeforeMessage3(t *testing.T) {
	w := newWorld(t, withMessage4, withServer(func(c *serverSetup) {
		c.Responder.Verifier = func(*ake.Session, *ake.Credential) error {
			t.Error("message_3 was processed")
			return nil
		}
	}))
	_, request := w.half("peer")
	id, message3, err := cutIdentifier(request.Payload)
	must(t, err)
	answer := w.handle(Request{Code: POST, Format: NoFormat, KID: id, EDHOC: true, Payload: append(message3, oscoreCiphertext...)}, "peer")
	wantError(t, "combined", answer, BadRequest, 1)
	if len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrNoCombined) {
		t.Errorf("%+v", w.failures)
	}
}

// The answer to a combined request is protected by OSCORE, or it is none.
func TestR27_UnprotectedAnswerToCombinedRequest(t *testing.T) {
	w := newWorld(t)
	c, _ := w.half("peer")
	_, edhoc, err := c.Combine(oscoreCiphertext, 0, 0)
	must(t, err)
	if _, err := c.Next(Response{Code: Changed, Format: NoFormat}); !edhoc || !errors.Is(err, ake.ErrAnswer) || c.Done() {
		t.Errorf("%v, done %v", err, c.Done())
	}
	c, _ = w.half("peer")
	_, _, err = c.Combine(oscoreCiphertext, 0, 0)
	must(t, err)
	if next, err := c.Next(w.handle(*c.Again(), "peer")); err != nil || next != nil || !c.Done() {
		t.Errorf("in sequence after all: %v, done %v", err, c.Done())
	}
}

// A message_1 in the name of somebody else brings that one no flood of bytes (RFC 9528
// section 9.7, RFC 9175 section 2.4).
func TestR25_NoAmplification(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Prepare = func(s *ake.Session) error {
			if s.Role() == ake.Initiator {
				return s.AddPadding(1, 1200)
			}
			return s.AddPadding(2, 1200)
		}
	}))
	in, out := 0, 0
	for n := range 1000 {
		r := *value[*Request](t)(w.client(ake.Initiator).Start())
		if n%2 == 0 {
			r = Request{Code: POST, Format: NoFormat}
		}
		w.clock.advance(time.Second)
		for range 2 { // the datagram comes twice
			r.Peer, r.MessageID = "victim", uint16(n)
			answer := w.repeat(r)
			in, out = in+len(r.Payload)+headers, out+len(answer.Payload)+len(answer.Echo)+headers
		}
	}
	if s := w.server.Stats(); out > 3*in || s.Challenged == 0 || len(w.failures) != 0 {
		t.Errorf("%d bytes for %d, %+v", out, in, s)
	}
	must(t, w.run(w.client(ake.Initiator), "honest")) // by Echo
	if s := w.server.Stats(); s.Established != 1 {
		t.Errorf("%+v", s)
	}
}

// Limits count by host, however many ports that has.
func TestR25_OneHostManyPorts(t *testing.T) {
	w := newWorld(t)
	honest, request := w.half("honest")
	for port := range 2 * w.server.limits.HalfOpen {
		message1 := *value[*Request](t)(w.client(ake.Initiator).Start())
		message1.Host = "attacker"
		peer := fmt.Sprint("attacker:", port)
		if answer := w.handle(message1, peer); answer.Echo != nil {
			message1.Echo = answer.Echo
			w.handle(message1, peer)
		}
	}
	if _, err := honest.Next(w.handle(*request, "honest")); err != nil || !honest.Done() {
		t.Errorf("the honest client: %v", err)
	}
	if s := w.server.Stats(); s.HalfOpen > w.server.limits.Threshold+w.server.limits.PerHost {
		t.Errorf("%+v", s)
	}
}

// Where there is no Echo, a full table gives way after a while.
func TestR25_FullWithoutEcho(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.NoEcho, c.Limits.HalfOpen = true, 8 }))
	begin := func() Code {
		return w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "any").Code
	}
	for range 8 {
		if code := begin(); code != Changed {
			t.Fatal(code)
		}
	}
	if code := begin(); code != ServiceUnavailable {
		t.Errorf("full: %v", code)
	}
	w.clock.advance(w.server.limits.Age/8 + time.Second)
	if code := begin(); code != Changed || w.server.Stats().Evicted != 1 {
		t.Errorf("after a while: %v", code)
	}
}

// An identifier rests before it is given to another run: late messages for the run
// before would end that.
func TestR25_IdentifiersRest(t *testing.T) {
	ids := value[*IDs](t)(NewIDs(1, 2))
	clock := newClock()
	ids.now = clock.read
	var last []byte
	for range oneByteInts {
		last = value[[]byte](t)(ids.Take(nil))
	}
	ids.Release(last)
	ids.Release(last) // it does nothing
	if id := value[[]byte](t)(ids.Take(nil)); len(id) != 2 {
		t.Errorf("%x is given at once", id)
	}
	clock.advance(exchangeLifetime)
	if id := value[[]byte](t)(ids.Take(nil)); !bytes.Equal(id, last) {
		t.Errorf("%x, not %x", id, last)
	}
	for range 10 * maxResting {
		ids.Release(value[[]byte](t)(ids.Take(nil)))
	}
	if ids.order.Len() > maxResting || ids.order.Len() != len(ids.resting) || ids.Len() != oneByteInts+1 {
		t.Errorf("%d and %d rest, %d in use", ids.order.Len(), len(ids.resting), ids.Len())
	}
}

// A host that is a client too has its client's context in the server's reach.
func TestR01_ContextOfAClient(t *testing.T) {
	ids := value[*IDs](t)(NewIDs(1, 1))
	w := newWorld(t, withServer(func(c *serverSetup) { c.IDs = ids }))
	id := value[[]byte](t)(ids.Take(nil)) // by the client
	if !w.server.Reserve(id) || w.server.Reserve(id) {
		t.Error("reserved otherwise than once")
	}
	if w.handle(Request{Code: POST, KID: id, Payload: oscoreCiphertext}, "peer"); !w.last.OSCORE {
		t.Errorf("%+v", w.last)
	}
	w.server.Release(id)
	if ids.Len() != 1 {
		t.Error("the server gives back what the client has")
	}
	if w.handle(Request{Code: POST, KID: id, Payload: oscoreCiphertext}, "peer"); w.last.OSCORE {
		t.Error("released, and still there")
	}
}

// Without message ids nothing is a repetition.
func TestR25_WithoutMessageIDs(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		if w.repeat(Request{Code: POST, Format: NoFormat, Peer: "peer", Reliable: true}); w.last.Response.Code != Changed || w.last.Duplicate {
			t.Errorf("%+v", w.last)
		}
	}
	if s := w.server.Stats(); s.Begun != 2 || s.Answers != 0 {
		t.Errorf("%+v", s)
	}
}

// The identifier is the server's, whatever the host sets.
func TestR01_HostSetsAnIdentifier(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Prepare = func(s *ake.Session) error { return s.SetConnectionID([]byte("host")) }
	}))
	must(t, w.run(w.client(ake.Initiator), "peer"))
	must(t, w.run(w.client(ake.Responder), "peer"))
}

// A malformed advertisement is told as such, not by another one.
func TestR23_MalformedAdvertisement(t *testing.T) {
	w := profileWorld(t, func(c *serverSetup) { c.Profiles = ReadyProfiles(1) })
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, Choice: &Choice{3, 0},
		Prepare: func(s *ake.Session) error { return s.AddEAD(1, ake.EADItem{Label: -EADProfiles, Value: []byte{0xff}}) }}))
	wantError(t, "malformed", w.handle(*value[*Request](t)(c.Start()), "peer"), BadRequest, 1)
}

// A session that the host uses just now: the request counts as lost, and the next one
// goes on.
func TestR30_HeldByTheHost(t *testing.T) {
	held := false
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Hold = func(*ake.Session) (func(), bool) { return func() {}, !held }
	}))
	held = true
	if w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "peer"); w.last.Response.Code != Empty || len(w.failures) != 1 {
		t.Errorf("message_1: %+v", w.last)
	}
	held = false
	c, request := w.half("peer")
	held = true
	request.Peer, request.MessageID = "peer", 60000
	if w.repeat(*request); w.last.Response.Code != Empty || w.server.Stats().HalfOpen != 1 {
		t.Errorf("message_3: %+v", w.last)
	}
	held = false
	if _, err := c.Next(w.repeat(*request)); err != nil || !c.Done() || w.last.Duplicate {
		t.Errorf("again: %v, %+v", err, w.last)
	}
}

// However many answer a question at once, one does.
func TestR30_ManyResume(t *testing.T) {
	for range 200 {
		w := pulled(t)
		session := w.deciding("peer")
		var together sync.WaitGroup
		results := make([]Result, 8)
		errs := make([]error, len(results))
		for n := range results {
			together.Go(func() { results[n], errs[n] = w.server.Continue(session) })
		}
		together.Wait()
		answers := 0
		for n := range results {
			if errs[n] == nil {
				answers++
				wantResponse(t, "the answer", results[n].Response, Changed, NoFormat)
			} else if !errors.Is(errs[n], ake.ErrState) && !errors.Is(errs[n], ake.ErrBusy) {
				t.Error(errs[n])
			}
		}
		if s := w.server.Stats(); answers != 1 || s.Contexts != 1 || s.HalfOpen != 0 {
			t.Fatalf("%d answers, %+v", answers, s)
		}
	}
}
