package ake

import (
	"bytes"
	"container/list"
	"math"
	"sync"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// ResumptionStore keeps resumption keys by peer. One store serves any number of
// Parties and Sessions, in both roles, from any goroutine. A key is bound to the
// role that this side had: it does not serve for a run in the other direction.
//
// Keys that are older than the lifetime are as good as gone, and so are keys
// from more than a minute in the future: then the clock was set back and no age
// can be told. A key that comes from a resumption lives no longer than the chain
// may be (SetChainLimit), counted from the last run with long-term credentials, and
// no key outlives those. When the store is full, the oldest keys make room for a new peer.
// What goes is overwritten.
type ResumptionStore struct {
	mu        sync.Mutex
	limit     int // of peers
	lifetime  time.Duration
	chain     time.Duration // since the last run with long-term credentials
	kidLength int
	clock     func() time.Time

	ages   *list.List // of *resumptionKey, the oldest first
	byPeer map[resumptionName][]*resumptionKey
	byID   map[resumptionName][]*resumptionKey
}

// maxResumptions bounds how often one key may be used, which happens when the
// fourth message gets lost again and again (draft section 6.2: parties should
// prevent excessive reuse).
const maxResumptions = 8

// clockSlack is how far a clock may be set back without an effect.
const clockSlack = time.Minute

const (
	// maxStoreLimit bounds a store, whose keys take half a kilobyte and more.
	maxStoreLimit        = 1_000_000
	defaultStoreLimit    = 1000
	defaultStoreLifetime = 24 * time.Hour
	defaultChainLimit    = 30 * 24 * time.Hour
)

type resumptionKey struct {
	role       Role   // of this side
	peer       string // its CRED
	credential *Credential
	suite      int
	made       time.Time
	uses       int
	age        *list.Element
}

// resumptionName is what keys are found by: a CRED or an ID_CRED_PSK.
type resumptionName struct {
	role Role
	name string
}

// NewResumptionStore makes a store for the keys of at most limit peers (1 to
// 1,000,000; 0: 1,000), each of which serves for a lifetime (0: one day). It gives
// ErrArgument.
func NewResumptionStore(limit int, lifetime time.Duration) (*ResumptionStore, error) {
	if limit == 0 {
		limit = defaultStoreLimit
	}
	if lifetime == 0 {
		lifetime = defaultStoreLifetime
	}
	if limit < 1 || limit > maxStoreLimit {
		return nil, errorf(ErrArgument, "limit of %d peers, allowed are 1 to %d", limit, maxStoreLimit)
	}
	if lifetime < 0 {
		return nil, errorf(ErrArgument, "the lifetime of resumption keys is negative")
	}
	st := &ResumptionStore{limit: limit, lifetime: lifetime, chain: defaultChainLimit, kidLength: defaultKIDLength, clock: time.Now}
	st.empty()
	return st, nil
}

func (st *ResumptionStore) empty() {
	st.ages = list.New()
	st.byPeer = make(map[resumptionName][]*resumptionKey)
	st.byID = make(map[resumptionName][]*resumptionKey)
}

// SetClock sets the clock that ages are told by; nil is the one of the system.
func (st *ResumptionStore) SetClock(now func() time.Time) {
	if now == nil {
		now = time.Now
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.clock = now
}

// SetKIDLength sets the length of rKID for the keys that Keep derives, 1 to 64
// bytes. Both sides have to agree on it. The default of 2 is short on the air
// and good for some thousand peers; more of them share identifiers, and each
// resumption then tries several keys.
func (st *ResumptionStore) SetKIDLength(n int) error {
	if n < 1 || n > maxKIDLength {
		return errorf(ErrArgument, "rKID of %d bytes, allowed are 1 to %d", n, maxKIDLength)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.kidLength = n
	return nil
}

// SetChainLimit sets for how long runs may go on from resumption to resumption
// before one with long-term credentials is due (0: 30 days). It gives ErrArgument
// for a negative time.
func (st *ResumptionStore) SetChainLimit(limit time.Duration) error {
	if limit < 0 {
		return errorf(ErrArgument, "the limit of resumptions in a row is negative")
	}
	if limit == 0 {
		limit = defaultChainLimit
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.chain = limit
	return nil
}

// Len returns the number of peers, in either role, for whom there is a key.
func (st *ResumptionStore) Len() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sweep()
	return len(st.byPeer)
}

// Keep derives the resumption key of a completed Session and stores it for the
// peer. Both sides have to keep, before any KeyUpdate. It gives ErrState before
// the completion, and before the peer has authenticated (with MethodPSK: message_4
// or PeerProved). A key that may not be used any more is not stored.
//
// What it deletes of the older keys of the peer is what the draft allows
// (section 6): the Initiator, which has verified a fourth message, all; the
// Responder all but the one that was used in this run (or the newest, if none
// was), because the fourth message may get lost.
func (st *ResumptionStore) Keep(s *Session) error {
	st.mu.Lock()
	kidLength := st.kidLength
	st.mu.Unlock()
	var key *resumptionKey
	var used *Credential
	now := s.party.now().Round(0)
	age := time.Duration(-1)
	err := s.use(func(out *output, f *facts) error {
		credential, err := s.deriveResumption(kidLength)
		if err != nil {
			return err
		}
		peer := credential.psk.credR
		if s.role == Responder {
			peer = credential.psk.credI
		}
		if f.peer.credential.psk != nil {
			used = f.peer.credential
		}
		if psk := f.peer.credential.psk; psk == nil || psk.origin == nil { // the chain begins with this run
			age = max(0, now.Sub(out.usage.runAt))
		}
		key = &resumptionKey{role: s.role, peer: string(peer), credential: credential, suite: f.alg.ID}
		return nil
	})
	if err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.expire()
	key.made = st.clock().Round(0)
	if from := key.credential.psk.origin; age >= 0 {
		from.at = key.made.Add(-age) // by the clock of the store
	}
	st.replace(key, used)
	if !st.alive(key) { // the chain is at its end
		st.remove(key)
	}
	return nil
}

// replace adds a key and deletes what it makes useless.
func (st *ResumptionStore) replace(key *resumptionKey, used *Credential) {
	older := st.byPeer[resumptionName{key.role, key.peer}]
	keep := -1
	if key.role == Responder {
		keep = len(older) - 1
		for i, old := range older {
			if used != nil && samePSK(old.credential, used) {
				keep = i
			}
		}
	}
	for i, old := range append([]*resumptionKey(nil), older...) {
		if i != keep || samePSK(old.credential, key.credential) { // the second: Keep was called twice
			st.remove(old)
		}
	}
	st.add(key)
}

// Confirm says that the peer of a completed Session has shown to have its keys
// by another message, the fifth of the run for a Responder: then the key before
// the one that Keep stored is not needed any more and is deleted.
func (st *ResumptionStore) Confirm(s *Session) error {
	var name resumptionName
	err := s.use(func(*output, *facts) error {
		p, err := s.trustedRun()
		if err != nil {
			return err
		}
		credI, credR := p.auth.creds(s.role, p.own, p.peer.credential)
		name = resumptionName{s.role, string(credR)}
		if s.role == Responder {
			name.name = string(credI)
		}
		return nil
	})
	if err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	keys := st.byPeer[name]
	for len(keys) > 1 {
		st.remove(keys[0])
		keys = st.byPeer[name]
	}
	return nil
}

// Forget deletes every key of the peer with this CRED, for example because it
// was revoked, and returns how many.
func (st *ResumptionStore) Forget(peerCred []byte) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	deleted := 0
	for _, role := range []Role{Initiator, Responder} {
		for _, key := range append([]*resumptionKey(nil), st.byPeer[resumptionName{role, string(peerCred)}]...) {
			st.remove(key)
			deleted++
		}
	}
	return deleted
}

// ForgetWhere deletes every key that goes back to a run with a peer of which match is
// true, and returns how many: in whatever form its credential came, and however often
// it was resumed since. match gets what the credential says (Credential.Identity). It
// must not call the store.
func (st *ResumptionStore) ForgetWhere(match func(Identity) bool) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	deleted := 0
	for e := st.ages.Front(); e != nil; {
		key := e.Value.(*resumptionKey)
		e = e.Next()
		if peer := key.credential.psk.origin.peer; peer != nil && match(peer.Identity()) {
			st.remove(key)
			deleted++
		}
	}
	return deleted
}

// Close deletes every key.
func (st *ResumptionStore) Close() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.clear()
}

func (st *ResumptionStore) clear() {
	for st.ages.Len() > 0 {
		st.remove(st.ages.Front().Value.(*resumptionKey))
	}
}

// Lookup returns the keys that an ID_CRED_PSK map means for a Responder, for a
// Resolver. It gives ErrNotFound if there is none.
func (st *ResumptionStore) Lookup(idCred []byte) ([]*Credential, error) {
	if err := checkIDCred(idCred); err != nil {
		return nil, err
	}
	found := st.lookup(Responder, cborx.Item(idCred).Canonical())
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return found, nil
}

// lookup returns copies of the keys with an identifier, the newest first.
func (st *ResumptionStore) lookup(role Role, canonicalID []byte) []*Credential {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.expire()
	keys := st.byID[resumptionName{role, string(canonicalID)}]
	var found []*Credential
	for i := len(keys) - 1; i >= 0; i-- {
		if st.alive(keys[i]) {
			found = append(found, st.lend(keys[i]))
		}
	}
	return found
}

// take returns a copy of the newest key of an Initiator for a peer, and its
// cipher suite.
func (st *ResumptionStore) take(peerCred []byte) (*Credential, int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.expire()
	keys := st.byPeer[resumptionName{Initiator, string(peerCred)}]
	for i := len(keys) - 1; i >= 0; i-- {
		if key := keys[i]; st.alive(key) {
			defer st.use(key)
			return st.lend(key), key.suite
		}
	}
	return nil, 0
}

// count notes that a Responder's run was authenticated with a key.
func (st *ResumptionStore) count(used *Credential) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if key := st.find(Responder, used); key != nil {
		st.use(key)
	}
}

func (st *ResumptionStore) use(key *resumptionKey) {
	if key.uses++; key.uses >= maxResumptions {
		st.remove(key)
	}
}

// drop deletes a key. A nil store has none.
func (st *ResumptionStore) drop(role Role, credential *Credential) {
	if st == nil {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if key := st.find(role, credential); key != nil {
		st.remove(key)
	}
}

func (st *ResumptionStore) find(role Role, credential *Credential) *resumptionKey {
	for _, key := range st.byID[resumptionName{role, string(credential.names()[0])}] {
		if samePSK(key.credential, credential) {
			return key
		}
	}
	return nil
}

func (st *ResumptionStore) alive(key *resumptionKey) bool {
	now := st.clock().Round(0) // by the calendar: other clocks stop while a device sleeps
	if age := now.Sub(key.made); age <= -clockSlack || age >= st.lifetime {
		return false
	}
	from := key.credential.psk.origin
	return now.Sub(from.at) < st.chain && (from.until.IsZero() || now.Before(from.until))
}

// expire deletes the keys that are too old, up to the first that is not.
func (st *ResumptionStore) expire() {
	for e := st.ages.Front(); e != nil; {
		key := e.Value.(*resumptionKey)
		if st.alive(key) {
			return
		}
		e = e.Next()
		st.remove(key)
	}
}

// sweep deletes all keys that do not serve any more: a chain or a certificate may
// end before an older key does.
func (st *ResumptionStore) sweep() {
	for e := st.ages.Front(); e != nil; {
		key := e.Value.(*resumptionKey)
		e = e.Next()
		if !st.alive(key) {
			st.remove(key)
		}
	}
}

func (st *ResumptionStore) add(key *resumptionKey) {
	peer, id := key.names()
	for len(st.byPeer[peer]) == 0 && len(st.byPeer) >= st.limit {
		st.remove(st.ages.Front().Value.(*resumptionKey))
	}
	key.age = st.ages.PushBack(key)
	st.byPeer[peer] = append(st.byPeer[peer], key)
	st.byID[id] = append(st.byID[id], key)
}

func (st *ResumptionStore) remove(key *resumptionKey) {
	st.ages.Remove(key.age)
	peer, id := key.names()
	without(st.byPeer, peer, key)
	without(st.byID, id, key)
	key.credential.wipe()
}

func (key *resumptionKey) names() (peer, id resumptionName) {
	return resumptionName{key.role, key.peer}, resumptionName{key.role, string(key.credential.names()[0])}
}

func without(index map[resumptionName][]*resumptionKey, name resumptionName, key *resumptionKey) {
	var rest []*resumptionKey
	for _, other := range index[name] {
		if other != key {
			rest = append(rest, other)
		}
	}
	if rest == nil {
		delete(index, name)
		return
	}
	index[name] = rest
}

// lend makes a copy for one run, which is wiped with that.
func (st *ResumptionStore) lend(key *resumptionKey) *Credential {
	psk := *key.credential.psk
	psk.secret, psk.lent, psk.lender = bytes.Clone(psk.secret), true, st
	copied := &Credential{parsed: key.credential.parsed, idCred: key.credential.idCred, psk: &psk}
	copied.frozen.Store(true)
	return copied
}

// storeVersion is the first byte of a saved store.
const (
	storeVersion = 2
	storeLabel   = "liblake resumption store"
)

// Save returns the store, sealed with a key of 32 bytes.
func (st *ResumptionStore) Save(key []byte) ([]byte, error) {
	if len(key) != suite.BlobKeyLength {
		return nil, errorf(ErrArgument, "the key to save with has %d bytes, %d are needed", len(key), suite.BlobKeyLength)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sweep()
	var w savedWriter
	defer func() { w.wipe() }()
	w.int(int64(st.limit))
	w.int(max(1, int64(st.lifetime/time.Second)))
	w.int(max(1, int64(st.chain/time.Second)))
	w.int(int64(st.kidLength))
	for e := st.ages.Front(); e != nil; e = e.Next() {
		e.Value.(*resumptionKey).save(&w)
	}
	header := []byte{storeVersion}
	sealed, err := suite.SealBlob(key, append([]byte(storeLabel), header...), w.out)
	if err != nil {
		return nil, wrap(err)
	}
	return append(header, sealed...), nil
}

// A saved store is its settings, and for each key some more items.
const (
	storeSettings = 4
	storeFields   = 10
)

func (key *resumptionKey) save(w *savedWriter) {
	w.int(int64(key.role))
	w.int(int64(key.suite))
	w.int(key.made.Unix())
	w.int(int64(key.uses))
	w.psk(key.credential)
}

// LoadResumptionStore makes a store of what Save gave, with the limit, lifetime
// and length of rKID that it had. It gives ErrUnsupported for another version and
// ErrSaved for what was altered or sealed with another key.
func LoadResumptionStore(key, saved []byte) (*ResumptionStore, error) {
	if len(key) != suite.BlobKeyLength {
		return nil, errorf(ErrArgument, "the key to load with has %d bytes, %d are needed", len(key), suite.BlobKeyLength)
	}
	if len(saved) < 1 {
		return nil, errorf(ErrSaved, "nothing is there")
	}
	if saved[0] != storeVersion {
		return nil, errorf(ErrUnsupported, "a saved store of version %d, this library reads version %d: begin with an empty one", saved[0], storeVersion)
	}
	content, err := suite.OpenBlob(key, append([]byte(storeLabel), saved[0]), saved[1:])
	if err != nil {
		return nil, errorf(ErrSaved, "altered, or sealed with another key")
	}
	defer suite.Wipe(content)
	items, err := cborx.Sequence(content, storeSettings+2*storeFields*maxStoreLimit)
	if err != nil || len(items)%storeFields != storeSettings {
		return nil, errorf(ErrSaved, "the content of the store is malformed")
	}
	st, err := parseStoreSettings(items[:storeSettings])
	if err != nil {
		return nil, errorf(ErrSaved, "the settings of the store are malformed")
	}
	for items = items[storeSettings:]; len(items) > 0; items = items[storeFields:] {
		key, err := parseResumptionKey(items[:storeFields])
		if err != nil {
			st.Close()
			return nil, errorf(ErrSaved, "a key of the store is malformed")
		}
		st.add(key)
	}
	return st, nil
}

func parseStoreSettings(items []cborx.Item) (*ResumptionStore, error) {
	var n [storeSettings]int64
	for i, item := range items {
		var ok bool
		if n[i], ok = item.Int(); !ok || n[i] < 1 {
			return nil, ErrSaved
		}
	}
	const longest = int64(math.MaxInt64 / time.Second)
	if n[0] > maxStoreLimit || n[1] > longest || n[2] > longest || n[3] > maxKIDLength {
		return nil, ErrSaved
	}
	st, err := NewResumptionStore(int(n[0]), time.Duration(n[1])*time.Second)
	if err != nil {
		return nil, err
	}
	st.chain = time.Duration(n[2]) * time.Second
	return st, st.SetKIDLength(int(n[3]))
}

func parseResumptionKey(items []cborx.Item) (*resumptionKey, error) {
	r := savedReader{items: items}
	role, suiteID, made, uses := Role(r.count(int64(Responder))), int(r.count(1<<16)), r.int(), r.count(maxResumptions-1)
	credential, alg := r.psk(), suite.Lookup(suiteID)
	if r.bad || role != Initiator && role != Responder || alg == nil || alg.Hash != credential.psk.hash ||
		!credential.psk.usable() || credential.psk.origin == nil {
		return nil, ErrSaved
	}
	peer := credential.psk.credR
	if role == Responder {
		peer = credential.psk.credI
	}
	return &resumptionKey{
		role: role, peer: string(peer), credential: credential, suite: suiteID,
		made: time.Unix(made, 0), uses: int(uses),
	}, nil
}
