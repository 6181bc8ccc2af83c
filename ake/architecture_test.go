package ake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/liblake/lake/"

// listed is what `go list` says of a package.
type listed struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
	CgoFiles   []string
}

// packages lists the packages of the project with what they import themselves.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles,CgoFiles", "./...")
	command.Dir = ".."
	command.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("%s", failed.Stderr)
	}
	must(t, err)
	all := make(map[string]listed)
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			must(t, err)
		}
		all[p.ImportPath] = p
	}
	return all
}

// TestDependenciesPointOneWay holds what each package of the project may import
// of the project. What is not listed may not be imported.
func TestDependenciesPointOneWay(t *testing.T) {
	const internal = module + "ake/internal/"
	allowed := map[string][]string{
		"ake/internal/cborx":    {},
		"ake/internal/suite":    {},
		"ake/internal/message":  {"ake/internal/cborx"},
		"ake/internal/schedule": {"ake/internal/cborx", "ake/internal/suite"},
		"ake/internal/cose":     {"ake/internal/cborx"},
		"ake/internal/c509":     {"ake/internal/cborx", "ake/internal/suite"},
		"ake/internal/pkix":     {"ake/internal/c509", "ake/internal/suite"},
		"ake/internal/cred":     {"ake/internal/cborx", "ake/internal/cose", "ake/internal/pkix", "ake/internal/suite"},
		"ake": {"ake/internal/cborx", "ake/internal/message", "ake/internal/schedule", "ake/internal/cose",
			"ake/internal/c509", "ake/internal/pkix", "ake/internal/cred", "ake/internal/suite"},
		"ake/coap":          {"ake", "ake/internal/cborx", "ake/internal/suite"},
		"ake/internal/wire": {},
		"ake/oscore":        {"ake", "ake/internal/cborx", "ake/internal/suite", "ake/internal/wire"},
		"ake/endpoint":      {"ake", "ake/coap", "ake/oscore", "ake/internal/cborx", "ake/internal/suite", "ake/internal/wire"},
		"cmd/lake-tunnel":   {"ake", "ake/endpoint", "ake/oscore"},
		"capi":              {"ake", "ake/coap", "ake/endpoint", "capi/abi", "capi/start"},
		"capi/abi":          {},
		"capi/abi/gen":      {},
		"capi/start":        {},
		"ake/explain": {"ake", "ake/coap", "ake/oscore", "ake/internal/cborx", "ake/internal/cose", "ake/internal/cred",
			"ake/internal/pkix", "ake/internal/schedule", "ake/internal/suite", "ake/internal/wire"},
		"ake/explain/capture": {"ake/explain"},
		"cmd/lake-explain":    {"ake/explain", "ake/explain/capture"},
		"bindings/js/build":   {},
		"bindings/js/unpack":  {},
		"bindings/js/wasm":    {"ake", "ake/explain", "ake/explain/capture"},
	}
	all := packages(t)
	for name := range allowed {
		if strings.HasPrefix(name, "ake/internal/") || name == "ake" {
			if _, ok := all[module+name]; !ok {
				t.Errorf("package %s is missing", name)
			}
		}
	}
	for _, p := range all {
		name := strings.TrimPrefix(p.ImportPath, module)
		mayImport, known := allowed[name]
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if known && isOurs && !slices.Contains(mayImport, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
			if strings.HasPrefix(imported, internal) && !strings.HasPrefix(name, "ake") {
				t.Errorf("%s imports %s", name, imported)
			}
			if ours == "capi" {
				t.Errorf("%s imports capi", name)
			}
		}
	}
}

// TestLibrariesHaveOneImporter: each kind of library is known to one package.
func TestLibrariesHaveOneImporter(t *testing.T) {
	onlyCBORX := []string{"github.com/fxamacker/cbor"}
	onlySuite := []string{
		"crypto/aes", "crypto/cipher", "crypto/ecdh", "crypto/ecdsa", "crypto/ed25519", "crypto/elliptic", "crypto/hkdf",
		"crypto/hmac", "crypto/sha256", "crypto/sha3", "crypto/sha512", "filippo.io/", "github.com/cloudflare/", "github.com/pion/",
		"golang.org/x/crypto/chacha20poly1305", "golang.org/x/crypto/hkdf",
	}
	// crypto/x509 gives keys of these types, and a certificate may compress
	// the point of a curve that no cipher suite has.
	keyTypes := []string{"crypto/ecdh", "crypto/ecdsa", "crypto/ed25519", "crypto/elliptic"}
	used := make(map[string]bool)
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if name != "ake" && !strings.HasPrefix(name, "ake/") || strings.Contains(name+"/", "test/") {
			continue // tools and the C interface have no protocol, test material needs to be odd
		}
		for _, imported := range p.Imports {
			for owner, libraries := range map[string][]string{"ake/internal/cborx": onlyCBORX, "ake/internal/suite": onlySuite,
				"ake/internal/wire": {"github.com/plgd-dev/go-coap"}} {
				for _, library := range libraries {
					if !strings.HasPrefix(imported, library) {
						continue
					}
					used[library] = true
					readsKeys := name == "ake/internal/pkix" || name == "ake/internal/c509"
					if owner == "ake/internal/wire" && (name == "ake/oscore" || name == "ake/endpoint" || name == "ake/explain") {
						continue // which know CoAP messages
					}
					if name != owner && !(readsKeys && slices.Contains(keyTypes, imported)) {
						t.Errorf("%s imports %s, which is %s's", name, imported, owner)
					}
				}
			}
			if imported == "C" || imported == "unsafe" {
				t.Errorf("%s imports %s", name, imported)
			}
			if name == "ake/internal/suite" && imported == "os" {
				continue // what the process is, once, for hedging: RFC 8937 section 4
			}
			if imported == "net" || imported == "os" || imported == "syscall" {
				t.Errorf("%s imports %s: the engine does no input and output", name, imported)
			}
		}
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s has C in %v", name, p.CgoFiles)
		}
	}
	for _, library := range []string{"github.com/fxamacker/cbor", "crypto/aes", "github.com/pion/", "github.com/plgd-dev/go-coap"} {
		if !used[library] {
			t.Errorf("nobody imports %s: is this test looking in the right place?", path.Clean(library))
		}
	}
}
