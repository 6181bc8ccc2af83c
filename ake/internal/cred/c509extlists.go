package cred

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// CRLDistributionPoints = [ + DistributionPointName ] / text
//
//	DistributionPointName = [ [ 2* text ] / text, reasons: uint / null, cRLIssuer: Name / null ]
//
// In the early edition always an array, whose elements are the first field.

func readDistribution(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if r.peek().Kind() == cborx.Text && c.edition == C509Current {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addFullName(r, b) })
			return
		}
		points := r.array()
		r.check(len(points.list) > 0)
		for points.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				if c.edition == C509Early {
					addFullName(points, b)
					return
				}
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
		if c.edition == C509Early {
			points.add(uris.encodeOrOne())
			continue
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
// The early edition leaves out an array that is empty.

const (
	qualifierCPS    = 1
	qualifierNotice = 2
)

func readPolicies(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		policies := r.array()
		r.check(len(policies.list) > 0)
		for policies.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, policies.oid(c509Policies))
				if c.edition == C509Early && (!policies.more() || policies.peek().Kind() != cborx.Array) {
					return
				}
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
		addOID(b, []byte(c509Qualifiers.oids[id]))
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

func writePolicies(c dialect, d *der) []byte {
	var out array
	for policies := d.in(asn1.SEQUENCE); policies.more(); {
		policy := policies.in(asn1.SEQUENCE)
		out.oid(c509Policies, policy.oid())
		var all array
		for qualifiers := policy.optional(asn1.SEQUENCE); qualifiers.more(); {
			qualifier := qualifiers.in(asn1.SEQUENCE)
			id := c509Qualifiers.values[string(qualifier.oid())]
			all.int(id)
			if id == qualifierNotice {
				all.text(qualifier.in(asn1.SEQUENCE).bytes(asn1.UTF8String))
			} else {
				all.text(qualifier.bytes(asn1.IA5String))
			}
		}
		if all.n > 0 || c.edition == C509Current {
			out.add(all.encode())
		}
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

func writeDirectoryAttributes(c dialect, d *der) []byte {
	var out array
	for attributes := d.in(asn1.SEQUENCE); attributes.more(); {
		attribute := attributes.in(asn1.SEQUENCE)
		oid := attribute.oid()
		values := attribute.in(asn1.SET)
		id, known := c509Attributes.values[string(oid)]
		probe := &der{values.s, new(bool)}
		var list array
		if sign, _, ok := c.stringOf(probe, id); known && ok {
			out.int(sign * id)
			for values.more() {
				other, text, _ := c.stringOf(values, id)
				values.check(other == sign) // one type of string for all values
				list.add(c.writeSpecialText(text, false))
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

// SignedCertificateTimestamps = [ + ( logID: bytes, timestamp: int, sigAlg, sigValue ) ]
// of the early edition: version 1, without extensions, in milliseconds from
// notBefore. Only ECDSA with SHA-256 (RFC 6962 section 2.1.4) has this form
// here; other lists stay in DER.

const ecdsaSHA256 = 0x0403 // SignatureAndHashAlgorithm of RFC 5246

func readTimestamps(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			list := r.array()
			r.check(len(list.list) > 0)
			for list.more() {
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
					b.AddUint8(0) // v1
					log := list.bytes()
					list.check(len(log) == 32)
					b.AddBytes(log)
					b.AddUint64(uint64(c.notBefore*1000 + list.int()))
					b.AddUint16(0) // no extensions
					list.check(list.int() == 0)
					b.AddUint16(ecdsaSHA256)
					signature := ecdsaToDER(list.bytes())
					list.check(signature != nil)
					b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(signature) })
				})
			}
		})
	})
}

func writeTimestamps(c dialect, d *der) []byte {
	content := d.in(asn1.OCTET_STRING)
	var out array
	var list cryptobyte.String
	d.check(content.s.ReadUint16LengthPrefixed(&list))
	for !*d.bad && !list.Empty() {
		var one, signature cryptobyte.String
		var log, at []byte
		var extensions, algorithm uint16
		d.check(list.ReadUint16LengthPrefixed(&one) &&
			one.Skip(1) && one.ReadBytes(&log, 32) && one.ReadBytes(&at, 8) &&
			one.ReadUint16(&extensions) && one.ReadUint16(&algorithm) &&
			one.ReadUint16LengthPrefixed(&signature))
		if *d.bad {
			break
		}
		out.bytes(log)
		out.int(int64(binary.BigEndian.Uint64(at)) - c.notBefore*1000)
		out.int(0)
		raw := ecdsaFromDER(signature)
		d.check(raw != nil)
		out.bytes(raw)
	}
	return out.encode()
}
