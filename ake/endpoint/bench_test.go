package endpoint

import (
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// BenchmarkExchange is a request and its answer through two endpoints: four calls.
func BenchmarkExchange(b *testing.B) {
	w := newWorld(b)
	server, client := w.pair(nil)
	r := client.ask("server:5683", codes.POST, "a")
	w.run(time.Minute)
	client.wantAnswer(r, "a")
	payload := make([]byte, 64)
	id := 1000
	b.ReportAllocs()
	for b.Loop() {
		id++
		w.now = w.now.Add(200 * time.Microsecond)
		m := message.Message{Code: codes.POST, MessageID: int32(id & 0xffff), Token: message.Token{byte(id), byte(id >> 8)},
			Options: message.Options{{ID: message.URIPath, Value: []byte("test")}}}
		o, err := client.Send(nil, "server:5683", wire.Encode(m), w.now)
		must(b, err)
		in := server.Receive("client:1000", o.Network[0].Data, w.now)
		out, err := server.Send(in.Stack[0].Peer, "", answer(&m, 0, codes.Content, nil, payload), w.now)
		must(b, err)
		if back := client.Receive("server:5683", out.Network[0].Data, w.now); len(back.Stack) != 1 {
			b.Fatal("no answer")
		}
	}
}
