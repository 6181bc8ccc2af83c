package ake

import (
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
)

// Which cipher suites and keys go together.

// sideWith is a Config for one method with these suites and kinds of own keys.
func sideWith(t testing.TB, method Method, suites []int, subject string, kinds ...KeyKind) (*hostConfig, []*Credential) {
	t.Helper()
	c := newConfig()
	c.Methods = []Method{method}
	c.Suites = suites
	var own []*Credential
	for _, kind := range kinds {
		credential := newCCS(t, kind, subject, []byte{byte(kind)})
		c.Own = append(c.Own, credential)
		own = append(own, credential)
	}
	return c, own
}

// acquaint pins the credentials of each side at the other.
func acquaint(t testing.TB, i, r *hostConfig, ownI, ownR []*Credential) *world {
	t.Helper()
	for n := range ownI {
		r.Peers = append(r.Peers, public(ownI[n]))
	}
	for n := range ownR {
		i.Peers = append(i.Peers, public(ownR[n]))
	}
	return &world{configI: i, configR: r}
}

// TestSuiteNeedsCredential: a suite of SetSuites is neither offered nor accepted
// without a credential that fits it, and error 2 does not name it.
func TestSuiteNeedsCredential(t *testing.T) {
	for _, test := range []struct {
		method           Method
		suitesI, suitesR []int
		kindsI, kindsR   []KeyKind
		offers           [][]int64 // SUITES_I of each message_1
		refused          []int     // SUITES_R of the error message, if there is one
		end              Status
	}{
		{0, []int{0, 2}, []int{0, 2}, []KeyKind{KeyP256}, []KeyKind{KeyEd25519, KeyP256}, [][]int64{{2}}, nil, OK},
		{0, []int{0, 2}, []int{0, 2}, []KeyKind{KeyEd25519, KeyP256}, []KeyKind{KeyP256}, [][]int64{{0}, {0, 2}}, []int{2}, OK},
		{3, []int{0, 2}, []int{0, 2}, []KeyKind{KeyX25519, KeyP256}, []KeyKind{KeyP256}, [][]int64{{0}, {0, 2}}, []int{2}, OK},
		{1, []int{24, 2}, []int{24, 2, 0}, []KeyKind{KeyP256, KeyP384}, []KeyKind{KeyP256}, [][]int64{{24}, {24, 2}}, []int{2}, OK},
		{0, []int{24, 0, 3}, []int{24, 0, 3}, []KeyKind{KeyP256}, []KeyKind{KeyP256}, [][]int64{{3}}, nil, OK},
		{0, []int{0}, []int{0, 2}, []KeyKind{KeyEd25519}, []KeyKind{KeyP256}, [][]int64{{0}}, []int{2}, ErrNoCommonSuite},
	} {
		t.Run(fmt.Sprint(test.method, test.suitesI, test.kindsI, test.suitesR, test.kindsR), func(t *testing.T) {
			configI, ownI := sideWith(t, test.method, test.suitesI, "initiator", test.kindsI...)
			configR, ownR := sideWith(t, test.method, test.suitesR, "responder", test.kindsR...)
			w := acquaint(t, configI, configR, ownI, ownR)
			i, r := w.sessions(t)
			for n, offer := range test.offers {
				message1 := value[[]byte](t)(i.PrepareMessage1())
				if m1 := value[*message.Message1](t)(message.ParseMessage1(message1)); !slices.Equal(m1.SuitesI, offer) {
					t.Fatalf("SUITES_I is %v, want %v", m1.SuitesI, offer)
				}
				err := r.ProcessMessage1(message1)
				if n == len(test.offers)-1 && test.end == OK {
					must(t, err)
					break
				}
				wantStatus(t, "message_1", err, ErrSuite)
				wantStatus(t, "the error message", i.ProcessMessage2(value[[]byte](t)(r.PrepareError())), ErrPeerSuite)
				wantSuites(t, i, test.refused)
				if n == len(test.offers)-1 {
					wantStatus(t, "a new run", i.Restart(), test.end)
					return
				}
				must(t, i.Restart())
				_, r = w.sessions(t)
			}
			pass(t, 2, i, r)
			pass(t, 3, i, r)
			wantSameKeys(t, i, r)
		})
	}
	none, _ := sideWith(t, 0, []int{0, 24}, "initiator", KeyP256)
	_, err := value[*Session](t)(none.NewSession(Initiator)).PrepareMessage1()
	wantStatus(t, "no suite with a credential", err, ErrNoCredential)
}

// TestEdDSACurves: Ed25519 and Ed448 sign in every suite with EdDSA, on either side
// (RFC 9528 section 3.6).
func TestEdDSACurves(t *testing.T) {
	for _, id := range []int{0, 1, 4, 25} {
		for _, kindI := range []KeyKind{KeyEd25519, KeyEd448} {
			for _, kindR := range []KeyKind{KeyEd25519, KeyEd448} {
				configI, ownI := sideWith(t, 0, []int{id}, "initiator", kindI)
				configR, ownR := sideWith(t, 0, []int{id}, "responder", kindR)
				i, r := acquaint(t, configI, configR, ownI, ownR).sessions(t)
				handshake(t, i, r, 4)
				wantSameKeys(t, i, r)
				for s, want := range map[*Session]*Credential{i: ownR[0], r: ownI[0]} {
					wantBytes(t, fmt.Sprintf("suite %d: the peer of the %v", id, s.role), s.PeerCredential().Bytes(), want.Bytes())
				}
			}
		}
	}
	for _, id := range []int{2, 3, 5, 6, 24} { // ECDSA
		c, _ := sideWith(t, 0, []int{id}, "initiator", KeyEd448)
		_, err := value[*Session](t)(c.NewSession(Initiator)).PrepareMessage1()
		wantStatus(t, fmt.Sprintf("suite %d with Ed448", id), err, ErrNoCredential)
	}
}

// xOnly is a CCS of a key without its y-coordinate, and the parts to claim it by
// with the whole key.
func xOnly(t testing.TB, kind KeyKind, subject string) (ccs, private, public []byte) {
	t.Helper()
	private, public, err := GenerateKey(kind)
	must(t, err)
	curve := map[KeyKind]int64{KeyP256: cose.CurveP256, KeyP384: cose.CurveP384}[kind]
	ccs = cborx.AppendText(cborx.AppendInt(cborx.AppendMap(nil, 2), 2), subject)
	ccs = cborx.AppendInt(cborx.AppendMap(cborx.AppendInt(ccs, 8), 1), 1)
	return append(ccs, (&cose.Key{Curve: curve, X: public[:len(public)/2], Kid: []byte{7}}).Encode()...), private, public
}

// TestXOnlyCannotSign: a NIST key without y verifies no signature; so nobody signs
// with it, and nobody takes a signature of it. For static Diffie-Hellman it will do.
func TestXOnlyCannotSign(t *testing.T) {
	for kind, id := range map[KeyKind]int{KeyP256: 2, KeyP384: 24} {
		for method := range Method(4) {
			for _, role := range []Role{Initiator, Responder} {
				what := fmt.Sprintf("%v of the %v in method %d", kind, role, method)
				ccs, private, whole := xOnly(t, kind, "short")
				short := value[*Credential](t)(CredentialFromCCS(ccs))
				must(t, short.SetPrivateKey(private))
				claimed := value[*Credential](t)(CredentialFromParts(cose.KidID([]byte{7}), ccs, kind, whole))
				must(t, claimed.SetPrivateKey(private))

				err := meetWith(t, method, id, kind, role, short, public(short))
				if !signsIn(method, role) {
					wantStatus(t, what, err, OK)
					continue
				}
				if role == Initiator {
					wantStatus(t, "the own "+what, err, ErrKeyKind)
				} else {
					wantStatus(t, "the own "+what, err, ErrMethod)
				}
				// A peer that signs with the whole key all the same.
				wantStatus(t, "the peer's "+what, meetWith(t, method, id, kind, role, claimed, public(short)), ErrKeyKind)
			}
		}
	}
}

// meetWith runs a method in which one role has this credential, and the other side
// knows it as given. It returns the first error.
func meetWith(t testing.TB, method Method, id int, kind KeyKind, role Role, own, known *Credential) error {
	t.Helper()
	other := newCCS(t, kind, "other", []byte{8})
	mine, theirs := newConfig(), newConfig()
	for _, c := range []*hostConfig{mine, theirs} {
		c.Methods = []Method{method}
		c.Suites = []int{id}
	}
	mine.Own = append(mine.Own, own)
	mine.Peers = append(mine.Peers, public(other))
	theirs.Own = append(theirs.Own, other)
	theirs.Peers = append(theirs.Peers, known)
	w := &world{configI: mine, configR: theirs}
	if role == Responder {
		w.configI, w.configR = theirs, mine
	}
	i, r := w.sessions(t)
	for n := 1; n <= 3; n++ {
		sender, receiver := endsOf(n, i, r)
		prepare, _ := sender.calls(n)
		_, process := receiver.calls(n)
		data, err := prepare()
		if err != nil {
			return err
		}
		if err := process(data); err != nil {
			return err
		}
	}
	return nil
}
