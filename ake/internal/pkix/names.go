package pkix

import (
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cryptobyteasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Name constraints (RFC 5280 section 4.2.1.10) are checked here, because
// crypto/x509 does so only within Certificate.Verify, and not for directory
// names, by which devices are often named.

// altName is a GeneralName: its tag and the content. crypto/x509 has
// checked the syntax of those that it knows.
type altName struct {
	form    cryptobyteasn1.Tag
	content []byte
}

const (
	nameOther     = 0xa0
	nameEmail     = 0x81
	nameDNS       = 0x82
	nameDirectory = 0xa4
	nameURI       = 0x86
	nameIP        = 0x87
	nameID        = 0x88
)

var formText = map[cryptobyteasn1.Tag]string{
	nameOther: "other", nameEmail: "email", nameDNS: "DNS", nameDirectory: "directory",
	nameURI: "URI", nameIP: "IP", nameID: "ID",
}

var oidEmailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

// nameConstraints are those of the issuers down to some point of a path.
type nameConstraints struct {
	permitted [][]altName // one list for each issuer, all to be met
	excluded  []altName
	budget    *Budget
}

// add takes over the constraints of an issuer.
func (n *nameConstraints) add(c *Certificate) error {
	value, ok := extension(c, oidNameConstraints)
	if !ok {
		return nil
	}
	in := cryptobyte.String(value)
	var sequence, permitted, excluded cryptobyte.String
	var present bool
	if !in.ReadASN1(&sequence, cryptobyteasn1.SEQUENCE) ||
		!sequence.ReadOptionalASN1(&permitted, &present, cryptobyteasn1.Tag(0).ContextSpecific().Constructed()) ||
		!sequence.ReadOptionalASN1(&excluded, &present, cryptobyteasn1.Tag(1).ContextSpecific().Constructed()) {
		return fmt.Errorf("%w: name constraints of %s", ErrMalformed, title(c))
	}
	permittedNames, err := subtrees(permitted)
	if err != nil {
		return fmt.Errorf("%w: of %s", err, title(c))
	}
	excludedNames, err := subtrees(excluded)
	if err != nil {
		return fmt.Errorf("%w: of %s", err, title(c))
	}
	n.permitted = append(n.permitted, permittedNames)
	n.excluded = append(n.excluded, excludedNames...)
	return nil
}

// subtrees reads GeneralSubtrees.
func subtrees(in cryptobyte.String) ([]altName, error) {
	var names []altName
	for !in.Empty() {
		var subtree, content cryptobyte.String
		var form cryptobyteasn1.Tag
		if !in.ReadASN1(&subtree, cryptobyteasn1.SEQUENCE) || !subtree.ReadAnyASN1(&content, &form) {
			return nil, fmt.Errorf("%w: name constraints", ErrMalformed)
		}
		// Of other forms, and with a minimum or maximum, the extension is
		// one that is not understood.
		switch form {
		case nameEmail, nameDNS, nameDirectory, nameURI, nameIP:
		default:
			return nil, fmt.Errorf("%w: name constraint of form %#x", ErrCriticalExtension, uint8(form))
		}
		if !subtree.Empty() {
			return nil, fmt.Errorf("%w: name constraint with a minimum or maximum", ErrCriticalExtension)
		}
		names = append(names, altName{form, content})
	}
	return names, nil
}

// allow checks the names of a certificate: each must be within one of the
// permitted subtrees of its form, if there are any, and within no excluded one.
func (n *nameConstraints) allow(c *Certificate) error {
	if len(n.permitted) == 0 {
		return nil
	}
	names, err := namesOf(c)
	if err != nil {
		return err
	}
	for _, name := range names {
		for _, list := range n.permitted {
			restricted, matched := false, false
			for _, base := range list {
				if base.form != name.form {
					continue
				}
				restricted = true
				if matched, err = n.within(name, base, false); err != nil || matched {
					break
				}
			}
			if err != nil || restricted && !matched {
				return refusedName(c, name, err)
			}
		}
		for _, base := range n.excluded {
			if base.form != name.form {
				continue
			}
			if matched, err := n.within(name, base, true); err != nil || matched {
				return refusedName(c, name, err)
			}
		}
	}
	return nil
}

func refusedName(c *Certificate, name altName, err error) error {
	reason := ""
	if err != nil {
		reason = ": " + err.Error()
	}
	return fmt.Errorf("%w: %s of %s%s", ErrNameConstraints, Shorten(name.String()), title(c), reason)
}

// namesOf returns all names of a certificate: its subject, the mail addresses
// in there, and the subject alternative names.
func namesOf(c *Certificate) ([]altName, error) {
	var names []altName
	if len(c.Subject.Names) > 0 {
		names = append(names, altName{nameDirectory, c.RawSubject})
	}
	for _, attribute := range c.Subject.Names {
		if text, ok := attribute.Value.(string); ok && attribute.Type.Equal(oidEmailAddress) {
			names = append(names, altName{nameEmail, []byte(text)})
		}
	}
	alternatives, err := alternativeNames(c)
	return append(names, alternatives...), err
}

func alternativeNames(c *Certificate) ([]altName, error) {
	value, ok := extension(c, oidSubjectAltName)
	if !ok {
		return nil, nil
	}
	in := cryptobyte.String(value)
	var sequence cryptobyte.String
	if !in.ReadASN1(&sequence, cryptobyteasn1.SEQUENCE) {
		return nil, fmt.Errorf("%w: names of %s", ErrMalformed, title(c))
	}
	var names []altName
	for !sequence.Empty() {
		var content cryptobyte.String
		var form cryptobyteasn1.Tag
		if !sequence.ReadAnyASN1(&content, &form) {
			return nil, fmt.Errorf("%w: names of %s", ErrMalformed, title(c))
		}
		names = append(names, altName{form, content})
	}
	return names, nil
}

// within reports whether a name is in the subtree of base, of the same form.
// An error says that the name is one that cannot be compared.
func (n *nameConstraints) within(name, base altName, excluding bool) (bool, error) {
	if !n.budget.compare() {
		return false, fmt.Errorf("too many names and constraints to compare")
	}
	switch name.form {
	case nameDirectory:
		return directoryWithin(name.content, base.content)
	case nameIP:
		return addressWithin(name.content, base.content), nil
	case nameDNS:
		return dnsWithin(string(name.content), string(base.content), excluding)
	case nameURI:
		return uriWithin(string(name.content), string(base.content))
	default:
		return emailWithin(string(name.content), string(base.content))
	}
}

// directoryWithin reports whether base is the beginning of name.
func directoryWithin(name, base []byte) (bool, error) {
	var nameSequence, baseSequence x509pkix.RDNSequence
	if rest, err := asn1.Unmarshal(name, &nameSequence); err != nil || len(rest) > 0 {
		return false, fmt.Errorf("malformed directory name")
	}
	if rest, err := asn1.Unmarshal(base, &baseSequence); err != nil || len(rest) > 0 {
		return false, fmt.Errorf("malformed directory name in the constraint")
	}
	if len(baseSequence) > len(nameSequence) {
		return false, nil
	}
	for i, relative := range baseSequence {
		equal := len(relative) == len(nameSequence[i])
		for _, attribute := range relative {
			found := false
			for _, candidate := range nameSequence[i] {
				text, isText := candidate.Value.(string)
				baseText, baseIsText := attribute.Value.(string)
				if !isText || !baseIsText {
					return false, fmt.Errorf("an attribute is not text")
				}
				found = found || candidate.Type.Equal(attribute.Type) && sameText(text, baseText)
			}
			equal = equal && found
		}
		if !equal {
			return false, nil
		}
	}
	return true, nil
}

// sameText compares as RFC 5280 section 7.1 does for what names are made of:
// without case, and with runs of spaces being one.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// addressWithin: base is an address and a mask.
func addressWithin(name, base []byte) bool {
	if len(base) != 2*len(name) {
		return false
	}
	network, mask := base[:len(name)], base[len(name):]
	for i := range name {
		if name[i]&mask[i] != network[i]&mask[i] {
			return false
		}
	}
	return true
}

// dnsWithin: base is a name that stands for itself and all below it, or, with
// a leading period, for those below it only. A name with an asterisk is also
// excluded if it covers an excluded one.
func dnsWithin(name, base string, excluding bool) (bool, error) {
	if err := checkDomain(name); err != nil {
		return false, err
	}
	name, base = strings.ToLower(name), strings.ToLower(base)
	if excluding && strings.HasPrefix(name, "*.") {
		if _, parent, ok := strings.Cut(strings.TrimPrefix(base, "."), "."); ok && parent == name[2:] {
			return true, nil
		}
	}
	return base == "" || name == base ||
		strings.HasSuffix(name, "."+strings.TrimPrefix(base, ".")), nil
}

// hostWithin: base is one host or, with a leading period, all below a domain.
func hostWithin(host, base string) (bool, error) {
	if err := checkDomain(host); err != nil {
		return false, err
	}
	host, base = strings.ToLower(host), strings.ToLower(base)
	return base == "" || host == base || base[0] == '.' && strings.HasSuffix(host, base), nil
}

func uriWithin(uri, base string) (bool, error) {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Hostname() == "" {
		return false, fmt.Errorf("the URI has no host")
	}
	if _, err := netip.ParseAddr(parsed.Hostname()); err == nil {
		return false, fmt.Errorf("the host of the URI is an address")
	}
	return hostWithin(parsed.Hostname(), base)
}

// emailWithin: base is an address, a host, or a domain with a leading period.
func emailWithin(address, base string) (bool, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return false, fmt.Errorf("not a mail address")
	}
	if baseAt := strings.LastIndexByte(base, '@'); baseAt >= 0 {
		if address[:at] != base[:baseAt] {
			return false, nil
		}
		base = base[baseAt+1:]
	}
	return hostWithin(address[at+1:], base)
}

// checkDomain refuses spellings that would compare as another name: a trailing
// period, empty labels, spaces and what is not ASCII.
func checkDomain(name string) error {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.IndexFunc(label, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			return fmt.Errorf("not a domain name")
		}
	}
	return nil
}

// String is the name with its form: "DNS:example.org".
func (g altName) String() string {
	form, known := formText[g.form]
	if !known {
		form = fmt.Sprintf("form %#x", uint8(g.form))
	}
	switch g.form {
	case nameEmail, nameDNS, nameURI:
		return form + ":" + Printable(string(g.content))
	case nameDirectory:
		return form + ":" + NameText(g.content)
	case nameIP:
		if address, ok := netip.AddrFromSlice(g.content); ok {
			return form + ":" + address.String()
		}
	case nameID:
		// An implicitly tagged OID: asn1 reads it with its own tag.
		var oid asn1.ObjectIdentifier
		der := slices.Concat([]byte{6, byte(len(g.content))}, g.content)
		if rest, err := asn1.Unmarshal(der, &oid); err == nil && len(rest) == 0 {
			return form + ":" + oid.String()
		}
	case nameOther:
		var oid asn1.ObjectIdentifier
		if value, err := asn1.Unmarshal(g.content, &oid); err == nil {
			return fmt.Sprintf("%s:%v:%x", form, oid, value)
		}
	}
	return fmt.Sprintf("%s:%x", form, g.content)
}

// Names are the subject alternative names with their form: "DNS:example.org". It
// leaves out what cannot be read; Verify refuses that where it matters.
func (c *Certificate) Names() []string {
	var all []string
	alternatives, _ := alternativeNames(c)
	for _, name := range alternatives {
		all = append(all, name.String())
	}
	return all
}
