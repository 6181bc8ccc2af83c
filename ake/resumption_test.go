package ake

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// blobKey is a host's key to save with.
var blobKey = bytes.Repeat([]byte{0x5a}, suite.BlobKeyLength)

// testClock is a clock that stands still until it is moved.
type testClock struct {
	mu     sync.Mutex
	now    time.Time
	follow func(time.Time) // may be nil
}

func newTestClock() *testClock { return &testClock{now: time.Unix(1_800_000_000, 0)} }

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
	if c.follow != nil {
		c.follow(c.now)
	}
}

// useResumption is the event of the state table.
func (d *side) useResumption() error {
	store := newStore(d.t, 4)
	var peer []byte
	if d.peerParty != nil {
		peer = d.peerParty.Cred
	}
	psk := value[*Credential](d.t)(CredentialFromPSK([]byte{0xa1, 4, 0x41, 1}, bytes.Repeat([]byte{1}, 32), -16, pskCred("i", nil), peer))
	psk.psk.origin = &origin{at: store.clock()}
	store.add(&resumptionKey{role: Initiator, peer: string(peer), credential: psk, suite: 3, made: store.clock()})
	return d.UseResumption(store, peer)
}

// resumptionWorld has two sides that ran a method and can resume.
type resumptionWorld struct {
	*world
	storeI, storeR *ResumptionStore
	clock          *testClock
}

func newResumptionWorld(t testing.TB, method Method, suiteID int) *resumptionWorld {
	t.Helper()
	rw := &resumptionWorld{world: bareWorld(t, method, suiteID), storeI: newStore(t, 10), storeR: newStore(t, 10), clock: newTestClock()}
	rw.storeI.SetClock(rw.clock.Now)
	rw.storeR.SetClock(rw.clock.Now)
	rw.configR.ResumptionStore = rw.storeR
	rw.introduce(t)
	return rw
}

// run completes a run with message_4, and keeps the keys of both sides.
func (rw *resumptionWorld) run(t testing.TB, resumed bool) (i, r *Session) {
	t.Helper()
	i, r = rw.sessions(t)
	if resumed {
		must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	}
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	wantResumed(t, resumed, i, r)
	must(t, rw.storeI.Keep(i))
	must(t, rw.storeR.Keep(r))
	return i, r
}

func wantResumed(t testing.TB, want bool, sessions ...*Session) {
	t.Helper()
	for _, s := range sessions {
		info := s.Info()
		if info.Resumed != want || want && info.Method != MethodPSK || info.Suite < 0 {
			t.Errorf("the %v: %+v, resumed should be %v", s.role, info, want)
		}
	}
}

// TestR29_Resumption: a run of every method and suite gives a key for the next,
// and so on; the sides end with the credentials of the first.
func TestR29_Resumption(t *testing.T) {
	for method := Method(0); method <= 3; method++ {
		for _, id := range Suites() {
			rw := newResumptionWorld(t, method, id)
			rw.run(t, false)
			for range 3 {
				i, r := rw.run(t, true)
				for _, s := range []*Session{i, r} {
					peer := s.PeerCredential()
					credI, credR := peer.PSKCredentials()
					wantBytes(t, "CRED_I", credI, rw.credI.Bytes())
					wantBytes(t, "CRED_R", credR, rw.credR.Bytes())
				}
			}
			wantKeys(t, rw.storeI, 1)
			wantKeys(t, rw.storeR, 2)
		}
	}
}

// TestResumptionWithoutMessage4: a fourth message of the application completes
// the run as well.
func TestResumptionWithoutMessage4(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	i, r := rw.sessions(t)
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	handshake(t, i, r, 3)
	wantStatus(t, "keeping too early", rw.storeI.Keep(i), ErrState)
	wantStatus(t, "keeping too early", rw.storeR.Keep(r), ErrState)
	must(t, i.CompleteWithoutMessage4())
	must(t, r.CompleteWithoutMessage4())
	wantStatus(t, "keeping the key of an unproved peer", rw.storeI.Keep(i), ErrState)
	must(t, i.PeerProved())
	must(t, rw.storeI.Keep(i))
	must(t, rw.storeR.Keep(r))
	rw.run(t, true)
}

// TestResumptionCredential has the lengths and states.
func TestResumptionCredential(t *testing.T) {
	rw := newResumptionWorld(t, 0, 24)
	i, r := rw.run(t, false)
	for _, n := range []int{0, 1, 2, 8, 64} {
		a, b := value[*Credential](t)(i.ResumptionCredential(n)), value[*Credential](t)(r.ResumptionCredential(n))
		length := n
		if n == 0 {
			length = 2
		}
		if kid := message4ID(a); len(kid) != length {
			t.Errorf("rKID of %d bytes, want %d", len(kid), length)
		}
		wantBytes(t, "rPSK", a.psk.secret, b.psk.secret)
		wantBytes(t, "ID_CRED_PSK", a.IDCred(), b.IDCred())
		if len(a.psk.secret) != 48 || a.psk.hash != -43 || a.Type() != CredentialPSK {
			t.Errorf("%d bytes, hash %d", len(a.psk.secret), a.psk.hash)
		}
	}
	for _, n := range []int{-1, 65, 1 << 20} {
		_, err := i.ResumptionCredential(n)
		wantStatus(t, fmt.Sprint("rKID of ", n), err, ErrArgument)
	}
	before := value[*Credential](t)(i.ResumptionCredential(0))
	must(t, i.KeyUpdate(nil))
	after := value[*Credential](t)(i.ResumptionCredential(0))
	if bytes.Equal(before.psk.secret, after.psk.secret) {
		t.Error("KeyUpdate does not change rPSK")
	}
	i.Close()
	fresh, _ := rw.sessions(t)
	_, err := fresh.ResumptionCredential(0)
	wantStatus(t, "a fresh session", err, ErrState)
}

// message4ID is the kid of an ID_CRED of a single kid.
func message4ID(c *Credential) []byte {
	id := c.IDCred()
	if id[2] == 0x58 {
		return id[4:]
	}
	return id[3:]
}

// TestResumptionDeletion plays the draft's rules: who may delete which key when,
// so that no lost message leaves the sides without a common key.
func TestResumptionDeletion(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	rw.run(t, true)
	wantKeys(t, rw.storeI, 1)
	wantKeys(t, rw.storeR, 2) // the one used, and the next

	// message_4 gets lost: the Responder has moved on, the Initiator has not.
	lost, r := rw.sessions(t)
	must(t, lost.UseResumption(rw.storeI, rw.credR.Bytes()))
	handshake(t, lost, r, 3)
	value[[]byte](t)(r.PrepareMessage4())
	must(t, rw.storeR.Keep(r))
	lost.Close()
	wantKeys(t, rw.storeR, 2)
	rw.run(t, true) // with the key of before
	wantKeys(t, rw.storeI, 1)
	wantKeys(t, rw.storeR, 2)

	// A fifth message: the previous key is not needed any more.
	_, r = rw.run(t, true)
	must(t, rw.storeR.Confirm(r))
	wantKeys(t, rw.storeR, 1)
	must(t, rw.storeR.Confirm(r))
	wantKeys(t, rw.storeR, 1)
	rw.run(t, true)

	// Keeping twice changes nothing.
	once := newResumptionWorld(t, 3, 2)
	_, r = once.run(t, false)
	must(t, once.storeR.Keep(r))
	wantKeys(t, once.storeR, 1)
	i, r := rw.run(t, true)
	must(t, rw.storeI.Keep(i))
	must(t, rw.storeR.Keep(r))
	wantKeys(t, rw.storeI, 1)
	wantKeys(t, rw.storeR, 2)
	rw.run(t, true)
}

// TestResumptionKeyTwice: a key that was used, and whose successor was used, is
// unknown to the Responder, also to somebody who stole it.
func TestResumptionKeyTwice(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	stolen := value[*ResumptionStore](t)(LoadResumptionStore(blobKey, value[[]byte](t)(rw.storeI.Save(blobKey))))
	stolen.SetClock(rw.clock.Now)
	rw.run(t, true)
	_, r := rw.run(t, true) // now the first key is gone
	_ = r
	thief, r := rw.sessions(t)
	must(t, thief.UseResumption(stolen, rw.credR.Bytes()))
	handshake(t, thief, r, 2)
	m3 := value[[]byte](t)(thief.PrepareMessage3())
	wantStatus(t, "the key of two runs ago", r.ProcessMessage3(m3), ErrCredentialUnknown)
	wantErrorCode(t, r, 3)
}

// TestResumptionReuse: one key serves eight times at most on either side.
func TestResumptionReuse(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	for n := range maxResumptions + 2 {
		i, _ := rw.sessions(t)
		want := OK
		if n >= maxResumptions {
			want = ErrNotFound
		}
		wantStatus(t, fmt.Sprint("use ", n), i.UseResumption(rw.storeI, rw.credR.Bytes()), want)
		i.Close()
	}
	rw = newResumptionWorld(t, 3, 2)
	i, _ := rw.run(t, false)
	key := value[*Credential](t)(i.ResumptionCredential(0))
	host := newConfig() // an Initiator that has no store, and no manners
	host.InitiatorPSKs = append(host.InitiatorPSKs, key)
	host.Suites = []int{2}
	for n := range maxResumptions + 1 {
		i, r := value[*Session](t)(host.NewSession(Initiator)), value[*Session](t)(rw.configR.NewSession(Responder))
		handshake(t, i, r, 2)
		err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
		want := OK
		if n >= maxResumptions {
			want = ErrCredentialUnknown
		}
		wantStatus(t, fmt.Sprint("use ", n), err, want)
	}
}

// TestUseResumptionNotFound has the reasons for an ordinary run; it then is one.
func TestUseResumptionNotFound(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	expired, forgotten, wrongRole := newStore(t, 1), newStore(t, 1), newStore(t, 9)
	i, r := rw.run(t, false)
	must(t, expired.Keep(i))
	expired.SetClock(func() time.Time { return time.Now().Add(2 * time.Hour) })
	must(t, forgotten.Keep(i))
	forgotten.Forget(rw.credR.Bytes())
	must(t, wrongRole.Keep(r)) // under CRED_I, as a Responder
	back := newStore(t, 1)
	must(t, back.Keep(i))
	back.SetClock(func() time.Time { return time.Now().Add(-time.Hour) })
	for name, store := range map[string]*ResumptionStore{
		"empty": newStore(t, 1), "expired": expired, "forgotten": forgotten, "the other role": wrongRole, "clock set back": back,
	} {
		i, r := rw.sessions(t)
		wantStatus(t, name, i.UseResumption(store, rw.credR.Bytes()), ErrNotFound)
		wantStatus(t, name+", other side", i.UseResumption(store, rw.credI.Bytes()), ErrNotFound)
		handshake(t, i, r, 4)
		wantResumed(t, false, i, r)
	}
	i, _ = rw.sessions(t)
	wantStatus(t, "another peer", i.UseResumption(rw.storeI, []byte{1}), ErrNotFound)
	wantStatus(t, "no peer", i.UseResumption(rw.storeI, nil), ErrNotFound)
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	wantStatus(t, "twice", i.UseResumption(rw.storeI, rw.credR.Bytes()), ErrState)
	// A Config without a suite of the key's hash.
	other := newConfig()
	other.Suites = []int{24}
	other.Own = append(other.Own, newCCS(t, KeyP384, "i", nil))
	s := value[*Session](t)(other.NewSession(Initiator))
	wantStatus(t, "another hash", s.UseResumption(rw.storeI, rw.credR.Bytes()), ErrNotFound)
	value[[]byte](t)(s.PrepareMessage1())
	wantResumed(t, false, s)
	wantStatus(t, "too late", s.UseResumption(rw.storeI, rw.credR.Bytes()), ErrState)
}

// TestResumptionSuite: the resumption selects the suite of the run before,
// because the peer is known to support it.
func TestResumptionSuite(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	config := newConfig()
	config.Suites = []int{24, 0, 2, 3}
	i := value[*Session](t)(config.NewSession(Initiator))
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	m1 := value[[]byte](t)(i.PrepareMessage1())
	wantBytes(t, "METHOD and SUITES_I", m1[:5], []byte{4, 0x82, 0, 2, 0x58}) // 24 has another hash
	r := value[*Session](t)(rw.configR.NewSession(Responder))
	must(t, r.ProcessMessage1(m1))
}

// TestResumptionMethods: a store is enough for MethodPSK, but lets no other key
// in; without it the method is refused.
func TestResumptionMethods(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	psk := newPSK(t, 2, []byte{1}, "i", "r")
	configR := newConfig()
	configR.Methods = []Method{3}
	configR.Suites = []int{2}
	configR.Own = append(configR.Own, rw.credR)
	configR.ResponderPSKs = append(configR.ResponderPSKs, psk) // without MethodPSK, for nothing
	configR.ResumptionStore = rw.storeR
	configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return []*Credential{psk}, nil } // not asked
	stranger := newConfig()
	stranger.InitiatorPSKs = append(stranger.InitiatorPSKs, psk)
	stranger.Suites = []int{2}
	i, r := value[*Session](t)(stranger.NewSession(Initiator)), value[*Session](t)(configR.NewSession(Responder))
	handshake(t, i, r, 2)
	wantStatus(t, "a PSK of the Config", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), ErrCredentialUnknown)

	without := newConfig()
	without.Methods = []Method{3}
	without.Own = append(without.Own, rw.credR)
	i = value[*Session](t)(stranger.NewSession(Initiator))
	r = value[*Session](t)(without.NewSession(Responder))
	wantStatus(t, "no store", r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())), ErrMethod)
}

// TestResumptionCallback: with PolicyCallback the host decides, with the store's
// help.
func TestResumptionCallback(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	for _, lookup := range []bool{true, false} {
		config := newConfig()
		config.Policy = PolicyCallback
		config.ResumptionStore = rw.storeR
		config.Resolver = func(_ *Session, idCred []byte) ([]*Credential, error) {
			if lookup {
				return rw.storeR.Lookup(idCred)
			}
			return nil, ErrNotFound
		}
		i, r := value[*Session](t)(rw.configI.NewSession(Initiator)), value[*Session](t)(config.NewSession(Responder))
		must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
		handshake(t, i, r, 2)
		want := OK
		if !lookup {
			want = ErrCredentialUnknown
		}
		wantStatus(t, fmt.Sprint("asked ", lookup), r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), want)
	}
	for _, bad := range [][]byte{nil, {0xa0}, {0x41, 1}} {
		_, err := rw.storeR.Lookup(bad)
		wantStatus(t, fmt.Sprintf("%x", bad), err, ErrCredentialMalformed)
	}
	_, err := rw.storeR.Lookup([]byte{0xa1, 4, 0x41, 1})
	wantStatus(t, "another kid", err, ErrNotFound)
}

// TestResumptionSameID: where an external key has the identifier of a resumption
// key, both are tried, also when only the host knows the external one.
func TestResumptionSameID(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	i, _ := rw.run(t, false)
	kid := message4ID(value[*Credential](t)(i.ResumptionCredential(0)))
	external := newPSK(t, 2, kid, "else", "responder")
	for _, byResolver := range []bool{true, false} {
		config := newConfig()
		config.ResumptionStore = rw.storeR
		if byResolver {
			config.Resolver = func(*Session, []byte) ([]*Credential, error) { return []*Credential{external}, nil }
		} else {
			config.ResponderPSKs = append(config.ResponderPSKs, external)
		}
		other := newConfig()
		other.InitiatorPSKs = append(other.InitiatorPSKs, external)
		other.Suites = []int{2}
		i, r := value[*Session](t)(other.NewSession(Initiator)), value[*Session](t)(config.NewSession(Responder))
		handshake(t, i, r, 4)
		wantResumed(t, false, r)
		i, r = value[*Session](t)(rw.configI.NewSession(Initiator)), value[*Session](t)(config.NewSession(Responder))
		must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
		handshake(t, i, r, 4)
		wantResumed(t, true, i, r)
	}
}

// TestR29_FallBack: the Responder has lost its keys; one call makes the run an
// ordinary one.
func TestR29_FallBack(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	rw.storeR.Close()
	i, r := rw.sessions(t)
	must(t, i.SetConnectionID([]byte{5}))
	must(t, i.AddEAD(1, EADItem{Label: 77}))
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	wantStatus(t, "falling back from nothing", i.FallBack(), ErrState)
	handshake(t, i, r, 2)
	wantStatus(t, "message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), ErrCredentialUnknown)
	reply := value[[]byte](t)(r.PrepareError())
	wantStatus(t, "the reply", i.ProcessMessage4(reply), ErrPeerCredential)
	wantStatus(t, "restarting", i.Restart(), ErrState)
	must(t, i.FallBack())
	wantKeys(t, rw.storeI, 0)
	wantState(t, i, StateStart)
	wantResumed0(t, i)
	r = value[*Session](t)(rw.configR.NewSession(Responder))
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	wantResumed(t, false, i, r)
	if info := i.Info(); info.Method != 3 || !bytes.Equal(info.OwnConnectionID, []byte{5}) {
		t.Errorf("%+v", info)
	}
	if items := r.EAD(1); len(items) != 1 {
		t.Errorf("EAD_1 is %v", items)
	}
	must(t, rw.storeI.Keep(i))
	must(t, rw.storeR.Keep(r))
	rw.run(t, true)
	wantStatus(t, "after completion", i.FallBack(), ErrState)
}

func wantResumed0(t testing.TB, s *Session) {
	t.Helper()
	if info := s.Info(); info.Resumed || info.Suite != -1 {
		t.Errorf("%+v", info)
	}
}

// TestStepFallsBack: Step does it alone, for every error message that a
// Responder may have.
func TestStepFallsBack(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, rw *resumptionWorld){
		"keys lost":   func(t *testing.T, rw *resumptionWorld) { rw.storeR.Close() },
		"keys forgot": func(t *testing.T, rw *resumptionWorld) { rw.storeR.Forget(rw.credI.Bytes()) },
		"keys of another hash, as after a mistake": func(t *testing.T, rw *resumptionWorld) {
			for e := rw.storeR.ages.Front(); e != nil; e = e.Next() {
				e.Value.(*resumptionKey).credential.psk.secret[0] ^= 1
			}
		},
		"no resumption any more": func(t *testing.T, rw *resumptionWorld) {
			config := newConfig()
			config.Methods = []Method{3}
			config.Suites = []int{2}
			config.Own = append(config.Own, rw.credR)
			config.Peers = append(config.Peers, public(rw.credI))
			rw.configR = config
		},
	} {
		t.Run(name, func(t *testing.T) {
			rw := newResumptionWorld(t, 3, 2)
			rw.run(t, false)
			change(t, rw)
			i, _ := rw.sessions(t)
			must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
			runs := 0
			var r *Session
			var in []byte
			for i.phase.state() != StateCompleted {
				out, err := i.Step(in)
				must(t, err)
				if r == nil || r.phase.state() == StateFailed || r.phase.state() == StateCompleted {
					r = value[*Session](t)(rw.configR.NewSession(Responder))
					runs++
				}
				in, _ = r.Step(out)
			}
			wantSameKeys(t, i, r)
			wantResumed(t, false, i, r)
			if runs != 2 {
				t.Errorf("%d runs", runs)
			}
			wantKeys(t, rw.storeI, 0)
		})
	}
}

// TestFallBackRefused: not after the host's own decision, and not after an
// ordinary run.
func TestFallBackRefused(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	for name, end := range map[string]func(s *Session){
		"aborted": func(s *Session) { must(t, s.Abort()) },
		"closed":  func(s *Session) { s.Close() },
		"saved": func(s *Session) {
			value[[]byte](t)(s.PrepareMessage1())
			value[[]byte](t)(s.Save(blobKey))
		},
	} {
		i, _ := rw.sessions(t)
		must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
		end(i)
		wantState(t, i, StateFailed)
		wantStatus(t, name, i.FallBack(), ErrState)
		if key := i.phase.holds().borrowed; key != nil && key.psk.usable() {
			t.Errorf("%s: the key is left", name)
		}
	}
	i, r := rw.sessions(t)
	pass(t, 1, i, r)
	wantStatus(t, "error 3", i.ProcessError([]byte{3, 0xf5}), ErrPeerCredential)
	wantStatus(t, "an ordinary run", i.FallBack(), ErrState)
	wantStatus(t, "a Responder", r.FallBack(), ErrState)
}

// TestR18_ResumptionSelfie: the store of a side that has both roles does not let
// it resume with itself.
func TestR18_ResumptionSelfie(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	both := newConfig()
	both.Suites = []int{2}
	both.Own = append(both.Own, rw.credI)
	both.ResumptionStore = rw.storeI
	both.Peers = append(both.Peers, public(rw.credR))
	rw.run(t, false)
	i, r := value[*Session](t)(both.NewSession(Initiator)), value[*Session](t)(both.NewSession(Responder))
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	handshake(t, i, r, 2)
	wantStatus(t, "message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), ErrCredentialUnknown)
}

// TestResumptionSuiteUnset: a Config that leaves the suites to the credentials
// resumes with the suite of the key alone, and falls back without a store, too.
func TestResumptionSuiteUnset(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	config := newConfig()
	config.Own = append(config.Own, rw.credI)
	config.Peers = append(config.Peers, public(rw.credR))
	i := value[*Session](t)(config.NewSession(Initiator))
	must(t, i.SelectSuite(3))
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	m1 := value[[]byte](t)(i.PrepareMessage1())
	wantBytes(t, "METHOD and SUITES_I", m1[:3], []byte{4, 2, 0x58})
	i = restore(t, config, value[[]byte](t)(i.Save(blobKey)))
	wantStatus(t, "error 3", i.ProcessError([]byte{3, 0xf5}), ErrPeerCredential)
	must(t, i.FallBack())
	m1 = value[[]byte](t)(i.PrepareMessage1())
	if m1[0] == 4 {
		t.Error("method 4 again")
	}
}
