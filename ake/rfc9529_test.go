package ake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// figures are the printed values of a trace, by name.
type figures map[string]hexBytes

// traces are the sections of rfc9529.json.
type traces map[string]map[string]map[string]json.RawMessage

const (
	traceSignatures = "Authentication with Signatures, X.509 Certificates Identified by 'x5t'"
	traceStaticDH   = "Authentication with Static DH, CCS Identified by 'kid'"
	traceInvalid    = "Invalid Traces"
)

func loadTraces(t *testing.T) (all traces) {
	t.Helper()
	readJSON(t, "", "rfc9529.json", &all)
	return all
}

// figures joins the sections of a trace, but for those that are left out.
func (all traces) figures(t *testing.T, trace string, leftOut ...string) figures {
	t.Helper()
	f := make(figures)
	for section, rows := range all[trace] {
		if slices.Contains(leftOut, section) {
			continue
		}
		for name, raw := range rows {
			if name == "application_aead_algorithm" {
				raw = fmt.Appendf(nil, `"%02x"`, value[int](t)(strconv.Atoi(strings.Trim(string(raw), `"`))))
			}
			var value hexBytes
			must(t, json.Unmarshal(raw, &value))
			f[name] = value
		}
	}
	if len(f) < 40 {
		t.Fatalf("trace %q has only %d figures", trace, len(f))
	}
	return f
}

// session makes the inputs of a session from the figures.
func (f figures) session(signature, exchange KeyKind) *vector {
	kind := signature
	if f["method_cbor"][0] == 3 {
		kind = exchange
	}
	public := func(name, owner string) hexBytes {
		if pk, ok := f[name]; ok {
			return pk
		}
		x := f[owner+"_s_public_authentication_key_x_coordinate"]
		return append(slices.Clone(x), f[owner+"_s_public_authentication_key_y_coordinate"]...)
	}
	suites := f["suites_i_cbor"]
	return &vector{
		Method: Method(f["method_cbor"][0]), Suite: int(suites[len(suites)-1]), SuitesR: []int{int(suites[len(suites)-1])},
		X: f["x"], Y: f["y"], CI: f["c_i"], CR: f["c_r"], Message4: true, KeyUpdateContext: f["context_for_keyupdate"],
		PartyI: party{SK: f["sk_i"], PK: public("pk_i", "initiator"), Kind: kind.String(), Cred: f["cred_i_cbor"], IDCred: f["id_cred_i_cbor"]},
		PartyR: party{SK: f["sk_r"], PK: public("pk_r", "responder"), Kind: kind.String(), Cred: f["cred_r_cbor"], IDCred: f["id_cred_r_cbor"]},
	}
}

// TestRFC9529Signatures has every figure of RFC 9529 chapter 2.
func TestRFC9529Signatures(t *testing.T) {
	f := loadTraces(t).figures(t, traceSignatures)
	v := f.session(KeyEd25519, KeyX25519)
	i, r := v.run(t, mode{trust: pinned, message4: true}, true)
	for _, d := range []*side{i, r} {
		d.finish(v)
		f.compare(d)
	}
}

// TestRFC9529StaticDH has every figure of RFC 9529 chapter 3, with the
// negotiation of the cipher suite at its beginning.
func TestRFC9529StaticDH(t *testing.T) {
	all := loadTraces(t)
	f := all.figures(t, traceStaticDH, "message_1 (first time)", "error")
	first := make(figures)
	for _, section := range []string{"message_1 (first time)", "error"} {
		for name, raw := range all[traceStaticDH][section] {
			var value hexBytes
			must(t, json.Unmarshal(raw, &value))
			first[name] = value
		}
	}
	v := f.session(KeyP256, KeyP256)
	v.adjust = func(c *hostConfig) { // the Initiator prefers suite 6, with another key
		c.Suites = []int{6, 2}
		c.Own = append(c.Own, newCCS(t, KeyX25519, "42-50-31-FF-EF-37-32-39", []byte{0x2b}))
	}
	i := v.side(t, Initiator, mode{trust: pinned, message4: true})
	i.played.ephemeralKey = first["x"]
	must(t, i.SetConnectionID(first["c_i"]))
	message1 := i.prepare(1)
	// The RFC made this G_X on P-256, although cipher suite 6 has X25519.
	x := value[*suite.PrivateKey](t)(suite.ParsePrivateKey(suite.KeyP256, first["x"]))
	wantBytes(t, "first G_X", x.Public().X(), first["g_x"])
	wantBytes(t, "first G_X as CBOR", cborx.AppendBytes(nil, first["g_x"]), first["g_x_cbor"])
	message1 = bytes.Replace(message1, i.values["g_x"], first["g_x"], 1)
	wantBytes(t, "first message_1", message1, first["message_1"])
	wantBytes(t, "first C_I as CBOR", message.AppendIdentifier(nil, i.phase.about().cI), first["c_i_cbor"])
	wantBytes(t, "METHOD and SUITES_I", message1[:2], append(slices.Clone(first["method_cbor"]), first["suites_i_cbor"]...))

	refusing := v.side(t, Responder, mode{trust: pinned, message4: true})
	wantStatus(t, "first message_1", refusing.ProcessMessage1(message1), ErrSuite)
	reply := value[[]byte](t)(refusing.PrepareError())
	wantBytes(t, "error", reply, first["error"])
	wantBytes(t, "SUITES_R", reply[1:], first["suites_r"])
	wantStatus(t, "error message", i.ProcessMessage2(reply), ErrPeerSuite)
	must(t, i.Restart())

	i.played.ephemeralKey = f["x"]
	must(t, i.SetConnectionID(f["c_i"]))
	r := v.side(t, Responder, mode{trust: pinned, message4: true})
	r.mustProcess(1, i.prepare(1))
	i.mustProcess(2, r.prepare(2))
	r.mustProcess(3, i.prepare(3))
	i.mustProcess(4, r.prepare(4))
	for _, d := range []*side{i, r} {
		d.finish(v)
		f.compare(d)
	}
}

// renamed are figures that have another name here.
var renamed = map[string]string{
	"salt":                        "th_2",
	"signature_or_mac_2":          "sig_or_mac_2",
	"signature_or_mac_3":          "sig_or_mac_3",
	"message_to_be_signed_2_cbor": "m_2",
	"message_to_be_signed_3_cbor": "m_3",
	"a_3_cbor":                    "a_3",
	"a_4_cbor":                    "a_4",
	"id_cred_r_cbor":              "id_cred_r",
	"id_cred_i_cbor":              "id_cred_i",
	"cred_r_cbor":                 "cred_r",
	"cred_i_cbor":                 "cred_i",
	"client_s_oscore_sender_id":   "oscore_initiator_sender_id",
	"server_s_oscore_sender_id":   "oscore_responder_sender_id",
}

// keyOf says from which key each derived value comes.
var keyOf = map[string]string{
	"keystream_2": "prk_2e", "salt_3e2m": "prk_2e", "mac_2": "prk_3e2m", "k_3": "prk_3e2m", "iv_3": "prk_3e2m",
	"salt_4e3m": "prk_3e2m", "mac_3": "prk_4e3m", "k_4": "prk_4e3m", "iv_4": "prk_4e3m", "prk_out": "prk_4e3m",
	"prk_exporter": "prk_out", "oscore_master_secret": "prk_exporter", "oscore_master_salt": "prk_exporter",
}

// figureInputs are what goes in; all else comes out.
var figureInputs = []string{"x", "y", "sk_i", "sk_r", "c_i", "c_r", "context_for_keyupdate"}

// compare holds every figure against what the side has seen.
func (f figures) compare(d *side) {
	d.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if slices.Contains(figureInputs, name) {
			continue
		}
		got, want, known := d.figure(name, f[name])
		if !known {
			d.t.Errorf("%v: figure %s is not known", d.role, name)
		} else if !bytes.Equal(got, want) {
			d.t.Errorf("%v: %s is %x, want %x", d.role, name, got, want)
		}
	}
}

// figure returns what the side has for a figure, and what it should be. Where a
// figure is the input of a function, both are the output.
func (d *side) figure(name string, printed []byte) (got, want []byte, known bool) {
	if as, ok := renamed[name]; ok {
		name = as
	}
	if got, ok := d.values[name]; ok && name != "cred_i" && name != "cred_r" {
		return got, printed, true
	}
	pk := map[string][]byte{"initiator": d.values["pk_i"], "responder": d.values["pk_r"]}
	owner, what, _ := strings.Cut(name, "_s_")
	half := len(pk[owner]) / 2
	base, isCBOR := strings.CutSuffix(name, "_cbor")
	base, isString := strings.CutSuffix(base, "_bstr")
	result, isInfo := strings.CutPrefix(name, "info_for_")
	hash, isInput := strings.CutPrefix(name, "input_to_calculate_")
	updated, isUpdated := strings.CutSuffix(name, "_after_keyupdate")
	m1, err := message.ParseMessage1(d.values["message_1"])
	must(d.t, err)
	switch {
	case name == "cred_i" || name == "cred_r":
		// X.509: the certificate in a byte string, or without its head.
		got = d.values[name]
		return got, append(slices.Clone(got[:len(got)-len(printed)]), printed...), true
	case name == "method_cbor":
		return cborx.AppendInt(nil, m1.Method), printed, true
	case name == "suites_i_cbor":
		return d.values["message_1"][1 : 1+len(printed)], printed, true
	case name == "context_for_keyupdate_cbor":
		content, isBytes := cborx.Item(printed).Bytes()
		return content, d.keyUpdate, isBytes
	case name == "application_aead_algorithm":
		return []byte{byte(d.phase.about().alg.AppAEAD)}, printed, true
	case what == "public_authentication_key_x_coordinate":
		return pk[owner][:half], printed, true
	case what == "public_authentication_key_y_coordinate":
		return pk[owner][half:], printed, true
	case what == "ephemeral_public_key_one_y_coordinate":
		// One of the two y that belong to x: the point is on the curve.
		x := d.values[map[string]string{"initiator": "g_x", "responder": "g_y"}[owner]]
		key := value[*suite.PublicKey](d.t)(suite.ParsePublicKey(d.phase.about().alg.Curve, append(slices.Clone(x), printed...)))
		return key.Bytes()[len(x):], printed, true
	case isInfo && keyOf[result] != "":
		prk := d.values[keyOf[result]]
		return d.phase.about().alg.Expand(prk, printed, len(d.values[result])), d.values[result], true
	case isInput:
		return d.phase.about().alg.Digest(printed), d.values[hash], true
	case isUpdated && strings.HasPrefix(updated, "oscore_"), isUpdated && strings.HasPrefix(updated, "prk_"):
		return d.values["keyupdate_"+updated], printed, true
	case (isCBOR || isString) && (d.values[base] != nil || renamed[base] != ""):
		if as, ok := renamed[base]; ok {
			base = as
		}
		return cborx.AppendBytes(nil, d.values[base]), printed, true
	}
	return nil, nil, false
}

// TestRFC9529Invalid has every invalid trace of RFC 9529 chapter 4: what it is
// refused with, and that it is refused whatever the Responder supports.
func TestRFC9529Invalid(t *testing.T) {
	all := loadTraces(t)
	want := map[string]struct {
		suite  int
		status Status
	}{
		"Surplus array encoding of message":              {2, ErrMalformed},
		"Surplus bstr encoding of connection identifier": {2, ErrConnectionID},
		"Surplus array encoding of ciphersuite":          {2, ErrMalformed},
		"Text string encoding of ephemeral key":          {2, ErrMalformed},
		"Wrong number of CBOR sequence elements":         {2, ErrMalformed},
		"Surplus map encoding of ID_CRED field":          {2, ErrCredentialMalformed},
		"Surplus bstr encoding of ID_CRED field":         {2, ErrConnectionID},
		"Error in length of ephemeral key":               {24, ErrPublicKey},
		"Error in elliptic curve representation":         {2, ErrPublicKey},
		"Error in elliptic curve point":                  {2, ErrPublicKey},
		"Curve point of low order":                       {0, ErrPublicKey},
		"Error in length of MAC":                         {2, ErrMAC},
		"Error in elliptic curve encoding":               {2, ErrPublicKey},
		"Unnecessary long encoding":                      {2, ErrNotDeterministic},
		"Indefinite-length array encoding":               {2, ErrMalformed},
	}
	if len(all[traceInvalid]) != len(want) {
		t.Errorf("the file has %d invalid traces, the test %d", len(all[traceInvalid]), len(want))
	}
	f := all.figures(t, traceStaticDH, "message_1 (first time)", "error")
	for name, rows := range all[traceInvalid] {
		expected, ok := want[name]
		if !ok || len(rows) != 1 {
			t.Errorf("unknown invalid trace %q", name)
		}
		for kind, raw := range rows {
			var hostile hexBytes
			must(t, json.Unmarshal(raw, &hostile))
			switch kind {
			case "invalid_message_1":
				for _, id := range Suites() {
					err := staticResponder(t, id).ProcessMessage1(hostile)
					if id == expected.suite || err == nil {
						wantStatus(t, name, err, expected.status)
					}
				}
			case "invalid_plaintext_2":
				prk2e, _ := schedule.SavedPRK(suite.Lookup(2), f["prk_2e"])
				prk2e.XORKeystream2(f["th_2"], hostile)
				wantStatus(t, name, f.feed2(t, message.EncodeByteString(f["g_y"], hostile)), expected.status)
			case "invalid_message_2":
				wantStatus(t, name, f.feed2(t, hostile), expected.status)
			default:
				t.Errorf("%s: unknown figure %s", name, kind)
			}
		}
	}
}

// feed2 gives a message_2 to the Initiator of the static Diffie-Hellman trace.
func (f figures) feed2(t *testing.T, message2 []byte) error {
	t.Helper()
	v := f.session(KeyP256, KeyP256)
	v.SuitesI = []int64{6, 2}
	i := v.side(t, Initiator, mode{trust: pinned, message4: true})
	wantBytes(t, "message_1", i.prepare(1), f["message_1"])
	return i.ProcessMessage2(message2)
}

// staticResponder is a Responder with method 3 and one cipher suite.
func staticResponder(t *testing.T, id int) *Session {
	t.Helper()
	c := newConfig()
	c.Suites = []int{id}
	c.Own = append(c.Own, newCCS(t, KeyKind(suite.Lookup(id).Curve), "responder", []byte("r")))
	return value[*Session](t)(c.NewSession(Responder))
}
