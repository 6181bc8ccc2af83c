package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestOptions: what cannot work, or would send in clear, is refused by name.
func TestOptions(t *testing.T) {
	good := map[string][]string{
		modeServe:   {"--listen", ":5683", "--to", "127.0.0.1:5684", "--own", "a", "--peer", "b"},
		modeConnect: {"--listen", "[::1]:5683", "--to", "coap://device.example", "--own", "a", "--trust", "b"},
	}
	for mode, options := range good {
		if _, err := readOptions(mode, options); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
	for _, c := range []struct {
		mode, want string
		more       []string
	}{
		{modeServe, "not on loopback", []string{"--to", "192.0.2.1:5683"}},
		{modeConnect, "not on loopback", []string{"--listen", "0.0.0.0:5683"}},
		{modeServe, "not on loopback", []string{"--metrics", "0.0.0.0:9100"}},
		{modeServe, "address with a port", []string{"--to", "localhost"}},
		{modeServe, "--sockets", []string{"--to", "unix:/tmp/x"}},
		{modeConnect, "is no server", []string{"--to", "coaps://device.example"}},
		{modeConnect, "is no server", []string{"--to", "coap://device.example/path"}},
		{modeServe, "--listen is missing", []string{"--listen", ""}},
		{modeServe, "is no name", []string{"--peer-query", "a=b"}},
		{modeServe, "not a number", []string{"--method", "3,x"}},
		{modeServe, "--log-format", []string{"--log-format", "xml"}},
		{modeServe, "--idle", []string{"--idle", "soon"}},
	} {
		_, err := readOptions(c.mode, with(good[c.mode], c.more...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.more, err, c.want)
		}
	}
}

// TestConfigFile: the file has the names of the command line, which goes over it.
func TestConfigFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tunnel.toml")
	write := func(text string) { must(t, os.WriteFile(file, []byte(text), 0o600)) }
	write("listen = ':5683'\nto = '127.0.0.1:5684'\nown = ['a.pem']\ntrust = ['ca.pem']\nopen = ['/.well-known/core']\n" +
		"idle = '2h'\nlog-level = 'debug'\nmethod = [0, 3]\npeers = 7\npeer-query = 'peer'\n")
	o, err := readOptions(modeServe, []string{"--config", file, "--peers", "8", "--trust", "other.pem", "--to", "[::1]:5684"})
	must(t, err)
	if got, want := fmt.Sprintln(o.Listen, o.To, o.Own, o.Trust, o.Open, o.Idle, o.LogLevel, o.Methods, o.Peers, o.PeerQuery),
		fmt.Sprintln(":5683", "[::1]:5684", []string{"a.pem"}, []string{"ca.pem", "other.pem"}, []string{"/.well-known/core"}, 2*time.Hour, "DEBUG", []int{0, 3}, 8, "peer"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for text, want := range map[string]string{"lisen = ':5683'": "lisen", "listen = 5683": "listen", "listen": "tunnel.toml"} {
		write(text)
		if _, err := readOptions(modeServe, []string{"--config", file}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestSecrets: files with secrets are for nobody else, and no error shows one.
func TestSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	const secret = "5ec2e75ec2e75ec2e75ec2e75ec2e75e"
	entry := "[[psk]]\nkid = '07'\ninitiator = 'gadget'\nresponder = 'portal'\nkey = "
	for text, want := range map[string]string{
		entry + "'" + secret + "'":                          "",
		entry + "'" + secret:                                "line 5",
		entry + "'" + secret[:10] + "'":                     "at least 16",
		entry + "'" + secret + "x'":                         "hexadecimal",
		entry + "'" + secret + "'\nhash = 'md5'":            "sha-256",
		entry + "'" + secret + "'\nname = '" + secret + "'": "psk.name",
		"": "no [[psk]]",
	} {
		must(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := readSharedKeys(file)
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", text, err, want)
		case err != nil && strings.Contains(err.Error(), secret[:8]):
			t.Errorf("the error shows the key: %v", err)
		}
	}
	must(t, os.Chmod(file, 0o640))
	if _, err := readSharedKeys(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("others can read it: %v", err)
	}
}

// TestState: what is written is read again, and what is not ours is refused.
func TestState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, err := openState(path)
	must(t, err)
	if s.peers != nil || s.port != 0 {
		t.Errorf("a new state has %d bytes and port %d", len(s.peers), s.port)
	}
	s.port = 4711
	must(t, s.write([]byte("one\ntwo")))
	key := string(s.key)
	if _, err := openState(path); err == nil {
		t.Error("a state was opened twice")
	}
	s.close()
	s, err = openState(path)
	must(t, err)
	if s.port != 4711 || string(s.peers) != "one\ntwo" || string(s.key) != key {
		t.Errorf("it came back as port %d, %q", s.port, s.peers)
	}
	s.close()
	must(t, os.WriteFile(path, []byte("something else"), 0o600))
	if _, err := openState(path); err == nil {
		t.Error("what is no state was taken")
	}
	must(t, os.Remove(path))
	must(t, os.Chmod(path+".key", 0o644))
	if _, err := openState(path); err == nil {
		t.Error("a key that others can read was taken")
	}
}

// TestSwitchboard: clients that use the same tokens and message IDs get their own answers.
func TestSwitchboard(t *testing.T) {
	var board switchboard
	now := time.Now()
	datagram := func(m message.Message) []byte {
		d, err := encode(&m)
		must(t, err)
		return d
	}
	request := message.Message{Type: message.Confirmable, Code: codes.GET, MessageID: 7, Token: message.Token{1}}
	outside := map[string]*message.Message{}
	for _, client := range []string{"a", "b", "c"} {
		out, err := board.out(client, datagram(request), now)
		must(t, err)
		again, err := board.out(client, datagram(request), now)
		must(t, err)
		if string(out) != string(again) {
			t.Errorf("%s: a repeated request is %x and %x", client, out, again)
		}
		outside[client], err = decode(out)
		must(t, err)
	}
	if a := outside["a"]; a.MessageID != 7 || string(a.Token) != "\x01" {
		t.Errorf("the first client's own are not kept: %v", a)
	}
	for client, m := range outside {
		for _, answer := range []message.Message{
			{Type: message.Acknowledgement, MessageID: m.MessageID},
			{Type: message.Acknowledgement, Code: codes.Content, MessageID: m.MessageID, Token: m.Token},
			{Type: message.Confirmable, Code: codes.Content, MessageID: 99, Token: m.Token},
		} {
			to, in, ok := board.in(datagram(answer), now)
			got, err := decode(in)
			if !ok || err != nil || to != client {
				t.Fatalf("an answer to %s is for %q", client, to)
			}
			if answer.Type == message.Acknowledgement && got.MessageID != 7 || answer.Type == message.Confirmable && got.MessageID != 99 ||
				answer.Code != codes.Empty && string(got.Token) != "\x01" {
				t.Errorf("%s got %v for %v", client, got, answer)
			}
		}
	}
	crossed := message.Message{Type: message.Acknowledgement, Code: codes.Content, MessageID: outside["a"].MessageID, Token: outside["b"].Token}
	if to, _, ok := board.in(datagram(crossed), now); ok {
		t.Errorf("the message ID of one and the token of another: for %s", to)
	}

	observation := request
	observation.Token, observation.MessageID = message.Token{9}, 20
	observation.Options = observation.Options.Add(message.Option{ID: message.Observe})
	out, err := board.out("a", datagram(observation), now)
	must(t, err)
	observed, err := decode(out)
	must(t, err)
	later := now.Add(exchangeLifetime)
	if _, _, ok := board.in(datagram(message.Message{Code: codes.Content, Token: outside["a"].Token}), later); ok {
		t.Error("an exchange did not end")
	}
	notification := message.Message{Code: codes.Content, Token: observed.Token, Options: message.Options{{ID: message.Observe, Value: []byte{5}}}}
	if to, _, ok := board.in(datagram(notification), later); !ok || to != "a" {
		t.Error("an observation ended")
	}

	for i := range 3 * maxExchanges {
		request.MessageID, request.Token = int32(i&0xffff), message.Token{byte(i), byte(i >> 8), byte(i >> 16)}
		_, err := board.out(fmt.Sprint("client ", i%1000), datagram(request), later)
		must(t, err)
	}
	if n := len(board.tokens.outside); n > maxExchanges+maxObservations || len(board.tokens.inside) != n || len(board.ids.outside) > maxExchanges+1 {
		t.Errorf("%d tokens and %d message IDs are kept", n, len(board.ids.outside))
	}
}

// TestManual: the manual page has every option.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("install/lake-tunnel.8")
	must(t, err)
	for _, mode := range []string{modeServe, modeConnect} {
		flags := flag.NewFlagSet(mode, flag.ContinueOnError)
		(&options{mode: mode}).flags(flags)
		flags.VisitAll(func(f *flag.Flag) {
			if !regexp.MustCompile(`(?m)(^\.It| ,) Fl -` + f.Name + `( Ar|$)`).Match(manual) {
				t.Errorf("--%s of %s is not in lake-tunnel.8", f.Name, mode)
			}
		})
	}
}
