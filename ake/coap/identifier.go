package coap

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/cborx"
)

// The prefixes of what a client sends (RFC 9528 appendix A.2): true before
// message_1, the server's connection identifier before everything else.
const prefixTrue = 0xf5

// maxIdentifier is the longest connection identifier of this package in bytes.
// A Sender ID of OSCORE is at most 7 bytes with a nonce of 13 (RFC 8613 section
// 3.3), but a peer may use EDHOC for something else.
const maxIdentifier = 64

// isOneByteInt reports whether id is the encoding of an integer in -24..23,
// and so is sent as that integer (RFC 9528 section 3.3.2).
func isOneByteInt(id []byte) bool {
	return len(id) == 1 && (id[0] <= 0x17 || id[0] >= 0x20 && id[0] <= 0x37)
}

// appendIdentifier appends a connection identifier as section 3.3.2 represents it.
func appendIdentifier(out, id []byte) []byte {
	if isOneByteInt(id) {
		return append(out, id[0])
	}
	return cborx.AppendBytes(out, id)
}

// cutIdentifier reads the connection identifier at the start of data.
func cutIdentifier(data []byte) (id, rest []byte, err error) {
	if len(data) > 0 && !isOneByteInt(data[:1]) && !startsWith(data, cborx.Bytes) { // it may be long to decode
		return nil, nil, errNoIdentifier
	}
	item, rest, err := cborx.First(data)
	if err != nil {
		return nil, nil, malformed("connection identifier: %v", err)
	}
	id, err = readIdentifier(item)
	return id, rest, err
}

func readIdentifier(item cborx.Item) ([]byte, error) {
	switch id, isBytes := item.Bytes(); {
	case isOneByteInt(item):
		return item, nil
	case !isBytes:
		return nil, errNoIdentifier
	case isOneByteInt(id):
		return nil, malformed("the connection identifier is a byte string that has to be sent as an int")
	case len(id) > maxIdentifier:
		return nil, malformed("the connection identifier has %d bytes, the limit is %d", len(id), maxIdentifier)
	default:
		return id, nil
	}
}

var errNoIdentifier = malformed("the connection identifier is neither a byte string nor an int in -24..23")

// withPrefix is C_x || message.
func withPrefix(id, message []byte) []byte {
	return append(appendIdentifier(make([]byte, 0, len(id)+2+len(message)), id), message...)
}

// beforeCI are the items of message_1 before C_I: METHOD, SUITES_I and G_X.
var beforeCI = [][]cborx.Kind{{cborx.Int}, {cborx.Int, cborx.Array}, {cborx.Bytes}}

// initiatorOf returns C_I of message_1.
func initiatorOf(message1 []byte) ([]byte, error) {
	rest := message1
	for _, kinds := range beforeCI {
		if len(rest) > 0 && !startsWith(rest, kinds...) {
			return nil, malformed("message_1: an item of another type")
		}
		var err error
		if _, rest, err = cborx.First(rest); err != nil {
			return nil, malformed("message_1: %v", err)
		}
	}
	cI, _, err := cutIdentifier(rest)
	return bytes.Clone(cI), err
}
