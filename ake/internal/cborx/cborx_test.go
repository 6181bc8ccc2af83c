package cborx

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"math/rand/v2"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAccepted has items in the one form in which they are read, with all the
// kinds. The order of map keys is open.
func TestAccepted(t *testing.T) {
	for text, kind := range map[string]Kind{
		"00": Int, "17": Int, "1818": Int, "18ff": Int, "190100": Int, "1a00010000": Int, "1b0000000100000000": Int, "1bffffffffffffffff": Int,
		"20": Int, "37": Int, "3818": Int, "390100": Int, "3b7fffffffffffffff": Int, "3bffffffffffffffff": Int,
		"40": Bytes, "4100": Bytes, "57" + strings.Repeat("00", 23): Bytes, "5818" + strings.Repeat("00", 24): Bytes,
		"58ff" + strings.Repeat("00", 255): Bytes, "590100" + strings.Repeat("00", 256): Bytes,
		"60": Text, "6161": Text, "62c3bc": Text, "7818" + strings.Repeat("61", 24): Text,
		"80": Array, "8101": Array, "820102": Array, "8181f6": Array,
		"a0": Map, "a10102": Map, "a201020304": Map, "a203040102": Map, "a2616101200a": Map, "a24101024102" + "03": Map,
		"d82063616263": Tag, "d28443a10126a0f640": Tag, "d83d00": Tag,
		"f4": Simple, "f5": Simple, "f6": Simple, "f7": Simple, "f93c00": Simple, "fa47c35000": Simple, "fb3ff199999999999a": Simple,
		"f97e00": Simple, "e0": Simple, "f8ff": Simple,
		"a108a101a301012004215820" + strings.Repeat("11", 32): Map,
	} {
		item, err := One(unhex(t, text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if item.Kind() != kind || !bytes.Equal(item, unhex(t, text)) {
			t.Errorf("%s is read as %x of kind %d, want %d", text, item, item.Kind(), kind)
		}
	}
}

// TestNotDeterministic has heads longer than needed, at the top, in lengths and
// deep inside.
func TestNotDeterministic(t *testing.T) {
	for _, text := range []string{
		"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000", "1b00000000ffffffff",
		"3800", "3817", "3900ff", "3a0000ffff", "3b00000000ffffffff",
		"5800", "580101", "5817" + strings.Repeat("00", 23), "590001" + "00", "5900ff" + strings.Repeat("00", 255), "5a0000000100", "5b000000000000000100",
		"7800", "780161", "79000161", "7a0000000161",
		"9800", "980101", "99000101", "9a0000000101", "b800", "b8010102", "b900010102",
		"811800", "8258010001", "a1180102", "a1011802", "a101580100", "8181811800", "d8201801", "c1" + "1800",
		"d80101", "d8c0" + "78" + "0161", "d900" + "20" + "6161",
		"fa3f800000", "fb3ff0000000000000", "fb7ff8000000000000", "fa7fc00000",
		"82" + "40" + "190001",
	} {
		if item, err := One(unhex(t, text)); !errors.Is(err, ErrNotDeterministic) {
			t.Errorf("%s: %x, %v", text, item, err)
		}
	}
}

// TestMalformed has what is no item, or one that is never taken.
func TestMalformed(t *testing.T) {
	for _, text := range []string{
		"", "18", "19ff", "1a000000", "41", "5801", "42ff", "590100" + "00", "5bffffffffffffffff", "7bffffffffffffffff", "61",
		"81", "8201", "a1", "a101", "a2010203", "9bffffffffffffffff", "bbffffffffffffffff", "c1", "d820",
		"1c", "1d", "1e", "1f", "3c", "5c", "7d", "9e", "bc", "dc", "fc", "fd", "fe",
		"5f4100ff", "7f6161ff", "9f01ff", "bf0102ff", "ff", "819f01ff", "5f", "9f",
		"61ff", "62c328", "63e28228", "8161ff", "a1" + "61ff" + "01", "64f4908080",
		"a1810100", "a1a000", "a201010102", "a2616101616102", "a24101014101" + "02", "a201020102", "a203040304", "81a201010101",
		"f800", "f818", "f81f",
		strings.Repeat("81", 17) + "00", strings.Repeat("a100", 17) + "00", strings.Repeat("81", 100000),
	} {
		if item, err := One(unhex(t, text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%.40s: %.40x, %v", text, item, err)
		}
	}
	if _, err := One(unhex(t, "0000")); !errors.Is(err, ErrMalformed) {
		t.Errorf("two items: %v", err)
	}
}

// TestNesting: as deep as any credential needs, and no deeper.
func TestNesting(t *testing.T) {
	for depth, want := range map[int]bool{1: true, 6: true, 15: true, 17: false, 40: false} {
		if _, err := One(append(bytes.Repeat([]byte{0x81}, depth), 0)); (err == nil) != want {
			t.Errorf("%d arrays in one another: %v", depth, err)
		}
	}
}

// TestSequence: items one after the other, up to the number that is allowed.
func TestSequence(t *testing.T) {
	data := unhex(t, "01"+"4102"+"820304"+"a10506"+"6161"+"f5")
	items, err := Sequence(data, 6)
	if err != nil || len(items) != 6 || !bytes.Equal(slices.Concat(toBytes(items)...), data) {
		t.Errorf("%x, %v", items, err)
	}
	if items, err := Sequence(nil, 0); err != nil || len(items) != 0 {
		t.Errorf("nothing: %x, %v", items, err)
	}
	for max := range 6 {
		if _, err := Sequence(data, max); !errors.Is(err, ErrMalformed) {
			t.Errorf("at most %d items: %v", max, err)
		}
	}
	for _, wrong := range []string{"0118", "01ff", "011800", "41", "0101" + "5f4100ff"} {
		if items, err := Sequence(unhex(t, wrong), 9); err == nil {
			t.Errorf("%s: %x", wrong, items)
		}
	}
}

func toBytes(items []Item) (all [][]byte) {
	for _, item := range items {
		all = append(all, item)
	}
	return all
}

// TestValues reads each kind as what it is, and as nothing else.
func TestValues(t *testing.T) {
	for text, want := range map[string]int64{
		"00": 0, "17": 23, "1818": 24, "1b7fffffffffffffff": math.MaxInt64, "20": -1, "37": -24, "3903e7": -1000, "3b7fffffffffffffff": math.MinInt64,
	} {
		if v, ok := Item(unhex(t, text)).Int(); !ok || v != want {
			t.Errorf("%s: %d, %v", text, v, ok)
		}
	}
	for _, text := range []string{"1b8000000000000000", "1bffffffffffffffff", "3b8000000000000000", "3bffffffffffffffff"} {
		if v, ok := Item(unhex(t, text)).Int(); ok || v != 0 {
			t.Errorf("%s fits int64 as %d", text, v)
		}
	}
	for text, end := range map[string]int64{
		"1b8000000000000000": math.MaxInt64, "1bfffffffffffffffe": math.MaxInt64, "1bffffffffffffffff": math.MaxInt64,
		"3b8000000000000000": math.MinInt64, "3bfffffffffffffffe": math.MinInt64, "3bffffffffffffffff": math.MinInt64,
	} {
		v, beyond, ok := Item(unhex(t, text)).Integer()
		if !ok || v != end || beyond <= math.MaxInt64 || !bytes.Equal(AppendInteger(nil, v, beyond), unhex(t, text)) {
			t.Errorf("%s is %d and %d: %x, %v", text, v, beyond, AppendInteger(nil, v, beyond), ok)
		}
		if !bytes.Equal(AppendInteger(nil, 5, beyond), []byte{5}) {
			t.Errorf("5 is encoded as %x", AppendInteger(nil, 5, beyond))
		}
	}
	for _, text := range []string{"00", "20", "1b7fffffffffffffff", "3b7fffffffffffffff"} {
		v, beyond, ok := Item(unhex(t, text)).Integer()
		if !ok || beyond != 0 || !bytes.Equal(AppendInteger(nil, v, 0), unhex(t, text)) {
			t.Errorf("%s is %d and %d: %x, %v", text, v, beyond, AppendInteger(nil, v, 0), ok)
		}
	}
	if b, ok := Item(unhex(t, "43010203")).Bytes(); !ok || !bytes.Equal(b, []byte{1, 2, 3}) {
		t.Errorf("byte string: %x", b)
	}
	if s, ok := Item(unhex(t, "62c3bc")).Text(); !ok || s != "ü" {
		t.Errorf("text string: %q", s)
	}
	if a, ok := Item(unhex(t, "82014102")).Array(); !ok || len(a) != 2 || !bytes.Equal(a[1], []byte{0x41, 2}) {
		t.Errorf("array: %x", a)
	}
	if m, ok := Item(unhex(t, "a2036161014102")).Map(); !ok || len(m) != 2 || !bytes.Equal(m[0].Key, []byte{3}) || !bytes.Equal(m[1].Value, []byte{0x41, 2}) {
		t.Errorf("map: %x", m)
	}
	if !Item(unhex(t, "f5")).IsTrue() || Item(unhex(t, "f4")).IsTrue() || Item(unhex(t, "01")).IsTrue() {
		t.Error("IsTrue")
	}
	for _, text := range []string{"00", "40", "60", "80", "a0", "f6", "c100"} {
		item := Item(unhex(t, text))
		_, isInt := item.Int()
		if _, _, ok := item.Integer(); ok != isInt {
			t.Errorf("%s is an integer: %v", text, ok)
		}
		_, isBytes := item.Bytes()
		_, isText := item.Text()
		_, isArray := item.Array()
		_, isMap := item.Map()
		got := []bool{isInt, isBytes, isText, isArray, isMap}
		for kind, is := range got {
			if is != (item.Kind() == []Kind{Int, Bytes, Text, Array, Map}[kind]) {
				t.Errorf("%s is read as kind %d: %v", text, kind, is)
			}
		}
	}
}

// TestCanonical: two orders of one map are the same in this form.
func TestCanonical(t *testing.T) {
	for _, pair := range [][2]string{
		{"a203040102", "a201020304"}, {"a2616101200a", "a2200a616101"}, {"a10102", "a10102"}, {"82a2020301" + "00f6", "82a2010002" + "03f6"},
		{"a2c10000f700", "a2c10000f700"}, {"a1" + "05c1" + "a202000100", "a1" + "05c1" + "a201000200"}, // a time stays one, undefined is not null
		{"a2020301", "a2020301"}, {"", ""}, // no item
	} {
		if got := Item(unhex(t, pair[0])).Canonical(); !bytes.Equal(got, unhex(t, pair[1])) {
			t.Errorf("%s becomes %x, want %s", pair[0], got, pair[1])
		}
	}
}

// TestEncode holds the encoder against the library's deterministic one.
func TestEncode(t *testing.T) {
	library := func(v any) []byte {
		b, err := libraryEncoder.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var sizes []uint64
	for _, edge := range []uint64{0, 23, 24, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32, 1<<63 - 1} {
		sizes = append(sizes, edge, edge+1, max(edge, 1)-1)
	}
	for _, n := range sizes {
		if got := AppendUint(nil, n); !bytes.Equal(got, library(n)) {
			t.Errorf("%d is %x", n, got)
		}
		if v := int64(n & math.MaxInt64); !bytes.Equal(AppendInt(nil, v), library(v)) || !bytes.Equal(AppendInt(nil, -v-1), library(-v-1)) {
			t.Errorf("%d and %d are %x and %x", v, -v-1, AppendInt(nil, v), AppendInt(nil, -v-1))
		}
	}
	if got := AppendUint(nil, math.MaxUint64); !bytes.Equal(got, library(uint64(math.MaxUint64))) {
		t.Errorf("%x", got)
	}
	for _, n := range []int{0, 1, 23, 24, 255, 256, 65535, 65536} {
		content := bytes.Repeat([]byte{'x'}, n)
		want := library(content)
		if got := AppendBytes(nil, content); !bytes.Equal(got, want) || !bytes.Equal(append(AppendBytesHead(nil, n), content...), want) {
			t.Errorf("a byte string of %d starts with %x", n, got[:1])
		}
		if HeadLength(n) != len(want)-n {
			t.Errorf("the head of %d has %d bytes", n, HeadLength(n))
		}
		if got := AppendText(nil, string(content)); !bytes.Equal(got, library(string(content))) {
			t.Errorf("a text string of %d starts with %x", n, got[:1])
		}
		array := AppendArray(nil, n)
		if want := library(make([]int, n)); !bytes.Equal(array, want[:len(want)-n]) {
			t.Errorf("an array of %d starts with %x", n, array)
		}
		entries := make(map[int]bool, n)
		for i := range n {
			entries[i] = true
		}
		if head := AppendMap(nil, n); !bytes.HasPrefix(library(entries), head) {
			t.Errorf("a map of %d starts with %x", n, head)
		}
	}
	if got := AppendTrue([]byte{1}); !bytes.Equal(got, append([]byte{1}, library(true)...)) {
		t.Errorf("true is %x", got)
	}
}

// FuzzSequence: what is accepted is well-formed for the library, has the length
// of its deterministic form, and comes apart without remainder.
func FuzzSequence(f *testing.F) {
	for _, seed := range []string{"", "00", "1800", "820102", "a203040102", "5f4100ff", "d28443a10126a0f640", "f97e00", "61ff", "c11a514b67b0", "c249010000000000000000"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, err := Sequence(data, 64)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrNotDeterministic) {
				t.Errorf("error of another kind: %v", err)
			}
			return
		}
		if !bytes.Equal(slices.Concat(toBytes(items)...), data) {
			t.Fatal("the items are not the input")
		}
		for _, item := range items {
			if err := cbor.Wellformed(item); err != nil {
				t.Errorf("%x: %v", item, err)
			}
			if canonical := item.Canonical(); len(canonical) != len(item) {
				t.Errorf("%x has the canonical form %x", item, canonical)
			}
			item.Int()
			item.Text()
			item.Array()
			item.Map()
		}
	})
}

// TestEntries: the entries of a map one by one are those of Map; nothing else has
// any.
func TestEntries(t *testing.T) {
	r, maps := rand.New(rand.NewPCG(8949, 3)), 0
	for range 20_000 {
		item, _, err := First(randomItem(r, nil, 3))
		if err != nil {
			continue
		}
		var pairs []Pair
		for key, value := range item.Entries() {
			pairs = append(pairs, Pair{key, value})
		}
		want, isMap := item.Map()
		if isMap {
			maps++
		}
		if !slices.EqualFunc(pairs, want, func(a, b Pair) bool { return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Value, b.Value) }) {
			t.Errorf("%x has the entries %x, want %x", item, pairs, want)
		}
	}
	if maps < 500 {
		t.Errorf("only %d maps", maps)
	}
}
