package coap

import (
	"fmt"

	"github.com/liblake/lake/ake"
)

// Reason says why a run ended outside of EDHOC itself; what EDHOC has to say is
// an ake.Status. Both are found with errors.Is, and ake.StatusOf gives the
// status of either.
type Reason int

// The reasons.
const (
	ReasonExpired    Reason = iota + 1 // the peer did not go on in time
	ReasonEvicted                      // too many runs are half-open
	ReasonExhausted                    // every connection identifier is in use
	ReasonUnknown                      // no run has this connection identifier
	ReasonRepeated                     // the run is complete: its messages were used
	ReasonNoCombined                   // message_4 is required, which a combined request excludes
	ReasonRefused                      // the server answered 4.xx or 5.xx without an EDHOC error
	ReasonChallenges                   // the server asks for Echo again and again
	ReasonAnswer                       // the answer is not one to this request
	ReasonNoAnswer                     // none came
	ReasonTooLarge                     // the combined body is larger than it may be
	ReasonEnded                        // the run is over
)

var reasons = map[Reason]struct {
	text   string
	status ake.Status
}{
	ReasonExpired:    {"the peer did not go on in time", ake.ErrAborted},
	ReasonEvicted:    {"dropped for a newer run, too many are half-open", ake.ErrLimit},
	ReasonExhausted:  {"every connection identifier is in use", ake.ErrLimit},
	ReasonUnknown:    {"no run has this connection identifier", ake.ErrNotFound},
	ReasonRepeated:   {"this message was used before", ake.ErrState},
	ReasonNoCombined: {"message_4 is required: no combined request", ake.ErrState},
	ReasonRefused:    {"the server refused", ake.ErrPeerOther},
	ReasonChallenges: {"the server asks for Echo again and again", ake.ErrPeerOther},
	ReasonAnswer:     {"this is no answer to the request", ake.ErrMalformed},
	ReasonNoAnswer:   {"no answer came", ake.ErrAborted},
	ReasonTooLarge:   {"the combined request would be too large", ake.ErrLimit},
	ReasonEnded:      {"the run is over", ake.ErrState},
}

// Error returns the meaning of the reason, as a clause.
func (r Reason) Error() string { return reasons[r].text }

// Unwrap returns the status that comes closest.
func (r Reason) Unwrap() error { return reasons[r].status }

func because(reason Reason, format string, args ...any) error {
	return fmt.Errorf("%w: %s", reason, fmt.Sprintf(format, args...))
}

func malformed(format string, args ...any) error {
	return &ake.Error{Status: ake.ErrMalformed, Detail: fmt.Sprintf(format, args...)}
}

func argument(format string, args ...any) error {
	return &ake.Error{Status: ake.ErrArgument, Detail: fmt.Sprintf(format, args...)}
}
