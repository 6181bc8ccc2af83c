package pkix

import (
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameText writes a directory name as RFC 4514 does.
func NameText(raw []byte) string {
	var name x509pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &name); err != nil {
		return "(unreadable name)"
	}
	return escape(name.String(), false) // which has escaped its own backslashes
}

// title names a certificate in an error.
func title(c *Certificate) string {
	if subject := NameText(c.RawSubject); subject != "" {
		return Shorten(subject)
	}
	return fmt.Sprintf("the certificate with serial number %x", c.SerialNumber)
}

// Shorten keeps an error readable whatever a peer calls itself.
func Shorten(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

// Printable makes text safe for C strings, logs and terminals. What it escapes
// cannot be imitated by a text that has a backslash of its own.
func Printable(text string) string { return escape(text, true) }

func escape(text string, backslash bool) string {
	clean := func(r rune) bool { return unicode.IsPrint(r) && (r != '\\' || !backslash) }
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !clean(r) }) < 0 {
		return text
	}
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 || !clean(r) {
			for _, b := range []byte(text[:size]) {
				fmt.Fprintf(&out, `\%02x`, b)
			}
		} else {
			out.WriteRune(r)
		}
		text = text[size:]
	}
	return out.String()
}
