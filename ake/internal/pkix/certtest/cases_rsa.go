package certtest

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// rsaIssuers: authorities with RSA keys above end entities with keys of EDHOC.
func (t *table) rsaIssuers() {
	for _, bits := range []int{2048, 3072, 4096} {
		root := Root("RSA root", ed25519, RSA(bits))
		t.good(fmt.Sprintf("RSA: a root of %d bits", bits), setup{leaf: Leaf("Device", p256, root), anchors: list(root)})
	}
	root := Root("RSA root", ed25519, RSA(2048))
	for _, kind := range []suite.KeyKind{p256, p384, ed25519, ed448, x25519, x448} {
		t.good(fmt.Sprintf("RSA: an end entity with a key of %v", kind), setup{leaf: Leaf("Device", kind, root), anchors: list(root)})
	}
	agrees := Leaf("Device", p256, root, usage(x509.KeyUsageKeyAgreement))
	t.good("RSA: a static Diffie-Hellman key of P-256", setup{leaf: agrees, anchors: list(root), usage: pkix.UsageKeyAgreement})

	rsaByRSA := CA("RSA below RSA", ed25519, root, RSA(2048, 1))
	ecByRSA := CA("EC below RSA", p256, root)
	rsaByEC := CA("RSA below EC", ed25519, t.root, RSA(2048, 1))
	rsaByECByRSA := CA("RSA below EC below RSA", ed25519, ecByRSA, RSA(3072))
	for _, c := range []struct {
		name   string
		issuer *Entity
		via    []*Entity
		anchor *Entity
	}{
		{"RSA below RSA", rsaByRSA, list(rsaByRSA), root},
		{"EC below RSA", ecByRSA, list(ecByRSA), root},
		{"RSA below EC", rsaByEC, list(rsaByEC), t.root},
		{"RSA below EC below RSA", rsaByECByRSA, list(rsaByECByRSA, ecByRSA), root},
	} {
		leaf := Leaf("Device", p256, c.issuer)
		t.good("RSA: "+c.name, setup{leaf: leaf, via: c.via, anchors: list(c.anchor)})
		t.good("RSA: "+c.name+", with the anchor", setup{leaf: leaf, via: append(c.via, c.anchor), anchors: list(c.anchor)})
		t.good("RSA: "+c.name+", the receiver's", setup{leaf: leaf, own: c.via, anchors: list(c.anchor)})
		t.good("RSA: "+c.name+", in a bag", setup{leaf: leaf, via: append(list(c.anchor), c.via...), anchors: list(c.anchor), bag: true})
		t.bad("RSA: "+c.name+", left out", pkix.ErrUnknownIssuer, setup{leaf: leaf, anchors: list(c.anchor)})
	}
	t.good("RSA: an intermediate is the anchor", setup{leaf: Leaf("Device", p256, rsaByEC), anchors: list(rsaByEC)})
	t.bad("RSA: an unknown root that comes along", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", p256, root), via: list(root)})
	other := Root("Bare RSA root", ed25519, RSA(2048), noKeyID)
	namesake := Root("Bare RSA root", ed25519, RSA(2048, 1), noKeyID)
	t.bad("RSA: a root of the same name with another key", pkix.ErrBadSignature, setup{leaf: Leaf("Device", p256, other), anchors: list(namesake)})
	curved := Root("Bare RSA root", p256, noKeyID)
	t.bad("RSA: a root of the same name with a key of P-256", pkix.ErrBadSignature, setup{leaf: Leaf("Device", p256, other), anchors: list(curved)})
	t.bad("RSA: the root has another key, of P-256 signs", pkix.ErrBadSignature, setup{leaf: Leaf("Device", p256, curved), anchors: list(other)})

	before := Now.Add(-time.Hour)
	for _, c := range []struct {
		name string
		edit Edit
		want error
	}{
		{"says that it is no CA", notCA, pkix.ErrNotCA},
		{"has no basic constraints", noConstraints, pkix.ErrNotCA},
		{"must not sign certificates", usage(x509.KeyUsageDigitalSignature), pkix.ErrKeyUsage},
		{"has expired", validUntil(before), pkix.ErrExpired},
		{"has an unknown critical extension", unknownExtension(true), pkix.ErrCriticalExtension},
		{"permits other names", permitDNS("example.org"), pkix.ErrNameConstraints},
	} {
		named := dns("device.example.com")
		inter := CA("RSA intermediate", ed25519, root, RSA(2048, 1), c.edit)
		t.bad("RSA: an intermediate "+c.name, c.want, setup{leaf: Leaf("Device", p256, inter, named), via: list(inter), anchors: list(root)})
		anchor := Root("RSA anchor", ed25519, RSA(2048), c.edit)
		t.bad("RSA: an anchor "+c.name, c.want, setup{leaf: Leaf("Device", p256, anchor, named), anchors: list(anchor)})
	}
	root0 := Root("RSA root 0", ed25519, RSA(2048), pathLength(0))
	below := CA("Below RSA root 0", ed25519, root0, RSA(2048, 1))
	t.good("RSA: path length 0 of the anchor, no intermediate", setup{leaf: Leaf("Device", p256, root0), anchors: list(root0)})
	t.bad("RSA: path length 0 of the anchor, one intermediate", pkix.ErrPathLength,
		setup{leaf: Leaf("Device", p256, below), via: list(below), anchors: list(root0)})
}

// rsaSignatures: schemes, and what is wrong with a signature.
func (t *table) rsaSignatures() {
	root := Root("RSA root", ed25519, RSA(2048))
	by := func(r RSAScheme, edits ...Edit) setup {
		return setup{leaf: Leaf("Device", p256, root, append(edits, SignedAs(r))...), anchors: list(root)}
	}
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		for name, r := range map[string]RSAScheme{
			"PKCS #1":                     {Hash: hash},
			"PSS":                         {Hash: hash, PSS: true},
			"PSS with a salt of 20 bytes": {Hash: hash, PSS: true, Salt: 20},
			"PSS with the longest salt":   {Hash: hash, PSS: true, Salt: 2048/8 - 2 - hash.Size()},
		} {
			name = fmt.Sprintf("RSA: %s, %v", name, hash)
			t.good(name, by(r))
			t.bad(name+", bad signature", pkix.ErrBadSignature, by(r, broken(flipLast)))
			t.bad(name+", the name was altered", pkix.ErrBadSignature,
				by(r, broken(func(der []byte) []byte { return replace(der, "Device", "Devise") })))
		}
	}
	pkcs1, pss := RSAScheme{}, RSAScheme{PSS: true}
	t.bad("RSA: PKCS #1 is said to have another hash", pkix.ErrBadSignature, by(pkcs1, says(1, 2, 840, 113549, 1, 1, 12)))
	t.bad("RSA: PSS is said to be PKCS #1", pkix.ErrBadSignature, by(pss, says(1, 2, 840, 113549, 1, 1, 11)))
	t.bad("RSA: PKCS #1 is said to be PSS, without parameters", pkix.ErrAlgorithm, by(pkcs1, says(1, 2, 840, 113549, 1, 1, 10)))
	t.bad("RSA: it is said to be ECDSA", pkix.ErrBadSignature, by(pkcs1, says(1, 2, 840, 10045, 4, 3, 2)))
	t.bad("RSA: it is said to be Ed448", pkix.ErrBadSignature, by(pkcs1, says(1, 3, 101, 113)))
	ecdsa := Root("Root of P-256", p256)
	t.bad("RSA: it is ECDSA in truth", pkix.ErrBadSignature, setup{
		leaf: Leaf("Device", p256, ecdsa, says(1, 2, 840, 113549, 1, 1, 11)), anchors: list(ecdsa)})
	t.bad("RSA: PSS with another hash in its mask", pkix.ErrAlgorithm, by(RSAScheme{PSS: true, Mask: crypto.SHA512}))
	empty := by(pkcs1)
	empty.leaf = Leaf("Device", p256, root, broken(func(der []byte) []byte { return signatureOf(der, 0) }))
	t.bad("RSA: the signature is zero", pkix.ErrBadSignature, empty)
}

// rsaWeak: what is too weak to be believed.
func (t *table) rsaWeak() {
	root := Root("RSA root", ed25519, RSA(2048))
	for _, r := range []RSAScheme{{Hash: crypto.SHA1}, {Hash: crypto.MD5}, {Hash: crypto.SHA1, PSS: true}} {
		name := fmt.Sprintf("PKCS #1, %v", r.Hash)
		if r.PSS {
			name = fmt.Sprintf("PSS, %v", r.Hash)
		}
		t.bad("RSA: "+name, pkix.ErrAlgorithm, setup{leaf: Leaf("Device", p256, root, SignedAs(r)), anchors: list(root)})
		inter := CA("Intermediate", p256, root, SignedAs(r))
		t.bad("RSA: "+name+", of an intermediate", pkix.ErrAlgorithm, setup{leaf: Leaf("Device", p256, inter), via: list(inter), anchors: list(root)})
		old := Root("Old RSA root", ed25519, RSA(2048), SignedAs(r))
		t.good("RSA: "+name+", only of the anchor itself", setup{leaf: Leaf("Device", p256, old), anchors: list(old)})
	}
	for _, bits := range []int{1024, 2046} {
		small := CA("Small", ed25519, root, RSA(bits))
		t.bad(fmt.Sprintf("RSA: an intermediate of %d bits", bits), pkix.ErrAlgorithm,
			setup{leaf: Leaf("Device", p256, small), via: list(small), anchors: list(root)})
		t.bad(fmt.Sprintf("RSA: an intermediate of %d bits, in a bag", bits), pkix.ErrAlgorithm,
			setup{leaf: Leaf("Device", p256, small), via: list(root, small), anchors: list(root), bag: true})
	}
}

// rsaEndEntities: EDHOC has no method for an RSA key.
func (t *table) rsaEndEntities() {
	root := Root("RSA root", ed25519, RSA(2048))
	device := Leaf("RSA device", ed25519, root, RSA(2048, 1))
	t.bad("RSA: the end entity, below RSA", pkix.ErrKeyKind, setup{leaf: device, anchors: list(root)})
	t.bad("RSA: the end entity, below EC", pkix.ErrKeyKind,
		setup{leaf: Leaf("RSA device", ed25519, t.inter, RSA(2048, 1)), via: list(t.inter)})
	t.bad("RSA: the end entity, in a bag", pkix.ErrKeyKind, setup{leaf: device, via: list(root), anchors: list(root), bag: true})
	t.bad("RSA: the end entity is the anchor", pkix.ErrKeyKind, setup{leaf: device, anchors: list(device)})
	t.bad("RSA: the end entity for key agreement", pkix.ErrKeyKind, setup{
		leaf:    Leaf("RSA device", x25519, root, RSA(2048, 1)),
		anchors: list(root)})
	t.bad("RSA: the end entity of a stranger", pkix.ErrUnknownIssuer, setup{leaf: device})
	t.good("RSA: somebody else's end entity in the bag", setup{
		leaf: Leaf("Device", p256, root), via: list(device), anchors: list(root), bag: true})
}

// signatureOf replaces all bytes of the signature of RSA-2048.
func signatureOf(der []byte, b byte) []byte {
	for i := len(der) - 2048/8; i < len(der); i++ {
		der[i] = b
	}
	return der
}
