// Package judges holds liblake against figures that others made: the vectors of
// Wycheproof (github.com/c2sp/wycheproof) and the certificates of BetterTLS
// (github.com/Netflix/bettertls). It has tests only.
package judges

import (
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// verdict is nil if liblake takes a row for a good one: it gives what the row says,
// or verifies it.
type verdict func(g *group, r *row) error

// files are those of Wycheproof whose algorithms liblake has.
var files = map[string]verdict{
	"aes_ccm":            aead(map[int]int{128: 1}),
	"aes_gcm":            aead(map[int]int{128: 6, 256: 24}),
	"chacha20_poly1305":  aead(map[int]int{256: 4}),
	"xchacha20_poly1305": blob,

	"hkdf_sha256":              hkdf(0),
	"hkdf_sha384":              hkdf(24),
	"hmac_sha256":              extract(0),
	"hmac_sha384":              extract(24),
	"kmac256_no_customization": expand(25),

	"x25519":                 ecdh(suite.KeyX25519),
	"x448":                   ecdh(suite.KeyX448),
	"ecdh_secp256r1_ecpoint": ecdh(suite.KeyP256),
	"ecdh_secp384r1_ecpoint": ecdh(suite.KeyP384),
	// The same keys as files have them.
	"x25519_asn":         ecdhFiles(suite.KeyX25519),
	"x25519_pem":         ecdhFiles(suite.KeyX25519),
	"x448_asn":           ecdhFiles(suite.KeyX448),
	"x448_pem":           ecdhFiles(suite.KeyX448),
	"ecdh_secp256r1":     ecdhPublicFile(suite.KeyP256),
	"ecdh_secp256r1_pem": ecdhFiles(suite.KeyP256),
	"ecdh_secp384r1":     ecdhPublicFile(suite.KeyP384),
	"ecdh_secp384r1_pem": ecdhFiles(suite.KeyP384),

	"ecdsa_secp256r1_sha256_p1363": signature(suite.KeyP256),
	"ecdsa_secp384r1_sha384_p1363": signature(suite.KeyP384),
	"ed25519":                      both(signature(suite.KeyEd25519), certified(edDSA(112))),
	"ed448":                        both(signature(suite.KeyEd448), certified(edDSA(113))),

	// Issuers of certificates may have what crypto/x509 knows.
	"ecdsa_secp224r1_sha256": certified(ecdsaWith(2)),
	"ecdsa_secp224r1_sha512": certified(ecdsaWith(4)),
	"ecdsa_secp256r1_sha256": certified(ecdsaWith(2)),
	"ecdsa_secp256r1_sha512": certified(ecdsaWith(4)),
	"ecdsa_secp384r1_sha256": certified(ecdsaWith(2)),
	"ecdsa_secp384r1_sha384": certified(ecdsaWith(3)),
	"ecdsa_secp384r1_sha512": certified(ecdsaWith(4)),
	"ecdsa_secp521r1_sha512": certified(ecdsaWith(4)),

	"rsa_signature_2048_sha256": certified(pkcs1),
	"rsa_signature_2048_sha384": certified(pkcs1),
	"rsa_signature_2048_sha512": certified(pkcs1),
	"rsa_signature_3072_sha256": certified(pkcs1),
	"rsa_signature_3072_sha384": certified(pkcs1),
	"rsa_signature_3072_sha512": certified(pkcs1),
	"rsa_signature_4096_sha256": certified(pkcs1),
	"rsa_signature_4096_sha384": certified(pkcs1),
	"rsa_signature_4096_sha512": certified(pkcs1),
	"rsa_signature_8192_sha256": certified(pkcs1),
	"rsa_signature_8192_sha384": certified(pkcs1),
	"rsa_signature_8192_sha512": certified(pkcs1),
	"rsa_pkcs1_1024_sig_gen":    certified(pkcs1),
	"rsa_pkcs1_1536_sig_gen":    certified(pkcs1),
	"rsa_pkcs1_2048_sig_gen":    certified(pkcs1),
	"rsa_pkcs1_3072_sig_gen":    certified(pkcs1),
	"rsa_pkcs1_4096_sig_gen":    certified(pkcs1),

	"rsa_pss_2048_sha1_mgf1_20":                certified(pss),
	"rsa_pss_2048_sha1_mgf1_20_params":         certified(pss),
	"rsa_pss_2048_sha256_mgf1_0":               certified(pss),
	"rsa_pss_2048_sha256_mgf1_0_params":        certified(pss),
	"rsa_pss_2048_sha256_mgf1_32":              certified(pss),
	"rsa_pss_2048_sha256_mgf1_32_params":       certified(pss),
	"rsa_pss_2048_sha256_mgf1sha1_20":          certified(pss),
	"rsa_pss_2048_sha384_mgf1_48":              certified(pss),
	"rsa_pss_2048_sha512_224_mgf1_28":          certified(pss),
	"rsa_pss_2048_sha512_256_mgf1_32":          certified(pss),
	"rsa_pss_2048_sha512_mgf1sha256_32_params": certified(pss),
	"rsa_pss_3072_sha256_mgf1_32":              certified(pss),
	"rsa_pss_3072_sha256_mgf1_32_params":       certified(pss),
	"rsa_pss_4096_sha256_mgf1_32":              certified(pss),
	"rsa_pss_4096_sha384_mgf1_48":              certified(pss),
	"rsa_pss_4096_sha512_mgf1_32":              certified(pss),
	"rsa_pss_4096_sha512_mgf1_32_params":       certified(pss),
	"rsa_pss_4096_sha512_mgf1_64":              certified(pss),
	"rsa_pss_4096_sha512_mgf1_64_params":       certified(pss),
	"rsa_pss_misc":                             certified(pss),
	"rsa_pss_misc_params":                      certified(pss),
}

func TestWycheproof(t *testing.T) {
	total, refused, played := 0, 0, 0
	used := make([]int, len(deviations))
	for file, accept := range files {
		t.Run(file, func(t *testing.T) {
			rows, refusals := judge(t, file, accept, used)
			total, refused, played = total+rows, refused+refusals, played+1
		})
	}
	for i, d := range deviations {
		if used[i] == 0 && played == len(files) {
			t.Errorf("no row of %s is among: %s", d.files, d.reason)
		}
	}
	t.Logf("%d rows of %d files, %d good ones refused on purpose", total, len(files), refused)
}

// leftOut are files of which only the first part of the name is ours.
var leftOut = []struct{ files, reason string }{
	{"*_jwk", "keys in JSON"},
	{"*_webcrypto", "keys in JSON"},
	{"*_sha3_*", "neither COSE nor crypto/x509 has signatures with SHA-3"},
	{"*_shake*", "neither COSE nor crypto/x509 has signatures with SHAKE"},
	{"ecdsa_secp*_sha512_p1363", "not in COSE for EDHOC"},
	{"rsa_signature_*_sha224", "crypto/x509 has no such signatures"},
	{"rsa_signature_*_sha512_*", "crypto/x509 has no such signatures"},
}

// TestWycheproofIsComplete finds files that a newer version of Wycheproof has.
func TestWycheproofIsComplete(t *testing.T) {
	ours := regexp.MustCompile(`^(aes_ccm|aes_gcm|x?chacha20_poly1305|hkdf_sha(256|384)|hmac_sha(256|384)|kmac256.*|(x25519|x448|ecdh_secp(256|384)r1)(_.*)?|` +
		`ecdsa_secp(256|384)r1_.*|ed25519|ed448|rsa_signature_.*|rsa_pkcs1_.*_sig_gen|rsa_pss_.*)_test\.json$`)
	all, err := fs.Glob(wycheproof(t), "*.json")
	if err != nil {
		t.Fatal(err)
	}
	used := make([]bool, len(leftOut))
	for _, name := range all {
		file := strings.TrimSuffix(name, "_test.json")
		out := false
		for i, l := range leftOut {
			if matched, err := path.Match(l.files, file); err != nil {
				t.Fatal(err)
			} else if matched {
				out, used[i] = true, true
			}
		}
		if played := files[file] != nil; ours.MatchString(name) && played == out {
			t.Errorf("%s: played %t, left out %t", file, played, out)
		}
	}
	for i, l := range leftOut {
		if !used[i] {
			t.Errorf("there is no %s, which is left out: %s", l.files, l.reason)
		}
	}
}

// judge plays every row of a file. Rows that may be taken or left ("acceptable")
// are to be taken: where they are not, that is a deviation.
func judge(t *testing.T, file string, accept verdict, used []int) (rows, refused int) {
	content, err := fs.ReadFile(wycheproof(t), file+"_test.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		NumberOfTests int
		TestGroups    []group
	}
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	for _, g := range all.TestGroups {
		for _, r := range g.Tests {
			rows++
			err := accept(&g, &r)
			switch {
			case r.Result == "invalid" && err == nil:
				t.Errorf("row %d %v is accepted", r.ID, r.Flags)
			case r.Result == "invalid":
			default:
				reasons := onPurpose(file, &g, &r, used)
				switch {
				case err == nil && len(reasons) > 0:
					t.Errorf("row %d %v is accepted, in spite of: %s", r.ID, r.Flags, strings.Join(reasons, "; "))
				case err != nil && len(reasons) == 0:
					t.Errorf("row %d %v is %s, but: %v", r.ID, r.Flags, r.Result, err)
				case err != nil:
					refused++
				}
			}
		}
	}
	if rows != all.NumberOfTests || rows == 0 {
		t.Errorf("%d rows of %d", rows, all.NumberOfTests)
	}
	return rows, refused
}

func onPurpose(file string, g *group, r *row, used []int) (reasons []string) {
	for i, d := range deviations {
		if d.covers(file) && d.of(g, r) {
			used[i]++
			reasons = append(reasons, d.reason)
		}
	}
	return reasons
}

// row is a test of any file. What a kind of file does not have is empty.
type row struct {
	ID      int `json:"tcId"`
	Comment string
	Flags   []string
	Result  string // valid, invalid or acceptable

	Key, IV, AAD, Msg, CT, Tag, Sig hexBytes
	Public, Private                 string // hexadecimal, or PEM
	Shared                          hexBytes
	IKM, Salt, Info, OKM            hexBytes
	Size                            int
}

// group is what rows have in common; sizes are in bits.
type group struct {
	KeySize, IVSize, TagSize int
	PublicKey                struct{ Uncompressed, PK hexBytes }
	PublicKeyDer             hexBytes // SubjectPublicKeyInfo
	KeyDer                   hexBytes // the same in other files
	SHA, MGFSHA              string
	SLen                     int
	Tests                    []row
}

// hexBytes is written in hexadecimal digits.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(text []byte) (err error) {
	*h, err = hex.DecodeString(strings.Trim(string(text), `"`))
	return err
}
