package coap

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake"
)

// combined returns a client with message_2, and a combined request of it.
func (w *world) combined() (*Client, Request) {
	w.t.Helper()
	c, _ := w.half("peer")
	context := value[*ake.OSCOREContext](w.t)(c.Context())
	payload, edhoc, err := c.Combine(oscoreCiphertext, 0, 0)
	must(w.t, err)
	if !edhoc {
		w.t.Fatal("no EDHOC option")
	}
	return c, Request{Code: 3, Format: NoFormat, EDHOC: edhoc, KID: context.SenderID, Payload: payload} // PUT
}

func TestR27_CombinedRequest(t *testing.T) {
	w := newWorld(t)
	c, request := w.combined()
	request.Peer, request.MessageID = "peer", 40000
	for n := range 3 {
		w.repeat(request)
		if !w.last.OSCORE || !bytes.Equal(request.Payload[w.last.Offset:], oscoreCiphertext) || w.last.Duplicate != (n > 0) || w.last.Response.Code != Empty {
			t.Fatalf("datagram %d: %+v", n, w.last)
		}
	}
	if len(w.established) != 1 {
		t.Fatalf("%d established", len(w.established))
	}
	own := value[*ake.OSCOREContext](t)(c.Context())
	wantSame(t, own, w.established[0].Context)
	if c.Done() {
		t.Error("done before the answer is verified")
	}
	must(t, c.Verified())
	if !c.Done() {
		t.Error("not done")
	}
	wantReason(t, "a second time", c.Verified(), ake.ErrState)
	request.MessageID++
	wantError(t, "a new request with a used message_3", w.repeat(request), BadRequest, 1)
	w.handle(Request{Code: 1, Format: NoFormat, KID: own.SenderID, Payload: oscoreCiphertext}, "peer")
	if !w.last.OSCORE || w.last.Offset != 0 {
		t.Error("the context is lost")
	}
}

// A bad message_3 gives an unprotected 4.00 with error code 1, whatever is wrong
// (RFC 9668 section 3.3.1), and no context.
func TestR25_CombinedWithBadMessage3(t *testing.T) {
	for i := range 19 {
		w := newWorld(t)
		c, request := w.combined()
		if i >= len(request.Payload)-len(oscoreCiphertext) {
			break
		}
		request.Payload = flip(request.Payload, i)
		got := w.handle(request, "peer")
		wantError(t, fmt.Sprint("byte ", i), got, BadRequest, 1)
		if w.last.OSCORE || len(w.established) != 0 {
			t.Errorf("byte %d: accepted", i)
		}
		if _, err := c.Next(got); !errors.Is(err, ake.ErrRefused) || c.Done() {
			t.Errorf("byte %d: the client says %v", i, err)
		}
	}
	// An unknown credential is error code 3 elsewhere.
	w := newWorld(t)
	stranger := newPair(t, ake.KeyX25519, "stranger", 9)
	config := newConfig()
	config.Suites = []int{0}
	config.Methods = []ake.Method{3}
	config.Own = append(config.Own, stranger.own)
	config.Resolver = func(s *ake.Session, _ []byte) ([]*ake.Credential, error) {
		return []*ake.Credential{w.serverCred.public}, nil
	}
	w.clientConfig = config
	_, request := w.combined()
	wantError(t, "unknown credential", w.handle(request, "peer"), BadRequest, 1)
}

// With message_4 required there is no combined request, on either side.
func TestR27_NoCombinedRequestWithMessage4(t *testing.T) {
	w := newWorld(t, withMessage4)
	c, sequential := w.half("peer")
	if _, _, err := c.Combine(oscoreCiphertext, 0, 0); !errors.Is(err, ake.ErrNoCombined) {
		t.Errorf("client: %v", err)
	}
	id, message3, err := cutIdentifier(sequential.Payload)
	must(t, err)
	wantError(t, "server", w.handle(Request{Code: 1, EDHOC: true, KID: id, Payload: append(message3, oscoreCiphertext...)}, "peer"), BadRequest, 1)
	if len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrNoCombined) || len(w.established) != 0 {
		t.Errorf("%+v", w.failures)
	}
}

// Too large a body is not combined: the sequential flow goes on with the same
// message_3 (RFC 9668 section 3.2.2).
func TestR27_FallBackToSequential(t *testing.T) {
	w := newWorld(t)
	c, sequential := w.half("peer")
	whole := len(c.message3) + len(oscoreCiphertext)
	for _, max := range []int{1, whole - 1} {
		if _, edhoc, err := c.Combine(oscoreCiphertext, 0, max); !errors.Is(err, ake.ErrCombinedSize) || edhoc {
			t.Errorf("at most %d: %v", max, err)
		}
	}
	if _, _, err := c.Combine(oscoreCiphertext, 0, whole); err != nil {
		t.Errorf("just fits: %v", err)
	}
	if !bytes.Equal(c.Again().Payload, sequential.Payload) {
		t.Error("the sequential request has changed")
	}
	must2(t, c, w.handle(*c.Again(), "peer"))
	if !c.Done() || len(w.established) != 1 {
		t.Error("not done")
	}
}

// Only inner block 0 carries message_3 and the option.
func TestR27_InnerBlocks(t *testing.T) {
	w := newWorld(t)
	c, request := w.combined()
	w.handle(request, "peer")
	for block := 1; block < 4; block++ {
		payload, edhoc, err := c.Combine(oscoreCiphertext, block, 1)
		if err != nil || edhoc || !bytes.Equal(payload, oscoreCiphertext) {
			t.Errorf("block %d: %x, %v, %v", block, payload, edhoc, err)
		}
		w.handle(Request{Code: 3, Format: NoFormat, KID: request.KID, Payload: payload}, "peer")
		if !w.last.OSCORE || w.last.Offset != 0 {
			t.Errorf("block %d does not go to OSCORE", block)
		}
	}
}

func TestR27_CombineAtTheWrongTime(t *testing.T) {
	w := newWorld(t)
	fresh := w.client(ake.Initiator)
	started, _ := w.started()
	done := w.client(ake.Initiator)
	must(t, w.run(done, "peer"))
	reverse := w.client(ake.Responder)
	must(t, w.run(reverse, "peer"))
	ended, _ := w.half("peer")
	ended.NoAnswer()
	for name, c := range map[string]*Client{"new": fresh, "started": started, "done": done, "reverse": reverse, "ended": ended} {
		if _, _, err := c.Combine(oscoreCiphertext, 0, 0); !errors.Is(err, ake.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Verified(); !errors.Is(err, ake.ErrState) {
			t.Errorf("%s, Verified: %v", name, err)
		}
	}
	c, _ := w.half("peer")
	if _, _, err := c.Combine(nil, 0, 0); ake.StatusOf(err) != ake.ErrArgument {
		t.Errorf("nothing to combine: %v", err)
	}
	if _, _, err := c.Combine(oscoreCiphertext, -1, 0); ake.StatusOf(err) != ake.ErrArgument {
		t.Errorf("block -1: %v", err)
	}
}

// The example of RFC 9668 section 3.5.
func TestCombinedPayloadOfRFC9668(t *testing.T) {
	message3 := unhex(t, "52d5535f3147e85f1cfacd9e78abf9e0a81bbf")
	ciphertext := unhex(t, "612f1092f1776f1c1668b3825e")
	payload := value[[]byte](t)(combine(message3, ciphertext, 0))
	got, offset, err := cutCombined(payload)
	if err != nil || !bytes.Equal(got, message3) || !bytes.Equal(payload[offset:], ciphertext) {
		t.Errorf("%x, %d, %v", got, offset, err)
	}
}
