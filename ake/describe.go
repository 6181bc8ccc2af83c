package ake

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/liblake/lake/ake/internal/message"
)

// Format prints "EDHOC credential", whatever the verb.
func (c *Credential) Format(f fmt.State, _ rune) { io.WriteString(f, "EDHOC credential") }

// Identity is what a credential says about its owner. Of a peer's credential,
// it is as true as the credential is trusted. The texts are printable UTF-8.
type Identity struct {
	Kind    CredentialType // whose subjects these are: those of one kind say nothing about another's
	Subject string         // X.509, C509: a name as in RFC 4514; CWT, CCS: the claim 'sub'
	Issuer  string         // the same, or the claim 'iss'
	Names   []string       // subject alternative names with their form: "DNS:example.org"
	Serial  []byte
	Kid     []byte // of the COSE_Key, or of ID_CRED_x

	NotBefore, NotAfter time.Time // zero: no such date

	// Fingerprint is the SHA-256 of what the issuer signed: of the TBSCertificate of
	// an X.509 certificate and of its C509 form, of the CBOR sequence of a natively
	// signed one, of the Sig_structure of a CWT; of all others, of CRED_x. No other
	// encoding or signature of the same issuer changes it.
	Fingerprint [32]byte

	// Of certificates, what revocation goes by besides the serial number.
	IssuerDER []byte   // the name of the issuer, in DER
	KeyHash   [32]byte // SHA-256 of the SubjectPublicKeyInfo, in DER
}

// Identity returns what the credential says about its owner.
func (c *Credential) Identity() Identity {
	if c.psk != nil {
		kid, _ := message.SingleKid(c.idCred)
		return Identity{Kind: CredentialPSK, Kid: kid}
	}
	id := c.parsed.Identity()
	if id.Kid == nil {
		id.Kid, _ = message.SingleKid(c.idCred)
	}
	return Identity{
		Kind: c.Type(), Subject: id.Subject, Issuer: id.Issuer, Names: id.Names, Serial: id.Serial, Kid: id.Kid,
		NotBefore: id.NotBefore, NotAfter: id.NotAfter, Fingerprint: id.Fingerprint,
		IssuerDER: id.RawIssuer, KeyHash: id.KeyHash,
	}
}

// Describe returns one line that tells people whose credential it is: what is
// known of name, kid and key, for example "sensor-7, kid 2b, P-256 key 6e5de611". A
// name that could be taken for something else is in quotation marks: what stands
// there without them, with a '=' in it, is the subject of a certificate.
func (c *Credential) Describe() string {
	id := c.Identity()
	certified := id.Kind == CredentialX509 || id.Kind == CredentialC509
	var parts []string
	if id.Subject != "" {
		parts = append(parts, quoteUnless(certified, id.Subject))
	}
	if len(id.Names) > 0 {
		parts = append(parts, quoteUnless(!strings.ContainsAny(id.Names[0], `, "`), id.Names[0]))
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

// quoteUnless puts a text that may imitate another part of the line in quotation
// marks. Subjects of certificates escape what could; other subjects are free text.
func quoteUnless(harmless bool, text string) string {
	if harmless || !strings.ContainsAny(text, `=,:"`) {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `\22`) + `"`
}
