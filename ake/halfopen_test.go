package ake

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/liblake/lake/ake/internal/message"
)

// A Responder that has sent message_2 waits for a message_3 that may never come:
// anybody can make it hold a run. What it holds, and what refusing costs, is what
// an attacker gets for one message.

// halfOpenLimit is how many bytes of live heap a half-open Responder may hold.
const halfOpenLimit = 1024

// smallSuites are those with keys of 32 bytes.
var smallSuites = []int{0, 1, 2, 3, 4, 5, 6}

// newHalfOpen returns a function that makes a Responder which has sent message_2.
// The message belongs to the caller and does not count.
func newHalfOpen(t testing.TB, method Method, suiteID int) func() *Session {
	t.Helper()
	configI, configR := benchConfigs(t, method, suiteID)
	m1 := value[[]byte](t)(value[*Session](t)(configI.NewSession(Initiator)).PrepareMessage1())
	open := func() *Session {
		r, err := configR.NewSession(Responder)
		check(t, err)
		check(t, r.ProcessMessage1(m1))
		_, err = r.PrepareMessage2()
		check(t, err)
		return r
	}
	open() // makes what the configuration holds once
	return open
}

// eachHalfOpen is the live heap of one half-open Responder in bytes, the mean of
// some hundred.
func eachHalfOpen(t testing.TB, method Method, suiteID int) float64 {
	t.Helper()
	open, sessions := newHalfOpen(t, method, suiteID), make([]*Session, 300)
	before := liveHeap()
	for i := range sessions {
		sessions[i] = open()
	}
	held := liveHeap() - before
	runtime.KeepAlive(sessions)
	return float64(held) / float64(len(sessions))
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what the first one has finalized
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// TestHalfOpenMemory holds a half-open Responder to its memory.
func TestHalfOpenMemory(t *testing.T) {
	for _, info := range Methods() {
		for _, id := range smallSuites {
			if each := eachHalfOpen(t, info.Method, id); each > halfOpenLimit || each < 64 {
				t.Errorf("method %d, suite %d: %.0f bytes, the limit is %d", info.Method, id, each, halfOpenLimit)
			}
		}
	}
}

// TestManyHalfOpen opens a crowd of Responders, a million of them if LAKE_LONG is
// set: together they hold no more than each alone, and the last thousand is no
// dearer than the first, both measured by the operations of a run.
func TestManyHalfOpen(t *testing.T) {
	const thousand = 1000
	n, dearer := 3000, 1.5
	if os.Getenv("LAKE_LONG") != "" {
		n, dearer = 1_000_000, 1.1
	}
	open, raw := newHalfOpen(t, 3, 2), newRawOperations(t, 3, 2)
	sessions := make([]*Session, 0, n)
	measure := func() float64 {
		return inTurn(thousand, func() { sessions = append(sessions, open()) }, raw.run).ratio(0, 1)
	}
	before := liveHeap()
	first := measure()
	for len(sessions) < n-thousand {
		sessions = append(sessions, open())
	}
	last := measure()
	each := float64(liveHeap()-before) / float64(n)
	t.Logf("%d half-open Responders: %.0f bytes each, the last thousand %.3f times as dear as the first", n, each, last/first)
	if each > halfOpenLimit {
		t.Errorf("%.0f bytes each, the limit is %d", each, halfOpenLimit)
	}
	if last > dearer*first {
		t.Errorf("the last thousand is %.3f times as dear as the first", last/first)
	}
	runtime.KeepAlive(sessions)
}

// BenchmarkHalfOpen measures the memory of a half-open Responder.
func BenchmarkHalfOpen(b *testing.B) {
	for _, info := range Methods() {
		for _, id := range Suites() {
			b.Run(fmt.Sprintf("method=%d/suite=%d", info.Method, id), func(b *testing.B) {
				var each float64
				for b.Loop() {
					each = eachHalfOpen(b, info.Method, id)
				}
				b.ReportMetric(each, "B/half-open")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkRefusedMessage1 measures what a message_1 costs that is refused, with
// the Session made for it and closed after it. That G_X is not on the curve is
// only seen by decompressing it, which no refusal of it can save.
func BenchmarkRefusedMessage1(b *testing.B) {
	for _, test := range refusals {
		b.Run(test.name, func(b *testing.B) {
			refuse := newRefusal(b, test.change, test.want)
			b.ReportAllocs()
			for b.Loop() {
				refuse()
			}
		})
	}
}

var refusals = []struct {
	name   string
	change func(*message.Message1) []byte
	want   Status
}{
	{"empty", func(*message.Message1) []byte { return nil }, ErrMalformed},
	{"cut", func(m *message.Message1) []byte { return m.Encode()[:20] }, ErrMalformed},
	{"method", func(m *message.Message1) []byte { m.Method = 1; return m.Encode() }, ErrMethod},
	{"suite", func(m *message.Message1) []byte { m.SuitesI = []int64{3}; return m.Encode() }, ErrSuite},
	{"short-key", func(m *message.Message1) []byte { m.GX = m.GX[:31]; return m.Encode() }, ErrPublicKey},
	{"not-on-curve", func(m *message.Message1) []byte { m.GX = make([]byte, 32); m.GX[31] = 1; return m.Encode() }, ErrPublicKey},
}

// newRefusal returns a function that has a Responder of method 3 with suite 2
// refuse a message_1.
func newRefusal(t testing.TB, change func(*message.Message1) []byte, want Status) func() {
	t.Helper()
	configI, configR := benchConfigs(t, 3, 2)
	encoded := value[[]byte](t)(value[*Session](t)(configI.NewSession(Initiator)).PrepareMessage1())
	data := change(value[*message.Message1](t)(message.ParseMessage1(encoded)))
	return func() {
		r, err := configR.NewSession(Responder)
		check(t, err)
		if err := r.ProcessMessage1(data); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
		r.Close()
	}
}
