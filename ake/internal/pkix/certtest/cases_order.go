package certtest

import (
	"time"

	"github.com/liblake/lake/ake/internal/pkix"
)

func (t *table) order() {
	upper := CA("Upper", ed25519, t.root)
	lower := CA("Lower", p256, upper)
	leaf := Leaf("Device", ed25519, lower)
	extra := Leaf("Somebody else", ed25519, Root("Elsewhere", ed25519))
	lonely := Root("Lonely", ed448)

	t.good("order: a chain", setup{leaf: leaf, via: list(lower, upper)})
	t.bad("order: a chain with two swapped", pkix.ErrChainOrder, setup{leaf: leaf, via: list(upper, lower)})
	t.bad("order: a chain with the end entity last", pkix.ErrChainOrder, setup{leaf: leaf, raw: ders(list(upper, lower, leaf))})
	t.bad("order: a chain with a gap", pkix.ErrChainOrder, setup{leaf: leaf, via: list(lower, t.root)})
	t.bad("order: a chain with a certificate twice", pkix.ErrChainOrder, setup{leaf: leaf, via: list(lower, lower, upper)})
	t.bad("order: a chain with a certificate too many", pkix.ErrChainOrder, setup{leaf: leaf, via: list(lower, upper, t.root, extra)})
	t.good("bag: in order", setup{leaf: leaf, via: list(lower, upper), bag: true})
	t.good("bag: in disorder", setup{leaf: leaf, via: list(upper, lower), bag: true})
	t.good("bag: a certificate twice", setup{leaf: leaf, via: list(lower, upper, lower), bag: true})
	t.good("bag: others among them", setup{leaf: leaf, via: list(extra, upper, lonely, lower, t.root), bag: true})
	t.good("bag: one certificate", setup{leaf: Leaf("Device", ed25519, t.root), bag: true})
	t.good("bag: alone, the rest is the receiver's", setup{leaf: leaf, own: list(upper, lower), bag: true})
	t.bad("bag: an intermediate is missing", pkix.ErrUnknownIssuer, setup{leaf: leaf, via: list(lower, extra, lonely), bag: true})
	t.bad("bag: a self-signed root of the peer", pkix.ErrUnknownIssuer,
		setup{leaf: Leaf("Device", ed25519, lonely), via: list(lonely), bag: true})
}

func (t *table) crossSigned() {
	// Two roots certify each other.
	north := Root("North", ed25519)
	south := Root("South", ed25519)
	northBySouth := CA("North", ed25519, south, withKey(north))
	southByNorth := CA("South", ed25519, north, withKey(south))
	inter := CA("Northern", ed25519, north)
	leaf := Leaf("Device", ed25519, inter)
	crossed := list(inter, northBySouth, southByNorth)
	t.good("cross-signed: from the other root", setup{leaf: leaf, via: list(inter, northBySouth), anchors: list(south)})
	t.good("cross-signed: a loop, with an anchor", setup{leaf: leaf, via: crossed, anchors: list(south), bag: true})
	t.bad("cross-signed: a loop, without an anchor", pkix.ErrUnknownIssuer, setup{leaf: leaf, via: crossed, bag: true})
	t.bad("cross-signed: a chain in a circle", pkix.ErrUnknownIssuer, setup{leaf: leaf, via: list(inter, northBySouth, southByNorth, northBySouth)})

	before := Now.Add(-time.Hour)
	expired := CA("Northern", ed25519, north, withKey(inter), validUntil(before))
	t.good("two paths, one of them expired", setup{leaf: leaf, via: list(expired, inter), anchors: list(north), bag: true})
	t.bad("two paths, one expired and one without an anchor", pkix.ErrExpired,
		setup{leaf: leaf, via: list(CA("Northern", ed25519, Root("Nowhere", ed25519), withKey(inter)), expired), anchors: list(north), bag: true})
	namesake := CA("Northern", ed25519, Root("Nowhere", ed25519))
	t.good("a namesake in the bag", setup{leaf: leaf, via: list(namesake, inter), anchors: list(north), bag: true})
	weak := CA("Northern", ed25519, north, withKey(inter), notCA)
	t.good("two paths, one through no authority", setup{leaf: leaf, via: list(weak, inter), anchors: list(north), bag: true})

	// All with one name and all certified by all: as many paths as there are
	// orders.
	few, fewCertified := everyone(3)
	t.bad("3 authorities of one name all certify each other, without an anchor", pkix.ErrUnknownIssuer,
		setup{leaf: Leaf("Device", ed25519, few[0]), via: fewCertified, bag: true})
	many, manyCertified := everyone(7)
	stranger := Root("Everyone", ed25519, noKeyID)
	t.bad("7 authorities of one name all certify each other, and another one is the anchor", pkix.ErrChainTooLong,
		setup{leaf: Leaf("Device", ed25519, many[0]), via: manyCertified, anchors: list(stranger), bag: true})
	t.bad("7 authorities of one name all certify each other, and none certified the end entity", pkix.ErrChainTooLong,
		setup{leaf: Leaf("Device", ed25519, stranger), via: manyCertified, anchors: many[:1], bag: true})
}

// everyone makes authorities of one name, and has each certify all others.
func everyone(n int) (roots, certified []*Entity) {
	for range n {
		roots = append(roots, Root("Everyone", ed25519, noKeyID))
	}
	for i, subject := range roots {
		for j, issuer := range roots {
			if i != j {
				certified = append(certified, CA("Everyone", ed25519, issuer, withKey(subject), noKeyID))
			}
		}
	}
	return roots, certified
}
