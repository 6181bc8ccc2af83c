package endpoint_test

import (
	"fmt"
	"log"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/endpoint"
)

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// parties are two sides with raw keys that know each other.
func parties() (client, server *ake.Party) {
	var own, public [2]*ake.Credential
	for i, name := range []string{"sensor-7", "server"} {
		private, key, err := ake.GenerateKey(ake.KeyX25519)
		fatal(err)
		ccs, err := ake.NewCCS(name, []byte{byte(i)}, ake.KeyX25519, key)
		fatal(err)
		own[i], err = ake.CredentialFromCCS(ccs)
		fatal(err)
		public[i], err = ake.CredentialFromCCS(ccs)
		fatal(err)
		fatal(own[i].SetPrivateKey(private))
	}
	client, err := ake.NewParty(ake.Config{Methods: []ake.Method{3}, Own: own[:1], Peers: public[1:]})
	fatal(err)
	server, err = ake.NewParty(ake.Config{Methods: []ake.Method{3}, Own: own[1:], Peers: public[:1]})
	fatal(err)
	return client, server
}

// A CoAP stack that knows neither EDHOC nor OSCORE asks a server whose stack knows
// neither: the endpoints beneath them do all of it. A program has sockets in the place
// of the map, and its stack in that of the cases.
func Example() {
	clientParty, serverParty := parties()
	client, err := endpoint.New(endpoint.Config{Initiator: clientParty})
	fatal(err)
	server, err := endpoint.New(endpoint.Config{Responder: serverParty})
	fatal(err)
	nodes := map[string]*endpoint.Endpoint{"client": client, "server": server}
	now := time.Now()

	var carry func(at string, o endpoint.Output)
	carry = func(at string, o endpoint.Output) {
		for _, event := range o.Events {
			fmt.Printf("%s: %v with %s\n", at, event.Kind, event.Peer.Identity().Subject)
		}
		for _, d := range o.Network {
			carry(d.To, nodes[d.To].Receive(at, d.Data, now))
		}
		for _, d := range o.Stack {
			if at == "client" {
				fmt.Printf("the client's stack has %s\n", d.Data[6:])
				continue
			}
			fmt.Printf("the server's stack is asked by %s\n", d.Peer.Identity().Subject)
			o, err := server.Send(d.Peer, "", []byte{0x61, 0x45, d.Data[2], d.Data[3], d.Data[4], 0xff, '2', '1', '.', '5', 'C'}, now)
			fatal(err)
			carry(at, o)
		}
	}
	o, err := client.Send(nil, "server", []byte{0x41, 0x01, 0x00, 0x07, 0xaa, 0xb4, 't', 'e', 'm', 'p'}, now)
	fatal(err)
	carry("client", o)
	// Output:
	// server: established with sensor-7
	// client: established with server
	// the server's stack is asked by sensor-7
	// the client's stack has 21.5C
}

// What must outlive the process is sealed with a key of the host's.
func ExampleEndpoint_Save() {
	_, serverParty := parties()
	config := endpoint.Config{Responder: serverParty, Ahead: 1000}
	server, err := endpoint.New(config)
	fatal(err)

	key := make([]byte, 32) // from a safe place
	saved, err := server.Save(key)
	fatal(err)
	// ... write it in the place of what was stored before, and only then:
	server.Saved(time.Now())

	restarted, err := endpoint.Restore(config, key, saved, time.Now())
	fatal(err)
	fmt.Println(len(restarted.Peers()), "peers")
	// Output: 0 peers
}
