package main

import (
	"encoding/binary"

	"github.com/liblake/lake/tests/network/relay"
)

// pcap writes datagrams as a capture of IPv4 packets between 192.0.2.1 and 192.0.2.2:5683 (RFC
// 768, RFC 791; LINKTYPE_RAW). Each request has a port of its own, which its answer goes to:
// Wireshark tells exchanges apart by their tokens, which come again.
func pcap(events []relay.Event) []byte {
	const linkTypeRaw, protocolUDP, snapshot = 101, 17, 1 << 16
	le, be := binary.LittleEndian, binary.BigEndian
	out := le.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	out = le.AppendUint32(le.AppendUint32(out, snapshot), linkTypeRaw)
	port := uint16(40000)
	for i, event := range events {
		data := event.Datagram()
		if event.Up() {
			port++
		}
		from, to := byte(1), byte(2)
		ports := [2]uint16{port, 5683}
		if !event.Up() {
			from, to = to, from
			ports[0], ports[1] = ports[1], ports[0]
		}
		size := 20 + 8 + len(data)
		out = le.AppendUint32(le.AppendUint32(out, uint32(i)), 0) // a second each
		out = le.AppendUint32(le.AppendUint32(out, uint32(size)), uint32(size))
		out = be.AppendUint16(append(out, 0x45, 0), uint16(size))
		out = append(out, 0, 0, 0, 0, 64, protocolUDP, 0, 0, 192, 0, 2, from, 192, 0, 2, to)
		out = be.AppendUint16(be.AppendUint16(out, ports[0]), ports[1])
		out = append(be.AppendUint16(out, uint16(8+len(data))), 0, 0)
		out = append(out, data...)
	}
	return out
}
