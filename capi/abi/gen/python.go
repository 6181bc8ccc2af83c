package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// enum is what constants with a common prefix become in Python.
type enum struct{ prefix, name, base, doc string }

var enums = []enum{
	{"LAKE_ROLE_", "Role", "IntEnum", "Sides of a run of EDHOC."},
	{"LAKE_COAP_ANSWER_", "Answer", "IntEnum", "What a profile says about a feature."},
	{"LAKE_KEY_", "KeyKind", "IntEnum", "Kinds of key."},
	{"LAKE_CREDENTIAL_", "CredentialKind", "IntEnum", "Kinds of credential."},
	{"LAKE_ID_", "IdType", "IntEnum", "Ways to refer to a credential (RFC 9528 section 3.5.3)."},
	{"LAKE_TEXT_", "TextKind", "IntEnum", "What Credential.text gives."},
	{"LAKE_DATA_", "DataKind", "IntEnum", "What Credential.data gives."},
	{"LAKE_NAME_", "NameKind", "IntEnum", "Kinds of name that a peer can have."},
	{"LAKE_PEER_", "PeerPolicy", "IntEnum", "Whose credentials are trusted."},
	{"LAKE_PULL_", "Pull", "IntFlag", "Questions that come to the host as a Pending exception."},
	{"LAKE_EAD_", "EADMark", "IntFlag", "What is added to the number of the message that an item came in."},
	{"LAKE_OPERATION_", "KeyOperation", "IntEnum", "What a private key that is elsewhere has to do."},
	{"LAKE_OPTION_", "ConfigOption", "IntEnum", "What lake_config_set_option sets."},
	{"LAKE_STATE_", "State", "IntEnum", "States of a session."},
	{"LAKE_NEXT_", "Next", "IntEnum", "What a session expects of the host."},
	{"LAKE_RENEWAL_", "Renewal", "IntEnum", "What is due to keep a session's keys fresh."},
	{"LAKE_COAP_OPTION_", "Option", "IntEnum", "Numbers of CoAP options that a stack has to know."},
	{"LAKE_COAP_FORMAT_", "Format", "IntEnum", "Content-Formats."},
	{"LAKE_COAP_CODE_", "Code", "IntEnum", "CoAP codes."},
	{"LAKE_COAP_EVENT_", "EventKind", "IntEnum", "What happens to a run."},
	{"LAKE_ENDPOINT_FLAG_", "EndpointFlag", "IntFlag", "What an endpoint does."},
	{"LAKE_ENDPOINT_ACTION_", "ActionKind", "IntEnum", "What an endpoint wants done."},
	{"LAKE_ENDPOINT_EVENT_", "EndpointEventKind", "IntEnum", "What happens at an endpoint."},
}

// prefixed are the constants whose names do not say what they are, with a name that does.
var prefixed = map[string]string{
	"LAKE_INITIATOR": "LAKE_ROLE_INITIATOR", "LAKE_RESPONDER": "LAKE_ROLE_RESPONDER",
	"LAKE_COAP_UNSAID": "LAKE_COAP_ANSWER_UNSAID", "LAKE_COAP_YES": "LAKE_COAP_ANSWER_YES", "LAKE_COAP_NO": "LAKE_COAP_ANSWER_NO",
}

// noEnum are those that are of no kind.
var noEnum = []string{"LAKE_ABI_VERSION", "LAKE_VERSION_NUMBER", "LAKE_COAP_LIST_MAX", "LAKE_ENDPOINT_ADDRESS_MAX"}

var ctypesOf = map[string]string{
	"void": "None", "lake_status": "c_int32", "int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64",
	"uint64_t": "c_uint64", "size_t": "c_size_t", "uint8_t": "c_uint8", "const char *": "c_char_p",
}

// ctype is the type of ctypes for one of C.
func ctype(is string) (string, error) {
	if name, found := ctypesOf[is]; found {
		return name, nil
	}
	if strings.HasSuffix(is, "_fn") {
		return is, nil
	}
	if item, size, found := strings.Cut(is, "["); found {
		name, err := ctype(item)
		return name + " * " + strings.TrimSuffix(size, "]"), err
	}
	if strings.Contains(is, "*") {
		return "c_void_p", nil
	}
	return "", fmt.Errorf("python: no type of ctypes for %s: extend ctypesOf", is)
}

func ctypes(f function) ([]string, error) {
	result, err := ctype(f.result)
	all := []string{result}
	for _, p := range f.params {
		if err == nil {
			var name string
			name, err = ctype(p.is)
			all = append(all, name)
		}
	}
	return all, err
}

// pythonABI is what the Python package knows of the header. The status codes have a
// module of their own.
func pythonABI(h *header, statuses []group) ([]byte, error) {
	members := map[string][]constant{}
	for _, c := range h.constants {
		if isStatus(c.name, statuses) || slices.Contains(noEnum, c.name) {
			continue
		}
		name := c.name
		if longer, found := prefixed[name]; found {
			name = longer
		}
		i := slices.IndexFunc(enums, func(e enum) bool { return strings.HasPrefix(name, e.prefix) })
		if i < 0 {
			return nil, fmt.Errorf("python: %s is in no enum: extend the table enums", c.name)
		}
		c.name = strings.TrimPrefix(name, enums[i].prefix)
		members[enums[i].prefix] = append(members[enums[i].prefix], c)
	}
	var b bytes.Buffer
	for _, e := range enums {
		if len(members[e.prefix]) == 0 {
			return nil, fmt.Errorf("python: no constant begins with %s: take it from the table enums", e.prefix)
		}
		fmt.Fprintf(&b, "\n\nclass %s(%s):\n    \"\"\"%s\"\"\"\n\n", e.name, e.base, e.doc)
		for _, c := range members[e.prefix] {
			fmt.Fprintf(&b, "    %s = %d", c.name, c.value)
			if c.comment != "" {
				fmt.Fprintf(&b, "  # %s", strings.Join(strings.Fields(c.comment), " "))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString("\n\n")
	for _, f := range h.callbacks { // before the structs, which may have them
		types, err := ctypes(f)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s = CFUNCTYPE(%s)\n", f.name, strings.Join(types, ", "))
	}
	for _, s := range h.structs {
		fmt.Fprintf(&b, "\n\nclass %s(Structure):\n    _fields_ = (\n", s.name)
		for _, f := range s.fields {
			name, err := ctype(f.is)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "        (%q, %s),\n", f.name, name)
		}
		b.WriteString("    )\n")
	}
	b.WriteString("\n\nPROTOTYPES: dict[str, tuple[Any, ...]] = {\n")
	for _, f := range h.functions {
		types, err := ctypes(f)
		if err != nil {
			return nil, err
		}
		line := fmt.Sprintf("    %q: (%s", f.name, strings.Join(types, ", "))
		switch {
		case len(types) == 1:
			line += ",),"
		case len(line) > 108:
			line = fmt.Sprintf("    %q: (\n        %s,\n    ),", f.name, strings.Join(types, ",\n        "))
		default:
			line += "),"
		}
		fmt.Fprintln(&b, line)
	}
	b.WriteString("}\n\"\"\"Result and parameters of every function of lake.h.\"\"\"\n")

	var head bytes.Buffer
	fmt.Fprintf(&head, "\"\"\"%s\"\"\"\n\nfrom __future__ import annotations\n\nfrom ctypes import (\n", fromHeader)
	for _, name := range []string{"CFUNCTYPE", "Structure", "c_char_p", "c_int32", "c_int64", "c_size_t", "c_uint32", "c_uint64", "c_uint8", "c_void_p"} {
		if bytes.Contains(b.Bytes(), []byte(name)) {
			fmt.Fprintf(&head, "    %s,\n", name)
		}
	}
	head.WriteString(")\nfrom enum import IntEnum, IntFlag\nfrom typing import Any\n")
	return append(head.Bytes(), b.Bytes()...), nil
}
