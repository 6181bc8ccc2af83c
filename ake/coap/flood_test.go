package coap

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// attacker sends message_1, each from another address. One that is where it says
// answers Echo challenges; one with forged addresses never sees them.
type attacker struct {
	*world
	bodies [][]byte
	sent   int
}

func newAttacker(w *world) *attacker {
	a := &attacker{world: w}
	for range 64 {
		session := value[*ake.Session](w.t)(w.clientConfig.NewSession(ake.Initiator))
		message1 := value[[]byte](w.t)(session.PrepareMessage1())
		a.bodies = append(a.bodies, append([]byte{prefixTrue}, message1...))
	}
	return a
}

func (a *attacker) send(answersEcho bool) {
	peer := fmt.Sprintf("attacker %d", a.sent)
	request := Request{Code: POST, Format: FormatCIDEDHOC, Payload: a.bodies[a.sent%len(a.bodies)]}
	switch a.sent % 16 {
	case 5: // junk
		request.Payload = request.Payload[:a.sent%len(request.Payload)]
	case 6:
		request.Payload = []byte{byte(a.sent), 0x58, 0x40}
	case 7: // a guess at a connection identifier
		request.Payload = append([]byte{0x42, byte(a.sent), byte(a.sent >> 8)}, byteString(19)...)
	}
	a.sent++
	if response := a.handle(request, peer); response.Echo != nil && answersEcho {
		request.Echo = response.Echo
		a.handle(request, peer)
	}
}

func heap0() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestR25_Flood(t *testing.T) {
	for _, test := range []struct {
		name        string
		messages    int
		answersEcho bool
	}{
		{"forged addresses", 100_000, false},
		{"real addresses", 20_000, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			const honest = 20
			w := newWorld(t, withServer(func(c *serverSetup) { c.IDs = value[*IDs](t)(NewIDs(4, 4)) }))
			a := newAttacker(w)
			must(t, w.run(w.client(ake.Initiator), "warm up"))
			before := heap0()
			limits := w.server.limits
			tick := time.Minute / time.Duration(test.messages)
			// flood is what arrives between two steps of an honest client.
			flood := func(n int) {
				for range n {
					w.clock.advance(tick)
					a.send(test.answersEcho)
					if len(w.failures) > 1000 {
						w.failures = nil
					}
				}
			}
			for k := range honest {
				c := w.client(ake.Initiator)
				request, err := c.Start()
				for steps := 0; request != nil; steps++ {
					must(t, err)
					flood(100)
					request, err = c.Next(w.handle(*request, fmt.Sprint("honest ", k)))
				}
				must(t, err)
				if !c.Done() {
					t.Fatalf("honest client %d did not complete", k)
				}
				s := w.server.Stats()
				if s.HalfOpen > limits.HalfOpen || s.AnswerBytes > limits.Cache {
					t.Fatalf("over the caps: %+v", s)
				}
				flood((k+1)*test.messages/honest - a.sent)
			}
			most := heap0()
			stats := w.server.Stats()
			if stats.Established != honest+1 || a.sent < test.messages {
				t.Errorf("%d messages, %+v", a.sent, stats)
			}
			if held := int64(most) - int64(before); held > 4<<20 {
				t.Errorf("the server holds %d bytes at the end of the flood", held)
			}
			w.clock.advance(exchangeLifetime)
			w.server.Expire()
			w.established, w.failures, w.last = nil, nil, Result{}
			after := heap0()
			if left := int64(after) - int64(before); left > 512<<10 {
				t.Errorf("%d bytes more than before the flood", left)
			}
			if s := w.server.Stats(); s.HalfOpen != 0 || s.Answers != 0 || s.IDs != honest+1 {
				t.Errorf("after the flood: %+v", s)
			}
			t.Logf("%d messages: %d begun, %d challenged; heap %d KiB before, %d at the end, %d afterwards",
				a.sent, stats.Begun, stats.Challenged, before>>10, most>>10, after>>10)
		})
	}
}

// Below the threshold a server does public-key operations for anybody, above it
// for nobody that has not answered with Echo.
func TestR25_NoPublicKeyOperationAboveThreshold(t *testing.T) {
	w := newWorld(t)
	a := newAttacker(w)
	a.bodies = a.bodies[:1]
	for range 16 * w.server.limits.Threshold {
		a.sent = 0
		a.send(false)
	}
	stats := w.server.Stats()
	if stats.Begun != uint64(w.server.limits.Threshold) || stats.HalfOpen != w.server.limits.Threshold {
		t.Errorf("%+v", stats)
	}
}

// What one message_1 of a flood costs. docs/coap.md has the numbers.
func BenchmarkFlood(b *testing.B) {
	for _, challenged := range []bool{true, false} {
		b.Run(map[bool]string{true: "challenged", false: "accepted"}[challenged], func(b *testing.B) {
			threshold := 1
			if !challenged {
				threshold = 1 << 20
			}
			w := newWorld(b, withServer(func(c *serverSetup) { c.Limits.Threshold = threshold; c.Limits.Age = time.Second }))
			a := newAttacker(w)
			a.send(false)
			b.ReportAllocs()
			for b.Loop() {
				w.clock.advance(10 * time.Millisecond)
				a.sent = a.sent &^ 15
				w.failures = nil
				if challenged && w.server.runs.len() == 0 {
					a.send(false)
				}
				a.send(false)
			}
		})
	}
}

// What a half-open run and its kept answer take of memory.
func BenchmarkHalfOpenMemory(b *testing.B) {
	const runs = 2000
	for b.Loop() {
		w := newWorld(b, withServer(func(c *serverSetup) { c.Limits = Limits{HalfOpen: runs, Threshold: runs, Cache: 64 << 20} }))
		a := newAttacker(w)
		before := heap0()
		for range runs {
			a.sent = 0
			a.send(false)
		}
		b.ReportMetric(float64(heap0()-before)/runs, "bytes/run")
		runtime.KeepAlive(w)
	}
}
