package cborx

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// Node is an item that is looked at, not judged: it may be in a form that First
// refuses. It is for showing what came to people.
type Node struct {
	Kind     Kind
	At       int    // where it begins
	Head     int    // the length of its initial byte and argument
	Length   int    // of all of it
	Argument uint64 // of its head; 0 if its length is indefinite
	Children []Node // of arrays, tags, strings in chunks; of maps keys and values in turn
	Faults   []Fault
	Raw      []byte
}

// Fault is what deterministic encoding, or CBOR, does not allow of an item that can
// be read all the same.
type Fault int

// The faults.
const (
	NotShortest  Fault = iota + 1 // a longer head than needed
	Indefinite                    // an indefinite length
	DuplicateKey                  // a map has a key twice
	NotUTF8                       // text is not UTF-8
)

// BrokenError tells where and why data cannot be read as CBOR.
type BrokenError struct {
	At  int
	Why string
}

func (e *BrokenError) Error() string { return fmt.Sprintf("byte %d: %s", e.At, e.Why) }

// Inspect reads a CBOR sequence as far as it goes. The items before what cannot be
// read come with the error.
func Inspect(data []byte) (nodes []Node, err *BrokenError) {
	for at := 0; at < len(data); {
		node, err := inspect(data, at, 0)
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, node)
		at += node.Length
	}
	return nodes, nil
}

// InspectFirst reads the first item, whatever follows.
func InspectFirst(data []byte) (Node, *BrokenError) { return inspect(data, 0, 0) }

var nouns = map[Kind]string{Bytes: "a byte string", Text: "a text string", Array: "an array", Map: "a map"}

func inspect(data []byte, at, depth int) (n Node, err *BrokenError) {
	switch {
	case at >= len(data):
		return n, &BrokenError{at, "the data ends where an item should begin"}
	case depth > maxNesting:
		return n, &BrokenError{at, fmt.Sprintf("items are nested more than %d deep", maxNesting)}
	}
	initial := data[at]
	n = Node{At: at, Kind: Item(data[at:]).Kind()}
	switch info := initial & 0x1f; {
	case info == 31 && initial != 0xff && initial >= 0x40 && n.Kind != Tag && n.Kind != Simple:
		return inspectIndefinite(data, n, depth)
	case info > 27:
		return n, &BrokenError{at, fmt.Sprintf("0x%02x is no beginning of an item", initial)}
	case info >= 24 && len(data)-at-1 < 1<<(info-24):
		return n, &BrokenError{at, fmt.Sprintf("0x%02x begins an item whose head has %d bytes, and the data ends after %d",
			initial, 1+1<<(info-24), len(data)-at)}
	}
	n.Argument, n.Head = head(data[at:])
	if n.Kind != Simple && n.Head != headSize(n.Argument) {
		n.Faults = append(n.Faults, NotShortest)
	}
	end, left := at+n.Head, len(data)-at-n.Head
	children := uint64(0)
	switch n.Kind {
	case Bytes, Text:
		if n.Argument > uint64(left) {
			return n, &BrokenError{at, fmt.Sprintf("0x%02x begins %s whose head says %d bytes, and %d follow",
				initial, nouns[n.Kind], n.Argument, left)}
		}
		if end += int(n.Argument); n.Kind == Text && !utf8.Valid(data[at+n.Head:end]) {
			n.Faults = append(n.Faults, NotUTF8)
		}
	case Array, Map:
		if children = n.Argument; n.Kind == Map && children <= math.MaxInt64 {
			children *= 2
		}
		if children > uint64(left) {
			return n, &BrokenError{at, fmt.Sprintf("0x%02x begins %s whose head says %d elements, and %d bytes follow",
				initial, nouns[n.Kind], n.Argument, left)}
		}
	case Tag:
		children = 1
	}
	if n.Kind != Tag { // as the decoder counts
		depth++
	}
	for range children {
		child, err := inspect(data, end, depth)
		if err != nil {
			return n, err
		}
		n.Children = append(n.Children, child)
		end += child.Length
	}
	n.finish(data, end)
	if n.Kind == Simple && checkFloat(n.Raw) != nil {
		n.Faults = append(n.Faults, NotShortest)
	}
	return n, nil
}

func inspectIndefinite(data []byte, n Node, depth int) (Node, *BrokenError) {
	n.Head, n.Faults = 1, []Fault{Indefinite}
	end := n.At + 1
	for {
		switch {
		case end >= len(data):
			return n, &BrokenError{n.At, "an item of indefinite length does not end"}
		case data[end] == 0xff && n.Kind == Map && len(n.Children)%2 != 0:
			return n, &BrokenError{end, "a map ends after a key"}
		case data[end] == 0xff:
			n.finish(data, end+1)
			return n, nil
		}
		child, err := inspect(data, end, depth+1)
		switch {
		case err != nil:
			return n, err
		case (n.Kind == Bytes || n.Kind == Text) && (child.Kind != n.Kind || child.Children != nil):
			return n, &BrokenError{end, "a chunk of a string is something else"}
		}
		n.Children = append(n.Children, child)
		end += child.Length
	}
}

func (n *Node) finish(data []byte, end int) {
	n.Length, n.Raw = end-n.At, data[n.At:end:end]
	if n.Kind != Map {
		return
	}
	for i := 0; i < len(n.Children); i += 2 {
		for j := 0; j < i; j += 2 {
			if bytes.Equal(n.Children[i].Raw, n.Children[j].Raw) {
				n.Faults = append(n.Faults, DuplicateKey)
				return
			}
		}
	}
}

// Content is what a string holds, whatever its form.
func (n Node) Content() []byte {
	if n.Children == nil {
		return n.Raw[n.Head:]
	}
	var all []byte
	for _, chunk := range n.Children {
		all = append(all, chunk.Content()...)
	}
	return all
}

// Int is the value of an integer of any form that fits int64.
func (n Node) Int() (int64, bool) {
	if n.Kind != Int || n.Argument > math.MaxInt64 {
		return 0, false
	}
	if n.Raw[0]&majorNegint != 0 {
		return -1 - int64(n.Argument), true
	}
	return int64(n.Argument), true
}

// IsTrue reports whether the item is the simple value true.
func (n Node) IsTrue() bool { return Item(n.Raw).IsTrue() }

// AllFaults are those of the item and of what is in it, each with where it is.
func (n Node) AllFaults() (all []FaultAt) {
	for _, f := range n.Faults {
		all = append(all, FaultAt{f, n.At})
	}
	for _, child := range n.Children {
		all = append(all, child.AllFaults()...)
	}
	return all
}

// FaultAt is a fault and where the item is that has it.
type FaultAt struct {
	Fault Fault
	At    int
}

// Diag is the item in diagnostic notation (RFC 8949 section 8).
func (n Node) Diag() string { return Diag(n.Raw) }

var diagMode = must(cbor.DiagOptions{MaxNestedLevels: 2 * maxNesting}.DiagMode())

// Diag is a CBOR sequence in diagnostic notation, or its bytes if it is none.
func Diag(data []byte) string {
	var text []byte
	for rest := data; len(rest) > 0; {
		item, after, err := diagMode.DiagnoseFirst(rest)
		if err != nil {
			return "h'" + hex.EncodeToString(data) + "'"
		}
		if text != nil {
			text = append(text, ", "...)
		}
		text, rest = append(text, item...), after
	}
	return string(text)
}
