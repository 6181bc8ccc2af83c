package oscore

import (
	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
)

// fetch is 0.05 (RFC 8132), which the library of messages does not name.
const fetch codes.Code = 5

// ProtectRequest protects a request of the client (RFC 8613 section 8.1). The Exchange
// is for its responses. It gives ErrSequence when no number is left to send with, and
// ErrArgument for what is not a request.
func (c *Context) ProtectRequest(request []byte) (datagram []byte, e *Exchange, err error) {
	w := newWorkspace()
	defer w.free()
	own, err := w.readOwn(request)
	if err != nil {
		return nil, nil, err
	}
	asks, ok := observes(own.Options)
	switch {
	case !wire.IsRequest(own.Code):
		return nil, nil, because(ake.ErrArgument, "code %v is not one of a request", own.Code)
	case !ok:
		return nil, nil, because(ake.ErrArgument, "Observe is neither 0 nor 1")
	}
	code := codes.POST
	if asks != observeNot {
		code = fetch
		value, _ := find(own.inner, message.Observe)
		own.outer = own.outer.Add(message.Option{ID: message.Observe, Value: value})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	piv, err := c.sequence.take()
	if err != nil {
		return nil, nil, err
	}
	e = &Exchange{context: c, client: true, piv: piv, observe: asks}
	o := option{hasPIV: true, piv: piv, kid: c.sender.id}
	if c.announce {
		o.kidContext = c.idContext
	}
	return e.seal(own, code, o, c.nonceOf(c.sender.id, piv)), e, nil
}

// ProtectResponse protects the server's response to the request of the Exchange (RFC
// 8613 section 8.3). Only a request that registers an observation has several; all but
// the first take a sequence number (section 8.3.1). It gives ErrState when the request
// has had its response.
func (c *Context) ProtectResponse(response []byte, e *Exchange) (datagram []byte, err error) {
	w := newWorkspace()
	defer w.free()
	own, err := w.readOwn(response)
	if err != nil {
		return nil, err
	}
	if !wire.IsResponse(own.Code) {
		return nil, because(ake.ErrArgument, "code %v is not one of a response", own.Code)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case e == nil || e.context != c || e.client:
		return nil, because(ake.ErrArgument, "the exchange is not one of a request to this context")
	case e.over:
		return nil, because(ake.ErrState, "the request has had its response")
	case e.mayBeReplay:
		return nil, because(ake.ErrState, "the request may be a replay: only a challenge answers it")
	}
	return c.protectResponse(own, e, e.answered)
}

// protectResponse protects a response, with a Partial IV of its own or the request's
// nonce (RFC 8613 section 5.2). The request's serves once.
func (c *Context) protectResponse(own *ownMessage, e *Exchange, ownPIV bool) ([]byte, error) {
	code := codes.Changed
	notification := own.Options.HasOption(message.Observe)
	if notification {
		if !e.Observes() {
			return nil, because(ake.ErrArgument, "a notification answers a request that registered no observation")
		}
		code = codes.Content
		value, _ := find(own.inner, message.Observe)
		own.outer = own.outer.Add(message.Option{ID: message.Observe, Value: value})
		own.inner = own.inner.Remove(message.Observe).Add(message.Option{ID: message.Observe})
	}
	var o option
	nonce := e.requestNonce()
	if ownPIV {
		piv, err := c.sequence.take()
		if err != nil {
			return nil, err
		}
		o = option{hasPIV: true, piv: piv}
		nonce = c.nonceOf(c.sender.id, piv)
	} else {
		e.answered = true
	}
	e.over = !notification
	return e.seal(own, code, o, nonce), nil
}

// Challenge answers a request that gave ErrFreshness: an Echo option, under OSCORE (RFC
// 8613 appendix B.1.2). The peer repeats its request with it. A request that must be
// acknowledged is answered with its own message ID, another one with messageID.
func (c *Context) Challenge(request []byte, e *Exchange, messageID uint16) ([]byte, error) {
	w := newWorkspace()
	defer w.free()
	m, err := decode(request, &w.rooms[0])
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e == nil || e.context != c || !e.mayBeReplay {
		return nil, because(ake.ErrArgument, "the exchange is not one that gave ErrFreshness")
	}
	answer := message.Message{Code: codes.Unauthorized, Token: m.Token,
		Options: message.Options{{ID: message.Echo, Value: c.challenge()}}}
	if !answerTo(&answer, &m, messageID) {
		return nil, because(ake.ErrArgument, "the datagram is not a request")
	}
	own, err := w.split(answer)
	if err != nil {
		return nil, err
	}
	return c.protectResponse(own, e, true)
}

const headerLength = 4 // of CoAP over UDP, without the token

// ownMessage is a message of our own stack, with its options taken apart: those that
// stay outside, and those that are encrypted.
type ownMessage struct {
	message.Message
	outer, inner message.Options
}

// readOwn refuses a message that would lose an option on the way: nobody else would tell.
func (w *workspace) readOwn(datagram []byte) (*ownMessage, error) {
	if len(datagram) > maxMessage {
		return nil, because(ake.ErrTooLarge, "a CoAP message of %d bytes, at most %d", len(datagram), maxMessage)
	}
	m, err := decode(datagram, &w.rooms[0])
	if err != nil {
		return nil, because(ake.ErrArgument, "a CoAP message of %d bytes cannot be read", len(datagram))
	}
	all := message.Options(w.rooms[1][:0]) // but for option 0, which there is not
	_, err = all.Unmarshal(datagram[headerLength+len(m.Token):], nil)
	if size, e := coder.DefaultCoder.Size(m); err != nil || e != nil || len(all) != len(m.Options) || size != len(datagram) {
		return nil, because(ake.ErrArgument, "an option of the message has an illegal length")
	}
	return w.split(m)
}

// split does RFC 8613 section 4.1.
func (w *workspace) split(whole message.Message) (*ownMessage, error) {
	m := &w.own
	*m = ownMessage{whole, w.rooms[1][:0], w.rooms[2][:0]}
	for _, o := range m.Options {
		switch {
		case o.ID == optionOSCORE:
			return nil, because(ake.ErrArgument, "the message is protected already")
		case o.ID == message.ProxyURI:
			target, options, err := splitProxyURI(o.Value)
			if err != nil {
				return nil, err
			}
			m.outer = m.outer.Add(message.Option{ID: message.ProxyURI, Value: target})
			if len(options)+len(m.Options) > wire.MaxOptions {
				return nil, because(ake.ErrArgument, "the Proxy-Uri has too many parts")
			}
			for _, o := range options {
				m.inner = m.inner.Add(o)
			}
		case isOuter(o.ID):
			m.outer = m.outer.Add(o)
		default:
			m.inner = m.inner.Add(o)
		}
	}
	return m, nil
}

// seal encrypts (RFC 8613 section 8.1 steps 4 and 5): the outer message is written
// first, and the plaintext behind it becomes the ciphertext in its place.
func (e *Exchange) seal(m *ownMessage, code codes.Code, o option, nonce []byte) []byte {
	c := e.context
	var value [1 + maxPIVLength + 1 + maxIDContext + maxIDLength]byte
	outer := message.Message{Type: m.Type, MessageID: m.MessageID, Token: m.Token, Code: code,
		Options: m.outer.Add(message.Option{ID: optionOSCORE, Value: o.append(value[:0])})}
	head, _ := coder.DefaultCoder.Size(outer)
	options, _ := m.inner.Marshal(nil)
	datagram := make([]byte, head, head+1+1+options+1+len(m.Payload)+c.algorithms.TagLength())
	coder.DefaultCoder.Encode(outer, datagram)
	datagram = append(datagram, payloadMarker)
	plaintext := appendPlaintext(datagram[len(datagram):], m.Code, m.inner, m.Payload)
	return datagram[:len(datagram)+len(c.sender.cipher.Seal(plaintext[:0], nonce, plaintext, e.aad()))]
}

const payloadMarker = 0xff
