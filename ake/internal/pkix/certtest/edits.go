package certtest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// Edits of a certificate, in the words of the cases.

func all(edits ...Edit) Edit {
	return func(s *Spec) {
		for _, edit := range edits {
			edit(s)
		}
	}
}

func validUntil(t time.Time) Edit { return func(s *Spec) { s.NotAfter = t } }
func validFrom(t time.Time) Edit  { return func(s *Spec) { s.NotBefore = t } }
func usage(u x509.KeyUsage) Edit  { return func(s *Spec) { s.KeyUsage = u } }
func withKey(e *Entity) Edit      { return func(s *Spec) { s.Key, s.RSA, s.P521 = e.Key, e.RSA, e.P521 } }
func pathLength(n int) Edit {
	return func(s *Spec) { s.MaxPathLen, s.MaxPathLenZero = n, n == 0 }
}
func notCA(s *Spec)                     { s.IsCA, s.MaxPathLen = false, 0 }
func noConstraints(s *Spec)             { s.IsCA, s.BasicConstraintsValid, s.MaxPathLen = false, false, 0 }
func version1(s *Spec)                  { s.Version1 = true }
func noKeyID(s *Spec)                   { s.SubjectKeyId = []byte{} }
func keyID(id string) Edit              { return func(s *Spec) { s.SubjectKeyId = []byte(id) } }
func says(oid ...int) Edit              { return func(s *Spec) { s.Algorithm = oid } }
func keySays(oid ...int) Edit           { return func(s *Spec) { s.KeyAlgorithm = oid } }
func broken(f func([]byte) []byte) Edit { return func(s *Spec) { s.Break = f } }

func purposes(list ...x509.ExtKeyUsage) Edit { return func(s *Spec) { s.ExtKeyUsage = list } }
func unknownPurpose(s *Spec) {
	s.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 99999, 1}}
}

func extension(critical bool, value []byte, oid ...int) Edit {
	return func(s *Spec) {
		s.ExtraExtensions = append(s.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: value})
	}
}
func unknownExtension(critical bool) Edit {
	return extension(critical, []byte{5, 0}, 1, 3, 6, 1, 4, 1, 99999, 2)
}

func dns(names ...string) Edit   { return func(s *Spec) { s.DNSNames = names } }
func email(names ...string) Edit { return func(s *Spec) { s.EmailAddresses = names } }
func ip(address string) Edit {
	return func(s *Spec) { s.IPAddresses = []net.IP{net.ParseIP(address)} }
}
func uri(text string) Edit {
	return func(s *Spec) { s.URIs = []*url.URL{must(url.Parse(text))} }
}
func subject(n pkix.Name) Edit { return func(s *Spec) { s.Subject = n } }

func permitDNS(names ...string) Edit {
	return func(s *Spec) { s.PermittedDNSDomains = names; critical(s) }
}
func excludeDNS(names ...string) Edit {
	return func(s *Spec) { s.ExcludedDNSDomains = names; critical(s) }
}
func permitIP(cidr string) Edit {
	return func(s *Spec) { s.PermittedIPRanges = network(cidr); critical(s) }
}
func excludeIP(cidr string) Edit {
	return func(s *Spec) { s.ExcludedIPRanges = network(cidr); critical(s) }
}
func permitEmail(name string) Edit {
	return func(s *Spec) { s.PermittedEmailAddresses = []string{name}; critical(s) }
}
func excludeEmail(name string) Edit {
	return func(s *Spec) { s.ExcludedEmailAddresses = []string{name}; critical(s) }
}
func permitURI(name string) Edit {
	return func(s *Spec) { s.PermittedURIDomains = []string{name}; critical(s) }
}
func excludeURI(name string) Edit {
	return func(s *Spec) { s.ExcludedURIDomains = []string{name}; critical(s) }
}

func critical(s *Spec) { s.PermittedDNSDomainsCritical = true }

func network(cidr string) []*net.IPNet {
	_, block, err := net.ParseCIDR(cidr)
	return []*net.IPNet{must(block, err)}
}

// constrain writes a name constraint that crypto/x509 does not: 0 permits, 1
// excludes a subtree with the given GeneralName, and anything after it.
func constrain(list int, name asn1.RawValue, after ...asn1.RawValue) Edit {
	subtree := must(asn1.Marshal(slices.Concat([]asn1.RawValue{name}, after)))
	value := must(asn1.Marshal([]asn1.RawValue{contextTag(list, subtree)}))
	return extension(true, value, 2, 5, 29, 30)
}

func directory(n pkix.Name) asn1.RawValue {
	return contextTag(4, must(asn1.Marshal(n.ToRDNSequence())))
}

func contextTag(tag int, content []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: content}
}

// flipLast breaks the signature.
func flipLast(der []byte) []byte {
	der[len(der)-1] ^= 1
	return der
}

const (
	ed25519 = suite.KeyEd25519
	ed448   = suite.KeyEd448
	p256    = suite.KeyP256
	p384    = suite.KeyP384
	x25519  = suite.KeyX25519
	x448    = suite.KeyX448
)
