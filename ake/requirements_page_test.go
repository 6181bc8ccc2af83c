package ake_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The page docs/requirements.md names tests, and this holds that there are such tests.

const numberOfRequirements = 30

var (
	requirementRow  = regexp.MustCompile(`^\| R(\d+) \| ([^|]+) \| ([^|]+) \|$`)
	quotedPlace     = regexp.MustCompile("`([^`]+)`")
	linkedPage      = regexp.MustCompile(`\]\(([^)]+)\)`)
	requirementTest = regexp.MustCompile(`^Test((?:R\d\d_)+)`)
)

// isCTest reports whether CMake knows a test by this name.
func (tr *tree) isCTest(name string) bool {
	program := strings.TrimPrefix(name, "abi_")
	return strings.HasPrefix(name, "abi_") && (tr.exists("tests/abi/"+program+".c") || tr.exists("tests/abi/emitted/"+program+".c")) ||
		strings.Contains(tr.content("tests/CMakeLists.txt"), "add_test(NAME "+name+" ") ||
		strings.Contains(tr.content("tests/CMakeLists.txt"), "add_test(NAME "+name+"\n")
}

// checkRequirements returns what is wrong with the page.
func (tr *tree) checkRequirements(page string) (problems []string) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	shown := map[int][]string{} // names of tests, which may be patterns
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		row := requirementRow.FindStringSubmatch(line)
		if row == nil {
			if strings.HasPrefix(line, "| R") {
				complain("a row of another form: %s", line)
			}
			continue
		}
		number, _ := strconv.Atoi(row[1])
		if shown[number] != nil {
			complain("R%d occurs twice", number)
		}
		shown[number] = []string{}
		for _, quoted := range quotedPlace.FindAllStringSubmatch(row[3], -1) {
			switch name := quoted[1]; {
			case strings.HasPrefix(name, "Test"):
				shown[number] = append(shown[number], name)
				if !tr.hasTest(name) {
					complain("R%d: there is no test %s", number, name)
				}
			case strings.Contains(name, "/"):
				if !tr.exists(name) && !tr.isFolder(name) {
					complain("R%d: there is no file %s", number, name)
				}
			case !tr.isCTest(name):
				complain("R%d: there is no CTest %s", number, name)
			}
		}
		for _, link := range linkedPage.FindAllStringSubmatch(row[3], -1) {
			if !tr.exists("docs/" + link[1]) {
				complain("R%d: there is no page %s", number, link[1])
			}
		}
	}
	for number := 1; number <= numberOfRequirements; number++ {
		if shown[number] == nil {
			complain("R%d is missing", number)
		}
	}
	// A test that says in its name which requirement it shows stands in that row, or in
	// the row above that this one refers to.
	for name := range tr.tests {
		said := requirementTest.FindStringSubmatch(name)
		if said == nil {
			continue
		}
		for _, r := range strings.Split(strings.Trim(said[1], "_"), "_") {
			number, _ := strconv.Atoi(r[1:])
			rows := shown[number]
			if number >= 6 && number <= 9 { // "the same"
				rows = append(slices.Clone(rows), shown[5]...)
			}
			if !slices.ContainsFunc(rows, func(pattern string) bool { return matches(pattern, name) }) {
				complain("R%d does not name %s", number, name)
			}
		}
	}
	slices.Sort(problems)
	return problems
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func (tr *tree) hasTest(pattern string) bool {
	for name := range tr.tests {
		if matches(pattern, name) {
			return true
		}
	}
	return false
}

// isFolder reports whether there are Go tests in a folder.
func (tr *tree) isFolder(name string) bool {
	for _, folders := range tr.tests {
		if slices.Contains(folders, strings.TrimSuffix(name, "/")) {
			return true
		}
	}
	return false
}

// TestRequirements: docs/requirements.md names what there is, and every test of a
// requirement.
func TestRequirements(t *testing.T) {
	tr := readTree(t)
	for _, problem := range tr.checkRequirements(tr.content("docs/requirements.md")) {
		t.Error(problem)
	}
}

// TestRequirementsPagesThatAreNone: a page that is wrong in one thing is noticed.
func TestRequirementsPagesThatAreNone(t *testing.T) {
	tr := readTree(t)
	good := tr.content("docs/requirements.md")
	for _, test := range []struct{ old, new, problem string }{
		{"`TestR01_OSCOREContext`", "`TestR01_Nothing`", "R1: there is no test TestR01_Nothing"},
		{"`TestR10_TheVariantIsAuthenticated`", "`TestStates`", "R10 does not name TestR10_TheVariantIsAuthenticated"},
		{"`TestR20_*`", "`TestR20x_*`", "R20: there is no test TestR20x_*"},
		{"`abi_memory`", "`abi_nothing`", "R13: there is no CTest abi_nothing"},
		{"`examples/c/test.sh`", "`examples/c/nothing.sh`", "R1: there is no file examples/c/nothing.sh"},
		{"(performance.md)", "(nothing.md)", "R28: there is no page nothing.md"},
		{"| R26 |", "| R25 |", "R26 is missing"},
		{"| R26 |", "| R25 |", "R25 occurs twice"},
		{"| R26 | fewest bytes |", "| R26 |", "a row of another form"},
	} {
		if !strings.Contains(good, test.old) {
			t.Fatalf("the page has no %s", test.old)
		}
		problems := strings.Join(tr.checkRequirements(strings.Replace(good, test.old, test.new, 1)), "\n")
		if !strings.Contains(problems, test.problem) {
			t.Errorf("%s: the problems are %q, want %q", test.new, problems, test.problem)
		}
	}
}
