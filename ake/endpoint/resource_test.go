package endpoint

import (
	"testing"

	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestCriticalOption asks the EDHOC resource with an option that nobody knows: one that is
// critical is refused (RFC 7252 section 5.4.1), before anything is made of the payload.
func TestCriticalOption(t *testing.T) {
	for id, want := range map[message.OptionID]codes.Code{65001: codes.BadOption, 65002: codes.BadRequest} {
		w := newWorld(t)
		server, _ := w.pair(nil)
		request := message.Message{Type: message.Confirmable, Code: codes.POST, MessageID: 7, Token: message.Token("t"), Payload: []byte{0xf5, 3}}
		for _, option := range []message.Option{
			{ID: message.URIPath, Value: []byte(".well-known")}, {ID: message.URIPath, Value: []byte("edhoc")},
			newOption(message.ContentFormat, 65), {ID: id, Value: []byte("x")},
		} {
			request.Options = request.Options.Add(option)
		}
		o := server.Receive("client:1000", wire.Encode(request), w.now)
		if len(o.Network) != 1 {
			t.Fatalf("option %d: %d answers", id, len(o.Network))
		}
		if m, ok := decode(o.Network[0].Data); !ok || m.Code != want || m.MessageID != 7 {
			t.Errorf("option %d: answered %v, want %v", id, m, want)
		}
	}
}
