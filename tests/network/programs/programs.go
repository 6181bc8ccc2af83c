// Package programs starts the CoAP programs that the network tests are about,
// and reads what they print.
//
// Both print "authenticated:" with whom when a run of EDHOC has given them keys, and
// "failed:" with the reason when one came to nothing.
package programs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The programs have to do within this what they do at once.
const patience = 20 * time.Second

var (
	authenticatedLine = regexp.MustCompile(`\bauthenticated: (.+)$`)
	failedLine        = regexp.MustCompile(`\bfailed: (.+)$`)
	listening         = regexp.MustCompile(`(?:^listening on |msg=ready network=)(127\.0\.0\.1:\d+)`)
)

// Authenticated returns who has authenticated that a line is about.
func Authenticated(line string) (who string, ok bool) { return submatch(authenticatedLine, line) }

// Failed returns why the run ended that a line is about.
func Failed(line string) (why string, ok bool) { return submatch(failedLine, line) }

func submatch(expression *regexp.Regexp, line string) (string, bool) {
	if found := expression.FindStringSubmatch(line); found != nil {
		return found[1], true
	}
	return "", false
}

// Stats returns the numbers that edhoc_server prints when it ends, by their names.
func Stats(lines []string) (map[string]int, error) {
	for _, line := range lines {
		numbers, ok := strings.CutPrefix(line, "stats: ")
		if !ok {
			continue
		}
		stats := map[string]int{}
		for item := range strings.SplitSeq(numbers, ", ") {
			name, number, _ := strings.Cut(item, " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, fmt.Errorf("the statistics %q: %w", line, err)
			}
			stats[name] = n
		}
		return stats, nil
	}
	return nil, errors.New("the server printed no statistics")
}

// Server is a running server.
type Server struct {
	Address netip.AddrPort
	command *exec.Cmd
	ended   chan struct{}
	err     error // once ended is closed

	mu    sync.Mutex
	lines []string
	wants func(line string) bool
}

// Start starts a server that prints where it listens. Of what it prints later it
// keeps the lines that wants is true for; nil: all.
func Start(ctx context.Context, wants func(line string) bool, name string, arguments ...string) (*Server, error) {
	s := &Server{command: exec.CommandContext(ctx, name, arguments...), ended: make(chan struct{}), wants: wants}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.command.Stdout, s.command.Stderr = in, in
	if err := s.command.Start(); err != nil {
		return nil, errors.Join(err, out.Close(), in.Close())
	}
	in.Close()
	where := make(chan netip.AddrPort, 1)
	go s.read(out, where)
	select {
	case s.Address = <-where:
		return s, nil
	case <-s.ended:
		return nil, fmt.Errorf("%s ended at once: %v\n%s", name, s.err, strings.Join(s.Lines(), "\n"))
	case <-time.After(patience):
		return nil, errors.Join(fmt.Errorf("%s does not say where it listens", name), s.command.Process.Kill())
	}
}

func (s *Server) read(out *os.File, where chan<- netip.AddrPort) {
	defer out.Close()
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		line := scanner.Text()
		if address, ok := submatch(listening, line); ok {
			where <- netip.MustParseAddrPort(address)
		}
		if s.wants == nil || s.wants(line) {
			s.mu.Lock()
			s.lines = append(s.lines, line)
			s.mu.Unlock()
		}
	}
	_, _ = io.Copy(io.Discard, out) // if a line was too long to scan
	s.err = s.command.Wait()
	close(s.ended)
}

// Lines returns what the server has printed so far.
func (s *Server) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// Alive reports whether the server still runs.
func (s *Server) Alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// Stop asks the server to end. It returns nil if the server ends with success.
func (s *Server) Stop(signal os.Signal) error {
	if !s.Alive() {
		return fmt.Errorf("the server had ended: %v", s.err)
	}
	if err := s.command.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-s.ended:
		return s.err
	case <-time.After(patience):
		return errors.Join(errors.New("the server does not end"), s.command.Process.Kill())
	}
}

// Outcome is what came of one client.
type Outcome struct {
	Peer   string // who has authenticated; empty: nobody
	Failed string // empty: no reason was given
	Status int    // with which it ended; 0 when the protected answer arrived
	Took   time.Duration
	Lines  []string
}

// RunClient runs a client to its end. It fails if that is not one that a client
// chooses, or if the client contradicts itself.
func RunClient(ctx context.Context, name string, arguments ...string) (Outcome, error) {
	begin := time.Now()
	text, err := exec.CommandContext(ctx, name, arguments...).CombinedOutput()
	o := Outcome{Took: time.Since(begin), Lines: strings.Split(strings.TrimSpace(string(text)), "\n")}
	for _, line := range o.Lines {
		if who, ok := Authenticated(line); ok {
			if o.Peer != "" {
				return o, o.wrong("authenticated twice")
			}
			o.Peer = who
		}
		if why, ok := Failed(line); ok && o.Failed == "" {
			o.Failed = why
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		o.Status = exit.ExitCode()
	} else if err != nil {
		return o, o.wrong(err.Error())
	}
	switch {
	case o.Status != 0 && o.Status != 1:
		return o, o.wrong(fmt.Sprintf("ended with %v", err))
	case o.Status == 0 && o.Peer == "":
		return o, o.wrong("success without authentication")
	case o.Status == 1 && o.Failed == "":
		return o, o.wrong("failed without a reason")
	}
	return o, nil
}

func (o *Outcome) wrong(what string) error {
	return fmt.Errorf("a client: %s\n    %s", what, strings.Join(o.Lines, "\n    "))
}
