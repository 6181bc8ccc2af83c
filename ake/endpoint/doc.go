// Package endpoint puts EDHOC and OSCORE underneath a CoAP stack that knows neither.
// It stands between the network and the stack: datagrams go in from either side, and
// come out for either side. It has no sockets, no clock and no goroutine.
//
//	e, err := endpoint.New(endpoint.Config{Responder: config})
//
//	output := e.Receive(from, datagram, time.Now()) // from the network
//	output, err = e.Send(peer, datagram, time.Now()) // from the stack
//	output = e.Tick(time.Now()) // at output.Next, if nothing else came before
//
// Each Output says what to send to the network, what to hand to the stack, and what
// happened. The stack sees plain CoAP of authenticated peers: every Peer is an address
// of its own for it.
//
// # What it does
//
// It answers EDHOC (RFC 9528 appendix A.2) and starts it when the stack sends to an
// address where no peer is known; what waits meanwhile is bounded. It cuts EDHOC
// messages into blocks (RFC 7959) and puts them together, and repeats its own requests
// (RFC 7252 section 4.2). The combined request (RFC 9668) is taken, and made when
// Config.Combined says so. It unprotects what comes in and protects what goes out.
//
// What is not protected reaches the stack only for the paths of Config.Open, and as
// nobody's. An unprotected answer to a protected request never does.
//
// # Once and only once
//
// The stack's own message IDs and tokens pass, and its retransmissions go out as the
// same bytes. A request that comes again is not handed on again, also if a client that was
// restarted protects it anew: its answer is repeated, if it is kept, and otherwise it is
// dropped. A server that was restarted
// asks for Echo under OSCORE (RFC 8613 appendix B.1.2), which the other side answers
// by itself, but for a request that may have been processed before: who asked gets 5.04.
//
// # State that must not be lost, or used twice
//
// Save gives what has to outlive the process, sealed with the host's key; Output.Save
// says when it is time, and Saved that it was stored. What is restored from it begins
// with sequence numbers that nobody used.
package endpoint
