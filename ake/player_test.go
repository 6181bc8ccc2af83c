package ake

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// This file plays the sessions of the vectors, and keeps what it sees of them.

// reproducible signs the same each time, as the vectors do.
type reproducible struct {
	*suite.PrivateKey
	sees func(m []byte)
}

func (k reproducible) Sign(m []byte) ([]byte, error) {
	if k.sees != nil {
		k.sees(bytes.Clone(m))
	}
	return k.SignDeterministic(m)
}

// credential makes the credential of a party, in the way that a host would: a
// CCS and an X.509 certificate from their bytes, all else from parts.
func (p *party) credential(t testing.TB) *Credential {
	t.Helper()
	c, err := p.parse(t)
	must(t, err)
	must(t, c.SetIDCred(p.IDCred))
	wantBytes(t, "CRED", c.Bytes(), p.Cred)
	wantBytes(t, "public key", c.PublicKey(), p.PK)
	if c.KeyKind().String() != p.Kind {
		t.Errorf("kind of key %v, want %s", c.KeyKind(), p.Kind)
	}
	return c
}

func (p *party) parse(t testing.TB) (*Credential, error) {
	item := value[cborx.Item](t)(cborx.One(p.Cred))
	der, _ := item.Bytes()
	switch {
	case p.opaque():
	case item.Kind() == cborx.Array:
		return CredentialFromCWT(p.Cred)
	case item.Kind() == cborx.Map:
		return CredentialFromCCS(p.Cred)
	case len(der) > 2 && der[0] == 0x30 && der[1]&0x80 != 0: // a long SEQUENCE
		id, err := cose.ParseIDCred(p.IDCred)
		if err == nil && len(id.X5Chain) > 0 {
			return CredentialFromX509(id.X5Chain...)
		}
		return CredentialFromX509(der)
	}
	return CredentialFromParts(p.IDCred, p.Cred, kindNamed(t, p.Kind), p.PK)
}

func (p *party) ownCredential(t testing.TB) *Credential {
	t.Helper()
	c := p.credential(t)
	must(t, c.SetPrivateKey(p.SK))
	c.key = reproducible{c.key.(*suite.PrivateKey), nil}
	return c
}

func kindNamed(t testing.TB, name string) KeyKind {
	t.Helper()
	for kind := KeyP256; kind.Valid(); kind++ {
		if kind.String() == name {
			return kind
		}
	}
	t.Fatalf("unknown kind of key %q", name)
	return 0
}

// mode is how the sides of a vector find credentials and judge EAD, and
// whether the configuration requires message_4.
type mode struct {
	trust    trust
	message4 bool
	psk      *pskEntry // of the Responder, if it is another than that of the vector
}

type trust int

const (
	pinned   trust = iota // credentials and labels in the Config
	pulled                // the host is asked by a pending status
	callback              // the host is asked by a callback
	issued                // only what is trusted beforehand; issuers vouch for the rest
	anyCCS                // as pinned, and whatever comes by value
)

// side is one Session that plays a vector, with what was seen of it.
type side struct {
	t *testing.T
	*Session
	played    played
	peerParty *party
	psk       *pskEntry         // method 4
	known     []int64           // EAD labels
	message   int               // being processed or prepared
	keyUpdate []byte            // the context of KeyUpdate
	values    map[string][]byte // what was seen
}

func (v *vector) side(t *testing.T, role Role, m mode) *side {
	t.Helper()
	d := &side{t: t, known: v.EADKnown, values: make(map[string][]byte)}
	own, ephemeral, suites, id := &v.PartyI, v.X, []int{v.Suite}, v.CI
	d.peerParty = &v.PartyR
	ead := map[int]eadItems{1: v.EAD1, 3: v.EAD3}
	if role == Responder {
		own, ephemeral, suites, id = &v.PartyR, v.Y, v.SuitesR, v.CR
		d.peerParty = &v.PartyI
		ead = map[int]eadItems{2: v.EAD2, 4: v.EAD4}
	}
	c := newConfig()
	c.Methods = []Method{v.Method}
	c.Suites = suites
	if v.Method == MethodPSK {
		v.addPSK(d, c, role, m)
	} else {
		mine := own.ownCredential(t)
		mine.key = reproducible{mine.key.(reproducible).PrivateKey, func(m []byte) { d.values[fmt.Sprintf("m_%d", d.message)] = m }}
		c.Own = append(c.Own, mine)
		v.addSpares(t, c, role, suites)
	}
	c.Message4 = m.message4
	switch m.trust {
	case pulled:
		c.Pull = PullCredential | PullEAD
	case callback:
		c.Resolver = d.resolve
		c.EADHandler = func(_ *Session, _ int, item EADItem) error {
			if slices.Contains(d.known, max(item.Label, -item.Label)) {
				return nil
			}
			return ErrNotFound
		}
	case issued:
		must(t, d.peerParty.vouched(t, c))
		c.EADLabels = v.EADKnown
	case anyCCS:
		c.Policy = PolicyAnyInsecure
		fallthrough
	default:
		if v.Method != MethodPSK {
			c.Peers = append(c.Peers, d.peerParty.credential(t))
		}
		c.EADLabels = v.EADKnown
	}
	if v.adjust != nil && role == Initiator {
		v.adjust(c)
	}
	d.Session = value[*Session](t)(c.NewSession(role))
	d.played = played{recorder: recorder{values: d.values, psk: v.Method == MethodPSK}, ephemeralKey: ephemeral}
	if role == Initiator {
		d.played.suitesIOf = v.SuitesI
	}
	d.source = &d.played
	must(t, d.SetConnectionID(append([]byte{}, id...)))
	for n, items := range ead {
		for _, item := range items { // the vectors have padding of their own
			must(t, d.addEAD(n, wireItem(item)))
		}
	}
	return d
}

// addSpares adds own credentials for the other suites that the side supports: a
// suite without one is not supported.
func (v *vector) addSpares(t testing.TB, c *hostConfig, role Role, suites []int) {
	auth := authenticationOf(v.Method)
	for _, id := range suites {
		alg := suite.Lookup(id)
		if !slices.ContainsFunc(c.Own, func(own *Credential) bool { return auth.serves(own, alg, role) }) {
			c.Own = append(c.Own, newCCS(t, keyKindFor(v.Method, alg, role), "spare", nil))
		}
	}
}

// vouched makes c trust what the vector says is trusted.
func (p *party) vouched(t testing.TB, c *hostConfig) error {
	c.Policy = PolicyX509
	c.AllowAnyPeer = true
	if p.Trusted {
		c.Peers = append(c.Peers, p.credential(t))
		return nil
	}
	for _, anchor := range p.Anchors {
		c.TrustAnchors = append(c.TrustAnchors, value[*Credential](t)(CredentialFromX509(anchor)))
	}
	for _, key := range p.CWTIssuers {
		issuer := value[*Credential](t)(CredentialFromParts(cose.KidID(nil), []byte{0xf6}, KeyEd25519, key))
		c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuer, ""})
	}
	return nil
}

// resolve answers as a host that knows the peer of the vector.
func (d *side) resolve(_ *Session, idCred []byte) ([]*Credential, error) {
	if d.psk != nil {
		return d.resolvePSK(idCred)
	}
	if !bytes.Equal(idCred, d.peerParty.IDCred) {
		return nil, ErrNotFound
	}
	return []*Credential{d.peerParty.credential(d.t)}, nil
}

// calls are the methods that prepare and process message n.
func (s *Session) calls(n int) (prepare func() ([]byte, error), process func([]byte) error) {
	switch n {
	case 1:
		return s.PrepareMessage1, s.ProcessMessage1
	case 2:
		return s.PrepareMessage2, s.ProcessMessage2
	case 3:
		return s.PrepareMessage3, s.ProcessMessage3
	}
	return s.PrepareMessage4, s.ProcessMessage4
}

// prepare makes message n, twice: the second time it is the same.
func (d *side) prepare(n int) []byte {
	d.t.Helper()
	d.message = n
	call, _ := d.calls(n)
	out, err := call()
	if err != nil {
		d.t.Fatalf("preparing message_%d: %v", n, err)
	}
	wantBytes(d.t, "the message prepared again", value[[]byte](d.t)(call()), out)
	d.keep(n, out)
	return out
}

// process reads message n, with the answers of a host that knows the peer.
func (d *side) process(n int, data []byte) error {
	d.message = n
	_, call := d.calls(n)
	err := call(data)
	for StatusOf(err).Pending() {
		if errors.Is(err, PendingCredential) {
			err = d.answerCredential()
		} else {
			err = d.answerEADs(n)
		}
		if d.phase.state() == StateFailed { // the host's answer was no
			return d.outcome.last
		}
		if err == nil {
			err = d.Continue()
		}
	}
	if err == nil {
		d.keep(n, data)
	}
	return err
}

// mustProcess is process of an honest message.
func (d *side) mustProcess(n int, data []byte) {
	d.t.Helper()
	if err := d.process(n, data); err != nil {
		d.t.Fatalf("processing message_%d: %v", n, err)
	}
}

// answerCredential gives the peer's credential, out of the message itself if it
// came by value and can be read.
func (d *side) answerCredential() error {
	idCred := d.PeerIDCred()
	if d.psk != nil {
		return d.answerPSK(idCred)
	}
	if !bytes.Equal(idCred, d.peerParty.IDCred) {
		id, err := cose.ParseIDCred(idCred)
		if err == nil && id.ByValue() {
			return d.RejectPeer(ErrPeerRejected)
		}
		return d.RejectPeer(ErrCredentialUnknown)
	}
	credential, err := CredentialFromIDCred(idCred)
	if d.peerParty.opaque() || errors.Is(err, ErrCredentialUnsupported) {
		credential = d.peerParty.credential(d.t)
	} else if err != nil {
		return err
	}
	return d.SetPeerCredential(credential)
}

// answerEADs answers for message n, and with the fourth of EDHOC-PSK for EAD_2,
// which nothing has authenticated before.
func (d *side) answerEADs(n int) error {
	if n == 4 && d.method() == MethodPSK {
		if err := d.answerEAD(2); err != nil || d.phase.state() == StateFailed {
			return err
		}
	}
	return d.answerEAD(n)
}

func (d *side) answerEAD(n int) error {
	var err error
	for i, item := range d.EAD(n) {
		switch {
		case !item.Critical() || err != nil:
		case slices.Contains(d.known, -item.Label):
			err = d.AcceptEAD(n, i)
		default:
			return d.RejectEAD(n, i)
		}
	}
	return err
}

// keep notes what the Session has after message n: its keys, and what follows
// from the messages.
func (d *side) keep(n int, data []byte) {
	d.values[fmt.Sprintf("message_%d", n)] = data
	switch {
	case d.method() == MethodPSK && n > 1:
		d.keepPSK(n, data)
		return
	case n == 1:
		m1 := value[*message.Message1](d.t)(message.ParseMessage1(data))
		d.values["g_x"], d.values["ead_1"] = m1.GX, message.AppendEAD(nil, m1.EAD)
		return
	case n == 2:
		d.keep2(data)
	case n == 3:
		p3 := value[*message.Plaintext3](d.t)(message.ParsePlaintext3(d.values["plaintext_3"]))
		d.values["id_cred_i"], d.values["sig_or_mac_3"] = p3.IDCredI, p3.SigMAC
		d.values["ead_3"] = message.AppendEAD(nil, p3.EAD)
		d.keepSigned(3, Initiator, "id_cred_i")
	case n == 4:
		d.values["ead_4"] = d.values["plaintext_4"]
	}
	if n > 2 {
		d.values[fmt.Sprintf("ciphertext_%d", n)] = value[[]byte](d.t)(message.ParseByteString("message", data))
	}
}

func (d *side) keep2(data []byte) {
	content := value[[]byte](d.t)(message.ParseByteString("message_2", data))
	ciphertext := content[d.phase.about().alg.PublicKeyLength():]
	plaintext := d.decrypted("keystream_2", ciphertext)
	p2 := value[*message.Plaintext2](d.t)(message.ParsePlaintext2(plaintext))
	d.values["g_y"], d.values["ciphertext_2"], d.values["plaintext_2"] = content[:len(content)-len(ciphertext)], ciphertext, plaintext
	d.values["id_cred_r"], d.values["sig_or_mac_2"] = p2.IDCredR, p2.SigMAC
	d.values["ead_2"] = message.AppendEAD(nil, p2.EAD)
	d.keepSigned(2, Responder, "id_cred_r")
}

// decrypted is a ciphertext without the keystream that was seen.
func (d *side) decrypted(keystream string, ciphertext []byte) []byte {
	d.t.Helper()
	stream := d.values[keystream]
	if len(stream) != len(ciphertext) {
		d.t.Fatalf("%s has %d bytes for %d", keystream, len(stream), len(ciphertext))
	}
	plaintext := make([]byte, len(ciphertext))
	for i := range plaintext {
		plaintext[i] = ciphertext[i] ^ stream[i]
	}
	return plaintext
}

// keepSigned notes what the peer has signed in message n: it did verify. What this
// side signs is seen at the key.
func (d *side) keepSigned(n int, role Role, idCred string) {
	if !d.signs(role) || role == d.role {
		return
	}
	v, part := d.values, func(name string) []byte { return d.values[fmt.Sprintf("%s_%d", name, n)] }
	v[fmt.Sprintf("m_%d", n)] = cose.SigStructure(v[idCred], schedule.ExternalAAD(part("th"), d.peerParty.Cred, part("ead")), part("mac"))
}

// finish notes who took part and what comes out of a completed run.
func (d *side) finish(v *vector) {
	t := d.t
	t.Helper()
	wantState(t, d.Session, StateCompleted)
	peer := d.PeerCredential()
	credI, credR := ownOf(d.Session), peer
	if d.role == Responder {
		credI, credR = peer, credI
	}
	if d.method() == MethodPSK {
		d.values["cred_i"], d.values["cred_r"] = peer.PSKCredentials()
	} else {
		d.values["cred_i"], d.values["pk_i"] = credI.Bytes(), credI.PublicKey()
		d.values["cred_r"], d.values["pk_r"] = credR.Bytes(), credR.PublicKey()
	}
	d.values["c_i_cbor"] = message.AppendIdentifier(nil, d.phase.about().cI)
	d.values["c_r_cbor"] = message.AppendIdentifier(nil, d.phase.about().cR)
	export := func(label uint64, context []byte, length int) []byte {
		return value[[]byte](t)(d.Export(label, context, length))
	}
	resume := func(label uint64, length int) []byte {
		key := make([]byte, length)
		exporter, _ := schedule.SavedPRK(d.phase.about().alg, d.values["prk_exporter"])
		exporter.Export(key, label, nil)
		return key
	}
	d.values["rpsk"], d.values["rpsk_16"] = resume(2, d.phase.about().alg.HashLength()), resume(2, 16)
	d.values["rkid"] = resume(3, 2)
	if v.ExporterLength > 0 {
		d.values["exporter_output"] = export(v.ExporterLabel, v.ExporterContext, v.ExporterLength)
	}
	d.keepOSCORE("oscore_")
	d.keyUpdate = v.KeyUpdateContext
	must(t, d.KeyUpdate(d.keyUpdate))
	d.keepOSCORE("keyupdate_oscore_")
}

func (d *side) keepOSCORE(prefix string) *OSCOREContext {
	context, err := d.OSCOREContext()
	f := d.phase.about()
	if limit := f.alg.OSCOREIDLength(); len(f.cI) > limit || len(f.cR) > limit {
		// There are vectors with identifiers that OSCORE does not take: their keys are right.
		wantStatus(d.t, "an identifier that is too long for OSCORE", err, ErrUnsupported)
		context, err = d.contextOfAnyLength(), nil
	}
	must(d.t, err)
	d.values[prefix+"master_secret"], d.values[prefix+"master_salt"] = context.MasterSecret, context.MasterSalt
	mine, its := "initiator_sender_id", "responder_sender_id"
	if d.role == Responder {
		mine, its = its, mine
	}
	d.values[prefix+mine], d.values[prefix+its] = context.SenderID, context.RecipientID
	return context
}

func (d *side) contextOfAnyLength() *OSCOREContext {
	f := d.phase.about()
	out := d.phase.(*completed).output
	c := &OSCOREContext{
		MasterSecret: out.export(0, nil, f.alg.AppKeyLength()),
		MasterSalt:   out.export(1, nil, 8),
		SenderID:     f.cR, RecipientID: f.cI,
	}
	if d.role == Responder {
		c.SenderID, c.RecipientID = c.RecipientID, c.SenderID
	}
	return c
}

// run plays a whole session of both sides with message_4, or without.
func (v *vector) run(t *testing.T, m mode, message4 bool) (i, r *side) {
	t.Helper()
	i, r = v.side(t, Initiator, m), v.side(t, Responder, m)
	r.mustProcess(1, i.prepare(1))
	i.mustProcess(2, r.prepare(2))
	r.mustProcess(3, i.prepare(3))
	if message4 {
		i.mustProcess(4, r.prepare(4))
	} else {
		if v.Method == MethodPSK {
			must(t, i.PeerProved())
		} else {
			must(t, i.CompleteWithoutMessage4())
		}
		must(t, r.CompleteWithoutMessage4())
	}
	return i, r
}
