package coap

import (
	"slices"
	"strconv"
	"strings"
)

// Resource is an EDHOC resource of a server as others find it: a link with
// rt=core.edhoc and target attributes (RFC 9668 section 6).
type Resource struct {
	Path      string
	Initiator bool // ed-i: reverse flow
	Responder bool // ed-r: forward flow
	Profile   Profile
	Profiles  []int64 // ed-prof: Profile IDs; besides them only the EADs of Profile count
}

// Bounds on what is read of a link-format document.
const (
	maxDocument   = 64 << 10
	maxResources  = 64
	maxAttributes = 256
)

// Link writes the resource in link format (RFC 6690), to stand in the answer to
// GET /.well-known/core.
func (r *Resource) Link() (string, error) {
	if !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "<>\"\\ \r\n") {
		return "", argument("%q is not an absolute path", r.Path)
	}
	var out strings.Builder
	out.WriteString("<" + r.Path + ">;rt=" + ResourceType)
	flag := func(name string, set bool) {
		if set {
			out.WriteString(";" + name)
		}
	}
	for _, attribute := range r.attributes() {
		if len(r.Profiles) > 0 && attribute.name != "ed-ead" && attribute.name != "ed-prof" {
			continue // ed-prof excludes the others (draft-ietf-lake-app-profiles section 3.1)
		}
		if err := checkList(*attribute.list); err != nil {
			return "", err
		}
		for _, value := range *attribute.list {
			out.WriteString(";" + attribute.name + "=" + strconv.FormatInt(value, 10))
		}
	}
	if len(r.Profiles) == 0 {
		flag("ed-i", r.Initiator)
		flag("ed-r", r.Responder)
		if r.Profile.CombinedReq == Yes && r.Profile.Message4 == Yes {
			return "", argument("message_4 excludes the combined request")
		}
		flag("ed-comb-req", r.Profile.CombinedReq == Yes)
		flag("ed-psk-resumption", r.Profile.Resumption == Yes)
	}
	return out.String(), nil
}

// listAttribute is a target attribute that occurs once per value.
type listAttribute struct {
	name string
	list *[]int64
}

func (r *Resource) attributes() []listAttribute {
	return []listAttribute{
		{"ed-csuite", &r.Profile.Suites}, {"ed-method", &r.Profile.Methods}, {"ed-cred-t", &r.Profile.CredTypes},
		{"ed-idcred-t", &r.Profile.IDCredTypes}, {"ed-prof", &r.Profiles}, {"ed-ead", &r.Profile.EADs},
	}
}

// ParseLinks returns the EDHOC resources among the links of a link-format
// document. Attributes that are not known are passed over, and values of known
// ones that are no integers too: other versions of the format may have them.
func ParseLinks(document string) ([]Resource, error) {
	if len(document) > maxDocument {
		return nil, malformed("a link-format document of %d bytes, the limit is %d", len(document), maxDocument)
	}
	var resources []Resource
	s := scanner{rest: document}
	for s.skip(); s.rest != ""; s.skip() {
		resource, isEDHOC, err := s.link()
		if err != nil {
			return nil, err
		}
		if isEDHOC {
			if len(resources) == maxResources {
				return nil, malformed("more than %d EDHOC resources", maxResources)
			}
			resources = append(resources, resource)
		}
		if s.skip(); s.rest != "" && !s.take(",") {
			return nil, malformed("link format: a comma is missing before %.20q", s.rest)
		}
	}
	return resources, nil
}

// scanner reads link format (RFC 6690 section 2).
type scanner struct{ rest string }

// skip passes over space, which examples in specifications have.
func (s *scanner) skip() { s.rest = strings.TrimLeft(s.rest, " \t\r\n") }

func (s *scanner) take(token string) bool {
	rest, ok := strings.CutPrefix(s.rest, token)
	if ok {
		s.rest = rest
	}
	return ok
}

// link reads <target>;attribute;attribute=value.
func (s *scanner) link() (r Resource, isEDHOC bool, err error) {
	if !s.take("<") {
		return r, false, malformed("link format: a link begins with %.20q", s.rest)
	}
	end := strings.IndexByte(s.rest, '>')
	if end < 0 {
		return r, false, malformed("link format: a target does not end")
	}
	r.Path, s.rest = s.rest[:end], s.rest[end+1:]
	for n := 0; ; n++ {
		if s.skip(); !s.take(";") {
			break
		}
		if n == maxAttributes {
			return r, false, malformed("more than %d attributes of one link", maxAttributes)
		}
		s.skip()
		name, value, err := s.attribute()
		if err != nil {
			return r, false, err
		}
		if name == "rt" {
			isEDHOC = slices.Contains(strings.Fields(value), ResourceType)
		}
		r.set(name, value)
	}
	if len(r.Profiles) > 0 { // the recipient ignores the others (draft section 3.1)
		r = Resource{Path: r.Path, Profiles: r.Profiles, Profile: Profile{EADs: r.Profile.EADs}}
	}
	return r, isEDHOC, nil
}

// attribute reads name, name=token or name="text".
func (s *scanner) attribute() (name, value string, err error) {
	end := strings.IndexAny(s.rest, "=;, \t\r\n")
	if end < 0 {
		end = len(s.rest)
	}
	if end == 0 {
		return "", "", malformed("link format: an attribute without a name")
	}
	name, s.rest = s.rest[:end], s.rest[end:]
	if !s.take("=") {
		return name, "", nil
	}
	if !s.take(`"`) {
		end := strings.IndexAny(s.rest, ";, \t\r\n")
		if end < 0 {
			end = len(s.rest)
		}
		value, s.rest = s.rest[:end], s.rest[end:]
		return name, value, nil
	}
	var text strings.Builder
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.rest = s.rest[i+1:]
			return name, text.String(), nil
		case c == '\\' && i+1 < len(s.rest):
			i++
			text.WriteByte(s.rest[i])
		default:
			text.WriteByte(c)
		}
	}
	return "", "", malformed("link format: a quoted text does not end")
}

func (r *Resource) set(name, value string) {
	switch name { // values of these are ignored
	case "ed-i":
		r.Initiator = true
	case "ed-r":
		r.Responder = true
	case "ed-comb-req":
		r.Profile.CombinedReq = Yes
	case "ed-psk-resumption":
		r.Profile.Resumption = Yes
	}
	v, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return
	}
	for _, attribute := range r.attributes() {
		if attribute.name == name && len(*attribute.list) < maxElements && !slices.Contains(*attribute.list, v) {
			*attribute.list = append(*attribute.list, v)
		}
	}
}
