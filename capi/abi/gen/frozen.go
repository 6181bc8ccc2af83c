package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	frozenTypes   = "capi/abi/types.txt"
	frozenSymbols = "capi/abi/symbols.txt"
	versionScript = "capi/abi/lake.map"
)

// types writes down all that a compiled host relies on, one thing a line: what it is and
// its name, a tab, what is known of it. Names of parameters do not matter.
func types(h *header) []byte {
	var names []string
	for _, target := range targets {
		names = append(names, target.name)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n# A review of its diff is a review of the ABI. Sizes and offsets: %s.\n", fromHeader, strings.Join(names, ", "))
	line := func(what, name, known string) { fmt.Fprintf(&b, "%s %s\t%s\n", what, name, known) }
	numbers := func(of []int64) string { return strings.Trim(fmt.Sprint(of), "[]") }
	signature := func(f function) string {
		var params []string
		for _, p := range f.params {
			params = append(params, p.is)
		}
		if params == nil {
			params = []string{"void"}
		}
		return fmt.Sprintf("%s (%s)", f.result, strings.Join(params, ", "))
	}
	for _, c := range h.constants {
		if c.name != "LAKE_VERSION_NUMBER" { // of another release it is another
			line("constant", c.name, fmt.Sprint(c.value))
		}
	}
	for _, a := range h.aliases {
		line("type", a.name, a.is)
	}
	for _, name := range h.handles {
		line("handle", name, "")
	}
	for _, s := range h.structs {
		line("struct", s.name, "size "+numbers(s.sizes))
		for _, f := range s.fields {
			line("member", s.name+"."+f.name, f.is+" at "+numbers(f.offsets))
		}
	}
	for _, f := range h.callbacks {
		line("callback", f.name, signature(f))
	}
	for _, f := range h.functions {
		line("function", f.name, signature(f))
	}
	return b.Bytes()
}

// changes compares what was frozen with what there is now: what a host that was compiled
// before can live with, and what it cannot.
func changes(before, now []byte) (added, broken []string) {
	old, new := entries(before), entries(now)
	for _, line := range strings.Split(string(now), "\n") {
		name, known, isEntry := strings.Cut(line, "\t")
		was, existed := old[name]
		switch {
		case !isEntry || existed && was == known:
		case existed && grows(name, was, known, old):
			added = append(added, fmt.Sprintf("%s: %s, was %s", name, known, was))
		case existed:
			broken = append(broken, fmt.Sprintf("changed: %s: %s, was %s", name, known, was))
		case !fits(name, known, old):
			broken = append(broken, fmt.Sprintf("not at the end of its struct, or that has no struct_size: %s: %s", name, known))
		default:
			added = append(added, name+": "+known)
		}
	}
	for _, line := range strings.Split(string(before), "\n") {
		if name, _, isEntry := strings.Cut(line, "\t"); isEntry {
			if _, left := new[name]; !left {
				broken = append(broken, "removed: "+name)
			}
		}
	}
	return added, broken
}

func entries(text []byte) map[string]string {
	all := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if name, known, isEntry := strings.Cut(line, "\t"); isEntry {
			all[name] = known
		}
	}
	return all
}

// grows: a struct that says its size may become larger, on every target.
func grows(name, was, is string, old map[string]string) bool {
	structName, isStruct := strings.CutPrefix(name, "struct ")
	return isStruct && old["member "+structName+".struct_size"] != "" && noneLess(is, was)
}

// fits: a member that is new begins where the struct ended, on every target; one of a new
// struct may be anywhere.
func fits(name, known string, old map[string]string) bool {
	member, isMember := strings.CutPrefix(name, "member ")
	structName, _, _ := strings.Cut(member, ".")
	size, existed := old["struct "+structName]
	return !isMember || !existed || old["member "+structName+".struct_size"] != "" && noneLess(known, size)
}

var lastNumbers = regexp.MustCompile(` (\d+(?: \d+)*)$`)

// noneLess compares the numbers at the ends of two lines.
func noneLess(a, b string) bool {
	left, right := strings.Fields(lastNumbers.FindString(a)), strings.Fields(lastNumbers.FindString(b))
	for i := range left {
		if len(left) != len(right) || len(left[i]) < len(right[i]) || len(left[i]) == len(right[i]) && left[i] < right[i] {
			return false
		}
	}
	return true
}

// abiVersion is LAKE_ABI_VERSION of a dump of types.
func abiVersion(dump []byte) string { return entries(dump)["constant LAKE_ABI_VERSION"] }

// kept says whether hosts were promised that nothing in the dump is removed or changed.
// The promise begins with version 1; another version makes another one.
func kept(before, now []byte) bool {
	version := abiVersion(before)
	return version != "" && version != "0" && version == abiVersion(now)
}

// symbols lists the functions of the header.
func symbols(h *header) []byte {
	var names []string
	for _, f := range h.functions {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return []byte(strings.Join(names, "\n") + "\n")
}

var versionNode = regexp.MustCompile(`(?ms)^(LAKE_\d+\.\d+) \{(.*?)^\}`)

// linkerMap writes the version script of the linker: what liblake.so exports, in a node for each
// version that brought something. A symbol stays in the node where it is, or a program that
// was linked before does not find it. Versions of another ABI have another library.
func linkerMap(h *header, before []byte, version string) ([]byte, error) {
	parts := strings.Split(version, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("VERSION says %q, which is no version", version)
	}
	order, node := []string{}, map[string]string{}
	for _, match := range versionNode.FindAllStringSubmatch(string(before), -1) {
		if strings.HasPrefix(match[1], "LAKE_"+parts[0]+".") {
			order = append(order, match[1])
			for _, symbol := range regexp.MustCompile(`\blake_\w+`).FindAllString(match[2], -1) {
				node[symbol] = match[1]
			}
		}
	}
	members := map[string][]string{}
	newest := "LAKE_" + parts[0] + "." + parts[1]
	for _, symbol := range strings.Fields(string(symbols(h))) {
		in, known := node[symbol]
		if !known {
			in = newest
		}
		members[in] = append(members[in], symbol)
	}
	if !slices.Contains(order, newest) {
		order = append(order, newest)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n# The linker's version script: what liblake.so exports, and since when.\n", fromHeader)
	previous := ""
	for _, name := range order {
		if len(members[name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s {\nglobal:\n    %s;\n", name, strings.Join(members[name], ";\n    "))
		if previous == "" {
			b.WriteString("local:\n    *;\n};\n")
		} else {
			fmt.Fprintf(&b, "} %s;\n", previous)
		}
		previous = name
	}
	return b.Bytes(), nil
}
