package explain

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Style says how a text is to look.
type Style struct {
	Color  bool // with the escape sequences of terminals
	Bytes  bool // each row of a tree has the range of its bytes, and its section
	Values bool // the values of the key schedule, which are secrets, are shown
}

const (
	bold   = "1"
	red    = "31"
	yellow = "33"
	dim    = "2"
)

func (s Style) paint(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

var severityColor = map[string]string{fault: red, warning: yellow, note: dim}

// Tree is a message as a tree, with what was found in it.
func Tree(m *Message, findings []*Finding, style Style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", style.paint(bold, m.Kind+", "+bytesOf(m.Size)))
	for i, part := range m.Parts {
		if i > 0 {
			fmt.Fprintf(&b, "  %s, %s\n", style.paint(bold, part.Name), bytesOf(len(part.Data)))
		}
		style.rows(&b, part.Nodes, "  ")
	}
	for _, f := range findings {
		fmt.Fprintf(&b, "  %s\n", style.paint(severityColor[f.Severity], "! "+f.Name+": "+f.Text))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (s Style) rows(b *strings.Builder, nodes []Node, indent string) {
	width := 0
	for _, n := range nodes {
		width = max(width, utf8.RuneCountInString(n.Name))
	}
	for _, n := range nodes {
		bytes, section := "", ""
		if s.Bytes {
			bytes = s.paint(dim, fmt.Sprintf("%4d+%-4d ", n.At, n.Length))
			if n.Section != "" {
				section = s.paint(dim, "  ["+n.Section+"]")
			}
		}
		fmt.Fprintf(b, "%s%s%-*s  %s%s\n", bytes, indent, width, n.Name, n.Text, section)
		s.rows(b, n.Children, indent+"  ")
	}
}

// Text is the whole report: the exchange as a ladder, each message, each run, and the
// diagnosis.
func (r *Report) Text(style Style) string {
	var b strings.Builder
	for _, text := range r.Notes {
		fmt.Fprintf(&b, "%s\n", text)
	}
	if len(r.Steps) == 0 {
		fmt.Fprintf(&b, "There is no EDHOC and no OSCORE here; %s.\n", count(r.Others, "other datagram"))
		return b.String()
	}
	r.ladder(&b, style)
	for _, step := range r.Steps {
		if step.Repeats > 0 || len(step.Messages) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", style.paint(bold, fmt.Sprintf("Step %d, %s to %s", step.Number, step.From, step.To)))
		if step.Datagram != nil && style.Bytes {
			fmt.Fprintf(&b, "CoAP message, %s\n", bytesOf(len(step.Datagram.Data)))
			style.rows(&b, step.Datagram.Nodes, "  ")
		}
		for _, m := range step.Messages {
			fmt.Fprintf(&b, "%s\n", Tree(m, nil, style))
		}
	}
	for _, run := range r.Runs {
		run.text(&b, style)
	}
	r.diagnosis(&b, style)
	return b.String()
}

// ladder draws who sent what, with a pair of lines for each two that talk.
func (r *Report) ladder(b *strings.Builder, style Style) {
	var pairs [][2]string
	of := map[[2]string][]*Step{}
	for _, step := range r.Steps {
		key := [2]string{step.From, step.To}
		if _, ok := of[[2]string{step.To, step.From}]; ok {
			key = [2]string{step.To, step.From}
		}
		if of[key] == nil {
			pairs = append(pairs, key)
		}
		of[key] = append(of[key], step)
	}
	for i, key := range pairs {
		if i > 0 {
			b.WriteString("\n")
		}
		width := 20
		for _, step := range of[key] {
			width = max(width, utf8.RuneCountInString(step.label())+8)
		}
		fmt.Fprintf(b, "step      time  %s%s%s\n", style.paint(bold, key[0]), strings.Repeat(" ", max(width+2-len(key[0]), 2)), style.paint(bold, key[1]))
		for _, step := range of[key] {
			label := step.label()
			left, right := "|---", ">|"
			if step.From != key[0] {
				left, right = "|<--", "-|"
			}
			line := left + " " + label + " " + strings.Repeat("-", max(width-utf8.RuneCountInString(label)-6, 1)) + right
			fmt.Fprintf(b, "%4d %9.3f  %s  %s\n", step.Number, step.Seconds, line, style.paint(dim, step.CoAP))
		}
	}
	if r.Others > 0 {
		fmt.Fprintf(b, "(and %s that have nothing to do with EDHOC or OSCORE)\n", count(r.Others, "datagram"))
	}
}

func (s *Step) label() string {
	label := s.Label
	if len(s.Messages) == 1 && s.Messages[0].Number > 0 {
		label += fmt.Sprintf(" (%s)", bytesOf(s.Messages[0].Size))
	}
	if s.Repeats > 0 {
		label += fmt.Sprintf(", again as step %d", s.Repeats)
	}
	return label
}

func (r *Run) text(b *strings.Builder, style Style) {
	fmt.Fprintf(b, "\n%s\n", style.paint(bold, fmt.Sprintf("Run %d: %s", r.Number, r.Outcome)))
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(b, "  %-10s %s\n", name, text)
		}
	}
	row("Initiator", r.Initiator)
	row("Responder", r.Responder)
	if r.Reverse {
		row("flow", "reverse: the CoAP client is the Responder")
	}
	row("method", r.Method)
	row("suite", r.Suite)
	if r.CI != nil {
		row("C_I", quoted(*r.CI))
	}
	if r.CR != nil {
		row("C_R", quoted(*r.CR))
	}
	row("keys", r.Keys)
	if !style.Values {
		return
	}
	for _, v := range r.Values {
		fmt.Fprintf(b, "  %-26s %s\n", v.Name, quoted(v.Value))
	}
}

func (r *Report) diagnosis(b *strings.Builder, style Style) {
	fmt.Fprintf(b, "\n%s\n", style.paint(bold, "Diagnosis"))
	if len(r.Findings) == 0 {
		b.WriteString("  Nothing is remarkable.\n")
		return
	}
	for _, f := range r.Findings {
		where := ""
		if f.Step > 0 {
			where = fmt.Sprintf("step %d: ", f.Step)
		}
		fmt.Fprintf(b, "  %s %s%s\n", style.paint(severityColor[f.Severity], f.Severity+" "+f.Name+":"), where, f.Text)
		if f.Severity == note {
			continue
		}
		advice := f.Advice
		if f.Section != "" {
			advice += " [" + f.Section + "]"
		}
		fmt.Fprintf(b, "      %s\n", style.paint(dim, advice))
	}
}
