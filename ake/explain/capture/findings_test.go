package capture

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/explain"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

const optionOSCORE, optionEDHOC = 9, 21

// capture is how a capture for a finding is made, and what else is found in it.
type capture struct {
	make func(c *tape)
	also []string
}

// afterMessage1 is a request with this as message_1, which the server refuses.
func afterMessage1(message func(c *tape) []byte, also ...string) capture {
	return capture{func(c *tape) {
		c.request(startWith(message(c)))
		c.answer(unhex("01 6162"), code(codes.BadRequest))
	}, append(also, "error-unspecified")}
}

func literal(text string) func(*tape) []byte { return func(*tape) []byte { return unhex(text) } }

const gx = "5820 8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b6"

// withPlaintext2 is a run with another PLAINTEXT_2, and keys; the Initiator refuses it.
func withPlaintext2(text string, also ...string) capture {
	return capture{func(c *tape) {
		c.log(false)
		c.first()
		plaintext := unhex(text)
		c.answer(c.message2(plaintext))
		cR, _, err := cborx.First(plaintext)
		must(c.t, err)
		c.request(slices.Concat(cR, unhex("01 6162")))
		c.answer(nil)
	}, append(also, "error-unspecified")}
}

// refused is message_1 and the error message that answers it.
func refused(text string, also ...string) capture {
	return capture{func(c *tape) {
		c.first()
		c.answer(unhex(text), code(codes.BadRequest))
	}, also}
}

// captures has one for each finding.
var captures = map[string]capture{
	"not-cbor":          afterMessage1(literal("03 02 5a ffffffff 00")),
	"non-minimal-cbor":  afterMessage1(literal("1803 02" + gx + "05")),
	"indefinite-length": afterMessage1(literal("03 9f0602ff" + gx + "05")),
	"duplicate-map-key": withPlaintext2("27 a2 22 8207420102 22 8207420102 48 0943305c899f5c54", "credential-not-given"),
	"text-not-utf8":     refused("01 62 c328", "error-unspecified"),
	"items-missing":     afterMessage1(literal("03 02" + gx)),
	"wrong-type":        afterMessage1(literal("03 02 61 78 05")),
	"trailing-items": {func(c *tape) {
		c.first()
		c.answer(append(c.get("message_2"), 0))
	}, nil},
	"message-in-array":        afterMessage1(literal("84 03 02" + gx + "05")),
	"identifier-as-bytes":     afterMessage1(literal("03 02" + gx + "41 05")),
	"identifier-out-of-range": afterMessage1(literal("03 02" + gx + "1818")),
	"suites-array-of-one":     afterMessage1(literal("03 81 02" + gx + "05")),
	"suite-unknown":           afterMessage1(literal("03 17" + gx + "05")),
	"method-unknown":          afterMessage1(literal("09 02" + gx + "05")),
	"ephemeral-key-length":    afterMessage1(literal("03 02 5821 02" + gx[5:] + "05")),
	"ephemeral-key-invalid":   afterMessage1(func(*tape) []byte { return append(unhex("03 00 5820"), append(make([]byte, 32), 5)...) }),
	"id-cred-kid-in-map":      withPlaintext2("27 a1 04 41 32 48 0943305c899f5c54", "credential-not-given"),
	"kid-as-bytes":            withPlaintext2("27 41 05 48 0943305c899f5c54", "credential-not-given"),
	"kid-is-no-bytes":         withPlaintext2("27 a1 04 05 48 0943305c899f5c54", "credential-not-given"),
	"id-cred-empty":           withPlaintext2("27 a0 48 0943305c899f5c54"),
	"key-without-y": {func(c *tape) { // method 2: the Responder signs, with x alone in its credential
		x, _, err := ake.GenerateKey(ake.KeyP256)
		must(c.t, err)
		c.keys.AddEphemeral(x)
		own, err := gxOf(x)
		must(c.t, err)
		_, gy, err := ake.GenerateKey(ake.KeyP256)
		must(c.t, err)
		message1 := slices.Concat(unhex("01 02"), cborx.AppendBytes(nil, own), []byte{5})
		message1[0] = 0
		c.request(startWith(message1))
		ccs := slices.Concat(unhex("a1 08 a1 01 a3 01 02 20 01 21"), cborx.AppendBytes(nil, gy[:32]))
		plaintext := slices.Concat(unhex("27 a1 0e"), ccs, cborx.AppendBytes(nil, make([]byte, 64)))
		c.answer(sealed2(c, x, message1, gy[:32], plaintext))
	}, nil},
	"mac-length": withPlaintext2("27 32 58 40"+strings.Repeat("00", 64), "credential-not-given"),
	"ead-critical": {func(c *tape) {
		c.request(startWith(append(c.get("message_1"), 0x39, 0x01, 0x00)))
		c.answer(unhex("01 6162"), code(codes.BadRequest))
	}, []string{"error-unspecified"}},
	"ead-malformed": afterMessage1(literal("03 02" + gx + "05 40")),

	"error-unspecified":     refused("01 6162"),
	"suite-refused":         {func(c *tape) { refuseSuite(c, "02"); c.second() }, nil},
	"suites-r-has-selected": refused("02 02", "suite-refused"),
	"no-common-suite":       refused("02 18 18", "suite-refused"),
	"suite-not-first": {func(c *tape) {
		refuseSuite(c, "82 03 02")
		c.request(startWith(c.message1("83 00 03 02", c.get("g_x"))))
		c.answer(c.get("message_2"))
	}, []string{"suite-refused"}},
	"error-2-loop": {func(c *tape) {
		refuseSuite(c, "02")
		refuseSuite(c, "02")
	}, []string{"suite-refused", "no-common-suite"}},
	"unknown-credential": {func(c *tape) {
		c.third()
		c.answer(unhex("03 f5"), code(codes.BadRequest))
	}, nil},
	"error-code-0":       refused("00 6162"),
	"error-code-unknown": refused("18 63 6162"),
	"error-malformed":    refused("01 02", "error-unspecified"),
	"error-in-success": {func(c *tape) {
		c.first()
		c.answer(unhex("01 6162"))
	}, []string{"error-unspecified"}},
	"message-in-error-code": {func(c *tape) {
		c.first()
		c.answer(c.get("message_2"), code(codes.BadRequest))
	}, nil},

	"content-format-missing": {func(c *tape) {
		c.request(startWith(c.get("message_1")), without(message.ContentFormat))
		c.answer(c.get("message_2"))
	}, nil},
	"content-format-wrong": {func(c *tape) {
		c.request(startWith(c.get("message_1")), setFormat(64))
		c.answer(c.get("message_2"))
	}, nil},
	"prefix-missing": {func(c *tape) {
		c.request(c.get("message_1"))
		c.answer(c.get("message_2"))
	}, nil},
	"prefix-of-another-run": {func(c *tape) {
		c.log(true)
		c.second()
		c.request(append(c.get("c_i_cbor"), c.get("message_3")...))
		c.answer(c.get("message_4"))
	}, nil},
	"not-post": {func(c *tape) {
		c.request(startWith(c.get("message_1")), code(codes.PUT))
		c.answer(c.get("message_2"))
	}, nil},
	"no-edhoc-resource":      {func(c *tape) { c.first(); c.answer(nil, code(codes.NotFound)) }, nil},
	"content-format-refused": {func(c *tape) { c.first(); c.answer(nil, code(codes.UnsupportedMediaType)) }, nil},
	"refused-without-reason": {func(c *tape) { c.first(); c.answer(nil, code(codes.InternalServerError)) }, nil},
	"echo-asked": {func(c *tape) {
		c.first()
		c.answer(nil, code(codes.Unauthorized), option(252, 1, 2, 3))
		c.request(startWith(c.get("message_1")), option(252, 1, 2, 3))
		c.answer(c.get("message_2"))
	}, nil},
	"no-answer": {func(c *tape) {
		c.first()
		for range 2 {
			c.frames, c.times, c.now = append(c.frames, c.frames[0]), append(c.times, c.now.Add(2*time.Second)), c.now.Add(2*time.Second)
		}
	}, []string{"retransmission"}},
	"reset": {func(c *tape) {
		c.first()
		c.frame(false, c.encode(message.Message{Type: message.Reset, MessageID: int32(c.id)}, nil))
	}, nil},
	"retransmission": {func(c *tape) {
		c.first()
		c.frames, c.times = append(c.frames, c.frames[0]), append(c.times, c.now.Add(time.Second))
		c.answer(c.get("message_2"))
	}, nil},
	"message-id-reused": {func(c *tape) {
		c.second()
		c.id--
		c.request(append(c.get("c_r_cbor"), c.get("message_3")...))
		c.answer(c.get("message_4"))
	}, nil},
	"blocks-incomplete": {func(c *tape) {
		whole := startWith(c.get("message_1"))
		c.request(whole[:16], option(27, 0x08))
		c.answer(nil, code(codes.Continue), option(27, 0x08))
		c.request(whole[32:], option(27, 0x20))
		c.answer(nil, code(codes.RequestEntityIncomplete))
	}, []string{"refused-without-reason"}},
	"response-unmatched": {func(c *tape) {
		c.token = 99
		c.answer(c.get("message_2"))
		c.second()
	}, nil},
	"begins-in-the-middle": {func(c *tape) {
		c.request(append(c.get("c_r_cbor"), c.get("message_3")...))
		c.answer(nil)
	}, nil},

	"c-r-equals-c-i":      withPlaintext2("37 32 48 0943305c899f5c54", "credential-not-given"),
	"identifier-too-long": withPlaintext2("48 0102030405060708 32 48 0943305c899f5c54", "credential-not-given"),
	"message-4-direction": {func(c *tape) {
		c.log(true)
		c.third()
		c.answer(nil)
		c.request(append(c.get("c_r_cbor"), c.get("message_4")...))
		c.answer(unhex("01 6162"), code(codes.BadRequest))
	}, []string{"error-unspecified"}},
	"message-again": {func(c *tape) {
		c.third()
		c.request(append(c.get("c_r_cbor"), c.message3([]byte{0x2b, 0x40})...))
		c.answer(c.get("message_4"))
	}, []string{"no-answer"}},
	"ephemeral-key-reused": {func(c *tape) { c.second(); c.second() }, nil},
	"run-after-error": {func(c *tape) {
		c.first()
		c.answer(unhex("01 6162"), code(codes.BadRequest))
		c.request(append(c.get("c_r_cbor"), c.get("message_3")...))
		c.answer(nil)
	}, []string{"error-unspecified"}},
	"decryption-failed": {func(c *tape) {
		c.log(true)
		c.second()
		damaged := c.get("message_3")
		damaged[5] ^= 1
		c.request(append(c.get("c_r_cbor"), damaged...))
		c.answer(unhex("01 6162"), code(codes.BadRequest))
	}, []string{"error-unspecified"}},
	"keys-of-another-run": {func(c *tape) {
		c.figures["th_2"] = c.get("th_3")
		c.log(false)
		c.second()
	}, []string{"credential-not-given"}},
	"plaintext-2-unreadable": {func(c *tape) {
		c.figures["prk_2e"] = bytes.Repeat([]byte{7}, 32)
		c.log(false)
		c.second()
	}, nil},
	"credential-not-given": {func(c *tape) { c.log(false); c.all() }, nil},
	"mac-wrong": {func(c *tape) {
		c.log(true)
		c.first()
		c.answer(c.message2(unhex("27 32 48 0943305c899f5c55")))
	}, []string{"keys-of-another-run"}},
	"signature-wrong": {func(c *tape) {
		x, _, err := ake.GenerateKey(ake.KeyP256)
		must(c.t, err)
		c.keys.AddEphemeral(x)
		own, err := gxOf(x)
		must(c.t, err)
		_, gy, err := ake.GenerateKey(ake.KeyP256)
		must(c.t, err)
		ccs, err := ake.NewCCS("server", nil, ake.KeyP256, gy)
		must(c.t, err)
		message1 := slices.Concat(unhex("00 02"), cborx.AppendBytes(nil, own), []byte{5})
		c.request(startWith(message1))
		c.answer(sealed2(c, x, message1, gy[:32], slices.Concat(unhex("27 a1 0e"), ccs, cborx.AppendBytes(nil, bytes.Repeat([]byte{1}, 64)))))
	}, nil},

	"oscore-context-unknown": {func(c *tape) {
		c.log(true)
		c.all()
		client, _ := c.oscore(c.get("oscore_master_secret"))
		c.protectedGet(client)
		c.answer([]byte("Security context not found"), code(codes.Unauthorized), without(message.ContentFormat))
	}, nil},
	"oscore-decryption-failed": {func(c *tape) {
		client, _ := c.oscore(c.get("oscore_master_secret"))
		c.protectedGet(client)
		c.answer([]byte("Decryption failed"), code(codes.BadRequest), without(message.ContentFormat))
	}, nil},
	"oscore-replay": {func(c *tape) {
		first, server := c.oscore(c.get("oscore_master_secret"))
		again, _ := c.oscore(c.get("oscore_master_secret"))
		c.protectedGet(first)
		c.protectedAnswer(server)
		c.protectedGet(again)
		c.answer([]byte("Replay detected"), code(codes.Unauthorized), without(message.ContentFormat))
	}, nil},
	"oscore-not-opened": {func(c *tape) {
		c.log(true)
		c.all()
		client, _ := c.oscore(bytes.Repeat([]byte{1}, 16))
		c.protectedGet(client)
		c.answer([]byte("Decryption failed"), code(codes.BadRequest), without(message.ContentFormat))
	}, []string{"oscore-decryption-failed"}},
	"edhoc-option-without-oscore": {func(c *tape) {
		c.second()
		c.request(append(c.get("c_r_cbor"), c.get("message_3")...), option(optionEDHOC))
		c.answer(c.get("message_4"))
	}, nil},
	"combined-malformed": {func(c *tape) {
		c.second()
		client, _ := c.oscore(c.get("oscore_master_secret"))
		c.protectedGet(client, option(optionEDHOC), func(m *message.Message) { m.Payload = append([]byte{0x27}, m.Payload...) })
		c.answer(nil, code(codes.BadRequest))
	}, []string{"combined-refused"}},
	"combined-refused": {func(c *tape) {
		c.second()
		c.combined()
		c.answer(nil, code(codes.BadRequest))
	}, nil},
	"combined-kid-is-not-c-r": {func(c *tape) {
		c.log(true)
		c.second()
		c.figures["c_r"], c.figures["c_i"] = c.get("c_i"), c.get("c_r")
		c.combined()
		c.answer(nil, code(codes.BadRequest))
	}, []string{"combined-refused"}},
}

// combined is the combined request of the trace.
func (c *tape) combined() {
	client, _ := c.oscore(c.get("oscore_master_secret"))
	c.protectedGet(client, option(optionEDHOC), func(m *message.Message) { m.Payload = append(c.get("message_3"), m.Payload...) })
}

// refuseSuite is a message_1 with suite 0, and error 2.
func refuseSuite(c *tape, suitesR string) {
	x25519 := bytes.Repeat([]byte{9}, 32)
	x25519[31] = c.token
	c.request(startWith(c.message1("00", x25519)))
	c.answer(append([]byte{2}, unhex(suitesR)...), code(codes.BadRequest))
}

// TestFindings makes a capture for every finding, and looks for it, and for nothing else.
func TestFindings(t *testing.T) {
	n := 0
	for _, name := range explain.Names() {
		n++
		t.Run(name, func(t *testing.T) {
			how, ok := captures[name]
			if !ok {
				t.Fatal("there is no capture that shows it")
			}
			c := newTape(t)
			c.ipv6, c.ng = n%2 == 0, n%3 == 0 // all kinds of captures
			how.make(c)
			report := c.explain()
			found := map[string]bool{}
			for _, f := range report.Findings {
				found[f.Name] = true
				if f.Text == "" || f.Advice == "" || strings.Contains(f.Text, "%!") {
					t.Errorf("%+v", f)
				}
			}
			for _, want := range append(how.also, name) {
				if !found[want] {
					t.Errorf("%s is not found", want)
				}
				delete(found, want)
			}
			for surplus := range found {
				t.Errorf("%s is found, too", surplus)
			}
			if t.Failed() {
				t.Log(report.Text(explain.Style{}))
			}
			for _, style := range []explain.Style{{}, {Color: true, Bytes: true, Values: true}} {
				text := report.Text(style)
				if !strings.Contains(text, name) || strings.Contains(text, "\x1b") != style.Color {
					t.Errorf("%+v: %q", style, text)
				}
			}
		})
	}
	if n < 25 {
		t.Errorf("%d findings", n)
	}
	for name := range captures {
		if !slices.Contains(explain.Names(), name) {
			t.Errorf("%s is no finding", name)
		}
	}
}
