package pkix_test

import (
	x509pkix "crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// maxMessage is the size of the messages that are searched for the worst one.
const maxMessage = 4096

func bare(s *certtest.Spec) { s.SubjectKeyId = []byte{} }

// plain leaves out what makes a certificate longer than it needs to be.
func plain(name string) certtest.Edit {
	return func(s *certtest.Spec) {
		s.SubjectKeyId, s.Subject = []byte{}, x509pkix.Name{CommonName: name}
	}
}

// message is what a peer sends and what it is held against, which remembers
// nothing.
type message struct {
	id      []byte
	anchors []*pkix.Certificate
}

func bagOf(ders [][]byte, anchors ...*certtest.Entity) message {
	return message{cose.X5BagID(ders), certificatesOf(anchors)}
}

func certificatesOf(entities []*certtest.Entity) []*pkix.Certificate {
	var ders [][]byte
	for _, entity := range entities {
		ders = append(ders, entity.DER)
	}
	certificates, err := parse(ders...)
	if err != nil {
		panic(err)
	}
	return certificates
}

func trusting(anchors ...*certtest.Entity) *pkix.Issuers {
	return issuersOf(certificatesOf(anchors), nil)
}

// verify does with a message what a session does, and returns what it cost.
func (m message) verify() (cost int, err error) {
	id, err := cose.ParseIDCred(m.id)
	if err != nil {
		return 0, err
	}
	budget, issuers := pkix.NewBudget(), issuersOf(m.anchors, nil)
	for _, candidate := range cred.Candidates(id) {
		var c *cred.Credential
		if c, err = candidate(); err == nil {
			err = c.Verify(issuers, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature, Bag: id.X5Bag != nil, Budget: budget})
		}
		if err == nil {
			break
		}
	}
	return budget.Cost(), err
}

// TestStrangersCostNothing: a path that no anchor signed dies before its first
// signature, or at it.
func TestStrangersCostNothing(t *testing.T) {
	anchor := certtest.Root("Anchor", suite.KeyEd25519, bare)
	p521 := certtest.P521()
	leaves := func(issuer *certtest.Entity, n int) (ders [][]byte) {
		for i := range n {
			ders = append(ders, certtest.Leaf(fmt.Sprint("Leaf ", i), suite.KeyP256, issuer, bare).DER)
		}
		return ders
	}
	many := func(n int) (list []*certtest.Entity, ders [][]byte) {
		for range n {
			list = append(list, certtest.Root("Many", suite.KeyP256, bare, certtest.P521()))
			ders = append(ders, list[len(list)-1].DER)
		}
		return list, ders
	}
	roots, rootDERs := many(5)
	forged := certtest.Root("Anchor", suite.KeyEd25519, bare)
	forgedCA := certtest.CA("Forged", suite.KeyP256, forged, bare, p521)
	chain := [][]byte{leaves(forgedCA, 1)[0], forgedCA.DER}
	for name, test := range map[string]struct {
		message
		most int // units: one signature of Ed25519 each
	}{
		"3 leaves, 5 self-signed issuers of one name": {bagOf(append(leaves(roots[0], 3), rootDERs...), anchor), 0},
		"a chain under the name of the anchor":        {bagOf(chain, anchor), 1},
		"3 leaves under the name of the anchor":       {bagOf(leaves(forged, 3), anchor), 3},
		"3 leaves below one forged issuer":            {bagOf(append(leaves(forgedCA, 3), forgedCA.DER), anchor), 1},
		"no anchor":                                   {bagOf(chain), 0},
	} {
		cost, err := test.verify()
		if err == nil || cost > test.most {
			t.Errorf("%s: cost %d, at most %d: %v", name, cost, test.most, err)
		}
	}
}

// TestBudgetIsOfTheMessage: several end entities have no more than one.
func TestBudgetIsOfTheMessage(t *testing.T) {
	anchor := certtest.Root("Anchor", suite.KeyEd25519, bare)
	forged := certtest.Root("Anchor", suite.KeyEd25519, bare)
	var bag [][]byte
	for range 30 {
		bag = append(bag, certtest.Leaf("Leaf", suite.KeyEd25519, forged, bare).DER)
	}
	cost, err := bagOf(bag, anchor).verify()
	if cost > 10 || err == nil {
		t.Errorf("cost %d, %v", cost, err)
	}
	good := certtest.Leaf("Leaf", suite.KeyEd25519, anchor, bare).DER
	if _, err := bagOf(append(slices.Clone(bag[:5]), good), anchor).verify(); err != nil {
		t.Errorf("a good one among six: %v", err)
	}
	if _, err := bagOf(append(bag, good), anchor).verify(); err == nil {
		t.Error("a good one among thirty is still looked for")
	}
}

// TestNamesAndConstraintsAreBounded: who has an authority may still not have
// names and constraints compared without end.
func TestNamesAndConstraintsAreBounded(t *testing.T) {
	numbered := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("d%d.example", i))
		}
		return names
	}
	for n, good := range map[int]bool{50: true, 200: false} {
		anchor := certtest.Root("Anchor", suite.KeyEd25519, func(s *certtest.Spec) { s.ExcludedDNSDomains = numbered(n) })
		leaf := certtest.Leaf("Leaf", suite.KeyEd25519, anchor, func(s *certtest.Spec) {
			for _, name := range numbered(n) {
				s.DNSNames = append(s.DNSNames, "x"+name)
			}
		})
		_, err := bagOf([][]byte{leaf.DER}, anchor).verify()
		if good != (err == nil) || err != nil && !errors.Is(err, pkix.ErrNameConstraints) {
			t.Errorf("%d names and constraints: %v", n, err)
		}
	}
}

type authority struct {
	name string
	kind suite.KeyKind
	key  func(index int) certtest.Edit
}

// authorities are of these kinds; where there is a key, EDHOC has none of it. It
// is a new one, of RSA for each index.
var authorities = []authority{
	{"Ed25519", suite.KeyEd25519, nil},
	{"P-256", suite.KeyP256, nil},
	{"P-384", suite.KeyP384, nil},
	{"Ed448", suite.KeyEd448, nil},
	{"P-521", suite.KeyP256, p521},
	{"RSA", suite.KeyP256, func(index int) certtest.Edit { return certtest.RSA(2048, index) }},
}

func nothing(*certtest.Spec) {}
func p521(int) certtest.Edit { return certtest.P521() }

// honest is a chain as long as its size and the depth allow, of one kind.
func honest(anchor *certtest.Entity, kind suite.KeyKind, key func(int) certtest.Edit) message {
	issuer := anchor
	var chain [][]byte
	for i := range 7 {
		edit := certtest.Edit(nothing)
		if key != nil {
			edit = key(i + 1)
		}
		next := certtest.CA(fmt.Sprint("CA ", i), kind, issuer, plain(fmt.Sprint("CA ", i)), edit)
		if size(chain)+len(next.DER)+400 > maxMessage {
			break
		}
		issuer, chain = next, append([][]byte{next.DER}, chain...)
	}
	leaf := certtest.Leaf("Device", suite.KeyP256, issuer, bare)
	if left := maxMessage - 20 - size(chain) - len(leaf.DER); left > 0 { // others say more about themselves
		leaf = certtest.Leaf(fmt.Sprintf("%0*d", left, 1), suite.KeyP256, issuer, bare)
	}
	return message{cose.X5ChainID(append([][]byte{leaf.DER}, chain...)), certificatesOf([]*certtest.Entity{anchor})}
}

func size(ders [][]byte) (n int) {
	for _, der := range ders {
		n += len(der) + 3
	}
	return n
}

// fill adds certificates until the message is full.
func fill(bag [][]byte, make func(i int) *certtest.Entity) [][]byte {
	for i := 0; ; i++ {
		der := make(i).DER
		if size(bag)+len(der)+8 > maxMessage {
			return bag
		}
		bag = append(bag, der)
	}
}

// attacks are messages against an anchor of some kind, by somebody who has none
// of its certificates, or an authority of his own below it (own).
func attacks(anchor, own *certtest.Entity, kind suite.KeyKind, key func(int) certtest.Edit) map[string]message {
	fresh := func() certtest.Edit {
		if key != nil && kind == suite.KeyP256 {
			return key(9)
		}
		return nothing
	}
	forger := certtest.Root("Anchor", kind, plain("Anchor"), fresh())
	dearOwn := certtest.CA("Own", suite.KeyP256, own, plain("Own"), certtest.P521())
	dearer := certtest.CA("Own", suite.KeyP256, own, plain("Own"), certtest.P521())
	leafBelow := func(name string, n int) [][]byte {
		var bag [][]byte
		issuer := certtest.Root(name, suite.KeyEd25519, plain(name))
		for i := range n {
			bag = append(bag, certtest.Leaf("L", suite.KeyEd25519, issuer, plain(fmt.Sprint("L", i))).DER)
		}
		return bag
	}
	all := map[string]message{
		"leaves of the anchor's name": bagOf(fill(nil, func(i int) *certtest.Entity {
			return certtest.Leaf("L", suite.KeyEd25519, forger, plain(fmt.Sprint("L", i)))
		}), anchor),
		"issuers of the anchor's own name": bagOf(fill(leafBelow("Anchor", 1), func(int) *certtest.Entity {
			return certtest.CA("Anchor", suite.KeyEd25519, forger, plain("Anchor"))
		}), anchor),
		"leaves below dear issuers": bagOf(fill([][]byte{dearOwn.DER, dearer.DER, own.DER}, func(i int) *certtest.Entity {
			return certtest.Leaf("L", suite.KeyEd25519, certtest.Root("Own", suite.KeyP256, plain("Own"), certtest.P521()), plain(fmt.Sprint("L", i)))
		}), anchor),
		"dear issuers of one name, all signed": bagOf(fill(append(leafBelow("Own", 1), own.DER, dearOwn.DER), func(int) *certtest.Entity {
			return certtest.CA("Own", suite.KeyP256, dearOwn, plain("Own"), certtest.P521())
		}), anchor),
	}
	for _, leaves := range []int{1, 2, 3, 5} {
		all[fmt.Sprintf("%d leaves, forged issuers of one name", leaves)] = bagOf(fill(leafBelow("F", leaves), func(int) *certtest.Entity {
			return certtest.CA("F", suite.KeyEd25519, forger, plain("F"))
		}), anchor)
		all[fmt.Sprintf("%d leaves, dear forged issuers of one name", leaves)] = bagOf(fill(leafBelow("F", leaves), func(int) *certtest.Entity {
			return certtest.CA("F", suite.KeyP256, forger, plain("F"), certtest.P521())
		}), anchor)
	}
	// Layers of forged issuers: every one of a layer names the whole next one.
	for _, width := range []int{2, 3, 4, 6} {
		bag := fill(leafBelow("Layer 0", 1), func(i int) *certtest.Entity {
			above := certtest.Root(fmt.Sprint("Layer ", i/width+1), suite.KeyEd25519, plain(fmt.Sprint("Layer ", i/width+1)))
			if i%3 == 2 {
				above = forger
			}
			name := fmt.Sprint("Layer ", i/width)
			return certtest.CA(name, suite.KeyEd25519, above, plain(name))
		})
		all[fmt.Sprintf("layers of %d", width)] = bagOf(bag, anchor)
	}
	return all
}

// eachAttack pairs each attack with the honest message that it is compared with:
// of the anchor's kind or, where the attacker has an authority, of the dearest.
func eachAttack(do func(name string, attack, honest message)) {
	for _, a := range authorities {
		edit := certtest.Edit(nothing)
		if a.key != nil {
			edit = a.key(0)
		}
		anchor := certtest.Root("Anchor", a.kind, plain("Anchor"), edit)
		own := certtest.CA("Own", a.kind, anchor, plain("Own"))
		likeAnchor, dear := honest(anchor, a.kind, a.key), honest(anchor, suite.KeyP256, p521)
		for name, attack := range attacks(anchor, own, a.kind, a.key) {
			fair := likeAnchor
			if name == "leaves below dear issuers" || name == "dear issuers of one name, all signed" {
				fair = dear
			}
			do(a.name+": "+name, attack, fair)
		}
	}
}

// TestWorstMessage: the worst message that is found costs at most three times the
// honest one of its size.
func TestWorstMessage(t *testing.T) {
	worst, of := 0.0, ""
	eachAttack(func(name string, attack, honest message) {
		fair, err := honest.verify()
		if err != nil {
			t.Fatalf("%s: the honest message: %v", name, err)
		}
		cost, err := attack.verify()
		if err == nil {
			t.Errorf("%s: it is believed", name)
		}
		ratio := float64(cost) / float64(fair)
		if ratio > worst {
			worst, of = ratio, name
		}
		if ratio > 3 {
			t.Errorf("%s: cost %d, the honest message %d", name, cost, fair)
		}
		if len(attack.id) > maxMessage || len(attack.id) < maxMessage*3/4 {
			t.Errorf("%s: %d bytes", name, len(attack.id))
		}
	})
	t.Logf("the worst is %.2f times the honest one: %s", worst, of)
}

// BenchmarkWorstMessage measures every attack and the honest message by turns,
// and reports the worst median of their ratios.
func BenchmarkWorstMessage(b *testing.B) {
	worst, of := 0.0, ""
	took := func(m message) float64 {
		start := time.Now()
		m.verify()
		return float64(time.Since(start))
	}
	for b.Loop() {
		worst = 0
		eachAttack(func(name string, attack, honest message) {
			var ratios []float64
			for range 25 {
				ratios = append(ratios, took(attack)/took(honest))
			}
			slices.Sort(ratios)
			if median := ratios[len(ratios)/2]; median > worst {
				worst, of = median, name
			}
		})
	}
	b.ReportMetric(worst, "times-honest")
	b.Log("the worst: ", of)
}

// BenchmarkSignatureCosts is what the units of Budget are made of: ns/unit should
// be of one order for all algorithms.
func BenchmarkSignatureCosts(b *testing.B) {
	for _, a := range append(authorities, authority{"RSA of 4096", suite.KeyP256, func(int) certtest.Edit { return certtest.RSA(4096) }}) {
		edit := certtest.Edit(nothing)
		if a.key != nil {
			edit = a.key(0)
		}
		anchor := certtest.Root("Anchor", a.kind, edit)
		chain, err := parse(certtest.Leaf("Device", suite.KeyEd25519, anchor).DER)
		if err != nil {
			b.Fatal(err)
		}
		issuers := trusting(anchor)
		b.Run(a.name, func(b *testing.B) {
			cost := 0
			for b.Loop() {
				budget := pkix.NewBudget()
				if _, err := issuers.Verify(chain, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature, Budget: budget}); err != nil {
					b.Fatal(err)
				}
				cost += budget.Cost() - 1 // for the path
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(cost), "ns/unit")
		})
	}
}
