package oscore

import (
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/plgd-dev/go-coap/v3/message"
)

// Exchange binds responses to their request (RFC 8613 section 8). It is kept until the
// response has been protected or verified; with Observe, for as long as the observation
// is active. It belongs to its Context and is used like that from any goroutine.
type Exchange struct {
	context *Context
	client  bool
	piv     uint64 // of the request
	observe observe

	mayBeReplay bool // server: only a challenge answers it

	answered bool // server: the request's nonce has served; client: the answer without Partial IV came
	over     bool // nothing more is to come
	notified bool // client: a notification came
	latest   uint64
}

// Overhear is for who has the context of both sides, and reads what passed between
// them: with the Exchange of a request at the server, it gives the one at the client,
// whose context c is.
func (c *Context) Overhear(request *Exchange) *Exchange {
	return &Exchange{context: c, client: true, piv: request.piv, observe: request.observe}
}

// observe is what a request asks for (RFC 7641 section 2).
type observe int8

const (
	observeNot observe = iota
	observeRegister
	observeCancel
)

// observes returns what a request asks for, or false for a value that there is not.
func observes(options message.Options) (observe, bool) {
	if !options.HasOption(message.Observe) {
		return observeNot, true
	}
	value, once := find(options, message.Observe)
	switch {
	case !once:
		return observeNot, false
	case len(value) == 0 || len(value) == 1 && value[0] == 0:
		return observeRegister, true
	case len(value) == 1 && value[0] == 1:
		return observeCancel, true
	}
	return observeNot, false
}

// Observes reports whether the request registers an observation: several responses
// answer it.
func (e *Exchange) Observes() bool { return e.observe == observeRegister }

// Context is the one that the request was protected with.
func (e *Exchange) Context() *Context { return e.context }

// Over reports whether no response is to come any more: the Exchange can be forgotten.
func (e *Exchange) Over() bool {
	e.context.mu.Lock()
	defer e.context.mu.Unlock()
	return e.over
}

// kid is the identifier in the request.
func (e *Exchange) kid() []byte {
	if e.client {
		return e.context.sender.id
	}
	return e.context.recipient.id
}

// aad is the AAD of request and responses (RFC 8613 section 5.4). It is valid until
// the next call.
func (e *Exchange) aad() []byte {
	c := e.context
	array := append(c.array[:0], 0x85, oscoreVersion, 0x81)
	array = cborx.AppendInt(array, int64(c.aead))
	array = cborx.AppendBytes(array, e.kid())
	array = cborx.AppendBytes(array, appendPIV(c.piv[:0], e.piv))
	array = cborx.AppendBytes(array, nil) // Class I options: there are none
	return cborx.AppendBytes(append(c.associated[:0], encrypt0...), array)
}

const (
	oscoreVersion = 1
	// encrypt0 is the beginning of the Enc_structure (RFC 9052 section 5.3): an array,
	// its context, an empty protected header.
	encrypt0 = "\x83\x68Encrypt0\x40"
)

// nonceOf is the AEAD nonce for a Partial IV of the side with this identifier (RFC 8613
// section 5.2). It is valid until the next call.
func (c *Context) nonceOf(id []byte, piv uint64) []byte {
	n := c.algorithms.NonceLength()
	nonce := c.nonce[:n]
	copy(nonce, c.commonIV[:n])
	nonce[0] ^= byte(len(id))
	for i, b := range id {
		nonce[n-maxPIVLength-len(id)+i] ^= b
	}
	for i := range maxPIVLength {
		nonce[n-1-i] ^= byte(piv >> (8 * i))
	}
	return nonce
}

// requestNonce is that of the request.
func (e *Exchange) requestNonce() []byte { return e.context.nonceOf(e.kid(), e.piv) }
