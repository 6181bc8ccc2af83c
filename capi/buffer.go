package main

// #include <stddef.h>
// #include <stdint.h>
import "C"

import (
	"unsafe"

	"github.com/liblake/lake/ake"
)

// input copies what the host gave. The shim has bounded its length.
func input(data *C.uint8_t, length C.size_t) []byte {
	return C.GoBytes(unsafe.Pointer(data), C.int(length))
}

// inputs is input for an array of them.
func inputs(data **C.uint8_t, lengths *C.size_t, n C.size_t) [][]byte {
	copies := make([][]byte, n)
	for i, length := range unsafe.Slice(lengths, int(n)) {
		copies[i] = input(unsafe.Slice(data, int(n))[i], length)
	}
	return copies
}

// list copies an array of numbers. The shim has bounded its length.
func list[To, From ~int | ~int32 | ~int64 | ~uint64](data *From, length C.size_t) []To {
	numbers := make([]To, length)
	for i, number := range unsafe.Slice(data, int(length)) {
		numbers[i] = To(number)
	}
	return numbers
}

// put copies values to the buffer of the host. If they do not fit, nothing but
// *length changes: it says how many there are.
func put[T byte | int32 | int64](out unsafe.Pointer, capacity C.size_t, length *C.size_t, values []T) error {
	*length = C.size_t(len(values))
	if *length > capacity {
		return errBufferTooSmall
	}
	copy(unsafe.Slice((*T)(out), len(values)), values)
	return nil
}

// putBytes is put for what a call of the engine gave.
func putBytes(out *C.uint8_t, capacity C.size_t, length *C.size_t, value []byte, err error) error {
	if err != nil {
		return err
	}
	return put(unsafe.Pointer(out), capacity, length, value)
}

// putFound is putBytes for what may not be there: nil.
func putFound(out *C.uint8_t, capacity C.size_t, length *C.size_t, value []byte) error {
	if value == nil {
		return ake.ErrNotFound
	}
	return putBytes(out, capacity, length, value, nil)
}

// putSecret is putBytes for what must not stay behind in Go's memory.
func putSecret(out *C.uint8_t, capacity C.size_t, length *C.size_t, secret []byte, err error) error {
	defer clear(secret)
	return putBytes(out, capacity, length, secret, err)
}

// putText adds the final zero of C, which counts in the capacity and in the size
// that is needed, but not in the length.
func putText(out *C.char, capacity C.size_t, length *C.size_t, text []byte) error {
	*length = C.size_t(len(text)) + 1
	if *length > capacity {
		return errBufferTooSmall
	}
	to := unsafe.Slice((*byte)(unsafe.Pointer(out)), len(text)+1)
	to[copy(to, text)] = 0
	*length--
	return nil
}
