package coap

import (
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
)

// Numbers that draft-ietf-lake-app-profiles leaves to IANA, which has not
// assigned them: until then these, of the ranges for private use. Both sides need
// the same.
const (
	EADProfiles   int64 = 32791 // label of the EAD item "Supported EDHOC application profiles"
	ErrorProfiles int64 = 65559 // ERR_CODE "Unspecified error and supported EDHOC application profiles"
)

// Supported is one element of an advertisement: a Profile ID, if need be with
// EAD labels that are supported besides those of the profile, or else a
// description.
type Supported struct {
	ID          *int64
	EADs        []int64  // with an ID
	Information *Profile // without an ID; its own ID is not sent

	// ExporterLengths are output lengths of EDHOC_Exporter by label, in
	// Information.
	ExporterLengths map[uint64]uint64
}

// Advertisement says which application profiles a peer supports (draft section
// 5.1).
type Advertisement struct {
	Ask       Answer // message_1 only: whether the other side should advertise too
	Supported []Supported
}

// ReadyProfiles returns the advertisement of well-known or registered profiles.
func ReadyProfiles(ids ...int64) *Advertisement {
	a := &Advertisement{}
	for _, id := range ids {
		a.Supported = append(a.Supported, Supported{ID: &id})
	}
	return a
}

// Item makes the EAD item for message_1 or message_2. It is always critical. An
// advertisement of nothing, which only asks, is one empty description.
func (a *Advertisement) Item(message int) (ake.EADItem, error) {
	if message != 1 && message != 2 || message == 2 && a.Ask != Unsaid {
		return ake.EADItem{}, argument("advertisement in message_%d", message)
	}
	value, err := appendProfiles(encodeAnswer(a.Ask), a.Supported, true)
	return ake.EADItem{Label: -EADProfiles, Value: value}, err
}

// appendProfiles appends APP_PROF_SEQ.
func appendProfiles(out []byte, supported []Supported, exporterLengths bool) ([]byte, error) {
	if len(supported) == 0 || len(supported) > maxElements {
		return nil, argument("%d profiles, allowed are 1 to %d", len(supported), maxElements)
	}
	for _, s := range supported {
		switch {
		case s.ID != nil && (s.Information != nil || s.ExporterLengths != nil):
			return nil, argument("a profile is advertised by its ID or by its description")
		case s.ID != nil && len(s.EADs) == 0:
			out = cborx.AppendInt(out, *s.ID)
		case s.ID != nil:
			out = cborx.AppendInt(cborx.AppendArray(out, 1+len(s.EADs)), *s.ID)
			if err := checkList(s.EADs); err != nil {
				return nil, err
			}
			for _, label := range s.EADs {
				if label < 0 {
					return nil, argument("EAD label %d is negative", label)
				}
				out = cborx.AppendInt(out, label)
			}
		default:
			if s.ExporterLengths != nil && !exporterLengths {
				return nil, argument("output lengths are not for an error message")
			}
			information, err := s.encodeInformation()
			if err != nil {
				return nil, err
			}
			out = append(out, information...)
		}
	}
	_, err := prescribed(supported)
	return out, err
}

func (s *Supported) encodeInformation() ([]byte, error) {
	p := Profile{}
	if s.Information != nil {
		p = *s.Information
	}
	if len(s.EADs) > 0 {
		return nil, argument("the EAD labels of a description are in it")
	}
	encoded, err := p.encode(nil)
	if err != nil || len(s.ExporterLengths) == 0 {
		return encoded, err
	}
	if len(s.ExporterLengths) > maxElements {
		return nil, argument("%d output lengths, the limit is %d", len(s.ExporterLengths), maxElements)
	}
	labels := make([]uint64, 0, len(s.ExporterLengths))
	for label := range s.ExporterLengths {
		i, _ := slices.BinarySearch(labels, label)
		labels = slices.Insert(labels, i, label)
	}
	lengths := cborx.AppendArray(cborx.AppendInt(nil, labelExporterLen), len(labels))
	for _, label := range labels {
		lengths = cborx.AppendUint(cborx.AppendUint(cborx.AppendArray(lengths, 2), label), s.ExporterLengths[label])
	}
	// The label is the highest of a description, and so the last.
	pairs, _ := cborx.Item(encoded).Map()
	out := cborx.AppendMap(nil, len(pairs)+1)
	for _, pair := range pairs {
		out = append(append(out, pair.Key...), pair.Value...)
	}
	return append(out, lengths...), nil
}

// ParseAdvertisement reads the value of the EAD item of message_1 or message_2.
// It gives ErrMalformed for what ends the run (draft section 5.1).
func ParseAdvertisement(message int, value []byte) (*Advertisement, error) {
	items, err := cborx.Sequence(value, maxElements+1)
	if err != nil {
		return nil, malformed("advertised profiles: %v", err)
	}
	var a Advertisement
	if message == 1 && len(items) > 0 && answerInto(&a.Ask)(items[0]) == nil {
		items = items[1:]
	}
	if len(items) == 0 || len(items) > maxElements {
		return nil, malformed("%d advertised profiles, allowed are 1 to %d", len(items), maxElements)
	}
	for _, item := range items {
		s, err := readSupported(item, true)
		if err != nil {
			return nil, err
		}
		a.Supported = append(a.Supported, *s)
	}
	if _, err := prescribed(a.Supported); err != nil {
		return nil, malformed("%v", err)
	}
	return &a, nil
}

// readSupported reads one element of APP_PROF_SEQ.
func readSupported(item cborx.Item, exporterLengths bool) (*Supported, error) {
	var s Supported
	switch item.Kind() {
	case cborx.Int:
		id, ok := item.Int()
		if !ok {
			return nil, malformed("a Profile ID is out of range")
		}
		s.ID = &id
	case cborx.Array:
		var all []int64
		if err := readStrictInts(item, &all); err != nil {
			return nil, err
		}
		s.ID, s.EADs = &all[0], all[1:]
		if slices.Min(s.EADs) < 0 {
			return nil, malformed("an EAD label is negative")
		}
	case cborx.Map:
		s.Information = &Profile{}
		more := map[int64]func(cborx.Item) error{
			labelAppProf: func(cborx.Item) error { return malformed("a description has a Profile ID") },
			labelExporterLen: func(value cborx.Item) error {
				if !exporterLengths {
					return malformed("output lengths in an error message")
				}
				return s.readLengths(value)
			},
		}
		if err := s.Information.read(item, more); err != nil {
			return nil, err
		}
	default:
		return nil, malformed("an advertised profile is neither an integer, nor an array, nor a map")
	}
	return &s, nil
}

// readStrictInts reads [2* int] of which the first may come again.
func readStrictInts(item cborx.Item, list *[]int64) error {
	elements, _ := item.Array()
	if len(elements) < 2 || len(elements) > maxElements {
		return malformed("a profile with EAD labels has %d elements, allowed are 2 to %d", len(elements), maxElements)
	}
	for _, element := range elements {
		v, ok := element.Int()
		if !ok {
			return malformed("an element of a profile with EAD labels is not an integer")
		}
		*list = append(*list, v)
	}
	return nil
}

// readLengths reads exporter_out_len = [1* [uint, uint]].
func (s *Supported) readLengths(value cborx.Item) error {
	pairs, ok := value.Array()
	if !ok || len(pairs) == 0 || len(pairs) > maxElements {
		return malformed("output lengths are an array of 1 to %d pairs", maxElements)
	}
	s.ExporterLengths = map[uint64]uint64{}
	for _, pair := range pairs {
		xy, _ := pair.Array()
		if len(xy) != 2 {
			return malformed("an output length is not a pair")
		}
		x, okX := xy[0].Int()
		y, okY := xy[1].Int()
		if !okX || !okY || x < 0 || y < 0 {
			return malformed("an output length is not a pair of unsigned integers")
		}
		if _, twice := s.ExporterLengths[uint64(x)]; twice {
			return malformed("two output lengths for label %d", x)
		}
		s.ExporterLengths[uint64(x)] = uint64(y)
	}
	return nil
}

// Prescribed is what an advertisement lays down for the run: it must not be
// violated by either side (draft section 5.1).
type Prescribed struct {
	Message4        Answer
	ExporterLengths map[uint64]uint64
}

// Prescribed returns what the advertisement lays down.
func (a *Advertisement) Prescribed() (Prescribed, error) { return prescribed(a.Supported) }

// prescribed collects the prescriptive parameters, which have to say the same
// wherever they occur (draft section 5.1.1). No well-known profile has one.
func prescribed(supported []Supported) (Prescribed, error) {
	p := Prescribed{ExporterLengths: map[uint64]uint64{}}
	for _, s := range supported {
		if s.Information != nil && s.Information.Message4 != Unsaid {
			if p.Message4 != Unsaid && p.Message4 != s.Information.Message4 {
				return p, argument("message_4 is prescribed and forbidden")
			}
			p.Message4 = s.Information.Message4
		}
		for label, length := range s.ExporterLengths {
			if other, twice := p.ExporterLengths[label]; twice && other != length {
				return p, argument("output lengths %d and %d for label %d", other, length, label)
			}
			p.ExporterLengths[label] = length
		}
	}
	return p, nil
}

// ReceivedAdvertisement returns the advertisement in message_1 or message_2 of a
// Session, nil if there is none. It gives ErrMalformed if there are two, or for
// one that is not critical: the run is then to be ended.
//
// The EADLabels of the Config have to include EADProfiles, or the engine refuses the item.
func ReceivedAdvertisement(session *ake.Session, message int) (*Advertisement, error) {
	var found *Advertisement
	for _, item := range session.EAD(message) {
		switch {
		case item.Label != EADProfiles && item.Label != -EADProfiles:
			continue
		case item.Label > 0 || item.Value == nil || found != nil:
			return nil, malformed("advertised profiles: one critical EAD item with a value is allowed")
		}
		var err error
		if found, err = ParseAdvertisement(message, item.Value); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ErrorMessage makes the error message that tells a peer, in the place of one with
// code 1 and only in answer to message_1, which profiles are supported (draft
// section 5.2).
func (a *Advertisement) ErrorMessage(text string) ([]byte, error) {
	sequence, err := appendProfiles(cborx.AppendText(nil, text), a.Supported, false)
	if err != nil {
		return nil, err
	}
	return (&ake.ErrorMessage{Code: ErrorProfiles, Info: cborx.AppendBytes(nil, sequence)}).Encode()
}

// AdvertisementOf reads such an error message: the text for people, and what the
// peer supports. Elements that are malformed are passed over. It gives ErrNotFound
// for an error message with another code.
func AdvertisementOf(e *ake.ErrorMessage) (text string, a *Advertisement, err error) {
	if e.Code != ErrorProfiles {
		return "", nil, ake.ErrNotFound
	}
	item, err := cborx.One(e.Info)
	if err != nil {
		return "", nil, malformed("ERR_INFO: %v", err)
	}
	content, ok := item.Bytes()
	if !ok {
		return "", nil, malformed("ERR_INFO is not a byte string")
	}
	items, err := cborx.Sequence(content, maxElements+1)
	if err != nil || len(items) == 0 {
		return "", nil, malformed("ERR_INFO is not a sequence of a text and profiles")
	}
	if text, ok = items[0].Text(); !ok {
		return "", nil, malformed("ERR_INFO does not begin with a text")
	}
	a = &Advertisement{}
	for _, item := range items[1:] {
		if s, err := readSupported(item, false); err == nil {
			a.Supported = append(a.Supported, *s)
		}
	}
	return text, a, nil
}
