package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A function of the header, with its parameters.
type function struct {
	result, name string
	parameters   []parameter
}

type parameter struct {
	ctype, name string // "const uint8_t *", "in"
	array       string // [n] if it is written as name[n]
}

var (
	comments    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	declaration = regexp.MustCompile(`(?m)^([a-z][a-z0-9_ ]*[ *])(lake_[a-z0-9_]+)\(([^;{}]*)\);`)
	declarator  = regexp.MustCompile(`^(.*?)(\w+)(\[\w*\])?$`)
)

func functions(header []byte) (list []function) {
	for _, m := range declaration.FindAllSubmatch(comments.ReplaceAll(header, nil), -1) {
		f := function{result: strings.TrimSpace(string(m[1])), name: string(m[2])}
		for _, text := range strings.Split(strings.Join(strings.Fields(string(m[3])), " "), ",") {
			d := declarator.FindStringSubmatch(strings.TrimSpace(text))
			if d == nil || strings.TrimSpace(d[1]) == "" { // void
				continue
			}
			f.parameters = append(f.parameters, parameter{d[1], d[2], d[3]})
		}
		list = append(list, f)
	}
	return list
}

// nullable are the pointers that may be NULL although nothing in their form says so: inputs
// (x, x_len), outputs (out, cap) and userdata may always be.
var nullable = []string{
	"lake_has_feature.name", "lake_wipe.p",
	"lake_ccs_build.subject", "lake_error_build.text", "lake_config_add_cwt_issuer.name", "lake_config_require_key_purpose.oid",
	"lake_resumption_new.options", "lake_resumption_load.options",
	"lake_coap_server_new.responder", "lake_coap_server_new.initiator", "lake_coap_server_new.ids", "lake_coap_client_new.ids",
}

// ignorable reports whether nobody needs to look at what a function gives: things are given back with it.
func (f function) ignorable() bool {
	return strings.HasSuffix(f.name, "_free") || strings.HasSuffix(f.name, "_release")
}

// marks are the attributes of a function.
func (f function) marks() (list []string) {
	if f.result == "lake_status" && !f.ignorable() {
		list = append(list, "LAKE_CHECKED")
	}
	var nonnull []string
	for i, p := range f.parameters {
		next := parameter{}
		if i+1 < len(f.parameters) {
			next = f.parameters[i+1]
		}
		size := next.ctype == "size_t " && (next.name == p.name+"_len" || next.name == "n" ||
			next.name == "cap" || next.name == "private_cap" || next.name == "public_cap" || p.name == "out" && next.name == "out_len")
		reads := strings.HasPrefix(p.ctype, "const ") && strings.Count(p.ctype, "*") == 1
		switch {
		case p.name == "on_event":
			nonnull = append(nonnull, fmt.Sprint(i+1))
		case !strings.HasSuffix(p.ctype, "*") && p.array == "", p.name == "userdata" && p.ctype == "void *":
		case p.array != "":
			nonnull = append(nonnull, fmt.Sprint(i+1))
			list = append(list, fmt.Sprintf("LAKE_WRITES(%d)", i+1))
		case size && reads:
			list = append(list, fmt.Sprintf("LAKE_READS(%d, %d)", i+1, i+2))
		case size && !strings.HasPrefix(p.ctype, "const "):
			list = append(list, fmt.Sprintf("LAKE_WRITES(%d, %d)", i+1, i+2))
			if next.name == "out_len" {
				nonnull = append(nonnull, fmt.Sprint(i+1))
			}
		case f.ignorable() && i == 0 && strings.HasSuffix(f.name, "_free"):
		case slices.Contains(nullable, f.name+"."+p.name):
		default:
			nonnull = append(nonnull, fmt.Sprint(i+1))
			if reads && !handle(p) {
				list = append(list, fmt.Sprintf("LAKE_READS(%d)", i+1))
			}
		}
	}
	if nonnull != nil {
		list = append(list, "LAKE_NONNULL("+strings.Join(nonnull, ", ")+")")
	}
	return list
}

// handle reports whether a parameter is a lake_x *, which nobody reads through.
func handle(p parameter) bool {
	return strings.HasPrefix(strings.TrimPrefix(p.ctype, "const "), "lake_")
}

const marksBegin = `/*
 * lake_marks.h - what compilers can know of the functions of lake.h, which includes it:
 * that a status is to be looked at, which pointers must not be NULL, which buffers are read
 * and written, and how large they are.
 *
 * Made from lake.h and lake_coap.h by go generate ./capi/abi. Do not edit.
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
func marksHeader(headers ...[]byte) []byte {
	var b bytes.Buffer
	b.WriteString(marksBegin)
	for _, f := range functions(bytes.Join(headers, nil)) {
		marks := f.marks()
		if marks == nil {
			continue
		}
		var types []string
		for _, p := range f.parameters {
			types = append(types, strings.TrimSpace(p.ctype)+p.array)
		}
		line := fmt.Sprintf("%s %s(%s)", f.result, f.name, strings.Join(types, ", "))
		if strings.HasSuffix(f.result, "*") {
			line = fmt.Sprintf("%s%s(%s)", f.result, f.name, strings.Join(types, ", "))
		}
		fmt.Fprintf(&b, "%s\n    %s;\n", line, strings.Join(marks, " "))
	}
	b.WriteString(marksEnd)
	return b.Bytes()
}
