package ake

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
)

// endsOf returns who sends and who receives message n.
func endsOf(n int, i, r *Session) (sender, receiver *Session) {
	if n%2 == 1 {
		return i, r
	}
	return r, i
}

// runWithEAD adds the items to message n and brings it to the receiver.
func runWithEAD(t *testing.T, w *world, n int, items ...EADItem) (receiver *Session, err error) {
	t.Helper()
	i, r := w.sessions(t)
	sender, receiver := endsOf(n, i, r)
	for _, item := range items {
		must(t, sender.AddEAD(n, item))
	}
	handshake(t, i, r, n-1)
	prepare, _ := sender.calls(n)
	_, process := receiver.calls(n)
	return receiver, process(value[[]byte](t)(prepare()))
}

// TestR23_EADInEveryMessage: several items arrive as they were sent, in their
// order, in each of the four messages.
func TestR23_EADInEveryMessage(t *testing.T) {
	items := []EADItem{{Label: 1}, {Label: 1, Value: []byte{}}, {Label: 23, Value: []byte("x")}, {Label: 24}, {Label: 65536, Value: bytes.Repeat([]byte{7}, 300)}, {Label: 1 << 40}}
	for method := range Method(4) {
		for n := 1; n <= 4; n++ {
			receiver, err := runWithEAD(t, newWorld(t, method, 2), n, items...)
			must(t, err)
			got := receiver.EAD(n)
			if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", items) {
				t.Errorf("EAD_%d is %#v", n, got)
			}
			for other := 1; other <= 4; other++ {
				if got := receiver.EAD(other); other != n && len(got) != 0 {
					t.Errorf("EAD_%d is %v", other, got)
				}
			}
		}
	}
	i, _ := newWorld(t, 3, 2).sessions(t)
	for _, n := range []int{-1, 0, 5} {
		if items := i.EAD(n); items != nil {
			t.Errorf("EAD of message %d: %v", n, items)
		}
	}
}

// TestR23_CriticalItems: who understands an item may go on, and nobody else.
func TestR23_CriticalItems(t *testing.T) {
	handler := func(result error) func(*hostConfig) {
		return func(c *hostConfig) {
			c.EADHandler = func(_ *Session, _ int, item EADItem) error {
				if item.Label == 30 {
					return ErrNotFound
				}
				return result
			}
		}
	}
	labels := func(list ...int64) func(*hostConfig) {
		return func(c *hostConfig) { c.EADLabels = list }
	}
	for _, test := range []struct {
		name  string
		label int64
		setup func(*hostConfig)
		want  Status
	}{
		{"critical, nobody asked", -9, labels(), ErrEADCritical},
		{"critical, another label", -9, labels(8, 10), ErrEADCritical},
		{"critical, known label", -9, labels(8, 9), OK},
		{"not critical, nobody asked", 9, labels(), OK},
		{"critical, handler knows", -9, handler(nil), OK},
		{"critical, handler does not know", -9, handler(ErrNotFound), ErrEADCritical},
		{"critical, handler refuses", -9, handler(errors.New("no")), ErrEADCritical},
		{"not critical, handler does not know", 9, handler(ErrNotFound), OK},
		{"not critical, handler refuses", 9, handler(errors.New("no")), ErrPeerRejected},
		{"critical padding is no padding", -1, labels(), ErrEADCritical},
	} {
		for n := 1; n <= 4; n++ {
			w := newWorld(t, 3, 2)
			for _, c := range []*hostConfig{w.configI, w.configR} {
				test.setup(c)
			}
			receiver, err := runWithEAD(t, w, n, EADItem{Label: 30}, EADItem{Label: test.label, Value: []byte("v")})
			wantStatus(t, fmt.Sprintf("%s in message_%d", test.name, n), err, test.want)
			if test.want != OK {
				wantErrorCode(t, receiver, 1)
			}
		}
	}
	for _, wrong := range []int64{0, -1} {
		wantStatus(t, "label", checked(Config{EADLabels: []int64{3, wrong}}), ErrArgument)
		wantStatus(t, "early label", checked(Config{EarlyEADLabels: []int64{3, wrong}}), ErrArgument)
	}
}

// TestR23_HandlerSeesVerifiedItems: the handler is asked once for each item but
// padding, with its message, and only after the peer was verified.
func TestR23_HandlerSeesVerifiedItems(t *testing.T) {
	w := newWorld(t, 3, 2)
	var seen []string
	for _, c := range []*hostConfig{w.configI, w.configR} {
		c.EADHandler = func(s *Session, n int, item EADItem) error {
			seen = append(seen, fmt.Sprint(n, item.Label))
			return nil
		}
	}
	i, r := w.sessions(t)
	for n := 1; n <= 4; n++ {
		sender, _ := endsOf(n, i, r)
		must(t, sender.AddEAD(n, EADItem{Label: -int64(n)}))
		must(t, sender.AddPadding(n, 9))
		must(t, sender.AddEAD(n, EADItem{Label: 9}))
	}
	handshake(t, i, r, 4)
	if got := fmt.Sprint(seen); got != "[1 -1 1 9 2 -2 2 9 3 -3 3 9 4 -4 4 9]" {
		t.Errorf("the handler saw %s", got)
	}
	// A message that does not verify asks nobody.
	seen = nil
	i, r = w.sessions(t)
	must(t, r.AddEAD(2, EADItem{Label: 9, Value: []byte("v")}))
	pass(t, 1, i, r)
	message2 := value[[]byte](t)(r.PrepareMessage2())
	message2[len(message2)-1] ^= 1 // in the value
	wantStatus(t, "changed EAD_2", i.ProcessMessage2(message2), ErrMAC)
	if seen != nil {
		t.Errorf("the handler saw %v", seen)
	}
}

// TestR23_Pull: critical items wait for the host, one by one.
func TestR23_Pull(t *testing.T) {
	for n := 1; n <= 4; n++ {
		start := func() *Session {
			w := newWorld(t, 3, 2)
			for _, c := range []*hostConfig{w.configI, w.configR} {
				c.Pull = PullEAD
				c.EADLabels = []int64{5}
			}
			receiver, err := runWithEAD(t, w, n, EADItem{Label: -7}, EADItem{Label: 8}, EADItem{Label: -5}, EADItem{Label: -9})
			wantStatus(t, "message", err, PendingEAD)
			if info := receiver.Info(); info.Pending != PendingEAD || info.Next != NextDecide {
				t.Errorf("info %+v", info)
			}
			return receiver
		}
		s := start()
		must(t, s.AcceptEAD(n, 0))
		must(t, s.AcceptEAD(n, 3))
		must(t, s.Continue())

		s = start()
		must(t, s.AcceptEAD(n, 0))
		wantStatus(t, "half of the answers", s.Continue(), ErrEADCritical)
		wantErrorCode(t, s, 1)

		s = start()
		must(t, s.RejectEAD(n, 3))
		wantErrorCode(t, s, 1)
		wantStatus(t, "accepting afterwards", s.AcceptEAD(n, 0), ErrState)

		s = start()
		for _, index := range []int{-1, 4, 1 << 30} {
			wantStatus(t, "an item that is not there", s.AcceptEAD(n, index), ErrNotFound)
			wantStatus(t, "an item that is not there", s.RejectEAD(n, index), ErrNotFound)
		}
		for _, other := range []int{0, 5, n%4 + 1} {
			wantStatus(t, "another message", s.AcceptEAD(other, 0), ErrState)
			wantStatus(t, "another message", s.RejectEAD(other, 0), ErrState)
		}
	}
}

// TestR23_AddRefused: EAD that cannot be sent.
func TestR23_AddRefused(t *testing.T) {
	i, _ := newWorld(t, 3, 2).sessions(t)
	wantStatus(t, "label 0", i.AddEAD(1, EADItem{}), ErrArgument)
	for _, n := range []int{0, -1, 65537} {
		wantStatus(t, fmt.Sprint("padding of ", n), i.AddPadding(1, n), ErrArgument)
	}
	for range 64 {
		must(t, i.AddEAD(1, EADItem{Label: 1}))
	}
	wantStatus(t, "item 65", i.AddEAD(1, EADItem{Label: 1}), ErrLimit)
}

// TestR23_TooManyItems: more items than the receiver allows are refused; padding
// does not count.
func TestR23_TooManyItems(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for count, want := range map[int]Status{16: OK, 17: ErrEAD} {
			receiver, err := runWithEAD(t, newWorld(t, 3, 2), n, make3(count)...)
			wantStatus(t, fmt.Sprintf("%d items in message_%d", count, n), err, want)
			if want != OK {
				wantErrorCode(t, receiver, 1)
			}
		}
	}
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	for range 40 {
		must(t, i.AddPadding(1, 1))
	}
	pass(t, 1, i, r)
}

// make3 makes items with label 3.
func make3(count int) []EADItem {
	items := make([]EADItem, count)
	for i := range items {
		items[i].Label = 3
	}
	return items
}

// TestR23_ValueIsCopied: what the caller does with a value afterwards does not
// matter.
func TestR23_ValueIsCopied(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	mine := []byte("before")
	must(t, i.AddEAD(1, EADItem{Label: 3, Value: mine}))
	copy(mine, "after!")
	pass(t, 1, i, r)
	got := r.EAD(1)
	wantBytes(t, "EAD_1", got[0].Value, []byte("before"))
	if _, err := r.PrepareMessage2(); err != nil {
		t.Error(err)
	}
}

// TestPaddingIsExact: padding takes as many bytes as it should, for every length
// up to 300 and around the lengths where a head grows.
func TestPaddingIsExact(t *testing.T) {
	in := &value[*Session](t)(newWorld(t, 3, 2).configI.NewSession(Initiator)).env
	check := func(n int) {
		t.Helper()
		items := value[[]message.EAD](t)(in.padding(n))
		encoded := message.AppendEAD(nil, items)
		for _, item := range items {
			if !item.Padding() {
				t.Errorf("padding of %d has label %d", n, item.Label)
			}
		}
		if len(encoded) != n {
			t.Errorf("padding of %d takes %d bytes", n, len(encoded))
		}
	}
	for n := 1; n <= 300; n++ {
		check(n)
	}
	for n := 65530; n <= 65550; n++ {
		check(n)
	}
	check(1 << 20)
	sizes := make(map[int]int)
	for n := range 301 {
		i, _ := newWorld(t, 3, 2).sessions(t)
		if n > 0 {
			must(t, i.AddPadding(1, n))
		}
		sizes[n] = len(value[[]byte](t)(i.PrepareMessage1()))
		if sizes[n] != sizes[0]+n {
			t.Fatalf("message_1 with %d bytes of padding has %d bytes, without %d", n, sizes[n], sizes[0])
		}
	}
}

// TestPaddingIsRandom: two paddings of one length differ.
func TestPaddingIsRandom(t *testing.T) {
	in := &value[*Session](t)(newWorld(t, 3, 2).configI.NewSession(Initiator)).env
	a, b := value[[]message.EAD](t)(in.padding(40)), value[[]message.EAD](t)(in.padding(40))
	if bytes.Equal(a[0].Value, b[0].Value) {
		t.Error("they are the same")
	}
}

// TestEADIsCoveredByTheTranscript: EAD_1 that was changed on its way ends the
// run at message_2.
func TestEADIsCoveredByTheTranscript(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	must(t, i.AddEAD(1, EADItem{Label: 3, Value: []byte("value")}))
	changed := value[[]byte](t)(i.PrepareMessage1())
	changed[len(changed)-1] ^= 1
	must(t, r.ProcessMessage1(changed))
	if err := i.ProcessMessage2(value[[]byte](t)(r.PrepareMessage2())); err == nil {
		t.Error("the Initiator accepts that")
	}
}
