package coap

import (
	"bytes"

	"github.com/liblake/lake/ake"
)

// ClientConfig is what a Client needs.
type ClientConfig struct {
	Party *ake.Party
	Role  ake.Role // Initiator: forward flow; Responder: reverse flow
	IDs   *IDs     // nil: one byte at random, for a host without other contexts

	// Of the Initiator: what to put into message_1, and profiles to advertise
	// in it. Nil: what the Party prefers, and none.
	Choice   *Choice
	Profiles *Advertisement

	// Prepare is called before the first message of a run is made or
	// processed, to add EAD or choose a credential; nil: nothing of that.
	Prepare func(*ake.Session) error
}

// Client is one run of a CoAP client. It says what to send, and takes what
// comes back; it does not know addresses. A retransmission is the same bytes
// again: Again. It is used by one goroutine at a time.
type Client struct {
	config     ClientConfig
	session    *ake.Session
	id         []byte // of this side, from IDs
	state      clientState
	sent       *Request
	challenges int
	restarts   int
	refused    error    // reverse flow: the cipher suite of the last message_1 was
	tried      []Choice // forward flow: refused with an advertisement
	message3   []byte   // forward flow
	combined   bool     // message_3 went in a combined request
	server     []byte   // reverse flow: C_I, before the session knows it
	message4   bool     // required
	longest    int      // own identifier that OSCORE takes, in bytes
	advertised *Advertisement
	err        error
}

// clientState is what the Client waits for.
type clientState int

const (
	clientStart    clientState = iota
	clientMessage1             // reverse flow: message_1
	clientMessage2             // forward flow: message_2
	clientMessage3             // reverse flow: message_3
	clientLast                 // the answer to the last request: nothing, or message_4
	clientPending              // a decision of the host
	clientDone
	clientFailed
)

// answers is what the Client does with an answer in each state in which it
// expects one.
var answers = map[clientState]func(*Client, []byte) ([]byte, error){
	clientMessage1: (*Client).takeMessage1,
	clientMessage2: (*Client).takeMessage2,
	clientMessage3: (*Client).takeMessage3,
	clientLast:     (*Client).takeLast,
}

// Bounds on what a server can make a Client do again.
const (
	maxChallenges = 3
	maxRestarts   = 5
)

// NewClient makes a Client for one run.
func NewClient(config ClientConfig) (*Client, error) {
	if config.Party == nil {
		return nil, argument("a client needs a party")
	}
	description := config.Party.Description(config.Role)
	c := &Client{config: config, message4: description.Message4, longest: longestID(description.Suites)}
	if config.IDs != nil {
		if err := config.IDs.serve(c.longest); err != nil {
			return nil, err
		}
	}
	if err := c.newSession(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Client) newSession() error {
	session, err := c.config.Party.NewSession(c.config.Role)
	if err != nil {
		return err
	}
	if c.config.Choice != nil {
		if err := c.config.Choice.Apply(session); err != nil {
			return err
		}
	}
	if c.config.Profiles != nil {
		item, err := c.config.Profiles.Item(1)
		if err != nil {
			return err
		}
		if err := session.AddEAD(1, item); err != nil {
			return err
		}
	}
	if c.config.Prepare != nil {
		if err := c.config.Prepare(session); err != nil {
			session.Close()
			return callbackError(err)
		}
	}
	if c.session != nil {
		c.session.Close()
	}
	c.session = session
	return nil
}

// Start returns the first request: with message_1, or empty in the reverse flow.
func (c *Client) Start() (*Request, error) {
	if c.state != clientStart {
		return nil, errEnded
	}
	if c.config.Role == ake.Responder {
		c.state = clientMessage1
		return c.send(&Request{Code: POST, Format: NoFormat}), nil
	}
	if err := c.takeID(nil); err != nil {
		return c.fail(err)
	}
	message1, err := c.session.PrepareMessage1()
	if err != nil {
		return c.fail(err)
	}
	return c.sendMessage1(message1), nil
}

func (c *Client) takeID(other []byte) error {
	if c.config.IDs == nil {
		return nil
	}
	c.releaseID() // that of a run that begins again
	id, err := c.config.IDs.take(1, c.longest, other)
	if err != nil {
		return err
	}
	c.id = id
	return c.session.SetConnectionID(id)
}

func (c *Client) releaseID() {
	if c.id != nil {
		c.config.IDs.Release(c.id)
		c.id = nil
	}
}

func (c *Client) sendMessage1(message1 []byte) *Request {
	c.state = clientMessage2
	return c.send(&Request{Code: POST, Format: FormatCIDEDHOC, Payload: append([]byte{prefixTrue}, message1...)})
}

func (c *Client) send(r *Request) *Request {
	c.sent = r
	return c.Again()
}

// Again returns the last request once more, with the same bytes: for a stack
// that does not retransmit by itself. It is nil before Start.
//
// A server takes a datagram that comes again for what it is. message_3 in a new
// datagram is refused when the first one has arrived.
func (c *Client) Again() *Request {
	if c.sent == nil {
		return nil
	}
	c.combined = false
	again := *c.sent
	again.Payload, again.Echo = bytes.Clone(again.Payload), bytes.Clone(again.Echo)
	return &again
}

// Next takes the answer to the last request and returns the next one, or nil
// if there is none: then the Client is Done. With an error the run has ended,
// and a request that comes with it is an EDHOC error message to send, whose
// answer does not matter. A pending status has to be answered at Session, then
// Continue.
func (c *Client) Next(response Response) (*Request, error) {
	take, ok := answers[c.state]
	if !ok {
		return nil, errEnded
	}
	if response.Code == Unauthorized && response.Echo != nil {
		return c.challenged(response.Echo)
	}
	formatOK := response.Format == NoFormat || response.Format == FormatEDHOC
	switch {
	case response.Code.IsError():
		if !formatOK || !isError(response.Payload) {
			return nil, c.end(because(ake.ErrRefused, "with %v", response.Code))
		}
		return c.takeError(response.Payload)
	case response.Code != Changed || !formatOK:
		return c.fail(because(ake.ErrAnswer, "code %v, Content-Format %d", response.Code, response.Format))
	case isError(response.Payload): // with a code of success, which appendix A.2.3 forbids
		return c.takeError(response.Payload)
	}
	return c.took(take(c, response.Payload))
}

// challenged sends the same again with the Echo option.
func (c *Client) challenged(echo []byte) (*Request, error) {
	c.challenges++
	if c.challenges > maxChallenges {
		return nil, c.end(ake.ErrChallenges)
	}
	c.sent.Echo = bytes.Clone(echo)
	return c.Again(), nil
}

// takeError takes an EDHOC error message. It may lead to a new message_1 with
// another cipher suite, or without resumption.
func (c *Client) takeError(message []byte) (*Request, error) {
	if c.state != clientMessage2 {
		e, err := ake.ParseErrorMessage(message)
		if err != nil {
			return nil, c.end(err)
		}
		return nil, c.end(because(ake.ErrRefused, "error code %d %q", e.Code, e.Text))
	}
	message1, err := c.beginAgain(message)
	if err != nil {
		return nil, c.end(err)
	}
	c.challenges = 0
	return c.sendMessage1(message1), nil
}

// beginAgain makes another message_1 after an error message, if there is one
// that may do better.
func (c *Client) beginAgain(message []byte) ([]byte, error) {
	if !tellsProfiles(message) {
		return c.session.Step(message)
	}
	choice, err := c.chooseAgain(message)
	if err != nil {
		return nil, err
	}
	c.config.Choice = choice
	if err := c.newSession(); err != nil {
		return nil, err
	}
	if c.id != nil {
		if err := c.session.SetConnectionID(c.id); err != nil {
			return nil, err
		}
	}
	return c.session.PrepareMessage1()
}

// took sends what the engine made of an answer.
func (c *Client) took(payload []byte, err error) (*Request, error) {
	switch {
	case ake.StatusOf(err).Pending():
		c.state = clientPending
		return nil, err
	case err != nil:
		return c.fail(err)
	case payload == nil:
		c.state = clientDone
		return nil, nil
	}
	c.challenges = 0
	return c.send(&Request{Code: POST, Format: FormatCIDEDHOC, Payload: payload}), nil
}

// takeMessage1 answers message_1 with message_2 (reverse flow).
func (c *Client) takeMessage1(message1 []byte) ([]byte, error) {
	cI, err := initiatorOf(message1)
	if err != nil {
		if c.refused != nil { // the server did not begin again
			err = c.refused
		}
		return nil, err
	}
	c.server = cI
	if err := c.takeID(cI); err != nil {
		return nil, err
	}
	err = c.session.ProcessMessage1(message1)
	if ake.StatusOf(err) == ake.ErrSuite && c.restarts < maxRestarts {
		// The error message says which suites will do; the answer to it is
		// another message_1 (RFC 9528 section 6.3).
		c.restarts++
		c.refused = err
		refusal, err := c.session.PrepareError()
		if err != nil {
			return nil, err
		}
		if err := c.newSession(); err != nil {
			return nil, err
		}
		return withPrefix(cI, refusal), nil
	}
	if err != nil {
		return nil, err
	}
	return c.makeMessage2()
}

func (c *Client) makeMessage2() ([]byte, error) {
	if err := c.peerFits(); err != nil {
		return nil, err
	}
	message2, err := c.session.PrepareMessage2()
	return c.toServer(clientMessage3, c.server, message2, err)
}

// peerFits ends the run if the server's identifier is too long for OSCORE.
func (c *Client) peerFits() error {
	info := c.session.Info()
	err := fitsOSCORE(&info)
	if err != nil {
		c.session.Abort()
	}
	return err
}

// toServer is C_x || message, after which the Client waits for what the state says.
func (c *Client) toServer(state clientState, prefix, message []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	c.state = state
	return withPrefix(prefix, message), nil
}

// takeMessage2 answers message_2 with message_3 (forward flow).
func (c *Client) takeMessage2(message2 []byte) ([]byte, error) {
	if err := c.session.ProcessMessage2(message2); err != nil {
		return nil, err
	}
	return c.afterMessage2()
}

func (c *Client) afterMessage2() ([]byte, error) {
	if err := c.peerFits(); err != nil {
		return nil, err
	}
	if err := c.takeProfiles(); err != nil {
		c.session.Abort()
		return nil, err
	}
	return c.makeMessage3()
}

// takeProfiles looks at what the server advertised in message_2.
func (c *Client) takeProfiles() error {
	if c.config.Profiles == nil {
		return nil
	}
	advertised, err := ReceivedAdvertisement(c.session, 2)
	if err != nil || advertised == nil {
		return err
	}
	c.advertised = advertised
	if err := advertised.agrees(c.session, c.message4); err != nil {
		return err
	}
	return advertised.repeats(c.config.Profiles)
}

// PeerProfiles returns the profiles that the server advertised, in message_2 or in
// an error message; nil if it did not.
func (c *Client) PeerProfiles() *Advertisement { return c.advertised }

func (c *Client) makeMessage3() ([]byte, error) {
	message3, err := c.session.PrepareMessage3()
	if err != nil {
		return nil, err
	}
	c.message3 = message3
	return c.toServer(clientLast, c.session.Info().PeerConnectionID, message3, nil)
}

// takeMessage3 answers message_3 with message_4 or nothing (reverse flow); nil: one that
// waited for the host.
func (c *Client) takeMessage3(message3 []byte) ([]byte, error) {
	message4, err := c.session.Step(message3)
	if err != nil || message4 == nil {
		return nil, err
	}
	return c.toServer(clientLast, c.session.Info().PeerConnectionID, message4, nil)
}

// takeLast takes message_4, or an empty answer if that is not required.
func (c *Client) takeLast(payload []byte) ([]byte, error) {
	switch {
	case c.config.Role == ake.Responder && len(payload) > 0:
		return nil, because(ake.ErrAnswer, "%d bytes after message_4", len(payload))
	case c.config.Role == ake.Responder:
		return nil, nil
	case c.combined:
		return nil, because(ake.ErrAnswer, "the answer to a combined request is not protected")
	case len(payload) > 0:
		return nil, c.session.ProcessMessage4(payload)
	}
	return nil, c.complete()
}

// complete ends the session without message_4, after an empty answer.
func (c *Client) complete() error {
	info := c.session.Info()
	if info.FourthMessage { // only a fourth message authenticates the Responder
		return because(ake.ErrAnswer, "message_4 did not come")
	}
	if err := c.session.CompleteWithoutMessage4(); err != nil {
		return because(ake.ErrAnswer, "message_4 did not come")
	}
	return nil
}

// Continue goes on after a pending status was answered at Session. It returns
// what Next does.
func (c *Client) Continue() (*Request, error) {
	if c.state != clientPending {
		return nil, errEnded
	}
	return c.took(c.goOn())
}

func (c *Client) goOn() ([]byte, error) {
	info := c.session.Info()
	if info.State == ake.StateFailed { // the host has rejected the peer
		return nil, endOf(c.session)
	}
	switch info.State {
	case ake.StatePending1:
		if err := c.session.Continue(); err != nil {
			return nil, err
		}
		return c.makeMessage2()
	case ake.StateReceived1: // a key operation was pending
		return c.makeMessage2()
	case ake.StatePending3, ake.StateVerified3:
		return c.takeMessage3(nil)
	case ake.StatePending4:
		return nil, c.session.Continue()
	case ake.StatePending2:
		if err := c.session.Continue(); err != nil {
			return nil, err
		}
		return c.afterMessage2()
	}
	return c.makeMessage3()
}

// fail ends the run, and returns the error message to send if one is due and
// the server's connection identifier is known.
func (c *Client) fail(err error) (*Request, error) {
	info := c.session.Info()
	message, errorErr := c.session.PrepareError()
	c.end(err)
	server := info.PeerConnectionID
	if server == nil {
		server = c.server
	}
	if errorErr != nil || server == nil {
		return nil, err
	}
	return c.send(&Request{Code: POST, Format: FormatCIDEDHOC, Payload: withPrefix(server, message)}), err
}

// end ends the run without a word to the server.
func (c *Client) end(err error) error {
	c.state, c.err = clientFailed, err
	c.releaseID()
	c.session.Close()
	return err
}

// NoAnswer ends the run after the stack has given up waiting. If that was the
// answer to message_3, the server may have established a context that nobody
// uses; it finds out by its own means.
func (c *Client) NoAnswer() error {
	if _, waits := answers[c.state]; !waits {
		return errEnded
	}
	return c.end(ake.ErrNoAnswer)
}

// Close ends the run if it is not over, and gives the connection identifier of
// a finished one back: the host does not use its context any more.
func (c *Client) Close() {
	if c.err == nil {
		c.end(errEnded)
	}
}

// Done reports whether both sides have the context, as far as this one can know.
func (c *Client) Done() bool { return c.state == clientDone }

// Err returns why the run ended, or nil.
func (c *Client) Err() error {
	if c.state != clientFailed {
		return nil
	}
	return c.err
}

// Session returns the session of the run: to answer a pending status, and to see
// who the peer is.
func (c *Client) Session() *ake.Session { return c.session }

// Context returns the OSCORE context. Before the Client is Done, that is before
// the server has shown that it has the context too, it is for the combined
// request only. It gives ErrState when there is none yet, or none any more.
func (c *Client) Context() (*ake.OSCOREContext, error) {
	if c.state == clientFailed {
		return nil, errEnded
	}
	return c.session.OSCOREContext()
}

// Combine makes the payload of a combined request (RFC 9668 section 3.2) in the
// place of the request that Next returned with message_3. The OSCORE payload is
// that of a request protected with Context.
//
// If the application's request goes in inner blocks, block is the number of this
// one: only the first carries message_3 and the EDHOC option, as edhoc says.
// A max above 0 is MAX_UNFRAGMENTED_SIZE: ErrCombinedSize means that the request
// of Next has to be sent (Again), and the OSCORE request after it. It gives
// ErrNoCombined if the Config of the Party requires message_4.
//
// The answer goes to Verified if OSCORE has verified it, and to Next if it is not
// protected.
func (c *Client) Combine(oscorePayload []byte, block, max int) (payload []byte, edhoc bool, err error) {
	switch {
	case block < 0:
		return nil, false, argument("block %d", block)
	case block > 0:
		return bytes.Clone(oscorePayload), false, nil
	case c.state != clientLast || c.message3 == nil:
		return nil, false, errEnded
	case c.message4:
		return nil, false, ake.ErrNoCombined
	}
	payload, err = combine(c.message3, oscorePayload, max)
	c.combined = err == nil
	return payload, err == nil, err
}

// Verified ends the run: OSCORE has verified a message of the server with the
// new context (RFC 9528 section 5.4.2). With MethodPSK that is what authenticates the
// server, as message_4 would have done (Session.PeerProved); what the server said in
// EAD_2 may then be a question to the host: a pending status, after which Continue ends
// the run. It gives ErrState where message_4 is required.
func (c *Client) Verified() error {
	if c.state != clientLast || c.config.Role != ake.Initiator || c.message4 {
		return errEnded
	}
	_, err := c.took(nil, c.session.PeerProved())
	return err
}
