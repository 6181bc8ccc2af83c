package oscore

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestOptions: what is seen outside is what RFC 8613 figure 5 says, and nothing is lost.
func TestOptions(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	outside := []message.OptionID{message.URIHost, message.URIPort, message.ProxyScheme, optionHopLimit, optionEDHOC}
	var all []message.Option
	for _, id := range append([]message.OptionID{message.IfMatch, message.ETag, message.IfNoneMatch, message.LocationPath, message.URIPath,
		message.ContentFormat, message.MaxAge, message.URIQuery, message.Accept, message.LocationQuery, message.Block2, message.Block1,
		message.Size2, message.Size1, message.Echo, message.NoResponse, message.RequestTag, 2048, 65000}, outside...) {
		value := []byte{8}
		if id == message.IfNoneMatch || id == optionEDHOC {
			value = nil
		}
		all = append(all, message.Option{ID: id, Value: value})
	}
	all = append(all, message.Option{ID: message.URIPath, Value: []byte("again")})
	request := wire.Encode(message.Message{Code: codes.PUT, MessageID: 1, Token: message.Token{1}, Options: options(all...), Payload: []byte("payload")})
	_, _, datagram := p.asked(t, request)
	m := read(t, datagram)
	var seen []message.OptionID
	for _, o := range m.Options {
		seen = append(seen, o.ID)
	}
	slices.Sort(outside)
	if want := slices.Insert(slices.Clone(outside), 2, optionOSCORE); !slices.Equal(seen, want) {
		t.Errorf("outside are %v, want %v", seen, want)
	}
	if m.Code != codes.POST || bytes.Contains(datagram, []byte("payload")) {
		t.Errorf("outside: %v", m)
	}
}

// TestOuterOptions: what somebody adds outside does not arrive, save what belongs there
// (RFC 8613 section 8.2 step 1).
func TestOuterOptions(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	datagram, _, err := p.client.ProtectRequest(get(1, message.Option{ID: message.URIPath, Value: []byte("a")}))
	is(t, err, nil)
	m := read(t, datagram)
	m.Code = codes.DELETE
	m.Options = append(m.Options, options(uint8Option(message.URIPath, 'x'), uint8Option(message.Observe), uint8Option(message.NoResponse, 26),
		uint8Option(message.MaxAge, 1), uint8Option(message.Block1, 6), uint8Option(message.Echo, 1), uint8Option(4242, 1), uint8Option(message.URIHost, 'h'))...)
	m.Options = options(m.Options...)
	request, _, err := p.server.UnprotectRequest(wire.Encode(m))
	is(t, err, nil)
	want := options(uint8Option(message.URIPath, 'a'), uint8Option(message.URIHost, 'h'))
	if got := read(t, request); got.Code != codes.GET || !equalOptions(got.Options, want) {
		t.Errorf("arrived as %v", got)
	}
}

func equalOptions(a, b message.Options) bool {
	return slices.EqualFunc(a, b, func(a, b message.Option) bool { return a.ID == b.ID && bytes.Equal(a.Value, b.Value) })
}

// TestProxyURI: RFC 8613 section 4.1.3.3.
func TestProxyURI(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	for uri, want := range map[string]struct {
		outer string
		inner message.Options
	}{
		"coap://example.com/resource?q=1": {"coap://example.com", message.Options{{ID: message.URIPath, Value: []byte("resource")}, {ID: message.URIQuery, Value: []byte("q=1")}}},
		"coap://[2001:db8::1]:61616/a/%2Fb/?x&y%26": {"coap://[2001:db8::1]:61616", message.Options{{ID: message.URIPath, Value: []byte("a")},
			{ID: message.URIPath, Value: []byte("/b")}, {ID: message.URIPath}, {ID: message.URIQuery, Value: []byte("x")}, {ID: message.URIQuery, Value: []byte("y&")}}},
		"coap://[2001:db8::1]": {"coap://[2001:db8::1]", nil},
		"coaps+tcp://host:1/":  {"coaps+tcp://host:1", nil},
	} {
		datagram, _, err := p.client.ProtectRequest(get(1, message.Option{ID: message.ProxyURI, Value: []byte(uri)}))
		is(t, err, nil)
		if outer, _ := find(read(t, datagram).Options, message.ProxyURI); string(outer) != want.outer {
			t.Errorf("%s: outside %s", uri, outer)
		}
		request, _, err := p.server.UnprotectRequest(datagram)
		is(t, err, nil)
		if got := read(t, request).Options.Remove(message.ProxyURI); !equalOptions(got, want.inner) {
			t.Errorf("%s: inside %v", uri, got)
		}
	}
	for _, uri := range []string{"/a", "coap:a", "coap://user@host/", "coap://host/#f", "coap://ho st", "coap://h/%zz", "coap://h/?%zz", "coap://h" + strings.Repeat("/a", 100)} {
		_, _, err := p.client.ProtectRequest(get(1, message.Option{ID: message.ProxyURI, Value: []byte(uri)}))
		is(t, err, ake.ErrArgument)
	}
}

// TestNotToProtect: what is no request, no response, or would be changed.
func TestNotToProtect(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	long := message.Option{ID: message.Echo, Value: make([]byte, 41)}
	many := make(message.Options, 65)
	for i := range many {
		many[i] = uint8Option(message.URIPath, 'a')
	}
	for name, request := range map[string][]byte{
		"nothing": nil, "three bytes": {0x40, 1, 0}, "version 0": {0, 1, 0, 0}, "token of 9": append([]byte{0x49, 1, 0, 0}, make([]byte, 9)...),
		"no payload": {0x40, 1, 0, 0, 0xff}, "cut option": {0x40, 1, 0, 0, 0xb5, 1}, "option 15": {0x40, 1, 0, 0, 0xf0},
		"empty": {0x40, 0, 0, 0}, "a response": content(1, "x"), "a signal": {0x40, 0xe1, 0, 0},
		"long Echo": get(1, long),
		"empty ETag, and a Hop-Limit that takes its byte": {0x41, 1, 0x30, 0x30, 0x30, 0x40, 0xc1, 7}, // FuzzProtect found it
		"option 0":  {0x44, 1, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x00}, // and this
		"protected": get(1, uint8Option(optionOSCORE)), "65 options": get(1, many...),
	} {
		_, _, err := p.client.ProtectRequest(request)
		is(t, err, ake.ErrArgument)
		if p.client.sequence.next != 0 {
			t.Errorf("%s took a number", name)
		}
	}
	_, _, err := p.client.ProtectRequest(wire.Encode(message.Message{Code: codes.POST, Payload: make([]byte, maxMessage)}))
	is(t, err, ake.ErrTooLarge)
	_, server, _ := p.asked(t, wire.Encode(message.Message{Code: codes.POST, Payload: make([]byte, maxMessage-5)}))
	for _, response := range [][]byte{get(1), {0x60, 0, 0, 1}, nil, content(1, "x", uint8Option(optionOSCORE)), content(1, "x", long)} {
		_, err := p.server.ProtectResponse(response, server)
		is(t, err, ake.ErrArgument)
	}
	for _, e := range []*Exchange{nil, {context: p.client}, {context: p.server, client: true}} {
		_, err := p.server.ProtectResponse(content(1, "x"), e)
		is(t, err, ake.ErrArgument)
	}
}

// TestMalformed: what a stranger or the peer itself sends.
func TestMalformed(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	protected := func(value ...byte) []byte {
		return wire.Encode(message.Message{Code: codes.POST, Options: options(uint8Option(optionOSCORE, value...)), Payload: make([]byte, 20)})
	}
	for _, datagram := range map[string][]byte{
		"empty option": protected(), "no flags": protected(0), "reserved flag": protected(0x29, 0, 0xc1), "Partial IV of 6": protected(0x0e, 0, 0, 0, 0, 0, 0, 0xc1),
		"cut Partial IV": protected(0x0a, 1), "zeros before": protected(0x0a, 0, 1, 0xc1), "cut context": protected(0x19, 1, 4, 1, 2),
		"no context": protected(0x19, 1), "no kid": protected(0x01, 1), "something behind": protected(0x01, 1, 1), "no Partial IV": protected(0x08, 0xc1),
		"two options": wire.Encode(message.Message{Code: codes.POST, Options: message.Options{uint8Option(optionOSCORE, 9, 1, 0xc1), uint8Option(optionOSCORE, 9, 1, 0xc1)}}),
		"a response":  wire.Encode(message.Message{Code: codes.Changed, Options: options(uint8Option(optionOSCORE, 9, 1, 0xc1))}),
		"not CoAP":    {1, 2, 3},
	} {
		_, _, err := p.server.UnprotectRequest(datagram)
		is(t, err, ake.ErrMalformed)
	}
	_, _, err := p.server.UnprotectRequest(get(1))
	is(t, err, ake.ErrUnprotected)
	_, _, err = p.server.UnprotectRequest(protected(9, 1, 0xc2))
	is(t, err, ake.ErrContextUnknown)
	_, _, err = p.server.UnprotectRequest(protected(0x19, 1, 1, 7, 0xc1)) // a kid context, and there is none
	is(t, err, ake.ErrContextUnknown)
	_, _, err = p.server.UnprotectRequest(protected(9, 1, 0xc1))
	is(t, err, ake.ErrDecryption)
	_, _, err = p.server.UnprotectRequest(wire.Encode(message.Message{Code: codes.POST, Options: options(uint8Option(optionOSCORE, 9, 1, 0xc1))}))
	is(t, err, ake.ErrDecryption) // no payload at all
	if p.server.window.any {
		t.Error("a message that did not verify took a place in the window")
	}
	for _, inner := range []message.OptionID{optionOSCORE, message.URIHost, message.URIPort, message.ProxyURI, message.ProxyScheme, optionHopLimit, optionEDHOC} {
		_, _, err := p.server.UnprotectRequest(p.forcedRequest(t, codes.GET, uint8Option(inner, 'x')))
		is(t, err, ake.ErrMalformed)
	}
	for _, code := range []codes.Code{codes.Empty, codes.Content, 0xe1, 0x20, 0xff} {
		datagram := p.forcedRequest(t, code)
		_, _, err := p.server.UnprotectRequest(datagram)
		is(t, err, ake.ErrMalformed)
		_, _, err = p.server.UnprotectRequest(datagram)
		is(t, err, ake.ErrReplay) // it did verify
	}
	client, server, _ := p.asked(t, get(1))
	for _, code := range []codes.Code{codes.Empty, codes.GET, 0xe1, 0x20, 0x60, 0xff} {
		_, err := p.client.UnprotectResponse(p.forcedResponse(t, server, code), client)
		is(t, err, ake.ErrMalformed)
	}
	_, err = p.client.UnprotectResponse(content(1, "x"), client)
	is(t, err, ake.ErrUnprotected)
	_, err = p.client.UnprotectResponse(get(1, uint8Option(optionOSCORE)), client)
	is(t, err, ake.ErrMalformed)
	_, err = p.client.UnprotectResponse(content(1, "x", uint8Option(optionOSCORE, 8, 9)), client)
	is(t, err, ake.ErrContextUnknown)
	for _, e := range []*Exchange{nil, server, {context: p.client}} {
		_, err = p.client.UnprotectResponse(content(1, "x", uint8Option(optionOSCORE)), e)
		is(t, err, ake.ErrArgument)
	}
	if client.Over() {
		t.Fatal("malformed responses ended the exchange")
	}
	datagram, err := p.server.ProtectResponse(content(1, "x"), server)
	is(t, err, nil)
	_, err = p.client.UnprotectResponse(datagram, client)
	is(t, err, nil)
	_, err = p.client.UnprotectResponse(datagram, client)
	is(t, err, ake.ErrReplay)
}

// TestAltered: no bit of what was protected can be changed.
func TestAltered(t *testing.T) {
	p := newPair(t, Settings{}, Settings{})
	datagram, _, err := p.client.ProtectRequest(wire.Encode(message.Message{Code: codes.PUT, Options: options(uint8Option(message.URIPath, 'a')), Payload: []byte("open")}))
	is(t, err, nil)
	at := bytes.Index(datagram, []byte{0x93}) // the OSCORE option, and all behind it
	if at < 0 {
		t.Fatalf("%x", datagram)
	}
	for i := at + 1; i < len(datagram); i++ {
		for bit := range 8 {
			altered := bytes.Clone(datagram)
			altered[i] ^= 1 << bit
			if request, _, err := p.server.UnprotectRequest(altered); err == nil {
				t.Fatalf("bit %d of byte %d: %x", bit, i, request)
			}
		}
	}
	_, _, err = p.server.UnprotectRequest(datagram)
	is(t, err, nil)
}

// TestErrorResponse: RFC 8613 section 8.2.
func TestErrorResponse(t *testing.T) {
	request := func(kind message.Type) []byte {
		return wire.Encode(message.Message{Type: kind, MessageID: 5, Code: codes.POST, Token: message.Token{1, 2}, Options: options(uint8Option(optionOSCORE, 9, 1, 1))})
	}
	for _, want := range []struct {
		err  error
		code codes.Code
		text string
	}{
		{malformed(""), codes.BadOption, "Failed to decode COSE"},
		{because(ake.ErrContextUnknown, ""), codes.Unauthorized, "Security context not found"},
		{because(ake.ErrReplay, ""), codes.Unauthorized, "Replay detected"},
		{because(ake.ErrDecryption, ""), codes.BadRequest, "Decryption failed"},
	} {
		for kind, id := range map[message.Type]int32{message.Confirmable: 5, message.NonConfirmable: 9} {
			m := read(t, ErrorResponse(request(kind), want.err, 9))
			age, once := find(m.Options, message.MaxAge)
			if m.Code != want.code || string(m.Payload) != want.text || m.MessageID != id || !bytes.Equal(m.Token, []byte{1, 2}) ||
				len(m.Options) != 1 || !once || len(age) != 0 || (m.Type == message.Acknowledgement) != (kind == message.Confirmable) {
				t.Errorf("%v: %v", want.err, m)
			}
		}
		for _, datagram := range [][]byte{request(message.Acknowledgement), request(message.Reset), content(1, ""), {0x40, 0, 0, 0}, {1}} {
			if answer := ErrorResponse(datagram, want.err, 9); answer != nil {
				t.Errorf("%x is answered with %x", datagram, answer)
			}
		}
	}
	for _, err := range []error{nil, because(ake.ErrFreshness, ""), because(ake.ErrUnprotected, ""), because(ake.ErrSequence, "")} {
		if ErrorResponse(request(message.Confirmable), err, 9) != nil {
			t.Errorf("%v is answered", err)
		}
	}
}

// TestFindContext: a context is found by kid and kid context, until it is dropped.
func TestFindContext(t *testing.T) {
	var all Contexts
	datagrams := map[*Context][]byte{}
	for i := range 3 {
		client, server := parameters()
		if i > 0 {
			client.IDContext = []byte{byte(i)}
			server.IDContext = client.IDContext
			client.SenderID, server.RecipientID = []byte{2}, []byte{2}
		}
		c := mustNew(t, server, Settings{})
		is(t, all.Add(c), nil)
		is(t, all.Add(mustNew(t, server, Settings{})), ake.ErrArgument)
		datagram, _, err := mustNew(t, client, Settings{SendIDContext: i > 0}).ProtectRequest(get(1))
		is(t, err, nil)
		datagrams[c] = datagram
	}
	for c, datagram := range datagrams {
		found, err := all.Find(datagram)
		is(t, err, nil)
		if found != c {
			t.Error("another context")
		}
	}
	ambiguous := get(1, uint8Option(optionOSCORE, 9, 1, 2))
	_, err := all.Find(ambiguous)
	is(t, err, ake.ErrContextUnknown)
	_, err = all.Find(get(1, uint8Option(optionOSCORE, 0x19, 1, 1, 77, 2)))
	is(t, err, ake.ErrContextUnknown)
	_, err = all.Find(get(1))
	is(t, err, ake.ErrUnprotected)
	_, err = all.Find(get(1, uint8Option(optionOSCORE)))
	is(t, err, ake.ErrMalformed)
	if IsProtected(get(1)) || !IsProtected(ambiguous) || IsProtected([]byte{1}) {
		t.Error("what is protected is not told")
	}
	count := 3
	for c, datagram := range datagrams {
		if !all.Drop(c) || all.Drop(c) {
			t.Error("dropped never or twice")
		}
		if count--; all.Count() != count {
			t.Errorf("%d contexts, want %d", all.Count(), count)
		}
		_, err := all.Find(datagram)
		is(t, err, ake.ErrContextUnknown)
	}
	if len(all.byKID) != 0 {
		t.Error("dropped contexts leave something behind")
	}
}
