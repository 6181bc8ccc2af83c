package ake

import (
	"fmt"
	"strings"
	"testing"
)

// TestExpectationWithEveryPolicy: who is expected is asked in each policy, also of what
// is pinned, of answers and of what PullPeer would decide.
func TestExpectationWithEveryPolicy(t *testing.T) {
	a := newAuthority(everyName)
	x5t := a.credential(t, IDX5T, "")
	pin := func(c *hostConfig) { c.Peers = append(c.Peers, public(x5t)) }
	policy := func(p PeerPolicy) func(*hostConfig) { return func(c *hostConfig) { c.Policy = p } }
	for what, test := range map[string]struct {
		presented *Credential
		prepare   func(*hostConfig)
		good      Status
	}{
		"pinned":   {x5t, pin, OK},
		"answered": {x5t, asks(t, nil, public(x5t)), OK},
		"callback": {x5t, all(policy(PolicyCallback), asks(t, nil, public(x5t))), OK},
		"anybody":  {a.credential(t, IDX5Chain, ""), policy(PolicyAnyInsecure), OK},
		"x509":     {a.credential(t, IDX5Chain, ""), trusting(t, a.root), OK},
		"pull":     {a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *hostConfig) { c.Pull = PullPeer }), PendingPeer},
	} {
		for _, role := range bothRoles {
			s, err := expecting(t, 3, role, test.presented, test.prepare, PeerName{NameDNS, "server.example"})
			wantVerdict(t, what, s, err, test.good)
			s, err = expecting(t, 3, role, test.presented, test.prepare, PeerName{NameDNS, "other.example"})
			wantVerdict(t, what+", somebody else", s, err, ErrPeerRejected)
		}
	}
	raw := newCCS(t, KeyP256, "first", nil)
	for want, n := range map[Status]PeerName{OK: {NameCCS, "first"}, ErrPeerRejected: {NameCCS, "second"}} {
		s, err := expecting(t, 3, Initiator, raw, policy(PolicyLearn), n)
		wantVerdict(t, "learned", s, err, want)
		if want != OK && s.PeerCredential() != nil {
			t.Error("somebody else was learned")
		}
	}
}

// TestExpectationRequired: an Initiator with PolicyX509 says whom it means, or is
// refused at its first step, with a text that says what to call.
func TestExpectationRequired(t *testing.T) {
	a := newAuthority(everyName)
	nobody := func(*hostConfig) {}
	for what, test := range map[string]struct {
		prepare func(*hostConfig)
		session func(*Session) error
		want    Status
	}{
		"a name":          {nobody, func(s *Session) error { return s.ExpectPeer(NameDNS, "server.example") }, OK},
		"a list":          {allowing(t, PeerName{NameDNS, "server.example"}), nil, OK},
		"a verifier":      {func(c *hostConfig) { c.Verifier = func(*Session, *Credential) error { return nil } }, nil, OK},
		"pull mode":       {func(c *hostConfig) { c.Pull = PullPeer }, nil, OK},
		"any holder":      {func(c *hostConfig) { c.AllowAnyPeer = true }, nil, OK},
		"another policy":  {func(c *hostConfig) { c.Policy = PolicyCallback }, nil, OK},
		"nothing":         {nobody, nil, ErrState},
		"taken back":      {func(c *hostConfig) { c.AllowAnyPeer = true; c.AllowAnyPeer = false }, nil, ErrState},
		"other questions": {func(c *hostConfig) { c.Pull = PullCredential | PullEAD }, nil, ErrState},
		"a resolver":      {asks(t, nil), nil, ErrState},
		"a slip": {nobody, func(s *Session) error {
			wantStatus(t, "a slip", s.ExpectPeer(NameDNS, "*.example"), ErrArgument)
			return nil
		}, ErrState},
	} {
		for method := range Method(4) {
			for _, stepping := range []bool{false, true} {
				w := bareWorld(t, method, 2)
				w.configI.Own = append(w.configI.Own, w.credI)
				trusting(t, a.root)(w.configI)
				w.configI.AllowAnyPeer = false
				test.prepare(w.configI)
				s := value[*Session](t)(w.configI.NewSession(Initiator))
				if test.session != nil {
					must(t, test.session(s))
				}
				first := s.PrepareMessage1
				if stepping {
					first = func() ([]byte, error) { return s.Step(nil) }
				}
				out, err := first()
				wantStatus(t, what, err, test.want)
				if test.want == OK {
					continue
				}
				for _, call := range []string{"ExpectPeer", "AllowAnyPeer", "verifier", "PolicyX509"} {
					if !strings.Contains(err.Error(), call) {
						t.Errorf("%s: %q does not name %s", what, err, call)
					}
				}
				if len(out) > 0 {
					t.Errorf("%s: %x is sent", what, out)
				}
				wantState(t, s, StateStart)
				must(t, s.ExpectPeer(NameDNS, "server.example")) // which mends it
				if _, err := first(); err != nil {
					t.Errorf("%s, mended: %v", what, err)
				}
			}
		}
	}
	// A Responder does not know who comes.
	c := newConfig()
	trusting(t, a.root)(c)
	c.AllowAnyPeer = false
	c.Own = append(c.Own, newCCS(t, KeyP256, "r", []byte{1}))
	w := newWorld(t, 3, 2)
	i, _ := w.sessions(t)
	must(t, value[*Session](t)(c.NewSession(Responder)).ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())))
}

// TestExpectPeerTooLate: the expectation may be said until the peer has authenticated.
func TestExpectPeerTooLate(t *testing.T) {
	a := newAuthority(everyName)
	for _, role := range bothRoles {
		m := arrange(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *hostConfig) { c.Pull = PullPeer }))
		must(t, m.judge.ExpectPeer(NameDNS, "server.example"))
		wantStatus(t, "message", m.process(), PendingPeer)
		wantStatus(t, "while the host decides", m.judge.ExpectPeer(NameDNS, "other.example"), ErrState)
		must(t, m.judge.Continue())
		wantStatus(t, "afterwards", m.judge.ExpectPeer(NameDNS, "other.example"), ErrState)

		// A credential that the host still has to bring is not yet the peer's.
		raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
		m = arrange(t, 3, role, raw, func(c *hostConfig) { c.Pull = PullCredential })
		wantStatus(t, "message", m.process(), PendingCredential)
		must(t, m.judge.ExpectPeer(NameCCS, "sensor-8"))
		must(t, m.judge.SetPeerCredential(public(raw)))
		wantVerdict(t, "said while the credential was looked for", m.judge, m.judge.Continue(), ErrPeerRejected)
		wantStatus(t, "after the end", m.judge.ExpectPeer(NameCCS, "sensor-7"), ErrState)
	}
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	for _, s := range []*Session{i, r} {
		wantStatus(t, "completed", s.ExpectPeer(NameCCS, "responder"), ErrState)
	}
}

// TestExpectationIsSaved: it goes with a half-open Session.
func TestExpectationIsSaved(t *testing.T) {
	a := newAuthority(everyName)
	for _, role := range bothRoles {
		for want, n := range map[Status][]PeerName{
			OK:              {{NameIP, "192.0.2.9"}, {NameDNS, "server.example"}},
			ErrPeerRejected: {{NameIP, "192.0.2.9"}, {NameDNS, "other.example"}},
		} {
			m := arrange(t, 3, role, a.credential(t, IDX5Chain, ""), trusting(t, a.root))
			for _, n := range n {
				must(t, m.judge.ExpectPeer(n.Kind, n.Text))
			}
			saved := value[[]byte](t)(m.judge.Save(blobKey))
			m.judge = value[*Session](t)(m.judge.party.RestoreSession(blobKey, saved))
			wantVerdict(t, "restored", m.judge, m.process(), want)
		}
	}
}

// TestExpectationOfResumption: a resumption is with the peer of the first run, whoever
// is asked first.
func TestExpectationOfResumption(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	resume := func(before, after []PeerName) (error, error) {
		i, _ := rw.sessions(t)
		for _, n := range before {
			must(t, i.ExpectPeer(n.Kind, n.Text))
		}
		used := i.UseResumption(rw.storeI, rw.credR.Bytes())
		var late error
		for _, n := range after {
			late = i.ExpectPeer(n.Kind, n.Text)
		}
		return used, late
	}
	right, wrong := []PeerName{{NameCCS, "responder"}}, []PeerName{{NameCCS, "somebody else"}}
	for _, test := range []struct {
		before, after []PeerName
		used, late    Status
	}{
		{nil, nil, OK, OK},
		{right, nil, OK, OK},
		{nil, right, OK, OK},
		{right, wrong, OK, OK}, // one of several
		{wrong, nil, ErrPeerRejected, OK},
		{nil, wrong, OK, ErrPeerRejected},
	} {
		used, late := resume(test.before, test.after)
		wantStatus(t, fmt.Sprintf("%v, UseResumption", test.before), used, test.used)
		wantStatus(t, fmt.Sprintf("%v, %v", test.before, test.after), late, test.late)
	}
	i, r := rw.sessions(t)
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	pass(t, 1, i, r)
	wantStatus(t, "somebody else, after message_1", i.ExpectPeer(NameCCS, "somebody else"), ErrPeerRejected)
	must(t, i.ExpectPeer(NameCCS, "responder"))
	must(t, r.ExpectPeer(NameCCS, "somebody else"))
	pass(t, 2, i, r)
	err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
	wantStatus(t, "the Responder expects somebody else", err, ErrPeerRejected)
	wantErrorCode(t, r, 1)
}
