package ake

import (
	"fmt"
	"testing"
	"time"
)

// What a run leaves behind, and for how long.

// TestExportReservedLabels: labels 2 and 3 of EDHOC_Exporter are the keys of
// resumption, and for nothing else.
func TestExportReservedLabels(t *testing.T) {
	for method := range MethodPSK + 1 {
		i, r := worldOf(t, method, 2).sessions(t)
		handshake(t, i, r, 3)
		check := func(s *Session) {
			for _, context := range [][]byte{nil, {1}} {
				for label, want := range map[uint64]Status{0: OK, 1: OK, 2: ErrArgument, 3: ErrArgument, 4: OK, 32768: OK, 1 << 63: OK} {
					for _, length := range []int{2, 16, 32} {
						key, err := s.Export(label, context, length)
						wantStatus(t, fmt.Sprintf("method %d, %v: label %d", method, s.role, label), err, want)
						if err != nil && key != nil {
							t.Errorf("label %d gives %x", label, key)
						}
					}
				}
			}
		}
		check(i)
		check(r)
		pass(t, 4, i, r)
		check(i)
		check(r)
		must(t, r.KeyUpdate([]byte("context")))
		check(r)
	}
}

// TestKeptMessagesExpire: message_4 can be had again for EXCHANGE_LIFETIME after
// completion and no longer, and is not saved; of message_3 nothing is left (RFC
// 9528 section 7).
func TestKeptMessagesExpire(t *testing.T) {
	begin := time.Unix(1_800_000_000, 0)
	for _, test := range []struct{ set, lifetime time.Duration }{
		{0, 247 * time.Second}, {time.Second, time.Second}, {time.Hour, time.Hour},
	} {
		for method := range MethodPSK + 1 {
			w := worldOf(t, method, 2)
			w.configR.ExchangeLifetime = test.set
			w.configR.SetTime(begin)
			i, r := w.sessions(t)
			messages := handshake(t, i, r, 4)
			for _, later := range []time.Duration{0, test.lifetime / 2, test.lifetime - 1} {
				w.configR.SetTime(begin.Add(later))
				wantBytes(t, fmt.Sprint("message_4 after ", later), value[[]byte](t)(r.PrepareMessage4()), messages[4])
			}
			w.configR.SetTime(begin.Add(test.lifetime))
			_, err := r.PrepareMessage4()
			wantStatus(t, fmt.Sprint("message_4 after ", test.lifetime), err, ErrState)
			w.configR.SetTime(begin) // what is gone is gone
			_, err = r.PrepareMessage4()
			wantStatus(t, "message_4 after the clock was set back", err, ErrState)
			_, err = i.PrepareMessage3()
			wantStatus(t, "message_3 after completion", err, ErrState)
			wantSameKeys(t, i, r)
		}
	}
	w := worldOf(t, 0, 2)
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	restored := restore(t, w.configR, value[[]byte](t)(r.Save(blobKey)))
	_, err := restored.PrepareMessage4()
	wantStatus(t, "message_4 of a session that was saved", err, ErrState)
	wantSameKeys(t, i, restored)
	value[[]byte](t)(r.PrepareMessage4())

	i, r = worldOf(t, 0, 2).sessions(t)
	handshake(t, i, r, 3)
	must(t, i.CompleteWithoutMessage4())
	_, err = i.PrepareMessage3()
	wantStatus(t, "message_3 after completion without message_4", err, ErrState)
	wantStatus(t, "a negative time", checked(Config{ExchangeLifetime: -1}), ErrArgument)
}
