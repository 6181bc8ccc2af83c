package pkix_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
)

// hierarchy is what one seed makes: certificates of authorities that may certify
// each other, most of them good, and of an end entity.
type hierarchy struct {
	random  *mathrand.Rand
	bag     []*x509.Certificate // the end entity first
	anchors []*x509.Certificate
	depth   int
	costly  bool // whatever it costs to verify
}

var hierarchyTime = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// ca is a name with a key. Several may have the same name.
type ca struct {
	name string
	key  int // of hierarchyKeys
}

// hierarchyKeys are few, and most of them are cheap.
var hierarchyKeys = sync.OnceValue(func() []crypto.Signer {
	var keys []crypto.Signer
	for range 8 {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		keys = append(keys, must(key, err))
	}
	for range 2 {
		keys = append(keys, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
	}
	keys = append(keys, must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)))
	return append(keys, must(rsa.GenerateKey(rand.Reader, 2048)))
})

func newHierarchy(seed uint64) *hierarchy {
	h := &hierarchy{random: mathrand.New(mathrand.NewPCG(seed, 9528))}
	authorities := make([]ca, 1+h.random.IntN(7)+h.random.IntN(2)*h.random.IntN(6))
	for i := range authorities {
		name := fmt.Sprint("Authority ", i)
		if i > 0 && h.one(8) {
			name = authorities[h.random.IntN(i)].name
		}
		authorities[i] = ca{name, h.key()}
	}
	// Each is certified by one of those before it; the first by itself.
	var certificates []*x509.Certificate
	for i, a := range authorities {
		issuer := authorities[0]
		if i > 0 {
			issuer = authorities[h.random.IntN(i)]
			if h.random.IntN(3) > 0 { // which makes long paths
				issuer = authorities[i-1]
			}
		}
		certificates = append(certificates, h.authority(a, issuer))
	}
	for h.one(2) { // and by any other
		certificates = append(certificates,
			h.authority(authorities[h.random.IntN(len(authorities))], authorities[h.random.IntN(len(authorities))]))
	}
	h.anchors = certificates[:1]
	for h.one(5) {
		h.anchors = append(h.anchors[:len(h.anchors):len(h.anchors)], certificates[h.random.IntN(len(certificates))])
	}
	leaf := h.endEntity(authorities[len(authorities)-1])
	if h.one(50) {
		leaf = certificates[h.random.IntN(len(certificates))]
	}
	if h.one(50) {
		h.anchors = append(h.anchors, leaf)
	}
	h.random.Shuffle(len(certificates), func(i, j int) { certificates[i], certificates[j] = certificates[j], certificates[i] })
	h.bag = append([]*x509.Certificate{leaf}, certificates...)
	return h
}

// one is true once in n times.
func (h *hierarchy) one(n int) bool { return h.random.IntN(n) == 0 }

func (h *hierarchy) key() int {
	if h.one(4) {
		return h.random.IntN(len(hierarchyKeys()))
	}
	return h.random.IntN(8)
}

func (h *hierarchy) authority(subject, issuer ca) *x509.Certificate {
	c := h.template(subject.name)
	c.BasicConstraintsValid, c.IsCA, c.MaxPathLen = true, true, -1
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if h.one(4) {
		c.MaxPathLen = h.random.IntN(4)
		c.MaxPathLenZero = c.MaxPathLen == 0
	}
	switch h.random.IntN(60) {
	case 0:
		c.IsCA, c.MaxPathLen, c.MaxPathLenZero = false, 0, false
	case 1:
		c.BasicConstraintsValid, c.IsCA, c.MaxPathLen, c.MaxPathLenZero = false, false, 0, false
	case 2:
		c.KeyUsage = x509.KeyUsageDigitalSignature
	case 3, 4, 5:
		c.KeyUsage = 0
	case 6, 7, 8:
		c.KeyUsage |= x509.KeyUsageDigitalSignature
	}
	if h.one(5) {
		h.constrain(c)
	}
	if h.one(12) {
		h.name(c)
	}
	return h.sign(c, subject, issuer)
}

func (h *hierarchy) endEntity(issuer ca) *x509.Certificate {
	c := h.template("End entity")
	c.KeyUsage = x509.KeyUsageDigitalSignature
	if h.one(15) {
		c.KeyUsage = []x509.KeyUsage{0, x509.KeyUsageKeyAgreement, x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement}[h.random.IntN(3)]
	}
	for range h.random.IntN(3) {
		h.name(c)
	}
	if h.one(10) {
		c.BasicConstraintsValid, c.MaxPathLen = true, -1
		c.IsCA = h.one(2)
	}
	return h.sign(c, ca{"End entity", h.key()}, issuer)
}

// template is what all certificates have.
func (h *hierarchy) template(name string) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1 + h.random.Int64N(1<<40)),
		Subject:      x509pkix.Name{CommonName: name},
		NotBefore:    hierarchyTime.AddDate(-1, 0, 0),
		NotAfter:     hierarchyTime.AddDate(1, 0, 0),
	}
	switch h.random.IntN(60) {
	case 0:
		c.NotAfter = hierarchyTime.Add(-time.Second)
	case 1:
		c.NotBefore = hierarchyTime.Add(time.Second)
	case 2:
		c.NotBefore, c.NotAfter = hierarchyTime, hierarchyTime
	}
	if h.one(8) {
		purposes := []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth,
			x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageCodeSigning}
		for range 1 + h.random.IntN(2) {
			c.ExtKeyUsage = append(c.ExtKeyUsage, purposes[h.random.IntN(len(purposes))])
		}
	}
	switch h.random.IntN(80) {
	case 0: // nobody knows it
		c.ExtraExtensions = append(c.ExtraExtensions, x509pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 2}, Critical: true, Value: []byte{5, 0}})
	case 1:
		c.ExtraExtensions = append(c.ExtraExtensions, x509pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 2}, Value: []byte{5, 0}})
	case 2: // policy constraints: requireExplicitPolicy 5
		c.ExtraExtensions = append(c.ExtraExtensions, x509pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 5}})
	case 3: // inhibit any policy: 0
		c.ExtraExtensions = append(c.ExtraExtensions, x509pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 54}, Critical: true, Value: []byte{2, 1, 0}})
	}
	return c
}

// Names that are within each other, and not.
var (
	hierarchyDNS    = []string{"a.example", "www.a.example", "b.example", "*.a.example", "A.EXAMPLE", "xa.example"}
	hierarchyMail   = []string{"me@a.example", "you@www.a.example", "me@b.example", "Me@A.example"}
	hierarchyURIs   = []string{"coap://a.example/x", "https://www.a.example", "urn:dev:mac:0024befffe804ff1", "coap://[2001:db8::1]/"}
	hierarchyIPs    = []string{"192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1"}
	hierarchyRanges = []string{"192.0.2.0/24", "192.0.2.128/25", "0.0.0.0/0", "2001:db8::/32"}
	hierarchyBases  = []string{"a.example", ".a.example", "example", "b.example", "www.a.example", "A.example"}
)

func (h *hierarchy) pick(list []string) string { return list[h.random.IntN(len(list))] }

// name adds a name.
func (h *hierarchy) name(c *x509.Certificate) {
	switch h.random.IntN(6) {
	case 0, 1:
		c.DNSNames = append(c.DNSNames, h.pick(hierarchyDNS))
	case 2:
		c.EmailAddresses = append(c.EmailAddresses, h.pick(hierarchyMail))
	case 3:
		c.URIs = append(c.URIs, must(url.Parse(h.pick(hierarchyURIs))))
	case 4:
		c.IPAddresses = append(c.IPAddresses, net.ParseIP(h.pick(hierarchyIPs)))
	case 5:
		c.Subject.ExtraNames = []x509pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: c.Subject.CommonName},
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: h.pick(hierarchyMail)}}
	}
}

// constrain permits or excludes names.
func (h *hierarchy) constrain(c *x509.Certificate) {
	c.PermittedDNSDomainsCritical = h.one(2)
	for range 1 + h.random.IntN(2) {
		_, network, err := net.ParseCIDR(h.pick(hierarchyRanges))
		must(network, err)
		switch base := h.pick(hierarchyBases); h.random.IntN(8) {
		case 0:
			c.PermittedDNSDomains = append(c.PermittedDNSDomains, base)
		case 1:
			c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, base)
		case 2:
			c.PermittedEmailAddresses = append(c.PermittedEmailAddresses, base)
		case 3:
			if h.one(2) {
				base = "me@" + strings.TrimPrefix(base, ".")
			}
			c.ExcludedEmailAddresses = append(c.ExcludedEmailAddresses, base)
		case 4:
			c.PermittedURIDomains = append(c.PermittedURIDomains, base)
		case 5:
			c.ExcludedURIDomains = append(c.ExcludedURIDomains, base)
		case 6:
			c.PermittedIPRanges = append(c.PermittedIPRanges, network)
		case 7:
			c.ExcludedIPRanges = append(c.ExcludedIPRanges, network)
		}
	}
}

// sign finishes a certificate; now and then not by the key of the issuer, with SHA-1,
// or with a damage.
func (h *hierarchy) sign(c *x509.Certificate, subject, issuer ca) *x509.Certificate {
	keys := hierarchyKeys()
	if _, isECDSA := keys[issuer.key].(*ecdsa.PrivateKey); isECDSA && h.one(20) {
		c.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	if h.one(40) {
		issuer.key = h.key()
		c.SignatureAlgorithm = 0
	}
	parent := &x509.Certificate{Subject: x509pkix.Name{CommonName: issuer.name}}
	if h.random.IntN(4) > 0 {
		c.SubjectKeyId = h.keyID(subject)
		parent.SubjectKeyId = h.keyID(issuer)
	}
	der := must(x509.CreateCertificate(rand.Reader, c, parent, keys[subject.key].Public(), keys[issuer.key]))
	if h.one(50) {
		der[len(der)-1] ^= 1
	}
	return must(x509.ParseCertificate(der))
}

// keyID is that of the key, now and then of another one.
func (h *hierarchy) keyID(a ca) []byte {
	if h.one(30) {
		return []byte{0xff}
	}
	return []byte{byte(a.key)}
}

// String has the certificates as openssl reads them.
func (h *hierarchy) String() string {
	var text bytes.Buffer
	for i, c := range h.bag {
		role := "bag"
		for _, a := range h.anchors {
			if a.Equal(c) {
				role = "anchor"
			}
		}
		fmt.Fprintf(&text, "%d %s: %s by %s, CA %t %d, usage %d %v, %v %v %v %v, permitted %v %v %v %v, excluded %v %v %v %v, %v, %x %x\n", i, role,
			c.Subject, c.Issuer, c.IsCA, c.MaxPathLen, c.KeyUsage, c.ExtKeyUsage, c.DNSNames, c.EmailAddresses, c.URIs, c.IPAddresses,
			c.PermittedDNSDomains, c.PermittedEmailAddresses, c.PermittedURIDomains, c.PermittedIPRanges,
			c.ExcludedDNSDomains, c.ExcludedEmailAddresses, c.ExcludedURIDomains, c.ExcludedIPRanges, c.PublicKeyAlgorithm, c.SubjectKeyId, c.AuthorityKeyId)
	}
	return text.String()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
