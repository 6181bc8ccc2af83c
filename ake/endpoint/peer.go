package endpoint

import (
	"bytes"
	"container/list"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
)

// Peer is somebody who has authenticated, with whom there is a security context. It
// stays the same when its keys are renewed.
type Peer struct {
	endpoint   *Endpoint
	id         uint64
	address    string
	credential *ake.Credential
	holder     uint64 // of the credential
	identity   ake.Identity
	name       string
	started    bool // by this side
	since      time.Time
	gone       bool

	current *association
	old     []*association // replaced, and still taken for a while

	lastUsed time.Time
	place    *list.Element // in Endpoint.idle
	traffic  Traffic
	lastID   uint16 // message ID of the stack's that was seen last

	received exchanges[uint16, *received] // requests, by message ID
	kept     []*received                  // those of them with an answer, the oldest first
	asked    exchanges[string, *asked]    // requests, by token: the stack answers
	sent     exchanges[uint16, *sent]     // confirmable messages of the stack, by message ID
	asking   exchanges[string, *asking]   // requests of the stack, by token: the peer answers
	renamed  exchanges[uint16, uint16]    // message IDs of our own, and the stack's that they stand for
	waiting  [][]byte                     // for sequence numbers
	// unchallenged is the last request that is to be asked for Echo, likewise.
	unchallenged *Datagram
	handed       int // of Endpoint.handed
	memory       int // bytes of received and sent
}

// association is a security context of a peer and what belongs to it.
type association struct {
	peer     *Peer
	context  *oscore.Context
	since    time.Time    // when its keys were made
	until    time.Time    // of one that was replaced
	client   *coap.Client // of a run that this side began; it has the identifier
	session  *ake.Session
	doubted  bool   // somebody says that the other side does not have it any more
	damaged  int    // requests in a row that did not verify there
	reserved uint64 // sequence number that Save wrote, and Saved has not confirmed
}

// Traffic counts the protected messages of a Peer.
type Traffic struct {
	Sent, Received uint64
	Failures       uint64 // that did not verify
	Repeated       uint64 // datagrams that came again
}

// ID is a number that no other Peer of the Endpoint has or had.
func (p *Peer) ID() uint64 { return p.id }

// Format prints "EDHOC peer" and its number, whatever the verb.
func (p *Peer) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "EDHOC peer %d", p.id) }

// Address is where the last message that verified came from, or goes to.
func (p *Peer) Address() string {
	p.endpoint.mu.Lock()
	defer p.endpoint.mu.Unlock()
	return p.address
}

// Credential is that which the peer authenticated with; in a resumption the one of the
// full run.
func (p *Peer) Credential() *ake.Credential { return p.credential }

// Identity is who the peer is, and Name the same as text.
func (p *Peer) Identity() ake.Identity { return p.identity }

// Name is the Identity as text.
func (p *Peer) Name() string { return p.name }

// Since is when the peer authenticated first.
func (p *Peer) Since() time.Time { return p.since }

// Traffic counts the peer's messages.
func (p *Peer) Traffic() Traffic {
	p.endpoint.mu.Lock()
	defer p.endpoint.mu.Unlock()
	return p.traffic
}

// Gone reports whether the peer was dropped.
func (p *Peer) Gone() bool {
	p.endpoint.mu.Lock()
	defer p.endpoint.mu.Unlock()
	return p.gone
}

// received is a request of the peer, and the answer to it if there is one: as the stack
// gave it, and protected.
type received struct {
	answered      bool // or acknowledged
	plain, answer []byte
	token         string
	sum           uint64 // of the request
	known         bool   // in Peer.received
}

// asked is a request that the stack answers.
type asked struct {
	exchange *oscore.Exchange
	id       uint16
}

// sent is a message of the stack, and what it went out as.
type sent struct{ plain, protected []byte }

// asking is a request of the stack that the peer answers.
type asking struct {
	exchange *oscore.Exchange
	plain    []byte // for a repetition with Echo; nil: that was
	repeated bool   // by the stack
	run      *run   // it went with message_3
	since    *association
}

// exchanges keeps values by key for EXCHANGE_LIFETIME, the oldest first. A value that is
// held goes only when it is deleted.
type exchanges[K comparable, V any] struct {
	values map[K]*list.Element
	order  *list.List // of entry[K, V]
	held   int
	// changed is told what comes and what goes; nil: nobody.
	changed func(value V, came bool)
}

type entry[K comparable, V any] struct {
	key   K
	value V
	until time.Time // zero: for good
	held  bool
}

func (x *exchanges[K, V]) get(key K) (value V, ok bool) {
	element, ok := x.values[key]
	if !ok {
		return value, false
	}
	return element.Value.(*entry[K, V]).value, true
}

func (x *exchanges[K, V]) len() int { return len(x.values) }

// put adds a value that is kept until a time, or fewer than the most are newer; a zero
// time holds it for good.
func (x *exchanges[K, V]) put(key K, value V, until time.Time) {
	x.add(&entry[K, V]{key, value, until, until.IsZero()})
}

// hold adds a value that is kept until a time, however many there are.
func (x *exchanges[K, V]) hold(key K, value V, until time.Time) {
	x.add(&entry[K, V]{key, value, until, true})
}

func (x *exchanges[K, V]) add(e *entry[K, V]) {
	x.delete(e.key)
	if x.values == nil {
		x.values, x.order = map[K]*list.Element{}, list.New()
	}
	x.values[e.key] = x.order.PushBack(e)
	if e.held {
		x.held++
	}
	if x.changed != nil {
		x.changed(e.value, true)
	}
}

func (x *exchanges[K, V]) delete(key K) {
	element, ok := x.values[key]
	if !ok {
		return
	}
	if element.Value.(*entry[K, V]).held {
		x.held--
	}
	x.order.Remove(element)
	delete(x.values, key)
	if x.changed != nil {
		x.changed(element.Value.(*entry[K, V]).value, false)
	}
}

// release keeps a value that was held as others are: until a time, or fewer than the most
// are newer.
func (x *exchanges[K, V]) release(key K, until time.Time) {
	element, ok := x.values[key]
	if !ok {
		return
	}
	e := element.Value.(*entry[K, V])
	if e.held {
		x.held--
	}
	e.held, e.until = false, until
	x.order.MoveToBack(element)
}

// oldest returns the key of the value that is not held for longest.
func (x *exchanges[K, V]) oldest() (key K, until time.Time, ok bool) {
	if x.order != nil && x.len() > x.held {
		for element := x.order.Front(); element != nil; element = element.Next() {
			if e := element.Value.(*entry[K, V]); !e.held {
				return e.key, e.until, true
			}
		}
	}
	return key, until, false
}

// expire removes what is too old, and of what is not held all but the last of the most
// that may be kept.
func (x *exchanges[K, V]) expire(now time.Time, most int) {
	if x.order == nil {
		return
	}
	free := x.len() - x.held
	for element := x.order.Front(); element != nil; {
		e := element.Value.(*entry[K, V])
		element = element.Next()
		switch {
		case e.held && (e.until.IsZero() || now.Before(e.until)):
			continue
		case e.held:
			x.delete(e.key)
		case free > most || !now.Before(e.until):
			x.delete(e.key)
			free--
		default:
			return
		}
	}
}

// Peers returns the peers, the one that was idle for longest first.
func (e *Endpoint) Peers() []*Peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.peers()
}

func (e *Endpoint) peers() []*Peer {
	all := make([]*Peer, 0, e.idle.Len())
	for element := e.idle.Front(); element != nil; element = element.Next() {
		all = append(all, element.Value.(*Peer))
	}
	return all
}

// Peer returns the peer with this number, nil if there is none.
func (e *Endpoint) Peer(id uint64) *Peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.byID[id]
}

// Drop ends what there is with a peer: its contexts are gone, and its messages are
// refused from now on. It comes back with a new run, if it may.
func (e *Endpoint) Drop(p *Peer, now time.Time) Output {
	return e.call(now, func(o *Output) { e.drop(o, p, because(ake.ErrAborted, "the host dropped the peer")) })
}

func (e *Endpoint) drop(o *Output, p *Peer, reason error) {
	if p.gone {
		return
	}
	p.gone = true
	for _, a := range append(p.old, p.current) {
		e.forget(a)
	}
	p.old = nil
	e.memory -= p.memory
	e.idle.Remove(p.place)
	delete(e.byID, p.id)
	if e.holders[p.holder]--; e.holders[p.holder] == 0 {
		delete(e.holders, p.holder)
	}
	e.leave(p)
	o.event(Event{Kind: Dropped, Peer: p, Address: p.address, Err: reason})
}

// forget drops a context and gives its identifier back.
func (e *Endpoint) forget(a *association) {
	e.contexts.Drop(a.context)
	delete(e.associations, a.context)
	if a.client != nil {
		a.client.Close() // gives the identifier back
	} else {
		if e.server != nil {
			e.server.Release(a.context.RecipientID())
		}
		e.ids.Release(a.context.RecipientID())
	}
	a.session.Close()
}

// establish takes the context of a completed run into use: of a new peer, or of one
// that is known at this address by the same credential.
func (e *Endpoint) establish(o *Output, address string, session *ake.Session, client *coap.Client, keys *ake.OSCOREContext, credential *ake.Credential) (*Peer, error) {
	defer keys.Clear()
	context, err := oscore.FromEDHOC(keys, e.settings(0, false))
	if err == nil {
		err = e.contexts.Add(context)
	}
	if err != nil {
		return nil, err
	}
	if e.config.Ahead > 0 {
		number, _ := context.Reserve() // no copy of this context is stored anywhere yet
		context.Stored(number)
	}
	if origin, ok := credential.Origin(); ok && origin.Peer != nil {
		credential = origin.Peer // a resumption: who it was in the full run
	}
	a := &association{context: context, since: e.now, client: client, session: session}
	e.associations[context] = a
	if e.config.Resumption != nil {
		e.config.Resumption.Keep(session) // without it the next run is a full one
	}
	p := e.at(address, func(p *Peer) bool { return same(p.credential, credential) })
	if p == nil {
		e.lastPeer++
		p = e.newPeer(e.lastPeer, address, credential, client != nil)
		p.identity, p.name = credential.Identity(), credential.Describe()
		p.current, a.peer = a, p
		o.event(Event{Kind: Established, Peer: p, Address: address})
		e.makeRoom(o, p)
		return p, nil
	}
	a.peer = p
	p.current.until = e.now.Add(grace)
	if p.old = append(p.old, p.current); len(p.old) > mostOld {
		e.forget(p.old[0])
		p.old = p.old[1:]
	}
	p.current, p.started = a, p.started || client != nil
	e.touch(p)
	o.event(Event{Kind: Renewed, Peer: p, Address: address})
	return p, nil
}

// newPeer adds a peer with a number.
func (e *Endpoint) newPeer(id uint64, address string, credential *ake.Credential, started bool) *Peer {
	p := &Peer{endpoint: e, id: id, address: address, credential: credential, started: started, since: e.now, lastUsed: e.now}
	p.received.changed = p.receivedChanged
	p.sent.changed = p.sentChanged
	p.place = e.idle.PushBack(p)
	e.place(p)
	e.byID[id] = p
	p.holder = e.holder(credential)
	e.holders[p.holder]++
	return p
}

// holder is what all peers with a credential have in common.
func (e *Endpoint) holder(c *ake.Credential) uint64 {
	if bytes := c.Bytes(); len(bytes) > 0 {
		return maphash.Bytes(e.seed, bytes)
	}
	return maphash.Comparable(e.seed, c) // a pre-shared key
}

// same reports whether two credentials are those of one peer. A pre-shared key has no
// CRED_x to compare.
func same(a, b *ake.Credential) bool {
	return a == b || len(a.Bytes()) > 0 && bytes.Equal(a.Bytes(), b.Bytes())
}

// place notes that a peer is at its address. Who began a run with us takes the place of
// nobody with whom this side began one: that is who the host means by the address.
func (e *Endpoint) place(p *Peer) {
	all := e.byAddress[p.address]
	at := 0
	if len(all) > 0 && all[0].started && !p.started {
		at = len(all)
	}
	e.byAddress[p.address] = slices.Insert(all, at, p)
}

// leave notes that a peer is not at its address any more.
func (e *Endpoint) leave(p *Peer) {
	rest := slices.DeleteFunc(e.byAddress[p.address], func(other *Peer) bool { return other == p })
	if e.byAddress[p.address] = rest; len(rest) == 0 {
		delete(e.byAddress, p.address)
	}
}

// meant is the peer whom the host means by an address, nil if nobody is there.
func (e *Endpoint) meant(address string) *Peer {
	return e.at(address, func(*Peer) bool { return true })
}

// at finds one of the peers at an address: there may be several, as an enrolled one can
// write in the name of another's address.
func (e *Endpoint) at(address string, is func(*Peer) bool) *Peer {
	if i := slices.IndexFunc(e.byAddress[address], is); i >= 0 {
		return e.byAddress[address][i]
	}
	return nil
}

// makeRoom drops who was idle for longest if there are too many peers, or too many with
// the credential of a new one: whoever has one must not push out all others.
func (e *Endpoint) makeRoom(o *Output, p *Peer) {
	for element := e.idle.Front(); element != nil && e.holders[p.holder] > e.config.Limits.PerCredential; {
		other := element.Value.(*Peer)
		element = element.Next()
		if other.holder == p.holder {
			e.drop(o, other, because(ake.ErrLimit, "it was idle for longest of %d peers with one credential", e.holders[p.holder]))
		}
	}
	for e.idle.Len() > e.config.Limits.Peers {
		e.drop(o, e.idle.Front().Value.(*Peer), because(ake.ErrLimit, "it was idle for longest of %d peers", e.idle.Len()))
	}
}

// touch notes that the peer is there.
func (e *Endpoint) touch(p *Peer) {
	p.lastUsed = e.now
	e.idle.MoveToBack(p.place)
}

// moved notes where a message of the peer that verified came from.
func (e *Endpoint) moved(p *Peer, from string) {
	if p.address == from || p.started { // the host chose the address
		return
	}
	e.leave(p)
	p.address = from
	e.place(p)
}

func (p *Peer) expire(now time.Time, limits *Limits) {
	p.received.expire(now, limits.Exchanges)
	p.asked.expire(now, limits.Exchanges)
	p.sent.expire(now, limits.Exchanges)
	p.asking.expire(now, limits.Exchanges)
	p.renamed.expire(now, limits.Exchanges)
}

// awaits reports whether a message acknowledges one of the stack's.
func (p *Peer) awaits(m *message.Message) bool {
	id := uint16(m.MessageID)
	_, sent := p.sent.get(id)
	_, renamed := p.renamed.get(id)
	return sent || renamed
}

// stackID returns the message ID that the stack gave what a message acknowledges, and the
// datagram for the stack with it.
func (p *Peer) stackID(m *message.Message, datagram []byte) (uint16, []byte) {
	id := uint16(m.MessageID)
	old, ok := p.renamed.get(id)
	if !ok || m.Type != message.Acknowledgement && m.Type != message.Reset {
		return id, datagram
	}
	datagram = bytes.Clone(datagram)
	binary.BigEndian.PutUint16(datagram[2:], old)
	return old, datagram
}

func tokenOf(m *message.Message) string { return string(m.Token) }

// worn reports whether the context of an association is due to be replaced.
func (e *Endpoint) worn(a *association) bool {
	return a.context.Usage().Advice != ake.AdviceContinue || e.now.Sub(a.since) >= e.config.Renewal.KeyAge
}
