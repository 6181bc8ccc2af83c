package oscore

import (
	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message"
)

// option is the value of the OSCORE option, a compressed COSE object (RFC 8613 section 6.1).
type option struct {
	hasPIV     bool
	piv        uint64
	kid        []byte // nil: absent
	kidContext []byte // nil: absent
}

const (
	flagKID        = 1 << 3
	flagKIDContext = 1 << 4
	flagsReserved  = 7 << 5
	maskPIV        = 7
	maxPIVLength   = 5
)

// optionOSCORE is the number of the OSCORE option, which the library of messages does
// not name. Hop-Limit is that of RFC 8768, EDHOC that of RFC 9668.
const (
	optionOSCORE   message.OptionID = 9
	optionHopLimit message.OptionID = 16
	optionEDHOC    message.OptionID = 21
)

func malformed(format string, args ...any) error { return because(ake.ErrMalformed, format, args...) }

func parseOption(value []byte) (o option, err error) {
	if len(value) == 0 {
		return o, nil
	}
	flags, rest := value[0], value[1:]
	n := int(flags & maskPIV)
	switch {
	case flags&flagsReserved != 0:
		return o, malformed("reserved flags of the OSCORE option are set")
	case flags == 0:
		return o, malformed("an OSCORE option without flags has a length")
	case n > maxPIVLength || n > len(rest):
		return o, malformed("a Partial IV of %d bytes in an OSCORE option of %d", n, len(value))
	}
	if n > 0 {
		piv := rest[:n]
		if n > 1 && piv[0] == 0 {
			return o, malformed("the Partial IV begins with zeros")
		}
		o.hasPIV = true
		for _, b := range piv {
			o.piv = o.piv<<8 | uint64(b)
		}
		rest = rest[n:]
	}
	if flags&flagKIDContext != 0 {
		if len(rest) == 0 || int(rest[0]) > len(rest)-1 {
			return o, malformed("the kid context is cut")
		}
		n := int(rest[0])
		o.kidContext, rest = rest[1:1+n:1+n], rest[1+n:]
	}
	switch {
	case flags&flagKID != 0:
		o.kid = rest[:len(rest):len(rest)]
	case len(rest) != 0:
		return o, malformed("the OSCORE option goes on after its last field")
	}
	return o, nil
}

// append writes the option; the opposite of parseOption.
func (o *option) append(dst []byte) []byte {
	if !o.hasPIV && o.kid == nil && o.kidContext == nil {
		return dst
	}
	var piv []byte
	if o.hasPIV {
		piv = appendPIV(make([]byte, 0, maxPIVLength), o.piv)
	}
	flags := byte(len(piv))
	if o.kid != nil {
		flags |= flagKID
	}
	if o.kidContext != nil {
		flags |= flagKIDContext
	}
	dst = append(append(dst, flags), piv...)
	if o.kidContext != nil {
		dst = append(append(dst, byte(len(o.kidContext))), o.kidContext...)
	}
	return append(dst, o.kid...)
}

// appendPIV appends a Partial IV: big-endian, without zeros at its beginning, and 0
// as one byte (RFC 8613 section 5).
func appendPIV(dst []byte, n uint64) []byte {
	length := 1
	for n>>(8*length) != 0 {
		length++
	}
	for i := length - 1; i >= 0; i-- {
		dst = append(dst, byte(n>>(8*i)))
	}
	return dst
}
