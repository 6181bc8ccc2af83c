package oscore_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/oscore"
)

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// contexts are those of a client and a server, from the keys that each got from EDHOC
// (ake.Session.OSCOREContext).
func contexts(client, server oscore.Settings) (c, s *oscore.Context) {
	keys := ake.OSCOREContext{MasterSecret: bytes.Repeat([]byte{1}, 16), MasterSalt: []byte("12345678"),
		SenderID: []byte{1}, RecipientID: []byte{2}, AEAD: 10, Hash: -16}
	c, err := oscore.FromEDHOC(&keys, client)
	fatal(err)
	keys.SenderID, keys.RecipientID = keys.RecipientID, keys.SenderID
	s, err = oscore.FromEDHOC(&keys, server)
	fatal(err)
	return c, s
}

var (
	request  = []byte{0x41, 0x01, 0x00, 0x07, 0xaa, 0xb4, 't', 'e', 'm', 'p'}      // GET /temp
	response = []byte{0x61, 0x45, 0x00, 0x07, 0xaa, 0xff, '2', '1', '.', '5', 'C'} // 2.05
)

// A request and its response, protected and verified.
func Example() {
	client, server := contexts(oscore.Settings{}, oscore.Settings{})

	datagram, asked, err := client.ProtectRequest(request)
	fatal(err)
	got, exchange, err := server.UnprotectRequest(datagram)
	fatal(err)
	fmt.Println("the server got it:", bytes.Equal(got, request))

	datagram, err = server.ProtectResponse(response, exchange)
	fatal(err)
	got, err = client.UnprotectResponse(datagram, asked)
	fatal(err)
	fmt.Printf("the client got it: %s\n", got[6:])
	// Output:
	// the server got it: true
	// the client got it: 21.5C
}

// What comes again, or was altered, is refused; ErrorResponse says so to the client.
func ExampleContext_UnprotectRequest() {
	client, server := contexts(oscore.Settings{}, oscore.Settings{})
	datagram, _, err := client.ProtectRequest(request)
	fatal(err)
	_, _, err = server.UnprotectRequest(datagram)
	fatal(err)

	_, _, err = server.UnprotectRequest(datagram)
	fmt.Println("again:", errors.Is(err, ake.ErrReplay), len(oscore.ErrorResponse(datagram, err, 1)) > 0)

	datagram, _, err = client.ProtectRequest(request)
	fatal(err)
	datagram[len(datagram)-1] ^= 1
	_, _, err = server.UnprotectRequest(datagram)
	fmt.Println("altered:", errors.Is(err, ake.ErrDecryption))
	// Output:
	// again: true true
	// altered: true
}

// A context that outlives the process: sequence numbers are reserved ahead, and the
// number that was stored last is where the next process begins.
func ExampleContext_Reserve() {
	client, _ := contexts(oscore.Settings{Ahead: 100}, oscore.Settings{})
	_, _, err := client.ProtectRequest(request)
	fmt.Println("nothing is reserved yet:", errors.Is(err, ake.ErrSequence))

	number, due := client.Reserve()
	fmt.Println("store", number, "now:", due)
	// ... write it where it is safe, and only then:
	fatal(client.Stored(number))
	_, _, err = client.ProtectRequest(request)
	fatal(err)

	restarted, _ := contexts(oscore.Settings{Ahead: 100, Stored: number, Restored: true}, oscore.Settings{})
	next, _ := restarted.Reserve()
	fmt.Println("after a restart, store", next)
	// Output:
	// nothing is reserved yet: true
	// store 100 now: true
	// after a restart, store 200
}

// A server with many peers finds the context of a request.
func ExampleContexts() {
	client, server := contexts(oscore.Settings{}, oscore.Settings{})
	var all oscore.Contexts
	fatal(all.Add(server))

	datagram, _, err := client.ProtectRequest(request)
	fatal(err)
	found, err := all.Find(datagram)
	fatal(err)
	fmt.Println("found:", found == server)

	all.Drop(server)
	_, err = all.Find(datagram)
	fmt.Println("dropped:", errors.Is(err, ake.ErrContextUnknown))
	// Output:
	// found: true
	// dropped: true
}
