package coap

import (
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// BenchmarkOverCoAP measures whole runs by Client and Server, and runs of the same
// sessions without them in turn. The metric "ratio" is the first divided by the
// second: what the CoAP level adds.
func BenchmarkOverCoAP(b *testing.B) {
	w := newWorld(b, withServer(func(c *serverSetup) { c.Limits.Threshold = 1 << 20 }))
	const block = 16
	var with, without time.Duration
	for done := 0; done < b.N; done += block {
		n := min(block, b.N-done)
		start := time.Now()
		for range n {
			c := w.client(ake.Initiator)
			must(b, w.run(c, "peer"))
			value[*ake.OSCOREContext](b)(c.Context())
			c.Close()
			w.established[0].Session.Close()
			w.server.Release(w.established[0].ID)
			w.established = w.established[:0]
		}
		middle := time.Now()
		for range n {
			w.runWithout(b)
		}
		with += middle.Sub(start)
		without += time.Since(middle)
	}
	b.ReportMetric(float64(with.Nanoseconds())/float64(b.N), "with-ns")
	b.ReportMetric(float64(without.Nanoseconds())/float64(b.N), "without-ns")
	b.ReportMetric(float64(with)/float64(without), "ratio")
}

func (w *world) runWithout(b *testing.B) {
	i := value[*ake.Session](b)(w.clientConfig.NewSession(ake.Initiator))
	r := value[*ake.Session](b)(w.serverConfig.NewSession(ake.Responder))
	message1 := value[[]byte](b)(i.Step(nil))
	message2 := value[[]byte](b)(r.Step(message1))
	message3 := value[[]byte](b)(i.Step(message2))
	value[[]byte](b)(r.Step(message3))
	for _, s := range []*ake.Session{i, r} {
		value[*ake.OSCOREContext](b)(s.OSCOREContext())
		s.Close()
	}
}
