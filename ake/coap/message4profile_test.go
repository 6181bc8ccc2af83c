package coap

import (
	"testing"

	"github.com/liblake/lake/ake"
)

// A profile with message_4 does not speak of combined requests, which such a server
// refuses (RFC 9668 chapter 5): not in a link, not as an object, not in what is
// advertised.
func TestProfileWithMessage4IsNotCombined(t *testing.T) {
	id := int64(70)
	p := Profile{ID: &id, Methods: []int64{3}, CredTypes: []int64{1}, Message4: Yes, CombinedReq: Yes}
	resource := Resource{Path: Path, Responder: true, Profile: p}
	if link, err := resource.Link(); ake.StatusOf(err) != ake.ErrArgument {
		t.Errorf("link %s: %v", link, err)
	}
	if object, err := p.Encode(); ake.StatusOf(err) != ake.ErrArgument {
		t.Errorf("object %x: %v", object, err)
	}
	advertisement := Advertisement{Supported: []Supported{{Information: &p}}}
	if item, err := advertisement.Item(1); ake.StatusOf(err) != ake.ErrArgument {
		t.Errorf("advertisement %x: %v", item.Value, err)
	}
	p.CombinedReq = No
	if _, err := p.Encode(); err != nil {
		t.Errorf("without combined requests: %v", err)
	}
	p.Message4, p.CombinedReq = No, Yes
	if _, err := p.Encode(); err != nil {
		t.Errorf("without message_4: %v", err)
	}
}
