package ake_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake"
)

// Requirements of the specifications that the other tests do not show one by one,
// seen from outside: with what a host can call.

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func value[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// ends are the configs of two sides of a run.
type ends struct{ configI, configR *ake.Config }

// newEnds has two sides with raw keys of P-256 that know each other.
func newEnds(t testing.TB, method ake.Method, suites ...int) *ends {
	t.Helper()
	e := &ends{&ake.Config{}, &ake.Config{}}
	for _, c := range []*ake.Config{e.configI, e.configR} {
		c.Methods = []ake.Method{method}
		c.Suites = suites
	}
	for n, name := range []string{"initiator", "responder"} {
		own, peer := newCredential(t, name, byte(n+1))
		configs := []*ake.Config{e.configI, e.configR}
		configs[n].Own = append(configs[n].Own, own)
		configs[1-n].Peers = append(configs[1-n].Peers, peer)
	}
	return e
}

func newCredential(t testing.TB, name string, kid byte) (own, peer *ake.Credential) {
	t.Helper()
	private, public, err := ake.GenerateKey(ake.KeyP256)
	must(t, err)
	ccs := value[[]byte](t)(ake.NewCCS(name, []byte{kid}, ake.KeyP256, public))
	own, peer = value[*ake.Credential](t)(ake.CredentialFromCCS(ccs)), value[*ake.Credential](t)(ake.CredentialFromCCS(ccs))
	must(t, own.SetPrivateKey(private))
	return own, peer
}

// begin starts a run of a Party that has no other.
func begin(t testing.TB, config *ake.Config, role ake.Role) *ake.Session {
	t.Helper()
	return value[*ake.Session](t)(value[*ake.Party](t)(ake.NewParty(*config)).NewSession(role))
}

func (e *ends) sessions(t testing.TB) (i, r *ake.Session) {
	t.Helper()
	return begin(t, e.configI, ake.Initiator), begin(t, e.configR, ake.Responder)
}

func prepare(s *ake.Session, n int) ([]byte, error) {
	return []func() ([]byte, error){s.PrepareMessage1, s.PrepareMessage2, s.PrepareMessage3, s.PrepareMessage4}[n-1]()
}

func process(s *ake.Session, n int, message []byte) error {
	return []func([]byte) error{s.ProcessMessage1, s.ProcessMessage2, s.ProcessMessage3, s.ProcessMessage4}[n-1](message)
}

// before brings two sides so far that message n was made, and returns its receiver.
func (e *ends) before(t testing.TB, n int) (receiver *ake.Session, message []byte) {
	t.Helper()
	i, r := e.sessions(t)
	for k := 1; ; k++ {
		from, to := i, r
		if k%2 == 0 {
			from, to = r, i
		}
		message = value[[]byte](t)(prepare(from, k))
		if k == n {
			return to, message
		}
		must(t, process(to, k, message))
	}
}

func stateOf(t testing.TB, s *ake.Session) ake.State {
	t.Helper()
	return s.Info().State
}

// gX returns G_X of a message_1 of a suite with P-256, and SUITES_I before it.
func gX(t testing.TB, message1 []byte) (suites, gX []byte) {
	t.Helper()
	head := bytes.Index(message1, []byte{0x58, 32})
	if head < 2 || len(message1) < head+34 {
		t.Fatalf("message_1 is %x", message1)
	}
	return message1[1:head], message1[head+2 : head+34]
}

// TestComplianceFreshEphemeralKeys: an ephemeral key is in one message only, also
// when the negotiation of the suite makes another message_1 (RFC 9528 sections
// 6.3.2 and 9.2).
func TestComplianceFreshEphemeralKeys(t *testing.T) {
	e := newEnds(t, 0, 3, 2)
	other := newEnds(t, 0, 2) // a Responder that has suite 2 only
	seen := map[string]bool{}
	fresh := func(what string, key []byte) {
		t.Helper()
		if seen[string(key)] {
			t.Errorf("%s is the key of another message", what)
		}
		seen[string(key)] = true
	}
	for range 20 {
		i, r := e.sessions(t)
		message1 := value[[]byte](t)(i.PrepareMessage1())
		_, key := gX(t, message1)
		fresh("G_X", key)
		if again := value[[]byte](t)(i.PrepareMessage1()); !bytes.Equal(again, message1) {
			t.Error("asked again, message_1 is another one")
		}
		must(t, r.ProcessMessage1(message1))
		message2 := value[[]byte](t)(r.PrepareMessage2())
		fresh("G_Y", message2[2:34])
		if again := value[[]byte](t)(r.PrepareMessage2()); !bytes.Equal(again, message2) {
			t.Error("asked again, message_2 is another one")
		}

		i, _ = e.sessions(t)
		_, r = other.sessions(t)
		suites, key := gX(t, value[[]byte](t)(i.PrepareMessage1()))
		fresh("G_X", key)
		if !bytes.Equal(suites, []byte{3}) {
			t.Fatalf("SUITES_I is %x", suites)
		}
		if err := r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())); !errors.Is(err, ake.ErrSuite) {
			t.Fatalf("suite 3: %v", err)
		}
		if err := i.ProcessMessage2(value[[]byte](t)(r.PrepareError())); !errors.Is(err, ake.ErrPeerSuite) {
			t.Fatalf("error message: %v", err)
		}
		must(t, i.Restart())
		suites, key = gX(t, value[[]byte](t)(i.PrepareMessage1()))
		fresh("G_X after the refusal", key)
		if !bytes.Equal(suites, []byte{0x82, 3, 2}) {
			t.Errorf("SUITES_I after the refusal is %x", suites)
		}
	}
}

// TestComplianceOrderOfSuites: whatever an error message says, an Initiator lists
// the suites in its own order and leaves out none that it prefers to the selected
// one (RFC 9528 section 5.2.2); a suite that it does not have it never selects.
func TestComplianceOrderOfSuites(t *testing.T) {
	for _, test := range []struct {
		refusal  []int64
		suites   []byte // SUITES_I after it, nil if there is no second run
		complete error
	}{
		{[]int64{6}, []byte{0x84, 3, 5, 2, 6}, nil},
		{[]int64{6, 2, 5}, []byte{0x82, 3, 5}, nil},
		{[]int64{2}, []byte{0x83, 3, 5, 2}, nil},
		{[]int64{24}, nil, ake.ErrNoCommonSuite},
		{[]int64{3}, nil, ake.ErrSuiteLoop},
		{[]int64{-20}, nil, ake.ErrNoCommonSuite},
	} {
		i, _ := newEnds(t, 0, 3, 5, 2, 6).sessions(t)
		suites, _ := gX(t, value[[]byte](t)(i.PrepareMessage1()))
		if !bytes.Equal(suites, []byte{3}) {
			t.Fatalf("SUITES_I is %x", suites)
		}
		refusal := value[[]byte](t)((&ake.ErrorMessage{Code: 2, Suites: test.refusal}).Encode())
		if err := i.ProcessMessage2(refusal); !errors.Is(err, ake.ErrPeerSuite) {
			t.Fatal(err)
		}
		if err := i.Restart(); !errors.Is(err, test.complete) || err != nil && test.complete == nil {
			t.Errorf("SUITES_R %v: %v, want %v", test.refusal, err, test.complete)
			continue
		}
		if test.suites == nil {
			continue
		}
		message1, err := i.PrepareMessage1()
		if err != nil {
			t.Errorf("SUITES_R %v: %v", test.refusal, err)
		} else if suites, _ := gX(t, message1); !bytes.Equal(suites, test.suites) {
			t.Errorf("SUITES_R %v: SUITES_I is %x, want %x", test.refusal, suites, test.suites)
		}
	}
}

// TestComplianceIDCredIsRead: the application reads ID_CRED_x of the peer while
// its credential is looked up, and with the credential afterwards (RFC 9528 section
// 3.5).
func TestComplianceIDCredIsRead(t *testing.T) {
	e := &ends{&ake.Config{}, &ake.Config{}}
	peers := map[byte]*ake.Credential{}
	var asked []byte
	for n, c := range []*ake.Config{e.configI, e.configR} {
		own, public := newCredential(t, fmt.Sprint("side ", n), byte(n+1))
		peers[byte(n+1)] = public
		c.Methods = []ake.Method{0}
		c.Suites = []int{2}
		c.Own = append(c.Own, own)
		c.Resolver = func(_ *ake.Session, idCred []byte) ([]*ake.Credential, error) {
			asked = idCred
			return []*ake.Credential{peers[idCred[len(idCred)-1]]}, nil
		}
	}
	for n, kid := range map[int]byte{2: 2, 3: 1} { // of who sends message_n
		receiver, message := e.before(t, n)
		if receiver.PeerIDCred() != nil || receiver.PeerCredential() != nil {
			t.Errorf("before message_%d there is a peer", n)
		}
		asked = nil
		must(t, process(receiver, n, message))
		want := []byte{0xa1, 4, 0x41, kid}
		if got := receiver.PeerIDCred(); !bytes.Equal(got, want) || !bytes.Equal(asked, want) {
			t.Errorf("message_%d: the host is asked for %x and reads %x, want %x", n, asked, got, want)
		}
		if got := receiver.PeerCredential(); !bytes.Equal(got.Bytes(), peers[kid].Bytes()) || !bytes.Equal(got.PublicKey(), peers[kid].PublicKey()) {
			t.Errorf("message_%d: another credential", n)
		}
	}
}

// TestComplianceLengths: a cryptographic field of the wrong length ends the run
// (RFC 9528 section 9.8), for every length but the right one.
func TestComplianceLengths(t *testing.T) {
	e := newEnds(t, 0, 2)
	// G_X is between SUITES_I and C_I.
	_, message1 := e.before(t, 1)
	for n := range 80 {
		if n == 32 {
			continue
		}
		r := begin(t, e.configR, ake.Responder)
		changed := slices.Concat(message1[:2], byteString(resized(message1[4:36], n)), message1[36:])
		wantEnded(t, fmt.Sprint("G_X of ", n), r, r.ProcessMessage1(changed), 1)
	}
	// The other messages are one byte string.
	for number := 2; number <= 4; number++ {
		_, message := e.before(t, number)
		head := 1
		if message[0] == 0x58 {
			head = 2
		}
		right := len(message) - head
		for n := range right + 3 {
			if n == right {
				continue
			}
			receiver, message := e.before(t, number)
			err := process(receiver, number, byteString(resized(message[head:], n)))
			code := int64(1)
			if number == 2 && errors.Is(err, ake.ErrCredentialUnknown) {
				// The keystream depends on the length (section 4.1.2), so the plaintext is noise: one in
				// thousands reads as one of somebody unknown.
				code = 3
			}
			wantEnded(t, fmt.Sprintf("message_%d of %d bytes", number, n), receiver, err, code)
		}
	}
}

// resized is b cut or filled up to n bytes.
func resized(b []byte, n int) []byte {
	return append(bytes.Clone(b[:min(n, len(b))]), make([]byte, n-min(n, len(b)))...)
}

func byteString(b []byte) []byte {
	if len(b) < 24 {
		return append([]byte{0x40 | byte(len(b))}, b...)
	}
	return append([]byte{0x58, byte(len(b))}, b...)
}

// wantEnded checks that a message ended the run, and that an error message with this code is due.
func wantEnded(t testing.TB, what string, s *ake.Session, err error, code int64) {
	t.Helper()
	if err == nil || stateOf(t, s) != ake.StateFailed {
		t.Errorf("%s: %v, in state %v", what, err, stateOf(t, s))
		return
	}
	if e := value[*ake.ErrorMessage](t)(ake.ParseErrorMessage(value[[]byte](t)(s.PrepareError()))); e.Code != code || e.Code == 1 && e.Text == "" {
		t.Errorf("%s: the error message is %+v", what, e)
	}
}

// TestComplianceRejectBeforeAnswer: a host that rejects the peer while nothing was
// received since the last message was sent ends the run without an error message
// (RFC 9528 section 5.1).
func TestComplianceRejectBeforeAnswer(t *testing.T) {
	for _, reason := range []ake.Status{ake.ErrPeerRejected, ake.ErrCredentialUnknown} {
		for n := 2; n <= 4; n++ {
			waits, _ := newEnds(t, 0, 2).before(t, n)
			must(t, waits.RejectPeer(reason))
			if message, err := waits.PrepareError(); !errors.Is(err, ake.ErrNotFound) {
				t.Errorf("while message_%d is awaited, the error message %x (%v) is due", n, message, err)
			}
		}
	}
}

// TestComplianceNothingToAnswer: an error message answers a message. What fails at a
// side that has received none, or none since it sent its own, is the host's to know
// and not the peer's (RFC 9528 section 5.1 and chapter 6); and a completed session
// sends none at all.
func TestComplianceNothingToAnswer(t *testing.T) {
	none := func(what string, s *ake.Session) {
		t.Helper()
		if message, err := s.PrepareError(); !errors.Is(err, ake.ErrNotFound) {
			t.Errorf("%s: the error message %x (%v) is due", what, message, err)
		}
	}
	// An Initiator without a credential.
	c := &ake.Config{}
	c.Methods = []ake.Method{0}
	i := begin(t, c, ake.Initiator)
	if _, err := i.PrepareMessage1(); !errors.Is(err, ake.ErrNoCredential) {
		t.Fatal(err)
	}
	none("no credential for message_1", i)
	i = begin(t, c, ake.Initiator)
	if reply, err := i.Step(nil); !errors.Is(err, ake.ErrNoCredential) || len(reply) != 0 {
		t.Errorf("the first step gives %x, %v", reply, err)
	}
	// A host that gives up before anything was received.
	e := newEnds(t, 0, 2)
	i, r := e.sessions(t)
	must(t, i.Abort())
	none("an Initiator that has not begun", i)
	must(t, r.Abort())
	none("a Responder that has received nothing", r)
	// A session that cannot be saved: while it waits, and when it is complete.
	for _, state := range []ake.State{ake.StateWait2, ake.StateWait4, ake.StateCompleted} {
		i, r := e.sessions(t)
		own, _ := newCredential(t, "initiator", 1)
		must(t, i.SetOwnCredential(own)) // the Config does not have it
		message1 := value[[]byte](t)(i.PrepareMessage1())
		if state != ake.StateWait2 {
			must(t, r.ProcessMessage1(message1))
			must(t, i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())))
			value[[]byte](t)(i.PrepareMessage3())
		}
		if state == ake.StateCompleted {
			must(t, i.CompleteWithoutMessage4())
		}
		if _, err := i.Save(make([]byte, 32)); !errors.Is(err, ake.ErrNoCredential) || stateOf(t, i) != state {
			t.Fatalf("saving in state %v: %v, in state %v then", state, err, stateOf(t, i))
		}
		none(fmt.Sprint("not saved in state ", state), i)
	}
}

// TestComplianceUnsupportedReference: a reference of a type that is not supported
// is not an unknown credential on the wire (RFC 9528 section 6.4).
func TestComplianceUnsupportedReference(t *testing.T) {
	for _, test := range []struct {
		name   string
		idCred []byte
		code   int64
	}{
		{"an unknown kid", []byte{0xa1, 4, 0x41, 0x77}, 3},
		{"an unknown parameter", []byte{0xa1, 0x19, 0x03, 0xe8, 0x41, 1}, 1},
		{"a text label", []byte{0xa1, 0x61, 'x', 0x41, 1}, 1},
	} {
		e := &ends{&ake.Config{}, &ake.Config{}}
		own, _ := newCredential(t, "responder", 2)
		must(t, own.SetIDCred(test.idCred))
		e.configR.Own = append(e.configR.Own, own)
		initiator, peer := newCredential(t, "initiator", 1)
		e.configI.Own = append(e.configI.Own, initiator)
		e.configR.Peers = append(e.configR.Peers, peer)
		for _, c := range []*ake.Config{e.configI, e.configR} {
			c.Methods = []ake.Method{0}
			c.Suites = []int{2}
		}
		i, message2 := e.before(t, 2)
		if err := i.ProcessMessage2(message2); err == nil {
			t.Errorf("%s is accepted", test.name)
			continue
		}
		if m := value[*ake.ErrorMessage](t)(ake.ParseErrorMessage(value[[]byte](t)(i.PrepareError()))); m.Code != test.code {
			t.Errorf("%s: error code %d, want %d", test.name, m.Code, test.code)
		}
	}
}

// TestComplianceMandatory: the suites, error codes and the identifier that every
// implementation has (RFC 9528 chapter 8), in one run of each mandatory suite.
func TestComplianceMandatory(t *testing.T) {
	for _, suite := range []int{2, 3} {
		if !slices.Contains(ake.Suites(), suite) {
			t.Errorf("suite %d is not supported", suite)
			continue
		}
		e := newEnds(t, 0, suite) // with kid
		receiver, message := e.before(t, 3)
		must(t, receiver.ProcessMessage3(message))
		if key := value[[]byte](t)(receiver.Export(40000, nil, 16)); len(key) != 16 {
			t.Errorf("suite %d: a key of %d bytes", suite, len(key))
		}
	}
}
