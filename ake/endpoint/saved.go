package endpoint

import (
	"errors"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
)

// What is saved is a CBOR sequence, sealed: the version, the number of the last peer,
// and for each peer its number, its address, whether this side began the run (1) and was
// the Initiator (2), when the peer authenticated first, when its keys were made, the sequence number to go on with, and the session (a blob
// of ake.Session.Save).
const (
	savedVersion = 2
	savedItems   = 7
	savedName    = "liblake endpoint"
	maxSaved     = 1 << 30
)

// Save returns the peers, sealed with a key of 32 bytes that only the host has. Store
// it in the place of what was stored before, and call Saved then: until that is said,
// no sequence number is used that what was stored before does not know of. What is
// restored must be the last that was stored: an older one would use numbers twice.
//
// Runs that are under way, and peers that have not shown yet that they have the keys,
// are not in it. It gives ErrArgument without Config.Ahead, and for another key.
func (e *Endpoint) Save(key []byte) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.config.Ahead == 0 {
		return nil, because(ake.ErrArgument, "Config.Ahead is 0: nothing outlives the process")
	}
	if len(key) != suite.BlobKeyLength {
		return nil, because(ake.ErrArgument, "the key has %d bytes, want %d", len(key), suite.BlobKeyLength)
	}
	plain := cborx.AppendUint(cborx.AppendUint(nil, savedVersion), e.lastPeer)
	defer func() { suite.Wipe(plain) }()
	for element := e.idle.Front(); element != nil; element = element.Next() {
		p := element.Value.(*Peer)
		session, err := p.current.session.Save(key)
		if errors.Is(err, ake.ErrState) {
			continue // the peer has not shown yet that it has the keys
		}
		if err != nil {
			return nil, err
		}
		number, _ := p.current.context.Reserve()
		p.current.reserved = number
		plain = cborx.AppendUint(plain, p.id)
		plain = cborx.AppendBytes(plain, []byte(p.address))
		plain = cborx.AppendUint(plain, p.side())
		plain = cborx.AppendInt(plain, p.since.Unix())
		plain = cborx.AppendInt(plain, p.current.since.Unix())
		plain = cborx.AppendUint(plain, number)
		plain = cborx.AppendBytes(plain, session)
	}
	sealed, err := suite.SealBlob(key, []byte(savedName), plain)
	if err != nil {
		return nil, because(ake.ErrInternal, "nothing could be sealed")
	}
	return sealed, nil
}

const (
	sideStarted   = 1
	sideInitiator = 2
)

// side is which part this side had in the run with a peer.
func (p *Peer) side() (side uint64) {
	if p.started {
		side |= sideStarted
	}
	if p.current.session.Info().Role == ake.Initiator {
		side |= sideInitiator
	}
	return side
}

// Saved says that what Save gave last is stored. What waited for sequence numbers is
// sent now.
func (e *Endpoint) Saved(now time.Time) Output {
	return e.call(now, func(o *Output) {
		for _, p := range e.peers() { // those that are sent something change their place
			if a := p.current; a.reserved > 0 {
				a.context.Stored(a.reserved)
				a.reserved = 0
			}
			waiting := p.waiting
			p.waiting = nil
			for _, datagram := range waiting {
				e.send(o, p, "", datagram) // what cannot be sent the stack sends again
			}
			if request := p.unchallenged; request != nil {
				p.unchallenged = nil
				if m, ok := decode(request.Data); ok {
					e.receiveProtected(o, request.To, m, request.Data)
				}
			}
		}
	})
}

// Restore makes an Endpoint from what Save gave, with the same Config. Its peers are
// there under their old numbers; the first request of each is asked for Echo, and
// nothing is sent to any before Save and Saved. It gives ErrSaved for what was altered,
// sealed with another key or saved with another Config.
func Restore(config Config, key, saved []byte, now time.Time) (*Endpoint, error) {
	e, err := New(config)
	if err != nil {
		return nil, err
	}
	if config.Ahead == 0 {
		return nil, because(ake.ErrArgument, "Config.Ahead is 0: nothing outlives the process")
	}
	e.now = now
	plain, err := suite.OpenBlob(key, []byte(savedName), saved)
	if err != nil {
		return nil, because(ake.ErrSaved, "it was altered, or sealed with another key")
	}
	defer suite.Wipe(plain)
	items, err := cborx.Sequence(plain, maxSaved)
	if err != nil || len(items) < 2 || (len(items)-2)%savedItems != 0 {
		return nil, because(ake.ErrSaved, "it is not what Save writes")
	}
	if version, _ := items[0].Int(); version != savedVersion {
		return nil, because(ake.ErrUnsupported, "version %d of a saved endpoint, this library has %d", version, savedVersion)
	}
	last, _ := items[1].Int()
	e.lastPeer = uint64(last)
	for rest := items[2:]; len(rest) > 0; rest = rest[savedItems:] {
		if err := e.restore(key, rest[:savedItems]); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *Endpoint) restore(key []byte, items []cborx.Item) error {
	id, _ := items[0].Int()
	address, _ := items[1].Bytes()
	side, _ := items[2].Int()
	since, _ := items[3].Int()
	keysSince, _ := items[4].Int()
	number, _ := items[5].Int()
	blob, _ := items[6].Bytes()
	config := e.config.Responder
	if side&sideInitiator != 0 {
		config = e.config.Initiator
	}
	if own, _ := e.config.starter(); config == nil || side&sideStarted != 0 && own == nil {
		return because(ake.ErrSaved, "a peer is of a role that the configuration does not have")
	}
	session, err := config.RestoreSession(key, blob)
	if err != nil {
		return err
	}
	keys, err := session.OSCOREContext()
	if err != nil {
		return err
	}
	defer keys.Clear()
	credential := session.PeerCredential()
	if origin, ok := credential.Origin(); ok && origin.Peer != nil {
		credential = origin.Peer
	}
	context, err := oscore.FromEDHOC(keys, e.settings(uint64(number), true))
	if err == nil {
		err = e.contexts.Add(context)
	}
	if err != nil || !e.ids.Reserve(context.RecipientID()) {
		return because(ake.ErrSaved, "two peers have one identifier")
	}
	p := e.newPeer(uint64(id), string(address), credential, side&sideStarted != 0)
	p.since = time.Unix(since, 0)
	p.identity, p.name = credential.Identity(), credential.Describe()
	p.current = &association{peer: p, context: context, since: time.Unix(keysSince, 0), session: session}
	e.associations[context] = p.current
	return nil
}

func (e *Endpoint) settings(stored uint64, restored bool) oscore.Settings {
	return oscore.Settings{ReplayWindow: e.config.ReplaySize, Ahead: e.config.Ahead, Stored: stored, Restored: restored, Limits: e.config.Renewal}
}
