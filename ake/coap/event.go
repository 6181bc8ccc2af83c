package coap

import "github.com/liblake/lake/ake"

// Result is what became of a request.
type Result struct {
	// Response is to be sent. If its Code is Empty, nothing is: the answer is
	// being made, or waits for the host (Pending), or OSCORE gives it.
	Response Response
	// OSCORE says that the request goes on to the OSCORE layer, without the
	// EDHOC option and with the payload from Offset on.
	OSCORE bool
	Offset int
	// Duplicate says that this datagram came before. The host should repeat its
	// own answer, if it is one to an OSCORE request and kept.
	Duplicate bool
	// Events are runs that have come to an end, or wait for the host. It may be
	// other runs than that of the request.
	Events []Event
}

// EventKind is what happened to a run.
type EventKind int

// The kinds of event.
const (
	Established EventKind = iota + 1 // Context is to be installed before the response is sent
	Failed                           // Err says why
	Pending                          // Err is the pending status: answer it at Session, then Continue
)

// Event is the end of a run, or a question about one.
type Event struct {
	Kind       EventKind
	Peer       string             // who began the run
	ID         []byte             // C_R or C_I of the server; the Recipient ID of Context
	Session    *ake.Session       // Established: it is the host's now; Pending
	Context    *ake.OSCOREContext // Established
	Credential *ake.Credential    // Established: of the peer
	Err        error              // Failed, Pending
}
