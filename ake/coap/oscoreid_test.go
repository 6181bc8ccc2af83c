package coap

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake"
)

// Identifiers of OSCORE have at most the nonce length less 6 bytes (RFC 8613 section
// 3.3): 7 with AES-CCM, 6 with the AEADs whose nonce has 12.
var longestOSCORE = map[int]int{0: 7, 1: 7, 2: 7, 3: 7, 4: 6, 5: 6, 6: 6, 24: 6, 25: 6}

// withID makes a client whose connection identifier has n bytes.
func (w *world) withID(role ake.Role, n int) *Client {
	w.t.Helper()
	config := w.clientConfig
	if role == ake.Responder {
		config = w.serverConfig
	}
	return value[*Client](w.t)(NewClient(ClientConfig{Party: config.made(), Role: role,
		Prepare: func(s *ake.Session) error { return s.SetConnectionID(bytes.Repeat([]byte{0x42}, n)) }}))
}

func TestR01_IdentifiersFitOSCORE(t *testing.T) {
	for suite, longest := range longestOSCORE {
		for _, n := range []int{0, longest - 1, longest, longest + 1, 20, 64} {
			w := pskWorldOf(t, suite)
			c := w.withID(ake.Initiator, n)
			answer := w.handle(*value[*Request](t)(c.Start()), "peer")
			if n <= longest {
				wantResponse(t, "message_1", answer, Changed, FormatEDHOC)
			} else {
				wantError(t, "message_1", answer, BadRequest, 1)
				if len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrConnectionID) || w.server.Stats().IDs != 0 {
					t.Errorf("suite %d, C_I of %d bytes: %+v", suite, n, w.failures)
				}
			}
			w = pskWorldOf(t, suite)
			c = w.withID(ake.Responder, n)
			request, err := c.Next(w.handle(*value[*Request](t)(c.Start()), "peer"))
			must(t, err)
			answer = w.handle(*request, "peer")
			if n <= longest {
				wantResponse(t, "message_2", answer, Changed, FormatEDHOC)
			} else {
				wantError(t, "message_2", answer, BadRequest, 1)
				if len(w.failures) != 1 || !errors.Is(w.failures[0].Err, ake.ErrConnectionID) || len(w.established) != 0 {
					t.Errorf("suite %d, C_R of %d bytes: %+v", suite, n, w.failures)
				}
			}
		}
	}
}

// A client refuses them too.
func TestR01_ClientRefusesIdentifiers(t *testing.T) {
	for _, suite := range []int{0, 4} {
		for _, n := range []int{longestOSCORE[suite], longestOSCORE[suite] + 1} {
			fits := n == longestOSCORE[suite]
			w := pskWorldOf(t, suite)
			c := w.client(ake.Initiator)
			first := value[*Request](t)(c.Start())
			responder := value[*ake.Session](t)(w.serverConfig.NewSession(ake.Responder))
			must(t, responder.SetConnectionID(bytes.Repeat([]byte{0x42}, n)))
			message2 := value[[]byte](t)(responder.Step(first.Payload[1:]))
			request, err := c.Next(Response{Code: Changed, Format: FormatEDHOC, Payload: message2})
			w.wantFits(c, request, err, fits)

			initiator := value[*ake.Session](t)(w.clientConfig.NewSession(ake.Initiator))
			must(t, initiator.SetConnectionID(bytes.Repeat([]byte{0x42}, n)))
			c = value[*Client](t)(NewClient(ClientConfig{Party: w.serverConfig.made(), Role: ake.Responder}))
			value[*Request](t)(c.Start())
			request, err = c.Next(Response{Code: Changed, Format: FormatEDHOC, Payload: value[[]byte](t)(initiator.PrepareMessage1())})
			w.wantFits(c, request, err, fits)
		}
	}
}

func (w *world) wantFits(c *Client, request *Request, err error, fits bool) {
	w.t.Helper()
	if fits {
		must(w.t, err)
		return
	}
	if !errors.Is(err, ake.ErrConnectionID) || request == nil {
		w.t.Fatalf("%v, %+v", err, request)
	}
	_, message, cutErr := cutIdentifier(request.Payload)
	if e, parseErr := ake.ParseErrorMessage(message); cutErr != nil || parseErr != nil || e.Code != 1 {
		w.t.Errorf("%x is no error message", request.Payload)
	}
}

// One's own are as short as the cipher suites of the configuration need.
func TestR01_OwnIdentifiersFitOSCORE(t *testing.T) {
	for suite, longest := range longestOSCORE {
		w := pskWorldOf(t, suite)
		ids := value[*IDs](t)(NewIDs(7, 7))
		_, err := NewServer(ServerConfig{Responder: w.serverConfig.made(), IDs: ids})
		_, clientErr := NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, IDs: ids})
		for _, err := range []error{err, clientErr} {
			if (err == nil) != (longest == 7) || err != nil && ake.StatusOf(err) != ake.ErrArgument {
				t.Errorf("suite %d, 7 bytes: %v", suite, err)
			}
		}
		ids = value[*IDs](t)(NewIDs(6, 7))
		w.server = value[*Server](t)(NewServer(ServerConfig{Responder: w.serverConfig.made(), IDs: ids, Clock: w.clock.read}))
		w.clientIDs = value[*IDs](t)(NewIDs(6, 7))
		must(t, w.run(w.client(ake.Initiator), "peer"))
	}
}
