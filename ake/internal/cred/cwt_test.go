package cred_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/vectortest"
)

var (
	cwtNow     = time.Unix(1_900_000_000, 0)
	cwtIssuer  = generate(suite.KeyEd25519)
	cwtSubject = generate(suite.KeyX25519)
)

func generate(kind suite.KeyKind) *suite.PrivateKey {
	key, err := suite.GenerateKey(kind, nil)
	if err != nil {
		panic(err)
	}
	return key
}

// claim is one entry of a map, its key an int unless rawKey is there.
type claim struct {
	label  int64
	value  []byte
	rawKey []byte
}

func encodeMap(entries ...claim) []byte {
	out := cborx.AppendMap(nil, len(entries))
	for _, entry := range entries {
		if entry.rawKey != nil {
			out = append(out, entry.rawKey...)
		} else {
			out = cborx.AppendInt(out, entry.label)
		}
		out = append(out, entry.value...)
	}
	return out
}

func integer(v int64) []byte { return cborx.AppendInt(nil, v) }
func text(s string) []byte   { return cborx.AppendText(nil, s) }
func octets(s string) []byte { return cborx.AppendBytes(nil, []byte(s)) }

// cnf is the claim with the subject's key.
func cnf() claim {
	ccs := cred.NewCCS("", []byte("kid of the key"), cwtSubject.Public())
	return claim{label: 8, value: ccs[2:]}
}

func usualClaims(more ...claim) []byte {
	return encodeMap(append([]claim{{label: 1, value: text("issuer")}, {label: 2, value: text("subject")}, cnf()}, more...)...)
}

// draft is a CWT before it is signed.
type draft struct {
	protected, unprotected, payload []byte
	key                             *suite.PrivateKey
	after                           func(token []byte) []byte
}

func (d draft) sign(t testing.TB) []byte {
	t.Helper()
	signature, err := d.key.Sign(cose.SigStructure(d.protected, nil, d.payload))
	if err != nil {
		t.Fatal(err)
	}
	out := cborx.AppendBytes(cborx.AppendArray(nil, 4), d.protected)
	out = append(out, d.unprotected...)
	out = cborx.AppendBytes(cborx.AppendBytes(out, d.payload), signature)
	if d.after != nil {
		out = d.after(out)
	}
	return out
}

func TestCWT(t *testing.T) {
	other := generate(suite.KeyEd25519)
	alg := func(v int64) claim { return claim{label: 1, value: integer(v)} }
	kid := func(v string) claim { return claim{label: 4, value: octets(v)} }
	withClaims := func(more ...claim) func(*draft) {
		return func(d *draft) { d.payload = usualClaims(more...) }
	}
	rawClaims := func(entries ...claim) func(*draft) {
		return func(d *draft) { d.payload = encodeMap(entries...) }
	}
	protect := func(entries ...claim) func(*draft) {
		return func(d *draft) { d.protected = encodeMap(entries...) }
	}
	unprotect := func(entries ...claim) func(*draft) {
		return func(d *draft) { d.unprotected = encodeMap(entries...) }
	}
	signedBy := func(key *suite.PrivateKey, algorithm int64) func(*draft) {
		return func(d *draft) { d.key, d.protected = key, encodeMap(alg(algorithm)) }
	}
	after := func(f func([]byte) []byte) func(*draft) { return func(d *draft) { d.after = f } }
	prefix := func(b ...byte) func(*draft) {
		return after(func(token []byte) []byte { return append(b, token...) })
	}
	date := func(label, seconds int64) claim { return claim{label: label, value: integer(seconds)} }
	float := func(label int64, encoded string) claim {
		value, _ := hex.DecodeString(encoded)
		return claim{label: label, value: value}
	}
	now := cwtNow.Unix()
	p256, p384, ed448 := generate(suite.KeyP256), generate(suite.KeyP384), generate(suite.KeyEd448)
	issuers := []cred.Issuer{
		{Key: other.Public(), Name: "somebody else"},
		{Key: cwtIssuer.Public(), Name: "issuer", Kid: []byte("k1")},
		{Key: p256.Public()}, {Key: p384.Public()}, {Key: ed448.Public()},
	}
	onlyEd25519 := issuers[:2]

	for _, c := range []struct {
		name    string
		change  func(*draft)
		issuers []cred.Issuer
		want    error
	}{
		{"usual", func(*draft) {}, issuers, nil},
		{"tagged as COSE_Sign1", prefix(0xd2), issuers, nil},
		{"tagged as CWT and COSE_Sign1", prefix(0xd8, 61, 0xd2), issuers, nil},
		{"ES256", signedBy(p256, -7), issuers, nil},
		{"ES384", signedBy(p384, -35), issuers, nil},
		{"EdDSA with Ed448", signedBy(ed448, -8), issuers, nil},
		{"the right kid", unprotect(kid("k1")), issuers, nil},
		{"a kid that the issuer does not have", unprotect(kid("k2")), issuers, nil},
		{"a protected kid", protect(alg(-8), kid("k1")), issuers, nil},
		{"other header parameters", unprotect(claim{label: 3, value: integer(61)}, claim{rawKey: text("x"), value: integer(1)}), issuers, nil},
		{"other claims", withClaims(claim{label: 99, value: text("kept")}, claim{rawKey: text("own"), value: integer(1)}), issuers, nil},
		{"valid dates", withClaims(date(4, now+1), date(5, now), date(6, now)), issuers, nil},
		{"dates as floats", withClaims(float(4, "fb41dc4fecc0080000"), float(5, "fa4ee27f66")), issuers, nil},
		{"dates before 1970", withClaims(date(5, -1)), issuers, nil},

		{"expired", withClaims(date(4, now-1)), issuers, cred.ErrExpired},
		{"expires now", withClaims(date(4, now)), issuers, cred.ErrExpired},
		{"expired, as a float", withClaims(float(4, "fb41dc4fec7fe00000")), issuers, cred.ErrExpired},
		{"not yet valid", withClaims(date(5, now+1)), issuers, cred.ErrNotYetValid},
		{"not yet valid, as a float", withClaims(float(5, "fb41dc4fecc0080000")), issuers, cred.ErrNotYetValid},
		{"issued in the future", withClaims(date(6, now+1)), issuers, cred.ErrNotYetValid},
		{"date beyond all calendars", withClaims(date(5, math.MaxInt64)), issuers, cred.ErrMalformed},
		{"date of 64 bits", withClaims(claim{label: 4, value: []byte{0x1b, 255, 255, 255, 255, 255, 255, 255, 255}}), issuers, cred.ErrMalformed},
		{"date that is no number", withClaims(float(4, "f97e00")), issuers, cred.ErrMalformed},
		{"infinite date", withClaims(float(4, "f97c00")), issuers, cred.ErrMalformed},
		{"date with a tag", withClaims(claim{label: 4, value: append([]byte{0xc1}, integer(now+1)...)}), issuers, cred.ErrMalformed},
		{"date as text", withClaims(claim{label: 4, value: text("2040-01-01T00:00:00Z")}), issuers, cred.ErrMalformed},

		{"bad signature", after(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), issuers, cred.ErrBadSignature},
		{"bad signature, with a kid that issuers do not say", func(d *draft) { d.key = other; unprotect(kid("k1"))(d) },
			[]cred.Issuer{{Key: cwtIssuer.Public()}}, cred.ErrBadSignature},
		{"altered claim", after(func(b []byte) []byte { return bytes.Replace(b, []byte("subject"), []byte("subjecT"), 1) }), issuers, cred.ErrBadSignature},
		{"short signature", after(func(b []byte) []byte { b = b[:len(b)-1]; b[len(b)-64] = 63; return b }), issuers, cred.ErrBadSignature},
		{"no signature", after(func(b []byte) []byte { return append(b[:len(b)-66], 0x40) }), issuers, cred.ErrBadSignature},
		{"another issuer's key", signedBy(other, -8), issuers, cred.ErrBadSignature},
		{"another issuer's key, with its kid", func(d *draft) { signedBy(other, -8)(d); unprotect(kid("k9"))(d) }, onlyEd25519, cred.ErrUnknownIssuer},
		{"another issuer's name", rawClaims(claim{label: 1, value: text("nobody")}, cnf()), onlyEd25519, cred.ErrUnknownIssuer},
		{"no name where one is asked for", rawClaims(cnf()), onlyEd25519, cred.ErrUnknownIssuer},
		{"no issuer with such a key", signedBy(p256, -7), onlyEd25519, cred.ErrUnknownIssuer},
		{"no issuers", func(*draft) {}, nil, cred.ErrUnknownIssuer},
		{"algorithm of another key", protect(alg(-7)), issuers, cred.ErrBadSignature},
		{"unknown algorithm", protect(alg(-257)), issuers, cred.ErrAlgorithm},
		{"algorithm of a MAC", protect(alg(5)), issuers, cred.ErrAlgorithm},
		{"no algorithm", func(d *draft) { d.protected = nil }, issuers, cred.ErrAlgorithm},
		{"algorithm not protected", func(d *draft) { d.protected = nil; unprotect(alg(-8))(d) }, issuers, cred.ErrAlgorithm},
		{"algorithm as text", protect(claim{label: 1, value: text("EdDSA")}), issuers, cred.ErrMalformed},
		{"algorithm twice", unprotect(alg(-8)), issuers, cred.ErrMalformed},
		{"critical parameter", protect(alg(-8), claim{label: 2, value: []byte{0x81, 0x18, 99}}, claim{label: 99, value: integer(0)}), issuers, cred.ErrCriticalExtension},
		{"critical parameter, not protected", unprotect(claim{label: 2, value: []byte{0x81, 4}}), issuers, cred.ErrCriticalExtension},
		{"kid as an integer", unprotect(claim{label: 4, value: integer(1)}), issuers, cred.ErrMalformed},
		{"label of a wrong type", unprotect(claim{rawKey: octets("x"), value: integer(1)}), issuers, cred.ErrMalformed},
		{"protected header no map", func(d *draft) { d.protected = []byte{0x80} }, issuers, cred.ErrMalformed},
		{"protected header garbage", func(d *draft) { d.protected = []byte{0xa1, 1} }, issuers, cred.ErrMalformed},
		{"unprotected header no map", func(d *draft) { d.unprotected = []byte{0x80} }, issuers, cred.ErrMalformed},

		{"no cnf", rawClaims(claim{label: 1, value: text("issuer")}), issuers, cred.ErrMalformed},
		{"cnf without a COSE_Key", rawClaims(claim{label: 8, value: encodeMap(claim{label: 3, value: octets("kid")})}), issuers, cred.ErrMalformed},
		{"cnf no map", rawClaims(claim{label: 8, value: integer(1)}), issuers, cred.ErrMalformed},
		{"cnf with a bad key", rawClaims(claim{label: 8, value: encodeMap(claim{label: 1, value: encodeMap(claim{label: 1, value: integer(1)})})}), issuers, cred.ErrMalformed},
		{"claim twice", withClaims(claim{label: 2, value: text("another")}), issuers, cred.ErrMalformed},
		{"issuer no text", rawClaims(claim{label: 1, value: integer(1)}, cnf()), issuers, cred.ErrMalformed},
		{"subject no text", rawClaims(claim{label: 2, value: octets("x")}, cnf()), issuers, cred.ErrMalformed},
		{"name of a claim an array", withClaims(claim{rawKey: []byte{0x80}, value: integer(1)}), issuers, cred.ErrMalformed},
		{"claims no map", func(d *draft) { d.payload = []byte{0x80} }, issuers, cred.ErrMalformed},
		{"no claims", func(d *draft) { d.payload = nil }, issuers, cred.ErrMalformed},
		{"bytes after the claims", func(d *draft) { d.payload = append(d.payload, 0) }, issuers, cred.ErrMalformed},
		{"claims with a long head", func(d *draft) { d.payload = slices.Concat([]byte{0xb8, 3}, d.payload[1:]) }, issuers, cred.ErrMalformed},
		{"detached claims", after(func([]byte) []byte { return []byte{0x84, 0x43, 0xa1, 1, 0x27, 0xa0, 0xf6, 0x40} }), issuers, cred.ErrMalformed},
		{"tagged as COSE_Mac0", prefix(0xd1), issuers, cred.ErrMalformed},
		{"tagged as CWT alone", prefix(0xd8, 61), issuers, cred.ErrMalformed},
		{"tagged twice", prefix(0xd2, 0xd2), issuers, cred.ErrMalformed},
		{"of three elements", after(func(b []byte) []byte { return append([]byte{0x83}, b[1:len(b)-66]...) }), issuers, cred.ErrMalformed},
		{"bytes after it", after(func(b []byte) []byte { return append(b, 0) }), issuers, cred.ErrMalformed},
		{"truncated", after(func(b []byte) []byte { return b[:len(b)-1] }), issuers, cred.ErrMalformed},
		{"nothing", after(func([]byte) []byte { return nil }), issuers, cred.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draft{protected: encodeMap(alg(-8)), unprotected: encodeMap(), payload: usualClaims(), key: cwtIssuer}
			c.change(&d)
			token := d.sign(t)
			credential, err := cred.FromCWT(token)
			if err == nil {
				err = cred.VerifyCWT(credential, c.issuers, cwtNow, 0)
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err != nil {
				return
			}
			if credential.Type != cred.CWT || !credential.Key.Equal(cwtSubject.Public()) || !bytes.HasSuffix(token, credential.Cred) || credential.Cred[0] != 0x84 {
				t.Errorf("credential %+v", credential)
			}
		})
	}
}

func TestSignCWT(t *testing.T) {
	ccs := cred.NewCCS("subject\x00\n", []byte{7}, cwtSubject.Public())
	for _, kind := range []suite.KeyKind{suite.KeyP256, suite.KeyP384, suite.KeyEd25519, suite.KeyEd448} {
		key := generate(kind)
		token, err := cred.SignCWT(ccs, key, []byte("k"))
		if err != nil {
			t.Fatal(err)
		}
		credential, err := cred.FromCWT(token)
		if err != nil {
			t.Fatal(err)
		}
		if err := cred.VerifyCWT(credential, []cred.Issuer{{Key: key.Public(), Kid: []byte("k")}}, cwtNow, 0); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
		id, err := cose.ParseIDCred(credential.DefaultID)
		if err != nil || !bytes.Equal(id.CWT, token) {
			t.Errorf("%v: ID_CRED %x: %v", kind, credential.DefaultID, err)
		}
		byValue, err := cred.FromIDCred(id)
		if err != nil || !bytes.Equal(byValue.Cred, token) {
			t.Errorf("%v: by value: %v", kind, err)
		}
		if len(credential.IDs) != 1 || !bytes.Equal(credential.IDs[0], cose.KidID([]byte{7})) {
			t.Errorf("%v: IDs %x", kind, credential.IDs)
		}
		identity := credential.Identity()
		if identity.Subject != `subject\00\0a` || !bytes.Equal(identity.Kid, []byte{7}) || !identity.NotAfter.IsZero() {
			t.Errorf("%v: identity %+v", kind, identity)
		}
	}
	if _, err := cred.SignCWT(ccs, cwtSubject, nil); !errors.Is(err, cred.ErrAlgorithm) {
		t.Errorf("a key that cannot sign: %v", err)
	}
	if _, err := cred.SignCWT([]byte{0xa0}, cwtIssuer, nil); !errors.Is(err, cred.ErrMalformed) {
		t.Errorf("no claims: %v", err)
	}
}

func TestCCS(t *testing.T) {
	for _, kind := range []suite.KeyKind{suite.KeyP256, suite.KeyP384, suite.KeyX25519, suite.KeyX448, suite.KeyEd25519, suite.KeyEd448} {
		public := generate(kind).Public()
		for _, kid := range [][]byte{nil, {}, {1}, bytes.Repeat([]byte{2}, 300)} {
			ccs := cred.NewCCS("somebody", kid, public)
			if item, err := cborx.One(ccs); err != nil || !bytes.Equal(item.Canonical(), ccs) {
				t.Fatalf("%v: not deterministic: %x: %v", kind, ccs, err)
			}
			c, err := cred.FromCCS(ccs)
			if err != nil || !c.Key.Equal(public) || !bytes.Equal(c.Cred, ccs) {
				t.Fatalf("%v: %v", kind, err)
			}
			if identity := c.Identity(); identity.Subject != "somebody" || !bytes.Equal(identity.Kid, kid) {
				t.Errorf("%v: identity %+v", kind, identity)
			}
			if (kid == nil) != (len(c.IDs) == 0) {
				t.Errorf("%v: IDs %x", kind, c.IDs)
			}
			bare := cred.NewCCS("", kid, public)
			dressed, err := cred.CCSFromKey(bare[4:])
			if err != nil || !bytes.Equal(dressed, bare) || !bytes.HasPrefix(bare, []byte{0xa1, 8, 0xa1, 1}) {
				t.Errorf("%v: dressed %x: %v", kind, dressed, err)
			}
		}
	}
	for name, ccs := range map[string][]byte{
		"subject no text":    encodeMap(claim{label: 2, value: integer(1)}, cnf()),
		"claim twice":        encodeMap(cnf(), cnf()),
		"name of wrong type": encodeMap(claim{rawKey: octets("x"), value: integer(1)}, cnf()),
		"date no number":     encodeMap(claim{label: 4, value: text("never")}, cnf()),
		"array":              {0x80},
		"bytes after it":     append(encodeMap(cnf()), 0),
	} {
		if _, err := cred.FromCCS(ccs); !errors.Is(err, cred.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	private := append([]byte{0xa4, 1, 1, 0x20, 4, 0x21, 0x58, 32}, make([]byte, 32)...)
	private = append(private, 0x23, 0x41, 1)
	if _, err := cred.CCSFromKey(private); !errors.Is(err, cred.ErrMalformed) {
		t.Errorf("a COSE_Key with its private key: %v", err)
	}
}

func FuzzCWT(f *testing.F) {
	for _, row := range vectortest.Credentials(f) {
		token, err := hex.DecodeString(row.Cred)
		if err != nil {
			f.Fatal(err)
		}
		if row.Type == "kcwt" {
			f.Add(token)
		}
	}
	f.Add(draft{protected: []byte{0xa1, 1, 0x27}, unprotected: []byte{0xa1, 4, 0x41, 1}, payload: usualClaims(), key: cwtIssuer}.sign(f))
	issuers := []cred.Issuer{{Key: cwtIssuer.Public(), Name: "issuer", Kid: []byte{1}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := cred.FromCWT(data)
		if err != nil {
			if !errors.Is(err, cred.ErrMalformed) && !errors.Is(err, cred.ErrAlgorithm) && !errors.Is(err, cred.ErrCriticalExtension) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		again, err := cred.FromCWT(c.Cred)
		if err != nil || !bytes.Equal(again.Cred, c.Cred) {
			t.Errorf("%x does not read again: %v", c.Cred, err)
		}
		_ = cred.VerifyCWT(c, issuers, cwtNow, 0)
		_ = c.Identity()
	})
}

// TestCWTFingerprint: neither another signature nor an unprotected header changes it.
func TestCWTFingerprint(t *testing.T) {
	key := generate(suite.KeyP256)
	fingerprint := func(token []byte) [32]byte {
		c, err := cred.FromCWT(token)
		if err != nil {
			t.Fatal(err)
		}
		if err := cred.VerifyCWT(c, []cred.Issuer{{Key: key.Public()}}, time.Now(), 0); err != nil {
			t.Fatal(err)
		}
		return c.Identity().Fingerprint
	}
	seen := map[[32]byte]bool{}
	for _, kid := range [][]byte{nil, {1}, {2}, nil} { // each has a new signature
		token, err := cred.SignCWT(usualClaims(), key, kid)
		if err != nil {
			t.Fatal(err)
		}
		seen[fingerprint(token)] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d fingerprints", len(seen))
	}
	other, err := cred.SignCWT(usualClaims(claim{label: 7, value: octets("other")}), key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if seen[fingerprint(other)] {
		t.Error("other claims have the same fingerprint")
	}
}

// TestCWTTolerance: each date may be off by so much and no more, and by nothing if
// that is what is said.
func TestCWTTolerance(t *testing.T) {
	const minutes = 5 * 60
	for _, test := range []struct {
		name           string
		label, seconds int64 // the date, after now
		tolerance      time.Duration
		want           error
	}{
		{"issued in the future", 6, minutes, minutes * time.Second, nil},
		{"issued further in the future", 6, minutes + 1, minutes * time.Second, cred.ErrNotYetValid},
		{"issued in the future, exact", 6, 1, 0, cred.ErrNotYetValid},
		{"issued now, exact", 6, 0, 0, nil},
		{"before nbf", 5, minutes, minutes * time.Second, nil},
		{"long before nbf", 5, minutes + 1, minutes * time.Second, cred.ErrNotYetValid},
		{"before nbf, exact", 5, 1, 0, cred.ErrNotYetValid},
		{"after exp", 4, 1 - minutes, minutes * time.Second, nil},
		{"long after exp", 4, -minutes, minutes * time.Second, cred.ErrExpired},
		{"at exp, exact", 4, 0, 0, cred.ErrExpired},
		{"before exp, exact", 4, 1, 0, nil},
	} {
		d := draft{protected: encodeMap(claim{label: 1, value: integer(-8)}), unprotected: encodeMap(),
			payload: usualClaims(claim{label: test.label, value: integer(cwtNow.Unix() + test.seconds)}), key: cwtIssuer}
		credential, err := cred.FromCWT(d.sign(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := cred.VerifyCWT(credential, []cred.Issuer{{Key: cwtIssuer.Public()}}, cwtNow, test.tolerance); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}
