//go:build js

package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/explain"
)

// hexa is bytes that are hexadecimal in JSON.
type hexa []byte

func (h hexa) MarshalJSON() ([]byte, error) { return json.Marshal(hex.EncodeToString(h)) }

func (h *hexa) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	var err error
	*h, err = hex.DecodeString(strings.Join(strings.Fields(text), ""))
	return err
}

// bytes is what was given: PEM as it is, or hexadecimal.
func (g given) bytes() ([]byte, error) {
	if strings.Contains(g.Credential, "-----BEGIN") {
		return []byte(g.Credential), nil
	}
	data, err := hex.DecodeString(strings.Join(strings.Fields(g.Credential), ""))
	if err != nil {
		return nil, errors.New("it is neither PEM nor hexadecimal")
	}
	return data, nil
}

// wanted says what credential to make.
type wanted struct {
	Kind string `json:"kind"` // of key: "P-256"
	Type string `json:"type"` // "ccs", "x509", "c509"
	Name string `json:"name"`
	Kid  hexa   `json:"kid"`
}

// generated is a credential that was made.
type generated struct {
	Private    hexa   `json:"private"`
	Public     hexa   `json:"public"`
	Credential hexa   `json:"credential"`
	Diagnostic string `json:"diagnostic"`
}

func kindNamed(name string) (ake.KeyKind, error) {
	for kind := ake.KeyP256; kind.Valid(); kind++ {
		if kind.String() == name {
			return kind, nil
		}
	}
	return 0, fmt.Errorf("there is no kind of key %q", name)
}

func (w wanted) generate() (any, error) { return w.make() }

func (w wanted) make() (*generated, error) {
	kind, err := kindNamed(w.Kind)
	if err != nil {
		return nil, err
	}
	private, public, err := ake.GenerateKey(kind)
	if err != nil {
		return nil, err
	}
	g := &generated{Private: private, Public: public}
	switch w.Type {
	case "", "ccs":
		g.Credential, err = ake.NewCCS(w.Name, nonEmpty(w.Kid), kind, public)
	case "x509", "c509":
		if g.Credential, err = certificate(kind, private, w.Name); err == nil && w.Type == "c509" {
			g.Credential, err = ake.C509FromX509(g.Credential)
		}
	default:
		err = fmt.Errorf("there is no type of credential %q", w.Type)
	}
	if err != nil {
		return nil, err
	}
	g.Diagnostic = explain.Diag(g.Credential)
	return g, nil
}

// certificate is a self-signed one. Keys that do not sign cannot make one.
func certificate(kind ake.KeyKind, private []byte, name string) ([]byte, error) {
	var key crypto.Signer
	switch kind {
	case ake.KeyP256, ake.KeyP384:
		curve := elliptic.P256()
		if kind == ake.KeyP384 {
			curve = elliptic.P384()
		}
		parsed, err := ecdsa.ParseRawPrivateKey(curve, private)
		if err != nil {
			return nil, err
		}
		key = parsed
	case ake.KeyEd25519:
		key = ed25519.NewKeyFromSeed(private)
	default:
		return nil, fmt.Errorf("a key on %v makes no certificate of its own; take a CCS", kind)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	return x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
}

// playArguments say how both sides are to run.
type playArguments struct {
	Method    int   `json:"method"`
	Suite     int   `json:"suite"`
	Message4  bool  `json:"message4"`
	Initiator party `json:"initiator"`
	Responder party `json:"responder"`
	PSK       psk   `json:"psk"`
	KeyUpdate *hexa `json:"keyUpdate"`
}

// party is one side. What is empty is made.
type party struct {
	Type       string `json:"type"` // "ccs", "x509", "c509", or "given"
	ID         string `json:"id"`   // "kid", "value", "hash"
	Kid        hexa   `json:"kid"`
	Credential string `json:"credential"`
	Private    hexa   `json:"private"`
	Ephemeral  hexa   `json:"ephemeral"`
	CID        *hexa  `json:"cid"` // C_I or C_R
}

// side is one that is ready.
type side struct {
	Credential *hexa  `json:"credential,omitempty"`
	Private    *hexa  `json:"private,omitempty"`
	Ephemeral  hexa   `json:"ephemeral"`
	Identity   string `json:"identity,omitempty"`

	made *ake.Credential
}

func (p party) ready(role ake.Role, method ake.MethodInfo, suite ake.SuiteInfo) (*side, error) {
	s := &side{}
	var err error
	if s.Ephemeral = p.Ephemeral; len(s.Ephemeral) == 0 {
		if s.Ephemeral, _, err = ake.GenerateKey(suite.Curve); err != nil {
			return nil, err
		}
	}
	if method.Method == ake.MethodPSK {
		return s, nil
	}
	signs, name := method.SignatureI, "initiator"
	if role == ake.Responder {
		signs, name = method.SignatureR, "responder"
	}
	data, private := []byte(nil), []byte(p.Private)
	if p.Type == "given" {
		if data, err = (given{Credential: p.Credential}).bytes(); err != nil {
			return nil, fmt.Errorf("the credential of the %s: %w", name, err)
		}
	} else {
		kind := suite.Curve
		if signs {
			kind = suite.SignatureKey
		}
		w := wanted{Kind: kind.String(), Type: p.Type, Name: name}
		if p.Type == "ccs" && p.ID == "kid" {
			if w.Kid = p.Kid; len(w.Kid) == 0 {
				w.Kid = hexa{byte(role)}
			}
		}
		g, err := w.make()
		if err != nil {
			return nil, err
		}
		data, private = g.Credential, g.Private
	}
	if s.made, err = read(data); err != nil {
		return nil, fmt.Errorf("the credential of the %s: %w", name, err)
	}
	if err := s.made.SetPrivateKey(private); err != nil {
		return nil, fmt.Errorf("the private key of the %s: %w", name, err)
	}
	if !signs && s.made.KeyKind() != suite.Curve {
		return nil, fmt.Errorf("the %s authenticates with a static Diffie-Hellman key: it has to be on %v, and is on %v", name, suite.Curve, s.made.KeyKind())
	}
	if signs {
		if err := s.made.TestSignDeterministically(); err != nil {
			return nil, err
		}
	}
	if err := p.setID(s.made); err != nil {
		return nil, err
	}
	bytes, secret := hexa(data), hexa(private)
	s.Credential, s.Private, s.Identity = &bytes, &secret, s.made.Describe()
	return s, nil
}

// setID sets how the credential is named.
func (p party) setID(c *ake.Credential) error {
	ids := map[string]map[ake.CredentialType]ake.IDType{
		"value": {ake.CredentialCCS: ake.IDKccs, ake.CredentialX509: ake.IDX5Chain, ake.CredentialC509: ake.IDC5C, ake.CredentialCWT: ake.IDKcwt},
		"hash":  {ake.CredentialX509: ake.IDX5T, ake.CredentialC509: ake.IDC5T},
	}
	if id, ok := ids[p.ID][c.Type()]; ok {
		return c.SetID(id, nil)
	}
	if p.ID == "kid" && len(p.Kid) > 0 {
		return c.SetID(ake.IDKid, p.Kid)
	}
	return nil
}

// read makes a credential of its bytes, whatever it is.
func read(data []byte) (*ake.Credential, error) {
	for _, read := range []func([]byte) (*ake.Credential, error){
		ake.CredentialFromPEM, ake.CredentialFromCCS, ake.CredentialFromCWT,
		func(b []byte) (*ake.Credential, error) { return ake.CredentialFromC509(b) },
	} {
		if c, err := read(data); err == nil {
			return c, nil
		}
	}
	return nil, errors.New("it is neither an X.509 certificate nor a CCS, a CWT or a C509 certificate")
}

// play runs both sides, and explains what they sent with all keys.
func (a playArguments) play() (any, error) {
	method, ok := ake.Method(a.Method).Info()
	if !ok {
		return nil, fmt.Errorf("there is no method %d", a.Method)
	}
	suite, ok := ake.Suite(a.Suite)
	if !ok {
		return nil, fmt.Errorf("there is no cipher suite %d", a.Suite)
	}
	parties := map[ake.Role]party{ake.Initiator: a.Initiator, ake.Responder: a.Responder}
	sides := map[ake.Role]*side{}
	for role, p := range parties {
		var err error
		if sides[role], err = p.ready(role, method, suite); err != nil {
			return nil, err
		}
	}
	if method.Method == ake.MethodPSK {
		a.makePSK()
	}
	messages, err := a.run(parties, sides, suite)
	if err != nil {
		return nil, err
	}
	keys := explainArguments{KeyUpdate: a.KeyUpdate}
	for _, s := range sides {
		keys.Ephemeral = append(keys.Ephemeral, s.Ephemeral)
		if s.Credential != nil {
			keys.Credentials = append(keys.Credentials, given{hex.EncodeToString(*s.Credential), *s.Private})
		}
	}
	if method.Method == ake.MethodPSK {
		keys.PSKs = []psk{a.PSK}
	}
	known, err := keys.keys()
	if err != nil {
		return nil, err
	}
	for role, s := range sides { // by the name that they are sent under
		if s.made != nil {
			if err := known.AddCredentialParts(s.made.IDCred(), s.made.Bytes(), int(s.made.KeyKind()), s.made.PublicKey(), *s.Private); err != nil {
				return nil, fmt.Errorf("%v: %w", role, err)
			}
		}
	}
	var datagrams []explain.Datagram
	var lines []hexa
	for _, message := range messages {
		datagrams, lines = append(datagrams, explain.Datagram{Data: message}), append(lines, message)
	}
	result := map[string]any{
		"messages": lines, "report": explain.Explain(datagrams, known),
		"initiator": sides[ake.Initiator], "responder": sides[ake.Responder],
	}
	if method.Method == ake.MethodPSK {
		result["psk"] = a.PSK
	}
	return result, nil
}

// makePSK makes what was not given of the pre-shared key.
func (a *playArguments) makePSK() {
	fill := func(field *hexa, text string) {
		if len(*field) == 0 {
			*field, _ = hex.DecodeString(text)
		}
	}
	fill(&a.PSK.IDCred, "a1044110")
	fill(&a.PSK.CredI, "a10269696e69746961746f72")
	fill(&a.PSK.CredR, "a10269726573706f6e646572")
	if len(a.PSK.Key) == 0 {
		a.PSK.Key = make([]byte, 16)
		rand.Read(a.PSK.Key) // never fails
	}
}

func (a playArguments) run(parties map[ake.Role]party, sides map[ake.Role]*side, suite ake.SuiteInfo) (messages [][]byte, err error) {
	sessions := map[ake.Role]*ake.Session{}
	for role, own := range sides {
		peer := sides[ake.Initiator+ake.Responder-role]
		config := ake.Config{Methods: []ake.Method{ake.Method(a.Method)}, Suites: []int{a.Suite}, Message4: a.Message4 || ake.Method(a.Method) == ake.MethodPSK}
		if own.made == nil {
			shared, err := ake.CredentialFromPSK(a.PSK.IDCred, a.PSK.Key, suite.Hash, a.PSK.CredI, a.PSK.CredR)
			if err != nil {
				return nil, err
			}
			config.InitiatorPSKs, config.ResponderPSKs = []*ake.Credential{shared}, []*ake.Credential{shared}
			if role == ake.Initiator {
				config.ResponderPSKs = nil
			} else {
				config.InitiatorPSKs = nil
			}
		} else {
			config.Own, config.Peers = []*ake.Credential{own.made}, []*ake.Credential{peer.made}
		}
		party, err := ake.NewParty(config)
		if err != nil {
			return nil, err
		}
		if sessions[role], err = party.NewSession(role); err != nil {
			return nil, err
		}
		if err := sessions[role].TestSetEphemeral(own.Ephemeral); err != nil {
			return nil, err
		}
		if id := parties[role].CID; id != nil {
			if err := sessions[role].SetConnectionID(append([]byte{}, *id...)); err != nil {
				return nil, err
			}
		}
	}
	role := ake.Initiator
	message, err := sessions[role].Step(nil)
	for err == nil && len(message) > 0 {
		messages = append(messages, message)
		role = ake.Initiator + ake.Responder - role
		message, err = sessions[role].Step(message)
	}
	return messages, err
}
