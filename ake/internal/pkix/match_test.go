package pkix_test

import (
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"net/netip"
	"testing"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// generalName is a subject alternative name of a form, with a content of bytes.
func generalName(form int, content []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: form, IsCompound: form == 0, Bytes: content}
}

func dnsName(name string) asn1.RawValue { return generalName(2, []byte(name)) }
func uriName(name string) asn1.RawValue { return generalName(6, []byte(name)) }

// macName is an otherName with a MAC address.
func macName(octets ...byte) asn1.RawValue {
	return otherName(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 12}, append([]byte{4, byte(len(octets))}, octets...))
}

func otherName(oid asn1.ObjectIdentifier, value []byte) asn1.RawValue {
	der, _ := asn1.Marshal(oid)
	return generalName(0, append(der, append([]byte{0xa0, byte(len(value))}, value...)...))
}

func named(t testing.TB, names ...asn1.RawValue) *pkix.Certificate {
	t.Helper()
	value, err := asn1.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	leaf := certtest.Leaf("common.example", suite.KeyP256, nil, func(s *certtest.Spec) {
		s.ExtraExtensions = []x509pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: value}}
	})
	parsed, err := parse(leaf.DER)
	if err != nil {
		t.Fatal(err)
	}
	return parsed[0]
}

// TestHasDNS has the rules of RFC 9525 section 6.3.
func TestHasDNS(t *testing.T) {
	for _, test := range []struct {
		in, host string
		want     bool
	}{
		{"server.example", "server.example", true},
		{"Server.EXAMPLE", "sERVER.example", true},
		{"server.example", "server.example.", true},
		{"xn--bcher-kva.example", "XN--bcher-kva.example", true},
		{"*.example.com", "a.example.com", true},
		{"*.EXAMPLE.com", "A.example.COM.", true},
		{"*.example.com", "xn--bcher-kva.example.com", true},
		{"server", "server", true},

		{"server.example", "other.example", false},
		{"server.example", "server.example.com", false},
		{"server.example.com", "server.example", false},
		{"server.example", "a.server.example", false},
		{"server.example", "example", false},
		{"server.example", "", false},
		{"server.example", ".", false},
		{"server.example", "server.example..", false},
		{"server.example.", "server.example", false}, // no name in a certificate ends so
		{".example", "a.example", false},
		{"", "", false},
		{"*.example.com", "example.com", false},
		{"*.example.com", "a.b.example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "*.example.com", false},
		{"*.com", "example.com", false},
		{"*", "server", false},
		{"*.", "server.", false},
		{"*.*.example.com", "a.b.example.com", false},
		{"a.*.example.com", "a.b.example.com", false},
		{"a*.example.com", "ab.example.com", false},
		{"*a.example.com", "ba.example.com", false},
		{"a*b.example.com", "acb.example.com", false},
		{"xn--*.example.com", "xn--bcher-kva.example.com", false},
		{"server.example\x00.evil.example", "server.example", false},
		{"server.example ", "server.example", false},
		{"common.other", "common.example", false}, // the common name does not count
	} {
		if got := named(t, dnsName(test.in)).HasDNS(test.host); got != test.want {
			t.Errorf("%q for %q: %v", test.in, test.host, got)
		}
	}
	if named(t, uriName("coap://server.example"), generalName(1, []byte("a@server.example"))).HasDNS("server.example") {
		t.Error("names of other forms are DNS names")
	}
	if !named(t, uriName("coap://a.example"), dnsName("b.example"), dnsName("c.example")).HasDNS("c.example") {
		t.Error("the last of several is not found")
	}
	leaf := certtest.Leaf("common.example", suite.KeyP256, nil)
	if parsed, err := parse(leaf.DER); err != nil || parsed[0].HasDNS("common.example") {
		t.Errorf("the common name counts without alternative names (%v)", err)
	}
	// The Kelvin sign is a k to who folds all of Unicode.
	if named(t, dnsName("k.example")).HasDNS("\u212a.example") {
		t.Error("a letter beyond ASCII is folded")
	}
}

// TestIsHost has what can be a DNS name to look for.
func TestIsHost(t *testing.T) {
	for text, want := range map[string]bool{
		"server.example": true, "server.example.": true, "localhost": true, "xn--bcher-kva.example": true, "_a.example": true,
		"": false, ".": false, "a..b": false, ".a": false, "*.example": false, "a*.example": false, "coap://a": false, "a:80": false, "a/b": false,
		"a@b": false, "a b": false, "b\u00fccher.example": false, "192.0.2.1": false, "::1": false, "a\x00": false,
	} {
		if pkix.IsHost(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestHasIP has RFC 9525 section 6.5.
func TestHasIP(t *testing.T) {
	v4, v6 := []byte{192, 0, 2, 1}, netip.MustParseAddr("2001:db8::1").AsSlice()
	mapped := netip.MustParseAddr("::ffff:192.0.2.1").AsSlice()
	for _, test := range []struct {
		in   []byte
		host string
		want bool
	}{
		{v4, "192.0.2.1", true},
		{v4, "::ffff:192.0.2.1", true},
		{v6, "2001:db8::1", true},
		{v6, "2001:DB8:0:0::1", true},
		{v6, "2001:db8::1%eth0", true},
		{v4, "192.0.2.2", false},
		{v6, "2001:db8::2", false},
		{mapped, "192.0.2.1", false}, // IPv4 has 4 bytes in a certificate (RFC 5280)
		{mapped, "::ffff:192.0.2.1", false},
	} {
		if got := named(t, generalName(7, test.in)).HasIP(netip.MustParseAddr(test.host)); got != test.want {
			t.Errorf("%x for %s: %v", test.in, test.host, got)
		}
	}
	if named(t, dnsName("192.0.2.1"), uriName("coap://192.0.2.1")).HasIP(netip.MustParseAddr("192.0.2.1")) {
		t.Error("an address as text is one")
	}
	if named(t, generalName(7, v4)).HasIP(netip.Addr{}) {
		t.Error("no address is one")
	}
}

// TestHasURI has RFC 9525 section 6.4, and URNs.
func TestHasURI(t *testing.T) {
	for _, test := range []struct {
		in, uri string
		want    bool
	}{
		{"coap://a.example/path", "coap://a.example", true},
		{"COAP://A.example", "coap://a.EXAMPLE/other?x", true},
		{"coap://a.example:5683", "coap://a.example", true},
		{"urn:dev:ow:10e2073a01080063", "urn:dev:ow:10e2073a01080063", true},
		{"mailto:a@b.example", "mailto:a@b.example", true},

		{"coap://a.example", "coaps://a.example", false},
		{"coap://a.example", "coap://b.example", false},
		{"coap://a.example", "coap://a.example.com", false},
		{"coap://*.example.com", "coap://a.example.com", false},
		{"coap://a.example@b.example", "coap://a.example", false},
		{"coap://b.example/a.example", "coap://a.example", false},
		{"coap://b.example#coap://a.example", "coap://a.example", false},
		{"urn:dev:ow:10e2073a01080063", "urn:dev:ow:10E2073A01080063", false},
		{"urn:dev:ow:10e2073a01080063", "urn:dev:ow:10e2073a0108006", false},
		{"urn:dev:ow:1", "coap://a.example", false},
		{"coap://k.example", "coap://\u212a.example", false},
	} {
		if got := named(t, uriName(test.in)).HasURI(test.uri); got != test.want {
			t.Errorf("%q for %q: %v", test.in, test.uri, got)
		}
	}
	if named(t, dnsName("a.example")).HasURI("coap://a.example") {
		t.Error("a DNS name is a URI")
	}
	if named(t, uriName("coap://a.example")).HasURI("%zz") {
		t.Error("what is no URI is one")
	}
}

// TestHasEUI64 has both forms of a device's address.
func TestHasEUI64(t *testing.T) {
	address := [8]byte{0x00, 0x24, 0xbe, 0xff, 0xfe, 0x80, 0x4f, 0xf1}
	digits := hex.EncodeToString(address[:])
	mac := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 12}
	octets := append([]byte{4, 8}, address[:]...)
	for name, test := range map[string]struct {
		in   asn1.RawValue
		want bool
	}{
		"MAC address":              {macName(address[:]...), true},
		"URN":                      {uriName("urn:dev:mac:" + digits), true},
		"URN in capitals":          {uriName("URN:DEV:MAC:0024BEFFFE804FF1"), true},
		"another MAC address":      {macName(0x00, 0x24, 0xbe, 0xff, 0xfe, 0x80, 0x4f, 0xf2), false},
		"of 6 bytes":               {macName(address[:6]...), false},
		"of 9 bytes":               {macName(append(address[:], 0)...), false},
		"empty":                    {macName(), false},
		"another otherName":        {otherName(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 11}, octets), false},
		"no octet string":          {otherName(mac, append([]byte{0x0c, 8}, address[:]...)), false},
		"bytes after it":           {otherName(mac, append(octets[:10:10], 5, 0)), false},
		"not explicit":             {generalName(0, append([]byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 8, 12}, octets...)[:10]), false},
		"another URN":              {uriName("urn:dev:mac:0024befffe804ff2"), false},
		"URN with groups":          {uriName("urn:dev:mac:00-24-be-ff-fe-80-4f-f1"), false},
		"URN with more":            {uriName("urn:dev:mac:" + digits + "_x"), false},
		"URN of another namespace": {uriName("urn:dev:ow:" + digits), false},
		"as a DNS name":            {dnsName(digits), false},
	} {
		if got := named(t, test.in).HasEUI64(address); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestHasNameOfC509: a certificate has the same names in both of its forms.
func TestHasNameOfC509(t *testing.T) {
	root := certtest.Root("Root", suite.KeyP256)
	leaf := certtest.Leaf("Device", suite.KeyP256, root, func(s *certtest.Spec) { s.DNSNames = []string{"a.example"} })
	compact, err := c509.FromX509(leaf.DER)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pkix.ParseC509(compact)
	if err != nil {
		t.Fatal(err)
	}
	if !certificate.HasDNS("a.example") || certificate.HasDNS("b.example") {
		t.Error("the C509 form has other names")
	}
}

// TestNameTextCannotImitate: what a name says as text, no other name says.
func TestNameTextCannotImitate(t *testing.T) {
	texts := make(map[string]string)
	for _, common := range []string{
		"a", "a,O=b", `a\,O=b`, `a\2cO=b`, "a+O=b", "a\nO=b", `a\0aO=b`, `a\\0aO=b`, "a\u202eb", `a\e2\80\aeb`, "a\u2066b", "a\x7f", `a\7f`,
		"a\u00a0", "\u0430", " a", "a ", "#61", `a"`, "a;b", "a<b>", "a\x00",
	} {
		der, err := asn1.Marshal(x509pkix.Name{CommonName: common}.ToRDNSequence())
		if err != nil {
			t.Fatal(err)
		}
		text := pkix.NameText(der)
		if other, ok := texts[text]; ok {
			t.Errorf("%q and %q are both %s", common, other, text)
		}
		texts[text] = common
		for _, r := range text {
			if r < ' ' || r == 0x7f || r >= 0x2028 && r <= 0x206f {
				t.Errorf("%q is shown with %U", common, r)
			}
		}
	}
	two, _ := asn1.Marshal(x509pkix.Name{CommonName: "a", Organization: []string{"b"}}.ToRDNSequence())
	if other, ok := texts[pkix.NameText(two)]; ok {
		t.Errorf("a name of two parts is shown as %q is", other)
	}
	for _, text := range []string{"a\nb", "\x1b[2J", "a\u202eb", "\xff", "\u200b"} {
		if shown := pkix.Printable(text); shown == text || pkix.Printable(shown) == shown {
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
}

// TestPurpose: the extended key usage that is asked for, of end entity and issuers.
func TestPurpose(t *testing.T) {
	server, client, own := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}
	uses := func(list ...x509.ExtKeyUsage) certtest.Edit { return func(s *certtest.Spec) { s.ExtKeyUsage = list } }
	custom := func(s *certtest.Spec) { s.UnknownExtKeyUsage = []asn1.ObjectIdentifier{own} }
	both := func(s *certtest.Spec) { custom(s); s.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }
	for _, test := range []struct {
		name        string
		inter, leaf certtest.Edit
		purpose     asn1.ObjectIdentifier
		good        bool
	}{
		{"server", nothing, uses(x509.ExtKeyUsageServerAuth), server, true},
		{"client and server", nothing, uses(x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth), server, true},
		{"one's own", nothing, custom, own, true},
		{"one's own, beside another", nothing, both, own, true},
		{"the issuer is for it", uses(x509.ExtKeyUsageServerAuth), uses(x509.ExtKeyUsageServerAuth), server, true},
		{"the issuer is for anything", uses(x509.ExtKeyUsageAny), custom, own, true},
		{"nothing is asked", nothing, nothing, nil, true},

		{"a client as server", nothing, uses(x509.ExtKeyUsageClientAuth), server, false},
		{"a server as client", nothing, uses(x509.ExtKeyUsageServerAuth), client, false},
		{"no extension", nothing, nothing, server, false},
		{"any", nothing, uses(x509.ExtKeyUsageAny), server, false},
		{"something else", nothing, uses(x509.ExtKeyUsageEmailProtection), server, false},
		{"one's own as server", nothing, custom, server, false},
		{"a server as one's own", nothing, uses(x509.ExtKeyUsageServerAuth), own, false},
		{"the issuer is for clients", uses(x509.ExtKeyUsageClientAuth), uses(x509.ExtKeyUsageServerAuth), server, false},
		{"the issuer is for servers", uses(x509.ExtKeyUsageServerAuth), custom, own, false},
		{"only the issuer is for it", uses(x509.ExtKeyUsageServerAuth), nothing, server, false},
		{"one's own, and nothing is asked", nothing, custom, nil, false},
	} {
		root := certtest.Root("Root", suite.KeyP256)
		inter := certtest.CA("Intermediate", suite.KeyP256, root, test.inter)
		leaf := certtest.Leaf("Device", suite.KeyP256, inter, test.leaf)
		chain, err := parse(leaf.DER, inter.DER)
		if err != nil {
			t.Fatal(err)
		}
		_, err = trusting(root).Verify(chain, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature, Purpose: test.purpose})
		if test.good != (err == nil) || err != nil && certtest.ErrorName(err) != certtest.ErrorName(pkix.ErrKeyUsage) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
