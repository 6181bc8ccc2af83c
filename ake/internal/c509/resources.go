package c509

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// The extensions of RFC 3779 and RFC 8360. Numbers are written as differences
// from the number before; this adds them up, refusing what leaves the range.

type counter struct{ last, limit int64 }

func (n *counter) next(r *items, step int64) int64 {
	n.last += step // may wrap around, into the negative
	r.check(n.last >= 0 && n.last <= n.limit)
	if *r.bad {
		n.last = 0
	}
	return n.last
}

func (n *counter) difference(v int64) int64 {
	step := v - n.last
	n.last = v
	return step
}

// ASIdentifiers = [ + ASIdOrRange ] / null, with ASIdOrRange = uint / [ min, max ].

func readASIdentifiers(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(constructed(0), func(b *cryptobyte.Builder) {
			if r.null() {
				b.AddASN1NULL() // inherit
				return
			}
			number := counter{limit: 1<<32 - 1}
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				ids := r.array()
				r.check(len(ids.list) > 0)
				for ids.more() {
					if ids.peek().Kind() != cborx.Array {
						addUint(b, asn1.INTEGER, number.next(ids, ids.uint()))
						continue
					}
					bounds := ids.array()
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						addUint(b, asn1.INTEGER, number.next(bounds, bounds.uint()))
						addUint(b, asn1.INTEGER, number.next(bounds, bounds.uint()))
					})
				}
			})
		})
	})
}

func writeASIdentifiers(_ dialect, d *der) []byte {
	numbers := d.in(asn1.SEQUENCE).in(constructed(0))
	if numbers.peek(asn1.NULL) {
		return []byte{cborNull}
	}
	var number counter
	var out array
	for ids := numbers.in(asn1.SEQUENCE); ids.more(); {
		if ids.peek(asn1.INTEGER) {
			out.int(number.difference(ids.uint(asn1.INTEGER)))
			continue
		}
		bounds := ids.in(asn1.SEQUENCE)
		var limits array
		limits.int(number.difference(bounds.uint(asn1.INTEGER)))
		limits.int(number.difference(bounds.uint(asn1.INTEGER)))
		out.add(limits.encode())
	}
	return out.encode()
}

// IPAddrBlocks = [ + ( AFI: uint, SAFI: uint / null, choice ) ]. A choice is
// null for "inherit", or an array of prefixes and [ min, max ]: as byte
// strings if one is longer than eight bytes, else as integers. A byte string
// is that of the BIT STRING in DER; an integer is made of the same bytes, with
// one added to the first so that it is never zero.

const (
	maxShortAddress = 8
	firstByte       = int64(1) << 56 // of eight
)

func readIPBlocks(_ dialect, r *items, b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		families := r.array()
		r.check(len(families.list) > 0)
		for families.more() {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) {
					afi := families.uint()
					families.check(afi <= 0xffff)
					b.AddUint16(uint16(afi))
					if !families.null() {
						safi := families.uint()
						families.check(safi <= 0xff)
						b.AddUint8(uint8(safi))
					}
				})
				if families.more() && families.null() {
					b.AddASN1NULL()
					return
				}
				addresses := families.array()
				number := &counter{limit: 9*firstByte - 1}
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for addresses.more() {
						if addresses.peek().Kind() != cborx.Array {
							readAddress(addresses, b, number)
							continue
						}
						bounds := addresses.array()
						b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
							readAddress(bounds, b, number)
							readAddress(bounds, b, number)
						})
					}
				})
			})
		}
	})
}

func readAddress(r *items, b *cryptobyte.Builder, number *counter) {
	var address []byte
	if r.peek().Kind() == cborx.Bytes {
		address = r.bytes()
	} else {
		word := binary.BigEndian.AppendUint64(nil, uint64(number.next(r, r.int())))
		if address = trimZeros(word); len(address) > 0 {
			address[0]--
		}
	}
	r.check(len(address) > 0 && address[0] < 8) // the number of unused bits
	addBytes(b, asn1.BIT_STRING, address)
}

func writeIPBlocks(_ dialect, d *der) []byte {
	var out array
	for families := d.in(asn1.SEQUENCE); families.more(); {
		family := families.in(asn1.SEQUENCE)
		id := family.bytes(asn1.OCTET_STRING)
		d.check(len(id) == 2 || len(id) == 3)
		if *d.bad {
			return nil
		}
		out.int(int64(binary.BigEndian.Uint16(id)))
		if len(id) == 3 {
			out.int(int64(id[2]))
		} else {
			out.null()
		}
		if family.peek(asn1.NULL) {
			out.null()
			continue
		}
		out.add(writeAddresses(family.in(asn1.SEQUENCE)))
	}
	return out.encode()
}

// writeAddresses goes over the addresses twice, first to see how long they are.
func writeAddresses(d *der) []byte {
	short := true
	walkAddresses(&der{d.s, d.bad}, func(address []byte, _ bool) {
		short = short && len(address) <= maxShortAddress
	})
	var number counter
	var out, bounds array
	walkAddresses(d, func(address []byte, inRange bool) {
		target := &out
		if inRange {
			target = &bounds
		}
		if short && len(address) > 0 {
			word := make([]byte, maxShortAddress-len(address), maxShortAddress)
			v := int64(binary.BigEndian.Uint64(append(word, address...)))
			target.int(number.difference(v + 1<<(8*(len(address)-1))))
		} else {
			target.bytes(address)
		}
		if bounds.n == 2 {
			out.add(bounds.encode())
			bounds = array{}
		}
	})
	return out.encode()
}

func walkAddresses(d *der, visit func(address []byte, inRange bool)) {
	for d.more() {
		if d.peek(asn1.BIT_STRING) {
			visit(d.bytes(asn1.BIT_STRING), false)
			continue
		}
		bounds := d.in(asn1.SEQUENCE)
		visit(bounds.bytes(asn1.BIT_STRING), true)
		visit(bounds.bytes(asn1.BIT_STRING), true)
	}
}
