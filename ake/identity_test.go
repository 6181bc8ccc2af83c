package ake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// person is one P-256 key pair, which can sign and agree, under every kind of
// credential and every way to refer to it.
type person struct {
	name            string
	private, public []byte
	certificate     []byte
}

func newPerson(t *testing.T, name string) *person {
	t.Helper()
	private, public, err := GenerateKey(KeyP256)
	must(t, err)
	key := value[*ecdsa.PrivateKey](t)(ecdsa.ParseRawPrivateKey(elliptic.P256(), private))
	return &person{name, private, public, certificate(t, name, key)}
}

// credentials are the kinds of credential, by the way to refer to them.
var credentials = map[string]func(*testing.T, *person) *Credential{
	"kid":      func(t *testing.T, p *person) *Credential { return p.ccs(t, IDKid) },
	"kccs":     func(t *testing.T, p *person) *Credential { return p.ccs(t, IDKccs) },
	"x5t":      func(t *testing.T, p *person) *Credential { return p.x509(t, IDX5T) },
	"x5t-256":  func(t *testing.T, p *person) *Credential { return p.x509(t, IDX5TSHA256) },
	"x5chain":  func(t *testing.T, p *person) *Credential { return p.x509(t, IDX5Chain) },
	"x5bag":    func(t *testing.T, p *person) *Credential { return p.x509(t, IDX5Bag) },
	"x5u":      func(t *testing.T, p *person) *Credential { return p.x509(t, IDX5U) },
	"kid-x509": func(t *testing.T, p *person) *Credential { return p.x509(t, IDKid) },
	"parts": func(t *testing.T, p *person) *Credential {
		// { 4 : kid, 99 : name }, of which 99 is the host's own business.
		id := cborx.AppendBytes([]byte{0xa2, 0x04, 0x41, p.name[0], 0x18, 99}, []byte(p.name))
		return value[*Credential](t)(CredentialFromParts(id, cborx.AppendText(nil, p.name), KeyP256, p.public))
	},
}

func (p *person) ccs(t *testing.T, id IDType) *Credential {
	c := ccsOf(t, KeyP256, p.name, []byte(p.name), nil, p.public)
	must(t, c.SetID(id, []byte(p.name)))
	return c
}

func (p *person) x509(t *testing.T, id IDType) *Credential {
	c := value[*Credential](t)(CredentialFromX509(p.certificate))
	must(t, c.SetID(id, []byte(p.name)))
	return c
}

// pairWorld has any two credentials.
func pairWorld(t *testing.T, method Method, i, r *person, typeI, typeR string) *world {
	t.Helper()
	w := bareWorld(t, method, 2)
	w.credI, w.credR = credentials[typeI](t, i), credentials[typeR](t, r)
	must(t, w.credI.SetPrivateKey(i.private))
	must(t, w.credR.SetPrivateKey(r.private))
	return w
}

// TestR05_R06_R07_R08_R09_EveryPairOfCredentials runs every kind of credential
// against every other, with every method.
func TestR05_R06_R07_R08_R09_EveryPairOfCredentials(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for method := range Method(4) {
		for typeI := range credentials {
			for typeR := range credentials {
				w := pairWorld(t, method, alice, bob, typeI, typeR)
				w.introduce(t)
				i, r := w.sessions(t)
				handshake(t, i, r, 4)
				what := fmt.Sprintf("method %d, %s and %s", method, typeI, typeR)
				wantPeer(t, what, i, w.credR)
				wantPeer(t, what, r, w.credI)
				wantSameKeys(t, i, r)
			}
		}
	}
}

// wantPeer checks who the peer of a session was, as the host can read it.
func wantPeer(t *testing.T, what string, s *Session, want *Credential) {
	t.Helper()
	peer := s.PeerCredential()
	id := s.PeerIDCred()
	if !bytes.Equal(peer.Bytes(), want.Bytes()) || !bytes.Equal(id, want.IDCred()) {
		t.Errorf("%s: the peer of the %v is %x (%x)", what, s.role, id, peer.Bytes())
	}
	if peer.HasPrivateKey() {
		t.Errorf("%s: the peer's private key is known", what)
	}
}

// TestR02_AlgorithmsAndCredentialsAreNumberedByCOSE holds the figures of RFC
// 9528 section 10.2 and of the COSE header parameters.
func TestR02_AlgorithmsAndCredentialsAreNumberedByCOSE(t *testing.T) {
	for id, want := range map[int][7]int{ // AEAD, hash, MAC length, curve, signature, application AEAD, hash
		0: {10, -16, 8, 4, -8, 10, -16}, 1: {30, -16, 16, 4, -8, 10, -16},
		2: {10, -16, 8, 1, -7, 10, -16}, 3: {30, -16, 16, 1, -7, 10, -16},
		4: {24, -16, 16, 4, -8, 24, -16}, 5: {24, -16, 16, 1, -7, 24, -16},
		6: {1, -16, 16, 4, -7, 1, -16}, 24: {3, -43, 16, 2, -35, 3, -43}, 25: {24, -45, 16, 5, -8, 24, -45},
	} {
		s, ok := Suite(id)
		curve := map[KeyKind]int{KeyP256: 1, KeyP384: 2, KeyX25519: 4, KeyX448: 5}[s.Curve]
		if got := [7]int{s.AEAD, s.Hash, s.MACLength, curve, s.SignatureAlg, s.AppAEAD, s.AppHash}; !ok || got != want {
			t.Errorf("cipher suite %d is %v, want %v", id, got, want)
		}
	}
	for _, unknown := range []int{-1, 7, 23, 26} {
		if _, ok := Suite(unknown); ok {
			t.Errorf("cipher suite %d is known", unknown)
		}
	}
	if len(Suites()) != 9 {
		t.Errorf("the cipher suites are %v", Suites())
	}
	p := newPerson(t, "carol")
	for name, label := range map[string][]byte{"kid": {4}, "kccs": {14}, "x5bag": {0x18, 32}, "x5chain": {0x18, 33}, "x5t": {0x18, 34}, "x5u": {0x18, 35}} {
		if id := credentials[name](t, p).IDCred(); id[0] != 0xa1 || !bytes.HasPrefix(id[1:], label) {
			t.Errorf("ID_CRED with %s is %x", name, id)
		}
	}
}

// TestR10_TheVariantIsAuthenticated changes METHOD on its way: P-256 keys would
// do for each method, and still no two sides end in different ones.
func TestR10_TheVariantIsAuthenticated(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for chosen := range Method(4) {
		for changed := range Method(4) {
			w := pairWorld(t, chosen, alice, bob, "kid", "x5t")
			w.configR.Methods = []Method{0, 1, 2, 3}
			w.introduce(t)
			i, r := w.sessions(t)
			message1 := value[[]byte](t)(i.PrepareMessage1())
			message1[0] = byte(changed)
			must(t, r.ProcessMessage1(message1))
			err := i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2()))
			if changed == chosen {
				must(t, err)
				pass(t, 3, i, r)
				for _, s := range []*Session{i, r} {
					if info := s.Info(); info.Method != chosen || info.Suite != 2 {
						t.Errorf("the %v knows of %+v", s.role, info)
					}
				}
			} else if err == nil || i.phase.state() == StateVerified2 {
				t.Errorf("method %d became %d, and the Initiator accepts that", chosen, changed)
			}
		}
	}
}

// TestR11_AuthenticatedWithinTheRun: each side knows the peer as soon as it has
// processed the peer's message, not before, and needs no later message.
func TestR11_AuthenticatedWithinTheRun(t *testing.T) {
	for method := range Method(4) {
		i, r := newWorld(t, method, 2).sessions(t)
		expect := func(s *Session, want bool) {
			t.Helper()
			if got := s.Info().Authenticated; got != want {
				t.Errorf("method %d: the %v in %v: authenticated %v", method, s.role, s.phase.state(), got)
			}
			if peer := s.PeerCredential(); (peer != nil) != want {
				t.Errorf("method %d: the %v in %v: peer credential: %v", method, s.role, s.phase.state(), peer)
			}
		}
		expect(i, false)
		pass(t, 1, i, r)
		expect(r, false)
		pass(t, 2, i, r)
		expect(i, true)
		expect(r, false)
		pass(t, 3, i, r)
		expect(r, true)
		wantSameKeys(t, i, r)
	}
}

// thief is an attacker's authentication key: it has one credential's name, and
// the private key of another one.
type thief struct {
	stolen *suite.PrivateKey
	victim *suite.PublicKey // whose static key the stolen one agrees with; nil: as the protocol says
}

func (k thief) Sign(m []byte) ([]byte, error) { return k.stolen.Sign(m) }
func (k thief) HedgeKey(byte) []byte          { return nil }
func (k thief) ECDH(peer *suite.PublicKey) ([]byte, error) {
	if k.victim != nil {
		peer = k.victim
	}
	return k.stolen.ECDH(peer)
}

// TestR15_KeyCompromiseImpersonation: who has stolen the private key of one
// side cannot be another one towards it, with what that key can compute.
func TestR15_KeyCompromiseImpersonation(t *testing.T) {
	for method := range Method(4) {
		for _, withStatic := range []bool{false, true} {
			alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
			refusedAs := func(role Role) Status {
				if signsIn(method, role) {
					return ErrSignature
				}
				return ErrMAC
			}
			// The Responder's key is stolen, and the thief says to be the Initiator.
			w := pairWorld(t, method, alice, bob, "kid", "kid")
			stolen := w.credR.key.(*suite.PrivateKey)
			k := thief{stolen: stolen}
			if withStatic {
				k.victim = w.credI.parsed.Key
			}
			w.credI.key = k
			w.introduce(t)
			i, r := w.sessions(t)
			pass(t, 1, i, r)
			pass(t, 2, i, r)
			wantStatus(t, "an impostor's message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), refusedAs(Initiator))
			wantErrorCode(t, r, 1)

			// The Initiator's key is stolen, and the thief says to be the Responder.
			w = pairWorld(t, method, alice, bob, "kid", "kid")
			k = thief{stolen: w.credI.key.(*suite.PrivateKey)}
			if withStatic {
				k.victim = w.credR.parsed.Key
			}
			w.credR.key = k
			w.introduce(t)
			i, r = w.sessions(t)
			pass(t, 1, i, r)
			wantStatus(t, "an impostor's message_2", i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), refusedAs(Responder))
			wantErrorCode(t, i, 1)
		}
	}
}

// TestR17_NoMisbinding: one key under two identities. The identity of the peer
// is the CRED that it has authenticated, not the key and not the kid.
func TestR17_NoMisbinding(t *testing.T) {
	for method := range Method(4) {
		private, public, err := GenerateKey(KeyP256)
		must(t, err)
		identity := func(subject string) *Credential {
			c := ccsOf(t, KeyP256, subject, []byte{0x2b}, nil, public)
			return c
		}
		for _, test := range []struct {
			trusted []string
			want    Status
		}{
			{[]string{"mallory"}, ErrMAC},
			{[]string{"mallory", "trudy"}, ErrMAC},
			{[]string{"alice"}, OK},
			{[]string{"mallory", "alice", "trudy"}, OK},
		} {
			w := bareWorld(t, method, 2)
			w.credI = identity("alice")
			must(t, w.credI.SetPrivateKey(private))
			w.configI.Own = append(w.configI.Own, w.credI)
			w.configI.Peers = append(w.configI.Peers, w.credR)
			w.configR.Own = append(w.configR.Own, w.credR)
			for _, name := range test.trusted {
				w.configR.Peers = append(w.configR.Peers, identity(name))
			}
			i, r := w.sessions(t)
			pass(t, 1, i, r)
			pass(t, 2, i, r)
			want := test.want
			if want == ErrMAC && signsIn(method, Initiator) {
				want = ErrSignature
			}
			err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
			wantStatus(t, fmt.Sprint(test.trusted), err, want)
			if want == OK {
				wantPeer(t, "one of several identities", r, w.credI)
			} else if r.PeerCredential() != nil {
				t.Error("there is a peer after all")
			}
		}
	}
}

// TestR18_OwnCredentialRefused: a session with oneself, or with another
// credential of one's own key, is refused in both roles.
func TestR18_OwnCredentialRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for method := range Method(4) {
		for _, disguise := range []string{"kid", "x5t"} {
			// The Responder has the Initiator's key.
			w := pairWorld(t, method, alice, alice, "kid", disguise)
			w.introduce(t)
			i, r := w.sessions(t)
			pass(t, 1, i, r)
			wantStatus(t, "own credential in message_2", i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), ErrOwnCredential)
			wantErrorCode(t, i, 1)

			// The Initiator has one of the Responder's keys.
			w = pairWorld(t, method, alice, bob, disguise, "kid")
			w.introduce(t)
			second := alice.ccs(t, IDKccs)
			must(t, second.SetPrivateKey(alice.private))
			w.configR.Own = append(w.configR.Own, second)
			i, r = w.sessions(t)
			pass(t, 1, i, r)
			pass(t, 2, i, r)
			wantStatus(t, "own credential in message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), ErrOwnCredential)
			wantErrorCode(t, r, 1)
		}
	}
}

// TestR22_PaddingHidesTheLengthOfAnIdentity: with padding, messages do not tell
// by their length whose credential they carry.
func TestR22_PaddingHidesTheLengthOfAnIdentity(t *testing.T) {
	lengths := make(map[int]bool)
	plain := make(map[int]bool)
	for _, kid := range []int{1, 2, 8, 20} {
		for _, padded := range []bool{false, true} {
			w := bareWorld(t, 3, 2)
			w.credR = newCCS(t, KeyP256, "responder", bytes.Repeat([]byte{0xee}, kid))
			w.introduce(t)
			i, r := w.sessions(t)
			pass(t, 1, i, r)
			if padded {
				must(t, r.AddPadding(2, 40-len(w.credR.IDCred())))
			}
			message2 := pass(t, 2, i, r)
			if padded {
				lengths[len(message2)] = true
				continue
			}
			plain[len(message2)] = true
		}
	}
	if len(lengths) != 1 || len(plain) != 4 {
		t.Errorf("%d lengths with padding, %d without", len(lengths), len(plain))
	}
}

// TestR22_IdentitiesAreEncrypted: no identity is in the clear in any message.
func TestR22_IdentitiesAreEncrypted(t *testing.T) {
	alice, bob := newPerson(t, "alice-and-her-long-name"), newPerson(t, "bob-and-his-long-name")
	for _, kind := range []string{"kccs", "x5chain", "kid"} {
		w := pairWorld(t, 3, alice, bob, kind, kind)
		w.introduce(t)
		i, r := w.sessions(t)
		all := bytes.Join(handshake(t, i, r, 4), nil)
		for _, p := range []*person{alice, bob} {
			if bytes.Contains(all, []byte(p.name)) || bytes.Contains(all, p.public[:16]) {
				t.Errorf("%s: %s can be read", kind, p.name)
			}
		}
	}
}
