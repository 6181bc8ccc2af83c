package ake_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/architecture.md says where a section of the specifications is done. This file
// holds that against the tree.

var inBackquotes = regexp.MustCompile("`([^`]+)`")

// tableRows returns the cells of the tables of a page.
func tableRows(page string) (rows [][]string) {
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for n := range cells {
			cells[n] = strings.TrimSpace(cells[n])
		}
		rows = append(rows, cells)
	}
	return rows
}

// checkSections returns what is wrong with the tables of a page, and the files that
// they name.
func checkSections(page string, isFile, isFolder func(string) bool) (problems []string, named map[string]bool) {
	named = map[string]bool{}
	seen := map[string]bool{}
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, cells := range tableRows(page) {
		if slices.Contains(cells, "") {
			complain("an empty cell beside %q", cells)
		}
		var places string
		exists := isFile
		switch {
		case cells[0] == "document", cells[0] == "folder", cells[0] == "file":
			continue
		case len(cells) == 4:
			section := cells[0] + " section " + cells[1]
			if seen[section] {
				complain("%s occurs twice", section)
			}
			seen[section] = true
			places = cells[2]
		case len(cells) == 2 && strings.Contains(cells[0], ".go`"):
			places = cells[0]
		case len(cells) == 2:
			places, exists = cells[0], isFolder
		default:
			complain("%d cells in %q", len(cells), cells)
		}
		found := inBackquotes.FindAllStringSubmatch(places, -1)
		if len(found) == 0 {
			complain("no place in %q", cells)
		}
		for _, place := range found {
			named[place[1]] = true
			if !exists(place[1]) {
				complain("there is no %s", place[1])
			}
		}
	}
	return problems, named
}

func inTree(folder bool) func(string) bool {
	return func(path string) bool {
		info, err := os.Stat(filepath.Join("..", filepath.FromSlash(path)))
		return err == nil && filepath.IsLocal(path) && info.IsDir() == folder
	}
}

// TestSections: each file that docs/architecture.md names is there, each file of
// the engine is named, and each section once.
func TestSections(t *testing.T) {
	page := string(value[[]byte](t)(os.ReadFile("../docs/architecture.md")))
	problems, named := checkSections(page, inTree(false), inTree(true))
	for _, problem := range problems {
		t.Error(problem)
	}
	for _, file := range value[[]string](t)(filepath.Glob("*.go")) {
		if !strings.HasSuffix(file, "_test.go") && !named["ake/"+file] {
			t.Errorf("docs/architecture.md does not say what ake/%s is for", file)
		}
	}
	for _, document := range []string{"RFC 9528", "RFC 9668", "RFC 8937", "EDHOC-PSK"} {
		if !strings.Contains(page, "| "+document+" | ") {
			t.Errorf("there is no section of %s", document)
		}
	}
}

// TestSectionsRefused: the check finds what is wrong.
func TestSectionsRefused(t *testing.T) {
	good := "| document | section | file | what |\n|---|---|---|---|\n| RFC 9528 | 3.2 | `ake/methods.go` | methods |\n"
	for page, want := range map[string]string{
		good: "",
		good + "| RFC 9528 | 3.2 | `ake/methods.go` | again |\n":    "occurs twice",
		good + "| RFC 9528 | 3.3 | `ake/nothing.go` | methods |\n":  "there is no ake/nothing.go",
		good + "| RFC 9528 | 3.3 | `ake/internal` | a folder |\n":   "there is no ake/internal",
		good + "| RFC 9528 | 3.3 | somewhere | methods |\n":         "no place",
		good + "| RFC 9528 | 3.3 | `ake/methods.go` | |\n":          "an empty cell",
		good + "| RFC 9528 | `ake/methods.go` | methods |\n":        "3 cells",
		good + "| `ake/nowhere` | a folder |\n":                     "there is no ake/nowhere",
		good + "| `../../etc` | a folder |\n":                       "there is no ../../etc",
		good + "| `ake/nothing.go` | of no section |\n":             "there is no ake/nothing.go",
		good + "| RFC 9528 | 3.20 | `ake/methods.go` | another |\n": "",
	} {
		problems, _ := checkSections(page, inTree(false), inTree(true))
		if got := strings.Join(problems, "; "); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}

// A method is a value. These files are about what methods are.
var aboutMethods = []string{"methods.go", "publickey.go", "psk.go"}

// otherMethodUses are the places that name a certain method all the same, and why.
var otherMethodUses = map[string]string{
	"negotiation.go: resumingMethod": "a resumption takes the method that psk.go says, whatever the Config has",
}

// methodUses returns where a file names a certain method, its implementation, or
// compares a method with a constant.
func methodUses(file *ast.File) (uses []string) {
	text := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.Ident:
			return e.Name
		case *ast.SelectorExpr:
			return e.Sel.Name
		case *ast.CallExpr:
			switch f := e.Fun.(type) {
			case *ast.SelectorExpr:
				return f.Sel.Name
			case *ast.Ident:
				return f.Name
			}
		}
		return ""
	}
	isMethod := func(e ast.Expr) bool { return strings.HasSuffix(strings.ToLower(text(e)), "method") }
	isNumber := func(e ast.Expr) bool {
		literal, ok := e.(*ast.BasicLit)
		return ok && literal.Kind == token.INT
	}
	receivers := map[*ast.Ident]bool{} // of a method declared elsewhere than its type
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			if n.Recv != nil {
				if star, ok := n.Recv.List[0].Type.(*ast.StarExpr); ok {
					if name, ok := star.X.(*ast.Ident); ok {
						receivers[name] = true
					}
				}
			}
		case *ast.Ident:
			switch n.Name {
			case "MethodPSK", "resumingMethod", "publicKeys", "preSharedKeys":
				if !receivers[n] {
					uses = append(uses, n.Name)
				}
			}
		case *ast.BinaryExpr:
			if isMethod(n.X) && isNumber(n.Y) || isNumber(n.X) && isMethod(n.Y) {
				uses = append(uses, text(n.X)+" "+n.Op.String()+" "+text(n.Y))
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && isMethod(n.Tag) {
				uses = append(uses, "switch "+text(n.Tag))
			}
		case *ast.CallExpr:
			if len(n.Args) == 1 && text(n.Fun) == "Method" && isNumber(n.Args[0]) {
				uses = append(uses, "Method(number)")
			}
			if text(n.Fun) == "authenticationOf" && len(n.Args) == 1 && isNumber(n.Args[0]) {
				uses = append(uses, "authenticationOf(number)")
			}
		}
		return true
	})
	return uses
}

// TestMethodsAreValues: nowhere but where methods are described does the engine ask
// which one it is.
func TestMethodsAreValues(t *testing.T) {
	fileSet := token.NewFileSet()
	found := map[string]bool{}
	for _, name := range value[[]string](t)(filepath.Glob("*.go")) {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(aboutMethods, name) {
			continue
		}
		for _, use := range methodUses(value[*ast.File](t)(parser.ParseFile(fileSet, name, nil, parser.SkipObjectResolution))) {
			found[name+": "+use] = true
			if otherMethodUses[name+": "+use] == "" {
				t.Errorf("%s: %s: let authentication answer that, or give the reason here", name, use)
			}
		}
	}
	for use := range otherMethodUses {
		if !found[use] {
			t.Errorf("%s is not there any more", use)
		}
	}
	for source, want := range map[string]int{
		"func f(m Method) bool { return m == MethodPSK }":              1,
		"func f(p *wait2) bool { return p.auth.method().Method == 4 }": 1,
		"func f(s *Session) bool { return 0 != s.method }":             1,
		"func f(s *Session) bool { return s.method() > 3 }":            1,
		"func f(m Method) { switch theMethod { case 1: } }":            1,
		"func f(a authentication) { _, _ = a.(*preSharedKeys) }":       1,
		"var x = Method(4)":           1,
		"var x = authenticationOf(0)": 1,
		"func f(p *wait2) bool { return p.auth.proves2() && len(p.cI) == 4 }": 0,
		"func f(a, b Method) bool { return a == b }":                          0,
	} {
		file := value[*ast.File](t)(parser.ParseFile(fileSet, "example.go", "package ake\n"+source, parser.SkipObjectResolution))
		if got := methodUses(file); len(got) != want {
			t.Errorf("%s: %q, want %d", source, got, want)
		}
	}
}
