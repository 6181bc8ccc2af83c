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
// (RFC 9528 chapter 7), up to a number of bytes. The oldest go first. Those of strangers
// and those with which a context was established have a half each, so that neither
// push out the others.
type exchanges struct {
	byKey       map[exchangeKey]*list.Element
	outlines    map[outline]int // how many have it
	strangers   kept
	established kept
}

// kept is one half: of *exchange, the oldest first.
type kept struct {
	*list.List
	bytes, max int
}

type exchangeKey [32]byte

// outline is what repetitions of a datagram have in common and that is cheap to look at:
// for most datagrams it shows that they are none.
type outline struct {
	peer      string
	messageID uint16
	length    int
}

func outlineOf(r *Request) outline { return outline{r.Peer, r.MessageID, len(r.Payload)} }

// exchange is a request and its answer.
type exchange struct {
	outline
	key    exchangeKey
	until  time.Time
	answer Result // nothing while it is being made, or waits for the host
	in     *kept
}

// exchangeOverhead is about what an exchange takes besides its payload.
const exchangeOverhead = 512

func (x *exchange) size() int { return exchangeOverhead + len(x.answer.Response.Payload) }

func newExchanges(max int) *exchanges {
	half := func() kept { return kept{List: list.New(), max: max / 2} }
	return &exchanges{byKey: map[exchangeKey]*list.Element{}, outlines: map[outline]int{}, strangers: half(), established: half()}
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

func (xs *exchanges) len() int { return len(xs.byKey) }

func (xs *exchanges) bytes() int { return xs.strangers.bytes + xs.established.bytes }

// earlier returns the exchange of a datagram that came before, or nil.
func (xs *exchanges) earlier(r *Request) *exchange {
	if xs.outlines[outlineOf(r)] == 0 {
		return nil
	}
	return xs.find(keyOf(r))
}

func (xs *exchanges) find(key exchangeKey) *exchange {
	if element, ok := xs.byKey[key]; ok {
		return element.Value.(*exchange)
	}
	return nil
}

// begin keeps a request whose answer is being made.
func (xs *exchanges) begin(r *Request, now time.Time) *exchange {
	x := &exchange{outline: outlineOf(r), key: keyOf(r), until: now.Add(exchangeLifetime), answer: nothing()}
	xs.keep(x, &xs.strangers)
	return x
}

func (xs *exchanges) keep(x *exchange, in *kept) {
	if x.size() > in.max {
		return
	}
	x.in = in
	xs.byKey[x.key] = in.PushBack(x)
	xs.outlines[x.outline]++
	in.bytes += x.size()
	for in.bytes > in.max {
		xs.forget(in.Front().Value.(*exchange))
	}
}

// finish keeps the answer, if the request is still kept or a context was established
// by it.
func (xs *exchanges) finish(x *exchange, answer Result, established bool) {
	other := xs.find(x.key)
	xs.forget(x)
	answer.Events = nil
	x.answer = answer
	switch {
	case x.in == nil: // it cannot come again
	case established && (other == x || other == nil):
		xs.keep(x, &xs.established)
	case other == x:
		xs.keep(x, &xs.strangers)
	}
}

func (xs *exchanges) forget(x *exchange) {
	if element, ok := xs.byKey[x.key]; ok && element.Value.(*exchange) == x {
		x.in.Remove(element)
		x.in.bytes -= x.size()
		delete(xs.byKey, x.key)
		if xs.outlines[x.outline]--; xs.outlines[x.outline] == 0 {
			delete(xs.outlines, x.outline)
		}
	}
}

func (xs *exchanges) expire(now time.Time) {
	for _, kept := range []kept{xs.strangers, xs.established} {
		for front := kept.Front(); front != nil && !now.Before(front.Value.(*exchange).until); front = kept.Front() {
			xs.forget(front.Value.(*exchange))
		}
	}
}
