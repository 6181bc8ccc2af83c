// Package abi holds what the C ABI is made of besides code: the table of status codes
// (status.tsv), and, frozen, the version script of the linker (lake.map), the list of
// exported functions (symbols.txt) and the types that hosts are compiled with (types.txt).
//
// The package gen in it makes the frozen files, and all that other languages know of the
// header: `make generate`. It has the recipe for a new C function, too.
package abi
