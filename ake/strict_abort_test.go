package ake

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
)

// What a session does about a message that fails, and about one that it cannot
// answer any more.

// worldOf is newWorld for all five methods.
func worldOf(t testing.TB, method Method, suiteID int) *world {
	t.Helper()
	if method != MethodPSK {
		return newWorld(t, method, suiteID)
	}
	w := pskWorld(t, suiteID)
	w.configI.Suites = []int{suiteID}
	return w
}

// alterations are a message cut off at every byte, with every bit changed, and
// other things than the message.
func alterations(honest []byte) [][]byte {
	altered := [][]byte{
		{0x40}, {0x80}, {0xa0}, {0xf6}, {0xff}, {0x58}, {0x5f, 0xff}, {0xfb, 0, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0x9f}, 100),
		append(bytes.Clone(honest), 0), append(bytes.Clone(honest), honest...), make([]byte, len(honest)),
	}
	for n := range honest {
		altered = append(altered, honest[:n])
	}
	for bit := range 8 * len(honest) {
		flipped := bytes.Clone(honest)
		flipped[bit/8] ^= 0x80 >> (bit % 8)
		altered = append(altered, flipped)
	}
	return altered
}

// TestAnyFailureAborts: whatever is wrong with message_2, 3 or 4, in whatever step
// that shows, ends the run (RFC 9528 sections 5.3.3, 5.4.3, 5.5.3 and 9). The
// genuine message is refused then, so there is no second question to the keys of
// the run, and the peer is told, unless it sent an error message itself.
func TestAnyFailureAborts(t *testing.T) {
	for method := range MethodPSK + 1 {
		for n := 2; n <= 4; n++ {
			t.Run(fmt.Sprintf("method %d, message_%d", method, n), func(t *testing.T) {
				w := worldOf(t, method, 2)
				_, honest := waiting(t, w, n)
				for _, data := range alterations(honest) {
					receiver, genuine := waiting(t, w, n)
					if len(data) == len(genuine) { // the same change, of the message of this run
						data = changeLike(data, honest, genuine)
					}
					failsForGood(t, receiver, n, data, genuine)
				}
			})
		}
	}
}

// changeLike makes the change from one message to another in a third.
func changeLike(changed, from, to []byte) []byte {
	out := bytes.Clone(to)
	for i := range out {
		out[i] ^= changed[i] ^ from[i]
	}
	return out
}

func failsForGood(t *testing.T, s *Session, n int, data, genuine []byte) {
	t.Helper()
	_, process := s.calls(n)
	cause := process(data)
	if cause == nil && n == 2 && s.method() == MethodPSK { // no proof in it: message_3 shows it, and the genuine one is late
		wantStatus(t, fmt.Sprintf("after %x the genuine message", data), process(genuine), ErrState)
		return
	}
	if cause == nil || StatusOf(cause).Pending() {
		t.Fatalf("%x is taken: %v", data, cause)
	}
	wantState(t, s, StateFailed)
	due, err := s.PrepareError()
	if message.LooksLikeError(data) {
		wantStatus(t, fmt.Sprintf("the answer to %x", data), err, ErrNotFound)
	} else if e, parseErr := ParseErrorMessage(due); err != nil || parseErr != nil || e.Code != 1 && e.Code != 3 {
		t.Errorf("the error message for %x (%v) is %x, %v", data, cause, due, err)
	}
	wantStatus(t, fmt.Sprintf("after %x the genuine message", data), process(genuine), ErrState)
}

// TestErrorMessagesEndSilently: an error message in the place of message_2, 3 or 4
// ends the run, and is not answered; nor is what begins like one.
func TestErrorMessagesEndSilently(t *testing.T) {
	for _, test := range []struct {
		data []byte
		want Status
	}{
		{[]byte{0x01, 0x62, 'n', 'o'}, ErrPeerUnspecified}, {[]byte{0x03, 0xf5}, ErrPeerCredential}, {[]byte{0x18, 99, 0xa0}, ErrPeerOther},
		{[]byte{0x00}, ErrMalformed}, {[]byte{0x01}, ErrMalformed}, {[]byte{0x01, 0x41, 0}, ErrMalformed}, {[]byte{0x02, 0x80}, ErrMalformed}, {[]byte{0x20}, ErrMalformed},
	} {
		for n := 2; n <= 4; n++ {
			receiver, genuine := waiting(t, worldOf(t, 0, 2), n)
			_, process := receiver.calls(n)
			what := fmt.Sprintf("%x as message_%d", test.data, n)
			wantStatus(t, what, process(test.data), test.want)
			wantState(t, receiver, StateFailed)
			_, err := receiver.PrepareError()
			wantStatus(t, "the answer to "+what, err, ErrNotFound)
			wantStatus(t, "the genuine message after "+what, process(genuine), ErrState)
		}
	}
}

// TestAbortBeforeAnswer: an error message is an answer. While this side waits for
// one itself, there is none to send (RFC 9528 section 5.1).
func TestAbortBeforeAnswer(t *testing.T) {
	for _, test := range []struct {
		role   Role
		passed int // messages that have arrived
		sends  int // the message that the role then prepares; 0: none
		due    bool
	}{
		{Initiator, 0, 0, false}, {Initiator, 0, 1, false}, {Initiator, 2, 0, true}, {Initiator, 2, 3, false},
		{Responder, 0, 0, false}, {Responder, 1, 0, true}, {Responder, 1, 2, false}, {Responder, 3, 0, true},
	} {
		for method := range MethodPSK + 1 {
			i, r := worldOf(t, method, 2).sessions(t)
			handshake(t, i, r, test.passed)
			s := map[Role]*Session{Initiator: i, Responder: r}[test.role]
			if test.sends > 0 {
				prepare, _ := s.calls(test.sends)
				value[[]byte](t)(prepare())
			}
			must(t, s.Abort())
			wantState(t, s, StateFailed)
			if test.due {
				wantErrorCode(t, s, 1)
				continue
			}
			due, err := s.PrepareError()
			if StatusOf(err) != ErrNotFound {
				t.Errorf("method %d, %v after %d messages, having sent message_%d: %x, %v", method, test.role, test.passed, test.sends, due, err)
			}
		}
	}
}

// TestLateErrorMessage: an error message for an Initiator that its last message
// completed says why the Responder did not take that. The session stays.
func TestLateErrorMessage(t *testing.T) {
	for _, test := range []struct {
		data []byte
		want Status
	}{
		{[]byte{0x01, 0x64, 'l', 'a', 't', 'e'}, ErrPeerUnspecified}, {[]byte{0x03, 0xf5}, ErrPeerCredential}, {[]byte{0x18, 99, 0xa0}, ErrPeerOther},
		{[]byte{0x41, 0}, ErrState}, {nil, ErrState}, {[]byte{0x01}, ErrState}, {[]byte{0x00}, ErrState},
	} {
		i, r := worldOf(t, 0, 2).sessions(t)
		message1 := value[[]byte](t)(i.Step(nil))
		value[[]byte](t)(i.Step(value[[]byte](t)(r.Step(message1))))
		wantState(t, i, StateCompleted)
		before := value[[]byte](t)(i.Export(40000, nil, 16))
		reply, err := i.Step(test.data)
		wantStatus(t, fmt.Sprintf("%x", test.data), err, test.want)
		if reply != nil {
			t.Errorf("%x is answered with %x", test.data, reply)
		}
		if test.want == ErrPeerUnspecified {
			if e := i.PeerError(); e.Text != "late" {
				t.Errorf("the text is %q", e.Text)
			}
		}
		wantState(t, i, StateCompleted)
		wantBytes(t, "a key afterwards", value[[]byte](t)(i.Export(40000, nil, 16)), before)
	}
}
