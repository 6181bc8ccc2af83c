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
	Subject string   // X.509, C509: a name as in RFC 4514; CWT, CCS: the claim 'sub'
	Issuer  string   // the same, or the claim 'iss'
	Names   []string // subject alternative names with their form: "DNS:example.org"
	Serial  []byte
	Kid     []byte // of the COSE_Key, or of ID_CRED_x

	NotBefore, NotAfter time.Time // zero: no such date

	Fingerprint [32]byte // SHA-256 of the certificate, or of CRED_x
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
