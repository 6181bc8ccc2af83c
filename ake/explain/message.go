package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// What kinds of message there are, by their shape.
const (
	kindMessage1 = "message_1"
	kindError    = "error message"
	kindString   = "message_2, or message_3 or message_4" // one byte string
	kindOther    = "no EDHOC message, CBOR"
	kindNoCBOR   = "no CBOR"
)

var kinds = map[int]string{1: kindMessage1, 2: "message_2", 3: "message_3", 4: "message_4"}

// shape tells what a message may be. It looks at the beginning, so that a damaged
// message is still taken for what it was meant to be.
func shape(nodes []cborx.Node) string {
	is := func(i int, kinds ...cborx.Kind) bool { return i < len(nodes) && slices.Contains(kinds, nodes[i].Kind) }
	switch {
	case len(nodes) == 0:
		return kindNoCBOR
	case is(0, cborx.Int) && is(1, cborx.Int, cborx.Array) && !is(2, cborx.Int) && (len(nodes) >= 4 || is(2, cborx.Bytes)):
		return kindMessage1 // three items may be an identifier and an error message
	case is(0, cborx.Array) && len(nodes) == 1 && shape(nodes[0].Children) == kindMessage1:
		return kindMessage1
	case is(0, cborx.Int) && len(nodes) <= 2:
		return kindError
	case is(0, cborx.Bytes) && len(nodes[0].Content()) > 0:
		return kindString
	}
	return kindOther
}

// shapeOf is shape of what may be cut in its key: METHOD, SUITES_I, and a byte string
// that is longer than the data.
func shapeOf(data []byte) string {
	nodes, broken := cborx.Inspect(data)
	if broken != nil && len(nodes) == 2 && nodes[0].Kind == cborx.Int && cborx.Item(data[nodes[0].Length+nodes[1].Length:]).Kind() == cborx.Bytes {
		return kindMessage1
	}
	return shape(nodes)
}

// message1 is what is known of a message_1.
type message1 struct {
	method  int64
	suites  []int64
	alg     *suite.Suite // nil: not known
	gx, ci  []byte
	labels  []int64 // of critical EAD
	encoded []byte
}

func methodName(method int64) string {
	if info, ok := ake.Method(method).Info(); ok && method == int64(ake.Method(method)) {
		return info.Name
	}
	return "unknown"
}

func suiteName(id int64) string {
	if s := suite.Lookup(int(id)); s != nil && int64(int(id)) == id {
		return s.Name
	}
	return "unknown"
}

func (r *reading) message1(data []byte) (*Message, *message1) {
	nodes, whole := r.items("message_1", data)
	out := &Message{Kind: kindMessage1, Number: 1, Size: len(data), Section: "RFC 9528, section 5.2.1"}
	m := &message1{method: -1, encoded: data}
	var rows []Node
	if len(nodes) == 1 && nodes[0].Kind == cborx.Array {
		r.find("message-in-array", "message_1 is one array instead of its items one after the other.")
		nodes = nodes[0].Children
	}
	for i, n := range nodes[:min(len(nodes), 4)] {
		switch i {
		case 0:
			m.method, rows = r.method(n, rows)
		case 1:
			rows = append(rows, r.suites(n, "SUITES_I", &m.suites))
			if len(m.suites) > 0 {
				m.alg = suite.Lookup(int(m.suites[len(m.suites)-1]))
			}
		case 2:
			rows = append(rows, r.ephemeral("G_X", n, m.alg))
			if n.Kind == cborx.Bytes {
				m.gx = n.Content()
			}
		case 3:
			id, text := r.identifier("C_I", n, false)
			m.ci, rows = id, append(rows, row("C_I", n, "RFC 9528, section 3.3", "%s", text))
		}
	}
	if whole && len(nodes) < 4 {
		r.find("items-missing", "message_1 has %s, and needs METHOD, SUITES_I, G_X and C_I.", count(len(nodes), "item"))
	}
	if len(nodes) > 4 {
		var items []Node
		items, m.labels = r.ead("EAD_1", nodes[4:])
		rows = append(rows, items...)
	}
	out.Parts = []Part{{Data: data, Nodes: append(rows, rest(data, nodes)...)}}
	return out, m
}

func (r *reading) method(n cborx.Node, rows []Node) (int64, []Node) {
	method, ok := n.Int()
	if !ok {
		method = -1
	}
	name := methodName(method)
	if name == "unknown" {
		r.find("method-unknown", "METHOD is %s.", short(n.Diag()))
	}
	return method, append(rows, row("METHOD", n, "RFC 9528, section 3.2", "%s (%s)", short(n.Diag()), name))
}

// suites reads SUITES_I or SUITES_R into list.
func (r *reading) suites(n cborx.Node, name string, list *[]int64) Node {
	elements := []cborx.Node{n}
	if n.Kind == cborx.Array {
		if elements = n.Children; len(elements) < 2 {
			r.find("suites-array-of-one", "%s is %s.", name, n.Diag())
		}
	}
	var rows []Node
	for _, e := range elements {
		id, ok := e.Int()
		if !ok {
			r.find("wrong-type", "%s has the element %s, which is no int.", name, short(e.Diag()))
			continue
		}
		*list = append(*list, id)
		rows = append(rows, row("suite", e, "", "%d: %s", id, suiteName(id)))
	}
	tree := row(name, n, "RFC 9528, section 3.6", "%s", short(n.Diag()))
	if name == "SUITES_I" && len(*list) > 0 {
		selected := (*list)[len(*list)-1]
		tree.Text += fmt.Sprintf(" (selected: %d, %s)", selected, suiteName(selected))
		if suite.Lookup(int(selected)) == nil {
			r.find("suite-unknown", "The selected suite is %d.", selected)
		}
	}
	if n.Kind == cborx.Array {
		tree.Children = rows
	}
	return tree
}

// ephemeral is the row of G_X or G_Y, which is checked if the suite is known.
func (r *reading) ephemeral(name string, n cborx.Node, alg *suite.Suite) Node {
	if n.Kind != cborx.Bytes {
		r.find("wrong-type", "%s is %s, which is no byte string.", name, short(n.Diag()))
		return row(name, n, "RFC 9528, section 3.7", "%s", short(n.Diag()))
	}
	key := n.Content()
	text := fmt.Sprintf("%s, %s", bytesOf(len(key)), quoted(key))
	if alg != nil && len(key) != alg.PublicKeyLength() {
		text = fmt.Sprintf("%s, but suite %d has %d, %s", bytesOf(len(key)), alg.ID, alg.PublicKeyLength(), quoted(key))
	} else if alg != nil {
		text = fmt.Sprintf("%s, key on %s, %s", bytesOf(len(key)), alg.Curve, quoted(key))
	}
	r.checkEphemeral(name, key, alg)
	return row(name, n, "RFC 9528, section 3.7", "%s", text)
}

func (r *reading) checkEphemeral(name string, key []byte, alg *suite.Suite) {
	if alg == nil {
		return
	}
	if n := alg.PublicKeyLength(); len(key) != n {
		looks := ""
		switch {
		case len(key) == 2*n+1 && key[0] == 4:
			looks = " It looks like 0x04, x and y: send x alone."
		case len(key) == 2*n:
			looks = " It looks like x and y: send x alone."
		case len(key) == n+1 && (key[0] == 2 || key[0] == 3):
			looks = " It looks like a compressed point: leave out its first byte."
		}
		r.find("ephemeral-key-length", "%s has %s, and suite %d has keys of %d (%s).%s", name, bytesOf(len(key)), alg.ID, n, alg.Curve, looks)
		return
	}
	public, err := suite.ParsePublicKey(alg.Curve, key)
	if err == nil {
		private, _, generated := ake.GenerateKey(ake.KeyKind(alg.Curve))
		if generated == nil {
			mine, failed := suite.ParsePrivateKey(alg.Curve, private)
			if failed == nil {
				_, err = mine.ECDH(public)
			}
		}
	}
	if err != nil {
		r.find("ephemeral-key-invalid", "%s is no key on %s that is of use: its point is not on the curve, or of low order.", name, alg.Curve)
	}
}

// ead takes the items of an EAD field apart; labels are those of critical ones.
func (r *reading) ead(name string, nodes []cborx.Node) (rows []Node, labels []int64) {
	const section = "RFC 9528, section 3.8"
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		label, ok := n.Int()
		if n.Kind != cborx.Int {
			r.find("ead-malformed", "%s has %s where a label should be.", name, short(n.Diag()))
			rows = append(rows, row(name, n, section, "%s", short(n.Diag())))
			continue
		}
		text := n.Diag()
		switch {
		case !ok:
		case label == 0:
			text += " (padding)"
		case label < 0:
			text += " (critical)"
			labels = append(labels, label)
		}
		item := row(name, n, section, "%s", text)
		if i+1 < len(nodes) && nodes[i+1].Kind == cborx.Bytes {
			i++
			value := nodes[i]
			item.Length += value.Length
			item.Text += fmt.Sprintf(" = %s, %s", bytesOf(len(value.Content())), short(quoted(value.Content())))
		}
		rows = append(rows, item)
	}
	for _, label := range labels {
		r.find("ead-critical", "%s has a critical item with the label %d.", name, label)
	}
	return rows, labels
}

var errorCodes = map[int64]string{0: "success", 1: "unspecified error", 2: "wrong selected cipher suite", 3: "unknown credential"}

// errorMessage is what is known of an error message.
type errorMessage struct {
	code    int64
	text    string
	suitesR []int64
}

func (r *reading) errorMessage(data []byte) (*Message, *errorMessage) {
	nodes, _ := r.items("The error message", data)
	out := &Message{Kind: kindError, Size: len(data), Section: "RFC 9528, section 6"}
	e := &errorMessage{code: -1}
	var rows []Node
	if len(nodes) > 0 {
		code, ok := nodes[0].Int()
		name := errorCodes[code]
		if !ok || name == "" {
			name = "unknown"
		}
		if ok {
			e.code = code
		}
		rows = append(rows, row("ERR_CODE", nodes[0], "RFC 9528, section 6", "%s (%s)", nodes[0].Diag(), name))
		switch {
		case name == "unknown":
			r.find("error-code-unknown", "The error code is %s.", nodes[0].Diag())
		case code == 0:
			r.find("error-code-0", "The error code is 0, success.")
		}
	}
	malformed := len(nodes) != 2
	if len(nodes) > 1 {
		n := nodes[1]
		switch e.code {
		case 1:
			malformed = malformed || n.Kind != cborx.Text
			if n.Kind == cborx.Text {
				e.text = string(n.Content())
			}
			rows = append(rows, row("ERR_INFO", n, "RFC 9528, section 6.2", "%s", short(n.Diag())))
		case 2:
			malformed = malformed || n.Kind != cborx.Int && n.Kind != cborx.Array
			tree := r.suites(n, "SUITES_R", &e.suitesR)
			tree.Section = "RFC 9528, section 6.3"
			rows = append(rows, tree)
		case 3:
			malformed = malformed || !n.IsTrue()
			rows = append(rows, row("ERR_INFO", n, "RFC 9528, section 6.4", "%s", short(n.Diag())))
		default:
			rows = append(rows, row("ERR_INFO", n, "RFC 9528, section 6", "%s", short(n.Diag())))
		}
	}
	if malformed {
		r.find("error-malformed", "The error message has %s, and ERR_INFO is not what code %d has.", count(len(nodes), "item"), e.code)
	}
	out.Parts = []Part{{Data: data, Nodes: append(rows, rest(data, nodes)...)}}
	return out, e
}

// byteString is message_2, 3 or 4. Number 0: not known which. A suite tells how long
// G_Y is.
func (r *reading) byteString(data []byte, number int, alg *suite.Suite) (out *Message, content []byte) {
	kind := kinds[number]
	sections := map[int]string{2: "RFC 9528, section 5.3.1", 3: "RFC 9528, section 5.4.1", 4: "RFC 9528, section 5.5.1"}
	nodes, whole := r.items("The message", data)
	if kind == "" {
		if kind = kindString; len(nodes) > 0 && len(nodes[0].Content()) <= 32 {
			kind = "message_3 or message_4"
		}
	}
	out = &Message{Kind: kind, Number: number, Size: len(data), Section: sections[number]}
	if len(nodes) == 0 || nodes[0].Kind != cborx.Bytes {
		rows := []Node{}
		for _, n := range nodes {
			rows = append(rows, row("item", n, "", "%s", short(n.Diag())))
		}
		if whole {
			r.find("wrong-type", "%s is no byte string.", out.Kind)
		}
		out.Parts = []Part{{Data: data, Nodes: append(rows, rest(data, nodes)...)}}
		return out, nil
	}
	n := nodes[0]
	content = n.Content()
	at := n.At + n.Head
	var rows []Node
	field := func(name string, from, to int, text string) {
		rows = append(rows, Node{Name: name, At: at + from, Length: to - from, Text: text, Section: out.Section})
	}
	if number == 2 || number == 0 && len(content) > 32 {
		lengths := []struct {
			n      int
			curves string
		}{{32, " if X25519, P-256"}, {48, " if P-384"}, {56, " if X448"}}
		if alg != nil {
			lengths = lengths[:1]
			lengths[0].n, lengths[0].curves = alg.PublicKeyLength(), ""
		}
		for _, l := range lengths {
			if len(content) > l.n {
				gy, c2 := content[:l.n], content[l.n:]
				field("G_Y"+l.curves, 0, l.n, fmt.Sprintf("%s, %s", bytesOf(len(gy)), quoted(gy)))
				field("CIPHERTEXT_2"+l.curves, l.n, len(content), fmt.Sprintf("%s, %s", bytesOf(len(c2)), short(quoted(c2))))
			}
		}
		if alg != nil && len(content) > alg.PublicKeyLength() {
			r.checkEphemeral("G_Y", content[:alg.PublicKeyLength()], alg)
		} else if alg != nil {
			r.find("items-missing", "message_2 has %s, and G_Y alone has %d.", bytesOf(len(content)), alg.PublicKeyLength())
		}
	} else {
		name := "CIPHERTEXT"
		tag := "tag of 8 or 16 included"
		if number > 0 {
			name += "_" + strconv.Itoa(number)
		}
		if alg != nil {
			tag = fmt.Sprintf("tag of %d included", alg.TagLength())
		}
		field(name, 0, len(content), fmt.Sprintf("%s, %s, %s", bytesOf(len(content)), tag, short(quoted(content))))
	}
	if len(nodes) > 1 {
		r.find("trailing-items", "%s is followed by %s.", out.Kind, count(len(nodes)-1, "item"))
		for _, n := range nodes[1:] {
			rows = append(rows, row("surplus", n, "", "%s", short(n.Diag())))
		}
	}
	out.Parts = []Part{{Data: data, Nodes: append(rows, rest(data, nodes)...)}}
	return out, content
}

// other is what is no EDHOC message.
func (r *reading) other(data []byte) *Message {
	nodes, whole := r.items("The payload", data)
	out := &Message{Kind: kindOther, Size: len(data)}
	if !whole && len(nodes) == 0 || len(data) == 0 {
		out.Kind = kindNoCBOR
	}
	var rows []Node
	for _, n := range nodes {
		rows = append(rows, row("item", n, "", "%s", short(n.Diag())))
	}
	out.Parts = []Part{{Data: data, Nodes: append(rows, rest(data, nodes)...)}}
	return out
}

// prefix is what CoAP puts in front of a message: true, or an identifier.
type prefix struct {
	present bool
	isTrue  bool
	id      []byte
	node    Node
	length  int
}

const prefixSection = "RFC 9528, appendix A.2"

// cutPrefix finds the prefix of a message. A request has one; of what comes without
// CoAP it is told by the shape of what follows.
func (r *reading) cutPrefix(data []byte, request bool) prefix {
	nodes, _ := cborx.Inspect(data)
	if len(nodes) == 0 {
		return prefix{}
	}
	first, follows := nodes[0], shape(nodes[1:])
	if first.IsTrue() {
		return prefix{present: true, isTrue: true, length: 1, node: row("prefix", first, prefixSection, "true: starts a run")}
	}
	if first.Kind != cborx.Int && first.Kind != cborx.Bytes || len(nodes) == 1 && first.Length == len(data) || shape(nodes) == kindMessage1 {
		return prefix{}
	}
	long := len(nodes) > 1 && nodes[1].Kind == cborx.Bytes && len(nodes[1].Content()) >= 8
	switch {
	case follows == kindString && (request || long && len(nodes) == 2):
	case request && follows == kindError && len(nodes) == 3:
	case request && len(nodes) == 1: // what follows is damaged
	default:
		return prefix{}
	}
	var scratch reading
	id, _ := scratch.identifier("The prefix", first, false)
	if id == nil {
		return prefix{}
	}
	r.findings = append(r.findings, scratch.findings...)
	return prefix{present: true, id: id, length: first.Length,
		node: row("prefix", first, prefixSection, "%s: connection identifier of the receiver", first.Diag())}
}

// behind is the message without the prefix, with what the prefix is in its tree.
func (p prefix) behind(m *Message, whole []byte) *Message {
	if !p.present {
		return m
	}
	part := &m.Parts[0]
	part.Data = whole
	shift(part.Nodes, p.length)
	part.Nodes = append([]Node{p.node}, part.Nodes...)
	return m
}

func shift(nodes []Node, by int) {
	for i := range nodes {
		nodes[i].At += by
		shift(nodes[i].Children, by)
	}
}

// Decode takes one message apart. What it is, is seen from its shape: message_1, an
// error message, or one byte string. That can be message_2, 3 or 4: number tells which,
// or is 0. suiteID tells how long the key in message_2 is, or is negative. A connection
// identifier or `true` in front, as over CoAP, is understood. What is no message is
// shown as CBOR.
func Decode(data []byte, number, suiteID int) (*Message, []*Finding) {
	var r reading
	var alg *suite.Suite
	if suiteID >= 0 {
		alg = suite.Lookup(suiteID)
	}
	p := r.cutPrefix(data, false)
	body := data[p.length:]
	var m *Message
	switch shapeOf(body) {
	case kindMessage1:
		m, _ = r.message1(body)
	case kindError:
		m, _ = r.errorMessage(body)
	case kindString:
		m, _ = r.byteString(body, number, alg)
	default:
		m = r.other(body)
	}
	return p.behind(m, data), r.findings
}

// faultsIn are the names of findings, for texts.
func faultsIn(findings []*Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Name)
	}
	return strings.Join(all, ", ")
}
