package explain

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
)

// Keys are what can be decrypted and verified with. The zero value is none.
type Keys struct {
	sessions    []sessionKeys
	contexts    []oscore.Parameters
	credentials []credential
	ephemeral   [][]byte
	psks        []psk
	update      []byte
}

// sessionKeys is a line of Wireshark's table edhoc_secrets.
type sessionKeys struct{ gx, prk2e, th2, prk3e2m, th3, prk4e3m, th4 []byte }

// credential is one of either side.
type credential struct {
	*cred.Credential
	private []byte // nil: not known
}

// AddLog reads a key log. Its lines are rows of Wireshark's tables: seven columns of
// plain hexadecimal of edhoc_secrets,
//
//	G_X, PRK_2e, TH_2, PRK_3e2m, TH_3, PRK_4e3m, TH_4
//
// of which those after TH_2 may be empty; or six quoted ones of oscore_contexts,
//
//	"Sender ID","Recipient ID","Master Secret","Master Salt","ID Context","Algorithm"
//
// The latter may stand in a comment, as liblake writes them into the file of the former:
//
//	# oscore_contexts, requests of the Initiator: "Sender ID",...
//
// Other lines that are empty or begin with # have no meaning. An error names the line.
func (k *Keys) AddLog(text string) error {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "# oscore_contexts,") {
			_, line, _ = strings.Cut(line, ": ")
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, ",")
		for c := range columns {
			columns[c] = strings.TrimSpace(columns[c])
		}
		var err error
		if strings.HasPrefix(line, `"`) {
			err = k.addContext(columns)
		} else {
			err = k.addSession(columns)
		}
		if err != nil {
			return fmt.Errorf("key log, line %d: %w", i+1, err)
		}
	}
	return nil
}

func unhexAll(columns []string, names ...string) ([][]byte, error) {
	out := make([][]byte, len(columns))
	for i, column := range columns {
		value, err := hex.DecodeString(column)
		if err != nil {
			return nil, fmt.Errorf("%s is no hexadecimal", names[i])
		}
		if len(value) > 0 {
			out[i] = value
		}
	}
	return out, nil
}

func (k *Keys) addSession(columns []string) error {
	names := []string{"G_X", "PRK_2e", "TH_2", "PRK_3e2m", "TH_3", "PRK_4e3m", "TH_4"}
	if len(columns) != len(names) {
		return fmt.Errorf("%d columns, and edhoc_secrets has 7 of plain hexadecimal, oscore_contexts 6 in quotes", len(columns))
	}
	c, err := unhexAll(columns, names...)
	if err != nil {
		return err
	}
	if c[0] == nil {
		return errors.New("G_X is empty, by which the run is found")
	}
	k.sessions = append(k.sessions, sessionKeys{c[0], c[1], c[2], c[3], c[4], c[5], c[6]})
	return nil
}

// oscoreAlgorithms are the names of algorithms: Wireshark's, and those of COSE.
var oscoreAlgorithms = map[string]int{
	"": 10, "AES-CCM-16-64-128 (CCM*)": 10, "AES-CCM-16-64-128": 10, "AES-CCM-16-128-128": 30, "ChaCha20/Poly1305": 24, "A128GCM": 1, "A256GCM": 3,
}

func (k *Keys) addContext(columns []string) error {
	if len(columns) != 6 {
		return fmt.Errorf("%d columns, and oscore_contexts has 6 in quotes", len(columns))
	}
	for i, column := range columns {
		unquoted, opened := strings.CutPrefix(column, `"`)
		unquoted, closed := strings.CutSuffix(unquoted, `"`)
		if !opened || !closed {
			return errors.New("a column has no quotes around it")
		}
		columns[i] = unquoted
	}
	algorithm, known := oscoreAlgorithms[columns[5]]
	if !known {
		return fmt.Errorf("the algorithm %q is none of those that are known", columns[5])
	}
	c, err := unhexAll(columns[:5], "Sender ID", "Recipient ID", "Master Secret", "Master Salt", "ID Context")
	if err != nil {
		return err
	}
	p := oscore.Parameters{SenderID: c[0], RecipientID: c[1], MasterSecret: c[2], MasterSalt: c[3], IDContext: c[4], AEAD: algorithm}
	if algorithm == 3 {
		p.Hash = -43 // SHA-384, as in suite 24
	}
	if _, err := oscore.New(p, oscore.Settings{}); err != nil {
		return err
	}
	k.contexts = append(k.contexts, p)
	return nil
}

// AddEphemeral adds the ephemeral private key of a side, of any run: with it all of
// that run is computed.
func (k *Keys) AddEphemeral(key []byte) { k.ephemeral = append(k.ephemeral, bytes.Clone(key)) }

// SetKeyUpdate gives the context of EDHOC_KeyUpdate (RFC 9528 appendix H), whose results
// are among the values then.
func (k *Keys) SetKeyUpdate(context []byte) { k.update = append([]byte{}, context...) }

// psk is a pre-shared key with the credentials that name its two sides.
type psk struct{ id, credI, credR, secret []byte }

// AddPSK adds a pre-shared key of method 4: ID_CRED_PSK, CRED_I and CRED_R as both
// sides have them, and the key, or nil if a key log has what follows from it.
func (k *Keys) AddPSK(idCred, credI, credR, key []byte) {
	k.psks = append(k.psks, psk{bytes.Clone(idCred), bytes.Clone(credI), bytes.Clone(credR), bytes.Clone(key)})
}

func (k *Keys) pskOf(idCred []byte) *psk {
	for i := range k.psks {
		if bytes.Equal(cborx.Item(k.psks[i].id).Canonical(), cborx.Item(idCred).Canonical()) {
			return &k.psks[i]
		}
	}
	return nil
}

// AddCredential adds the credential of either side, which is told by its content: an
// X.509 certificate in PEM or DER, a CCS, a CWT, a C509 certificate. The private key,
// raw or as openssl writes it, is nil if it is not known; it is needed besides an
// ephemeral key of its own side alone.
func (k *Keys) AddCredential(data, private []byte) error {
	c, err := readCredential(data)
	if err != nil {
		return err
	}
	if c.Key != nil && private != nil && len(private) != c.Key.Kind().PrivateLength() {
		key, err := pkix.ReadPrivateKey(private)
		if err != nil {
			return errors.New("the private key is neither one of the credential's kind nor a file of openssl")
		}
		private = key.Bytes()
	}
	k.credentials = append(k.credentials, credential{c, bytes.Clone(private)})
	return nil
}

// AddCredentialParts adds a credential of any kind: ID_CRED_x, CRED_x, and with a kind
// of key (suite.KeyKind) the public key.
func (k *Keys) AddCredentialParts(idCred, credX []byte, kind int, public, private []byte) error {
	var key *suite.PublicKey
	if public != nil {
		var err error
		if key, err = suite.ParsePublicKey(suite.KeyKind(kind), public); err != nil {
			return err
		}
	}
	k.credentials = append(k.credentials, credential{
		&cred.Credential{Type: cred.Parts, Cred: bytes.Clone(credX), Key: key, IDs: [][]byte{bytes.Clone(idCred)}, DefaultID: bytes.Clone(idCred)},
		bytes.Clone(private),
	})
	return nil
}

func readCredential(data []byte) (*cred.Credential, error) {
	if certificates, err := pkix.ReadCertificates(data); err == nil {
		return cred.FromX509(certificates)
	}
	item, rest, err := cborx.First(data)
	if err == nil {
		switch der, isBytes := item.Bytes(); {
		case isBytes && len(rest) == 0:
			return cred.FromX509([][]byte{der})
		case item.Kind() == cborx.Map && len(rest) == 0:
			return cred.FromCCS(data)
		case item.Kind() == cborx.Array || item.Kind() == cborx.Tag:
			if c, err := cred.FromCWT(data); err == nil {
				return c, nil
			}
		}
	}
	if c, err := cred.FromC509([][]byte{data}); err == nil {
		return c, nil
	}
	return nil, errors.New("neither an X.509 certificate in PEM or DER, nor a CCS, a CWT or a C509 certificate")
}

// find returns the credential that an ID_CRED_x map means: what it carries, or one of
// those that were given.
func (k *Keys) find(idMap []byte) *credential {
	want := cborx.Item(idMap).Canonical()
	for i, c := range k.credentials {
		for _, id := range append([][]byte{c.DefaultID}, c.IDs...) {
			if bytes.Equal(cborx.Item(id).Canonical(), want) {
				return &k.credentials[i]
			}
		}
	}
	id, err := cose.ParseIDCred(idMap)
	if err != nil || !id.ByValue() {
		return nil
	}
	c, err := cred.FromIDCred(id)
	if err != nil {
		return nil
	}
	for i, given := range k.credentials { // with its private key, perhaps
		if bytes.Equal(given.Cred, c.Cred) {
			return &k.credentials[i]
		}
	}
	return &credential{Credential: c}
}

// ephemeralOf is the private key of a public one, if it was given.
func (k *Keys) ephemeralOf(alg *suite.Suite, public []byte) *suite.PrivateKey {
	for _, raw := range k.ephemeral {
		key, err := suite.ParsePrivateKey(alg.Curve, raw)
		if err == nil && bytes.Equal(key.Public().X(), public) {
			return key
		}
	}
	return nil
}
