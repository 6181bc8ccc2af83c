package suite

import "testing"

// The nonce of AES-CCM-16-64-128 has 13 bytes (RFC 9053 section 4.2), those of AES-GCM and
// ChaCha20/Poly1305 have 12 (sections 4.1 and 4.3).
func TestOSCOREIDLength(t *testing.T) {
	want := map[int]int{0: 7, 1: 7, 2: 7, 3: 7, 4: 6, 5: 6, 6: 6, 24: 6, 25: 6}
	for _, s := range All() {
		if got := s.OSCOREIDLength(); got != want[s.ID] {
			t.Errorf("suite %d: %d bytes, want %d", s.ID, got, want[s.ID])
		}
	}
	if len(All()) != len(want) {
		t.Errorf("%d suites", len(All()))
	}
}
