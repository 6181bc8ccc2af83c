package coap

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake"
)

func changed(payload []byte) Response {
	return Response{Code: Changed, Format: FormatEDHOC, Payload: payload}
}

// started returns a client that waits for message_2, and what the server says.
func (w *world) started() (*Client, Response) {
	w.t.Helper()
	c := w.client(ake.Initiator)
	return c, w.handle(*value[*Request](w.t)(c.Start()), "peer")
}

// A refused cipher suite leads to another message_1, in both flows.
func TestR19_SuiteNegotiation(t *testing.T) {
	for _, role := range bothRoles {
		w := newWorld(t, withClientConfig(func(c *hostConfig) {
			if role == ake.Initiator {
				c.Suites = []int{4, 0}
			}
		}), withServer(func(c *serverSetup) {
			if role == ake.Responder {
				c.Initiator.Suites = []int{4, 0}
			}
		}))
		c := w.client(role)
		if err := w.run(c, "peer"); err != nil || !c.Done() || len(w.established) != 1 {
			t.Fatalf("%v: %v, %d established", role, err, len(w.established))
		}
		if info := c.Session().Info(); info.Suite != 0 {
			t.Errorf("%v: suite %d", role, info.Suite)
		}
		if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 1 {
			t.Errorf("%v: %+v", role, s)
		}
	}
}

// Without a common suite both sides end.
func TestR19_NoCommonSuite(t *testing.T) {
	for _, role := range bothRoles {
		w := newWorld(t, withClientConfig(func(c *hostConfig) { c.Suites = []int{4} }))
		c := w.client(role)
		err := w.run(c, "peer")
		if err == nil || c.Done() || c.Err() == nil {
			t.Errorf("%v: %v", role, err)
		}
		if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 0 || s.Failed != 1 {
			t.Errorf("%v: %+v", role, s)
		}
	}
}

// What a server may answer, and what the client makes of it at each moment.
func TestR25_ClientAndOddAnswers(t *testing.T) {
	unspecified := value[[]byte](t)((&ake.ErrorMessage{Code: 1, Text: "no"}).Encode())
	for name, test := range map[string]struct {
		response Response
		status   ake.Status
	}{
		"4.00 without payload":           {Response{Code: BadRequest, Format: NoFormat}, ake.ErrRefused},
		"4.04 with a text":               {Response{Code: 0x84, Format: 0, Payload: []byte("not found")}, ake.ErrRefused},
		"4.01 without Echo":              {Response{Code: Unauthorized, Format: NoFormat}, ake.ErrRefused},
		"5.03":                           {Response{Code: ServiceUnavailable, Format: NoFormat}, ake.ErrRefused},
		"5.00 with junk":                 {Response{Code: InternalServerError, Format: FormatEDHOC, Payload: []byte{0xff}}, ake.ErrRefused},
		"5.31":                           {Response{Code: 0xbf, Format: NoFormat}, ake.ErrRefused},
		"2.05":                           {Response{Code: 0x45, Format: FormatEDHOC, Payload: byteString(50)}, ake.ErrAnswer},
		"2.04 with Content-Format 65":    {Response{Code: Changed, Format: FormatCIDEDHOC, Payload: byteString(50)}, ake.ErrAnswer},
		"a request code":                 {Response{Code: POST, Format: NoFormat}, ake.ErrAnswer},
		"code 0":                         {Response{Format: NoFormat}, ake.ErrAnswer},
		"4.00 with an error message":     {Response{Code: BadRequest, Format: FormatEDHOC, Payload: unspecified}, 0},
		"4.00 with one without a format": {Response{Code: BadRequest, Format: NoFormat, Payload: unspecified}, 0},
		"2.04 with an error message":     {changed(unspecified), 0},
		"2.04 with junk":                 {changed([]byte{0xff}), ake.ErrMalformed},
		"2.04 with half a byte string":   {changed([]byte{0x58, 0x50, 1}), ake.ErrMalformed},
		"2.04 with two items":            {changed([]byte{0x41, 1, 0x41, 1}), ake.ErrMalformed},
	} {
		for _, role := range bothRoles {
			for moment := range 2 {
				w := newWorld(t, withMessage4)
				c := w.client(role)
				request := value[*Request](t)(c.Start())
				if moment == 1 {
					request = value[*Request](t)(c.Next(w.handle(*request, "peer")))
				}
				if request == nil {
					t.Fatal("no request")
				}
				next, err := c.Next(test.response)
				if err == nil || c.Done() || c.Err() == nil || test.status != 0 && ake.StatusOf(err) != test.status {
					t.Errorf("%s, %v, moment %d: %v", name, role, moment, err)
				}
				if next != nil && next.Format != FormatCIDEDHOC {
					t.Errorf("%s: sends %+v", name, next)
				}
				if next != nil && isError(test.response.Payload) {
					t.Errorf("%s: an error message is answered by one", name)
				}
				if _, err := c.Context(); err == nil {
					t.Errorf("%s: there is a context", name)
				}
				wantClosed(t, c.Session())
				if _, err := c.Next(changed(nil)); !errors.Is(err, ake.ErrState) {
					t.Errorf("%s: it goes on: %v", name, err)
				}
			}
		}
	}
}

// A server that does not authenticate gets an error message with its C_R.
func TestR11_ForgedMessage2(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t) // with other credentials
	c, _ := w.started()
	server := other.server
	message1 := c.Again()
	message1.Peer = "peer"
	result := server.Handle(*message1)
	request, err := c.Next(result.Response)
	if err == nil {
		t.Fatal("another server is accepted")
	}
	if request != nil {
		answer := server.Handle(*request).Response
		wantResponse(t, "the error message of somebody else", answer, BadRequest, NoFormat)
		request.Peer = "peer"
		answer = server.Handle(*request).Response
		wantResponse(t, "the error message", answer, Changed, NoFormat)
		if s := server.Stats(); s.HalfOpen != 0 || s.Failed != 1 {
			t.Errorf("%+v", s)
		}
	} else {
		t.Error("the server is not told")
	}
}

// message_2 that is corrupt anywhere is refused.
func TestR11_CorruptMessage2(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Threshold = 1000 }))
	_, response := w.started()
	for i := range response.Payload {
		c, response := w.started()
		if _, err := c.Next(changed(flip(response.Payload, i))); err == nil || c.Done() {
			t.Errorf("byte %d", i)
		}
	}
}

func TestR25_EndlessChallenges(t *testing.T) {
	w := newWorld(t)
	c := w.client(ake.Initiator)
	first := value[*Request](t)(c.Start())
	for n := range maxChallenges + 1 {
		request, err := c.Next(Response{Code: Unauthorized, Format: NoFormat, Echo: []byte{byte(n)}})
		if n == maxChallenges {
			wantReason(t, "challenge 4", err, ake.ErrChallenges)
			break
		}
		must(t, err)
		if !bytes.Equal(request.Payload, first.Payload) || !bytes.Equal(request.Echo, []byte{byte(n)}) {
			t.Errorf("challenge %d: %+v", n, request)
		}
	}
}

// Again gives the same bytes, whatever the caller does to them.
func TestR03_Retransmission(t *testing.T) {
	w := newWorld(t)
	c := w.client(ake.Initiator)
	if c.Again() != nil {
		t.Error("something to send before Start")
	}
	first := value[*Request](t)(c.Start())
	sent := bytes.Clone(first.Payload)
	clear(first.Payload)
	again := c.Again()
	if !bytes.Equal(again.Payload, sent) {
		t.Error("message_1 has changed")
	}
	if _, err := c.Start(); !errors.Is(err, ake.ErrState) {
		t.Errorf("a second Start: %v", err)
	}
	// message_1 in a new datagram is a new run, and the client takes either answer.
	w.handle(*again, "peer")
	request := value[*Request](t)(c.Next(w.handle(*again, "peer")))
	must2(t, c, w.handle(*request, "peer"))
	if !c.Done() || len(w.established) != 1 {
		t.Error("not done")
	}
}

func TestR03_NoAnswer(t *testing.T) {
	w := newWorld(t)
	c, response := w.started()
	value[*Request](t)(c.Next(response))
	if c.Done() {
		t.Error("done before the server has shown that it has the context")
	}
	wantReason(t, "no answer", c.NoAnswer(), ake.ErrNoAnswer)
	wantReason(t, "twice", c.NoAnswer(), ake.ErrState)
	if _, err := c.Context(); err == nil {
		t.Error("there is a context")
	}
}

// message_4 that is required must come, and one that is not required is checked.
func TestR11_Message4(t *testing.T) {
	w := newWorld(t, withMessage4)
	c, response := w.started()
	value[*Request](t)(c.Next(response))
	if _, err := c.Next(Response{Code: Changed, Format: NoFormat}); !errors.Is(err, ake.ErrAnswer) {
		t.Errorf("without message_4: %v", err)
	}

	w = newWorld(t, withMessage4)
	c, response = w.started()
	request := value[*Request](t)(c.Next(response))
	message4 := w.handle(*request, "peer").Payload
	if _, err := c.Next(changed(flip(message4, len(message4)-1))); ake.StatusOf(err) != ake.ErrDecryption || c.Done() {
		t.Errorf("a corrupt message_4: %v", err)
	}

	w = newWorld(t)
	c, response = w.started()
	value[*Request](t)(c.Next(response))
	if _, err := c.Next(changed(byteString(1))); ake.StatusOf(err) != ake.ErrDecryption || c.Done() {
		t.Errorf("a forged message_4: %v", err)
	}
}

// A client keeps its own identifiers apart, and gives them back.
func TestR01_ClientIdentifiers(t *testing.T) {
	w := newWorld(t)
	ids := value[*IDs](t)(NewIDs(1, 1))
	var clients []*Client
	for range 5 {
		c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: bothRoles[len(clients)%2], IDs: ids}))
		must(t, w.run(c, "peer"))
		clients = append(clients, c)
	}
	seen := map[string]bool{}
	for _, c := range clients {
		context := value[*ake.OSCOREContext](t)(c.Context())
		seen[string(context.RecipientID)] = true
	}
	if len(seen) != 5 || ids.Len() != 5 {
		t.Errorf("%d identifiers, %d in use", len(seen), ids.Len())
	}
	for _, c := range clients {
		c.Close()
		c.Close()
	}
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, IDs: ids}))
	value[*Request](t)(c.Start())
	c.Next(Response{Code: BadRequest, Format: NoFormat})
	if ids.Len() != 0 {
		t.Errorf("%d identifiers are left", ids.Len())
	}
	for range oneByteInts {
		value[[]byte](t)(ids.Take(nil))
	}
	c = value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, IDs: ids}))
	if _, err := c.Start(); !errors.Is(err, ake.ErrExhausted) {
		t.Errorf("%v", err)
	}
}

func TestNewClientRefuses(t *testing.T) {
	w := newWorld(t)
	failure := errors.New("no")
	for name, config := range map[string]ClientConfig{
		"no Config": {Role: ake.Initiator}, "no role": {Party: w.clientConfig.made()},
		"Prepare":          {Party: w.clientConfig.made(), Role: ake.Initiator, Prepare: func(*ake.Session) error { return failure }},
		"choice":           {Party: w.clientConfig.made(), Role: ake.Initiator, Choice: &Choice{Method: 2, Suite: 0}},
		"suite":            {Party: w.clientConfig.made(), Role: ake.Initiator, Choice: &Choice{Method: 3, Suite: 5}},
		"no profiles":      {Party: w.clientConfig.made(), Role: ake.Initiator, Profiles: &Advertisement{}},
		"of the Responder": {Party: w.clientConfig.made(), Role: ake.Responder, Profiles: ReadyProfiles(1)},
	} {
		if _, err := NewClient(config); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// A client that refuses message_1 of the reverse flow says so, and the server keeps
// nothing.
func TestR19_MethodRefusedInTheReverseFlow(t *testing.T) {
	w := newWorld(t, withClientConfig(func(c *hostConfig) { c.Methods = []ake.Method{0} }))
	err := w.run(w.client(ake.Responder), "peer")
	wantReason(t, "the client", err, ake.ErrMethod)
	if s := w.server.Stats(); s.HalfOpen != 0 || s.Failed != 1 || len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrPeerUnspecified) {
		t.Errorf("%+v, %+v", s, w.failures)
	}
}

// A resource without a common method or cipher suite suits in neither role.
func TestR19_ResourceThatDoesNotSuit(t *testing.T) {
	w := newWorld(t)
	for _, role := range bothRoles {
		for name, profile := range map[string]Profile{
			"method": {Methods: []int64{0}, Suites: []int64{0}}, "suite": {Methods: []int64{3}, Suites: []int64{2}},
		} {
			resources := []Resource{{Path: "/1", Initiator: true, Responder: true, Profile: profile}}
			if _, _, err := ChooseResource(w.clientConfig.made(), role, resources, nil); !errors.Is(err, ake.ErrNotFound) {
				t.Errorf("%v, %s: %v", role, name, err)
			}
			resources = append(resources, Resource{Path: "/2", Initiator: true, Responder: true, Profile: Profile{Methods: []int64{0, 3}}})
			if r, _, err := ChooseResource(w.clientConfig.made(), role, resources, nil); err != nil || r.Path != "/2" {
				t.Errorf("%v, %s: %v", role, name, err)
			}
		}
	}
}
