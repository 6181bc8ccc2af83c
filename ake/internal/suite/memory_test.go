package suite

import (
	"bytes"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

// TestKeep: the copy is equal, of its own, and zero once nobody has it.
func TestKeep(t *testing.T) {
	for _, n := range []int{0, 1, 8, 15, 16, 17, 32, 57, 1000} {
		original := bytes.Repeat([]byte{0xa5}, n)
		kept := Keep(original)
		if !bytes.Equal(kept, original) {
			t.Fatalf("%d bytes: %x", n, kept)
		}
		if n == 0 {
			continue
		}
		original[0] = 0
		if kept[0] != 0xa5 {
			t.Errorf("%d bytes: the copy changes with the original", n)
		}
		runtime.GC()
		if kept[0] != 0xa5 {
			t.Errorf("%d bytes: overwritten while it is in use", n)
		}
		at := uintptr(unsafe.Pointer(&kept[0])) // which keeps nothing alive
		runtime.KeepAlive(kept)
		kept = nil
		waitZero(t, at, n)
	}
}

// waitZero collects garbage until memory that nobody has is zero. It is read
// without a pointer to it.
func waitZero(t *testing.T, at uintptr, n int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; runtime.Gosched() {
		runtime.GC()
		if bytes.Count(peek(at, n), []byte{0xa5}) == 0 {
			return
		}
	}
	t.Errorf("%d bytes are not overwritten", n)
}

// TestKept: the original is overwritten.
func TestKept(t *testing.T) {
	original := bytes.Repeat([]byte{0xa5}, 32)
	if kept := Kept(original); bytes.Count(kept, []byte{0xa5}) != 32 || !bytes.Equal(original, make([]byte, 32)) {
		t.Errorf("%x of %x", kept, original)
	}
	if Kept(nil) != nil {
		t.Error("a copy of nothing")
	}
}

// TestKeepPrivateKey: a key does what it did before, with another copy of its bytes.
func TestKeepPrivateKey(t *testing.T) {
	for kind := KeyP256; kind.Valid(); kind++ {
		k, err := GenerateKey(kind, nil)
		if err != nil {
			t.Fatal(err)
		}
		before, old := k.Bytes(), k.secret
		k.Keep()
		if !bytes.Equal(k.Bytes(), before) || !bytes.Equal(old, make([]byte, len(old))) {
			t.Errorf("%v: %x of %x, and %x is left", kind, k.Bytes(), before, old)
		}
		if !k.Public().CanVerify() {
			continue
		}
		message := []byte("message")
		if signature, err := k.Sign(message); err != nil || !k.Public().Verify(message, signature) {
			t.Errorf("%v does not sign: %v", kind, err)
		}
	}
}

// TestWipeStack: what a function leaves behind is found, and after WipeStack not.
func TestWipeStack(t *testing.T) {
	WipeStack() // the stack has its size
	at := leave()
	if found := peek(at, left); bytes.Count(found, []byte{0xa5}) < left/8 {
		t.Fatal("what is left on the stack is not found")
	}
	at = leave()
	WipeStack()
	if found := peek(at, left); bytes.Count(found, []byte{0xa5}) > left/64 {
		t.Errorf("%x", found)
	}
}

const left = deepest - 512

// leave leaves secrets on the stack and returns where.
//
//go:noinline
func leave() uintptr {
	var secret [left]byte
	for i := range secret {
		secret[i] = 0xa5
	}
	runtime.KeepAlive(&secret)
	return uintptr(unsafe.Pointer(&secret))
}

// TestSmallSecrets: those that would lie in one allocation of the runtime can be
// kept and dropped one by one.
func TestSmallSecrets(t *testing.T) {
	for range 1000 {
		if kept := Keep([]byte{1, 2, 3}); !bytes.Equal(kept, []byte{1, 2, 3}) {
			t.Fatalf("%x", kept)
		}
	}
	runtime.GC()
}
