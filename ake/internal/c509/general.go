package c509

import (
	"bytes"
	"math/bits"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// "C509 General Names". Those not negative are the tags of GeneralName.
const (
	otherMAC      = -3
	otherMailbox  = -2
	otherHardware = -1
	otherName     = 0
	generalEmail  = 1
	generalDNS    = 2
	generalName   = 4
	generalURI    = 6
	generalIP     = 7
	generalOID    = 8
)

func context(n int64) asn1.Tag     { return asn1.Tag(n).ContextSpecific() }
func constructed(n int64) asn1.Tag { return context(n).Constructed() }

// readGeneralName reads ( type, value ). In name constraints an address ends
// with the length of its prefix, in DER with a mask.
func (c dialect) readGeneralName(r *items, b *cryptobyte.Builder, subtree bool) {
	switch kind := r.int(); kind {
	case otherMAC, otherMailbox, otherHardware, otherName:
		b.AddASN1(constructed(otherName), func(b *cryptobyte.Builder) {
			readOtherName(r, b, kind)
		})
	case generalEmail, generalDNS, generalURI:
		text := r.text()
		r.check(isASCII(text))
		addBytes(b, context(kind), []byte(text))
	case generalName:
		b.AddASN1(constructed(kind), func(b *cryptobyte.Builder) { c.readName(r, b) })
	case generalIP:
		address := r.bytes()
		if subtree {
			address = prefixToMask(r, address)
		}
		addBytes(b, context(kind), address)
	case generalOID:
		addBytes(b, context(kind), r.oid(noRegistry))
	default:
		r.fail()
	}
}

var noRegistry = newRegistry(nil)

func readOtherName(r *items, b *cryptobyte.Builder, kind int64) {
	value := func(content cryptobyte.BuilderContinuation) { b.AddASN1(constructed(0), content) }
	if kind != otherName {
		addOID(b, []byte(otherNameIDs.oids[kind]))
	}
	switch kind {
	case otherMAC:
		value(func(b *cryptobyte.Builder) { b.AddASN1OctetString(r.bytes()) })
	case otherMailbox:
		value(func(b *cryptobyte.Builder) { addBytes(b, asn1.UTF8String, []byte(r.text())) })
	case otherHardware:
		hardware := r.array()
		value(func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, hardware.oid(noRegistry))
				b.AddASN1OctetString(hardware.bytes())
			})
		})
	default:
		other := r.array()
		addOID(b, other.oid(noRegistry))
		content := other.bytes()
		r.check(validElement(content))
		value(func(b *cryptobyte.Builder) { b.AddBytes(content) })
	}
}

// writeGeneralName writes the next GeneralName as ( type, value ).
func (c dialect) writeGeneralName(d *der, out *array, subtree bool) {
	for _, kind := range []int64{generalEmail, generalDNS, generalURI} {
		if d.peek(context(kind)) {
			out.int(kind)
			out.text(d.bytes(context(kind)))
			return
		}
	}
	switch {
	case d.peek(constructed(otherName)):
		writeOtherName(d.in(constructed(otherName)), out)
	case d.peek(constructed(generalName)):
		out.int(generalName)
		out.add(c.writeName(d.in(constructed(generalName))))
	case d.peek(context(generalIP)):
		address := d.bytes(context(generalIP))
		if subtree {
			address = maskToPrefix(d, address)
		}
		out.int(generalIP)
		out.bytes(address)
	default:
		out.int(generalOID)
		out.bytes(d.bytes(context(generalOID)))
	}
}

func writeOtherName(d *der, out *array) {
	oid := d.oid()
	value := d.in(constructed(0))
	kind := otherNameIDs.values[string(oid)] // 0 is otherName
	out.int(kind)
	switch kind {
	case otherMAC:
		out.bytes(value.bytes(asn1.OCTET_STRING))
	case otherMailbox:
		out.text(value.bytes(asn1.UTF8String))
	case otherHardware:
		var hardware array
		content := value.in(asn1.SEQUENCE)
		hardware.bytes(content.oid())
		hardware.bytes(content.bytes(asn1.OCTET_STRING))
		out.add(hardware.encode())
	default:
		var other array
		other.bytes(oid)
		other.bytes(value.element())
		out.add(other.encode())
	}
}

func prefixToMask(r *items, address []byte) []byte {
	size := len(address) - 1
	if size != 4 && size != 16 || int(address[size]) > 8*size {
		r.fail()
		return nil
	}
	out := append(make([]byte, 0, 2*size), address[:size]...)
	for left := int(address[size]); len(out) < 2*size; left -= 8 {
		out = append(out, ^byte(0xff>>min(max(left, 0), 8)))
	}
	return out
}

func maskToPrefix(d *der, address []byte) []byte {
	size := len(address) / 2
	prefix := 0
	for _, octet := range address[size:] {
		prefix += bits.OnesCount8(octet)
	}
	d.check(prefix <= 128)
	return append(bytes.Clone(address[:size]), byte(prefix))
}

// GeneralNames = [ + GeneralName ], with the tag that they have in DER.
func (c dialect) readGeneralNames(r *items, b *cryptobyte.Builder, tag asn1.Tag) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		names := r.array()
		r.check(len(names.list) > 0)
		for names.more() {
			c.readGeneralName(names, b, false)
		}
	})
}

func (c dialect) writeGeneralNames(d *der, tag asn1.Tag) *array {
	var out array
	for names := d.in(tag); names.more(); {
		c.writeGeneralName(names, &out, false)
	}
	return &out
}

// SubjectAltName = GeneralNames / text, which is a single dNSName.

func readAltName(c dialect, r *items, b *cryptobyte.Builder) {
	if r.peek().Kind() != cborx.Text {
		c.readGeneralNames(r, b, asn1.SEQUENCE)
		return
	}
	text := r.text()
	r.check(isASCII(text))
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addBytes(b, context(generalDNS), []byte(text)) })
}

func writeAltName(c dialect, d *der) []byte {
	names := c.writeGeneralNames(d, asn1.SEQUENCE)
	if names.n == 2 && names.data[0] == generalDNS {
		return names.data[1:]
	}
	return names.encode()
}

// NameConstraints = [ GeneralSubtrees / null, GeneralSubtrees / null ].

func readNameConstraints(c dialect, r *items, b *cryptobyte.Builder) {
	sides := r.array()
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for side := range int64(2) {
			if sides.null() {
				continue
			}
			b.AddASN1(constructed(side), func(b *cryptobyte.Builder) {
				subtrees := sides.array()
				r.check(len(subtrees.list) > 0)
				for subtrees.more() {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						c.readGeneralName(subtrees, b, true)
					})
				}
			})
		}
	})
}

func writeNameConstraints(c dialect, d *der) []byte {
	constraints := d.in(asn1.SEQUENCE)
	var sides array
	for side := range int64(2) {
		if !constraints.peek(constructed(side)) {
			sides.null()
			continue
		}
		var out array
		for subtrees := constraints.in(constructed(side)); subtrees.more(); {
			c.writeGeneralName(subtrees.in(asn1.SEQUENCE), &out, true)
		}
		sides.add(out.encode())
	}
	return sides.encode()
}
