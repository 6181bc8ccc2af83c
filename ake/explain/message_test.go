package explain

import (
	"strings"
	"testing"
)

// TestDecode tells messages by their shape, with what CoAP puts in front.
func TestDecode(t *testing.T) {
	const message1 = "0302 5820" + "8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b6" + "37"
	for text, want := range map[string]string{
		message1:                             "message_1, 37 bytes\n",
		"f5" + message1:                      "  prefix    true: starts a run\n",
		message1 + "24 4178":                 "  EAD_1     -5 (critical) = 1 byte, h'78'\n",
		message1 + "00":                      "  EAD_1     0 (padding)",
		"0202":                               "error message, 2 bytes\n  ERR_CODE  2 (wrong selected cipher suite)\n  SUITES_R  2",
		"0161 78":                            "  ERR_INFO  \"x\"",
		"03f5":                               "  ERR_CODE  3 (unknown credential)\n  ERR_INFO  true",
		"27 48 0102030405060708":             "message_3 or message_4, 9 bytes\n  prefix      -8: connection identifier of the receiver\n",
		"15 48 0102030405060708":             "  prefix      21: connection identifier of the receiver\n", // not true
		"15 5828" + strings.Repeat("00", 40): "CIPHERTEXT_2 if X25519, P-256  8 bytes, h'0000000000000000'",
		"5afdabcdef 00":                      "no CBOR, 6 bytes\n  no CBOR  byte 0: 0x5a begins a byte string whose head says 4255895023 bytes, and 1 follow; h'5afdabcdef00'",
		"83010203":                           "no EDHOC message, CBOR, 4 bytes\n  item  [1, 2, 3]",
		"":                                   "no CBOR, 0 bytes",
		"40":                                 "no EDHOC message, CBOR, 1 byte",
	} {
		m, findings := Decode(unhex(t, strings.ReplaceAll(text, " ", "")), 0, -1)
		if got := Tree(m, findings, Style{}); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", text, got, want)
		}
	}
	m, _ := Decode(unhex(t, "5828"+strings.Repeat("00", 40)), 2, 2)
	if got := Tree(m, nil, Style{}); !strings.Contains(got, "CIPHERTEXT_2  8 bytes") || strings.Contains(got, "if ") {
		t.Error(got)
	}
}

// TestSizeHints: a number in a text says what it is a size of.
func TestSizeHints(t *testing.T) {
	m, findings := Decode(unhex(t, "5afdabcdef00"), 0, -1)
	if m.Kind != "no CBOR" || len(findings) != 1 || findings[0].Name != "not-cbor" ||
		!strings.Contains(findings[0].Text, "a byte string whose head says 4255895023 bytes, and 1 follow") {
		t.Errorf("%+v, %+v", m, findings)
	}
}

// TestIDCred names the labels.
func TestIDCred(t *testing.T) {
	for text, want := range map[string]string{
		"a1044105": "{4: h'05'} (kid)", "a2044105190100f6": "{4: h'05', 256: null} (kid, ?)", "a0": "{} ()", "ff": "h'ff'",
	} {
		if got := IDCred(unhex(t, text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := Diag(unhex(t, "0141ff")); got != "1, h'ff'" {
		t.Error(got)
	}
}

// TestParseHex takes hexadecimal as people write it, and tells where it is none.
func TestParseHex(t *testing.T) {
	all, err := ParseHex("# a run\n 0x02 0x02 # error\n\n01:61:78\n4402000100000001b2")
	if err != nil || len(all) != 3 || string(all[1].Data) != "\x01ax" || all[0].From != "" {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := ParseHex("0202\nmessage"); err == nil || err.Error() != "line 2 is no hexadecimal: message" {
		t.Error(err)
	}
	coap, err := ParseHex("44 02 00 01 0a0b0c0d bb 2e77656c6c2d6b6e6f776e 05 6564686f63 11 41 ff f5 0302 5820 8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b6 37\n" +
		"64 44 00 01 0a0b0c0d c1 40 ff 0202")
	must(t, err)
	report := Explain(coap, nil)
	if len(report.Steps) != 2 || report.Steps[0].From != "client" || report.Steps[1].Label != "error message" || len(report.Runs) != 1 {
		t.Errorf("%+v", report.Steps)
	}
}

// TestKeyLog tells what is wrong with which line, and nothing of the values.
func TestKeyLog(t *testing.T) {
	secret := strings.Repeat("5e", 16)
	for text, want := range map[string]string{
		secret:                     "key log, line 1: 1 columns, and edhoc_secrets has 7 of plain hexadecimal, oscore_contexts 6 in quotes",
		"#\n" + secret + ",x,,,,,": "key log, line 2: PRK_2e is no hexadecimal",
		"," + secret + ",,,,,":     "key log, line 1: G_X is empty, by which the run is found",
		`"01","02","` + secret + `","","","AES-GCM"`:                         `key log, line 1: the algorithm "AES-GCM" is none of those that are known`,
		`"01","02","` + secret + `","",""`:                                   "key log, line 1: 5 columns, and oscore_contexts has 6 in quotes",
		`"01",02,"` + secret + `","","","AES-CCM-16-64-128"`:                 "key log, line 1: a column has no quotes around it",
		`"01","01","` + secret + `","","","AES-CCM-16-64-128"`:               "the same: nonces would repeat",
		`"0102030405060708","02","` + secret + `","","","AES-CCM-16-64-128"`: "OSCORE takes at most 7",
	} {
		var k Keys
		if err := k.AddLog(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	var k Keys
	must(t, k.AddLog("# oscore_contexts are another table\n# oscore_contexts, requests of the Initiator: \"01\",\"02\",\""+secret+"\",\"\",\"\",\"AES-CCM-16-64-128 (CCM*)\"\n"))
	if len(k.contexts) != 1 || k.contexts[0].SenderID[0] != 1 {
		t.Errorf("%d contexts of a comment", len(k.contexts))
	}
	if err := k.AddLog("# oscore_contexts, requests of the Initiator: \"01\",\"02\""); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Error(err)
	}
	if err := k.AddCredential([]byte("nothing"), nil); err == nil {
		t.Error("it is a credential")
	}
}

// FuzzExplain gives a report of any lines, without a panic.
func FuzzExplain(f *testing.F) {
	f.Add("f50302\n0202", "")
	f.Add("44020001\n6444", "00,01,,,,,")
	for _, v := range vectors(f)[:3] {
		text := ""
		for _, d := range v.messages(f) {
			text += quoted(d.Data)[2:]
			text = strings.TrimSuffix(text, "'") + "\n"
		}
		f.Add(text, strings.Join([]string{v.Values["g_x"], v.Values["prk_2e"], "", "", v.Values["th_3"], "", ""}, ","))
	}
	f.Fuzz(func(t *testing.T, text, log string) {
		var k Keys
		_ = k.AddLog(log)
		datagrams, err := ParseHex(text)
		if err == nil {
			_ = Explain(datagrams, &k).Text(Style{Bytes: true, Values: true})
		}
	})
}
