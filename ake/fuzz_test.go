package ake

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
)

// FuzzSession feeds bytes to each role in each waiting state. Whatever they are,
// the session is as before, has gone on, or was ended with a reason that can be
// told; and when it is as before, the honest message still completes it.
func FuzzSession(f *testing.F) {
	w := newWorld(f, 3, 0)
	for n := 1; n <= 4; n++ {
		_, honest := waiting(f, w, n)
		f.Add(n-1, honest)
		f.Add(n-1, honest[:len(honest)-1])
	}
	_, played := loadProjectVectors(f)
	for _, v := range played {
		if len(v.values["message_2"]) < 2000 {
			for n, name := range []string{"message_1", "message_2", "message_3", "message_4"} {
				f.Add(n, []byte(v.values[name]))
			}
		}
	}
	f.Add(1, []byte{2, 2})
	f.Add(2, []byte{1, 0x60})
	f.Fuzz(func(t *testing.T, index int, data []byte) {
		n := index&3 + 1
		receiver, honest := waiting(t, w, n)
		before := receiver.phase.state()
		_, process := receiver.calls(n)
		err := process(data)
		switch {
		case err == nil:
			if n > 1 && !bytes.Equal(data, honest) {
				t.Errorf("message_%d %x is accepted", n, data)
			}
			return
		case StatusOf(err) == ErrInternal || StatusOf(err).Pending() || StatusOf(err) == ErrState:
			t.Errorf("message_%d %x gives %v", n, data, err)
		}
		switch receiver.phase.state() {
		case before:
			if err := process(honest); err != nil {
				t.Errorf("after %x the honest message gives %v", data, err)
			}
		case StateFailed:
			if _, err := receiver.PrepareError(); err != nil && !errors.Is(err, ErrNotFound) {
				t.Errorf("no error message: %v", err)
			}
			wantHeld(t, receiver)
		default:
			t.Errorf("message_%d %x leads to %v", n, data, receiver.phase.state())
		}
	})
}

// FuzzPlaintext2 has an attacker who knows G_XY, as every Responder does, so
// that PLAINTEXT_2 can be anything; and any credential by value is trusted.
func FuzzPlaintext2(f *testing.F) {
	_, played := loadProjectVectors(f)
	for _, v := range played {
		if len(v.values["plaintext_2"]) < 2000 {
			f.Add([]byte(v.values["plaintext_2"]))
		}
	}
	w := newWorld(f, 3, 0)
	w.configI.Policy = PolicyAnyInsecure
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		i, r := w.sessions(t)
		pass(t, 1, i, r)
		gY := r.phase.(*received1).gY
		th2 := schedule.TH2(r.phase.about().alg, gY, keysOf(r).hashMessage1)
		prk2e := schedule.PRK2e(r.phase.about().alg, th2, keysOf(r).gxy)
		ciphertext := bytes.Clone(plaintext)
		prk2e.XORKeystream2(th2, ciphertext)
		err := i.ProcessMessage2(message.EncodeByteString(gY, ciphertext))
		if err == nil || StatusOf(err) == ErrInternal || i.phase.state() != StateFailed && i.phase.state() != StateWait2 {
			t.Errorf("PLAINTEXT_2 %x gives %v, state %v", plaintext, err, i.phase.state())
		}
	})
}
