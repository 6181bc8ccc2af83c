package ake

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/pkix"
)

// Identity is what a credential says about its owner. Of a peer's credential,
// it is as true as the credential is trusted. The texts are printable UTF-8.
type Identity struct {
	Subject string   // X.509, C509: a name as in RFC 4514; CWT, CCS: the claim 'sub'
	Issuer  string   // the same, or the claim 'iss'
	Names   []string // subject alternative names with their form: "DNS:example.org"
	Serial  []byte
	Kid     []byte // of the COSE_Key, or of ID_CRED_x

	NotBefore, NotAfter time.Time // zero: no such date

	// Fingerprint is the SHA-256 of what the issuer signed, which another encoding
	// or signature does not change: the TBSCertificate in DER of an X.509
	// certificate and of its C509 re-encoding, the CBOR of a natively signed one,
	// the Sig_structure of a CWT. Of all else it is that of CRED_x.
	Fingerprint [32]byte
}

// Identity returns what the credential says about its owner.
func (c *Credential) Identity() Identity {
	if c.psk != nil {
		kid, _ := message.SingleKid(c.idCred)
		return Identity{Kid: kid}
	}
	id := c.parsed.Identity()
	if id.Kid == nil {
		id.Kid, _ = message.SingleKid(c.idCred)
	}
	return Identity{
		Subject: id.Subject, Issuer: id.Issuer, Names: id.Names, Serial: id.Serial, Kid: id.Kid,
		NotBefore: id.NotBefore, NotAfter: id.NotAfter, Fingerprint: id.Fingerprint,
	}
}

// Describe returns one line that tells people whose credential it is: what is
// known of name, kid and key, for example "sensor-7, kid 2b, P-256 key 6e5de611".
func (c *Credential) Describe() string {
	id := c.Identity()
	var parts []string
	if id.Subject != "" {
		parts = append(parts, id.Subject)
	}
	if len(id.Names) > 0 {
		parts = append(parts, id.Names[0])
	}
	if id.Kid != nil {
		parts = append(parts, fmt.Sprintf("kid %x", id.Kid))
	}
	switch {
	case c.psk != nil:
		parts = append(parts, "pre-shared key")
	case c.parsed.Key == nil:
		parts = append(parts, "RSA key")
	default:
		parts = append(parts, fmt.Sprintf("%v key %x", c.KeyKind(), c.parsed.Key.X()[:4]))
	}
	return strings.Join(parts, ", ")
}

// PeerIdentity returns what the credential of the peer says, and the line of
// Describe. It gives ErrNotFound before the peer has authenticated.
func (s *Session) PeerIdentity() (Identity, string, error) {
	peer, err := s.PeerCredential()
	if err != nil {
		return Identity{}, "", err
	}
	return peer.Identity(), peer.Describe(), nil
}

// NewCCS builds a CWT Claims Set of a public key (in the form of
// Credential.PublicKey), with a subject and a kid unless they are empty. The
// subject has to be UTF-8.
func NewCCS(subject string, kid []byte, kind KeyKind, publicKey []byte) ([]byte, error) {
	if !utf8.ValidString(subject) {
		return nil, errorf(ErrArgument, "the subject is not UTF-8")
	}
	key, err := parsePublicKey(kind, publicKey)
	if err != nil {
		return nil, err
	}
	return cred.NewCCS(subject, kid, key), nil
}

// NewCOSEKey builds a COSE_Key of a public key (in the form of
// Credential.PublicKey), with a kid unless it is nil.
func NewCOSEKey(kid []byte, kind KeyKind, publicKey []byte) ([]byte, error) {
	key, err := parsePublicKey(kind, publicKey)
	if err != nil {
		return nil, err
	}
	return cred.NewKey(kid, key), nil
}

// CCSFromCOSEKey dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).
func CCSFromCOSEKey(coseKey []byte) ([]byte, error) {
	ccs, err := cred.CCSFromKey(coseKey)
	if err != nil {
		return nil, wrap(err)
	}
	return ccs, nil
}

// CredentialFromPEM makes a credential from the certificates of a file, PEM or
// DER, the end entity's first.
func CredentialFromPEM(file []byte) (*Credential, error) {
	certificates, err := pkix.ReadCertificates(file)
	if err != nil {
		return nil, wrap(err)
	}
	return CredentialFromX509(certificates...)
}

// SetPrivateKeyPEM is SetPrivateKey with a file as openssl writes it: PEM or
// DER, PKCS#8 or SEC 1, not encrypted.
func (c *Credential) SetPrivateKeyPEM(file []byte) error {
	if err := c.authenticates(); err != nil {
		return err
	}
	key, err := pkix.ReadPrivateKey(file)
	if err != nil {
		return errorf(ErrPrivateKey, "%v", err)
	}
	defer key.Clear()
	if key.Kind() != c.KeyKind() {
		return errorf(ErrPrivateKey, "a %v key for a credential with a %v key", key.Kind(), c.KeyKind())
	}
	raw := key.Bytes()
	defer clear(raw)
	return c.SetPrivateKey(raw)
}

// C509FromX509 re-encodes an X.509 certificate (DER) as a C509 certificate. It
// gives ErrUnsupported for one that would not come back byte by byte.
func C509FromX509(der []byte) ([]byte, error) {
	if _, err := pkix.ParseCertificate(der); err != nil {
		return nil, wrap(err)
	}
	certificate, err := c509.FromX509(der)
	if err != nil {
		return nil, wrap(err)
	}
	return certificate, nil
}

// X509FromC509 returns the X.509 certificate (DER) that a re-encoded C509
// certificate was made of. It gives ErrUnsupported for one that is natively
// signed.
func X509FromC509(certificate []byte) ([]byte, error) {
	der, err := c509.ToX509(certificate)
	if err != nil {
		return nil, wrap(err)
	}
	return der, nil
}
