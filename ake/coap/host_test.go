package coap

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/liblake/lake/ake"
)

// What the host has a part in: pending decisions, callbacks, many threads, and
// the other methods of authentication.

// pulled has a server and a client that ask the host about their peers.
func pulled(t *testing.T) *world {
	return newWorld(t, withClientConfig(func(c *hostConfig) { c.Pull = ake.PullPeer }),
		withServer(func(c *serverSetup) { c.Responder.Pull = ake.PullPeer }))
}

func TestR17_HostDecidesAboutThePeer(t *testing.T) {
	for _, role := range bothRoles {
		w := pulled(t)
		c := w.client(role)
		request, err := c.Start()
		questions := 0
		for request != nil || errors.Is(err, ake.PendingPeer) {
			if errors.Is(err, ake.PendingPeer) {
				questions++
				request, err = c.Continue()
				continue
			}
			must(t, err)
			response := w.handle(*request, "peer")
			if response.Code == Empty {
				event := w.last.Events[0]
				if event.Kind != Pending || !errors.Is(event.Err, ake.PendingPeer) || len(w.established) != 0 {
					t.Fatalf("%+v", event)
				}
				again := *request
				again.Peer, again.MessageID, again.Token = "peer", w.mid, []byte{byte(w.mid >> 8), byte(w.mid)}
				if w.repeat(again); w.last.Response.Code != Empty || !w.last.Duplicate || len(w.last.Events) != 0 {
					t.Errorf("a duplicate while the host decides: %+v", w.last)
				}
				if other := w.handle(*request, "peer"); other.Code != Empty {
					t.Errorf("another message while the host decides: %v", other.Code)
				}
				questions++
				w.last = value[Result](t)(w.server.Continue(event.Session))
				w.established = append(w.established, w.last.Events...)
				response = w.last.Response
				if w.repeat(again); w.last.Response.Code != response.Code {
					t.Errorf("a duplicate afterwards: %+v", w.last)
				}
			}
			request, err = c.Next(response)
		}
		must(t, err)
		if questions != 2 || !c.Done() || len(w.established) != 1 || w.established[0].Kind != Established {
			t.Errorf("%v: %d questions, %+v", role, questions, w.established)
		}
	}
}

func TestR17_HostRejectsThePeer(t *testing.T) {
	w := pulled(t)
	c := w.client(ake.Initiator)
	_, err := c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
	if !errors.Is(err, ake.PendingPeer) {
		t.Fatal(err)
	}
	request, err := c.Continue()
	must(t, err)
	w.handle(*request, "peer")
	session := w.last.Events[0].Session
	must(t, session.RejectPeer(ake.ErrPeerRejected))
	result := value[Result](t)(w.server.Continue(session))
	wantError(t, "rejected", result.Response, BadRequest, 1)
	if len(result.Events) != 1 || result.Events[0].Kind != Failed || w.server.Stats().IDs != 0 ||
		!errors.Is(result.Events[0].Err, ake.ErrPeerRejected) {
		t.Errorf("%+v", result.Events)
	}
	if again, err := w.server.Continue(session); !errors.Is(err, ake.ErrState) || again.Response.Code != Empty {
		t.Errorf("once more: %+v", again)
	}
	if _, err := c.Next(result.Response); !errors.Is(err, ake.ErrRefused) {
		t.Errorf("client: %v", err)
	}
}

// While the host decides, an error message of the peer ends the run, and so does
// time.
func TestR25_PendingRunsEnd(t *testing.T) {
	for _, end := range []string{"error", "age", "close"} {
		w := pulled(t)
		c := w.client(ake.Initiator)
		c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
		request, err := c.Continue()
		must(t, err)
		id, _, err := cutIdentifier(request.Payload)
		must(t, err)
		w.handle(*request, "peer")
		session := w.last.Events[0].Session
		switch end {
		case "error":
			wantResponse(t, end, w.handle(Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, []byte{1, 0x60})}, "peer"), Changed, NoFormat)
		case "age":
			w.clock.advance(w.server.limits.Age)
			w.server.Expire()
		case "close":
			w.server.Close()
		}
		if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 0 {
			t.Errorf("%s: %+v", end, s)
		}
		wantClosed(t, session)
		if result, err := w.server.Continue(session); !errors.Is(err, ake.ErrState) || len(result.Events) != 0 || result.Response.Code != Empty {
			t.Errorf("%s: %+v", end, result)
		}
	}
}

// A combined request waits for the host as well.
func TestR27_CombinedWhileTheHostDecides(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Responder.Pull = ake.PullPeer }))
	_, request := w.combined()
	w.handle(request, "peer")
	if w.last.OSCORE || len(w.last.Events) != 1 || w.last.Events[0].Kind != Pending {
		t.Fatalf("%+v", w.last)
	}
	w.handle(Request{Code: 1, KID: request.KID, Payload: oscoreCiphertext}, "peer")
	if w.last.OSCORE || w.last.Response.Code != Unauthorized {
		t.Error("an OSCORE request goes through before message_3 is verified")
	}
	w.handle(request, "peer")
	pending := w.server.runs.any().session
	result := value[Result](t)(w.server.Continue(pending))
	if !result.OSCORE || string(request.Payload[result.Offset:]) != string(oscoreCiphertext) || len(result.Events) != 1 || result.Events[0].Kind != Established {
		t.Errorf("%+v", result)
	}
}

// A callback may call the server, and many threads may: each run happens once.
func TestR30_ManyThreads(t *testing.T) {
	var w *world
	w = newWorld(t, withServer(func(c *serverSetup) {
		c.Limits = Limits{Threshold: 1000, HalfOpen: 1000}
		c.Prepare = func(*ake.Session) error {
			w.server.Stats()
			return nil
		}
	}))
	const clients, threads = 16, 4
	var all sync.WaitGroup
	failures := make(chan error, clients*threads)
	for n := range clients {
		c := w.client(ake.Initiator)
		all.Go(func() {
			request, err := c.Start()
			for mid := uint16(1); request != nil && err == nil; mid++ {
				request.Peer, request.MessageID = fmt.Sprint("peer ", n), mid
				var response Response
				var copies sync.WaitGroup
				var mu sync.Mutex
				for range threads { // the same datagram, at once
					copies.Go(func() {
						result := w.server.Handle(*request)
						mu.Lock()
						defer mu.Unlock()
						if result.Response.Code != Empty {
							response = result.Response
						}
					})
				}
				copies.Wait()
				request, err = c.Next(response)
			}
			if err != nil || !c.Done() {
				failures <- fmt.Errorf("client %d: %v", n, err)
			}
		})
	}
	all.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if s := w.server.Stats(); s.Begun != clients || s.Established != clients || s.HalfOpen != 0 || s.IDs != clients {
		t.Errorf("%+v", s)
	}
}

// A run that is dropped while a thread works on it leaves nothing behind.
func TestR25_DroppedWhileWorking(t *testing.T) {
	var w *world
	var session *ake.Session
	w = newWorld(t, withServer(func(c *serverSetup) {
		c.Prepare = func(s *ake.Session) error {
			session = s
			w.server.Close()
			return nil
		}
	}))
	wantResponse(t, "message_1", w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "peer"), ServiceUnavailable, NoFormat)
	if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 0 {
		t.Errorf("%+v", s)
	}
	wantClosed(t, session)
}

// wantClosed checks that a session holds nothing any more.
func wantClosed(t *testing.T, s *ake.Session) {
	t.Helper()
	if info := s.Info(); info.State != ake.StateFailed {
		t.Errorf("the session is in state %v", info.State)
	}
}

// While a thread works on a message of a run, other messages for it wait.
func TestR25_SecondMessageWhileWorking(t *testing.T) {
	var w *world
	var forged Request
	calls := 0
	w = newWorld(t, withServer(func(c *serverSetup) {
		c.Responder.Policy = ake.PolicyCallback
		c.Responder.Resolver = func(*ake.Session, []byte) ([]*ake.Credential, error) {
			calls++
			if result := w.server.Handle(forged); result.Response.Code != Empty || len(result.Events) != 0 {
				t.Errorf("another message meanwhile: %+v", result)
			}
			return []*ake.Credential{w.clientCred.public}, nil
		}
	}))
	c, message3 := w.half("peer")
	id, _, err := cutIdentifier(message3.Payload)
	must(t, err)
	forged = Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(id, byteString(3)), Peer: "stranger"}
	must2(t, c, w.handle(*message3, "peer"))
	if calls != 1 || len(w.established) != 1 || !c.Done() {
		t.Errorf("%d calls, %d established", calls, len(w.established))
	}
}

// pskWorld has a pre-shared key, in the place of credentials.
func pskWorld(t *testing.T) *world { return pskWorldOf(t, 0) }

func pskWorldOf(t *testing.T, suiteID int) *world {
	w := newWorld(t)
	key, idCred := []byte("a key of 16 byte"), []byte{0xa1, 4, 0x41, 0x10}
	suite, ok := ake.Suite(suiteID)
	if !ok {
		t.Fatal(suiteID)
	}
	credI, credR := ccsOf(t, "initiator"), ccsOf(t, "responder")
	psk := func() *ake.Credential {
		return value[*ake.Credential](t)(ake.CredentialFromPSK(idCred, key, suite.Hash, credI, credR))
	}
	configs := map[ake.Role]*hostConfig{}
	for _, role := range bothRoles {
		configs[role] = newConfig()
		configs[role].Methods = []ake.Method{ake.MethodPSK}
		configs[role].Suites = []int{suiteID}
	}
	configs[ake.Initiator].InitiatorPSKs = []*ake.Credential{psk()}
	configs[ake.Responder].ResponderPSKs = []*ake.Credential{psk()}
	w.clientConfig, w.serverConfig = configs[ake.Initiator], configs[ake.Responder]
	w.server = value[*Server](t)(NewServer(ServerConfig{Responder: configs[ake.Responder].made(), Initiator: configs[ake.Initiator].made(), Clock: w.clock.read}))
	return w
}

// With a pre-shared key the fourth message authenticates the Responder: message_4,
// or the answer to a combined request.
func TestR04_PreSharedKey(t *testing.T) {
	w := pskWorld(t)
	c := w.client(ake.Initiator)
	must(t, w.run(c, "peer"))
	wantSame(t, value[*ake.OSCOREContext](t)(c.Context()), w.established[0].Context)

	w = pskWorld(t)
	w.clientConfig = w.serverConfig // the client is the Responder
	c = w.client(ake.Responder)
	must(t, w.run(c, "peer"))
	wantSame(t, value[*ake.OSCOREContext](t)(c.Context()), w.established[0].Context)

	w = pskWorld(t)
	c, request := w.combined()
	w.handle(request, "peer")
	if !w.last.OSCORE || len(w.established) != 1 || c.Done() {
		t.Fatalf("%+v", w.last)
	}
	if info := c.Session().Info(); info.Authenticated {
		t.Error("authenticated by message_3")
	}
	must(t, c.Verified())
	if info := c.Session().Info(); !info.Authenticated || !info.Complete {
		t.Errorf("after the answer was verified: %+v", info)
	}

	w = pskWorld(t)
	c, _ = w.half("peer")
	if _, err := c.Next(Response{Code: Changed, Format: NoFormat}); !errors.Is(err, ake.ErrAnswer) || c.Done() {
		t.Errorf("without a fourth message: %v", err)
	}
}

// Keys that are elsewhere make both sides wait, at each message that needs them.
func TestR24_KeysElsewhere(t *testing.T) {
	for _, role := range bothRoles {
		w := &world{t: t, clock: newClock()}
		var keys [2]ed25519.PrivateKey
		var configs [2]*hostConfig
		var public [2]*ake.Credential
		for n, subject := range []string{"client", "server"} {
			key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(n)}, 32))
			ccs := value[[]byte](t)(ake.NewCCS(subject, []byte{byte(n)}, ake.KeyEd25519, key.Public().(ed25519.PublicKey)))
			own := value[*ake.Credential](t)(ake.CredentialFromCCS(ccs))
			must(t, own.SetExternalKey())
			public[n] = value[*ake.Credential](t)(ake.CredentialFromCCS(ccs))
			keys[n], configs[n] = key, newConfig()
			configs[n].Methods = []ake.Method{0}
			configs[n].Suites = []int{0}
			configs[n].Own = append(configs[n].Own, own)
		}
		configs[0].Peers = append(configs[0].Peers, public[1])
		configs[1].Peers = append(configs[1].Peers, public[0])
		w.clientConfig, w.serverConfig = configs[0], configs[1]
		w.server = value[*Server](t)(NewServer(ServerConfig{Responder: configs[1].made(), Initiator: configs[1].made(), Clock: w.clock.read}))
		sign := func(n int, s *ake.Session) {
			status, input := s.KeyQuestion()
			if status != ake.PendingSignature {
				t.Fatalf("question %v", status)
			}
			must(t, s.AnswerKey(ed25519.Sign(keys[n], input)))
		}
		c := w.client(role)
		request, err := c.Start()
		questions := 0
		for request != nil || errors.Is(err, ake.PendingSignature) {
			if errors.Is(err, ake.PendingSignature) {
				questions++
				sign(0, c.Session())
				request, err = c.Continue()
				continue
			}
			must(t, err)
			response := w.handle(*request, "peer")
			if response.Code == Empty {
				questions++
				session := w.last.Events[0].Session
				if again := value[Result](t)(w.server.Continue(session)); len(again.Events) != 1 || again.Events[0].Kind != Pending {
					t.Fatalf("Resume without an answer: %+v", again)
				}
				sign(1, session)
				w.last = value[Result](t)(w.server.Continue(session))
				w.established = append(w.established, w.last.Events...)
				response = w.last.Response
			}
			request, err = c.Next(response)
		}
		must(t, err)
		if questions != 2 || !c.Done() || len(w.established) != 1 {
			t.Errorf("%v: %d questions, %d established", role, questions, len(w.established))
		}
	}
}

// A host that ends the session of a question hears of that at Resume.
func TestR03_ResumeWithAnError(t *testing.T) {
	w := pulled(t)
	c := w.client(ake.Initiator)
	c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
	request, err := c.Continue()
	must(t, err)
	w.handle(*request, "peer")
	session := w.last.Events[0].Session
	must(t, session.Abort())
	result := value[Result](t)(w.server.Continue(session))
	wantError(t, "aborted", result.Response, BadRequest, 1)
	if s := w.server.Stats(); s.HalfOpen != 0 || s.IDs != 0 || s.Failed != 1 || ake.StatusOf(result.Events[0].Err) != ake.ErrAborted {
		t.Errorf("%+v, %v", s, result.Events[0].Err)
	}
	if _, err := w.client(ake.Initiator).Continue(); !errors.Is(err, ake.ErrState) {
		t.Errorf("a client that waits for nothing: %v", err)
	}
}

// A client whose host rejects the server says so to the server.
func TestR17_ClientRejectsTheServer(t *testing.T) {
	w := pulled(t)
	c := w.client(ake.Initiator)
	c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
	must(t, c.Session().RejectPeer(ake.ErrPeerRejected))
	request, err := c.Continue()
	if !errors.Is(err, ake.ErrPeerRejected) || request == nil || c.Done() {
		t.Fatalf("%v, %+v", err, request)
	}
	wantResponse(t, "the error message", w.handle(*request, "peer"), Changed, NoFormat)
	if len(w.failures) != 1 || ake.StatusOf(w.failures[0].Err) != ake.ErrPeerUnspecified {
		t.Errorf("%+v", w.failures)
	}
}

// The host that cannot install a context refuses the run, and nothing is left of it.
func TestR25_HostCannotInstall(t *testing.T) {
	for name, combined := range map[string]bool{"explicit": false, "combined": true} {
		var told []Event
		w := newWorld(t, withServer(func(c *serverSetup) {
			c.Install = func(e Event) error {
				told = append(told, e)
				return errors.New("no room")
			}
		}))
		c := w.client(ake.Initiator)
		request, err := c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
		must(t, err)
		if combined {
			id, _, err := cutIdentifier(request.Payload)
			must(t, err)
			payload, edhoc, err := c.Combine(oscoreCiphertext, 0, 0)
			must(t, err)
			request = &Request{Code: POST, Format: NoFormat, KID: id, EDHOC: edhoc, Payload: payload}
		}
		got := w.handle(*request, "peer")
		wantError(t, name, got, InternalServerError, 1)
		if w.last.OSCORE || len(w.failures) != 1 || ake.StatusOf(w.failures[0].Err) != ake.ErrCallback || len(w.established) != 0 {
			t.Errorf("%s: %+v", name, w.last)
		}
		if len(told) != 1 || told[0].Kind != Established || told[0].Context == nil || told[0].Credential == nil {
			t.Fatalf("%s: told %+v", name, told)
		}
		wantClosed(t, told[0].Session)
		if s := w.server.Stats(); s.Contexts != 0 || s.IDs != 0 || s.Established != 0 || s.Failed != 1 {
			t.Errorf("%s: %+v", name, s)
		}
		if _, err := c.Next(got); !errors.Is(err, ake.ErrRefused) {
			t.Errorf("%s: the client: %v", name, err)
		}
	}
}

// A run cannot be dropped while the host installs its context.
func TestR25_InstallIsFinal(t *testing.T) {
	var w *world
	w = newWorld(t, withServer(func(c *serverSetup) {
		c.Install = func(e Event) error {
			w.clock.advance(w.server.limits.Age)
			if events := w.server.Expire(); len(events) != 0 {
				t.Errorf("%+v", events)
			}
			w.server.Close()
			if s := w.server.Stats(); s.Contexts != 1 || s.HalfOpen != 0 {
				t.Errorf("%+v", s)
			}
			return nil
		}
	}))
	c := w.client(ake.Initiator)
	must(t, w.run(c, "peer"))
	if !c.Done() || len(w.established) != 1 {
		t.Errorf("%v, %+v", c.Err(), w.established)
	}
}
