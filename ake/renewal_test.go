package ake

import (
	"bytes"
	"testing"
	"time"
)

// renewalRun completes a run whose Initiator has limits and a clock.
func renewalRun(t *testing.T, suiteID int, limits RenewalLimits) (i, r *Session, clock *testClock) {
	t.Helper()
	w := newWorld(t, 3, suiteID)
	clock = newTestClock()
	clock.follow = func(now time.Time) { w.configI.SetTime(now) }
	clock.move(0)
	w.configI.RenewalLimits = limits
	i, r = w.sessions(t)
	handshake(t, i, r, 4)
	return i, r, clock
}

func wantAdvice(t *testing.T, what string, s *Session, want Advice) {
	t.Helper()
	if usage := s.Usage(); usage.Advice != want {
		t.Errorf("%s: %v, want %v: %+v", what, usage.Advice, want, usage)
	}
}

// TestR29_Renewal: each limit, one below and at it.
func TestR29_Renewal(t *testing.T) {
	type step struct {
		what string
		do   func(s *Session, clock *testClock)
		want Advice
	}
	report := func(sent, received, failures uint64) func(*Session, *testClock) {
		return func(s *Session, _ *testClock) { must(t, s.ReportMessages(sent, received, failures)) }
	}
	wait := func(d time.Duration) func(*Session, *testClock) {
		return func(_ *Session, clock *testClock) { clock.move(d) }
	}
	update := func(s *Session, _ *testClock) { must(t, s.KeyUpdate([]byte("next"))) }
	export := func(s *Session, _ *testClock) { value[*OSCOREContext](t)(s.OSCOREContext()) }
	for name, c := range map[string]struct {
		suite  int
		limits RenewalLimits
		steps  []step
	}{
		"sent": {2, RenewalLimits{}, []step{
			{"2^20 less 1", report(1<<20-1, 0, 0), AdviceContinue}, {"one more", report(1, 0, 0), AdviceKeyUpdate},
			{"updated", update, AdviceContinue}, {"again", report(1<<20, 0, 0), AdviceKeyUpdate},
		}},
		"received": {4, RenewalLimits{}, []step{
			{"2^20 less 1", report(1<<20-1, 1<<20-1, 0), AdviceContinue}, {"one more", report(0, 1, 0), AdviceKeyUpdate},
		}},
		"failures with a tag of 8 bytes": {3, RenewalLimits{}, []step{
			{"2^14 less 1", report(0, 0, 1<<14-1), AdviceContinue}, {"one more", report(0, 0, 1), AdviceKeyUpdate},
		}},
		"failures with a tag of 16 bytes": {4, RenewalLimits{}, []step{
			{"2^20 less 1", report(0, 0, 1<<20-1), AdviceContinue}, {"one more", report(0, 0, 1), AdviceKeyUpdate},
		}},
		"no overflow": {0, RenewalLimits{}, []step{
			{"2^64 - 1", report(1<<64-1, 0, 0), AdviceKeyUpdate}, {"and one", report(1, 0, 0), AdviceKeyUpdate},
		}},
		"own limits": {0, RenewalLimits{Messages: 10, Failures: 2}, []step{
			{"9", report(9, 0, 1), AdviceContinue}, {"failure", report(0, 0, 1), AdviceKeyUpdate},
			{"updated", update, AdviceContinue}, {"10", report(10, 0, 0), AdviceKeyUpdate},
		}},
		"age of the keys": {0, RenewalLimits{}, []step{
			{"an hour less a second", wait(time.Hour - time.Second), AdviceContinue}, {"an hour", wait(time.Second), AdviceKeyUpdate},
			{"updated", update, AdviceContinue}, {"an hour", wait(time.Hour), AdviceKeyUpdate},
		}},
		"age of the run": {0, RenewalLimits{KeyAge: 48 * time.Hour}, []step{
			{"a day less a second", wait(24*time.Hour - time.Second), AdviceContinue}, {"updated", update, AdviceContinue},
			{"a day", wait(time.Second), AdviceNewRun}, {"updated", update, AdviceNewRun},
		}},
		"clock set back": {0, RenewalLimits{}, []step{
			{"a little", wait(-30 * time.Second), AdviceContinue}, {"much", wait(-time.Hour), AdviceNewRun},
		}},
		"key sets": {0, RenewalLimits{KeySets: 2, Messages: 1}, []step{
			{"the first", export, AdviceContinue}, {"the same", export, AdviceContinue}, {"a message", report(1, 0, 0), AdviceKeyUpdate},
			{"updated", update, AdviceContinue}, {"the second", export, AdviceContinue}, {"a message", report(1, 0, 0), AdviceNewRun},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			i, _, clock := renewalRun(t, c.suite, c.limits)
			wantAdvice(t, "at first", i, AdviceContinue)
			for _, step := range c.steps {
				step.do(i, clock)
				wantAdvice(t, step.what, i, step.want)
			}
		})
	}
}

// TestRenewalSaved: what was counted is saved with the session.
func TestRenewalSaved(t *testing.T) {
	i, _, clock := renewalRun(t, 0, RenewalLimits{})
	value[*OSCOREContext](t)(i.OSCOREContext())
	must(t, i.ReportMessages(7, 8, 9))
	clock.move(time.Minute)
	before := i.Usage()
	again := restore(t, i.party, value[[]byte](t)(i.Save(blobKey)))
	if after := again.Usage(); after != before || after.KeySets != 1 || after.Failures != 9 || after.KeyAge != time.Minute {
		t.Errorf("restored %+v, was %+v", after, before)
	}
	value[*OSCOREContext](t)(again.OSCOREContext()) // the same one
	if after := again.Usage(); after.KeySets != 1 {
		t.Errorf("%d key sets", after.KeySets)
	}
	clock.move(24 * time.Hour)
	wantAdvice(t, "after a day", again, AdviceNewRun)
}

func TestRenewalRefused(t *testing.T) {
	for _, limits := range []RenewalLimits{{KeyAge: -1}, {RunAge: -1}, {KeySets: -1}} {
		wantStatus(t, "limits", checked(Config{RenewalLimits: limits}), ErrArgument)
	}
	s := value[*Session](t)(newConfig().NewSession(Responder))
	wantStatus(t, "no keys yet", s.ReportMessages(1, 1, 1), ErrState)
	if usage := s.Usage(); usage != (Usage{}) {
		t.Errorf("no keys yet: %+v", usage)
	}
	for advice, name := range map[Advice]string{0: "continue", 1: "key update", 2: "new run", 3: "unknown advice", -1: "unknown advice"} {
		if advice.String() != name {
			t.Errorf("%d is %v", advice, advice)
		}
	}
}

// TestR29_KeyUpdate: both sides get the same fresh OSCORE context; with another
// context, or on one side only, they do not.
func TestR29_KeyUpdate(t *testing.T) {
	for _, id := range Suites() {
		i, r := newWorld(t, 3, id).sessions(t)
		handshake(t, i, r, 4)
		seen := map[string]bool{}
		for range 3 {
			a, b := value[*OSCOREContext](t)(i.OSCOREContext()), value[*OSCOREContext](t)(r.OSCOREContext())
			wantBytes(t, "Master Secret", a.MasterSecret, b.MasterSecret)
			wantBytes(t, "Master Salt", a.MasterSalt, b.MasterSalt)
			if seen[string(a.MasterSecret)] || seen[string(a.MasterSalt)] {
				t.Error("a secret comes twice")
			}
			seen[string(a.MasterSecret)], seen[string(a.MasterSalt)] = true, true
			wantBytes(t, "Sender ID", a.SenderID, b.RecipientID) // stay
			must(t, i.KeyUpdate([]byte("update")))
			must(t, r.KeyUpdate([]byte("update")))
		}
		must(t, i.KeyUpdate(nil))
		differ := func(what string) {
			t.Helper()
			a, b := value[*OSCOREContext](t)(i.OSCOREContext()), value[*OSCOREContext](t)(r.OSCOREContext())
			if bytes.Equal(a.MasterSecret, b.MasterSecret) {
				t.Errorf("%s: the same keys", what)
			}
		}
		differ("one side only")
		must(t, r.KeyUpdate([]byte{0}))
		differ("another context")
	}
}
