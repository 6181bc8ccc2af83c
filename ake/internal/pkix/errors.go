package pkix

import (
	"errors"

	"github.com/liblake/lake/ake/internal/c509"
)

// ErrMalformed: not a certificate, or not a file of the kind it should be.
var ErrMalformed = c509.ErrMalformed

// ErrCRL: a revocation list that is not of the kind that is read.
var ErrCRL = errors.New("the revocation list cannot be used")

// Why a certificate is not trusted. What exactly was found follows in the text.
var (
	ErrExpired           = errors.New("the credential has expired")
	ErrNotYetValid       = errors.New("the credential is not yet valid")
	ErrUnknownIssuer     = errors.New("the issuer is unknown")
	ErrBadSignature      = errors.New("the issuer's signature does not verify")
	ErrAlgorithm         = errors.New("the issuer's signature algorithm is not supported")
	ErrKeyKind           = errors.New("EDHOC does not use keys of this kind")
	ErrKeyUsage          = errors.New("the key must not be used for this")
	ErrNotCA             = errors.New("the issuer is not a certification authority")
	ErrPathLength        = errors.New("more issuers than an issuer allows below it")
	ErrNameConstraints   = errors.New("the name is outside of what an issuer may certify")
	ErrCriticalExtension = errors.New("a critical extension is not understood")
	ErrChainTooLong      = errors.New("the chain is too long")
	ErrRevoked           = errors.New("the certificate is revoked")
	ErrCRLOutdated       = errors.New("the revocation list of the issuer is out of date")
	ErrChainOrder        = errors.New("the chain is not in order")
)
