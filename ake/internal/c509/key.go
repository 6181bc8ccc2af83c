package c509

import (
	"bytes"
	"crypto/elliptic"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// read reads AlgorithmIdentifier = int / ~oid / [ ~oid, parameters:
// bytes ]. An algorithm that the table has must be written as its number,
// because the form of keys and signatures follows from that.
func (t *algorithms) read(item cborx.Item) (*algorithm, error) {
	r := walkItems(item)
	if item.Kind() == cborx.Int {
		value := r.int()
		row, ok := t.byValue[value]
		if !ok {
			return nil, fmt.Errorf("algorithm %d is not one that C509 has", value)
		}
		return row, nil
	}
	var params []byte
	withParams := item.Kind() == cborx.Array
	if withParams {
		r = r.array()
	}
	oid := r.oid(noRegistry)
	if withParams {
		params = r.bytes()
		r.check(validElement(params))
	}
	if *r.bad || r.more() {
		return nil, fmt.Errorf("an algorithm is neither an int, nor an OID, nor that with parameters")
	}
	row := &algorithm{oid: dottedOID(oid), der: string(algorithmDER(oid, params))}
	if known, ok := t.byDER[row.der]; ok {
		return nil, fmt.Errorf("algorithm %s is not written as the number %d", row.oid, known.value)
	}
	return row, nil
}

// append is the reverse of read, of an AlgorithmIdentifier in DER.
func (t *algorithms) append(out, identifier []byte) []byte {
	if row, ok := t.byDER[string(identifier)]; ok {
		return cborx.AppendInt(out, row.value)
	}
	d := walkDER(identifier).in(asn1.SEQUENCE)
	var parts array
	parts.bytes(d.oid())
	if d.more() {
		parts.bytes(d.element())
	}
	return append(out, parts.encodeOrOne()...)
}

// The first byte of a point that was not compressed in the X.509 certificate,
// in place of 0x02 and 0x03.
const (
	wasEven = 0xfe
	wasOdd  = 0xfd
)

// readKey makes the content of the BIT STRING of a subjectPublicKeyInfo.
func (c dialect) readKey(row *algorithm, item cborx.Item) ([]byte, error) {
	r := walkItems(item)
	if row.rsa {
		return readRSA(r)
	}
	key := r.bytes()
	if *r.bad {
		return nil, fmt.Errorf("the public key is not a byte string")
	}
	if !row.point {
		return bytes.Clone(key), nil
	}
	if len(key) == 0 {
		return nil, fmt.Errorf("the public key is empty")
	}
	switch prefix := key[0]; prefix {
	case wasEven, wasOdd:
		if c.native {
			return nil, fmt.Errorf("a natively signed certificate has no key of the form 0x%x", prefix)
		}
		return decompress(row, -prefix, key[1:]) // 0xfe is -2, 0xfd is -3
	case 2, 3, 4:
		if row.curve != nil && len(key) != 1+coordinateLength(row.curve)*(1+int(prefix>>2)) {
			return nil, fmt.Errorf("the public key has the wrong length %d", len(key))
		}
		return bytes.Clone(key), nil
	}
	return nil, fmt.Errorf("the public key is a point of no known form")
}

func coordinateLength(curve elliptic.Curve) int { return (curve.Params().BitSize + 7) / 8 }

func decompress(row *algorithm, prefix byte, x []byte) ([]byte, error) {
	if row.curve == nil {
		return nil, fmt.Errorf("compressed points of this curve are not supported")
	}
	px, py := elliptic.UnmarshalCompressed(row.curve, append([]byte{prefix}, x...))
	if px == nil {
		return nil, fmt.Errorf("the public key is not a point on its curve")
	}
	return uncompressed(row.curve, px, py), nil
}

func uncompressed(curve elliptic.Curve, x, y *big.Int) []byte {
	size := coordinateLength(curve)
	point := make([]byte, 1+2*size)
	point[0] = 4
	x.FillBytes(point[1 : 1+size])
	y.FillBytes(point[1+size:])
	return point
}

// compress shortens an uncompressed point if that leads back to it.
func compress(row *algorithm, point []byte) []byte {
	if row.curve == nil || len(point) != 1+2*coordinateLength(row.curve) || point[0] != 4 {
		return point
	}
	last := point[len(point)-1]
	short := append([]byte{wasEven - last&1}, point[1:1+len(point)/2]...)
	again, err := decompress(row, 2+last&1, short[1:])
	if err != nil || !bytes.Equal(again, point) {
		return point
	}
	return short
}

// defaultExponent is 65537, which is left out.
var defaultExponent = []byte{1, 0, 1}

func readRSA(r *items) ([]byte, error) {
	exponent := defaultExponent
	if r.peek().Kind() == cborx.Array {
		r = r.array()
		r.check(len(r.list) == 2 && !bytes.Equal(r.list[1], cborx.AppendBytes(nil, defaultExponent)))
	}
	modulus := r.bytes()
	if r.more() {
		exponent = r.bytes()
	}
	if *r.bad || !isNatural(modulus) || !isNatural(exponent) {
		return nil, fmt.Errorf("the RSA key is not a modulus, or that with another exponent than 65537")
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addNatural(b, asn1.INTEGER, modulus)
		addNatural(b, asn1.INTEGER, exponent)
	})
	return b.Bytes()
}

// isNatural reports whether b is a ~biguint in its shortest form.
func isNatural(b []byte) bool { return len(b) == 0 || b[0] != 0 }

// appendKey is the reverse of readKey.
func appendKey(out []byte, row *algorithm, key []byte) []byte {
	switch {
	case row != nil && row.rsa:
		numbers := walkDER(key).in(asn1.SEQUENCE)
		modulus, exponent := numbers.natural(asn1.INTEGER), numbers.natural(asn1.INTEGER)
		var parts array
		parts.bytes(modulus)
		if !bytes.Equal(exponent, defaultExponent) {
			parts.bytes(exponent)
		}
		return append(out, parts.encodeOrOne()...)
	case row != nil && row.point:
		key = compress(row, key)
	}
	return cborx.AppendBytes(out, key)
}

// publicKey is the key for EDHOC and for checking signatures; nil if it is of
// a kind that neither knows.
func publicKey(row *algorithm, key []byte) (*suite.PublicKey, error) {
	if row.kind == 0 {
		return nil, nil
	}
	return suite.ParsePublicKey(row.kind, key)
}

// groupLengths are the lengths of numbers below the order of a group, for the
// curves that C509 has.
var groupLengths = []int{32, 48, 64, 66}

// ecdsaToDER makes ECDSA-Sig-Value of r||s; nil if it is not that.
func ecdsaToDER(raw []byte) []byte {
	half := len(raw) / 2
	if len(raw) > 2*groupLengths[len(groupLengths)-1] {
		return nil
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addNatural(b, asn1.INTEGER, trimZeros(raw[:half]))
		addNatural(b, asn1.INTEGER, trimZeros(raw[half:]))
	})
	value, err := b.Bytes()
	if err != nil || !bytes.Equal(ecdsaFromDER(value), raw) {
		return nil
	}
	return value
}

// ecdsaFromDER is the reverse. Which curve the issuer's key is on stands
// nowhere: it is the smallest that the numbers fit.
func ecdsaFromDER(value []byte) []byte {
	d := walkDER(value)
	numbers := d.in(asn1.SEQUENCE)
	r, s := numbers.natural(asn1.INTEGER), numbers.natural(asn1.INTEGER)
	if *d.bad {
		return nil
	}
	for _, size := range groupLengths {
		if max(len(r), len(s)) <= size {
			raw := make([]byte, 2*size)
			copy(raw[size-len(r):], r)
			copy(raw[2*size-len(s):], s)
			return raw
		}
	}
	return nil
}
