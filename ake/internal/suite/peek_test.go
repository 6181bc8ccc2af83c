//go:build !windows

package suite

import "os"

// peek reads memory of this process by its address, also what is garbage.
func peek(at uintptr, n int) []byte {
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		panic(err)
	}
	defer memory.Close()
	out := make([]byte, n)
	if _, err := memory.ReadAt(out, int64(at)); err != nil {
		panic(err)
	}
	return out
}
