// The command codesize says how much machine code EDHOC is in a Go program, beside TLS and
// DTLS (requirement R28), as the table in docs/performance.md:
//
//	go run ./codesize                                        prints the table
//	go run ./codesize ../../../docs/performance.md           is the one there still true?
//	go run ./codesize -w ../../../docs/performance.md        writes it there
//
// Each program does one handshake with itself. A row has the whole stripped program less one
// that does nothing, and the functions of the protocol's own packages in it.
package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const begin, end = "<!-- codesize -->\n", "<!-- end of codesize -->"

var programs = []struct{ name, about, own string }{
	{"edhoc", "EDHOC, `ake`: all methods and suites, raw public keys, X.509, C509, resumption", `github.com/liblake/lake/ake(/internal/|\.)`},
	{"tls", "TLS 1.3, `crypto/tls`: with older versions, X.509", `crypto/tls[./]`},
	{"dtls", "DTLS 1.2, `pion/dtls`: X.509, PSK", `github.com/pion/`},
}

func main() {
	write := flag.Bool("w", false, "writes the table into the page")
	flag.Parse()
	if err := run(flag.Arg(0), *write); err != nil {
		fmt.Fprintln(os.Stderr, "codesize:", err)
		os.Exit(1)
	}
}

func run(page string, write bool) error {
	folder, err := os.MkdirTemp("", "codesize")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	table, err := measured(folder)
	if err != nil {
		return err
	}
	if page == "" {
		fmt.Print(table)
		return nil
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begin)
	old, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table, between %q and %q", page, begin, end)
	}
	if write {
		return os.WriteFile(page, []byte(before+begin+table+end+after), 0o644)
	}
	if !near(old, table) {
		return errors.New("the table in " + page + " is another; with -w this command writes it:\n" + table)
	}
	return nil
}

var number = regexp.MustCompile(`\b\d{3,}\b`)

// near: the same words, and sizes that a tenth more or less has not changed: another
// release of the compiler does not make the page untrue.
func near(a, b string) bool {
	if number.ReplaceAllString(a, "") != number.ReplaceAllString(b, "") {
		return false
	}
	as, bs := number.FindAllString(a, -1), number.FindAllString(b, -1)
	for i := range as {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if 10*max(x-y, y-x) > y {
			return false
		}
	}
	return true
}

func measured(folder string) (string, error) {
	nothing, _, err := size(folder, "nothing", "^$")
	if err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString("| protocol | whole program, KB | of it functions of the protocol, KB |\n|---|---|---|\n")
	for _, p := range programs {
		whole, own, err := size(folder, p.name, p.own)
		if err != nil {
			return "", err
		}
		if own == 0 {
			return "", fmt.Errorf("no function of %s is called %s", p.name, p.own)
		}
		fmt.Fprintf(&table, "| %s | %d | %d |\n", p.about, (whole-nothing+5000)/10000*10, (own+5000)/10000*10)
	}
	return table.String(), nil
}

// size gives the bytes of the stripped program, and of the functions in it whose names
// begin as the pattern says.
func size(folder, name, own string) (whole, functions int64, err error) {
	file := filepath.Join(folder, name)
	for _, flags := range []string{"-s -w", ""} {
		build := exec.Command("go", "build", "-trimpath", "-ldflags", flags, "-o", file, "./codesize/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
		if text, err := build.CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(text))
		}
		if flags != "" {
			info, err := os.Stat(file)
			if err != nil {
				return 0, 0, err
			}
			whole = info.Size()
		}
	}
	program, err := elf.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer program.Close()
	symbols, err := program.Symbols()
	if err != nil {
		return 0, 0, err
	}
	begins := regexp.MustCompile("^(type:.eq.)?" + own)
	for _, symbol := range symbols {
		if elf.ST_TYPE(symbol.Info) == elf.STT_FUNC && begins.MatchString(symbol.Name) {
			functions += int64(symbol.Size)
		}
	}
	return whole, functions, nil
}
