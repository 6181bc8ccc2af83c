// Package cborx reads and writes the CBOR of EDHOC: sequences of
// deterministically encoded items (RFC 9528 section 3.1, RFC 8949 section
// 4.2.1). It is the only importer of a CBOR library.
//
// Decoding is strict: definite lengths, shortest heads, no duplicate map keys,
// valid UTF-8, bounded nesting. The order of map keys is the one thing left
// open, because RFC 9528 section 3.5.3 leaves it open for ID_CRED_x and
// because credentials are used as they come.
package cborx

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// maxNesting bounds recursion. An ID_CRED_x with a CCS nests four deep, a C509
// certificate six.
const maxNesting = 16

var (
	// ErrMalformed: not well-formed CBOR, or not the expected type.
	ErrMalformed = errors.New("malformed CBOR")
	// ErrNotDeterministic: well-formed, but not in the one permitted form.
	ErrNotDeterministic = errors.New("CBOR is not deterministically encoded")
)

var decMode = must(cbor.DecOptions{
	DupMapKey:            cbor.DupMapKeyEnforcedAPF,
	IndefLength:          cbor.IndefLengthForbidden,
	MaxNestedLevels:      maxNesting,
	UTF8:                 cbor.UTF8RejectInvalid,
	IntDec:               cbor.IntDecConvertNone,
	DefaultMapType:       nil,
	TagsMd:               cbor.TagsAllowed,
	TimeTagToAny:         cbor.TimeTagToRFC3339,
	UnrecognizedTagToAny: cbor.UnrecognizedTagNumAndContentToAny,
}.DecMode())

var encMode = must(cbor.CoreDetEncOptions().EncMode())

func must[T any](mode T, err error) T {
	if err != nil {
		panic(err)
	}
	return mode
}

// Kind is the CBOR type of an item.
type Kind uint8

// The kinds that EDHOC tells apart.
const (
	Int Kind = iota
	Bytes
	Text
	Array
	Map
	Tag
	Simple // true, false, null and floats
)

// Item is one encoded data item; it is well-formed and in deterministic form.
type Item []byte

// Kind returns the type of the item.
func (it Item) Kind() Kind {
	switch it[0] >> 5 {
	case 0, 1:
		return Int
	case 2:
		return Bytes
	case 3:
		return Text
	case 4:
		return Array
	case 5:
		return Map
	case 6:
		return Tag
	}
	return Simple
}

// Sequence splits a CBOR sequence into at most max items. The items share the
// memory of data.
func Sequence(data []byte, max int) ([]Item, error) {
	items := make([]Item, 0, min(max, 8))
	for len(data) > 0 {
		if len(items) == max {
			return nil, fmt.Errorf("%w: more than %d items", ErrMalformed, max)
		}
		item, rest, err := First(data)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		data = rest
	}
	return items, nil
}

// One reads data as exactly one item.
func One(data []byte) (Item, error) {
	item, rest, err := First(data)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: bytes after the item", ErrMalformed)
	}
	return item, nil
}

// First reads the first item of a sequence; rest is what follows it, unread.
func First(data []byte) (item Item, rest []byte, err error) {
	if len(data) == 0 {
		return nil, nil, fmt.Errorf("%w: an item is missing", ErrMalformed)
	}
	if s, tail, ok := shortString(data); ok {
		return s, tail, nil
	}
	var value any
	rest, err = decMode.UnmarshalFirst(data, &value)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrMalformed, reason(err))
	}
	item = data[:len(data)-len(rest)]
	// The library accepts longer heads than needed. Every head being shortest
	// is the same as the canonical form having the same length; only the order
	// of map keys can differ then.
	canonical, err := encMode.Marshal(value)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrMalformed, reason(err))
	}
	if len(canonical) != len(item) {
		return nil, nil, ErrNotDeterministic
	}
	return item, rest, nil
}

// shortString recognises the items that need no decoder: integers of one byte
// and byte strings of up to 255 bytes. Most items of EDHOC are these.
func shortString(data []byte) (item Item, rest []byte, ok bool) {
	n := 0
	switch head := data[0]; {
	case head <= 0x17, head >= 0x20 && head <= 0x37:
		n = 1
	case head >= 0x40 && head <= 0x57:
		n = 1 + int(head-0x40)
	case head == 0x58 && len(data) > 1 && data[1] >= 24:
		n = 2 + int(data[1])
	default:
		return nil, nil, false
	}
	if len(data) < n {
		return nil, nil, false
	}
	return data[:n], data[n:], true
}

// reason shortens a library error to its first line, without its package name.
func reason(err error) string {
	text, _, _ := bytes.Cut([]byte(err.Error()), []byte("\n"))
	return string(bytes.TrimPrefix(text, []byte("cbor: ")))
}

// Int returns the value of an integer item that fits int64.
func (it Item) Int() (int64, bool) {
	if it.Kind() != Int {
		return 0, false
	}
	var v int64
	if err := decMode.Unmarshal(it, &v); err != nil {
		return 0, false
	}
	return v, true
}

// Bytes returns the content of a byte string; it shares the item's memory.
func (it Item) Bytes() ([]byte, bool) {
	if it.Kind() != Bytes {
		return nil, false
	}
	return it[headLength(it):], true
}

// Text returns the content of a text string.
func (it Item) Text() (string, bool) {
	if it.Kind() != Text {
		return "", false
	}
	return string(it[headLength(it):]), true
}

// Float returns the value of a float of any width.
func (it Item) Float() (float64, bool) {
	if it[0] < 0xf9 || it[0] > 0xfb {
		return 0, false
	}
	var v float64
	err := decMode.Unmarshal(it, &v)
	return v, err == nil
}

// IsTrue reports whether the item is the simple value true.
func (it Item) IsTrue() bool { return len(it) == 1 && it[0] == 0xf5 }

// Array returns the elements of an array.
func (it Item) Array() ([]Item, bool) {
	if it.Kind() != Array {
		return nil, false
	}
	elements, err := Sequence(it[headLength(it):], len(it))
	return elements, err == nil
}

// Pair is one entry of a map.
type Pair struct{ Key, Value Item }

// Map returns the entries of a map in the order in which they stand.
func (it Item) Map() ([]Pair, bool) {
	if it.Kind() != Map {
		return nil, false
	}
	items, err := Sequence(it[headLength(it):], 2*len(it))
	if err != nil {
		return nil, false
	}
	pairs := make([]Pair, 0, len(items)/2)
	for i := 0; i+1 < len(items); i += 2 {
		pairs = append(pairs, Pair{items[i], items[i+1]})
	}
	return pairs, true
}

// Canonical returns the item with its map keys in order (RFC 8949 section
// 4.2.1), to compare maps that mean the same.
func (it Item) Canonical() []byte {
	var value any
	if err := decMode.Unmarshal(it, &value); err != nil {
		return it
	}
	canonical, err := encMode.Marshal(value)
	if err != nil {
		return it
	}
	return canonical
}

// headLength is the length of an item's initial byte and argument.
func headLength(it Item) int {
	switch it[0] & 0x1f {
	case 24:
		return 2
	case 25:
		return 3
	case 26:
		return 5
	case 27:
		return 9
	}
	return 1
}
