package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

type status struct {
	name     string // ERR_MALFORMED
	number   int
	code     int
	wireText string
	text     string
}

type group struct {
	name, meaning string
	statuses      []status
}

// readStatuses reads the table of status codes.
func readStatuses(path string) ([]group, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var groups []group
	seen := map[int]string{}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if rest, ok := strings.CutPrefix(line, "#group "); ok {
			name, meaning, _ := strings.Cut(rest, ": ")
			groups = append(groups, group{name: name, meaning: meaning})
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 5 || len(groups) == 0 {
			return nil, fmt.Errorf("%s:%d: 5 columns and a group are needed", path, i+1)
		}
		number, err1 := strconv.Atoi(fields[1])
		code, err2 := strconv.Atoi(fields[2])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("%s:%d: a number is malformed", path, i+1)
		}
		if other, taken := seen[number]; taken {
			return nil, fmt.Errorf("%s:%d: %s has the number of %s", path, i+1, fields[0], other)
		}
		seen[number] = fields[0]
		g := &groups[len(groups)-1]
		g.statuses = append(g.statuses, status{fields[0], number, code, fields[3], fields[4]})
	}
	return groups, nil
}

const fromStatuses = "Made from capi/abi/status.tsv by make generate. Do not edit."

// goName turns ERR_NO_COMMON_SUITE into ErrNoCommonSuite.
func goName(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(name, "_") {
		switch word {
		case "OK", "ID", "EAD", "MAC", "ECDH", "CA":
			b.WriteString(word)
		default:
			b.WriteString(word[:1] + strings.ToLower(word[1:]))
		}
	}
	return b.String()
}

// ofC are the statuses of the C ABI that the engine cannot give.
var ofC = map[string]bool{"ERR_HANDLE": true, "ERR_BUFFER_TOO_SMALL": true, "ERR_FORKED": true}

// forEngine leaves them out.
func forEngine(groups []group) []group {
	var kept []group
	for _, g := range groups {
		g.statuses = slices.DeleteFunc(slices.Clone(g.statuses), func(s status) bool { return ofC[s.name] })
		kept = append(kept, g)
	}
	return kept
}

func goTable(groups []group) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from capi/abi/status.tsv by make generate. DO NOT EDIT.\n\npackage ake\n\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "// Group %s: %s.\nconst (\n", g.name, g.meaning)
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "\t// %s: %s.\n\t%s Status = %d\n", goName(s.name), s.text, goName(s.name), s.number)
		}
		fmt.Fprintf(&b, ")\n\n")
	}
	fmt.Fprintf(&b, "var statusTable = map[Status]statusRow{\n")
	for _, g := range groups {
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "\t%s: {%q, %q, %q, %d, %q},\n", goName(s.name), goName(s.name), g.name, s.text, s.code, s.wireText)
		}
	}
	fmt.Fprintf(&b, "}\n")
	return b.Bytes()
}

func headerSection(groups []group) []byte {
	var b bytes.Buffer
	for _, g := range groups {
		fmt.Fprintf(&b, "\n/* %s: %s */\n", g.name, g.meaning)
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "/** %s. */\n#define LAKE_%-26s ((lake_status)%d)\n", upperFirst(s.text), s.name, s.number)
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func cTable(groups []group) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "/* %s */\n", fromStatuses)
	fmt.Fprintf(&b, "/* X(name, text) for every status code. */\n#define LAKE_STATUS_TABLE(X) \\\n")
	for _, g := range groups {
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "    X(LAKE_%s, %q) \\\n", s.name, s.text)
		}
	}
	b.WriteString("    /* end */\n")
	return b.Bytes()
}

func pythonTable(groups []group) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\"\"\"%s\"\"\"\n\nfrom enum import IntEnum\n\n\n", fromStatuses)
	fmt.Fprintf(&b, "class Status(IntEnum):\n    \"\"\"How a call ended: 0 success, above 0 not finished, below 0 failed.\"\"\"\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n    # %s: %s\n", g.name, g.meaning)
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "    %s = %d\n    \"\"\"%s.\"\"\"\n", s.name, s.number, upperFirst(s.text))
		}
	}
	fmt.Fprintf(&b, "\n\nGROUPS = {\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "    %q: (\n", g.name)
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "        Status.%s,\n", s.name)
		}
		fmt.Fprintf(&b, "    ),\n")
	}
	fmt.Fprintf(&b, "}\n\"\"\"The statuses of each group.\"\"\"\n")
	return b.Bytes()
}

// rustTable writes the rows that the macro statuses of status.rs takes. Success is no
// error and pending no failure: Rust has other types for them.
func rustTable(groups []group) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\nstatuses! {\n", fromStatuses)
	for _, g := range groups {
		if g.statuses[0].number >= 0 {
			continue
		}
		fmt.Fprintf(&b, "    %s %q {\n", rustName(g.name), upperFirst(g.meaning)+".")
		for _, s := range g.statuses {
			fmt.Fprintf(&b, "        %s %d %q %q;\n", rustName(strings.TrimPrefix(s.name, "ERR_")), s.number, "LAKE_"+s.name, s.text)
		}
		fmt.Fprintf(&b, "    }\n")
	}
	fmt.Fprintf(&b, "}\n")
	return b.Bytes()
}

// rustName turns NO_COMMON_SUITE into NoCommonSuite.
func rustName(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(strings.ToLower(name), "_") {
		b.WriteString(upperFirst(word))
	}
	return b.String()
}

const (
	begin = "/* begin of the generated status codes: change capi/abi/status.tsv, then make generate */\n"
	end   = "/* end of the generated status codes */\n"
)

func replaceSection(header, section []byte) ([]byte, error) {
	before, rest, ok1 := bytes.Cut(header, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("lake.h lacks the marks of the generated section")
	}
	return bytes.Join([][]byte{before, []byte(begin), section, []byte(end), after}, nil), nil
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// isStatus says whether a constant of the header is a status code.
func isStatus(constant string, groups []group) bool {
	for _, g := range groups {
		for _, s := range g.statuses {
			if "LAKE_"+s.name == constant {
				return true
			}
		}
	}
	return false
}
