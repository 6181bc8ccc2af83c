// The examples for go-coap, a CoAP stack that has no OSCORE: a server that knows who asks,
// and a client, with package endpoint underneath (transport.go). go-coap knows nothing of it.
//
//	go run ./examples/go server
//	go run ./examples/go client get /whoami
//	go run ./examples/go client put /note "Mind the gap."
//	go run ./examples/go client observe /note
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/endpoint"
	"github.com/plgd-dev/go-coap/v3/dtls"
	"github.com/plgd-dev/go-coap/v3/options"
	udp "github.com/plgd-dev/go-coap/v3/udp/client"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

var errUsage = errors.New(`usage: server [-listen address:port]
       client [-to address:port] get path
       client [-to address:port] put path text
       client [-to address:port] observe path`)

func run(ctx context.Context, arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(arguments[0], flag.ContinueOnError)
	address := flags.String(map[bool]string{true: "listen", false: "to"}[arguments[0] == "server"], "127.0.0.1:5683", "address and port")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	switch arguments[0] {
	case "server":
		return serve(ctx, *address, out)
	case "client":
		return ask(ctx, *address, flags.Args(), out)
	}
	return errUsage
}

func serve(ctx context.Context, address string, out io.Writer) error {
	party, err := newParty(demoServer, demoClient)
	if err != nil {
		return err
	}
	t, err := listen(address, endpoint.Config{Responder: party})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "listening on", t.socket.LocalAddr())
	// go-coap's server for DTLS takes connections from any listener.
	server := dtls.NewServer(options.WithMux(newBoard()), options.WithErrors(func(err error) { log.Print(err) }))
	context.AfterFunc(ctx, server.Stop)
	return server.Serve(t)
}

// connect gives go-coap's connection to a server.
func connect(ctx context.Context, address string) (*udp.Conn, error) {
	party, err := newParty(demoClient, demoServer)
	if err != nil {
		return nil, err
	}
	t, err := listen(":0", endpoint.Config{Initiator: party, Combined: true})
	if err != nil {
		return nil, err
	}
	// A connection of go-coap can ask and answer, whoever began it: the one that was dialled
	// comes out of the listener.
	made := make(chan *udp.Conn, 1)
	server := dtls.NewServer(options.WithOnNewConn(func(c *udp.Conn) { made <- c }))
	context.AfterFunc(ctx, server.Stop)
	go func() { _ = server.Serve(t) }()
	if err := t.dial(address); err != nil {
		server.Stop()
		return nil, err
	}
	return <-made, nil
}

// newParty knows one peer. Real programs read credentials from files, or trust those who
// certify them: see docs/credentials.md.
func newParty(own, peer demo) (*ake.Party, error) {
	mine, err := own.credential()
	if err != nil {
		return nil, err
	}
	if err := mine.SetPrivateKey(own.private()); err != nil {
		return nil, err
	}
	theirs, err := peer.credential()
	if err != nil {
		return nil, err
	}
	return ake.NewParty(ake.Config{
		Methods: []ake.Method{3}, Suites: []int{2},
		Own: []*ake.Credential{mine}, Peers: []*ake.Credential{theirs},
	})
}
