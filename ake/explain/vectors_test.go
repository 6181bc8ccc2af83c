package explain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	must(t, err)
	return b
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("../../tests/vectors/" + name)
	must(t, err)
	must(t, json.Unmarshal(data, into))
}

// rfc9529 are the figures of RFC 9529, by trace and message.
func rfc9529(t testing.TB) map[string]map[string]map[string]any {
	var all map[string]map[string]map[string]any
	readJSON(t, "rfc9529.json", &all)
	return all
}

const (
	trace1 = "Authentication with Signatures, X.509 Certificates Identified by 'x5t'"
	trace2 = "Authentication with Static DH, CCS Identified by 'kid'"
)

// shown is every piece of bytes that a report shows, in hexadecimal.
func shown(t testing.TB, r *Report) string {
	data, err := json.Marshal(r)
	must(t, err)
	return string(data)
}

// TestRFC9529 finds every figure of both traces in the report, from the messages, both
// ephemeral keys and the credentials.
func TestRFC9529(t *testing.T) {
	for name, first := range map[string]string{trace1: "message_1", trace2: "message_1 (second time)"} {
		trace := rfc9529(t)[name]
		figure := func(message, name string) []byte {
			text, ok := trace[message][name].(string)
			if !ok {
				t.Fatalf("no %s of %s", name, message)
			}
			return unhex(t, text)
		}
		var k Keys
		k.AddEphemeral(figure(first, "x"))
		k.AddEphemeral(figure("message_2", "y"))
		must(t, k.AddCredential(figure("message_2", "cred_r_cbor"), figure("message_2", "sk_r")))
		must(t, k.AddCredential(figure("message_3", "cred_i_cbor"), figure("message_3", "sk_i")))
		k.SetKeyUpdate(figure("Key Update", "context_for_keyupdate"))
		var lines []string
		if name == trace2 {
			k.AddEphemeral(figure("message_1 (first time)", "x"))
			lines = append(lines, hex.EncodeToString(figure("message_1 (first time)", "message_1")), hex.EncodeToString(figure("error", "error")))
		}
		for _, n := range []string{first, "message_2", "message_3", "message_4"} {
			lines = append(lines, hex.EncodeToString(figure(n, strings.TrimSuffix(n, " (second time)"))))
		}
		datagrams, err := ParseHex(strings.Join(lines, "\n"))
		must(t, err)
		report := Explain(datagrams, &k)
		all := shown(t, report)
		figures := 0
		for message, figures9529 := range trace {
			for name, value := range figures9529 {
				text, ok := value.(string)
				if !ok {
					continue
				}
				figures++
				if message == "message_1 (first time)" && name == "x" {
					continue // of a run that has no second message, nothing is computed
				}
				if !strings.Contains(all, text) {
					t.Errorf("%s, %s, %s: %s is not shown", trace, message, name, text)
				}
			}
		}
		if figures < 80 {
			t.Errorf("%d figures", figures)
		}
		for _, f := range report.Findings {
			if f.Severity != note {
				t.Errorf("found: %+v", f)
			}
		}
		if last := report.Runs[len(report.Runs)-1]; last.Outcome != "Completed, with message_4" || last.Keys != "of an ephemeral key" {
			t.Errorf("%+v", last)
		}
		text := report.Text(Style{Bytes: true, Values: true})
		for _, part := range []string{"PRK_exporter", "[RFC 9528, section 3.2]", "METHOD", "<-- message_4 (9 bytes)", "Diagnosis"} {
			if !strings.Contains(text, part) {
				t.Errorf("the text has no %q", part)
			}
		}
	}
}

// TestInvalidTraces names what is wrong in each message of RFC 9529 section 4.
func TestInvalidTraces(t *testing.T) {
	wants := map[string]string{
		"Surplus array encoding of message":              "message-in-array",
		"Surplus bstr encoding of connection identifier": "identifier-as-bytes",
		"Surplus array encoding of ciphersuite":          "suites-array-of-one",
		"Text string encoding of ephemeral key":          "wrong-type",
		"Wrong number of CBOR sequence elements":         "trailing-items",
		"Surplus map encoding of ID_CRED field":          "id-cred-kid-in-map",
		"Surplus bstr encoding of ID_CRED field":         "kid-as-bytes",
		"Error in length of ephemeral key":               "ephemeral-key-length",
		"Error in elliptic curve representation":         "ephemeral-key-invalid",
		"Error in elliptic curve point":                  "ephemeral-key-invalid",
		"Curve point of low order":                       "ephemeral-key-invalid",
		"Error in length of MAC":                         "mac-length",
		"Error in elliptic curve encoding":               "ephemeral-key-length",
		"Unnecessary long encoding":                      "non-minimal-cbor",
		"Indefinite-length array encoding":               "indefinite-length",
	}
	for name, trace := range rfc9529(t)["Invalid Traces"] {
		for field, value := range trace {
			data := unhex(t, value.(string))
			var r reading
			switch {
			case strings.Contains(field, "message_1"):
				r.message1(data)
			case strings.Contains(field, "message_2"):
				r.byteString(data, 2, nil)
			default:
				p := r.plaintext("PLAINTEXT_2", 2, data)
				r.proofLength(2, p, false, suites(t, 2))
			}
			if !strings.Contains(faultsIn(r.findings), wants[name]) || wants[name] == "" {
				t.Errorf("%s: %x: found %q, want %q", name, data, faultsIn(r.findings), wants[name])
			}
		}
		delete(wants, name)
	}
	for name := range wants {
		t.Errorf("%s is not in the file", name)
	}
}

// vector is a session of vectors.json.
type vector struct {
	ID     string
	Method int
	Values map[string]string
	I, R   *struct {
		PK, SK, Cred string
		KeyKind      string `json:"key_kind"`
		IDCred       string `json:"id_cred"`
	}
}

func vectors(t testing.TB) (all []vector) {
	var rows []map[string]any
	readJSON(t, "vectors.json", &rows)
	for _, row := range rows {
		v := vector{Values: map[string]string{}}
		data, err := json.Marshal(map[string]any{"ID": row["id"], "Method": row["method"], "I": row["auth_i"], "R": row["auth_r"]})
		must(t, err)
		must(t, json.Unmarshal(data, &v))
		for name, value := range row {
			if text, ok := value.(string); ok && name != "id" {
				v.Values[name] = text
			}
		}
		all = append(all, v)
	}
	return all
}

func (v *vector) get(t testing.TB, name string) []byte {
	t.Helper()
	text, ok := v.Values[name]
	if !ok {
		t.Fatalf("%s has no %s", v.ID, name)
	}
	return unhex(t, text)
}

func (v *vector) messages(t testing.TB) (all []Datagram) {
	for n := range 4 {
		if text, ok := v.Values["message_"+string(rune('1'+n))]; ok {
			all = append(all, Datagram{Data: unhex(t, text)})
		}
	}
	return all
}

// credentials adds those of both sides.
func (v *vector) credentials(t testing.TB, k *Keys) {
	if v.Method == 4 {
		k.AddPSK(v.get(t, "id_cred_psk"), v.get(t, "cred_i"), v.get(t, "cred_r"), v.get(t, "psk"))
		return
	}
	for side, a := range map[string]string{"i": v.I.IDCred, "r": v.R.IDCred} {
		kind := 0
		for n := ake.KeyP256; n.Valid(); n++ {
			if public := v.get(t, "pk_"+side); n.PublicLength() == len(public) {
				name := v.I.KeyKind
				if side == "r" {
					name = v.R.KeyKind
				}
				if n.String() == name {
					kind = int(n)
				}
			}
		}
		must(t, k.AddCredentialParts(unhex(t, a), v.get(t, "cred_"+side), kind, v.get(t, "pk_"+side), nil))
	}
}

// sayNothing are findings that well-formed sessions have.
var sayNothing = map[string]bool{"ead-critical": true, "identifier-too-long": true}

// TestVectors finds every value of the key schedule of each session in the report, for
// one ephemeral key of either side, and what a key log opens without anything else.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		for _, side := range []string{"x", "y"} {
			var k Keys
			k.AddEphemeral(v.get(t, side))
			v.credentials(t, &k)
			if v.Method != 4 { // the one's own private key is needed with one ephemeral key
				mine, secret := "i", v.I.SK
				if side == "y" {
					mine, secret = "r", v.R.SK
				}
				for i := range k.credentials {
					if bytes.Equal(k.credentials[i].Cred, v.get(t, "cred_"+mine)) {
						k.credentials[i].private = unhex(t, secret)
					}
				}
			}
			report := Explain(v.messages(t), &k)
			all := shown(t, report)
			for name, text := range v.Values {
				switch {
				case strings.HasPrefix(name, "keyupdate"), strings.HasPrefix(name, "rpsk"), name == "rkid", strings.HasPrefix(name, "exporter"),
					name == "x", name == "y", name == "psk", name == "resumed_from", name == "psk_id":
					continue
				case !strings.Contains(all, text):
					t.Errorf("%s: %s = %s is not shown", v.ID, name, text)
				}
			}
			for _, f := range report.Findings {
				if !sayNothing[f.Name] {
					t.Errorf("%s: %s: %s", v.ID, f.Name, f.Text)
				}
			}
		}
		var k Keys
		columns := []string{}
		for _, name := range []string{"g_x", "prk_2e", "th_2", "prk_3e2m", "th_3", "prk_4e3m", "th_4"} {
			text, ok := v.Values[name]
			if !ok && name == "prk_3e2m" {
				text = v.Values["prk_2e"]
			}
			columns = append(columns, text)
		}
		must(t, k.AddLog("# a remark\n\n"+strings.Join(columns, ",")+"\n"))
		if v.Method == 4 {
			k.AddPSK(v.get(t, "id_cred_psk"), v.get(t, "cred_i"), v.get(t, "cred_r"), nil)
		}
		report := Explain(v.messages(t), &k)
		opened := map[string]string{}
		for _, step := range report.Steps {
			for _, m := range step.Messages {
				for _, p := range m.Parts[1:] {
					opened[p.Name] = hex.EncodeToString(p.Data)
				}
			}
		}
		for name, part := range map[string]string{"plaintext_2": "PLAINTEXT_2", "plaintext_2a": "PLAINTEXT_2A", "plaintext_3": "PLAINTEXT_3",
			"plaintext_3a": "PLAINTEXT_3A", "plaintext_3b": "PLAINTEXT_3B", "plaintext_4": "PLAINTEXT_4"} {
			if text, ok := v.Values[name]; ok && v.Values["message_4"] != "" && opened[part] != text {
				t.Errorf("%s: %s is %s, want %s", v.ID, part, opened[part], text)
			}
		}
		if all := shown(t, report); !strings.Contains(all, v.Values["oscore_master_secret"]) {
			t.Errorf("%s: the key log gives no Master Secret", v.ID)
		}
	}
}
