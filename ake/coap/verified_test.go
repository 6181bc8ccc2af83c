package coap

import (
	"errors"
	"testing"

	"github.com/liblake/lake/ake"
)

// With a pre-shared key EAD_2 is shown when the server has proved itself: a question
// about it comes with Verified, and ends with Continue.
func TestR04_QuestionAfterVerified(t *testing.T) {
	for _, accept := range []bool{true, false} {
		w := pskWorld(t)
		w.clientConfig = &hostConfig{Config: w.clientConfig.Config}
		w.clientConfig.Pull = ake.PullEAD
		w.server = value[*Server](t)(NewServer(ServerConfig{Responder: w.serverConfig.made(), Clock: w.clock.read,
			Prepare: func(s *ake.Session) error { return s.AddEAD(2, ake.EADItem{Label: -777}) }}))
		c, request := w.combined()
		w.handle(request, "peer")
		if err := c.Verified(); !errors.Is(err, ake.PendingEAD) || c.Done() || !w.last.OSCORE {
			t.Fatalf("%v, %+v", err, w.last)
		}
		wantReason(t, "twice", c.Verified(), ake.ErrState)
		if !accept {
			_, err := c.Continue()
			wantReason(t, "not accepted", err, ake.ErrEADCritical)
			wantReason(t, "the reason that stays", c.Err(), ake.ErrEADCritical)
			continue
		}
		must(t, c.Session().AcceptEAD(2, 0))
		if next, err := c.Continue(); next != nil || err != nil || !c.Done() {
			t.Errorf("%v, %v, done %v", next, err, c.Done())
		}
	}
}

// Where message_4 is required, no other message takes its place.
func TestR04_VerifiedIsNotMessage4(t *testing.T) {
	w := newWorld(t, withMessage4)
	c, request := w.half("peer")
	wantReason(t, "before message_4", c.Verified(), ake.ErrState)
	if c.Done() || c.Err() != nil {
		t.Errorf("done %v, %v", c.Done(), c.Err())
	}
	must2(t, c, w.handle(*request, "peer"))
	if !c.Done() {
		t.Error("not done")
	}
}
