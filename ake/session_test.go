package ake

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// TestFrozenConfig: a Config that is in use does not change.
func TestFrozenConfig(t *testing.T) {
	w := newWorld(t, 3, 2)
	w.sessions(t)
	c, credential := w.configI, newCCS(t, KeyP256, "late", nil)
	for name, change := range map[string]func() error{
		"SetSuites":         func() error { return c.SetSuites(0) },
		"SetMethods":        func() error { return c.SetMethods(0) },
		"AddOwnCredential":  func() error { return c.AddOwnCredential(credential) },
		"AddPeerCredential": func() error { return c.AddPeerCredential(credential) },
		"SetPeerPolicy":     func() error { return c.SetPeerPolicy(PolicyAnyInsecure) },
		"SetResolver":       func() error { return c.SetResolver(nil) },
		"SetEADHandler":     func() error { return c.SetEADHandler(nil) },
		"SetEADLabels":      func() error { return c.SetEADLabels(1) },
		"SetPull":           func() error { return c.SetPull(PullEAD) },
		"SetLimits":         func() error { return c.SetLimits(Limits{}) },
		"RequireMessage4":   func() error { return c.RequireMessage4(true) },
		"AddPSK":            func() error { return c.AddPSK(Initiator, newPSK(t, 2, []byte{1}, "i", "r")) },
		"AddTrustAnchor":    func() error { return c.AddTrustAnchor(newPerson(t, "anchor").x509(t, IDX5T)) },
		"AddIntermediate":   func() error { return c.AddIntermediate(newPerson(t, "anchor").x509(t, IDX5T)) },
		"AddCWTIssuer":      func() error { return c.AddCWTIssuer(credential, "") },
		"SetVerifier":       func() error { return c.SetVerifier(nil) },
	} {
		wantStatus(t, name, change(), ErrFrozen)
	}
	// Nothing of that took effect: the credential is still free.
	must(t, credential.SetID(IDKccs, nil))
}

// TestFrozenCredential: a credential that was handed over does not change.
func TestFrozenCredential(t *testing.T) {
	private, _, err := GenerateKey(KeyP256)
	must(t, err)
	handed := map[string]*Credential{}
	w := newWorld(t, 3, 2)
	handed["own"], handed["peer"] = w.credI, w.configR.peers[0]
	v := stateVector(t)
	d := at(t, v, Initiator, StatePending2)
	handed["answer"] = d.peerParty.credential(t)
	must(t, d.SetPeerCredential(handed["answer"]))
	for name, c := range handed {
		before := c.IDCred()
		wantStatus(t, name, c.SetID(IDKid, []byte("new")), ErrFrozen)
		wantStatus(t, name, c.SetIDCred([]byte{0xa1, 4, 0x41, 1}), ErrFrozen)
		wantStatus(t, name, c.SetPrivateKey(private), ErrFrozen)
		wantBytes(t, "ID_CRED", c.IDCred(), before)
	}
}

// TestConfigRefuses has arguments that no setter takes; the ones before stay.
func TestConfigRefuses(t *testing.T) {
	c := NewConfig()
	must(t, c.SetSuites(2, 0))
	must(t, c.SetMethods(3, 0))
	for _, test := range []struct {
		name string
		err  error
		want Status
	}{
		{"no suite", c.SetSuites(), ErrArgument},
		{"an unknown suite", c.SetSuites(0, 7), ErrUnsupported},
		{"a negative suite", c.SetSuites(-1), ErrUnsupported},
		{"a suite twice", c.SetSuites(0, 2, 0), ErrArgument},
		{"no method", c.SetMethods(), ErrArgument},
		{"an unknown method", c.SetMethods(0, 99), ErrUnsupported},
		{"a negative method", c.SetMethods(-1), ErrUnsupported},
		{"policy 0", c.SetPeerPolicy(0), ErrUnsupported},
		{"policy 99", c.SetPeerPolicy(99), ErrUnsupported},
		{"an unknown question", c.SetPull(1 << 31), ErrUnsupported},
		{"an own credential without private key", c.AddOwnCredential(public(newCCS(t, KeyP256, "x", nil))), ErrPrivateKey},
	} {
		wantStatus(t, test.name, test.err, test.want)
	}
	if !slices.Equal(c.suites, []int{2, 0}) || !slices.Equal(c.methods, []Method{3, 0}) || len(c.own) != 0 {
		t.Errorf("suites %v, methods %v", c.suites, c.methods)
	}
	for _, role := range []Role{0, 3, -1} {
		_, err := c.NewSession(role)
		wantStatus(t, fmt.Sprint("role ", role), err, ErrArgument)
	}
}

// TestBusy: every method of a Session that is called during another call, as
// from a callback, gives ErrBusy, and the call goes on undisturbed.
func TestBusy(t *testing.T) {
	w := bareWorld(t, 3, 2)
	must(t, w.configI.AddOwnCredential(w.credI))
	must(t, w.configR.AddOwnCredential(w.credR))
	must(t, w.configI.AddPeerCredential(public(w.credR)))
	called := 0
	must(t, w.configR.SetResolver(func(s *Session, _ []byte) ([]*Credential, error) {
		called++
		for name, call := range everyMethod(s, w.credI) {
			wantStatus(t, name, call(), ErrBusy)
		}
		return []*Credential{public(w.credI)}, nil
	}))
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	if called != 1 {
		t.Errorf("the resolver was called %d times", called)
	}
}

// Close during a call waits for its end, and then tells the host.
func TestCloseDuringACall(t *testing.T) {
	w := bareWorld(t, 3, 2)
	must(t, w.configI.AddOwnCredential(w.credI))
	must(t, w.configR.AddOwnCredential(w.credR))
	must(t, w.configI.AddPeerCredential(public(w.credR)))
	closed := 0
	must(t, w.configR.SetResolver(func(s *Session, _ []byte) ([]*Credential, error) {
		must(t, s.Close())
		if closed != 0 {
			t.Error("closed during the call")
		}
		return []*Credential{public(w.credI)}, nil
	}))
	i, r := w.sessions(t)
	r.OnClose(func() { closed++ })
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	message3, err := i.PrepareMessage3()
	must(t, err)
	must(t, r.ProcessMessage3(message3))
	must(t, r.Close())
	if _, err := r.Export(32768, nil, 16); closed != 1 || StatusOf(err) != ErrState {
		t.Errorf("told %d times, then %v", closed, err)
	}
	must(t, r.Close())
	r.OnClose(func() { closed += 10 })
	if closed != 11 {
		t.Errorf("a closed Session has told %d", closed)
	}
}

// everyMethod calls each method of a Session that takes the lock, but Close.
func everyMethod(s *Session, credential *Credential) map[string]func() error {
	ignore := func(_ any, err error) error { return err }
	methods := map[string]func() error{
		"Info":                    func() error { return ignore(s.Info()) },
		"PeerIDCred":              func() error { return ignore(s.PeerIDCred()) },
		"PeerCredential":          func() error { return ignore(s.PeerCredential()) },
		"PeerSuites":              func() error { return ignore(s.PeerSuites()) },
		"PeerError":               func() error { return ignore(s.PeerError()) },
		"LastError":               func() error { return ignore(s.LastError()) },
		"EAD":                     func() error { return ignore(s.EAD(1)) },
		"AddEAD":                  func() error { return s.AddEAD(4, EADItem{Label: 1}) },
		"AddPadding":              func() error { return s.AddPadding(4, 1) },
		"AcceptEAD":               func() error { return s.AcceptEAD(3, 0) },
		"RejectEAD":               func() error { return s.RejectEAD(3, 0) },
		"PrepareError":            func() error { return ignore(s.PrepareError()) },
		"ProcessError":            func() error { return s.ProcessError([]byte{1, 0x60}) },
		"Step":                    func() error { return ignore(s.Step(nil)) },
		"Abort":                   s.Abort,
		"RejectPeer":              func() error { return s.RejectPeer(ErrPeerRejected) },
		"Continue":                s.Continue,
		"PeerProved":              s.PeerProved,
		"Restart":                 s.Restart,
		"CompleteWithoutMessage4": s.CompleteWithoutMessage4,
		"SetConnectionID":         func() error { return s.SetConnectionID(nil) },
		"SelectSuite":             func() error { return s.SelectSuite(2) },
		"SetPeerCredential":       func() error { return s.SetPeerCredential(credential) },
		"SetOwnCredential":        func() error { return s.SetOwnCredential(credential) },
		"PeerIsNew":               func() error { return ignore(s.PeerIsNew()) },
		"PeerIdentity":            func() error { _, _, err := s.PeerIdentity(); return err },
		"KeyQuestion":             func() error { _, _, err := s.KeyQuestion(); return err },
		"AnswerKey":               func() error { return s.AnswerKey([]byte{1}) },
		"Export":                  func() error { return ignore(s.Export(40000, nil, 16)) },
		"OSCOREContext":           func() error { return ignore(s.OSCOREContext()) },
		"KeyUpdate":               func() error { return s.KeyUpdate(nil) },
	}
	for n := 1; n <= 4; n++ {
		prepare, process := s.calls(n)
		methods[fmt.Sprint("PrepareMessage", n)] = func() error { return ignore(prepare()) }
		methods[fmt.Sprint("ProcessMessage", n)] = func() error { return process([]byte{0x40}) }
	}
	return methods
}

// TestOneConfigManySessions shares two Configs among many goroutines.
func TestOneConfigManySessions(t *testing.T) {
	w := newWorld(t, 0, 2)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			i, errI := w.configI.NewSession(Initiator)
			r, errR := w.configR.NewSession(Responder)
			for n := 1; n <= 4 && errI == nil && errR == nil; n++ {
				sender, receiver := endsOf(n, i, r)
				prepare, _ := sender.calls(n)
				_, process := receiver.calls(n)
				var data []byte
				if data, errI = prepare(); errI == nil {
					errR = process(data)
				}
			}
			if err := errors.Join(errI, errR); err != nil {
				t.Error(err)
				return
			}
			wantSameKeys(t, i, r)
		})
	}
	all.Wait()
}

// TestStep takes whole runs with Step alone: with message_4 and without, with a
// negotiation, and with decisions of the host.
func TestStep(t *testing.T) {
	for _, required := range []bool{false, true} {
		for _, pull := range []bool{false, true} {
			w := &world{configI: NewConfig(), configR: NewConfig()}
			w.credI, w.credR = newCCS(t, KeyP256, "initiator", []byte{1}), newCCS(t, KeyP256, "responder", []byte{2})
			for _, c := range []*Config{w.configI, w.configR} {
				must(t, c.RequireMessage4(required))
				must(t, c.SetMethods(3))
			}
			must(t, w.configI.AddOwnCredential(w.credI))
			must(t, w.configR.AddOwnCredential(w.credR))
			if pull {
				must(t, w.configI.SetPull(PullCredential))
				must(t, w.configR.SetPull(PullCredential))
			} else {
				must(t, w.configI.AddPeerCredential(public(w.credR)))
				must(t, w.configR.AddPeerCredential(public(w.credI)))
			}
			must(t, w.configI.SetSuites(5, 3, 2))
			must(t, w.configR.SetSuites(2))
			i, r := w.sessions(t)
			steps := []int{0, 0}
			step := func(s *Session, peer *Credential, in []byte) []byte {
				t.Helper()
				steps[s.role-1]++
				out, err := s.Step(in)
				if pull && errors.Is(err, PendingCredential) {
					must(t, s.SetPeerCredential(public(peer)))
					_, err = s.Step([]byte("too much"))
					wantStatus(t, "a message while a decision is pending", err, ErrState)
					out, err = s.Step(nil)
				}
				must(t, err)
				return out
			}
			refusing := value[*Session](t)(w.configR.NewSession(Responder))
			reply, err := refusing.Step(step(i, w.credR, nil))
			wantStatus(t, "the first message_1", err, ErrSuite)
			in := step(i, w.credR, reply) // a second message_1
			for len(in) > 0 {
				if in = step(r, w.credI, in); len(in) > 0 {
					in = step(i, w.credR, in)
				}
			}
			for _, s := range []*Session{i, r} {
				wantState(t, s, StateCompleted)
				_, err := s.Step(nil)
				wantStatus(t, "a step too far", err, ErrState)
			}
			wantSameKeys(t, i, r)
			if want := map[bool][]int{false: {3, 2}, true: {4, 2}}[required]; !slices.Equal(steps, want) {
				t.Errorf("%v steps, want %v", steps, want)
			}
		}
	}
}

// TestStepFails: Step gives the error message to send where the run ended.
func TestStepFails(t *testing.T) {
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	_, err := i.Step([]byte{1})
	wantStatus(t, "starting with a message", err, ErrArgument)
	message1 := value[[]byte](t)(i.Step(nil))
	message2 := value[[]byte](t)(r.Step(message1))
	message2[len(message2)-1] ^= 1
	reply, err := i.Step(message2)
	wantStatus(t, "a changed MAC", err, ErrMAC)
	if e := value[*ErrorMessage](t)(ParseErrorMessage(reply)); e.Code != 1 || i.phase.state() != StateFailed {
		t.Errorf("state %v, error %+v", i.phase.state(), e)
	}
	reply, err = r.Step(reply)
	wantStatus(t, "the error message", err, ErrPeerUnspecified)
	if reply != nil {
		t.Errorf("an error message is answered with %x", reply)
	}
	_, err = r.Step(nil)
	wantStatus(t, "a step after the end", err, ErrState)

	// A negotiation that cannot succeed.
	i, _ = negotiators(t, []int{2}, []int{3})
	value[[]byte](t)(i.Step(nil))
	_, err = i.Step([]byte{2, 3})
	wantStatus(t, "error 2", err, ErrNoCommonSuite)
	wantState(t, i, StateFailed)
}

// TestRequiredMessage4: who requires message_4 does not complete without it.
func TestRequiredMessage4(t *testing.T) {
	w := newWorld(t, 3, 2)
	must(t, w.configI.RequireMessage4(true))
	must(t, w.configR.RequireMessage4(true))
	i, r := w.sessions(t)
	handshake(t, i, r, 3)
	wantStatus(t, "Initiator", i.CompleteWithoutMessage4(), ErrState)
	wantStatus(t, "Responder", r.CompleteWithoutMessage4(), ErrState)
	pass(t, 4, i, r)
	wantState(t, i, StateCompleted)
	wantState(t, r, StateCompleted)
}

// TestRejectPeer: the host says no, and the peer is told so.
func TestRejectPeer(t *testing.T) {
	for reason, code := range map[Status]int64{ErrCredentialUnknown: 3, ErrPeerRejected: 1} {
		for role, state := range map[Role]State{Initiator: StatePending2, Responder: StatePending3} {
			d := at(t, stateVector(t), role, state)
			wantStatus(t, "another reason", d.RejectPeer(ErrMAC), ErrArgument)
			wantState(t, d.Session, state)
			must(t, d.RejectPeer(reason))
			wantErrorCode(t, d.Session, code)
			if last := value[*Error](t)(d.LastError()); last == nil {
				t.Error("there is no last error")
			}
		}
	}
}

// TestReceivedValuesAreCopied: the caller may use its buffer again.
func TestReceivedValuesAreCopied(t *testing.T) {
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	must(t, i.AddEAD(1, EADItem{Label: 5, Value: []byte("ead")}))
	for n := 1; n <= 4; n++ {
		sender, receiver := endsOf(n, i, r)
		prepare, _ := sender.calls(n)
		_, process := receiver.calls(n)
		data := value[[]byte](t)(prepare())
		must(t, process(data))
		copy(data, bytes.Repeat([]byte{0xaa}, len(data)))
	}
	wantSameKeys(t, i, r)
	wantBytes(t, "C_I", r.phase.about().cI, i.phase.about().cI)
	wantBytes(t, "C_R", i.phase.about().cR, r.phase.about().cR)
	wantBytes(t, "EAD_1", value[[]EADItem](t)(r.EAD(1))[0].Value, []byte("ead"))
	wantBytes(t, "ID_CRED", value[[]byte](t)(r.PeerIDCred()), w.credI.IDCred())
}
