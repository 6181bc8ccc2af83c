// Package cborx reads and writes the CBOR of EDHOC: sequences of
// deterministically encoded items (RFC 9528 section 3.1, RFC 8949 section
// 4.2.1). It is the only importer of a CBOR library.
//
// Decoding is strict: definite lengths, shortest heads, no duplicate map keys,
// valid UTF-8, bounded nesting. The order of map keys is left open, because RFC
// 9528 section 3.5.3 leaves it open for ID_CRED_x and because credentials are
// used as they come; so is the content of tags, which are the reader's to judge.
package cborx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

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

// decMode is for well-formedness alone; check does the rest. What this package does not
// call of the library, reading and writing by reflection, is not linked: a quarter of
// a megabyte.
var decMode = must(cbor.DecOptions{
	IndefLength:     cbor.IndefLengthForbidden,
	MaxNestedLevels: maxNesting,
	TagsMd:          cbor.TagsAllowed,
}.DecMode())

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
	return AppendSequence(make([]Item, 0, min(max, 8)), data, max)
}

// AppendSequence is Sequence for a list that may have its room elsewhere.
func AppendSequence(items []Item, data []byte, max int) ([]Item, error) {
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
	if n := shortItem(data); n > 0 {
		return data[:n], data[n:], nil
	}
	// What stands after the first item is not looked at.
	var more *cbor.ExtraneousDataError
	if err := decMode.Wellformed(data); err != nil && !errors.As(err, &more) {
		return nil, nil, fmt.Errorf("%w: %s", ErrMalformed, reason(err))
	}
	n, err := check(data)
	if err != nil {
		return nil, nil, err
	}
	return data[:n], data[n:], nil
}

// shortItem is the length of an item that needs no decoder, or 0: integers of one
// byte, byte strings of up to 255 bytes, an array of a few of them (SUITES_I), a map
// with one entry of them (ID_CRED_x). Most items of EDHOC are these.
func shortItem(data []byte) int {
	var children int
	switch head := data[0]; {
	case head > 0x80 && head <= 0x97:
		children = int(head - 0x80)
	case head == 0xa1:
		children = 2
	default:
		return shortString(data)
	}
	n := 1
	for range children {
		if n >= len(data) {
			return 0
		}
		child := shortString(data[n:])
		if child == 0 {
			return 0
		}
		n += child
	}
	return n
}

func shortString(data []byte) int {
	n := 0
	switch head := data[0]; {
	case head <= 0x17, head >= 0x20 && head <= 0x37:
		n = 1
	case head >= 0x40 && head <= 0x57:
		n = 1 + int(head-0x40)
	case head == 0x58 && len(data) > 1 && data[1] >= 24:
		n = 2 + int(data[1])
	}
	if len(data) < n {
		return 0
	}
	return n
}

// reason says in words of our own what the decoder refuses.
func reason(err error) string {
	var indefinite *cbor.IndefiniteLengthError
	var nested *cbor.MaxNestedLevelError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "an item ends too early"
	case errors.As(err, &indefinite):
		return "an item of indefinite length"
	case errors.As(err, &nested):
		return fmt.Sprintf("items nested more than %d deep", maxNesting)
	}
	return "an item that CBOR does not have, or too large a one"
}

// Int returns the value of an integer item that fits int64.
func (it Item) Int() (int64, bool) {
	v, beyond, ok := it.Integer()
	if !ok || beyond != 0 {
		return 0, false
	}
	return v, true
}

// Integer returns the value of an integer item, from -2^64 to 2^64-1. Of one that
// does not fit int64 it is the end of int64 that is nearest to it, and beyond is
// the argument of the item's head, which is not 0 then. AppendInteger is the
// reverse.
func (it Item) Integer() (v int64, beyond uint64, ok bool) {
	if it.Kind() != Int {
		return 0, 0, false
	}
	argument, _ := head(it)
	negative := it[0]&majorNegint != 0
	switch {
	case argument > math.MaxInt64 && negative:
		return math.MinInt64, argument, true
	case argument > math.MaxInt64:
		return math.MaxInt64, argument, true
	case negative:
		return -1 - int64(argument), 0, true
	}
	return int64(argument), 0, true
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

// Entries are the entries of a map in the order in which they stand; of anything
// else there are none.
func (it Item) Entries() iter.Seq2[Item, Item] {
	return func(yield func(key, value Item) bool) {
		if it.Kind() != Map {
			return
		}
		for rest := it[headLength(it):]; len(rest) > 0; {
			key, tail, err := First(rest)
			if err != nil {
				return
			}
			value, tail, err := First(tail)
			if err != nil || !yield(key, value) {
				return
			}
			rest = tail
		}
	}
}

// Canonical returns the item with its map keys in order (RFC 8949 section
// 4.2.1), to compare maps that mean the same. What is no item is returned as it
// is.
func (it Item) Canonical() []byte {
	if _, err := One(it); err != nil {
		return it
	}
	return it.appendCanonical(make([]byte, 0, len(it)))
}

func (it Item) appendCanonical(dst []byte) []byte {
	n := headLength(it)
	switch it.Kind() {
	case Array:
		elements, _ := it.Array()
		dst = append(dst, it[:n]...)
		for _, element := range elements {
			dst = element.appendCanonical(dst)
		}
	case Map:
		pairs, _ := it.Map()
		encoded := make([]Item, len(pairs))
		for i, pair := range pairs { // no map is in a key
			encoded[i] = pair.Value.appendCanonical(bytes.Clone(pair.Key))
		}
		sortItems(encoded) // by the keys: no key is the beginning of another one
		dst = append(dst, it[:n]...)
		for _, pair := range encoded {
			dst = append(dst, pair...)
		}
	case Tag:
		dst = it[n:].appendCanonical(append(dst, it[:n]...))
	default:
		dst = append(dst, it...)
	}
	return dst
}

// headLength is the length of an item's initial byte and argument.
func headLength(it Item) int {
	_, n := head(it)
	return n
}
