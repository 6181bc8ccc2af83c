package explain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/liblake/lake/ake/oscore"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// overheard is an OSCORE context of which both sides are known.
type overheard struct {
	id             []byte // the client's Sender ID
	client, server *oscore.Context
	run            *run
}

// protected is a request that was opened, or not.
type protected struct {
	context  *overheard // nil: not opened
	exchange *oscore.Exchange
}

func hear(p oscore.Parameters, in *run) *overheard {
	client, err := oscore.New(p, oscore.Settings{})
	if err != nil {
		return nil
	}
	id := p.SenderID
	p.SenderID, p.RecipientID = p.RecipientID, p.SenderID
	server, err := oscore.New(p, oscore.Settings{ReplayWindow: oscore.MaxReplayWindow})
	if err != nil {
		return nil
	}
	return &overheard{id: id, client: client, server: server, run: in}
}

// overheardOf are contexts that may be of either side.
func overheardOf(given []oscore.Parameters) (all []*overheard) {
	for _, p := range given {
		all = append(all, hear(p, nil))
		p.SenderID, p.RecipientID = p.RecipientID, p.SenderID
		all = append(all, hear(p, nil))
	}
	return all
}

// ofRun adds the contexts of a run whose keys are known by now, before those that were
// given: a key log has the same ones, of which nobody knows the run.
func (f *follower) ofRun(in *run) {
	if in == nil {
		return
	}
	for _, c := range f.contexts {
		if c.run == in {
			return
		}
	}
	p := in.secrets.context()
	if p == nil {
		return
	}
	for range 2 { // either side may be the client
		if c := hear(*p, in); c != nil {
			f.contexts = slices.Insert(f.contexts, 0, c)
		}
		p.SenderID, p.RecipientID = p.RecipientID, p.SenderID
	}
}

func (f *follower) protectedRequest(step *Step, r *reading, ex *exchange, m *message.Message, ciphertext []byte) *Message {
	ex.protected = &protected{}
	option, _ := m.Options.GetBytes(optionOSCORE)
	piv, kid := oscoreFields(option)
	out := oscoreMessage("OSCORE request", ciphertext, fmt.Sprintf("kid %s, number %s", quoted(kid), quoted(piv)))
	key := fmt.Sprint(ex.client, ">", ex.server, " ", quoted(kid), quoted(piv))
	if before, ok := f.numbers[key]; ok {
		r.find("oscore-replay", "kid %s and number %s were in the request of step %d.", quoted(kid), quoted(piv), before)
	}
	f.numbers[key] = step.Number
	for _, in := range f.runs {
		f.ofRun(in)
	}
	inner := *m
	inner.Payload = ciphertext
	datagram := wire.Encode(inner)
	tried := false
	for _, c := range f.contexts {
		if !bytes.Equal(c.id, kid) {
			continue
		}
		request, exchange, err := c.server.UnprotectRequest(datagram)
		if err != nil {
			tried = tried || errors.Is(err, ake.ErrDecryption)
			continue
		}
		ex.protected.context, ex.protected.exchange = c, c.client.Overhear(exchange)
		if c.run != nil {
			ex.run, step.Run, c.run.protected = c.run, c.run.Number, true
		}
		step.Label += ": " + f.opened(out, request)
		return out
	}
	if tried {
		r.find("oscore-not-opened", "The request with kid %s does not open with the context that has it.", quoted(kid))
	}
	return out
}

func (f *follower) protectedResponse(step *Step, r *reading, ex *exchange, m *message.Message, ciphertext []byte) *Message {
	out := oscoreMessage("OSCORE response", ciphertext, "to the request of step "+fmt.Sprint(ex.step.Number))
	if ex.protected == nil || ex.protected.context == nil {
		return out
	}
	response, err := ex.protected.context.client.UnprotectResponse(wire.Encode(*m), ex.protected.exchange)
	if err != nil {
		if errors.Is(err, ake.ErrDecryption) {
			r.find("oscore-not-opened", "The response does not open with the context of its request.")
		}
		return out
	}
	step.Label += ": " + f.opened(out, response)
	return out
}

// opened adds what was decrypted to m, and says what it is.
func (f *follower) opened(m *Message, datagram []byte) string {
	inner, ok := decodeCoAP(datagram)
	if !ok {
		return "opened"
	}
	part := datagramTree(datagram, inner)
	part.Name = "decrypted CoAP message"
	m.Parts = append(m.Parts, *part)
	text := codeName(inner.Code)
	if p := path(inner); p != "" {
		text += " " + p
	}
	return text
}

func oscoreMessage(kind string, ciphertext []byte, text string) *Message {
	return &Message{Kind: kind, Size: len(ciphertext), Section: "RFC 8613, section 5", Parts: []Part{{Data: ciphertext, Nodes: []Node{{
		Name: "ciphertext", Length: len(ciphertext), Section: "RFC 8613, section 5",
		Text: fmt.Sprintf("%s, %s, tag of the AEAD included, %s", bytesOf(len(ciphertext)), text, short(quoted(ciphertext))),
	}}}}}
}

// refusedOSCORE is an unprotected answer to a protected request (RFC 8613 section 8.2).
// It is not authenticated: anybody may have sent it.
func (f *follower) refusedOSCORE(step *Step, r *reading, m *message.Message, payload []byte) {
	step.Label = fmt.Sprintf("%s %q, not protected", codeName(m.Code), payload)
	switch {
	case m.Code == codes.Unauthorized && m.Options.HasOption(optionEcho):
		r.find("echo-asked", "The server answers %s with an Echo option.", codeName(m.Code))
	case m.Code == codes.Unauthorized && bytes.Contains(bytes.ToLower(payload), []byte("replay")):
		r.find("oscore-replay", "The server says so: %s %q.", codeName(m.Code), payload)
	case m.Code == codes.Unauthorized:
		r.find("oscore-context-unknown", "The server answers %s %q.", codeName(m.Code), payload)
	case m.Code == codes.BadRequest:
		r.find("oscore-decryption-failed", "The server answers %s %q.", codeName(m.Code), payload)
	default:
		r.find("refused-without-reason", "The server answers %s %q to a protected request.", codeName(m.Code), payload)
	}
}
