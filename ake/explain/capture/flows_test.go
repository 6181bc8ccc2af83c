package capture

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/liblake/lake/ake/explain"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

func labels(r *explain.Report) (all []string) {
	for _, step := range r.Steps {
		all = append(all, step.Label)
	}
	return all
}

func wantLabels(t *testing.T, r *explain.Report, want ...string) {
	t.Helper()
	if got := labels(r); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func wantClean(t *testing.T, r *explain.Report) {
	t.Helper()
	for _, f := range r.Findings {
		t.Errorf("%s: %s", f.Name, f.Text)
	}
}

// decrypted is the inner CoAP message of a step's last message.
func decrypted(t *testing.T, step *explain.Step) string {
	t.Helper()
	last := step.Messages[len(step.Messages)-1]
	if len(last.Parts) != 2 {
		t.Fatalf("step %d was not decrypted", step.Number)
	}
	return string(last.Parts[1].Data)
}

// TestRun is a whole run with keys, then OSCORE with what follows from it; also if the
// context is in the key log, too, as a comment: the messages belong to the run.
func TestRun(t *testing.T) {
	for _, comment := range []bool{false, true} {
		testRun(t, comment)
	}
}

func testRun(t *testing.T, comment bool) {
	c := newTape(t)
	c.log(true)
	if comment {
		must(t, c.keys.AddLog(fmt.Sprintf(`# oscore_contexts, requests of the Initiator: "%x","%x","%x","%x","","AES-CCM-16-64-128 (CCM*)"`,
			c.get("c_r"), c.get("c_i"), c.get("oscore_master_secret"), c.get("oscore_master_salt"))))
	}
	c.all()
	client, server := c.oscore(c.get("oscore_master_secret"))
	c.protectedGet(client)
	c.protectedAnswer(server)
	report := c.explain()
	wantClean(t, report)
	wantLabels(t, report, "message_1", "message_2", "message_3", "message_4", "OSCORE request: GET /hello", "OSCORE response: 2.05")
	if run := report.Runs[0]; run.Outcome != "Completed, with message_4" || report.Steps[5].Run != 1 || run.Keys != "of the key log" {
		t.Errorf("%+v", run)
	}
	if text := decrypted(t, report.Steps[5]); !strings.HasSuffix(text, "Hello") {
		t.Errorf("%q", text)
	}
}

// TestOSCOREContexts decrypts with a line of oscore_contexts, of either side's view.
func TestOSCOREContexts(t *testing.T) {
	for _, ids := range [][2]string{{"c_r", "c_i"}, {"c_i", "c_r"}} {
		c := newTape(t)
		must(t, c.keys.AddLog(fmt.Sprintf(`"%x","%x","%x","%x","","AES-CCM-16-64-128 (CCM*)"`,
			c.get(ids[0]), c.get(ids[1]), c.get("oscore_master_secret"), c.get("oscore_master_salt"))))
		client, server := c.oscore(c.get("oscore_master_secret"))
		for range 3 {
			c.protectedGet(client)
			c.protectedAnswer(server)
		}
		report := c.explain()
		wantClean(t, report)
		if text := decrypted(t, report.Steps[5]); !strings.HasSuffix(text, "Hello") {
			t.Errorf("%q", text)
		}
	}
}

// TestCombined shows a combined request as the two things that it is.
func TestCombined(t *testing.T) {
	for _, keys := range []bool{false, true} {
		c := newTape(t)
		if keys {
			c.log(true)
		}
		c.second()
		client, server := c.oscore(c.get("oscore_master_secret"))
		c.protectedGet(client)
		plain := c.frames[len(c.frames)-1]
		c.frames, c.times = c.frames[:len(c.frames)-1], c.times[:len(c.times)-1]
		inner := gopacket.NewPacket(plain, layers.LinkTypeEthernet, gopacket.Default).ApplicationLayer().Payload()
		_, at, err := server.UnprotectRequest(inner)
		must(t, err)
		c.frame(true, c.withMessage3(inner))
		answer := message.Message{Type: message.Acknowledgement, Code: codes.Content, MessageID: int32(c.id), Token: []byte{c.token}, Payload: []byte("Hello")}
		datagram, err := server.ProtectResponse(c.encode(answer, nil), at)
		must(t, err)
		c.frame(false, datagram)
		report := c.explain()
		wantClean(t, report)
		step := report.Steps[2]
		if len(step.Messages) != 2 || step.Messages[0].Kind != "message_3" || step.Messages[1].Kind != "OSCORE request" {
			t.Fatalf("%+v", step)
		}
		if !keys {
			wantLabels(t, report, "message_1", "message_2", "message_3, then OSCORE", "OSCORE response")
			continue
		}
		wantLabels(t, report, "message_1", "message_2", "message_3, then OSCORE: GET /hello", "OSCORE response: 2.05")
		if report.Runs[0].Outcome != "Completed: OSCORE was used with its keys" {
			t.Error(report.Runs[0].Outcome)
		}
	}
}

// TestReverse: the client is the Responder.
func TestReverse(t *testing.T) {
	c := newTape(t)
	c.log(true)
	c.request(nil)
	c.answer(c.get("message_1"))
	c.request(append(c.get("c_i_cbor"), c.get("message_2")...))
	c.answer(c.get("message_3"))
	c.request(append(c.get("c_i_cbor"), c.get("message_4")...))
	c.answer(nil)
	report := c.explain()
	wantClean(t, report)
	wantLabels(t, report, "asks for message_1 (reverse flow)", "message_1", "message_2", "message_3", "message_4", "accepted, without a message")
	if run := report.Runs[0]; !run.Reverse || run.Initiator != "192.0.2.2:5683" || run.Outcome != "Completed, with message_4" {
		t.Errorf("%+v", run)
	}
}

// TestBlocks puts messages in blocks together, in both directions.
func TestBlocks(t *testing.T) {
	c := newTape(t)
	c.log(true)
	up := startWith(c.get("message_1"))
	for n := 0; n*16 < len(up); n++ {
		end, more := min(n*16+16, len(up)), byte(8)
		if end == len(up) {
			more = 0
		}
		c.request(up[n*16:end], option(27, byte(n)<<4|more))
		if more != 0 {
			c.answer(nil, code(codes.Continue), option(27, byte(n)<<4|more))
		}
	}
	down := c.get("message_2")
	c.answer(down[:32], option(23, 0x09))
	c.request(nil, option(23, 0x11))
	c.answer(down[32:], option(23, 0x11))
	c.request(append(c.get("c_r_cbor"), c.get("message_3")...))
	c.answer(nil)
	report := c.explain()
	wantClean(t, report)
	run := report.Runs[0]
	if len(report.Runs) != 1 || run.Outcome != "Completed as far as can be seen: message_3 was answered without an error" || run.CR == nil {
		t.Errorf("%+v", run)
	}
}

// TestFragments puts fragments of IPv4 together.
func TestFragments(t *testing.T) {
	c := newTape(t)
	c.second()
	whole := gopacket.NewPacket(c.frames[0], layers.LinkTypeEthernet, gopacket.Default)
	ip := whole.NetworkLayer().(*layers.IPv4)
	for at := 0; at < len(ip.Payload); at += 32 {
		part := *ip
		part.Id, part.FragOffset, part.Flags = 7, uint16(at/8), layers.IPv4MoreFragments
		end := at + 32
		if end >= len(ip.Payload) {
			end, part.Flags = len(ip.Payload), 0
		}
		buffer := gopacket.NewSerializeBuffer()
		must(t, gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			whole.LinkLayer().(*layers.Ethernet), &part, gopacket.Payload(ip.Payload[at:end])))
		c.frames, c.times = append(c.frames, slices.Clone(buffer.Bytes())), append(c.times, c.times[0])
	}
	c.frames, c.times = append(c.frames[2:], c.frames[1]), append(c.times[2:], c.times[1])
	datagrams, remarks, err := Read(c.file())
	must(t, err)
	report := explain.Explain(datagrams, nil)
	wantClean(t, report)
	wantLabels(t, report, "message_1", "message_2")
	if remarks != nil {
		t.Error(remarks)
	}
}

// TestLinkTypes reads what the interface "any", loopback and tunnels give.
func TestLinkTypes(t *testing.T) {
	c := newTape(t)
	c.second()
	for link, head := range map[layers.LinkType]string{
		layers.LinkTypeRaw: "", layers.LinkTypeIPv4: "", layers.LinkTypeNull: "02000000",
		layers.LinkTypeLinuxSLL: "0000 0001 0006 020000000001 0000 0800", 276: "0800 0000 00000001 0001 00 06 0200000000010000",
	} {
		var out bytes.Buffer
		w := pcapgo.NewWriter(&out)
		must(t, w.WriteFileHeader(65535, link))
		for n, frame := range c.frames {
			packet := append(unhex(head), frame[14:]...)
			must(t, w.WritePacket(gopacket.CaptureInfo{Timestamp: c.times[n], CaptureLength: len(packet), Length: len(packet)}, packet))
		}
		datagrams, remarks, err := Read(out.Bytes())
		if err != nil || len(datagrams) != 2 {
			t.Errorf("%v: %d datagrams, %v, %v", link, len(datagrams), remarks, err)
		}
	}
}

// TestDamage: a capture that is cut is read as far as it goes, and nothing else is taken for one.
func TestDamage(t *testing.T) {
	for _, ng := range []bool{false, true} {
		c := newTape(t)
		c.ng = ng
		c.all()
		file := c.file()
		if !Is(file) {
			t.Error("not taken for a capture")
		}
		datagrams, remarks, err := Read(file[:len(file)-20])
		// The library takes the end of a cut pcapng for its end.
		if err != nil || len(datagrams) != 3 || !ng && (len(remarks) != 1 || !strings.Contains(remarks[0], "cut or damaged")) {
			t.Errorf("%d datagrams, %q, %v", len(datagrams), remarks, err)
		}
	}
	for _, wrong := range []string{"", "f5", "a1b2", "0a0d0d0a", "\xa1\xb2\xc3\xd4", "hello world"} {
		if _, _, err := Read([]byte(wrong)); err == nil {
			t.Errorf("%q is taken for a capture", wrong)
		}
	}
}

// TestOthers counts what has nothing to do with EDHOC.
func TestOthers(t *testing.T) {
	c := newTape(t)
	c.request([]byte("21.5"), without(message.URIPath), setFormat(0))
	c.frame(true, []byte("no CoAP"))
	report := c.explain()
	if report.Others != 2 || len(report.Steps) != 0 || !strings.Contains(report.Text(explain.Style{}), "no EDHOC and no OSCORE") {
		t.Errorf("%+v", report)
	}
}

// FuzzRead gives a report of any bytes, without a panic.
func FuzzRead(f *testing.F) {
	for name, how := range captures {
		c := newTape(f)
		c.ng = len(name)%2 == 0
		how.make(c)
		f.Add(c.file())
	}
	keys := &explain.Keys{}
	keys.AddEphemeral(bytes.Repeat([]byte{7}, 32))
	f.Fuzz(func(t *testing.T, data []byte) {
		datagrams, _, err := Read(data)
		if err == nil {
			_ = explain.Explain(datagrams, keys).Text(explain.Style{Bytes: true})
		}
	})
}

// withMessage3 makes a combined request of a protected one.
func (c *tape) withMessage3(datagram []byte) []byte {
	m := c.decode(datagram)
	m.Options = m.Options.Add(message.Option{ID: optionEDHOC})
	m.Payload = append(c.get("message_3"), m.Payload...)
	return c.encode(m, nil)
}
