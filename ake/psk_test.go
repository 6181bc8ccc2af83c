package ake

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// TestPSKDraftVector plays the vector of the EDHOC-PSK draft as two versions of it
// print that, both sides, and compares every figure.
func TestPSKDraftVector(t *testing.T) {
	for file, kid := range map[string]string{"psk-draft.json": "0010", "psk-draft-10.json": "10"} {
		t.Run(file, func(t *testing.T) { playPSKDraft(t, file, unhex(t, kid)) })
	}
}

func playPSKDraft(t *testing.T, file string, kid []byte) {
	v, figures := pskDraft(t, file, kid)
	for _, m := range []mode{{trust: pinned, message4: true}, {trust: pulled, message4: true}, {trust: callback, message4: true}} {
		i, r := v.run(t, m, true)
		for _, d := range []*side{i, r} {
			d.finish(v)
			compared := 0
			for _, name := range slices.Sorted(maps.Keys(figures)) {
				got, ok := d.values[strings.TrimSuffix(name, "_cbor")]
				switch name {
				case "x", "y", "method_cbor", "suites_i_cbor": // go in; in message_1
					continue
				case "c_i_cbor", "c_r_cbor":
					got, ok = d.values[name]
				case "id_cred_psk_cbor": // what the draft prints is the kid alone
					got = got[len(got)-len(kid):]
				case "ciphertext_3b":
					got = cborx.AppendBytes(nil, got)
				case "rpsk": // in -08 it has 16 bytes, against the text
					if len(figures[name]) == 16 {
						got = d.values["rpsk_16"]
					}
				default:
					if strings.HasSuffix(name, "_cbor") {
						got = cborx.AppendBytes(nil, got)
					}
				}
				if !ok {
					t.Errorf("%v: %s was not seen", d.role, name)
				}
				wantBytes(t, fmt.Sprint(d.role, " ", name), got, figures[name])
				compared++
			}
			if compared < 40 {
				t.Errorf("only %d figures were compared", compared)
			}
		}
	}
}

// pskDraft makes a vector of the draft's, which has both sides' inputs. What a
// version prints wrong stands in a part of its own in the file.
func pskDraft(t *testing.T, file string, kid []byte) (*vector, map[string]hexBytes) {
	t.Helper()
	var parts map[string]map[string]map[string]hexBytes
	readJSON(t, "", file, &parts)
	figures := map[string]hexBytes{}
	for _, section := range parts["Test Vectors"] {
		maps.Copy(figures, section)
	}
	for _, section := range parts["Printed but wrong"] {
		for name, printed := range section {
			if bytes.Equal(figures[name], printed) {
				t.Errorf("%s of %s is the wrong one", name, file)
			}
		}
	}
	entry := map[string]any{
		"id_cred": hex.EncodeToString(cose.KidID(kid)), "psk": hex.EncodeToString(figures["psk"]), "hash": -16,
		"cred_i": hex.EncodeToString(figures["cred_i"]), "cred_r": hex.EncodeToString(figures["cred_r"]),
	}
	row := value[[]byte](t)(json.Marshal(map[string]any{
		"id": "psk-draft", "method": 4, "selected_suite": 2, "suites_i": []int{2}, "suites_r": []int{2},
		"x": hex.EncodeToString(figures["x"]), "y": hex.EncodeToString(figures["y"]), "c_i": "0a", "c_r": "05",
		"message_4_used": true, "psk_id": "compact", "psk_entry": entry,
	}))
	v := new(vector)
	must(t, json.Unmarshal(row, v))
	return v, figures
}

// pskWorld has two sides that share one key: the Initiator as such, the
// Responder as such.
func pskWorld(t testing.TB, suiteID int) *world {
	t.Helper()
	w := &world{configI: newConfig(), configR: newConfig()}
	psk := newPSK(t, suiteID, []byte{0, 0x10}, "initiator", "responder")
	w.credI, w.credR = psk, psk
	w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, psk)
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, psk)
	return w
}

func newPSK(t testing.TB, suiteID int, kid []byte, i, r string) *Credential {
	t.Helper()
	key, _, err := GenerateKey(KeyX25519) // 32 random bytes
	must(t, err)
	return value[*Credential](t)(CredentialFromPSK(cose.KidID(kid), key, suite.Lookup(suiteID).Hash, pskCred(i, kid), pskCred(r, kid)))
}

// pskCred is the draft's example of a CRED_x: a CCS with a symmetric key's kid.
func pskCred(subject string, kid []byte) []byte {
	ccs := cborx.AppendText(cborx.AppendInt(cborx.AppendMap(nil, 2), 2), subject)
	ccs = cborx.AppendInt(cborx.AppendMap(cborx.AppendInt(ccs, 8), 1), 1)
	ccs = cborx.AppendInt(cborx.AppendInt(cborx.AppendMap(ccs, 2), 1), 4)
	return cborx.AppendBytes(cborx.AppendInt(ccs, 2), kid)
}

func TestR04_PSKEverySuite(t *testing.T) {
	for _, id := range Suites() {
		w := pskWorld(t, id)
		if id != 0 { // one hash has several suites
			w.configI.Suites = []int{id}
		}
		i, r := w.sessions(t)
		handshake(t, i, r, 4)
		wantSameKeys(t, i, r)
	}
}

// TestPSKAuthenticated: the Responder is authenticated by a fourth message only.
func TestPSKAuthenticated(t *testing.T) {
	authenticated := func(s *Session) bool { return s.Info().Authenticated }
	for _, message4 := range []bool{true, false} {
		i, r := pskWorld(t, 2).sessions(t)
		for n := 1; n <= 3; n++ {
			pass(t, n, i, r)
			if authenticated(i) || authenticated(r) != (n == 3) {
				t.Errorf("after message_%d: %v and %v", n, authenticated(i), authenticated(r))
			}
		}
		if i.PeerCredential() != nil || i.PeerIDCred() != nil {
			t.Error("there is a peer before message_4")
		}
		wantStatus(t, "updating keys", i.KeyUpdate(nil), ErrState)
		_, err := i.ResumptionCredential(0)
		wantStatus(t, "a resumption key", err, ErrState)
		if message4 {
			pass(t, 4, i, r)
		} else {
			must(t, i.PeerProved())
		}
		wantState(t, i, StateCompleted)
		if !authenticated(i) {
			t.Error("the Responder is not authenticated")
		}
		peer := i.PeerCredential()
		wantBytes(t, "the peer", i.PeerIDCred(), peer.IDCred())
	}
}

// TestPSKStep: Step does not complete an Initiator without message_4 by itself.
func TestPSKStep(t *testing.T) {
	i, r := pskWorld(t, 2).sessions(t)
	var in []byte
	for range 2 {
		in = value[[]byte](t)(i.Step(in))
		in = value[[]byte](t)(r.Step(in))
	}
	wantState(t, i, StateWait4)
	wantState(t, r, StateCompleted)
	if len(in) == 0 {
		t.Fatal("no message_4")
	}
	value[[]byte](t)(i.Step(in))
	wantState(t, i, StateCompleted)
	wantSameKeys(t, i, r)
}

// TestPSKRefused has the keys that no credential can be made of.
func TestPSKRefused(t *testing.T) {
	id, key := cose.KidID([]byte{1}), bytes.Repeat([]byte{1}, 16)
	credI, credR := pskCred("i", nil), pskCred("r", nil)
	must(t, func() error { _, err := CredentialFromPSK(id, key, -16, credI, credR); return err }())
	for name, c := range map[string]struct {
		id, key      []byte
		hash         int
		credI, credR []byte
		want         Status
	}{
		"15 bytes":           {id, key[:15], -16, credI, credR, ErrArgument},
		"no key":             {id, nil, -16, credI, credR, ErrArgument},
		"no ID_CRED":         {nil, key, -16, credI, credR, ErrCredentialMalformed},
		"an empty map":       {[]byte{0xa0}, key, -16, credI, credR, ErrCredentialMalformed},
		"ID_CRED not a map":  {[]byte{0x41, 1}, key, -16, credI, credR, ErrCredentialMalformed},
		"equal credentials":  {id, key, -16, credI, credI, ErrArgument},
		"no CRED_I":          {id, key, -16, nil, credR, ErrCredentialMalformed},
		"no CRED_R":          {id, key, -16, credI, nil, ErrCredentialMalformed},
		"CRED_R of two":      {id, key, -16, credI, []byte{1, 2}, ErrCredentialMalformed},
		"CRED_I cut short":   {id, key, -16, credI[:len(credI)-1], credR, ErrCredentialMalformed},
		"an unknown hash":    {id, key, -15, credI, credR, ErrUnsupported},
		"SHA-512, no suite":  {id, key, -44, credI, credR, ErrUnsupported},
		"no hash":            {id, key, 0, credI, credR, ErrUnsupported},
		"CRED_I not minimal": {id, key, -16, []byte{0x18, 0x01}, credR, ErrCredentialMalformed},
	} {
		_, err := CredentialFromPSK(c.id, c.key, c.hash, c.credI, c.credR)
		wantStatus(t, name, err, c.want)
	}
}

// TestPSKMisuse: a PSK credential is not taken for another, nor the reverse.
func TestPSKMisuse(t *testing.T) {
	psk, ccs := newPSK(t, 2, []byte{1}, "i", "r"), newCCS(t, KeyP256, "x", nil)
	c := newConfig()
	wantStatus(t, "own", checked(Config{Own: []*Credential{psk}}), ErrArgument)
	wantStatus(t, "peer", checked(Config{Peers: []*Credential{psk}}), ErrArgument)
	wantStatus(t, "a CCS as PSK", checked(Config{InitiatorPSKs: []*Credential{ccs}}), ErrArgument)
	wantStatus(t, "a CCS as PSK", checked(Config{ResponderPSKs: []*Credential{ccs}}), ErrArgument)
	wantStatus(t, "a private key", psk.SetPrivateKey(make([]byte, 32)), ErrUnsupported)
	if psk.Bytes() != nil || psk.PublicKey() != nil || psk.HasPrivateKey() || psk.KeyKind() != 0 {
		t.Error("it has parts of a public key credential")
	}
	if text := fmt.Sprintf("%v %+v %s", c, psk.Type(), wrap(errors.New("x"))); bytes.Contains([]byte(text), psk.psk.secret) {
		t.Error("the key is printed")
	}
}

// pskRun brings both sides before message_3 is processed, and returns it.
func pskRun(t *testing.T, w *world) (i, r *Session, message3 []byte) {
	t.Helper()
	i, r = w.sessions(t)
	handshake(t, i, r, 2)
	return i, r, value[[]byte](t)(i.PrepareMessage3())
}

func TestPSKUnknown(t *testing.T) {
	w := pskWorld(t, 2)
	w.configR = newConfig()
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, newPSK(t, 2, []byte{0x11}, "initiator", "responder"))
	i, r, message3 := pskRun(t, w)
	wantStatus(t, "message_3", r.ProcessMessage3(message3), ErrCredentialUnknown)
	reply := value[[]byte](t)(r.PrepareError())
	wantBytes(t, "the error message", reply, []byte{3, 0xf5})
	wantStatus(t, "the reply", i.ProcessMessage4(reply), ErrPeerCredential)
}

// TestPSKWrongKey: the right identifier with another key, hash, or identity.
func TestPSKWrongKey(t *testing.T) {
	right := newPSK(t, 2, []byte{0, 0x10}, "initiator", "responder")
	credI, credR := right.PSKCredentials()
	make := func(key []byte, hash int, credI, credR []byte) *Credential {
		return value[*Credential](t)(CredentialFromPSK(right.IDCred(), key, hash, credI, credR))
	}
	secret := right.psk.secret
	for name, c := range map[string]struct {
		wrong *Credential
		want  Status
	}{
		"another key":         {make(bytes.Repeat([]byte{1}, 32), -16, credI, credR), ErrDecryption},
		"a key cut short":     {make(secret[:16], -16, credI, credR), ErrDecryption},
		"another CRED_I":      {make(secret, -16, pskCred("other", nil), credR), ErrDecryption},
		"another CRED_R":      {make(secret, -16, credI, pskCred("other", nil)), ErrDecryption},
		"exchanged":           {make(secret, -16, credR, credI), ErrDecryption},
		"bound to SHA-384":    {make(secret, -43, credI, credR), ErrKeyKind},
		"bound to SHAKE256":   {make(secret, -45, credI, credR), ErrKeyKind},
		"wiped after its run": {func() *Credential { c := newPSK(t, 2, []byte{7}, "initiator", "responder"); c.wipe(); return c }(), ErrKeyKind},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{configI: newConfig(), configR: newConfig()}
			w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, right)
			w.configI.Suites = []int{2}
			w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return []*Credential{c.wrong}, nil }
			i, r, message3 := pskRun(t, w)
			wantStatus(t, "message_3", r.ProcessMessage3(message3), c.want)
			wantErrorCode(t, r, 1)
			if _, err := r.Export(40000, nil, 16); StatusOf(err) != ErrState {
				t.Error("keys can be exported")
			}
			i.Close()
		})
	}
}

// TestPSKCandidates: of several keys under one identifier the right one is
// found, but only so many are tried.
func TestPSKCandidates(t *testing.T) {
	right := newPSK(t, 2, []byte{7}, "initiator", "responder")
	for _, c := range []struct {
		before int
		want   Status
	}{{0, OK}, {1, OK}, {7, OK}, {8, ErrDecryption}, {20, ErrDecryption}} {
		w := &world{configI: newConfig(), configR: newConfig()}
		w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, right)
		for n := range c.before {
			w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, newPSK(t, 2, []byte{7}, fmt.Sprint("other ", n), "responder"))
		}
		w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, right)
		_, r, message3 := pskRun(t, w)
		wantStatus(t, fmt.Sprint("after ", c.before), r.ProcessMessage3(message3), c.want)
		if c.want == OK {
			credI, _ := r.PeerCredential().PSKCredentials()
			wantBytes(t, "CRED_I", credI, pskCred("initiator", []byte{7}))
		}
	}
}

// TestPSKMapID: an identifier with more than a kid stands as a map.
func TestPSKMapID(t *testing.T) {
	id := append([]byte{0xa2, 4, 0x41, 7, 10}, cborx.AppendBytes(nil, []byte("context"))...)
	simple := newPSK(t, 2, []byte{7}, "initiator", "responder")
	psk := value[*Credential](t)(CredentialFromPSK(id, simple.psk.secret, -16, simple.psk.credI, simple.psk.credR))
	w := &world{configI: newConfig(), configR: newConfig()}
	w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, psk)
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, simple)
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, psk)
	i, r := w.sessions(t)
	seen := played{recorder: recorder{values: map[string][]byte{}, psk: true}}
	i.source = &seen
	messages := handshake(t, i, r, 4)
	wantSameKeys(t, i, r)
	ciphertext3A := value[[]byte](t)(message.ParseByteString("message_3", messages[3]))
	plaintext3A := make([]byte, len(ciphertext3A))
	subtle.XORBytes(plaintext3A, ciphertext3A, seen.values["keystream_3a"])
	if !bytes.HasPrefix(plaintext3A, id) {
		t.Errorf("PLAINTEXT_3A is %x", plaintext3A)
	}
	// A map for a single kid is not deterministic.
	p3 := message.Plaintext3A{IDCredPSK: simple.IDCred(), Ciphertext3B: make([]byte, 8)}
	if whole := append(bytes.Clone(simple.IDCred()), p3.Encode()[1:]...); func() error { _, err := message.ParsePlaintext3A(whole); return err }() == nil {
		t.Error("a single kid as a map is accepted")
	}
}

// TestR18_PSKSelfie: an endpoint that has the key in both directions cannot be
// made to talk to itself, whichever way it finds its keys.
func TestR18_PSKSelfie(t *testing.T) {
	kid := []byte{9}
	mine := newPSK(t, 2, kid, "me", "other")
	theirs := value[*Credential](t)(CredentialFromPSK(mine.IDCred(), mine.psk.secret, -16, pskCred("other", kid), pskCred("me", kid)))
	for name, c := range map[string]struct {
		arrange func(*hostConfig)
		want    Status
	}{
		"two credentials":    {func(c *hostConfig) { c.ResponderPSKs = append(c.ResponderPSKs, theirs) }, ErrDecryption},
		"one for both roles": {func(c *hostConfig) { c.ResponderPSKs = append(c.ResponderPSKs, mine) }, ErrOwnCredential},
		"no key of that name": {func(c *hostConfig) {
			c.ResponderPSKs = append(c.ResponderPSKs, newPSK(t, 2, []byte{8}, "another", "other"))
		}, ErrCredentialUnknown},
		"a careless resolver": {func(c *hostConfig) {
			c.Resolver = func(*Session, []byte) ([]*Credential, error) { return []*Credential{mine}, nil }
		}, ErrOwnCredential},
	} {
		config := newConfig()
		config.InitiatorPSKs = append(config.InitiatorPSKs, mine)
		c.arrange(config)
		w := &world{configI: config, configR: config}
		_, r, message3 := pskRun(t, w)
		wantStatus(t, name, r.ProcessMessage3(message3), c.want)
	}
	// Without any key as a Responder there is nothing to accept.
	config := newConfig()
	config.InitiatorPSKs = append(config.InitiatorPSKs, mine)
	config.Methods = []Method{MethodPSK}
	config.Suites = []int{2}
	i, r := (&world{configI: config, configR: config}).sessions(t)
	wantStatus(t, "no key as a Responder", r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())), ErrNoCredential)
	// With the other endpoint it works both ways.
	me, other := newConfig(), newConfig()
	me.InitiatorPSKs = append(me.InitiatorPSKs, mine)
	me.ResponderPSKs = append(me.ResponderPSKs, theirs)
	other.InitiatorPSKs = append(other.InitiatorPSKs, theirs)
	other.ResponderPSKs = append(other.ResponderPSKs, mine)
	for _, w := range []*world{{configI: me, configR: other}, {configI: other, configR: me}} {
		i, r := w.sessions(t)
		handshake(t, i, r, 4)
		wantSameKeys(t, i, r)
	}
}

// TestR18_PSKReflection: no message is taken by the side that made it.
func TestR18_PSKReflection(t *testing.T) {
	i, r := pskWorld(t, 2).sessions(t)
	m1 := pass(t, 1, i, r)
	if err := i.ProcessMessage2(m1); err == nil {
		t.Error("message_1 is taken for message_2")
	}
	i, r = pskWorld(t, 2).sessions(t)
	pass(t, 1, i, r)
	m2 := pass(t, 2, i, r)
	if err := r.ProcessMessage3(m2); err == nil {
		t.Error("message_2 is taken for message_3")
	}
	w := pskWorld(t, 2)
	i, r, m3 := pskRun(t, w)
	wantStatus(t, "message_3 as message_4", i.ProcessMessage4(m3), ErrDecryption)
	wantState(t, i, StateFailed)
	must(t, r.ProcessMessage3(m3))
	wantStatus(t, "message_3 again", r.ProcessMessage3(m3), ErrState)
	m4 := value[[]byte](t)(r.PrepareMessage4())
	wantStatus(t, "message_4 as message_3", r.ProcessMessage3(m4), ErrState)
}

// TestPSKTampered: message_2 is not authenticated by itself, but a changed one
// gives keys that do not fit; message_3 and message_4 are refused whatever bit
// was changed.
func TestPSKTampered(t *testing.T) {
	w := pskWorld(t, 2)
	i, r, m3 := pskRun(t, w)
	for at := range m3 {
		_, r, m3 := pskRun(t, w)
		m3[at] ^= 1
		if err := r.ProcessMessage3(m3); err == nil {
			t.Errorf("message_3 with byte %d changed is accepted", at)
		}
		if r.phase.state() == StateVerified3 || r.phase.state() == StateCompleted {
			t.Errorf("byte %d of message_3: state %v", at, r.phase.state())
		}
	}
	must(t, r.ProcessMessage3(m3))
	m4 := value[[]byte](t)(r.PrepareMessage4())
	for at := range m4 {
		i, r := w.sessions(t)
		handshake(t, i, r, 3)
		m4 := value[[]byte](t)(r.PrepareMessage4())
		m4[at] ^= 1
		if err := i.ProcessMessage4(m4); err == nil {
			t.Errorf("message_4 with byte %d changed is accepted", at)
		}
	}
	must(t, i.ProcessMessage4(m4))
	for _, at := range []int{5, 34, 35} { // G_Y, C_R, EAD_2
		i, r := w.sessions(t)
		must(t, r.AddEAD(2, EADItem{Label: 100, Value: []byte("hello")}))
		must(t, r.SetConnectionID([]byte{0x40, 0x41}))
		pass(t, 1, i, r)
		m2 := value[[]byte](t)(r.PrepareMessage2())
		m2[at+2] ^= 2
		if i.ProcessMessage2(m2) != nil {
			continue
		}
		if m3, err := i.PrepareMessage3(); err == nil && r.ProcessMessage3(m3) == nil {
			t.Errorf("message_2 with byte %d changed: message_3 is accepted", at+2)
		}
	}
}

// TestPSKGarbage: what cannot be parsed ends a Responder's run like anything else:
// of CIPHERTEXT_3A, whoever may try twice could ask questions.
func TestPSKGarbage(t *testing.T) {
	for _, garbage := range [][]byte{nil, {0x40}, {0x41, 0}, {0xf6}, {0x41}, bytes.Repeat([]byte{0xff}, 40)} {
		_, r, m3 := pskRun(t, pskWorld(t, 2))
		if err := r.ProcessMessage3(garbage); err == nil {
			t.Errorf("%x is accepted", garbage)
		}
		wantState(t, r, StateFailed)
		wantErrorCode(t, r, 1)
		wantStatus(t, "the honest message", r.ProcessMessage3(m3), ErrState)
	}
}

// TestPSKSuites: a key is used with suites of its hash only, and by the suite
// that both sides prefer.
func TestPSKSuites(t *testing.T) {
	w := pskWorld(t, 2) // SHA-256
	w.configI.Suites = []int{24, 25, 5, 2}
	w.configR.Suites = []int{25, 2, 24}
	i, r := w.sessions(t)
	m1 := value[[]byte](t)(i.PrepareMessage1())
	m := value[*message.Message1](t)(message.ParseMessage1(m1))
	if !slices.Equal(m.SuitesI, []int64{5}) {
		t.Errorf("SUITES_I %v", m.SuitesI)
	}
	// The suites of other hashes are neither offered nor accepted.
	wantStatus(t, "message_1", r.ProcessMessage1(m1), ErrSuite)
	reply := value[[]byte](t)(r.PrepareError())
	wantStatus(t, "error 2", i.ProcessMessage2(reply), ErrPeerSuite)
	must(t, i.Restart())
	m1 = value[[]byte](t)(i.PrepareMessage1())
	m = value[*message.Message1](t)(message.ParseMessage1(m1))
	if m.SelectedSuite() != 2 {
		t.Errorf("suite %d is selected", m.SelectedSuite())
	}
	none := newConfig()
	none.InitiatorPSKs = append(none.InitiatorPSKs, w.credI)
	none.Suites = []int{24, 25}
	_, err := value[*Session](t)(none.NewSession(Initiator)).PrepareMessage1()
	wantStatus(t, "only suites of other hashes", err, ErrNoCredential)
}

// TestPSKPolicies: a pre-shared key is as good with every policy, and is nothing
// that PolicyLearn would learn.
func TestPSKPolicies(t *testing.T) {
	for policy, want := range map[PeerPolicy]Status{
		PolicyPinned: OK, PolicyX509: OK, PolicyLearn: OK, PolicyAnyInsecure: OK, PolicyCallback: ErrCredentialUnknown,
	} {
		w := pskWorld(t, 2)
		w.configR.Policy = policy
		_, r, m3 := pskRun(t, w)
		wantStatus(t, fmt.Sprint("policy ", policy), r.ProcessMessage3(m3), want)
		if r.PeerIsNew() {
			t.Errorf("policy %d: the peer was learned", policy)
		}
	}
}

// TestPSKVerifier: the host has the last word on a Responder's peer.
func TestPSKVerifier(t *testing.T) {
	w := pskWorld(t, 2)
	w.configR.Verifier = func(_ *Session, peer *Credential) error {
		if credI, _ := peer.PSKCredentials(); bytes.Contains(credI, []byte("initiator")) {
			return ErrPeerRejected
		}
		return nil
	}
	_, r, m3 := pskRun(t, w)
	wantStatus(t, "message_3", r.ProcessMessage3(m3), ErrPeerRejected)
	wantErrorCode(t, r, 1)
}

// TestPSKPull: the host is asked for the key by ID_CRED_PSK, and may say no.
func TestPSKPull(t *testing.T) {
	for name, answer := range map[string]func(r *Session, psk *Credential) error{
		"the key":  func(r *Session, psk *Credential) error { return r.SetPeerCredential(psk) },
		"a CCS":    func(r *Session, _ *Credential) error { return r.SetPeerCredential(newCCS(t, KeyP256, "x", nil)) },
		"unknown":  func(r *Session, _ *Credential) error { return r.RejectPeer(ErrCredentialUnknown) },
		"rejected": func(r *Session, _ *Credential) error { return r.RejectPeer(ErrPeerRejected) },
		"wrong key": func(r *Session, _ *Credential) error {
			return r.SetPeerCredential(newPSK(t, 2, []byte{0, 0x10}, "i", "r"))
		},
	} {
		w := pskWorld(t, 2)
		w.configR = newConfig()
		w.configR.Pull = PullCredential
		i, r, m3 := pskRun(t, w)
		wantStatus(t, name, r.ProcessMessage3(m3), PendingCredential)
		wantBytes(t, "ID_CRED_PSK", r.PeerIDCred(), w.credI.IDCred())
		must(t, answer(r, w.credI))
		err := r.Continue()
		if name != "the key" {
			if err == nil || r.phase.state() != StateFailed {
				t.Errorf("%s: %v, state %v", name, err, r.phase.state())
			}
			continue
		}
		must(t, err)
		pass(t, 4, i, r)
		wantSameKeys(t, i, r)
	}
}

// TestR13_PSKForwardSecrecy: two runs with one key share nothing.
func TestR13_PSKForwardSecrecy(t *testing.T) {
	w := pskWorld(t, 0)
	seen := map[string]bool{}
	for range 3 {
		i, r := w.sessions(t)
		handshake(t, i, r, 4)
		for _, label := range []uint64{0, 1, 4, 40000} {
			key := string(value[[]byte](t)(i.Export(label, nil, 32)))
			if seen[key] {
				t.Error("a key comes twice")
			}
			seen[key] = true
		}
		for _, s := range []*Session{i, r} {
			if keysOf(s).ephemeral != nil || keysOf(s).prk4e3m != nil || keysOf(s).prk3e2m != nil || keysOf(s).prk2e != nil || keysOf(s).gxy != nil {
				t.Error("secrets of the run are left")
			}
		}
	}
}

// An Initiator with one key for each of its peers says which one it is for.
func TestPSKChosenForThePeer(t *testing.T) {
	credI, credR := []byte{0x41, 'i'}, []byte{0x41, 'r'}
	keys := make([]*Credential, 2)
	for n := range keys {
		secret := bytes.Repeat([]byte{byte(n + 1)}, 16)
		keys[n] = value[*Credential](t)(CredentialFromPSK(cose.KidID([]byte{byte(n)}), secret, -16, credI, credR))
	}
	configI := newConfig()
	configI.InitiatorPSKs = keys
	configR := newConfig()
	configR.ResponderPSKs = append(configR.ResponderPSKs, keys[1])

	i, r := value[*Session](t)(configI.NewSession(Initiator)), value[*Session](t)(configR.NewSession(Responder))
	must(t, i.SetOwnCredential(keys[1]))
	handshake(t, i, r, 4)
	wantSameKeys(t, i, r)

	i, r = value[*Session](t)(configI.NewSession(Initiator)), value[*Session](t)(configR.NewSession(Responder))
	must(t, i.SetOwnCredential(keys[0]))
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	message3 := value[[]byte](t)(i.PrepareMessage3())
	wantStatus(t, "the key of another peer", r.ProcessMessage3(message3), ErrCredentialUnknown)
	wantErrorCode(t, r, 3)

	other := value[*Credential](t)(CredentialFromPSK(cose.KidID([]byte{9}), bytes.Repeat([]byte{9}, 16), -43, credI, credR))
	i = value[*Session](t)(configI.NewSession(Initiator))
	must(t, i.SetOwnCredential(other))
	must(t, i.SelectSuite(2))
	_, err := i.PrepareMessage1()
	wantStatus(t, "a key of another hash", err, ErrNoCredential)
}
