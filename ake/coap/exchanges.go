package coap

import (
	"container/list"
	"encoding/binary"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// exchangeLifetime is EXCHANGE_LIFETIME with the default parameters of CoAP (RFC
// 7252 section 4.8.2): how long a datagram can come again.
const exchangeLifetime = 247 * time.Second

// exchanges keeps the answers to requests for when their datagrams come again
// (RFC 9528 chapter 7), up to a number of bytes; the oldest go first.
type exchanges struct {
	byKey map[exchangeKey]*list.Element
	order *list.List // of *exchange, oldest first
	bytes int
	max   int
}

type exchangeKey [32]byte

// exchange is a request and its answer.
type exchange struct {
	key    exchangeKey
	until  time.Time
	answer Result // nothing while it is being made, or waits for the host
}

// exchangeOverhead is about what an exchange takes besides its payload.
const exchangeOverhead = 512

func (x *exchange) size() int { return exchangeOverhead + len(x.answer.Response.Payload) }

func newExchanges(max int) *exchanges {
	return &exchanges{byKey: map[exchangeKey]*list.Element{}, order: list.New(), max: max}
}

// keyOf identifies a datagram: by peer, message id and token, as CoAP does, and
// also by its content. Otherwise a forged request could take the place of an
// honest one, or a client that began anew would get answers to its past.
func keyOf(r *Request) exchangeKey {
	var fixed []byte
	fixed = binary.BigEndian.AppendUint16(fixed, r.MessageID)
	fixed = append(fixed, byte(r.Code), flag(r.EDHOC), flag(r.KID != nil))
	fixed = binary.BigEndian.AppendUint32(fixed, uint32(r.Format))
	parts := [][]byte{fixed}
	for _, variable := range [][]byte{[]byte(r.Peer), r.Token, r.Echo, r.KID, r.Payload} {
		parts = append(parts, binary.BigEndian.AppendUint32(nil, uint32(len(variable))), variable)
	}
	return exchangeKey(suite.Lookup(2).Digest(parts...)) // SHA-256
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func (xs *exchanges) find(key exchangeKey) *exchange {
	if element, ok := xs.byKey[key]; ok {
		return element.Value.(*exchange)
	}
	return nil
}

// begin keeps a request whose answer is being made.
func (xs *exchanges) begin(key exchangeKey, now time.Time) *exchange {
	x := &exchange{key: key, until: now.Add(exchangeLifetime), answer: nothing()}
	xs.byKey[key] = xs.order.PushBack(x)
	xs.bytes += x.size()
	xs.shrink()
	return x
}

// finish keeps the answer, if the request is still kept.
func (xs *exchanges) finish(x *exchange, answer Result) {
	kept := xs.find(x.key) == x
	if kept {
		xs.bytes -= x.size()
	}
	answer.Events = nil
	x.answer = answer
	if kept {
		xs.bytes += x.size()
		xs.shrink()
	}
}

func (xs *exchanges) forget(x *exchange) {
	if element, ok := xs.byKey[x.key]; ok && element.Value.(*exchange) == x {
		xs.order.Remove(element)
		delete(xs.byKey, x.key)
		xs.bytes -= x.size()
	}
}

func (xs *exchanges) shrink() {
	for xs.bytes > xs.max && xs.order.Len() > 0 {
		xs.forget(xs.order.Front().Value.(*exchange))
	}
}

func (xs *exchanges) expire(now time.Time) {
	for front := xs.order.Front(); front != nil && !now.Before(front.Value.(*exchange).until); front = xs.order.Front() {
		xs.forget(front.Value.(*exchange))
	}
}
