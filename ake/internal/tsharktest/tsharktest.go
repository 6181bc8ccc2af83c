// Package tsharktest has captures and key logs read by tshark, for tests: Wireshark is
// another implementation, which knows only what testers give it.
package tsharktest

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Capture is a file of datagrams as libpcap writes it, one after the other.
type Capture struct {
	packets bytes.Buffer
	count   int
}

const (
	pcapMagic    = 0xa1b2c3d4
	linktypeRaw  = 101 // packets begin with the IP header
	maxPacket    = 1 << 16
	ipHeader     = 20
	udpHeader    = 8
	protocolUDP  = 17
	apart        = 1000 // microseconds from one to the next
	startSeconds = 1_800_000_000
)

// Add appends a datagram between two addresses of IPv4, and returns its number, which
// begins with 1.
func (c *Capture) Add(from, to netip.AddrPort, payload []byte) int {
	packet := make([]byte, ipHeader+udpHeader, ipHeader+udpHeader+len(payload))
	packet[0], packet[8], packet[9] = 0x45, 64, protocolUDP
	binary.BigEndian.PutUint16(packet[2:], uint16(cap(packet)))
	copy(packet[12:], from.Addr().AsSlice())
	copy(packet[16:], to.Addr().AsSlice())
	udp := packet[ipHeader:]
	binary.BigEndian.PutUint16(udp, from.Port())
	binary.BigEndian.PutUint16(udp[2:], to.Port())
	binary.BigEndian.PutUint16(udp[4:], uint16(udpHeader+len(payload)))
	packet = append(packet, payload...)
	at := c.count * apart
	for _, n := range []int{startSeconds + at/1_000_000, at % 1_000_000, len(packet), len(packet)} {
		binary.Write(&c.packets, binary.BigEndian, uint32(n))
	}
	c.packets.Write(packet)
	c.count++
	return c.count
}

// file is the whole file.
func (c *Capture) file() []byte {
	var header bytes.Buffer
	for _, n := range []any{uint32(pcapMagic), uint16(2), uint16(4), uint32(0), uint32(0), uint32(maxPacket), uint32(linktypeRaw)} {
		binary.Write(&header, binary.BigEndian, n)
	}
	return append(header.Bytes(), c.packets.Bytes()...)
}

// Message is a CoAP message with what EDHOC needs.
type Message struct {
	Response bool
	ID       byte // its message ID and token
	Format   int  // Content-Format
	Payload  []byte
}

// Encode is the message on the wire: POST /.well-known/edhoc, or 2.04.
func (m Message) Encode() []byte {
	const token, ack, post, changed, uriPath, contentFormat = 1, 0x20, 0x02, 0x44, 11, 12
	out := []byte{0x40 | token, post, 0, m.ID, m.ID}
	number := contentFormat
	if m.Response {
		out[0], out[1] = out[0]|ack, changed
	} else {
		out = append(append(out, uriPath<<4|11), ".well-known"...)
		out = append(append(out, 0<<4|5), "edhoc"...)
		number -= uriPath
	}
	if m.Payload == nil {
		return out
	}
	return append(append(out, byte(number<<4|1), byte(m.Format), 0xff), m.Payload...)
}

// Frame is what tshark says of a datagram: the values of fields, by name.
type Frame map[string][]string

// Text is all values of a field, with | between.
func (f Frame) Text(field string) string { return strings.Join(f[field], "|") }

// nothing is what tshark has for a string of no bytes.
var nothing = strings.NewReplacer("<none>", "", "<MISSING>", "")

// Read has a capture read by tshark, with the key log in its place among the preferences
// of Wireshark, as docs/testers.md says. LAKE_TSHARK is the program.
func Read(t testing.TB, c *Capture, keyLog string, fields ...string) []Frame {
	t.Helper()
	program := os.Getenv("LAKE_TSHARK")
	if program == "" {
		t.Fatal("LAKE_TSHARK has to name the tshark to ask; make test and make test-tools do that")
	}
	home := t.TempDir()
	folder := filepath.Join(home, ".config", "wireshark")
	capture := filepath.Join(home, "capture.pcap")
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(capture, c.file(), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "edhoc_secrets"), []byte(keyLog), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "oscore_contexts"), []byte(contexts(keyLog)), 0o600))
	arguments := []string{"-r", capture, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"}
	for _, field := range fields {
		arguments = append(arguments, "-e", field)
	}
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"))
	var said bytes.Buffer
	command.Stderr = &said
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, &said)
	}
	var frames []Frame
	for line := range strings.Lines(string(output)) {
		frame := Frame{}
		for i, values := range strings.Split(strings.TrimSuffix(nothing.Replace(line), "\n"), "\t") {
			if values != "" {
				frame[fields[i]] = strings.Split(values, "|")
			}
		}
		frames = append(frames, frame)
	}
	if len(frames) != c.count {
		t.Fatalf("tshark tells of %d frames, the capture has %d\n%s", len(frames), c.count, &said)
	}
	return frames
}

// contexts are the lines of oscore_contexts in a key log.
func contexts(keyLog string) string {
	var lines strings.Builder
	for line := range strings.Lines(keyLog) {
		if comment, ok := strings.CutPrefix(line, "# oscore_contexts, "); ok {
			_, columns, _ := strings.Cut(comment, ": ")
			lines.WriteString(columns)
		}
	}
	return lines.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
