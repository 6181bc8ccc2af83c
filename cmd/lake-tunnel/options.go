package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/liblake/lake/ake"
)

const (
	modeServe   = "serve"
	modeConnect = "connect"
	coapPort    = "5683"
)

// options is what the command line and the file of --config say. The names of the fields
// in the file are those of the command line.
type options struct {
	mode string

	Listen  string   `toml:"listen"`
	To      string   `toml:"to"`
	Own     []string `toml:"own"`
	Trust   []string `toml:"trust"`
	CRL     []string `toml:"crl"`
	Peer    []string `toml:"peer"`
	PSK     []string `toml:"psk"`
	Expect  []string `toml:"expect"`
	Open    []string `toml:"open"`
	Methods []int    `toml:"method"`
	Suites  []int    `toml:"suite"`

	Message4 bool `toml:"message-4"`
	Combined bool `toml:"combined"`
	Reverse  bool `toml:"reverse"`
	Resume   bool `toml:"resume"`

	PeerQuery string `toml:"peer-query"`
	Sockets   string `toml:"sockets"`
	From      string `toml:"from"`

	State   string `toml:"state"`
	Ahead   uint64 `toml:"ahead"`
	Control string `toml:"control"`
	Metrics string `toml:"metrics"`
	KeyLog  string `toml:"keylog"`

	Peers int           `toml:"peers"`
	Idle  time.Duration `toml:"idle"`
	Renew time.Duration `toml:"renew"`

	LogLevel  slog.Level `toml:"log-level"`
	LogFormat string     `toml:"log-format"`
}

// readOptions reads the command line over the file that it names.
func readOptions(mode string, arguments []string) (*options, error) {
	o := &options{mode: mode, Ahead: 10_000, Peers: 1000, Idle: 24 * time.Hour, LogFormat: "text"}
	flags := flag.NewFlagSet("lake-tunnel "+mode, flag.ContinueOnError)
	file := flags.String("config", "", "`file` in TOML with options of the same names")
	parse := o.flags(flags)
	if err := flags.Parse(arguments); err != nil {
		return nil, flag.ErrHelp // it has said what is wrong
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("%q is not an option", flags.Arg(0))
	}
	if *file != "" {
		meta, err := toml.DecodeFile(*file, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", *file, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return nil, fmt.Errorf("%s: there is no option %q", *file, unknown[0])
		}
	}
	if err := parse(); err != nil {
		return nil, err
	}
	return o, o.check()
}

// flags declares the options. What it returns puts those of the command line in place:
// lists grow, all else is replaced.
func (o *options) flags(flags *flag.FlagSet) func() error {
	var given []func() error
	later := func(name, help string, set func(text string) error) {
		flags.Func(name, help, func(text string) error {
			given = append(given, func() error {
				if err := set(text); err != nil {
					return fmt.Errorf("--%s %s: %w", name, text, err)
				}
				return nil
			})
			return nil
		})
	}
	text := func(name string, value *string, help string) {
		later(name, help, func(text string) error { *value = text; return nil })
	}
	list := func(name string, values *[]string, help string) {
		later(name, help+"; may be given again", func(text string) error { *values = append(*values, text); return nil })
	}
	numbers := func(name string, values *[]int, help string) {
		later(name, help, func(text string) error {
			*values = nil
			for item := range strings.SplitSeq(text, ",") {
				n, err := strconv.Atoi(item)
				if err != nil {
					return fmt.Errorf("%q is not a number", item)
				}
				*values = append(*values, n)
			}
			return nil
		})
	}
	duration := func(name string, value *time.Duration, help string) {
		later(name, help, func(text string) (err error) { *value, err = time.ParseDuration(text); return err })
	}
	toggle := func(name string, value *bool, help string) {
		flags.BoolFunc(name, help, func(text string) error {
			on, err := strconv.ParseBool(text)
			given = append(given, func() error { *value = on; return nil })
			return err
		})
	}
	if o.mode == modeServe {
		text("listen", &o.Listen, "`address` for the network, such as :5683")
		text("to", &o.To, "`address` of the CoAP server: on loopback, or unix:/path of a datagram socket")
		text("peer-query", &o.PeerQuery, "`name` under which the peer's name is put into requests, as a Uri-Query")
		text("sockets", &o.Sockets, "`folder` for the sockets of peers, with --to unix:/path")
	} else {
		text("listen", &o.Listen, "`address` for the programs: on loopback, or unix:/path of a datagram socket")
		text("to", &o.To, "`URI` of the server, such as coap://device.example")
		text("from", &o.From, "`address` to send from, such as 192.0.2.1:0; default: any, and the same port after a restart")
		toggle("combined", &o.Combined, "send message_3 together with the first request (RFC 9668)")
	}
	list("own", &o.Own, "own credential, `file` or file,keyfile: X.509 certificates (PEM, DER), a CCS, CWT or C509 certificate (CBOR)")
	list("trust", &o.Trust, "certificate of an authority whose peers are trusted, a `file` in PEM or DER")
	list("crl", &o.CRL, "revocation lists, a `file` in PEM or DER")
	list("peer", &o.Peer, "credential of a peer that is trusted, a `file` as for --own")
	list("psk", &o.PSK, "pre-shared keys, a `file` in TOML")
	list("expect", &o.Expect, "`kind:name` of a peer that is accepted: dns, ip, uri, eui64, subject, key, cwt or ccs")
	list("open", &o.Open, "`path` whose requests pass unprotected, such as /.well-known/core")
	numbers("method", &o.Methods, "EDHOC `methods`, such as 3,0")
	numbers("suite", &o.Suites, "cipher `suites`, the preferred one first")
	toggle("message-4", &o.Message4, "message_4 is part of the protocol; both sides have to be told")
	toggle("reverse", &o.Reverse, "the side of the server is the Initiator (RFC 9528 appendix A.2.2); both sides have to be told")
	toggle("resume", &o.Resume, "keys are renewed by resumption (EDHOC-PSK section 6); both sides have to be told")
	text("state", &o.State, "`file` in which peers outlive the process; its key is in file.key")
	text("control", &o.Control, "`socket` for lake-tunnel peers")
	text("metrics", &o.Metrics, "`address` on loopback where counters are served over HTTP")
	text("keylog", &o.KeyLog, "`file` to which the secrets of runs are appended, for Wireshark: who has it reads all traffic")
	later("peers", "`number` of peers at a time (1000)", func(text string) (err error) { o.Peers, err = strconv.Atoi(text); return err })
	duration("idle", &o.Idle, "`time` after which a peer that is silent is dropped (24h)")
	duration("renew", &o.Renew, "`age` at which keys are renewed (1h)")
	later("log-level", "debug, info, warn or error", func(text string) error { return o.LogLevel.UnmarshalText([]byte(text)) })
	text("log-format", &o.LogFormat, "text or json")
	return func() error {
		for _, set := range given {
			if err := set(); err != nil {
				return err
			}
		}
		return nil
	}
}

// check refuses what cannot work, or would show traffic in clear to others.
func (o *options) check() error {
	inside, insideName := &o.To, "to"
	if o.mode == modeConnect {
		inside, insideName = &o.Listen, "listen"
	}
	switch {
	case o.Listen == "":
		return errors.New("--listen is missing: where to take datagrams")
	case o.To == "":
		return errors.New("--to is missing: where to bring them")
	case len(o.Own)+len(o.PSK) == 0:
		return errors.New("--own or --psk is missing: who this side is")
	case len(o.Trust)+len(o.Peer)+len(o.PSK) == 0:
		return errors.New("--trust, --peer or --psk is missing: whom to trust")
	case !slices.Contains([]string{"text", "json"}, o.LogFormat):
		return fmt.Errorf("--log-format is %q, want text or json", o.LogFormat)
	case o.Ahead < 1 || o.Ahead > 1<<32:
		return fmt.Errorf("ahead is %d, want 1 to 2^32", o.Ahead)
	case o.Reverse && o.Combined:
		return errors.New("--combined and --reverse exclude each other: the last message of the reverse flow is the server's")
	case o.Renew < 0 || o.Idle <= 0:
		return errors.New("--renew and --idle are times from now on")
	}
	if path, ok := strings.CutPrefix(*inside, "unix:"); ok {
		if path == "" {
			return fmt.Errorf("--%s unix: has no path", insideName)
		}
		if o.mode == modeServe && o.Sockets == "" {
			return errors.New("--to unix: needs --sockets, a folder for the sockets of peers")
		}
	} else if err := onLoopback(*inside); err != nil {
		return fmt.Errorf("--%s: %w", insideName, err)
	}
	if o.Metrics != "" {
		if err := onLoopback(o.Metrics); err != nil {
			return fmt.Errorf("--metrics: %w", err)
		}
	}
	if len(o.PeerQuery) > 64 || strings.ContainsAny(o.PeerQuery, "=&") {
		return fmt.Errorf("--peer-query %q is no name: at most 64 bytes, without = and &", o.PeerQuery)
	}
	if o.mode == modeConnect {
		if _, _, err := o.remote(); err != nil {
			return err
		}
	}
	return nil
}

// role is that of this side in EDHOC.
func (o *options) role() ake.Role {
	if (o.mode == modeServe) == o.Reverse {
		return ake.Initiator
	}
	return ake.Responder
}

func onLoopback(address string) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%q is not an address with a port, such as 127.0.0.1:%s", address, coapPort)
	}
	if !parsed.Addr().IsLoopback() {
		return fmt.Errorf("%s is not on loopback, and what passes there is not protected", address)
	}
	return nil
}

// remote is the host and port of --to coap://...
func (o *options) remote() (host, port string, err error) {
	uri, err := url.Parse(o.To)
	if err != nil || uri.Scheme != "coap" || uri.Hostname() == "" || uri.Path != "" && uri.Path != "/" || uri.RawQuery != "" || uri.User != nil {
		return "", "", fmt.Errorf("--to %q is no server, such as coap://device.example", o.To)
	}
	if port = uri.Port(); port == "" {
		port = coapPort
	}
	return uri.Hostname(), port, nil
}
