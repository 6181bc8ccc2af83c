// Package start is where the loader enters liblake, in place of Go's own entry
// (the linker's flag -E=lakec_start).
//
// Go's entry takes the host's arguments and environment from its caller. Only
// glibc passes them; with musl the process crashes at load. And a malformed
// GOMEMLIMIT, or a GODEBUG that was meant for another program, ends the host.
// Here the runtime gets an empty argv, an empty environment and what the kernel
// says of the machine (capi/start_linux.c).
package start
