package coap

import (
	"time"

	"github.com/liblake/lake/ake"
)

// ServerConfig is what a Server needs. At least one of Responder and Initiator
// is set; they may be the same.
type ServerConfig struct {
	Responder *ake.Party // for the forward flow; nil: it is refused
	Initiator *ake.Party // for the reverse flow; nil: it is refused
	IDs       *IDs       // nil: of its own, 1 to 4 bytes
	Limits    Limits
	NoEcho    bool // for networks without the Echo option: refuse with 5.03 instead, or 4.13 a large message_1

	// Profiles are told to an Initiator that asks for them, and to one whose
	// message_1 is refused (draft-ietf-lake-app-profiles); nil: to nobody.
	// The EADLabels of the Responder's Config have to include EADProfiles.
	Profiles *Advertisement

	// Prepare is called before the first message of a run is processed or
	// made, to add EAD or choose a credential; nil: nothing of that. An error
	// ends the run with 5.00. It may be called from several goroutines.
	Prepare func(*ake.Session) error

	// Install is told of each established run, before it counts as such and is
	// answered: to install the context. An error ends the run with 5.00. Nil:
	// the host installs the contexts of the events, and cannot fail.
	Install func(Event) error

	// Hold is called before the Server works on a Session that the host has seen,
	// and what it returns after that: for hosts that use Sessions of runs at any
	// time and from any goroutine. If ok is false, the host uses the Session just
	// now, and the request counts as lost. Nil: Sessions of runs are used in Prepare
	// and between a Pending event and Continue only.
	Hold func(*ake.Session) (release func(), ok bool)

	Clock func() time.Time // nil: time.Now
}

// Limits bounds what strangers can make a Server do. Zero fields mean the
// default.
type Limits struct {
	HalfOpen  int           // runs under way; default 256
	Threshold int           // half-open, or begun within a second: from this on with Echo only; default 32
	PerHost   int           // of one host, if Threshold are half-open; default 8
	Age       time.Duration // of a half-open run; default 120 s
	Cache     int           // bytes of answers kept for repeated requests; default 262,144
	Body      int           // bytes of a request's payload; default 16,384
	Message1  int           // bytes of a message_1 without a valid Echo value; default 1,024
	Echo      time.Duration // how long an Echo value is valid; default 60 s
}

func (l *Limits) fill() error {
	for _, limit := range []struct {
		name                  string
		value                 *int
		least, standard, most int
	}{
		{"half-open runs", &l.HalfOpen, 1, 256, 1 << 20},
		{"threshold", &l.Threshold, 1, 32, 1 << 20},
		{"half-open runs of one host", &l.PerHost, 1, 8, 1 << 20},
		{"bytes of kept answers", &l.Cache, 4096, 256 << 10, 1 << 30},
		{"body", &l.Body, 64, 16 << 10, 1 << 20},
		{"message_1", &l.Message1, 64, 1 << 10, 1 << 20},
	} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
		if *limit.value < limit.least || *limit.value > limit.most {
			return argument("limit of %s is %d, allowed are %d to %d", limit.name, *limit.value, limit.least, limit.most)
		}
	}
	for _, limit := range []struct {
		name     string
		value    *time.Duration
		standard time.Duration
	}{
		{"age", &l.Age, 120 * time.Second},
		{"Echo", &l.Echo, 60 * time.Second},
	} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
		if *limit.value < time.Second || *limit.value > 24*time.Hour {
			return argument("limit of %s is %v, allowed are 1 s to 24 h", limit.name, *limit.value)
		}
	}
	return nil
}
