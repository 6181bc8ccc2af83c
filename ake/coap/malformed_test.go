package coap

import (
	"bytes"
	"testing"

	"github.com/liblake/lake/ake"
)

// Who is sent an EDHOC error message is at the end of its run (RFC 9528 chapter 6),
// and what does not comply with the CDDL ends it (section 9.8): also where the
// malformed part is found before the engine sees it.
func TestMalformedMessageEndsItsRun(t *testing.T) {
	for name, malformed := range map[string][]byte{
		"two byte strings":   {0x41, 1, 0x41, 2},
		"half a byte string": {0x58, 20, 1},
		"an array":           {0x81, 0x41, 1},
		"not deterministic":  {0x58, 1, 1},
		"an empty message":   {},
	} {
		w := newWorld(t)
		_, message3 := w.half("peer")
		id, _, err := cutIdentifier(message3.Payload)
		must(t, err)
		wrong := *message3
		wrong.Payload = withPrefix(id, bytes.Clone(malformed))
		answer := w.handle(wrong, "peer")
		if _, err := ake.ParseErrorMessage(answer.Payload); err != nil {
			t.Errorf("%s: answer %v without an error message", name, answer.Code)
		}
		if answer = w.handle(*message3, "peer"); !answer.Code.IsError() || len(w.established) != 0 {
			t.Errorf("%s: after the error message the run goes on, to %v and %d contexts", name, answer.Code, len(w.established))
		}
	}
}
