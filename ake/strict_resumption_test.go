package ake

import (
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// A resumption goes back to a run with long-term credentials, and not for ever.

// TestResumptionKeepsIdentifiers: after however many resumptions, savings and
// restarts, a key still tells ID_CRED_I and ID_CRED_R of the first run, its time and
// its hash (draft-ietf-lake-edhoc-psk section 6).
func TestResumptionKeepsIdentifiers(t *testing.T) {
	for method := range Method(4) {
		for _, id := range []int{0, 2, 24} {
			rw := newResumptionWorld(t, method, id)
			for _, c := range []*hostConfig{rw.configI, rw.configR} {
				c.SetTime(rw.clock.Now())
			}
			rw.clock.follow = func(now time.Time) { rw.configI.SetTime(now); rw.configR.SetTime(now) }
			begin := rw.clock.Now()
			check := func(what string, s *Session) {
				t.Helper()
				key := value[*Credential](t)(s.ResumptionCredential(0))
				from, _ := key.Origin()
				wantBytes(t, what+": ID_CRED_I", from.IDCredI, rw.credI.IDCred())
				wantBytes(t, what+": ID_CRED_R", from.IDCredR, rw.credR.IDCred())
				if !from.At.Equal(begin) || !from.Until.IsZero() {
					t.Errorf("%s: the first run was at %v until %v, want %v", what, from.At, from.Until, begin)
				}
				if key.psk.hash != s.phase.about().alg.Hash {
					t.Errorf("%s: hash %d", what, key.psk.hash)
				}
			}
			for n := range 4 {
				i, r := rw.run(t, n > 0)
				what := fmt.Sprintf("method %d, suite %d, run %d", method, id, n)
				check(what, i)
				check(what, r)
				check(what+", restored", restore(t, rw.configI, value[[]byte](t)(i.Save(blobKey))))
				check(what+", restored", restore(t, rw.configR, value[[]byte](t)(r.Save(blobKey))))
				if n > 0 {
					peer := r.PeerCredential()
					from, _ := peer.Origin()
					wantBytes(t, what+": ID_CRED_I of the peer", from.IDCredI, rw.credI.IDCred())
				}
				rw.storeI = reload(t, rw.storeI, rw.clock)
				rw.clock.move(10 * time.Minute)
			}
		}
	}
	ordinary := newPSK(t, 2, []byte{7}, "initiator", "responder")
	for _, c := range []*Credential{ordinary, newCCS(t, KeyP256, "x", nil)} {
		if from, ok := c.Origin(); ok {
			t.Errorf("the origin of another credential: %+v", from)
		}
	}
}

func reload(t testing.TB, st *ResumptionStore, clock *testClock) *ResumptionStore {
	t.Helper()
	loaded := value[*ResumptionStore](t)(LoadResumptionStore(blobKey, value[[]byte](t)(st.Save(blobKey))))
	loaded.SetClock(clock.Now)
	return loaded
}

// chain resumes after a pause, and again, until there is no key any more. It gives
// the time from the first run to the last.
func (rw *resumptionWorld) chain(t testing.TB, pause time.Duration) (last time.Duration, runs int) {
	t.Helper()
	begin := rw.clock.Now()
	rw.run(t, false)
	for runs = 1; runs < 400; runs++ {
		last = rw.clock.Now().Sub(begin)
		rw.clock.move(pause)
		i, _ := rw.sessions(t)
		if err := i.UseResumption(rw.storeI, rw.credR.Bytes()); err != nil {
			wantStatus(t, "at the end of the chain", err, ErrNotFound)
			wantKeys(t, rw.storeI, 0)
			wantKeys(t, rw.storeR, 0)
			return last, runs
		}
		i.Close()
		rw.run(t, true)
	}
	t.Error("400 resumptions in a row")
	return last, runs
}

// TestResumptionChainEnds: resumptions of resumptions end with a run that has
// long-term credentials: after 30 days, or when the host says, and when the
// certificates of the first run do.
func TestResumptionChainEnds(t *testing.T) {
	const day = 24 * time.Hour
	for set, want := range map[time.Duration]time.Duration{0: 30 * day, 3 * day: 3 * day, 90 * day: 90 * day} {
		for _, saved := range []bool{false, true} {
			rw := newResumptionWorld(t, 3, 2)
			stores := []*ResumptionStore{value[*ResumptionStore](t)(NewResumptionStore(4, day)), value[*ResumptionStore](t)(NewResumptionStore(4, day))}
			for n := range stores {
				if set > 0 {
					must(t, stores[n].SetChainLimit(set))
				}
				if saved {
					stores[n] = reload(t, stores[n], rw.clock)
				}
				stores[n].SetClock(rw.clock.Now)
			}
			rw.configI, rw.configR = newConfig(), newConfig()
			rw.introduce(t)
			rw.configI.Methods = []Method{3}
			rw.configR.Methods = []Method{3}
			rw.configR.ResumptionStore = stores[1]
			rw.storeI, rw.storeR = stores[0], stores[1]
			const pause = 23 * time.Hour
			last, runs := rw.chain(t, pause)
			if last >= want || last+2*pause <= want {
				t.Errorf("limit %v, saved %v: the last of %d runs came after %v", want, saved, runs, last)
			}
			rw.run(t, false) // begins another one
			rw.clock.move(pause)
			rw.run(t, true)
		}
	}
	st := newStore(t, 1)
	wantStatus(t, "a negative limit", st.SetChainLimit(-1), ErrArgument)

	// The end of validity, of either side's certificate.
	for _, role := range bothRoles {
		clock := newTestClock()
		end := clock.Now().Add(5 * time.Hour)
		device := newAuthority(func(s *certtest.Spec) { s.NotAfter = end }).credential(t, IDX5T, "")
		rw := newResumptionWorldOf(t, clock, func(w *world) {
			if role == Initiator {
				w.credI = device
			} else {
				w.credR = device
			}
		})
		last, runs := rw.chain(t, 40*time.Minute)
		if last >= 5*time.Hour || last+80*time.Minute <= 5*time.Hour {
			t.Errorf("certificate of the %v until 5 h: the last of %d runs came after %v", role, runs, last)
		}
	}
}

// newResumptionWorldOf has method 3 with other credentials.
func newResumptionWorldOf(t testing.TB, clock *testClock, change func(*world)) *resumptionWorld {
	t.Helper()
	rw := &resumptionWorld{world: bareWorld(t, 3, 2), storeI: newStore(t, 10), storeR: newStore(t, 10), clock: clock}
	rw.storeI.SetClock(clock.Now)
	rw.storeR.SetClock(clock.Now)
	rw.configR.ResumptionStore = rw.storeR
	change(rw.world)
	rw.introduce(t)
	return rw
}

// TestStoreCountsWhatServes: a key whose certificates have ended does not count,
// also where an older key is still good.
func TestStoreCountsWhatServes(t *testing.T) {
	clock := newTestClock()
	store := newStore(t, 10)
	store.SetClock(clock.Now)
	add := func(name string, until time.Time) {
		key := newPSK(t, 2, []byte(name), name, "responder")
		key.psk.origin = &origin{at: clock.Now(), until: until}
		store.add(&resumptionKey{role: Responder, peer: name, credential: key, suite: 2, made: clock.Now()})
	}
	add("long", time.Time{})
	add("short", clock.Now().Add(10*time.Minute))
	if n := store.Len(); n != 2 {
		t.Errorf("%d peers, want 2", n)
	}
	clock.move(11 * time.Minute)
	if n := store.Len(); n != 1 {
		t.Errorf("%d peers, want 1", n)
	}
	wantKeys(t, store, 1)
	wantKeys(t, reload(t, store, clock), 1)
}
