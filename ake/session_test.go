package ake

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// TestConfigIsCopied: what becomes of a Config afterwards is nothing to the Party.
func TestConfigIsCopied(t *testing.T) {
	w := newWorld(t, 3, 2)
	w.sessions(t)
	c, late := w.configI, newCCS(t, KeyP256, "late", nil)
	before := c.party.fingerprint()
	c.Suites[0], c.Methods[0], c.Own[0], c.Peers[0] = 0, 0, late, late
	c.Config = Config{}
	wantBytes(t, "fingerprint", c.party.fingerprint(), before)
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	must(t, late.SetID(IDKccs, nil)) // which is still free
}

// TestRefusedConfigKeepsNothing: the credentials of one that is not taken are free.
func TestRefusedConfigKeepsNothing(t *testing.T) {
	own, peer := newCCS(t, KeyP256, "own", nil), newCCS(t, KeyP256, "peer", nil)
	wantStatus(t, "NewParty", checked(Config{Own: []*Credential{own}, Peers: []*Credential{peer}, Suites: []int{7}}), ErrUnsupported)
	must(t, own.SetID(IDKccs, nil))
	must(t, peer.SetID(IDKccs, nil))
}

// TestFrozenCredential: a credential that was handed over does not change.
func TestFrozenCredential(t *testing.T) {
	private, _, err := GenerateKey(KeyP256)
	must(t, err)
	handed := map[string]*Credential{}
	w := newWorld(t, 3, 2)
	w.sessions(t)
	handed["own"], handed["peer"] = w.credI, w.configR.Peers[0]
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

// TestConfigRefuses has what no Party takes, and what is the default.
func TestConfigRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		config Config
		want   Status
	}{
		{"an unknown suite", Config{Suites: []int{0, 7}}, ErrUnsupported},
		{"a negative suite", Config{Suites: []int{-1}}, ErrUnsupported},
		{"a suite twice", Config{Suites: []int{0, 2, 0}}, ErrArgument},
		{"an unknown method", Config{Methods: []Method{0, 99}}, ErrUnsupported},
		{"a negative method", Config{Methods: []Method{-1}}, ErrUnsupported},
		{"policy 99", Config{Policy: 99}, ErrUnsupported},
		{"a negative policy", Config{Policy: -1}, ErrUnsupported},
		{"an unknown question", Config{Pull: 1 << 31}, ErrUnsupported},
		{"an own credential without private key", Config{Own: []*Credential{public(newCCS(t, KeyP256, "x", nil))}}, ErrPrivateKey},
		{"no own credential", Config{Own: []*Credential{nil}}, ErrArgument},
		{"no peer", Config{Peers: []*Credential{nil}}, ErrArgument},
		{"no PSK of the Initiator", Config{InitiatorPSKs: []*Credential{nil}}, ErrArgument},
		{"no PSK of the Responder", Config{ResponderPSKs: []*Credential{nil}}, ErrArgument},
		{"no anchor", Config{Policy: PolicyX509, TrustAnchors: []*Credential{nil}}, ErrArgument},
		{"no intermediate", Config{Policy: PolicyX509, Intermediates: []*Credential{nil}}, ErrArgument},
		{"no issuer", Config{Policy: PolicyX509, CWTIssuers: []CWTIssuer{{}}}, ErrArgument},
		{"no list", Config{Policy: PolicyX509, CRLs: []*CRL{nil}}, ErrArgument},
	} {
		wantStatus(t, test.name, checked(test.config), test.want)
	}
	p := value[*Party](t)(NewParty(Config{Suites: []int{}, Methods: []Method{}}))
	if p.suites != nil || len(p.methods) != len(Methods()) || p.policy != PolicyPinned || p.limits != defaultLimits {
		t.Errorf("the defaults are suites %v, methods %v, policy %v, %+v", p.suites, p.methods, p.policy, p.limits)
	}
	for _, role := range []Role{0, 3, -1} {
		_, err := p.NewSession(role)
		wantStatus(t, fmt.Sprint("role ", role), err, ErrArgument)
	}
}

// TestBusy: every method of a Session that is called during another call, as
// from a callback, gives ErrBusy, and the call goes on undisturbed.
func TestBusy(t *testing.T) {
	w := bareWorld(t, 3, 2)
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	called := 0
	w.configR.Resolver = func(s *Session, _ []byte) ([]*Credential, error) {
		called++
		for name, call := range everyMethod(s, w.credI) {
			wantStatus(t, name, call(), ErrBusy)
		}
		return []*Credential{public(w.credI)}, nil
	}
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	if called != 1 {
		t.Errorf("the resolver was called %d times", called)
	}
}

// TestKnownDuringACall: what can be known of a Session a callback can ask, and any other
// goroutine at any time.
func TestKnownDuringACall(t *testing.T) {
	w := bareWorld(t, 3, 2)
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	w.configR.EADHandler = func(s *Session, n int, item EADItem) error {
		if items := s.EAD(n); len(items) != 1 || items[0].Label != item.Label || s.HashMessage1() != nil {
			t.Errorf("EAD_%d: %v", n, items)
		}
		return nil
	}
	w.configR.Resolver = func(s *Session, idCred []byte) ([]*Credential, error) {
		info := s.Info()
		if info.State != StatePending3 || info.Method != 3 || info.Suite != 2 || info.Authenticated || info.PeerConnectionID == nil {
			t.Errorf("%+v", info)
		}
		wantBytes(t, "ID_CRED_I", s.PeerIDCred(), idCred)
		wantNoQuestion(t, "a question", s)
		if s.PeerCredential() != nil || s.OwnCredential() != w.credR || s.PeerIsNew() || s.PeerError() != nil || s.LastError() != nil ||
			len(s.PeerSuites()) == 0 || s.Usage() != (Usage{}) {
			t.Error("something else is known")
		}
		return []*Credential{public(w.credI)}, nil
	}
	i, r := w.sessions(t)
	must(t, i.AddEAD(3, EADItem{Label: 7}))
	over := make(chan struct{})
	var all sync.WaitGroup
	for _, s := range []*Session{i, r} {
		all.Go(func() {
			for asking := true; asking; {
				select {
				case <-over:
					asking = false
				default:
				}
				_, _, _, _, _ = s.Info(), s.PeerCredential(), s.PeerIDCred(), s.Usage(), s.LastError()
				_, _, _, _ = s.OwnCredential(), s.PeerSuites(), s.EAD(3), s.HashMessage1()
			}
		})
	}
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	must(t, i.KeyUpdate(nil))
	must(t, r.KeyUpdate(nil))
	must(t, i.ReportMessages(1, 1, 0))
	close(over)
	all.Wait()
	wantSameKeys(t, i, r)
}

// Close during a call waits for its end, and then tells the host.
func TestCloseDuringACall(t *testing.T) {
	w := bareWorld(t, 3, 2)
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	closed := 0
	w.configR.Resolver = func(s *Session, _ []byte) ([]*Credential, error) {
		s.Close()
		if closed != 0 {
			t.Error("closed during the call")
		}
		return []*Credential{public(w.credI)}, nil
	}
	i, r := w.sessions(t)
	r.OnClose(func() { closed++ })
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	message3, err := i.PrepareMessage3()
	must(t, err)
	must(t, r.ProcessMessage3(message3))
	r.Close()
	if _, err := r.Export(32768, nil, 16); closed != 1 || StatusOf(err) != ErrState {
		t.Errorf("told %d times, then %v", closed, err)
	}
	r.Close()
	r.OnClose(func() { closed += 10 })
	if closed != 11 {
		t.Errorf("a closed Session has told %d", closed)
	}
}

// everyMethod calls each method of a Session that does something, but Close.
func everyMethod(s *Session, credential *Credential) map[string]func() error {
	ignore := func(_ any, err error) error { return err }
	methods := map[string]func() error{
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
		"AnswerKey":               func() error { return s.AnswerKey([]byte{1}) },
		"Export":                  func() error { return ignore(s.Export(40000, nil, 16)) },
		"OSCOREContext":           func() error { return ignore(s.OSCOREContext()) },
		"KeyUpdate":               func() error { return s.KeyUpdate(nil) },
		"EphemeralECDH":           func() error { return ignore(s.EphemeralECDH(make([]byte, 64))) },
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
			w := &world{configI: newConfig(), configR: newConfig()}
			w.credI, w.credR = newCCS(t, KeyP256, "initiator", []byte{1}), newCCS(t, KeyP256, "responder", []byte{2})
			for _, c := range []*hostConfig{w.configI, w.configR} {
				c.Message4 = required
				c.Methods = []Method{3}
			}
			w.configI.Own = append(w.configI.Own, w.credI)
			w.configR.Own = append(w.configR.Own, w.credR)
			if pull {
				w.configI.Pull = PullCredential
				w.configR.Pull = PullCredential
			} else {
				w.configI.Peers = append(w.configI.Peers, public(w.credR))
				w.configR.Peers = append(w.configR.Peers, public(w.credI))
			}
			w.configI.Suites = []int{5, 3, 2}
			w.configR.Suites = []int{2}
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
	w.configI.Message4 = true
	w.configR.Message4 = true
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
			if last := d.LastError(); last == nil {
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
	wantBytes(t, "EAD_1", r.EAD(1)[0].Value, []byte("ead"))
	wantBytes(t, "ID_CRED", r.PeerIDCred(), w.credI.IDCred())
}
