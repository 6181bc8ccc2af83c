package coap

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// half returns a client that has message_2, and the request with message_3.
func (w *world) half(peer string) (*Client, *Request) {
	w.t.Helper()
	c := w.client(ake.Initiator)
	request := value[*Request](w.t)(c.Start())
	return c, value[*Request](w.t)(c.Next(w.handle(*request, peer)))
}

func TestR16_SameDatagramSameAnswer(t *testing.T) {
	for _, options := range [][]option{nil, {withMessage4}} {
		w := newWorld(t, options...)
		c := w.client(ake.Initiator)
		first := value[*Request](t)(c.Start())
		first.Peer, first.MessageID, first.Token = "a", 1, []byte{1}
		message2 := w.repeat(*first)
		for range 3 {
			if again := w.repeat(*first); !bytes.Equal(again.Payload, message2.Payload) || !w.last.Duplicate {
				t.Fatal("message_1 gets another answer")
			}
		}
		second := value[*Request](t)(c.Next(message2))
		second.Peer, second.MessageID, second.Token = "a", 2, []byte{2}
		answer := w.repeat(*second)
		for range 3 {
			if again := w.repeat(*second); again.Code != answer.Code || !bytes.Equal(again.Payload, answer.Payload) || !w.last.Duplicate || len(w.last.Events) != 0 {
				t.Fatal("message_3 gets another answer")
			}
		}
		if len(w.established) != 1 || w.server.Stats().Begun != 1 {
			t.Error("a repeated datagram ran something twice")
		}
		w.clock.advance(246 * time.Second)
		if w.repeat(*second); !w.last.Duplicate {
			t.Error("the answer is forgotten before EXCHANGE_LIFETIME")
		}
		// In a new datagram it is an error, now and when the answer is forgotten.
		for range 2 {
			wantError(t, "message_3 in a new request", w.handle(*second, "a"), BadRequest, 1)
			w.clock.advance(246 * time.Second)
		}
		wantError(t, "the datagram after EXCHANGE_LIFETIME", w.repeat(*second), BadRequest, 1)
		if len(w.established) != 1 || len(w.failures) != 0 {
			t.Error("a used message_3 did something")
		}
		if result := w.server.Handle(Request{Code: POST, KID: w.established[0].ID}); !result.OSCORE {
			t.Error("the context is lost")
		}
	}
}

// Each part of a datagram counts: a forged request with the same message id and
// token does not get the answer of another, nor take its place.
func TestR16_OtherDatagramsAreOthers(t *testing.T) {
	base := Request{Code: POST, Format: FormatCIDEDHOC, Payload: []byte{0xf5, 1, 2}, Echo: []byte{1}, EDHOC: false, Peer: "a", MessageID: 1, Token: []byte{1, 2}}
	seen := map[exchangeKey]bool{keyOf(&base): true}
	for name, change := range map[string]func(*Request){
		"peer": func(r *Request) { r.Peer = "b" }, "message id": func(r *Request) { r.MessageID++ },
		"token": func(r *Request) { r.Token = []byte{1} }, "token and peer": func(r *Request) { r.Peer, r.Token = "a\x01", []byte{2} },
		"payload": func(r *Request) { r.Payload = []byte{0xf5, 1, 3} }, "Echo": func(r *Request) { r.Echo = nil },
		"EDHOC": func(r *Request) { r.EDHOC = true }, "kid": func(r *Request) { r.KID = []byte{} },
		"kid 1": func(r *Request) { r.KID = []byte{1} }, "method": func(r *Request) { r.Code = 3 }, "format": func(r *Request) { r.Format = NoFormat },
	} {
		r := base
		change(&r)
		if key := keyOf(&r); seen[key] {
			t.Errorf("another %s gives the same key", name)
		} else {
			seen[key] = true
		}
	}
}

func TestR25_BodiesThatAreNone(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.IDs = value[*IDs](t)(NewIDs(3, 3)) }))
	c, message3 := w.half("honest")
	long := bytes.Repeat([]byte{0x40}, w.server.limits.Body+1)
	for _, test := range []struct {
		name    string
		request Request
		code    Code
		format  Format
	}{
		{"GET", Request{Code: 1, Format: NoFormat}, MethodNotAllowed, NoFormat},
		{"PUT", Request{Code: 3, Format: FormatCIDEDHOC, Payload: message3.Payload}, MethodNotAllowed, NoFormat},
		{"code 0", Request{Format: NoFormat}, MethodNotAllowed, NoFormat},
		{"a response code", Request{Code: Changed, Format: FormatEDHOC}, MethodNotAllowed, NoFormat},
		{"Content-Format 64", Request{Code: POST, Format: FormatEDHOC, Payload: message3.Payload}, UnsupportedContentFormat, NoFormat},
		{"Content-Format 0", Request{Code: POST, Format: 0, Payload: message3.Payload}, UnsupportedContentFormat, NoFormat},
		{"Content-Format 60", Request{Code: POST, Format: 60}, UnsupportedContentFormat, NoFormat},
		{"too large", Request{Code: POST, Format: FormatCIDEDHOC, Payload: long}, RequestEntityTooLarge, NoFormat},
		{"too large combined", Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: long}, RequestEntityTooLarge, NoFormat},
		{"true alone", post("f5"), BadRequest, FormatEDHOC},
		{"true twice", post("f5f5"), BadRequest, FormatEDHOC},
		{"false", post("f4"), BadRequest, FormatEDHOC},
		{"null", post("f6"), BadRequest, FormatEDHOC},
		{"message_1 of one item", post("f503"), BadRequest, FormatEDHOC},
		{"message_1 of three items", post("f5030041ff"), BadRequest, FormatEDHOC},
		{"message_1 with a long int as C_I", post("f5030041ff1818"), BadRequest, FormatEDHOC},
		{"message_1 with a text as C_I", post("f5030041ff6101"), BadRequest, FormatEDHOC},
		{"message_1 with a byte string for an int", post("f5030041ff4117"), BadRequest, FormatEDHOC},
		{"message_1 with a bad G_X", post("f5030041ff07"), BadRequest, FormatEDHOC},
		{"message_1 with junk after it", post("f5030041ff07" + "ff"), BadRequest, FormatEDHOC},
		{"message_1 of another method", post("f5095820" + "1111111111111111111111111111111111111111111111111111111111111111" + "07"), BadRequest, FormatEDHOC},
		{"an error as message_1", post("f5016178"), BadRequest, NoFormat},
		{"an error without prefix", post("016178"), BadRequest, NoFormat},
		{"error code 2 without prefix", post("0202"), BadRequest, NoFormat},
		{"error code 3 without prefix", post("03f5"), BadRequest, NoFormat},
		{"a malformed error", post("430000000105"), BadRequest, NoFormat},
		{"a C_R alone", post("07"), BadRequest, FormatEDHOC},
		{"a C_R and an array, or error code 7", post("0780"), BadRequest, NoFormat},
		{"a C_R and half a byte string", post("07581401"), BadRequest, FormatEDHOC},
		{"a C_R and two byte strings", post("0741014101"), BadRequest, FormatEDHOC},
		{"an unknown C_R", post("414141014101"[:8]), BadRequest, FormatEDHOC},
		{"a C_R that has to be an int", post("41174101"), BadRequest, FormatEDHOC},
		{"a C_R that has to be a negative int", post("41374101"), BadRequest, FormatEDHOC},
		{"a C_R with a long head", post("5801414101"), BadRequest, FormatEDHOC},
		{"a C_R that is a long int, or error code 24", post("18184101"), BadRequest, NoFormat},
		{"a C_R that is a long int, and two byte strings", post("181841014101"), BadRequest, NoFormat},
		{"a C_R that is a byte string, and an array", post("42414180"), BadRequest, FormatEDHOC},
		{"message_1 with a map as SUITES_I", post("f503a041ff07"), BadRequest, NoFormat},
		{"error code 9 with a byte string as message_1", post("f5094101"), BadRequest, NoFormat},
		{"a C_R of 65 bytes", Request{Code: POST, Format: FormatCIDEDHOC, Payload: append(append([]byte{0x58, 65}, make([]byte, 65)...), 0x41, 1)}, BadRequest, FormatEDHOC},
		{"an array as C_R", post("80" + "4101"), BadRequest, FormatEDHOC},
		{"indefinite", post("5f4101ff"), BadRequest, FormatEDHOC},
		{"deep", Request{Code: POST, Format: FormatCIDEDHOC, Payload: bytes.Repeat([]byte{0x81}, 10000)}, BadRequest, FormatEDHOC},
		{"EDHOC option without OSCORE", Request{Code: POST, EDHOC: true, Payload: []byte{0x41, 1, 2}}, BadRequest, FormatEDHOC},
		{"combined without ciphertext", Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: []byte{0x41, 1}}, BadRequest, FormatEDHOC},
		{"combined and empty", Request{Code: POST, EDHOC: true, KID: []byte{1}}, BadRequest, FormatEDHOC},
		{"combined with an int", Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: []byte{1, 2}}, BadRequest, FormatEDHOC},
		{"combined with a long head", Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: []byte{0x58, 1, 2, 3}}, BadRequest, FormatEDHOC},
		{"combined for nobody", Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: []byte{0x41, 2, 3}}, BadRequest, FormatEDHOC},
		{"OSCORE for nobody", Request{Code: POST, KID: []byte{1}, Payload: []byte{1}}, Unauthorized, NoFormat},
		{"OSCORE with an empty kid", Request{Code: POST, KID: []byte{}, Payload: []byte{1}}, Unauthorized, NoFormat},
	} {
		got := w.handle(test.request, "stranger")
		wantResponse(t, test.name, got, test.code, test.format)
		if test.format == FormatEDHOC {
			wantError(t, test.name, got, test.code, 1)
		}
	}
	if s := w.server.Stats(); s.HalfOpen != 1 || s.Contexts != 0 {
		t.Errorf("%+v", s)
	}
	if _, err := c.Next(w.handle(*message3, "honest")); err != nil || !c.Done() {
		t.Errorf("the honest run did not survive: %v", err)
	}
}

// post is a POST with a payload in hexadecimal.
func post(payload string) Request {
	r := Request{Code: POST, Format: FormatCIDEDHOC}
	for i := 0; i+1 < len(payload); i += 2 {
		r.Payload = append(r.Payload, fromHex(payload[i])<<4|fromHex(payload[i+1]))
	}
	return r
}

func fromHex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// message_3 of another run ends the run that it is sent to (RFC 9528 section
// 5.4.3), and nothing else.
func TestR25_Message3OfAnotherRun(t *testing.T) {
	w := newWorld(t)
	_, first := w.half("a")
	second, request := w.half("b")
	idA, messageA, err := cutIdentifier(first.Payload)
	must(t, err)
	idB, messageB, err := cutIdentifier(request.Payload)
	must(t, err)
	mixed := *first
	mixed.Payload = withPrefix(idA, messageB)
	wantResponse(t, "message_3 of b for a, from b", w.handle(mixed, "b"), Unauthorized, NoFormat)
	if len(w.failures) != 0 {
		t.Errorf("from elsewhere: %+v", w.failures)
	}
	wantError(t, "message_3 of b for a", w.handle(mixed, "a"), BadRequest, 1)
	if len(w.failures) != 1 || w.failures[0].Peer != "a" || w.failures[0].Err == nil {
		t.Errorf("failures %+v", w.failures)
	}
	wantError(t, "message_3 of a afterwards", w.handle(*first, "a"), BadRequest, 1)
	if _, err := second.Next(w.handle(*request, "b")); err != nil {
		t.Errorf("b: %v", err)
	}
	mixed.Payload = withPrefix(idB, messageA)
	wantError(t, "message_3 of a for b, complete", w.handle(mixed, "a"), BadRequest, 1)
	if w.server.stateOf(idB) != stateComplete {
		t.Error("the context of b is lost")
	}
}

// A run belongs to its connection identifier: the client may have another
// address for message_3, if it answers there.
func TestR03_ClientThatMoves(t *testing.T) {
	w := newWorld(t)
	c, message3 := w.half("old address")
	withEcho := must2(t, c, w.handle(*message3, "new address"))
	if _, err := c.Next(w.handle(*withEcho, "new address")); err != nil || len(w.established) != 1 {
		t.Errorf("%v, %d established", err, len(w.established))
	}
}

// Two clients may choose the same C_I.
func TestR30_SameIdentifierOfClients(t *testing.T) {
	w := newWorld(t)
	var clients []*Client
	var requests []*Request
	for range 2 {
		c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
			Prepare: func(s *ake.Session) error { return s.SetConnectionID([]byte{7}) }}))
		requests = append(requests, value[*Request](t)(c.Start()))
		clients = append(clients, c)
	}
	for _, peer := range []string{"a", "b", "a", "b"} {
		i := int(peer[0] - 'a')
		requests[i] = must2(t, clients[i], w.handle(*requests[i], peer))
	}
	if len(w.established) != 2 || bytes.Equal(w.established[0].Context.RecipientID, w.established[1].Context.RecipientID) ||
		bytes.Equal(w.established[0].Context.MasterSecret, w.established[1].Context.MasterSecret) {
		t.Errorf("%+v", w.established)
	}
}

func must2(t *testing.T, c *Client, response Response) *Request {
	t.Helper()
	return value[*Request](t)(c.Next(response))
}

// C_R differs from every C_I that a client can choose.
func TestR01_IdentifiersDiffer(t *testing.T) {
	for n := range oneByteInts {
		w := newWorld(t)
		for k := range oneByteInts {
			if k != n && k != (n+1)%oneByteInts {
				w.server.Reserve([]byte{oneByteInt(k)}) // two are left
			}
		}
		c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
			Prepare: func(s *ake.Session) error { return s.SetConnectionID([]byte{oneByteInt(n)}) }}))
		must(t, w.run(c, "peer"))
		if got, want := w.established[0].ID, []byte{oneByteInt((n + 1) % oneByteInts)}; !bytes.Equal(got, want) {
			t.Errorf("C_I %x: C_R is %x, want %x", oneByteInt(n), got, want)
		}
	}
}

func TestR25_ExhaustedIdentifiers(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.IDs = value[*IDs](t)(NewIDs(1, 1))
		c.Limits.Threshold = 100
	}))
	w.clientIDs = value[*IDs](t)(NewIDs(2, 2)) // C_R must differ from C_I: the last one left would not do for each
	var last *Request
	for range oneByteInts {
		_, last = w.half("peer")
	}
	c := w.client(ake.Initiator)
	wantResponse(t, "run 49", w.handle(*value[*Request](t)(c.Start()), "peer"), ServiceUnavailable, NoFormat)
	if n := len(w.failures); n != 1 || !errors.Is(w.failures[0].Err, ake.ErrExhausted) {
		t.Errorf("failures %v", w.failures)
	}
	wantResponse(t, "message_3", w.handle(*last, "peer"), Changed, NoFormat)
	w.server.Release(w.established[0].ID) // the host has dropped that context
	w.server.Release(w.established[0].ID)
	must(t, w.run(w.client(ake.Initiator), "peer"))
	if w.server.Stats().IDs != oneByteInts {
		t.Errorf("%+v", w.server.Stats())
	}
}

func TestR25_HalfOpenExpires(t *testing.T) {
	w := newWorld(t)
	c, message3 := w.half("peer")
	w.clock.advance(w.server.limits.Age - time.Second)
	if events := w.server.Expire(); len(events) != 0 {
		t.Errorf("too early: %v", events)
	}
	w.clock.advance(time.Second)
	events := w.server.Expire()
	if len(events) != 1 || events[0].Kind != Failed || !errors.Is(events[0].Err, ake.ErrRunExpired) || events[0].Peer != "peer" {
		t.Errorf("events %v", events)
	}
	if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 0 || s.Expired != 1 {
		t.Errorf("%+v", s)
	}
	_, err := c.Next(w.handle(*message3, "peer"))
	wantReason(t, "the client", err, ake.ErrRefused)
}

// The reverse flow takes the same places and the same caps.
func TestR25_EmptyPostsAreBounded(t *testing.T) {
	w := newWorld(t)
	for range 1000 {
		w.handle(Request{Code: POST, Format: NoFormat}, "peer")
	}
	if s := w.server.Stats(); s.HalfOpen > w.server.limits.Threshold || s.Challenged == 0 {
		t.Errorf("%+v", s)
	}
}

func TestR25_Echo(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Threshold = 1 }))
	w.half("first")
	c := w.client(ake.Initiator)
	request := value[*Request](t)(c.Start())
	challenge := w.handle(*request, "peer")
	wantResponse(t, "above the threshold", challenge, Unauthorized, NoFormat)
	if len(challenge.Echo) != echoTime+echoMAC || len(challenge.Payload) != 0 {
		t.Fatalf("challenge %x", challenge.Echo)
	}
	for name, forged := range map[string][]byte{
		"empty": {}, "short": challenge.Echo[:15], "long": append(bytes.Clone(challenge.Echo), 0),
		"other time": flip(challenge.Echo, 3), "other MAC": flip(challenge.Echo, 15), "zeros": make([]byte, 16),
	} {
		again := *request
		again.Echo = forged
		if got := w.handle(again, "peer"); got.Code != Unauthorized || got.Echo == nil {
			t.Errorf("Echo %s: %v", name, got.Code)
		}
	}
	stolen := *request
	stolen.Echo = challenge.Echo
	if got := w.handle(stolen, "somebody else"); got.Code != Unauthorized {
		t.Errorf("somebody else's Echo: %v", got.Code)
	}
	other := value[*Server](t)(NewServer(ServerConfig{Responder: w.serverConfig.made(), Limits: Limits{Threshold: 1}, Clock: w.clock.read}))
	if other.echo.fresh(w.clock.now, "peer", challenge.Echo) {
		t.Error("the Echo of another server is fresh")
	}
	w.clock.advance(w.server.limits.Echo + 2*time.Second)
	if got := w.handle(stolen, "peer"); got.Code != Unauthorized {
		t.Errorf("an old Echo: %v", got.Code)
	}
	w.clock.advance(-time.Hour) // a clock that was set back
	if w.server.echo.fresh(w.clock.now, "peer", challenge.Echo) {
		t.Error("an Echo of the future is fresh")
	}
	// The client does it right by itself, with the same bytes.
	next := value[*Request](t)(c.Next(w.handle(*request, "peer")))
	if !bytes.Equal(next.Payload, request.Payload) || next.Echo == nil {
		t.Error("the client does not repeat its request with Echo")
	}
	wantResponse(t, "with Echo", w.handle(*next, "peer"), Changed, FormatEDHOC)
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

// A full table gives way to a client that answered with Echo: the oldest goes,
// a peer's own before others'.
func TestR25_FullTable(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits = Limits{HalfOpen: 4, Threshold: 2, PerHost: 2} }))
	peers := []string{"a", "b", "c", "c", "c", "c", "d", "e", "f"}
	var evicted []string
	for _, peer := range peers {
		c := w.client(ake.Initiator)
		request := value[*Request](t)(c.Start())
		response := w.handle(*request, peer)
		if response.Code == Unauthorized {
			w.handle(*value[*Request](t)(c.Next(response)), peer)
		}
		w.clock.advance(time.Second)
	}
	for _, event := range w.failures {
		if !errors.Is(event.Err, ake.ErrRunEvicted) {
			t.Errorf("%v", event.Err)
		}
		evicted = append(evicted, event.Peer)
	}
	if want := []string{"c", "c", "a", "b", "c"}; !slices.Equal(evicted, want) {
		t.Errorf("evicted %v, want %v", evicted, want)
	}
	if s := w.server.Stats(); s.HalfOpen != 4 || s.IDs != 4 || s.Evicted != 5 {
		t.Errorf("%+v", s)
	}
}

func TestR25_FullTableWithoutEcho(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.HalfOpen, c.NoEcho = 4, true }))
	_, message3 := w.half("first")
	for n := range 100 {
		response := w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "peer")
		if n >= 3 {
			wantResponse(t, "a full table", response, ServiceUnavailable, NoFormat)
		}
	}
	wantResponse(t, "the first", w.handle(*message3, "first"), Changed, NoFormat)
	if s := w.server.Stats(); s.HalfOpen != 3 || s.Refused != 97 {
		t.Errorf("%+v", s)
	}
}

// Kept answers have a bound in bytes; the oldest go first, and a request whose
// answer is gone runs nothing twice.
func TestR25_KeptAnswersAreBounded(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Cache = 4096 }))
	_, message3 := w.half("first")
	message3.Peer, message3.MessageID = "first", 60000
	wantResponse(t, "message_3", w.repeat(*message3), Changed, NoFormat)
	for range 20 {
		w.half("other")
		w.clock.advance(w.server.limits.Age)
		if s := w.server.Stats(); s.AnswerBytes > 4096 || s.Answers == 0 {
			t.Fatalf("%+v", s)
		}
	}
	wantError(t, "a forgotten message_3", w.repeat(*message3), BadRequest, 1)
	if len(w.established) != 1 {
		t.Error("it ran twice")
	}
}

func TestNewServerRefuses(t *testing.T) {
	w := newWorld(t)
	for name, config := range map[string]ServerConfig{
		"no flow":       {},
		"half-open":     {Responder: w.serverConfig.made(), Limits: Limits{HalfOpen: -1}},
		"threshold":     {Responder: w.serverConfig.made(), Limits: Limits{Threshold: 1 << 30}},
		"per peer":      {Responder: w.serverConfig.made(), Limits: Limits{PerHost: -5}},
		"answers":       {Responder: w.serverConfig.made(), Limits: Limits{Cache: 1<<30 + 1}},
		"few answers":   {Responder: w.serverConfig.made(), Limits: Limits{Cache: 100}},
		"body":          {Responder: w.serverConfig.made(), Limits: Limits{Body: -1}},
		"age":           {Responder: w.serverConfig.made(), Limits: Limits{Age: time.Millisecond}},
		"negative Echo": {Responder: w.serverConfig.made(), Limits: Limits{Echo: -time.Second}},
	} {
		if _, err := NewServer(config); ake.StatusOf(err) != ake.ErrArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A flow that is not configured is refused, before anything is done for it.
func TestR12_FlowThatIsNotOffered(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Initiator = nil }))
	wantError(t, "reverse flow", w.handle(Request{Code: POST, Format: NoFormat}, "peer"), BadRequest, 1)
	must(t, w.run(w.client(ake.Initiator), "peer"))
	w = newWorld(t, withServer(func(c *serverSetup) { c.Responder = nil }))
	if err := w.run(w.client(ake.Initiator), "peer"); ake.StatusOf(err) != ake.ErrPeerUnspecified {
		t.Errorf("forward flow: %v", err)
	}
	must(t, w.run(w.client(ake.Responder), "peer"))
	if s := w.server.Stats(); s.Begun != 1 {
		t.Errorf("%+v", s)
	}
}

// A fault of the server is 5.00, and its error message says nothing of it.
func TestR03_OwnFaults(t *testing.T) {
	for name, options := range map[string][]option{
		"Prepare": {withServer(func(c *serverSetup) {
			c.Prepare = func(*ake.Session) error { return errors.New("the database is down") }
		})},
		"no credential": {withServer(func(c *serverSetup) {
			empty := newConfig()
			empty.Suites = []int{0}
			c.Responder = empty
		}), withClientConfig(func(*hostConfig) {})},
	} {
		w := newWorld(t, options...)
		got := w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "peer")
		wantError(t, name, got, InternalServerError, 1)
		if bytes.Contains(got.Payload, []byte("database")) || len(w.failures) != 1 || w.server.Stats().HalfOpen != 0 || w.server.Stats().IDs != 0 {
			t.Errorf("%s: %q, %v", name, got.Payload, w.failures)
		}
	}
}

// A context that was restored keeps its Recipient ID, and gets its requests.
func TestR29_ReservedContexts(t *testing.T) {
	w := newWorld(t)
	for _, id := range [][]byte{{0x17}, {}, {1, 2, 3}} {
		if !w.server.Reserve(id) || w.server.Reserve(id) {
			t.Errorf("%x", id)
		}
		if !w.server.Handle(Request{Code: POST, KID: id}).OSCORE {
			t.Errorf("a request for %x does not go to OSCORE", id)
		}
	}
	if w.server.Reserve(make([]byte, maxIdentifier+1)) {
		t.Error("an identifier of 65 bytes")
	}
	c, _ := w.half("peer")
	info := c.Session().Info()
	if w.server.Reserve(info.PeerConnectionID) {
		t.Error("the identifier of a half-open run is free")
	}
	w.server.Release(info.PeerConnectionID)
	if w.server.Stats().HalfOpen != 1 || w.server.Stats().IDs != 4 {
		t.Error("Release has dropped a run")
	}
}

// A lookup that fails at message_3 is 5.00, and no authentication.
func TestR03_LookupFails(t *testing.T) {
	down := errors.New("the database is down")
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Responder.Policy = ake.PolicyCallback
		c.Responder.Resolver = func(*ake.Session, []byte) ([]*ake.Credential, error) { return nil, down }
	}))
	c, message3 := w.half("peer")
	got := w.handle(*message3, "peer")
	wantError(t, "message_3", got, InternalServerError, 1)
	if bytes.Contains(got.Payload, []byte("database")) || len(w.established) != 0 {
		t.Errorf("%q", got.Payload)
	}
	if _, err := c.Next(got); !errors.Is(err, ake.ErrRefused) {
		t.Errorf("client: %v", err)
	}
}

// What somebody forges for a run leaves the run as it was, and is answered without an
// EDHOC error message, which would be the end of the run: message_2 in the reverse flow, a
// combined request without ciphertext.
func TestR25_ForgeriesThatEndNothing(t *testing.T) {
	w := newWorld(t)
	c := w.client(ake.Responder)
	message2 := value[*Request](t)(c.Next(w.handle(*value[*Request](t)(c.Start()), "peer")))
	id, _, err := cutIdentifier(message2.Payload)
	must(t, err)
	for n := range 50 {
		forged := Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, append([]byte{0x58, 24}, bytes.Repeat([]byte{byte(n)}, 24)...))}
		wantResponse(t, "forged message_2", w.handle(forged, "stranger"), Unauthorized, NoFormat)
	}
	must2(t, c, w.handle(*message2, "peer"))
	if len(w.failures) != 0 {
		t.Errorf("%+v", w.failures)
	}

	w = newWorld(t)
	_, request := w.combined()
	cut := request
	cut.Payload = request.Payload[:len(request.Payload)-len(oscoreCiphertext)]
	wantResponse(t, "combined without ciphertext", w.handle(cut, "stranger"), Unauthorized, NoFormat)
	w.handle(request, "peer")
	if !w.last.OSCORE || len(w.failures) != 0 {
		t.Errorf("%+v", w.last)
	}
}

// message_1 that fails after public-key operations counts too, though it leaves no
// run: with a point of low order, for example.
func TestR25_FailingMessage1Counts(t *testing.T) {
	w := newWorld(t)
	lowOrder := Request{Code: POST, Format: FormatCIDEDHOC, Payload: slices.Concat([]byte{prefixTrue, 3, 0, 0x58, 32}, make([]byte, 32), []byte{7})}
	for second := range 3 {
		for range 100 {
			w.handle(lowOrder, "peer")
		}
		if s := w.server.Stats(); s.Begun != uint64((second+1)*w.server.limits.Threshold) || s.HalfOpen != 0 || s.IDs != 0 {
			t.Errorf("second %d: %+v", second, s)
		}
		w.clock.advance(time.Second)
	}
}
