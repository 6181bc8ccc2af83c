package explain

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

const (
	optionOSCORE message.OptionID = coap.OptionOSCORE
	optionEDHOC  message.OptionID = coap.OptionEDHOC
	optionEcho   message.OptionID = coap.OptionEcho
)

var optionNames = map[message.OptionID]string{
	1: "If-Match", 3: "Uri-Host", 4: "ETag", 5: "If-None-Match", 6: "Observe", 7: "Uri-Port", 8: "Location-Path", 9: "OSCORE", 11: "Uri-Path",
	12: "Content-Format", 14: "Max-Age", 15: "Uri-Query", 16: "Hop-Limit", 17: "Accept", 20: "Location-Query", 21: "EDHOC", 23: "Block2", 27: "Block1",
	28: "Size2", 35: "Proxy-Uri", 39: "Proxy-Scheme", 60: "Size1", 252: "Echo", 258: "No-Response", 292: "Request-Tag",
}

var formatNames = map[uint32]string{
	0: "text/plain", 40: "application/link-format", 60: "application/cbor",
	64: "application/edhoc+cbor-seq", 65: "application/cid-edhoc+cbor-seq",
}

var methodNames = map[codes.Code]string{1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"}

var typeNames = map[message.Type]string{message.Confirmable: "CON", message.NonConfirmable: "NON", message.Acknowledgement: "ACK", message.Reset: "RST"}

// decodeCoAP reads a CoAP message over UDP (RFC 7252 section 3).
func decodeCoAP(datagram []byte) (*message.Message, bool) {
	m, ok := wire.New(datagram)
	return m, ok && (m.Code == codes.Empty || wire.IsRequest(m.Code) || wire.IsResponse(m.Code))
}

func codeName(code codes.Code) string {
	if name := methodNames[code]; name != "" {
		return name
	}
	return coap.Code(code).String()
}

func uintOption(m *message.Message, id message.OptionID) (uint32, bool) {
	value, err := m.Options.GetBytes(id)
	if err != nil || len(value) > 4 {
		return 0, false
	}
	var whole [4]byte
	copy(whole[4-len(value):], value)
	return binary.BigEndian.Uint32(whole[:]), true
}

func path(m *message.Message) string {
	var b strings.Builder
	for _, o := range m.Options {
		if o.ID == message.URIPath {
			b.WriteByte('/')
			b.Write(o.Value)
		}
	}
	return b.String()
}

// block is the value of a Block1 or Block2 option (RFC 7959 section 2.2).
type block struct {
	number int
	more   bool
	size   int
}

func blockOf(m *message.Message, id message.OptionID) (block, bool) {
	value, ok := uintOption(m, id)
	return block{int(value >> 4), value&8 != 0, 16 << (value & 7)}, ok && value&7 < 7
}

func (b block) String() string {
	more := ""
	if b.more {
		more = ", more follow"
	}
	return fmt.Sprintf("block %d of %d bytes%s", b.number, b.size, more)
}

// summary is a CoAP message in a few words.
func summary(m *message.Message) string {
	words := []string{typeNames[m.Type]}
	if m.Code != codes.Empty {
		words = append(words, codeName(m.Code))
	}
	if p := path(m); p != "" {
		words = append(words, p)
	}
	for _, id := range []message.OptionID{message.Block1, message.Block2} {
		if b, ok := blockOf(m, id); ok && (b.more || b.number > 0) {
			words = append(words, b.String())
		}
	}
	return strings.Join(words, " ")
}

// tree is a CoAP message as a tree, but for what its payload means.
func datagramTree(data []byte, m *message.Message) *Part {
	const section = "RFC 7252, section 3"
	part := &Part{Name: "CoAP", Data: data}
	add := func(name string, at, length int, section, format string, args ...any) {
		part.Nodes = append(part.Nodes, Node{Name: name, At: at, Length: length, Text: fmt.Sprintf(format, args...), Section: section})
	}
	add("header", 0, 1, section, "version 1, %s, token of %s", typeNames[m.Type], bytesOf(len(m.Token)))
	add("code", 1, 1, section, "%s", codeName(m.Code))
	add("message ID", 2, 2, section, "%d", m.MessageID)
	at := 4
	if n := len(m.Token); n > 0 {
		add("token", at, n, section, "%s", quoted(m.Token))
		at += n
	}
	for id := 0; at < len(data) && data[at] != 0xff; {
		delta, length, head := optionHead(data[at:])
		id += delta
		end := min(at+head+length, len(data))
		value := data[min(at+head, end):end]
		name := optionNames[message.OptionID(id)]
		if name == "" {
			name = fmt.Sprintf("option %d", id)
		}
		section, text := optionText(message.OptionID(id), value)
		add(name, at, end-at, section, "%s", text)
		if id == int(optionOSCORE) {
			part.Nodes[len(part.Nodes)-1].Children = oscoreOptionTree(value, end-len(value))
		}
		at = end
	}
	if at < len(data) {
		add("payload marker", at, 1, section, "0xff")
		add("payload", at+1, len(data)-at-1, section, "%s", bytesOf(len(data)-at-1))
	}
	return part
}

// optionHead reads the delta and length of an option (RFC 7252 section 3.1).
func optionHead(data []byte) (delta, length, head int) {
	head = 1
	extended := func(nibble byte) int {
		switch {
		case nibble == 13 && head < len(data):
			head++
			return int(data[head-1]) + 13
		case nibble == 14 && head+1 < len(data):
			head += 2
			return int(binary.BigEndian.Uint16(data[head-2:])) + 269
		}
		return int(nibble)
	}
	delta = extended(data[0] >> 4)
	length = extended(data[0] & 15)
	return delta, length, head
}

func optionText(id message.OptionID, value []byte) (section, text string) {
	number := uint32(0)
	for _, b := range value {
		number = number<<8 | uint32(b)
	}
	switch id {
	case message.URIPath, message.URIHost, message.URIQuery, message.ProxyURI, message.LocationPath, message.LocationQuery, message.ProxyScheme:
		return "RFC 7252, section 5.10", fmt.Sprintf("%q", value)
	case message.ContentFormat, message.Accept:
		if name := formatNames[number]; name != "" {
			return "RFC 7252, section 5.10.3", fmt.Sprintf("%d (%s)", number, name)
		}
		return "RFC 7252, section 5.10.3", fmt.Sprint(number)
	case message.Block1, message.Block2:
		return "RFC 7959, section 2.2", block{int(number >> 4), number&8 != 0, 16 << (number & 7)}.String()
	case message.Observe, message.URIPort, message.MaxAge, message.Size1, message.Size2:
		return "RFC 7252, section 5.10", fmt.Sprint(number)
	case optionOSCORE:
		return "RFC 8613, section 6.1", quoted(value)
	case optionEDHOC:
		return "RFC 9668, section 3.1", "message_3 is in front of the OSCORE ciphertext"
	case optionEcho:
		return "RFC 9175, section 2.2", quoted(value)
	}
	return "", quoted(value)
}

// oscoreOptionTree takes the OSCORE option apart (RFC 8613 section 6.1).
func oscoreOptionTree(value []byte, at int) (rows []Node) {
	const section = "RFC 8613, section 6.1"
	if len(value) == 0 {
		return nil
	}
	flags, n := value[0], int(value[0]&7)
	rows = append(rows, Node{Name: "flags", At: at, Length: 1, Section: section,
		Text: fmt.Sprintf("0x%02x: Partial IV of %s, kid context: %v, kid: %v", flags, bytesOf(n), flags&16 != 0, flags&8 != 0)})
	pos := 1
	take := func(name string, n int) {
		n = min(n, len(value)-pos)
		rows = append(rows, Node{Name: name, At: at + pos, Length: n, Section: section, Text: quoted(value[pos : pos+n])})
		pos += n
	}
	if n > 0 {
		take("Partial IV", n)
	}
	if flags&16 != 0 && pos < len(value) {
		n := int(value[pos])
		pos++
		take("kid context", n)
	}
	if flags&8 != 0 {
		take("kid", len(value)-pos)
	}
	return rows
}

// oscoreFields are the Partial IV and the kid of an OSCORE option; nil if absent.
func oscoreFields(value []byte) (piv, kid []byte) {
	for _, row := range oscoreOptionTree(value, 0) {
		field := append([]byte{}, value[row.At:row.At+row.Length]...)
		switch row.Name {
		case "Partial IV":
			piv = field
		case "kid":
			kid = field
		}
	}
	return piv, kid
}
