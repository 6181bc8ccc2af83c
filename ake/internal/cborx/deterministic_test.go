package cborx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// byLibrary is the check that the library makes possible without a walk: its
// decoder's own, and the length of what its encoder makes of the value. It does
// not see a long head where a value has more than one form.
func byLibrary(data []byte) bool {
	var value any
	rest, err := libraryMode.UnmarshalFirst(data, &value)
	if err != nil {
		return false
	}
	canonical, err := libraryEncoder.Marshal(value)
	return err == nil && len(canonical) == len(data)-len(rest)
}

var libraryEncoder = must(cbor.CoreDetEncOptions().EncMode())

var libraryMode = must(cbor.DecOptions{
	DupMapKey:            cbor.DupMapKeyEnforcedAPF,
	IndefLength:          cbor.IndefLengthForbidden,
	MaxNestedLevels:      maxNesting,
	UTF8:                 cbor.UTF8RejectInvalid,
	IntDec:               cbor.IntDecConvertNone,
	TagsMd:               cbor.TagsAllowed,
	TimeTagToAny:         cbor.TimeTagToRFC3339,
	UnrecognizedTagToAny: cbor.UnrecognizedTagNumAndContentToAny,
}.DecMode())

// interpreted reports whether a well-formed item has something inside that the
// library understands rather than passes on: the tags of times, of bignums and
// of CBOR itself; or, as the key of a map, an integer below int64, which it takes
// for a bignum, a float, which it compares as a number (NaN differs from itself,
// the two zeros are one), or undefined, which it takes for null.
func interpreted(data []byte) bool {
	_, found := interpretedWithin(data)
	return found
}

const undefined = 0xf7

func interpretedWithin(data []byte) (length int, found bool) {
	argument, n := head(data)
	kind, children := Item(data).Kind(), 0
	switch kind {
	case Bytes, Text:
		return n + int(argument), false
	case Array:
		children = int(argument)
	case Map:
		children = 2 * int(argument)
	case Tag:
		children = 1
		found = argument <= 3 || argument == 55799
	}
	for i := range children {
		content := Item(data[n:])
		length, inside := interpretedWithin(content)
		found = found || inside
		if kind == Map && i%2 == 0 {
			_, isFloat := content[:length].untagged().Float()
			_, beyond, _ := content.untagged().Integer()
			found = found || isFloat || beyond > 0 || content.untagged()[0] == undefined
		}
		n += length
	}
	return n, found
}

// randomHead is a head that is now and then longer than needed.
func randomHead(r *rand.Rand, dst []byte, major byte, n uint64) []byte {
	if r.IntN(40) > 0 {
		return appendHead(dst, major, n)
	}
	switch r.IntN(4) {
	case 0:
		return append(dst, major|24, byte(n))
	case 1:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case 2:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}

// randomArgument has any of the sizes of head, and often one of their ends.
func randomArgument(r *rand.Rand) uint64 {
	n := r.Uint64() >> r.IntN(64)
	if r.IntN(4) == 0 {
		edges := []uint64{0, 23, 24, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32, math.MaxInt64, 1 << 63, math.MaxUint64}
		n = edges[r.IntN(len(edges))]
	}
	return n
}

func randomItem(r *rand.Rand, dst []byte, depth int) []byte {
	switch kind := r.IntN(12); {
	case kind < 3:
		return randomHead(r, dst, byte(r.IntN(2))<<5, randomArgument(r))
	case kind < 5:
		content := make([]byte, r.IntN(4)*r.IntN(20))
		return append(randomHead(r, dst, majorBytes, uint64(len(content))), content...)
	case kind < 6:
		text := strings.Repeat([]string{"a", "ü", "\xff", "€"}[r.IntN(40)%4*r.IntN(2)], r.IntN(3)*r.IntN(13))
		return append(randomHead(r, dst, majorText, uint64(len(text))), text...)
	case kind < 7:
		return append(dst, []byte{0xe0, 0xf4, 0xf5, 0xf6, 0xf7}[r.IntN(5)])
	case kind < 8:
		return randomFloat(r, dst)
	case depth == 0:
		return append(dst, byte(r.IntN(24)))
	case kind < 9:
		tags := []uint64{0, 1, 2, 3, 4, 5, 16, 18, 21, 22, 23, 24, 32, 37, 61, 98, 255, 256, 258, 55799, 1 << 40}
		return randomItem(r, randomHead(r, dst, 6<<5, tags[r.IntN(len(tags))]), depth-1)
	}
	n := r.IntN(4)
	if r.IntN(2) == 0 {
		dst = randomHead(r, dst, majorArray, uint64(n))
	} else {
		dst, n = randomHead(r, dst, majorMap, uint64(n)), 2*n
	}
	for range n {
		dst = randomItem(r, dst, depth-1)
	}
	return dst
}

// randomFloat has any width, and often a value that a narrower one holds too.
func randomFloat(r *rand.Rand, dst []byte) []byte {
	bits := r.Uint64()
	switch r.IntN(3) {
	case 0:
		return binary.BigEndian.AppendUint16(append(dst, 0xf9), uint16(bits))
	case 1:
		return binary.BigEndian.AppendUint32(append(dst, 0xfa), uint32(bits)&^(1<<r.IntN(30)-1))
	}
	v := math.Ldexp(float64(r.IntN(1<<12)-1<<11), r.IntN(300)-150)
	if r.IntN(2) == 0 {
		v = math.Float64frombits(bits)
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xfb), math.Float64bits(v))
}

// TestWalkAgainstLibrary: on random items, also damaged ones, the walk says what
// the library's encoder says, except where the library gives content a meaning.
func TestWalkAgainstLibrary(t *testing.T) {
	count := map[[2]bool]int{}
	r := rand.New(rand.NewPCG(8949, 1))
	for range 200_000 {
		data := randomItem(r, nil, 4)
		if r.IntN(4) == 0 {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		}
		item, _, err := First(data)
		accepted := err == nil
		if !sameAsLibrary(accepted, data) {
			t.Errorf("%x: %v, but the library says %v", data, err, !accepted)
		}
		if accepted && !bytes.HasPrefix(data, item) {
			t.Errorf("%x is the item %x", data, item)
		}
		count[[2]bool{accepted, wellformed(data) && interpreted(data)}]++
	}
	for _, accepted := range []bool{false, true} {
		for _, meaning := range []bool{false, true} {
			if n := count[[2]bool{accepted, meaning}]; n < 1000 {
				t.Errorf("only %d items that were accepted: %v, and have a meaning for the library: %v", n, accepted, meaning)
			}
		}
	}
}

// wellformed says so of the first item of data.
func wellformed(data []byte) bool {
	var more *cbor.ExtraneousDataError
	err := libraryMode.Wellformed(data)
	return err == nil || errors.As(err, &more)
}

func sameAsLibrary(accepted bool, data []byte) bool {
	return accepted == byLibrary(data) || wellformed(data) && interpreted(data)
}

// TestTagsAreTags: their content is nobody's business here, whatever a registry
// says of it, and its heads are checked as everywhere.
func TestTagsAreTags(t *testing.T) {
	for _, text := range []string{
		"c000", "c06161", "c04161", "c0f6", "c074323031332d30332d32315432303a30343a30305a", // a time as text
		"c100", "c16161", "c1f6", "c1f97e00", "c180", "c11a514b67b0", "c1f93c00", // seconds
		"c200", "c240", "c24101", "c2420001", "c280", "c249010000000000000000", "c34101", "c3f6", // bignums
		"d58100", "d64100", "d7a0", "d9d9f700", "d9d9f7d9d9f780", "c4820101", "d81800",
		"c0c100", "82c000c100", "a1c10000", "a100c06161", "a2c100000000", "d83dd28443a10126a0f640",
	} {
		if item, err := One(unhex(t, text)); err != nil || !bytes.Equal(item, unhex(t, text)) {
			t.Errorf("%s: %x, %v", text, item, err)
		}
	}
	for _, text := range []string{
		"c01800", "c0780161", "c1fb3ff0000000000000", "c11a00000001", "c1fa3f800000", "c2580101", "c3590001" + "01", "c098020000",
		"d80000", "d80100", "d9000100", "da0000000100", "db000000000000000100", "da0000d9f700",
		"82c000" + "1801", "c1" + "a1" + "1801" + "00", "a100c1" + "1817", "a1" + "c11817" + "00",
		// A time in one second form was as long as another one.
		"c1" + "78" + "13" + strings.Repeat("61", 19),
	} {
		if item, err := One(unhex(t, text)); !errors.Is(err, ErrNotDeterministic) {
			t.Errorf("%s: %x, %v", text, item, err)
		}
	}
	for _, text := range []string{"c0", "c161", "c15f4100ff", "c1ff", "c061ff", "c1a200000001", "c1" + "a18000" + "00", "a1c180" + "00", "a1c1a0" + "00", "a1d81880" + "00"} {
		if item, err := One(unhex(t, text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %v", text, item, err)
		}
	}
}

// TestKeys: the keys of a map are told apart by their encoding.
func TestKeys(t *testing.T) {
	for _, text := range []string{
		"a2" + "1bffffffffffffffff00" + "1bfffffffffffffffe00", "a2" + "3bffffffffffffffff00" + "3bfffffffffffffffe00", "a2" + "1bffffffffffffffff00" + "3bffffffffffffffff00",
		"a2" + "0100" + "f93c0000", "a2" + "6100" + "00" + "4100" + "00", "a2" + "c10000" + "0000", "a3" + "f400f500f600", "a2" + "20002100",
	} {
		if _, err := One(unhex(t, text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"a2" + "1bffffffffffffffff00" + "1bffffffffffffffff00", "a2" + "3bffffffffffffffff00" + "3bffffffffffffffff00", "a2" + "f97e0000" + "f97e0000",
		"a2" + "c10000" + "c10000", "a3" + "0200" + "0100" + "0200", "a3" + "f600" + "0000" + "f600", "a1" + "00" + "a2" + "0100" + "0100",
	} {
		if item, err := One(unhex(t, text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %v", text, item, err)
		}
	}
	// As many entries as a message can have, the worst order of them.
	const many = 20_000
	for name, last := range map[string]int64{"different": -1, "twice": 7} {
		data := AppendMap(nil, many+1)
		for i := range int64(many) {
			data = append(AppendInt(data, many-1-i), 0)
		}
		data = append(AppendInt(data, last), 0)
		if _, err := One(data); errors.Is(err, ErrMalformed) != (name == "twice") {
			t.Errorf("%d entries, %s: %v", many, name, err)
		}
	}
}

// FuzzWalk holds the walk against the library on any input: both find the same
// items, and the form with sorted keys is one of them, of the same length, which
// sorting does not change again.
func FuzzWalk(f *testing.F) {
	r := rand.New(rand.NewPCG(8949, 2))
	for range 100 {
		f.Add(randomItem(r, nil, 4))
	}
	for _, seed := range []string{"c000", "c11a514b67b0", "c24101", "d9d9f700", "a2f97e0000f97e0000", "a13bffffffffffffffff00", "fb3ff0000000000000", "1800", "61ff", "9f01ff"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		item, rest, err := First(data)
		if !sameAsLibrary(err == nil, data) {
			t.Errorf("%x: %v", data, err)
		}
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrNotDeterministic) {
				t.Errorf("error of another kind: %v", err)
			}
			return
		}
		if !bytes.Equal(slices.Concat(item, rest), data) || cbor.Wellformed(item) != nil {
			t.Fatalf("%x is the item %x and %x", data, item, rest)
		}
		canonical := Item(item.Canonical())
		if again, err := One(canonical); err != nil || len(again) != len(item) || !bytes.Equal(again.Canonical(), again) {
			t.Errorf("%x has the canonical form %x: %v", item, canonical, err)
		}
		if !interpreted(item) {
			var value any
			if err := libraryMode.Unmarshal(item, &value); err != nil {
				t.Fatal(err)
			}
			if want := must(libraryEncoder.Marshal(value)); !rewritten(item) && !bytes.Equal(canonical, want) {
				t.Errorf("%x has the canonical form %x, want %x", item, canonical, want)
			}
		}
	})
}

// rewritten reports whether the library may change a value that has one length: it
// writes every NaN as one, and undefined as null.
func rewritten(item Item) bool {
	for i := range item {
		if item[i] == 0xf9 && i+3 <= len(item) && math.IsNaN(half(binary.BigEndian.Uint16(item[i+1:]))) || item[i] == undefined {
			return true
		}
	}
	return false
}
