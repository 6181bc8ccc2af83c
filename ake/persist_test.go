package ake

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

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
