package c509

import (
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// dialect is what the conversions of the parts of a certificate depend on.
type dialect struct {
	native bool // natively signed: names have no other type of string than UTF-8
}

const commonName = 1

// isIA5 tells the attributes whose strings are always of type IA5String.
func isIA5(attribute int64) bool { return attribute == 0 || attribute == 22 }

// readName turns a Name ("issuer") into DER.
func (c dialect) readName(r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if r.peek().Kind() != cborx.Array {
			addRDN(b, []byte(attributeIDs.oids[commonName]), func(b *cryptobyte.Builder) {
				addBytes(b, asn1.UTF8String, []byte(readSpecialText(r)))
			})
			return
		}
		for attributes := r.array(); attributes.more(); {
			c.readAttribute(attributes, b)
		}
	})
}

func addRDN(b *cryptobyte.Builder, oid []byte, value cryptobyte.BuilderContinuation) {
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addOID(b, oid)
			value(b)
		})
	})
}

func (c dialect) readAttribute(r *items, b *cryptobyte.Builder) {
	oid, tag := c.readAttributeType(r)
	addRDN(b, oid, func(b *cryptobyte.Builder) { c.readAttributeValue(r, tag, b) })
}

// readAttributeType returns an attribute's OID and the type of its string; 0
// stands for values that are in DER already.
func (c dialect) readAttributeType(r *items) (oid []byte, tag asn1.Tag) {
	if r.peek().Kind() != cborx.Int {
		return r.oid(attributeIDs), 0
	}
	value := r.int()
	tag = asn1.UTF8String
	switch {
	case isIA5(value):
		tag = asn1.IA5String
	case value < 0:
		r.check(!c.native && !isIA5(-value))
		value, tag = -value, asn1.PrintableString
	}
	content, ok := attributeIDs.oids[value]
	r.check(ok)
	return []byte(content), tag
}

func (c dialect) readAttributeValue(r *items, tag asn1.Tag, b *cryptobyte.Builder) {
	if tag == 0 {
		value := r.bytes()
		r.check(validElement(value))
		b.AddBytes(value)
		return
	}
	text := readSpecialText(r)
	r.check(tag == asn1.UTF8String || isASCII(text))
	addBytes(b, tag, []byte(text))
}

const (
	tagMAC     = 48   // RFC 9542 section 2.4
	tagMACHead = 0xd8 // a tag whose number is in the next byte
)

// readSpecialText reads a text, or what it was shortened to.
func readSpecialText(r *items) string {
	item := r.next()
	switch item.Kind() {
	case cborx.Text:
		text, _ := item.Text()
		return text
	case cborx.Bytes:
		content, _ := item.Bytes()
		r.check(len(content) > 0)
		return hex.EncodeToString(content)
	case cborx.Tag:
		if item[0] == tagMACHead && item[1] == tagMAC {
			content, ok := item[2:].Bytes()
			r.check(ok)
			return readEUI(r, content)
		}
	}
	r.fail()
	return ""
}

// readEUI writes the EUI-64 of a MAC address, or one given as it is.
func readEUI(r *items, address []byte) string {
	octets := strings.ToUpper(hex.EncodeToString(address))
	switch len(octets) {
	case 12:
		octets = octets[:6] + "FFFE" + octets[6:]
	case 16:
	default:
		r.fail()
		return ""
	}
	var parts []string
	for ; len(octets) > 0; octets = octets[2:] {
		parts = append(parts, octets[:2])
	}
	return strings.Join(parts, "-")
}

// writeSpecialText shortens a text where there is a way to.
func writeSpecialText(text string) []byte {
	if short, ok := shortenHex(text); ok {
		return cborx.AppendBytes(nil, short)
	}
	if address, ok := shortenEUI(text); ok {
		return cborx.AppendBytes([]byte{tagMACHead, tagMAC}, address)
	}
	return cborx.AppendText(nil, text)
}

func shortenHex(text string) ([]byte, bool) {
	if text == "" || text != strings.ToLower(text) {
		return nil, false
	}
	short, err := hex.DecodeString(text)
	return short, err == nil
}

func shortenEUI(text string) ([]byte, bool) {
	parts := strings.Split(text, "-")
	if len(text) != 23 || len(parts) != 8 || text != strings.ToUpper(text) {
		return nil, false
	}
	for _, part := range parts {
		if len(part) != 2 {
			return nil, false
		}
	}
	address, err := hex.DecodeString(strings.Join(parts, ""))
	if err != nil {
		return nil, false
	}
	if address[3] == 0xff && address[4] == 0xfe {
		address = append(address[:3], address[5:]...)
	}
	return address, true
}

// writeName turns the next Name in DER into CBOR.
func (c dialect) writeName(d *der) []byte {
	rdns := d.in(asn1.SEQUENCE)
	var name array
	var lonely []byte // the short form of a single common name
	for rdns.more() {
		rdn := rdns.in(asn1.SET)
		attribute := rdn.in(asn1.SEQUENCE)
		rdn.end() // C509 has no RDN of several attributes
		oid := attribute.oid()
		value, known := attributeIDs.values[string(oid)]
		sign, text, ok := stringOf(attribute, value)
		if !known || !ok {
			name.bytes(oid)
			name.bytes(attribute.element())
			attribute.end()
			continue
		}
		attribute.end()
		name.int(sign * value)
		special := writeSpecialText(text)
		name.add(special)
		if sign*value == commonName && name.n == 2 {
			lonely = special
		}
	}
	if lonely != nil && name.n == 2 {
		return lonely
	}
	return name.encode()
}

// stringOf reads the string of an attribute, unless it is of a type that has
// no short form there.
func stringOf(d *der, attribute int64) (sign int64, text string, ok bool) {
	switch {
	case isIA5(attribute):
		if d.peek(asn1.IA5String) {
			return 1, string(d.bytes(asn1.IA5String)), true
		}
	case d.peek(asn1.UTF8String):
		return 1, string(d.bytes(asn1.UTF8String)), true
	case d.peek(asn1.PrintableString):
		return -1, string(d.bytes(asn1.PrintableString)), true
	}
	return 0, "", false
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// nameToDER converts a name, and refuses what is not the one form of it.
func (c dialect) nameToDER(item cborx.Item) ([]byte, error) {
	r := walkItems(item)
	var b cryptobyte.Builder
	c.readName(r, &b)
	name, err := b.Bytes()
	if *r.bad || err != nil {
		return nil, fmt.Errorf("a name is not of the form of a C509 Name")
	}
	d := walkDER(name)
	if again := c.writeName(d); *d.bad || string(again) != string(item) {
		return nil, fmt.Errorf("a name is not in the shortest form that C509 has for it")
	}
	return name, nil
}

// nameToCBOR is the reverse.
func (c dialect) nameToCBOR(name []byte) ([]byte, error) {
	d := walkDER(name)
	item, err := cborx.One(c.writeName(d))
	if *d.bad || err != nil {
		return nil, fmt.Errorf("a name has strings that C509 cannot express")
	}
	r := walkItems(item)
	var b cryptobyte.Builder
	c.readName(r, &b)
	if again, err := b.Bytes(); *r.bad || err != nil || string(again) != string(name) {
		return nil, fmt.Errorf("a name has what C509 cannot express, such as two attributes in one RDN")
	}
	return item, nil
}
