package ake

import (
	"fmt"
	"testing"
)

// Tests of who presents which of several own credentials to whom.

// everyKind has one CCS for each kind of key, with the kind as kid.
func everyKind(t testing.TB, subject string) map[KeyKind]*Credential {
	t.Helper()
	list := make(map[KeyKind]*Credential)
	for kind := KeyP256; kind.Valid(); kind++ {
		list[kind] = newCCS(t, kind, subject, []byte{byte(kind)})
	}
	return list
}

// TestR08_ChoiceByMethodAndSuite: an endpoint with a credential for each kind of
// key takes the one that method and cipher suite need, on both sides.
func TestR08_ChoiceByMethodAndSuite(t *testing.T) {
	ofI, ofR := everyKind(t, "initiator"), everyKind(t, "responder")
	for method := range Method(4) {
		for _, suiteID := range Suites() {
			w := &world{configI: newConfig(), configR: newConfig()}
			for kind := KeyP256; kind.Valid(); kind++ {
				w.credI, w.credR = ofI[kind], ofR[kind]
				w.introduce(t)
			}
			w.configI.Methods = []Method{method}
			w.configI.Suites = []int{suiteID}
			i, r := w.sessions(t)
			handshake(t, i, r, 3)
			what := fmt.Sprintf("method %d, suite %d", method, suiteID)
			wantPeer(t, what, r, ofI[keyKindFor(method, i.phase.about().alg, Initiator)])
			wantPeer(t, what, i, ofR[keyKindFor(method, i.phase.about().alg, Responder)])
		}
	}
}

// TestR08_TypesPerDirection: one side shows a certificate and the other one a raw
// key, a CWT or a C509 certificate, each judged in its own way.
func TestR08_TypesPerDirection(t *testing.T) {
	a, issuer, native := newAuthority(), newKey(t, KeyEd25519), newNativeWorld(t)
	leaf := newly(t)(CredentialFromC509(nativeLeaf(t, native)))
	must(t, leaf.SetPrivateKey(native.leafKey.Bytes()))
	must(t, leaf.SetID(IDC5C, nil))
	kinds := map[string]*Credential{
		"a raw key": newCCS(t, KeyP256, "raw", []byte("r")), "X.509": a.credential(t, IDX5Chain, ""),
		"a CWT": cwtOf(t, issuer, ""), "C509": leaf,
	}
	prepare := all(native.trust(t), trusting(t, a.root), func(c *hostConfig) {
		c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), ""})
		c.Peers = append(c.Peers, public(kinds["a raw key"]))
	})
	for nameI, credI := range kinds {
		for nameR, credR := range kinds {
			if nameI == nameR {
				continue
			}
			for method := range Method(4) {
				w := &world{configI: newConfig(), configR: newConfig()}
				prepare(w.configI)
				prepare(w.configR)
				w.configI.Methods = []Method{method}
				w.configI.Suites = []int{2}
				w.configI.Own = append(w.configI.Own, credI)
				w.configR.Own = append(w.configR.Own, credR)
				i, r := w.sessions(t)
				handshake(t, i, r, 3)
				wantPeer(t, nameR, i, credR)
				wantPeer(t, nameI, r, credI)
				wantSameKeys(t, i, r)
			}
		}
	}
}

func nativeLeaf(t testing.TB, w *nativeWorld) []byte {
	return native("Root", "Device").sign(t, w.leafKey.Public(), w.rootKey)
}

// faces is a world in which the Initiator has three credentials of one kind.
func faces(t *testing.T) (w *world, own [3]*Credential) {
	t.Helper()
	w = bareWorld(t, 3, 2)
	for n := range own {
		own[n] = newCCS(t, KeyP256, fmt.Sprint("face ", n), []byte{byte(n)})
		w.configI.Own = append(w.configI.Own, own[n])
		w.configR.Peers = append(w.configR.Peers, public(own[n]))
	}
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	return w, own
}

// TestSetOwnCredential: the Initiator chooses when it has seen who the peer is,
// or at any time before message_3.
func TestSetOwnCredential(t *testing.T) {
	for chosenAt := range 4 {
		w, own := faces(t)
		w.configI.Pull = PullPeer
		i, r := w.sessions(t)
		choose := func(at int) {
			if at == chosenAt {
				must(t, i.SetOwnCredential(own[2]))
			}
		}
		choose(0)
		must(t, r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())))
		choose(1)
		wantStatus(t, "message_2", i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), PendingPeer)
		if peer := i.PeerCredential(); peer == nil || peer.Describe() == "" {
			t.Error("the peer is not known")
		}
		choose(2)
		must(t, i.Continue())
		choose(3)
		pass(t, 3, i, r)
		wantPeer(t, "the chosen one", r, own[2])
		wantSameKeys(t, i, r)
		wantStatus(t, "too late", i.SetOwnCredential(own[1]), ErrState)
	}
}

// TestSetOwnCredentialTwice: the last choice counts.
func TestSetOwnCredentialTwice(t *testing.T) {
	w, own := faces(t)
	i, r := w.sessions(t)
	must(t, i.SetOwnCredential(own[1]))
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	must(t, i.SetOwnCredential(own[2]))
	must(t, i.SetOwnCredential(own[0]))
	pass(t, 3, i, r)
	wantPeer(t, "the last one", r, own[0])
}

// TestSetOwnCredentialOfResponder: the Responder chooses before message_2.
func TestSetOwnCredentialOfResponder(t *testing.T) {
	for chosenAt := range 2 {
		w := bareWorld(t, 0, 2)
		second := newCCS(t, KeyP256, "second", []byte{9})
		w.introduce(t)
		w.configI.Peers = append(w.configI.Peers, public(second))
		i, r := w.sessions(t)
		if chosenAt == 0 {
			must(t, r.SetOwnCredential(second))
		}
		pass(t, 1, i, r)
		if chosenAt == 1 {
			must(t, r.SetOwnCredential(second))
		}
		pass(t, 2, i, r)
		wantPeer(t, "the chosen one", i, second)
		wantStatus(t, "too late", r.SetOwnCredential(w.credR), ErrState)
		pass(t, 3, i, r)
		wantSameKeys(t, i, r)
	}
}

// TestSetOwnCredentialOnly: a credential that the Config does not have is enough,
// and then says which cipher suites there are.
func TestSetOwnCredentialOnly(t *testing.T) {
	for method := range Method(4) {
		for kind, suiteID := range map[KeyKind]int{KeyP256: 2, KeyP384: 24} {
			own, peer := newCCS(t, kind, "initiator", []byte{1}), newCCS(t, kind, "responder", []byte{2})
			w := &world{configI: newConfig(), configR: newConfig()}
			for _, c := range []*hostConfig{w.configI, w.configR} {
				c.Methods = []Method{method}
				c.Peers = append(c.Peers, public(own))
				c.Peers = append(c.Peers, public(peer))
			}
			i, r := w.sessions(t)
			must(t, i.SetOwnCredential(own))
			must(t, r.SetOwnCredential(peer))
			handshake(t, i, r, 3)
			wantSameKeys(t, i, r)
			if info := i.Info(); info.Suite != suiteID {
				t.Errorf("cipher suite %d, want %d", info.Suite, suiteID)
			}
		}
	}
}

// TestSetOwnCredentialRefused: what cannot be chosen leaves things as they are.
func TestSetOwnCredentialRefused(t *testing.T) {
	w, own := faces(t)
	i, r := w.sessions(t)
	psk := newPSK(t, 2, []byte{1}, "i", "r")
	other := newCCS(t, KeyEd25519, "other", []byte{7})
	wantStatus(t, "without a private key", i.SetOwnCredential(public(own[0])), ErrPrivateKey)
	pass(t, 1, i, r)
	wantStatus(t, "a pre-shared key", i.SetOwnCredential(psk), ErrKeyKind)
	wantStatus(t, "another kind of key", i.SetOwnCredential(other), ErrKeyKind)
	wantStatus(t, "another kind of key", r.SetOwnCredential(other), ErrKeyKind)
	if _, err := i.PrepareError(); StatusOf(err) != ErrNotFound {
		t.Errorf("an error message is due for a mistake of the host: %v", err)
	}
	pass(t, 2, i, r)
	wantStatus(t, "the peer's key", i.SetOwnCredential(w.credR), ErrOwnCredential)
	if _, err := i.PrepareError(); StatusOf(err) != ErrNotFound {
		t.Errorf("an error message is due for a mistake of the host: %v", err)
	}
	must(t, other.SetID(IDKccs, nil)) // it was not taken
	pass(t, 3, i, r)
	wantPeer(t, "the first one that fits", r, own[0])

	// Chosen too early to know: then there is no suite for it.
	w, _ = faces(t)
	i, _ = w.sessions(t)
	must(t, i.SetOwnCredential(newCCS(t, KeyEd25519, "other", []byte{7})))
	_, err := i.PrepareMessage1()
	wantStatus(t, "message_1", err, ErrNoCredential)
	wantState(t, i, StateStart)
}

// TestR18_ChosenIsNotThePeer: a session with oneself is refused also when the own
// credential is not that of the Config.
func TestR18_ChosenIsNotThePeer(t *testing.T) {
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	must(t, i.SetOwnCredential(w.credR))
	pass(t, 1, i, r)
	wantStatus(t, "message_2", i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), ErrOwnCredential)
	wantErrorCode(t, i, 1)
}

// TestManyUnderOneKid: several credentials under one kid are all tried, of all
// types, up to the limit.
func TestManyUnderOneKid(t *testing.T) {
	a := newAuthority()
	kid := []byte("s7")
	under := func(c *Credential) *Credential { must(t, c.SetID(IDKid, kid)); return c }
	presented := map[string]*Credential{
		"a raw key":     newCCS(t, KeyP256, "sensor-7", kid),
		"a certificate": under(a.credential(t, IDX5T, "")),
		"a CWT":         under(cwtOf(t, newKey(t, KeyEd25519), "")),
	}
	for name, own := range presented {
		for _, limit := range []int{5, 4} {
			s, err := present(t, 0, Initiator, own, func(c *hostConfig) {
				c.Limits = Limits{Candidates: limit}
				for _, other := range []*Credential{
					under(newAuthority().credential(t, IDX5T, "")), newCCS(t, KeyP256, "sensor-7", kid),
					newCCS(t, KeyX25519, "sensor-7", kid), under(cwtOf(t, newKey(t, KeyP256), "")), own,
				} {
					c.Peers = append(c.Peers, public(other))
				}
			})
			if limit == 4 {
				wantVerdict(t, name+" beyond the limit", s, err, ErrSignature)
			} else {
				wantVerdict(t, name, s, err, OK)
				wantPeer(t, name, s, own)
			}
		}
	}
}

// TestKidOfAnyLength: a kid is any byte string, found by it as a whole.
func TestKidOfAnyLength(t *testing.T) {
	for _, length := range []int{0, 1, 2, 23, 24, 64, 255, 256, 1000} {
		kid := make([]byte, length)
		raw := newCCS(t, KeyP256, "sensor-7", kid)
		for _, test := range []struct {
			pinned *Credential
			want   Status
		}{
			{public(raw), OK},
			{newCCS(t, KeyP256, "sensor-7", append(kid, 0)), ErrCredentialUnknown},
			{newCCS(t, KeyP256, "sensor-7", append([]byte{1}, kid...)), ErrCredentialUnknown},
		} {
			for _, role := range bothRoles {
				s, err := present(t, 3, role, raw, func(c *hostConfig) { c.Peers = append(c.Peers, test.pinned) })
				wantVerdict(t, fmt.Sprintf("kid of %d bytes of the %v", length, role), s, err, test.want)
			}
		}
	}
}

// TestOwnCredential: of several that fit, the first that was added is taken, and can be
// seen.
func TestOwnCredential(t *testing.T) {
	for _, role := range bothRoles {
		for order := range 2 {
			w := bareWorld(t, 3, 2)
			fits := [2]*Credential{newCCS(t, KeyP256, "one", []byte{1}), newCCS(t, KeyP256, "two", []byte{2})}
			first, second := fits[order], fits[1-order]
			for _, c := range []*Credential{newCCS(t, KeyX25519, "unfit", []byte{3}), first, second} {
				own := map[Role]*hostConfig{Initiator: w.configI, Responder: w.configR}[role]
				own.Own = append(own.Own, c)
			}
			if role == Initiator {
				w.configR.Own = append(w.configR.Own, w.credR)
			} else {
				w.configI.Own = append(w.configI.Own, w.credI)
			}
			for _, c := range []*hostConfig{w.configI, w.configR} {
				for _, peer := range append(fits[:], w.credI, w.credR) {
					c.Peers = append(c.Peers, public(peer))
				}
			}
			for _, chosen := range []*Credential{nil, second} {
				i, r := w.sessions(t)
				s := map[Role]*Session{Initiator: i, Responder: r}[role]
				if s.OwnCredential() != nil {
					t.Error("before the run")
				}
				want := first
				if chosen != nil {
					must(t, s.SetOwnCredential(chosen))
					want = chosen
				}
				handshake(t, i, r, 4)
				if own := s.OwnCredential(); own != want {
					t.Errorf("the %v has authenticated with %s, want %s", role, own.Describe(), want.Describe())
				}
				restored := value[*Session](t)(s.party.RestoreSession(blobKey, value[[]byte](t)(s.Save(blobKey))))
				if chosen != nil && chosen != restored.settings.own {
					t.Error("what was chosen is not restored")
				}
				if own := restored.OwnCredential(); own != want {
					t.Errorf("restored, it is %s", own.Describe())
				}
			}
		}
	}
}
