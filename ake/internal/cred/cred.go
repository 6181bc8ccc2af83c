// Package cred turns what a credential is made of into what EDHOC uses of it
// (RFC 9528 section 3.5.2): the bytes of CRED_x, the public authentication key,
// the ways in which others may refer to it, and what it says about its owner.
//
// It decides what is a credential of each kind, which certificate of a bag may be
// the one that is meant, whether a CWT is signed by an issuer that it is given and
// valid, and what is shown of a credential. Whether a certificate is trusted is
// decided in package pkix, and what its bytes say there and in c509; whom the host
// talks to, in package ake.
package cred

import (
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// Type is a kind of credential.
type Type int32

// The kinds of credential. The numbers are those of the C ABI.
const (
	CCS   Type = 1
	X509  Type = 2
	Parts Type = 3 // ID_CRED, CRED and key given by the host
	C509  Type = 4
	CWT   Type = 5
	PSK   Type = 6 // a pre-shared key, which has no public key
)

// ErrMalformed: not a credential of the kind it should be.
var ErrMalformed = pkix.ErrMalformed

// Why a CWT is not trusted: the reasons are those of certificates.
var (
	ErrExpired           = pkix.ErrExpired
	ErrNotYetValid       = pkix.ErrNotYetValid
	ErrUnknownIssuer     = pkix.ErrUnknownIssuer
	ErrBadSignature      = pkix.ErrBadSignature
	ErrAlgorithm         = pkix.ErrAlgorithm
	ErrCriticalExtension = pkix.ErrCriticalExtension
)

// Credential is a parsed credential. It is not changed after it was made.
type Credential struct {
	Type Type
	Cred []byte // CRED_x: one CBOR item
	// Key is nil of a pre-shared key, and of a certificate with an RSA key,
	// which can only certify others.
	Key *suite.PublicKey
	// Chain is the certificate of an X.509 or C509 credential, followed by
	// its issuers as far as they were given, as they came.
	Chain [][]byte
	// IDs are the encoded ID_CRED_x maps that refer to this credential
	// without carrying it.
	IDs [][]byte
	// DefaultID is the ID_CRED_x to send unless the host wants another one.
	DefaultID []byte

	// certificates are those of Chain, as far as they were read: the first
	// always is.
	certificates []received
}

// FromIDCred makes the credential that id carries by value. Of a bag it takes
// the first of Candidates.
func FromIDCred(id *cose.IDCred) (*Credential, error) {
	switch {
	case id.CCS != nil:
		return FromCCS(id.CCS)
	case id.CWT != nil:
		return FromCWT(id.CWT)
	case id.X5Chain != nil:
		return FromX509(id.X5Chain)
	case id.C5C != nil:
		return FromC509(id.C5C)
	case id.X5Bag != nil || id.C5B != nil:
		return Candidates(id)[0]()
	}
	return nil, cose.ErrUnsupported
}

// Candidates returns how to make each credential that id may carry by value:
// one, or of a bag each certificate that may be the end entity, the likeliest
// first. The certificates of a bag are read once for all of them.
func Candidates(id *cose.IDCred) []func() (*Credential, error) {
	var bag [][]byte
	parse, from := pkix.ParseCertificate, fromX509
	switch {
	case id.X5Bag != nil:
		bag = id.X5Bag
	case id.C5B != nil:
		bag, parse, from = id.C5B, pkix.ParseC509, fromC509
	default:
		return []func() (*Credential, error){func() (*Credential, error) { return FromIDCred(id) }}
	}
	var candidates []func() (*Credential, error)
	for _, certificates := range bagCandidates(bag, parse) {
		candidates = append(candidates, func() (*Credential, error) { return from(certificates) })
	}
	return candidates
}
