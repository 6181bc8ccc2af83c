package explain

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
)

// reading is the taking apart of one message: what was found on the way.
type reading struct{ findings []*Finding }

func (r *reading) find(name, format string, args ...any) {
	r.findings = append(r.findings, newFinding(name, format, args...))
}

const maxText = 160

// short cuts the diagnostic notation of what is long: the bytes are shown anyway.
func short(text string) string {
	if len(text) <= maxText {
		return text
	}
	return fmt.Sprintf("%s... (%d characters)", strings.ToValidUTF8(text[:maxText-20], ""), len(text))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func bytesOf(n int) string { return count(n, "byte") }

func quoted(data []byte) string { return "h'" + hex.EncodeToString(data) + "'" }

// node is the row of an item.
func row(name string, n cborx.Node, section, format string, args ...any) Node {
	return Node{Name: name, At: n.At, Length: n.Length, Text: fmt.Sprintf(format, args...), Section: section}
}

var faultNames = map[cborx.Fault]struct{ name, text string }{
	cborx.NotShortest:  {"non-minimal-cbor", "an item has a longer head than its value needs"},
	cborx.Indefinite:   {"indefinite-length", "an item has no length in its head"},
	cborx.DuplicateKey: {"duplicate-map-key", "a map has the same key twice"},
	cborx.NotUTF8:      {"text-not-utf8", "a text string has other bytes than those of UTF-8"},
}

// items reads a CBOR sequence, and finds what is wrong with its encoding.
func (r *reading) items(what string, data []byte) (nodes []cborx.Node, whole bool) {
	nodes, broken := cborx.Inspect(data)
	for _, n := range nodes {
		for _, f := range n.AllFaults() {
			r.find(faultNames[f.Fault].name, "%s, byte %d: %s.", what, f.At, faultNames[f.Fault].text)
		}
	}
	if broken != nil {
		r.find("not-cbor", "%s is no CBOR from %s.", what, broken)
	}
	return nodes, broken == nil
}

// rest is a row for the bytes from which on data is no CBOR.
func rest(data []byte, nodes []cborx.Node) []Node {
	at := 0
	if len(nodes) > 0 {
		last := nodes[len(nodes)-1]
		at = last.At + last.Length
	}
	if at >= len(data) {
		return nil
	}
	_, broken := cborx.InspectFirst(data[at:])
	if broken == nil {
		return nil
	}
	return []Node{{Name: "no CBOR", At: at, Length: len(data) - at,
		Text: fmt.Sprintf("%s; %s", (&cborx.BrokenError{At: at + broken.At, Why: broken.Why}).Error(), short(quoted(data[at:])))}}
}

// names of the keys of a map, and of what its values are maps of.
type names struct {
	of    map[int64]string
	under map[int64]*names
	text  func(key int64, value cborx.Node) string // what the value means
}

var coseKey = &names{
	of: map[int64]string{1: "kty", 2: "kid", 3: "alg", 4: "key_ops", 5: "Base IV", -1: "crv", -2: "x", -3: "y", -4: "d"},
	text: func(key int64, value cborx.Node) string {
		v, _ := value.Int()
		switch key {
		case 1:
			return map[int64]string{1: "OKP", 2: "EC2", 4: "Symmetric"}[v]
		case -1:
			return map[int64]string{1: "P-256", 2: "P-384", 3: "P-521", 4: "X25519", 5: "X448", 6: "Ed25519", 7: "Ed448"}[v]
		case -4:
			return "a private key, which has no place in a credential"
		}
		return ""
	},
}

var ccsClaims = &names{
	of:    map[int64]string{1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat", 7: "cti", 8: "cnf"},
	under: map[int64]*names{8: {of: map[int64]string{1: "COSE_Key", 3: "kid"}, under: map[int64]*names{1: coseKey}}},
}

var headerParameters = &names{
	of: map[int64]string{
		1: "alg", cose.LabelCrit: "crit", 3: "content type", cose.LabelKid: "kid", 5: "IV", cose.LabelKidContext: "kid context",
		cose.LabelKcwt: "kcwt", cose.LabelKccs: "kccs", cose.LabelC5T: "c5t", cose.LabelC5U: "c5u", cose.LabelC5B: "c5b", cose.LabelC5C: "c5c",
		cose.LabelX5Bag: "x5bag", cose.LabelX5Chain: "x5chain", cose.LabelX5T: "x5t", cose.LabelX5U: "x5u",
	},
	under: map[int64]*names{cose.LabelKccs: ccsClaims},
	text: func(key int64, value cborx.Node) string {
		switch key {
		case cose.LabelKid:
			return "key identifier"
		case cose.LabelX5T, cose.LabelC5T:
			return "hash of a certificate"
		case cose.LabelX5U, cose.LabelC5U:
			return "where the certificate is"
		}
		return ""
	},
}

// entries are the rows of a map's entries. Data at is where n lies in its Part.
func (k *names) entries(n cborx.Node) (rows []Node) {
	for i := 0; i+1 < len(n.Children); i += 2 {
		key, value := n.Children[i], n.Children[i+1]
		entry := Node{Name: short(key.Diag()), At: key.At, Length: key.Length + value.Length, Text: short(value.Diag())}
		if label, ok := key.Int(); ok && k != nil {
			if name := k.of[label]; name != "" {
				entry.Name += " (" + name + ")"
			}
			if k.text != nil {
				if text := k.text(label, value); text != "" {
					entry.Text += " (" + text + ")"
				}
			}
			if under := k.under[label]; under != nil && value.Kind == cborx.Map {
				entry.Children, entry.Text = under.entries(value), count(len(value.Children)/2, "entry")
				entry.Text = strings.Replace(entry.Text, "entrys", "entries", 1)
			}
		}
		rows = append(rows, entry)
	}
	return rows
}

// labelNames are the names of the parameters of an ID_CRED_x map.
func labelNames(n cborx.Node) string {
	var all []string
	for i := 0; i < len(n.Children); i += 2 {
		label, ok := n.Children[i].Int()
		name := headerParameters.of[label]
		if !ok || name == "" {
			name = "?"
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

// IDCred is an ID_CRED_x map in diagnostic notation, its labels named.
func IDCred(data []byte) string {
	n, broken := cborx.InspectFirst(data)
	if broken != nil || n.Kind != cborx.Map || n.Length != len(data) {
		return quoted(data)
	}
	return fmt.Sprintf("%s (%s)", short(n.Diag()), labelNames(n))
}

// Diag is a CBOR sequence in diagnostic notation, or its bytes if it is none.
func Diag(data []byte) string { return cborx.Diag(data) }

// idCred takes ID_CRED_x apart and returns the map, or nil if there is none to be had.
func (r *reading) idCred(name string, n cborx.Node) (tree Node, idMap []byte) {
	const section = "RFC 9528, section 3.5.3"
	if n.Kind != cborx.Map {
		id, text := r.identifier(name, n, true)
		if id == nil {
			return row(name, n, section, "%s", text), nil
		}
		return row(name, n, section, "%s: kid %s", text, quoted(id)), cose.KidID(id)
	}
	tree = row(name, n, section, "%s (%s)", short(n.Diag()), labelNames(n))
	tree.Children = headerParameters.entries(n)
	if len(n.Children) == 0 {
		r.find("id-cred-empty", "%s is an empty map.", name)
		return tree, nil
	}
	for i := 0; i+1 < len(n.Children); i += 2 {
		if label, ok := n.Children[i].Int(); ok && label == cose.LabelKid {
			switch value := n.Children[i+1]; {
			case value.Kind != cborx.Bytes:
				r.find("kid-is-no-bytes", "%s has the kid %s, which is no byte string.", name, short(value.Diag()))
			case len(n.Children) == 2:
				r.find("id-cred-kid-in-map", "%s is %s; it would be sent as %s.", name, n.Diag(), compact(value.Content()))
			}
		}
	}
	if id, err := cose.ParseIDCred(n.Raw); err == nil && id.ByValue() {
		if c, err := cred.FromIDCred(id); err == nil {
			tree.Text = fmt.Sprintf("the credential itself (%s): %s", labelNames(n), describe(c))
			if c.Key != nil && !c.Key.HasY() && c.Key.Kind().PublicLength() > 2*32-1 {
				tree.Text += ", x alone"
			}
		}
	}
	return tree, n.Raw
}

// compact is a kid as it is sent.
func compact(kid []byte) string {
	if isOneByteInt(kid) {
		return cborx.Diag(kid)
	}
	return quoted(kid)
}

// describe tells whose credential it is.
func describe(c *cred.Credential) string {
	id := c.Identity()
	text := map[cred.Type]string{cred.CCS: "CCS", cred.X509: "X.509 certificate", cred.C509: "C509 certificate", cred.CWT: "CWT", cred.PSK: "pre-shared key"}[c.Type]
	if text == "" {
		text = "credential"
	}
	if id.Subject != "" {
		text += " of " + id.Subject
	}
	if id.Issuer != "" {
		text += ", issued by " + id.Issuer
	}
	if c.Key != nil {
		text += ", key on " + c.Key.Kind().String()
	}
	return text
}

// isOneByteInt reports whether id is the encoding of an int in -24..23.
func isOneByteInt(id []byte) bool {
	return len(id) == 1 && (id[0] <= 0x17 || id[0] >= 0x20 && id[0] <= 0x37)
}

// identifier reads a connection identifier, or a kid in its compact form. It gives nil
// for what is neither.
func (r *reading) identifier(name string, n cborx.Node, kid bool) (id []byte, text string) {
	switch v, ok := n.Int(); {
	case n.Kind == cborx.Int && ok && v >= -24 && v <= 23:
		return cborx.AppendInt(nil, v), fmt.Sprintf("%d (the byte 0x%02x)", v, cborx.AppendInt(nil, v)[0])
	case n.Kind == cborx.Int:
		r.find("identifier-out-of-range", "%s is the int %s.", name, n.Diag())
	case n.Kind == cborx.Bytes:
		id := n.Content()
		if isOneByteInt(id) {
			finding := "identifier-as-bytes"
			if kid {
				finding = "kid-as-bytes"
			}
			r.find(finding, "%s is %s; it has to be sent as %s.", name, quoted(id), cborx.Diag(id))
		}
		return id, quoted(id)
	default:
		r.find("wrong-type", "%s is %s, which is neither a byte string nor an int.", name, short(n.Diag()))
	}
	return nil, short(n.Diag())
}
