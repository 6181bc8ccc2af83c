package main

import (
	"os"
	"strings"
	"testing"
)

// TestThirdParty: whoever links something new, or a new version of it, writes its licence down.
func TestThirdParty(t *testing.T) {
	t.Chdir("../..")
	// Read, so that a result is not taken from the cache when it has changed.
	if _, err := os.ReadFile("go.mod"); err != nil {
		t.Fatal(err)
	}
	now, err := collect()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != string(now) {
		t.Errorf("%s is not what is linked in: run make generate", file)
	}
	// What everybody has linked in, and licences that cannot be missed.
	for _, part := range []string{"Go, its runtime", "fxamacker/cbor", "cloudflare/circl", "toml v", "ulikunitz/xz", "The Go Authors", "MIT License", "Apache License"} {
		if !strings.Contains(string(written), part) {
			t.Errorf("%s does not have %q", file, part)
		}
	}
}
