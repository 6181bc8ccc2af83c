package ake_test

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/liblake/lake/ake"
)

// A server with a database looks up who comes.
func ExampleResolver() {
	sensor, server := sensorAndServer()
	database := map[string]*ake.Credential{string(server.Peers[0].IDCred()): server.Peers[0]}
	server.Peers = nil
	server.Resolver = func(_ *ake.Session, idCred []byte) ([]*ake.Credential, error) {
		if found, ok := database[string(idCred)]; ok {
			return []*ake.Credential{found}, nil
		}
		return nil, ake.ErrNotFound
	}
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fmt.Println(run(initiator, responder), responder.PeerCredential().Identity().Subject)
	// Output: <nil> sensor-7
}

// Where the look-up takes long the run waits for the answer, and no goroutine does.
func ExampleSession_SetPeerCredential() {
	sensor, server := sensorAndServer()
	known := server.Peers[0]
	server.Peers, server.Pull = nil, ake.PullCredential
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)

	message2 := get(responder.Step(get(initiator.Step(nil))))
	message3 := get(initiator.Step(message2))
	_, err := responder.Step(message3)
	fmt.Println(errors.Is(err, ake.PendingCredential))
	fmt.Printf("who has ID_CRED_I %x?\n", responder.PeerIDCred())

	fatal(responder.SetPeerCredential(known)) // it has been found
	get(responder.Step(nil))                  // goes on
	fmt.Println(responder.Info().Authenticated)
	// Output:
	// true
	// who has ID_CRED_I a1044107?
	// true
}

// Trust on first use, for a network without anything else.
func ExampleSession_PeerIsNew() {
	sensor, server := sensorAndServer()
	fatal(sensor.Own[0].SetID(ake.IDKccs, nil)) // send the key, not only its kid
	server.Peers, server.Policy = nil, ake.PolicyLearn
	party := get(ake.NewParty(server))
	device := get(ake.NewParty(sensor))
	for range 2 {
		responder := get(party.NewSession(ake.Responder))
		fatal(run(get(device.NewSession(ake.Initiator)), responder))
		fmt.Println(responder.PeerIsNew()) // true: keep PeerCredential, for the next Config
	}
	// Output:
	// true
	// false
}

// Data that goes along with the run, here with message_3, protected and authenticated.
func ExampleSession_AddEAD() {
	const label = 65000
	sensor, server := sensorAndServer()
	server.EADLabels = []int64{label}
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	fatal(initiator.AddEAD(3, ake.EADItem{Label: -label, Value: []byte("firmware 1.4")})) // negative: critical
	fatal(run(initiator, responder))
	for _, item := range responder.EAD(3) {
		fmt.Printf("%d %s %v\n", item.Label, item.Value, item.Critical())
	}
	// Output: -65000 firmware 1.4 true
}

// A handler decides about items while the message is processed.
func ExampleEADHandler() {
	const firmware = 65000
	sensor, server := sensorAndServer()
	server.EADHandler = func(_ *ake.Session, message int, item ake.EADItem) error {
		switch {
		case item.Label != firmware && item.Label != -firmware:
			return ake.ErrNotFound // which ends the run if the item is critical
		case bytes.Equal(item.Value, []byte("firmware 1.3")):
			return errors.New("too old")
		}
		return nil
	}
	for _, version := range []string{"firmware 1.4", "firmware 1.3"} {
		initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
		fatal(initiator.AddEAD(3, ake.EADItem{Label: -firmware, Value: []byte(version)}))
		err := run(initiator, responder)
		fmt.Println(version, errors.Is(err, ake.ErrEADCritical))
	}
	// Output:
	// firmware 1.4 false
	// firmware 1.3 true
}

// A run that waits for its next message goes to sleep, and on in another process.
func ExampleSession_Save() {
	sensor, server := sensorAndServer()
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)
	message2 := get(responder.Step(get(initiator.Step(nil))))

	key := make([]byte, 32) // in truth a secret of this side
	saved := get(responder.Save(key))
	again := get(get(ake.NewParty(server)).RestoreSession(key, saved)) // the same Config, once

	get(again.Step(get(initiator.Step(message2))))
	fmt.Println(responder.Info().State, again.Info().State)
	// Output: FAILED COMPLETED
}

// The next run is cheap: no signature, no certificate, no static Diffie-Hellman.
func ExampleResumptionStore() {
	sensor, server := sensorAndServer()
	ofSensor, ofServer := get(ake.NewResumptionStore(0, 0)), get(ake.NewResumptionStore(1000, 7*24*time.Hour))
	server.ResumptionStore = ofServer
	device, party := get(ake.NewParty(sensor)), get(ake.NewParty(server))
	for range 2 {
		initiator, responder := get(device.NewSession(ake.Initiator)), get(party.NewSession(ake.Responder))
		err := initiator.UseResumption(ofSensor, sensor.Peers[0].Bytes())
		if errors.Is(err, ake.ErrNotFound) {
			fmt.Println("no key yet: a full run")
		}
		fatal(run(initiator, responder))
		fmt.Println("resumed:", responder.Info().Resumed)
		fatal(ofSensor.Keep(initiator)) // both sides, before any KeyUpdate
		fatal(ofServer.Keep(responder))
	}
	// Output:
	// no key yet: a full run
	// resumed: false
	// resumed: true
}

// An extension that has its data encrypted for a third party, such as the enrollment
// server of draft-ietf-lake-authz, by ECDH of X with the key of that one.
func ExampleSession_EphemeralECDH() {
	const voucher = 65001
	private, public, err := ake.GenerateKey(ake.KeyP256) // of the third party
	fatal(err)
	sensor, server := sensorAndServer()
	server.EADLabels = []int64{voucher}
	initiator, responder := newSession(sensor, ake.Initiator), newSession(server, ake.Responder)

	ofDevice := get(initiator.EphemeralECDH(public)) // goes into a key derivation
	fatal(initiator.AddEAD(1, ake.EADItem{Label: voucher, Value: []byte("what was encrypted")}))
	fatal(responder.ProcessMessage1(get(initiator.PrepareMessage1())))

	ofThirdParty := get(responder.ECDHWithPeer(private))
	fmt.Println(bytes.Equal(ofDevice, ofThirdParty))
	fmt.Println(bytes.Equal(initiator.HashMessage1(), responder.HashMessage1()))
	// Output:
	// true
	// true
}

// A device without a clock gets the time from somewhere.
func ExampleConfig_clock() {
	authority := newCA()
	device, server := authority.certified("sensor-7.example"), authority.certified("server.example")
	device.AllowAnyPeer = true
	now := time.Unix(0, 0) // it was switched on
	device.Clock = func() time.Time { return now }
	party := get(ake.NewParty(device))

	err := run(get(party.NewSession(ake.Initiator)), newSession(server, ake.Responder))
	fmt.Println(errors.Is(err, ake.ErrNotYetValid))
	now = time.Now() // somebody has told it
	fmt.Println(run(get(party.NewSession(ake.Initiator)), newSession(server, ake.Responder)))
	// Output:
	// true
	// <nil>
}
