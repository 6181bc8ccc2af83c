package ake_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/compliance.md has a row for every requirement of the specifications. What
// it names has to be there: this file reads the page and holds it against the
// tree and the header.

const root = ".."

// row is a requirement in the page.
type row struct {
	id, words, section, demand, where, shown string
}

// document is the table of one specification, with the counts that stand above it.
type document struct {
	name           string
	keywords, said int // keywords and rows, as the page says
	rows           []row
}

// notForUs begins the place of a row that asks nothing of an implementation; the
// last cell then has the reason.
const notForUs = "not for an implementation"

var (
	countLine = regexp.MustCompile(`^(\d+) keywords in (\d+) rows\.$`)
	quotation = regexp.MustCompile(`host: "([^"]*)"`)
	codeSpan  = regexp.MustCompile("`([^`]*)`")
	keyword   = regexp.MustCompile(`^(MUST|MUST NOT|SHALL|SHALL NOT|REQUIRED)$`)
	rowID     = regexp.MustCompile(`^[0-9]+-[0-9A-Z.]+-[a-z]$|^psk-[0-9.]+-[a-z]$`)
)

// parsePage reads the tables of the page: below each heading "## ..." that a
// count line follows.
func parsePage(page string) (documents []*document, problems []string) {
	var current *document
	heading := ""
	for n, line := range strings.Split(page, "\n") {
		complain := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("line %d: ", n+1)+fmt.Sprintf(format, args...))
		}
		switch {
		case strings.HasPrefix(line, "## "):
			heading, current = line[3:], nil
		case countLine.MatchString(line):
			count := countLine.FindStringSubmatch(line)
			current = &document{name: heading}
			fmt.Sscan(count[1], &current.keywords)
			fmt.Sscan(count[2], &current.said)
			documents = append(documents, current)
		case strings.HasPrefix(line, "| id ") || strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "|"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			switch {
			case current == nil:
				complain("a row without a count line above it")
			case len(cells) != 6 || slices.Contains(cells, ""):
				complain("a row has to have six cells that are not empty")
			default:
				current.rows = append(current.rows, row{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]})
			}
		}
	}
	return documents, problems
}

// tree is what a page is held against.
type tree struct {
	exists  func(path string) bool
	content func(path string) string
	tests   map[string][]string // name of a Go test -> folders
	header  string              // words of lake.h
}

// checkPage returns what is wrong with a page.
func (tr *tree) checkPage(page string) []string {
	documents, problems := parsePage(page)
	seen := map[string]bool{}
	for _, d := range documents {
		keywords := 0
		for _, r := range d.rows {
			complain := func(format string, args ...any) {
				problems = append(problems, r.id+": "+fmt.Sprintf(format, args...))
			}
			if seen[r.id] {
				complain("the id occurs twice")
			}
			seen[r.id] = true
			if !rowID.MatchString(r.id) || !strings.Contains(r.id, "-"+r.section+"-") {
				complain("the id does not begin with document and section %s", r.section)
			}
			for _, word := range strings.Split(r.words, ", ") {
				if keywords++; !keyword.MatchString(word) {
					complain("%q is no keyword", word)
				}
			}
			for _, problem := range tr.checkRow(r) {
				complain("%s", problem)
			}
		}
		if keywords != d.keywords || len(d.rows) != d.said {
			problems = append(problems, fmt.Sprintf("%s: %d keywords in %d rows, the page says %d in %d",
				d.name, keywords, len(d.rows), d.keywords, d.said))
		}
	}
	return problems
}

func (tr *tree) checkRow(r row) (problems []string) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if r.where == notForUs {
		if len(r.shown) < 20 {
			complain("it has to say why it is not for an implementation")
		}
		return problems
	}
	places := codeSpan.FindAllStringSubmatch(r.where, -1)
	if len(places) == 0 {
		complain("no place")
	}
	for _, place := range places {
		if !tr.exists(place[1]) {
			complain("there is no file %s", place[1])
		}
	}
	quotes := quotation.FindAllStringSubmatch(r.shown, -1)
	for _, quote := range quotes {
		if words := strings.Join(strings.Fields(quote[1]), " "); len(words) < 20 || !strings.Contains(tr.header, words) {
			complain("include/lake.h does not say %q", quote[1])
		}
	}
	tests := codeSpan.FindAllStringSubmatch(quotation.ReplaceAllString(r.shown, ""), -1)
	for _, test := range tests {
		if problem := tr.checkTest(test[1]); problem != "" {
			complain("%s", problem)
		}
	}
	if len(quotes)+len(tests) == 0 {
		complain("neither a test nor a sentence of the header")
	}
	return problems
}

// checkTest looks for a test: TestName is a Go test somewhere in the tree,
// folder:TestName one of that folder, and file:function one in another language.
func (tr *tree) checkTest(test string) string {
	place, name, ok := strings.Cut(test, ":")
	switch {
	case !ok && !goTest.MatchString("func "+test+"("):
		return test + " is not the name of a test"
	case !ok && len(tr.tests[test]) == 0:
		return "there is no test " + test
	case !ok && len(tr.tests[test]) > 1:
		return fmt.Sprintf("the test %s is in %v: say which", test, tr.tests[test])
	case !ok:
		return ""
	case strings.HasPrefix(name, "Test"):
		if !slices.Contains(tr.tests[name], place) {
			return "there is no test " + name + " in " + place
		}
		return ""
	}
	definition := map[string]string{".c": `(?m)^static void %s\(`, ".py": `(?m)^(async )?def %s\(`, ".rs": `(?m)^(async )?fn %s\(`}[filepath.Ext(place)]
	if definition == "" || !tr.exists(place) || name == "" {
		return test + " is not a test of C, Python or Rust"
	}
	if !regexp.MustCompile(fmt.Sprintf(definition, regexp.QuoteMeta(name))).MatchString(tr.content(place)) {
		return "there is no test " + name + " in " + place
	}
	return ""
}

var goTest = regexp.MustCompile(`(?m)^func (Test[A-Z0-9]\w*)\(`)

// commentMark is what stands before the words of a comment in C.
var commentMark = regexp.MustCompile(`(?m)^\s*(/\*\*?|\*/|\*) ?|\*/\s*$|/\*`)

func readTree(t *testing.T) *tree {
	t.Helper()
	read := func(path string) string {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	tr := &tree{content: read, tests: map[string][]string{}}
	tr.exists = func(path string) bool {
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(path)))
		return err == nil && filepath.IsLocal(path) && info.Mode().IsRegular()
	}
	tr.header = strings.Join(strings.Fields(commentMark.ReplaceAllString(read("include/lake.h")+read("include/lake_coap.h"), " ")), " ")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "build" || entry.Name() == "target") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		for _, match := range goTest.FindAllStringSubmatch(string(data), -1) {
			tr.tests[match[1]] = append(tr.tests[match[1]], filepath.ToSlash(folder))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestCompliance: every row of docs/compliance.md names what there is, and no
// requirement is lost.
func TestCompliance(t *testing.T) {
	tr := readTree(t)
	page := tr.content("docs/compliance.md")
	for _, problem := range tr.checkPage(page) {
		t.Error(problem)
	}
	// How often the specifications say it, counted in their texts.
	want := map[string]int{"RFC 9528": 102, "RFC 9668": 36, "RFC 8937": 5, "EDHOC-PSK": 19}
	documents, _ := parsePage(page)
	if len(documents) != len(want) {
		t.Errorf("%d documents, want %d", len(documents), len(want))
	}
	for _, d := range documents {
		name, _, _ := strings.Cut(d.name, ":")
		if d.keywords != want[name] {
			t.Errorf("%s: %d keywords, the specification has %d", name, d.keywords, want[name])
		}
	}
}

const goodRow = "| 9528-5.1-a | MUST, MUST NOT | 5.1 | does a thing | `ake/state.go` | `TestCompliance` |"

// page is a page with some rows.
func page(count string, rows ...string) string {
	return "# Page\n\n## RFC 9528: EDHOC\n\n" + count + "\n\n| id | words | section | demand | where | shown by |\n|---|---|---|---|---|---|\n" +
		strings.Join(rows, "\n") + "\n"
}

// TestCompliancePagesThatAreGood: the forms that a row can have.
func TestCompliancePagesThatAreGood(t *testing.T) {
	tr := readTree(t)
	for _, good := range []string{
		goodRow,
		"| 9528-A.2.3-b | MUST, SHALL | A.2.3 | x | `ake/coap/input.go`, `ake/state.go` | `ake:TestVectors`, `TestCompliance` |",
		"| psk-9.10-a | SHALL, SHALL NOT | 9.10 | x | `include/lake.h` | host: \"Handles are opaque. Their value is a number, never an address: a stale, freed or foreign handle gives\" |",
		"| 9528-6-a | MUST, MUST | 6 | x | `ake/state.go` | `tests/abi/errors.c:codec` |",
		"| 9528-6-a | MUST, MUST | 6 | x | `ake/state.go` | `bindings/python/tests/test_parity.py:" + pythonTest(t, tr) + "` |",
		"| 9528-10.5-a | MUST, MUST | 10.5 | x | not for an implementation | it is about what the registry contains |",
	} {
		for _, problem := range tr.checkPage(page("2 keywords in 1 rows.", good)) {
			t.Errorf("%s: %s", good, problem)
		}
	}
}

func pythonTest(t *testing.T, tr *tree) string {
	t.Helper()
	match := regexp.MustCompile(`(?m)^def (test_\w+)\(`).FindStringSubmatch(tr.content("bindings/python/tests/test_parity.py"))
	if match == nil {
		t.Fatal("test_parity.py has no test")
	}
	return match[1]
}

// TestCompliancePagesThatAreNone: a page that is wrong in one thing is noticed.
func TestCompliancePagesThatAreNone(t *testing.T) {
	tr := readTree(t)
	with := func(old, new string) string {
		t.Helper()
		if !strings.Contains(goodRow, old) {
			t.Fatalf("no %q in the row", old)
		}
		return strings.Replace(goodRow, old, new, 1)
	}
	const counts = "2 keywords in 1 rows."
	for name, test := range map[string]struct{ page, problem string }{
		"an unknown test":                 {page(counts, with("TestCompliance", "TestNothingOfThatName")), "there is no test TestNothingOfThatName"},
		"the beginning of a test's name":  {page(counts, with("TestCompliance", "TestComplianc")), "there is no test TestComplianc"},
		"a test of several packages":      {page(counts, with("TestCompliance", "TestVectors")), "say which"},
		"a test of another package":       {page(counts, with("TestCompliance", "ake/coap:TestVectors")), "no test TestVectors in ake/coap"},
		"a function that is no test":      {page(counts, with("TestCompliance", "readTree")), "readTree is not the name of a test"},
		"an unknown C test":               {page(counts, with("TestCompliance", "tests/abi/errors.c:nothing")), "there is no test nothing in"},
		"a C test without a name":         {page(counts, with("TestCompliance", "tests/abi/errors.c:")), "is not a test of C"},
		"a C test in an unknown file":     {page(counts, with("TestCompliance", "tests/abi/nothing.c:codec")), "is not a test of C"},
		"an unknown Python test":          {page(counts, with("TestCompliance", "bindings/python/tests/test_parity.py:test_nothing")), "there is no test test_nothing"},
		"a test in another kind of file":  {page(counts, with("TestCompliance", "Makefile:test")), "is not a test of C"},
		"an unknown file":                 {page(counts, with("state.go", "nothing.go")), "there is no file ake/nothing.go"},
		"a folder":                        {page(counts, with("ake/state.go", "ake")), "there is no file ake"},
		"a file outside of the tree":      {page(counts, with("ake/state.go", "../../../etc/passwd")), "there is no file .."},
		"no place":                        {page(counts, with("`ake/state.go`", "somewhere")), "no place"},
		"no test":                         {page(counts, with("`TestCompliance`", "by thought")), "neither a test nor"},
		"an empty cell":                   {page(counts, with("does a thing", " ")), "six cells"},
		"a missing cell":                  {page(counts, with("| does a thing ", "")), "six cells"},
		"a cell too many":                 {page(counts, with("does a thing", "does | a thing")), "six cells"},
		"a sentence that is not there":    {page(counts, with("`TestCompliance`", `host: "The host has to do everything by itself."`)), "does not say"},
		"a sentence of a word":            {page(counts, with("`TestCompliance`", `host: "Handles"`)), "does not say"},
		"a sentence, and an unknown test": {page(counts, with("`TestCompliance`", "host: \"Handles are opaque. Their value is a number\" `TestNothing`")), "there is no test TestNothing"},
		"not for us, without a reason":    {page(counts, with("`ake/state.go` | `TestCompliance`", "not for an implementation | no")), "has to say why"},
		"an id twice":                     {page("4 keywords in 2 rows.", goodRow, goodRow), "occurs twice"},
		"an id of another section":        {page(counts, with("| 5.1 |", "| 5.2 |")), "section 5.2"},
		"an id of another form":           {page(counts, with("9528-5.1-a", "9528-5.1")), "does not begin with"},
		"a keyword that is none":          {page(counts, with("MUST NOT", "SHOULD")), `"SHOULD" is no keyword`},
		"a keyword too few":               {page(counts, with("MUST, MUST NOT", "MUST")), "1 keywords in 1 rows, the page says 2"},
		"a row too few":                   {page("2 keywords in 2 rows.", goodRow), "in 1 rows, the page says 2 in 2"},
		"a row too many":                  {page(counts, goodRow, with("5.1-a", "5.1-b")), "4 keywords in 2 rows, the page says"},
		"no count line":                   {page("Some keywords in some rows.", goodRow), "without a count line"},
	} {
		problems := strings.Join(tr.checkPage(test.page), "\n")
		if !strings.Contains(problems, test.problem) {
			t.Errorf("%s: the problems are %q, want %q", name, problems, test.problem)
		}
	}
}
