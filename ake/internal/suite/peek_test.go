package suite

import "os"

// peek reads memory of this process by its address, as another process would; nil
// where the system has no such file.
func peek(at uintptr, n int) []byte {
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		return nil
	}
	defer memory.Close()
	out := make([]byte, n)
	if _, err := memory.ReadAt(out, int64(at)); err != nil {
		return nil
	}
	return out
}
