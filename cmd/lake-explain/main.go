// Command lake-explain tells what passed between two parties of EDHOC, from a capture
// or from hexadecimal. The Python package brings it, as `lake explain`, `lake.decode`
// and `lake.diag`.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/liblake/lake/ake/explain"
	"github.com/liblake/lake/ake/explain/capture"
)

const usage = `usage: lake-explain [options] CAPTURE
       lake-explain [options] HEX...
       lake-explain findings | answers | version

Finds EDHOC and OSCORE in a capture (pcap or pcapng), draws the exchange, says what each
byte is, decrypts what keys allow, and tells what went wrong. Of HEX, each is a message,
as it is or with the CoAP message around it; - reads a file of them, or a capture, from
standard input. findings lists what can be found. answers is for programs: it answers
lines on standard input, each answer ended by a NUL:
  decode NUMBER SUITE HEX     a message as a tree; NUMBER 0 and SUITE -1: not known
  diag HEX                    a CBOR sequence in diagnostic notation
  id-cred HEX                 an ID_CRED_x, its labels named

`

// version is set by the linker.
var version = "unknown"

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "lake-explain:", err)
		}
		os.Exit(2)
	}
}

func run(arguments []string, in io.Reader, out io.Writer) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case "answers":
			return answers(in, out)
		case "findings":
			for _, name := range explain.Names() {
				fmt.Fprintln(out, name)
			}
			return nil
		case "version":
			fmt.Fprintln(out, "lake-explain", version)
			return nil
		}
	}
	return tell(arguments, in, out)
}

// maxLine is more than a line with the longest message takes.
const maxLine = 1 << 20

// answers answers each line of in.
func answers(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		answer, err := answerTo(strings.Split(lines.Text(), " "))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, answer+"\x00"); err != nil {
			return err
		}
	}
	return lines.Err()
}

func answerTo(words []string) (string, error) {
	data, err := hex.DecodeString(words[len(words)-1])
	if err != nil {
		return "", errors.New("that is no hexadecimal")
	}
	switch {
	case words[0] == "diag" && len(words) == 2:
		return explain.Diag(data), nil
	case words[0] == "id-cred" && len(words) == 2:
		return explain.IDCred(data), nil
	case words[0] == "decode" && len(words) == 4:
		number, err := strconv.Atoi(words[1])
		suite, failed := strconv.Atoi(words[2])
		if err == nil && failed == nil {
			message, findings := explain.Decode(data, number, suite)
			return explain.Tree(message, findings, explain.Style{}), nil
		}
	}
	return "", fmt.Errorf("%q is nothing to answer", words[0])
}

// tell is the command itself.
func tell(arguments []string, in io.Reader, out io.Writer) error {
	options := flag.NewFlagSet("lake-explain", flag.ContinueOnError)
	options.Usage = func() {
		fmt.Fprint(options.Output(), usage)
		options.PrintDefaults()
	}
	var keys explain.Keys
	options.Func("keylog", "`file` with lines of Wireshark's edhoc_secrets and oscore_contexts; repeatable", func(name string) error {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return keys.AddLog(string(text))
	})
	options.Func("own", "`NAME` of NAME.ccs or NAME.pem with NAME.key, or a file with a credential; repeatable", func(name string) error {
		return addOwn(&keys, name)
	})
	options.Func("peer", "`file` with a credential: a certificate, a CCS, a CWT; repeatable", func(name string) error {
		return addCredential(&keys, name, nil)
	})
	options.Func("ephemeral", "ephemeral private key of a side in `hexadecimal`; repeatable", func(text string) error {
		key, err := hex.DecodeString(text)
		if err != nil {
			return errors.New("that is no hexadecimal")
		}
		keys.AddEphemeral(key)
		return nil
	})
	options.Func("psk", "pre-shared key of method 4: `ID_CRED:CRED_I:CRED_R:KEY` in hexadecimal; repeatable", func(text string) error {
		parts := strings.Split(text, ":")
		if len(parts) != 4 {
			return errors.New("it has four parts, with colons between them")
		}
		var values [4][]byte
		for i, part := range parts {
			var err error
			if values[i], err = hex.DecodeString(part); err != nil {
				return fmt.Errorf("its part %d is no hexadecimal", i+1)
			}
		}
		keys.AddPSK(values[0], values[1], values[2], values[3])
		return nil
	})
	asJSON := options.Bool("json", false, "gives JSON, for programs")
	values := options.Bool("values", false, "shows the values of the key schedule, which are secret")
	color := options.String("color", "auto", "`when` to use colours: auto (on a terminal), always, never")
	if err := options.Parse(arguments); err != nil {
		return err
	}
	if options.NArg() == 0 {
		options.Usage()
		return flag.ErrHelp
	}
	datagrams, remarks, err := input(options.Args(), in)
	if err != nil {
		return err
	}
	report := explain.Explain(datagrams, &keys)
	report.Notes = remarks
	if !*asJSON {
		_, err := io.WriteString(out, report.Text(explain.Style{Color: colored(*color, out), Bytes: true, Values: *values}))
		return err
	}
	if !*values {
		for _, run := range report.Runs {
			run.Values = nil
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", " ")
	return encoder.Encode(report)
}

// input is what the arguments name: a capture, a file of hexadecimal, or hexadecimal.
func input(arguments []string, in io.Reader) ([]explain.Datagram, []string, error) {
	if len(arguments) == 1 {
		data, err := os.ReadFile(arguments[0])
		if arguments[0] == "-" {
			data, err = io.ReadAll(in)
		}
		switch {
		case err == nil && capture.Is(data):
			datagrams, remarks, err := capture.Read(data)
			return datagrams, remarks, err
		case err == nil:
			datagrams, err := explain.ParseHex(string(data))
			if err != nil {
				return nil, nil, fmt.Errorf("%s: neither a capture nor hexadecimal: %w", arguments[0], err)
			}
			return datagrams, nil, nil
		}
	}
	datagrams, err := explain.ParseHex(strings.Join(arguments, "\n"))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: no such file, and %w", arguments[0], err)
	}
	return datagrams, nil, nil
}

// addOwn adds a credential with its private key.
func addOwn(keys *explain.Keys, name string) error {
	private, err := os.ReadFile(name + ".key")
	if err != nil {
		return addCredential(keys, name, nil)
	}
	if raw, err := hex.DecodeString(string(bytes.TrimSpace(private))); err == nil {
		private = raw
	}
	for _, ending := range []string{".ccs", ".pem", ".crt", ".cwt"} {
		if _, err := os.Stat(name + ending); err == nil {
			return addCredential(keys, name+ending, private)
		}
	}
	return fmt.Errorf("there is %s.key, and neither %[1]s.ccs nor %[1]s.pem", name)
}

func addCredential(keys *explain.Keys, name string, private []byte) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := keys.AddCredential(data, private); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// colored reports whether the text goes to a terminal, and the user wants colours
// (https://no-color.org).
func colored(when string, out io.Writer) bool {
	if when != "auto" {
		return when == "always"
	}
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
