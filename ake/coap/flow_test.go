package coap

import (
	"fmt"
	"testing"

	"github.com/liblake/lake/ake"
)

var bothRoles = []ake.Role{ake.Initiator, ake.Responder}

// Forward and reverse flow, with and without message_4, in one server.
func TestR12_BothFlows(t *testing.T) {
	for _, role := range bothRoles {
		for _, message4 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v %v", role, message4), func(t *testing.T) {
				var options []option
				if message4 {
					options = append(options, withMessage4)
				}
				w := newWorld(t, options...)
				c := w.client(role)
				must(t, w.run(c, "peer"))
				if !c.Done() || len(w.established) != 1 || len(w.failures) != 0 {
					t.Fatalf("done %v, %d established, %d failed", c.Done(), len(w.established), len(w.failures))
				}
				event := w.established[0]
				wantSame(t, value[*ake.OSCOREContext](t)(c.Context()), event.Context)
				if event.Peer != "peer" || string(event.ID) != string(event.Context.RecipientID) ||
					event.Credential.Identity().Subject != "client" {
					t.Errorf("event %+v", event)
				}
				if s := w.server.Stats(); s.HalfOpen != 0 || s.Contexts != 1 || s.IDs != 1 || s.Established != 1 {
					t.Errorf("%+v", s)
				}
			})
		}
	}
}
