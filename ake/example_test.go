package ake_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"

	"github.com/liblake/lake/ake"
)

// What the examples share: errors that do not come, sides, and a network.

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func get[T any](value T, err error) T {
	fatal(err)
	return value
}

// rawKey is a raw public key: the owner's credential, and what others have of it.
func rawKey(name string, kid byte) (own, public *ake.Credential) {
	private, key, err := ake.GenerateKey(ake.KeyP256)
	fatal(err)
	ccs := get(ake.NewCCS(name, []byte{kid}, ake.KeyP256, key))
	own, public = get(ake.CredentialFromCCS(ccs)), get(ake.CredentialFromCCS(ccs))
	fatal(own.SetPrivateKey(private))
	return own, public
}

// sensorAndServer are two Configs with raw keys that know each other.
func sensorAndServer() (sensor, server ake.Config) {
	sensorOwn, sensorPublic := rawKey("sensor-7", 7)
	serverOwn, serverPublic := rawKey("server", 1)
	sensor = ake.Config{Own: []*ake.Credential{sensorOwn}, Peers: []*ake.Credential{serverPublic}}
	server = ake.Config{Own: []*ake.Credential{serverOwn}, Peers: []*ake.Credential{sensorPublic}}
	return sensor, server
}

func newSession(config ake.Config, role ake.Role) *ake.Session {
	return get(get(ake.NewParty(config)).NewSession(role))
}

// run takes two sessions to the end. It is the network: what one side sends, the other
// one gets.
func run(initiator, responder *ake.Session) error {
	message, err := initiator.Step(nil)
	for to, from := responder, initiator; err == nil && message != nil; to, from = from, to {
		message, err = to.Step(message)
	}
	return err
}

// A whole run, message by message. Both sides have the same keys then.
func Example() {
	sensor, server := sensorAndServer()
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)

	message1 := get(initiator.PrepareMessage1())
	fatal(responder.ProcessMessage1(message1))
	message2 := get(responder.PrepareMessage2())
	fatal(initiator.ProcessMessage2(message2)) // authenticates the server
	message3 := get(initiator.PrepareMessage3())
	fatal(responder.ProcessMessage3(message3)) // authenticates the sensor
	message4 := get(responder.PrepareMessage4())
	fatal(initiator.ProcessMessage4(message4)) // proves that the server has the keys

	a, b := get(initiator.OSCOREContext()), get(responder.OSCOREContext())
	fmt.Println(responder.PeerCredential().Identity().Subject)
	fmt.Println(bytes.Equal(a.MasterSecret, b.MasterSecret), bytes.Equal(a.SenderID, b.RecipientID))
	// Output:
	// sensor-7
	// true true
}

// Step is the short way: the same call for both roles and every message.
func ExampleSession_Step() {
	sensor, server := sensorAndServer()
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)

	message, err := initiator.Step(nil) // nothing has arrived: it begins
	for to, from := responder, initiator; err == nil && message != nil; to, from = from, to {
		message, err = to.Step(message)
	}
	fmt.Println(err, initiator.Info().Complete, responder.Info().Complete)
	// Output: <nil> true true
}

// A Config is checked once, as a whole, before any session is made.
func ExampleNewParty() {
	_, err := ake.NewParty(ake.Config{Suites: []int{2, 77}})
	fmt.Println(errors.Is(err, ake.ErrUnsupported), err)

	sensor, _ := sensorAndServer()
	sensor.Suites = []int{3, 2} // the preferred one first
	sensor.Methods = []ake.Method{3}
	party := get(ake.NewParty(sensor))
	fmt.Println(party.Description(ake.Initiator).Suites)
	// Output:
	// true not supported by this library or not with this cipher suite: cipher suite 77
	// [3 2]
}

// What a peer is refused for stays here; it hears little.
func ExampleSession_PrepareError() {
	sensor, server := sensorAndServer()
	server.Peers = nil // the server does not know the sensor any more
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)

	fatal(responder.ProcessMessage1(get(initiator.PrepareMessage1())))
	fatal(initiator.ProcessMessage2(get(responder.PrepareMessage2())))
	err := responder.ProcessMessage3(get(initiator.PrepareMessage3()))
	if errors.Is(err, ake.ErrCredentialUnknown) {
		fmt.Println("the server:", err)
	}
	err = initiator.ProcessError(get(responder.PrepareError()))
	fmt.Println("the sensor:", err)
	// Output:
	// the server: the peer refers to a credential that is not known here
	// the sensor: the peer does not know the credential that we referred to
}

// Any protocol can have keys of a run, each with a label of its own.
func ExampleSession_Export() {
	sensor, server := sensorAndServer()
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(run(initiator, responder))

	const label = 32768 // and above: for private use
	a := get(initiator.Export(label, []byte("records of today"), 16))
	b := get(responder.Export(label, []byte("records of today"), 16))
	c := get(responder.Export(label, []byte("records of tomorrow"), 16))
	fmt.Println(len(a), bytes.Equal(a, b), bytes.Equal(b, c))
	// Output: 16 true false
}

// New keys of the same run, which do not give the old ones away.
func ExampleSession_KeyUpdate() {
	sensor, server := sensorAndServer()
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(run(initiator, responder))

	before := get(initiator.OSCOREContext())
	fatal(initiator.KeyUpdate([]byte("1"))) // both sides, with the same context
	fatal(responder.KeyUpdate([]byte("1")))
	a, b := get(initiator.OSCOREContext()), get(responder.OSCOREContext())
	fmt.Println(bytes.Equal(a.MasterSecret, b.MasterSecret), bytes.Equal(a.MasterSecret, before.MasterSecret))
	// Output: true false
}

// The adviser counts what keys have done, and says when they should be renewed.
func ExampleSession_Usage() {
	sensor, server := sensorAndServer()
	sensor.RenewalLimits = ake.RenewalLimits{Messages: 1000}
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(run(initiator, responder))

	fatal(initiator.ReportMessages(900, 0, 0)) // protected, verified, failed
	fmt.Println(initiator.Usage().Advice)
	fatal(initiator.ReportMessages(100, 0, 0))
	fmt.Println(initiator.Usage().Advice)
	// Output:
	// continue
	// key update
}

// What libcoap takes for OSCORE.
func ExampleOSCOREContext_LibcoapConf() {
	sensor, server := sensorAndServer()
	sensor.Suites, server.Suites = []int{2}, []int{2}
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(run(initiator, responder))

	context := get(initiator.OSCOREContext())
	defer context.Clear()
	conf := get(context.LibcoapConf()) // for coap_new_oscore_conf
	fmt.Println(bytes.Contains(conf, []byte("master_secret")))
	// Output: true
}

// An Initiator selects another suite than the one it likes best, for example when it
// knows what the Responder supports. Without that the error message tells, and Step
// begins again.
func ExampleSession_SelectSuite() {
	sensor, server := sensorAndServer()
	sensor.Suites, server.Suites = []int{3, 2}, []int{2}

	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(initiator.SelectSuite(2))
	fatal(run(initiator, responder))
	fmt.Println("selected:", responder.Info().Suite)

	initiator = newSession(sensor, ake.Initiator)
	refused := newSession(server, ake.Responder)
	reply, err := refused.Step(get(initiator.Step(nil)))
	fmt.Println("refused:", errors.Is(err, ake.ErrSuite))
	responder = newSession(server, ake.Responder)
	message1 := get(initiator.Step(reply)) // the error message in, another message_1 out
	message2 := get(responder.Step(message1))
	message3 := get(initiator.Step(message2))
	get(responder.Step(message3))
	fmt.Println("negotiated:", responder.Info().Suite)
	// Output:
	// selected: 2
	// refused: true
	// negotiated: 2
}
