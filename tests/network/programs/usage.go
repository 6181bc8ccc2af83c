package programs

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is USER_HZ, which is 100 on every Linux.
const clockTick = 10 * time.Millisecond

// Memory returns the resident memory of the server in bytes, and the most that it
// ever was (VmRSS and VmHWM of proc(5)).
func (s *Server) Memory() (now, most int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
		switch {
		case err != nil:
			return 0, 0, err
		case fields[0] == "VmRSS:":
			now = kilobytes << 10
		case fields[0] == "VmHWM:":
			most = kilobytes << 10
		}
	}
	if now == 0 || most == 0 {
		return 0, 0, fmt.Errorf("no memory in the status of process %d", s.command.Process.Pid)
	}
	return now, most, nil
}

// CPU returns the processor time that the server has taken (utime and stime of
// proc(5)).
func (s *Server) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, ok := strings.Cut(string(text), ") ") // the name may have spaces
	fields := strings.Fields(after)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("cannot read the stat of process %d", s.command.Process.Pid)
	}
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}
