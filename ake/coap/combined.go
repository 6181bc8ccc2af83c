package coap

import (
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// cutCombined finds in COMB_PAYLOAD = EDHOC_MSG_3 | OSCORE_PAYLOAD (RFC 9668
// section 3.2.1) message_3 and where the OSCORE ciphertext begins.
func cutCombined(payload []byte) (message3 []byte, oscore int, err error) {
	item, rest, err := cborx.First(payload)
	switch {
	case err != nil:
		return nil, 0, malformed("combined request: %v", err)
	case item.Kind() != cborx.Bytes:
		return nil, 0, malformed("combined request: message_3 is not a byte string")
	case len(rest) == 0:
		return nil, 0, malformed("combined request: there is no OSCORE ciphertext")
	}
	return item, len(item), nil
}

// combine is the reverse. A max of 0 means that there is no limit.
func combine(message3, oscorePayload []byte, max int) ([]byte, error) {
	if size := len(message3) + len(oscorePayload); max > 0 && size > max {
		return nil, because(ake.ErrCombinedSize, "%d bytes, the limit is %d", size, max)
	}
	if len(oscorePayload) == 0 {
		return nil, argument("a combined request needs an OSCORE ciphertext")
	}
	return slices.Concat(message3, oscorePayload), nil
}
