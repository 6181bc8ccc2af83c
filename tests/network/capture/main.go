// The command capture has libcoap's own OSCORE and the endpoint of liblake talk to each
// other, with keys that each of them has from EDHOC, in both roles and both flows:
//
//	go run ./tests/network/capture build/examples
//
// A relay keeps what passes. Wireshark, which has an OSCORE of its own, decrypts it with the
// context that libcoap_oscore exported; without it there is nothing to read.
package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/liblake/lake/tests/network/programs"
	"github.com/liblake/lake/tests/network/relay"
)

const (
	deadline = 2 * time.Minute

	// The greeting travels both ways, under OSCORE alone.
	greeting = "Nobody else reads that"
)

func main() {
	programs.Main("capture", func(folder string, _ uint64) error {
		work, err := os.MkdirTemp("", "capture")
		if err != nil {
			return err
		}
		defer os.RemoveAll(work)
		for _, pair := range pairs {
			for _, flow := range [][]string{nil, {"--reverse"}} {
				if err := pair.run(folder, work, flow); err != nil {
					return fmt.Errorf("%s %v: %w", pair.name, flow, err)
				}
				fmt.Println(pair.name, flow, "decrypted")
			}
		}
		return nil
	})
}

// pair is a client and a server, one of which uses libcoap's OSCORE and writes its context to
// its key log.
type pair struct {
	name           string
	server, client []string
	exports        bool // the client does
}

var pairs = []pair{
	{"libcoap's OSCORE as the client of the endpoint", []string{"edhoc_server"}, []string{"libcoap_oscore", "client", "--no-receipt"}, true},
	{"the endpoint as the client of libcoap's OSCORE", []string{"libcoap_oscore", "server"}, []string{"edhoc_client"}, false},
}

func (p *pair) run(folder, work string, flow []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	keys := filepath.Join(work, strings.Join(append(flow, p.client[0], "keys"), "-"))
	server, client := append(p.server[1:len(p.server):len(p.server)], "--port", "0"), append(p.client[1:len(p.client):len(p.client)], flow...)
	if p.exports {
		// libcoap's server would change nothing for who has no ticket.
		client = append(client, "--keylog", keys, "--greeting", greeting)
	} else {
		server = append(server, "--keylog", keys)
	}
	running, err := programs.Start(ctx, nil, filepath.Join(folder, p.server[0]), server...)
	if err != nil {
		return err
	}
	defer running.Stop(os.Interrupt)
	line, err := (&relay.Relay{Server: running.Address}).NewLine(0)
	if err != nil {
		return err
	}
	outcome, err := programs.RunClient(ctx, filepath.Join(folder, p.client[0]), append(client, "--port", fmt.Sprint(line.Port()))...)
	line.Close()
	if err != nil {
		return err
	}
	if outcome.Status != 0 {
		return fmt.Errorf("the client failed: %s", outcome.Failed)
	}
	said := greeting
	if !p.exports {
		said = "Hello whoever you are"
	}
	who := "Initiator" // is the client
	if flow != nil {
		who = "Responder"
	}
	return p.check(ctx, line.Events(), keys, who, filepath.Join(work, "pcap"), said)
}

// check: what was said is to be read with the keys, and not without.
func (p *pair) check(ctx context.Context, events []relay.Event, keys, who, capture, said string) error {
	if err := os.WriteFile(capture, pcap(events), 0o600); err != nil {
		return err
	}
	log, err := os.ReadFile(keys)
	if err != nil {
		return err
	}
	_, oscore, _ := strings.Cut(string(log), "# oscore_contexts, requests of the "+who+": ")
	oscore, _, _ = strings.Cut(oscore, "\n")
	for _, event := range events {
		if bytes.Contains(event.Datagram(), []byte(said)) {
			return fmt.Errorf("%q is to be read by everybody: %x", said, event.Datagram())
		}
	}
	dissected, err := tshark(ctx, capture, "-o", "uat:oscore_contexts:"+oscore)
	if err != nil {
		return err
	}
	secret := hex.EncodeToString([]byte(said))
	if !strings.Contains(dissected, secret) {
		return fmt.Errorf("tshark cannot read it with the exported context:\n%s", dissected)
	}
	if strings.Contains(dissected, "check failed") || strings.Contains(dissected, "can't decrypt") {
		return fmt.Errorf("tshark does not verify all of it:\n%s", dissected)
	}
	if dissected, err = tshark(ctx, capture); err != nil || strings.Contains(dissected, secret) {
		return fmt.Errorf("tshark reads it without keys (%v):\n%s", err, dissected)
	}
	return nil
}

// tshark gives the payloads in a capture and what it has to say about them, a datagram a line.
// The preferences of whoever runs this do not count.
func tshark(ctx context.Context, capture string, more ...string) (string, error) {
	command := exec.CommandContext(ctx, "tshark", append([]string{"-r", capture, "-T", "fields", "-e", "data.data", "-e", "_ws.expert.message"}, more...)...)
	command.Env = append(os.Environ(), "HOME="+filepath.Dir(capture), "XDG_CONFIG_HOME="+filepath.Dir(capture))
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("tshark: %w: %s", err, stderr.String())
	}
	return stdout.String(), nil
}
