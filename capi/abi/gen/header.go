package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// header is what a C header declares, in its order. Types are spelled as it spells them,
// so "uint8_t *", not "unsigned char *".
type header struct {
	constants []constant
	aliases   []alias
	handles   []string // lake_config
	callbacks []function
	structs   []structure
	functions []function
}

// constant is a macro with a number.
type constant struct {
	name, comment string
	value         int64
}

// alias is a type with another name for a number: lake_status.
type alias struct{ name, is string }

type function struct {
	name, result string
	params       []param // of callbacks without name and source
}

type param struct {
	name, is string
	source   string // with its name, as declared: uint8_t out[16]
}

type structure struct {
	name   string
	fields []field
	sizes  []int64 // one for each of targets
}

type field struct {
	name, is string
	offsets  []int64
}

// targets are where the layout of structs is looked at. They differ in the size of
// pointers and in where 8 bytes are aligned.
var targets = []struct{ name, triple string }{
	{"64 bits", "x86_64-linux-gnu"},
	{"arm", "armv7-linux-gnueabihf"},
	{"i386", "i386-linux-gnu"},
}

// parse reads what a header declares, by itself and in what it includes, with names that
// begin with the prefix or, of constants, its upper case. The compiler does the reading,
// of text in which no macro is left: attributes, and who includes what, do not matter.
func parse(path, prefix string) (*header, error) {
	plain, err := clang(targets[0].triple, nil, "-E", "-P", path)
	if err != nil {
		return nil, err
	}
	unit, err := dump(targets[0].triple, plain)
	if err != nil {
		return nil, err
	}
	h := &header{}
	complete, declared := map[string]bool{}, map[string]bool{}
	for _, n := range unit.Inner {
		if !strings.HasPrefix(n.Name, prefix) {
			continue
		}
		if n.Kind != "RecordDecl" { // a second declaration only adds attributes
			if declared[n.Name] {
				continue
			}
			declared[n.Name] = true
		}
		switch {
		case n.Kind == "FunctionDecl":
			result, _, _ := strings.Cut(n.Type.QualType, "(")
			f := function{name: n.Name, result: strings.TrimSpace(result)}
			for _, p := range n.Inner {
				if p.Kind == "ParmVarDecl" {
					f.params = append(f.params, param{p.Name, p.Type.QualType, p.source(plain)})
				}
			}
			h.functions = append(h.functions, f)
		case n.Kind == "RecordDecl" && n.Complete:
			complete[n.Name] = true
			s := structure{name: n.Name}
			for _, m := range n.Inner {
				if m.Kind == "FieldDecl" {
					s.fields = append(s.fields, field{name: m.Name, is: strings.ReplaceAll(m.Type.QualType, " [", "[")})
				}
			}
			h.structs = append(h.structs, s)
		case n.Kind == "TypedefDecl" && strings.Contains(n.Type.QualType, "(*)("):
			result, params, _ := strings.Cut(strings.TrimSuffix(n.Type.QualType, ")"), "(*)(")
			f := function{name: n.Name, result: strings.TrimSpace(result)}
			for _, is := range strings.Split(params, ", ") {
				f.params = append(f.params, param{is: is})
			}
			h.callbacks = append(h.callbacks, f)
		case n.Kind == "TypedefDecl" && n.Type.QualType == "struct "+n.Name:
			h.handles = append(h.handles, n.Name)
		case n.Kind == "TypedefDecl":
			h.aliases = append(h.aliases, alias{n.Name, n.Type.QualType})
		}
	}
	for _, name := range h.handles {
		if complete[name] {
			return nil, fmt.Errorf("%s: %s is a struct that hosts see: give it no typedef", path, name)
		}
	}
	if err := h.readConstants(path, strings.ToUpper(prefix)); err != nil {
		return nil, err
	}
	return h, h.readLayouts(path)
}

var comment = regexp.MustCompile(`(?s)/\*.*?(\*/|$)`)

// readConstants finds the macros that stand for numbers, with the comments behind them.
func (h *header) readConstants(path, prefix string) error {
	text, err := clang(targets[0].triple, nil, "-E", "-dD", "-CC", path)
	if err != nil {
		return err
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		definition, found := strings.CutPrefix(line, "#define ")
		name, body, _ := strings.Cut(strings.TrimSpace(definition), " ")
		if !found || !strings.HasPrefix(name, prefix) || strings.Contains(name, "(") {
			continue
		}
		// Others are guards, texts and attributes.
		if value := strings.TrimSpace(comment.ReplaceAllString(body, "")); !regexp.MustCompile(`^[0-9(-]|^LAKE_`).MatchString(value) {
			continue
		}
		names = append(names, name)
		remark := strings.TrimSpace(strings.Trim(comment.FindString(body), "/*"))
		h.constants = append(h.constants, constant{name: name, comment: remark})
	}
	values, err := evaluate(targets[0].triple, path, names)
	if err != nil {
		return err
	}
	for i := range h.constants {
		h.constants[i].value = values[i]
	}
	return nil
}

// readLayouts asks for the sizes of structs and where their members are.
func (h *header) readLayouts(path string) error {
	var questions []string
	for _, s := range h.structs {
		questions = append(questions, "sizeof(struct "+s.name+")")
		for _, f := range s.fields {
			questions = append(questions, "__builtin_offsetof(struct "+s.name+", "+f.name+")")
		}
	}
	for _, target := range targets {
		answers, err := evaluate(target.triple, path, questions)
		if err != nil {
			return err
		}
		for i := range h.structs {
			s := &h.structs[i]
			s.sizes, answers = append(s.sizes, answers[0]), answers[1:]
			for j := range s.fields {
				s.fields[j].offsets, answers = append(s.fields[j].offsets, answers[0]), answers[1:]
			}
		}
	}
	return nil
}

// evaluate has the compiler compute constant expressions over a header.
func evaluate(triple, path string, expressions []string) ([]int64, error) {
	if len(expressions) == 0 {
		return nil, nil
	}
	var source bytes.Buffer
	fmt.Fprintf(&source, "#include %q\nenum answers {\n", path)
	for i, expression := range expressions {
		fmt.Fprintf(&source, "answer_%d = %s,\n", i, expression)
	}
	source.WriteString("};\n")
	unit, err := dump(triple, source.Bytes())
	if err != nil {
		return nil, err
	}
	var values []int64
	for _, n := range unit.Inner {
		if n.Kind != "EnumDecl" || n.Name != "answers" {
			continue
		}
		for _, answer := range n.Inner {
			value, err := strconv.ParseInt(answer.value(), 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s has no value: %w", expressions[len(values)], err)
			}
			values = append(values, value)
		}
	}
	if len(values) != len(expressions) {
		return nil, fmt.Errorf("clang gave %d values for %d", len(values), len(expressions))
	}
	return values, nil
}

// node is of clang's syntax tree, as far as it matters.
type node struct {
	Kind, Name string
	Type       struct{ QualType string }
	Complete   bool `json:"completeDefinition"`
	Value      any
	Range      struct{ Begin, End struct{ Offset, TokLen int } }
	Inner      []node
}

// source is the text that a node was read from.
func (n *node) source(text []byte) string {
	return strings.Join(strings.Fields(string(text[n.Range.Begin.Offset:n.Range.End.Offset+n.Range.End.TokLen])), " ")
}

// value is that of the constant expression in a node, which may be below a cast.
func (n *node) value() string {
	if value, isText := n.Value.(string); isText && n.Kind == "ConstantExpr" {
		return value
	}
	for i := range n.Inner {
		if value := n.Inner[i].value(); value != "" {
			return value
		}
	}
	return ""
}

func dump(triple string, source []byte) (*node, error) {
	tree, err := clang(triple, source, "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json", "-")
	if err != nil {
		return nil, err
	}
	var unit node
	return &unit, json.Unmarshal(tree, &unit)
}

// clang runs the compiler without the C library, which need not be there for a target.
func clang(triple string, input []byte, arguments ...string) ([]byte, error) {
	command := exec.Command("clang", append([]string{"-x", "c", "-std=c11", "-ffreestanding", "-Iinclude", "-I.", "-DLAKE_NO_MARKS=", "--target=" + triple}, arguments...)...)
	command.Stdin = bytes.NewReader(input)
	output, err := command.Output()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("clang is needed to read the header and is not there: run 'make deps'")
	case errors.As(err, &failed):
		return nil, fmt.Errorf("clang: %w\n%s", err, failed.Stderr)
	}
	return output, err
}
