// Package vectortest reads the project's test vectors, for tests.
package vectortest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Credential is what vectors.json says about one side's credential. Bytes are in
// hexadecimal.
type Credential struct {
	Type       string
	Usage      string
	PK         string
	Anchors    []string
	CWTIssuers []string `json:"cwt_issuers"`
	Cred       string
	IDCred     string `json:"id_cred"`
}

// Credentials are those of both sides of all sessions in vectors.json, or in the file
// that LAKE_VECTORS names. The test runs in a folder of ake/internal.
func Credentials(t testing.TB) []Credential {
	t.Helper()
	path := os.Getenv("LAKE_VECTORS")
	if path == "" {
		path = "../../../tests/vectors/vectors.json"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []Credential
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		line := strings.TrimSuffix(strings.TrimSpace(lines.Text()), ",")
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var session struct {
			I *Credential `json:"auth_i"`
			R *Credential `json:"auth_r"`
		}
		if err := json.Unmarshal([]byte(line), &session); err != nil {
			t.Fatal(err)
		}
		for _, credential := range []*Credential{session.I, session.R} {
			if credential != nil {
				all = append(all, *credential)
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("no credentials in the vectors")
	}
	return all
}
