package coap

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

// The examples of RFC 9668 section 6 and draft-ietf-lake-app-profiles sections
// 3.1 and 4.
const documentRFC9668 = `</sensors/temp>;osc,
    </sensors/light>;if=sensor,
    </.well-known/edhoc>;rt=core.edhoc;ed-csuite=0;ed-csuite=2;
        ed-method=0;ed-cred-t=1;ed-cred-t=3;ed-idcred-t=4;
        ed-i;ed-r;ed-comb-req`

const documentProfiles = `</.well-known/edhoc>;rt=core.edhoc;ed-csuite=0;ed-csuite=2;
        ed-method=0;ed-cred-t=0;ed-cred-t=1;ed-idcred-t=4;
        ed-i;ed-r;ed-comb-req;ed-ta-edcred-kid="AKw",
    </edhoc-alt>;rt=core.edhoc;ed-prof=500;ed-ead=333;
        ed-ta-edcred-kid="_wH_";ed-ta-edcred-x5t="gi5IefKkG1EMH5s"`

func TestR24_LinksOfTheSpecifications(t *testing.T) {
	want := Resource{Path: Path, Initiator: true, Responder: true, Profile: Profile{
		Suites: []int64{0, 2}, Methods: []int64{0}, CredTypes: []int64{1, 3}, IDCredTypes: []int64{4}, CombinedReq: Yes}}
	if got := value[[]Resource](t)(ParseLinks(documentRFC9668)); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v", got)
	}
	got := value[[]Resource](t)(ParseLinks(documentProfiles))
	if len(got) != 2 || got[1].Path != "/edhoc-alt" || !slices.Equal(got[1].Profiles, []int64{500}) || !slices.Equal(got[1].Profile.EADs, []int64{333}) {
		t.Errorf("%+v", got)
	}
}

func TestLinksThereAndBack(t *testing.T) {
	for _, r := range []Resource{
		{Path: Path},
		{Path: "/e", Responder: true, Profile: Profile{Methods: []int64{0, 3}, Suites: []int64{2, 3}, Message4: Unsaid, CombinedReq: Yes, Resumption: Yes, EADs: []int64{1}}},
		{Path: "/e", Initiator: true, Profile: Profile{CredTypes: []int64{0, 1, 2, 3}, IDCredTypes: []int64{4, -70000}}},
		{Path: "/e", Profiles: []int64{0, -5, 500}, Profile: Profile{EADs: []int64{333}}},
	} {
		link := value[string](t)(r.Link())
		if got := value[[]Resource](t)(ParseLinks("</a>," + link + ",</b>;rt=x")); len(got) != 1 || !reflect.DeepEqual(got[0], r) {
			t.Errorf("%s is read as %+v", link, got)
		}
	}
	// ed-prof excludes what else is said about the profile, when written and when read.
	r := Resource{Path: "/e", Responder: true, Profiles: []int64{1}, Profile: Profile{Methods: []int64{3}, CombinedReq: Yes}}
	if link := value[string](t)(r.Link()); link != "</e>;rt=core.edhoc;ed-prof=1" {
		t.Errorf("%s", link)
	}
	got := value[[]Resource](t)(ParseLinks("</e>;ed-method=0;ed-r;ed-prof=1;rt=core.edhoc;ed-comb-req"))
	if !reflect.DeepEqual(got, []Resource{{Path: "/e", Profiles: []int64{1}}}) {
		t.Errorf("%+v", got)
	}
}

func TestLinksThatAreOdd(t *testing.T) {
	for document, want := range map[string]int{
		"": 0, " \n": 0, "</a>": 0, "</a>;rt=core.edhocx": 0, "</a>;rt=x.core.edhoc": 0, `</a>;rt="core.edhoc"`: 1, `</a>;rt="a core.edhoc b"`: 1,
		`</a>;rt="core.\edhoc"`: 1, "<>;rt=core.edhoc": 1, "</a>;rt=core.edhoc;ed-i=5;ed-r=\"x\"": 1, "</a>;rt=core.edhoc;ed-method=x;ed-method=": 1,
		"</a>;rt=core.edhoc;ed-csuite=99999999999999999999": 1, "</a>;rt=core.edhoc,</b>;rt=core.edhoc": 2, `</a>;title="a, b; <c>";rt=core.edhoc`: 1,
		"</a> ; rt=core.edhoc": 1, "</a>;rt=core.edhoc;ed-method=3;ed-method=3": 1, "</a>;rt=core.edhoc,": 1,
	} {
		got, err := ParseLinks(document)
		if err != nil || len(got) != want {
			t.Errorf("%s: %+v, %v", document, got, err)
		}
	}
	for _, wrong := range []string{
		"a", "</a", "</a>x", "</a>;", "</a>;;", "</a>;=x", `</a>;rt="core.edhoc`, `</a>;rt="core.edhoc\`, ",", ",</a>", "</a>;rt=a,b",
		strings.Repeat(" ", maxDocument+1), "</a>" + strings.Repeat(";x", maxAttributes+1), strings.Repeat("</a>;rt=core.edhoc,", maxResources+1),
	} {
		if got, err := ParseLinks(wrong); ake.StatusOf(err) != ake.ErrMalformed {
			t.Errorf("%.40s: %+v, %v", wrong, got, err)
		}
	}
	got := value[[]Resource](t)(ParseLinks("</a>;rt=core.edhoc" + strings.Repeat(";ed-method=3", 200)))
	if !slices.Equal(got[0].Profile.Methods, []int64{3}) {
		t.Errorf("%+v", got)
	}
	for name, r := range map[string]Resource{
		"no path": {}, "relative": {Path: "e"}, "bracket": {Path: "/e>"}, "space": {Path: "/e e"}, "newline": {Path: "/e\n"},
		"twice":                  {Path: "/e", Profile: Profile{Methods: []int64{3, 3}}},
		"combined and message_4": {Path: "/e", Profile: Profile{Message4: Yes, CombinedReq: Yes}},
	} {
		if link, err := r.Link(); ake.StatusOf(err) != ake.ErrArgument {
			t.Errorf("%s: %s, %v", name, link, err)
		}
	}
}

// A server describes itself, and a client finds out before it sends message_1.
func TestR19_Discovery(t *testing.T) {
	w := profileWorld(t, func(*serverSetup) {})
	self := Resource{Path: "/edhoc", Initiator: true, Responder: true, Profile: ProfileOf(w.serverConfig.made(), ake.Responder, true)}
	link := value[string](t)(self.Link())
	want := "</edhoc>;rt=core.edhoc;ed-csuite=0;ed-method=3;ed-cred-t=1;ed-idcred-t=4;ed-ead=32791;ed-i;ed-r;ed-comb-req"
	if link != want {
		t.Errorf("%s, want %s", link, want)
	}
	others := "</other>;rt=core.edhoc;ed-r;ed-method=1,</unknown>;rt=core.edhoc;ed-prof=500,"
	r, choice, err := ChooseResource(w.clientConfig.made(), ake.Initiator, value[[]Resource](t)(ParseLinks(others+link)), nil)
	if err != nil || r.Path != "/edhoc" || *choice != (Choice{3, 0}) {
		t.Fatalf("%+v, %+v, %v", r, choice, err)
	}
	c := value[*Client](t)(NewClient(ClientConfig{Party: w.clientConfig.made(), Role: ake.Initiator, Choice: choice}))
	must(t, w.run(c, "peer"))
	if r, choice, err := ChooseResource(w.clientConfig.made(), ake.Responder, value[[]Resource](t)(ParseLinks(link)), nil); err != nil || choice != nil || r.Path != "/edhoc" {
		t.Errorf("reverse flow: %+v, %v", r, err)
	}
	byID := []Resource{{Path: "/p", Profiles: []int64{500, 1}}}
	if r, choice, err := ChooseResource(w.clientConfig.made(), ake.Initiator, byID, nil); err != nil || r.Path != "/p" || *choice != (Choice{3, 0}) {
		t.Errorf("by ID: %+v, %+v, %v", r, choice, err)
	}
	byID[0].Profiles = []int64{500}
	known := map[int64]Profile{500: {Methods: []int64{3}, Suites: []int64{0}}}
	if _, choice, err := ChooseResource(w.clientConfig.made(), ake.Initiator, byID, known); err != nil || *choice != (Choice{3, 0}) {
		t.Errorf("by a known ID: %+v, %v", choice, err)
	}
	for name, resources := range map[string][]Resource{
		"none": nil, "unknown ID": byID, "method": {{Path: "/a", Responder: true, Profile: Profile{Methods: []int64{2}}}},
		"flow": {{Path: "/a", Initiator: true}},
	} {
		if r, _, err := ChooseResource(w.clientConfig.made(), ake.Initiator, resources, nil); ake.StatusOf(err) != ake.ErrNotFound {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	strict := newWorld(t, withMessage4)
	if p := ProfileOf(strict.serverConfig.made(), ake.Responder, true); p.Message4 != Yes || p.CombinedReq != Unsaid {
		t.Errorf("%+v", p)
	}
}
