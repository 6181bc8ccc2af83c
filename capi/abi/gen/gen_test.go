package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sample = `
#include <stddef.h>
#include <stdint.h>
#include "more.h"
#define LAKE_H
#define LAKE_CHECKED __attribute__((warn_unused_result))
#define LAKE_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#define LAKE_VERSION "0.1.0"
#define LAKE_ABI_VERSION 0
#define LAKE_KEY_P256 1 /* private 32 */
#define LAKE_PULL_EAD (1u << 1)
#define LAKE_OLD LAKE_KEY_P256
typedef int32_t lake_status;
typedef struct lake_box lake_box;
typedef void (*lake_destroy_fn)(void *userdata);
struct lake_limits {
    uint32_t struct_size;
    const uint8_t *data;
    uint64_t age;
    uint8_t id[7];
};
LAKE_CHECKED LAKE_NONNULL(1) lake_status lake_box_fill(lake_box *box, const uint8_t *in, size_t in_len, uint8_t out[16]);
const char *lake_version(void);
LAKE_CHECKED lake_status lake_box_fill(lake_box *, const uint8_t *, size_t, uint8_t[16]);
`

func parsed(t *testing.T, text string) *header {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"lake.h": text,
		"more.h": "#define LAKE_COAP_H\n#define LAKE_MORE (-3)\ntypedef struct lake_ids lake_ids;\nvoid other(void);\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h, err := parse(filepath.Join(folder, "lake.h"), "lake_")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Attributes, macros and included files are the compiler's to understand.
func TestHeaderIsRead(t *testing.T) {
	h := parsed(t, sample)
	if got := string(types(h)); got[strings.Index(got, "constant"):] != strings.TrimLeft(`
constant LAKE_MORE	-3
constant LAKE_ABI_VERSION	0
constant LAKE_KEY_P256	1
constant LAKE_PULL_EAD	2
constant LAKE_OLD	1
type lake_status	int32_t
handle lake_ids	
handle lake_box	
struct lake_limits	size 32 24 24
member lake_limits.struct_size	uint32_t at 0 0 0
member lake_limits.data	const uint8_t * at 8 4 4
member lake_limits.age	uint64_t at 16 8 8
member lake_limits.id	uint8_t[7] at 24 16 16
callback lake_destroy_fn	void (void *)
function lake_box_fill	lake_status (lake_box *, const uint8_t *, size_t, uint8_t *)
function lake_version	const char * (void)
`, "\n") {
		t.Errorf("the types are\n%s", got)
	}
	if h.constants[2].comment != "private 32" {
		t.Errorf("the comment is %q", h.constants[2].comment)
	}
}

func TestChangesOfTheABI(t *testing.T) {
	const before = `# a comment
constant LAKE_KEY_P256	1
struct lake_limits	size 32 24 24
member lake_limits.struct_size	uint32_t at 0 0 0
member lake_limits.id	uint8_t[7] at 24 16 16
struct lake_pair	size 8 8 8
member lake_pair.a	int64_t at 0 0 0
callback lake_destroy_fn	void (void *)
function lake_version	const char * (void)
`
	for _, c := range []struct {
		name, old, new string
		added, broken  int
	}{
		{"nothing", "", "", 0, 0},
		{"a comment", "# a comment", "# another", 0, 0},
		{"a function", "function ", "function lake_wipe	void (void *, size_t)\nfunction ", 1, 0},
		{"a constant", "constant ", "constant LAKE_NEW	5\nconstant ", 1, 0},
		{"a struct", "callback ", "struct lake_new	size 4 4 4\nmember lake_new.a	int32_t at 0 0 0\ncallback ", 2, 0},
		{"a larger struct", "size 32 24 24", "size 40 32 32", 1, 0},
		{"a member at the end", "struct lake_pair", "member lake_limits.last	uint64_t at 32 24 24\nstruct lake_pair", 1, 0},
		{"a member in the padding of one target", "struct lake_pair", "member lake_limits.last	uint8_t at 31 24 24\nstruct lake_pair", 0, 1},
		{"a smaller struct", "size 32 24 24", "size 32 24 20", 0, 1},
		{"a larger struct that does not say its size", "size 8 8 8", "size 16 16 16", 0, 1},
		{"a member of it", "callback ", "member lake_pair.b	int64_t at 8 8 8\ncallback ", 0, 1},
		{"another place", "uint8_t[7] at 24 16 16", "uint8_t[7] at 24 16 20", 0, 1},
		{"another type", "uint8_t[7]", "uint8_t[8]", 0, 1},
		{"another value", "P256	1", "P256	2", 0, 1},
		{"another result", "void (void *)", "int32_t (void *)", 0, 1},
		{"a function that is gone", "function lake_version	const char * (void)\n", "", 0, 1},
		{"another name", "lake_version", "lake_release", 1, 1},
	} {
		if !strings.Contains(before, c.old) {
			t.Fatalf("%s: there is no %q", c.name, c.old)
		}
		added, broken := changes([]byte(before), []byte(strings.Replace(before, c.old, c.new, 1)))
		if len(added) != c.added || len(broken) != c.broken {
			t.Errorf("%s: added %q, broken %q", c.name, added, broken)
		}
	}
}

func TestPromiseBeginsWithVersion1(t *testing.T) {
	dump := func(version string) []byte { return []byte("constant LAKE_ABI_VERSION\t" + version + "\n") }
	for _, c := range []struct {
		before, now []byte
		want        bool
	}{{nil, dump("0"), false}, {dump("0"), dump("0"), false}, {dump("0"), dump("1"), false}, {dump("1"), dump("1"), true}, {dump("1"), dump("2"), false}} {
		if kept(c.before, c.now) != c.want {
			t.Errorf("%s -> %s: %v", c.before, c.now, !c.want)
		}
	}
}

// A symbol stays in the node of the version that brought it.
func TestVersionScript(t *testing.T) {
	functions := func(names ...string) *header {
		h := &header{}
		for _, name := range names {
			h.functions = append(h.functions, function{name: name})
		}
		return h
	}
	script := func(before []byte, version string, names ...string) string {
		made, err := linkerMap(functions(names...), before, version)
		if err != nil {
			t.Fatal(err)
		}
		return string(made[strings.Index(string(made), "LAKE_"):])
	}
	first := script([]byte("LAKE_0.9 {\nglobal:\n    lake_b;\n};\n"), "1.0.0", "lake_c", "lake_b")
	if want := "LAKE_1.0 {\nglobal:\n    lake_b;\n    lake_c;\nlocal:\n    *;\n};\n"; first != want {
		t.Errorf("of 1.0.0:\n%s", first)
	}
	second := script([]byte(first), "1.2.1", "lake_a", "lake_b", "lake_c")
	if want := first + "LAKE_1.2 {\nglobal:\n    lake_a;\n} LAKE_1.0;\n"; second != want {
		t.Errorf("of 1.2.1:\n%s", second)
	}
	if again := script([]byte(second), "1.3.0", "lake_a", "lake_b", "lake_c"); again != second {
		t.Errorf("of 1.3.0, which brings nothing:\n%s", again)
	}
}

func TestShimFollowsThePatterns(t *testing.T) {
	h := parsed(t, sample)
	h.functions = slices.DeleteFunc(h.functions, func(f function) bool { return f.name == "lake_version" })
	made, err := shim(h, "")
	if err != nil {
		t.Fatal(err)
	}
	want := `
lake_status lake_box_fill(lake_box *box, const uint8_t *in, size_t in_len, uint8_t out[16])
{
    LAKEC_CHECK(box != NULL && lakec_input(in, in_len) && out != NULL);
    return lakego_box_fill((uintptr_t)box, (uint8_t *)in, in_len, out);
}
`
	if !strings.HasSuffix(string(made), want) {
		t.Errorf("the shim is\n%s", made)
	}
	for _, odd := range []string{
		"lake_status lake_odd(float x);", "int32_t lake_odd(void);", "lake_status lake_odd(const uint8_t *x);",
		"lake_status lake_odd(const uint8_t *x, size_t y);", "lake_status lake_odd(struct unknown *x);",
	} {
		h := parsed(t, strings.Replace(sample, "const char *lake_version(void);", odd, 1))
		if made, err := shim(h, ""); err == nil {
			t.Errorf("%s became\n%s", odd, made)
		}
	}
}
