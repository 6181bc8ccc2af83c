package suite

import (
	"syscall"
	"unsafe"
)

var readProcessMemory = syscall.NewLazyDLL("kernel32.dll").NewProc("ReadProcessMemory")

// peek reads memory of this process by its address, also what is garbage.
func peek(at uintptr, n int) []byte {
	const self = ^uintptr(0)
	out := make([]byte, n)
	if ok, _, err := readProcessMemory.Call(self, at, uintptr(unsafe.Pointer(&out[0])), uintptr(n), 0); ok == 0 {
		panic(err)
	}
	return out
}
