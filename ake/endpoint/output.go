package endpoint

import (
	"time"

	"github.com/liblake/lake/ake"
)

// Output is what a call wants done, in this order: Save if it is set, then Network,
// Stack and Events. What is in it may be part of the datagram that the call was given: copy
// what is kept for longer than that.
type Output struct {
	Network []Datagram // for the network
	Stack   []Delivery // for the CoAP stack
	Events  []Event

	// Save says that sequence numbers run short: store what Endpoint.Save gives and
	// call Saved. What could not be sent for want of them comes with Saved.
	Save bool
	// Next is when Tick has something to do; zero: never.
	Next time.Time
}

// Datagram is one for the network.
type Datagram struct {
	To   string
	Data []byte
}

// Delivery is a datagram for the CoAP stack: plain CoAP.
type Delivery struct {
	Peer *Peer  // who sent it; nil: nobody knows, on a path of Config.Open
	From string // where it came from
	Data []byte
}

// EventKind is what happened.
type EventKind int

// The kinds of event.
const (
	Established EventKind = iota + 1 // Peer is new
	Renewed                          // Peer has new keys
	Dropped                          // Peer is gone; Err says why
	Failed                           // a run came to nothing; Err says why
	Pending                          // Err is the pending status: answer it at Session, then Continue
	Refused                          // Peer's server answered a request with an error of OSCORE, unprotected
)

// String returns the kind, for example "established".
func (k EventKind) String() string {
	switch k {
	case Established:
		return "established"
	case Renewed:
		return "renewed"
	case Dropped:
		return "dropped"
	case Failed:
		return "failed"
	case Pending:
		return "pending"
	case Refused:
		return "refused"
	}
	return "unknown event"
}

// Event is what a host may want to know.
type Event struct {
	Kind    EventKind
	Peer    *Peer        // not of Failed and Pending
	Address string       // of the peer
	Session *ake.Session // Pending
	Err     error
}

func (o *Output) network(to string, data []byte) {
	if data != nil {
		o.Network = append(o.Network, Datagram{to, data})
	}
}

func (o *Output) stack(peer *Peer, from string, data []byte) {
	if data != nil {
		o.Stack = append(o.Stack, Delivery{peer, from, data})
	}
}

func (o *Output) event(e Event) { o.Events = append(o.Events, e) }
