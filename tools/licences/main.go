// Command licences writes THIRD-PARTY: the licences of all that is linked into liblake,
// lake-tunnel, lake-explain and the page, which go wherever these go. Run it in the root of the repository.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const file = "THIRD-PARTY"

// What is delivered, what it is built from, and for which system its list is written down.
var deliveries = []struct {
	name   string
	pkgs   []string
	system []string
}{
	{"liblake", []string{"./capi"}, linux},
	{"lake-tunnel", []string{"./cmd/lake-tunnel"}, linux},
	{"lake-explain", []string{"./cmd/lake-explain"}, linux},
	{"the page", []string{"./bindings/js/wasm", "./bindings/js/unpack"}, []string{"GOOS=js", "GOARCH=wasm", "GOFLAGS=-tags=laketest"}},
}

var linux = []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "GOFLAGS=-tags=netgo,osusergo"}

// A module is something of others that is linked in.
type module struct {
	name, dir string
	in        []string // the names of the deliveries
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("licences: ")
	text, err := collect()
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// collect gives the text of the file.
func collect() ([]byte, error) {
	modules, err := linked()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("What others wrote and is linked into what liblake delivers, with its licences.\n" +
		"`make generate` writes this file.\n\n")
	for _, m := range modules {
		fmt.Fprintf(&out, "- %s (%s)\n", m.name, strings.Join(m.in, ", "))
	}

	// Several have the same text: it is there once, with their names above.
	owners := map[string][]string{}
	var texts []string
	for _, m := range modules {
		found, err := licences(m)
		if err != nil {
			return nil, err
		}
		for _, text := range found {
			if owners[text] == nil {
				texts = append(texts, text)
			}
			owners[text] = append(owners[text], m.name)
		}
	}
	for _, text := range texts {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(owners[text], "\n"), text)
	}
	return out.Bytes(), nil
}

// linked gives Go itself and the modules, in the order of their names.
func linked() ([]module, error) {
	root, err := command(linux, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	modules := []module{{name: "Go, its runtime and standard library", dir: strings.TrimSpace(root)}}
	for _, d := range deliveries {
		modules[0].in = append(modules[0].in, d.name)
		arguments := []string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"}
		list, err := command(d.system, append(arguments, d.pkgs...)...)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimSpace(list), "\n")
		slices.Sort(lines)
		for _, line := range slices.Compact(lines) {
			name, dir, _ := strings.Cut(line, "\t")
			at := slices.IndexFunc(modules, func(m module) bool { return m.name == name })
			switch {
			case name == "":
			case at < 0:
				modules = append(modules, module{name, dir, []string{d.name}})
			default:
				modules[at].in = append(modules[at].in, d.name)
			}
		}
	}
	slices.SortFunc(modules[1:], func(a, b module) int { return strings.Compare(a.name, b.name) })
	return modules, nil
}

// licences gives the texts that have to go along with a module.
func licences(m module) ([]string, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if entry.IsDir() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"},
			func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(string(text)))
	}
	if texts == nil {
		return nil, fmt.Errorf("%s has no licence in %s", m.name, m.dir)
	}
	return texts, nil
}

// command runs go for a system.
func command(system []string, arguments ...string) (string, error) {
	cmd := exec.Command("go", arguments...)
	cmd.Env = append(os.Environ(), system...)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", arguments[0], err, &problem)
	}
	return string(out), nil
}
