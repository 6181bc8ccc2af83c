package capture

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/explain"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// tape is a capture that is made, of one client and one server.
type tape struct {
	t       testing.TB
	frames  [][]byte
	times   []time.Time
	now     time.Time
	ipv6    bool
	ng      bool
	id      uint16
	token   byte
	keys    *explain.Keys
	figures map[string][]byte // of RFC 9529's second trace: method 3, suite 2
}

func newTape(t testing.TB) *tape {
	data, err := os.ReadFile("../../../tests/vectors/rfc9529.json")
	must(t, err)
	var all map[string]map[string]map[string]any
	must(t, json.Unmarshal(data, &all))
	c := &tape{t: t, now: time.Unix(1_700_000_000, 0), keys: &explain.Keys{}, figures: map[string][]byte{}}
	for message, values := range all["Authentication with Static DH, CCS Identified by 'kid'"] {
		for name, value := range values {
			if text, ok := value.(string); ok && !strings.HasSuffix(message, "(first time)") {
				c.figures[name], _ = hex.DecodeString(text)
			}
		}
	}
	return c
}

// log gives the key log of the trace, and its credentials or not.
func (c *tape) log(credentials bool) {
	var columns []string
	for _, name := range []string{"g_x", "prk_2e", "th_2", "prk_3e2m", "th_3", "prk_4e3m", "th_4"} {
		columns = append(columns, hex.EncodeToString(c.figures[name]))
	}
	must(c.t, c.keys.AddLog(strings.Join(columns, ", ")))
	if credentials {
		must(c.t, c.keys.AddCredential(c.figures["cred_r_cbor"], nil))
		must(c.t, c.keys.AddCredential(c.figures["cred_i_cbor"], nil))
	}
}

// get is a figure of the trace, not to be changed.
func (c *tape) get(name string) []byte {
	value, ok := c.figures[name]
	if !ok {
		c.t.Fatalf("no figure %s", name)
	}
	return slices.Clone(value)
}

// frame adds a datagram to the capture.
func (c *tape) frame(toServer bool, payload []byte) {
	c.now = c.now.Add(10 * time.Millisecond)
	c.times = append(c.times, c.now)
	ethernet := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
	udp := &layers.UDP{SrcPort: 40000, DstPort: 5683}
	from, to := net.IPv4(192, 0, 2, 1), net.IPv4(192, 0, 2, 2)
	if c.ipv6 {
		from, to = net.ParseIP("2001:db8::1"), net.ParseIP("2001:db8::2")
	}
	if !toServer {
		udp.SrcPort, udp.DstPort, from, to = udp.DstPort, udp.SrcPort, to, from
	}
	var network gopacket.SerializableLayer
	if c.ipv6 {
		ethernet.EthernetType = layers.EthernetTypeIPv6
		ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolUDP, SrcIP: from, DstIP: to}
		must(c.t, udp.SetNetworkLayerForChecksum(ip))
		network = ip
	} else {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: from, DstIP: to}
		must(c.t, udp.SetNetworkLayerForChecksum(ip))
		network = ip
	}
	buffer := gopacket.NewSerializeBuffer()
	must(c.t, gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ethernet, network, udp, gopacket.Payload(payload)))
	c.frames = append(c.frames, slices.Clone(buffer.Bytes()))
}

// file is the capture as pcap, or pcapng.
func (c *tape) file() []byte {
	var out bytes.Buffer
	info := func(n int) gopacket.CaptureInfo {
		return gopacket.CaptureInfo{Timestamp: c.times[n], CaptureLength: len(c.frames[n]), Length: len(c.frames[n])}
	}
	if c.ng {
		w, err := pcapgo.NewNgWriter(&out, layers.LinkTypeEthernet)
		must(c.t, err)
		for n, frame := range c.frames {
			must(c.t, w.WritePacket(info(n), frame))
		}
		must(c.t, w.Flush())
		return out.Bytes()
	}
	w := pcapgo.NewWriter(&out)
	must(c.t, w.WriteFileHeader(65535, layers.LinkTypeEthernet))
	for n, frame := range c.frames {
		must(c.t, w.WritePacket(info(n), frame))
	}
	return out.Bytes()
}

// explain reads the capture that was made.
func (c *tape) explain() *explain.Report {
	c.t.Helper()
	datagrams, remarks, err := Read(c.file())
	must(c.t, err)
	if len(remarks) > 0 || len(datagrams) != len(c.frames) {
		c.t.Errorf("%d of %d datagrams, %v", len(datagrams), len(c.frames), remarks)
	}
	return explain.Explain(datagrams, c.keys)
}

type change func(*message.Message)

func option(id message.OptionID, value ...byte) change {
	return func(m *message.Message) { m.Options = m.Options.Add(message.Option{ID: id, Value: value}) }
}

func without(id message.OptionID) change {
	return func(m *message.Message) { m.Options = m.Options.Remove(id) }
}

func setFormat(format byte) change {
	return func(m *message.Message) {
		m.Options = m.Options.Remove(message.ContentFormat).Add(message.Option{ID: message.ContentFormat, Value: []byte{format}})
	}
}

func code(code codes.Code) change { return func(m *message.Message) { m.Code = code } }

func (c *tape) encode(m message.Message, changes []change) []byte {
	for _, change := range changes {
		change(&m)
	}
	size, err := coder.DefaultCoder.Size(m)
	must(c.t, err)
	datagram := make([]byte, size)
	_, err = coder.DefaultCoder.Encode(m, datagram)
	must(c.t, err)
	return datagram
}

func (c *tape) decode(datagram []byte) message.Message {
	m := message.Message{Options: make(message.Options, 0, 16)}
	_, err := coder.DefaultCoder.Decode(datagram, &m)
	must(c.t, err)
	return m
}

// request is one of the client to the EDHOC resource.
func (c *tape) request(payload []byte, changes ...change) []byte {
	c.id++
	c.token++
	m := message.Message{Type: message.Confirmable, Code: codes.POST, MessageID: int32(c.id), Token: []byte{c.token}, Payload: payload}
	for _, segment := range strings.Split(strings.TrimPrefix(coap.Path, "/"), "/") {
		m.Options = m.Options.Add(message.Option{ID: message.URIPath, Value: []byte(segment)})
	}
	if len(payload) > 0 {
		m.Options = m.Options.Add(message.Option{ID: message.ContentFormat, Value: []byte{65}})
	}
	datagram := c.encode(m, changes)
	c.frame(true, datagram)
	return datagram
}

// answer is the server's to the last request.
func (c *tape) answer(payload []byte, changes ...change) []byte {
	m := message.Message{Type: message.Acknowledgement, Code: codes.Changed, MessageID: int32(c.id), Token: []byte{c.token}, Payload: payload}
	if len(payload) > 0 {
		m.Options = m.Options.Add(message.Option{ID: message.ContentFormat, Value: []byte{64}})
	}
	datagram := c.encode(m, changes)
	c.frame(false, datagram)
	return datagram
}

// get is a protected GET of the client, or what is made of it.
func (c *tape) protectedGet(context *oscore.Context, changes ...change) *oscore.Exchange {
	c.id++
	c.token++
	m := message.Message{Type: message.Confirmable, Code: codes.GET, MessageID: int32(c.id), Token: []byte{c.token}}
	m.Options = m.Options.Add(message.Option{ID: message.URIPath, Value: []byte("hello")})
	datagram, exchange, err := context.ProtectRequest(c.encode(m, nil))
	must(c.t, err)
	if len(changes) > 0 {
		datagram = c.encode(c.decode(datagram), changes)
	}
	c.frame(true, datagram)
	return exchange
}

// oscore are the contexts of client and server after the trace.
func (c *tape) oscore(secret []byte) (client, server *oscore.Context) {
	p := oscore.Parameters{MasterSecret: secret, MasterSalt: c.get("oscore_master_salt"), SenderID: c.get("c_r"), RecipientID: c.get("c_i")}
	client, err := oscore.New(p, oscore.Settings{})
	must(c.t, err)
	p.SenderID, p.RecipientID = p.RecipientID, p.SenderID
	server, err = oscore.New(p, oscore.Settings{})
	must(c.t, err)
	return client, server
}

var suite2 = suite.Lookup(2)

// saved is a PRK of the trace.
func (c *tape) saved(name string) *schedule.PRK {
	prk, ok := schedule.SavedPRK(suite2, c.get(name))
	if !ok {
		c.t.Fatal(name)
	}
	return prk
}

// message2 is a message_2 of the trace with another plaintext.
func (c *tape) message2(plaintext []byte) []byte {
	text := slices.Clone(plaintext)
	c.saved("prk_2e").XORKeystream2(c.get("th_2"), text)
	return cborx.AppendBytes(nil, append(c.get("g_y"), text...))
}

// message3 is a message_3 of the trace with another plaintext.
func (c *tape) message3(plaintext []byte) []byte {
	sealed, err := c.saved("prk_3e2m").Key3(suite2, c.get("th_3")).Seal(cose.EncStructure(c.get("th_3")), plaintext)
	must(c.t, err)
	return cborx.AppendBytes(nil, sealed)
}

// message1 is one with these suites.
func (c *tape) message1(suites string, gx []byte) []byte {
	return slices.Concat(unhex("03"), unhex(suites), cborx.AppendBytes(nil, gx), c.get("c_i_cbor"))
}

func startWith(message []byte) []byte { return append([]byte{0xf5}, message...) }

// first and second are the beginning of the trace: message_1, message_2; all is all of it.
func (c *tape) first()  { c.request(startWith(c.get("message_1"))) }
func (c *tape) second() { c.first(); c.answer(c.get("message_2")) }
func (c *tape) third() []byte {
	c.second()
	return c.request(append(c.get("c_r_cbor"), c.get("message_3")...))
}
func (c *tape) all() { c.third(); c.answer(c.get("message_4")) }

// protectedAnswer is the server's to the last request, protected.
func (c *tape) protectedAnswer(server *oscore.Context) {
	last := c.frames[len(c.frames)-1]
	packet := gopacket.NewPacket(last, layers.LinkTypeEthernet, gopacket.Default)
	_, exchange, err := server.UnprotectRequest(packet.ApplicationLayer().Payload())
	must(c.t, err)
	m := message.Message{Type: message.Acknowledgement, Code: codes.Content, MessageID: int32(c.id), Token: []byte{c.token}, Payload: []byte("Hello")}
	datagram, err := server.ProtectResponse(c.encode(m, nil), exchange)
	must(c.t, err)
	c.frame(false, datagram)
}

// gxOf is the x-coordinate of the public key of a private one on P-256.
func gxOf(private []byte) ([]byte, error) {
	key, err := suite.ParsePrivateKey(suite.KeyP256, private)
	if err != nil {
		return nil, err
	}
	return key.Public().X(), nil
}

// sealed2 is a message_2 with any plaintext, for the Initiator with the key x.
func sealed2(c *tape, x, message1, gy, plaintext []byte) []byte {
	key, err := suite.ParsePrivateKey(suite.KeyP256, x)
	must(c.t, err)
	peer, err := suite.ParsePublicKey(suite.KeyP256, gy)
	must(c.t, err)
	gxy, err := key.ECDH(peer)
	must(c.t, err)
	th2 := schedule.TH2(suite2, gy, suite2.Digest(message1))
	text := slices.Clone(plaintext)
	schedule.PRK2e(suite2, th2, gxy).XORKeystream2(th2, text)
	return cborx.AppendBytes(nil, slices.Concat(gy, text))
}
