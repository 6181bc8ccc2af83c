package coap_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func get[T any](value T, err error) T {
	fatal(err)
	return value
}

// sensorAndServer are the parties of two sides with raw keys that know each other.
func sensorAndServer(change ...func(server *ake.Config)) (sensor, server *ake.Party) {
	var own, public [2]*ake.Credential
	for i, name := range []string{"sensor-7", "server"} {
		private, key, err := ake.GenerateKey(ake.KeyX25519)
		fatal(err)
		ccs := get(ake.NewCCS(name, []byte{byte(i)}, ake.KeyX25519, key))
		own[i], public[i] = get(ake.CredentialFromCCS(ccs)), get(ake.CredentialFromCCS(ccs))
		fatal(own[i].SetPrivateKey(private))
	}
	config := ake.Config{Methods: []ake.Method{3}, Own: own[1:], Peers: public[:1]}
	for _, f := range change {
		f(&config)
	}
	return get(ake.NewParty(ake.Config{Methods: []ake.Method{3}, Own: own[:1], Peers: public[1:]})), get(ake.NewParty(config))
}

// network carries requests of a client to a server, as a CoAP stack does.
type network struct {
	server *coap.Server
	id     uint16
}

func (n *network) exchange(request coap.Request) coap.Result {
	n.id++
	request.Peer, request.MessageID, request.Token = "[2001:db8::7]:5683", n.id, []byte{byte(n.id)}
	return n.server.Handle(request)
}

// A client runs EDHOC with a server, which gives both sides an OSCORE context.
func Example() {
	sensor, party := sensorAndServer()
	server := get(coap.NewServer(coap.ServerConfig{Responder: party}))
	client := get(coap.NewClient(coap.ClientConfig{Party: sensor, Role: ake.Initiator}))
	stack := &network{server: server}

	var established *ake.OSCOREContext
	request, err := client.Start()
	for request != nil && err == nil {
		result := stack.exchange(*request)
		for _, event := range result.Events {
			if event.Kind == coap.Established {
				established = event.Context // the stack installs it before it answers
			}
		}
		request, err = client.Next(result.Response)
	}
	fatal(err)
	context := get(client.Context())
	fmt.Println(client.Done(), bytes.Equal(context.MasterSecret, established.MasterSecret))
	// Output: true true
}

// In the reverse flow the server is the Initiator: a client without a name of its own
// to protect starts with an empty request.
func ExampleClientConfig_reverseFlow() {
	sensor, party := sensorAndServer()
	server := get(coap.NewServer(coap.ServerConfig{Initiator: party}))
	client := get(coap.NewClient(coap.ClientConfig{Party: sensor, Role: ake.Responder}))
	stack := &network{server: server}

	request, err := client.Start()
	for request != nil && err == nil {
		request, err = client.Next(stack.exchange(*request).Response)
	}
	fmt.Println(err, client.Done())
	// Output: <nil> true
}

// A host that decides about each peer answers a Pending event, now or later.
func ExampleServer_Continue() {
	sensor, party := sensorAndServer(func(c *ake.Config) { c.Pull = ake.PullPeer })
	server := get(coap.NewServer(coap.ServerConfig{Responder: party}))
	client := get(coap.NewClient(coap.ClientConfig{Party: sensor, Role: ake.Initiator}))
	stack := &network{server: server}

	request := get(client.Start())
	request = get(client.Next(stack.exchange(*request).Response))
	result := stack.exchange(*request) // message_3: there is no answer yet
	event := result.Events[0]
	fmt.Println(errors.Is(event.Err, ake.PendingPeer), event.Session.PeerCredential().Identity().Subject)

	result = get(server.Continue(event.Session)) // or event.Session.RejectPeer before
	fmt.Println(result.Events[0].Kind == coap.Established, result.Response.Code)
	// Output:
	// true sensor-7
	// true 2.04
}

// The combined request (RFC 9668) carries message_3 and the first OSCORE request.
func ExampleClient_Combine() {
	sensor, party := sensorAndServer()
	server := get(coap.NewServer(coap.ServerConfig{Responder: party}))
	client := get(coap.NewClient(coap.ClientConfig{Party: sensor, Role: ake.Initiator}))
	stack := &network{server: server}

	request := get(client.Start())
	get(client.Next(stack.exchange(*request).Response)) // message_3 alone, which is not sent

	context := get(client.Context())
	protected := []byte("what OSCORE made of the request with the context")
	payload, edhoc, err := client.Combine(protected, 0, 0)
	fatal(err)
	result := stack.exchange(coap.Request{Code: coap.POST, Payload: payload, EDHOC: edhoc, KID: context.SenderID})
	fmt.Println(result.OSCORE, string(payload[result.Offset:]))
	// Output: true what OSCORE made of the request with the context
}

// What a server says of itself in /.well-known/core, and what a client makes of it.
func ExampleChooseResource() {
	sensor, party := sensorAndServer()
	resource := coap.Resource{Path: "/edhoc", Responder: true, Profile: coap.ProfileOf(party, ake.Responder, true)}
	link := get(resource.Link())

	found, choice, err := coap.ChooseResource(sensor, ake.Initiator, get(coap.ParseLinks(link)), nil)
	fatal(err)
	fmt.Println(found.Path, choice.Method)
	client := get(coap.NewClient(coap.ClientConfig{Party: sensor, Role: ake.Initiator, Choice: choice}))
	fmt.Println(client.Done())
	// Output:
	// /edhoc 3
	// false
}

// One who is server and client gives out identifiers from one place: each is the
// Recipient ID of an OSCORE context.
func ExampleIDs() {
	ids := get(coap.NewIDs(1, 4))
	ids.Reserve([]byte{0x01}) // of a context that was restored
	id := get(ids.Take(nil))
	fmt.Println(len(id), bytes.Equal(id, []byte{0x01}), ids.Len())
	ids.Release(id) // when its context is gone
	fmt.Println(ids.Len())
	// Output:
	// 1 false 2
	// 1
}

// What strangers can make a server do is bounded.
func ExampleLimits() {
	_, party := sensorAndServer()
	_, err := coap.NewServer(coap.ServerConfig{Responder: party, Limits: coap.Limits{HalfOpen: -1}})
	fmt.Println(errors.Is(err, ake.ErrArgument))
	server := get(coap.NewServer(coap.ServerConfig{Responder: party, Limits: coap.Limits{HalfOpen: 1000, Threshold: 100}}))
	fmt.Println(server.Stats().HalfOpen)
	// Output:
	// true
	// 0
}
