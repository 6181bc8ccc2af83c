package oscore

import (
	"net/url"
	"strings"
	"sync"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// optionsRoom is where the options of one message are kept: two more than it may have,
// for those that protection adds.
type optionsRoom [wire.MaxOptions + 2]message.Option

// workspace is what one call needs for a while: its options would be allocated.
type workspace struct {
	own   ownMessage
	rooms [3]optionsRoom
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

func newWorkspace() *workspace { return workspaces.Get().(*workspace) }

// free must not be followed by a use of what was in it: another call may have it.
func (w *workspace) free() {
	*w = workspace{}
	workspaces.Put(w)
}

// maxMessage is the longest message in bytes: with what protection adds it still is a
// datagram, and AES-CCM takes as much.
const maxMessage = 65_400

// maxGrowth is more than what protection adds to a message without an ID Context: the
// code, a payload marker, longer option heads, the OSCORE option, Observe, a tag.
const maxGrowth = 64

// decode reads a CoAP message over UDP. It refers to the datagram.
func decode(datagram []byte, room *optionsRoom) (message.Message, error) {
	m := message.Message{Options: room[:0:wire.MaxOptions]}
	if len(datagram) > maxMessage+maxGrowth {
		return m, because(ake.ErrTooLarge, "a CoAP message of %d bytes, at most %d", len(datagram), maxMessage)
	}
	if !wire.Decode(datagram, &m) {
		return m, malformed("a CoAP message of %d bytes cannot be read", len(datagram))
	}
	return m, nil
}

// isOuter reports whether the option stays outside (class U of RFC 8613 section 4.1;
// RFC 8768 section 3; RFC 9668 section 3.1). All others are encrypted when a message is
// protected, and not looked at when it comes protected and has them outside.
func isOuter(id message.OptionID) bool {
	switch id {
	case message.URIHost, message.URIPort, message.ProxyURI, message.ProxyScheme, optionHopLimit, optionEDHOC:
		return true
	}
	return false
}

// find returns the value of the option and whether there is exactly one.
func find(options message.Options, id message.OptionID) (value []byte, once bool) {
	first, last, err := options.Find(id)
	if err != nil {
		return nil, false
	}
	return options[first].Value, last-first == 1
}

// oscoreOption returns the OSCORE option of a received message, or ErrUnprotected.
func oscoreOption(m *message.Message) (option, error) {
	if !m.Options.HasOption(optionOSCORE) {
		return option{}, because(ake.ErrUnprotected, "it has no OSCORE option")
	}
	value, once := find(m.Options, optionOSCORE)
	if !once {
		return option{}, malformed("there are several OSCORE options")
	}
	return parseOption(value)
}

// splitProxyURI takes a Proxy-Uri apart into what a proxy has to know, scheme, host and
// port, and what only the server may, path and query (RFC 8613 section 4.1.3.3).
func splitProxyURI(value []byte) (target []byte, inner []message.Option, err error) {
	uri, err := url.Parse(string(value))
	if err != nil || uri.Scheme == "" || uri.Host == "" || uri.User != nil || uri.Fragment != "" || uri.Opaque != "" {
		return nil, nil, because(ake.ErrArgument, "the Proxy-Uri is no absolute URI with a host")
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(uri.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return nil, nil, because(ake.ErrArgument, "the path of the Proxy-Uri cannot be decoded")
		}
		if segment != "" || strings.Trim(uri.Path, "/") != "" {
			inner = append(inner, message.Option{ID: message.URIPath, Value: []byte(plain)})
		}
	}
	if uri.RawQuery != "" {
		for argument := range strings.SplitSeq(uri.RawQuery, "&") {
			plain, err := url.PathUnescape(argument)
			if err != nil {
				return nil, nil, because(ake.ErrArgument, "the query of the Proxy-Uri cannot be decoded")
			}
			inner = append(inner, message.Option{ID: message.URIQuery, Value: []byte(plain)})
		}
	}
	return []byte(uri.Scheme + "://" + uri.Host), inner, nil
}

// appendPlaintext appends what is encrypted: code, inner options, payload (RFC 8613
// section 5.3).
func appendPlaintext(dst []byte, code codes.Code, inner message.Options, payload []byte) []byte {
	dst = append(dst, byte(code))
	n, _ := inner.Marshal(dst[len(dst):cap(dst)])
	dst = dst[:len(dst)+n]
	if len(payload) > 0 {
		dst = append(append(dst, payloadMarker), payload...)
	}
	return dst
}

// parsePlaintext makes the message that was protected: the code, options and payload
// that were encrypted, and of the options outside those that belong there (RFC 8613
// section 8.2 steps 1 and 7). What a peer encrypted is as hostile as anything.
func parsePlaintext(plaintext []byte, m *message.Message, room *optionsRoom) error {
	if len(plaintext) == 0 {
		return malformed("the plaintext is empty")
	}
	inner := message.Options(room[:0:wire.MaxOptions])
	n, err := inner.Unmarshal(plaintext[1:], nil)
	if err != nil {
		return malformed("the options in the plaintext cannot be read")
	}
	for _, o := range inner {
		if o.ID == optionOSCORE || isOuter(o.ID) {
			return malformed("option %d is not one to be encrypted", o.ID)
		}
	}
	for _, o := range m.Options {
		switch {
		case !isOuter(o.ID):
		case len(inner) == wire.MaxOptions:
			return malformed("it has more than %d options", wire.MaxOptions)
		default:
			inner = inner.Add(o)
		}
	}
	m.Code, m.Options, m.Payload = codes.Code(plaintext[0]), inner, plaintext[1+n:]
	return nil
}
