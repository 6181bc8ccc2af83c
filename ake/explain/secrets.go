package explain

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
)

// secrets follow the key schedule of a run (RFC 9528 section 4) as far as keys go: from
// an ephemeral private key, or from what a key log has. They write down every value.
type secrets struct {
	keys   *Keys
	method ake.MethodInfo
	psk    bool
	alg    *suite.Suite // tells recorder
	first  *message1
	gy     []byte
	cr     []byte
	log    *sessionKeys
	values []Value

	exports                  []string // names of the outputs of EDHOC_Exporter that come next
	th2, th3, th4            []byte
	prk2e, prk3e2m, prk4e3m  *schedule.PRK
	x, y                     *suite.PrivateKey
	credentialI, credentialR *credential
	masterSecret, masterSalt []byte
	from                     string // where the keys are from
}

// newSecrets is nil for a method or suite that is not known.
func newSecrets(keys *Keys, m *message1) *secrets {
	info, known := ake.Method(m.method).Info()
	if !known || m.alg == nil || m.gx == nil {
		return nil
	}
	s := &secrets{keys: keys, method: info, psk: info.Method == ake.MethodPSK, first: m}
	s.alg = suite.Recorded(m.alg, recorder{s})
	for i := range keys.sessions {
		if bytes.Equal(keys.sessions[i].gx, m.gx) {
			s.log = &keys.sessions[i]
		}
	}
	if s.log == nil {
		s.log = &sessionKeys{}
	}
	return s
}

func (s *secrets) add(name string, value []byte) {
	if value == nil || slices.ContainsFunc(s.values, func(v Value) bool { return v.Name == name }) {
		return
	}
	s.values = append(s.values, Value{name, bytes.Clone(value)})
}

// recorder writes down what the key schedule computes.
type recorder struct{ *secrets }

var expandNames = map[int64]string{
	0: "KEYSTREAM_2", 1: "SALT_3e2m", 2: "MAC_2", 3: "K_3", 4: "IV_3", 5: "SALT_4e3m", 6: "MAC_3",
	7: "PRK_out", 8: "K_4", 9: "IV_4", 10: "PRK_exporter", 12: "KEYSTREAM_3A",
}

func (recorder) Digest([]byte) {}

func (recorder) Extract(_, _, _ []byte) {}

func (r recorder) Expand(_, info, out []byte) {
	items, err := cborx.Sequence(info, 3)
	if err != nil || len(items) != 3 {
		return
	}
	label, _ := items[0].Int()
	context, _ := items[1].Bytes()
	name := expandNames[label]
	if len(r.exports) > 0 {
		name, r.secrets.exports = r.exports[0], r.exports[1:]
	}
	switch {
	case name == "": // a further part of a long keystream
		last := &r.values[len(r.values)-1]
		last.Value = append(last.Value, out...)
		return
	case name == "MAC_2" || name == "MAC_3":
		r.add("context_"+name[4:], context)
	}
	r.add("info for "+name, info)
	r.add(name, out)
}

func (r recorder) AEAD(_, _, aad, _ []byte) {
	number := "3"
	if slices.ContainsFunc(r.values, func(v Value) bool { return v.Name == "K_4" }) {
		number = "4"
	}
	r.add("A_"+number, aad)
}

// logged is a PRK of the key log.
func (s *secrets) logged(data []byte) *schedule.PRK {
	if prk, ok := schedule.SavedPRK(s.alg, data); ok {
		return prk
	}
	return nil
}

// hash is the transcript hash of this name: as it follows, or as the key log has it.
func (s *secrets) hash(r *reading, name string, computed, logged []byte) []byte {
	th := computed
	switch {
	case computed == nil:
		th = logged
	case logged != nil && !bytes.Equal(computed, logged):
		r.find("keys-of-another-run", "%s is %s in the key log, and %s of what was sent.", name, quoted(logged), quoted(computed))
		if name != "TH_2" {
			th = logged // it has a credential in it that the reader need not have
		}
	}
	s.add(name, th)
	return th
}

// message2 gives the plaintext, or nil without keys.
func (s *secrets) message2(r *reading, content []byte) *plaintext {
	n := s.alg.PublicKeyLength()
	if len(content) <= n {
		return nil
	}
	s.gy = content[:n]
	h1 := s.alg.Digest(s.first.encoded)
	s.add("G_X", s.first.gx)
	s.add("G_Y", s.gy)
	s.add("CIPHERTEXT_2", content[n:])
	s.add("H(message_1)", h1)
	s.add("input of TH_2", cborx.AppendBytes(cborx.AppendBytes(nil, s.gy), h1))
	s.th2 = s.hash(r, "TH_2", schedule.TH2(s.alg, s.gy, h1), s.log.th2)
	s.x, s.y = s.keys.ephemeralOf(s.alg, s.first.gx), s.keys.ephemeralOf(s.alg, s.gy)
	s.ephemeral("X", s.x)
	s.ephemeral("Y", s.y)
	gxy := agree(s.x, s.alg.Curve, s.gy)
	if gxy == nil {
		gxy = agree(s.y, s.alg.Curve, s.first.gx)
	}
	switch {
	case gxy != nil:
		s.add("G_XY", gxy)
		s.prk2e, s.from = schedule.PRK2e(s.alg, s.th2, gxy), "an ephemeral key"
	case s.log.prk2e != nil:
		if s.prk2e = s.logged(s.log.prk2e); s.prk2e == nil {
			r.find("keys-of-another-run", "PRK_2e of the key log has %s, and those of suite %d have %d.", bytesOf(len(s.log.prk2e)), s.alg.ID, s.alg.HashLength())
			return nil
		}
		s.from = "the key log"
	default:
		return nil
	}
	s.add("PRK_2e", s.prk2e.Bytes())
	text := bytes.Clone(content[n:])
	s.prk2e.XORKeystream2(s.th2, text)
	name := "PLAINTEXT_2"
	if s.psk {
		name = "PLAINTEXT_2A"
	}
	s.add(name, text)
	var inner reading
	p := inner.plaintext(name, 2, text)
	if slices.ContainsFunc(inner.findings, func(f *Finding) bool { return f.Name == "not-cbor" }) {
		r.find("plaintext-2-unreadable", "What comes out of CIPHERTEXT_2 is no CBOR.")
		p.ok = false
		return p
	}
	r.findings = append(r.findings, inner.findings...)
	s.cr = p.cr
	if p.cr != nil {
		s.add("C_R", p.cr)
	}
	if s.psk {
		s.prk3e2m = s.prk2e
		s.add("PRK_3e2m", s.prk3e2m.Bytes())
		s.th3 = s.hash(r, "TH_3", schedule.TH3PSK(s.alg, s.th2, text), s.log.th3)
		return p
	}
	if p.ok {
		s.credentialR, s.prk3e2m, s.th3 = s.proof(r, s.responder(), p, text)
	}
	return p
}

// side is one of the two, whose proof follows its plaintext (RFC 9528 sections 5.3.2 and 5.4.2).
type side struct {
	number        int    // of its message
	letter        string // of its credential
	shared, prk   string // names of what its static key, if it has one, gives
	hash          string // the name of the transcript hash that follows
	signs         bool
	before        *schedule.PRK                                     // of its message
	th            []byte                                            // likewise
	extract       func(*schedule.PRK, []byte, []byte) *schedule.PRK // from before, th and shared
	other         *suite.PrivateKey                                 // the ephemeral key of the other side
	otherPublic   []byte
	logPRK, logTH []byte
}

func (s *secrets) responder() *side {
	return &side{2, "R", "G_RX", "PRK_3e2m", "TH_3", s.method.SignatureR, s.prk2e, s.th2, (*schedule.PRK).PRK3e2m, s.x, s.first.gx, s.log.prk3e2m, s.log.th3}
}

func (s *secrets) initiator() *side {
	return &side{3, "I", "G_IY", "PRK_4e3m", "TH_4", s.method.SignatureI, s.prk3e2m, s.th3, (*schedule.PRK).PRK4e3m, s.y, s.gy, s.log.prk4e3m, s.log.th4}
}

// proof takes the steps behind a plaintext: whose it is, the PRK that the proof is made
// with, the proof, and the transcript hash. Without the credential it has what the key log has.
func (s *secrets) proof(r *reading, of *side, p *plaintext, text []byte) (c *credential, prk *schedule.PRK, th []byte) {
	r.proofLength(of.number, p, of.signs, s.alg)
	c = s.look(r, of, p)
	var shared []byte
	if c != nil && !of.signs && c.Key != nil {
		if shared = agree(of.other, s.alg.Curve, c.Key.Bytes()); shared == nil {
			shared = agree(private(s.alg, c), s.alg.Curve, of.otherPublic)
		}
	}
	switch {
	case of.signs:
		prk = of.before
	case shared != nil:
		s.add(of.shared, shared)
		prk = of.extract(of.before, of.th, shared)
	default:
		prk = s.logged(of.logPRK)
	}
	if prk != nil {
		s.add(of.prk, prk.Bytes())
	}
	if c != nil {
		s.verify(r, of, p, c, prk)
		s.add("input of "+of.hash, slices.Concat(cborx.AppendBytes(nil, of.th), text, c.Cred))
		th = schedule.NextTH(s.alg, of.th, text, c.Cred)
	}
	return c, prk, s.hash(r, of.hash, th, of.logTH)
}

// look finds the credential that ID_CRED_x means.
func (s *secrets) look(r *reading, of *side, p *plaintext) *credential {
	s.add("ID_CRED_"+of.letter, p.idCred)
	c := s.keys.find(p.idCred)
	if c == nil {
		r.find("credential-not-given", "ID_CRED_%s is %s.", of.letter, IDCred(p.idCred))
		return nil
	}
	s.add("CRED_"+of.letter, c.Cred)
	if c.Key != nil {
		s.add("public key of "+of.letter, c.Key.Bytes())
		if of.signs && !c.Key.CanVerify() {
			r.find("key-without-y", "%s authenticates with a signature, and its credential (%s) has no key that one can verify with.",
				map[string]string{"I": "The Initiator", "R": "The Responder"}[of.letter], describe(c.Credential))
		}
	}
	if c.private != nil {
		s.add("private key of "+of.letter, c.private)
	}
	return c
}

// verify computes MAC_n, and verifies Signature_or_MAC_n.
func (s *secrets) verify(r *reading, of *side, p *plaintext, c *credential, prk *schedule.PRK) {
	if prk == nil {
		return
	}
	mac := make([]byte, s.alg.MACLength)
	if of.signs {
		mac = make([]byte, s.alg.HashLength())
	}
	if of.number == 2 {
		prk.MAC2(mac, schedule.Context2(p.crWire, p.idCred, of.th, c.Cred, p.ead))
	} else {
		prk.MAC3(mac, schedule.Context3(p.idCred, of.th, c.Cred, p.ead))
	}
	s.add(fmt.Sprintf("Signature_or_MAC_%d", of.number), p.sigMAC)
	switch {
	case !of.signs:
		if !bytes.Equal(mac, p.sigMAC) {
			r.find("mac-wrong", "MAC_%d is %s in the message, and %s with the credential that was given.", of.number, quoted(p.sigMAC), quoted(mac))
		}
	case c.Key != nil && c.Key.CanVerify():
		m := cose.SigStructure(p.idCred, schedule.ExternalAAD(of.th, c.Cred, p.ead), mac)
		s.add(fmt.Sprintf("M_%d, what is signed", of.number), m)
		if !c.Key.Verify(m, p.sigMAC) {
			text := ""
			if len(p.sigMAC) > 2 && p.sigMAC[0] == 0x30 && int(p.sigMAC[1]) == len(p.sigMAC)-2 {
				text = " It is in DER."
			}
			r.find("signature-wrong", "Signature_or_MAC_%d of %s does not verify.%s", of.number, bytesOf(len(p.sigMAC)), text)
		}
	}
}

// message3 gives the plaintexts, or none without keys.
func (s *secrets) message3(r *reading, content []byte) []*plaintext {
	s.add("CIPHERTEXT_3", content)
	switch {
	case s.prk3e2m == nil || s.th3 == nil:
		return nil
	case s.psk:
		return s.message3PSK(r, content)
	}
	text, err := s.prk3e2m.Key3(s.alg, s.th3).Open(cose.EncStructure(s.th3), content)
	if err != nil {
		r.find("decryption-failed", "message_3 does not open with K_3.")
		return nil
	}
	s.add("PLAINTEXT_3", text)
	p := r.plaintext("PLAINTEXT_3", 3, text)
	if !p.ok {
		return []*plaintext{p}
	}
	s.credentialI, s.prk4e3m, s.th4 = s.proof(r, s.initiator(), p, text)
	s.export()
	return []*plaintext{p}
}

func (s *secrets) message3PSK(r *reading, content []byte) []*plaintext {
	text := bytes.Clone(content)
	s.prk3e2m.XORKeystream3A(s.th3, text)
	s.add("PLAINTEXT_3A", text)
	outer := r.plaintext("PLAINTEXT_3A", 3, text)
	if !outer.ok {
		return []*plaintext{outer}
	}
	s.add("ID_CRED_PSK", outer.idCred)
	c := s.keys.pskOf(outer.idCred)
	if c == nil {
		r.find("credential-not-given", "ID_CRED_PSK is %s.", IDCred(outer.idCred))
		s.prk4e3m, s.th4 = s.logged(s.log.prk4e3m), s.log.th4
		s.export()
		return []*plaintext{outer}
	}
	if s.prk4e3m = s.logged(s.log.prk4e3m); s.prk4e3m == nil && c.secret != nil {
		s.prk4e3m = s.prk3e2m.PRK4e3m(s.th3, c.secret)
	}
	if s.prk4e3m == nil {
		return []*plaintext{outer}
	}
	s.add("PRK_4e3m", s.prk4e3m.Bytes())
	compact := outer.idNode.Raw
	inner, err := s.prk4e3m.Key3(s.alg, s.th3).Open(cose.EncStructure(schedule.AAD3PSK(compact, s.th3, c.credI, c.credR)), outer.inner)
	if err != nil {
		r.find("decryption-failed", "CIPHERTEXT_3B does not open with K_3: the pre-shared keys differ.")
		return []*plaintext{outer}
	}
	s.add("PLAINTEXT_3B", append([]byte{}, inner...))
	s.th4 = s.hash(r, "TH_4", schedule.TH4PSK(s.alg, s.th3, compact, inner, c.credI, c.credR), s.log.th4)
	s.export()
	return []*plaintext{outer, r.plaintext("PLAINTEXT_3B", 3, inner)}
}

// message4 gives the plaintext, or nil without keys. It tells only by quiet whether a
// message is message_4.
func (s *secrets) message4(content []byte) (text []byte, opened, tried bool) {
	if s.prk4e3m == nil || s.th4 == nil {
		return nil, false, false
	}
	text, err := s.prk4e3m.Key4(s.alg, s.th4).Open(cose.EncStructure(s.th4), content)
	if err != nil {
		return nil, false, true
	}
	s.add("CIPHERTEXT_4", content)
	s.add("PLAINTEXT_4", append([]byte{}, text...))
	return text, true, true
}

// export derives what comes out of a run (sections 4.1.3, 4.2 and appendix A.1).
func (s *secrets) export() {
	if s.prk4e3m == nil || s.th4 == nil {
		return
	}
	out := s.prk4e3m.PRKOut(s.th4)
	exporter := out.PRKExporter()
	s.masterSecret, s.masterSalt = make([]byte, s.alg.AppKeyLength()), make([]byte, 8)
	s.exports = []string{"OSCORE Master Secret", "OSCORE Master Salt"}
	exporter.Export(s.masterSecret, 0, nil)
	exporter.Export(s.masterSalt, 1, nil)
	if s.keys.update == nil {
		return
	}
	const after = " after key update"
	s.add("context of the key update", s.keys.update)
	s.exports = []string{"PRK_out" + after, "PRK_exporter" + after, "OSCORE Master Secret" + after, "OSCORE Master Salt" + after}
	updated := out.KeyUpdate(s.keys.update).PRKExporter()
	updated.Export(bytes.Clone(s.masterSecret), 0, nil)
	updated.Export(bytes.Clone(s.masterSalt), 1, nil)
}

// ephemeral writes down the key pair of a side.
func (s *secrets) ephemeral(name string, key *suite.PrivateKey) {
	if key == nil {
		return
	}
	s.add(name, key.Bytes())
	if public := key.Public().Bytes(); len(public) > s.alg.PublicKeyLength() {
		s.add("G_"+name+", x and y", public)
	}
}

// context is the OSCORE context of the Initiator, or nil.
func (s *secrets) context() *oscore.Parameters {
	if s == nil || s.masterSecret == nil || s.cr == nil || s.first.ci == nil {
		return nil
	}
	p := oscore.Parameters{
		MasterSecret: s.masterSecret, MasterSalt: s.masterSalt, SenderID: s.cr, RecipientID: s.first.ci, AEAD: s.alg.AppAEAD, Hash: s.alg.AppHash,
	}
	if _, err := oscore.New(p, oscore.Settings{}); err != nil {
		return nil
	}
	return &p
}

// agree is ECDH, or nil if there is no key or it is not one for that.
func agree(key *suite.PrivateKey, curve suite.KeyKind, public []byte) []byte {
	if key == nil || public == nil {
		return nil
	}
	peer, err := suite.ParsePublicKey(curve, public)
	if err != nil {
		return nil
	}
	shared, err := key.ECDH(peer)
	if err != nil {
		return nil
	}
	return shared
}

func private(alg *suite.Suite, c *credential) *suite.PrivateKey {
	if c == nil || c.private == nil {
		return nil
	}
	key, err := suite.ParsePrivateKey(alg.Curve, c.private)
	if err != nil {
		return nil
	}
	return key
}
