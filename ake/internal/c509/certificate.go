package c509

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// The values of c509CertificateType.
const (
	Native    = 2 // the signature is over the CBOR
	Reencoded = 3 // the signature is over the DER of the X.509 certificate
)

const (
	fieldCount = 11
	arrayHead  = 0x8b  // the head of a C509Certificate
	maxSize    = 16384 // bytes; RSA keys of 8192 bits and long lists fit

	noExpiry = 253402300799 // 99991231235959Z, written as null
)

var (
	// ErrSignature: the signature is not by the given key.
	ErrSignature = errors.New("the signature of the C509 certificate is wrong")
	// ErrAlgorithm: the signature cannot be checked with the given key.
	ErrAlgorithm = errors.New("the signature algorithm of the C509 certificate does not fit the issuer's key")
	// ErrUnsupported: there is no C509 certificate of an X.509 certificate.
	ErrUnsupported = errors.New("the X.509 certificate cannot be expressed in C509")
)

// Certificate is a parsed C509 certificate. It is not changed after it
// was made. A certificate that is parsed is not yet one that can be trusted.
type Certificate struct {
	Raw  []byte // the CBOR array
	Type int    // Native or Reencoded

	// What it says is what X509 reads; these are the parts of that.
	serial []byte // big-endian, without leading zeros
	// The names of a native certificate are made up; their strings are of
	// type UTF8String.
	issuerDER, subjectDER []byte
	notBefore, notAfter   time.Time
	publicKey             *suite.PublicKey // nil if it is of a kind that EDHOC does not use
	extensions            []Extension

	signatureAlgorithm, keyAlgorithm *algorithm
	key, signature                   []byte // as in their BIT STRINGs; ECDSA: r||s
	tbs                              []byte // what is signed
}

// Parse reads a C509Certificate: the array, as c5b and c5c carry it. There is
// one reading of it: that of the draft as it will be published, whatever its
// signature says.
func Parse(data []byte) (*Certificate, error) {
	certificate, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: C509: %w", ErrMalformed, err)
	}
	return certificate, nil
}

func parse(data []byte) (*Certificate, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("%d bytes, at most %d are read", len(data), maxSize)
	}
	if len(data) == 0 || data[0] != arrayHead {
		return nil, fmt.Errorf("not an array of %d elements; earlier drafts left out its head", fieldCount)
	}
	c := &Certificate{Raw: bytes.Clone(data)}
	fields, err := cborx.Sequence(c.Raw[1:], fieldCount)
	if err != nil {
		return nil, err
	}
	if len(fields) != fieldCount {
		return nil, fmt.Errorf("%d elements, not %d", len(fields), fieldCount)
	}
	switch kind, _ := fields[0].Int(); {
	case kind == Reencoded, kind == Native:
		c.Type = int(kind)
	default:
		return nil, fmt.Errorf("not a type of certificate that this library reads")
	}
	d := dialect{native: c.Type == Native}
	if err := c.setFields(d, fields); err != nil {
		return nil, err
	}
	if d.native {
		c.tbs = c.Raw[1 : len(c.Raw)-len(fields[fieldCount-1])]
		return c, nil
	}
	c.tbs, err = c.tbsDER()
	return c, err
}

// setFields reads the elements from the serial number on.
func (c *Certificate) setFields(d dialect, fields []cborx.Item) (err error) {
	r := walkItems(fields[1])
	c.serial = r.bytes()
	if *r.bad || !isNatural(c.serial) {
		return fmt.Errorf("the serial number is not a byte string without leading zeros")
	}
	if c.signatureAlgorithm, err = signatureAlgorithms.read(fields[2]); err != nil {
		return fmt.Errorf("signature %w", err)
	}
	if err = c.setNames(d, fields[3], fields[6]); err != nil {
		return err
	}
	if err = c.setValidity(fields[4], fields[5]); err != nil {
		return err
	}
	if c.keyAlgorithm, err = keyAlgorithms.read(fields[7]); err != nil {
		return fmt.Errorf("public key %w", err)
	}
	if c.key, err = d.readKey(c.keyAlgorithm, fields[8]); err != nil {
		return err
	}
	if c.publicKey, err = publicKey(c.keyAlgorithm, c.key); err != nil {
		return err
	}
	if c.extensions, err = d.extensions(fields[9]); err != nil {
		return err
	}
	if err = c.checkExtensions(); err != nil {
		return err
	}
	return c.setSignature(fields[10])
}

func (c *Certificate) setNames(d dialect, issuer, subject cborx.Item) (err error) {
	if c.subjectDER, err = d.nameToDER(subject); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	c.issuerDER = c.subjectDER
	if issuer[0] != cborNull {
		if c.issuerDER, err = d.nameToDER(issuer); err != nil {
			return fmt.Errorf("issuer: %w", err)
		}
		if bytes.Equal(c.issuerDER, c.subjectDER) {
			return fmt.Errorf("the issuer is the subject, but is not written as null")
		}
	}
	return nil
}

func (c *Certificate) setValidity(from, to cborx.Item) error {
	r := walkItems(from, to)
	notBefore := r.uint()
	notAfter := int64(noExpiry)
	if !r.null() {
		notAfter = r.uint()
		r.check(notAfter != noExpiry)
	}
	if *r.bad || notBefore > noExpiry || notAfter > noExpiry {
		return fmt.Errorf("the validity is not two times of years up to 9999")
	}
	c.notBefore, c.notAfter = time.Unix(notBefore, 0).UTC(), time.Unix(notAfter, 0).UTC()
	return nil
}

// checkExtensions holds the extensions that decide about a path to their one form,
// also where they are in DER.
func (c *Certificate) checkExtensions() error {
	for _, extension := range c.extensions {
		d := walkDER(extension.Value)
		id := extensionIDs.values[string(extension.OID)]
		switch id {
		case extKeyUsage:
			d.check(d.flags(asn1.BIT_STRING) != 0)
		case extBasicConstraints:
			basicConstraints(d)
		default:
			continue
		}
		d.end()
		if *d.bad {
			return fmt.Errorf("extension %q is malformed", extensionForms[id].name)
		}
	}
	return nil
}

func (c *Certificate) setSignature(item cborx.Item) error {
	value, ok := item.Bytes()
	if !ok {
		return fmt.Errorf("the signature is not a byte string")
	}
	if c.signatureAlgorithm.ecdsa && ecdsaToDER(value) == nil {
		return fmt.Errorf("the signature is not two numbers of the length of an order")
	}
	c.signature = value
	return nil
}

// Signature is that of the issuer; of ECDSA it is r||s.
func (c *Certificate) Signature() []byte { return bytes.Clone(c.signature) }

// SignedBytes is what the issuer signed: the CBOR sequence of all elements but
// the last of a native certificate, the TBSCertificate of a re-encoded one.
func (c *Certificate) SignedBytes() []byte { return bytes.Clone(c.tbs) }

// VerifiedBy checks the signature with the issuer's key, which has to be of
// the kind that the algorithm is for: P-256 with SHA-256, P-384 with SHA-384,
// Ed25519 or Ed448. The error is ErrSignature or ErrAlgorithm.
func (c *Certificate) VerifiedBy(issuer *suite.PublicKey) error {
	if issuer == nil || c.signatureAlgorithm.kind != issuer.Kind() {
		return ErrAlgorithm
	}
	if !issuer.Verify(c.tbs, c.signature) {
		return ErrSignature
	}
	return nil
}

// DER is the X.509 certificate that a re-encoded certificate was made of.
func (c *Certificate) DER() ([]byte, error) {
	if c.Type != Reencoded {
		return nil, fmt.Errorf("%w: a natively signed C509 certificate was never an X.509 certificate", ErrUnsupported)
	}
	return c.certificateDER(c.tbs)
}

// X509 gives the contents of the certificate as crypto/x509 reads them. That
// of a re-encoded certificate is the certificate itself; that of a native one
// only says the same, and its signature is not over its DER: use VerifiedBy.
func (c *Certificate) X509() (*x509.Certificate, error) {
	tbs, err := c.tbsDER()
	if err != nil {
		return nil, err
	}
	der, err := c.certificateDER(tbs)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: the X.509 form of the C509 certificate: %w", ErrMalformed, err)
	}
	return certificate, nil
}

func (c *Certificate) certificateDER(tbs []byte) ([]byte, error) {
	signature := c.signature
	if c.signatureAlgorithm.ecdsa {
		signature = ecdsaToDER(signature)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes([]byte(c.signatureAlgorithm.der))
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}

func (c *Certificate) tbsDER() ([]byte, error) {
	key := c.key
	if c.Type == Native && c.keyAlgorithm.point && c.publicKey != nil {
		key = append([]byte{4}, c.publicKey.Bytes()...) // crypto/x509 reads no other form
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(constructed(0), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) }) // v3
		addNatural(b, asn1.INTEGER, c.serial)
		b.AddBytes([]byte(c.signatureAlgorithm.der))
		b.AddBytes(c.issuerDER)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addTime(b, c.notBefore)
			addTime(b, c.notAfter)
		})
		b.AddBytes(c.subjectDER)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes([]byte(c.keyAlgorithm.der))
			b.AddASN1BitString(key)
		})
		if len(c.extensions) > 0 {
			b.AddASN1(constructed(3), func(b *cryptobyte.Builder) { addExtensions(b, c.extensions) })
		}
	})
	return b.Bytes()
}

// addTime follows RFC 5280 section 4.1.2.5: UTCTime through the year 2049.
func addTime(b *cryptobyte.Builder, t time.Time) {
	if t.Year() < 2050 {
		b.AddASN1UTCTime(t)
	} else {
		b.AddASN1GeneralizedTime(t)
	}
}
