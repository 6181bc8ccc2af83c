package ake

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cose"
)

// TestVectors plays every session of vectors.json, both sides, and compares
// every value. Credentials are pinned, pulled and looked up in turn, and
// message_4 comes as in the vector and the other way.
func TestVectors(t *testing.T) {
	_, played := loadVectors(t)
	for _, v := range played {
		t.Run(v.ID, func(t *testing.T) {
			for _, m := range []mode{
				{trust: pinned, message4: v.Message4}, {trust: pulled, message4: v.Message4},
				{trust: callback, message4: v.Message4}, {trust: issued, message4: v.Message4}, {trust: pinned},
			} {
				i, r := v.run(t, m, v.Message4)
				v.compare(t, i)
				v.compare(t, r)
			}
			otherWay := mode{trust: pinned, message4: !v.Message4}
			i, r := v.run(t, otherWay, !v.Message4)
			i.finish(v)
			r.finish(v)
			wantBytes(t, "exporter_output", i.values["exporter_output"], v.values["exporter_output"])
			wantBytes(t, "exporter_output", r.values["exporter_output"], v.values["exporter_output"])
		})
	}
}

// TestVectorsAreAllPlayed counts the sessions in the file without the code
// that chooses among them.
func TestVectorsAreAllPlayed(t *testing.T) {
	var rows []struct{ Method json.Number }
	readJSON(t, "LAKE_VECTORS", "vectors.json", &rows)
	_, played := loadVectors(t)
	want := 0
	for _, row := range rows {
		if slices.Contains([]string{"0", "1", "2", "3", "4"}, row.Method.String()) {
			want++
		}
	}
	if want == 0 || len(played) < want {
		t.Fatalf("%d sessions are played, the file has %d of methods 0 to 4", len(played), want)
	}
}

// vectorInputs are the values of a vector that go in; all others come out.
var vectorInputs = []string{"id", "x", "y", "c_i", "c_r", "keyupdate_context", "exporter_context", "psk_id", "resumed_from"}

// compare holds every value of the vector against what the side has seen.
func (v *vector) compare(t *testing.T, d *side) {
	t.Helper()
	d.finish(v)
	compared := 0
	for _, name := range slices.Sorted(maps.Keys(v.values)) {
		if slices.Contains(vectorInputs, name) {
			continue
		}
		got, ok := d.values[name]
		switch {
		case name == "suites_i_cbor":
			ok = bytes.HasPrefix(d.values["message_1"][1:], v.values[name])
			got = v.values[name]
		case name == "ead_4" && !v.Message4, name == "plaintext_4" && !v.Message4:
			continue // what message_4 would have
		}
		if !ok {
			t.Errorf("%v: %s was not seen", d.role, name)
		} else if !bytes.Equal(got, v.values[name]) {
			t.Errorf("%v: %s is %x, want %x", d.role, name, got, v.values[name])
		}
		compared++
	}
	if compared < 40 {
		t.Errorf("only %d values were compared", compared)
	}
	if v.AEAD != d.phase.about().alg.AppAEAD || v.Hash != d.phase.about().alg.AppHash {
		t.Errorf("OSCORE algorithms %d and %d, want %d and %d", d.phase.about().alg.AppAEAD, d.phase.about().alg.AppHash, v.AEAD, v.Hash)
	}
	received := map[int]eadItems{1: v.EAD1, 2: v.EAD2, 3: v.EAD3}
	if v.Message4 {
		received[4] = v.EAD4
	}
	for n, items := range received {
		if (n%2 == 1) == (d.role == Responder) {
			d.wantEAD(n, items)
		}
	}
}

// wantEAD compares what the host can read of a received message: all items but
// padding.
func (d *side) wantEAD(n int, sent eadItems) {
	d.t.Helper()
	want := slices.DeleteFunc(slices.Clone(sent), func(e EADItem) bool { return e.Label == 0 })
	got := d.EAD(n)
	same := func(a, b EADItem) bool {
		return a.Label == b.Label && bytes.Equal(a.Value, b.Value) && (a.Value == nil) == (b.Value == nil)
	}
	if !slices.EqualFunc(got, want, same) {
		d.t.Errorf("EAD_%d is %v, want %v", n, got, want)
	}
}

// TestSetID has the engine make every ID_CRED of the vectors that it can make.
func TestSetID(t *testing.T) {
	_, played := loadVectors(t)
	made := 0
	for _, v := range played {
		for _, p := range []*party{&v.PartyI, &v.PartyR} {
			kind, value := idType(p.IDCred)
			if kind == 0 {
				continue
			}
			c, err := p.parse(t)
			must(t, err)
			must(t, c.SetID(kind, value))
			wantBytes(t, v.ID+" ID_CRED", c.IDCred(), p.IDCred)
			made++
		}
	}
	if made < 10 {
		t.Errorf("only %d were made", made)
	}
}

// idType is what SetID needs for a map with one parameter; 0 if it is none of
// its types.
func idType(idCred []byte) (IDType, []byte) {
	id, err := cose.ParseIDCred(idCred)
	if err != nil || idCred[0] != 0xa1 {
		return 0, nil
	}
	switch {
	case id.Kid != nil:
		return IDKid, id.Kid
	case id.CCS != nil:
		return IDKccs, nil
	case id.X5Chain != nil:
		return IDX5Chain, nil
	case len(id.X5Bag) == 1:
		return IDX5Bag, nil
	case id.X5T != nil && id.X5T.Algorithm == cose.AlgSHA256:
		return IDX5TSHA256, nil
	case id.X5T != nil:
		return IDX5T, nil
	case strings.HasPrefix(id.X5U, "coap"):
		return IDX5U, []byte(id.X5U)
	}
	return 0, nil
}
