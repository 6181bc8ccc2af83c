// Package ake is EDHOC (RFC 9528), the lightweight authenticated key exchange,
// as an engine without input and output: messages go in and come out as bytes.
//
// A Config says what stays the same: cipher suites, methods, one's own credentials
// and the peers that are trusted. NewParty checks it once and gives the Party that
// sessions are made from. A Session is one run on one side.
//
//	own, _ := ake.CredentialFromCCS(ccs)
//	own.SetPrivateKey(key)
//	peer, _ := ake.CredentialFromCCS(peerCCS)
//
//	party, _ := ake.NewParty(ake.Config{Own: []*ake.Credential{own}, Peers: []*ake.Credential{peer}})
//
//	session, _ := party.NewSession(ake.Initiator)
//	message1, _ := session.PrepareMessage1()
//	// send message1, receive message2
//	err := session.ProcessMessage2(message2)
//	message3, _ := session.PrepareMessage3()
//	context, _ := session.OSCOREContext()
//
// Session.Step does the same with one method for both roles. The examples show
// certificates, pre-shared keys, keys in a token, and what else there is.
//
// # Next runs
//
// A completed Session gives a key that makes the next run cheap (ResumptionStore,
// Session.UseResumption), says when its keys should be renewed (Session.Usage),
// and can be saved, also half-open (Session.Save, Party.RestoreSession).
//
// # What is promised
//
// A call takes its whole step, or ends the run because a message of the peer failed,
// in whatever way (RFC 9528 section 9), or, after a mistake of the host, leaves the
// Session as it was (state.go has the state machine). An error message answers
// something: there is none while this side waits for an answer.
// Messages are read strictly: deterministic CBOR, exact elements and lengths.
// Every error has a Status; what the peer is told of it is an EDHOC error
// message with a short fixed text. No error, log line or String method holds a
// secret. Secrets are cleared when no later step needs them.
//
// A Party is safe for use by many goroutines. So is what can be known of a Session;
// what changes it is for one at a time, and gives ErrBusy to another.
//
// # Extensions
//
// What a protocol in EAD items needs besides them is Session.HashMessage1,
// Session.ECDHWithPeer and Session.EphemeralECDH.
package ake
