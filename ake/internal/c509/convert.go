package c509

import (
	"bytes"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
)

// ToX509 makes the DER X.509 certificate of a re-encoded C509 certificate.
func ToX509(data []byte) ([]byte, error) {
	certificate, err := Parse(data)
	if err != nil {
		return nil, err
	}
	return certificate.DER()
}

// FromX509 re-encodes a DER X.509 certificate as a C509Certificate (an
// array). It refuses a certificate that would not come back byte for byte.
func FromX509(certificate []byte) ([]byte, error) {
	out, err := fromX509(certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	again, err := Parse(out)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	if back, err := again.DER(); err != nil || !bytes.Equal(back, certificate) {
		return nil, fmt.Errorf("%w: it would not come back as it was", ErrUnsupported)
	}
	return out, nil
}

func fromX509(certificate []byte) ([]byte, error) {
	if len(certificate) > maxSize {
		return nil, fmt.Errorf("it has %d bytes, at most %d are taken", len(certificate), maxSize)
	}
	all := walkDER(certificate)
	outer := all.in(asn1.SEQUENCE)
	all.end()
	tbs := outer.in(asn1.SEQUENCE)
	version := tbs.optional(constructed(0))
	if *all.bad || version.uint(asn1.INTEGER) != 2 {
		return nil, fmt.Errorf("it is not a DER X.509 certificate of version 3")
	}
	serial := tbs.natural(asn1.INTEGER)
	signatureAlgorithm := tbs.element()
	issuer := tbs.element()
	validity := tbs.in(asn1.SEQUENCE)
	notBefore, notAfter := validity.time(), validity.time()
	subject := tbs.element()
	keyInfo := tbs.in(asn1.SEQUENCE)
	keyAlgorithm := keyInfo.element()
	key := keyInfo.bitString()
	if *all.bad {
		return nil, fmt.Errorf("it is not well-formed")
	}
	if tbs.more() && !tbs.peek(constructed(3)) {
		return nil, fmt.Errorf("it has unique identifiers")
	}
	extensions, err := tbs.extensions()
	if err != nil {
		return nil, err
	}
	outer.element() // the signature algorithm again
	signature := outer.bitString()
	if *all.bad {
		return nil, fmt.Errorf("it is not well-formed")
	}

	var c dialect
	out := cborx.AppendInt([]byte{arrayHead}, Reencoded)
	out = cborx.AppendBytes(out, serial)
	out = signatureAlgorithms.append(out, signatureAlgorithm)
	if bytes.Equal(issuer, subject) {
		out = append(out, cborNull)
	} else {
		name, err := c.nameToCBOR(issuer)
		if err != nil {
			return nil, fmt.Errorf("issuer: %w", err)
		}
		out = append(out, name...)
	}
	out = cborx.AppendInt(out, notBefore)
	if notAfter == noExpiry {
		out = append(out, cborNull)
	} else {
		out = cborx.AppendInt(out, notAfter)
	}
	name, err := c.nameToCBOR(subject)
	if err != nil {
		return nil, fmt.Errorf("subject: %w", err)
	}
	out = append(out, name...)
	out = keyAlgorithms.append(out, keyAlgorithm)
	out = appendKey(out, keyAlgorithms.byDER[string(keyAlgorithm)], key)
	out = c.appendExtensions(out, extensions)
	if row := signatureAlgorithms.byDER[string(signatureAlgorithm)]; row != nil && row.ecdsa {
		if signature = ecdsaFromDER(signature); signature == nil {
			return nil, fmt.Errorf("the signature is not of the form of ECDSA")
		}
	}
	return cborx.AppendBytes(out, signature), nil
}

// time reads a UTCTime or GeneralizedTime, in seconds from 1970.
func (d *der) time() int64 {
	var t time.Time
	if d.peek(asn1.UTCTime) {
		d.check(d.s.ReadASN1UTCTime(&t))
	} else {
		d.check(d.s.ReadASN1GeneralizedTime(&t))
	}
	return t.Unix()
}

// bitString reads a BIT STRING of whole bytes.
func (d *der) bitString() []byte {
	content := d.bytes(asn1.BIT_STRING)
	if len(content) == 0 || content[0] != 0 {
		d.fail()
		return nil
	}
	return content[1:]
}

func (d *der) extensions() ([]Extension, error) {
	var list []Extension
	for all := d.optional(constructed(3)).optional(asn1.SEQUENCE); all.more(); {
		one := all.in(asn1.SEQUENCE)
		extension := Extension{OID: one.oid()}
		if one.peek(asn1.BOOLEAN) {
			one.bytes(asn1.BOOLEAN)
			extension.Critical = true
		}
		extension.Value = one.bytes(asn1.OCTET_STRING)
		list = append(list, extension)
	}
	if *d.bad {
		return nil, fmt.Errorf("its extensions are not well-formed")
	}
	return list, nil
}
