package coap

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

// The well-known profiles of draft-ietf-lake-app-profiles chapter 8.
func TestR24_WellKnownProfiles(t *testing.T) {
	for id, want := range []string{
		"a5010302020601070417" + "00",
		"a5010302000601070417" + "01",
		"a501820003020206820102078204182217" + "02",
		"a501820003020006820102078204182217" + "03",
		"a5018200030202068201030782041617" + "04",
		"a5018200030200068201030782041617" + "05",
		"a501820003020206830102030786040e18221821161819" + "1706",
		"a501820003020006830102030786040e18221821161819" + "1707",
		"a501840001020302840001020306840100020307" + "87040e0d18221821161819" + "1708",
	} {
		p, name, ok := WellKnownProfile(int64(id))
		if !ok || name == "" || *p.ID != int64(id) {
			t.Fatalf("profile %d: %+v", id, p)
		}
		encoded := value[[]byte](t)(p.Encode())
		if !bytes.Equal(encoded, unhex(t, want)) {
			t.Errorf("profile %d is %x, want %s", id, encoded, want)
		}
		if got := value[*Profile](t)(ParseProfile(encoded)); !reflect.DeepEqual(*got, p) {
			t.Errorf("profile %d is read as %+v", id, got)
		}
	}
	for _, id := range []int64{-1, 9, 1 << 40} {
		if _, _, ok := WellKnownProfile(id); ok {
			t.Errorf("profile %d is known", id)
		}
	}
}

func TestProfileWithEverything(t *testing.T) {
	id := int64(-70000)
	p := Profile{ID: &id, Methods: []int64{0, 4}, Suites: []int64{24, -24}, Message4: Yes, CombinedReq: No, CredTypes: []int64{3},
		IDCredTypes: []int64{4, -70000}, EADs: []int64{1, 300}, Resumption: Yes}
	if got := value[*Profile](t)(ParseProfile(value[[]byte](t)(p.Encode()))); !reflect.DeepEqual(*got, p) {
		t.Errorf("%+v", got)
	}
}

func TestProfilesThatAreNone(t *testing.T) {
	id := int64(0)
	many := make([]int64, maxElements+1)
	for i := range many {
		many[i] = int64(i)
	}
	for name, p := range map[string]Profile{
		"empty": {}, "no ID": {Methods: []int64{3}, CredTypes: []int64{1}}, "no methods": {ID: &id, CredTypes: []int64{1}},
		"no credential types": {ID: &id, Methods: []int64{3}},
		"repeated":            {ID: &id, Methods: []int64{3, 3}, CredTypes: []int64{1}},
		"many":                {ID: &id, Methods: many, CredTypes: []int64{1}},
	} {
		if _, err := p.Encode(); ake.StatusOf(err) != ake.ErrArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, wrong := range []string{
		"", "00", "80", "a0", "a10103", "a2010306" + "01", "a2010317" + "00", "a2060117" + "00", // an element is missing
		"a3010306011740", "a30103060117f6", "a3014006011700", "a301f506011700", "a3018006011700", "a301810306011700", // of the wrong form
		"a3018203030601" + "1700", "a40103020206" + "01", "a401030301060117" + "00", "a4010303f6060117" + "00", "a4010304" + "20060117" + "00",
		"a301030601170000", "a3010306011800" + "00", "bf010306011700ff", "a4010306011700" + "f500", "a4010306011700" + "8000",
		"a30117060117" + "1b", "a3010306011b8000000000000000" + "00", "a301030601171bffffffffffffffff", "a3011bffffffffffffffff06011700",
	} {
		if p, err := ParseProfile(unhex(t, wrong)); err == nil {
			t.Errorf("%s is read as %+v", wrong, p)
		}
	}
	// What is not known, or does not belong there, is passed over: session_id,
	// trust_anchors, exporter_out_len, a text label.
	for _, odd := range []string{"a4004101" + "010306011700", "a4010306010ba01700", "a40103060116" + "81820009" + "1700", "a4010306011700" + "6178" + "01"} {
		if p, err := ParseProfile(unhex(t, odd)); err != nil || *p.ID != 0 || !slices.Equal(p.Methods, []int64{3}) || p.EADs != nil {
			t.Errorf("%s: %+v, %v", odd, p, err)
		}
	}
	if p := value[*Profile](t)(ParseProfile(unhex(t, "a4010306011700"+"6178"+"01"))); !slices.Equal(p.CredTypes, []int64{1}) {
		t.Errorf("%+v", p)
	}
	if p := value[*Profile](t)(ParseProfile(unhex(t, "a4"+"0103"+"0601"+"07820461"+"78"+"1700"))); !slices.Equal(p.IDCredTypes, []int64{4}) {
		t.Errorf("%+v", p)
	}
}

// The examples of ead_value and ERR_INFO in draft sections 5.1.4 and 5.2.1; the
// trust anchors in them are passed over.
func TestR24_AdvertisementExamples(t *testing.T) {
	first := value[*Advertisement](t)(ParseAdvertisement(1, unhex(t, "f50001"+"a3"+"03f5"+"08821901f419014d"+"0ba10082a104420"+"0ac"+"a10443ff01ff")))
	if first.Ask != Yes || len(first.Supported) != 3 || *first.Supported[0].ID != 0 || *first.Supported[1].ID != 1 ||
		first.Supported[2].Information.Message4 != Yes || !slices.Equal(first.Supported[2].Information.EADs, []int64{500, 333}) {
		t.Errorf("%+v", first)
	}
	if p, err := first.Prescribed(); err != nil || p.Message4 != Yes {
		t.Errorf("%+v, %v", p, err)
	}
	second := value[*Advertisement](t)(ParseAdvertisement(2, unhex(t, "00"+"a3"+"04f5"+"08821901f41903e7"+"0ba100a1044291ab")))
	if second.Ask != Unsaid || second.Supported[1].Information.CombinedReq != Yes {
		t.Errorf("%+v", second)
	}
	info := unhex(t, "5835"+"74"+"4d6574686f64206e6f7420737570706f72746564"+"01"+"a3"+"04f5"+"08821901f4190309"+"0ba100a11822822e4879f2a41b510c1f9b")
	info[1] = byte(len(info) - 2)
	text, told, err := AdvertisementOf(&ake.ErrorMessage{Code: ErrorProfiles, Info: info})
	if err != nil || text != "Method not supported" || *told.Supported[0].ID != 1 || told.Supported[1].Information.CombinedReq != Yes {
		t.Errorf("%q, %+v, %v", text, told, err)
	}
}

func TestAdvertisementAsSent(t *testing.T) {
	id := int64(500)
	a := Advertisement{Ask: No, Supported: []Supported{
		{ID: &id}, {ID: &id, EADs: []int64{111, 222}},
		{Information: &Profile{Methods: []int64{3}, Message4: Yes}, ExporterLengths: map[uint64]uint64{0: 32, 40000: 16}},
	}}
	item, err := a.Item(1)
	must(t, err)
	if item.Label != -EADProfiles || !bytes.Equal(item.Value, unhex(t, "f4"+"1901f4"+"831901f4186f18de"+"a3010303f516828200182082199c4010")) {
		t.Errorf("%d, %x", item.Label, item.Value)
	}
	if got := value[*Advertisement](t)(ParseAdvertisement(1, item.Value)); !reflect.DeepEqual(*got, a) {
		t.Errorf("%+v", got)
	}
	ask := Advertisement{Ask: Yes, Supported: []Supported{{}}}
	if item, err := ask.Item(1); err != nil || !bytes.Equal(item.Value, []byte{cborTrue, 0xa0}) {
		t.Errorf("a bare question: %x, %v", item.Value, err)
	}
}

func TestAdvertisementsThatAreNone(t *testing.T) {
	id := int64(1)
	for name, a := range map[string]Advertisement{
		"nothing": {}, "ID and description": {Supported: []Supported{{ID: &id, Information: &Profile{}}}},
		"negative label": {Supported: []Supported{{ID: &id, EADs: []int64{-5}}}}, "label twice": {Supported: []Supported{{ID: &id, EADs: []int64{5, 5}}}},
		"contradiction": {Supported: []Supported{{Information: &Profile{Message4: Yes}}, {Information: &Profile{Message4: No}}}},
		"lengths":       {Supported: []Supported{{ExporterLengths: map[uint64]uint64{1: 2}}, {ExporterLengths: map[uint64]uint64{1: 3}}}},
		"labels":        {Supported: []Supported{{EADs: []int64{1}}}},
		"a bad list":    {Supported: []Supported{{Information: &Profile{Methods: []int64{1, 1}}}}},
	} {
		if _, err := a.Item(1); ake.StatusOf(err) != ake.ErrArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&Advertisement{Ask: Yes, Supported: []Supported{{}}}).Item(2); err == nil {
		t.Error("message_2 asks")
	}
	if _, err := ReadyProfiles(1).Item(3); err == nil {
		t.Error("message_3 advertises")
	}
	if _, err := (&Advertisement{Supported: []Supported{{ExporterLengths: map[uint64]uint64{1: 2}}}}).ErrorMessage("x"); err == nil {
		t.Error("output lengths in an error message")
	}
	for _, wrong := range []string{
		"", "f5", "f4f5", "f5f500", "6161", "40", "80", "8100", "820020", "8200f5", "826161" + "00", "f6", "00ff", "1800", "a11700", "a1178200" + "01",
		"a116" + "80", "a116f5", "a1168100", "a116818100", "a11681830001" + "02", "a11681820020", "a116828200" + "01820002", "a103f6", "a10101" + "a10140",
		"a103f5a103f4", "a11681820001" + "a11681820002", strings.Repeat("00", maxElements+2),
	} {
		if a, err := ParseAdvertisement(1, unhex(t, wrong)); err == nil {
			t.Errorf("%s is read as %+v", wrong, a)
		}
	}
	if _, err := ParseAdvertisement(2, unhex(t, "f500")); err == nil {
		t.Error("a question in message_2")
	}
	for _, info := range []string{"", "00", "f5", "40", "4100", "416" + "1", "42ff00", "4361" + "61ff"} {
		if text, a, err := AdvertisementOf(&ake.ErrorMessage{Code: ErrorProfiles, Info: unhex(t, info)}); err == nil {
			t.Errorf("ERR_INFO %s: %q, %+v", info, text, a)
		}
	}
	if _, _, err := AdvertisementOf(&ake.ErrorMessage{Code: 1}); !errors.Is(err, ake.ErrNotFound) {
		t.Errorf("code 1: %v", err)
	}
	// Malformed elements of an error message are passed over.
	text, a, err := AdvertisementOf(&ake.ErrorMessage{Code: ErrorProfiles, Info: unhex(t, "4a"+"6161"+"f6"+"8100"+"a11700"+"05"+"40")})
	if err != nil || text != "a" || len(a.Supported) != 1 || *a.Supported[0].ID != 5 {
		t.Errorf("%q, %+v, %v", text, a, err)
	}
}

// profileWorld has a server with method 3 and suite 0, and a client that can do
// more and prefers something else.
func profileWorld(t *testing.T, server func(*serverSetup)) *world {
	return newWorld(t, withClientConfig(func(c *hostConfig) {
		signer := newPair(t, ake.KeyEd25519, "client that signs", 3)
		c.Own = append(c.Own, signer.own)
		c.Methods = []ake.Method{0, 3}
		c.Suites = []int{1, 0}
		c.EADLabels = []int64{EADProfiles}
	}), withServer(func(c *serverSetup) {
		c.Responder.EADLabels = []int64{EADProfiles}
		server(c)
	}))
}

// A client that knows the profile of the server sends the right message_1 at
// once.
func TestR19_ChooseByProfile(t *testing.T) {
	w := profileWorld(t, func(*serverSetup) {})
	peer, _, _ := WellKnownProfile(1) // method 3, suite 0
	choice := value[*Choice](t)(Choose(w.clientConfig.made(), &peer))
	if *choice != (Choice{3, 0}) {
		t.Fatalf("%+v", choice)
	}
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, Choice: choice}))
	must(t, w.run(c, "peer"))
	if w.server.Stats().Begun != 1 || !c.Done() {
		t.Error("not at once")
	}
	without := w.client(ake.Initiator)
	if err := w.run(without, "peer"); ake.StatusOf(err) != ake.ErrPeerUnspecified {
		t.Errorf("method 0: %v", err)
	}
	for name, test := range map[string]struct {
		peer Profile
		want ake.Status
	}{
		"another method": {Profile{Methods: []int64{1}}, ake.ErrMethod},
		"no method":      {Profile{Methods: []int64{}}, ake.ErrMethod},
		"another suite":  {Profile{Methods: []int64{3}, Suites: []int64{2, 3}}, ake.ErrNoCommonSuite},
	} {
		if _, err := Choose(w.clientConfig.made(), &test.peer); ake.StatusOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if choice := value[*Choice](t)(Choose(w.clientConfig.made(), &Profile{})); *choice != (Choice{0, 1}) {
		t.Errorf("a profile that says nothing: %+v", choice)
	}
	strict := newWorld(t, withMessage4)
	if _, err := Choose(strict.clientConfig.made(), &Profile{Message4: No}); ake.StatusOf(err) != ake.ErrMethod {
		t.Errorf("message_4: %v", err)
	}
}

// A server that refuses message_1 tells its profiles, and the client begins again.
func TestR19_ProfilesInErrorMessage(t *testing.T) {
	for name, profiles := range map[string]*Advertisement{
		"by ID": ReadyProfiles(500, 0, 1), "described": {Supported: []Supported{{Information: &Profile{Methods: []int64{3}, Suites: []int64{0}}}}},
	} {
		w := profileWorld(t, func(c *serverSetup) { c.Profiles = profiles })
		c := w.client(ake.Initiator)
		if err := w.run(c, "peer"); err != nil || !c.Done() {
			t.Errorf("%s: %v", name, err)
		}
		if s := w.server.Stats(); s.Begun != 2 || s.Failed != 1 || s.IDs != 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	// Profiles that do not help end the run, also when they are told for ever.
	for name, profiles := range map[string]*Advertisement{
		"unknown": ReadyProfiles(500), "none in common": ReadyProfiles(0), "what was tried": {Supported: []Supported{{Information: &Profile{Methods: []int64{0}}}}},
	} {
		w := profileWorld(t, func(c *serverSetup) { c.Profiles = profiles })
		if err := w.run(w.client(ake.Initiator), "peer"); !errors.Is(err, ake.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However many profiles it is told, a client does not try for ever.
func TestR25_TriesAreBounded(t *testing.T) {
	w := profileWorld(t, func(c *serverSetup) { c.Profiles = ReadyProfiles(1) })
	c := w.client(ake.Initiator)
	c.tried = make([]Choice, maxRestarts+1)
	if err := w.run(c, "peer"); !errors.Is(err, ake.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// EAD_1 asks and advertises, EAD_2 answers.
func TestR23_ProfilesInEAD(t *testing.T) {
	advertised := func(ask Answer, s ...Supported) *Advertisement { return &Advertisement{Ask: ask, Supported: s} }
	lengths := func(label, length uint64) Supported {
		return Supported{ExporterLengths: map[uint64]uint64{label: length}}
	}
	choice := &Choice{3, 0}
	for name, test := range map[string]struct {
		client *Advertisement
		server *Advertisement
		told   bool
		ok     bool
	}{
		"asked":                    {advertised(Yes, Supported{}), ReadyProfiles(1), true, true},
		"not asked":                {ReadyProfiles(1), ReadyProfiles(1), false, true},
		"asked not to":             {advertised(No, Supported{}), ReadyProfiles(1), false, true},
		"message_4 laid down":      {advertised(Yes, Supported{Information: &Profile{Message4: Yes}}), ReadyProfiles(1), false, false},
		"no message_4 laid down":   {advertised(Yes, Supported{Information: &Profile{Message4: No}}), ReadyProfiles(1), true, true},
		"laid down by the server":  {advertised(Yes, Supported{}), advertised(Unsaid, Supported{Information: &Profile{Message4: Yes}}), false, false},
		"lengths from both":        {advertised(Yes, lengths(40000, 9)), advertised(Unsaid, lengths(40000, 9)), true, true},
		"lengths from each":        {advertised(Yes, lengths(40000, 9)), advertised(Unsaid, lengths(40001, 9)), true, true},
		"lengths of OSCORE":        {advertised(Yes, lengths(0, 16)), advertised(Unsaid, lengths(1, 8)), true, true},
		"a longer Master Secret":   {advertised(Yes, lengths(0, 32)), ReadyProfiles(1), false, false},
		"a shorter Master Secret":  {advertised(Yes, lengths(0, 1)), ReadyProfiles(1), false, false},
		"another Master Salt":      {advertised(Yes, lengths(1, 100000)), ReadyProfiles(1), false, false},
		"a label that nobody uses": {advertised(Yes, lengths(5, 32)), ReadyProfiles(1), false, false},
		"longer than an output":    {advertised(Yes, lengths(40000, 255*32+1)), ReadyProfiles(1), false, false},
		"the longest output":       {advertised(Yes, lengths(40000, 255*32)), ReadyProfiles(1), true, true},
		"a label beyond all":       {advertised(Yes, lengths(65536, 1)), ReadyProfiles(1), false, false},
		"the server's salt":        {advertised(Yes, Supported{}), advertised(Unsaid, lengths(1, 9)), true, false},
	} {
		w := profileWorld(t, func(c *serverSetup) { c.Profiles = test.server })
		c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, Choice: choice, Profiles: test.client}))
		err := w.run(c, "peer")
		if (err == nil) != test.ok || c.Done() != test.ok {
			t.Errorf("%s: %v", name, err)
		}
		if told := c.PeerProfiles(); test.ok && (told != nil) != test.told {
			t.Errorf("%s: %+v", name, told)
		}
		if s := w.server.Stats(); s.HalfOpen != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// The EAD item has to be critical, single and well-formed, or the run ends with
// error code 1.
func TestR23_BadProfilesInEAD(t *testing.T) {
	for name, items := range map[string][]ake.EADItem{
		"not critical": {{Label: EADProfiles, Value: []byte{0}}},
		"twice":        {{Label: -EADProfiles, Value: []byte{0}}, {Label: -EADProfiles, Value: []byte{0}}},
		"no value":     {{Label: -EADProfiles}},
		"malformed":    {{Label: -EADProfiles, Value: []byte{0xff}}},
		"empty":        {{Label: -EADProfiles, Value: []byte{}}},
	} {
		w := profileWorld(t, func(c *serverSetup) { c.Profiles = ReadyProfiles(1) })
		c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, Choice: &Choice{3, 0},
			Prepare: func(s *ake.Session) error {
				for _, item := range items {
					must(t, s.AddEAD(1, item))
				}
				return nil
			}}))
		got := w.handle(*value[*Request](t)(c.Start()), "peer")
		if e, err := ake.ParseErrorMessage(got.Payload); err != nil || e.Code != 1 && e.Code != ErrorProfiles || got.Code != BadRequest {
			t.Errorf("%s: %v %x", name, got.Code, got.Payload)
		}
		if s := w.server.Stats(); s.HalfOpen != 0 || s.Failed != 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
