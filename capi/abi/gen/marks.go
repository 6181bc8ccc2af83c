package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// nullable are the pointers that may be NULL although nothing in their form says so: inputs
// (x, x_len), outputs (out, cap) and userdata may always be.
var nullable = []string{
	"lake_has_feature.name", "lake_wipe.p",
	"lake_ccs_build.subject", "lake_error_build.text", "lake_config_add_cwt_issuer.name", "lake_config_require_key_purpose.oid",
	"lake_resumption_new.options", "lake_resumption_load.options",
	"lake_coap_server_new.responder", "lake_coap_server_new.initiator", "lake_coap_server_new.ids", "lake_coap_client_new.ids",
	"lake_endpoint_new.responder", "lake_endpoint_new.initiator", "lake_endpoint_new.resumption", "lake_endpoint_new.options",
	"lake_endpoint_restore.responder", "lake_endpoint_restore.initiator", "lake_endpoint_restore.resumption", "lake_endpoint_restore.options",
}

// ignorable reports whether nobody needs to look at what a function gives: things are given back with it.
func (f function) ignorable() bool {
	return strings.HasSuffix(f.name, "_free") || strings.HasSuffix(f.name, "_release")
}

// marks are the attributes of a function.
func (f function) marks(h *header) (list []string) {
	if f.result == "lake_status" && !f.ignorable() {
		list = append(list, "LAKE_CHECKED")
	}
	var nonnull []string
	for i, p := range f.params {
		next := param{}
		if i+1 < len(f.params) {
			next = f.params[i+1]
		}
		isPointer := strings.HasSuffix(p.is, "*")
		isArray := strings.HasSuffix(p.source, "]")
		isConst := strings.HasPrefix(p.is, "const ")
		sized := next.is == "size_t" && (next.name == p.name+"_len" || next.name == "n" || strings.HasSuffix(next.name, "cap"))
		reads := isConst && strings.Count(p.is, "*") == 1
		isHandle := slices.Contains(h.handles, strings.TrimSuffix(strings.TrimPrefix(p.is, "const "), " *"))
		switch {
		case p.name == "on_event":
			nonnull = append(nonnull, fmt.Sprint(i+1))
		case !isPointer, p.is == "void *" && p.name == "userdata":
		case isArray:
			nonnull = append(nonnull, fmt.Sprint(i+1))
			list = append(list, fmt.Sprintf("LAKE_WRITES(%d)", i+1))
		case sized && reads:
			list = append(list, fmt.Sprintf("LAKE_READS(%d, %d)", i+1, i+2))
		case sized && !isConst:
			list = append(list, fmt.Sprintf("LAKE_WRITES(%d, %d)", i+1, i+2))
			if next.name == "out_len" {
				nonnull = append(nonnull, fmt.Sprint(i+1))
			}
		case f.ignorable() && i == 0 && strings.HasSuffix(f.name, "_free"):
		case slices.Contains(nullable, f.name+"."+p.name):
		default:
			nonnull = append(nonnull, fmt.Sprint(i+1))
			if reads && !isHandle {
				list = append(list, fmt.Sprintf("LAKE_READS(%d)", i+1))
			}
		}
	}
	if nonnull != nil {
		list = append(list, "LAKE_NONNULL("+strings.Join(nonnull, ", ")+")")
	}
	return list
}

const marksBegin = `/*
 * lake_marks.h - what compilers can know of the functions of lake.h, which includes it:
 * that a status is to be looked at, which pointers must not be NULL, which buffers are read
 * and written, and how large they are.
 *
 * Made from lake.h and what it includes by make generate. Do not edit.
 *
 * Copyright the liblake authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAKE_MARKS_H
#define LAKE_MARKS_H

#if defined(__has_attribute)
#if __has_attribute(warn_unused_result)
#define LAKE_CHECKED __attribute__((warn_unused_result))
#endif
#if __has_attribute(nonnull)
#define LAKE_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#endif
#if __has_attribute(access)
#define LAKE_READS(...) __attribute__((access(read_only, __VA_ARGS__)))
#define LAKE_WRITES(...) __attribute__((access(write_only, __VA_ARGS__)))
#endif
#endif
#ifndef LAKE_CHECKED
#define LAKE_CHECKED
#endif
#ifndef LAKE_NONNULL
#define LAKE_NONNULL(...)
#endif
#ifndef LAKE_READS
#define LAKE_READS(...)
#define LAKE_WRITES(...)
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
#endif
#ifdef __cplusplus
extern "C" {
#endif

`

const marksEnd = `
#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#undef LAKE_CHECKED
#undef LAKE_NONNULL
#undef LAKE_READS
#undef LAKE_WRITES

#endif
`

// marksHeader declares every function that has marks once more, with them.
func marksHeader(h *header) []byte {
	var b bytes.Buffer
	b.WriteString(marksBegin)
	for _, f := range h.functions {
		marks := f.marks(h)
		if marks == nil {
			continue
		}
		var types []string
		for _, p := range f.params {
			array := ""
			if i := strings.IndexByte(p.source, '['); i >= 0 {
				array = p.source[i:]
				p.is = strings.TrimSuffix(p.is, " *")
			}
			types = append(types, p.is+array)
		}
		between := " "
		if strings.HasSuffix(f.result, "*") {
			between = ""
		}
		fmt.Fprintf(&b, "%s%s%s(%s)\n    %s;\n", f.result, between, f.name, strings.Join(types, ", "), strings.Join(marks, " "))
	}
	b.WriteString(marksEnd)
	return b.Bytes()
}
