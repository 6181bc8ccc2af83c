package ake

import (
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
)

// negotiators are two sides with method 0 and keys for the cipher suites 0 to
// 6, of which each supports its own list.
func negotiators(t *testing.T, suitesI, suitesR []int) (i *Session, newR func() *Session) {
	t.Helper()
	w := &world{configI: newConfig(), configR: newConfig()}
	for _, kind := range []KeyKind{KeyEd25519, KeyP256} {
		w.credI, w.credR = newCCS(t, kind, "initiator", []byte{0x2b}), newCCS(t, kind, "responder", []byte{0x32})
		w.introduce(t)
	}
	for _, c := range []*hostConfig{w.configI, w.configR} {
		c.Methods = []Method{0}
	}
	w.configI.Suites = suitesI
	w.configR.Suites = suitesR
	i, _ = w.sessions(t)
	return i, func() *Session { return value[*Session](t)(w.configR.NewSession(Responder)) }
}

// TestR19_Negotiation has the shapes of the examples in RFC 9528 section 6.3.2
// and more: the SUITES_I of each message_1, and the SUITES_R of each error.
func TestR19_Negotiation(t *testing.T) {
	for _, test := range []struct {
		suitesI, suitesR []int
		offers           [][]int64 // SUITES_I of each message_1
		end              Status
	}{
		{[]int{0, 1, 2}, []int{0}, [][]int64{{0}}, OK},
		{[]int{0, 1, 2}, []int{3, 2, 1, 0}, [][]int64{{0}}, OK},
		{[]int{0, 1, 2}, []int{1}, [][]int64{{0}, {0, 1}}, OK},
		{[]int{0, 1, 2, 3}, []int{3, 4}, [][]int64{{0}, {0, 1, 2, 3}}, OK},
		{[]int{3, 2, 1, 0}, []int{0, 1}, [][]int64{{3}, {3, 2, 1}}, OK},
		{[]int{6, 5}, []int{5, 4}, [][]int64{{6}, {6, 5}}, OK},
		{[]int{0, 1}, []int{2, 3}, [][]int64{{0}}, ErrNoCommonSuite},
		{[]int{4}, []int{6}, [][]int64{{4}}, ErrNoCommonSuite},
	} {
		t.Run(fmt.Sprint(test.suitesI, test.suitesR), func(t *testing.T) {
			i, newR := negotiators(t, test.suitesI, test.suitesR)
			r := newR()
			for n, offer := range test.offers {
				message1 := value[[]byte](t)(i.PrepareMessage1())
				m1 := value[*message.Message1](t)(message.ParseMessage1(message1))
				if !slices.Equal(m1.SuitesI, offer) {
					t.Fatalf("SUITES_I %v, want %v", m1.SuitesI, offer)
				}
				err := r.ProcessMessage1(message1)
				if n == len(test.offers)-1 && test.end == OK {
					must(t, err)
					break
				}
				wantStatus(t, "message_1", err, ErrSuite)
				reply := value[[]byte](t)(r.PrepareError())
				wantStatus(t, "error message", i.ProcessMessage2(reply), ErrPeerSuite)
				wantSuites(t, i, test.suitesR)
				if n == len(test.offers)-1 {
					wantStatus(t, "restarting", i.Restart(), test.end)
					wantState(t, i, StateFailed)
					return
				}
				must(t, i.Restart())
				r = newR()
			}
			wantSuites(t, r, slices.Collect(asInts(test.offers[len(test.offers)-1])))
			pass(t, 2, i, r)
			pass(t, 3, i, r)
			wantSameKeys(t, i, r)
		})
	}
}

func asInts(list []int64) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, v := range list {
			if !yield(int(v)) {
				return
			}
		}
	}
}

// wantSuites checks what the peer has said about its cipher suites.
func wantSuites(t *testing.T, s *Session, want []int) {
	t.Helper()
	if got := slices.Collect(asInts(s.PeerSuites())); !slices.Equal(got, want) {
		t.Errorf("the peer's cipher suites are %v, want %v", got, want)
	}
}

// TestR20_ForgedErrorDoesNotDowngrade: the Responder refuses a suite after one
// that it supports, so an Initiator that was lied to gets the truth, and sees
// that it is led in circles.
func TestR20_ForgedErrorDoesNotDowngrade(t *testing.T) {
	i, newR := negotiators(t, []int{2, 3, 0}, []int{2, 3, 0})
	value[[]byte](t)(i.PrepareMessage1())
	forged := value[[]byte](t)((&ErrorMessage{Code: 2, Suites: []int64{3, 0}}).Encode())
	wantStatus(t, "forged error", i.ProcessMessage2(forged), ErrPeerSuite)
	must(t, i.Restart())
	r := newR()
	wantStatus(t, "message_1", r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())), ErrSuite)
	wantStatus(t, "error", i.ProcessMessage2(value[[]byte](t)(r.PrepareError())), ErrPeerSuite)
	wantStatus(t, "restarting", i.Restart(), ErrSuiteLoop)
	wantState(t, i, StateFailed)
}

// TestR20_ChangedSuitesAreDetected: whatever SUITES_I becomes on its way, the
// Initiator does not verify message_2.
func TestR20_ChangedSuitesAreDetected(t *testing.T) {
	for _, changed := range [][]int64{{3}, {3, 3}, {9, 3}, {9, 2, 3}, {2}, {3, 2}, {0}, {9, 0}} {
		i, newR := negotiators(t, []int{2, 3}, []int{3, 0})
		must(t, i.SelectSuite(3))
		m1 := value[*message.Message1](t)(message.ParseMessage1(value[[]byte](t)(i.PrepareMessage1())))
		if !slices.Equal(m1.SuitesI, []int64{2, 3}) {
			t.Fatalf("SUITES_I %v", m1.SuitesI)
		}
		m1.SuitesI = changed
		r := newR()
		if err := r.ProcessMessage1(m1.Encode()); err != nil {
			continue // the Responder has refused it
		}
		message2 := value[[]byte](t)(r.PrepareMessage2())
		if err := i.ProcessMessage2(message2); err == nil || i.phase.state() == StateVerified2 {
			t.Errorf("SUITES_I %v is not noticed", changed)
		}
	}
}

// TestR20_MorePreferredSuiteIsRequired: a Responder refuses every selected
// suite but the first of SUITES_I that it supports.
func TestR20_MorePreferredSuiteIsRequired(t *testing.T) {
	for _, test := range []struct {
		offer []int64
		want  Status
	}{
		{[]int64{3}, OK}, {[]int64{1, 9, -7, 3}, OK}, {[]int64{0}, OK}, {[]int64{5, 0}, OK},
		{[]int64{3, 0}, ErrSuite}, {[]int64{0, 3}, ErrSuite}, {[]int64{9, 3, 0}, ErrSuite}, {[]int64{3, 1, 0}, ErrSuite},
		{[]int64{1}, ErrSuite}, {[]int64{3, 1}, ErrSuite}, {[]int64{-1}, ErrSuite}, {[]int64{1 << 40}, ErrSuite},
	} {
		i, newR := negotiators(t, []int{0, 3}, []int{0, 3})
		if test.offer[len(test.offer)-1] == 3 { // for a G_X of P-256
			must(t, i.SelectSuite(3))
		}
		m1 := value[*message.Message1](t)(message.ParseMessage1(value[[]byte](t)(i.PrepareMessage1())))
		m1.SuitesI = test.offer
		r := newR()
		wantStatus(t, fmt.Sprint(test.offer), r.ProcessMessage1(m1.Encode()), test.want)
		if test.want != OK {
			wantErrorCode(t, r, 2)
		}
	}
}

// TestSelectSuite: an Initiator that knows the Responder selects at once, and
// lists what it prefers.
func TestSelectSuite(t *testing.T) {
	i, newR := negotiators(t, []int{0, 2, 3}, []int{3})
	for _, wrong := range []int{1, 7, 24, -1} {
		wantStatus(t, "a suite that is not configured", i.SelectSuite(wrong), ErrArgument)
	}
	must(t, i.SelectSuite(3))
	r := newR()
	pass(t, 1, i, r)
	wantSuites(t, r, []int{0, 2, 3})
	pass(t, 2, i, r)
	pass(t, 3, i, r)
	wantSameKeys(t, i, r)
	if info := r.Info(); info.Suite != 3 {
		t.Errorf("cipher suite %d", info.Suite)
	}
}

// TestNegotiationByCredentials: without SetSuites and SetMethods, the keys say
// what is possible.
func TestNegotiationByCredentials(t *testing.T) {
	for _, test := range []struct {
		keyI, keyR KeyKind
		method     Method
		offer      []int64
		end        Status
	}{
		{KeyEd25519, KeyEd25519, 0, []int64{0}, OK},
		{KeyEd448, KeyEd448, 0, []int64{25}, OK},
		{KeyX25519, KeyX25519, 2, []int64{0}, ErrMethod}, // the method of the first credential that fits
		{KeyP256, KeyP256, 0, []int64{2}, OK},
		{KeyP384, KeyP384, 0, []int64{24}, OK},
		{KeyEd25519, KeyX25519, 0, []int64{0}, ErrMethod},
		{KeyP256, KeyP384, 0, []int64{2}, ErrSuite},
	} {
		w := &world{configI: newConfig(), configR: newConfig(),
			credI: newCCS(t, test.keyI, "initiator", []byte{0x2b}), credR: newCCS(t, test.keyR, "responder", []byte{0x32})}
		w.introduce(t)
		i, r := w.sessions(t)
		message1 := value[[]byte](t)(i.PrepareMessage1())
		m1 := value[*message.Message1](t)(message.ParseMessage1(message1))
		if Method(m1.Method) != test.method || !slices.Equal(m1.SuitesI, test.offer) {
			t.Errorf("%v and %v: method %d, SUITES_I %v", test.keyI, test.keyR, m1.Method, m1.SuitesI)
		}
		wantStatus(t, fmt.Sprint(test.keyI, " and ", test.keyR), r.ProcessMessage1(message1), test.end)
	}
	wantStatus(t, "no credential at all", startWithout(t), ErrNoCredential)
}

func startWithout(t *testing.T) error {
	_, err := value[*Session](t)(newConfig().NewSession(Initiator)).PrepareMessage1()
	return err
}

// TestR25_ManySuites: of the longest list that a message can carry, a run keeps
// little, and goes on if the selected suite is a good one.
func TestR25_ManySuites(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	m1 := value[*message.Message1](t)(message.ParseMessage1(value[[]byte](t)(i.PrepareMessage1())))
	m1.SuitesI = append(slices.Repeat([]int64{-7}, 60_000), 2)
	must(t, r.ProcessMessage1(m1.Encode()))
	kept := r.PeerSuites()
	if len(kept) != maxPeerSuites || cap(r.phase.about().suitesIn) > 2*maxPeerSuites {
		t.Errorf("%d suites are kept, in room for %d", len(kept), cap(r.phase.about().suitesIn))
	}
	value[[]byte](t)(r.PrepareMessage2())

	refusal := message.Error{Code: message.CodeWrongSuite, Suites: slices.Repeat([]int64{-7}, 60_000)}
	wantStatus(t, "error 2", i.ProcessError(refusal.Encode()), ErrPeerSuite)
	if kept := i.PeerSuites(); len(kept) != maxPeerSuites {
		t.Errorf("%d suites of an error message are kept", len(kept))
	}
}
