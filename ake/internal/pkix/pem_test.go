package pkix_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// workshop runs openssl in a folder of its own.
type workshop struct {
	t      *testing.T
	binary string
	folder string
}

func newWorkshop(t *testing.T) *workshop {
	return &workshop{t, findOpenSSL(t), t.TempDir()}
}

// openssl runs a command line whose words have no spaces.
func (w *workshop) openssl(command string) {
	w.t.Helper()
	cmd := exec.Command(w.binary, strings.Fields(command)...)
	cmd.Dir = w.folder
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("openssl %s: %v\n%s", command, err, out)
	}
}

// verdict reports whether openssl is content.
func (w *workshop) verdict(command string) bool {
	w.t.Helper()
	cmd := exec.Command(w.binary, strings.Fields(command)...)
	cmd.Dir = w.folder
	return cmd.Run() == nil
}

func (w *workshop) file(name string) []byte {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.folder, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}

func (w *workshop) write(name string, parts ...[]byte) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), bytes.Join(parts, nil), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

var opensslKinds = map[suite.KeyKind]string{
	suite.KeyP256:    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
	suite.KeyP384:    "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
	suite.KeyX25519:  "-algorithm X25519",
	suite.KeyX448:    "-algorithm X448",
	suite.KeyEd25519: "-algorithm ED25519",
	suite.KeyEd448:   "-algorithm ED448",
}

func TestReadOpenSSLKeys(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	for kind, options := range opensslKinds {
		w.openssl("genpkey " + options + " -out key.pem")
		w.openssl("pkey -in key.pem -pubout -out public.pem")
		w.openssl("pkey -in key.pem -pubout -outform DER -out public.der")
		w.openssl("pkey -in key.pem -outform DER -out key.der")
		w.openssl("pkey -in key.pem -text -out text.pem")
		w.openssl("pkey -in key.pem -aes256 -passout pass:secret -out encrypted.pem")
		w.openssl("pkcs8 -topk8 -in key.pem -passout pass:secret -outform DER -out encrypted.der")
		files := []string{"key.pem", "key.der", "text.pem"}
		if kind == suite.KeyP256 || kind == suite.KeyP384 {
			w.openssl("ec -in key.pem -out sec1.pem")
			w.openssl("ec -in key.pem -outform DER -out sec1.der")
			w.openssl("ec -in key.pem -aes256 -passout pass:secret -out sec1-encrypted.pem")
			curve := map[suite.KeyKind]string{suite.KeyP256: "prime256v1", suite.KeyP384: "secp384r1"}[kind]
			w.openssl("ecparam -name " + curve + " -out parameters.pem")
			w.write("both.pem", w.file("parameters.pem"), w.file("sec1.pem"))
			files = append(files, "sec1.pem", "sec1.der", "both.pem")
			if _, err := pkix.ReadPrivateKey(w.file("sec1-encrypted.pem")); !errors.Is(err, pkix.ErrEncryptedKey) {
				t.Errorf("%v: sec1-encrypted.pem: %v", kind, err)
			}
		}
		for _, name := range files {
			private, err := pkix.ReadPrivateKey(w.file(name))
			if err != nil {
				t.Errorf("%v: %s: %v", kind, name, err)
				continue
			}
			for _, publicName := range []string{"public.pem", "public.der"} {
				public, err := pkix.ReadPublicKey(w.file(publicName))
				if err != nil || public.Kind() != kind || !public.Equal(private.Public()) {
					t.Errorf("%v: %s and %s do not belong together: %v", kind, name, publicName, err)
				}
			}
		}
		for _, name := range []string{"encrypted.pem", "encrypted.der"} {
			if _, err := pkix.ReadPrivateKey(w.file(name)); !errors.Is(err, pkix.ErrEncryptedKey) {
				t.Errorf("%v: %s: %v", kind, name, err)
			}
		}
		if _, err := pkix.ReadPrivateKey(w.file("public.pem")); !errors.Is(err, pkix.ErrMalformed) {
			t.Errorf("%v: a public key in the place of a private one: %v", kind, err)
		}
		if _, err := pkix.ReadPublicKey(w.file("key.pem")); !errors.Is(err, pkix.ErrMalformed) {
			t.Errorf("%v: a private key in the place of a public one: %v", kind, err)
		}
	}
}

func TestReadOpenSSLKeysOfOtherKinds(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	for _, options := range []string{
		"-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
		"-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
		"-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1",
		"-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
	} {
		w.openssl("genpkey " + options + " -out key.pem")
		w.openssl("pkey -in key.pem -pubout -out public.pem")
		if key, err := pkix.ReadPrivateKey(w.file("key.pem")); err == nil {
			t.Errorf("%s: %v", options, key)
		}
		if _, err := pkix.ReadPublicKey(w.file("public.pem")); !errors.Is(err, pkix.ErrMalformed) {
			t.Errorf("%s: %v", options, err)
		}
	}
}

// TestOpenSSLAuthority is what a user does with a private CA: certificates for
// keys of all kinds, from a root and an intermediate made by openssl.
func TestOpenSSLAuthority(t *testing.T) {
	const rsa = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"
	issuers := map[string]string{"RSA": rsa}
	for _, kind := range []suite.KeyKind{suite.KeyP256, suite.KeyP384, suite.KeyEd25519, suite.KeyEd448} {
		issuers[kind.String()] = opensslKinds[kind]
	}
	for name, issuer := range issuers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testOpenSSLAuthority(t, issuer, "")
		})
	}
	for name, options := range map[string]string{
		"RSA-PSS":                  " -sigopt rsa_padding_mode:pss", // the salt is as openssl likes
		"RSA-PSS, SHA-384":         " -sigopt rsa_padding_mode:pss -sha384",
		"RSA-PSS, salt as SHA-512": " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1 -sha512",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testOpenSSLAuthority(t, rsa, options)
		})
	}
}

// testOpenSSLAuthority makes an authority of a kind of key, which signs with the
// given options.
func testOpenSSLAuthority(t *testing.T, issuer, options string) {
	w := newWorkshop(t)
	w.write("ca.ext", []byte("basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n"+
		"subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nnameConstraints=critical,permitted;DNS:example.com,permitted;dirName:dir\n"+
		"[dir]\nO=Works\n"))
	w.write("sign.ext", []byte("keyUsage=critical,digitalSignature\nsubjectAltName=DNS:device.example.com,IP:192.0.2.1,URI:coap://192.0.2.1/,email:a@example.org,RID:1.2.3,otherName:1.2.4;UTF8:x\n"))
	w.write("dh.ext", []byte("keyUsage=critical,keyAgreement\n"))
	w.openssl("req -x509 -new -nodes " + strings.NewReplacer("-algorithm ", "-newkey ").Replace(issuer) + " -keyout root.key -out root.pem -subj /O=Works/CN=Root -days 30" + options)
	w.openssl("genpkey " + issuer + " -out inter.key")
	w.openssl("req -new -key inter.key -subj /O=Works/CN=Intermediate -out inter.csr")
	w.openssl("x509 -req -in inter.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile ca.ext -days 20 -out inter.pem" + options)
	for kind, algorithm := range opensslKinds {
		w.openssl("genpkey " + algorithm + " -out leaf.key")
		w.openssl("pkey -in leaf.key -pubout -out leaf.pub")
		extensions, usage := "sign.ext", pkix.UsageSignature
		if kind == suite.KeyX25519 || kind == suite.KeyX448 {
			extensions, usage = "dh.ext", pkix.UsageKeyAgreement
		}
		// A key that cannot sign cannot sign a request either: the CA puts it in.
		w.openssl("req -new -key inter.key -subj /O=Works/CN=Device -out leaf.csr")
		w.openssl("x509 -req -in leaf.csr -force_pubkey leaf.pub -CA inter.pem -CAkey inter.key -CAcreateserial -extfile " + extensions + " -days 10 -out leaf.pem" + options)
		w.write("chain.pem", w.file("leaf.pem"), w.file("leaf.key"), w.file("inter.pem"))

		chain, err := pkix.ReadCertificates(w.file("chain.pem"))
		if err != nil || len(chain) != 2 {
			t.Fatalf("chain of %d: %v", len(chain), err)
		}
		anchors, err := pkix.ReadCertificates(w.file("root.pem"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := pkix.ReadPrivateKey(w.file("chain.pem"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := cred.FromX509(chain)
		if err != nil || !c.Key.Equal(key.Public()) {
			t.Fatalf("%v: %v", kind, err)
		}
		parsed, err := pkix.ParseCertificates(anchors, pkix.ParseCertificate)
		if err != nil {
			t.Fatal(err)
		}
		if anchor, err := cred.FromX509(anchors); err != nil || (anchor.Key == nil) != (parsed[0].PublicKeyAlgorithm == x509.RSA) {
			t.Errorf("the anchor %s: %v", issuer, err)
		}
		now := parsed[0].NotBefore.AddDate(0, 0, 1)
		if _, err := verifyCase(certtest.Case{Chain: chain, Anchors: anchors, Time: now, Usage: usage}); err != nil {
			t.Errorf("%v below %s: %v", kind, issuer, err)
		}
		identity := c.Identity()
		names := "DNS:device.example.com IP:192.0.2.1 URI:coap://192.0.2.1/ email:a@example.org ID:1.2.3 other:1.2.4:a0030c0178"
		if usage == pkix.UsageKeyAgreement {
			names = ""
		}
		if identity.Subject != "CN=Device,O=Works" || identity.Issuer != "CN=Intermediate,O=Works" || strings.Join(identity.Names, " ") != names {
			t.Errorf("%v: identity %+v", kind, identity)
		}
	}
}

func TestReadDamagedFiles(t *testing.T) {
	root := certtest.Root("Root", suite.KeyEd25519)
	leaf := certtest.Leaf("Device", suite.KeyEd448, root)
	block := func(of string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: of, Bytes: der}) }
	good := bytes.Join([][]byte{block("CERTIFICATE", leaf.DER), block("CERTIFICATE", root.DER)}, []byte("a comment\n"))

	for name, data := range map[string][]byte{
		"PEM":          good,
		"PEM with CR":  bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
		"DER":          append(bytes.Clone(leaf.DER), root.DER...),
		"text and PEM": append([]byte("0.Certificate:\n    Data:\n"), good...),
	} {
		if chain, err := pkix.ReadCertificates(data); err != nil || len(chain) != 2 || !bytes.Equal(chain[0], leaf.DER) {
			t.Errorf("%s: %d certificates, %v", name, len(chain), err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing":           {},
		"text":              []byte("hello"),
		"a damaged block":   bytes.Replace(good, []byte("-----END"), []byte("----END"), 1),
		"base64 damaged":    bytes.Replace(good, []byte("MII"), []byte("M*I"), 1),
		"no certificate":    block("CERTIFICATE", []byte("hello")),
		"another type":      block("CERTIFICATE REQUEST", leaf.DER),
		"a truncated DER":   leaf.DER[:len(leaf.DER)-1],
		"DER and something": append(bytes.Clone(leaf.DER), 1, 2, 3),
	} {
		if _, err := pkix.ReadCertificates(data); !errors.Is(err, pkix.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing":           {},
		"garbage":           block("PRIVATE KEY", []byte("hello")),
		"an empty sequence": block("PRIVATE KEY", []byte{0x30, 0}),
		"a certificate":     leaf.DER,
		// An Ed448 key (1.3.101.113) that is too short, and one with bytes after it.
		"a short Ed448 key": {0x30, 15, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71, 4, 3, 4, 1, 7},
		"bytes within":      {0x30, 16, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71, 4, 4, 4, 1, 7, 0},
	} {
		if key, err := pkix.ReadPrivateKey(data); err == nil || !errors.Is(err, pkix.ErrMalformed) && !errors.Is(err, suite.ErrPrivateKey) {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

// TestReadPublicKeyWithMore has what a SubjectPublicKeyInfo must not have.
func TestReadPublicKeyWithMore(t *testing.T) {
	root := certtest.Root("Root", suite.KeyEd25519)
	for _, kind := range []suite.KeyKind{suite.KeyP256, suite.KeyP384, suite.KeyX25519, suite.KeyX448, suite.KeyEd25519, suite.KeyEd448} {
		var info struct{ Algorithm, Key asn1.RawValue }
		der := certtest.Leaf("Device", kind, root).Cert.RawSubjectPublicKeyInfo
		if _, err := asn1.Unmarshal(der, &info); err != nil {
			t.Fatal(err)
		}
		algorithm, key := info.Algorithm.Bytes, info.Key.FullBytes
		sequence := func(elements ...[]byte) []byte {
			value, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: slices.Concat(elements...)})
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
		if same := sequence(sequence(algorithm), key); !bytes.Equal(same, der) {
			t.Fatalf("%v: %x", kind, same)
		} else if _, err := pkix.ReadPublicKey(same); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
		null, unused := []byte{5, 0}, bytes.Clone(key)
		unused[2]++ // of a BIT STRING
		for name, bad := range map[string][]byte{
			"an element after the key":                  sequence(sequence(algorithm), key, null),
			"the key twice":                             sequence(sequence(algorithm), key, key),
			"an element before the key":                 sequence(sequence(algorithm), null, key),
			"an element after the parameters":           sequence(sequence(algorithm, null, null), key),
			"no key":                                    sequence(sequence(algorithm)),
			"no algorithm":                              sequence(sequence(), key),
			"unused bits":                               sequence(sequence(algorithm), unused),
			"an element of no known tag":                sequence(sequence(algorithm), key, []byte{0xbf, 0x7f, 0}),
			"zeros after the key":                       sequence(sequence(algorithm), key, []byte{0, 0}),
			"half an element after the algorithm":       sequence(sequence(algorithm, []byte{5}), key),
			"half an element after the key":             sequence(sequence(algorithm), key, []byte{5}),
			"an element after the SubjectPublicKeyInfo": append(bytes.Clone(der), null...),
		} {
			if key, err := pkix.ReadPublicKey(bad); !errors.Is(err, pkix.ErrMalformed) {
				t.Errorf("%v: %s: a key %t, %v", kind, name, key != nil, err)
			}
		}
	}
}

// TestWriteCases makes sure that programs in other languages can be given the
// cases as files.
func TestWriteCases(t *testing.T) {
	folder := t.TempDir()
	cases := certtest.Cases()
	if err := certtest.Write(folder, cases); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(folder, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	if len(lines) != len(cases)+1 || lines[0] != certtest.Columns {
		t.Errorf("%d lines, first %q", len(lines), lines[0])
	}
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		if len(fields) != strings.Count(certtest.Columns, "\t")+1 {
			t.Fatalf("line %q", line)
		}
		for _, list := range fields[7:] {
			for name := range strings.SplitSeq(list, ",") {
				if _, err := os.Stat(filepath.Join(folder, name)); name != "-" && err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func FuzzPEM(f *testing.F) {
	for _, c := range certtest.Cases()[:8] {
		for _, der := range c.Chain {
			f.Add(der)
			f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		}
	}
	if binary, err := exec.LookPath("openssl"); err == nil {
		for _, options := range opensslKinds {
			key, err := exec.Command(binary, strings.Fields("genpkey "+options)...).Output()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(key)
			block, _ := pem.Decode(key)
			f.Add(block.Bytes)
			cmd := exec.Command(binary, "pkey", "-pubout")
			cmd.Stdin = bytes.NewReader(key)
			public, err := cmd.Output()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(public)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if certificates, err := pkix.ReadCertificates(data); err == nil && len(certificates) == 0 {
			t.Error("no certificate and no error")
		}
		if key, err := pkix.ReadPrivateKey(data); err == nil && key.Public() == nil {
			t.Error("no public key")
		}
		if key, err := pkix.ReadPublicKey(data); err == nil && !key.Kind().Valid() {
			t.Error("a key of no kind")
		}
	})
}
