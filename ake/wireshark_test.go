//go:build wireshark

package ake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/tsharktest"
)

// What Wireshark makes of runs of this engine with its key log, field by field. Its
// dissector has the methods 0 to 3 with the cipher suites 0 to 6 and 24.

var (
	wiresharkServer = netip.MustParseAddrPort("192.0.2.1:5683")
	wiresharkSuites = []int{0, 1, 2, 3, 4, 5, 6, 24}
)

const (
	formatEDHOC    = 64 // application/edhoc+cbor-seq
	formatCIDEDHOC = 65 // with a C_x in front
)

// shownRun is a run that is put into a capture.
type shownRun struct {
	t       *testing.T
	name    string
	capture *tsharktest.Capture
	client  netip.AddrPort
	reverse bool // the Responder is the client (RFC 9528 appendix A.2.2)
	i, r    *Session
	seen    map[string][]byte
	expect  []expectation
}

// expectation is what tshark has to say of a frame.
type expectation struct {
	frame int
	what  string
	want  map[string]string
}

// show begins a run between a world's sides.
func show(t *testing.T, c *tsharktest.Capture, port int, name string, w *world, log *keyLog) *shownRun {
	t.Helper()
	if log != nil {
		w.configI.KeyLog = log.add
	}
	i, r := w.sessions(t)
	seen := map[string][]byte{}
	i.source = &played{recorder: recorder{values: seen}}
	client := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.2"), uint16(40000+port))
	return &shownRun{t: t, name: name, capture: c, client: client, i: i, r: r, seen: seen}
}

// send puts a message into the capture as CoAP carries it, and says what of it is known.
func (s *shownRun) send(n int, data []byte, want map[string]string) {
	response := (n%2 == 0) != s.reverse
	format, prefix := formatEDHOC, []byte(nil)
	if !response { // the client says which run it means
		format = formatCIDEDHOC
		switch {
		case n == 1:
			prefix = []byte{0xf5} // true
		case s.reverse:
			prefix = message.AppendIdentifier(nil, s.i.phase.about().cI)
		default:
			prefix = message.AppendIdentifier(nil, s.r.phase.about().cR)
		}
	}
	from, to, id := s.client, wiresharkServer, byte((n+1)/2)
	if s.reverse {
		id = byte(n/2 + 1)
		if n == 1 { // which the client asks for
			s.capture.Add(s.client, wiresharkServer, tsharktest.Message{ID: id}.Encode())
		}
	}
	if response {
		from, to = to, from
	}
	m := tsharktest.Message{Response: response, ID: id, Format: format, Payload: append(prefix, data...)}
	frame := s.capture.Add(from, to, m.Encode())
	s.expect = append(s.expect, expectation{frame, fmt.Sprintf("%s, message_%d", s.name, n), want})
}

// pass brings message n over, and into the capture.
func (s *shownRun) pass(n int) {
	data := pass(s.t, n, s.i, s.r)
	s.send(n, data, s.known(n, data))
}

// known is what the engine knows of message n.
func (s *shownRun) known(n int, data []byte) map[string]string {
	f := s.i.phase.about()
	shown := func(name string) string { return hex.EncodeToString(s.seen[name]) }
	want := map[string]string{"edhoc.no_decrypt": "", "_ws.malformed": ""}
	var idCred, proof []byte
	var items []message.EAD
	switch n {
	case 1:
		m1 := value[*message.Message1](s.t)(message.ParseMessage1(data))
		want["edhoc.method"] = fmt.Sprint(m1.Method)
		want["edhoc.g_x"] = hex.EncodeToString(m1.GX)
		want["edhoc.suite_sel"] = fmt.Sprint(f.alg.ID)
		want["edhoc.c_i"] = hex.EncodeToString(f.cI)
		if len(m1.SuitesI) > 1 {
			var offered []string
			for _, id := range m1.SuitesI[:len(m1.SuitesI)-1] { // before the selected one
				offered = append(offered, fmt.Sprint(id))
			}
			want["edhoc.suite_pref"] = strings.Join(offered, "|")
		}
		items = m1.EAD
	case 2:
		content := value[[]byte](s.t)(message.ParseByteString("message_2", data))
		length := f.alg.PublicKeyLength()
		plaintext := bytes.Clone(content[length:])
		for i, b := range s.seen["keystream_2"] {
			plaintext[i] ^= b
		}
		p2 := value[*message.Plaintext2](s.t)(message.ParsePlaintext2(plaintext))
		want["edhoc.g_y"] = hex.EncodeToString(content[:length])
		want["edhoc.plaintext"] = hex.EncodeToString(plaintext)
		want["edhoc.c_r"] = hex.EncodeToString(p2.CR)
		idCred, proof, items = p2.IDCredR, p2.SigMAC, p2.EAD
	case 3:
		p3 := value[*message.Plaintext3](s.t)(message.ParsePlaintext3(s.seen["plaintext_3"]))
		want["edhoc.plaintext"] = shown("plaintext_3")
		idCred, proof, items = p3.IDCredI, p3.SigMAC, p3.EAD
	case 4:
		want["edhoc.plaintext"] = shown("plaintext_4")
		items = value[[]message.EAD](s.t)(message.ParsePlaintext4(s.seen["plaintext_4"]))
	}
	want["edhoc.sign_or_mac"] = hex.EncodeToString(proof)
	if idCred != nil {
		s.identified(want, idCred)
	}
	if f.alg.ID == 24 { // tshark 4.6 takes its public keys for such of 32 bytes
		delete(want, "_ws.malformed")
		if n == 2 {
			return map[string]string{"edhoc.g_y": want["edhoc.g_y"][:64]}
		}
	}
	var labels, values []string
	for _, item := range items {
		labels = append(labels, fmt.Sprint(item.Label))
		if item.Value != nil {
			values = append(values, hex.EncodeToString(item.Value))
		}
	}
	want["edhoc.ead.label"], want["edhoc.ead.value"] = strings.Join(labels, "|"), strings.Join(values, "|")
	return want
}

// identified is what is known of an ID_CRED_x.
func (s *shownRun) identified(want map[string]string, idCred []byte) {
	item := value[cborx.Item](s.t)(cborx.One(idCred))
	pairs, _ := item.Map()
	label, _ := pairs[0].Key.Int()
	switch label {
	case 4: // kid
		kid, _ := pairs[0].Value.Bytes()
		want["edhoc.id_cred_kid"] = hex.EncodeToString(kid)
	case 33: // x5chain
		chain, _ := pairs[0].Value.Bytes()
		certificate := value[*x509.Certificate](s.t)(x509.ParseCertificate(chain))
		want["x509sat.printableString"] = certificate.Issuer.CommonName + "|" + certificate.Subject.CommonName
	case 34: // x5t
		parts, _ := pairs[0].Value.Array()
		hash, _ := parts[1].Bytes()
		want["cose.x5t.hash"] = hex.EncodeToString(hash)
	default:
		s.t.Fatalf("%s: ID_CRED %x", s.name, idCred)
	}
}

// fail puts an error message into the capture that a side sends in the place of message n.
func (s *shownRun) fail(n int, from *Session, code, info string) []byte {
	data := value[[]byte](s.t)(from.PrepareError())
	s.send(n, data, map[string]string{"edhoc.err_code": code, "edhoc.err_info": info, "edhoc.no_decrypt": ""})
	return data
}

// wantShown has the capture read, and holds what tshark says against what is known.
func wantShown(t *testing.T, c *tsharktest.Capture, log *keyLog, runs []*shownRun) {
	t.Helper()
	fields := []string{"frame.number", "edhoc.method", "edhoc.suite_sel", "edhoc.g_x", "edhoc.c_i", "edhoc.g_y", "edhoc.c_r", "edhoc.plaintext",
		"edhoc.sign_or_mac", "edhoc.id_cred_kid", "cose.x5t.hash", "x509sat.printableString", "edhoc.suite_pref", "edhoc.ead.label", "edhoc.ead.value", "edhoc.err_code", "edhoc.err_info",
		"edhoc.sess_idx", "edhoc.no_decrypt", "_ws.malformed"}
	frames := tsharktest.Read(t, c, strings.Join(log.texts, ""), fields...)
	for _, run := range runs {
		for _, e := range run.expect {
			frame := frames[e.frame-1]
			for _, field := range slices.Sorted(maps.Keys(e.want)) {
				if got := frame.Text(field); got != e.want[field] {
					t.Errorf("%s: %s is %q, want %q", e.what, field, got, e.want[field])
				}
			}
		}
	}
}

// TestWiresharkShowsEveryMethodAndSuite: messages 1 to 4 of all that Wireshark has.
func TestWiresharkShowsEveryMethodAndSuite(t *testing.T) {
	var c tsharktest.Capture
	var log keyLog
	var runs []*shownRun
	for method := range Method(4) {
		for _, id := range wiresharkSuites {
			s := show(t, &c, len(runs), fmt.Sprintf("method %d, suite %d", method, id), newWorld(t, method, id), &log)
			for n := 1; n <= 4; n++ {
				s.pass(n)
			}
			runs = append(runs, s)
		}
	}
	wantShown(t, &c, &log, runs)
}

// TestWiresharkShowsWhatMessagesHave: ways to name a credential, EAD, identifiers and
// lists of suites, in both flows.
func TestWiresharkShowsWhatMessagesHave(t *testing.T) {
	var c tsharktest.Capture
	var log keyLog
	var runs []*shownRun
	certified := func(w *world, way IDType) {
		for _, c := range []**Credential{&w.credI, &w.credR} {
			key := value[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
			*c = value[*Credential](t)(CredentialFromX509(certificate(t, fmt.Sprint("device ", len(runs)), key)))
			must(t, (*c).SetPrivateKey(value[[]byte](t)(key.Bytes())))
			must(t, (*c).SetID(way, nil))
		}
	}
	for _, reverse := range []bool{false, true} {
		for name, change := range map[string]func(w *world){
			"short kid": func(*world) {},
			"long kid": func(w *world) {
				must(t, w.credI.SetIDCred([]byte{0xa1, 4, 0x43, 1, 2, 3}))
				must(t, w.credR.SetIDCred([]byte{0xa1, 4, 0x48, 4, 5, 6, 7, 8, 9, 10, 11}))
			},
			"x5t":     func(w *world) { certified(w, IDX5T) },
			"x5chain": func(w *world) { certified(w, IDX5Chain) },
		} {
			for _, ids := range [][2]string{{"\x05", "\x37"}, {"abc", ""}, {"", "1234567"}} {
				w := bareWorld(t, 0, 2)
				change(w)
				w.introduce(t)
				w.configI.EADLabels, w.configR.EADLabels = []int64{6}, []int64{6}
				s := show(t, &c, len(runs), fmt.Sprintf("%s, reverse flow %v, C_I %x, C_R %x", name, reverse, ids[0], ids[1]), w, &log)
				s.reverse = reverse
				must(t, s.i.SetConnectionID([]byte(ids[0])))
				must(t, s.r.SetConnectionID([]byte(ids[1])))
				for n := 1; n <= 4; n++ {
					from := s.i
					if n%2 == 0 {
						from = s.r
					}
					must(t, from.AddPadding(n, n+1))
					must(t, from.AddEAD(n, EADItem{Label: -6, Value: []byte{9, byte(n)}}))
					must(t, from.AddEAD(n, EADItem{Label: 300, Value: []byte{}}))
				}
				for n := 1; n <= 4; n++ {
					s.pass(n)
				}
				runs = append(runs, s)
			}
		}
	}
	wantShown(t, &c, &log, runs)
}

// TestWiresharkShowsHowRunsEnd: error messages, and what can be read of a run that has
// not come to its end.
func TestWiresharkShowsHowRunsEnd(t *testing.T) {
	var c tsharktest.Capture
	var log keyLog
	var runs []*shownRun
	begin := func(name string, change func(w *world)) *shownRun {
		w := newWorld(t, 3, 2)
		change(w)
		s := show(t, &c, len(runs), name, w, &log)
		runs = append(runs, s)
		return s
	}

	s := begin("another suite", func(w *world) { w.configI.Suites, w.configR.Suites = []int{2, 3}, []int{3} })
	message1 := value[[]byte](t)(s.i.PrepareMessage1())
	s.send(1, message1, s.known(1, message1))
	wantStatus(t, "message_1", s.r.ProcessMessage1(message1), ErrSuite)
	refusal := s.fail(2, s.r, "2", "03")

	wantStatus(t, "the error message", s.i.ProcessMessage2(refusal), ErrPeerSuite)
	must(t, s.i.Restart())
	s.name, s.r = "the other suite", value[*Session](t)(s.r.party.NewSession(Responder))
	for n := 1; n <= 4; n++ {
		s.pass(n)
	}

	s = begin("the Initiator does not know the Responder", func(w *world) { w.configI.Peers = nil })
	s.pass(1)
	message2 := value[[]byte](t)(s.r.PrepareMessage2())
	wantStatus(t, "message_2", s.i.ProcessMessage2(message2), ErrCredentialUnknown)
	s.send(2, message2, s.known(2, message2))
	s.fail(3, s.i, "3", "f5")

	s = begin("the Responder does not know the Initiator", func(w *world) { w.configR.Peers = nil })
	s.pass(1)
	s.pass(2)
	message3 := value[[]byte](t)(s.i.PrepareMessage3())
	s.send(3, message3, s.known(3, message3))
	wantStatus(t, "message_3", s.r.ProcessMessage3(message3), ErrCredentialUnknown)
	s.fail(4, s.r, "3", "f5")

	s = begin("the Initiator gives up", func(*world) {})
	s.pass(1)
	s.pass(2)
	must(t, s.i.Abort())
	s.fail(3, s.i, "1", hex.EncodeToString(append([]byte{0x67}, "aborted"...)))
	wantShown(t, &c, &log, runs)
}
