package coap

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// What a stranger can make the server spend before it has shown where it is.

// costly returns requests of many bytes that take long to decode, and others that are
// answered without a look at a run.
func costly(size int) map[string]Request {
	intMap := cborx.AppendMap(nil, size/4)
	for n := range size / 4 {
		intMap = append(cborx.AppendInt(intMap, int64(n)), 0)
	}
	intArray := append(cborx.AppendArray(nil, size), make([]byte, size)...)
	deep := bytes.Repeat([]byte{0x81}, size)
	edhoc := func(parts ...[]byte) Request {
		return Request{Code: POST, Format: FormatCIDEDHOC, Payload: bytes.Join(parts, nil)}
	}
	combined := func(payload []byte) Request {
		return Request{Code: POST, EDHOC: true, KID: []byte{1}, Payload: payload}
	}
	all := map[string]Request{
		"junk": edhoc(bytes.Repeat([]byte{0xff}, size)), "other method": {Code: 1, Payload: intMap}, "other format": {Code: POST, Format: 60, Payload: intMap},
		"OSCORE": {Code: POST, KID: []byte{1}, Payload: intMap}, "empty and GET": {Code: 1, Format: NoFormat},
	}
	for kind, item := range map[string][]byte{"map": intMap, "array": intArray, "deep": deep, "bytes": byteString(size)} {
		all["message_1 with SUITES_I of a "+kind] = edhoc([]byte{prefixTrue, 3}, item, []byte{0x41, 0, 7})
		all["message_1 with METHOD of a "+kind] = edhoc([]byte{prefixTrue}, item)
		all["message_1 with C_I of a "+kind] = edhoc([]byte{prefixTrue, 3, 0, 0x41, 0}, item)
		all["an error message for message_1 with a "+kind] = edhoc([]byte{prefixTrue, 5}, item)
		all["C_R and a "+kind] = edhoc([]byte{1}, item)
		all["a C_R with a run and a "+kind] = edhoc([]byte{2}, item)
		all["error message with a "+kind] = edhoc([]byte{2, 9}, item)
		all["error message without a run, with a "+kind] = edhoc([]byte{1, 9}, item)
		all["C_R of a "+kind] = edhoc(item, []byte{0x41, 1})
		all["combined with a "+kind] = combined(append(bytes.Clone(item), 1))
	}
	return all
}

// spend returns how many bytes the server allocates for a request, each from another
// address.
func (w *world) spend(r Request) uint64 {
	const times = 50
	peers := make([]string, times)
	for n := range peers {
		peers[n] = fmt.Sprint("stranger ", n)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for n := range times {
		r.Peer, r.MessageID = peers[n], uint16(n)
		w.server.Handle(r)
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / times
}

// crowded returns a server that asks for Echo, with a half-open run whose C_R is 02.
func crowded(t testing.TB) *world {
	w := newWorld(t, withServer(func(c *serverSetup) {
		c.Limits = Limits{Threshold: 1, Body: 1 << 20}
	}))
	for n := range oneByteInts {
		if id := oneByteInt(n); id != 2 {
			w.server.ids.Reserve([]byte{id})
		}
	}
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
		Prepare: func(s *ake.Session) error { return s.SetConnectionID([]byte{7}) }}))
	w.handle(*value[*Request](t)(c.Start()), "peer")
	if s := w.server.Stats(); s.HalfOpen != 1 || w.server.stateOf([]byte{2}) != stateHalfOpen {
		t.Fatalf("%+v", s)
	}
	return w
}

const mostBeforeEcho = 4 << 10

func TestR25_CostBeforeEcho(t *testing.T) {
	for _, size := range []int{900, 16 << 10, 65000} {
		w := crowded(t)
		for name, request := range costly(size) {
			for _, echo := range [][]byte{nil, make([]byte, 16), make([]byte, 40)} {
				request.Echo = echo
				if got := w.spend(request); got > mostBeforeEcho {
					t.Errorf("%s, %d bytes, Echo of %d: %d bytes of memory", name, size, len(echo), got)
				}
			}
		}
		if s := w.server.Stats(); s.Begun != 1 || s.HalfOpen != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// A server that has time decodes a small message_1 of anybody, and no other.
func TestR25_LargeMessage1IsAskedForEcho(t *testing.T) {
	for _, limit := range []int{0, 2048} {
		w := newWorld(t, withServer(func(c *serverSetup) { c.Limits.Message1 = limit }))
		most := 1024
		if limit > 0 {
			most = limit
		}
		message1 := func(size int) Request {
			c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
				Prepare: func(s *ake.Session) error { return s.AddPadding(1, size) }}))
			r := *value[*Request](t)(c.Start())
			for len(r.Payload)-1 != size { // less what stands around the padding
				excess := len(r.Payload) - 1 - size
				c = value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator,
					Prepare: func(s *ake.Session) error { return s.AddPadding(1, size-excess) }}))
				r = *value[*Request](t)(c.Start())
			}
			return r
		}
		wantResponse(t, "the largest", w.handle(message1(most), "a"), Changed, FormatEDHOC)
		large := message1(most + 1)
		wantResponse(t, "one byte more", w.handle(large, "b"), Unauthorized, NoFormat)
		large.Echo = w.last.Response.Echo
		wantResponse(t, "with Echo", w.handle(large, "b"), Changed, FormatEDHOC)
		if s := w.server.Stats(); s.Begun != 2 || s.Challenged != 1 {
			t.Errorf("%+v", s)
		}
		w = newWorld(t, withServer(func(c *serverSetup) { c.NoEcho, c.Limits.Message1 = true, limit }))
		wantResponse(t, "without Echo", w.handle(large, "b"), RequestEntityTooLarge, NoFormat)
	}
	w := newWorld(t)
	for name, request := range costly(16 << 10) {
		if got := w.spend(request); got > mostBeforeEcho {
			t.Errorf("a calm server, %s: %d bytes of memory", name, got)
		}
	}
}

// Malformed message_1 counts as what it costs: from the threshold on Echo comes first.
func TestR25_MalformedMessage1Counts(t *testing.T) {
	w := newWorld(t)
	malformed := post("f5030041ff6101")
	for n := range w.server.limits.Threshold {
		wantError(t, "malformed", w.handle(malformed, fmt.Sprint("stranger ", n)), BadRequest, 1)
	}
	wantResponse(t, "one more", w.handle(malformed, "stranger"), Unauthorized, NoFormat)
}

// What a request of a stranger costs where it comes to nothing: 5 us are allowed.
func BenchmarkBeforeEcho(b *testing.B) {
	for name, request := range costly(16 << 10) {
		b.Run(name, func(b *testing.B) {
			w := crowded(b)
			request.Peer, request.Echo = "stranger", make([]byte, 16)
			b.ReportAllocs()
			for b.Loop() {
				request.MessageID++
				w.server.Handle(request)
			}
		})
	}
}
