package oscore

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// vectors are the figures of RFC 8613 appendix C.
type vectors struct {
	Contexts []struct {
		Name           string
		MasterSecret   hexBytes `json:"master_secret"`
		MasterSalt     hexBytes `json:"master_salt"`
		SenderID       hexBytes `json:"sender_id"`
		RecipientID    hexBytes `json:"recipient_id"`
		IDContext      hexBytes `json:"id_context"`
		SenderKey      hexBytes `json:"sender_key"`
		RecipientKey   hexBytes `json:"recipient_key"`
		CommonIV       hexBytes `json:"common_iv"`
		SenderNonce    hexBytes `json:"sender_nonce"`
		RecipientNonce hexBytes `json:"recipient_nonce"`
	}
	Requests []struct {
		Name, Client, Server           string
		Sequence                       uint64
		SendIDContext                  bool `json:"send_id_context"`
		Request, AAD, Nonce, Protected hexBytes
	}
	Responses []struct {
		Name, Request       string
		Response, Protected hexBytes
		PartialIV           bool `json:"partial_iv"`
	}
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	text, err := os.ReadFile("../../tests/vectors/rfc8613.json")
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vectors) parameters(t testing.TB, name string) Parameters {
	t.Helper()
	for _, c := range v.Contexts {
		if c.Name == name {
			return Parameters{MasterSecret: c.MasterSecret, MasterSalt: c.MasterSalt,
				SenderID: c.SenderID, RecipientID: c.RecipientID, IDContext: c.IDContext}
		}
	}
	t.Fatalf("no context %s", name)
	return Parameters{}
}

func TestVectors(t *testing.T) {
	v := readVectors(t)
	if len(v.Contexts) != 6 || len(v.Requests) != 3 || len(v.Responses) != 2 {
		t.Fatalf("%d contexts, %d requests, %d responses", len(v.Contexts), len(v.Requests), len(v.Responses))
	}
	equal := func(name, what string, got, want []byte) {
		t.Helper()
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s %x, want %x", name, what, got, want)
		}
	}
	for _, want := range v.Contexts {
		p := v.parameters(t, want.Name)
		p.AEAD, p.Hash = defaultAEAD, defaultHash
		algorithms, _ := suite.LookupOSCORE(p.AEAD, p.Hash)
		equal(want.Name, "Sender Key", p.derive(algorithms, p.SenderID, "Key", 16), want.SenderKey)
		equal(want.Name, "Recipient Key", p.derive(algorithms, p.RecipientID, "Key", 16), want.RecipientKey)
		c := mustNew(t, p, Settings{})
		equal(want.Name, "Common IV", c.commonIV[:], want.CommonIV)
		equal(want.Name, "sender nonce", c.nonceOf(c.sender.id, 0), want.SenderNonce)
		equal(want.Name, "recipient nonce", c.nonceOf(c.recipient.id, 0), want.RecipientNonce)
	}
	for _, want := range v.Requests {
		client := mustNew(t, v.parameters(t, want.Client), Settings{Stored: want.Sequence, SendIDContext: want.SendIDContext})
		server := mustNew(t, v.parameters(t, want.Server), Settings{})
		datagram, asked, err := client.ProtectRequest(want.Request)
		if err != nil {
			t.Fatal(want.Name, err)
		}
		equal(want.Name, "protected request", datagram, want.Protected)
		equal(want.Name, "AAD", asked.aad(), want.AAD)
		equal(want.Name, "nonce", asked.requestNonce(), want.Nonce)
		request, e, err := server.UnprotectRequest(datagram)
		if err != nil {
			t.Fatal(want.Name, err)
		}
		equal(want.Name, "request", request, want.Request)
		for _, answer := range v.Responses {
			if answer.Request != want.Name {
				continue
			}
			asked, e := *asked, *e
			e.answered = answer.PartialIV
			datagram, err := server.ProtectResponse(answer.Response, &e)
			if err != nil {
				t.Fatal(answer.Name, err)
			}
			equal(answer.Name, "protected response", datagram, answer.Protected)
			response, err := client.UnprotectResponse(datagram, &asked)
			if err != nil {
				t.Fatal(answer.Name, err)
			}
			equal(answer.Name, "response", response, answer.Response)
		}
	}
}

func mustNew(t testing.TB, p Parameters, s Settings) *Context {
	t.Helper()
	c, err := New(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
