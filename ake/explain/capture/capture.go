// Package capture finds UDP datagrams in the files of Wireshark, tcpdump and dumpcap:
// pcap and pcapng, of Ethernet, Linux's "any" and loopback interfaces, and raw IP.
// It is the only importer of gopacket, and not part of liblake.so.
package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/ip4defrag"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/liblake/lake/ake/explain"
)

// ErrFormat: the file is neither pcap nor pcapng.
var ErrFormat = errors.New("neither pcap nor pcapng, the formats of Wireshark and tcpdump")

// Is reports whether data begins like a capture.
func Is(data []byte) bool {
	if len(data) < 4 {
		return false
	}
	for _, magic := range []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a"} {
		if string(data[:4]) == magic {
			return true
		}
	}
	return false
}

// source is a reader of either format.
type source interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// Read returns the UDP datagrams of a capture, in the order of the file, and remarks on
// what could not be read: a file that is cut is read as far as it goes.
func Read(data []byte) (datagrams []explain.Datagram, remarks []string, err error) {
	var from source
	var linkOf func(gopacket.CaptureInfo) layers.LinkType
	if bytes.HasPrefix(data, []byte("\x0a\x0d\x0d\x0a")) {
		reader, err := pcapgo.NewNgReader(bytes.NewReader(data), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		if err != nil {
			return nil, nil, ErrFormat
		}
		from, linkOf = reader, func(ci gopacket.CaptureInfo) layers.LinkType {
			face, err := reader.Interface(ci.InterfaceIndex)
			if err != nil {
				return reader.LinkType()
			}
			return face.LinkType
		}
	} else {
		reader, err := pcapgo.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, nil, ErrFormat
		}
		from, linkOf = reader, func(gopacket.CaptureInfo) layers.LinkType { return reader.LinkType() }
	}
	fragments := ip4defrag.NewIPv4Defragmenter()
	odd := map[string]int{}
	for frame := 1; ; frame++ {
		packet, info, err := from.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			remarks = append(remarks, fmt.Sprintf("The capture cannot be read after frame %d: it is cut or damaged.", frame-1))
			break
		}
		d, why := datagram(packet, linkOf(info), fragments)
		if why != "" {
			odd[why]++
		}
		if d != nil {
			d.Time, d.Frame = info.Timestamp, frame
			datagrams = append(datagrams, *d)
		}
	}
	for why, n := range odd {
		remarks = append(remarks, fmt.Sprintf("%d frames: %s.", n, why))
	}
	slices.Sort(remarks)
	return datagrams, remarks, nil
}

// datagram finds UDP in a packet; nil if there is none. why says what hinders it.
func datagram(packet []byte, link layers.LinkType, fragments *ip4defrag.IPv4Defragmenter) (d *explain.Datagram, why string) {
	decoder := gopacket.Decoder(link)
	switch link {
	case layers.LinkTypeRaw, 12, 14: // numbers that systems have for raw IP
		if len(packet) == 0 {
			return nil, ""
		}
		decoder = layers.LayerTypeIPv4
		if packet[0]>>4 == 6 {
			decoder = layers.LayerTypeIPv6
		}
	case layers.LinkTypeIPv4:
		decoder = layers.LayerTypeIPv4
	case layers.LinkTypeIPv6:
		decoder = layers.LayerTypeIPv6
	}
	p := gopacket.NewPacket(packet, decoder, gopacket.NoCopy)
	if p.NetworkLayer() == nil {
		if failed := p.ErrorLayer(); failed != nil && len(p.Layers()) <= 1 {
			return nil, fmt.Sprintf("of link type %v, which is not read here", link)
		}
		return nil, ""
	}
	from, to := p.NetworkLayer().NetworkFlow().Src().Raw(), p.NetworkLayer().NetworkFlow().Dst().Raw()
	ip, is4 := p.NetworkLayer().(*layers.IPv4)
	if is4 && (ip.Flags&layers.IPv4MoreFragments != 0 || ip.FragOffset > 0) {
		whole, err := fragments.DefragIPv4(ip)
		if err != nil {
			return nil, "fragments of IPv4 that do not fit together"
		}
		if whole == nil {
			return nil, ""
		}
		p = gopacket.NewPacket(whole.Payload, whole.NextLayerType(), gopacket.NoCopy)
	} else if p.Layer(layers.LayerTypeIPv6Fragment) != nil {
		return nil, "fragments of IPv6, which are not put together here"
	}
	udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP)
	if !ok {
		return nil, ""
	}
	payload := udp.Payload
	if int(udp.Length) >= 8 && int(udp.Length)-8 < len(payload) {
		payload = payload[:udp.Length-8]
	}
	if int(udp.Length)-8 > len(payload) {
		why = "cut when they were captured (raise the snapshot length)"
	}
	return &explain.Datagram{From: address(from, udp.SrcPort), To: address(to, udp.DstPort), Data: payload}, why
}

func address(ip []byte, port layers.UDPPort) string {
	address, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(address, uint16(port)).String()
}
