// The command emit writes the sessions of vectors.json and of psk-draft.json as
// lines of text, for tests in languages without JSON:
//
//	go run ./tests/vectors/emit sessions.txt
//
// A line is a name, a space and a value; a session begins with the line that
// names it. Values are those of the JSON file: bytes in hexadecimal, numbers,
// lists of numbers with spaces between; an item of EAD is a line with its label
// and its value, or null. Fields of objects have the name of the object and a
// point in front.
//
// The environment variable LAKE_VECTORS names another file than vectors.json.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: emit FILE")
		os.Exit(2)
	}
	if err := emit(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "emit:", err)
		os.Exit(1)
	}
}

func emit(to string) error {
	vectors := os.Getenv("LAKE_VECTORS")
	if vectors == "" {
		vectors = own("vectors.json")
	}
	var sessions []map[string]any
	if err := read(vectors, &sessions); err != nil {
		return err
	}
	draft, err := pskDraft()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, session := range append(sessions, draft) {
		fmt.Fprintln(&out, "session", session["id"])
		delete(session, "id")
		write(&out, "", session)
	}
	return os.WriteFile(to, out.Bytes(), 0o644)
}

func write(out *bytes.Buffer, name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			write(out, strings.TrimPrefix(name+"."+key, "."), value[key])
		}
	case []any:
		if strings.HasSuffix(name, "_items") {
			for _, item := range value {
				fmt.Fprintln(out, name, text(item))
			}
			return
		}
		fmt.Fprintln(out, name, text(value))
	default:
		fmt.Fprintln(out, name, text(value))
	}
}

func text(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		if value {
			return "1"
		}
		return "0"
	case []any:
		var parts []string
		for _, part := range value {
			parts = append(parts, text(part))
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(value)
}

// pskDraft makes a session of the draft's vector, which has the inputs and the
// figures of both sides in its sections.
func pskDraft() (map[string]any, error) {
	var file map[string]map[string]map[string]any
	if err := read(own("psk-draft.json"), &file); err != nil {
		return nil, err
	}
	session := map[string]any{}
	for _, sections := range file {
		for _, section := range sections {
			maps.Copy(session, section)
		}
	}
	session["psk_entry"] = map[string]any{
		"id_cred": "a10442" + session["id_cred_psk_cbor"].(string), "psk": session["psk"], "hash": -16,
		"cred_i": session["cred_i"], "cred_r": session["cred_r"],
	}
	maps.Copy(session, map[string]any{
		"id": "psk-draft", "method": 4, "selected_suite": 2, "suites_i": []any{2}, "suites_r": []any{2},
		"c_i": session["c_i_cbor"], "c_r": session["c_r_cbor"], "message_4_used": true,
		// The draft prints 16 bytes, its text says the length of the hash.
		"rpsk_16": session["rpsk"],
	})
	delete(session, "rpsk")
	return session, nil
}

func read(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// own is the path of a file of the project, beside the folder of this program.
func own(name string) string {
	_, source, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(filepath.Dir(source)), name)
}
