package explain

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/liblake/lake/ake/internal/suite"
)

// run is a run of EDHOC that is followed.
type run struct {
	*Run
	client, server string
	m1             *message1
	secrets        *secrets // nil: nothing can be computed
	last           int      // the number of the last message
	sent           map[int][]byte
	steps          map[int]int // where the messages were
	ended          string      // how, or empty
	refused        *errorMessage
	protected      bool // OSCORE was used with it
	findings       []*Finding
}

// name is a side, as people call it.
func (r *run) name(initiator bool) string {
	if initiator {
		return "the Initiator"
	}
	return "the Responder"
}

func (r *run) alg() *suite.Suite {
	if r == nil || r.m1 == nil {
		return nil
	}
	return r.m1.alg
}

// begin makes a run of message_1.
func (f *follower) begin(step *Step, data []byte, client, server string, reverse bool) (*run, *Message) {
	var r reading
	message, m1 := r.message1(data)
	made := &run{
		Run:    &Run{Number: len(f.runs) + 1, Initiator: client, Responder: server, Reverse: reverse},
		client: client, server: server, m1: m1, sent: map[int][]byte{1: data}, steps: map[int]int{1: step.Number}, last: 1,
	}
	if reverse {
		made.Initiator, made.Responder = server, client
	}
	if m1.method >= 0 {
		made.Method = fmt.Sprintf("%d (%s)", m1.method, methodName(m1.method))
	}
	if n := len(m1.suites); n > 0 {
		made.Suite = fmt.Sprintf("%d (%s)", m1.suites[n-1], suiteName(m1.suites[n-1]))
	}
	if m1.ci != nil {
		ci := Hex(m1.ci)
		made.CI = &ci
	}
	made.secrets = newSecrets(f.keys, m1)
	f.negotiation(&r, made)
	for _, other := range f.runs {
		if other.last >= 2 && m1.gx != nil && other.m1 != nil && bytes.Equal(other.m1.gx, m1.gx) {
			r.find("ephemeral-key-reused", "G_X is the one of run %d, which got as far as message_%d.", other.Number, other.last)
		}
	}
	f.runs = append(f.runs, made)
	f.report.Runs = append(f.report.Runs, made.Run)
	step.Run = made.Number
	f.tell(step, made, &r)
	return made, message
}

// negotiation looks at a message_1 that comes after error 2 (RFC 9528 section 6.3).
func (f *follower) negotiation(r *reading, next *run) {
	var suitesR []int64
	var refused []int64
	for _, before := range f.runs {
		if before.Initiator == next.Initiator && before.Responder == next.Responder && before.refused != nil && len(before.m1.suites) > 0 {
			refused = append(refused, before.m1.suites[len(before.m1.suites)-1])
			suitesR = before.refused.suitesR
		}
	}
	if refused == nil || len(next.m1.suites) == 0 {
		return
	}
	suites := next.m1.suites
	selected := suites[len(suites)-1]
	first := slices.IndexFunc(suites, func(s int64) bool { return slices.Contains(suitesR, s) })
	switch {
	case slices.Contains(refused, selected):
		r.find("error-2-loop", "message_1 selects suite %d again, which the Responder has refused.", selected)
	case first < 0:
		r.find("suite-not-first", "message_1 selects suite %d, and the Responder supports %s.", selected, list(suitesR))
	case suites[first] != selected:
		r.find("suite-not-first", "message_1 selects suite %d, and suite %d comes before it in SUITES_I and is in SUITES_R.", selected, suites[first])
	}
}

func list(numbers []int64) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(numbers)), ", "), "[]")
}

// message takes message_2, 3 or 4 of a run, from the Initiator or not.
func (f *follower) message(step *Step, r *reading, in *run, data []byte, fromInitiator bool) *Message {
	number := in.next(fromInitiator)
	if in.ended != "" && in.refused == nil {
		r.find("run-after-error", "%s goes on after the run has ended: %s.", capital(in.name(fromInitiator)), in.ended)
	}
	if before, ok := in.sent[number]; ok && !bytes.Equal(before, data) {
		if number == 3 && fromInitiator && f.isMessage4(in, data) {
			r.find("message-4-direction", "The Initiator sent message_3 in step %d, and now another message.", in.steps[3])
			number = 4
		} else {
			r.find("message-again", "Another message_%d than in step %d.", number, in.steps[number])
		}
	}
	m, content := r.byteString(data, number, in.alg())
	step.Run = in.Number
	in.last = max(in.last, number)
	if _, ok := in.sent[number]; !ok {
		in.sent[number], in.steps[number] = data, step.Number
	}
	s := in.secrets
	if content == nil || s == nil {
		return m
	}
	switch number {
	case 2:
		if p := s.message2(r, content); p != nil {
			m.Parts = append(m.Parts, p.part)
			f.identifiers(r, in, p)
		}
	case 3:
		for _, p := range s.message3(r, content) {
			m.Parts = append(m.Parts, p.part)
		}
	case 4:
		text, opened, tried := s.message4(content)
		switch {
		case opened:
			m.Parts = append(m.Parts, r.plaintext("PLAINTEXT_4", 4, text).part)
		case tried:
			r.find("decryption-failed", "message_4 does not open with K_4.")
		}
	}
	return m
}

// next is the number of the message that a side sends next, or again.
func (r *run) next(fromInitiator bool) int {
	switch {
	case fromInitiator:
		return 3
	case r.last >= 3:
		return 4
	}
	return 2
}

// isMessage4 reports whether what the Initiator sends after message_3 is a message_4:
// with keys it opens as one, without it came after an answer to message_3.
func (f *follower) isMessage4(in *run, data []byte) bool {
	var quiet reading
	_, content := quiet.byteString(data, 4, in.alg())
	if in.secrets != nil {
		if _, opened, tried := in.secrets.message4(content); tried {
			return opened
		}
	}
	_, answered := in.sent[4]
	return answered || in.steps[0] > 0
}

func (f *follower) identifiers(r *reading, in *run, p *plaintext) {
	if p.cr == nil {
		return
	}
	cr := Hex(p.cr)
	in.CR = &cr
	if bytes.Equal(p.cr, in.m1.ci) {
		r.find("c-r-equals-c-i", "C_R and C_I are both %s.", compact(p.cr))
	}
	for name, id := range map[string][]byte{"C_I": in.m1.ci, "C_R": p.cr} {
		if limit := in.alg().OSCOREIDLength(); len(id) > limit {
			r.find("identifier-too-long", "%s has %s, and OSCORE takes %d with suite %d.", name, bytesOf(len(id)), limit, in.alg().ID)
		}
	}
}

// failed takes an error message. in may be nil: the run is not known.
func (f *follower) failed(step *Step, r *reading, in *run, data []byte, sender string) *Message {
	m, e := r.errorMessage(data)
	who := "Somebody"
	after := ""
	if in != nil {
		step.Run = in.Number
		who = capital(in.name(sender == in.Initiator))
		after = fmt.Sprintf(" after message_%d", in.last)
		in.ended = fmt.Sprintf("%s ended it%s with error %d (%s)", in.name(sender == in.Initiator), after, e.code, errorName(e.code))
	}
	switch e.code {
	case 1:
		r.find("error-unspecified", "%s ended the run%s: %q.", who, after, e.text)
	case 2:
		r.find("suite-refused", "%s does not support the selected suite; it supports %s.", who, list(e.suitesR))
		if in != nil {
			in.refused = e
			if n := len(in.m1.suites); n > 0 && slices.Contains(e.suitesR, in.m1.suites[n-1]) {
				r.find("suites-r-has-selected", "Suite %d was selected, and SUITES_R is %s.", in.m1.suites[n-1], list(e.suitesR))
			}
		}
	case 3:
		r.find("unknown-credential", "%s does not know the credential%s.", who, f.credentialSent(in, sender))
	}
	return m
}

// credentialSent says which credential a side was told of.
func (f *follower) credentialSent(in *run, sender string) string {
	if in == nil || in.secrets == nil {
		return ""
	}
	side := "ID_CRED_R"
	if sender == in.Responder {
		side = "ID_CRED_I"
	}
	for _, v := range in.secrets.values {
		if v.Name == side || v.Name == "ID_CRED_PSK" {
			return fmt.Sprintf(" %s of %s", IDCred(v.Value), v.Name)
		}
	}
	return ""
}

func errorName(code int64) string {
	if name := errorCodes[code]; name != "" {
		return name
	}
	return "unknown"
}

// finish says how each run went.
func (f *follower) finish() {
	for i, r := range f.runs {
		r.Keys = "none"
		if s := r.secrets; s != nil {
			r.Values = s.values
			if s.from != "" {
				r.Keys = "of " + s.from
			}
		}
		r.Outcome = r.outcome()
		retried := slices.ContainsFunc(f.runs[i+1:], func(next *run) bool { return next.Initiator == r.Initiator && next.Responder == r.Responder })
		if e := r.refused; e != nil && !retried &&
			!slices.ContainsFunc(r.m1.suites, func(s int64) bool { return slices.Contains(e.suitesR, s) }) {
			f.add(newFinding("no-common-suite", "SUITES_I is %s, SUITES_R is %s, and the Initiator did not try again.", list(r.m1.suites), list(e.suitesR)), 0, r)
		}
	}
}

func (r *run) outcome() string {
	var text string
	switch {
	case r.ended != "":
		text = capital(r.ended)
	case r.sent[4] != nil:
		return "Completed, with message_4"
	case r.protected:
		return "Completed: OSCORE was used with its keys"
	case r.last == 3 && r.steps[0] > 0:
		return "Completed as far as can be seen: message_3 was answered without an error"
	case r.last == 3:
		text = "message_3 was sent; nothing shows that it was accepted"
	default:
		text = fmt.Sprintf("It did not go on after message_%d", r.last)
	}
	var causes []string
	for _, finding := range r.findings {
		name := finding.Name
		if finding.Severity == fault && !strings.HasPrefix(name, "error-unspec") && name != "unknown-credential" && !slices.Contains(causes, name) {
			causes = append(causes, name)
		}
	}
	if len(causes) > 0 {
		text += "; probable cause: " + strings.Join(causes, ", ")
	}
	return text
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
