package ake

import (
	"encoding/hex"

	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// derived is what a run has derived so far of what opens its messages. It is kept
// only for Config.KeyLog, and does not change.
type derived struct {
	gX    []byte
	pairs []derivedPair // of message_2, message_3, message_4
}

// derivedPair opens a message: PRK_2e and TH_2, PRK_3e2m and TH_3, PRK_4e3m and TH_4.
type derivedPair struct {
	prk *schedule.PRK
	th  []byte
}

// logged begins the log of a run; it is nil if nobody asked for one, and so is what
// comes of it.
func (p *Party) logged(gX []byte) *derived {
	if p.keyLog == nil {
		return nil
	}
	return &derived{gX: gX}
}

// and is the log with the next pair.
func (d *derived) and(prk *schedule.PRK, th []byte) *derived {
	if d == nil {
		return nil
	}
	return &derived{d.gX, append(d.pairs[:len(d.pairs):len(d.pairs)], derivedPair{prk.Copy(), th})}
}

func (d *derived) wipe() {
	for _, pair := range d.pairs {
		pair.prk.Wipe()
	}
}

// logKeys gives the host what is due when a phase follows another: of a run what it has
// derived, once, when that is all or the run is over; of keys that are new the OSCORE
// context.
func (s *Session) logKeys(old, next phase) {
	if s.party.keyLog == nil {
		return
	}
	text := make([]byte, 0, keyLogRoom)
	defer suite.Wipe(text[:cap(text)])
	f, out := next.about(), outputIn(next)
	if d := f.derived; d != nil && (out != nil || next.state() == StateFailed) {
		f.derived = nil
		text = d.appendEDHOC(text)
		d.wipe()
	}
	if out != nil && out != outputIn(old) {
		text = out.appendOSCORE(text, f)
	}
	if len(text) > 0 {
		s.party.keyLog(text)
	}
}

func outputIn(p phase) *output {
	if p, ok := p.(interface{ keys() *output }); ok {
		return p.keys()
	}
	return nil
}

// keyLogRoom is more than what there is to say at once, so that nothing stays behind in a
// smaller buffer.
const keyLogRoom = 2048

// appendEDHOC appends a line of edhoc_secrets: G_X, PRK_2e, TH_2, PRK_3e2m, TH_3, PRK_4e3m,
// TH_4, unquoted; what was not derived is empty. Without PRK_2e it would say nothing.
func (d *derived) appendEDHOC(text []byte) []byte {
	if len(d.pairs) == 0 {
		return text
	}
	text = hex.AppendEncode(text, d.gX)
	for i := range 3 {
		if i >= len(d.pairs) {
			text = append(text, ",,"...)
			continue
		}
		text = hex.AppendEncode(append(text, ','), d.pairs[i].prk.Bytes())
		text = hex.AppendEncode(append(text, ','), d.pairs[i].th)
	}
	return append(text, '\n')
}

// appendOSCORE appends lines of oscore_contexts, as comments, since it is another table:
// quoted; Sender ID and Recipient ID of who requests, Master Secret, Master Salt, ID
// Context, algorithm. That table knows the OSCORE of the cipher suites 0 to 3 only, and
// no identifiers that are empty.
func (out *output) appendOSCORE(text []byte, f *facts) []byte {
	known := f.alg.AppAEAD == libcoapAEAD && f.alg.AppHash == libcoapHash
	for _, id := range [][]byte{f.cI, f.cR} {
		known = known && len(id) > 0 && len(id) <= f.alg.OSCOREIDLength()
	}
	if !known {
		return text
	}
	secret, salt := out.oscore(f.alg)
	defer suite.Wipe(secret)
	defer suite.Wipe(salt)
	line := func(who string, sender, recipient []byte) {
		text = append(text, "# oscore_contexts, requests of the "+who+": "...)
		for _, column := range [][]byte{sender, recipient, secret, salt, nil} {
			text = hex.AppendEncode(append(text, '"'), column)
			text = append(text, `",`...)
		}
		text = append(text, "\"AES-CCM-16-64-128 (CCM*)\"\n"...)
	}
	line("Initiator", f.cR, f.cI)
	line("Responder", f.cI, f.cR)
	return text
}
