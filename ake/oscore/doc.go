// Package oscore protects CoAP messages end to end (RFC 8613, OSCORE) with the keys
// that EDHOC makes. Datagrams go in and come out: no sockets, no clock, no goroutine.
//
// A Context is made from a completed run, or from a Master Secret:
//
//	keys, _ := session.OSCOREContext()
//	context, err := oscore.FromEDHOC(keys, oscore.Settings{})
//
// The client protects a request and keeps the Exchange until the answer has come; the
// server gets one with the request, and protects its answer with it:
//
//	datagram, exchange, err := context.ProtectRequest(request)   // client
//	request, exchange, err := context.UnprotectRequest(datagram) // server
//	datagram, err := context.ProtectResponse(response, exchange) // server
//	response, err := context.UnprotectResponse(datagram, exchange) // client
//
// A server with many peers keeps their contexts in a Contexts, which finds the one that
// a datagram belongs to. A request that fails is answered with ErrorResponse.
//
// # Messages
//
// What goes in and out is CoAP over UDP (RFC 7252 section 3). Type, message ID and
// token pass as they are: retransmission and its recognition are the message layer's,
// which sees the same bytes again. Nothing here may be called twice for one message:
// a request that is repeated is repeated as it was protected.
//
// The options Uri-Host, Uri-Port, Proxy-Scheme, Hop-Limit and EDHOC stay outside;
// everything else, also options that nobody knows, is encrypted (section 4.1). Blocks
// (RFC 7959) that the stack makes are inner ones and pass untouched; blocks that a proxy
// made of a protected message have to be put together before it comes here.
//
// # Numbers that must not come twice
//
// A nonce that is used twice gives the key away. So a Context counts what it sends, and
// somebody who keeps contexts over a restart has to keep that count (appendix B.1.1):
// Settings.Ahead and Context.Reserve say how. What was received before a restart is not
// known after it: the first request is answered with an Echo option then (appendix
// B.1.2), see ErrFreshness.
package oscore
