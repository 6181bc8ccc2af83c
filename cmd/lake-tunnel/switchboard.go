package main

import (
	"container/list"
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// switchboard lets many CoAP clients share one address: their tokens and message IDs
// stay as they are where they are free, and get another value where somebody else has
// that one. A client that repeats its datagram after the process was restarted so gets
// the same message ID again, by which the server knows it.
type switchboard struct {
	tokens table[string]
	ids    table[uint16]
}

// Limits of a switchboard. An exchange is forgotten after EXCHANGE_LIFETIME (RFC 7252
// section 4.8.2), an observation when it is over or others need its place.
const (
	maxExchanges     = 16_384
	maxObservations  = 4_096
	exchangeLifetime = 247 * time.Second
)

// out changes a datagram of a client into one of the shared address.
func (b *switchboard) out(client string, datagram []byte, now time.Time) ([]byte, error) {
	m, err := decode(datagram)
	if err != nil {
		return nil, err
	}
	if m.Code == codes.Empty && m.Type != message.Confirmable {
		return datagram, nil // the message ID is of the other side
	}
	id := b.ids.place(client, uint16(m.MessageID), randomID, now)
	m.MessageID = int32(id.outside)
	if m.Code != codes.Empty {
		line := b.tokens.place(client, string(m.Token), randomToken, now)
		b.tokens.hold(line, observe(m) == 0)
		m.Token = message.Token(line.outside)
	}
	return encode(m)
}

// in changes a datagram for the shared address into one for a client. It is false if it
// is for nobody.
func (b *switchboard) in(datagram []byte, now time.Time) (client string, changed []byte, ok bool) {
	m, err := decode(datagram)
	if err != nil {
		return "", nil, false
	}
	answers := m.Type == message.Acknowledgement || m.Type == message.Reset
	if answers {
		id := b.ids.find(uint16(m.MessageID), now)
		if id == nil {
			return "", nil, false
		}
		client, m.MessageID = id.client, int32(id.inside)
	}
	if m.Code != codes.Empty {
		line := b.tokens.find(string(m.Token), now)
		if line == nil || answers && line.client != client {
			return "", nil, false
		}
		client, m.Token = line.client, message.Token(line.inside)
		b.tokens.hold(line, line.held && observe(m) >= 0)
	} else if !answers {
		return "", nil, false
	}
	changed, err = encode(m)
	return client, changed, err == nil
}

func randomID() uint16 {
	var random [2]byte
	rand.Read(random[:]) // never fails
	return binary.BigEndian.Uint16(random[:])
}

func randomToken() string {
	random := make([]byte, 4)
	rand.Read(random)
	return string(random)
}

// table has the values of clients and what they are outside, the oldest first.
type table[V comparable] struct {
	inside  map[owned[V]]*list.Element
	outside map[V]*list.Element
	free    list.List // of *entry[V], in the order of use
	held    list.List
}

type owned[V comparable] struct {
	client string
	value  V
}

type entry[V comparable] struct {
	client          string
	inside, outside V
	used            time.Time
	held            bool
}

// find looks a value up that came from outside.
func (t *table[V]) find(outside V, now time.Time) *entry[V] {
	element := t.outside[outside]
	if element == nil {
		return nil
	}
	e := element.Value.(*entry[V])
	if !e.held && now.Sub(e.used) >= exchangeLifetime {
		t.remove(element)
		return nil
	}
	t.touch(element, now)
	return e
}

// place gives the value of a client its place outside.
func (t *table[V]) place(client string, value V, another func() V, now time.Time) *entry[V] {
	if t.inside == nil {
		t.inside, t.outside = map[owned[V]]*list.Element{}, map[V]*list.Element{}
	}
	if element := t.inside[owned[V]{client, value}]; element != nil {
		t.touch(element, now)
		return element.Value.(*entry[V])
	}
	for first := t.free.Front(); first != nil; first = t.free.Front() {
		if t.free.Len() < maxExchanges && now.Sub(first.Value.(*entry[V]).used) < exchangeLifetime {
			break
		}
		t.remove(first)
	}
	outside := value
	for t.outside[outside] != nil {
		outside = another()
	}
	e := &entry[V]{client: client, inside: value, outside: outside, used: now}
	element := t.free.PushBack(e)
	t.inside[owned[V]{client, value}], t.outside[outside] = element, element
	return e
}

// hold says whether a value is kept for longer than an exchange.
func (t *table[V]) hold(e *entry[V], held bool) {
	element := t.outside[e.outside]
	if held == e.held {
		return
	}
	from, to := &t.free, &t.held
	if !held {
		from, to = to, from
	}
	from.Remove(element)
	e.held = held
	element = to.PushBack(e)
	t.inside[owned[V]{e.client, e.inside}], t.outside[e.outside] = element, element
	if t.held.Len() > maxObservations {
		t.remove(t.held.Front())
	}
}

func (t *table[V]) touch(element *list.Element, now time.Time) {
	e := element.Value.(*entry[V])
	e.used = now
	t.listOf(e).MoveToBack(element)
}

func (t *table[V]) remove(element *list.Element) {
	e := element.Value.(*entry[V])
	t.listOf(e).Remove(element)
	delete(t.inside, owned[V]{e.client, e.inside})
	delete(t.outside, e.outside)
}

func (t *table[V]) listOf(e *entry[V]) *list.List {
	if e.held {
		return &t.held
	}
	return &t.free
}
