package endpoint

import (
	"math/bits"
	"time"

	"github.com/plgd-dev/go-coap/v3/message"
)

// block is the value of a Block1 or Block2 option (RFC 7959 section 2.2).
type block struct {
	number   int
	more     bool
	exponent uint32 // of the size, less 4
}

func (b block) size() int { return 16 << b.exponent }

func (b block) option(id message.OptionID) message.Option {
	value := uint32(b.number)<<4 | b.exponent
	if b.more {
		value |= 8
	}
	return newOption(id, value)
}

// blockOf reads a block option. It is false if there is none that can be used.
func blockOf(m *message.Message, id message.OptionID) (block, bool) {
	value, ok := uintOption(m, id)
	if !ok || value >= 1<<24 || value&7 == 7 {
		return block{}, false
	}
	return block{int(value >> 4), value&8 != 0, value & 7}, true
}

// sizeExponent is the exponent of a block size, less 4.
func sizeExponent(size int) (uint32, bool) {
	if size < 16 || size > 1024 || bits.OnesCount(uint(size)) != 1 {
		return 0, false
	}
	return uint32(bits.TrailingZeros(uint(size)) - 4), true
}

// bodies are EDHOC messages that come or go in blocks at the server: one in each
// direction for each address.
type bodies struct {
	limits   *Limits
	incoming exchanges[string, *incoming]
	outgoing exchanges[string, *outgoing]
}

type incoming struct{ data []byte }

type outgoing struct {
	code    byte
	options message.Options
	data    []byte
}

// bodyLifetime is how long a body is kept whose next block does not come.
const bodyLifetime = 60 * time.Second

func (b *bodies) len() int { return b.incoming.len() + b.outgoing.len() }

func (b *bodies) expire(now time.Time) {
	b.incoming.expire(now, b.limits.Bodies)
	b.outgoing.expire(now, b.limits.Bodies)
}
