package main

import (
	"encoding/binary"
	"slices"
)

// CoAP datagrams by hand (RFC 7252 chapter 3), as far as a flood needs them.

const (
	typeCON = 0
	typeNON = 1

	codeEmpty        = 0x00
	codeGET          = 0x01
	codePOST         = 0x02
	codePUT          = 0x03
	codeUnauthorized = 0x81

	optionObserve       = 6
	optionOSCORE        = 9
	optionURIPath       = 11
	optionContentFormat = 12
	optionEDHOC         = 21
	optionBlock1        = 27
	optionSize1         = 60
	optionEcho          = 252

	formatCIDEDHOC = 65
)

type option struct {
	number uint16
	value  []byte
}

type datagram struct {
	kind    byte // typeCON and so on
	code    byte
	id      uint16
	token   []byte
	options []option // in order
	payload []byte
}

// request is one for the EDHOC resource.
func request(code byte, payload []byte, options ...option) datagram {
	d := datagram{code: code, payload: payload}
	d.options = append(d.options, option{optionURIPath, []byte(".well-known")}, option{optionURIPath, []byte("edhoc")})
	d.options = append(d.options, options...)
	slices.SortStableFunc(d.options, func(a, b option) int { return int(a.number) - int(b.number) })
	return d
}

// post is what a client of EDHOC sends.
func post(payload []byte, options ...option) datagram {
	return request(codePOST, payload, append(options, option{optionContentFormat, []byte{formatCIDEDHOC}})...)
}

func (d *datagram) encode() []byte {
	out := []byte{1<<6 | d.kind<<4 | byte(len(d.token)), d.code}
	out = binary.BigEndian.AppendUint16(out, d.id)
	out = append(out, d.token...)
	last := uint16(0)
	for _, o := range d.options {
		delta, deltaMore := nibble(int(o.number - last))
		length, lengthMore := nibble(len(o.value))
		out = append(out, delta<<4|length)
		out = append(append(append(out, deltaMore...), lengthMore...), o.value...)
		last = o.number
	}
	if len(d.payload) > 0 {
		out = append(append(out, 0xff), d.payload...)
	}
	return out
}

func nibble(n int) (first byte, more []byte) {
	switch {
	case n < 13:
		return byte(n), nil
	case n < 269:
		return 13, []byte{byte(n - 13)}
	}
	return 14, binary.BigEndian.AppendUint16(nil, uint16(n-269))
}

// readAnswer returns the code of an answer and its Echo option, nil if there is
// none.
func readAnswer(in []byte) (code byte, echo []byte, ok bool) {
	if len(in) < 4 || in[0]>>6 != 1 {
		return 0, nil, false
	}
	code = in[1]
	rest := in[min(4+int(in[0]&0x0f), len(in)):]
	number := 0
	for len(rest) > 0 && rest[0] != 0xff {
		first := rest[0]
		rest = rest[1:]
		var delta, length int
		if delta, rest, ok = unnibble(first>>4, rest); !ok {
			return 0, nil, false
		}
		if length, rest, ok = unnibble(first&0x0f, rest); !ok || length > len(rest) {
			return 0, nil, false
		}
		number += delta
		if number == optionEcho {
			echo = rest[:length]
		}
		rest = rest[length:]
	}
	return code, echo, true
}

// unnibble is the inverse of nibble.
func unnibble(first byte, rest []byte) (n int, left []byte, ok bool) {
	switch {
	case first < 13:
		return int(first), rest, true
	case first == 13 && len(rest) > 0:
		return int(rest[0]) + 13, rest[1:], true
	case first == 14 && len(rest) > 1:
		return int(binary.BigEndian.Uint16(rest)) + 269, rest[2:], true
	}
	return 0, nil, false
}
