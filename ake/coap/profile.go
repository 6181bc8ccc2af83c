package coap

import (
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// Answer is what a profile says about a feature.
type Answer int8

// The answers.
const (
	Unsaid Answer = 0
	Yes    Answer = 1
	No     Answer = 2
)

// Profile is an EDHOC application profile (RFC 9528 section 3.9), as far as it
// can be written down: as an EDHOC_Application_Profile or EDHOC_Information object
// (draft-ietf-lake-app-profiles), or as target attributes of a link (RFC 9668
// section 6). Nil lists say nothing, and do not mean that there is none.
type Profile struct {
	ID          *int64 // Profile ID
	Methods     []int64
	Suites      []int64
	Message4    Answer // Yes: it shall be sent; No: it shall not
	CombinedReq Answer // the combined request of RFC 9668 is supported
	CredTypes   []int64
	IDCredTypes []int64 // labels of COSE header parameters
	EADs        []int64 // labels, positive
	Resumption  Answer  // session resumption with EDHOC-PSK is supported
}

// The EDHOC authentication credential types (RFC 9668 section 8.3; 3 is of
// draft-ietf-cose-cbor-encoded-cert).
const (
	CredTypeCWT  = 0
	CredTypeCCS  = 1
	CredTypeX509 = 2
	CredTypeC509 = 3
)

var credTypes = map[ake.CredentialType]int64{
	ake.CredentialCWT: CredTypeCWT, ake.CredentialCCS: CredTypeCCS, ake.CredentialX509: CredTypeX509, ake.CredentialC509: CredTypeC509,
}

// ProfileOf describes what an endpoint does in a role. Whether combined requests are
// taken the Party does not know.
func ProfileOf(party *ake.Party, role ake.Role, combinedRequest bool) Profile {
	d := party.Description(role)
	p := Profile{
		Message4: yes(d.Message4), CombinedReq: yes(combinedRequest && !d.Message4), Resumption: yes(d.Resumption),
		IDCredTypes: d.IDLabels, EADs: d.EADLabels,
	}
	for _, method := range d.Methods {
		p.Methods = append(p.Methods, int64(method))
	}
	for _, id := range d.Suites {
		p.Suites = append(p.Suites, int64(id))
	}
	for _, kind := range d.Credentials {
		if credType, ok := credTypes[kind]; ok {
			i, _ := slices.BinarySearch(p.CredTypes, credType)
			p.CredTypes = slices.Insert(p.CredTypes, i, credType)
		}
	}
	return p
}

// yes says Yes or nothing: what is not required or not there today is not
// forbidden.
func yes(is bool) Answer {
	if is {
		return Yes
	}
	return Unsaid
}

// Labels of the EDHOC_Information registry.
const (
	labelMethods     = 1
	labelSuites      = 2
	labelMessage4    = 3
	labelCombinedReq = 4
	labelCredTypes   = 6
	labelIDCredTypes = 7
	labelEADs        = 8
	labelResumption  = 21
	labelExporterLen = 22
	labelAppProf     = 23
)

// maxElements bounds the lists in a profile.
const maxElements = 64

// wellKnown are the profiles of draft-ietf-lake-app-profiles section 8.
var wellKnown = []struct {
	name                                    string
	methods, suites, credTypes, idCredTypes []int64
}{
	0: {"MINIMAL-CS-2", []int64{3}, []int64{2}, []int64{1}, []int64{4}},
	1: {"MINIMAL-CS-0", []int64{3}, []int64{0}, []int64{1}, []int64{4}},
	2: {"BASIC-CS-2-X509", []int64{0, 3}, []int64{2}, []int64{1, 2}, []int64{4, 34}},
	3: {"BASIC-CS-0-X509", []int64{0, 3}, []int64{0}, []int64{1, 2}, []int64{4, 34}},
	4: {"BASIC-CS-2-C509", []int64{0, 3}, []int64{2}, []int64{1, 3}, []int64{4, 22}},
	5: {"BASIC-CS-0-C509", []int64{0, 3}, []int64{0}, []int64{1, 3}, []int64{4, 22}},
	6: {"INTERMEDIATE-CS-2", []int64{0, 3}, []int64{2}, []int64{1, 2, 3}, []int64{4, 14, 34, 33, 22, 25}},
	7: {"INTERMEDIATE-CS-0", []int64{0, 3}, []int64{0}, []int64{1, 2, 3}, []int64{4, 14, 34, 33, 22, 25}},
	8: {"EXTENSIVE", []int64{0, 1, 2, 3}, []int64{0, 1, 2, 3}, []int64{1, 0, 2, 3}, []int64{4, 14, 13, 34, 33, 22, 25}},
}

// WellKnownProfile returns a well-known profile and its name.
func WellKnownProfile(id int64) (p Profile, name string, ok bool) {
	if id < 0 || id >= int64(len(wellKnown)) {
		return Profile{}, "", false
	}
	row := wellKnown[id]
	return Profile{
		ID: &id, Methods: slices.Clone(row.methods), Suites: slices.Clone(row.suites),
		CredTypes: slices.Clone(row.credTypes), IDCredTypes: slices.Clone(row.idCredTypes),
	}, row.name, true
}

// Encode makes an EDHOC_Application_Profile object (draft section 2). It gives
// ErrArgument without ID, methods or credential types, for lists with repetitions,
// and for message_4 together with the combined request.
func (p *Profile) Encode() ([]byte, error) {
	if p.ID == nil || len(p.Methods) == 0 || len(p.CredTypes) == 0 {
		return nil, argument("an application profile has an ID, methods and credential types")
	}
	return p.encode(p.ID)
}

// encode makes the map. Its labels stand in deterministic order.
func (p *Profile) encode(id *int64) ([]byte, error) {
	var pairs []byte
	count := 0
	add := func(label int64, value []byte) {
		if value != nil {
			pairs = append(cborx.AppendInt(pairs, label), value...)
			count++
		}
	}
	if p.Message4 == Yes && p.CombinedReq == Yes { // RFC 9668 chapter 5
		return nil, argument("message_4 excludes the combined request")
	}
	for _, list := range [][]int64{p.Methods, p.Suites, p.CredTypes, p.IDCredTypes, p.EADs} {
		if err := checkList(list); err != nil {
			return nil, err
		}
	}
	add(labelMethods, encodeInts(p.Methods))
	add(labelSuites, encodeInts(p.Suites))
	add(labelMessage4, encodeAnswer(p.Message4))
	add(labelCombinedReq, encodeAnswer(p.CombinedReq))
	add(labelCredTypes, encodeInts(p.CredTypes))
	add(labelIDCredTypes, encodeInts(p.IDCredTypes))
	add(labelEADs, encodeInts(p.EADs))
	add(labelResumption, encodeAnswer(p.Resumption))
	if id != nil {
		add(labelAppProf, cborx.AppendInt(nil, *id))
	}
	return append(cborx.AppendMap(nil, count), pairs...), nil
}

func checkList(list []int64) error {
	if len(list) > maxElements {
		return argument("%d elements in a list, the limit is %d", len(list), maxElements)
	}
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return argument("%d is listed twice", v)
		}
	}
	return nil
}

// encodeInts makes int / [2* int], or nothing.
func encodeInts(list []int64) []byte {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return cborx.AppendInt(nil, list[0])
	}
	out := cborx.AppendArray(nil, len(list))
	for _, v := range list {
		out = cborx.AppendInt(out, v)
	}
	return out
}

const (
	cborFalse = 0xf4
	cborTrue  = 0xf5
)

func encodeAnswer(a Answer) []byte {
	switch a {
	case Yes:
		return []byte{cborTrue}
	case No:
		return []byte{cborFalse}
	}
	return nil
}

// ParseProfile reads an EDHOC_Application_Profile object. Elements that are not
// known are ignored, as are those that do not belong in one.
func ParseProfile(data []byte) (*Profile, error) {
	item, err := cborx.One(data)
	if err != nil {
		return nil, malformed("application profile: %v", err)
	}
	var p Profile
	if err := p.read(item, map[int64]func(cborx.Item) error{labelAppProf: func(value cborx.Item) error {
		id, ok := value.Int()
		if !ok {
			return malformed("the Profile ID is not an integer")
		}
		p.ID = &id
		return nil
	}}); err != nil {
		return nil, err
	}
	if p.ID == nil || len(p.Methods) == 0 || len(p.CredTypes) == 0 {
		return nil, malformed("an application profile has an ID, methods and credential types")
	}
	return &p, nil
}

// read takes the elements of a map. The host of the object says what else may
// be in it.
func (p *Profile) read(item cborx.Item, more map[int64]func(cborx.Item) error) error {
	pairs, ok := item.Map()
	if !ok {
		return malformed("an application profile is a map")
	}
	known := map[int64]func(cborx.Item) error{
		labelMethods: intsInto(&p.Methods), labelSuites: intsInto(&p.Suites), labelCredTypes: intsInto(&p.CredTypes),
		labelIDCredTypes: intsInto(&p.IDCredTypes), labelEADs: intsInto(&p.EADs),
		labelMessage4: answerInto(&p.Message4), labelCombinedReq: answerInto(&p.CombinedReq), labelResumption: answerInto(&p.Resumption),
	}
	for _, pair := range pairs {
		label, ok := pair.Key.Int()
		if !ok {
			if pair.Key.Kind() == cborx.Text || pair.Key.Kind() == cborx.Int {
				continue
			}
			return malformed("the label of an element is neither an integer nor a text string")
		}
		take := known[label]
		if take == nil {
			take = more[label]
		}
		if take == nil {
			continue
		}
		if err := take(pair.Value); err != nil {
			return err
		}
	}
	return nil
}

// intsInto reads int / [2* int]. Text strings, which are labels of COSE header
// parameters too, are passed over.
func intsInto(list *[]int64) func(cborx.Item) error {
	return func(value cborx.Item) error {
		elements, isArray := value.Array()
		switch {
		case !isArray:
			elements = []cborx.Item{value}
		case len(elements) < 2 || len(elements) > maxElements:
			return malformed("a list has %d elements, allowed are 2 to %d", len(elements), maxElements)
		}
		for _, element := range elements {
			v, ok := element.Int()
			switch {
			case ok && slices.Contains(*list, v):
				return malformed("%d is listed twice", v)
			case ok:
				*list = append(*list, v)
			case element.Kind() != cborx.Text:
				return malformed("an element of a list is neither an integer nor a text string")
			}
		}
		return nil
	}
}

func answerInto(a *Answer) func(cborx.Item) error {
	return func(value cborx.Item) error {
		switch {
		case value.IsTrue():
			*a = Yes
		case len(value) == 1 && value[0] == cborFalse:
			*a = No
		default:
			return malformed("an element that is true or false is neither")
		}
		return nil
	}
}
