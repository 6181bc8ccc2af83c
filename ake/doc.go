// Package ake is EDHOC (RFC 9528), the lightweight authenticated key exchange,
// as an engine without input and output: messages go in and come out as bytes.
//
// A Config holds what stays the same: cipher suites, methods, one's own
// credentials and the peers that are trusted. A Session is one run on one side.
//
//	own, _ := ake.CredentialFromCCS(ccs)
//	own.SetPrivateKey(key)
//	peer, _ := ake.CredentialFromCCS(peerCCS)
//
//	config := ake.NewConfig()
//	config.AddOwnCredential(own)
//	config.AddPeerCredential(peer)
//
//	session, _ := config.NewSession(ake.Initiator)
//	message1, _ := session.PrepareMessage1()
//	// send message1, receive message2
//	err := session.ProcessMessage2(message2)
//	message3, _ := session.PrepareMessage3()
//	context, _ := session.OSCOREContext()
//
// Session.Step does the same with one method for both roles.
//
// # Next runs
//
// A completed Session gives a key that makes the next run cheap (ResumptionStore,
// Session.UseResumption), says when its keys should be renewed (Session.Usage),
// and can be saved, also half-open (Session.Save, Config.RestoreSession).
//
// # What is promised
//
// A call takes its whole step or none. A message of the peer that fails in any
// step ends the run; a mistake of the host leaves the Session as it was (state.go
// has the state machine).
// Messages are read strictly: deterministic CBOR, exact elements and lengths.
// Every error has a Status; what the peer is told of it is an EDHOC error
// message with a short fixed text. No error, log line or String method holds a
// secret. Secrets are cleared when no later step needs them.
//
// A Config is safe for use by many goroutines; a Session takes one call at a
// time and says ErrBusy to another.
package ake
