// Package message is the form of the EDHOC messages on the wire (RFC 9528
// chapters 3, 5 and 6): parsing and building, without cryptography or state.
// Parsed values share the memory of the input.
package message

import (
	"errors"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// Errors of this package wrap one of these, or cborx.ErrNotDeterministic.
var (
	ErrMalformed  = errors.New("malformed message")
	ErrIdentifier = errors.New("malformed identifier")
	ErrEAD        = errors.New("malformed EAD")
	ErrIDCred     = errors.New("malformed ID_CRED")
)

// MaxEAD is the number of EAD items that one message may carry.
const MaxEAD = 64

// Message1 is message_1 (section 5.2.1):
//
//	message_1 = (METHOD : int, SUITES_I : suites, G_X : bstr, C_I : bstr / -24..23, ? EAD_1)
//
// A method or cipher suite that was read and is beyond int64 is the nearest end
// of int64, which is none either: such a message is not encoded as it came.
type Message1 struct {
	Method  int64
	SuitesI []int64
	GX      []byte
	CI      []byte
	EAD     []EAD
}

// SelectedSuite is the last of SUITES_I.
func (m *Message1) SelectedSuite() int64 { return m.SuitesI[len(m.SuitesI)-1] }

// ParseMessage1 reads message_1.
func ParseMessage1(data []byte) (*Message1, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "message_1", data, 4+2*MaxEAD)
	if err != nil {
		return nil, err
	}
	if len(items) < 4 {
		return nil, fmt.Errorf("%w: message_1 has %d elements, at least 4 are needed", ErrMalformed, len(items))
	}
	var m Message1
	var ok bool
	if m.Method, _, ok = items[0].Integer(); !ok {
		return nil, fmt.Errorf("%w: METHOD is not an int", ErrMalformed)
	}
	if m.SuitesI, err = parseSuites(items[1]); err != nil {
		return nil, err
	}
	if m.GX, ok = items[2].Bytes(); !ok {
		return nil, fmt.Errorf("%w: G_X is not a byte string", ErrMalformed)
	}
	if m.CI, err = parseIdentifier("C_I", items[3]); err != nil {
		return nil, err
	}
	if m.EAD, err = parseEAD(items[4:]); err != nil {
		return nil, err
	}
	return &m, nil
}

// Encode builds message_1.
func (m *Message1) Encode() []byte {
	out := make([]byte, 0, 64+len(m.GX)+len(m.CI)+eadLength(m.EAD))
	out = cborx.AppendInt(out, m.Method)
	out = appendSuites(out, m.SuitesI)
	out = cborx.AppendBytes(out, m.GX)
	out = AppendIdentifier(out, m.CI)
	return AppendEAD(out, m.EAD)
}

// ParseByteString reads message_2, message_3 or message_4, which are one byte
// string each (sections 5.3.1, 5.4.1, 5.5.1).
func ParseByteString(name string, data []byte) ([]byte, error) {
	var room [1]cborx.Item
	items, err := sequence(room[:0], name, data, 1)
	if err != nil {
		return nil, err
	}
	if len(items) == 1 {
		if content, ok := items[0].Bytes(); ok {
			return content, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is not one byte string", ErrMalformed, name)
}

// EncodeByteString builds message_2, message_3 or message_4 from the parts of
// its content.
func EncodeByteString(parts ...[]byte) []byte {
	content := 0
	for _, part := range parts {
		content += len(part)
	}
	out := cborx.AppendBytesHead(make([]byte, 0, content+5), content)
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// Plaintext2 is PLAINTEXT_2 (section 5.3.2):
//
//	PLAINTEXT_2 = (C_R, ID_CRED_R / bstr / -24..23, Signature_or_MAC_2, ? EAD_2)
type Plaintext2 struct {
	CR      []byte
	IDCredR []byte // the map, whatever its form in the message
	SigMAC  []byte
	EAD     []EAD
}

// ParsePlaintext2 reads PLAINTEXT_2.
func ParsePlaintext2(data []byte) (*Plaintext2, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_2", data, 3+2*MaxEAD)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("%w: PLAINTEXT_2 is empty", ErrMalformed)
	}
	var p Plaintext2
	if p.CR, err = parseIdentifier("C_R", items[0]); err != nil {
		return nil, err
	}
	p.IDCredR, p.SigMAC, p.EAD, err = parseAuthentication("PLAINTEXT_2", items[1:])
	return &p, err
}

// Encode builds PLAINTEXT_2.
func (p *Plaintext2) Encode() []byte {
	out := make([]byte, 0, 3*maxHead+len(p.CR)+len(p.IDCredR)+len(p.SigMAC)+eadLength(p.EAD))
	out = AppendIdentifier(out, p.CR)
	return appendAuthentication(out, p.IDCredR, p.SigMAC, p.EAD)
}

// Plaintext3 is PLAINTEXT_3 (section 5.4.2):
//
//	PLAINTEXT_3 = (ID_CRED_I / bstr / -24..23, Signature_or_MAC_3, ? EAD_3)
type Plaintext3 struct {
	IDCredI []byte // the map, whatever its form in the message
	SigMAC  []byte
	EAD     []EAD
}

// ParsePlaintext3 reads PLAINTEXT_3.
func ParsePlaintext3(data []byte) (*Plaintext3, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_3", data, 2+2*MaxEAD)
	if err != nil {
		return nil, err
	}
	var p Plaintext3
	p.IDCredI, p.SigMAC, p.EAD, err = parseAuthentication("PLAINTEXT_3", items)
	return &p, err
}

// Encode builds PLAINTEXT_3.
func (p *Plaintext3) Encode() []byte {
	return appendAuthentication(make([]byte, 0, 2*maxHead+len(p.IDCredI)+len(p.SigMAC)+eadLength(p.EAD)), p.IDCredI, p.SigMAC, p.EAD)
}

// ParsePlaintext4 reads PLAINTEXT_4, which is EAD_4 or nothing (section 5.5.2).
func ParsePlaintext4(data []byte) ([]EAD, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_4", data, 2*MaxEAD)
	if err != nil {
		return nil, err
	}
	return parseEAD(items)
}

func parseAuthentication(name string, items []cborx.Item) (idCred, sigMAC []byte, ead []EAD, err error) {
	if len(items) < 2 {
		return nil, nil, nil, fmt.Errorf("%w: %s lacks ID_CRED or Signature_or_MAC", ErrMalformed, name)
	}
	if idCred, err = parseIDCred(items[0]); err != nil {
		return nil, nil, nil, err
	}
	sigMAC, ok := items[1].Bytes()
	if !ok {
		return nil, nil, nil, fmt.Errorf("%w: Signature_or_MAC is not a byte string", ErrMalformed)
	}
	if ead, err = parseEAD(items[2:]); err != nil {
		return nil, nil, nil, err
	}
	return idCred, sigMAC, ead, nil
}

func appendAuthentication(out, idCred, sigMAC []byte, ead []EAD) []byte {
	out = appendIDCred(out, idCred)
	out = cborx.AppendBytes(out, sigMAC)
	return AppendEAD(out, ead)
}

// usualItems is how many items a message rarely has more of.
const usualItems = 8

// sequence splits a CBOR sequence and keeps the two kinds of error apart.
func sequence(room []cborx.Item, name string, data []byte, max int) ([]cborx.Item, error) {
	items, err := cborx.AppendSequence(room, data, max)
	switch {
	case err == nil:
		return items, nil
	case errors.Is(err, cborx.ErrNotDeterministic):
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
}

// parseSuites reads
//
//	suites = [ 2* int ] / int
//
// A number beyond int64, which is no cipher suite, becomes the nearest end of
// int64, which is none either.
func parseSuites(item cborx.Item) ([]int64, error) {
	if suite, _, ok := item.Integer(); ok {
		return []int64{suite}, nil
	}
	elements, ok := item.Array()
	if !ok || len(elements) < 2 {
		return nil, fmt.Errorf("%w: suites is neither an int nor an array of two or more", ErrMalformed)
	}
	suites := make([]int64, len(elements))
	for i, element := range elements {
		if suites[i], _, ok = element.Integer(); !ok {
			return nil, fmt.Errorf("%w: suites has an element that is not an int", ErrMalformed)
		}
	}
	return suites, nil
}

func appendSuites(out []byte, suites []int64) []byte {
	if len(suites) != 1 {
		out = cborx.AppendArray(out, len(suites))
	}
	for _, suite := range suites {
		out = cborx.AppendInt(out, suite)
	}
	return out
}
