package ake

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// nativeC509 is a natively signed C509 certificate to be made. Its keys are those
// of P-256, its names a common name each.
type nativeC509 struct {
	issuer, subject string
	from, until     time.Time
	usage           int64 // of the key; 0: no extension
	authority       bool
}

// The bits of a key usage.
const (
	useSign, useAgree, useCertify = 1, 1 << 4, 1 << 5
)

// Elements of a C509 certificate (draft-ietf-cose-cbor-encoded-cert).
const (
	c509TypeNative = 2
	c509ES256      = 0 // of signatures
	c509P256       = 1 // of keys
	c509KeyUsage   = 2 // extensions
	c509Constraint = 4
)

func native(issuer, subject string, edits ...func(*nativeC509)) nativeC509 {
	n := nativeC509{issuer: issuer, subject: subject, from: certtest.NotBefore, until: certtest.NotAfter, usage: useSign | useAgree}
	for _, edit := range edits {
		edit(&n)
	}
	return n
}

func nativeCA(n *nativeC509) { n.authority, n.usage = true, useCertify }

// sign makes the certificate of a key.
func (n nativeC509) sign(t testing.TB, key *suite.PublicKey, issuer *suite.PrivateKey) []byte {
	t.Helper()
	tbs := cborx.AppendInt(nil, c509TypeNative)
	tbs = cborx.AppendBytes(tbs, []byte{1}) // serial number
	tbs = cborx.AppendInt(tbs, c509ES256)
	if n.issuer == n.subject {
		tbs = append(tbs, 0xf6) // null
	} else {
		tbs = cborx.AppendText(tbs, n.issuer)
	}
	tbs = cborx.AppendInt(tbs, n.from.Unix())
	tbs = cborx.AppendInt(tbs, n.until.Unix())
	tbs = cborx.AppendText(tbs, n.subject)
	tbs = cborx.AppendInt(tbs, c509P256)
	tbs = cborx.AppendBytes(tbs, append([]byte{4}, key.Bytes()...))
	switch {
	case n.authority:
		tbs = cborx.AppendArray(tbs, 4)
		for _, value := range []int64{-c509Constraint, -1, -c509KeyUsage, n.usage} {
			tbs = cborx.AppendInt(tbs, value)
		}
	case n.usage == 0:
		tbs = cborx.AppendArray(tbs, 0)
	default:
		tbs = cborx.AppendInt(tbs, n.usage)
	}
	certificate := append(cborx.AppendArray(nil, 11), tbs...) // what is signed has no head
	return cborx.AppendBytes(certificate, value[[]byte](t)(issuer.Sign(tbs)))
}

// nativeWorld is a root and a leaf, both native, and what the sides have of it.
type nativeWorld struct {
	rootKey, leafKey *suite.PrivateKey
	root             []byte
}

func newNativeWorld(t testing.TB) *nativeWorld {
	t.Helper()
	w := &nativeWorld{rootKey: newKey(t, KeyP256), leafKey: newKey(t, KeyP256)}
	w.root = native("Root", "Root", nativeCA).sign(t, w.rootKey.Public(), w.rootKey)
	return w
}

func (w *nativeWorld) trust(t testing.TB) func(*hostConfig) {
	return all(trusting(t), func(c *hostConfig) {
		c.TrustAnchors = append(c.TrustAnchors, newly(t)(CredentialFromC509(w.root)))
	})
}

func (w *nativeWorld) present(t testing.TB, method Method, role Role, id []byte, leaf []byte, prepare func(*hostConfig)) (*Session, error) {
	t.Helper()
	array := leaf
	if _, err := cborx.One(leaf); err != nil {
		array = []byte{0xf6} // of no importance then
	}
	c := newly(t)(CredentialFromParts(id, array, KeyP256, w.leafKey.Public().Bytes()))
	must(t, c.SetPrivateKey(w.leafKey.Bytes()))
	return present(t, method, role, c, prepare)
}

// TestR06_C509Native: chains of natively signed certificates, from either side.
func TestR06_C509Native(t *testing.T) {
	w := newNativeWorld(t)
	interKey, strangerKey := newKey(t, KeyP256), newKey(t, KeyP256)
	inter := native("Root", "Inter", nativeCA).sign(t, interKey.Public(), w.rootKey)
	weak := native("Root", "Inter", func(n *nativeC509) { n.usage = useCertify }).sign(t, interKey.Public(), w.rootKey)
	leaf := func(issuer string, key *suite.PrivateKey, edits ...func(*nativeC509)) []byte {
		return native(issuer, "Device", edits...).sign(t, w.leafKey.Public(), key)
	}
	flipped := func(cert []byte, at int) []byte {
		cert = slices.Clone(cert)
		cert[(at+len(cert))%len(cert)] ^= 1
		return cert
	}
	direct, below := leaf("Root", w.rootKey), leaf("Inter", interKey)
	expired := leaf("Root", w.rootKey, func(n *nativeC509) { n.until = certtest.Now.Add(-time.Second) })
	early := leaf("Root", w.rootKey, func(n *nativeC509) { n.from = certtest.Now.Add(time.Second) })
	for _, test := range []struct {
		name  string
		chain [][]byte
		want  Status
	}{
		{"below the anchor", [][]byte{direct}, OK},
		{"with the anchor", [][]byte{direct, w.root}, OK},
		{"below an intermediate", [][]byte{below, inter}, OK},
		{"a leaf without key usage", [][]byte{leaf("Root", w.rootKey, func(n *nativeC509) { n.usage = 0 })}, OK},
		{"without the intermediate", [][]byte{below}, ErrUnknownIssuer},
		{"a stranger's", [][]byte{leaf("Strangers", strangerKey)}, ErrUnknownIssuer},
		{"a stranger's, under the name of the anchor", [][]byte{leaf("Root", strangerKey)}, ErrIssuerSignature},
		{"signature broken", [][]byte{flipped(direct, -1)}, ErrIssuerSignature},
		{"subject changed", [][]byte{flipped(direct, slices.Index(direct, 'D'))}, ErrIssuerSignature},
		{"intermediate broken", [][]byte{below, flipped(inter, -1)}, ErrIssuerSignature},
		{"intermediate not an authority", [][]byte{below, weak}, ErrNotCA},
		{"a leaf that certifies", [][]byte{native("Device", "Other").sign(t, w.leafKey.Public(), w.leafKey), direct}, ErrNotCA},
		{"expired", [][]byte{expired}, ErrExpired},
		{"not yet valid", [][]byte{early}, ErrNotYetValid},
		{"for certificates only", [][]byte{leaf("Root", w.rootKey, func(n *nativeC509) { n.usage = useCertify })}, ErrKeyUsage},
		{"not in order", [][]byte{direct, inter, w.root}, ErrCertificateHash},
		{"cut", [][]byte{direct[:len(direct)-1]}, ErrCredentialMalformed},
		{"and more", [][]byte{append(slices.Clone(direct), 0)}, ErrCredentialMalformed},
		{"garbage above", [][]byte{direct, []byte("garbage")}, ErrCredentialMalformed},
	} {
		for _, role := range bothRoles {
			s, err := w.present(t, 0, role, cose.C5CID(test.chain), test.chain[0], w.trust(t))
			wantVerdict(t, fmt.Sprintf("%s, of the %v", test.name, role), s, err, test.want)
		}
	}
	for usage, signs := range map[int64]bool{useSign: true, useAgree: false} {
		for method := range Method(4) {
			for _, role := range bothRoles {
				want := ErrKeyUsage
				if signsIn(method, role) == signs {
					want = OK
				}
				cert := leaf("Root", w.rootKey, func(n *nativeC509) { n.usage = usage })
				s, err := w.present(t, method, role, cose.C5CID([][]byte{cert}), cert, w.trust(t))
				wantVerdict(t, fmt.Sprintf("key usage %b of the %v in method %d", usage, role, method), s, err, want)
			}
		}
	}
}

// TestR06_C509Bag: a bag has no order, and may have what is of no use.
func TestR06_C509Bag(t *testing.T) {
	w := newNativeWorld(t)
	interKey, lonelyKey := newKey(t, KeyP256), newKey(t, KeyP256)
	inter := native("Root", "Inter", nativeCA).sign(t, interKey.Public(), w.rootKey)
	lonely := native("Lonely", "Lonely", nativeCA).sign(t, lonelyKey.Public(), lonelyKey)
	leaf := native("Inter", "Device").sign(t, w.leafKey.Public(), interKey)
	for _, bag := range [][][]byte{{leaf, inter}, {inter, leaf}, {inter, w.root, leaf}, {lonely, inter, leaf}, {lonely, leaf, inter, w.root}} {
		for _, role := range bothRoles {
			s, err := w.present(t, 3, role, cose.C5BID(bag), leaf, w.trust(t))
			wantVerdict(t, fmt.Sprint(len(bag), " of the ", role), s, err, OK)
		}
	}
	for _, bag := range [][][]byte{{leaf, lonely}, {lonely, leaf}, {leaf, w.root}} {
		s, err := w.present(t, 3, Initiator, cose.C5BID(bag), leaf, w.trust(t))
		wantVerdict(t, "without the intermediate", s, err, ErrUnknownIssuer)
	}
}

// TestR06_C509Reencoded: chains in the re-encoded form of X.509, with anchors in
// either form.
func TestR06_C509Reencoded(t *testing.T) {
	a, stranger := newAuthority(), newAuthority()
	expired := newAuthority(func(s *certtest.Spec) { s.NotAfter = certtest.Now.Add(-time.Second) })
	c509 := func(e *certtest.Entity) []byte { return value[[]byte](t)(C509FromX509(e.DER)) }
	anchors := map[string]func(*authority) func(*hostConfig){
		"X.509": func(a *authority) func(*hostConfig) { return trusting(t, a.root) },
		"C509": func(a *authority) func(*hostConfig) {
			return all(trusting(t), func(c *hostConfig) {
				c.TrustAnchors = append(c.TrustAnchors, newly(t)(CredentialFromC509(c509(a.root))))
			})
		},
	}
	for form, trust := range anchors {
		for _, test := range []struct {
			name  string
			of    *authority
			chain []*certtest.Entity
			want  Status
		}{
			{"a chain", a, []*certtest.Entity{a.leaf, a.inter}, OK},
			{"with the anchor", a, []*certtest.Entity{a.leaf, a.inter, a.root}, OK},
			{"without the intermediate", a, []*certtest.Entity{a.leaf}, ErrUnknownIssuer},
			{"of strangers", stranger, []*certtest.Entity{stranger.leaf, stranger.inter}, ErrUnknownIssuer},
			{"expired", expired, []*certtest.Entity{expired.leaf, expired.inter}, ErrExpired},
			{"a namesake intermediate", a, []*certtest.Entity{a.leaf, stranger.inter}, ErrUnknownIssuer},
		} {
			var chain [][]byte
			for _, entity := range test.chain {
				chain = append(chain, c509(entity))
			}
			for _, id := range []IDType{IDC5C, IDC5B} {
				presented := newly(t)(CredentialFromC509(chain...))
				must(t, presented.SetPrivateKey(test.of.leaf.Key.Bytes()))
				must(t, presented.SetID(id, nil))
				trusted := a
				if test.want == ErrExpired {
					trusted = expired
				}
				for _, role := range bothRoles {
					s, err := present(t, 0, role, presented, trust(trusted))
					wantVerdict(t, fmt.Sprintf("%s, %s anchor, of the %v", test.name, form, role), s, err, test.want)
					if test.want == OK {
						id, line := identityOf(s)
						if id.Subject != "CN=Device" || id.Issuer == "" || !id.NotAfter.Equal(certtest.NotAfter) || line == "" {
							t.Errorf("%s: the peer is %+v", test.name, id)
						}
					}
				}
			}
		}
	}
}

// utf8Name is a common name as C509 writes it.
func utf8Name(t testing.TB, name string) []byte {
	t.Helper()
	text := value[[]byte](t)(asn1.MarshalWithParams(name, "utf8"))
	return value[[]byte](t)(asn1.Marshal(pkix.RDNSequence{{{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: asn1.RawValue{FullBytes: text}}}}))
}

// TestR06_C509BelowX509: natively signed certificates below an X.509 anchor, and
// X.509 certificates below a natively signed one.
func TestR06_C509BelowX509(t *testing.T) {
	w := newNativeWorld(t)
	named := func(name string, key *suite.PrivateKey) certtest.Edit {
		return func(s *certtest.Spec) { s.RawSubject, s.Key = utf8Name(t, name), key }
	}
	root := certtest.Root("Root", suite.KeyP256, named("Root", newKey(t, KeyP256)))
	stranger := certtest.Root("Root", suite.KeyP256, named("Root", newKey(t, KeyP256)))
	leaf := native("Root", "Device").sign(t, w.leafKey.Public(), root.Key)
	for issuer, want := range map[*certtest.Entity]Status{root: OK, stranger: ErrIssuerSignature} {
		for _, role := range bothRoles {
			s, err := w.present(t, 3, role, cose.C5CID([][]byte{leaf}), leaf, trusting(t, issuer))
			wantVerdict(t, "native below X.509", s, err, want)
		}
	}
	native := certtest.Root("Root", suite.KeyP256, named("Root", w.rootKey))
	for issuer, want := range map[*certtest.Entity]Status{native: OK, stranger: ErrIssuerSignature} {
		x509Leaf := certtest.Leaf("Device", suite.KeyP256, issuer, anyUse, func(s *certtest.Spec) { s.AuthorityKeyId = nil })
		presented := newly(t)(CredentialFromX509(x509Leaf.DER))
		must(t, presented.SetPrivateKey(x509Leaf.Key.Bytes()))
		must(t, presented.SetID(IDX5Chain, nil))
		for _, role := range bothRoles {
			s, err := present(t, 3, role, presented, w.trust(t))
			wantVerdict(t, "X.509 below native", s, err, want)
		}
	}
}

// TestR09_C509References: c5t and c5u are found and asked for as x5t and x5u are.
func TestR09_C509References(t *testing.T) {
	w := newNativeWorld(t)
	leaf := native("Root", "Device").sign(t, w.leafKey.Public(), w.rootKey)
	other := native("Root", "Other").sign(t, w.leafKey.Public(), w.rootKey)
	stranger := native("Root", "Device").sign(t, w.leafKey.Public(), newKey(t, KeyP256))
	short, long := cred.CertHash(leaf, cose.AlgSHA25664), cred.CertHash(leaf, cose.AlgSHA256)
	both := slices.Concat([]byte{0xa2}, cose.C5TID(short)[1:], cose.C5UID("coap://a")[1:])
	credential := func(cert []byte) *Credential { return newly(t)(CredentialFromC509(cert)) }
	for _, test := range []struct {
		name   string
		id     []byte
		pinned *Credential
		answer *Credential
		want   Status
	}{
		{"short hash, pinned", cose.C5TID(short), credential(leaf), nil, OK},
		{"hash, pinned", cose.C5TID(long), credential(leaf), nil, OK},
		{"URI and hash, pinned", both, credential(leaf), nil, OK},
		{"hash, another one pinned", cose.C5TID(long), credential(other), nil, ErrCredentialUnknown},
		{"short hash, answered", cose.C5TID(short), nil, credential(leaf), OK},
		{"URI, answered", cose.C5UID("coap://a"), nil, credential(leaf), OK},
		{"URI and hash, answered", both, nil, credential(leaf), OK},
		{"hash, answered with another one", cose.C5TID(long), nil, credential(other), ErrCertificateHash},
		{"URI and hash, answered with another one", both, nil, credential(other), ErrCertificateHash},
		{"URI, answered with another one", cose.C5UID("coap://a"), nil, credential(other), ErrMAC},
		{"URI, answered with a forged one", cose.C5UID("coap://a"), nil, credential(stranger), ErrIssuerSignature},
		{"URI, not answered", cose.C5UID("coap://a"), nil, nil, ErrCredentialUnsupported},
		{"SHA-512", cose.C5TID(cose.CertHash{Algorithm: -44, Value: make([]byte, 64)}), credential(leaf), credential(leaf), ErrCredentialUnsupported},
	} {
		for _, role := range bothRoles {
			s, err := w.present(t, 3, role, test.id, leaf, all(w.trust(t), func(c *hostConfig) {
				if test.pinned != nil {
					c.Peers = append(c.Peers, test.pinned)
				}
				if test.answer != nil {
					asks(t, nil, test.answer)(c)
				}
			}))
			wantVerdict(t, fmt.Sprintf("%s, of the %v", test.name, role), s, err, test.want)
		}
	}
}
