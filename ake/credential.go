package ake

import (
	"bytes"
	"sync/atomic"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/suite"
)

// CredentialType is a kind of credential.
type CredentialType int32

// The kinds of credential.
const (
	CredentialCCS   CredentialType = 1 // CWT Claims Set: a raw public key
	CredentialX509  CredentialType = 2
	CredentialParts CredentialType = 3 // of any type: its parts were given (CredentialFromParts)
	CredentialC509  CredentialType = 4
	CredentialCWT   CredentialType = 5
	CredentialPSK   CredentialType = 6 // a pre-shared key, which has no public key
)

// IDType is a way to refer to a credential in ID_CRED_x (RFC 9528 section
// 3.5.3). The numbers are the labels of the COSE header parameters, but for
// x5t, which has two forms.
type IDType int32

// The ways to refer to a credential.
const (
	IDKid       IDType = 4
	IDKcwt      IDType = 13
	IDKccs      IDType = 14
	IDC5T       IDType = 22 // SHA-256 truncated to 8 bytes
	IDC5U       IDType = 23
	IDC5B       IDType = 24
	IDC5C       IDType = 25
	IDX5Bag     IDType = 32
	IDX5Chain   IDType = 33
	IDX5T       IDType = 34 // SHA-256 truncated to 8 bytes
	IDX5U       IDType = 35
	IDX5TSHA256 IDType = 134 // SHA-256 whole
	IDC5TSHA256 IDType = 122
)

// Credential is an authentication credential: CRED_x, the public key in it,
// the ID_CRED_x to send for it and, when it is one's own, the private key.
//
// A Credential can be changed until NewParty has taken it or it is handed to a
// Session; after that, changes give ErrFrozen. It can be used by any number of
// Parties and goroutines.
type Credential struct {
	parsed *cred.Credential
	idCred []byte     // what to send
	key    ownKey     // nil: a peer's credential
	psk    *preShared // nil: a public key credential
	hedges [numberOfRoles]atomic.Pointer[[]byte]
	frozen atomic.Bool
}

// ownKey is what EDHOC does with one's own authentication key. The private key
// itself may be elsewhere.
type ownKey interface {
	// Sign signs a COSE Sig_structure.
	Sign(toBeSigned []byte) ([]byte, error)
	// ECDH gives the shared secret with a peer's ephemeral key.
	ECDH(peer *suite.PublicKey) ([]byte, error)
	// HedgeKey is secret material that only the key's owner has, in this role
	// and this process, to hedge the random generator with (RFC 8937); nil if
	// there is none. It belongs to the caller.
	HedgeKey(role byte) []byte
}

// CredentialFromCCS makes a credential from a CWT Claims Set (RFC 9528 section
// 3.5.2): a CBOR map with a COSE_Key in its 'cnf' claim. CRED_x is ccs as it
// is. By default it is referred to by the kid of the COSE_Key, and sent by
// value (kccs) if there is none.
//
// It gives ErrCredentialMalformed or ErrPublicKey.
func CredentialFromCCS(ccs []byte) (*Credential, error) {
	return newCredential(cred.FromCCS(ccs))
}

// CredentialFromX509 makes a credential from an X.509 certificate in DER and,
// after it, the certificates of its issuers. By default a single certificate
// is referred to by x5t (SHA-256/64) and a chain is sent by value (x5chain).
//
// A certificate with an RSA key of 2048 to 8192 bits can be a trust anchor or an
// intermediate, but nobody's own credential or a peer's.
func CredentialFromX509(chain ...[]byte) (*Credential, error) {
	return newCredential(cred.FromX509(chain))
}

// CredentialFromCWT makes a credential from a CWT that is signed with COSE_Sign1
// and has a COSE_Key in its 'cnf' claim. CRED_x is the CWT without its tags. By
// default it is sent by value (kcwt). Nothing is verified: see PolicyX509.
func CredentialFromCWT(cwt []byte) (*Credential, error) {
	return newCredential(cred.FromCWT(cwt))
}

// CredentialFromC509 makes a credential from a C509 certificate
// (draft-ietf-cose-cbor-encoded-cert), natively signed or re-encoded from X.509,
// and after it the certificates of its issuers. By default a single certificate
// is referred to by c5t (SHA-256/64) and a chain is sent by value (c5c).
func CredentialFromC509(chain ...[]byte) (*Credential, error) {
	return newCredential(cred.FromC509(chain))
}

// CredentialFromParts makes a credential of any type from its parts: the
// ID_CRED_x map, CRED_x (one CBOR item) and the public key (x || y or x for
// P-256 and P-384).
func CredentialFromParts(idCred, credential []byte, kind KeyKind, publicKey []byte) (*Credential, error) {
	if err := checkIDCred(idCred); err != nil {
		return nil, err
	}
	key, err := parsePublicKey(kind, publicKey)
	if err != nil {
		return nil, err
	}
	return newCredential(cred.FromParts(idCred, credential, key))
}

// CredentialFromIDCred makes the credential that an ID_CRED_x map carries by
// value (kccs, x5chain, x5bag). Nothing about it is trusted yet. It gives
// ErrCredentialUnsupported for a map that only refers to a credential.
func CredentialFromIDCred(idCred []byte) (*Credential, error) {
	id, err := cose.ParseIDCred(idCred)
	if err != nil {
		return nil, wrap(err)
	}
	return newCredential(cred.FromIDCred(id))
}

func parsePublicKey(kind KeyKind, publicKey []byte) (*suite.PublicKey, error) {
	if !kind.Valid() {
		return nil, errorf(ErrArgument, "unknown kind of key")
	}
	key, err := suite.ParsePublicKey(suite.KeyKind(kind), publicKey)
	if err != nil {
		return nil, wrap(err)
	}
	return key, nil
}

func newCredential(parsed *cred.Credential, err error) (*Credential, error) {
	if err != nil {
		return nil, wrap(err)
	}
	return &Credential{parsed: parsed, idCred: parsed.DefaultID}, nil
}

func checkIDCred(idCred []byte) error {
	item, err := cborx.One(idCred)
	if err != nil {
		return errorf(ErrCredentialMalformed, "ID_CRED: %v", err)
	}
	if pairs, ok := item.Map(); !ok || len(pairs) == 0 {
		return errorf(ErrCredentialMalformed, "ID_CRED is not a map with at least one parameter")
	}
	return nil
}

// SetIDCred sets the ID_CRED_x map, encoded, to send for this credential. A
// peer's credential is also found by it.
func (c *Credential) SetIDCred(idCred []byte) error {
	if c.frozen.Load() {
		return ErrFrozen
	}
	if err := checkIDCred(idCred); err != nil {
		return err
	}
	c.idCred = bytes.Clone(idCred)
	return nil
}

// SetID sets the ID_CRED_x to send from a type and a value. The value is the
// kid for IDKid and the URI for IDX5U; the other types need none. It gives
// ErrUnsupported for a type that the credential cannot have.
func (c *Credential) SetID(t IDType, value []byte) error {
	if c.frozen.Load() {
		return ErrFrozen
	}
	p := c.parsed
	isX509 := p.Type == cred.X509
	switch {
	case t == IDKid:
		c.idCred = cose.KidID(value)
	case t == IDKcwt && p.Type == cred.CWT:
		c.idCred = cose.CWTID(p.Cred)
	case t == IDC5T && p.Type == cred.C509:
		c.idCred = cose.C5TID(cred.CertHash(p.Chain[0], cose.AlgSHA25664))
	case t == IDC5TSHA256 && p.Type == cred.C509:
		c.idCred = cose.C5TID(cred.CertHash(p.Chain[0], cose.AlgSHA256))
	case t == IDC5C && p.Type == cred.C509:
		c.idCred = cose.C5CID(p.Chain)
	case t == IDC5B && p.Type == cred.C509:
		c.idCred = cose.C5BID(p.Chain)
	case t == IDC5U && p.Type == cred.C509 && len(value) > 0:
		c.idCred = cose.C5UID(string(value))
	case t == IDKccs && p.Type == cred.CCS:
		c.idCred = cose.CCSID(p.Cred)
	case t == IDX5T && isX509:
		c.idCred = cose.X5TID(cred.CertHash(p.Chain[0], cose.AlgSHA25664))
	case t == IDX5TSHA256 && isX509:
		c.idCred = cose.X5TID(cred.CertHash(p.Chain[0], cose.AlgSHA256))
	case t == IDX5Chain && isX509:
		c.idCred = cose.X5ChainID(p.Chain)
	case t == IDX5Bag && isX509:
		c.idCred = cose.X5BagID(p.Chain)
	case t == IDX5U && isX509 && len(value) > 0:
		c.idCred = cose.X5UID(string(value))
	default:
		return errorf(ErrUnsupported, "the credential cannot be referred to in this way")
	}
	return nil
}

// SetPrivateKey gives the credential its private key: the scalar of 32 (P-256,
// X25519), 48 (P-384) or 56 bytes (X448), or the seed of 32 (Ed25519) or 57
// bytes (Ed448). It gives ErrPrivateKey if the key does not belong to the
// public key of the credential, and ErrKeyKind for a certificate with an RSA key.
func (c *Credential) SetPrivateKey(key []byte) error {
	if c.frozen.Load() {
		return ErrFrozen
	}
	if c.psk != nil {
		return errorf(ErrUnsupported, "a PSK credential has no private key")
	}
	if err := c.authenticates(); err != nil {
		return err
	}
	suite.WipeStack()
	defer suite.WipeStack()
	private, err := suite.ParsePrivateKey(c.parsed.Key.Kind(), key)
	if err != nil {
		return wrap(err)
	}
	if !private.Public().Equal(c.parsed.Key) {
		private.Clear()
		return errorf(ErrPrivateKey, "the private key belongs to another public key")
	}
	private.Keep()
	c.key = private
	return nil
}

// Type returns the kind of credential.
func (c *Credential) Type() CredentialType { return CredentialType(c.parsed.Type) }

// Bytes returns CRED_x, one CBOR item; nil of a PSK credential, which has two
// (PSKCredentials).
func (c *Credential) Bytes() []byte { return bytes.Clone(c.parsed.Cred) }

// IDCred returns the ID_CRED_x map that is sent for this credential.
func (c *Credential) IDCred() []byte { return bytes.Clone(c.idCred) }

// KeyKind returns the kind of the public key, 0 for a PSK credential and for a
// certificate with an RSA key.
func (c *Credential) KeyKind() KeyKind { return KeyKind(c.kind()) }

func (c *Credential) kind() suite.KeyKind {
	if c.parsed.Key == nil {
		return 0
	}
	return c.parsed.Key.Kind()
}

// PublicKey returns the public key: x || y of P-256 (64 bytes) and P-384 (96),
// the 32, 56 or 57 bytes of the others, nil of a PSK credential and of a
// certificate with an RSA key.
func (c *Credential) PublicKey() []byte {
	if c.parsed.Key == nil {
		return nil
	}
	return c.parsed.Key.Bytes()
}

const onlyCertifies = "the certificate has an RSA key, which can only certify others"

// authenticates refuses a certificate whose key is not one that EDHOC uses: it can
// only certify others.
func (c *Credential) authenticates() error {
	if c.psk == nil && c.parsed.Key == nil {
		return errorf(ErrKeyKind, onlyCertifies)
	}
	return nil
}

// HasPrivateKey reports whether the credential can be one's own.
func (c *Credential) HasPrivateKey() bool { return c.key != nil }

// isOwn is HasPrivateKey also for a pre-shared key.
func (c *Credential) isOwn() bool { return c.key != nil || c.psk != nil }

// names are the canonical ID_CRED_x maps under which the credential is found.
func (c *Credential) names() [][]byte {
	names := [][]byte{cborx.Item(c.idCred).Canonical()}
	for _, id := range c.parsed.IDs {
		if canonical := cborx.Item(id).Canonical(); !bytes.Equal(canonical, names[0]) {
			names = append(names, canonical)
		}
	}
	return names
}

// GenerateKey makes a key pair: the private key in the form of SetPrivateKey,
// the public key in the form of Credential.PublicKey.
func GenerateKey(kind KeyKind) (private, public []byte, err error) {
	if !kind.Valid() {
		return nil, nil, errorf(ErrArgument, "unknown kind of key")
	}
	suite.WipeStack()
	defer suite.WipeStack()
	key, err := suite.GenerateKey(suite.KeyKind(kind), nil)
	if err != nil {
		return nil, nil, wrap(err)
	}
	defer key.Clear()
	return key.Bytes(), key.Public().Bytes(), nil
}
