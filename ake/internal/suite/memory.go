package suite

import (
	"crypto/subtle"
	"runtime"
)

// ConstantTimeEqual compares without telling by its time where a and b
// differ. Their lengths are no secret.
func ConstantTimeEqual(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// Wipe overwrites b with zeros.
func Wipe(b []byte) {
	clear(b)
	runtime.KeepAlive(b) // the stores are not dead
}
