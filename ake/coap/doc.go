// Package coap is EDHOC over CoAP (RFC 9528 appendix A.2, RFC 9668) without
// sockets: requests and responses go in and come out as values, and any CoAP
// stack carries them.
//
// A Server takes what arrives at "/.well-known/edhoc" and says what to answer,
// and which runs are over:
//
//	server, _ := coap.NewServer(coap.ServerConfig{Responder: party})
//
//	result := server.Handle(request) // for each datagram
//	for _, event := range result.Events {
//		// event.Kind == coap.Established: install event.Context
//	}
//	// send result.Response
//
// A Client says what to send:
//
//	client, _ := coap.NewClient(coap.ClientConfig{Party: party, Role: ake.Initiator})
//	for request, err := client.Start(); request != nil && err == nil; {
//		response := exchange(*request) // by the CoAP stack
//		request, err = client.Next(response)
//	}
//	context, _ := client.Context() // when client.Done()
//
// # Flows
//
// In the forward flow the client is the Initiator, in the reverse flow the
// server is. Both go with and without message_4. The combined request of RFC
// 9668 carries message_3 and the first OSCORE request in one (Client.Combine,
// and Handle with Request.EDHOC).
//
// # What is promised
//
// Runs belong to their connection identifier. A message for one from another address
// than that at which it began is asked for an Echo option (RFC 9175) before anything is
// computed: a client that has moved answers, who forges addresses cannot. A message that
// does reach its run and fails, also one that cannot be parsed, ends the run; what must
// end none is answered without an EDHOC error message. The same
// datagram gets the same answer and runs nothing twice. No unauthenticated
// message removes or replaces a context that was established. Half-open runs
// and kept answers are bounded in number, age and bytes; above a threshold, for a large
// message_1, and where the answer would be large, a client has to show with Echo that it is
// where it says. That is before the server decodes anything or does a public-key
// operation for it; until then a request costs a few microseconds and less than 4 KB,
// whatever it is.
//
// A host that cannot install a context says so (ServerConfig.Install), and nothing
// is left of the run.
package coap
