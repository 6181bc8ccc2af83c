package suite

import (
	"crypto/subtle"
	"runtime"
	"unsafe"
)

// ConstantTimeEqual compares without telling by its time where a and b
// differ. Their lengths are no secret.
func ConstantTimeEqual(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// Wipe overwrites b with zeros.
func Wipe(b []byte) {
	clear(b)
	runtime.KeepAlive(b) // the stores are not dead
}

// deepest is how much stack a step takes below its caller, and more: the test
// tests/abi/emitted/memory.c tells when it is too little.
const deepest = 8 << 10

// WipeStack overwrites the stack below its caller, where hashes, ciphers and curves
// had their variables. Before a step it makes room for them: a stack that grows with
// secrets on it is copied, and the old one is not overwritten. Then it moves zeros
// through the vector registers, which a signal or a switch of threads saves.
//
//go:noinline
func WipeStack() {
	var below [deepest]byte
	Wipe(below[:])
	copy(below[:vectorRegisters], below[deepest/2:])
}

// vectorRegisters is the bytes of those that copy uses on x86-64. Were it a constant,
// copy would be other code.
var vectorRegisters = 256

// Keep returns a copy of a secret that is overwritten when nobody has it any more
// and the garbage collector notices.
func Keep(secret []byte) []byte {
	if len(secret) == 0 {
		return nil
	}
	// Smaller allocations share their memory, and with it the one finalizer.
	n := max(len(secret), 16)
	whole := make([]byte, n)
	runtime.SetFinalizer(&whole[0], func(first *byte) { Wipe(unsafe.Slice(first, n)) })
	return whole[:copy(whole, secret)]
}

// Kept is Keep that overwrites the original.
func Kept(secret []byte) []byte {
	defer Wipe(secret)
	return Keep(secret)
}
