package ake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

const vectorFolder = "../tests/vectors/"

// hexBytes are bytes that stand in a file in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return err
	}
	b, err := hex.DecodeString(*text)
	*h = b
	return err
}

// eadItems is a list of [label, value or null].
type eadItems []EADItem

func (items *eadItems) UnmarshalJSON(data []byte) error {
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(data, &pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		var item EADItem
		if err := json.Unmarshal(pair[0], &item.Label); err != nil {
			return err
		}
		if err := json.Unmarshal(pair[1], (*hexBytes)(&item.Value)); err != nil {
			return err
		}
		*items = append(*items, item)
	}
	return nil
}

// party is one side's long-term key and credential.
type party struct {
	SK     hexBytes `json:"sk"`
	PK     hexBytes `json:"pk"`
	Kind   string   `json:"key_kind"`
	Cred   hexBytes `json:"cred"`
	IDCred hexBytes `json:"id_cred"`

	Type       string     `json:"type"`
	Trusted    bool       `json:"trusted"`
	Anchors    []hexBytes `json:"anchors"`
	CWTIssuers []hexBytes `json:"cwt_issuers"`
}

// opaque reports whether CRED only has the shape of a certificate: its key is
// known beforehand.
func (p *party) opaque() bool { return p.Type == "c5t" || p.Type == "c5c" || p.Type == "kid-raw" }

// vector is one session: its inputs, and all its byte strings by name.
type vector struct {
	ID               string   `json:"id"`
	Method           Method   `json:"method"`
	Suite            int      `json:"selected_suite"`
	SuitesI          []int64  `json:"suites_i"`
	SuitesR          []int    `json:"suites_r"`
	X                hexBytes `json:"x"`
	Y                hexBytes `json:"y"`
	CI               hexBytes `json:"c_i"`
	CR               hexBytes `json:"c_r"`
	EAD1             eadItems `json:"ead_1_items"`
	EAD2             eadItems `json:"ead_2_items"`
	EAD3             eadItems `json:"ead_3_items"`
	EAD4             eadItems `json:"ead_4_items"`
	EADKnown         []int64  `json:"ead_known"`
	Message4         bool     `json:"message_4_used"`
	PartyI           party    `json:"auth_i"`
	PartyR           party    `json:"auth_r"`
	KeyUpdateContext hexBytes `json:"keyupdate_context"`
	ExporterLabel    uint64   `json:"exporter_label"`
	ExporterLength   int      `json:"exporter_length"`
	ExporterContext  hexBytes `json:"exporter_context"`
	PSKEntry         pskEntry `json:"psk_entry"`
	PSKID            string   `json:"psk_id"`
	ResumedFrom      string   `json:"resumed_from"`
	AEAD             int      `json:"oscore_aead"`
	Hash             int      `json:"oscore_hash"`

	values map[string]hexBytes
	adjust func(*hostConfig) // of the Initiator; may be nil
}

func (v *vector) UnmarshalJSON(data []byte) error {
	type plain vector
	if err := json.Unmarshal(data, (*plain)(v)); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	v.values = make(map[string]hexBytes)
	for name, raw := range all {
		var value hexBytes
		if raw[0] == '"' && json.Unmarshal(raw, &value) == nil {
			v.values[name] = value
		}
	}
	return nil
}

// played reports whether this engine takes part in a session.
func (v *vector) played() bool {
	_, ok := v.Method.Info()
	return ok
}

// readJSON reads the file that the environment variable names, or the
// project's own.
func readJSON(t testing.TB, variable, name string, into any) {
	t.Helper()
	path := vectorFolder + name
	if other := os.Getenv(variable); variable != "" && other != "" {
		path = other
	}
	data, err := os.ReadFile(path)
	must(t, err)
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// loadVectors returns the sessions that are played, by name and in order.
func loadVectors(t testing.TB) (byID map[string]*vector, played []*vector) {
	t.Helper()
	return readVectors(t, "LAKE_VECTORS")
}

// loadProjectVectors returns those of the project, whatever the environment
// says: for tests that need a certain one.
func loadProjectVectors(t testing.TB) (byID map[string]*vector, played []*vector) {
	t.Helper()
	return readVectors(t, "")
}

func readVectors(t testing.TB, variable string) (byID map[string]*vector, played []*vector) {
	t.Helper()
	var all []*vector
	readJSON(t, variable, "vectors.json", &all)
	byID = make(map[string]*vector)
	for _, v := range all {
		byID[v.ID] = v
		if v.played() {
			played = append(played, v)
		}
	}
	return byID, played
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// value is must for a call that also returns something.
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

func wantBytes(t testing.TB, name string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s is %x, want %x", name, got, want)
	}
}

func wantStatus(t testing.TB, what string, err error, want Status) {
	t.Helper()
	if StatusOf(err) != want {
		t.Errorf("%s: %v (%s), want %s", what, err, StatusOf(err).Name(), want.Name())
	}
}

func wantState(t testing.TB, s *Session, want State) {
	t.Helper()
	if s.phase.state() != want {
		t.Fatalf("the %v is in state %v, want %v", s.role, s.phase.state(), want)
	}
}

// newCCS makes a CCS with a new key pair: the subject, and a kid if it has one.
func newCCS(t testing.TB, kind KeyKind, subject string, kid []byte) *Credential {
	t.Helper()
	private, public, err := GenerateKey(kind)
	must(t, err)
	return ccsOf(t, kind, subject, kid, private, public)
}

func ccsOf(t testing.TB, kind KeyKind, subject string, kid, private, public []byte) *Credential {
	t.Helper()
	curve := map[KeyKind]int64{KeyP256: cose.CurveP256, KeyP384: cose.CurveP384, KeyX25519: cose.CurveX25519,
		KeyX448: cose.CurveX448, KeyEd25519: cose.CurveEd25519, KeyEd448: cose.CurveEd448}[kind]
	key := cose.Key{Curve: curve, X: public, Kid: kid}
	if kind == KeyP256 || kind == KeyP384 {
		key.X, key.Y = public[:len(public)/2], public[len(public)/2:]
	}
	ccs := cborx.AppendText(cborx.AppendInt(cborx.AppendMap(nil, 2), 2), subject)
	ccs = cborx.AppendInt(cborx.AppendMap(cborx.AppendInt(ccs, 8), 1), 1)
	c := value[*Credential](t)(CredentialFromCCS(append(ccs, key.Encode()...)))
	if private != nil {
		must(t, c.SetPrivateKey(private))
	}
	return c
}

// public is a credential as the peer has it: without the private key.
func public(c *Credential) *Credential {
	return &Credential{parsed: c.parsed, idCred: c.idCred}
}

// hostConfig is a Config that a test can change until the first session, which makes a
// Party of it.
type hostConfig struct {
	Config
	mu    sync.Mutex
	party *Party
}

func newConfig() *hostConfig { return &hostConfig{} }

// made is the Party, the same one from the first call on.
func (c *hostConfig) made() (*Party, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.party == nil {
		c.party, err = NewParty(c.Config)
	}
	return c.party, err
}

func (c *hostConfig) NewSession(role Role) (*Session, error) {
	p, err := c.made()
	if err != nil {
		return nil, err
	}
	return p.NewSession(role)
}

func (c *hostConfig) RestoreSession(key, saved []byte) (*Session, error) {
	p, err := c.made()
	if err != nil {
		return nil, err
	}
	return p.RestoreSession(key, saved)
}

// SetTime sets the time, also of the Party; the zero time is that of the system.
func (c *hostConfig) SetTime(now time.Time) {
	if c.Clock = nil; !now.IsZero() {
		c.Clock = func() time.Time { return now }
	}
	if c.party != nil {
		setTime(c.party, now)
	}
}

func setTime(p *Party, now time.Time) {
	if p.now = time.Now; !now.IsZero() {
		p.now = func() time.Time { return now }
	}
}

// identityOf is what the peer's credential says, zero without a peer.
func identityOf(s *Session) (id Identity, line string) {
	if peer := s.PeerCredential(); peer != nil {
		return peer.Identity(), peer.Describe()
	}
	return Identity{}, ""
}

// AddCRL adds the lists of a file, and checks them: a Party does so at once.
func (c *hostConfig) AddCRL(file []byte) error {
	if c.party != nil {
		return addCRL(c.party, file)
	}
	lists, err := ParseCRLs(file)
	if err != nil {
		return err
	}
	config := c.Config
	config.CRLs = append(slices.Clip(c.CRLs), lists...)
	if _, err := NewParty(config); err != nil {
		return err
	}
	c.Config = config
	return nil
}

func addCRL(p *Party, file []byte) error {
	lists, err := ParseCRLs(file)
	if err != nil {
		return err
	}
	return p.AddCRLs(lists...)
}

func addPSK(c *hostConfig, role Role, psk *Credential) {
	if role == Initiator {
		c.InitiatorPSKs = append(c.InitiatorPSKs, psk)
	} else {
		c.ResponderPSKs = append(c.ResponderPSKs, psk)
	}
}

func setPurpose(c *hostConfig, role Role, oid string) {
	if role == Initiator {
		c.InitiatorKeyPurpose = oid
	} else {
		c.ResponderKeyPurpose = oid
	}
}

// checked is what NewParty says of a Config.
func checked(c Config) error {
	_, err := NewParty(c)
	return err
}

// world is what two sides of a run have, before it begins. Tests change it.
type world struct {
	configI, configR *hostConfig
	credI, credR     *Credential
}

// newWorld has two sides with one CCS each, which the other one pins.
func newWorld(t testing.TB, method Method, suiteID int) *world {
	t.Helper()
	w := bareWorld(t, method, suiteID)
	w.introduce(t)
	return w
}

// bareWorld is newWorld without the credentials in the Configs.
func bareWorld(t testing.TB, method Method, suiteID int) *world {
	t.Helper()
	alg := suite.Lookup(suiteID)
	w := &world{configI: newConfig(), configR: newConfig()}
	w.credI = newCCS(t, keyKindFor(method, alg, Initiator), "initiator", []byte{0x2b})
	w.credR = newCCS(t, keyKindFor(method, alg, Responder), "responder", []byte{0x32})
	for _, c := range []*hostConfig{w.configI, w.configR} {
		c.Methods = []Method{method}
		c.Suites = []int{suiteID}
	}
	return w
}

// introduce gives the sides their credentials.
func (w *world) introduce(t testing.TB) {
	t.Helper()
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	w.configR.Peers = append(w.configR.Peers, public(w.credI))
}

func (w *world) sessions(t testing.TB) (i, r *Session) {
	t.Helper()
	return value[*Session](t)(w.configI.NewSession(Initiator)), value[*Session](t)(w.configR.NewSession(Responder))
}

// pass brings message n from the side that makes it to the other one.
func pass(t testing.TB, n int, i, r *Session) []byte {
	t.Helper()
	from, to := i, r
	if n%2 == 0 {
		from, to = r, i
	}
	prepare, _ := from.calls(n)
	data := value[[]byte](t)(prepare())
	_, process := to.calls(n)
	if err := process(data); err != nil {
		t.Fatalf("message_%d: %v", n, err)
	}
	return data
}

// handshake passes the messages up to the last one, and returns them by number.
func handshake(t testing.TB, i, r *Session, last int) [][]byte {
	t.Helper()
	messages := [][]byte{nil}
	for n := 1; n <= last; n++ {
		messages = append(messages, pass(t, n, i, r))
	}
	return messages
}

// wantSameKeys checks that both sides can export the same keys.
func wantSameKeys(t testing.TB, i, r *Session) {
	t.Helper()
	a := value[[]byte](t)(i.Export(40000, []byte("context"), 32))
	b := value[[]byte](t)(r.Export(40000, []byte("context"), 32))
	if !bytes.Equal(a, b) || bytes.Equal(a, make([]byte, 32)) {
		t.Errorf("the sides export %x and %x", a, b)
	}
}

// wantErrorCode takes the error message that is due from a Session.
func wantErrorCode(t testing.TB, s *Session, want int64) {
	t.Helper()
	reply := value[[]byte](t)(s.PrepareError())
	if e := value[*ErrorMessage](t)(ParseErrorMessage(reply)); e.Code != want {
		t.Errorf("error code %d is due, want %d", e.Code, want)
	}
	wantState(t, s, StateFailed)
}

// certificate makes a self-signed X.509 certificate for a P-256 key.
func certificate(t testing.TB, subject string, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
	}
	return value[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
}
