package oscore

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
)

// UnprotectRequest verifies and decrypts a request at the server (RFC 8613 section
// 8.2). The Exchange is for its responses. It gives ErrUnprotected for a message
// without OSCORE option, ErrContextUnknown for one of another context, ErrReplay,
// ErrDecryption and ErrMalformed; ErrorResponse is what answers them.
//
// ErrFreshness means that the request verified, and that nobody knows whether it came
// before the restart, too. Its Exchange is for Challenge alone.
func (c *Context) UnprotectRequest(datagram []byte) (request []byte, e *Exchange, err error) {
	w := newWorkspace()
	defer w.free()
	m, err := decode(datagram, &w.rooms[0])
	if err != nil {
		return nil, nil, err
	}
	o, err := oscoreOption(&m)
	switch {
	case err != nil:
		return nil, nil, err
	case !wire.IsRequest(m.Code):
		return nil, nil, malformed("code %v is not one of a request", m.Code)
	case !o.hasPIV || o.kid == nil:
		return nil, nil, malformed("the OSCORE option of a request has a Partial IV and a kid")
	case !c.named(o):
		return nil, nil, because(ake.ErrContextUnknown, "its kid is another one")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.window.known && !c.window.fresh(o.piv) {
		return nil, nil, because(ake.ErrReplay, "number %d", o.piv)
	}
	e = &Exchange{context: c, piv: o.piv}
	plaintext, err := e.open(&m, e.requestNonce())
	if err != nil {
		return nil, nil, err
	}
	if c.window.known {
		c.window.accept(o.piv)
	}
	if err := parsePlaintext(plaintext, &m, &w.rooms[1]); err != nil {
		return nil, nil, err
	}
	if !c.window.known {
		if !c.answersChallenge(m.Options) {
			e.mayBeReplay = true
			return nil, e, because(ake.ErrFreshness, "nothing is known of the time before the restart")
		}
		c.window.begin(o.piv)
		c.echo = nil
		m.Options = m.Options.Remove(message.Echo)
	}
	asks, ok := observes(m.Options)
	if !wire.IsRequest(m.Code) || !ok {
		return nil, nil, malformed("what was encrypted is not a request")
	}
	e.observe = asks
	return wire.Encode(m), e, nil
}

// UnprotectResponse verifies and decrypts a response at the client (RFC 8613 section
// 8.4). It gives ErrUnprotected for a message without OSCORE option: who sent it is not
// known, and only an error of OSCORE processing comes so from the server (section 8.2).
// A request has one response; one that registered an observation has notifications,
// each newer than the one before (section 7.4.1) and with the Observe option set by
// their order. A response that fails changes nothing.
func (c *Context) UnprotectResponse(datagram []byte, e *Exchange) (response []byte, err error) {
	w := newWorkspace()
	defer w.free()
	m, err := decode(datagram, &w.rooms[0])
	if err != nil {
		return nil, err
	}
	o, err := oscoreOption(&m)
	switch {
	case err != nil:
		return nil, err
	case !wire.IsResponse(m.Code):
		return nil, malformed("code %v is not one of a response", m.Code)
	case o.kid != nil && !c.named(o):
		return nil, because(ake.ErrContextUnknown, "its kid is another one")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case e == nil || e.context != c || !e.client:
		return nil, because(ake.ErrArgument, "the exchange is not one of a request of this context")
	case e.over:
		return nil, because(ake.ErrReplay, "the request has had its response")
	case o.hasPIV && e.notified && o.piv <= e.latest, !o.hasPIV && (e.answered || e.notified):
		return nil, because(ake.ErrReplay, "a notification as new, or a newer one, came before")
	}
	nonce := e.requestNonce()
	if o.hasPIV {
		nonce = c.nonceOf(c.recipient.id, o.piv)
	}
	plaintext, err := e.open(&m, nonce)
	if err != nil {
		return nil, err
	}
	if err := parsePlaintext(plaintext, &m, &w.rooms[1]); err != nil {
		return nil, err
	}
	notification := m.Options.HasOption(message.Observe)
	switch value, _ := find(m.Options, message.Observe); {
	case !wire.IsResponse(m.Code):
		return nil, malformed("what was encrypted is not a response")
	case notification && !e.Observes():
		return nil, malformed("a notification answers a request that registered no observation")
	case notification && len(value) != 0:
		return nil, malformed("the encrypted Observe option of a notification has a value")
	}
	if notification {
		var order [4]byte
		if o.hasPIV {
			e.notified, e.latest = true, o.piv
			binary.BigEndian.PutUint32(order[:], uint32(o.piv+1)&0xffffff)
		}
		e.answered = e.answered || !o.hasPIV
		m.Options = m.Options.Remove(message.Observe).
			Add(message.Option{ID: message.Observe, Value: bytes.TrimLeft(order[:], "\x00")})
	} else {
		e.over = true
	}
	return wire.Encode(m), nil
}

// named reports whether kid and kid context are those of the peer.
func (c *Context) named(o option) bool {
	return bytes.Equal(o.kid, c.recipient.id) &&
		(o.kidContext == nil || c.idContext != nil && bytes.Equal(o.kidContext, c.idContext))
}

// open decrypts.
func (e *Exchange) open(m *message.Message, nonce []byte) ([]byte, error) {
	c := e.context
	plaintext, err := c.recipient.cipher.Open(nonce, m.Payload, e.aad())
	if err != nil {
		c.failures++
		return nil, because(ake.ErrDecryption, "wrong keys, or a modified message")
	}
	c.received++
	return plaintext, nil
}

const echoLength = 8

// challenge is the Echo value that shows that a request is new: it is of no use to
// another context, nor after it was answered.
func (c *Context) challenge() []byte {
	if c.echo == nil {
		c.echo = make([]byte, echoLength)
		rand.Read(c.echo) // never fails
	}
	return c.echo
}

func (c *Context) answersChallenge(options message.Options) bool {
	value, once := find(options, message.Echo)
	return once && c.echo != nil && suite.ConstantTimeEqual(value, c.echo)
}

// KID returns the kid and the kid context of a protected request, which say what
// context it belongs to. It gives ErrUnprotected for a message without OSCORE option
// and ErrMalformed for what is not a protected request.
func KID(datagram []byte) (kid, kidContext []byte, err error) {
	w := newWorkspace()
	defer w.free()
	m, err := decode(datagram, &w.rooms[0])
	if err != nil {
		return nil, nil, err
	}
	o, err := oscoreOption(&m)
	if err == nil && o.kid == nil {
		err = malformed("the OSCORE option of a request has a kid")
	}
	if err != nil {
		return nil, nil, err
	}
	return o.kid, o.kidContext, nil
}

// IsProtected reports whether the datagram is a CoAP message with an OSCORE option.
func IsProtected(datagram []byte) bool {
	w := newWorkspace()
	defer w.free()
	m, err := decode(datagram, &w.rooms[0])
	return err == nil && m.Options.HasOption(optionOSCORE)
}
