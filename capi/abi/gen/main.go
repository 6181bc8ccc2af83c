// Command gen writes what follows from the C header and from the table of status codes:
// `make generate`. It is run in the root of the project.
//
//	capi/abi/status.tsv   the numbers and texts of the status codes
//	  -> ake/status_table.go, a section of include/lake.h, capi/status_table.h,
//	     bindings/python/src/lake/_status.py, bindings/rust/lake/src/status_table.rs
//	include/lake.h and what it includes; capi/laketest.h
//	  -> capi/shim_generated.c and capi/shim_laketest.c: the C functions, but for those that
//	     are written by hand in capi/shim.c (the table byHand of shim.go)
//	  -> capi/abi/symbols.txt, lake.map and types.txt: the frozen ABI, whose diff is reviewed
//	  -> include/lake_marks.h: what compilers can know of the functions
//	  -> bindings/python/src/lake/_abi.py, bindings/rust/lake-sys/src/bindings.rs
//
// # A new C function
//
//  1. ake: the method, with its test.
//  2. include/lake.h (or lake_coap.h): the declaration, right below its comment. The names of
//     the parameters say what they are: shim.go lists the patterns. A bound that no pattern
//     knows is a line of the table particular there.
//  3. make generate; read the diff of capi/abi/types.txt: that is what hosts will rely on.
//  4. capi: one Go function, lakego_... instead of lake_..., in the file of its subject (until
//     then the compiler says which is missing). Its parameters are those of the declaration:
//     a handle or userdata is a C.uintptr_t, a text has its length behind it.
//  5. tests/abi: a line in common/calls.c, which has every function (with a freed handle, in
//     a forked child), and what the function does, in the program of its subject.
//  6. bindings/python/src/lake and bindings/rust/lake/src: a method each, with its test. Both
//     have a test that no function is left out.
//  7. CHANGELOG.md.
//
// A new status is a line in status.tsv; a struct is in capi/growth.h, too, and one that comes
// in has a function lakec_in_<struct> in capi/shim.h.
//
// With -check it writes nothing and fails if a file is not what it would write; with -frozen
// it looks at the frozen ABI alone, and tells what was added from what was broken.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const (
	statusTable = "capi/abi/status.tsv"
	lakeHeader  = "include/lake.h"
	fromHeader  = "Made from include/lake.h by make generate. Do not edit."
)

func main() {
	check := flag.Bool("check", false, "compare instead of writing")
	frozen := flag.Bool("frozen", false, "compare the frozen ABI")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*check, *frozen); err != nil {
		log.Fatal(err)
	}
}

func run(check, frozen bool) error {
	groups, err := readStatuses(statusTable)
	if err != nil {
		return err
	}
	tables, err := statusFiles(groups)
	if err != nil {
		return err
	}
	if !check && !frozen { // the others are made from what is in the header then
		if err := write(tables); err != nil {
			return err
		}
	}
	h, err := parse(lakeHeader, "lake_")
	if err != nil {
		return err
	}
	abi, err := abiFiles(h)
	if err != nil {
		return err
	}
	added, broken := changes(read(frozenTypes), abi[frozenTypes])
	isKept := kept(read(frozenTypes), abi[frozenTypes])
	if frozen {
		return compareFrozen(abi, added, broken, isKept)
	}
	if isKept && broken != nil {
		return fmt.Errorf("nothing was written: %s", promise(broken))
	}
	files, err := headerFiles(h, groups)
	if err != nil {
		return err
	}
	if check {
		maps.Copy(files, tables)
		return compare(files)
	}
	if added != nil || broken != nil {
		log.Printf("The ABI is another one: %d added, %d removed or changed. Review the diff of %s.", len(added), len(broken), frozenTypes)
	}
	maps.Copy(files, abi)
	return write(files)
}

// statusFiles are those of the table of status codes.
func statusFiles(groups []group) (map[string][]byte, error) {
	goSource, err := format.Source(goTable(forEngine(groups)))
	if err != nil {
		return nil, err
	}
	section, err := replaceSection(read(lakeHeader), headerSection(groups))
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"ake/status_table.go":                    goSource,
		lakeHeader:                               section,
		"capi/status_table.h":                    cTable(groups),
		"bindings/python/src/lake/_status.py":    pythonTable(groups),
		"bindings/rust/lake/src/status_table.rs": rustTable(groups),
	}, nil
}

// abiFiles are the frozen ones.
func abiFiles(h *header) (map[string][]byte, error) {
	script, err := linkerMap(h, read(versionScript), strings.TrimSpace(string(read("VERSION"))))
	return map[string][]byte{frozenTypes: types(h), frozenSymbols: symbols(h), versionScript: script}, err
}

// headerFiles are the others that come from the header.
func headerFiles(h *header, groups []group) (map[string][]byte, error) {
	if err := checkTables(h); err != nil {
		return nil, err
	}
	functions, err := shim(h, "/* "+fromHeader+" */\n")
	if err != nil {
		return nil, err
	}
	laketest, err := parse("capi/laketest.h", "lake_")
	if err != nil {
		return nil, err
	}
	laketest.functions = slices.DeleteFunc(laketest.functions, func(f function) bool { return !strings.HasPrefix(f.name, "lake_test_") })
	hooks, err := shim(laketest, "//go:build laketest\n\n/* Made from capi/laketest.h by make generate. Do not edit. */\n#include \"laketest.h\"\n")
	if err != nil {
		return nil, err
	}
	python, err := pythonABI(h, groups)
	if err != nil {
		return nil, err
	}
	rust, err := rustBindings()
	return map[string][]byte{
		"include/lake_marks.h":                   marksHeader(h),
		"capi/shim_generated.c":                  functions,
		"capi/shim_laketest.c":                   hooks,
		"bindings/python/src/lake/_abi.py":       python,
		"bindings/rust/lake-sys/src/bindings.rs": rust,
	}, err
}

// rustBindings has bindgen write the declarations for Rust. It is built with the packages that
// the tests are built with (bindings/rust/environment.sh): else cargo would choose
// other features, and build bindgen once more for them.
func rustBindings() ([]byte, error) {
	messages, err := rust("cargo", "build", "-q", "--locked", "--workspace", "--exclude", "lake-vectors", "--bin", "lake-bindgen",
		"--message-format", "json-render-diagnostics")
	if errors.Is(err, exec.ErrNotFound) {
		err = errors.New("cargo is needed for the Rust bindings and is not there: run 'make deps'")
	}
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(messages) {
		var built struct{ Executable string }
		if json.Unmarshal(line, &built) == nil && built.Executable != "" {
			return rust(built.Executable, "../../"+lakeHeader, "// "+fromHeader)
		}
	}
	return nil, errors.New("cargo does not say where lake-bindgen is")
}

func rust(name string, arguments ...string) ([]byte, error) {
	command := exec.Command(name, arguments...)
	command.Dir = "bindings/rust"
	command.Stderr = os.Stderr
	return command.Output()
}

// read gives what is in a file, nothing if there is none.
func read(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Fatal(err)
	}
	return data
}

// write leaves alone what is right, so that no build begins anew for it.
func write(files map[string][]byte) error {
	for path, content := range files {
		if bytes.Equal(read(path), content) {
			continue
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func compare(files map[string][]byte) error {
	var stale []string
	for path, content := range files {
		if !bytes.Equal(read(path), content) {
			stale = append(stale, path)
		}
	}
	slices.Sort(stale)
	if stale != nil {
		return fmt.Errorf("not what %s and the header give now: %s\nRun make generate, and look at the diff", statusTable, strings.Join(stale, ", "))
	}
	return nil
}

func compareFrozen(abi map[string][]byte, added, broken []string, isKept bool) error {
	switch {
	case broken != nil && isKept:
		return errors.New(promise(broken))
	case broken != nil:
		return fmt.Errorf("hosts that were compiled with the header before do not work with this one:\n  %s\n"+
			"If that is meant, run make generate, review the diff of %s, and tell it in CHANGELOG.md and docs/migrating.md",
			strings.Join(broken, "\n  "), frozenTypes)
	case added != nil:
		return fmt.Errorf("the header has what is not frozen yet, and breaks no host:\n  %s\n"+
			"Run make generate, and review the diff of %s: from version 1.0 on it is there to stay", strings.Join(added, "\n  "), frozenTypes)
	}
	return compare(abi)
}

// promise says what cannot be done.
func promise(broken []string) string {
	return "hosts that were compiled before must go on working, as LAKE_ABI_VERSION says, and would not:\n  " +
		strings.Join(broken, "\n  ") + "\nTake that back: leave the old as it is and add the new beside it, under another name " +
		"or at the end of the struct. (Only another LAKE_ABI_VERSION and soname, a new library for everybody, may break this.)"
}
