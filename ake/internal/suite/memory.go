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
// and the garbage collector notices. It is for keys: of a secret above 64 KiB the copy
// is an ordinary one.
func Keep(secret []byte) []byte {
	n := len(secret)
	switch {
	case n == 0:
		return nil
	case n <= 64:
		return kept(new([64]byte)[:], secret, func(whole []byte) {
			runtime.SetFinalizer((*[64]byte)(whole), func(last *[64]byte) { Wipe(last[:]) })
		})
	case n <= 1<<10:
		return kept(new([1 << 10]byte)[:], secret, func(whole []byte) {
			runtime.SetFinalizer((*[1 << 10]byte)(whole), func(last *[1 << 10]byte) { Wipe(last[:]) })
		})
	case n <= 64<<10:
		return kept(new([64 << 10]byte)[:], secret, func(whole []byte) {
			runtime.SetFinalizer((*[64 << 10]byte)(whole), func(last *[64 << 10]byte) { Wipe(last[:]) })
		})
	}
	return append([]byte(nil), secret...)
}

func kept(whole, secret []byte, watch func(whole []byte)) []byte {
	watch(whole)
	n := copy(whole, secret)
	return whole[:n:n]
}

// Kept is Keep that overwrites the original.
func Kept(secret []byte) []byte {
	defer Wipe(secret)
	return Keep(secret)
}
