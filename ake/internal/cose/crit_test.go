package cose

import (
	"errors"
	"strings"
	"testing"
)

// TestCrit: who does not understand a parameter that crit names has to refuse the map
// (RFC 9052 section 3.1).
func TestCrit(t *testing.T) {
	for input, want := range map[string]error{
		"a2028104" + "044132":                         nil,            // crit names the kid
		"a3028204" + "0a" + "044132" + "0a4101":       nil,            // and the kid context
		"a202811821" + "18214101":                     nil,            // x5chain
		"a3028104" + "044132" + "190400f6":            nil,            // an unknown parameter that is not critical
		"a202820404" + "044132":                       nil,            // said twice
		"a2028119" + "0400" + "044132":                ErrUnsupported, // not in the map
		"a3028119" + "0400" + "044132" + "190400f6":   ErrUnsupported, // in the map, and unknown
		"a30282041904" + "00" + "044132" + "190400f6": ErrUnsupported, // one of two is unknown
		"a202810a" + "044132":                         ErrUnsupported, // kid context is known, and not there
		"a2028102" + "044132":                         ErrUnsupported, // crit itself
		"a202816178" + "044132":                       ErrUnsupported, // text
		"a30281617804" + "4132" + "6178f6":            ErrUnsupported, // text that is there
		"a202811bffffffffffffffff" + "044132":         ErrUnsupported, // beyond int64
		"a202811b7fffffffffffffff" + "044132":         ErrUnsupported,
		"a2028120" + "044132":                         ErrUnsupported,
		"a10281" + "04":                               ErrUnsupported, // nothing but crit
		"a20280" + "044132":                           ErrIDCred,      // empty
		"a20204" + "044132":                           ErrIDCred,      // no array
		"a202f6" + "044132":                           ErrIDCred,
		"a2024104" + "044132":                         ErrIDCred,
		"a2028140" + "044132":                         ErrIDCred, // no label
		"a20281f5" + "044132":                         ErrIDCred,
		"a2028180" + "044132":                         ErrIDCred,
		"a2" + strings.Repeat("028104", 2):            ErrIDCred, // twice
	} {
		id, err := ParseIDCred(unhex(t, input))
		if !errors.Is(err, want) || (err == nil) != (want == nil) || (id == nil) != (want != nil) {
			t.Errorf("%s: %v, want %v", input, err, want)
		}
	}
}
