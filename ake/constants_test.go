package ake

import (
	"testing"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/suite"
)

// TestConstants: the numbers that programs see are those of the internal packages.
func TestConstants(t *testing.T) {
	for name, pair := range map[string][2]int64{
		"P-256": {int64(KeyP256), int64(suite.KeyP256)}, "P-384": {int64(KeyP384), int64(suite.KeyP384)},
		"X25519": {int64(KeyX25519), int64(suite.KeyX25519)}, "X448": {int64(KeyX448), int64(suite.KeyX448)},
		"Ed25519": {int64(KeyEd25519), int64(suite.KeyEd25519)}, "Ed448": {int64(KeyEd448), int64(suite.KeyEd448)},

		"CCS": {int64(CredentialCCS), int64(cred.CCS)}, "X.509": {int64(CredentialX509), int64(cred.X509)},
		"parts": {int64(CredentialParts), int64(cred.Parts)}, "C509": {int64(CredentialC509), int64(cred.C509)},
		"CWT": {int64(CredentialCWT), int64(cred.CWT)}, "PSK": {int64(CredentialPSK), int64(cred.PSK)},

		"kid": {int64(IDKid), cose.LabelKid}, "kcwt": {int64(IDKcwt), cose.LabelKcwt}, "kccs": {int64(IDKccs), cose.LabelKccs},
		"c5t": {int64(IDC5T), cose.LabelC5T}, "c5u": {int64(IDC5U), cose.LabelC5U}, "c5b": {int64(IDC5B), cose.LabelC5B},
		"c5c": {int64(IDC5C), cose.LabelC5C}, "x5bag": {int64(IDX5Bag), cose.LabelX5Bag}, "x5chain": {int64(IDX5Chain), cose.LabelX5Chain},
		"x5t": {int64(IDX5T), cose.LabelX5T}, "x5u": {int64(IDX5U), cose.LabelX5U},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %d here and %d there", name, pair[0], pair[1])
		}
	}
}
