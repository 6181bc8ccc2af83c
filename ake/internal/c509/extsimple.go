package c509

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// The extensions whose values are small. For each the CDDL is that of the
// draft, chapter "Encoding of Extensions".

// KeyIdentifier = bytes.

func readKeyIdentifier(_ dialect, r *items, b *cryptobyte.Builder) { b.AddASN1OctetString(r.bytes()) }

func writeKeyIdentifier(_ dialect, d *der) []byte {
	return cborx.AppendBytes(nil, d.bytes(asn1.OCTET_STRING))
}

// KeyUsage = uint. RFC 5280 section 4.2.1.3 wants at least one bit set.

func readKeyUsage(_ dialect, r *items, b *cryptobyte.Builder) {
	usage := r.uint()
	r.check(usage > 0 && usage < 1<<9)
	addFlags(b, asn1.BIT_STRING, usage)
}

func writeKeyUsage(_ dialect, d *der) []byte { return cborx.AppendInt(nil, d.flags(asn1.BIT_STRING)) }

// BasicConstraints = int: a path length, or one of these.
const (
	notCA     = -2
	unbounded = -1
)

func readBasicConstraints(_ dialect, r *items, b *cryptobyte.Builder) {
	pathLength := r.int()
	r.check(pathLength >= notCA)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if pathLength > notCA {
			b.AddASN1Boolean(true)
		}
		if pathLength > unbounded {
			addUint(b, asn1.INTEGER, pathLength)
		}
	})
}

func writeBasicConstraints(_ dialect, d *der) []byte {
	return cborx.AppendInt(nil, basicConstraints(d))
}

func basicConstraints(d *der) int64 {
	constraints := d.in(asn1.SEQUENCE)
	pathLength := int64(notCA)
	if constraints.peek(asn1.BOOLEAN) {
		constraints.bytes(asn1.BOOLEAN)
		pathLength = unbounded
	}
	if constraints.peek(asn1.INTEGER) {
		pathLength = constraints.uint(asn1.INTEGER)
	}
	constraints.end()
	return pathLength
}

// AuthorityKeyIdentifier = KeyIdentifier / [ KeyIdentifier, GeneralNames, ~biguint ].

func readAuthorityKey(c dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if r.peek().Kind() == cborx.Bytes {
			addBytes(b, context(0), r.bytes())
			return
		}
		all := r.array()
		addBytes(b, context(0), all.bytes())
		c.readGeneralNames(all, b, constructed(1))
		addNatural(b, context(2), all.bytes())
	})
}

func writeAuthorityKey(c dialect, d *der) []byte {
	identifier := d.in(asn1.SEQUENCE)
	var all array
	all.bytes(identifier.bytes(context(0)))
	if identifier.more() {
		all.add(c.writeGeneralNames(identifier, constructed(1)).encode())
		all.bytes(identifier.natural(context(2)))
	}
	return all.encodeOrOne()
}

// ExtKeyUsageSyntax = [ 2* KeyPurposeId ] / KeyPurposeId.

func readPurposes(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		purposes := r.arrayOrOne()
		r.check(len(purposes.list) > 0)
		for purposes.more() {
			addOID(b, purposes.oid(purposeIDs))
		}
	})
}

func writePurposes(_ dialect, d *der) []byte {
	var out array
	for purposes := d.in(asn1.SEQUENCE); purposes.more(); {
		out.oid(purposeIDs, purposes.oid())
	}
	return out.encodeOrOne()
}

// AuthorityInfoAccessSyntax = [ + ( accessMethod, uri: text ) ].

func readAccess(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		descriptions := r.array()
		r.check(len(descriptions.list) > 0)
		for descriptions.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, descriptions.oid(accessIDs))
				addURI(descriptions, b)
			})
		}
	})
}

func addURI(r *items, b *cryptobyte.Builder) {
	uri := r.text()
	r.check(isASCII(uri))
	addBytes(b, context(generalURI), []byte(uri))
}

func writeAccess(_ dialect, d *der) []byte {
	var out array
	for descriptions := d.in(asn1.SEQUENCE); descriptions.more(); {
		description := descriptions.in(asn1.SEQUENCE)
		out.oid(accessIDs, description.oid())
		out.text(description.bytes(context(generalURI)))
	}
	return out.encode()
}

// PolicyMappings = [ + ( issuerDomainPolicy, subjectDomainPolicy ) ].

func readPolicyMappings(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		mappings := r.array()
		r.check(len(mappings.list) > 0)
		for mappings.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, mappings.oid(policyIDs))
				addOID(b, mappings.oid(policyIDs))
			})
		}
	})
}

func writePolicyMappings(_ dialect, d *der) []byte {
	var out array
	for mappings := d.in(asn1.SEQUENCE); mappings.more(); {
		mapping := mappings.in(asn1.SEQUENCE)
		out.oid(policyIDs, mapping.oid())
		out.oid(policyIDs, mapping.oid())
	}
	return out.encode()
}

// PolicyConstraints = [ requireExplicitPolicy: uint / null, inhibitPolicyMapping: uint / null ].

func readPolicyConstraints(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		constraints := r.array()
		for i := range int64(2) {
			if !constraints.null() {
				addUint(b, context(i), constraints.uint())
			}
		}
	})
}

func writePolicyConstraints(_ dialect, d *der) []byte {
	constraints := d.in(asn1.SEQUENCE)
	var out array
	for i := range int64(2) {
		if constraints.peek(context(i)) {
			out.int(constraints.uint(context(i)))
		} else {
			out.null()
		}
	}
	return out.encode()
}

// InhibitAnyPolicy = uint.

func readUint(_ dialect, r *items, b *cryptobyte.Builder) { addUint(b, asn1.INTEGER, r.uint()) }

func writeUint(_ dialect, d *der) []byte { return cborx.AppendInt(nil, d.uint(asn1.INTEGER)) }

// Values that are null in both worlds.

func readNull(_ dialect, r *items, b *cryptobyte.Builder) {
	r.check(r.null())
	b.AddASN1NULL()
}

func writeNull(_ dialect, d *der) []byte {
	d.check(len(d.bytes(asn1.NULL)) == 0)
	return []byte{cborNull}
}

// TLSFeatures = [ * uint ].

func readFeatures(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for features := r.array(); features.more(); {
			addUint(b, asn1.INTEGER, features.uint())
		}
	})
}

func writeFeatures(_ dialect, d *der) []byte {
	var out array
	for features := d.in(asn1.SEQUENCE); features.more(); {
		out.int(features.uint(asn1.INTEGER))
	}
	return out.encode()
}
