package ake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// Status says how a call ended: 0 success, above 0 not finished, below 0
// failed. The numbers are the same in every language that the library is used from.
//
// Every error of this package has a Status; ask for one with errors.Is:
//
//	if errors.Is(err, ake.ErrCredentialUnknown) { ... }
type Status int32

type statusRow struct {
	name, group, text string
	code              int64  // ERR_CODE on the wire, 0: nothing is sent
	wireText          string // ERR_INFO of code 1
}

// Error returns the meaning of the status, as a clause.
func (s Status) Error() string {
	if row, ok := statusTable[s]; ok {
		return row.text
	}
	return fmt.Sprintf("unknown status %d", int32(s))
}

// Name returns the name of the constant, for example "ErrMAC".
func (s Status) Name() string { return statusTable[s].name }

// Group returns the name of the group of the status, for example "message".
func (s Status) Group() string { return statusTable[s].group }

// Pending reports whether the status means "not finished".
func (s Status) Pending() bool { return s > 0 }

// Error is a status with what is known about this case. It holds no secret.
type Error struct {
	Status Status
	Detail string // may be empty
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Status.Error()
	}
	return e.Status.Error() + ": " + e.Detail
}

// Unwrap makes errors.Is(err, status) work.
func (e *Error) Unwrap() error { return e.Status }

// StatusOf returns the status of an error of this package, OK for nil, and
// ErrInternal for an error of another origin.
func StatusOf(err error) Status {
	if err == nil {
		return OK
	}
	var status Status
	if errors.As(err, &status) {
		return status
	}
	return ErrInternal
}

// maxDetail bounds a detail, which may quote a little of what a peer sent.
const maxDetail = 200

func errorf(status Status, format string, args ...any) *Error {
	detail := fmt.Sprintf(format, args...)
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "")
	}
	return &Error{status, detail}
}

// causes maps the errors of the internal packages, the most specific first.
var causes = []struct {
	cause  error
	status Status
}{
	{cborx.ErrNotDeterministic, ErrNotDeterministic},
	{message.ErrIdentifier, ErrConnectionID},
	{message.ErrEAD, ErrEAD},
	{message.ErrIDCred, ErrCredentialMalformed},
	{message.ErrMalformed, ErrMalformed},
	{pkix.ErrExpired, ErrExpired},
	{pkix.ErrRevoked, ErrRevoked},
	{pkix.ErrCRLOutdated, ErrRevoked},
	{pkix.ErrCRL, ErrUnsupported},
	{pkix.ErrNotYetValid, ErrNotYetValid},
	{pkix.ErrUnknownIssuer, ErrUnknownIssuer},
	{pkix.ErrBadSignature, ErrIssuerSignature},
	{pkix.ErrAlgorithm, ErrIssuerSignature},
	{c509.ErrSignature, ErrIssuerSignature},
	{c509.ErrAlgorithm, ErrIssuerSignature},
	{c509.ErrUnsupported, ErrUnsupported},
	{pkix.ErrKeyKind, ErrKeyKind},
	{pkix.ErrKeyUsage, ErrKeyUsage},
	{pkix.ErrNotCA, ErrNotCA},
	{pkix.ErrPathLength, ErrPathLength},
	{pkix.ErrChainTooLong, ErrPathLength},
	{pkix.ErrNameConstraints, ErrNameConstraints},
	{pkix.ErrCriticalExtension, ErrCriticalExtension},
	{pkix.ErrChainOrder, ErrCertificateHash},
	{cred.ErrCertHash, ErrCertificateHash},
	{pkix.ErrEncryptedKey, ErrPrivateKey},
	{cose.ErrUnsupported, ErrCredentialUnsupported},
	{cose.ErrIDCred, ErrCredentialMalformed},
	{cred.ErrMalformed, ErrCredentialMalformed},
	{suite.ErrLowOrder, ErrPublicKey},
	{suite.ErrPublicKey, ErrPublicKey},
	{suite.ErrPrivateKey, ErrPrivateKey},
	{suite.ErrOpen, ErrDecryption},
	{suite.ErrAEAD, ErrLimit}, // a plaintext longer than the AEAD takes
	{cborx.ErrMalformed, ErrMalformed},
}

// echoes are causes whose text says no more than their status.
var echoes = []error{
	cborx.ErrMalformed, cborx.ErrNotDeterministic,
	message.ErrIdentifier, message.ErrEAD, message.ErrIDCred, message.ErrMalformed,
	cose.ErrIDCred, cred.ErrMalformed,
	suite.ErrPublicKey, suite.ErrPrivateKey, suite.ErrOpen,
}

// newsOf is what an error says beyond its status.
func newsOf(err, cause error, status Status) string {
	text := strings.TrimPrefix(err.Error(), status.Error()+": ")
	if slices.Contains(echoes, cause) {
		text = strings.TrimPrefix(strings.TrimPrefix(text, cause.Error()), ": ")
	}
	return text
}

// wrap gives an error of an internal package its status.
func wrap(err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var status Status
	if errors.As(err, &status) {
		return &Error{Status: status}
	}
	for _, row := range causes {
		if errors.Is(err, row.cause) {
			return errorf(row.status, "%s", newsOf(err, row.cause, row.status))
		}
	}
	return errorf(ErrInternal, "%v", err)
}
