package coap

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func value[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	return value[[]byte](t)(hex.DecodeString(text))
}

// clock is the time of a test, which goes on when the test says so.
type clock struct{ now time.Time }

func newClock() *clock                    { return &clock{time.Unix(1_800_000_000, 0)} }
func (c *clock) read() time.Time          { return c.now }
func (c *clock) advance(by time.Duration) { c.now = c.now.Add(by) }

// pair is a credential with its key, and as the other side has it.
type pair struct{ own, public *ake.Credential }

func newPair(t testing.TB, kind ake.KeyKind, subject string, kid byte) pair {
	t.Helper()
	private, public, err := ake.GenerateKey(kind)
	must(t, err)
	ccs := value[[]byte](t)(ake.NewCCS(subject, []byte{kid}, kind, public))
	p := pair{value[*ake.Credential](t)(ake.CredentialFromCCS(ccs)), value[*ake.Credential](t)(ake.CredentialFromCCS(ccs))}
	for _, c := range []*ake.Credential{p.own, p.public} {
		must(t, c.SetIDCred([]byte{0xa1, 4, 0x41, kid}))
	}
	must(t, p.own.SetPrivateKey(private))
	return p
}

// world has a server and what a client needs to run EDHOC with it, in either
// flow. Suite 0, method 3: X25519 is the fastest.
type world struct {
	t            testing.TB
	clock        *clock
	server       *Server
	serverConfig *hostConfig
	clientConfig *hostConfig
	clientCred   pair
	clientIDs    *IDs // nil: of the client's own choice
	serverCred   pair
	mid          uint16
	established  []Event
	failures     []Event
	last         Result
}

// hostConfig is a Config that a test can change until its Party is made.
type hostConfig struct {
	ake.Config
	mu    sync.Mutex
	party *ake.Party
}

func newConfig() *hostConfig { return &hostConfig{} }

// made is the Party, the same one from the first call on; nil of nil.
func (c *hostConfig) made() *ake.Party {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.party == nil {
		var err error
		if c.party, err = ake.NewParty(c.Config); err != nil {
			panic(err)
		}
	}
	return c.party
}

func (c *hostConfig) NewSession(role ake.Role) (*ake.Session, error) {
	return c.made().NewSession(role)
}

// serverSetup is a ServerConfig with Parties that are still to be made.
type serverSetup struct {
	ServerConfig
	Responder, Initiator *hostConfig
}

func (s serverSetup) config() ServerConfig {
	s.ServerConfig.Responder, s.ServerConfig.Initiator = s.Responder.made(), s.Initiator.made()
	return s.ServerConfig
}

type option func(*worldOptions)

type worldOptions struct {
	message4 bool
	client   func(*hostConfig)
	server   func(*serverSetup)
}

func withMessage4(o *worldOptions)                { o.message4 = true }
func withServer(f func(*serverSetup)) option      { return func(o *worldOptions) { o.server = f } }
func withClientConfig(f func(*hostConfig)) option { return func(o *worldOptions) { o.client = f } }

func newWorld(t testing.TB, options ...option) *world {
	t.Helper()
	var o worldOptions
	for _, option := range options {
		option(&o)
	}
	w := &world{t: t, clock: newClock(), serverConfig: newConfig(), clientConfig: newConfig()}
	server := newPair(t, ake.KeyX25519, "server", 1)
	w.serverCred = server
	w.clientCred = newPair(t, ake.KeyX25519, "client", 2)
	for _, c := range []*hostConfig{w.serverConfig, w.clientConfig} {
		c.Methods = []ake.Method{3}
		c.Suites = []int{0}
		c.Message4 = o.message4
	}
	w.serverConfig.Own = append(w.serverConfig.Own, server.own)
	w.serverConfig.Peers = append(w.serverConfig.Peers, w.clientCred.public)
	w.clientConfig.Own = append(w.clientConfig.Own, w.clientCred.own)
	w.clientConfig.Peers = append(w.clientConfig.Peers, server.public)
	if o.client != nil {
		o.client(w.clientConfig)
	}
	config := serverSetup{ServerConfig{Clock: w.clock.read}, w.serverConfig, w.serverConfig}
	if o.server != nil {
		o.server(&config)
	}
	w.server = value[*Server](t)(NewServer(config.config()))
	return w
}

func (w *world) client(role ake.Role) *Client {
	w.t.Helper()
	return value[*Client](w.t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: role, IDs: w.clientIDs}))
}

// handle passes a request to the server as a new datagram.
func (w *world) handle(r Request, peer string) Response {
	w.mid++
	r.Peer, r.MessageID, r.Token = peer, w.mid, []byte{byte(w.mid >> 8), byte(w.mid)}
	return w.repeat(r)
}

// repeat passes a datagram as it is.
func (w *world) repeat(r Request) Response {
	w.last = w.server.Handle(r)
	for _, event := range w.last.Events {
		switch event.Kind {
		case Established:
			w.established = append(w.established, event)
		case Failed:
			w.failures = append(w.failures, event)
		}
	}
	return w.last.Response
}

// run lets a client and the server come to an end.
func (w *world) run(c *Client, peer string) error {
	w.t.Helper()
	request, err := c.Start()
	for range 20 {
		if err != nil {
			if request != nil { // the error message, whose answer does not matter
				w.handle(*request, peer)
			}
			return err
		}
		if request == nil {
			return nil
		}
		request, err = c.Next(w.handle(*request, peer))
	}
	return errors.New("the run does not end")
}

func wantResponse(t testing.TB, what string, got Response, code Code, format Format) {
	t.Helper()
	if got.Code != code || got.Format != format {
		t.Errorf("%s: answer %v with Content-Format %d, want %v with %d", what, got.Code, got.Format, code, format)
	}
}

// wantError wants an EDHOC error message.
func wantError(t testing.TB, what string, got Response, code Code, errCode int64) {
	t.Helper()
	wantResponse(t, what, got, code, FormatEDHOC)
	e, err := ake.ParseErrorMessage(got.Payload)
	if err != nil || e.Code != errCode {
		t.Errorf("%s: payload %x is no error message with code %d", what, got.Payload, errCode)
	}
}

func wantReason(t testing.TB, what string, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// wantSame checks that the contexts are the two sides of one.
func wantSame(t testing.TB, a, b *ake.OSCOREContext) {
	t.Helper()
	if err := sameContext(a, b); err != nil {
		t.Error(err)
	}
}

func sameContext(a, b *ake.OSCOREContext) error {
	if !bytes.Equal(a.MasterSecret, b.MasterSecret) || !bytes.Equal(a.MasterSalt, b.MasterSalt) || a.AEAD != b.AEAD || a.Hash != b.Hash {
		return errors.New("the sides have different keys")
	}
	if !bytes.Equal(a.SenderID, b.RecipientID) || !bytes.Equal(b.SenderID, a.RecipientID) || bytes.Equal(a.SenderID, a.RecipientID) {
		return fmt.Errorf("the sides have the identifiers %x, %x and %x, %x", a.SenderID, a.RecipientID, b.SenderID, b.RecipientID)
	}
	return nil
}

// ccsOf is a CRED that says whose it is, for a pre-shared key.
func ccsOf(t testing.TB, subject string) []byte {
	t.Helper()
	_, public, err := ake.GenerateKey(ake.KeyX25519)
	must(t, err)
	return value[[]byte](t)(ake.NewCCS(subject, []byte{subject[0]}, ake.KeyX25519, public))
}
