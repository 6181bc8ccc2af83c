package ake_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	testInPage = regexp.MustCompile("`(Test[A-Z0-9]\\w*)(\\*?)`")
	cTest      = regexp.MustCompile("`abi_(\\w+)`")
	pathInPage = regexp.MustCompile("`((?:ake|bindings|capi|docs|examples|include|tests|tools)/[\\w./-]*\\w\\.\\w+)`")
)

// TestPagesNameWhatThereIs: the tests and files that pages for people name exist.
func TestPagesNameWhatThereIs(t *testing.T) {
	tr := readTree(t)
	for _, page := range []string{"CONTRIBUTING.md", "SECURITY.md", "docs/requirements.md", "docs/testers.md"} {
		text := tr.content(page)
		for _, match := range testInPage.FindAllStringSubmatch(text, -1) {
			found := len(tr.tests[match[1]]) > 0
			for name := range tr.tests {
				found = found || match[2] == "*" && strings.HasPrefix(name, match[1])
			}
			if !found {
				t.Errorf("%s: there is no %s", page, match[0])
			}
		}
		for _, match := range cTest.FindAllStringSubmatch(text, -1) {
			if c := match[1] + ".c"; !tr.exists("tests/abi/"+c) && !tr.exists("tests/abi/emitted/"+c) && !tr.exists("tests/abi/"+match[1]+".sh") {
				t.Errorf("%s: there is no %s", page, match[0])
			}
		}
		for _, match := range pathInPage.FindAllStringSubmatch(text, -1) {
			if !tr.exists(match[1]) {
				t.Errorf("%s: there is no %s", page, match[0])
			}
		}
	}
}
