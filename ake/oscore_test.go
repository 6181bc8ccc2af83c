package ake

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
)

// TestR01_OSCOREContext: both sides derive the same context, with the sender
// IDs crossed and the algorithms of the suite; and another one in each run.
func TestR01_OSCOREContext(t *testing.T) {
	for _, id := range Suites() {
		alg, _ := Suite(id)
		for method := range Method(4) {
			w := newWorld(t, method, id)
			var previous []byte
			for range 2 {
				i, r := w.sessions(t)
				handshake(t, i, r, 3)
				a, b := value[*OSCOREContext](t)(i.OSCOREContext()), value[*OSCOREContext](t)(r.OSCOREContext())
				wantBytes(t, "Master Secret", a.MasterSecret, b.MasterSecret)
				wantBytes(t, "Master Salt", a.MasterSalt, b.MasterSalt)
				wantBytes(t, "Initiator's Sender ID", a.SenderID, b.RecipientID)
				wantBytes(t, "Responder's Sender ID", b.SenderID, a.RecipientID)
				if len(a.MasterSecret) != alg.AppKeyLength || len(a.MasterSalt) != 8 || a.AEAD != alg.AppAEAD || a.Hash != alg.AppHash {
					t.Errorf("suite %d: %d-byte secret, AEAD %d, hash %d", id, len(a.MasterSecret), a.AEAD, a.Hash)
				}
				if bytes.Equal(a.SenderID, a.RecipientID) || len(a.SenderID) != 1 || len(a.RecipientID) != 1 {
					t.Errorf("Sender IDs %x and %x", a.SenderID, a.RecipientID)
				}
				if bytes.Equal(a.MasterSecret, previous) {
					t.Error("two runs have the same Master Secret")
				}
				previous = a.MasterSecret
			}
		}
	}
}

// TestR01_ConnectionIDsDiffer: C_R is never C_I, whether chosen or given.
func TestR01_ConnectionIDsDiffer(t *testing.T) {
	w := newWorld(t, 3, 2)
	for range 500 { // there are 48 to choose from
		i, r := w.sessions(t)
		pass(t, 1, i, r)
		pass(t, 2, i, r)
		if bytes.Equal(i.phase.about().cI, i.phase.about().cR) || len(i.phase.about().cR) != 1 {
			t.Fatalf("C_I %x, C_R %x", i.phase.about().cI, i.phase.about().cR)
		}
	}
	for _, id := range [][]byte{{}, {0x17}, []byte("longer")} {
		i, r := w.sessions(t)
		must(t, i.SetConnectionID(id))
		must(t, r.SetConnectionID(id)) // it does not know C_I yet
		pass(t, 1, i, r)
		_, err := r.PrepareMessage2()
		wantStatus(t, "C_R equal to C_I", err, ErrArgument)
		wantStatus(t, "C_R equal to C_I", r.SetConnectionID(id), ErrArgument)
		must(t, r.SetConnectionID([]byte("other")))
		pass(t, 2, i, r)
		pass(t, 3, i, r)
		wantSameKeys(t, i, r)
	}
	// A Responder that does it all the same.
	i, r := w.sessions(t)
	pass(t, 1, i, r)
	r.phase.about().cR = append([]byte{}, i.phase.about().cI...)
	r.phase.about().cI = nil
	wantStatus(t, "message_2", i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), ErrConnectionID)
	wantErrorCode(t, i, 1)
}

// TestConnectionIDForms: an identifier that is the encoding of an int from -24
// to 23 is sent as that int, and all others as byte strings.
func TestConnectionIDForms(t *testing.T) {
	w := newWorld(t, 3, 2)
	long := bytes.Repeat([]byte{0x01}, 64)
	for _, test := range []struct{ id, encoded []byte }{
		{[]byte{0x00}, []byte{0x00}},
		{[]byte{0x17}, []byte{0x17}},
		{[]byte{0x18}, []byte{0x41, 0x18}},
		{[]byte{0x1f}, []byte{0x41, 0x1f}},
		{[]byte{0x20}, []byte{0x20}},
		{[]byte{0x37}, []byte{0x37}},
		{[]byte{0x38}, []byte{0x41, 0x38}},
		{[]byte{0xff}, []byte{0x41, 0xff}},
		{[]byte{}, []byte{0x40}},
		{[]byte{0x00, 0x00}, []byte{0x42, 0x00, 0x00}},
		{[]byte("seven.."), append([]byte{0x47}, "seven.."...)},
		{long, append([]byte{0x58, 64}, long...)},
	} {
		wantBytes(t, "encoded", message.AppendIdentifier(nil, test.id), test.encoded)
		for _, role := range []Role{Initiator, Responder} {
			i, r := w.sessions(t)
			own, other := i, r
			if role == Responder {
				own, other = r, i
			}
			must(t, own.SetConnectionID(test.id))
			must(t, other.SetConnectionID([]byte("other"))) // a random one may be the same
			message1 := pass(t, 1, i, r)
			if role == Initiator && !bytes.HasSuffix(message1, test.encoded) {
				t.Errorf("C_I %x: message_1 is %x", test.id, message1)
			}
			pass(t, 2, i, r)
			pass(t, 3, i, r)
			for _, s := range []*Session{i, r} {
				info := s.Info()
				got := info.OwnConnectionID
				if s.role != role {
					got = info.PeerConnectionID
				}
				if !bytes.Equal(got, test.id) || got == nil {
					t.Errorf("the %v knows %x, want %x", s.role, got, test.id)
				}
			}
			wantSameKeys(t, i, r)
		}
	}
	i, r := w.sessions(t)
	wantStatus(t, "65 bytes", i.SetConnectionID(make([]byte, 65)), ErrArgument)
	wantStatus(t, "65 bytes", r.SetConnectionID(make([]byte, 65)), ErrArgument)
}

// TestR26_MessageSizes holds the figures for which EDHOC is known, with one-byte
// identifiers and kid.
func TestR26_MessageSizes(t *testing.T) {
	for _, test := range []struct {
		method  Method
		suite   int
		lengths [5]int
	}{
		{3, 0, [5]int{0, 37, 45, 19, 9}},
		{3, 2, [5]int{0, 37, 45, 19, 9}},
		{0, 0, [5]int{0, 37, 102, 77, 9}},
		{0, 2, [5]int{0, 37, 102, 77, 9}},
		{1, 2, [5]int{0, 37, 45, 77, 9}},
		{2, 2, [5]int{0, 37, 102, 19, 9}},
		{3, 3, [5]int{0, 37, 53, 36, 17}},
	} {
		i, r := newWorld(t, test.method, test.suite).sessions(t)
		var lengths [5]int
		for n, data := range handshake(t, i, r, 4) {
			lengths[n] = len(data)
		}
		if lengths != test.lengths {
			t.Errorf("method %d, suite %d: messages of %v bytes, want %v", test.method, test.suite, lengths[1:], test.lengths[1:])
		}
	}
}

// TestR27_InitiatorHasKeysAfterMessage3: the Initiator can protect data as soon
// as it has made message_3, and the Responder can read that as soon as it has
// processed it.
func TestR27_InitiatorHasKeysAfterMessage3(t *testing.T) {
	for method := range Method(4) {
		i, r := newWorld(t, method, 2).sessions(t)
		noKeys := func(s *Session) {
			t.Helper()
			_, err := s.Export(40000, nil, 16)
			wantStatus(t, "exporting too early", err, ErrState)
			_, err = s.OSCOREContext()
			wantStatus(t, "an OSCORE context too early", err, ErrState)
			wantStatus(t, "a key update too early", s.KeyUpdate(nil), ErrState)
		}
		noKeys(i)
		noKeys(r)
		pass(t, 1, i, r)
		noKeys(i)
		noKeys(r)
		pass(t, 2, i, r)
		noKeys(i)
		noKeys(r)
		message3 := value[[]byte](t)(i.PrepareMessage3())
		early := value[*OSCOREContext](t)(i.OSCOREContext())
		noKeys(r)
		must(t, r.ProcessMessage3(message3))
		late := value[*OSCOREContext](t)(r.OSCOREContext())
		wantBytes(t, "Master Secret", early.MasterSecret, late.MasterSecret)
		wantSameKeys(t, i, r)
	}
}

// TestExport: keys depend on label, context and length, and on nothing else.
func TestExport(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	handshake(t, i, r, 4)
	seen := make(map[string]string)
	for _, label := range []uint64{0, 1, 23, 24, 32768, 1<<64 - 1} {
		for _, context := range []string{"", "a", "b", "ab"} {
			for _, length := range []int{16, 17, 255 * 32} {
				what := fmt.Sprintf("label %d, context %q, length %d", label, context, length)
				key := value[[]byte](t)(i.Export(label, []byte(context), length))
				wantBytes(t, what, value[[]byte](t)(r.Export(label, []byte(context), length)), key)
				wantBytes(t, what+" again", value[[]byte](t)(i.Export(label, []byte(context), length)), key)
				if other, ok := seen[string(key[:16])]; ok || len(key) != length {
					t.Errorf("%s gives %d bytes, as %s", what, len(key), other)
				}
				seen[string(key[:16])] = what
			}
		}
	}
	for _, length := range []int{0, -1, 255*32 + 1} {
		_, err := i.Export(32768, nil, length)
		wantStatus(t, fmt.Sprint("length ", length), err, ErrArgument)
	}
}

// TestKeyUpdate: new keys on both sides, the same ones only with the same
// context.
func TestKeyUpdate(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	handshake(t, i, r, 4)
	old := value[[]byte](t)(i.Export(40000, nil, 16))
	must(t, i.KeyUpdate([]byte("one")))
	updated := value[[]byte](t)(i.Export(40000, nil, 16))
	if bytes.Equal(old, updated) {
		t.Error("the update changes nothing")
	}
	must(t, r.KeyUpdate([]byte("two")))
	if bytes.Equal(value[[]byte](t)(r.Export(40000, nil, 16)), updated) {
		t.Error("the context does not matter")
	}
	i, r = newWorld(t, 3, 2).sessions(t)
	handshake(t, i, r, 4)
	for n := range 3 {
		must(t, i.KeyUpdate([]byte{byte(n)}))
		must(t, r.KeyUpdate([]byte{byte(n)}))
		wantSameKeys(t, i, r)
	}
}

// An identifier that OSCORE does not take is an error of its own: a context with it
// could not protect anything (RFC 8613 section 3.3).
func TestOSCOREIdentifierTooLong(t *testing.T) {
	for _, id := range Suites() {
		limit := 6
		if id <= 3 {
			limit = 7
		}
		for n := limit; n <= limit+1; n++ {
			for _, long := range []Role{Initiator, Responder} {
				i, r := newWorld(t, 3, id).sessions(t)
				must(t, map[Role]*Session{Initiator: i, Responder: r}[long].SetConnectionID(bytes.Repeat([]byte{0x42}, n)))
				handshake(t, i, r, 3)
				for _, s := range []*Session{i, r} {
					_, err := s.OSCOREContext()
					wantStatus(t, fmt.Sprintf("suite %d, %d bytes of the %v", id, n, long), err, map[bool]Status{true: OK, false: ErrUnsupported}[n == limit])
				}
			}
		}
	}
}
