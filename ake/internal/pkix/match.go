package pkix

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// oidMACAddress is the form of otherName with a MAC address, EUI-48 or EUI-64
// (id-on-MACAddress).
var oidMACAddress = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 12}

// HasDNS reports whether a subject alternative name of the certificate is a DNS name
// that matches host (RFC 9525 section 6.3): without regard to case, and with an
// asterisk that stands for the whole first label and for one label only. The common
// name of the subject does not count.
func (c *Certificate) HasDNS(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return IsHost(host) && c.hasName(nameDNS, func(content []byte) bool { return matchesDNS(string(content), host) })
}

// IsHost reports whether text is a DNS name that HasDNS can find: in ASCII, and
// neither an IP address nor a pattern.
func IsHost(text string) bool {
	text = strings.TrimSuffix(text, ".")
	_, err := netip.ParseAddr(text)
	return err != nil && checkDomain(text) == nil && !strings.ContainsAny(text, "*/:@")
}

func matchesDNS(pattern, host string) bool {
	if checkDomain(pattern) != nil {
		return false
	}
	pattern, host = strings.ToLower(pattern), strings.ToLower(host) // both are in ASCII
	if parent, ok := strings.CutPrefix(pattern, "*."); ok {
		label, rest, more := strings.Cut(host, ".")
		return more && label != "" && rest == parent && strings.Contains(parent, ".")
	}
	return pattern == host && !strings.Contains(pattern, "*")
}

// HasIP reports whether a subject alternative name is this IP address (RFC 9525
// section 6.5).
func (c *Certificate) HasIP(address netip.Addr) bool {
	want := address.Unmap().WithZone("").AsSlice()
	return c.hasName(nameIP, func(content []byte) bool { return bytes.Equal(content, want) })
}

// HasURI reports whether a subject alternative name is this URI. Of URIs with a host,
// scheme and host have to match (RFC 9525 section 6.4), the latter as a DNS name
// without asterisks; others, such as urn:dev:..., have to be the same.
func (c *Certificate) HasURI(uri string) bool {
	want, err := url.Parse(uri)
	if err != nil {
		return false
	}
	return c.hasName(nameURI, func(content []byte) bool {
		if want.Host == "" {
			return string(content) == uri
		}
		got, err := url.Parse(string(content))
		return err == nil && strings.EqualFold(got.Scheme, want.Scheme) &&
			checkDomain(got.Hostname()) == nil && checkDomain(want.Hostname()) == nil &&
			strings.EqualFold(got.Hostname(), want.Hostname())
	})
}

// HasEUI64 reports whether a subject alternative name is this EUI-64: as a MAC
// address of 8 bytes, or as urn:dev:mac: (RFC 9039 section 4.1).
func (c *Certificate) HasEUI64(address [8]byte) bool {
	urn := "urn:dev:mac:" + hex.EncodeToString(address[:])
	return c.hasName(nameURI, func(content []byte) bool { return strings.EqualFold(string(content), urn) }) ||
		c.hasName(nameOther, func(content []byte) bool {
			var oid asn1.ObjectIdentifier
			value, err := asn1.Unmarshal(content, &oid)
			if err != nil || !oid.Equal(oidMACAddress) {
				return false
			}
			var explicit asn1.RawValue
			rest, err := asn1.Unmarshal(value, &explicit)
			if err != nil || len(rest) > 0 {
				return false
			}
			var octets []byte
			rest, err = asn1.Unmarshal(explicit.Bytes, &octets)
			return err == nil && len(rest) == 0 && bytes.Equal(octets, address[:])
		})
}

func (c *Certificate) hasName(form uint8, matches func(content []byte) bool) bool {
	names, err := alternativeNames(c)
	return err == nil && slices.ContainsFunc(names, func(name altName) bool {
		return uint8(name.form) == form && matches(name.content)
	})
}
