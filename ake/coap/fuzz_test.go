package coap

import (
	"bytes"
	"testing"

	"github.com/liblake/lake/ake"
)

// FuzzHandle sends anything to a server that has a half-open run and a context.
// Whatever it is, the context stays, OSCORE gets nothing that it should not, the
// caps hold, and what has no run ends none.
func FuzzHandle(f *testing.F) {
	base := newWorld(f)
	s := strangerIn(base)
	for kind := range numberOfSends {
		r := s.make(kind)
		s.session = nil
		f.Add(byte(r.Code), int32(r.Format), r.Payload, r.KID, r.EDHOC)
	}
	f.Add(byte(POST), int32(FormatCIDEDHOC), []byte{0xf5, 3, 0, 0x41, 1, 7}, []byte(nil), false)
	f.Add(byte(POST), int32(FormatCIDEDHOC), []byte{0x17, 1, 0x60}, []byte(nil), false)
	f.Add(byte(POST), int32(NoFormat), []byte{0x41, 1, 2}, []byte{0x17}, true)
	f.Fuzz(func(t *testing.T, code byte, format int32, payload, kid []byte, edhoc bool) {
		server := value[*Server](t)(NewServer(ServerConfig{Responder: base.serverConfig.made(), Initiator: base.serverConfig.made(), Clock: base.clock.read}))
		if !server.Reserve([]byte{0x17}) {
			t.Fatal("0x17 is taken")
		}
		w := *base
		w.t, w.server, w.established, w.failures = t, server, nil, nil
		_, message3 := w.half("honest")
		response := w.handle(Request{Code: Code(code), Format: Format(format), Payload: bytes.Clone(payload), KID: kid, EDHOC: edhoc}, "fuzzer")
		if w.last.OSCORE != (!edhoc && bytes.Equal(kid, []byte{0x17})) {
			t.Errorf("to OSCORE: %+v", w.last)
		}
		if !w.last.OSCORE && response.Code == Empty {
			t.Error("no answer")
		}
		if response.Code.IsError() && len(response.Payload) > 0 && (response.Format != FormatEDHOC || !isError(response.Payload)) {
			t.Errorf("answer %v with %x", response.Code, response.Payload)
		}
		if len(w.established) != 0 {
			t.Error("a run is established")
		}
		if !server.Handle(Request{KID: []byte{0x17}}).OSCORE {
			t.Error("the context is lost")
		}
		if got := w.handle(*message3, "honest"); got.Code != Changed { // also if the fuzzer has hit its C_R
			t.Errorf("the honest run is harmed: %v", got.Code)
		}
	})
}

// FuzzClient gives anything to a client in each state.
func FuzzClient(f *testing.F) {
	w := newWorld(f)
	f.Add(byte(Changed), int32(FormatEDHOC), byteString(30), []byte(nil), false, byte(0))
	f.Add(byte(BadRequest), int32(FormatEDHOC), []byte{2, 0}, []byte(nil), false, byte(1))
	f.Add(byte(BadRequest), int32(FormatEDHOC), append([]byte{0x1a, 0, 1, 0, 0x17}, 0x44, 0x61, 'x', 0, 1), []byte(nil), false, byte(0))
	f.Add(byte(Unauthorized), int32(NoFormat), []byte(nil), []byte{1}, true, byte(2))
	f.Fuzz(func(t *testing.T, code byte, format int32, payload, echo []byte, hasEcho bool, which byte) {
		w := *w
		w.t = t
		w.server = value[*Server](t)(NewServer(ServerConfig{Responder: w.serverConfig.made(), Initiator: w.serverConfig.made(), Clock: w.clock.read}))
		c := w.client(bothRoles[which&1])
		request := value[*Request](t)(c.Start())
		if which&2 != 0 {
			value[*Request](t)(c.Next(w.handle(*request, "peer")))
		}
		response := Response{Code: Code(code), Format: Format(format), Payload: payload}
		if hasEcho {
			response.Echo = append([]byte{}, echo...)
		}
		next, err := c.Next(response)
		switch {
		case c.Done() && (which&3 != 2 || len(payload) > 0 || response.Code != Changed):
			t.Error("done")
		case err == nil && next == nil && !c.Done():
			t.Error("neither done nor failed")
		case err != nil && (c.Err() == nil || ake.StatusOf(err).Pending()):
			t.Errorf("%v", err)
		case err != nil && next != nil && isError(payload):
			t.Error("an error message is answered by one")
		}
	})
}

// FuzzParsers: what is read is written again as the same.
func FuzzParsers(f *testing.F) {
	for id := range int64(9) {
		p, _, _ := WellKnownProfile(id)
		f.Add(value[[]byte](f)(p.Encode()))
	}
	f.Add([]byte(documentRFC9668))
	f.Add([]byte(documentProfiles))
	f.Add(unhex(f, "f5"+"1901f4"+"831901f4186f18de"+"a3010303f516828200182082199c4010"))
	f.Add(unhex(f, "4a"+"6161"+"f6"+"8100"+"a11700"+"05"+"40"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParseProfile(data); err == nil {
			again, err := ParseProfile(value[[]byte](t)(p.Encode()))
			if err != nil || *again.ID != *p.ID {
				t.Errorf("%+v, %v", again, err)
			}
		}
		for message := 1; message <= 2; message++ {
			if a, err := ParseAdvertisement(message, data); err == nil {
				for _, s := range a.Supported {
					s.profile()
				}
				a.repeats(a)
			}
		}
		if _, a, err := AdvertisementOf(&ake.ErrorMessage{Code: ErrorProfiles, Info: data}); err == nil && len(a.Supported) > maxElements {
			t.Error("unbounded")
		}
		if resources, err := ParseLinks(string(data)); err == nil {
			for _, r := range resources {
				if link, err := r.Link(); err == nil {
					if again := value[[]Resource](t)(ParseLinks(link)); len(again) != 1 || again[0].Path != r.Path {
						t.Errorf("%s", link)
					}
				}
			}
		}
		if id, rest, err := cutIdentifier(data); err == nil && !bytes.Equal(append(appendIdentifier(nil, id), rest...), data) {
			t.Errorf("%x and %x", id, rest)
		}
		if message3, offset, err := cutCombined(data); err == nil && !bytes.Equal(message3, data[:offset]) {
			t.Errorf("%x, %d", message3, offset)
		}
	})
}
