// The command tunnel measures what a pair of lake-tunnels costs, in requests per second:
//
//	go run ./bench/tunnel build/lake-tunnel
//
// A CoAP client and server talk directly, through two socats one after the other, and
// through two tunnels, in blocks in turn. The ratios are those of each round, and their
// median is printed: another program on the machine slows all three down.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

var (
	rounds = flag.Int("rounds", 15, "of each block")
	block  = flag.Duration("block", time.Second, "how long one takes")
)

// payload is what an answer has, in bytes.
const payload = 64

func main() {
	flag.Parse()
	if flag.Arg(0) == serverMode {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, "tunnel:", err)
		}
		os.Exit(1)
	}
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: tunnel [options] build/lake-tunnel")
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "tunnel:", err)
		os.Exit(1)
	}
}

func run(tunnel string) error {
	work, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p := &programs{}
	defer p.end()
	server, err := p.server()
	if err != nil {
		return err
	}
	relayed, err := p.socats(server)
	if err != nil {
		return err
	}
	protected, err := p.tunnels(tunnel, work, server)
	if err != nil {
		return err
	}
	ways := []struct{ name, address string }{{"directly", server}, {"two socats", relayed}, {"two tunnels", protected}}
	for _, window := range []int{1, 16} {
		rates := make([][]float64, len(ways))
		for round := range *rounds + 1 {
			for i, way := range ways {
				lasting := *block
				if round == 0 { // for sockets and keys to be there
					lasting = max(lasting, 2*time.Second)
				}
				rate, err := ask(way.address, window, lasting)
				if err != nil {
					return fmt.Errorf("%s, round %d with %d at a time: %w", way.name, round, window, err)
				}
				if round > 0 {
					rates[i] = append(rates[i], rate)
				}
			}
		}
		fmt.Printf("%d at a time:\n", window)
		for i, way := range ways {
			fmt.Printf("  %-12s %7.0f a second", way.name, median(rates[i]))
			for j := range i {
				fmt.Printf(", %.2f of %s", median(ratios(rates[i], rates[j])), ways[j].name)
			}
			fmt.Println()
		}
	}
	return nil
}

func ratios(a, b []float64) (out []float64) {
	for i := range a {
		out = append(out, a[i]/b[i])
	}
	return out
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// --- The client and the server ---------------------------------------------------------

// serverMode makes this program the server, in a process of its own.
const serverMode = "serve"

// serve answers each request with 2.05 and some bytes, once it has said where.
func serve() error {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, socket.LocalAddr())
	buffer := make([]byte, 1500)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return err
		}
		token := int(buffer[0] & 0x0f)
		if n < 4+token {
			continue
		}
		answer := append([]byte{0x60 | byte(token), 0x45}, buffer[2:4+token]...) // piggybacked
		answer = append(append(answer, 0xff), make([]byte, payload)...)
		_, _ = socket.WriteToUDPAddrPort(answer, from)
	}
}

// nextID is the message ID and token of the next request.
var nextID uint16

// ask asks for the time of a block, with so many requests open at a time, and returns how
// many were answered per second.
func ask(address string, window int, lasting time.Duration) (float64, error) {
	to, err := net.ResolveUDPAddr("udp4", address)
	if err != nil {
		return 0, err
	}
	socket, err := net.DialUDP("udp4", nil, to)
	if err != nil {
		return 0, err
	}
	defer socket.Close()
	open := map[uint16]bool{}
	send := func() error {
		nextID++
		request := []byte{0x42, 1}
		request = binary.BigEndian.AppendUint16(request, nextID)
		request = binary.BigEndian.AppendUint16(request, nextID) // the token
		request = append(request, 0xb4, 't', 'e', 's', 't')
		open[nextID] = true
		_, err := socket.Write(request)
		return err
	}
	for range window {
		if err := send(); err != nil {
			return 0, err
		}
	}
	answered, buffer := 0, make([]byte, 1500)
	begin := time.Now()
	for time.Since(begin) < lasting {
		if err := socket.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			return 0, err
		}
		n, err := socket.Read(buffer)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded): // what is open is lost
			clear(open)
			for range window {
				if err := send(); err != nil {
					return 0, err
				}
			}
			continue
		case err != nil:
			return 0, err
		case n < 6 || !open[binary.BigEndian.Uint16(buffer[4:])]:
			continue
		}
		delete(open, binary.BigEndian.Uint16(buffer[4:]))
		if buffer[1] != 0x45 {
			return 0, fmt.Errorf("an answer has the code %d.%02d", buffer[1]>>5, buffer[1]&31)
		}
		answered++
		if err := send(); err != nil {
			return 0, err
		}
	}
	if answered == 0 {
		return 0, errors.New("nothing was answered")
	}
	return float64(answered) / time.Since(begin).Seconds(), nil
}

// --- The programs in between -------------------------------------------------------------

type programs struct{ started []*exec.Cmd }

func (p *programs) start(name string, arguments ...string) (io.Reader, error) {
	command := exec.Command(name, arguments...)
	out, err := command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	p.started = append(p.started, command)
	return out, nil
}

func (p *programs) end() {
	for _, command := range p.started {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
}

// server starts one, and returns where it is.
func (p *programs) server() (address string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := p.start(self, serverMode)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fscanln(out, &address)
	return address, err
}

// socats starts two, and returns where the first is.
func (p *programs) socats(server string) (address string, err error) {
	to := server
	for range 2 {
		free, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return "", err
		}
		at := free.LocalAddr().(*net.UDPAddr)
		free.Close()
		// Each client has a process of its own there, for a second of silence.
		out, err := p.start("socat", "-T1", fmt.Sprintf("UDP4-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork", at.Port), "UDP4:"+to)
		if err != nil {
			return "", fmt.Errorf("socat, a package of that name, is missing: %w", err)
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		to = at.String()
	}
	return to, nil
}

// tunnels starts two, and returns where the first is.
func (p *programs) tunnels(tunnel, work, server string) (address string, err error) {
	in := func(name string) string { return filepath.Join(work, name) }
	for _, name := range []string{"portal", "gadget"} {
		if out, err := exec.Command(tunnel, "key", in(name)).CombinedOutput(); err != nil {
			return "", fmt.Errorf("lake-tunnel key: %w: %s", err, out)
		}
	}
	network, _, err := p.ready(tunnel, "serve", "--listen", "127.0.0.1:0", "--to", server, "--own", in("portal.ccs")+","+in("portal.key"), "--peer", in("gadget.ccs"))
	if err != nil {
		return "", err
	}
	_, program, err := p.ready(tunnel, "connect", "--listen", "127.0.0.1:0", "--to", "coap://"+network, "--own", in("gadget.ccs")+","+in("gadget.key"), "--peer", in("portal.ccs"))
	return program, err
}

var readyLine = regexp.MustCompile(`msg=ready network=(\S+) program=(\S+)`)

// ready starts a tunnel, and returns its addresses when it has them.
func (p *programs) ready(name string, arguments ...string) (network, program string, err error) {
	out, err := p.start(name, arguments...)
	if err != nil {
		return "", "", err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if match := readyLine.FindStringSubmatch(lines.Text()); match != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return match[1], match[2], nil
		}
	}
	return "", "", fmt.Errorf("%s ended at once", name)
}
