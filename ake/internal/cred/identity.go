package cred

import (
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// Identity is what a credential says about its owner, for people and for the
// policy of the host. Fields are empty if the credential does not say it. The
// text has no control characters: these and bytes that are not UTF-8 stand as
// a backslash and two hex digits.
type Identity struct {
	Subject string   // X.509: as in RFC 4514; CWT and CCS: the claim 'sub'
	Issuer  string   // the same, or the claim 'iss'
	Names   []string // subject alternative names with their form: "DNS:example.org"
	Serial  []byte   // X.509: the serial number; CWT: the claim 'cti'
	Kid     []byte   // of the COSE_Key

	NotBefore, NotAfter time.Time

	// Fingerprint is the SHA-256 of what the issuer signed: of the
	// TBSCertificate in DER of an X.509 certificate and of its C509
	// re-encoding, of the CBOR sequence of a natively signed one, of the
	// Sig_structure of a CWT. Other encodings and another signature of the
	// same issuer, such as (r, n-s) of ECDSA, do not change it. Of all other
	// credentials it is the SHA-256 of CRED_x.
	Fingerprint [32]byte

	// Of certificates: the issuer's name in DER, which together with Serial is
	// what revocation goes by, and the SHA-256 of the SubjectPublicKeyInfo in
	// DER. Those of a natively signed certificate are made up, with strings of
	// type UTF8String and points that are not compressed.
	RawIssuer []byte
	KeyHash   [32]byte
}

// Identity returns what the credential says. Of a type that this package does
// not read it has the fingerprint alone.
func (c *Credential) Identity() Identity {
	switch c.Type {
	case X509, C509:
		if certificate, err := c.certificate(0); err == nil {
			return identityOfCertificate(certificate)
		}
	case CCS:
		if pairs, ok := cborx.Item(c.Cred).Map(); ok {
			return identityOfClaims(pairs, c.Cred)
		}
	case CWT:
		if token, err := parseCWT(c.Cred); err == nil {
			return identityOfClaims(token.claims, token.signedBytes())
		}
	}
	return Identity{Fingerprint: [32]byte(suite.SHA256(c.Cred))}
}

func identityOfClaims(c claims, of []byte) Identity {
	id := Identity{
		Subject:     pkix.Printable(c.text(claimSub)),
		Issuer:      pkix.Printable(c.text(claimIss)),
		Fingerprint: [32]byte(suite.SHA256(of)),
	}
	if cti, ok := lookup(c, claimCti); ok {
		id.Serial, _ = cti.Bytes()
	}
	if key, _, err := c.confirmation(""); err == nil {
		id.Kid = key.Kid
	}
	id.NotBefore, _ = c.date(claimNbf)
	id.NotAfter, _ = c.date(claimExp)
	return id
}

func identityOfCertificate(c *pkix.Certificate) Identity {
	return Identity{
		Subject:     pkix.NameText(c.RawSubject),
		Issuer:      pkix.NameText(c.RawIssuer),
		Names:       c.Names(),
		Serial:      c.SerialNumber.Bytes(),
		NotBefore:   c.NotBefore,
		NotAfter:    c.NotAfter,
		Fingerprint: [32]byte(suite.SHA256(c.SignedBytes())),
		RawIssuer:   c.RawIssuer,
		KeyHash:     [32]byte(suite.SHA256(c.RawSubjectPublicKeyInfo)),
	}
}
