package oscore

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

func seeds(f *testing.F) {
	v := readVectors(f)
	for _, r := range v.Requests {
		f.Add([]byte(r.Request))
		f.Add([]byte(r.Protected))
	}
	for _, r := range v.Responses {
		f.Add([]byte(r.Response))
		f.Add([]byte(r.Protected))
	}
	f.Add(get(1, uint8Option(message.Observe), uint8Option(message.NoResponse, 26)))
}

// FuzzProtect: what is protected is what arrives; what is refused takes no number.
func FuzzProtect(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, own []byte) {
		p := newPair(t, Settings{}, Settings{})
		datagram, asked, err := p.client.ProtectRequest(own)
		if err != nil {
			if p.client.sequence.next != 0 {
				t.Fatal("a refused request took a number")
			}
		} else {
			request, e, err := p.server.UnprotectRequest(datagram)
			is(t, err, nil)
			if !read(t, own).Options.HasOption(message.ProxyURI) && !bytes.Equal(request, own) {
				t.Fatalf("%x arrived as %x", own, request)
			}
			if e.Observes() != asked.Observes() {
				t.Fatal("the sides differ on what is observed")
			}
		}
		client, server, _ := p.asked(t, get(1, uint8Option(message.Observe)))
		datagram, err = p.server.ProtectResponse(own, server)
		if err != nil {
			return
		}
		response, err := p.client.UnprotectResponse(datagram, client)
		is(t, err, nil)
		if !read(t, own).Options.HasOption(message.Observe) && !bytes.Equal(response, own) {
			t.Fatalf("%x arrived as %x", own, response)
		}
	})
}

// FuzzUnprotect: a datagram that nobody protected is refused, with one of the errors
// that the functions name, and is answered with CoAP or not at all.
func FuzzUnprotect(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, datagram []byte) {
		p := newPair(t, Settings{}, Settings{})
		client, _, _ := p.asked(t, get(1, uint8Option(message.Observe)))
		_, _, err := p.server.UnprotectRequest(datagram)
		refused(t, err)
		if answer := ErrorResponse(datagram, err, 1); answer != nil {
			read(t, answer)
		}
		_, err = p.client.UnprotectResponse(datagram, client)
		refused(t, err)
		var all Contexts
		is(t, all.Add(p.server), nil)
		if c, err := all.Find(datagram); err == nil && (c != p.server || !IsProtected(datagram)) {
			t.Fatal("found for what is not protected")
		}
		p.serves(t)
	})
}

func refused(t *testing.T, err error) {
	t.Helper()
	for _, known := range []error{ake.ErrUnprotected, ake.ErrMalformed, ake.ErrContextUnknown, ake.ErrDecryption, ake.ErrReplay, ake.ErrTooLarge} {
		if errors.Is(err, known) {
			return
		}
	}
	t.Fatalf("got %v", err)
}

// FuzzPlaintext: what a peer that authenticated encrypts gives a message or an error,
// and the next message is read.
func FuzzPlaintext(f *testing.F) {
	f.Add(byte(codes.GET), []byte("\xb1a"), []byte("payload"))
	f.Add(byte(codes.Content), []byte("\x60"), []byte{})
	f.Add(byte(5), []byte("\x60\x51a"), []byte{0xff})
	f.Fuzz(func(t *testing.T, code byte, rest, payload []byte) {
		p := newPair(t, Settings{}, Settings{})
		plaintext := append([]byte{code}, rest...)
		if len(payload) > 0 {
			plaintext = append(append(plaintext, payloadMarker), payload...)
		}
		var room optionsRoom
		m := message.Message{Options: options(uint8Option(message.URIHost, 'h'))}
		if err := parsePlaintext(plaintext, &m, &room); err != nil {
			is(t, err, ake.ErrMalformed)
		} else if again := appendPlaintext(nil, m.Code, nil, nil); again[0] != code {
			t.Fatal("another code")
		} else if datagram := wire.Encode(m); datagram == nil {
			t.Fatal("a message that cannot be written")
		}
		p.serves(t)
	})
}

// FuzzOption: an option is read as it is written, and written in one way only.
func FuzzOption(f *testing.F) {
	f.Add([]byte{9, 20})
	f.Add([]byte{0x19, 0x14, 8, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		o, err := parseOption(value)
		if err != nil {
			is(t, err, ake.ErrMalformed)
			return
		}
		if again := o.append(nil); !bytes.Equal(again, value) {
			t.Fatalf("%x is written %x", value, again)
		}
	})
}
