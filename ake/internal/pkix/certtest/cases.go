package certtest

import (
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"fmt"
	"time"

	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// Case is a chain as a peer sends it, who receives it, and what is to come of
// it.
type Case struct {
	Name          string
	Chain         [][]byte // the end entity first
	Bag           bool
	Anchors       [][]byte
	Intermediates [][]byte
	Time          time.Time
	Usage         pkix.Usage
	Depth         int               // 0: the default
	Key           *suite.PrivateKey // of the end entity
	Want          error             // nil: good
}

// setup is a Case as it is written below. What is left out is usual.
type setup struct {
	leaf    *Entity
	via     []*Entity // sent after it
	own     []*Entity // intermediates of the receiver
	anchors []*Entity // left out: the root
	bag     bool
	usage   pkix.Usage // left out: what the key can do, or signature
	time    time.Time  // left out: Now
	depth   int
	raw     [][]byte // replaces what is sent
}

// table collects the cases. Its root, and an intermediate below it, serve most.
type table struct {
	cases       []Case
	root, inter *Entity
}

// Cases makes all cases.
func Cases() []Case {
	root := Root("Root", ed25519)
	t := &table{root: root, inter: CA("Intermediate", ed25519, root)}
	t.keys()
	t.rsaIssuers()
	t.rsaSignatures()
	t.rsaWeak()
	t.rsaEndEntities()
	t.depth()
	t.anchors()
	t.dates()
	t.issuers()
	t.signatures()
	t.authority()
	t.pathLengths()
	t.usages()
	t.extensions()
	t.nameConstraints()
	t.directoryNames()
	t.order()
	t.crossSigned()
	t.garbage()
	return t.cases
}

func (t *table) good(name string, s setup)            { t.add(name, nil, s) }
func (t *table) bad(name string, want error, s setup) { t.add(name, want, s) }

func (t *table) add(name string, want error, s setup) {
	if s.anchors == nil {
		s.anchors = []*Entity{t.root}
	}
	if s.time.IsZero() {
		s.time = Now
	}
	if s.usage == 0 {
		s.usage = pkix.UsageSignature
		if kind := s.leaf.Key.Kind(); kind == x25519 || kind == x448 {
			s.usage = pkix.UsageKeyAgreement
		}
	}
	chain := append([][]byte{s.leaf.DER}, ders(s.via)...)
	if s.raw != nil {
		chain = s.raw
	}
	t.cases = append(t.cases, Case{
		Name: name, Chain: chain, Bag: s.bag, Anchors: ders(s.anchors), Intermediates: ders(s.own),
		Time: s.time, Usage: s.usage, Depth: s.depth, Key: s.leaf.Key, Want: want,
	})
}

func ders(entities []*Entity) [][]byte {
	var list [][]byte
	for _, entity := range entities {
		list = append(list, entity.DER)
	}
	return list
}

func list(entities ...*Entity) []*Entity { return entities }

// leaf makes an end entity below the intermediate.
func (t *table) leaf(edits ...Edit) *Entity { return Leaf("Device", ed25519, t.inter, edits...) }

func (t *table) keys() {
	for _, kind := range []suite.KeyKind{p256, p384, ed25519, ed448} {
		root := Root("Root of its own kind", kind)
		inter := CA("Intermediate of the same kind", kind, root)
		t.good(fmt.Sprintf("issuers with %v keys", kind), setup{leaf: Leaf("Device", kind, inter), via: list(inter), anchors: list(root)})
		t.bad(fmt.Sprintf("bad signature by a %v key", kind), pkix.ErrBadSignature,
			setup{leaf: Leaf("Device", kind, inter, broken(flipLast)), via: list(inter), anchors: list(root)})
		t.good(fmt.Sprintf("signature key of %v", kind), setup{leaf: Leaf("Device", kind, t.root)})
	}
	for _, kind := range []suite.KeyKind{p256, p384, x25519, x448} {
		t.good(fmt.Sprintf("static Diffie-Hellman key of %v", kind), setup{
			leaf: Leaf("Device", kind, t.root, usage(x509.KeyUsageKeyAgreement)), usage: pkix.UsageKeyAgreement})
	}
	root := Root("Mixed root", ed448)
	first := CA("Mixed first", p384, root)
	second := CA("Mixed second", p256, first)
	t.good("every issuer with another kind of key", setup{leaf: Leaf("Device", x448, second), via: list(second, first), anchors: list(root)})
}

func (t *table) depth() {
	ladder := list(t.root) // from the anchor down
	for i := 1; i <= 9; i++ {
		ladder = append(ladder, CA(fmt.Sprintf("Step %d", i), ed25519, ladder[i-1]))
	}
	chain := func(certificates int) setup {
		s := setup{leaf: Leaf("Device", ed25519, ladder[certificates-1])}
		for i := certificates - 1; i > 0; i-- {
			s.via = append(s.via, ladder[i])
		}
		return s
	}
	for n := 1; n <= 8; n++ {
		t.good(fmt.Sprintf("chain of %d below the anchor", n), chain(n))
	}
	t.bad("chain of 9, the limit is 8", pkix.ErrChainTooLong, chain(9))
	three, four, nine := chain(3), chain(4), chain(9)
	three.depth, four.depth, nine.depth = 3, 3, 9
	t.good("chain of 3, the limit is 3", three)
	t.bad("chain of 4, the limit is 3", pkix.ErrChainTooLong, four)
	t.good("chain of 9, the limit is 9", nine)
}

func (t *table) anchors() {
	leaf := t.leaf()
	t.good("the chain includes the anchor", setup{leaf: leaf, via: list(t.inter, t.root)})
	t.good("an intermediate is the anchor", setup{leaf: leaf, via: list(t.inter), anchors: list(t.inter)})
	t.good("the end entity is the anchor", setup{leaf: leaf, anchors: list(leaf)})
	selfSigned := Leaf("Self-signed", ed25519, nil)
	t.good("a self-signed end entity is the anchor", setup{leaf: selfSigned, anchors: list(selfSigned)})
	t.bad("a self-signed end entity is not the anchor", pkix.ErrUnknownIssuer, setup{leaf: selfSigned})
	t.bad("a pinned end entity has expired", pkix.ErrExpired,
		setup{leaf: selfSigned, anchors: list(selfSigned), time: NotAfter.Add(time.Second)})
	t.bad("no anchors", pkix.ErrUnknownIssuer, setup{leaf: leaf, via: list(t.inter, t.root), anchors: []*Entity{}})
	t.good("several anchors", setup{leaf: leaf, via: list(t.inter),
		anchors: list(Root("Other", p256), Root("Another", ed448), t.root)})
	renewed := Root("Root", ed25519, withKey(t.root))
	t.good("the anchor was renewed with the same key", setup{leaf: leaf, via: list(t.inter), anchors: list(renewed)})
	t.good("two anchors with the same name", setup{leaf: leaf, via: list(t.inter), anchors: list(Root("Root", ed25519), t.root)})
}

func (t *table) dates() {
	before, after := Now.Add(-time.Hour), Now.Add(time.Hour)
	t.bad("the end entity has expired", pkix.ErrExpired, setup{leaf: t.leaf(validUntil(before)), via: list(t.inter)})
	t.bad("the end entity is not yet valid", pkix.ErrNotYetValid, setup{leaf: t.leaf(validFrom(after)), via: list(t.inter)})
	expired := CA("Expired", ed25519, t.root, validUntil(before))
	t.bad("an intermediate has expired", pkix.ErrExpired, setup{leaf: Leaf("Device", ed25519, expired), via: list(expired)})
	early := CA("Early", ed25519, t.root, validFrom(after))
	t.bad("an intermediate is not yet valid", pkix.ErrNotYetValid, setup{leaf: Leaf("Device", ed25519, early), via: list(early)})
	oldRoot := Root("Old root", ed25519, validUntil(before))
	t.bad("the anchor has expired", pkix.ErrExpired, setup{leaf: Leaf("Device", ed25519, oldRoot), anchors: list(oldRoot)})
	newRoot := Root("New root", ed25519, validFrom(after))
	t.bad("the anchor is not yet valid", pkix.ErrNotYetValid, setup{leaf: Leaf("Device", ed25519, newRoot), anchors: list(newRoot)})
	t.good("the first second of the validity", setup{leaf: t.leaf(), via: list(t.inter), time: NotBefore})
	t.good("the last second of the validity", setup{leaf: t.leaf(), via: list(t.inter), time: NotAfter})
	t.bad("a second before the validity", pkix.ErrNotYetValid, setup{leaf: t.leaf(), via: list(t.inter), time: NotBefore.Add(-time.Second)})
	t.bad("a second after the validity", pkix.ErrExpired, setup{leaf: t.leaf(), via: list(t.inter), time: NotAfter.Add(time.Second)})
}

func (t *table) issuers() {
	leaf := t.leaf()
	stranger := Root("Stranger", ed25519)
	t.bad("an unknown issuer", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", ed25519, stranger)})
	t.bad("an unknown issuer that comes along", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", ed25519, stranger), via: list(stranger)})
	t.bad("the intermediate is missing", pkix.ErrUnknownIssuer, setup{leaf: leaf})
	t.good("the intermediate is the receiver's", setup{leaf: leaf, own: list(t.inter)})
	t.good("the intermediate is in the message and the receiver's", setup{leaf: leaf, via: list(t.inter), own: list(t.inter)})
	upper := CA("Upper", p256, t.root)
	lower := CA("Lower", ed448, upper)
	t.good("one intermediate is in the message and one the receiver's", setup{
		leaf: Leaf("Device", p256, lower), via: list(lower), own: list(upper)})
	t.bad("the issuer of the intermediate is missing", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", p256, lower), via: list(lower)})

	namesake := Root("Root", ed25519)
	t.bad("an issuer of the same name, with another key identifier", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", ed25519, namesake)})
	bare := Root("Bare root", ed25519, noKeyID)
	bareNamesake := Root("Bare root", ed25519, noKeyID)
	t.bad("an issuer of the same name, without key identifiers", pkix.ErrBadSignature,
		setup{leaf: Leaf("Device", ed25519, bareNamesake), anchors: list(bare)})
	impostor := Root("Bare root", p256, noKeyID)
	t.bad("an issuer of the same name, with another kind of key", pkix.ErrBadSignature,
		setup{leaf: Leaf("Device", ed25519, impostor), anchors: list(bare)})
	renamed := Root("Renamed", ed25519, withKey(t.root))
	t.bad("the right key under another name", pkix.ErrUnknownIssuer, setup{leaf: Leaf("Device", ed25519, renamed)})
	odd := Root("Odd", ed25519, keyID("one"))
	odder := Root("Odd", ed25519, keyID("two"), withKey(odd))
	t.good("key identifiers differ, but the key is right", setup{leaf: Leaf("Device", ed25519, odd), anchors: list(odder)})
	t.good("names without key identifiers", setup{leaf: Leaf("Device", ed25519, bare, noKeyID), anchors: list(bare)})
}

func (t *table) signatures() {
	badInter := CA("Bad intermediate", ed25519, t.root, broken(flipLast))
	t.bad("the signature of an intermediate is bad", pkix.ErrBadSignature, setup{leaf: Leaf("Device", ed25519, badInter), via: list(badInter)})
	altered := t.leaf(broken(func(der []byte) []byte { return replace(der, "Device", "Devise") }))
	t.bad("the name was altered", pkix.ErrBadSignature, setup{leaf: altered, via: list(t.inter)})
	root := Root("Root of P-256", p256)
	t.bad("the algorithm is ECDSA with SHA-1", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, root, says(1, 2, 840, 10045, 4, 1)), anchors: list(root)})
	t.bad("the algorithm is unknown", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, root, says(1, 3, 6, 1, 4, 1, 99999, 3)), anchors: list(root)})
	t.bad("the algorithm is that of another key", pkix.ErrBadSignature, setup{
		leaf: Leaf("Device", ed25519, root, says(1, 3, 101, 113)), anchors: list(root)})
	t.bad("the algorithm has another hash", pkix.ErrBadSignature, setup{
		leaf: Leaf("Device", ed25519, root, says(1, 2, 840, 10045, 4, 3, 3)), anchors: list(root)})
	t.bad("Ed25519 is said to be Ed448", pkix.ErrBadSignature, setup{leaf: t.leaf(says(1, 3, 101, 113)), via: list(t.inter)})
	root448 := Root("Root of Ed448", ed448)
	t.bad("Ed448 is said to be Ed25519", pkix.ErrBadSignature, setup{
		leaf: Leaf("Device", ed25519, root448, says(1, 3, 101, 112)), anchors: list(root448)})
	t.bad("Ed448 is said to be X448", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, root448, says(1, 3, 101, 111)), anchors: list(root448)})
	// The certificate of an authority that cannot sign, with the key of one that can.
	mute := &Entity{Cert: CA("Mute", x448, root448).Cert, Key: root448.Key}
	mute.DER = mute.Cert.Raw
	t.bad("the issuer has a Diffie-Hellman key", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, mute), via: list(mute), anchors: list(root448)})
	pssOnly := CA("For RSASSA-PSS only", ed25519, t.root, RSA(2048), keySays(1, 2, 840, 113549, 1, 1, 10))
	t.bad("the issuer has a key for RSASSA-PSS only", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, pssOnly, SignedAs(RSAScheme{PSS: true})), via: list(pssOnly)})
	unheardOf := CA("Of another algorithm", ed25519, t.root, keySays(1, 3, 6, 1, 4, 1, 99999, 5))
	t.bad("the issuer has a key of an unknown algorithm", pkix.ErrAlgorithm, setup{
		leaf: Leaf("Device", ed25519, unheardOf), via: list(unheardOf)})
}

func (t *table) garbage() {
	leaf := t.leaf()
	whole := leaf.DER
	for name, raw := range map[string][]byte{
		"no bytes":                     {},
		"one byte":                     {0x30},
		"text":                         []byte("-----BEGIN CERTIFICATE-----"),
		"a truncated certificate":      whole[:len(whole)-1],
		"a byte after the certificate": append(append([]byte{}, whole...), 0),
		"a length beyond the end":      {0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
		"an empty sequence":            {0x30, 0x00},
	} {
		t.bad("the end entity is "+name, pkix.ErrMalformed, setup{leaf: leaf, raw: [][]byte{raw, t.inter.DER}})
	}
	t.bad("an intermediate is garbage", pkix.ErrMalformed, setup{leaf: leaf, raw: [][]byte{whole, {1, 2, 3}}})
	t.bad("no certificate", pkix.ErrMalformed, setup{leaf: leaf, raw: [][]byte{}})
	t.good("a name of 10,000 bytes", setup{leaf: t.leaf(subject(x509pkix.Name{CommonName: fmt.Sprintf("%010000d", 1)})), via: list(t.inter)})
}
