package endpoint

import (
	"fmt"
	"strings"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// Config is what an Endpoint needs. At least one of Responder and Initiator is set.
type Config struct {
	// Responder is for runs in which this side is the Responder, Initiator for
	// those in which it is the Initiator; nil: there are none. Both may be the same.
	// Questions that wait for the host (pull mode) come as an Event and are answered at
	// the Session, then Continue.
	Responder, Initiator *ake.Party

	// Reverse makes the runs that this side begins those of the reverse flow (RFC 9528
	// appendix A.2.2): the CoAP client is the Responder.
	Reverse bool
	// Combined sends message_3 together with the first protected request (RFC 9668).
	// A server that does not know it refuses it, and gets both in turn.
	Combined bool

	// Open are the paths whose requests pass unprotected in both directions, such as
	// "/.well-known/core". They are nobody's: there is no Peer.
	Open []string

	// Prepare is called before the first message of a run is made or processed, with
	// the address that it goes to, or "" in runs that others began; nil: nothing is to
	// be done.
	Prepare func(session *ake.Session, address string) error

	// Resumption keeps resumption keys, and makes runs to a peer that it has one for
	// resumptions; nil: every run is a full one.
	Resumption *ake.ResumptionStore

	Limits     Limits
	EDHOC      coap.Limits       // what strangers can make of half-open runs
	Renewal    ake.RenewalLimits // of a context; RunAge and KeySets have no meaning here
	NoEcho     bool              // see coap.ServerConfig
	ReplaySize int               // requests back that one is accepted which came late; default 256
	Ahead      uint64            // sequence numbers reserved at a time; 0: nothing outlives the process, and Save is refused
}

// Limits bounds what an Endpoint keeps. Zero fields mean the default.
type Limits struct {
	Peers         int           // default 10,000; the one that was idle for longest makes room
	PerCredential int           // peers with one credential, at different addresses: default 256; of these the one that was idle for longest makes room
	Idle          time.Duration // a peer without traffic is dropped after it: default 24 h
	Exchanges     int           // requests of one peer, or to one, that are open, or known as repeated: default 1,024
	Burst         int           // confirmable requests handed to the stack that it has not answered yet: default 64
	Kept          int           // answers to one peer kept for repeated requests: default 64
	Memory        int           // bytes kept of requests and answers that are over, in case they are repeated, for all peers: default 32 MiB; the oldest go of who has most
	Waiting       int           // bytes of messages that wait for one run: default 65,536
	Runs          int           // runs under way that this side began: default 256
	Strangers     int           // unprotected exchanges (Open): default 256
	Block         int           // bytes of an EDHOC message in one datagram: 16, 32 .. 1024; default 1024
	Bodies        int           // EDHOC messages being put together from blocks: default 64
	Body          int           // bytes of one: default 16,384
}

func (l *Limits) fill() error {
	for _, f := range []struct {
		name            string
		value           *int
		byDefault, most int
	}{
		{"Peers", &l.Peers, 10_000, 1 << 30}, {"PerCredential", &l.PerCredential, 256, 1 << 30}, {"Exchanges", &l.Exchanges, 1024, 1 << 16}, {"Burst", &l.Burst, 64, 1 << 16}, {"Kept", &l.Kept, 64, 1 << 16}, {"Memory", &l.Memory, 1 << 25, 1 << 30},
		{"Waiting", &l.Waiting, 1 << 16, 1 << 30}, {"Runs", &l.Runs, 256, 1 << 20}, {"Strangers", &l.Strangers, 256, 1 << 20},
		{"Block", &l.Block, 1024, 1024}, {"Bodies", &l.Bodies, 64, 1 << 16}, {"Body", &l.Body, 1 << 14, 1 << 20},
	} {
		if *f.value == 0 {
			*f.value = f.byDefault
		}
		if *f.value < 1 || *f.value > f.most {
			return because(ake.ErrArgument, "Limits.%s is %d, want 1 to %d", f.name, *f.value, f.most)
		}
	}
	if _, ok := sizeExponent(l.Block); !ok {
		return because(ake.ErrArgument, "Limits.Block is %d, want 16, 32, 64 .. 1024", l.Block)
	}
	if l.Idle == 0 {
		l.Idle = 24 * time.Hour
	}
	if l.Idle < 0 {
		return because(ake.ErrArgument, "Limits.Idle is negative")
	}
	return nil
}

const (
	defaultReplaySize = 256
	defaultKeyAge     = time.Hour // as of sessions
)

func (c *Config) fill() error {
	switch {
	case c.Responder == nil && c.Initiator == nil:
		return because(ake.ErrArgument, "an endpoint needs Responder or Initiator")
	case c.Renewal.KeyAge < 0:
		return because(ake.ErrArgument, "Renewal.KeyAge is negative")
	case c.Ahead > 1<<32:
		return because(ake.ErrArgument, "Ahead is %d, want at most 2^32", c.Ahead)
	}
	for _, path := range c.Open {
		if !strings.HasPrefix(path, "/") || path == coap.Path {
			return because(ake.ErrArgument, "the open path %q does not begin with /, or is EDHOC's", path)
		}
	}
	if c.Renewal.KeyAge == 0 {
		c.Renewal.KeyAge = defaultKeyAge
	}
	if c.ReplaySize == 0 {
		c.ReplaySize = defaultReplaySize
	}
	if c.ReplaySize < 1 || c.ReplaySize > oscore.MaxReplayWindow {
		return because(ake.ErrArgument, "ReplaySize is %d, want 1 to %d", c.ReplaySize, oscore.MaxReplayWindow)
	}
	return c.Limits.fill()
}

// starter is what this side's own runs are made of, nil if it begins none.
func (c *Config) starter() (*ake.Party, ake.Role) {
	if c.Reverse {
		return c.Responder, ake.Responder
	}
	return c.Initiator, ake.Initiator
}

// served is what runs are made of that others begin: in the forward flow, and in the
// reverse one.
func (c *Config) served(responder, initiator *ake.Party) (forward, reverse *ake.Party) {
	if c.Reverse {
		return nil, initiator
	}
	return responder, initiator
}

// Times of RFC 7252 section 4.8, and more limits.
const (
	ackTimeout       = 2 * time.Second
	maxRetransmit    = 4
	exchangeLifetime = 247 * time.Second
	// patience is how long an answer may take after its request was acknowledged.
	patience = 90 * time.Second
	// grace is how long a context that was replaced is still taken.
	grace = 60 * time.Second
	// mostOld is how many of those a peer has: who runs EDHOC without end has no more.
	mostOld = 4
	// reading is how long the stack may take to read what it was handed, on a machine that
	// has much else to do.
	reading = 10 * time.Second
	// quiet is how long after a run that failed there is no other to its address.
	quiet = 5 * time.Second
)

// tolerated is how many requests in a row the other side may refuse, as the network may
// have damaged them or the name of the key in them.
var tolerated = map[codes.Code]int{codes.BadRequest: 4, codes.Unauthorized: 1}

func because(status ake.Status, format string, args ...any) error {
	return &ake.Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}
