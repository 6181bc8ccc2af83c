package c509

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// CRLDistributionPoints = [ + DistributionPointName ] / text
//
//	DistributionPointName = [ [ 2* text ] / text, reasons: uint / null, cRLIssuer: Name / null ]

func readDistribution(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if r.peek().Kind() == cborx.Text {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addFullName(r, b) })
			return
		}
		points := r.array()
		r.check(len(points.list) > 0)
		for points.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				point := points.array()
				addFullName(point, b)
				if !point.null() {
					addFlags(b, context(1), point.uint())
				}
				if !point.null() {
					b.AddASN1(constructed(2), func(b *cryptobyte.Builder) {
						b.AddASN1(constructed(generalName), func(b *cryptobyte.Builder) { c.readName(point, b) })
					})
				}
			})
		}
	})
}

func addFullName(r *items, b *cryptobyte.Builder) {
	uris := r.arrayOrOne()
	r.check(len(uris.list) > 0)
	b.AddASN1(constructed(0), func(b *cryptobyte.Builder) {
		b.AddASN1(constructed(0), func(b *cryptobyte.Builder) {
			for uris.more() {
				addURI(uris, b)
			}
		})
	})
}

func writeDistribution(c dialect, d *der) []byte {
	var points array
	var uri []byte // of the first point, if that has nothing else
	for list := d.in(asn1.SEQUENCE); list.more(); {
		fields := list.in(asn1.SEQUENCE)
		var uris, point array
		for names := fields.in(constructed(0)).in(constructed(0)); names.more(); {
			uris.text(names.bytes(context(generalURI)))
		}
		if points.n == 0 && uris.n == 1 && !fields.more() {
			uri = uris.data
		}
		point.add(uris.encodeOrOne())
		if fields.peek(context(1)) {
			point.int(fields.flags(context(1)))
		} else {
			point.null()
		}
		if fields.peek(constructed(2)) {
			point.add(c.writeName(fields.in(constructed(2)).in(constructed(generalName))))
		} else {
			point.null()
		}
		points.add(point.encode())
	}
	if uri != nil && points.n == 1 {
		return uri
	}
	return points.encode()
}

// CertificatePolicies = [ + ( PolicyIdentifier, [ * ( policyQualifierId, text ) ] ) ].

const (
	qualifierCPS    = 1
	qualifierNotice = 2
)

func readPolicies(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		policies := r.array()
		r.check(len(policies.list) > 0)
		for policies.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, policies.oid(policyIDs))
				qualifiers := policies.array()
				if len(qualifiers.list) == 0 {
					return
				}
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for qualifiers.more() {
						readQualifier(qualifiers, b)
					}
				})
			})
		}
	})
}

func readQualifier(r *items, b *cryptobyte.Builder) {
	id := r.int()
	text := []byte(r.text())
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, []byte(qualifierIDs.oids[id]))
		switch id {
		case qualifierCPS:
			r.check(isASCII(string(text)))
			addBytes(b, asn1.IA5String, text)
		case qualifierNotice:
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addBytes(b, asn1.UTF8String, text) })
		default:
			r.fail()
		}
	})
}

func writePolicies(_ dialect, d *der) []byte {
	var out array
	for policies := d.in(asn1.SEQUENCE); policies.more(); {
		policy := policies.in(asn1.SEQUENCE)
		out.oid(policyIDs, policy.oid())
		var all array
		for qualifiers := policy.optional(asn1.SEQUENCE); qualifiers.more(); {
			qualifier := qualifiers.in(asn1.SEQUENCE)
			id := qualifierIDs.values[string(qualifier.oid())]
			all.int(id)
			if id == qualifierNotice {
				all.text(qualifier.in(asn1.SEQUENCE).bytes(asn1.UTF8String))
			} else {
				all.text(qualifier.bytes(asn1.IA5String))
			}
		}
		out.add(all.encode())
	}
	return out.encode()
}

// SubjectDirectoryAttributes = [ + ( type, [ + value ] ) ], with types and
// values as in names.

func readDirectoryAttributes(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		attributes := r.array()
		r.check(len(attributes.list) > 0)
		for attributes.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				oid, tag := c.readAttributeType(attributes)
				addOID(b, oid)
				b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
					values := attributes.array()
					r.check(len(values.list) > 0)
					for values.more() {
						c.readAttributeValue(values, tag, b)
					}
				})
			})
		}
	})
}

func writeDirectoryAttributes(_ dialect, d *der) []byte {
	var out array
	for attributes := d.in(asn1.SEQUENCE); attributes.more(); {
		attribute := attributes.in(asn1.SEQUENCE)
		oid := attribute.oid()
		values := attribute.in(asn1.SET)
		id, known := attributeIDs.values[string(oid)]
		probe := &der{values.s, new(bool)}
		var list array
		if sign, _, ok := stringOf(probe, id); known && ok {
			out.int(sign * id)
			for values.more() {
				other, text, _ := stringOf(values, id)
				values.check(other == sign) // one type of string for all values
				list.add(writeSpecialText(text))
			}
		} else {
			out.bytes(oid)
			for values.more() {
				list.bytes(values.element())
			}
		}
		out.add(list.encode())
	}
	return out.encode()
}
