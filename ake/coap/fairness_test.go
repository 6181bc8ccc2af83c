package coap

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// However many contexts are established, the answer to a new request is kept.
func TestR16_CacheFullOfEstablished(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Cache = 8192 }))
	for n := range 40 {
		w.clock.advance(time.Second)
		message3 := w.complete(fmt.Sprint("peer ", n))
		if w.repeat(message3); !w.last.Duplicate {
			t.Fatalf("run %d: the answer is not kept", n)
		}
	}
	if s := w.server.Stats(); s.AnswerBytes > 8192 || s.Begun != 40 {
		t.Errorf("%+v", s)
	}
}

// Profiles in an error message multiply nothing either.
func TestR25_NoAmplificationByProfiles(t *testing.T) {
	told := &Advertisement{}
	for n := range int64(20) {
		told.Supported = append(told.Supported, Supported{Information: &Profile{Methods: []int64{n}, IDCredTypes: []int64{1000 + n, 2000 + n, 3000 + n}}})
	}
	w := profileWorld(t, func(c *serverSetup) { c.Profiles = told })
	answer := w.handle(forged, "victim")
	if len(answer.Payload)+headers > 3*(len(forged.Payload)+headers) {
		t.Errorf("%d bytes for %d", len(answer.Payload), len(forged.Payload))
	}
	wantError(t, "refused", answer, BadRequest, 1)
}

// Runs whose peer has sent no more than message_1 are no reason to spare them, whatever
// they wait for.
func TestR25_WaitingForAKeyIsNotDeciding(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) {
		responder := newConfig()
		own := newPair(t, ake.KeyP256, "token", 9)
		responder.Methods = []ake.Method{3}
		responder.Suites = []int{2}
		must(t, own.public.SetExternalKey())
		responder.Own = append(responder.Own, own.public)
		c.Responder, c.NoEcho, c.Limits.HalfOpen = responder, true, 8
	}), withClientConfig(func(c *hostConfig) {
		c.Suites = []int{2}
		c.Own = append(c.Own, newPair(t, ake.KeyP256, "client", 3).own)
	}))
	begin := func() { w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "any") }
	for range 8 {
		begin()
		if len(w.last.Events) != 1 || w.last.Events[0].Kind != Pending {
			t.Fatalf("%+v", w.last)
		}
	}
	w.clock.advance(w.server.limits.Age/8 + time.Second)
	if begin(); w.server.Stats().Evicted != 1 {
		t.Errorf("%+v", w.server.Stats())
	}
}

// The host hears of the end of every run of which it has heard.
func TestR25_EchoAfterAQuestion(t *testing.T) {
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Responder.Pull = ake.PullEAD
		c.Prepare = func(s *ake.Session) error { return s.AddPadding(2, 1200) }
	}))
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
		Prepare: func(s *ake.Session) error { return s.AddEAD(1, ake.EADItem{Label: -777}) }}))
	w.handle(*value[*Request](t)(c.Start()), "peer")
	event := w.last.Events[0]
	must(t, event.Session.AcceptEAD(1, 0))
	result := value[Result](t)(w.server.Continue(event.Session))
	if result.Response.Echo == nil || len(result.Events) != 1 || result.Events[0].Kind != Failed || !bytes.Equal(result.Events[0].ID, event.ID) {
		t.Errorf("%+v", result)
	}
}

// Strangers whose message_3 waits for the host's lookup do not keep honest runs out.
func TestR25_ManyDecidingRuns(t *testing.T) {
	w := pulled(t)
	for n := range w.server.limits.HalfOpen {
		w.clock.advance(time.Second / 20)
		w.deciding(fmt.Sprint("stranger ", n))
	}
	lost := 0
	for n := range 20 {
		honest := w.client(ake.Initiator)
		peer := fmt.Sprint("honest ", n)
		if _, err := honest.Next(w.handleWithEcho(honest, peer)); !errors.Is(err, ake.PendingPeer) {
			t.Fatal(err)
		}
		w.handleWithEcho(w.client(ake.Initiator), fmt.Sprint("another stranger ", n))
		request := value[*Request](t)(honest.Continue())
		if w.handle(*request, peer); len(w.last.Events) != 1 || w.last.Events[0].Kind != Pending {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of 20 honest runs are lost", lost)
	}
}

// handleWithEcho starts a client and answers an Echo challenge for it.
func (w *world) handleWithEcho(c *Client, peer string) Response {
	w.t.Helper()
	answer := w.handle(*value[*Request](w.t)(c.Start()), peer)
	if answer.Echo != nil {
		answer = w.handle(*value[*Request](w.t)(c.Next(answer)), peer)
	}
	return answer
}

// One large message_2 is no reason to ask others for Echo later.
func TestR25_LargeOnceIsNotLargeForGood(t *testing.T) {
	large := true
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Prepare = func(s *ake.Session) error {
			if large {
				return s.AddPadding(2, 1200)
			}
			return nil
		}
	}))
	if answer := w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "stranger"); answer.Echo == nil {
		t.Fatalf("%+v", answer)
	}
	large = false
	w.clock.advance(time.Second)
	if answer := w.handle(*value[*Request](t)(w.client(ake.Initiator).Start()), "honest"); answer.Code != Changed {
		t.Errorf("%+v", answer)
	}
}

// A host that has too many runs loses those first about which nobody has to decide.
func TestR25_DecidingRunOfABusyHost(t *testing.T) {
	w := pulled(t)
	pending := w.deciding("honest")
	w.server.runs.bySession[pending].host = "shared"
	w.server.runs.byHost["shared"] = w.server.runs.byHost["honest"]
	delete(w.server.runs.byHost, "honest")
	for n := range 3 * w.server.limits.Threshold {
		message1 := *value[*Request](t)(w.client(ake.Initiator).Start())
		message1.Host = "shared"
		peer := fmt.Sprint("neighbour ", n)
		if answer := w.handle(message1, peer); answer.Echo != nil {
			message1.Echo = answer.Echo
			w.handle(message1, peer)
		}
	}
	if result, err := w.server.Continue(pending); err != nil || result.Response.Code != Changed || w.server.Stats().Evicted == 0 {
		t.Errorf("%v, %v, %+v", result.Response.Code, err, w.server.Stats())
	}
}

// A protected request goes to OSCORE whatever its size, and a stack that does not ask
// again gets an answer.
func TestR03_LargeProtectedRequests(t *testing.T) {
	w := newWorld(t)
	w.complete("peer")
	id := w.established[0].ID
	if w.handle(Request{Code: POST, KID: id, Payload: make([]byte, w.server.limits.Body+1)}, "peer"); !w.last.OSCORE {
		t.Errorf("%+v", w.last)
	}
}

func TestR03_ReliableAndPending(t *testing.T) {
	w := pulled(t)
	pending := w.deciding("peer")
	info := pending.Info()
	r := Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(info.OwnConnectionID, byteString(19)), Peer: "peer", Reliable: true}
	if w.repeat(r); w.last.Response.Code != ServiceUnavailable {
		t.Errorf("%+v", w.last)
	}
}
