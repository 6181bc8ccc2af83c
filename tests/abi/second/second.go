// Command second is a C library with a Go runtime of its own, as a host of liblake
// may have one.
package main

import "C"

import (
	"runtime"
	"sync/atomic"
)

// second_collect starts n goroutines that make garbage, and returns how many ended.
//
//export second_collect
func second_collect(n C.int) C.int {
	var ended atomic.Int32
	done := make(chan []byte)
	for range int(n) {
		go func() {
			garbage := make([]byte, 1<<12)
			ended.Add(1)
			done <- garbage
		}()
	}
	for range int(n) {
		<-done
	}
	runtime.GC()
	return C.int(ended.Load())
}

func main() {}
