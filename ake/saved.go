package ake

import (
	"bytes"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// The content of a saved session is a CBOR sequence: the state, what the host set,
// the facts, and what the phase has besides. Each phase that can be saved writes
// and reads its own part; what is absent is an empty array.

// savable is a phase that can be saved.
type savable interface {
	phase
	savedOwn() *Credential // that has to be in the Config
	save(w *savedWriter)
}

// restorers read the phases that can be saved. VERIFIED_MESSAGE_3 is not among
// them: a Responder that has come so far needs nothing from the network to
// complete.
var restorers = map[Role]map[State]func(r *savedReader, f facts) phase{
	Initiator: {StateWait2: restoreWait2, StateWait4: restoreWait4, StateCompleted: restoreCompleted},
	Responder: {StateWait3: restoreWait3, StateCompleted: restoreCompleted},
}

func (p *wait2) savedOwn() *Credential { return nil }

func (p *wait2) save(w *savedWriter) {
	w.ephemeral(p.x)
	w.bytes(p.hashMessage1)
	w.bytes(p.message1)
	w.numbers(p.attempt.suites)
	w.numbers(p.attempt.refused)
	w.optional(p.attempt.resumption != nil, func() {
		w.psk(p.attempt.resumption.credential)
		w.int(int64(p.attempt.resumption.suite))
	})
}

func restoreWait2(r *savedReader, f facts) phase {
	p := &wait2{x: r.ephemeral(f.alg), hashMessage1: r.hash(f.alg), message1: r.bytes()}
	f.attempt = &attempt{auth: f.auth, suites: r.numbers(), refused: r.numbers()}
	r.optional(func(r *savedReader) {
		key := r.psk()
		if key != nil {
			key.psk.lent, key.psk.lender = true, r.party.resumption
		}
		f.attempt.resumption = &resumption{r.party.resumption, key, int(r.int())}
	})
	if p.x != nil {
		f.derived = r.party.logged(p.x.Public().X())
	}
	p.facts = f
	return p
}

func (p *wait4) savedOwn() *Credential { return p.own }

func (p *wait4) save(w *savedWriter) {
	w.reference(p.own)
	w.bytes(p.th4)
	w.prk(p.prk4e3m)
	w.bytes(p.message3)
	w.output(p.output)
}

func restoreWait4(r *savedReader, f facts) phase {
	f.attempt = &attempt{auth: f.auth}
	return &wait4{
		facts: f, own: r.ownOf(f.auth), th4: r.hash(f.alg), prk4e3m: r.prk(f.alg), message3: r.bytes(), output: r.output(f.alg),
	}
}

func (p *wait3) savedOwn() *Credential { return p.own }

func (p *wait3) save(w *savedWriter) {
	w.reference(p.own)
	w.ephemeral(p.y)
	w.bytes(p.th3)
	w.prk(p.prk3e2m)
	w.bytes(p.message2)
}

func restoreWait3(r *savedReader, f facts) phase {
	p := &wait3{facts: f, own: r.ownOf(f.auth)}
	if f.auth.keepsEphemeral() {
		p.y = r.ephemeral(f.alg)
	} else if len(r.bytes()) > 0 {
		r.bad = true
	}
	p.th3, p.prk3e2m, p.message2 = r.hash(f.alg), r.prk(f.alg), r.bytes()
	return p
}

func (p *completed) savedOwn() *Credential { return p.own }

func (p *completed) save(w *savedWriter) {
	w.reference(p.own)
	w.output(p.output)
}

func restoreCompleted(r *savedReader, f facts) phase {
	p := &completed{facts: f, own: r.ownOf(f.auth), output: r.output(f.alg)}
	if f.peer == nil {
		r.bad = true
	}
	return p
}

// session writes all of a Session.
func (w *savedWriter) session(in *env, p savable) {
	w.int(int64(p.state()))
	w.own(in.settings.own)
	w.items(in.settings.ead)
	w.names(in.settings.expected)
	w.facts(p.about())
	p.save(w)
}

// restore reads the Session. The content is authentic, but not therefore
// well-formed.
func (s *Session) restore(content []byte) error {
	malformed := errorf(ErrSaved, "the content of the session is malformed")
	items, err := cborx.Sequence(content, maxSavedItems)
	if err != nil {
		return malformed
	}
	r := &savedReader{party: s.party, items: items}
	read, ok := restorers[s.role][State(r.int())]
	if !ok {
		return malformed
	}
	own, ead, expected, f := r.own(), r.outgoing(), r.names(), r.facts()
	if r.bad || f.auth == nil {
		return malformed
	}
	next := read(r, f)
	if r.bad || len(r.items) > 0 || !f.auth.proves2() && next.state() == StateWait4 {
		held := next.holds()
		held.wipeWithout(&secrets{})
		return malformed
	}
	s.settings.own, s.settings.ead, s.settings.expected = own, ead, expected
	s.become(next)
	return nil
}

// maxSavedItems is more than any phase has.
const maxSavedItems = 64

// savedWriter appends items. It leaves no secret behind in a smaller buffer.
type savedWriter struct{ out []byte }

func (w *savedWriter) wipe() { suite.Wipe(w.out) }

// room makes place for n bytes and a head.
func (w *savedWriter) room(n int) {
	if need := len(w.out) + n + 9; need > cap(w.out) {
		larger := make([]byte, len(w.out), max(2*need, 1024))
		copy(larger, w.out)
		suite.Wipe(w.out)
		w.out = larger
	}
}

func (w *savedWriter) int(n int64) {
	w.room(0)
	w.out = cborx.AppendInt(w.out, n)
}

func (w *savedWriter) bytes(b []byte) {
	w.room(len(b))
	w.out = cborx.AppendBytes(w.out, b)
}

func (w *savedWriter) prk(p *schedule.PRK) { w.bytes(p.Bytes()) }

func (w *savedWriter) array(n int) {
	w.room(0)
	w.out = cborx.AppendArray(w.out, n)
}

// optional writes what may be absent: an array, which holds a sequence as a byte
// string if it is there.
func (w *savedWriter) optional(present bool, write func()) {
	if !present {
		w.array(0)
		return
	}
	outer := w.out
	w.out = nil
	write()
	inner := w.out
	defer suite.Wipe(inner)
	w.out = outer
	w.array(1)
	w.bytes(inner)
}

func (w *savedWriter) numbers(list []int) {
	w.array(len(list))
	for _, n := range list {
		w.int(int64(n))
	}
}

func (w *savedWriter) ephemeral(key *suite.PrivateKey) {
	if key == nil {
		w.bytes(nil)
		return
	}
	secret := key.Bytes()
	defer suite.Wipe(secret)
	w.bytes(secret)
}

// reference names a public key credential of the Config, whose private key is not
// saved and may be elsewhere. A pre-shared key that has done its work is not
// needed any more.
func (w *savedWriter) reference(own *Credential) {
	w.optional(own != nil && own.psk == nil, func() {
		w.bytes(own.idCred)
		w.bytes(own.parsed.Cred)
	})
}

// own writes the credential that SetOwnCredential chose: a pre-shared key as a
// whole, as it may be in no Config.
func (w *savedWriter) own(own *Credential) {
	w.reference(own)
	w.optional(own != nil && own.psk != nil && own.psk.usable(), func() { w.psk(own) })
}

func (w *savedWriter) psk(c *Credential) {
	w.bytes(c.idCred)
	w.bytes(c.psk.secret)
	w.int(int64(c.psk.hash))
	w.bytes(c.psk.credI)
	w.bytes(c.psk.credR)
	w.origin(c.psk.origin)
}

func (w *savedWriter) origin(from *origin) {
	w.optional(from != nil, func() {
		w.bytes(from.idCredI)
		w.bytes(from.idCredR)
		w.optional(from.peer != nil, func() { w.publicKeyCredential(from.peer) })
		w.time(from.at)
		w.time(from.until)
	})
}

// time writes seconds; 0 is the zero time.
func (w *savedWriter) time(t time.Time) {
	if t.IsZero() {
		w.int(0)
		return
	}
	w.int(t.Unix())
}

// items writes what is still to be sent.
func (w *savedWriter) items(list []outgoing) {
	w.array(len(list))
	for _, out := range list {
		w.array(3)
		w.int(int64(out.message))
		w.int(out.item.Label)
		w.value(out.item.Value)
	}
}

// value writes the value of an EAD item, which may be absent.
func (w *savedWriter) value(value []byte) {
	if value == nil {
		w.array(0)
		return
	}
	w.bytes(value)
}

func (w *savedWriter) facts(f *facts) {
	w.int(int64(f.auth.method().Method))
	w.int(int64(f.alg.ID))
	w.bytes(f.cI)
	w.optional(f.cR != nil, func() { w.bytes(f.cR) })
	w.array(len(f.suitesIn))
	for _, id := range f.suitesIn {
		w.int(id)
	}
	w.array(len(f.ead))
	for _, r := range f.ead {
		w.array(3)
		w.int(int64(r.message))
		w.int(r.item.Label)
		w.value(r.item.Value)
	}
	w.optional(f.peer != nil, func() { w.peer(f.peer) })
	w.flag(f.resumed)
}

func (w *savedWriter) flag(set bool) { w.optional(set, func() {}) }

// peer writes what the host can ask of the peer's credential.
func (w *savedWriter) peer(p *peer) {
	w.bytes(p.idCred)
	w.flag(p.isNew)
	c := p.credential
	w.flag(c.psk == nil)
	if c.psk != nil {
		w.psk(&Credential{idCred: c.idCred, psk: &preShared{hash: c.psk.hash, credI: c.psk.credI, credR: c.psk.credR, origin: c.psk.origin}})
		return
	}
	w.publicKeyCredential(c)
}

func (w *savedWriter) publicKeyCredential(c *Credential) {
	w.int(int64(c.parsed.Type))
	w.bytes(c.idCred)
	w.bytes(c.parsed.Cred)
	w.int(int64(c.parsed.Key.Kind()))
	w.bytes(c.parsed.Key.Bytes())
	for _, list := range [][][]byte{c.parsed.Chain, c.parsed.IDs} {
		w.array(len(list))
		for _, b := range list {
			w.bytes(b)
		}
	}
	w.bytes(c.parsed.DefaultID)
}

func (w *savedWriter) output(out *output) {
	w.prk(out.prkOut)
	w.prk(out.prkExporter)
	u := &out.usage
	exported := int64(0)
	if u.exportedNow {
		exported = 1
	}
	w.int(int64(u.keySets))
	w.int(exported)
	for _, n := range []uint64{u.sent, u.received, u.failures} {
		w.int(int64(min(n, 1<<62))) // far above any limit that means something
	}
	w.time(u.keysAt)
	w.time(u.runAt)
}

// savedReader takes item after item. After what is not as it should be, it is bad
// and gives nothing that means something.
type savedReader struct {
	party *Party
	items []cborx.Item
	bad   bool
}

func (r *savedReader) next() cborx.Item {
	if len(r.items) == 0 {
		r.bad = true
		return cborx.Item{0xf6}
	}
	item := r.items[0]
	r.items = r.items[1:]
	return item
}

func (r *savedReader) int() int64 {
	n, ok := r.next().Int()
	r.bad = r.bad || !ok
	return n
}

// count reads a number from 0 to limit.
func (r *savedReader) count(limit int64) int64 {
	n := r.int()
	if n < 0 || n > limit {
		r.bad = true
		return 0
	}
	return n
}

// bytes are a copy of their own.
func (r *savedReader) bytes() []byte {
	b, ok := r.next().Bytes()
	r.bad = r.bad || !ok
	return append([]byte{}, b...)
}

// hash reads what has the length of transcript hashes.
func (r *savedReader) hash(alg *suite.Suite) []byte {
	b := r.bytes()
	r.bad = r.bad || alg == nil || len(b) != alg.HashLength()
	return b
}

func (r *savedReader) prk(alg *suite.Suite) *schedule.PRK {
	b, _ := r.next().Bytes()
	prk, ok := schedule.SavedPRK(alg, b)
	r.bad = r.bad || !ok
	return prk
}

func (r *savedReader) array() []cborx.Item {
	elements, ok := r.next().Array()
	r.bad = r.bad || !ok
	return elements
}

// within reads a list of items by itself.
func (r *savedReader) within(items []cborx.Item, read func(r *savedReader)) {
	inner := &savedReader{party: r.party, items: items}
	read(inner)
	r.bad = r.bad || inner.bad || len(inner.items) > 0
}

func (r *savedReader) optional(read func(r *savedReader)) bool {
	elements := r.array()
	if len(elements) == 0 {
		return false
	}
	content, ok := elements[0].Bytes()
	items, err := cborx.Sequence(content, maxSavedItems)
	if !ok || err != nil || len(elements) != 1 {
		r.bad = true
		return false
	}
	r.within(items, read)
	return true
}

func (r *savedReader) flag() bool { return r.optional(func(*savedReader) {}) }

func (r *savedReader) numbers() (list []int) {
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			list = append(list, int(r.int()))
		}
	})
	return list
}

func (r *savedReader) byteStrings() (list [][]byte) {
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			list = append(list, r.bytes())
		}
	})
	return list
}

func (r *savedReader) ephemeral(alg *suite.Suite) *suite.PrivateKey {
	secret := r.bytes()
	defer suite.Wipe(secret)
	if r.bad || alg == nil {
		r.bad = true
		return nil
	}
	key, err := suite.ParsePrivateKey(alg.Curve, secret)
	r.bad = r.bad || err != nil
	return key
}

func (r *savedReader) reference() (own *Credential) {
	r.optional(func(r *savedReader) {
		own = r.party.ownLike(r.bytes(), r.bytes())
		r.bad = r.bad || own == nil
	})
	return own
}

// ownOf is reference to the credential that this side has authenticated with.
func (r *savedReader) ownOf(auth authentication) *Credential {
	own := r.reference()
	r.bad = r.bad || (own == nil) == auth.proves2()
	return own
}

// ownLike returns the own credential with this ID_CRED and CRED, or nil.
func (p *Party) ownLike(idCred, credential []byte) *Credential {
	for _, own := range p.own {
		if bytes.Equal(own.idCred, idCred) && bytes.Equal(own.parsed.Cred, credential) {
			return own
		}
	}
	return nil
}

func (r *savedReader) own() *Credential {
	own := r.reference()
	r.optional(func(r *savedReader) { own = r.psk() })
	return own
}

// psk reads a PSK credential, with its key or without.
func (r *savedReader) psk() *Credential {
	idCred := r.bytes()
	psk := preShared{secret: r.bytes(), hash: int(r.int()), credI: r.bytes(), credR: r.bytes(), origin: r.origin()}
	defer suite.Wipe(psk.secret)
	c, err := pskCredential(idCred, psk)
	if r.bad || err != nil {
		r.bad = true
		return nil
	}
	c.frozen.Store(true)
	return c
}

func (r *savedReader) origin() (from *origin) {
	r.optional(func(r *savedReader) {
		from = &origin{idCredI: r.bytes(), idCredR: r.bytes()}
		r.optional(func(r *savedReader) { from.peer = r.publicKeyCredential() })
		from.at, from.until = r.time(), r.time()
	})
	return from
}

func (r *savedReader) time() time.Time {
	if n := r.int(); n != 0 {
		return time.Unix(n, 0)
	}
	return time.Time{}
}

func (r *savedReader) item() (n int, item EADItem) {
	r.within(r.array(), func(r *savedReader) {
		n, item.Label = int(r.count(4)), r.int()
		if value := r.next(); value.Kind() == cborx.Bytes {
			b, _ := value.Bytes()
			item.Value = append([]byte{}, b...)
		} else if elements, ok := value.Array(); !ok || len(elements) > 0 {
			r.bad = true
		}
	})
	return n, item
}

func (r *savedReader) outgoing() (list []outgoing) {
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			n, item := r.item()
			list = append(list, outgoing{n, wireItem(item)})
		}
	})
	return list
}

func (r *savedReader) facts() (f facts) {
	method, suiteID := Method(r.count(1<<16)), int(r.count(1<<16))
	f.auth, f.alg = authenticationOf(method), suite.Lookup(suiteID)
	f.cI = r.bytes()
	r.optional(func(r *savedReader) { f.cR = r.bytes() })
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			f.suitesIn = append(f.suitesIn, r.int())
		}
	})
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			n, item := r.item()
			f.ead = append(f.ead, received{n, item, true})
		}
	})
	r.optional(func(r *savedReader) { f.peer = r.peer() })
	f.resumed = r.flag()
	r.bad = r.bad || f.auth == nil || f.alg == nil || len(f.ead) > 4*maxLimits.EADItems ||
		f.peer != nil && (f.peer.credential == nil || (f.peer.credential.psk == nil) != f.auth.proves2())
	return f
}

func (r *savedReader) peer() *peer {
	p := &peer{idCred: r.bytes(), isNew: r.flag()}
	if r.flag() {
		p.credential = r.publicKeyCredential()
	} else {
		p.credential = r.psk()
	}
	return p
}

func (r *savedReader) publicKeyCredential() *Credential {
	kind := cred.Type(r.count(1 << 16))
	idCred, credential := r.bytes(), r.bytes()
	key, err := suite.ParsePublicKey(suite.KeyKind(r.count(1<<16)), r.bytes())
	if err != nil || checkIDCred(idCred) != nil {
		r.bad = true
		return nil
	}
	c := &Credential{idCred: idCred, parsed: &cred.Credential{
		Type: kind, Cred: credential, Key: key, Chain: r.byteStrings(), IDs: r.byteStrings(), DefaultID: r.bytes(),
	}}
	c.frozen.Store(true)
	r.bad = r.bad || len(c.parsed.Chain) == 0 && (kind == cred.X509 || kind == cred.C509)
	return c
}

// names are whom the host expects.
func (w *savedWriter) names(list []PeerName) {
	w.array(len(list))
	for _, n := range list {
		w.array(2)
		w.int(int64(n.Kind))
		w.bytes([]byte(n.Text))
	}
}

func (r *savedReader) names() (list []PeerName) {
	r.within(r.array(), func(r *savedReader) {
		for len(r.items) > 0 {
			r.within(r.array(), func(r *savedReader) {
				list = append(list, PeerName{NameKind(r.count(1 << 16)), string(r.bytes())})
			})
		}
	})
	return list
}

func (r *savedReader) output(alg *suite.Suite) *output {
	out := &output{prkOut: r.prk(alg), prkExporter: r.prk(alg)}
	u := &out.usage
	u.keySets, u.exportedNow = int(r.count(1<<30)), r.count(1) == 1
	u.sent, u.received, u.failures = uint64(r.count(1<<62)), uint64(r.count(1<<62)), uint64(r.count(1<<62))
	u.keysAt, u.runAt = r.time(), r.time()
	return out
}
