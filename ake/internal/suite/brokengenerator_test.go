package suite

import (
	"fmt"
	"testing"
)

// TestSignatureWithBrokenGenerator: signatures do not depend on the random
// generator alone (RFC 8937 chapter 8). With one that always gives the same, two
// messages never share the number of ECDSA, which would give the key away.
func TestSignatureWithBrokenGenerator(t *testing.T) {
	for _, kind := range []KeyKind{KeyP256, KeyP384, KeyEd25519, KeyEd448} {
		key := generate(t, kind)
		seen := map[string]bool{}
		for n := range 50 {
			message := fmt.Appendf(nil, "message %d", n)
			signature, err := key.sign(zeroReader{}, message)
			if err != nil {
				t.Fatal(err)
			}
			if !key.Public().Verify(message, signature) {
				t.Errorf("%s: the signature does not verify", kind)
			}
			r := string(signature[:len(signature)/2])
			if seen[r] {
				t.Errorf("%s: the same number for two messages", kind)
			}
			seen[r] = true
		}
	}
}
