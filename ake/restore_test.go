package ake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

func restore(t testing.TB, c restorer, saved []byte) *Session {
	t.Helper()
	return value[*Session](t)(c.RestoreSession(blobKey, saved))
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
