package ake

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// certificateStatus says what a judge answers with for what is wrong with a path.
var certificateStatus = []struct {
	cause  error
	status Status
}{
	{pkix.ErrExpired, ErrExpired},
	{pkix.ErrNotYetValid, ErrNotYetValid},
	{pkix.ErrUnknownIssuer, ErrUnknownIssuer},
	{pkix.ErrBadSignature, ErrIssuerSignature},
	{pkix.ErrAlgorithm, ErrIssuerSignature},
	{pkix.ErrKeyKind, ErrKeyKind},
	{pkix.ErrKeyUsage, ErrKeyUsage},
	{pkix.ErrNotCA, ErrNotCA},
	{pkix.ErrPathLength, ErrPathLength},
	{pkix.ErrChainTooLong, ErrPathLength},
	{pkix.ErrNameConstraints, ErrNameConstraints},
	{pkix.ErrCriticalExtension, ErrCriticalExtension},
	{pkix.ErrChainOrder, ErrCertificateHash},
	{cred.ErrMalformed, ErrCredentialMalformed},
}

func wantOfCase(t *testing.T, c certtest.Case) Status {
	if c.Bag && len(c.Chain) > defaultLimits.Chain { // refused before anything is looked at
		return ErrPathLength
	}
	t.Helper()
	if c.Want == nil {
		return OK
	}
	for _, row := range certificateStatus {
		if errors.Is(c.Want, row.cause) {
			return row.status
		}
	}
	t.Fatalf("%s: no status for %v", c.Name, c.Want)
	return 0
}

// TestR06_CertificateCases runs the certificate test set as handshakes: with each
// chain from either side, in the message (a bag in three orders) and supplied by
// the host.
func TestR06_CertificateCases(t *testing.T) {
	cases := certtest.Cases()
	refused := 0
	for _, c := range cases {
		want := wantOfCase(t, c)
		if want != OK {
			refused++
		}
		t.Run(c.Name, func(t *testing.T) {
			if i := slices.IndexFunc(c.Anchors, isUnreadable); i >= 0 { // such an issuer cannot be added
				_, err := CredentialFromX509(c.Anchors[i])
				wantStatus(t, "the anchor", err, ErrCredentialMalformed)
				if want == OK {
					t.Error("the path is good")
				}
				return
			}
			for _, role := range bothRoles {
				for _, id := range idsOfCase(c) {
					s, err := presentCase(t, c, role, id, trustOfCase(t, c))
					wantVerdict(t, fmt.Sprintf("of the %v", role), s, err, want)
				}
				answer, err := CredentialFromX509(c.Chain...)
				if err != nil || c.Bag {
					continue // it cannot be an answer, or would be put in order for that
				}
				s, err := presentCase(t, c, role, cose.X5UID("coap://store.example"), all(trustOfCase(t, c), asks(t, nil, answer)))
				wantVerdict(t, fmt.Sprintf("of the %v, by URI", role), s, err, want)
			}
		})
	}
	if len(cases) < 300 || refused < 170 {
		t.Errorf("%d cases, of which %d are bad", len(cases), refused)
	}
}

// idsOfCase are the ID_CRED_x maps with the chain of a case.
func idsOfCase(c certtest.Case) [][]byte {
	switch {
	case len(c.Chain) == 0:
		return [][]byte{{0xa1, 0x18, 33, 0x80}}
	case !c.Bag:
		return [][]byte{cose.X5ChainID(c.Chain)}
	}
	var ids [][]byte
	for _, at := range []int{0, len(c.Chain) / 2, len(c.Chain) - 1} {
		ids = append(ids, cose.X5BagID(slices.Insert(slices.Clone(c.Chain[1:]), at, c.Chain[0])))
	}
	return ids
}

func isUnreadable(der []byte) bool {
	_, err := CredentialFromX509(der)
	return err != nil
}

func trustOfCase(t *testing.T, c certtest.Case) func(*hostConfig) {
	return func(config *hostConfig) {
		config.Policy = PolicyX509
		config.AllowAnyPeer = true
		config.SetTime(c.Time)
		config.ClockTolerance = NoTolerance
		config.Limits = Limits{Chain: c.Depth}
		for _, der := range c.Anchors {
			config.TrustAnchors = append(config.TrustAnchors, newly(t)(CredentialFromX509(der)))
		}
		for _, der := range c.Intermediates {
			config.Intermediates = append(config.Intermediates, newly(t)(CredentialFromX509(der)))
		}
	}
}

// presentCase has a side authenticate with the end entity of a case. Its
// credential is made of parts: the chain may be anything.
func presentCase(t *testing.T, c certtest.Case, role Role, id []byte, prepare func(*hostConfig)) (*Session, error) {
	t.Helper()
	method := Method(3)
	if c.Usage == pkix.UsageSignature {
		method = 0
	}
	var certificate []byte
	if len(c.Chain) > 0 {
		certificate = c.Chain[0]
	}
	presented := newly(t)(CredentialFromParts(id, cborx.AppendBytes(nil, certificate), KeyKind(c.Key.Kind()), c.Key.Public().Bytes()))
	must(t, presented.SetPrivateKey(c.Key.Bytes()))
	return present(t, method, role, presented, prepare)
}
