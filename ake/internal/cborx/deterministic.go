package cborx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"
)

// head reads the initial byte and the argument of a well-formed item (RFC 8949
// section 3); n is the length of both.
func head(data []byte) (argument uint64, n int) {
	switch info := data[0] & 0x1f; info {
	case 24:
		return uint64(data[1]), 2
	case 25:
		return uint64(binary.BigEndian.Uint16(data[1:])), 3
	case 26:
		return uint64(binary.BigEndian.Uint32(data[1:])), 5
	case 27:
		return binary.BigEndian.Uint64(data[1:]), 9
	default:
		return uint64(info), 1
	}
}

// check walks over the first item of data, which is well-formed and has no
// indefinite length, and returns its length. It looks at what well-formedness
// leaves open: every head is the shortest, every float the shortest that keeps
// the value (RFC 8949 section 4.2.1), text is UTF-8, no map has a key twice or
// one that is an array or a map. A tag may have any content: what it means is
// not for this package to say.
func check(data []byte) (length int, err error) {
	argument, n := head(data)
	kind := Item(data).Kind()
	if kind == Simple {
		return n, checkFloat(data[:n])
	}
	if n != headSize(argument) {
		return 0, ErrNotDeterministic
	}
	switch kind {
	case Bytes, Text, Array, Map:
		// With an int of 32 bits, the library takes the lower half of a count.
		if argument > uint64(len(data)) {
			return 0, ErrMalformed
		}
	}
	switch kind {
	case Bytes:
		n += int(argument)
	case Text:
		text := data[n : n+int(argument)]
		if !utf8.Valid(text) {
			return 0, fmt.Errorf("%w: text is not UTF-8", ErrMalformed)
		}
		n += len(text)
	case Array, Tag:
		if kind == Tag {
			argument = 1
		}
		for range argument {
			length, err := check(data[n:])
			if err != nil {
				return 0, err
			}
			n += length
		}
	case Map:
		keys := make([]Item, argument)
		for i := range keys {
			length, err := check(data[n:])
			if err != nil {
				return 0, err
			}
			keys[i] = data[n : n+length]
			n += length
			if length, err = check(data[n:]); err != nil {
				return 0, err
			}
			n += length
		}
		if err := checkKeys(keys); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// checkKeys finds keys that are the same, which is that their encodings are: each
// was checked to be the only one of its value. It puts the keys in order.
func checkKeys(keys []Item) error {
	for _, key := range keys {
		if kind := key.untagged().Kind(); kind == Array || kind == Map {
			return fmt.Errorf("%w: the key of a map is an array or a map", ErrMalformed)
		}
	}
	sortItems(keys)
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i-1], keys[i]) {
			return fmt.Errorf("%w: a map has a key twice", ErrMalformed)
		}
	}
	return nil
}

// untagged is the content of an item's tags.
func (it Item) untagged() Item {
	for it.Kind() == Tag {
		_, n := head(it)
		it = it[n:]
	}
	return it
}

func sortItems(items []Item) {
	slices.SortFunc(items, func(a, b Item) int { return bytes.Compare(a, b) })
}
