package oscore

import (
	"bytes"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// BenchmarkProtect is a request of 64 bytes to a resource, protected and verified, and
// beside each the AEAD alone with the same lengths.
func BenchmarkProtect(b *testing.B) {
	v := readVectors(b)
	client := mustNew(b, v.parameters(b, "C.1.1"), Settings{})
	server := mustNew(b, v.parameters(b, "C.1.2"), Settings{})
	request := wire.Encode(message.Message{Code: codes.PUT, Token: message.Token{1, 2, 3, 4}, Options: message.Options{
		{ID: message.URIPath, Value: []byte("sensor")}, {ID: message.ContentFormat, Value: []byte{60}}}, Payload: bytes.Repeat([]byte{7}, 64)})
	algorithms, _ := suite.LookupOSCORE(defaultAEAD, defaultHash)
	aead, err := algorithms.Cipher(make([]byte, 16))
	if err != nil {
		b.Fatal(err)
	}
	plaintext, aad, nonce := bytes.Repeat([]byte{7}, 64+10), make([]byte, 21), make([]byte, 13)
	sealed := aead.Seal(nil, nonce, plaintext, aad)
	b.Run("protect", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			client.ProtectRequest(request)
		}
	})
	b.Run("seal alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			aead.Seal(nil, nonce, plaintext, aad)
		}
	})
	b.Run("unprotect", func(b *testing.B) {
		b.ReportAllocs()
		datagram, _, _ := client.ProtectRequest(request)
		for b.Loop() {
			server.window = newWindow(1, true)
			if _, _, err := server.UnprotectRequest(datagram); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			aead.Open(nonce, sealed, aad)
		}
	})
}
