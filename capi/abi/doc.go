// Package abi holds what the C ABI is made of besides code: the table of
// status codes (status.tsv), the version script of the linker (lake.map) and
// the frozen list of exported symbols (symbols.txt).
//
// From status.tsv come ake/status_table.go, capi/status_table.h and a section
// of include/lake.h.
package abi

//go:generate go run ./gen
