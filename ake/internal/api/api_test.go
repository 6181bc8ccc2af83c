// Package api holds what the Go packages of this module export.
package api

import (
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	// So that a result is not taken from the cache when they have changed.
	_ "github.com/liblake/lake/ake"
	_ "github.com/liblake/lake/ake/coap"
	_ "github.com/liblake/lake/ake/endpoint"
	_ "github.com/liblake/lake/ake/oscore"
)

var update = flag.Bool("update", false, "write what is exported now to the files of TestAPI")

// TestAPI holds what the Go packages export against api.txt beside them, which is what
// programs may rely on: a line for each name, field, method and constant. A line that is
// gone breaks programs. A new line is written down once, and kept from then on.
func TestAPI(t *testing.T) {
	for _, folder := range []string{"../..", "../../coap", "../../oscore", "../../endpoint"} {
		file := filepath.Join(folder, "api.txt")
		now := exported(t, folder)
		if *update {
			must(t, os.WriteFile(file, []byte(strings.Join(now, "\n")+"\n"), 0o644))
		}
		data, err := os.ReadFile(file)
		must(t, err)
		frozen := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(data), "\r", "")), "\n")
		lost, added := without(frozen, now), without(now, frozen)
		if len(lost) > 0 {
			t.Errorf("programs that use this do not compile any more, or do something else:\n  %s\n"+
				"Keep the old form beside the new one, marked as deprecated. If it really has to go (before version 1.0, or for a new\n"+
				"major version), say in CHANGELOG.md what takes its place and run: go test -run '^TestAPI$' ./ake/internal/api -update",
				strings.Join(lost, "\n  "))
		}
		if len(added) > 0 {
			t.Errorf("%s lacks what is exported now, which is to be kept from here on:\n  %s\n"+
				"If the names are good for years, run: go test -run '^TestAPI$' ./ake/internal/api -update", file, strings.Join(added, "\n  "))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(line string) bool { return slices.Contains(others, line) })
}

// TestAPILines: what breaks programs changes a line, and what does not adds one at most.
func TestAPILines(t *testing.T) {
	const source = `package p
type T struct { A int; b int }
func (t *T) M(a int) error { return nil }
type I interface { M(a int) error }
func F(a, b int) (c string) { return "" }
const C T2 = 1
type T2 int
var V error
`
	before := listing(t, source)
	for name, test := range map[string]struct {
		old, new    string
		lost, added int
	}{
		"the same":                {"", "", 0, 0},
		"a parameter renamed":     {"F(a, b int)", "F(x, y int)", 0, 0},
		"a field that is private": {"b int }", "c int }", 0, 0},
		"a field more":            {"A int;", "A int; B string;", 0, 1},
		"a function more":         {"var V error", "var V error\nfunc G() {}", 0, 1},
		"a field of another type": {"A int;", "A int64;", 1, 1},
		"a field gone":            {"A int; ", "", 1, 0},
		"a parameter more":        {"F(a, b int)", "F(a, b, c2 int)", 1, 1},
		"another result":          {"(c string)", "(c []byte)", 1, 1},
		"a constant's value":      {"C T2 = 1", "C T2 = 2", 1, 1},
		"a constant's type":       {"C T2 = 1", "C int = 1", 1, 1},
		"a method gone":           {"func (t *T) M(", "func (t *T) m(", 1, 0},
		"a method of the value":   {"func (t *T) M(", "func (t T) M(", 1, 1},
		"an interface asks more":  {"interface { M(a int) error }", "interface { M(a int) error; N() }", 1, 1},
		"another underlying type": {"type T2 int", "type T2 int32", 1, 1},
		"a variable gone":         {"var V error", "", 1, 0},
		"a type becomes an alias": {"type T2 int", "type T2 = int", 1, 1},
	} {
		after := listing(t, strings.Replace(source, test.old, test.new, 1))
		if lost, added := without(before, after), without(after, before); len(lost) != test.lost || len(added) != test.added {
			t.Errorf("%s: lost %q, added %q", name, lost, added)
		}
	}
}

func listing(t *testing.T, source string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", source, 0)
	must(t, err)
	checked, err := (&types.Config{IgnoreFuncBodies: true}).Check("p", files, []*ast.File{file}, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return linesOf(checked)
}

// exported lists what the package in a folder exports, as the compiler has it.
func exported(t *testing.T, folder string) []string {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	list.Dir, list.Stderr = folder, os.Stderr
	out, err := list.Output()
	must(t, err)
	compiled := map[string]string{}
	last := "" // of the dependencies, the package itself
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		compiled[path], last = file, path
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) }
	loaded, err := importer.ForCompiler(token.NewFileSet(), "gc", lookup).Import(last)
	must(t, err)
	return linesOf(loaded)
}

// linesOf has a line for each thing that a program can name, in order.
func linesOf(p *types.Package) []string {
	var lines []string
	name := func(other *types.Package) string {
		if other == p {
			return ""
		}
		return other.Name()
	}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	text := func(typ types.Type) string { return types.TypeString(unnamed(typ), name) }
	scope := p.Scope()
	for _, n := range scope.Names() {
		switch object := scope.Lookup(n).(type) {
		case *types.Const:
			if object.Exported() {
				add("const %s %s = %s", n, text(object.Type()), object.Val().ExactString())
			}
		case *types.Var:
			if object.Exported() {
				add("var %s %s", n, text(object.Type()))
			}
		case *types.Func:
			if object.Exported() {
				add("func %s%s", n, strings.TrimPrefix(text(object.Type()), "func"))
			}
		case *types.TypeName:
			if !object.Exported() {
				continue
			}
			if object.IsAlias() {
				add("type %s = %s", n, text(types.Unalias(object.Type())))
				continue
			}
			switch under := object.Type().Underlying().(type) {
			case *types.Struct:
				add("type %s struct", n)
				for field := range under.Fields() {
					if field.Exported() {
						add("type %s struct, %s %s", n, field.Name(), text(field.Type()))
					}
				}
			default:
				add("type %s %s", n, text(under))
			}
			if named, ok := object.Type().(*types.Named); ok {
				for method := range named.Methods() {
					if method.Exported() {
						signature := method.Signature()
						add("method (%s) %s%s", text(signature.Recv().Type()), method.Name(), strings.TrimPrefix(text(signature), "func"))
					}
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// unnamed takes the names of parameters and results from a function: callers do not
// have to know them.
func unnamed(typ types.Type) types.Type {
	signature, ok := typ.(*types.Signature)
	if !ok {
		return typ
	}
	plain := func(list *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range list.Variables() {
			vars = append(vars, types.NewVar(token.NoPos, nil, "", unnamed(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, plain(signature.Params()), plain(signature.Results()), signature.Variadic())
}
