package cborx

import (
	"slices"
	"strings"
	"testing"
)

// TestInspect shows items that First refuses: what is wrong with them and where.
func TestInspect(t *testing.T) {
	for text, want := range map[string][]FaultAt{
		"00": nil, "a10441ff": nil, "5818" + strings.Repeat("00", 24): nil, "f93c00": nil, "d82061" + "61": nil,
		"1800": {{NotShortest, 0}}, "82001801": {{NotShortest, 2}}, "580101": {{NotShortest, 0}}, "fa3f800000": {{NotShortest, 0}},
		"5f41014102ff": {{Indefinite, 0}}, "9f0102ff": {{Indefinite, 0}}, "81bf0102ff": {{Indefinite, 1}},
		"a201010102": {{DuplicateKey, 0}}, "61ff": {{NotUTF8, 0}},
	} {
		nodes, err := Inspect(unhex(t, text))
		if err != nil || len(nodes) != 1 || !slices.Equal(nodes[0].AllFaults(), want) {
			t.Errorf("%s: %+v, %v", text, nodes, err)
		}
	}
	if n, _ := InspectFirst(unhex(t, "5f41014102ff00")); n.Length != 6 || string(n.Content()) != "\x01\x02" {
		t.Errorf("%+v", n)
	}
}

// TestInspectBroken says where data ends to be CBOR, in words that tell the size that
// the head says from the size that there is.
func TestInspectBroken(t *testing.T) {
	for text, want := range map[string]string{
		"5afdabcdef01":  "byte 0: 0x5a begins a byte string whose head says 4255895023 bytes, and 1 follow",
		"0042ff":        "byte 1: 0x42 begins a byte string whose head says 2 bytes, and 1 follow",
		"8201":          "byte 0: 0x82 begins an array whose head says 2 elements, and 1 bytes follow",
		"820102" + "19": "byte 3: 0x19 begins an item whose head has 3 bytes, and the data ends after 1",
		"1c":            "byte 0: 0x1c is no beginning of an item", "ff": "byte 0: 0xff is no beginning of an item", "df": "byte 0: 0xdf is no beginning of an item",
		"9f01": "byte 0: an item of indefinite length does not end", "bf01ff": "byte 2: a map ends after a key",
		"5f6161ff": "byte 1: a chunk of a string is something else", "c1": "byte 1: the data ends where an item should begin",
		strings.Repeat("81", 40): "byte 17: items are nested more than 16 deep",
	} {
		if _, err := Inspect(unhex(t, text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzInspect holds Inspect against First: what First takes has no faults.
func FuzzInspect(f *testing.F) {
	for _, seed := range []string{"00", "a10441ff", "5f41014102ff", "9f", "\xbf", "a201010102"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		node, broken := InspectFirst(data)
		item, _, err := First(data)
		if err == nil && (broken != nil || len(node.AllFaults()) > 0 || node.Length != len(item)) {
			t.Errorf("%x: %v, %+v", data, broken, node)
		}
		if broken == nil {
			node.Diag()
		}
	})
}
