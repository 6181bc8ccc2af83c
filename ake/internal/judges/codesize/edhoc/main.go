// The program edhoc does a handshake with itself: raw public keys, method 3, suite 2.
package main

import "github.com/liblake/lake/ake"

func get[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func credential(name string, kid byte) *ake.Credential {
	private, public, err := ake.GenerateKey(ake.KeyP256)
	if err != nil {
		panic(err)
	}
	c := get(ake.CredentialFromCCS(get(ake.NewCCS(name, []byte{kid}, ake.KeyP256, public))))
	if err := c.SetPrivateKey(private); err != nil {
		panic(err)
	}
	return c
}

func main() {
	device, server := credential("device", 1), credential("server", 2)
	session := func(role ake.Role, own, peer *ake.Credential) *ake.Session {
		party := get(ake.NewParty(ake.Config{Own: []*ake.Credential{own}, Peers: []*ake.Credential{peer}}))
		return get(party.NewSession(role))
	}
	initiator, responder := session(ake.Initiator, device, server), session(ake.Responder, server, device)
	message := get(initiator.Step(nil))
	for to, from := responder, initiator; message != nil; to, from = from, to {
		message = get(to.Step(message))
	}
	get(initiator.OSCOREContext())
	get(responder.OSCOREContext())
}
