package explain

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/wire"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// exchangeLifetime is how long a message ID stands for one message (RFC 7252 section 4.8.2).
const exchangeLifetime = 247 * time.Second

// follower follows what parties send each other.
type follower struct {
	report    *Report
	keys      *Keys
	start     time.Time
	seen      map[string]*sighting
	exchanges map[string]*exchange // by client, server, token
	open      []*exchange          // in their order
	runs      []*run
	up, down  map[string]*body // bodies in blocks, by client, server, path
	resources map[string]bool  // server and path where EDHOC was seen
	numbers   map[string]int   // sender, receiver, kid, Partial IV: the step where they were
	contexts  []*overheard
}

// sighting is a CoAP message that was seen.
type sighting struct {
	step *Step
	data []byte
	at   time.Time
	ex   *exchange
}

// exchange is a request and what belongs to it.
type exchange struct {
	step      *Step
	client    string
	server    string
	path      string
	run       *run
	edhoc     bool // the request is one to EDHOC
	combined  bool
	protected *protected // the request is one of OSCORE
	answered  bool
	repeats   int
}

// body is one that comes in blocks.
type body struct {
	data []byte
	ex   *exchange
	step *Step
}

// Explain tells what passed in the datagrams, which are in the order of their time.
func Explain(datagrams []Datagram, keys *Keys) *Report {
	if keys == nil {
		keys = &Keys{}
	}
	f := &follower{
		report: &Report{Steps: []*Step{}, Runs: []*Run{}, Findings: []*Finding{}}, keys: keys,
		seen: map[string]*sighting{}, exchanges: map[string]*exchange{}, up: map[string]*body{}, down: map[string]*body{},
		resources: map[string]bool{}, numbers: map[string]int{},
	}
	f.contexts = overheardOf(keys.contexts)
	talks := map[[2]string]bool{}
	for _, d := range datagrams {
		if d.From == "" || interesting(d.Data) {
			talks[pair(d)] = true
		}
	}
	for _, d := range datagrams {
		if !talks[pair(d)] {
			f.report.Others++
			continue
		}
		f.datagram(d)
	}
	f.end()
	return f.report
}

func pair(d Datagram) [2]string { return [2]string{min(d.From, d.To), max(d.From, d.To)} }

// interesting reports whether a datagram has to do with EDHOC or OSCORE.
func interesting(data []byte) bool {
	m, ok := decodeCoAP(data)
	if !ok {
		return false
	}
	format, has := uintOption(m, message.ContentFormat)
	if m.Options.HasOption(optionOSCORE) || m.Options.HasOption(optionEDHOC) || path(m) == coap.Path || has && (format == 64 || format == 65) {
		return true
	}
	return wire.IsRequest(m.Code) && opensRun(m.Payload)
}

// opensRun reports whether a payload is message_1, with or without true in front.
func opensRun(payload []byte) bool {
	payload = bytes.TrimPrefix(payload, []byte{0xf5})
	nodes, broken := cborx.Inspect(payload)
	return broken == nil && shape(nodes) == kindMessage1 && nodes[0].Kind == cborx.Int && len(nodes) >= 4
}

// tell adds the findings of a reading.
func (f *follower) tell(step *Step, in *run, r *reading) {
	for _, finding := range r.findings {
		f.add(finding, step.Number, in)
	}
	r.findings = nil
}

func (f *follower) add(finding *Finding, step int, in *run) {
	finding.Step = step
	if in != nil {
		finding.Run = in.Number
		in.findings = append(in.findings, finding)
	}
	f.report.Findings = append(f.report.Findings, finding)
}

func (f *follower) datagram(d Datagram) {
	step := &Step{Number: len(f.report.Steps) + 1, Frame: d.Frame, From: d.From, To: d.To}
	if f.start.IsZero() {
		f.start = d.Time
	}
	step.Seconds = d.Time.Sub(f.start).Seconds()
	if d.From == "" {
		f.report.Steps = append(f.report.Steps, step)
		f.bare(step, d.Data)
		return
	}
	m, ok := decodeCoAP(d.Data)
	if !ok {
		f.report.Others++
		return
	}
	f.report.Steps = append(f.report.Steps, step)
	step.CoAP, step.Datagram = summary(m), datagramTree(d.Data, m)
	key := fmt.Sprint(d.From, ">", d.To, " ", m.MessageID)
	before := f.seen[key]
	if before != nil && d.Time.Sub(before.at) < exchangeLifetime && m.Type != message.Reset {
		var r reading
		if bytes.Equal(before.data, d.Data) {
			step.Repeats, step.Label, step.Run = before.step.Number, before.step.Label, before.step.Run
			if before.ex != nil {
				before.ex.repeats++
			}
			r.find("retransmission", "The message of step %d again, %.3f s later.", before.step.Number, d.Time.Sub(before.at).Seconds())
			f.tell(step, f.run(step.Run), &r)
			return
		}
		r.find("message-id-reused", "Message ID %d was in step %d, for another message.", m.MessageID, before.step.Number)
		f.tell(step, nil, &r)
	}
	sight := &sighting{step: step, data: d.Data, at: d.Time}
	f.seen[key] = sight
	switch {
	case m.Code == codes.Empty:
		f.empty(step, m, d)
	case wire.IsRequest(m.Code):
		sight.ex = f.request(step, m, d)
	default:
		f.response(step, m, d)
	}
}

func (f *follower) run(number int) *run {
	if number < 1 {
		return nil
	}
	return f.runs[number-1]
}

// bare takes a message that came without CoAP around it.
func (f *follower) bare(step *Step, data []byte) {
	var r reading
	var m *Message
	p := r.cutPrefix(data, false)
	message := data[p.length:]
	var in *run
	if len(f.runs) > 0 {
		in = f.runs[len(f.runs)-1]
	}
	const initiator, responder = "Initiator", "Responder"
	step.From, step.To = initiator, responder
	switch shapeOf(message) {
	case kindMessage1:
		in, m = f.begin(step, message, initiator, responder, false)
	case kindError:
		if in != nil && in.last%2 == 1 {
			step.From, step.To = responder, initiator
		}
		m = f.failed(step, &r, in, message, step.From)
	case kindString:
		if in == nil {
			m, _ = r.byteString(message, 0, nil)
			r.find("begins-in-the-middle", "There is no message_1 before it.")
			break
		}
		fromInitiator := in.last == 2
		if before, ok := in.sent[in.last]; ok && bytes.Equal(before, message) {
			fromInitiator = in.last%2 == 1
		}
		if !fromInitiator {
			step.From, step.To = responder, initiator
		}
		m = f.message(step, &r, in, message, fromInitiator)
	default:
		m = r.other(message)
		if in != nil {
			step.Run = in.Number
		}
	}
	step.Messages, step.Label = []*Message{p.behind(m, data)}, m.Kind
	f.tell(step, in, &r)
}

// empty is an acknowledgement, or a reset.
func (f *follower) empty(step *Step, m *message.Message, d Datagram) {
	before := f.seen[fmt.Sprint(d.To, ">", d.From, " ", m.MessageID)]
	step.Label = "empty acknowledgement"
	var in *run
	if before != nil {
		in = f.run(before.step.Run)
		step.Run = before.step.Run
	}
	if m.Type != message.Reset {
		return
	}
	step.Label = "reset"
	if before != nil {
		var r reading
		r.find("reset", "%s resets the message of step %d.", d.From, before.step.Number)
		if before.ex != nil {
			before.ex.answered = true
		}
		f.tell(step, in, &r)
	}
}

func (f *follower) request(step *Step, m *message.Message, d Datagram) *exchange {
	ex := &exchange{step: step, client: d.From, server: d.To, path: path(m)}
	f.exchanges[d.From+">"+d.To+" "+string(m.Token)] = ex
	f.open = append(f.open, ex)
	var r reading
	key := d.From + ">" + d.To + " " + ex.path
	if b, ok := blockOf(m, message.Block2); ok && b.number > 0 && f.down[key] != nil && len(m.Payload) == 0 {
		step.Label = fmt.Sprintf("asks for block %d", b.number)
		if origin := f.down[key].ex; origin.run != nil {
			ex.run, step.Run = origin.run, origin.run.Number
		}
		return ex
	}
	payload, whole := m.Payload, true
	if b, ok := blockOf(m, message.Block1); ok && (b.more || b.number > 0) {
		payload, whole = f.block(&r, step, f.up, key, b, m.Payload, ex)
	}
	protected := m.Options.HasOption(optionOSCORE)
	switch {
	case !whole:
		step.Label = "part of a message in blocks"
		ex.edhoc = f.isEDHOC(m, d.To, nil)
	case protected && m.Options.HasOption(optionEDHOC):
		f.combined(step, &r, ex, m, payload)
	case protected:
		step.Label = "OSCORE request"
		step.Messages = append(step.Messages, f.protectedRequest(step, &r, ex, m, payload))
	case f.isEDHOC(m, d.To, payload):
		if m.Options.HasOption(optionEDHOC) {
			r.find("edhoc-option-without-oscore", "The request has the EDHOC option and no OSCORE option.")
		}
		f.edhocRequest(step, &r, ex, m, payload)
	default:
		step.Label = "CoAP request"
	}
	f.tell(step, ex.run, &r)
	return ex
}

// isEDHOC reports whether a request is one to an EDHOC resource.
func (f *follower) isEDHOC(m *message.Message, server string, payload []byte) bool {
	format, has := uintOption(m, message.ContentFormat)
	return path(m) == coap.Path || has && (format == 64 || format == 65) || f.resources[server+path(m)] || opensRun(payload)
}

// block adds a block to its body, which is returned when it is whole.
func (f *follower) block(r *reading, step *Step, bodies map[string]*body, key string, b block, payload []byte, ex *exchange) ([]byte, bool) {
	if b.number == 0 {
		bodies[key] = &body{ex: ex}
	}
	whole := bodies[key]
	if whole == nil || b.number*b.size != len(whole.data) {
		expected := 0
		if whole != nil {
			expected = len(whole.data)
		}
		r.find("blocks-incomplete", "Block %d begins at byte %d, and %s of the message came before.", b.number, b.number*b.size, bytesOf(expected))
		delete(bodies, key)
		return nil, false
	}
	whole.data, whole.step = append(whole.data, payload...), step
	if b.more {
		return nil, false
	}
	delete(bodies, key)
	return whole.data, true
}

// format holds the Content-Format against the one that a message is sent with.
func (r *reading) format(m *message.Message, want uint32) {
	switch format, has := uintOption(m, message.ContentFormat); {
	case !has:
		r.find("content-format-missing", "The message has no Content-Format; %d is expected.", want)
	case format != want:
		r.find("content-format-wrong", "The Content-Format is %d; %d is expected.", format, want)
	}
}

func (f *follower) edhocRequest(step *Step, r *reading, ex *exchange, m *message.Message, payload []byte) {
	ex.edhoc = true
	f.resources[ex.server+ex.path] = true
	if m.Code != codes.POST {
		r.find("not-post", "The request is %s.", codeName(m.Code))
	}
	if len(payload) == 0 {
		step.Label = "asks for message_1 (reverse flow)"
		return
	}
	p := r.cutPrefix(payload, true)
	data := payload[p.length:]
	if p.present {
		r.format(m, 65)
	} else {
		r.find("prefix-missing", "The payload begins with the EDHOC message itself.")
	}
	var made *Message
	switch shapeOf(data) {
	case kindMessage1:
		ex.run, made = f.begin(step, data, ex.client, ex.server, false)
	case kindError:
		ex.run = f.runOf(r, ex, p)
		made = f.failed(step, r, ex.run, data, ex.client)
	case kindString:
		if ex.run = f.runOf(r, ex, p); ex.run == nil {
			made, _ = r.byteString(data, 0, nil)
			r.find("begins-in-the-middle", "The message_1 of this run is not in the capture.")
			break
		}
		made = f.message(step, r, ex.run, data, !ex.run.Reverse)
	default:
		made = r.other(data)
	}
	step.Messages, step.Label = append(step.Messages, p.behind(made, payload)), made.Kind
}

// runOf finds the run that a request continues: by the identifier in front, or else the
// latest of these two.
func (f *follower) runOf(r *reading, ex *exchange, p prefix) *run {
	var latest *run
	for _, in := range slices.Backward(f.runs) {
		if in.client != ex.client || in.server != ex.server {
			continue
		}
		latest = cmp.Or(latest, in)
		if chosen := in.chosenByServer(); p.present && chosen != nil && bytes.Equal(chosen, p.id) {
			return in
		}
	}
	if latest != nil && p.present && !p.isTrue {
		if chosen := latest.chosenByServer(); chosen != nil {
			r.find("prefix-of-another-run", "The identifier in front is %s, and the server's is %s.", compact(p.id), compact(chosen))
		}
	}
	return latest
}

// chosenByServer is the connection identifier of the CoAP server, nil if it is not known.
func (r *run) chosenByServer() []byte {
	switch {
	case r.Reverse && r.CI != nil:
		return *r.CI
	case !r.Reverse && r.CR != nil:
		return *r.CR
	}
	return nil
}

// combined is a request of RFC 9668: message_3, then the OSCORE ciphertext.
func (f *follower) combined(step *Step, r *reading, ex *exchange, m *message.Message, payload []byte) {
	ex.combined = true
	step.Label = "message_3, then OSCORE"
	first, broken := cborx.InspectFirst(payload)
	if broken != nil || first.Kind != cborx.Bytes || first.Length == len(payload) {
		r.find("combined-malformed", "The payload of the combined request does not begin with a byte string that something follows.")
		step.Messages = append(step.Messages, r.other(payload))
		return
	}
	option, _ := m.Options.GetBytes(optionOSCORE)
	_, kid := oscoreFields(option)
	ex.run = f.runOf(r, ex, prefix{})
	for _, in := range slices.Backward(f.runs) {
		if in.client == ex.client && in.server == ex.server && in.CR != nil && bytes.Equal(*in.CR, kid) {
			ex.run = in
			break
		}
	}
	if ex.run == nil {
		message, _ := r.byteString(first.Raw, 3, nil)
		r.find("begins-in-the-middle", "The message_1 of this run is not in the capture.")
		step.Messages = append(step.Messages, message)
	} else {
		if cr := ex.run.CR; cr != nil && !bytes.Equal(*cr, kid) {
			r.find("combined-kid-is-not-c-r", "The kid is %s, and C_R is %s.", quoted(kid), quoted(*cr))
		}
		step.Messages = append(step.Messages, f.message(step, r, ex.run, first.Raw, true))
	}
	step.Messages = append(step.Messages, f.protectedRequest(step, r, ex, m, payload[first.Length:]))
}

func (f *follower) response(step *Step, m *message.Message, d Datagram) {
	ex := f.exchanges[d.To+">"+d.From+" "+string(m.Token)]
	var r reading
	if ex == nil {
		step.Label = "response"
		r.find("response-unmatched", "No request has the token %s.", quoted(m.Token))
		f.tell(step, nil, &r)
		return
	}
	ex.answered = true
	payload, whole := m.Payload, true
	key := ex.client + ">" + ex.server + " " + ex.path
	if b, ok := blockOf(m, message.Block2); ok && (b.more || b.number > 0) {
		origin := ex
		if b.number > 0 && f.down[key] != nil {
			origin = f.down[key].ex
		}
		payload, whole = f.block(&r, step, f.down, key, b, m.Payload, ex)
		ex = origin
	}
	if ex.run != nil {
		step.Run = ex.run.Number
	}
	switch {
	case !whole:
		step.Label = "part of a message in blocks"
	case m.Code == codes.Continue:
		step.Label = "asks for the next block"
	case m.Options.HasOption(optionOSCORE):
		step.Label = "OSCORE response"
		step.Messages = append(step.Messages, f.protectedResponse(step, &r, ex, m, payload))
	case ex.edhoc || ex.combined && m.Code>>5 != 2:
		f.edhocResponse(step, &r, ex, m, payload)
	case ex.protected != nil:
		f.refusedOSCORE(step, &r, m, payload)
	default:
		step.Label = "CoAP response"
	}
	f.tell(step, ex.run, &r)
}

func (f *follower) edhocResponse(step *Step, r *reading, ex *exchange, m *message.Message, payload []byte) {
	nodes, _ := cborx.Inspect(payload)
	what := shapeOf(payload)
	format, has := uintOption(m, message.ContentFormat)
	isEDHOC := has && format == 64 || !has && (what == kindMessage1 || what == kindError || what == kindString) && len(nodes) <= 2
	success := m.Code>>5 == 2
	in := ex.run
	if !success && !isEDHOC || len(payload) == 0 {
		f.withoutEDHOC(step, r, ex, m, payload)
		return
	}
	r.format(m, 64)
	var made *Message
	switch {
	case what == kindMessage1 && in == nil:
		ex.run, made = f.begin(step, payload, ex.client, ex.server, true)
	case what == kindError:
		if success {
			r.find("error-in-success", "The error message is in a response %s.", codeName(m.Code))
		}
		made = f.failed(step, r, in, payload, ex.server)
	case what == kindString && in != nil:
		if !success {
			r.find("message-in-error-code", "The message is in a response %s.", codeName(m.Code))
		}
		made = f.message(step, r, in, payload, in.Reverse)
	default:
		made = r.other(payload)
	}
	step.Messages, step.Label = append(step.Messages, made), made.Kind
}

// withoutEDHOC is an answer that has no EDHOC message.
func (f *follower) withoutEDHOC(step *Step, r *reading, ex *exchange, m *message.Message, payload []byte) {
	text := ""
	if len(payload) > 0 && !strings.ContainsFunc(string(payload), func(c rune) bool { return c < ' ' || c == 0xfffd }) {
		text = fmt.Sprintf(" %q", payload)
	}
	code := codeName(m.Code)
	step.Label = code + text
	switch {
	case m.Code>>5 == 2:
		step.Label = "accepted, without a message"
		if ex.run != nil {
			ex.run.steps[0] = step.Number
		}
		return
	case m.Code == codes.Unauthorized && m.Options.HasOption(optionEcho):
		step.Label = "asks for Echo"
		r.find("echo-asked", "The server answers %s with an Echo option.", code)
		return
	case ex.combined:
		r.find("combined-refused", "The server answers the combined request with %s%s.", code, text)
	case m.Code == codes.NotFound:
		r.find("no-edhoc-resource", "The server answers %s: it has nothing at %s.", code, cmp.Or(ex.path, "/"))
	case m.Code == codes.UnsupportedMediaType:
		r.find("content-format-refused", "The server answers %s%s.", code, text)
	default:
		r.find("refused-without-reason", "The server answers %s%s, without an EDHOC error message.", code, text)
	}
	if ex.run != nil && ex.run.ended == "" {
		ex.run.ended = fmt.Sprintf("the server ended it with %s, after message_%d", code, ex.run.last)
	}
}

// end looks for what did not come.
func (f *follower) end() {
	for _, bodies := range []map[string]*body{f.up, f.down} {
		for _, b := range bodies {
			f.add(newFinding("blocks-incomplete", "%s of a message in blocks came, and the rest did not.", bytesOf(len(b.data))), b.step.Number, b.ex.run)
		}
	}
	for _, ex := range f.open {
		if ex.answered || !ex.edhoc && ex.protected == nil && !ex.combined || len(f.down) > 0 && ex.step.Label != kindMessage1 && strings.HasPrefix(ex.step.Label, "asks for block") {
			continue
		}
		times := ""
		if ex.repeats > 0 {
			times = fmt.Sprintf(", sent %d times,", ex.repeats+1)
		}
		f.add(newFinding("no-answer", "The request of step %d (%s)%s has no answer.", ex.step.Number, ex.step.Label, times), ex.step.Number, ex.run)
	}
	f.finish()
	slices.SortStableFunc(f.report.Findings, func(a, b *Finding) int { return cmp.Compare(a.Step, b.Step) })
}
