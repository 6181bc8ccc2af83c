package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The shim is the C function of lake.h, which looks at its arguments and calls the Go
// function of the same name with lakego_ in front. What there is to look at follows from
// the types and names of the parameters:
//
//	handle                                   is not NULL; free functions take it
//	const uint8_t *x, size_t x_len           an input, also of char
//	const uint8_t *const *x, const size_t *x_lens, size_t n    inputs
//	const int32_t *x, size_t n               a list, also of int64_t
//	const char *x                            a text
//	uint8_t *out, size_t cap, size_t *len    an output, also of char, int32_t and int64_t
//	uint8_t *x, size_t x_len                 a buffer to be filled
//	const struct lake_x *x, struct lake_x *x go in and come out: capi/growth.h
//	lake_x **x, void **x, int32_t *x         is not NULL, and written with success
//	lake_x_fn, void *                        whatever it is
//	size_t n                                 at most LAKEC_MAX_INPUT
//
// The rest stands in these tables, by name.

// byHand are the functions that do something else, and what. They are in capi/shim.c.
var byHand = map[string]string{
	"lake_version":        "needs no Go, works after fork",
	"lake_version_number": "the same",
	"lake_abi_version":    "the same",
	"lake_strerror":       "the same",
	"lake_status_name":    "the same",
	"lake_state_name":     "the same",
	"lake_has_feature":    "the same",
	"lake_wipe":           "the same",
	"lake_live_handles":   "gives a number, also after fork",

	"lake_suite_info":  "adds the name, a text of C's",
	"lake_method_info": "the same",

	"lake_session_step":           "writes *len with an error, too",
	"lake_session_oscore_context": "wipes what it made",

	"lake_coap_client_start":    "writes *request and *len with an error, too",
	"lake_coap_client_next":     "the same",
	"lake_coap_client_again":    "the same",
	"lake_coap_client_continue": "the same",
}

// everywhere is what holds for a parameter of that type and name in every function; %s is
// the parameter.
var everywhere = map[string]string{
	"int64_t now":              "lakec_milliseconds(%s)",
	"int64_t peer":             "%s >= 0",
	"int32_t role":             "lakec_role(%s)",
	"int32_t combined_request": "lakec_flag(%s)",
	"int32_t signs":            "lakec_flag(%s)",
	"int32_t ask":              "lakec_answer(%s)",
	"size_t index":             "", // there is no such item, if it is too large
}

// particular is what holds for a parameter of one function, in the place of what its
// type says.
var particular = map[string]string{
	// These may be NULL.
	"lake_ccs_build subject":              "lakec_optional_text(%s)",
	"lake_coap_client_new ids":            "",
	"lake_coap_server_new ids":            "",
	"lake_coap_server_new initiator":      "(responder != NULL || %s != NULL)",
	"lake_coap_server_new responder":      "",
	"lake_config_add_cwt_issuer name":     "lakec_optional_text(%s)",
	"lake_config_require_key_purpose oid": "lakec_optional_text(%s)",
	"lake_error_build text":               "lakec_optional_text(%s) && (%[1]s != NULL || code != 1)",
	"lake_endpoint_new initiator":         "(responder != NULL || %s != NULL)",
	"lake_endpoint_new resumption":        "",
	"lake_endpoint_new responder":         "",
	"lake_endpoint_restore initiator":     "(responder != NULL || %s != NULL)",
	"lake_endpoint_restore resumption":    "",
	"lake_endpoint_restore responder":     "",
	// This may not.
	"lake_coap_server_new on_event": "%s != NULL",
	// Other bounds.
	"lake_coap_client_combine block":         "%s <= INT32_MAX",
	"lake_coap_client_combine max":           "%s <= INT32_MAX",
	"lake_coap_ids_reserve id":               "lakec_id(%s, id_len)",
	"lake_coap_server_reserve recipient_id":  "lakec_id(%s, recipient_id_len)",
	"lake_coap_session_peer_profile message": "(%s == 1 || %[1]s == 2)",
	"lake_config_set_ead_labels use":         "%s > 0 && %[1]s <= (LAKE_EAD_UNDERSTOOD | LAKE_EAD_EARLY)",
	"lake_config_set_time now":               "%s >= 0 && %[1]s <= LAKEC_MAX_TIME",
	"lake_credential_data which":             "%s >= LAKE_DATA_FINGERPRINT && %[1]s <= LAKE_DATA_ORIGIN_ID_CRED_R",
	"lake_credential_text which":             "%s >= LAKE_TEXT_SUBJECT && %[1]s <= LAKE_TEXT_DESCRIPTION",
	"lake_endpoint_receive address":          "lakec_address(%s, address_len)",
	"lake_endpoint_restore blob":             "lakec_store(%s, blob_len)",
	"lake_endpoint_send address":             "lakec_address(%s, address_len)",
	"lake_resumption_forget serial":          "lakec_input(%s, serial_len) && lakec_names_peers(which, value, value_len, %[1]s, serial_len)",
	"lake_resumption_load blob":              "lakec_store(%s, blob_len)",
	"lake_resumption_load options":           "lakec_in_resumption_options(&taken_options, %s) && taken_options.limit == 0 && taken_options.lifetime == 0",
	"lake_session_prepare_message message":   "%s >= 1 && %[1]s <= 4",
	"lake_session_process_message message":   "%s >= 1 && %[1]s <= 4",
}

// stub is a function of the shim while it is put together.
type stub struct {
	checks []string
	locals []string // what the Go function is given in the place of the host's
	call   []string
	after  []string // with success
}

// shim writes the functions of a header that are not written by hand.
func shim(h *header, fileHead string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s#include \"shim.h\"\n\n#include \"_cgo_export.h\"\n", fileHead)
	for _, f := range h.functions {
		if byHand[f.name] != "" {
			continue
		}
		if err := writeFunction(&b, h, f); err != nil {
			return nil, fmt.Errorf("%s: %w; or write it by hand in capi/shim.c and add it to byHand in capi/abi/gen/shim.go", f.name, err)
		}
	}
	return b.Bytes(), nil
}

// checkTables refuses what the tables say about functions and parameters that are gone.
func checkTables(h *header) error {
	known := map[string]bool{}
	for _, f := range h.functions {
		known[f.name] = true
		for _, p := range f.params {
			known[f.name+" "+p.name] = byHand[f.name] == ""
			known[p.is+" "+p.name] = true
		}
	}
	var gone []string
	for _, table := range []map[string]string{byHand, everywhere, particular} {
		for name := range table {
			if !known[name] {
				gone = append(gone, name)
			}
		}
	}
	slices.Sort(gone)
	if gone != nil {
		return fmt.Errorf("capi/abi/gen/shim.go speaks of what the header does not have, or what is done by hand: %s", strings.Join(gone, ", "))
	}
	return nil
}

func writeFunction(b *bytes.Buffer, h *header, f function) error {
	if f.result != "lake_status" {
		return fmt.Errorf("it gives %s, not lake_status", f.result)
	}
	var declared []string
	for _, p := range f.params {
		declared = append(declared, p.source)
	}
	if declared == nil {
		declared = []string{"void"}
	}
	fmt.Fprintf(b, "\n%s\n{\n", wrap("lake_status "+f.name+"(", declared, ", ", ")"))
	export := "lakego_" + strings.TrimPrefix(f.name, "lake_")

	if len(f.params) == 1 && strings.HasSuffix(f.name, "_free") {
		name := f.params[0].name
		fmt.Fprintf(b, "    LAKEC_CHECK(1);\n    return %s == NULL ? LAKE_OK : %s((uintptr_t)%[1]s);\n}\n", name, export)
		return nil
	}
	var s stub
	for params := f.params; len(params) > 0; {
		n, err := s.take(h, f.name, params)
		if err != nil {
			return err
		}
		params = params[n:]
	}
	for _, local := range s.locals {
		fmt.Fprintf(b, "    %s;\n", local)
	}
	if s.checks == nil {
		s.checks = []string{"1"}
	}
	fmt.Fprintln(b, wrap("    LAKEC_CHECK(", s.checks, " && ", ");"))
	if s.after == nil {
		fmt.Fprintf(b, "%s\n}\n", wrap("    return "+export+"(", s.call, ", ", ");"))
		return nil
	}
	fmt.Fprintln(b, wrap("    lake_status status = "+export+"(", s.call, ", ", ");"))
	open, end := "", ""
	if len(s.after) > 1 {
		open, end = " {", "    }\n"
	}
	fmt.Fprintf(b, "    if (status == LAKE_OK)%s\n        %s;\n%s    return status;\n}\n", open, strings.Join(s.after, ";\n        "), end)
	return nil
}

// take adds the first parameter, with those that belong to it, and gives their number.
func (s *stub) take(h *header, function string, params []param) (int, error) {
	p := params[0]
	is := func(i int, types ...string) bool { return i < len(params) && slices.Contains(types, params[i].is) }
	named := func(i int, suffix string) bool { return i < len(params) && strings.HasSuffix(params[i].name, suffix) }
	pointee, isPointer := strings.CutSuffix(p.is, "*")
	pointee = strings.TrimSpace(pointee)
	item, isConst := strings.CutPrefix(pointee, "const ")
	isStruct := isPointer && strings.HasPrefix(item, "struct lake_")
	structName := strings.TrimPrefix(item, "struct lake_")

	check, call, n := "", []string{p.name}, 1
	local := func(is, name, value string) {
		s.locals = append(s.locals, is+" "+name+value)
		call = []string{"&" + name}
	}
	switch {
	case isPointer && slices.Contains(h.handles, item):
		check, call = p.name+" != NULL", []string{"(uintptr_t)" + p.name}
	case p.is == "void *":
		call = []string{"(uintptr_t)" + p.name}
	case strings.HasSuffix(p.is, "_fn"):
	case isStruct && isConst:
		local("struct lake_"+structName, "taken_"+p.name, "")
		check = fmt.Sprintf("lakec_in_%s(&taken_%s, %[2]s)", structName, p.name)
	case isStruct:
		local("struct lake_"+structName, "made_"+p.name, " = {0}")
		check = fmt.Sprintf("lakec_room_%s(%s)", structName, p.name)
		s.after = append(s.after, fmt.Sprintf("lakec_give_%s(%s, &made_%[2]s)", structName, p.name))
	case isPointer && !isConst && strings.HasSuffix(pointee, "*"):
		local("uintptr_t", "made_"+p.name, " = 0")
		check = p.name + " != NULL"
		s.after = append(s.after, fmt.Sprintf("*%s = (%s)made_%[1]s", p.name, pointee))
	case isPointer && strings.HasSuffix(pointee, "*const") && is(1, "const size_t *") && is(2, "size_t"):
		check = fmt.Sprintf("lakec_inputs(%s, %s, %s)", p.name, params[1].name, params[2].name)
		call = []string{fmt.Sprintf("(%s*)%s", strings.TrimSuffix(item, "const"), p.name), "(size_t *)" + params[1].name, params[2].name}
		n = 3
	case is(0, "const uint8_t *", "const char *") && is(1, "size_t") && params[1].name == p.name+"_len":
		check = fmt.Sprintf("lakec_input(%s, %s)", p.name, params[1].name)
		call, n = []string{fmt.Sprintf("(%s *)%s", item, p.name), params[1].name}, 2
	case is(0, "const int32_t *", "const int64_t *", "const uint64_t *") && is(1, "size_t"):
		check = fmt.Sprintf("lakec_list(%s, %s)", p.name, params[1].name)
		call, n = []string{fmt.Sprintf("(%s *)%s", item, p.name), params[1].name}, 2
	case p.is == "const char *":
		check = fmt.Sprintf("lakec_text(%s)", p.name)
		call = []string{"(char *)" + p.name, fmt.Sprintf("lakec_text_length(%s)", p.name)}
	case isPointer && !isConst && is(1, "size_t") && is(2, "size_t *") && named(1, "cap") && named(2, "len"):
		check = fmt.Sprintf("lakec_output(%s, %s, %s)", p.name, params[1].name, params[2].name)
		call, n = []string{p.name, params[1].name, params[2].name}, 3
	case p.is == "uint8_t *" && is(1, "size_t") && params[1].name == p.name+"_len":
		check = fmt.Sprintf("%s != NULL && %s <= LAKEC_MAX_INPUT", p.name, params[1].name)
		call, n = []string{p.name, params[1].name}, 2
	case isPointer && !isConst && ctypesOf[pointee] != "" && pointee != "void":
		check = p.name + " != NULL"
	case p.is == "size_t":
		check = p.name + " <= LAKEC_MAX_INPUT"
	case !isPointer && ctypesOf[p.is] != "":
	default:
		return 0, fmt.Errorf("%s %s follows no pattern", p.is, p.name)
	}
	for _, other := range []struct {
		table map[string]string
		key   string
	}{{everywhere, p.is + " " + p.name}, {particular, function + " " + p.name}} {
		if form, found := other.table[other.key]; found {
			check = form
			if form != "" {
				check = fmt.Sprintf(form, p.name)
			}
		}
	}
	if check != "" {
		s.checks = append(s.checks, check)
	}
	s.call = append(s.call, call...)
	return n, nil
}

// wrap joins parts to lines of at most 120 characters.
func wrap(before string, parts []string, between, after string) string {
	var b strings.Builder
	line := before
	for i, part := range parts {
		if i < len(parts)-1 {
			part += between
		}
		if len(line)+len(strings.TrimRight(part, " "))+len(after) > 120 {
			fmt.Fprintln(&b, strings.TrimRight(line, " "))
			line = "        "
		}
		line += part
	}
	return b.String() + line + after
}
