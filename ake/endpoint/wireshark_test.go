//go:build wireshark

package endpoint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/tsharktest"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// shownWorld is a world whose datagrams go into a capture, with the key log of both sides.
type shownWorld struct {
	*world
	server, client *node
	capture        tsharktest.Capture
	log            strings.Builder
}

// eachFlow runs a test with the cipher suites 0 to 3, whose OSCORE Wireshark has, in both
// flows.
func eachFlow(t *testing.T, test func(t *testing.T, w *shownWorld)) {
	addresses := map[string]netip.AddrPort{
		"server:5683": netip.MustParseAddrPort("192.0.2.1:5683"), "client:1000": netip.MustParseAddrPort("192.0.2.2:5683"),
	}
	for suite, kind := range []ake.KeyKind{ake.KeyX25519, ake.KeyX25519, ake.KeyP256, ake.KeyP256} {
		for _, reverse := range []bool{false, true} {
			t.Run(fmt.Sprintf("suite %d, reverse flow %v", suite, reverse), func(t *testing.T) {
				w := &shownWorld{world: newWorld(t)}
				w.sniff = func(from, to string, data []byte) { w.capture.Add(addresses[from], addresses[to], data) }
				settings := func(c *ake.Config) {
					c.Suites = []int{suite}
					c.KeyLog = func(text []byte) { w.log.Write(text) }
				}
				s, c := newIdentityOf(t, kind, "server", 1), newIdentityOf(t, kind, "client", 2)
				serverParty, clientParty := newPartyWith(t, settings, s, c), newPartyWith(t, settings, c, s)
				serverConfig, clientConfig := Config{Responder: serverParty}, Config{Initiator: clientParty}
				if reverse {
					serverConfig, clientConfig = Config{Initiator: serverParty}, Config{Responder: clientParty, Reverse: true}
				}
				w.server, w.client = w.add("server:5683", serverConfig), w.add("client:1000", clientConfig)
				test(t, w)
			})
		}
	}
}

// exchange has the stack of a node ask, and get its answer.
func (w *shownWorld) exchange(from *node, of *Peer, payload string) {
	w.t.Helper()
	to := ""
	if of == nil {
		to = w.server.address
	}
	r := from.askOf(of, to, codes.POST, payload, message.Option{ID: message.URIQuery, Value: []byte("q=" + payload)})
	w.run(time.Minute)
	from.wantAnswer(r, payload)
}

// TestWiresharkReadsOSCORE: what endpoints send to each other after EDHOC, Wireshark
// opens with the OSCORE contexts of the key log: requests of either side, and their
// answers.
func TestWiresharkReadsOSCORE(t *testing.T) {
	eachFlow(t, func(t *testing.T, w *shownWorld) {
		var want []string
		for _, payload := range []string{"first", "second", "back"} {
			from, of := w.client, (*Peer)(nil)
			if payload == "back" {
				from, of = w.server, w.server.Peers()[0]
			}
			w.exchange(from, of, payload)
			want = append(want, fmt.Sprintf("%d q=%s %x", codes.POST, payload, payload),
				fmt.Sprintf("%d  %x", codes.Content, "re:"+payload))
		}
		var got []string
		for _, frame := range tsharktest.Read(t, &w.capture, w.log.String(), "oscore.code", "oscore.opt.uri_query", "data.data") {
			if data := frame["data.data"]; len(data) == 2 { // as it came, and opened
				got = append(got, fmt.Sprintf("%s %s %s", frame.Text("oscore.code"), frame.Text("oscore.opt.uri_query"), data[1]))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("tshark reads %q, want %q", got, want)
		}
	})
}

// TestWiresharkReadsEDHOC: the EDHOC before that, as it goes over CoAP.
func TestWiresharkReadsEDHOC(t *testing.T) {
	eachFlow(t, func(t *testing.T, w *shownWorld) {
		w.exchange(w.client, nil, "payload")
		gX, _, _ := strings.Cut(w.log.String(), ",")
		var shown, opened int
		for _, frame := range tsharktest.Read(t, &w.capture, w.log.String(), "edhoc.sess_idx", "edhoc.g_x", "edhoc.plaintext", "edhoc.no_decrypt", "_ws.malformed") {
			if frame.Text("edhoc.g_x") == gX || frame.Text("edhoc.plaintext") != "" {
				shown++
			}
			if frame.Text("edhoc.plaintext") != "" {
				opened++
			}
			if frame.Text("edhoc.no_decrypt") != "" || frame.Text("_ws.malformed") != "" {
				t.Errorf("%v", frame)
			}
		}
		if shown < 3 || opened != shown-1 { // message_1 is in clear
			t.Errorf("tshark shows %d messages, and %d of them decrypted", shown, opened)
		}
	})
}
