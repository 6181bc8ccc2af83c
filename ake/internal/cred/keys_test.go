package cred

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// newKey is a public key of a kind, in its full form.
func newKey(t testing.TB, kind suite.KeyKind) *suite.PublicKey {
	t.Helper()
	key, err := suite.GenerateKey(kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key.Public()
}

// assemble makes a certificate with any key: nothing checks its signature.
func assemble(t testing.TB, algorithm asn1.ObjectIdentifier, parameters any, public []byte) []byte {
	t.Helper()
	der := func(v any) []byte {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	identifier := pkix.AlgorithmIdentifier{Algorithm: algorithm}
	if parameters != nil {
		identifier.Parameters = asn1.RawValue{FullBytes: der(parameters)}
	}
	ed25519 := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 112}}
	name := pkix.Name{CommonName: "test"}.ToRDNSequence()
	type spki struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}
	tbs := struct {
		Version      int `asn1:"explicit,tag:0"`
		SerialNumber *big.Int
		Signature    pkix.AlgorithmIdentifier
		Issuer       pkix.RDNSequence
		Validity     struct{ NotBefore, NotAfter asn1.RawValue }
		Subject      pkix.RDNSequence
		PublicKey    spki
	}{Version: 2, SerialNumber: big.NewInt(7), Signature: ed25519, Issuer: name, Subject: name,
		PublicKey: spki{identifier, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}}}
	tbs.Validity.NotBefore = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("250101000000Z")}
	tbs.Validity.NotAfter = asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte("450101000000Z")}
	return der(struct {
		TBS       any
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{tbs, ed25519, asn1.BitString{Bytes: make([]byte, 64), BitLength: 512}})
}

// The object identifiers of RFC 5480 and RFC 8410, written down once more.
var (
	ecPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	namedP256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	namedP384   = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	named521    = asn1.ObjectIdentifier{1, 3, 132, 0, 35}
	curve25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
	curve448    = asn1.ObjectIdentifier{1, 3, 101, 111}
	edwards255  = asn1.ObjectIdentifier{1, 3, 101, 112}
	edwards448  = asn1.ObjectIdentifier{1, 3, 101, 113}
)

// TestX509Keys reads a certificate with each kind of key.
func TestX509Keys(t *testing.T) {
	for kind, algorithm := range map[suite.KeyKind]asn1.ObjectIdentifier{
		suite.KeyX25519: curve25519, suite.KeyX448: curve448, suite.KeyEd25519: edwards255, suite.KeyEd448: edwards448,
		suite.KeyP256: namedP256, suite.KeyP384: namedP384,
	} {
		key := newKey(t, kind)
		public, parameters := key.Bytes(), any(nil)
		if kind == suite.KeyP256 || kind == suite.KeyP384 {
			public, algorithm, parameters = append([]byte{4}, public...), ecPublicKey, algorithm
		}
		der := assemble(t, algorithm, parameters, public)
		c, err := FromX509([][]byte{der})
		if err != nil {
			t.Errorf("%v: %v", kind, err)
			continue
		}
		if !c.Key.Equal(key) || c.Type != X509 || !bytes.Equal(c.Cred, cborx.AppendBytes(nil, der)) {
			t.Errorf("%v: %+v", kind, c)
		}
		sum := suite.SHA256(der)
		if !bytes.Equal(c.DefaultID, cose.X5TID(cose.CertHash{Algorithm: -15, Value: sum[:8]})) {
			t.Errorf("%v: ID_CRED %x", kind, c.DefaultID)
		}
	}
}

// TestX509Refused has certificates whose key is of no use, and what is none.
func TestX509Refused(t *testing.T) {
	p256 := newKey(t, suite.KeyP256).Bytes()
	good := assemble(t, edwards255, nil, newKey(t, suite.KeyEd25519).Bytes())
	for name, der := range map[string][]byte{
		"nothing": nil, "text": []byte("certificate"), "cut off": good[:len(good)-1], "longer": append(bytes.Clone(good), 0),
		"PEM":               []byte("-----BEGIN CERTIFICATE-----"),
		"an RSA-PSS key":    assemble(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}, nil, []byte{0x30, 6, 2, 1, 3, 2, 1, 3}),
		"P-521":             assemble(t, ecPublicKey, named521, append([]byte{4}, make([]byte, 132)...)),
		"short RSA":         assemble(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, asn1.NullRawValue, []byte{0x30, 6, 2, 1, 3, 2, 1, 3}),
		"no curve":          assemble(t, ecPublicKey, nil, append([]byte{4}, p256...)),
		"off the curve":     assemble(t, ecPublicKey, namedP256, append([]byte{4}, bytes.Repeat([]byte{1}, 64)...)),
		"of another length": assemble(t, ecPublicKey, namedP256, append([]byte{4}, p256[:62]...)),
		// RFC 5480 allows it, but crypto/x509 does not read it.
		"a compressed point":   assemble(t, ecPublicKey, namedP256, append([]byte{2}, p256[:32]...)),
		"of another curve":     assemble(t, ecPublicKey, namedP384, append([]byte{4}, p256...)),
		"short X25519":         assemble(t, curve25519, nil, make([]byte, 31)),
		"Ed25519 of low order": assemble(t, edwards255, nil, make([]byte, 32)),
		"long Ed448":           assemble(t, edwards448, nil, make([]byte, 58)),
		"the point infinity":   assemble(t, ecPublicKey, namedP256, []byte{0}),
		"an empty key":         assemble(t, curve448, nil, nil),
	} {
		if c, err := FromX509([][]byte{der}); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if _, err := FromX509(nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("no certificate: %v", err)
	}
}

// ccs is a claims set with a COSE_Key in hexadecimal.
func ccs(t testing.TB, coseKey string) []byte {
	t.Helper()
	b, err := hex.DecodeString("a202616108a101" + coseKey)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCCSKeys reads a CCS with each kind of key and each form of y.
func TestCCSKeys(t *testing.T) {
	for curve, kind := range map[int]suite.KeyKind{1: suite.KeyP256, 2: suite.KeyP384, 4: suite.KeyX25519, 5: suite.KeyX448, 6: suite.KeyEd25519, 7: suite.KeyEd448} {
		key := newKey(t, kind)
		x := fmt.Sprintf("%x", cborx.AppendBytes(nil, key.X()))
		forms := map[string]bool{} // whether y is known
		if curve <= 2 {
			full := key.Bytes()
			y := full[len(full)/2:]
			sign := map[byte]string{0: "f4", 1: "f5"}[y[len(y)-1]&1]
			forms["a4010220"+fmt.Sprintf("%02x", curve)+"21"+x+"22"+fmt.Sprintf("%x", cborx.AppendBytes(nil, y))] = true
			forms["a4010220"+fmt.Sprintf("%02x", curve)+"21"+x+"22"+sign] = true
			forms["a3010220"+fmt.Sprintf("%02x", curve)+"21"+x] = false
		} else {
			forms["a3010120"+fmt.Sprintf("%02x", curve)+"21"+x] = true
		}
		for form, hasY := range forms {
			data := ccs(t, form)
			c, err := FromCCS(data)
			if err != nil || !c.Key.Equal(key) || c.Key.HasY() != hasY || !bytes.Equal(c.Cred, data) || !bytes.Equal(c.DefaultID, cose.CCSID(data)) {
				t.Errorf("%v %s: %+v, %v", kind, form, c, err)
			}
		}
	}
}

// TestCCSWithKid: the kid of the COSE_Key is how the credential is referred to.
func TestCCSWithKid(t *testing.T) {
	x := fmt.Sprintf("%x", newKey(t, suite.KeyX25519).Bytes())
	for kid, want := range map[string]string{"4132": "a1044132", "40": "a10440", "43010203": "a10443010203"} {
		c, err := FromCCS(ccs(t, "a4010102"+kid+"2004215820"+x))
		if err != nil || fmt.Sprintf("%x", c.DefaultID) != want || len(c.IDs) != 1 {
			t.Errorf("kid %s: %+v, %v", kid, c, err)
		}
	}
}

// TestCCSRefused has claims without a usable key.
func TestCCSRefused(t *testing.T) {
	x := strings.Repeat("11", 32)
	for name, data := range map[string]string{
		"nothing": "", "a number": "00", "an array": "80", "no claims": "a0", "no cnf": "a1026161", "cnf is a number": "a10800",
		"cnf without a key": "a108a0", "another confirmation": "a108a102a0", "a key that is a number": "a108a10100", "an empty key": "a108a101a0",
		"two items": "a108a101a301012004215820" + x + "00", "long heads": "a108a101a30101200421590020" + x,
		"a short key": "a108a101a30101200421581f" + x[2:], "no x": "a108a101a201012004", "an unknown curve": "a108a101a301012008215820" + x,
		"off the curve": "a108a101a401022001215820" + x + "225820" + x, "y too short": "a108a101a401022001215820" + x + "22581f" + x[2:],
		"x and y of 63 and 1 bytes": "a108a101a40102200121583f" + strings.Repeat("11", 63) + "224111",
		"a private key":             "a108a101a401012004215820" + x + "235820" + x,
		"Ed25519 of low order":      "a108a101a301012006215820" + strings.Repeat("00", 32),
		"a symmetric key":           "a108a101a20104205820" + x,
	} {
		b, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(name, err)
		}
		if c, err := FromCCS(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// TestNestedCCS: a CCS that is nested as deep as CBOR may be here could not be read in
// the map of an ID_CRED_x. FuzzFromCCS found it.
func TestNestedCCS(t *testing.T) {
	for depth, want := range map[int]error{15: nil, 16: ErrMalformed, 17: ErrMalformed} {
		ccs := append([]byte("\xa2\x08\xa1\x01\xa3\x01\x01\x20\x04\x21\x58\x20"+string(bytes.Repeat([]byte{9}, 32))+"\x30"), append(bytes.Repeat([]byte{0xce}, depth), 0x00)...)
		if _, err := FromCCS(ccs); !errors.Is(err, want) {
			t.Errorf("%d tags: %v, want %v", depth, err, want)
		}
	}
}

// seedCredentials are the credentials of the vectors, to start fuzzers from.
func seedCredentials(f *testing.F) (all [][]byte) {
	data, err := os.ReadFile("../../../tests/vectors/vectors.json")
	if err != nil {
		f.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(data, &rows); err != nil {
		f.Fatal(err)
	}
	for _, row := range rows {
		for _, name := range []string{"cred_i", "cred_r"} {
			text, _ := row[name].(string)
			if credential, err := hex.DecodeString(text); err == nil && len(credential) > 0 {
				all = append(all, credential)
			}
		}
	}
	if len(all) < 20 {
		f.Fatalf("only %d credentials", len(all))
	}
	return all
}

// FuzzFromCCS: what is accepted is its own CRED, with a key that is valid.
func FuzzFromCCS(f *testing.F) {
	for _, credential := range seedCredentials(f) {
		f.Add(credential)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkParsed(t, data, data, func() (*Credential, error) { return FromCCS(data) })
	})
}

// FuzzFromX509: the same for certificates.
func FuzzFromX509(f *testing.F) {
	for _, credential := range seedCredentials(f) {
		if der, ok := cborx.Item(credential).Bytes(); ok {
			f.Add(der)
		}
	}
	f.Add(certificateOf(f, &rsa.PublicKey{N: bitsOf(2048), E: 65537}))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkParsed(t, data, cborx.AppendBytes(nil, data), func() (*Credential, error) { return FromX509([][]byte{data}) })
	})
}

func checkParsed(t *testing.T, data, wantCred []byte, parse func() (*Credential, error)) {
	t.Helper()
	c, err := parse()
	if err != nil {
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("error of another kind: %v", err)
		}
		return
	}
	if !bytes.Equal(c.Cred, wantCred) {
		t.Errorf("CRED of %x is %x", data, c.Cred)
	}
	if c.Key == nil {
		certificate, err := x509.ParseCertificate(data)
		if err != nil || c.Type != X509 || certificate.PublicKey.(*rsa.PublicKey).N.BitLen() < 2048 {
			t.Errorf("no key in %x", data)
		}
	} else if _, err := suite.ParsePublicKey(c.Key.Kind(), c.Key.Bytes()); err != nil {
		t.Errorf("the key of %x: %v", data, err)
	}
	if _, err := cose.ParseIDCred(c.DefaultID); err != nil {
		t.Errorf("ID_CRED of %x: %v", data, err)
	}
}
