package certtest

import (
	"bytes"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"

	"github.com/liblake/lake/ake/internal/pkix"
)

func (t *table) authority() {
	for name, edit := range map[string]Edit{
		"says that it is no CA":    notCA,
		"has no basic constraints": noConstraints,
		"is of version 1":          version1,
	} {
		inter := CA("No authority", ed25519, t.root, edit, usage(x509.KeyUsageCertSign))
		t.bad("an intermediate "+name, pkix.ErrNotCA, setup{leaf: Leaf("Device", ed25519, inter), via: list(inter)})
	}
	device := t.leaf()
	t.bad("an end entity issues another", pkix.ErrNotCA, setup{leaf: Leaf("Device of a device", ed25519, device), via: list(device, t.inter)})
	noCA := Root("No authority", ed25519, notCA)
	t.bad("the anchor says that it is no CA", pkix.ErrNotCA, setup{leaf: Leaf("Device", ed25519, noCA), anchors: list(noCA)})
	unsaid := Root("No authority", ed25519, noConstraints)
	t.bad("the anchor has no basic constraints", pkix.ErrNotCA, setup{leaf: Leaf("Device", ed25519, unsaid), anchors: list(unsaid)})
	old := Root("Version 1", ed25519, version1)
	t.good("the anchor is of version 1", setup{leaf: Leaf("Device", ed25519, old), anchors: list(old)})
	t.good("the end entity is of version 1", setup{leaf: t.leaf(version1), via: list(t.inter)})
	t.good("the end entity is an authority", setup{
		leaf: CA("Device", ed25519, t.root, usage(x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature))})
}

func (t *table) pathLengths() {
	root0, root1 := Root("Root 0", ed25519, pathLength(0)), Root("Root 1", ed25519, pathLength(1))
	t.good("path length 0, no intermediate", setup{leaf: Leaf("Device", ed25519, root0), anchors: list(root0)})
	below0, below1 := CA("Below 0", ed25519, root0), CA("Below 1", ed25519, root1)
	t.bad("path length 0 of the anchor, one intermediate", pkix.ErrPathLength,
		setup{leaf: Leaf("Device", ed25519, below0), via: list(below0), anchors: list(root0)})
	t.good("path length 1 of the anchor, one intermediate",
		setup{leaf: Leaf("Device", ed25519, below1), via: list(below1), anchors: list(root1)})
	second := CA("Second below 1", ed25519, below1)
	t.bad("path length 1 of the anchor, two intermediates", pkix.ErrPathLength,
		setup{leaf: Leaf("Device", ed25519, second), via: list(second, below1), anchors: list(root1)})
	inter0 := CA("Intermediate 0", ed25519, t.root, pathLength(0))
	t.good("path length 0 of the last intermediate", setup{leaf: Leaf("Device", ed25519, inter0), via: list(inter0)})
	below := CA("Below intermediate 0", ed25519, inter0)
	t.bad("path length 0 of an intermediate, another below", pkix.ErrPathLength,
		setup{leaf: Leaf("Device", ed25519, below), via: list(below, inter0)})
	rekeyed := CA("Intermediate 0", ed25519, inter0)
	t.good("a self-issued intermediate does not count", setup{leaf: Leaf("Device", ed25519, rekeyed), via: list(rekeyed, inter0)})
	t.good("an end entity that is an authority does not count",
		setup{leaf: CA("Device", ed25519, root0, usage(x509.KeyUsageDigitalSignature)), anchors: list(root0)})
}

func (t *table) usages() {
	for _, u := range []struct {
		name  string
		leaf  *Entity
		usage pkix.Usage
		want  error
	}{
		{"keyAgreement, used to sign", Leaf("Device", p256, t.root, usage(x509.KeyUsageKeyAgreement)), pkix.UsageSignature, pkix.ErrKeyUsage},
		{"digitalSignature, used for Diffie-Hellman", Leaf("Device", p256, t.root), pkix.UsageKeyAgreement, pkix.ErrKeyUsage},
		{"keyCertSign only, used to sign", CA("Device", p256, t.root), pkix.UsageSignature, pkix.ErrKeyUsage},
		{"keyEncipherment only, used for Diffie-Hellman", Leaf("Device", p256, t.root, usage(x509.KeyUsageKeyEncipherment)), pkix.UsageKeyAgreement, pkix.ErrKeyUsage},
		{"both, used to sign", Leaf("Device", p256, t.root, usage(x509.KeyUsageDigitalSignature|x509.KeyUsageKeyAgreement)), pkix.UsageSignature, nil},
		{"both, used for Diffie-Hellman", Leaf("Device", p256, t.root, usage(x509.KeyUsageDigitalSignature|x509.KeyUsageKeyAgreement)), pkix.UsageKeyAgreement, nil},
		{"unsaid, used to sign", Leaf("Device", p256, t.root, usage(0)), pkix.UsageSignature, nil},
		{"unsaid, used for Diffie-Hellman", Leaf("Device", p256, t.root, usage(0)), pkix.UsageKeyAgreement, nil},
		{"no bit at all, used to sign", Leaf("Device", p256, t.root, usage(0), extension(true, []byte{3, 1, 0}, 2, 5, 29, 15)), pkix.UsageSignature, pkix.ErrKeyUsage},
	} {
		t.add("key usage: "+u.name, u.want, setup{leaf: u.leaf, usage: u.usage})
	}
	inter := CA("Signs nothing", ed25519, t.root, usage(x509.KeyUsageDigitalSignature))
	t.bad("key usage: an intermediate without keyCertSign", pkix.ErrKeyUsage, setup{leaf: Leaf("Device", ed25519, inter), via: list(inter)})
	root := Root("Signs nothing", ed25519, usage(x509.KeyUsageCRLSign))
	t.bad("key usage: an anchor without keyCertSign", pkix.ErrKeyUsage, setup{leaf: Leaf("Device", ed25519, root), anchors: list(root)})
	silent := CA("Says nothing", ed25519, t.root, usage(0))
	t.good("key usage: an intermediate without the extension", setup{leaf: Leaf("Device", ed25519, silent), via: list(silent)})

	t.good("purpose: clientAuth", setup{leaf: t.leaf(purposes(x509.ExtKeyUsageClientAuth)), via: list(t.inter)})
	t.good("purpose: serverAuth and codeSigning", setup{leaf: t.leaf(purposes(x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageServerAuth)), via: list(t.inter)})
	t.good("purpose: any", setup{leaf: t.leaf(purposes(x509.ExtKeyUsageAny)), via: list(t.inter)})
	t.bad("purpose: codeSigning", pkix.ErrKeyUsage, setup{leaf: t.leaf(purposes(x509.ExtKeyUsageCodeSigning)), via: list(t.inter)})
	t.bad("purpose: unknown", pkix.ErrKeyUsage, setup{leaf: t.leaf(unknownPurpose), via: list(t.inter)})
	mail := CA("Mail", ed25519, t.root, purposes(x509.ExtKeyUsageEmailProtection))
	t.bad("purpose: an intermediate for mail", pkix.ErrKeyUsage, setup{leaf: Leaf("Device", ed25519, mail), via: list(mail)})

	// Purposes are those that all certificates of a path have.
	const client, server, code = x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageCodeSigning
	clients := CA("Clients", ed25519, t.root, purposes(client))
	both := CA("Both", ed25519, t.root, purposes(client, server, code))
	anything := CA("Anything", ed25519, clients, purposes(x509.ExtKeyUsageAny))
	silentBelow := CA("Silent below", ed25519, clients)
	for _, p := range []struct {
		name  string
		want  error
		leaf  Edit
		above []*Entity
	}{
		{"clientAuth below clientAuth", nil, purposes(client), list(clients)},
		{"both below clientAuth", nil, purposes(server, client), list(clients)},
		{"none below clientAuth", nil, purposes(), list(clients)},
		{"any below clientAuth", nil, purposes(x509.ExtKeyUsageAny), list(clients)},
		{"serverAuth below both", nil, purposes(server), list(both)},
		{"serverAuth below clientAuth", pkix.ErrKeyUsage, purposes(server), list(clients)},
		{"serverAuth and codeSigning below clientAuth", pkix.ErrKeyUsage, purposes(server, code), list(clients)},
		{"codeSigning below codeSigning and others", pkix.ErrKeyUsage, purposes(code), list(both)},
		{"serverAuth below any below clientAuth", pkix.ErrKeyUsage, purposes(server), list(anything, clients)},
		{"serverAuth below none below clientAuth", pkix.ErrKeyUsage, purposes(server), list(silentBelow, clients)},
	} {
		t.add("purposes: "+p.name, p.want, setup{leaf: Leaf("Device", ed25519, p.above[0], p.leaf), via: p.above})
	}
	forClients := Root("Root for clients", ed25519, purposes(client))
	t.bad("purposes: serverAuth, the anchor has clientAuth", pkix.ErrKeyUsage,
		setup{leaf: Leaf("Device", ed25519, forClients, purposes(server)), anchors: list(forClients)})
	servers := CA("Servers", ed25519, clients, purposes(server))
	t.bad("purposes: two intermediates have none in common", pkix.ErrKeyUsage,
		setup{leaf: Leaf("Device", ed25519, servers), via: list(servers, clients)})
}

func (t *table) extensions() {
	t.bad("critical extension: unknown, of the end entity", pkix.ErrCriticalExtension, setup{leaf: t.leaf(unknownExtension(true)), via: list(t.inter)})
	t.good("an unknown extension that is not critical", setup{leaf: t.leaf(unknownExtension(false)), via: list(t.inter)})
	inter := CA("Extended", ed25519, t.root, unknownExtension(true))
	t.bad("critical extension: unknown, of an intermediate", pkix.ErrCriticalExtension, setup{leaf: Leaf("Device", ed25519, inter), via: list(inter)})
	root := Root("Extended", ed25519, unknownExtension(true))
	t.bad("critical extension: unknown, of the anchor", pkix.ErrCriticalExtension, setup{leaf: Leaf("Device", ed25519, root), anchors: list(root)})
	policy := must(asn1.Marshal([][]asn1.ObjectIdentifier{{{1, 3, 6, 1, 4, 1, 99999, 4}}}))
	t.good("critical extension: certificate policies", setup{leaf: t.leaf(extension(true, policy, 2, 5, 29, 32)), via: list(t.inter)})
	demanding := CA("Demanding", ed25519, t.root, extension(true, []byte{0x30, 3, 0x80, 1, 0}, 2, 5, 29, 36))
	t.bad("critical extension: policy constraints", pkix.ErrCriticalExtension, setup{leaf: Leaf("Device", ed25519, demanding), via: list(demanding)})
	t.good("a critical name of a form without use", setup{
		leaf: t.leaf(extension(true, must(asn1.Marshal([]asn1.RawValue{directory(x509pkix.Name{CommonName: "x"})})), 2, 5, 29, 17)), via: list(t.inter)})
}

func (t *table) nameConstraints() {
	for _, n := range []struct {
		name       string
		constraint Edit
		leaf       Edit
		good       bool
	}{
		{"DNS permitted, the domain itself", permitDNS("example.com"), dns("example.com"), true},
		{"DNS permitted, below", permitDNS("example.com"), dns("a.b.Example.COM"), true},
		{"DNS permitted, another", permitDNS("example.com"), dns("example.org"), false},
		{"DNS permitted, similar", permitDNS("example.com"), dns("badexample.com"), false},
		{"DNS permitted, one of two", permitDNS("example.com"), dns("a.example.com", "example.org"), false},
		{"DNS permitted, two domains", permitDNS("example.com", "example.org"), dns("a.example.com", "example.org"), true},
		{"DNS permitted, asterisk", permitDNS("example.com"), dns("*.example.com"), true},
		{"DNS permitted, no such name", permitDNS("example.com"), email("a@example.org"), true},
		{"DNS permitted, no names", permitDNS("example.com"), dns(), true},
		{"DNS excluded, below", excludeDNS("example.com"), dns("a.example.com"), false},
		{"DNS excluded, another", excludeDNS("example.com"), dns("example.org"), true},
		{"DNS excluded, asterisk above", excludeDNS("a.example.com"), dns("*.example.com"), false},
		{"DNS excluded, trailing period", excludeDNS("example.com"), dns("a.example.com."), false},
		{"DNS excluded, all", excludeDNS(""), dns("example.com"), false},
		{"DNS permitted and excluded", all(permitDNS("example.com"), excludeDNS("a.example.com")), dns("b.a.example.com"), false},
		{"IP permitted", permitIP("192.0.2.0/24"), ip("192.0.2.7"), true},
		{"IP permitted, another", permitIP("192.0.2.0/24"), ip("192.0.3.7"), false},
		{"IP permitted, version 6", permitIP("2001:db8::/32"), ip("2001:db8::7"), true},
		{"IP permitted, the other version", permitIP("192.0.2.0/24"), ip("2001:db8::7"), false},
		{"IP excluded", excludeIP("192.0.2.0/24"), ip("192.0.2.7"), false},
		{"IP excluded, another", excludeIP("192.0.2.0/24"), ip("192.0.3.7"), true},
		{"mail permitted, host", permitEmail("example.com"), email("a@Example.com"), true},
		{"mail permitted, host below", permitEmail("example.com"), email("a@b.example.com"), false},
		{"mail permitted, domain", permitEmail(".example.com"), email("a@b.example.com"), true},
		{"mail permitted, address", permitEmail("a@example.com"), email("a@example.com"), true},
		{"mail permitted, another address", permitEmail("a@example.com"), email("b@example.com"), false},
		{"mail excluded", excludeEmail("example.com"), email("a@example.com"), false},
		{"mail excluded, in the subject", excludeEmail("example.com"), subject(x509pkix.Name{CommonName: "Device", ExtraNames: []x509pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@example.com"}}}), false},
		{"URI permitted, host", permitURI("example.com"), uri("coap://example.com:5683/x"), true},
		{"URI permitted, another host", permitURI("example.com"), uri("coap://example.org/x"), false},
		{"URI permitted, domain", permitURI(".example.com"), uri("coap://a.example.com/x"), true},
		{"URI permitted, domain, the host itself", permitURI(".example.com"), uri("coap://example.com/x"), false},
		{"URI permitted, no host", permitURI("example.com"), uri("urn:dev:mac:0024befffe804ff1"), false},
		{"URI permitted, address", permitURI("example.com"), uri("coap://192.0.2.1/"), false},
		{"URI excluded", excludeURI("example.com"), uri("coap://example.com/"), false},
		{"URI excluded, another", excludeURI("example.com"), uri("coap://example.org/"), true},
	} {
		inter := CA("Constrained", ed25519, t.root, n.constraint)
		want := pkix.ErrNameConstraints
		if n.good {
			want = nil
		}
		t.add("name constraints: "+n.name, want, setup{leaf: Leaf("Device", ed25519, inter, n.leaf), via: list(inter)})
	}

	root := Root("Constrained root", ed25519, permitDNS("example.com"))
	t.bad("name constraints: of the anchor", pkix.ErrNameConstraints, setup{leaf: Leaf("Device", ed25519, root, dns("example.org")), anchors: list(root)})
	upper := CA("Upper", ed25519, t.root, permitDNS("example.com"))
	lower := CA("Lower", ed25519, upper, permitDNS("example.org"))
	t.bad("name constraints: of two issuers, one met", pkix.ErrNameConstraints,
		setup{leaf: Leaf("Device", ed25519, lower, dns("example.org")), via: list(lower, upper)})
	named := CA("Named", ed25519, upper, dns("example.org"))
	t.bad("name constraints: an intermediate has the name", pkix.ErrNameConstraints,
		setup{leaf: Leaf("Device", ed25519, named), via: list(named, upper)})
	rekeyed := CA("Upper", ed25519, upper, dns("example.org"))
	t.good("name constraints: a self-issued intermediate has the name", setup{leaf: Leaf("Device", ed25519, rekeyed), via: list(rekeyed, upper)})
}

func (t *table) directoryNames() {
	acme := x509pkix.Name{Country: []string{"SE"}, Organization: []string{"Acme"}}
	device := x509pkix.Name{Country: []string{"SE"}, Organization: []string{"ACME "}, CommonName: "Device"}
	other := x509pkix.Name{Country: []string{"SE"}, Organization: []string{"Acme Limited"}, CommonName: "Device"}
	for _, n := range []struct {
		name       string
		constraint Edit
		leaf       x509pkix.Name
		want       error
	}{
		{"permitted", constrain(0, directory(acme)), device, nil},
		{"permitted, another", constrain(0, directory(acme)), other, pkix.ErrNameConstraints},
		{"permitted, shorter", constrain(0, directory(acme)), x509pkix.Name{Country: []string{"SE"}}, pkix.ErrNameConstraints},
		{"excluded", constrain(1, directory(acme)), device, pkix.ErrNameConstraints},
		{"excluded, another", constrain(1, directory(acme)), other, nil},
		{"a form that is not supported", constrain(0, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 8, Bytes: []byte{42, 3}}), device, pkix.ErrCriticalExtension},
		{"a minimum", constrain(0, directory(acme), asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: []byte{1}}), device, pkix.ErrCriticalExtension},
	} {
		inter := CA("Constrained", ed25519, t.root, n.constraint)
		t.add("directory name constraints: "+n.name, n.want, setup{leaf: Leaf("", ed25519, inter, subject(n.leaf)), via: list(inter)})
	}
}

func replace(der []byte, old, with string) []byte {
	if len(old) != len(with) || !bytes.Contains(der, []byte(old)) {
		panic("certtest: cannot replace " + old)
	}
	return bytes.Replace(der, []byte(old), []byte(with), 1)
}
