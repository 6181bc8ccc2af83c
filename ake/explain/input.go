package explain

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// ParseHex reads messages as people have them: one a line in hexadecimal, with or
// without spaces, colons, commas or 0x; what follows # is a remark. Each is an EDHOC
// message, with or without what CoAP puts in front, or a whole CoAP message.
func ParseHex(text string) ([]Datagram, error) {
	var all []Datagram
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(strings.ReplaceAll(strings.ToLower(line), "0x", ""))
		digits := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r:,;-_", r) {
				return -1
			}
			return r
		}, line)
		if digits == "" {
			continue
		}
		data, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("line %d is no hexadecimal: %s", i+1, short(line))
		}
		all = append(all, addressed(Datagram{Data: data, Frame: len(all) + 1}))
	}
	return all, nil
}

// addressed makes up addresses for what is a CoAP message.
func addressed(d Datagram) Datagram {
	if isMessage(d.Data) {
		return d
	}
	m, ok := decodeCoAP(d.Data)
	if !ok || m.Code == codes.Empty && len(d.Data) != 4 {
		return d
	}
	d.From, d.To = "client", "server"
	if !wire.IsRequest(m.Code) {
		d.From, d.To = d.To, d.From
	}
	return d
}

// isMessage reports whether data is an EDHOC message and nothing else.
func isMessage(data []byte) bool {
	nodes, broken := cborx.Inspect(data)
	if broken != nil {
		return false
	}
	if len(nodes) > 1 && (nodes[0].IsTrue() || shape(nodes) == kindString || nodes[0].Kind == cborx.Int && nodes[1].Kind == cborx.Bytes) {
		nodes = nodes[1:]
	}
	what := shape(nodes)
	return what == kindMessage1 || what == kindError || what == kindString && len(nodes) == 1
}
