package c509

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
)

// extensionCases have an extension in both forms. The DER was written by hand
// after the ASN.1 of RFC 5280, RFC 3779, RFC 4108, RFC 7633 and RFC 8398.
var extensionCases = []struct {
	id   int64
	cbor []byte
	der  string
}{
	{1, toCBOR([]byte{1, 2}), "04020102"},
	{2, toCBOR(1), "03020780"},
	{2, toCBOR(23), "030203e8"},
	{2, toCBOR(256), "0303070080"},
	{3, toCBOR("example.com"), "300d820b6578616d706c652e636f6d"},
	{3, toCBOR(seq(2, "a", 1, "b", 6, "c")), "3009820161810162860163"},
	{3, toCBOR(seq(7, []byte{192, 0, 2, 1})), "30068704c0000201"},
	{3, toCBOR(seq(8, []byte{0x2a, 3})), "300488022a03"},
	{3, toCBOR(seq(4, "a.b")), "3012a410300e310c300a06035504030c03612e62"},
	{3, toCBOR(seq(0, seq([]byte{0x2a, 3}, []byte{5, 0}))), "300aa00806022a03a0020500"},
	{3, toCBOR(seq(-1, seq([]byte{0x2a, 3}, []byte{1, 2}))), "3018a01606082b06010505070804a00a300806022a0304020102"},
	{3, toCBOR(seq(-2, "a@b")), "3013a01106082b06010505070809a0050c03614062"},
	{3, toCBOR(seq(-3, []byte{1, 2, 3, 4, 5, 6})), "3016a01406082b0601050507080ca0080406010203040506"},
	{4, toCBOR(-2), "3000"},
	{4, toCBOR(-1), "30030101ff"},
	{4, toCBOR(0), "30060101ff020100"},
	{4, toCBOR(200), "30070101ff020200c8"},
	{5, toCBOR("u:a"), "300b3009a007a0058603753a61"},
	{5, toCBOR(seq(seq(seq("a", "b"), 2, "x.y"))), "30243022a008a00686016186016281020640a212a410300e310c300a06035504030c03782e79"},
	{6, toCBOR(seq(0, seq())), "300830060604551d2000"},
	{6, toCBOR(seq([]byte{0x2a, 3}, seq(1, "a", 2, "b"))), "3028302606022a033020300d06082b06010505070201160161300f06082b0601050507020230030c0162"},
	{7, toCBOR([]byte{1, 2}), "300480020102"},
	{7, toCBOR(seq([]byte{1, 2}, seq(2, "a"), []byte{0x80})), "300d80020102a10382016182020080"},
	{8, toCBOR(1), "300a06082b06010505070301"},
	{8, toCBOR(seq(3, 9)), "301406082b0601050507030306082b06010505070309"},
	{8, toCBOR([]byte{0x2a, 3}), "300406022a03"},
	{9, toCBOR(seq(1, "a", []byte{0x2a, 3}, "b")), "3018300d06082b06010505073001860161300706022a03860162"},
	{24, toCBOR(seq(-4, seq("US", "SE"))), "3011300f06035504063108130255531302534"},
	{24, toCBOR(seq([]byte{0x2a, 3}, seq([]byte{5, 0}))), "300a300806022a0331020500"},
	{25, toCBOR(seq(6, "a")), "3003860161"},
	{26, toCBOR(seq(seq(2, "a"), null)), "3007a0053003820161"},
	{26, toCBOR(seq(null, seq(7, []byte{192, 0, 2, 0, 24}))), "300ea10c300a8708c0000200ffffff00"},
	{27, toCBOR(seq(0, 1)), "301030"},
	{28, toCBOR(seq(0, null)), "3003800100"},
	{28, toCBOR(seq(null, 1)), "3003810101"},
	{29, toCBOR("u:a"), "300b3009a007a0058603753a61"},
	{30, toCBOR(5), "020105"},
	{31, toCBOR(seq(5, "a")), "300f300d06082b06010505073005860161"},
	{32, toCBOR(seq(1, null, null)), "30083006040200010500"},
	{33, toCBOR(null), "3004a0020500"},
	{33, toCBOR(seq(5, seq(1, 4))), "300fa00d300b020105300602010602010a"},
	{36, toCBOR(null), "0500"},
	{37, toCBOR(null), "0500"},
	{38, toCBOR(seq(5, 17)), "3006020105020111"},
}

func TestExtensionForms(t *testing.T) {
	covered := map[int64]bool{34: true, 35: true} // forms of 32 and 33
	for _, test := range extensionCases {
		covered[test.id] = true
		form := extensionForms[test.id]
		value, err := dialect{}.valueToDER(form, test.cbor)
		if err != nil {
			t.Errorf("%d: %x: %v", test.id, test.cbor, err)
			continue
		}
		// The figures of some long ones are their beginnings.
		if got := hex.EncodeToString(value); len(got) < len(test.der) || got[:len(test.der)] != test.der {
			t.Errorf("%d: %x: got %s, want %s", test.id, test.cbor, got, test.der)
		}
		if again, ok := (dialect{}).valueToCBOR(form, value); !ok || !bytes.Equal(again, test.cbor) {
			t.Errorf("%d: %x came back as %x", test.id, test.cbor, []byte(again))
		}
	}
	for id := range extensionForms {
		if !covered[id] {
			t.Errorf("extension %d has no case", id)
		}
	}
}

func TestExtensionFormsRefused(t *testing.T) {
	for _, test := range []struct {
		id   int64
		cbor []byte
	}{
		{1, toCBOR("x")}, {2, toCBOR(0)}, {2, toCBOR(512)}, {2, toCBOR(-1)}, {2, toCBOR([]byte{1})},
		{3, toCBOR(seq(2, "a"))}, {3, toCBOR(seq())}, {3, toCBOR(seq(3, "a"))}, {3, toCBOR(seq(2))}, {3, toCBOR(seq(2, "ä", 2, "b"))},
		{3, toCBOR(seq(0, seq([]byte{0x2b, 6, 1, 5, 5, 7, 8, 4}, []byte{5, 0})))}, {3, toCBOR(seq(8, []byte{0x80}))},
		{3, toCBOR(seq(8, []byte{}))}, {3, toCBOR(seq(0, seq([]byte{0x2a}, []byte{5})))}, {3, toCBOR(seq(-4, "a"))},
		{4, toCBOR(-3)}, {4, toCBOR("x")}, {4, toCBOR(seq())},
		{5, toCBOR(seq(seq("a", null, null)))}, {5, toCBOR(seq("a"))}, {5, toCBOR(seq())}, {5, toCBOR(seq(seq(seq("a"), 1, null)))},
		{6, toCBOR(seq(0))}, {6, toCBOR(seq())}, {6, toCBOR(seq(0, seq(3, "a")))}, {6, toCBOR(seq(9, seq()))}, {6, toCBOR(seq([]byte{0x55, 0x1d, 0x20, 0}, seq()))},
		{7, toCBOR(seq([]byte{1}))}, {7, toCBOR(seq([]byte{1}, seq(2, "a"), []byte{0, 1}))},
		{8, toCBOR(seq(1))}, {8, toCBOR(seq())}, {8, toCBOR(99)}, {8, toCBOR(seq(1, 99))},
		{9, toCBOR(seq())}, {9, toCBOR(seq(1))}, {9, toCBOR(seq(4, "a"))},
		{24, toCBOR(seq(4, seq()))}, {24, toCBOR(seq(0, "x"))},
		{26, toCBOR(seq(seq(7, []byte{192, 0, 2, 0, 33}), null))}, {26, toCBOR(seq(seq(7, []byte{192, 0, 2}), null))},
		{26, toCBOR(seq(seq(7, []byte{192, 0, 2, 1, 24}), null, null))},
		{28, toCBOR(seq(-1, null))}, {28, toCBOR(seq(1))}, {30, toCBOR(-1)},
		{32, toCBOR(seq(1, null, seq(0)))}, {32, toCBOR(seq(1, null, seq(0x01000001, -0x02000000)))}, {32, toCBOR(seq(70000, null, null))},
		{32, toCBOR(seq(1, 256, null))}, {32, toCBOR(seq(1, null, seq([]byte{0, 1})))}, {32, toCBOR(seq(1, null, seq(int64(9223372036854775807))))},
		{32, toCBOR(seq(1, null, seq(65536, int64(9223372036854775807))))}, {32, toCBOR(seq(1, null))},
		{33, toCBOR(seq(5, -1))}, {33, toCBOR(seq(int64(4294967296)))}, {33, toCBOR(seq())}, {33, toCBOR(seq(seq(1)))},
		{36, toCBOR(1)}, {38, toCBOR(seq(-1))}, {38, toCBOR(5)},
	} {
		item, err := cborx.One(test.cbor)
		if err != nil {
			continue
		}
		if value, err := (dialect{}).valueToDER(extensionForms[test.id], item); err == nil {
			t.Errorf("%d: %x was taken as %x", test.id, test.cbor, value)
		}
	}
}

// makeX509 has Go make a certificate.
func makeX509(t testing.TB, template *x509.Certificate, signer crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func fullTemplate() *x509.Certificate {
	uri, _ := url.Parse("coap://example.org/a")
	_, block, _ := net.ParseCIDR("10.0.0.0/8")
	policy, _ := x509.OIDFromInts([]uint64{1, 2, 3})
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(bytes.Repeat([]byte{0x9f}, 20)),
		Subject: pkix.Name{CommonName: "full", Country: []string{"SE"}, Organization: []string{"Ö & co"},
			SerialNumber: "00ff", ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{1, 2, 3}, Value: "own"}}},
		NotBefore: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2051, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageDecipherOnly,
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 3,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageClientAuth},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 2, 3, 4}},
		SubjectKeyId:       []byte{1, 2, 3}, AuthorityKeyId: []byte{1, 2, 3},
		DNSNames: []string{"a.example"}, EmailAddresses: []string{"a@b.example"}, IPAddresses: []net.IP{{10, 0, 0, 1}}, URIs: []*url.URL{uri},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{".example"}, ExcludedIPRanges: []*net.IPNet{block},
		CRLDistributionPoints: []string{"http://crl.example/1", "http://crl.example/2"},
		OCSPServer:            []string{"http://ocsp.example"}, IssuingCertificateURL: []string{"http://ca.example"},
		Policies:        []x509.OID{policy},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 9}, Critical: true, Value: []byte{5, 0}}},
	}
}

// x509Signers are keys of all kinds that Go can make a certificate with.
func x509Signers(t testing.TB) map[string]crypto.Signer {
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"P-256": p256, "P-384": p384, "P-521": p521, "Ed25519": ed, "RSA": rsaKey}
}

func TestFromX509Full(t *testing.T) {
	for name, signer := range x509Signers(t) {
		der := makeX509(t, fullTemplate(), signer)
		c509, err := FromX509(der)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := Parse(c509)
		if err != nil {
			t.Fatal(err)
		}
		checkAgainstX509(t, c, der)
		if len(c509) > len(der)*3/4 && name != "RSA" {
			t.Errorf("%s: %d bytes of %d", name, len(c509), len(der))
		}
		switch err := c.VerifiedBy(c.publicKey); name {
		case "P-521", "RSA":
			if c.publicKey != nil || !errors.Is(err, ErrAlgorithm) {
				t.Errorf("%s: %v", name, err)
			}
		default:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		// RSA and P-521 are checked by crypto/x509.
		if facts, err := c.X509(); err != nil || facts.CheckSignature(facts.SignatureAlgorithm, facts.RawTBSCertificate, facts.Signature) != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFromX509Refused(t *testing.T) {
	_, signer, _ := ed25519.GenerateKey(rand.Reader)
	template := func(change func(*x509.Certificate)) []byte {
		c := fullTemplate()
		change(c)
		return makeX509(t, c, signer)
	}
	multi, _ := asn1.Marshal(pkix.RDNSequence{{
		{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "a"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "b"}}})
	whole := template(func(*x509.Certificate) {})
	for name, der := range map[string][]byte{
		"empty":               nil,
		"not DER":             []byte("hello"),
		"truncated":           whole[:len(whole)-1],
		"more after it":       append(bytes.Clone(whole), 0),
		"two attributes":      template(func(c *x509.Certificate) { c.RawSubject = multi }),
		"before 1970":         template(func(c *x509.Certificate) { c.NotBefore = time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC) }),
		"no bit of key usage": template(func(c *x509.Certificate) { c.KeyUsage = 0; addKeyUsage(c, "030100") }),
		"oversized":           template(func(c *x509.Certificate) { c.ExtraExtensions[0].Value = make([]byte, maxSize) }),
	} {
		if out, err := FromX509(der); !errors.Is(err, ErrUnsupported) || out != nil {
			t.Errorf("%s: %x, %v", name, out, err)
		}
	}
}

func addKeyUsage(c *x509.Certificate, value string) {
	der, _ := hex.DecodeString(value)
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Value: der})
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		item []byte
		der  string
	}{
		{toCBOR("CA"), "300d310b300906035504030c024341"},
		{toCBOR([]byte{0xca}), "300d310b300906035504030c026361"},
		{append([]byte{0xd8, 48}, toCBOR([]byte{1, 2, 3, 4, 5, 6, 7, 0xff})...), "3022"},
		{toCBOR(seq()), "3000"},
		{toCBOR(seq(-1, "CA")), "300d310b3009060355040313024341"},
		{toCBOR(seq(22, "org")), "3015311330110"},
		{toCBOR(seq(1, "a", 1, "b")), "301831"},
		{toCBOR(seq([]byte{0x2a, 3}, []byte{5, 0})), "300a3108300606022a030500"},
	} {
		der, err := dialect{}.nameToDER(test.item)
		if err != nil || hex.EncodeToString(der)[:len(test.der)] != test.der {
			t.Errorf("%x: %x, %v", test.item, der, err)
			continue
		}
		if again, err := (dialect{}).nameToCBOR(der); err != nil || !bytes.Equal(again, test.item) {
			t.Errorf("%x came back as %x, %v", test.item, again, err)
		}
	}
	for _, item := range [][]byte{
		toCBOR(5), toCBOR(null), toCBOR("ca"), toCBOR([]byte{}), toCBOR("01-23-45-67-89-AB-CD-EF"), toCBOR(seq(1, "x.y")),
		toCBOR(seq(1)), toCBOR(seq(23, "a")), toCBOR(seq(-22, "a")), toCBOR(seq(-1, "ä")), toCBOR(seq(22, "ä")),
		toCBOR(seq([]byte{0x80}, []byte{5, 0})), toCBOR(seq([]byte{0x2a}, []byte{5})), toCBOR(seq("a", "b")),
		append([]byte{0xd8, 48}, toCBOR([]byte{1, 2})...), append([]byte{0xd8, 49}, toCBOR([]byte{1, 2, 3, 4, 5, 6})...),
		append([]byte{0xd8, 48}, toCBOR([]byte{1, 2, 3, 0xff, 0xfe, 4, 5, 6})...), {0xd8, 48, 0x01},
	} {
		if der, err := (dialect{}).nameToDER(item); err == nil {
			t.Errorf("%x was taken as %x", item, der)
		}
	}
	if _, err := (dialect{native: true}).nameToDER(toCBOR(seq(-4, "SE"))); err == nil {
		t.Error("a native name with a PrintableString was taken")
	}
}
