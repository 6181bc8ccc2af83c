package ake

import (
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// cwtIssuer makes a Config trust a key to issue CWTs.
func cwtIssuer(t testing.TB, key *suite.PrivateKey, name string) func(*hostConfig) {
	return all(trusting(t), func(c *hostConfig) { c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, key.Public()), name}) })
}

// TestR05_CWT: CWTs by value, of every kind of issuer, from either side.
func TestR05_CWT(t *testing.T) {
	issuer, second, stranger := newKey(t, KeyEd25519), newKey(t, KeyP256), newKey(t, KeyEd25519)
	date := func(label int64, seconds int64) func(map[int64]int64) {
		return func(dates map[int64]int64) { dates[label] = certtest.Now.Unix() + seconds }
	}
	without := func(label int64) func(map[int64]int64) {
		return func(dates map[int64]int64) { delete(dates, label) }
	}
	for _, test := range []struct {
		name    string
		cwt     *Credential
		prepare func(*hostConfig)
		want    Status
	}{
		{"of any name", cwtOf(t, issuer, ""), cwtIssuer(t, issuer, ""), OK},
		{"of any name, with one", cwtOf(t, issuer, "home"), cwtIssuer(t, issuer, ""), OK},
		{"of the name", cwtOf(t, issuer, "home"), cwtIssuer(t, issuer, "home"), OK},
		{"the second of two issuers", cwtOf(t, issuer, "home"), all(cwtIssuer(t, second, "home"), cwtIssuer(t, issuer, "home")), OK},
		{"without dates", cwtOf(t, issuer, "", without(4), without(5)), cwtIssuer(t, issuer, ""), OK},
		{"issued this second", cwtOf(t, issuer, "", date(6, 0)), cwtIssuer(t, issuer, ""), OK},
		{"valid from this second", cwtOf(t, issuer, "", date(5, 0)), cwtIssuer(t, issuer, ""), OK},
		{"of another name", cwtOf(t, issuer, "away"), cwtIssuer(t, issuer, "home"), ErrUnknownIssuer},
		{"without the name", cwtOf(t, issuer, ""), cwtIssuer(t, issuer, "home"), ErrUnknownIssuer},
		{"the key of one, the name of the other", cwtOf(t, issuer, "two"), all(cwtIssuer(t, issuer, "one"), cwtIssuer(t, second, "two")), ErrUnknownIssuer},
		{"of a stranger", cwtOf(t, stranger, ""), cwtIssuer(t, issuer, ""), ErrIssuerSignature},
		{"of a stranger under the name", cwtOf(t, stranger, "home"), cwtIssuer(t, issuer, "home"), ErrIssuerSignature},
		{"an issuer with another kind of key", cwtOf(t, second, ""), cwtIssuer(t, issuer, ""), ErrUnknownIssuer},
		{"no issuer", cwtOf(t, issuer, ""), trusting(t), ErrUnknownIssuer},
		{"expired this second", cwtOf(t, issuer, "", date(4, 0)), cwtIssuer(t, issuer, ""), ErrExpired},
		{"expired long ago", cwtOf(t, issuer, "", date(4, -1<<30)), cwtIssuer(t, issuer, ""), ErrExpired},
		{"not yet valid", cwtOf(t, issuer, "", date(5, 1)), cwtIssuer(t, issuer, ""), ErrNotYetValid},
		{"issued in the future", cwtOf(t, issuer, "", date(6, 1)), cwtIssuer(t, issuer, ""), ErrNotYetValid},
	} {
		for method := range Method(4) {
			for _, role := range bothRoles {
				s, err := present(t, method, role, test.cwt, test.prepare)
				wantVerdict(t, fmt.Sprintf("%s, of the %v in method %d", test.name, role, method), s, err, test.want)
			}
		}
	}
	for _, kind := range []KeyKind{KeyP256, KeyP384, KeyEd25519, KeyEd448} {
		key, other := newKey(t, kind), newKey(t, kind)
		for issuer, want := range map[*suite.PrivateKey]Status{key: OK, other: ErrIssuerSignature} {
			s, err := present(t, 3, Initiator, cwtOf(t, key, "home"), cwtIssuer(t, issuer, "home"))
			wantVerdict(t, fmt.Sprintf("issuer with a %v key", kind), s, err, want)
			if want != OK {
				continue
			}
			if id, _ := identityOf(s); id.Subject != "sensor-7" || id.Issuer != "home" || !id.NotAfter.Equal(certtest.NotAfter) {
				t.Errorf("the peer is %+v", id)
			}
		}
	}
}

// TestR05_CWTChanged: no byte of a CWT can be changed.
func TestR05_CWTChanged(t *testing.T) {
	issuer := newKey(t, KeyEd25519)
	good := cwtOf(t, issuer, "home")
	cwt := good.Bytes()
	for at := range cwt {
		changed := slices.Clone(cwt)
		changed[at] ^= 4
		parsed, err := CredentialFromCWT(changed)
		if err != nil {
			continue // the message would be refused as malformed
		}
		presented := newly(t)(CredentialFromParts(cose.CWTID(parsed.Bytes()), parsed.Bytes(), KeyP256, good.PublicKey()))
		presented.key = good.key
		s, err := present(t, 3, Initiator, presented, cwtIssuer(t, issuer, "home"))
		if err == nil || s.phase.state() != StateFailed {
			t.Fatalf("byte %d changed: %v", at, err)
		}
		wantErrorCode(t, s, 1)
	}
}

// TestR05_CWTMalformed: what is no CWT is refused under every policy that reads
// it, and is not what the peer is told.
func TestR05_CWTMalformed(t *testing.T) {
	good := cwtOf(t, newKey(t, KeyEd25519), "").Bytes()
	items, _ := cborx.Item(good).Array()
	array := func(parts ...cborx.Item) []byte {
		out := cborx.AppendArray(nil, len(parts))
		for _, part := range parts {
			out = append(out, part...)
		}
		return out
	}
	for name, cwt := range map[string][]byte{
		"three parts":        array(items[0], items[1], items[2]),
		"five parts":         array(items[0], items[1], items[2], items[3], items[3]),
		"no claims":          array(items[0], items[1], cborx.AppendBytes(nil, []byte{0xa0}), items[3]),
		"claims no map":      array(items[0], items[1], cborx.AppendBytes(nil, []byte{0x80}), items[3]),
		"payload missing":    array(items[0], items[1], cborx.Item{0xf6}, items[3]),
		"signature missing":  array(items[0], items[1], items[2], cborx.Item{0xf6}),
		"header no map":      array(items[0], cborx.Item{0x80}, items[2], items[3]),
		"a MAC in its place": append([]byte{0xd1}, good...),
	} {
		for _, policy := range []PeerPolicy{PolicyPinned, PolicyX509, PolicyAnyInsecure} {
			presented := newCCS(t, KeyP256, "x", nil)
			must(t, presented.SetIDCred(cose.CWTID(cwt)))
			s, err := present(t, 3, Initiator, presented, func(c *hostConfig) { c.Policy = policy })
			wantVerdict(t, name+", policy "+policyNames[policy], s, err, ErrCredentialMalformed)
		}
	}
}

// TestR05_CCSBesideIssuers: nobody vouches for a raw key, but the host may know
// it. Beside issuers it is asked, and its answer is enough.
func TestR05_CCSBesideIssuers(t *testing.T) {
	a := newAuthority()
	for _, id := range []IDType{IDKccs, IDKid} {
		for _, role := range bothRoles {
			raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
			must(t, raw.SetID(id, []byte("s7")))
			asked := 0
			s, err := present(t, 3, role, raw, all(trusting(t, a.root), asks(t, &asked, public(raw))))
			wantVerdict(t, "the host knows it", s, err, OK)
			s, err = present(t, 3, role, raw, all(trusting(t, a.root), asks(t, &asked)))
			want := ErrCredentialUntrusted
			if id == IDKid {
				want = ErrCredentialUnknown
			}
			wantVerdict(t, "the host does not know it", s, err, want)
			s, err = present(t, 3, role, raw, all(trusting(t, a.root), func(c *hostConfig) { c.Peers = append(c.Peers, public(raw)) }))
			wantVerdict(t, "it is pinned", s, err, OK)
			if asked != 2 {
				t.Errorf("the host was asked %d times", asked)
			}
		}
	}
}
