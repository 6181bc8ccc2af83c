// Command capi is liblake: the C ABI of include/lake.h over the package ake. It
// is built with -buildmode=c-shared and c-archive, and holds no protocol logic.
//
// A function of lake.h is a C function in one of the shim files, most of them
// generated, which refuses forked children and wrong arguments, and then calls the
// Go export of the same name with lakego_ in front; capi/abi/gen has the recipe for a
// new one. Handles and the host's userdata are numbers on the
// Go side, never pointers: Go's stack copier and garbage collector end the
// process when they meet a pointer that is none.
//
// Whoever links it says -ldflags=-E=lakec_start: see capi/start.
package main

// #cgo CFLAGS: -I${SRCDIR}/../include -std=gnu11 -Wall -Wextra -Werror=implicit-function-declaration -DLAKE_NO_MARKS
// #include "shim.h"
import "C"

// main is never called; the build mode asks for it.
func main() {}
