package ake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// savePoint is where a run is saved: a side in a state, and what follows.
type savePoint struct {
	role Role
	last int // messages passed before
}

var savePoints = []savePoint{{Initiator, 1}, {Responder, 2}, {Initiator, 3}, {Initiator, 4}, {Responder, 4}}

func (p savePoint) String() string { return fmt.Sprintf("%v after message_%d", p.role, p.last) }

// reach runs the sides up to the point. After message_1 and message_3 the last
// message is made, but not given to the Responder.
func (p savePoint) reach(t testing.TB, w *world) (i, r, saver *Session) {
	t.Helper()
	i, r = w.sessions(t)
	must(t, i.AddEAD(3, EADItem{Label: 700, Value: []byte("three")}))
	must(t, r.AddEAD(4, EADItem{Label: 701}))
	handshake(t, i, r, p.last)
	if p.role == Initiator {
		return i, r, i
	}
	return i, r, r
}

// finish passes the rest of the messages.
func (p savePoint) finish(t testing.TB, i, r *Session) {
	t.Helper()
	for n := p.last + 1; n <= 4; n++ {
		pass(t, n, i, r)
	}
	wantSameKeys(t, i, r)
	for n, s := range map[int]*Session{3: r, 4: i} {
		if items := s.EAD(n); len(items) != 1 || items[0].Label != int64(697+n) {
			t.Errorf("EAD_%d is %v", n, items)
		}
	}
}

func wantSaved(t testing.TB, what string, err error, detail string) {
	t.Helper()
	wantStatus(t, what, err, ErrSaved)
	if !strings.Contains(fmt.Sprint(err), detail) {
		t.Errorf("%s: %v, want %q", what, err, detail)
	}
}

// restorer is a Party, or what becomes one.
type restorer interface {
	RestoreSession(key, saved []byte) (*Session, error)
}

func restore(t testing.TB, c restorer, saved []byte) *Session {
	t.Helper()
	return value[*Session](t)(c.RestoreSession(blobKey, saved))
}

// TestR29_SaveEveryState saves and restores a side wherever that is allowed, in
// every method and several suites, and completes the run.
func TestR29_SaveEveryState(t *testing.T) {
	for method := Method(0); method <= 4; method++ {
		for _, id := range []int{0, 2, 4, 24, 25} {
			for _, p := range savePoints {
				var w *world
				if method == MethodPSK {
					w = pskWorld(t, id)
					w.configI.Suites = []int{id}
				} else {
					w = newWorld(t, method, id)
				}
				i, r, saver := p.reach(t, w)
				saved, err := saver.Save(blobKey)
				if method == MethodPSK && p == (savePoint{Initiator, 3}) {
					wantStatus(t, "keys of a Responder that is not authenticated", err, ErrState)
					wantState(t, saver, StateWait4)
					p.finish(t, i, r)
					continue
				}
				must(t, err)
				before := *savedInfo(t, saver)
				again := restore(t, saver.party, saved)
				info := savedInfo(t, again)
				if p.last < 4 {
					wantState(t, saver, StateFailed)
					before.State, before.Next, before.Authenticated = info.State, info.Next, info.Authenticated
				}
				if fmt.Sprint(*info) != fmt.Sprint(before) {
					t.Errorf("method %d, suite %d, %v: restored %+v, was %+v", method, id, p, *info, before)
				}
				if saver == i {
					i = again
				} else {
					r = again
				}
				p.finish(t, i, r)
				wantRestoredPeer(t, w, again)
				must(t, i.KeyUpdate([]byte("x")))
				must(t, r.KeyUpdate([]byte("x")))
				wantSameKeys(t, i, r)
				a, b := value[*Credential](t)(i.ResumptionCredential(0)), value[*Credential](t)(r.ResumptionCredential(0))
				wantBytes(t, "rPSK", a.psk.secret, b.psk.secret)
			}
		}
	}
}

func savedInfo(t testing.TB, s *Session) *Info {
	t.Helper()
	info := s.Info()
	return &info
}

// wantRestoredPeer checks what can be asked of the peer's credential.
func wantRestoredPeer(t testing.TB, w *world, s *Session) {
	t.Helper()
	want := w.credI
	if s.role == Initiator {
		want = w.credR
	}
	got := s.PeerCredential()
	wantBytes(t, "CRED", got.Bytes(), want.Bytes())
	wantBytes(t, "ID_CRED", got.IDCred(), want.IDCred())
	wantBytes(t, "public key", got.PublicKey(), want.PublicKey())
	if got.Type() != want.Type() || got.KeyKind() != want.KeyKind() {
		t.Errorf("type %v, kind %v", got.Type(), got.KeyKind())
	}
	wantBytes(t, "the peer's ID_CRED", s.PeerIDCred(), want.IDCred())
}

// TestSaveVectors: a run that is saved and restored between all messages makes
// the same bytes.
func TestSaveVectors(t *testing.T) {
	_, played := loadVectors(t)
	for _, v := range played {
		t.Run(v.ID, func(t *testing.T) {
			m := mode{trust: pinned, message4: v.Message4}
			i, r := v.side(t, Initiator, m), v.side(t, Responder, m)
			through := func(d *side) {
				t.Helper()
				saved, err := d.Save(blobKey)
				if v.Method == MethodPSK && d.phase.state() == StateWait4 {
					wantStatus(t, "saving", err, ErrState)
					return
				}
				must(t, err)
				d.Session = restore(t, d.party, saved)
				d.source = &d.played
				alg, held := d.source.suite(v.Suite), d.phase.holds()
				d.phase.about().alg = alg
				for _, prk := range held.prks {
					if prk != nil { // the same, recorded
						recorded, _ := schedule.SavedPRK(alg, prk.Bytes())
						*prk = *recorded
					}
				}
			}
			message1 := i.prepare(1)
			through(i)
			r.mustProcess(1, message1)
			message2 := r.prepare(2)
			through(r)
			i.mustProcess(2, message2)
			message3 := i.prepare(3)
			through(i)
			r.mustProcess(3, message3)
			if v.Message4 {
				i.mustProcess(4, r.prepare(4))
			} else {
				must(t, i.CompleteWithoutMessage4())
				must(t, r.CompleteWithoutMessage4())
			}
			through(i)
			through(r)
			v.compare(t, i)
			v.compare(t, r)
		})
	}
}

// TestSaveStates: in the states between nothing is saved, and the run goes on.
func TestSaveStates(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	refuse := func(s *Session) {
		t.Helper()
		before := s.phase.state()
		_, err := s.Save(blobKey)
		wantStatus(t, before.String(), err, ErrState)
		wantState(t, s, before)
	}
	refuse(i)
	refuse(r)
	pass(t, 1, i, r)
	refuse(r)
	pass(t, 2, i, r)
	refuse(i)
	pass(t, 3, i, r)
	refuse(r) // VERIFIED_MESSAGE_3
	pass(t, 4, i, r)
	for _, n := range []int{0, 16, 31, 33} {
		_, err := i.Save(make([]byte, n))
		wantStatus(t, fmt.Sprint("a key of ", n), err, ErrArgument)
		_, err = i.party.RestoreSession(make([]byte, n), nil)
		wantStatus(t, fmt.Sprint("a key of ", n), err, ErrArgument)
	}
	i.Close()
	refuse(i)
}

// TestSaveEnds: a half-open session that was saved holds nothing any more and
// does nothing any more.
func TestSaveEnds(t *testing.T) {
	for _, p := range savePoints[:3] {
		i, r, saver := p.reach(t, newWorld(t, 3, 2))
		value[[]byte](t)(saver.Save(blobKey))
		wantState(t, saver, StateFailed)
		k := keysOf(saver)
		if keysOf(saver).ephemeral != nil || k.prk2e != nil || k.prk3e2m != nil || k.prk4e3m != nil || k.prkOut != nil || k.prkExporter != nil || k.gxy != nil {
			t.Errorf("%v: secrets are left", p)
		}
		_, err := saver.PrepareError()
		wantStatus(t, "an error message", err, ErrNotFound)
		_, err = saver.Save(blobKey)
		wantStatus(t, "saving again", err, ErrState)
		_, err = saver.Export(0, nil, 16)
		wantStatus(t, "exporting", err, ErrState)
		if saver == i {
			wantStatus(t, "restarting", i.Restart(), ErrState)
			wantStatus(t, "falling back", i.FallBack(), ErrState)
		}
		if saver.LastError() == nil {
			t.Error("it does not say why")
		}
		_ = r
	}
}

// TestR16_RestoreOnce: a half-open session is restored once; the id says which
// it is.
func TestR16_RestoreOnce(t *testing.T) {
	for _, p := range savePoints {
		_, _, saver := p.reach(t, newWorld(t, 0, 0))
		saved := value[[]byte](t)(saver.Save(blobKey))
		restore(t, saver.party, saved)
		_, err := saver.party.RestoreSession(blobKey, saved)
		want := ErrSaved
		if p.last == 4 { // completed
			want = OK
		}
		wantStatus(t, p.String(), err, want)
	}
	// Also at the same time.
	_, _, saver := savePoints[1].reach(t, newWorld(t, 0, 0))
	saved := value[[]byte](t)(saver.Save(blobKey))
	var wait sync.WaitGroup
	var mu sync.Mutex
	restored := 0
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if _, err := saver.party.RestoreSession(blobKey, saved); err == nil {
				mu.Lock()
				restored++
				mu.Unlock()
			}
		}()
	}
	wait.Wait()
	if restored != 1 {
		t.Errorf("restored %d times", restored)
	}
}

// TestClaimedBounded: the memory of what was restored has a limit.
func TestClaimedBounded(t *testing.T) {
	var c claimed
	id := func(n int) (id [savedID]byte) { copy(id[:], fmt.Sprintf("%016d", n)); return id }
	for n := range maxClaimed + 100 {
		if !c.claim(id(n)) || c.claim(id(n)) {
			t.Fatalf("id %d", n)
		}
	}
	if len(c.ids) != maxClaimed || len(c.ring) != maxClaimed {
		t.Errorf("%d and %d are remembered", len(c.ids), len(c.ring))
	}
	if c.claim(id(maxClaimed)) || c.claim(id(100)) || !c.claim(id(99)) {
		t.Error("not the oldest was forgotten")
	}
}

// TestR16_ReplayAfterRestore: a message_3 that was delivered twice succeeds
// once, also when the session was restored for each.
func TestR16_ReplayAfterRestore(t *testing.T) {
	for _, w := range []*world{newWorld(t, 3, 2), pskWorld(t, 2)} {
		i, r := w.sessions(t)
		handshake(t, i, r, 2)
		m3 := value[[]byte](t)(i.PrepareMessage3())
		saved := value[[]byte](t)(r.Save(blobKey))
		first := restore(t, r.party, saved)
		must(t, first.ProcessMessage3(m3))
		wantStatus(t, "message_3 again", first.ProcessMessage3(m3), ErrState)
		_, err := r.party.RestoreSession(blobKey, saved)
		wantSaved(t, "restoring again", err, "restored before")
		wantStatus(t, "the session that was saved", r.ProcessMessage3(m3), ErrState)
		pass(t, 4, i, first)
		wantSameKeys(t, i, first)
		done := restore(t, r.party, value[[]byte](t)(first.Save(blobKey)))
		wantStatus(t, "after completion", done.ProcessMessage3(m3), ErrState)
		_, err = done.PrepareMessage4()
		wantStatus(t, "message_4, which is not saved", err, ErrState)
		value[[]byte](t)(first.PrepareMessage4())
	}
}

// TestRestoreAltered: every byte counts.
func TestRestoreAltered(t *testing.T) {
	for _, p := range savePoints {
		_, _, saver := p.reach(t, newWorld(t, 3, 2))
		c := saver.party
		saved := value[[]byte](t)(saver.Save(blobKey))
		for n := range saved {
			for _, bit := range []byte{0x01, 0x80} {
				changed := bytes.Clone(saved)
				changed[n] ^= bit
				_, err := c.RestoreSession(blobKey, changed)
				switch {
				case n == 0:
					wantStatus(t, "the version", err, ErrUnsupported)
				case n >= 2+savedID && n < savedHeader:
					wantSaved(t, fmt.Sprint("byte ", n), err, "another configuration")
				default:
					wantSaved(t, fmt.Sprint("byte ", n), err, "altered")
				}
			}
			_, err := c.RestoreSession(blobKey, saved[:n])
			wantStatus(t, fmt.Sprint("the first ", n), err, ErrSaved)
		}
		for _, wrong := range [][]byte{append(bytes.Clone(saved), 0), append([]byte{0}, saved...), append(bytes.Clone(saved), saved...)} {
			if _, err := c.RestoreSession(blobKey, wrong); err == nil {
				t.Error("a longer one is restored")
			}
		}
		_, err := c.RestoreSession(make([]byte, 32), saved)
		wantStatus(t, "another key", err, ErrSaved)
		restore(t, c, saved) // none of that has used it up
	}
}

// TestRestoreRole: the role is not taken from what can be changed, and a session
// is no store.
func TestRestoreRole(t *testing.T) {
	_, _, saver := savePoints[0].reach(t, newWorld(t, 3, 2))
	saved := value[[]byte](t)(saver.Save(blobKey))
	changed := bytes.Clone(saved)
	changed[1] = byte(Responder)
	_, err := saver.party.RestoreSession(blobKey, changed)
	wantStatus(t, "the other role", err, ErrSaved)
	_, err = LoadResumptionStore(blobKey, saved)
	wantStatus(t, "as a store", err, ErrSaved)
	store := value[[]byte](t)(newStore(t, 1).Save(blobKey))
	_, err = saver.party.RestoreSession(blobKey, append(bytes.Clone(saved[:savedHeader]), store...))
	wantStatus(t, "a store", err, ErrSaved)
	_, err = saver.party.RestoreSession(blobKey, append(bytes.Clone(saved[:savedHeader]), store[1:]...))
	wantStatus(t, "the seal of a store", err, ErrSaved)
}

// TestRestoreConfig: whatever is changed in the Config, the session is refused.
func TestRestoreConfig(t *testing.T) {
	credI, credR := newCCS(t, KeyP256, "i", []byte{1}), newCCS(t, KeyP256, "r", []byte{2})
	psk := newPSK(t, 2, []byte{3}, "i", "r")
	build := func(change func(*hostConfig)) *hostConfig {
		c := newConfig()
		c.Suites = []int{2, 3}
		c.Methods = []Method{3, 4}
		c.Own = append(c.Own, credI)
		c.Peers = append(c.Peers, public(credR))
		c.Policy = PolicyX509
		c.AllowedPeers = []PeerName{{NameCCS, "r"}}
		change(c)
		return c
	}
	s := value[*Session](t)(build(func(*hostConfig) {}).NewSession(Initiator))
	value[[]byte](t)(s.PrepareMessage1())
	saved := value[[]byte](t)(s.Save(blobKey))
	for name, change := range map[string]func(*hostConfig){
		"suites":           func(c *hostConfig) { c.Suites = []int{3, 2} },
		"methods":          func(c *hostConfig) { c.Methods = []Method{3} },
		"own credential":   func(c *hostConfig) { c.Own = append(c.Own, newCCS(t, KeyP256, "i", nil)) },
		"peer":             func(c *hostConfig) { c.Peers = append(c.Peers, newCCS(t, KeyP256, "x", nil)) },
		"PSK, Initiator":   func(c *hostConfig) { c.InitiatorPSKs = append(c.InitiatorPSKs, psk) },
		"PSK, Responder":   func(c *hostConfig) { c.ResponderPSKs = append(c.ResponderPSKs, psk) },
		"policy":           func(c *hostConfig) { c.Policy = PolicyAnyInsecure },
		"pull":             func(c *hostConfig) { c.Pull = PullEAD },
		"message_4":        func(c *hostConfig) { c.Message4 = true },
		"limits":           func(c *hostConfig) { c.Limits = Limits{Candidates: 9} },
		"labels":           func(c *hostConfig) { c.EADLabels = []int64{5} },
		"resumption store": func(c *hostConfig) { c.ResumptionStore = newStore(t, 1) },
		"resolver": func(c *hostConfig) {
			c.Resolver = func(*Session, []byte) ([]*Credential, error) { return nil, ErrNotFound }
		},
		"verifier":     func(c *hostConfig) { c.Verifier = func(*Session, *Credential) error { return nil } },
		"trust anchor": func(c *hostConfig) { c.TrustAnchors = append(c.TrustAnchors, selfSigned(t)) },
		"intermediate": func(c *hostConfig) { c.Intermediates = append(c.Intermediates, selfSigned(t)) },
		"CWT issuer":   func(c *hostConfig) { c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{credR, "x"}) },
		"allowed peer": func(c *hostConfig) { c.AllowedPeers = append(c.AllowedPeers, PeerName{NameDNS, "a.example"}) },
		"any peer":     func(c *hostConfig) { c.AllowAnyPeer = true },
		"purpose, I":   func(c *hostConfig) { c.InitiatorKeyPurpose = "1.3.6.1.5.5.7.3.2" },
		"purpose, R":   func(c *hostConfig) { c.ResponderKeyPurpose = "1.3.6.1.5.5.7.3.2" },
		"old CRLs":     func(c *hostConfig) { c.AcceptOutdatedCRLs = true },
		"tolerance":    func(c *hostConfig) { c.ClockTolerance = NoTolerance },
		"EAD handler": func(c *hostConfig) {
			c.EADHandler = func(*Session, int, EADItem) error { return nil }
		},
	} {
		_, err := build(change).RestoreSession(blobKey, saved)
		wantSaved(t, name, err, "another configuration")
	}
	_, err := newConfig().RestoreSession(blobKey, saved)
	wantSaved(t, "an empty one", err, "another configuration")
	restored := restore(t, build(func(*hostConfig) {}), saved) // another object, the same Config
	wantState(t, restored, StateWait2)
	c := build(func(*hostConfig) {})
	p := value[*Party](t)(c.made())
	before := p.fingerprint()
	c.Suites[0], c.Methods[0], c.Own[0], c.Peers[0] = 0, 0, c.Peers[0], c.Own[0]
	wantBytes(t, "changing it afterwards", p.fingerprint(), before)
	// The order of pinned peers, and of what is looked up, means nothing.
	a, b := newCCS(t, KeyP256, "a", nil), newCCS(t, KeyP256, "b", nil)
	one := build(func(c *hostConfig) { c.Peers = append(c.Peers, a); c.Peers = append(c.Peers, b) })
	two := build(func(c *hostConfig) { c.Peers = append(c.Peers, b); c.Peers = append(c.Peers, a) })
	wantBytes(t, "fingerprint", value[*Party](t)(one.made()).fingerprint(), value[*Party](t)(two.made()).fingerprint())
}

func selfSigned(t testing.TB) *Credential {
	t.Helper()
	key := value[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return value[*Credential](t)(CredentialFromX509(certificate(t, "ca", key)))
}

// TestSaveChosen: a credential that was chosen for the session is found again if
// it is one of the Config, and otherwise nothing is saved.
func TestSaveChosen(t *testing.T) {
	w := newWorld(t, 3, 2)
	second := newCCS(t, KeyP256, "second", []byte{9})
	w.configI.Own = append(w.configI.Own, second)
	w.configR.Peers = append(w.configR.Peers, public(second))
	for name, c := range map[string]struct {
		chosen *Credential
		want   Status
	}{"of the Config": {second, OK}, "another": {newCCS(t, KeyP256, "third", nil), ErrNoCredential}} {
		i, r := w.sessions(t)
		must(t, i.SetOwnCredential(c.chosen))
		pass(t, 1, i, r)
		saved, err := i.Save(blobKey)
		wantStatus(t, name, err, c.want)
		if err != nil {
			wantState(t, i, StateWait2)
			continue
		}
		i = restore(t, w.configI, saved)
		for n := 2; n <= 4; n++ {
			pass(t, n, i, r)
		}
		wantBytes(t, "CRED_I", r.PeerCredential().Bytes(), second.Bytes())
	}
}

// TestSaveLearned: that the peer is new is still known after a restart.
func TestSaveLearned(t *testing.T) {
	w := bareWorld(t, 3, 2)
	must(t, w.credI.SetID(IDKccs, nil))
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configR.Policy = PolicyLearn
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	r = restore(t, w.configR, value[[]byte](t)(r.Save(blobKey)))
	if !r.PeerIsNew() {
		t.Error("the peer is not new any more")
	}
}

func TestSavedID(t *testing.T) {
	_, _, saver := savePoints[1].reach(t, newWorld(t, 3, 2))
	saved := value[[]byte](t)(saver.Save(blobKey))
	id := value[[]byte](t)(SavedID(saved))
	wantBytes(t, "id", id, saved[2:18])
	id[0] ^= 1 // a copy
	wantBytes(t, "id again", value[[]byte](t)(SavedID(saved)), saved[2:18])
	again := restore(t, saver.party, saved)
	if bytes.Equal(value[[]byte](t)(SavedID(value[[]byte](t)(again.Save(blobKey)))), saved[2:18]) {
		t.Error("an id comes twice")
	}
	for name, c := range map[string]struct {
		saved []byte
		want  Status
	}{
		"nothing": {nil, ErrSaved}, "version 0": {make([]byte, 200), ErrUnsupported}, "version 1": {append([]byte{1}, saved[1:]...), ErrUnsupported}, "version 3": {append([]byte{3}, saved[1:]...), ErrUnsupported},
		"the version alone": {saved[:1], ErrSaved}, "a header cut": {saved[:savedHeader-1], ErrSaved},
	} {
		_, err := SavedID(c.saved)
		wantStatus(t, name, err, c.want)
		_, err = saver.party.RestoreSession(blobKey, c.saved)
		wantStatus(t, name, err, c.want)
	}
}

// TestSaveSecrets: nothing of what is secret stands in the open.
func TestSaveSecrets(t *testing.T) {
	for _, p := range savePoints {
		_, _, saver := p.reach(t, newWorld(t, 3, 2))
		var secrets [][]byte
		if keysOf(saver).ephemeral != nil {
			secrets = append(secrets, keysOf(saver).ephemeral.Bytes())
		}
		k := keysOf(saver)
		for _, key := range [][]byte{k.prk3e2m, k.prk4e3m, k.prkOut, k.prkExporter} {
			if key != nil {
				secrets = append(secrets, bytes.Clone(key))
			}
		}
		saved := value[[]byte](t)(saver.Save(blobKey))
		for _, secret := range secrets {
			if bytes.Contains(saved, secret) {
				t.Errorf("%v: a secret is in the open", p)
			}
		}
		opened := value[[]byte](t)(suite.OpenBlob(blobKey, append([]byte(savedLabel), saved[:savedHeader]...), saved[savedHeader:]))
		for _, own := range saver.party.own {
			if bytes.Contains(opened, own.key.(*suite.PrivateKey).Bytes()) {
				t.Errorf("%v: the private key is saved", p)
			}
		}
		if len(secrets) == 0 {
			t.Errorf("%v: no secrets", p)
		}
	}
	// Nor is a pre-shared key.
	w := pskWorld(t, 2)
	for _, p := range []savePoint{savePoints[0], savePoints[1], savePoints[3], savePoints[4]} {
		_, _, saver := p.reach(t, w)
		saved := value[[]byte](t)(saver.Save(blobKey))
		opened := value[[]byte](t)(suite.OpenBlob(blobKey, append([]byte(savedLabel), saved[:savedHeader]...), saved[savedHeader:]))
		if bytes.Contains(opened, w.credI.psk.secret) {
			t.Errorf("%v: the PSK is saved", p)
		}
		if p.last == 4 {
			peer := restore(t, saver.party, saved).PeerCredential()
			wantStatus(t, "the peer's PSK, without its key", checked(Config{ResponderPSKs: []*Credential{peer}}), ErrArgument)
		}
	}
}

// TestSaveExternalKey: a key that is elsewhere is found again by CRED.
func TestSaveExternalKey(t *testing.T) {
	w := bareWorld(t, 2, 2) // the Initiator has a static key, the Responder signs
	inside := w.credI.key.(*suite.PrivateKey)
	asked := 0
	w.credI.key = nil
	must(t, w.credI.SetECDH(func(peer []byte) ([]byte, error) {
		asked++
		return inside.ECDH(value[*suite.PublicKey](t)(suite.ParsePublicKey(suite.KeyP256, peer)))
	}))
	w.introduce(t)
	for _, p := range savePoints[:1] {
		i, r, _ := p.reach(t, w)
		i = restore(t, w.configI, value[[]byte](t)(i.Save(blobKey)))
		p.finish(t, i, r)
	}
	if asked != 1 {
		t.Errorf("the key was used %d times", asked)
	}
}

// TestSaveResumption: a resumption that waits for message_2 is saved with its
// key, and can still fall back.
func TestSaveResumption(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	configI := newConfig()
	configI.Suites = []int{2}
	configI.Methods = []Method{3}
	configI.Own = append(configI.Own, rw.credI)
	configI.Peers = append(configI.Peers, public(rw.credR))
	configI.ResumptionStore = rw.storeI
	for _, known := range []bool{true, false} {
		i, r := value[*Session](t)(configI.NewSession(Initiator)), value[*Session](t)(rw.configR.NewSession(Responder))
		must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
		pass(t, 1, i, r)
		i = restore(t, configI, value[[]byte](t)(i.Save(blobKey)))
		r = restore(t, rw.configR, func() []byte { value[[]byte](t)(r.PrepareMessage2()); return value[[]byte](t)(r.Save(blobKey)) }())
		if !known {
			rw.storeR.Close()
		}
		pass(t, 2, i, r)
		m3 := value[[]byte](t)(i.PrepareMessage3())
		err := r.ProcessMessage3(m3)
		if !known {
			wantStatus(t, "message_3", err, ErrCredentialUnknown)
			wantStatus(t, "error 3", i.ProcessMessage4(value[[]byte](t)(r.PrepareError())), ErrPeerCredential)
			must(t, i.FallBack())
			wantKeys(t, rw.storeI, 0)
			r = value[*Session](t)(rw.configR.NewSession(Responder))
			handshake(t, i, r, 4)
		} else {
			must(t, err)
			pass(t, 4, i, r)
			i, r = restore(t, configI, value[[]byte](t)(i.Save(blobKey))), restore(t, rw.configR, value[[]byte](t)(r.Save(blobKey)))
			wantResumed(t, true, i, r)
			must(t, rw.storeI.Keep(i))
			must(t, rw.storeR.Keep(r))
		}
		wantSameKeys(t, i, r)
	}
}

// TestRestoreRestart: an Initiator that was restored answers error 2 as before.
func TestRestoreRestart(t *testing.T) {
	w := newWorld(t, 3, 2)
	configI := newConfig()
	configI.Methods = []Method{3}
	configI.Suites = []int{3, 2}
	configI.Own = append(configI.Own, w.credI)
	configI.Peers = append(configI.Peers, public(w.credR))
	i, r := value[*Session](t)(configI.NewSession(Initiator)), value[*Session](t)(w.configR.NewSession(Responder))
	wantStatus(t, "message_1", r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())), ErrSuite)
	i = restore(t, configI, value[[]byte](t)(i.Save(blobKey)))
	wantStatus(t, "error 2", i.ProcessMessage2(value[[]byte](t)(r.PrepareError())), ErrPeerSuite)
	must(t, i.Restart())
	r = value[*Session](t)(w.configR.NewSession(Responder))
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
}

// TestRestoreMalformed: content that is authentic and yet no session's gives
// ErrSaved, never a panic: each field in turn is left out, replaced, and cut.
func TestRestoreMalformed(t *testing.T) {
	worlds := []*world{newWorld(t, 3, 2), pskWorld(t, 2)}
	for _, w := range worlds {
		for _, p := range savePoints {
			if w == worlds[1] && p == (savePoint{Initiator, 3}) {
				continue
			}
			_, _, saver := p.reach(t, w)
			c := saver.party
			saved := value[[]byte](t)(saver.Save(blobKey))
			aad := append([]byte(savedLabel), saved[:savedHeader]...)
			content := value[[]byte](t)(suite.OpenBlob(blobKey, aad, saved[savedHeader:]))
			items := value[[]cborx.Item](t)(cborx.Sequence(content, 100))
			try := func(name string, items []cborx.Item, mustFail bool) {
				t.Helper()
				var altered []byte
				for _, item := range items {
					altered = append(altered, item...)
				}
				// Another id, so that the good one is not used up.
				header := bytes.Clone(saved[:savedHeader])
				copy(header[2:], fmt.Sprintf("%016d", len(c.restored.ids)))
				sealed := value[[]byte](t)(suite.SealBlob(blobKey, append([]byte(savedLabel), header...), altered))
				s, err := c.RestoreSession(blobKey, append(header, sealed...))
				if err != nil {
					wantStatus(t, name, err, ErrSaved)
					return
				}
				if mustFail {
					t.Errorf("%v: %s is restored", p, name)
				}
				exercise(s)
			}
			for number := range items {
				try(fmt.Sprint("without ", number), slices.Concat(items[:number], items[number+1:]), true)
				for _, other := range []string{"40", "00", "20", "80", "f6", "1903e8", "8140", "820000", "8540404040404040", "58200102", "a0", "3b7fffffffffffffff", "1b7fffffffffffffff"} {
					replaced := slices.Clone(items)
					b, _ := hex.DecodeString(other)
					replaced[number] = b
					try(fmt.Sprint(number, " replaced by ", other), replaced, false)
				}
				if long, ok := items[number].Bytes(); ok && len(long) > 0 {
					replaced := slices.Clone(items)
					replaced[number] = cborx.AppendBytes(nil, long[1:])
					try(fmt.Sprint(number, " shorter"), replaced, false)
				}
			}
			reversed := slices.Clone(items)
			reversed[0], reversed[1] = items[1], items[0]
			try("another order", reversed, true)
			try("twice", append(slices.Clone(items), items...), true)
			try("the last left out", items[:len(items)-1], true)
			try("one more", append(slices.Clone(items), cborx.Item{0}), true)
			try("nothing", nil, true)
		}
	}
}

// exercise calls what a host would call.
func exercise(s *Session) {
	_ = s.Info()
	_ = s.PeerCredential()
	_ = s.PeerIDCred()
	_ = s.PeerSuites()
	_ = s.EAD(1)
	_, _ = s.OSCOREContext()
	_ = s.Usage()
	_, _ = s.ResumptionCredential(0)
	_, _ = s.PrepareMessage1()
	_, _ = s.PrepareMessage2()
	_, _ = s.PrepareMessage3()
	_ = s.ProcessMessage2(append([]byte{0x58, 34}, make([]byte, 34)...))
	_ = s.ProcessMessage3(append([]byte{0x58, 34}, make([]byte, 34)...))
	_, _ = s.PrepareMessage4()
	_ = s.KeyUpdate(nil)
	_, _ = s.Save(blobKey)
	s.Close()
}

// TestNothingForgotten has the fields of Config, Party and Session as they were when the
// fingerprint and the content were written. Whoever adds a field decides whether
// it belongs there, and adds it here.
func TestNothingForgotten(t *testing.T) {
	for _, c := range []struct {
		of     reflect.Type
		fields string
	}{
		{reflect.TypeFor[Config](), `Suites Methods Own Peers InitiatorPSKs ResponderPSKs Policy Resolver Pull Verifier TrustAnchors Intermediates
			CWTIssuers CRLs AcceptOutdatedCRLs InitiatorKeyPurpose ResponderKeyPurpose AllowedPeers AllowAnyPeer EADHandler EADLabels
			EarlyEADLabels Message4 ResumptionStore Limits RenewalLimits ExchangeLifetime ClockTolerance KeyLog Clock`},
		{reflect.TypeFor[Party](), `suites methods own psks peers policy resolver ead eadLabels earlyEAD pull limits message4
			issuers verifier keyLog allowed anyPeer purposes outdatedCRLs tolerance now learned resumption renewal exchange restored byName byCred`},
		{reflect.TypeFor[Limits](), `MessageSize ConnectionID EADItems Candidates Chain`},
		{reflect.TypeFor[Session](), `mu seen env phase outcome closing onClose`},
		{reflect.TypeFor[env](), `session party role settings source`},
		{reflect.TypeFor[settings](), `connectionID choice own expected ead`}, // the first two are in the facts of what is saved
		{reflect.TypeFor[facts](), `auth alg cI cR suitesIn ead peer resumed attempt derived`},
		{reflect.TypeFor[peer](), `credential idCred isNew`},
		{reflect.TypeFor[preShared](), `secret hash credI credR origin lent lender`},
		{reflect.TypeFor[origin](), `idCredI idCredR peer at until`},
		{reflect.TypeFor[attempt](), `auth suites refused resumption`},
		{reflect.TypeFor[resumption](), `store credential suite`},
		{reflect.TypeFor[wait2](), `facts x hashMessage1 message1`},
		{reflect.TypeFor[wait4](), `facts own th4 prk4e3m message3 withheld output`}, // nothing is withheld in what can be saved
		{reflect.TypeFor[wait3](), `facts own y th3 prk3e2m message2`},
		{reflect.TypeFor[completed](), `facts own unproved kept output`}, // the third and fourth are not saved
		{reflect.TypeFor[output](), `prkOut prkExporter usage`},
		{reflect.TypeFor[cred.Credential](), `Type Cred Key Chain IDs DefaultID certificates`},
		{reflect.TypeFor[usage](), `keySets exportedNow sent received failures keysAt runAt`},
	} {
		var fields []string
		for i := range c.of.NumField() {
			fields = append(fields, c.of.Field(i).Name)
		}
		if want := strings.Fields(c.fields); !slices.Equal(fields, want) {
			t.Errorf("%v has the fields\n%v, known here are\n%v: see fingerprint and saved.go", c.of, fields, want)
		}
	}
}

// FuzzRestore: whatever is in the sealed content, there is an error or a
// session that can be used.
func FuzzRestore(f *testing.F) {
	w := newWorld(f, 3, 2)
	for _, p := range savePoints {
		_, _, saver := p.reach(f, w)
		saved := value[[]byte](f)(saver.Save(blobKey))
		content := value[[]byte](f)(suite.OpenBlob(blobKey, append([]byte(savedLabel), saved[:savedHeader]...), saved[savedHeader:]))
		f.Add(byte(saver.role), content)
	}
	f.Fuzz(func(t *testing.T, role byte, content []byte) {
		config := w.configI
		if role == byte(Responder) {
			config = w.configR
		}
		s := newSession(value[*Party](t)(config.made()), Role(role), &start{})
		if s.restore(content) == nil {
			exercise(s)
		}
	})
}
