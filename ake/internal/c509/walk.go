package c509

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// The conversions between CBOR and DER walk one form and write the other. The
// walkers remember that something did not fit, so that a conversion reads like
// the structure it converts and is asked once, at its end, whether it worked.

const cborNull = 0xf6

// items walks CBOR items.
type items struct {
	list []cborx.Item
	bad  *bool // shared with the walkers of nested arrays
}

func walkItems(list ...cborx.Item) *items { return &items{list, new(bool)} }

func (r *items) fail()      { *r.bad = true }
func (r *items) more() bool { return !*r.bad && len(r.list) > 0 }

// peek returns the next item, or null where there is none.
func (r *items) peek() cborx.Item {
	if !r.more() {
		return cborx.Item{cborNull}
	}
	return r.list[0]
}

func (r *items) next() cborx.Item {
	item := r.peek()
	if !r.more() {
		r.fail()
		return item
	}
	r.list = r.list[1:]
	return item
}

func (r *items) check(ok bool) {
	if !ok {
		r.fail()
	}
}

func (r *items) int() int64 {
	v, ok := r.next().Int()
	r.check(ok)
	return v
}

func (r *items) uint() int64 {
	v := r.int()
	r.check(v >= 0)
	return v
}

func (r *items) bytes() []byte {
	v, ok := r.next().Bytes()
	r.check(ok)
	return v
}

func (r *items) text() string {
	v, ok := r.next().Text()
	r.check(ok)
	return v
}

// null skips a null and reports whether there was one.
func (r *items) null() bool {
	item := r.peek()
	if !r.more() || item[0] != cborNull {
		return false
	}
	r.next()
	return true
}

func (r *items) array() *items {
	elements, ok := r.next().Array()
	r.check(ok)
	return &items{elements, r.bad}
}

// arrayOrOne reads an array that is left out around a single element.
func (r *items) arrayOrOne() *items {
	if r.peek().Kind() == cborx.Array {
		return r.array()
	}
	return &items{[]cborx.Item{r.next()}, r.bad}
}

// oid reads an OID, as a number of the registry or as it is (~oid).
func (r *items) oid(known *registry) []byte {
	if r.peek().Kind() == cborx.Int {
		oid, ok := known.oids[r.int()]
		r.check(ok)
		return []byte(oid)
	}
	oid := r.bytes()
	r.check(validOID(oid))
	return oid
}

// array builds a CBOR array.
type array struct {
	n    int
	data []byte
}

func (a *array) add(item []byte) { a.n++; a.data = append(a.data, item...) }
func (a *array) int(v int64)     { a.n++; a.data = cborx.AppendInt(a.data, v) }
func (a *array) bytes(v []byte)  { a.n++; a.data = cborx.AppendBytes(a.data, v) }
func (a *array) text(v []byte)   { a.n++; a.data = cborx.AppendText(a.data, string(v)) }
func (a *array) null()           { a.n++; a.data = append(a.data, cborNull) }

func (a *array) oid(known *registry, oid []byte) {
	if value, ok := known.values[string(oid)]; ok {
		a.int(value)
		return
	}
	a.bytes(oid)
}

func (a *array) encode() []byte {
	return append(cborx.AppendArray(make([]byte, 0, len(a.data)+3), a.n), a.data...)
}

// encodeOrOne leaves the array out around a single element.
func (a *array) encodeOrOne() []byte {
	if a.n == 1 {
		return a.data
	}
	return a.encode()
}

// der walks DER. It may let things pass that it should not, because what was
// made of them is always converted back and compared.
type der struct {
	s   cryptobyte.String
	bad *bool
}

func walkDER(data []byte) *der { return &der{data, new(bool)} }

func (d *der) fail()                    { *d.bad = true }
func (d *der) more() bool               { return !*d.bad && len(d.s) > 0 }
func (d *der) peek(tag asn1.Tag) bool   { return !*d.bad && d.s.PeekASN1Tag(tag) }
func (d *der) in(tag asn1.Tag) *der     { return &der{d.bytes(tag), d.bad} }
func (d *der) optional(t asn1.Tag) *der { return &der{d.optionalBytes(t), d.bad} }

func (d *der) check(ok bool) {
	if !ok {
		d.fail()
	}
}

func (d *der) end() { d.check(len(d.s) == 0) }

// bytes returns the content of the next element.
func (d *der) bytes(tag asn1.Tag) []byte {
	var content cryptobyte.String
	d.check(d.s.ReadASN1(&content, tag))
	return content
}

func (d *der) optionalBytes(tag asn1.Tag) []byte {
	if !d.peek(tag) {
		return nil
	}
	return d.bytes(tag)
}

// element returns the next element with its tag and length.
func (d *der) element() []byte {
	var element cryptobyte.String
	var tag asn1.Tag
	d.check(d.s.ReadAnyASN1Element(&element, &tag))
	return element
}

func (d *der) oid() []byte { return d.bytes(asn1.OBJECT_IDENTIFIER) }

// natural reads an INTEGER as a number without sign or leading zeros.
func (d *der) natural(tag asn1.Tag) []byte {
	content := d.bytes(tag)
	if len(content) > 0 && content[0] == 0 {
		content = content[1:]
	}
	return content
}

// uint reads an INTEGER that fits 62 bits.
func (d *der) uint(tag asn1.Tag) int64 {
	content := d.natural(tag)
	d.check(len(content) < 8)
	if *d.bad {
		return 0
	}
	var word [8]byte
	copy(word[8-len(content):], content)
	return int64(binary.BigEndian.Uint64(word[:]))
}

// flags reads a BIT STRING of named bits: bit i has the value 2^i.
func (d *der) flags(tag asn1.Tag) int64 {
	var v int64
	bits := d.bytes(tag)
	d.check(len(bits) > 0 && len(bits) < 8)
	if *d.bad {
		return 0
	}
	for i, octet := range bits[1:] {
		for bit := range 8 {
			if octet&(0x80>>bit) != 0 {
				v |= 1 << (8*i + bit)
			}
		}
	}
	return v
}

// The writers of DER that cryptobyte.Builder lacks.

func addBytes(b *cryptobyte.Builder, tag asn1.Tag, content []byte) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(content) })
}

func addOID(b *cryptobyte.Builder, oid []byte) { addBytes(b, asn1.OBJECT_IDENTIFIER, oid) }

// addNatural writes a number without sign or leading zeros as an INTEGER.
func addNatural(b *cryptobyte.Builder, tag asn1.Tag, magnitude []byte) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		if len(magnitude) == 0 || magnitude[0] >= 0x80 {
			b.AddUint8(0)
		}
		b.AddBytes(magnitude)
	})
}

func addUint(b *cryptobyte.Builder, tag asn1.Tag, v int64) {
	var word [8]byte
	binary.BigEndian.PutUint64(word[:], uint64(v))
	addNatural(b, tag, trimZeros(word[:]))
}

func addFlags(b *cryptobyte.Builder, tag asn1.Tag, v int64) {
	var octets []byte
	for ; v > 0; v >>= 8 {
		var octet byte
		for bit := range 8 {
			if v&(1<<bit) != 0 {
				octet |= 0x80 >> bit
			}
		}
		octets = append(octets, octet)
	}
	unused := byte(0)
	if n := len(octets); n > 0 {
		for octets[n-1]&(1<<unused) == 0 {
			unused++
		}
	}
	addBytes(b, tag, append([]byte{unused}, octets...))
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// validOID reports whether content is that of a DER OBJECT IDENTIFIER.
func validOID(content []byte) bool {
	if len(content) == 0 || content[len(content)-1]&0x80 != 0 {
		return false
	}
	start := true
	for _, octet := range content {
		if start && octet == 0x80 {
			return false
		}
		start = octet&0x80 == 0
	}
	return true
}

// validElement reports whether data is exactly one DER element.
func validElement(data []byte) bool {
	d := walkDER(data)
	d.element()
	return !*d.bad && len(d.s) == 0
}
