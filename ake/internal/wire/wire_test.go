package wire

import (
	"testing"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestOptions: a message has all its options, however many there may be, and one with more
// is none.
func TestOptions(t *testing.T) {
	for n := range MaxOptions + 2 {
		m := message.Message{Code: codes.GET, MessageID: 7}
		for i := range n {
			m.Options = m.Options.Add(message.Option{ID: message.URIPath, Value: []byte{byte(i)}})
		}
		got, ok := New(Encode(m))
		if want := n <= MaxOptions; ok != want {
			t.Fatalf("%d options: %v, want %v", n, ok, want)
		}
		if !ok {
			continue
		}
		if len(got.Options) != n || got.MessageID != 7 || got.Code != codes.GET {
			t.Fatalf("of %d options there are %d: %v", n, len(got.Options), got)
		}
		for i, o := range got.Options {
			if o.Value[0] != byte(i) {
				t.Fatalf("option %d of %d is %v", i, n, o)
			}
		}
	}
}
