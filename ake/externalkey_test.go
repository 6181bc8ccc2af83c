package ake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"
)

// token is a device of the host that keeps a private key: it has nothing of this
// package but the bytes of the key.
type token struct {
	kind          KeyKind
	private       []byte
	signs, agrees int // how often it was asked
}

var errToken = errors.New("the token does not answer")

func curveOf(kind KeyKind) (elliptic.Curve, ecdh.Curve) {
	if kind == KeyP384 {
		return elliptic.P384(), ecdh.P384()
	}
	return elliptic.P256(), ecdh.P256()
}

func (k *token) sign(message []byte) ([]byte, error) {
	k.signs++
	switch k.kind {
	case KeyEd25519:
		return ed25519.Sign(ed25519.NewKeyFromSeed(k.private), message), nil
	case KeyEd448:
		return ed448.Sign(ed448.NewKeyFromSeed(k.private), message, ""), nil
	case KeyX25519, KeyX448:
		return nil, errors.New("the key cannot sign")
	}
	curve, _ := curveOf(k.kind)
	key, err := ecdsa.ParseRawPrivateKey(curve, k.private)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(message)
	hash := digest[:]
	if k.kind == KeyP384 {
		longer := sha512.Sum384(message)
		hash = longer[:]
	}
	r, s, err := ecdsa.Sign(rand.Reader, key, hash)
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 2*len(k.private))
	r.FillBytes(signature[:len(k.private)])
	s.FillBytes(signature[len(k.private):])
	return signature, nil
}

func (k *token) agree(peer []byte) ([]byte, error) {
	k.agrees++
	switch k.kind {
	case KeyEd25519, KeyEd448:
		return nil, errors.New("the key cannot agree")
	case KeyX448:
		var private, public, shared x448.Key
		copy(private[:], k.private)
		copy(public[:], peer)
		x448.Shared(&shared, &private, &public)
		return shared[:], nil
	case KeyX25519:
		key, err := ecdh.X25519().NewPrivateKey(k.private)
		if err != nil {
			return nil, err
		}
		public, err := ecdh.X25519().NewPublicKey(peer)
		if err != nil {
			return nil, err
		}
		return key.ECDH(public)
	}
	curve, agreement := curveOf(k.kind)
	key, err := agreement.NewPrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	x, y := elliptic.UnmarshalCompressed(curve, append([]byte{3}, peer...)) // either of the two points
	if x == nil {
		return nil, errors.New("not on the curve")
	}
	point := append([]byte{4}, make([]byte, 2*len(peer))...)
	x.FillBytes(point[1 : 1+len(peer)])
	y.FillBytes(point[1+len(peer):])
	public, err := agreement.NewPublicKey(point)
	if err != nil {
		return nil, err
	}
	return key.ECDH(public)
}

// tokenCredential is a CCS whose private key is in a token.
func tokenCredential(t testing.TB, kind KeyKind, subject string, kid []byte) (*Credential, *token) {
	t.Helper()
	private, public, err := GenerateKey(kind)
	must(t, err)
	return ccsOf(t, kind, subject, kid, nil, public), &token{kind: kind, private: private}
}

// tokenWorld has both sides with their keys in tokens.
type tokenWorld struct {
	*world
	tokenI, tokenR *token
}

// newTokenWorld: prepare says how a credential gets at its token.
func newTokenWorld(t testing.TB, method Method, suiteID int, prepare func(*Credential, *token)) *tokenWorld {
	t.Helper()
	w := &tokenWorld{world: bareWorld(t, method, suiteID)}
	w.credI, w.tokenI = tokenCredential(t, w.credI.KeyKind(), "initiator", []byte{0x2b})
	w.credR, w.tokenR = tokenCredential(t, w.credR.KeyKind(), "responder", []byte{0x32})
	prepare(w.credI, w.tokenI)
	prepare(w.credR, w.tokenR)
	w.introduce(t)
	return w
}

// byCallback answers what the key can be asked for.
func byCallback(t testing.TB) func(*Credential, *token) {
	return func(c *Credential, k *token) {
		if k.kind != KeyX25519 && k.kind != KeyX448 {
			must(t, c.SetSigner(k.sign))
		}
		if k.kind != KeyEd25519 && k.kind != KeyEd448 {
			must(t, c.SetECDH(k.agree))
		}
	}
}

// byPull leaves everything to the host.
func byPull(t testing.TB) func(*Credential, *token) {
	return func(c *Credential, _ *token) { must(t, c.SetExternalKey()) }
}

// answerOf is what the token says to the question that is pending.
func (k *token) answerOf(t testing.TB, s *Session) []byte {
	t.Helper()
	status, input := s.KeyQuestion()
	if status == PendingSignature {
		return value[[]byte](t)(k.sign(input))
	}
	return value[[]byte](t)(k.agree(input))
}

// prepareWith makes message n with the answers of a token, if it is asked.
func prepareWith(t testing.TB, s *Session, n int, k *token) []byte {
	t.Helper()
	prepare, _ := s.calls(n)
	message, err := prepare()
	for StatusOf(err).Pending() {
		must(t, s.AnswerKey(k.answerOf(t, s)))
		message, err = prepare()
	}
	must(t, err)
	return message
}

// TestExternalKeys runs every method with every cipher suite, with both keys in
// tokens: each is asked once, for what the method needs.
func TestExternalKeys(t *testing.T) {
	for method := range Method(4) {
		for _, suiteID := range Suites() {
			for name, prepare := range map[string]func(*Credential, *token){"callback": byCallback(t), "pull": byPull(t)} {
				what := fmt.Sprintf("method %d, suite %d, %s", method, suiteID, name)
				w := newTokenWorld(t, method, suiteID, prepare)
				i, r := w.sessions(t)
				pass(t, 1, i, r)
				must(t, i.ProcessMessage2(prepareWith(t, r, 2, w.tokenR)))
				must(t, r.ProcessMessage3(prepareWith(t, i, 3, w.tokenI)))
				wantSameKeys(t, i, r)
				for role, k := range map[Role]*token{Initiator: w.tokenI, Responder: w.tokenR} {
					signs, agrees := 0, 1
					if signsIn(method, role) {
						signs, agrees = 1, 0
					}
					if k.signs != signs || k.agrees != agrees {
						t.Errorf("%s: the token of the %v was asked for %d signatures and %d secrets", what, role, k.signs, k.agrees)
					}
				}
			}
		}
	}
}

// waiting brings one side of a world to the point where its key is needed: it
// is about to prepare the message n.
func (w *tokenWorld) waiting(t testing.TB, role Role) (s, other *Session, k *token, n int) {
	t.Helper()
	i, r := w.sessions(t)
	pass(t, 1, i, r)
	if role == Responder {
		return r, i, w.tokenR, 2
	}
	must(t, i.ProcessMessage2(prepareWith(t, r, 2, w.tokenR)))
	return i, r, w.tokenI, 3
}

// finishes completes a run after the message n was made.
func (w *tokenWorld) finishes(t testing.TB, s, other *Session, n int, message []byte) {
	t.Helper()
	_, process := other.calls(n)
	must(t, process(message))
	if n == 2 {
		must(t, s.ProcessMessage3(prepareWith(t, other, 3, w.tokenI)))
	}
	wantSameKeys(t, s, other)
}

// wrongAnswers are what a token should not say; ok is what it should.
var wrongAnswers = []struct {
	name string
	of   func(ok []byte) []byte
}{
	{"one byte less", func(ok []byte) []byte { return ok[:len(ok)-1] }},
	{"one byte more", func(ok []byte) []byte { return append(ok, 0) }},
	{"one byte", func([]byte) []byte { return []byte{1} }},
	{"256 bytes", func([]byte) []byte { return make([]byte, 256) }},
}

var wrongSignatures = append(slices.Clone(wrongAnswers), []struct {
	name string
	of   func(ok []byte) []byte
}{
	{"a bit flipped", func(ok []byte) []byte { ok[len(ok)/2] ^= 1; return ok }},
	{"zeros", func(ok []byte) []byte { return make([]byte, len(ok)) }},
	{"r and s exchanged", func(ok []byte) []byte { return slices.Concat(ok[len(ok)/2:], ok[:len(ok)/2]) }},
	{"in DER", func(ok []byte) []byte { return append([]byte{0x30, byte(len(ok)), 0x02}, ok...) }},
}...)

// TestExternalKeyWrongAnswer: what cannot be right is not sent. The session waits
// for a better answer, and completes with it.
func TestExternalKeyWrongAnswer(t *testing.T) {
	for _, method := range []Method{0, 3} {
		for _, suiteID := range []int{0, 2, 24, 25} {
			for _, role := range bothRoles {
				answers := wrongAnswers
				if method == 0 {
					answers = wrongSignatures
				}
				for _, wrong := range answers {
					for _, pull := range []bool{false, true} {
						what := fmt.Sprintf("%s, method %d, suite %d, %v, pull %v", wrong.name, method, suiteID, role, pull)
						failing := true
						spoil := func(ok []byte, err error) ([]byte, error) {
							if failing && err == nil {
								return wrong.of(ok), nil
							}
							return ok, err
						}
						w := newTokenWorld(t, method, suiteID, func(c *Credential, k *token) {
							mine := c.parsed.Identity().Subject == role.String()
							if byPull(t)(c, k); pull || !mine {
								return
							}
							if method == 0 {
								must(t, c.SetSigner(func(m []byte) ([]byte, error) { return spoil(k.sign(m)) }))
							} else {
								must(t, c.SetECDH(func(p []byte) ([]byte, error) { return spoil(k.agree(p)) }))
							}
						})
						s, other, k, n := w.waiting(t, role)
						before := s.phase.state()
						prepare, _ := s.calls(n)
						_, err := prepare()
						if pull {
							must(t, s.AnswerKey(wrong.of(k.answerOf(t, s))))
							_, err = prepare()
						}
						wantStatus(t, what, err, ErrPrivateKey)
						wantState(t, s, before)
						if _, err := s.PrepareError(); StatusOf(err) != ErrNotFound {
							t.Errorf("%s: an error message is due: %v", what, err)
						}
						failing = false
						w.finishes(t, s, other, n, prepareWith(t, s, n, k))
					}
				}
			}
		}
	}
}

// TestExternalKeyAnotherKey: a token with another key is noticed here when it
// signs, and by the peer when it agrees.
func TestExternalKeyAnotherKey(t *testing.T) {
	for _, suiteID := range []int{0, 2, 24, 25} {
		for _, role := range bothRoles {
			for _, method := range []Method{0, 3} {
				w := newTokenWorld(t, method, suiteID, byPull(t))
				s, other, k, n := w.waiting(t, role)
				_, stranger := tokenCredential(t, k.kind, "stranger", nil)
				prepare, _ := s.calls(n)
				_, err := prepare()
				if !StatusOf(err).Pending() {
					t.Fatal(err)
				}
				must(t, s.AnswerKey(stranger.answerOf(t, s)))
				message, err := prepare()
				if method == 0 {
					wantStatus(t, "the signature of another key", err, ErrPrivateKey)
					continue
				}
				must(t, err)
				_, process := other.calls(n)
				wantStatus(t, "the secret of another key", process(message), ErrMAC)
				wantErrorCode(t, other, 1)
			}
		}
	}
}

// TestExternalKeyFails: a token that does not answer fails the call, not the run.
func TestExternalKeyFails(t *testing.T) {
	for _, method := range []Method{0, 3} {
		for _, failure := range []error{errToken, PendingSignature, PendingECDH, ErrNotFound, ErrMAC} {
			if method == 0 && failure == PendingSignature || method == 3 && failure == PendingECDH {
				continue // TestExternalKeyPutsOff
			}
			for _, role := range bothRoles {
				failing := true
				may := func(ok []byte, err error) ([]byte, error) {
					if failing {
						return nil, failure
					}
					return ok, err
				}
				w := newTokenWorld(t, method, 2, func(c *Credential, k *token) {
					if c.parsed.Identity().Subject != role.String() {
						byCallback(t)(c, k)
						return
					}
					must(t, c.SetSigner(func(m []byte) ([]byte, error) { return may(k.sign(m)) }))
					must(t, c.SetECDH(func(p []byte) ([]byte, error) { return may(k.agree(p)) }))
				})
				s, other, k, n := w.waiting(t, role)
				before := s.phase.state()
				prepare, _ := s.calls(n)
				for range 2 {
					_, err := prepare()
					wantStatus(t, failure.Error(), err, ErrCallback)
					wantState(t, s, before)
				}
				failing = false
				w.finishes(t, s, other, n, prepareWith(t, s, n, k))

				// Who gives up sends an error message, which does not tell why.
				failing = true
				s, _, _, n = w.waiting(t, role)
				prepare, _ = s.calls(n)
				_, err := prepare()
				wantStatus(t, failure.Error(), err, ErrCallback)
				reply := value[[]byte](t)(s.PrepareError())
				if e := value[*ErrorMessage](t)(ParseErrorMessage(reply)); e.Code != 1 || e.Text != "internal error" {
					t.Errorf("the peer hears %+v", e)
				}
			}
		}
	}
}

// TestExternalKeyPutsOff: a callback can say that the answer comes later.
func TestExternalKeyPutsOff(t *testing.T) {
	for method, want := range map[Method]Status{0: PendingSignature, 3: PendingECDH} {
		for _, role := range bothRoles {
			w := newTokenWorld(t, method, 2, func(c *Credential, k *token) {
				if c.parsed.Identity().Subject != role.String() {
					byCallback(t)(c, k)
					return
				}
				must(t, c.SetSigner(func([]byte) ([]byte, error) { return nil, PendingSignature }))
				must(t, c.SetECDH(func([]byte) ([]byte, error) { return nil, PendingECDH }))
			})
			s, other, k, n := w.waiting(t, role)
			before := s.phase.state()
			prepare, _ := s.calls(n)
			_, err := prepare()
			wantStatus(t, "put off", err, want)
			wantState(t, s, before)
			w.finishes(t, s, other, n, prepareWith(t, s, n, k))
		}
	}
}

// TestExternalKeyQuestion: what is asked, and what no question answers.
func TestExternalKeyQuestion(t *testing.T) {
	for _, method := range []Method{0, 3} {
		for _, role := range bothRoles {
			w := newTokenWorld(t, method, 2, byPull(t))
			s, other, k, n := w.waiting(t, role)
			prepare, _ := s.calls(n)
			noQuestion := func(when string) {
				t.Helper()
				wantNoQuestion(t, when, s)
				wantStatus(t, when, s.AnswerKey([]byte{1}), ErrState)
				if info := s.Info(); info.Pending != OK {
					t.Errorf("%s: pending %v", when, info.Pending)
				}
			}
			noQuestion("before")
			want := PendingECDH
			if method == 0 {
				want = PendingSignature
			}
			for range 3 { // the same question each time
				_, err := prepare()
				wantStatus(t, "preparing", err, want)
				status, input := s.KeyQuestion()
				if status != want || want == PendingECDH && !bytes.Equal(input, peerEphemeralOf(s).X()) {
					t.Errorf("the question is %v %x", status, input)
				}
				if info := s.Info(); info.Pending != want || info.State != s.phase.state() || info.Next == NextDecide {
					t.Errorf("%+v", info)
				}
			}
			wantStatus(t, "an empty answer", s.AnswerKey(nil), ErrArgument)
			wantStatus(t, "a long answer", s.AnswerKey(make([]byte, 257)), ErrArgument)
			must(t, s.AnswerKey(k.answerOf(t, s)))
			noQuestion("answered")
			message := value[[]byte](t)(prepare())
			noQuestion("after")
			asked := k.signs + k.agrees
			wantBytes(t, "the message again", value[[]byte](t)(prepare()), message)
			if k.signs+k.agrees != asked || questionOf(s) != nil {
				t.Error("a retransmission asks again")
			}
			w.finishes(t, s, other, n, message)
		}
	}
}

// TestExternalKeyAfterwards: what changes between question and answer makes a new
// question of a signature; an answer to the old one is not sent.
func TestExternalKeyAfterwards(t *testing.T) {
	for _, role := range bothRoles {
		for _, method := range []Method{0, 3} {
			w := newTokenWorld(t, method, 2, byPull(t))
			s, other, k, n := w.waiting(t, role)
			prepare, _ := s.calls(n)
			_, err := prepare()
			if !StatusOf(err).Pending() {
				t.Fatal(err)
			}
			first := s.Info().OwnConnectionID
			old := k.answerOf(t, s)
			must(t, s.AddEAD(n, EADItem{Label: 7, Value: []byte("late")}))
			must(t, s.AnswerKey(old))
			message, err := prepare()
			if method == 0 {
				wantStatus(t, "the old signature", err, PendingSignature)
				must(t, s.AnswerKey(k.answerOf(t, s)))
				message, err = prepare()
			}
			must(t, err)
			wantBytes(t, "own connection identifier", s.Info().OwnConnectionID, first)
			w.finishes(t, s, other, n, message)
			if items := other.EAD(n); len(items) != 1 || string(items[0].Value) != "late" {
				t.Errorf("EAD_%d is %v", n, items)
			}
		}
	}
}

// TestExternalKeyOtherCredential: another own credential, chosen while the first
// one's token is asked, takes its place.
func TestExternalKeyOtherCredential(t *testing.T) {
	for _, method := range []Method{0, 3} {
		for _, inToken := range []bool{false, true} {
			for _, role := range bothRoles {
				w := newTokenWorld(t, method, 2, byPull(t))
				second, secondToken := tokenCredential(t, KeyP256, "second", []byte("2"))
				if inToken {
					must(t, second.SetExternalKey())
				} else {
					must(t, second.SetPrivateKey(secondToken.private))
				}
				for _, c := range []*hostConfig{w.configI, w.configR} {
					c.Peers = append(c.Peers, public(second))
				}
				s, other, k, n := w.waiting(t, role)
				prepare, _ := s.calls(n)
				_, err := prepare()
				if !StatusOf(err).Pending() {
					t.Fatal(err)
				}
				old := k.answerOf(t, s)
				must(t, s.SetOwnCredential(second))
				wantStatus(t, "the answer of the first one", s.AnswerKey(old), ErrState)
				w.finishes(t, s, other, n, prepareWith(t, s, n, secondToken))
				wantPeer(t, "the second credential", other, second)
			}
		}
	}
}

func wantNoQuestion(t testing.TB, what string, s *Session) {
	t.Helper()
	if status, input := s.KeyQuestion(); status != OK || input != nil {
		t.Errorf("%s: the question %s", what, status.Name())
	}
}

// closed is Close as an end of a run among others.
func closed(s *Session) error {
	s.Close()
	return nil
}

// TestExternalKeyEnds: a run that ends takes its question with it.
func TestExternalKeyEnds(t *testing.T) {
	for name, end := range map[string]func(*Session) error{
		"aborted": (*Session).Abort,
		"closed":  closed,
		"an error message of the peer": func(s *Session) error {
			if err := s.ProcessError([]byte{1, 0x60}); StatusOf(err) != ErrPeerUnspecified {
				return err
			}
			return nil
		},
	} {
		for _, answered := range []bool{false, true} {
			w := newTokenWorld(t, 0, 2, byPull(t))
			s, _, k, _ := w.waiting(t, Initiator)
			_, err := s.PrepareMessage3()
			wantStatus(t, name, err, PendingSignature)
			if answered {
				must(t, s.AnswerKey(k.answerOf(t, s)))
			}
			must(t, end(s))
			wantNoQuestion(t, name, s)
			wantStatus(t, name, s.AnswerKey([]byte{1}), ErrState)
			_, err = s.PrepareMessage3()
			wantStatus(t, name, err, ErrState)
			if questionOf(s) != nil {
				t.Errorf("%s: the question is left", name)
			}
		}
	}
}

// TestExternalKeyStep: Step gives the pending status, and goes on with nothing.
func TestExternalKeyStep(t *testing.T) {
	for method := range Method(4) {
		w := newTokenWorld(t, method, 2, byPull(t))
		i, r := w.sessions(t)
		step := func(s *Session, k *token, in []byte) []byte {
			t.Helper()
			out, err := s.Step(in)
			if !StatusOf(err).Pending() || len(out) != 0 {
				t.Fatalf("method %d: %x, %v; want a question", method, out, err)
			}
			if _, again := s.Step(nil); StatusOf(again) != StatusOf(err) {
				t.Errorf("stepping without an answer: %v", again)
			}
			if in != nil {
				_, again := s.Step(in)
				wantStatus(t, "the message again", again, ErrState)
			}
			must(t, s.AnswerKey(k.answerOf(t, s)))
			return value[[]byte](t)(s.Step(nil))
		}
		message1 := value[[]byte](t)(i.Step(nil))
		message2 := step(r, w.tokenR, message1)
		message3 := step(i, w.tokenI, message2)
		if rest := value[[]byte](t)(r.Step(message3)); len(rest) != 0 {
			t.Errorf("more to send: %x", rest)
		}
		wantState(t, i, StateCompleted)
		wantState(t, r, StateCompleted)
		wantSameKeys(t, i, r)
	}
}

// TestExternalKeyInPart: what no callback answers is pulled.
func TestExternalKeyInPart(t *testing.T) {
	for _, method := range []Method{0, 3} {
		w := newTokenWorld(t, method, 2, func(c *Credential, k *token) {
			if method == 0 {
				must(t, c.SetECDH(k.agree))
			} else {
				must(t, c.SetSigner(k.sign))
			}
		})
		s, other, k, n := w.waiting(t, Responder)
		_, err := s.PrepareMessage2()
		if !StatusOf(err).Pending() {
			t.Errorf("method %d: %v", method, err)
		}
		w.finishes(t, s, other, n, prepareWith(t, s, n, k))
	}
}

// TestExternalKeyBusy: the session is busy while it asks.
func TestExternalKeyBusy(t *testing.T) {
	var busy *Session
	w := newTokenWorld(t, 1, 2, func(c *Credential, k *token) {
		check := func() {
			for name, call := range everyMethod(busy, c) {
				wantStatus(t, name, call(), ErrBusy)
			}
		}
		must(t, c.SetSigner(func(m []byte) ([]byte, error) { check(); return k.sign(m) }))
		must(t, c.SetECDH(func(p []byte) ([]byte, error) { check(); return k.agree(p) }))
	})
	i, r := w.sessions(t)
	pass(t, 1, i, r)
	busy = r
	pass(t, 2, i, r)
	busy = i
	pass(t, 3, i, r)
	wantSameKeys(t, i, r)
}

// TestExternalKeyRefused: what no token can be set for.
func TestExternalKeyRefused(t *testing.T) {
	sign := func([]byte) ([]byte, error) { return nil, nil }
	frozen := newCCS(t, KeyP256, "frozen", nil)
	must(t, checked(Config{Own: []*Credential{frozen}}))
	psk := newPSK(t, 2, []byte{1}, "i", "r")
	for kind := KeyP256; kind.Valid(); kind++ {
		c := public(newCCS(t, kind, "x", nil))
		wantSign, wantAgree := OK, OK
		switch kind {
		case KeyX25519, KeyX448:
			wantSign = ErrUnsupported
		case KeyEd25519, KeyEd448:
			wantAgree = ErrUnsupported
		}
		wantStatus(t, kind.String(), c.SetSigner(sign), wantSign)
		wantStatus(t, kind.String(), c.SetECDH(sign), wantAgree)
		wantStatus(t, kind.String(), c.SetExternalKey(), OK)
		if !c.HasPrivateKey() || checked(Config{Own: []*Credential{c}}) != nil {
			t.Errorf("%v: not to be one's own", kind)
		}
	}
	for name, test := range map[string]struct {
		err  error
		want Status
	}{
		"a signer for a frozen one":         {frozen.SetSigner(sign), ErrFrozen},
		"ECDH for a frozen one":             {frozen.SetECDH(sign), ErrFrozen},
		"an external key for a frozen one":  {frozen.SetExternalKey(), ErrFrozen},
		"a signer for a pre-shared key":     {psk.SetSigner(sign), ErrUnsupported},
		"ECDH for a pre-shared key":         {psk.SetECDH(sign), ErrUnsupported},
		"an external key for a pre-shared":  {psk.SetExternalKey(), ErrUnsupported},
		"a private key for a pre-shared":    {psk.SetPrivateKey(make([]byte, 32)), ErrUnsupported},
		"a private key in PEM for a frozen": {frozen.SetPrivateKeyPEM([]byte("-----BEGIN")), ErrPrivateKey},
	} {
		wantStatus(t, name, test.err, test.want)
	}
}

// TestR14_HedgedWithExternalKeys: no key of a token hedges the random generator,
// but any other own key does.
func TestR14_HedgedWithExternalKeys(t *testing.T) {
	w := newTokenWorld(t, 3, 2, byCallback(t))
	seen := map[string]bool{}
	for range 8 {
		i, r := w.sessions(t)
		if hedge := r.hedge(w.credR); hedge != nil {
			t.Errorf("hedged with %x", hedge)
		}
		seen[string(value[[]byte](t)(i.PrepareMessage1()))] = true
	}
	if len(seen) != 8 {
		t.Errorf("%d different messages of 8", len(seen))
	}
	w = newTokenWorld(t, 3, 2, byCallback(t))
	spare := newCCS(t, KeyEd25519, "spare", nil)
	w.configR.Own = append(w.configR.Own, spare)
	i, r := w.sessions(t)
	if hedge := r.hedge(w.credR); !bytes.Equal(hedge, spare.key.HedgeKey(byte(Responder))) || hedge == nil {
		t.Error("not hedged with the key that is at hand")
	}
	handshake(t, i, r, 3)
	wantSameKeys(t, i, r)
}
