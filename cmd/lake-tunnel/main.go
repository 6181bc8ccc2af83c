// Command lake-tunnel puts EDHOC and OSCORE underneath CoAP programs that know neither:
// docs/tunnel.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = `usage: lake-tunnel serve   --listen :5683 --to 127.0.0.1:5684 --own server.pem --trust ca.pem
       lake-tunnel connect --listen 127.0.0.1:5683 --to coap://device.example --own me.pem --trust ca.pem
       lake-tunnel peers   [--control FILE] [--json]
       lake-tunnel drop    [--control FILE] NUMBER
       lake-tunnel key     [--kid HEX] NAME
       lake-tunnel version

serve stands before a CoAP server, connect before a server that is elsewhere. peers
shows who is there, drop ends what there is with one of them; key makes a key pair.
lake-tunnel serve -h shows the options. Everything else: lake-tunnel(8).
`

// version is set by the linker.
var version = "unknown"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "lake-tunnel:", err)
		}
		os.Exit(2)
	}
}

func run(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
	switch command, rest := arguments[0], arguments[1:]; command {
	case modeServe, modeConnect:
		o, err := readOptions(command, rest)
		if err != nil {
			return err
		}
		return runTunnel(o)
	case "peers":
		return showPeers(rest, out)
	case "drop":
		return dropPeer(rest)
	case "key":
		return makeKey(rest)
	case "version":
		fmt.Fprintln(out, "lake-tunnel", version)
		return nil
	case "help", "-h", "--help":
		fmt.Fprint(out, usage)
		return nil
	default:
		return fmt.Errorf("there is no command %q: lake-tunnel help shows those that there are", command)
	}
}
