package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/explain"
)

func ran(t *testing.T, in string, arguments ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(arguments, strings.NewReader(in), &out)
	return out.String(), err
}

// played is a run of two sessions as lines of hexadecimal, with NAME.ccs and NAME.key of
// both in the folder.
func played(t *testing.T) string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(t.TempDir())
	var both [2]*ake.Credential
	for i, name := range []string{"me", "server"} {
		private, public, err := ake.GenerateKey(ake.KeyP256)
		must(err)
		ccs, err := ake.NewCCS(name, []byte{byte(i)}, ake.KeyP256, public)
		must(err)
		must(os.WriteFile(name+".ccs", ccs, 0o600))
		must(os.WriteFile(name+".key", []byte(hexOf(private)+"\n"), 0o600))
		both[i], err = ake.CredentialFromCCS(ccs)
		must(err)
		must(both[i].SetPrivateKey(private))
	}
	var sides [2]*ake.Session
	for i, role := range []ake.Role{ake.Initiator, ake.Responder} {
		party, err := ake.NewParty(ake.Config{Own: both[i : i+1], Peers: both[1-i : 2-i], Methods: []ake.Method{3}, Suites: []int{2}, Message4: true})
		must(err)
		sides[i], err = party.NewSession(role)
		must(err)
	}
	var lines []string
	message, err := sides[0].Step(nil)
	for n := 1; len(message) > 0; n++ {
		must(err)
		lines = append(lines, hexOf(message))
		message, err = sides[n%2].Step(message)
	}
	must(err)
	return strings.Join(lines, "\n")
}

func hexOf(data []byte) string { return hex.EncodeToString(data) }

// TestTell takes hexadecimal as arguments, from a file and from standard input, and gives
// text or JSON, in colours only when they are asked for.
func TestTell(t *testing.T) {
	lines := played(t)
	if err := os.WriteFile("run.hex", []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := ran(t, "", strings.Fields(lines)...)
	if err != nil || strings.Count(want, "message_") < 8 || !strings.Contains(want, "Completed, with message_4") || strings.Contains(want, "\x1b") {
		t.Errorf("%v\n%s", err, want)
	}
	for _, arguments := range [][]string{{"run.hex"}, {"-"}} {
		if got, err := ran(t, lines, arguments...); err != nil || got != want {
			t.Errorf("%q: %v\n%s", arguments, err, got)
		}
	}
	if got, _ := ran(t, "", "-color", "always", "run.hex"); !strings.Contains(got, "\x1b[1m") {
		t.Error(got)
	}
	got, err := ran(t, "", "-json", "-own", "me", "-peer", "server.ccs", "run.hex")
	var report struct {
		Steps []struct{ Label string }
		Runs  []struct{ Values []string }
	}
	if failed := json.Unmarshal([]byte(got), &report); failed != nil || err != nil || len(report.Steps) != 4 || report.Steps[2].Label != "message_3" || report.Runs[0].Values != nil {
		t.Errorf("%v, %v, %+v", failed, err, report)
	}
}

// TestKeys: wrong files give a sentence that names them.
func TestKeys(t *testing.T) {
	played(t)
	for name, content := range map[string]string{"wrong.log": "00,11", "nothing.ccs": "nothing", "alone.key": "00"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		want      string
		arguments []string
	}{
		{"key log, line 1: 2 columns", []string{"-keylog", "wrong.log", "0202"}},
		{"no such file", []string{"-keylog", "absent.log", "0202"}},
		{"nothing.ccs: neither an X.509 certificate", []string{"-peer", "nothing.ccs", "0202"}},
		{"there is alone.key, and neither alone.ccs nor alone.pem", []string{"-own", "alone", "0202"}},
		{"that is no hexadecimal", []string{"-ephemeral", "x", "0202"}},
		{"it has four parts", []string{"-psk", "00:11", "0202"}},
		{"its part 2 is no hexadecimal", []string{"-psk", "00:x:11:22", "0202"}},
		{"absent.pcap: no such file, and line 1 is no hexadecimal", []string{"absent.pcap"}},
		{"nothing.ccs: neither a capture nor hexadecimal", []string{"nothing.ccs"}},
	} {
		if _, err := ran(t, "", test.arguments...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.arguments, err, test.want)
		}
	}
}

// TestAnswers: what Python asks.
func TestAnswers(t *testing.T) {
	lines := "decode 0 -1 0202\ndiag a1044105\nid-cred a1044105\ndiag \ndecode 2 2 5828" + strings.Repeat("00", 40)
	got, err := ran(t, lines, "answers")
	all := strings.Split(got, "\x00")
	if err != nil || len(all) != 6 || all[0] != "error message, 2 bytes\n  ERR_CODE  2 (wrong selected cipher suite)\n  SUITES_R  2" ||
		all[1] != "{4: h'05'}" || all[2] != "{4: h'05'} (kid)" || all[3] != "" || !strings.HasPrefix(all[4], "message_2, 42 bytes\n") {
		t.Errorf("%q, %v", got, err)
	}
	for wrong, want := range map[string]string{
		"diag xyz": "that is no hexadecimal", "sing 00": `"sing" is nothing to answer`, "decode 1 00": `"decode" is nothing to answer`, "decode a b 00": `"decode" is nothing to answer`,
	} {
		if _, err := ran(t, wrong, "answers"); err == nil || err.Error() != want {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if got, err := ran(t, "", "findings"); err != nil || strings.Count(got, "\n") != len(explain.Names()) {
		t.Errorf("%q, %v", got, err)
	}
}
