package oscore

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
)

// pair is a client and a server that share a context.
type pair struct{ client, server *Context }

func parameters() (client, server Parameters) {
	client = Parameters{MasterSecret: bytes.Repeat([]byte{1}, 16), MasterSalt: []byte("saltsalt"), SenderID: []byte{0xc1}, RecipientID: []byte{0x5e}}
	server = client
	server.SenderID, server.RecipientID = client.RecipientID, client.SenderID
	return client, server
}

func newPair(t testing.TB, client, server Settings) pair {
	c, s := parameters()
	return pair{mustNew(t, c, client), mustNew(t, s, server)}
}

func options(list ...message.Option) (all message.Options) {
	for _, o := range list {
		all = all.Add(o)
	}
	return all
}

func get(messageID int32, list ...message.Option) []byte {
	return wire.Encode(message.Message{Code: codes.GET, MessageID: messageID, Token: message.Token{1}, Options: options(list...)})
}

func content(messageID int32, text string, list ...message.Option) []byte {
	return wire.Encode(message.Message{Type: message.Acknowledgement, Code: codes.Content, MessageID: messageID, Token: message.Token{1}, Options: options(list...), Payload: []byte(text)})
}

func uint8Option(id message.OptionID, values ...byte) message.Option {
	return message.Option{ID: id, Value: values}
}

func read(t testing.TB, datagram []byte) message.Message {
	t.Helper()
	m := message.Message{Options: make(message.Options, 0, 100)}
	if _, err := coder.DefaultCoder.Decode(datagram, &m); err != nil {
		t.Fatalf("%x: %v", datagram, err)
	}
	return m
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// asked is a request that the server has.
func (p pair) asked(t testing.TB, request []byte) (client, server *Exchange, datagram []byte) {
	t.Helper()
	datagram, client, err := p.client.ProtectRequest(request)
	is(t, err, nil)
	got, server, err := p.server.UnprotectRequest(datagram)
	is(t, err, nil)
	if !bytes.Equal(got, request) {
		t.Fatalf("the request %x arrived as %x", request, got)
	}
	return client, server, datagram
}

// serves shows that requests and responses pass.
func (p pair) serves(t testing.TB) {
	t.Helper()
	client, server, _ := p.asked(t, get(7, message.Option{ID: message.URIPath, Value: []byte("a")}))
	response := content(7, "text")
	datagram, err := p.server.ProtectResponse(response, server)
	is(t, err, nil)
	got, err := p.client.UnprotectResponse(datagram, client)
	is(t, err, nil)
	if !bytes.Equal(got, response) {
		t.Fatalf("the response %x arrived as %x", response, got)
	}
}
