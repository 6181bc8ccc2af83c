package ake

import (
	"bytes"
	"strings"
	"testing"
)

// TestIdentityKinds: an identity says whose subjects its are, and no line of one kind
// looks like that of another.
func TestIdentityKinds(t *testing.T) {
	a := newAuthority(everyName)
	issuer := newKey(t, KeyP256)
	compact := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(a.leaf.DER))))
	for _, test := range []struct {
		c    *Credential
		kind CredentialType
		line string
	}{
		{a.credential(t, IDX5T, ""), CredentialX509, "CN=Device, DNS:server.example, P-256 key "},
		{compact, CredentialC509, "CN=Device, DNS:server.example, P-256 key "},
		{cwtOf(t, issuer, ""), CredentialCWT, "sensor-7, kid 7337, P-256 key "},
		{newCCS(t, KeyP256, "sensor-7", []byte{0x2b}), CredentialCCS, "sensor-7, kid 2b, P-256 key "},
		{newPSK(t, 2, []byte{1}, "i", "r"), CredentialPSK, "kid 01, pre-shared key"},
		{newCCS(t, KeyP256, "CN=Device", nil), CredentialCCS, `"CN=Device", P-256 key `},
		{newCCS(t, KeyP256, "DNS:server.example", nil), CredentialCCS, `"DNS:server.example", P-256 key `},
		{newCCS(t, KeyP256, "x, kid 2b", nil), CredentialCCS, `"x, kid 2b", P-256 key `},
		{newCCS(t, KeyP256, `x", kid 2b`, nil), CredentialCCS, `"x\22, kid 2b", P-256 key `},
		{newCCS(t, KeyP256, `x\22`, nil), CredentialCCS, `x\5c22, P-256 key `},
		{newCCS(t, KeyP256, "a\nb\u202e", nil), CredentialCCS, `a\0ab\e2\80\ae, P-256 key `},
	} {
		if id := test.c.Identity(); id.Kind != test.kind {
			t.Errorf("%s is of kind %d", test.c.Describe(), id.Kind)
		}
		if line := test.c.Describe(); !strings.HasPrefix(line, test.line) {
			t.Errorf("%q, want %q...", line, test.line)
		}
	}
	x, y := a.credential(t, IDX5T, "").Identity(), compact.Identity()
	if x.Fingerprint != y.Fingerprint || x.KeyHash != y.KeyHash || !bytes.Equal(x.IssuerDER, y.IssuerDER) || !bytes.Equal(x.Serial, y.Serial) {
		t.Errorf("the two forms of a certificate:\n%+v\n%+v", x, y)
	}
	for _, other := range []Identity{newAuthority(everyName).credential(t, IDX5T, "").Identity(), cwtOf(t, issuer, "").Identity()} {
		if x.Fingerprint == other.Fingerprint || x.KeyHash == other.KeyHash {
			t.Errorf("two identities are alike: %+v", other)
		}
	}
}
