package pkix

import (
	"testing"
	"time"
)

// TestVerifiedIsBounded: the oldest to expire goes first, and there is an end.
func TestVerifiedIsBounded(t *testing.T) {
	var v verified
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 * maxVerified {
		v.remember(fact{byte(i), byte(i >> 8)}, start.Add(time.Hour), start)
	}
	if len(v.until) != maxVerified {
		t.Errorf("%d are remembered", len(v.until))
	}
	if last := (fact{255, 3*maxVerified/256 - 1}); !v.has(last, start) || v.has(last, start.Add(2*time.Hour)) {
		t.Error("the last one is not known until it expires")
	}
	v.remember(fact{9, 9, 9}, start.Add(3*time.Hour), start.Add(2*time.Hour))
	if len(v.until) != 1 {
		t.Errorf("%d are remembered after all have expired but one", len(v.until))
	}
}
