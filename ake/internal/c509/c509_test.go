package c509

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/vectortest"
)

const samples = "../../../tests/vectors/c509"

// reference reads one of the authors' sample certificates, in both forms.
func reference(t testing.TB, name string) (der, c509 []byte) {
	t.Helper()
	der, err := os.ReadFile(filepath.Join(samples, name+".crt"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(samples, name+".cbor.hex"))
	if err != nil {
		t.Fatal(err)
	}
	return der, fromHex(t, string(text))
}

// references are the authors' sample certificates, which are of an EARLY EDITION of
// the draft: they are tests of conversion, and nothing else reads that edition.
// It differs in how it writes a lonely common name of hex digits or an EUI-64, CRL
// distribution points, policies without qualifiers, and timestamps of certificate
// transparency.
//
// The first issuer is in appendix A.1 of the draft. Those of the next two were
// computed from the signatures; that they are the issuers' follows from the
// authority key identifiers, which are hashes of them.
var references = []struct {
	name, issuer string
	// What the early edition writes in another way: the subject, or elements of
	// the array of extensions by their index.
	subject    bool
	extensions []int
}{
	{"RFC7925", draftIssuer, true, nil},
	{"IEEE_802.1AR", "047d8e71dbda0d40added61c472bc31705cd9de669b91a2c660e2af58501a122323c7d7bf8c0ba3461655c1ff95214b010588f3821ca182e0b7620e7b1782e730e", false, nil},
	{"CAB_ECDSA", "04b9ad4d6699140b46ec1f81d12a501e9d03152f34127d2d96b888389b855f8fbfbb4def6146c4c973d4244fe0ee1cce6cb351712f6aee4c050977d37262a49bd7", false, []int{11, 13, 18, 19}},
	{"CAB_RSA", "", false, []int{7, 9, 18, 19}},
}

// The figures of appendix A.1 of the draft.
const (
	draftIssuer     = "02AE4CDB01F614DEFC7121285FDC7F5C6D1D42C95647F061BA0080DF678867845E"
	draftIssuerKey  = "DC66B3415456D649429B53223DF7532B942D6B0E0842C30BCA4C0ACF91547BB2"
	draftSubjectKey = "D718111F3F9BD91B92FF6877F386BDBFCEA7154268FD7F2FB56EE17D99EA16D4"
	draftReencoded  = `8B 03 43 01 F5 0D 00 6B 52 46 43 20 74 65 73 74 20 43 41
		1A 63 B0 CD 00 1A 69 55 B9 00 D8 30 46 01 23 45 67 89 AB 01
		58 21 FE B1 21 6A B9 6E 5B 3B 33 40 F5 BD F0 2E 69 3F 16 21 3A 04 52
		5E D4 44 50 B1 01 9C 2D FD 38 38 AB 01
		58 40 D4 32 0B 1D 68 49 E3 09 21 9D 30 03 7E 13 81 66 F2 50 82 47 DD
		DA E7 6C CE EA 55 05 3C 10 8E 90 D5 51 F6 D6 01 06 F1 AB B4 84 CF BE
		62 56 C1 78 E4 AC 33 14 EA 19 19 1E 8B 60 7D A5 AE 3B DA 16`
	draftNative = `8B 02 43 01 F5 0D 00 6B 52 46 43 20 74 65 73 74 20 43 41
		1A 63 B0 CD 00 1A 69 55 B9 00 D8 30 46 01 23 45 67 89 AB 01
		58 21 02 B1 21 6A B9 6E 5B 3B 33 40 F5 BD F0 2E 69 3F 16 21 3A 04 52
		5E D4 44 50 B1 01 9C 2D FD 38 38 AB 01
		58 40 EB 0D 47 27 31 F6 89 BC 00 F5 88 0B 12 C6 8B 3F 9F D3 8B 23 FA
		DF CA 20 95 0F 3F 24 1B 60 A2 02 57 9C AC 28 CD 3B 74 94 D5 FA 5D 8B
		BA B4 60 03 57 E5 50 AB 9F A9 A6 5D 9B A2 B3 B8 2E 66 8C C6`
)

func p256(t testing.TB, point string) *suite.PublicKey {
	t.Helper()
	key, err := suite.ParsePublicKey(suite.KeyP256, fromHex(t, point))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestC509References converts the sample certificates, and holds all elements of
// the conversion against those of the sample that the editions have in common.
func TestReferences(t *testing.T) {
	for _, ref := range references {
		t.Run(ref.name, func(t *testing.T) {
			der, early := reference(t, ref.name)
			current, err := FromX509(der)
			if err != nil {
				t.Fatal(err)
			}
			got, want := elements(t, current), elements(t, early)
			for i := range want {
				switch {
				case i == 6 && ref.subject:
					if bytes.Equal(got[i], want[i]) {
						t.Error("the editions have one form of the subject")
					}
				case i == 9 && ref.extensions != nil:
					gotList, _ := got[i].Array()
					wantList, _ := want[i].Array()
					if len(gotList) != len(wantList) {
						t.Fatalf("%d and %d elements in the extensions", len(gotList), len(wantList))
					}
					for j := range wantList {
						if bytes.Equal(gotList[j], wantList[j]) == slices.Contains(ref.extensions, j) {
							t.Errorf("element %d of the extensions:\n got %x\nwant %x", j, []byte(gotList[j]), []byte(wantList[j]))
						}
					}
				case !bytes.Equal(got[i], want[i]):
					t.Errorf("element %d:\n got %x\nwant %x", i, []byte(got[i]), []byte(want[i]))
				}
			}
			if back, err := ToX509(current); err != nil || !bytes.Equal(back, der) {
				t.Errorf("C509 to X.509: %v\n got %x\nwant %x", err, back, der)
			}
			c, err := Parse(current)
			if err != nil {
				t.Fatal(err)
			}
			checkAgainstX509(t, c, der)
			if ref.issuer == "" {
				return
			}
			if _, err := verify(current, p256(t, ref.issuer)); err != nil {
				t.Error(err)
			}
			facts, err := c.X509()
			hash := sha1.Sum(fromHex(t, ref.issuer))
			if err != nil || ref.issuer != draftIssuer && !bytes.Equal(hash[:], facts.AuthorityKeyId) {
				t.Errorf("not the issuer of the authority key identifier: %v", err)
			}
			if _, err := verify(current, p256(t, draftSubject(t))); !errors.Is(err, ErrSignature) {
				t.Errorf("another key: %v", err)
			}
			// What the sample says in the early edition, nobody believes.
			if _, err := verify(early, p256(t, ref.issuer)); (err == nil) == (ref.subject || ref.extensions != nil) {
				t.Errorf("the sample: %v", err)
			}
		})
	}
}

func elements(t testing.TB, certificate []byte) []cborx.Item {
	t.Helper()
	item, err := cborx.One(certificate)
	if err != nil {
		t.Fatal(err)
	}
	list, ok := item.Array()
	if !ok || len(list) != fieldCount {
		t.Fatalf("%x is no C509 certificate", certificate)
	}
	return list
}

func draftSubject(t testing.TB) string {
	key, err := suite.ParsePrivateKey(suite.KeyP256, fromHex(t, draftSubjectKey))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(key.Public().Bytes())
}

// checkAgainstX509 compares what was read with what crypto/x509 reads.
func checkAgainstX509(t *testing.T, c *Certificate, der []byte) {
	t.Helper()
	want, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.X509()
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) && c.Type == Reencoded {
		t.Error("X509 gives another certificate")
	}
	if got.KeyUsage != want.KeyUsage || got.IsCA != want.IsCA || got.MaxPathLen != want.MaxPathLen ||
		!got.NotBefore.Equal(want.NotBefore) || !got.NotAfter.Equal(want.NotAfter) ||
		!bytes.Equal(c.serial, want.SerialNumber.Bytes()) ||
		len(got.Extensions) != len(want.Extensions) {
		t.Errorf("%+v differs from %+v", got, want)
	}
	if !bytes.Equal(c.subjectDER, want.RawSubject) || !bytes.Equal(c.issuerDER, want.RawIssuer) {
		t.Errorf("subject %x, want %x; issuer %x, want %x", c.subjectDER, want.RawSubject, c.issuerDER, want.RawIssuer)
	}
}

func TestDraft(t *testing.T) {
	der, _ := reference(t, "RFC7925")
	issuer := p256(t, draftIssuer)
	for name, figure := range map[string]string{"reencoded": draftReencoded, "native": draftNative} {
		array := fromHex(t, figure)
		c, err := Parse(array)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := c.VerifiedBy(issuer); err != nil {
			t.Error(name, err)
		}
		if hex.EncodeToString(c.publicKey.Bytes()) != draftSubject(t) {
			t.Errorf("%s: subject key %x", name, c.publicKey.Bytes())
		}
		if !bytes.Equal(c.Raw, array) {
			t.Errorf("%s: not kept as it came", name)
		}
		facts, err := c.X509()
		if err != nil || facts.Subject.CommonName != "01-23-45-FF-FE-67-89-AB" || facts.Issuer.CommonName != "RFC test CA" ||
			facts.KeyUsage != x509.KeyUsageDigitalSignature || facts.IsCA ||
			facts.NotBefore != time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC) ||
			facts.NotAfter != time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) {
			t.Errorf("%s: %v %v", name, facts, err)
		}
		back, err := c.DER()
		if c.Type == Reencoded && !bytes.Equal(back, der) || c.Type == Native && !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: DER %x, %v", name, back, err)
		}
	}
	current, err := FromX509(der)
	if err != nil || !bytes.Equal(current, fromHex(t, draftReencoded)) {
		t.Errorf("%x, %v", current, err)
	}
	key, err := suite.ParsePrivateKey(suite.KeyP256, fromHex(t, draftIssuerKey))
	if err != nil || !key.Public().Equal(issuer) {
		t.Error("the issuer's keys are not a pair", err)
	}
}

func TestDraftIPBlocks(t *testing.T) {
	der := fromHex(t, draftIPBlocks)
	c509, err := FromX509(der)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ToX509(c509)
	if err != nil || !bytes.Equal(back, der) {
		t.Fatalf("%v %x", err, back)
	}
	item, _ := cborx.One(c509)
	fields, _ := item.Array()
	resources, _ := fields[9].Array()
	checkInts(t, resources[3], 1, null, seq(71250, 85343518, seq(-67102984, 15), -18240266, seq(18241443, 47)),
		2, null, seq(int64(4831903749), seq(int64(-4813029119), int64(4813031155)), seq(2, int64(-4813031152)), 33554441))
	checkInts(t, resources[5], 1, 1, seq(71250, 85343518, seq(-67102984, 15), -18240266, seq(18241443, 47)),
		2, 1, seq(fromHex(t, "0020010005"), fromHex(t, "00200200020000000000"),
			seq(fromHex(t, "0020020003"), fromHex(t, "00200200080000"))))
	if c, err := Parse(c509); err != nil || c.publicKey != nil {
		t.Errorf("a key of an unknown kind: %+v, %v", c, err)
	}
}

// The X.509 certificates of the vectors are of all kinds of keys.
func TestX509OfVectors(t *testing.T) {
	kinds := map[suite.KeyKind]int{}
	for _, auth := range vectortest.Credentials(t) {
		certs := make([][]byte, 0, 4)
		for _, anchor := range auth.Anchors {
			certs = append(certs, fromHex(t, anchor))
		}
		if item, err := cborx.One(fromHex(t, auth.Cred)); err == nil {
			if der, ok := item.Bytes(); ok && len(der) > 1 && der[0] == 0x30 {
				certs = append(certs, der)
			}
		}
		for _, der := range certs {
			c509, err := FromX509(der)
			if err != nil {
				t.Errorf("%x: %v", der, err)
				continue
			}
			c, err := Parse(c509)
			if err != nil {
				t.Fatal(err)
			}
			checkAgainstX509(t, c, der)
			kinds[c.publicKey.Kind()]++
			if bytes.Equal(c.issuerDER, c.subjectDER) && c.VerifiedBy(c.publicKey) != nil {
				t.Errorf("%x: not signed by itself", der)
			}
		}
	}
	for kind := suite.KeyP256; kind <= suite.KeyEd448; kind++ {
		t.Logf("%s: %d", kind, kinds[kind])
	}
}
