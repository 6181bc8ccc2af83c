package ake

import (
	"errors"
	"fmt"
	"testing"
)

// A Responder of EDHOC-PSK proves nothing before a fourth message.

// TestPSKUnprovedPeer: an Initiator that completes without message_4 has not
// authenticated anybody, and stores nothing, until it says PeerProved.
func TestPSKUnprovedPeer(t *testing.T) {
	unproved := func(what string, i *Session) {
		t.Helper()
		if i.Info().Authenticated {
			t.Errorf("%s: authenticated", what)
		}
		if i.PeerCredential() != nil || i.PeerIDCred() != nil {
			t.Errorf("%s: there is a peer", what)
		}
		wantStatus(t, what+": Keep", newStore(t, 1).Keep(i), ErrState)
		_, err := i.ResumptionCredential(0)
		wantStatus(t, what+": ResumptionCredential", err, ErrState)
		_, err = i.Save(blobKey)
		wantStatus(t, what+": Save", err, ErrState)
	}
	proved := func(what string, w *world, i *Session) {
		t.Helper()
		wantState(t, i, StateCompleted)
		if !i.Info().Authenticated {
			t.Errorf("%s: not authenticated", what)
		}
		i.PeerCredential()
		must(t, newStore(t, 1).Keep(i))
		i = restore(t, w.configI, value[[]byte](t)(i.Save(blobKey)))
		if !i.Info().Authenticated {
			t.Errorf("%s: not authenticated any more when restored", what)
		}
		must(t, i.PeerProved())
	}
	w := pskWorld(t, 2)

	i, r := w.sessions(t)
	wantStatus(t, "before message_1", i.PeerProved(), ErrState)
	handshake(t, i, r, 2)
	wantStatus(t, "before message_3", i.PeerProved(), ErrState)
	pass(t, 3, i, r)
	unproved("after message_3", i)
	must(t, i.CompleteWithoutMessage4())
	wantState(t, i, StateCompleted)
	unproved("completed", i)
	wantSameKeys(t, i, r)
	must(t, i.PeerProved())
	proved("completed, then proved", w, i)

	i, r = w.sessions(t)
	handshake(t, i, r, 3)
	must(t, i.PeerProved())
	proved("proved at once", w, i)
	wantStatus(t, "the Responder", r.PeerProved(), ErrState)
	must(t, r.CompleteWithoutMessage4())
	wantStatus(t, "the Responder", r.PeerProved(), ErrState)

	i, r = w.sessions(t)
	handshake(t, i, r, 4)
	proved("with message_4", w, i)
	i.Close()
	wantStatus(t, "a closed session", i.PeerProved(), ErrState)

	strict := pskWorld(t, 2)
	strict.configI.Message4 = true
	i, r = strict.sessions(t)
	handshake(t, i, r, 3)
	wantStatus(t, "where message_4 is required", i.PeerProved(), ErrState)
	unproved("where message_4 is required", i)
	pass(t, 4, i, r)
	proved("with the message_4 that is required", strict, i)

	i, r = newWorld(t, 3, 2).sessions(t) // nothing to wait for in other methods
	handshake(t, i, r, 3)
	must(t, i.CompleteWithoutMessage4())
	if !i.Info().Authenticated {
		t.Error("method 3: not authenticated")
	}
	must(t, newStore(t, 1).Keep(i))
}

// ead2 brings an Initiator so far that message_3 was taken, with these items in
// message_2.
func ead2(t testing.TB, prepare func(*hostConfig), items ...EADItem) (i, r *Session, err error) {
	t.Helper()
	w := pskWorld(t, 2)
	prepare(w.configI)
	i, r = w.sessions(t)
	for _, item := range items {
		must(t, r.AddEAD(2, item))
	}
	pass(t, 1, i, r)
	if err := i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())); err != nil {
		return i, r, err
	}
	pass(t, 3, i, r)
	return i, r, nil
}

func wantItems(t testing.TB, what string, s *Session, want ...EADItem) {
	t.Helper()
	if got := s.EAD(2); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: EAD_2 is %v, want %v", what, got, want)
	}
}

// finishes are the ways in which a Responder proves itself.
var finishes = map[string]func(t testing.TB, i, r *Session) error{
	"message_4": func(t testing.TB, i, r *Session) error {
		return i.ProcessMessage4(value[[]byte](t)(r.PrepareMessage4()))
	},
	"PeerProved":       func(_ testing.TB, i, _ *Session) error { return i.PeerProved() },
	"PeerProved later": func(t testing.TB, i, _ *Session) error { must(t, i.CompleteWithoutMessage4()); return i.PeerProved() },
}

// TestPSKWithholdsEAD2: what message_2 says waits until a fourth message has proved
// who said it.
func TestPSKWithholdsEAD2(t *testing.T) {
	plain, critical, early := EADItem{Label: 5, Value: []byte("x")}, EADItem{Label: -6}, EADItem{Label: 7}
	unverified := EADItem{Label: 7, Unverified: true}
	nothing := func(*hostConfig) {}

	_, _, err := ead2(t, nothing, plain, critical)
	wantStatus(t, "an unknown critical item", err, ErrEADCritical)
	_, _, err = ead2(t, func(c *hostConfig) { c.EADLabels = []int64{5} }, plain, critical)
	wantStatus(t, "an unknown critical item beside a known one", err, ErrEADCritical)

	for name, finish := range finishes {
		i, r, err := ead2(t, nothing, plain, early)
		must(t, err)
		wantItems(t, name+", before", i)
		must(t, finish(t, i, r))
		wantItems(t, name, i, plain, early)

		i, r, err = ead2(t, func(c *hostConfig) { c.EADLabels = []int64{6}; c.EarlyEADLabels = []int64{7} }, plain, critical, early)
		must(t, err)
		wantItems(t, name+", early labels, before", i, unverified)
		must(t, finish(t, i, r))
		wantItems(t, name+", early labels", i, plain, critical, early)

		for verdict, want := range map[error]Status{nil: OK, ErrNotFound: ErrEADCritical, errors.New("no"): ErrEADCritical} {
			var asked []EADItem
			handler := func(_ *Session, n int, item EADItem) error {
				if n == 2 {
					asked = append(asked, item)
				}
				return verdict
			}
			i, r, err = ead2(t, func(c *hostConfig) { c.EADHandler = handler }, critical)
			must(t, err)
			if len(asked) != 0 {
				t.Errorf("%s: the handler is asked about %v before", name, asked)
			}
			wantStatus(t, fmt.Sprintf("%s, the handler says %v", name, verdict), finish(t, i, r), want)
			if fmt.Sprint(asked) != fmt.Sprint([]EADItem{critical}) {
				t.Errorf("%s: the handler is asked about %v", name, asked)
			}
			if want != OK {
				wantState(t, i, StateFailed)
			}
		}

		pull := func(c *hostConfig) { c.Pull = PullEAD }
		for _, accept := range []bool{true, false} {
			i, r, err = ead2(t, pull, plain, critical)
			must(t, err)
			wantItems(t, name+", pull mode, before", i)
			err = finish(t, i, r)
			if name == "PeerProved later" { // there is no state to wait in
				wantStatus(t, name, err, ErrEADCritical)
				wantState(t, i, StateFailed)
				continue
			}
			wantStatus(t, name, err, PendingEAD)
			wantItems(t, name+", pull mode", i, plain, critical)
			if !accept {
				must(t, i.RejectEAD(2, 1))
				wantState(t, i, StateFailed)
				continue
			}
			must(t, i.AcceptEAD(2, 1))
			must(t, i.Continue())
			wantState(t, i, StateCompleted)
			wantSameKeys(t, i, r)
		}
	}

	// Who does not know the key says nothing to the host.
	w := pskWorld(t, 2)
	w.configI.EADHandler = func(_ *Session, n int, item EADItem) error {
		t.Errorf("the handler is asked about %v", item)
		return nil
	}
	i, _ := w.sessions(t)
	impostor := value[*Session](t)(pskWorld(t, 2).configR.NewSession(Responder))
	must(t, impostor.AddEAD(2, plain))
	pass(t, 1, i, impostor)
	pass(t, 2, i, impostor)
	value[[]byte](t)(i.PrepareMessage3())
	wantStatus(t, "a message_4 of an impostor", i.ProcessMessage4([]byte{0x48, 1, 2, 3, 4, 5, 6, 7, 8}), ErrDecryption)
	wantItems(t, "of an impostor", i)
}
