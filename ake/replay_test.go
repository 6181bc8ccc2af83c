package ake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestR16_Replay: no message of a run is good for another run, and none is
// taken twice in its own.
func TestR16_Replay(t *testing.T) {
	for method := range Method(4) {
		w := newWorld(t, method, 2)
		i, r := w.sessions(t)
		old := handshake(t, i, r, 4)
		for n := 1; n <= 4; n++ {
			receiver := r
			if n%2 == 0 {
				receiver = i
			}
			_, process := receiver.calls(n)
			wantStatus(t, "the same message again", process(old[n]), ErrState)
			wantState(t, receiver, StateCompleted)
		}

		// message_1 opens a session that nobody can finish: message_3 is of
		// the old one.
		_, r = w.sessions(t)
		must(t, r.ProcessMessage1(old[1]))
		message2 := value[[]byte](t)(r.PrepareMessage2())
		if bytes.Equal(message2, old[2]) {
			t.Error("message_2 is the same in two runs")
		}
		wantStatus(t, "replayed message_3", r.ProcessMessage3(old[3]), ErrDecryption)
		wantState(t, r, StateFailed)

		// message_2 to an Initiator with another ephemeral key.
		i, _ = w.sessions(t)
		message1 := value[[]byte](t)(i.PrepareMessage1())
		if bytes.Equal(message1, old[1]) {
			t.Error("message_1 is the same in two runs")
		}
		if err := i.ProcessMessage2(old[2]); err == nil || authenticated(i.phase) {
			t.Error("a replayed message_2 is accepted")
		}

		// message_4 of the old run in the new one.
		i, r = w.sessions(t)
		handshake(t, i, r, 3)
		wantStatus(t, "replayed message_4", i.ProcessMessage4(old[4]), ErrDecryption)
		wantState(t, i, StateFailed)
	}
}

// TestR18_Reflection: no message is good for the side that made it.
func TestR18_Reflection(t *testing.T) {
	for method := range Method(4) {
		w := newWorld(t, method, 2)
		i, r := w.sessions(t)
		message1 := value[[]byte](t)(i.PrepareMessage1())
		own, _ := w.sessions(t)
		wantStatus(t, "message_1 in place of message_2", own.ProcessMessage2(value[[]byte](t)(own.PrepareMessage1())), ErrMalformed)
		wantState(t, own, StateFailed)
		must(t, r.ProcessMessage1(message1))
		message2 := value[[]byte](t)(r.PrepareMessage2())
		must(t, i.ProcessMessage2(message2))
		message3 := value[[]byte](t)(i.PrepareMessage3())
		wantStatus(t, "message_2 in place of message_3", r.ProcessMessage3(message2), ErrDecryption)
		wantStatus(t, "message_3 in place of message_4", i.ProcessMessage4(message3), ErrDecryption)
		for _, s := range []*Session{i, r} {
			wantState(t, s, StateFailed)
		}
	}
}

// waiting brings a side into the state in which it waits for message n, and
// returns the honest message.
func waiting(t testing.TB, w *world, n int) (receiver *Session, honest []byte) {
	t.Helper()
	i, r := w.sessions(t)
	handshake(t, i, r, n-1)
	from, to := i, r
	if n%2 == 0 {
		from, to = r, i
	}
	prepare, _ := from.calls(n)
	return to, value[[]byte](t)(prepare())
}

// TestR25_EveryChangedBitIsNoticed flips every bit of every message.
func TestR25_EveryChangedBitIsNoticed(t *testing.T) {
	for _, method := range []Method{0, 3} {
		w := newWorld(t, method, 0)
		for n := 1; n <= 4; n++ {
			_, honest := waiting(t, w, n)
			for bit := range 8 * len(honest) {
				i, r := w.sessions(t)
				handshake(t, i, r, n-1)
				from, to := i, r
				if n%2 == 0 {
					from, to = r, i
				}
				prepare, _ := from.calls(n)
				data := value[[]byte](t)(prepare())
				data[bit/8] ^= 0x80 >> (bit % 8)
				_, process := to.calls(n)
				err := process(data)
				if n == 1 && err == nil { // message_1 has no proof; message_2 shows it
					err = i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2()))
				}
				if err == nil {
					t.Errorf("method %d, message_%d: bit %d can be changed", method, n, bit)
				}
				if keysOf(i).prkOut != nil && keysOf(r).prkOut != nil && n < 4 {
					t.Errorf("method %d, message_%d: bit %d: both sides have keys", method, n, bit)
				}
			}
		}
	}
}

// TestR25_GarbageDoesNoHarm feeds garbage in every waiting state. It ends that one
// run, in whatever step it fails, leaves no secret, and no other run notices.
func TestR25_GarbageDoesNoHarm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	garbage := func(honest []byte) []byte {
		switch random.IntN(4) {
		case 0: // anything
			b := make([]byte, random.IntN(200))
			for i := range b {
				b[i] = byte(random.Uint32())
			}
			return b
		case 1: // cut off
			return bytes.Clone(honest[:random.IntN(len(honest))])
		case 2: // longer
			return append(bytes.Clone(honest), byte(random.Uint32()))
		}
		b := bytes.Clone(honest) // changed in its head
		b[random.IntN(min(4, len(b)))] ^= byte(1 + random.IntN(255))
		return b
	}
	w := newWorld(t, 3, 0)
	for n := 1; n <= 4; n++ {
		bystander, alsoHonest := waiting(t, w, n)
		for range 2000 {
			receiver, honest := waiting(t, w, n)
			data := garbage(honest)
			_, process := receiver.calls(n)
			if err := process(data); err == nil {
				if n == 1 { // a message_1 with another key or C_I
					continue
				}
				t.Fatalf("message_%d: %x is accepted", n, data)
			}
			wantState(t, receiver, StateFailed)
			wantHeld(t, receiver)
		}
		_, process := bystander.calls(n)
		must(t, process(alsoHonest))
	}
}

// TestR25_Limits: what is larger than the Config allows is refused before
// anything is done with it.
func TestR25_Limits(t *testing.T) {
	for n := 1; n <= 4; n++ {
		w := newWorld(t, 3, 2)
		for _, c := range []*hostConfig{w.configI, w.configR} {
			c.Limits = Limits{MessageSize: 100}
		}
		receiver, _ := waiting(t, w, n)
		_, process := receiver.calls(n)
		wantStatus(t, "101 bytes", process(make([]byte, 101)), ErrTooLarge)
		wantErrorCode(t, receiver, 1)
	}
	for _, wrong := range []Limits{{MessageSize: -1}, {MessageSize: 1<<20 + 1}, {ConnectionID: 65}, {EADItems: 65}, {Candidates: 65}, {Chain: 33}, {Chain: -5}} {
		wantStatus(t, fmt.Sprintf("%+v", wrong), checked(Config{Limits: wrong}), ErrArgument)
	}
	must(t, checked(Config{Limits: Limits{}}))
	must(t, checked(Config{Limits: maxLimits}))
}

// TestConnectionIDLimit: a C_I or C_R above the limit is refused.
func TestConnectionIDLimit(t *testing.T) {
	for _, role := range []Role{Initiator, Responder} {
		w := newWorld(t, 3, 2)
		receiving := map[Role]*hostConfig{Initiator: w.configR, Responder: w.configI}[role]
		receiving.Limits = Limits{ConnectionID: 7}
		for size, want := range map[int]Status{0: OK, 7: OK, 8: ErrConnectionID, 64: ErrConnectionID} {
			i, r := w.sessions(t)
			if role == Initiator {
				must(t, i.SetConnectionID(make([]byte, size)))
				wantStatus(t, fmt.Sprint("C_I of ", size), r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())), want)
				continue
			}
			must(t, r.SetConnectionID(make([]byte, size)))
			pass(t, 1, i, r)
			wantStatus(t, fmt.Sprint("C_R of ", size), i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())), want)
		}
	}
}
