package ake

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// keyLog collects what Config.KeyLog gets.
type keyLog struct {
	mu    sync.Mutex
	texts []string
	first []byte // as it was given
}

func (l *keyLog) add(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, string(text))
	if l.first == nil {
		l.first = text
	}
}

// secrets are the columns of the lines of edhoc_secrets.
func (l *keyLog) secrets() (rows [][]string) {
	for _, text := range l.texts {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") {
				rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ","))
			}
		}
	}
	return rows
}

func (l *keyLog) contexts() (lines []string) {
	for _, text := range l.texts {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "# oscore_contexts") {
				lines = append(lines, strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return lines
}

// one is the only row.
func (l *keyLog) one(t *testing.T) []string {
	t.Helper()
	rows := l.secrets()
	if len(rows) != 1 || len(rows[0]) != 7 {
		t.Fatalf("the key log has %d rows: %q", len(rows), rows)
	}
	return rows[0]
}

// loggedWorld is newWorld with a key log on each side.
func loggedWorld(t *testing.T, method Method, suiteID int) (w *world, i, r *keyLog) {
	w, i, r = newWorld(t, method, suiteID), &keyLog{}, &keyLog{}
	w.configI.KeyLog, w.configR.KeyLog = i.add, r.add
	return w, i, r
}

// TestKeyLogIsWhatTheVectorsSay: both sides give the same line, once, as soon as they
// have all of it.
func TestKeyLogIsWhatTheVectorsSay(t *testing.T) {
	_, played := loadProjectVectors(t)
	seen := map[string]bool{}
	for _, v := range played {
		seen[fmt.Sprintf("method %d suite %d", v.Method, v.Suite)] = true
		logs := map[Role]*keyLog{Initiator: {}, Responder: {}}
		i, r := v.side(t, Initiator, mode{}), v.side(t, Responder, mode{})
		for _, d := range []*side{i, r} {
			d.party.keyLog = logs[d.role].add
		}
		r.mustProcess(1, i.prepare(1))
		i.mustProcess(2, r.prepare(2))
		r.mustProcess(3, i.prepare(3))
		for role, l := range logs {
			for n, name := range []string{"g_x", "prk_2e", "th_2", "prk_3e2m", "th_3", "prk_4e3m", "th_4"} {
				if want := hex.EncodeToString(v.values[name]); l.one(t)[n] != want {
					t.Errorf("%s, %v: %s is %s, want %s", v.ID, role, name, l.one(t)[n], want)
				}
			}
		}
		i.Close()
		r.Close()
		for role, l := range logs {
			l.one(t)
			want := 0
			if limit := 7; suite.Lookup(v.Suite).AppAEAD == 10 && len(v.CI) > 0 && len(v.CR) > 0 && len(v.CI) <= limit && len(v.CR) <= limit {
				want = 2
				secret := fmt.Sprintf(`"%x","%x"`, v.values["oscore_master_secret"], v.values["oscore_master_salt"])
				wantLine := fmt.Sprintf(`# oscore_contexts, requests of the Initiator: "%x","%x",%s,"","AES-CCM-16-64-128 (CCM*)"`, v.CR, v.CI, secret)
				if got := l.contexts(); len(got) == 0 || got[0] != wantLine {
					t.Errorf("%s, %v: %q, want %q", v.ID, role, got, wantLine)
				}
			}
			if got := len(l.contexts()); got != want {
				t.Errorf("%s, %v: %d lines of oscore_contexts, want %d", v.ID, role, got, want)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d combinations", len(seen))
	}
}

// TestKeyLogOfEndedRuns: what a run had by then, and nothing if that opens nothing.
func TestKeyLogOfEndedRuns(t *testing.T) {
	filled := func(row []string) (n int) {
		for _, column := range row {
			if column != "" {
				n++
			}
		}
		return n
	}
	for method := range Method(4) {
		w, logI, logR := loggedWorld(t, method, 2)
		w.configI.Peers = nil // message_2 cannot be accepted
		i, r := w.sessions(t)
		pass(t, 1, i, r)
		message2 := value[[]byte](t)(r.PrepareMessage2())
		wantStatus(t, "message_2", i.ProcessMessage2(message2), ErrCredentialUnknown)
		if n := filled(logI.one(t)); n != 3 {
			t.Errorf("method %d: the Initiator gives %d columns after message_2, want 3", method, n)
		}
		if len(logR.texts) != 0 {
			t.Errorf("method %d: the Responder gives its line before the run is over", method)
		}
		must(t, r.Abort())
		r.Close()
		if n := filled(logR.one(t)); n != 5 {
			t.Errorf("method %d: the Responder gives %d columns, want 5", method, n)
		}
		if a, b := logI.one(t)[:3], logR.one(t)[:3]; strings.Join(a, ",") != strings.Join(b, ",") {
			t.Errorf("method %d: %q and %q", method, a, b)
		}
	}

	w, logI, logR := loggedWorld(t, 3, 2) // a message_3 that fails
	i, r := w.sessions(t)
	handshake(t, i, r, 2)
	message3 := value[[]byte](t)(i.PrepareMessage3())
	message3[len(message3)-1] ^= 1
	wantStatus(t, "message_3", r.ProcessMessage3(message3), ErrDecryption)
	if a, b := filled(logI.one(t)), filled(logR.one(t)); a != 7 || b != 5 {
		t.Errorf("after a bad message_3 the sides give %d and %d columns, want 7 and 5", a, b)
	}

	w, logI, logR = loggedWorld(t, 0, 2) // before message_2
	i, r = w.sessions(t)
	pass(t, 1, i, r)
	i.Close()
	r.Close()
	if len(logI.texts)+len(logR.texts) != 0 {
		t.Errorf("message_1 alone gives %q and %q", logI.texts, logR.texts)
	}
}

// TestKeyLogOfKeyUpdate: the EDHOC secrets are as they were, the OSCORE context is new.
func TestKeyLogOfKeyUpdate(t *testing.T) {
	w, logI, _ := loggedWorld(t, 0, 0)
	i, r := w.sessions(t)
	must(t, i.SetConnectionID([]byte{1}))
	must(t, r.SetConnectionID([]byte{2}))
	handshake(t, i, r, 4)
	before := logI.contexts()
	must(t, i.KeyUpdate(nil))
	logI.one(t)
	after := logI.contexts()
	c := value[*OSCOREContext](t)(i.OSCOREContext())
	if len(before) != 2 || len(after) != 4 || !strings.Contains(after[2], hex.EncodeToString(c.MasterSecret)) || after[2] == before[0] {
		t.Errorf("%q, and after KeyUpdate %q", before, after)
	}
}

// TestKeyLogOfSavedRuns: an Initiator that was saved goes on to its line, and a Responder
// gives what it has.
func TestKeyLogOfSavedRuns(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	w, logI, logR := loggedWorld(t, 3, 2)
	i, r := w.sessions(t)
	pass(t, 1, i, r)
	i = value[*Session](t)(w.configI.RestoreSession(key, value[[]byte](t)(i.Save(key))))
	pass(t, 2, i, r)
	r = value[*Session](t)(w.configR.RestoreSession(key, value[[]byte](t)(r.Save(key))))
	pass(t, 3, i, r)
	pass(t, 4, i, r)
	whole, half := logI.one(t), logR.one(t)
	if strings.Join(whole[:5], ",")+",," != strings.Join(half, ",") {
		t.Errorf("the Initiator gives %q, the Responder %q", whole, half)
	}
	if a, b := logI.contexts(), logR.contexts(); len(a) != 2 || strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("%q and %q", a, b)
	}
}

// TestKeyLogLeavesNothing: what was given is overwritten, and the run keeps no copy;
// without a key log there never is one.
func TestKeyLogLeavesNothing(t *testing.T) {
	w, logI, _ := loggedWorld(t, 3, 2)
	i, r := w.sessions(t)
	var copies [][]byte
	for n := 1; n <= 4; n++ {
		pass(t, n, i, r)
		if d := i.phase.about().derived; d != nil {
			copies = nil
			for _, pair := range d.pairs {
				copies = append(copies, pair.prk.Bytes())
			}
		}
	}
	if len(copies) != 2 {
		t.Fatalf("%d pairs were kept before message_3", len(copies))
	}
	for _, secret := range copies {
		if !bytes.Equal(secret, make([]byte, len(secret))) {
			t.Error("a copy is left")
		}
	}
	if i.phase.about().derived != nil || !bytes.Equal(logI.first, make([]byte, len(logI.first))) {
		t.Error("what was given is still there")
	}
	i, r = newWorld(t, 3, 2).sessions(t)
	for n := 1; n <= 4; n++ {
		pass(t, n, i, r)
		if i.phase.about().derived != nil || r.phase.about().derived != nil {
			t.Fatalf("secrets are kept for a log that nobody asked for, after message_%d", n)
		}
	}
}
