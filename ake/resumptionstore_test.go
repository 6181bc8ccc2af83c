package ake

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

func newStore(t testing.TB, limit int) *ResumptionStore {
	t.Helper()
	return value[*ResumptionStore](t)(NewResumptionStore(limit, time.Hour))
}

func wantKeys(t testing.TB, st *ResumptionStore, want int) {
	t.Helper()
	peers := st.Len()
	if got := st.ages.Len(); got != want || peers > want || (peers == 0) != (want == 0) {
		t.Errorf("%d keys of %d peers are stored, want %d keys", got, peers, want)
	}
}

// TestStoreLimit: the oldest peer makes room, and its key is overwritten.
func TestStoreLimit(t *testing.T) {
	store := newStore(t, 3)
	var secrets [][]byte
	for range 5 {
		i, r := newWorld(t, 3, 0).sessions(t)
		handshake(t, i, r, 4)
		must(t, store.Keep(i))
		secrets = append(secrets, store.ages.Back().Value.(*resumptionKey).credential.psk.secret)
	}
	wantKeys(t, store, 3)
	if len(store.byPeer) != 3 || len(store.byID) != 3 {
		t.Errorf("%d peers, %d identifiers", len(store.byPeer), len(store.byID))
	}
	for n, secret := range secrets {
		if wiped := bytes.Equal(secret, make([]byte, 32)); wiped != (n < 2) {
			t.Errorf("key %d: wiped is %v", n, wiped)
		}
	}
	store.Close()
	wantKeys(t, store, 0)
	if len(store.byPeer)+len(store.byID) > 0 || slices.ContainsFunc(secrets, func(s []byte) bool { return !bytes.Equal(s, make([]byte, 32)) }) {
		t.Error("something is left")
	}
}

func TestStoreExpiry(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	rw.clock.move(time.Hour - time.Second)
	wantKeys(t, rw.storeR, 1)
	rw.run(t, true)
	rw.clock.move(2 * time.Second)
	wantKeys(t, rw.storeR, 1) // the first one is gone
	rw.run(t, true)
	rw.clock.move(time.Hour)
	wantKeys(t, rw.storeI, 0)
	wantKeys(t, rw.storeR, 0)
	rw.run(t, false)
	rw.clock.move(-30 * time.Second) // a clock that is corrected
	wantKeys(t, rw.storeR, 1)
	rw.clock.move(-time.Hour)
	wantKeys(t, rw.storeR, 0)
}

func TestStoreArguments(t *testing.T) {
	for _, c := range []struct {
		limit    int
		lifetime time.Duration
	}{{-1, 1}, {1, -1}, {1_000_001, 1}} {
		_, err := NewResumptionStore(c.limit, c.lifetime)
		wantStatus(t, fmt.Sprint(c), err, ErrArgument)
	}
	store := value[*ResumptionStore](t)(NewResumptionStore(0, 0))
	if store.limit != 1000 || store.lifetime != 24*time.Hour {
		t.Errorf("limit %d, lifetime %v", store.limit, store.lifetime)
	}
	for _, n := range []int{0, -1, 65} {
		wantStatus(t, fmt.Sprint("rKID of ", n), store.SetKIDLength(n), ErrArgument)
	}
	must(t, store.SetKIDLength(8))
	i, r := newWorld(t, 3, 0).sessions(t)
	handshake(t, i, r, 4)
	must(t, store.Keep(i))
	if id := store.ages.Front().Value.(*resumptionKey).credential.IDCred(); len(id) != 3+8 {
		t.Errorf("ID_CRED_PSK is %x", id)
	}
	store.SetClock(nil)
	wantKeys(t, store, 1)
	i.Close()
	wantStatus(t, "a closed session", store.Keep(i), ErrState)
	wantStatus(t, "a closed session", store.Confirm(i), ErrState)
}

// TestStoreSave: a saved store comes back with its keys, and with nothing else
// than what was saved.
func TestStoreSave(t *testing.T) {
	rw := newResumptionWorld(t, 1, 6)
	must(t, rw.storeI.SetKIDLength(3))
	must(t, rw.storeR.SetKIDLength(3))
	rw.run(t, false)
	rw.run(t, true)
	for _, store := range []**ResumptionStore{&rw.storeI, &rw.storeR} {
		saved := value[[]byte](t)((*store).Save(blobKey))
		refused := func(what string, key, saved []byte, want Status) {
			t.Helper()
			st, err := LoadResumptionStore(key, saved)
			wantStatus(t, what, err, want)
			if st != nil {
				t.Errorf("%s: there is a store", what)
			}
		}
		for n := range saved {
			changed := bytes.Clone(saved)
			changed[n] ^= 1
			want := ErrSaved
			if n == 0 {
				want = ErrUnsupported
			}
			refused(fmt.Sprint("byte ", n), blobKey, changed, want)
			refused(fmt.Sprint("first ", n), blobKey, saved[:n], ErrSaved)
		}
		refused("longer", blobKey, append(bytes.Clone(saved), 0), ErrSaved)
		refused("another key", make([]byte, 32), saved, ErrSaved)
		refused("a short key", blobKey[:31], saved, ErrArgument)
		_, err := (*store).Save(blobKey[:16])
		wantStatus(t, "a short key", err, ErrArgument)

		again := value[*ResumptionStore](t)(LoadResumptionStore(blobKey, saved))
		again.SetClock(rw.clock.Now)
		wantKeys(t, again, (*store).ages.Len())
		if again.limit != 10 || again.lifetime != time.Hour || again.kidLength != 3 {
			t.Errorf("limit %d, lifetime %v, rKID %d", again.limit, again.lifetime, again.kidLength)
		}
		*store = again
	}
	w := newWorld(t, 1, 6)
	w.configI, w.credI, w.credR = rw.configI, rw.credI, rw.credR
	w.configR = newConfig()
	w.configR.ResumptionStore = rw.storeR
	rw.world = w
	rw.run(t, true)
	saved := value[[]byte](t)(rw.storeR.Save(blobKey))
	rw.clock.move(2 * time.Hour)
	late := value[*ResumptionStore](t)(LoadResumptionStore(blobKey, saved))
	late.SetClock(rw.clock.Now)
	wantKeys(t, late, 0)
	value[*ResumptionStore](t)(LoadResumptionStore(blobKey, value[[]byte](t)(newStore(t, 1).Save(blobKey))))
}

// TestStoreMalformed: authentic content that is no store's.
func TestStoreMalformed(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	good := rw.storeI.ages.Front().Value.(*resumptionKey)
	settings := []byte{10, 0x19, 0x0e, 0x10, 0x19, 0x70, 0x80, 2}
	mutate := func(f func(k *resumptionKey)) []byte {
		k := *good
		k.credential = rw.storeI.lend(good)
		f(&k)
		w := savedWriter{out: bytes.Clone(settings)}
		k.save(&w)
		return w.out
	}
	load := func(content []byte) error {
		sealed := value[[]byte](t)(suite.SealBlob(blobKey, append([]byte(storeLabel), storeVersion), content))
		_, err := LoadResumptionStore(blobKey, append([]byte{storeVersion}, sealed...))
		return err
	}
	content := mutate(func(*resumptionKey) {})
	must(t, load(content))
	must(t, load(settings))
	for name, c := range map[string][]byte{
		"nothing":            nil,
		"no sequence":        {0xff},
		"an item too few":    content[1:],
		"two keys, one cut":  append(bytes.Clone(content), content[8:len(content)-40]...),
		"limit 0":            {0, 1, 1, 2},
		"limit too large":    {0x1a, 0, 0x0f, 0x42, 0x41, 1, 1, 2},
		"lifetime 0":         {1, 0, 1, 2},
		"lifetime too long":  {1, 0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2},
		"chain 0":            {1, 1, 0, 2},
		"chain too long":     {1, 1, 0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2},
		"rKID of 0":          {1, 1, 1, 0},
		"rKID of 65":         {1, 1, 1, 0x18, 65},
		"a negative limit":   {0x20, 1, 1, 2},
		"settings of bytes":  {0x40, 1, 1, 2},
		"no role":            mutate(func(k *resumptionKey) { k.role = 0 }),
		"no suite":           mutate(func(k *resumptionKey) { k.suite = 99 }),
		"suite of elsewhere": mutate(func(k *resumptionKey) { k.suite = 24 }),
		"too many uses":      mutate(func(k *resumptionKey) { k.uses = maxResumptions }),
		"negative uses":      mutate(func(k *resumptionKey) { k.uses = -1 }),
		"a short key":        mutate(func(k *resumptionKey) { k.credential.psk.secret = k.credential.psk.secret[:15] }),
		"equal credentials":  mutate(func(k *resumptionKey) { k.credential.psk.credI = k.credential.psk.credR }),
		"no ID_CRED":         mutate(func(k *resumptionKey) { k.credential.idCred = []byte{0xa0} }),
		"ints for bytes":     append(bytes.Clone(settings), bytes.Repeat([]byte{1}, storeFields)...),
		"bytes for ints":     append(bytes.Clone(settings), bytes.Repeat([]byte{0x40}, storeFields)...),
	} {
		wantStatus(t, name, load(c), ErrSaved)
	}
}

// TestStoreConcurrent has many runs and a store that is saved meanwhile.
func TestStoreConcurrent(t *testing.T) {
	rw := newResumptionWorld(t, 3, 0)
	rw.run(t, false)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 5 {
				i, _ := rw.configI.NewSession(Initiator)
				_ = i.UseResumption(rw.storeI, rw.credR.Bytes()) // others may have used it up
				var in []byte
				var err error
				var r *Session
				for i.phase.state() != StateCompleted && err == nil {
					in, err = i.Step(in)
					if r == nil || r.phase.state() == StateFailed || r.phase.state() == StateCompleted {
						r, _ = rw.configR.NewSession(Responder)
					}
					in, _ = r.Step(in)
				}
				if err != nil {
					t.Error(err)
					return
				}
				_ = rw.storeI.Keep(i)
				_ = rw.storeR.Keep(r)
				if n == 0 {
					_, _ = rw.storeR.Save(blobKey)
					rw.storeI.Forget(rw.credR.Bytes())
				}
			}
		}()
	}
	wait.Wait()
	if rw.storeI.Len() > 10 || rw.storeR.Len() > 10 {
		t.Error("a store is over its limit")
	}
}
