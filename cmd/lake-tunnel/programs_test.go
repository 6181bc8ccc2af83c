package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/liblake/lake/tests/network/relay"
)

// TestLibcoap: unmodified coap-server and coap-client, with a tunnel at either end.
func TestLibcoap(t *testing.T) {
	for name, options := range map[string][]string{"in turn": nil, "combined": {"--combined"}} {
		t.Run(name, func(t *testing.T) {
			serve, connect := rawKeys(t)
			_, c := pair(t, coapServer(t), serve, with(connect, options...))
			libcoapPrograms(t, "coap://"+c.program, 100_000, 500)
		})
	}
}

// TestLibcoapLossy is the same over a network that drops, doubles and delays. It does not
// damage: UDP has a checksum, and without it a damaged message ID makes another request.
func TestLibcoapLossy(t *testing.T) {
	serve, connect := rawKeys(t)
	s := startTunnel(t, with(serve, "--listen", "127.0.0.1:0", "--to", coapServer(t))...)
	network := &relay.Relay{Server: netip.MustParseAddrPort(s.network), Seed: 1,
		Faults: relay.Faults{Drop: 0.03, Double: 0.1, Hold: 0.05, HoldFor: 100 * time.Millisecond}}
	line, err := network.NewLine(1)
	must(t, err)
	t.Cleanup(line.Close)
	c := startTunnel(t, with(connect, "--listen", "127.0.0.1:0", "--to", fmt.Sprintf("coap://127.0.0.1:%d", line.Port()))...)
	size, atOnce := 10_000, 50
	if long {
		size, atOnce = 100_000, 500
	}
	libcoapPrograms(t, "coap://"+c.program, size, atOnce)
	if counts := line.Counts(); counts.Dropped == 0 || counts.Doubled == 0 || counts.Held == 0 {
		t.Errorf("the network was not bad: %+v", counts)
	}
}

// libcoapPrograms does with coap-client what it can do.
func libcoapPrograms(t *testing.T, uri string, size, atOnce int) {
	eventually(t, "GET", func() bool { // damaged, a message of EDHOC ends its run
		return strings.Contains(coapClient(t, "-m", "get", uri+"/"), "test server made with libcoap")
	})

	folder := t.TempDir()
	sent, got := filepath.Join(folder, "sent"), filepath.Join(folder, "got")
	large := make([]byte, size)
	rand.New(rand.NewSource(1)).Read(large)
	must(t, os.WriteFile(sent, large, 0o600))
	coapClient(t, "-m", "put", "-b", "1024", "-f", sent, "-o", filepath.Join(folder, "echo"), uri+"/large")
	coapClient(t, "-m", "get", "-o", got, uri+"/large")
	if back, err := os.ReadFile(got); err != nil || !bytes.Equal(back, large) {
		t.Errorf("of %d bytes by blocks %d came back, %v", size, len(back), err)
	}
	coapClient(t, "-m", "delete", uri+"/large")
	if out := coapClient(t, "-m", "get", uri+"/large"); !strings.Contains(out, "4.04") {
		t.Errorf("GET after DELETE: %s", out)
	}

	observesTime(t, uri)

	var group sync.WaitGroup
	for i, port := range freePorts(t, atOnce) {
		group.Go(func() {
			want := fmt.Sprint("value ", i)
			if out := coapClient(t, "-p", port, "-m", "put", "-e", want, fmt.Sprint(uri, "/many/", i)); strings.TrimSpace(out) != want {
				t.Errorf("request %d of %d at once: %s", i, atOnce, out)
			}
		})
	}
	group.Wait()
}

// freePorts are ports for programs that run at once. coap-client by itself asks for any with
// SO_REUSEADDR, and the system then gives some of 500 the port of another, and its answers.
func freePorts(t *testing.T, count int) (ports []string) {
	t.Helper()
	for range count {
		socket, err := net.ListenUDP("udp4", nil)
		must(t, err)
		defer socket.Close()
		ports = append(ports, strconv.Itoa(socket.LocalAddr().(*net.UDPAddr).Port))
	}
	return ports
}

// observesTime has coap-client observe the time, which has another value each second.
func observesTime(t *testing.T, uri string) {
	t.Helper()
	// Its output is a terminal's line by line only with -o and no buffer.
	pipe := filepath.Join(t.TempDir(), "notifications")
	must(t, syscall.Mkfifo(pipe, 0o600))
	command := exec.Command(libcoap(t, "coap-client"), "-m", "get", "-s", "60", "-o", pipe, uri+"/time")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, command.Start())
	defer func() { _ = command.Process.Kill(); _ = command.Wait() }()
	file, err := os.OpenFile(pipe, os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	must(t, file.SetReadDeadline(time.Now().Add(patience)))
	values := map[string]bool{}
	for reader := bufio.NewReader(file); len(values) < 3; {
		value := make([]byte, len("Dec 01 21:59:34"))
		n, err := reader.Read(value)
		if err != nil {
			t.Errorf("after %d notifications: %v", len(values), err)
			return
		}
		values[string(value[:n])] = true
	}
}
