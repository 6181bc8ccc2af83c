package main

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The functions of lake.h, the frozen list and what is exported must be the same. (That the
// list is that of the header holds the CTest abi_frozen.)

const frozenList = "abi/symbols.txt"

var declared = regexp.MustCompile(`(?m)^[a-z][a-z0-9_ ]*[ *](lake_[a-z0-9_]+)\(`)

// docs/migrating.md names what is gone, and what does its work.
func TestMigrating(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `(lake_[a-z0-9_]+)` \\| `(lake_[a-z0-9_]+)` \\| .+ \\|$")
	rows := row.FindAllStringSubmatch(readFile(t, "../docs/migrating.md"), -1)
	if len(rows) < 50 {
		t.Errorf("%d functions that are gone", len(rows))
	}
	for _, row := range rows {
		if slices.Contains(frozen(t), row[1]) {
			t.Errorf("%s is exported", row[1])
		}
		if !slices.Contains(frozen(t), row[2]) {
			t.Errorf("%s, which takes the place of %s, is not exported", row[2], row[1])
		}
	}
}

func TestLibraryExportsTheFrozenList(t *testing.T) {
	same(t, "the library", exports(t, "netgo,osusergo", "-Wl,--version-script="+script(t)), frozen(t))
}

func TestHooksAreInTheTestBuildOnly(t *testing.T) {
	var hooks []string
	for _, match := range declared.FindAllStringSubmatch(readFile(t, "laketest.h"), -1) {
		hooks = append(hooks, match[1])
	}
	if len(hooks) == 0 {
		t.Fatal("laketest.h declares nothing")
	}
	want := append(frozen(t), hooks...)
	slices.Sort(want)
	// It has no version script, which would hide them, but Go's names, too.
	got := slices.DeleteFunc(exports(t, "netgo,osusergo,laketest", "-Wl,-z,now"), func(name string) bool { return !strings.HasPrefix(name, "lake_") })
	same(t, "the test build", got, want)
}

func script(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("abi/lake.map")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// exports builds the library as CMakeLists.txt does and returns the functions
// that a program can link with.
func exports(t *testing.T, tags, flag string) []string {
	t.Helper()
	library := filepath.Join(t.TempDir(), "liblake.so")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags="+tags, "-buildmode=c-shared",
		"-ldflags=-s -w -E=lakec_start '-extldflags="+flag+"'", "-o", library, ".")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	file, err := elf.Open(library)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, symbol := range symbols {
		// SHN_ABS: the symbol that names the version of the others.
		if symbol.Section != elf.SHN_UNDEF && symbol.Section != elf.SHN_ABS {
			names = append(names, symbol.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestVersionsAgree(t *testing.T) {
	version := strings.TrimSpace(readFile(t, "../VERSION"))
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatalf("VERSION: %v", err)
	}
	header := readFile(t, "../include/lake.h")
	for _, line := range []string{
		fmt.Sprintf("#define LAKE_VERSION %q\n", version),
		fmt.Sprintf("#define LAKE_VERSION_NUMBER 0x%06x\n", major<<16|minor<<8|patch),
		fmt.Sprintf("#define LAKE_ABI_VERSION %d\n", major),
	} {
		if !strings.Contains(header, line) {
			t.Errorf("lake.h lacks %s", line)
		}
	}
}

func TestDependenciesPointOneWay(t *testing.T) {
	list := func(what, target string) string {
		output, err := exec.Command("go", "list", "-f", "{{join ."+what+` "\n"}}`, target).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(output)
	}
	if imports := list("Imports", "."); strings.Contains(imports, "/internal/") {
		t.Errorf("capi imports %s", imports)
	}
	for _, path := range strings.Fields(list("Deps", "../ake")) {
		if strings.HasPrefix(path, "github.com/liblake/lake/") && strings.TrimSpace(list("CgoFiles", path)) != "" {
			t.Errorf("%s uses C", path)
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func frozen(t *testing.T) []string {
	t.Helper()
	return strings.Fields(readFile(t, frozenList))
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s has %s, which is not in the list", what, name)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s lacks %s", what, name)
		}
	}
	if !slices.Equal(slices.Compact(slices.Clone(got)), got) {
		t.Errorf("%s has a name twice", what)
	}
	if !slices.IsSorted(want) {
		t.Error("the list is not sorted")
	}
}
