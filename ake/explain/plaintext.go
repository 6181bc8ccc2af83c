package explain

import (
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// plaintext is what is known of PLAINTEXT_2, 3 or 4.
type plaintext struct {
	part   Part
	ok     bool       // what has to be there is there
	cr     []byte     // of message_2
	crWire []byte     // the same as it stands there
	idCred []byte     // the map
	idNode cborx.Node // as it stands there
	sigMAC []byte     // Signature_or_MAC
	ead    []byte     // EAD as it stands there
	labels []int64    // of critical EAD
	inner  []byte     // CIPHERTEXT_3B of method 4
}

// fields says what stands in a plaintext before EAD.
type fields struct{ identifier, idCred, proof, inner bool }

var plaintextFields = map[string]fields{
	"PLAINTEXT_2": {identifier: true, idCred: true, proof: true}, "PLAINTEXT_2A": {identifier: true},
	"PLAINTEXT_3": {idCred: true, proof: true}, "PLAINTEXT_3A": {idCred: true, inner: true},
	"PLAINTEXT_3B": {}, "PLAINTEXT_4": {},
}

func (r *reading) plaintext(name string, number int, data []byte) *plaintext {
	p := &plaintext{part: Part{Name: name, Data: data}}
	nodes, whole := r.items(name, data)
	digit := string(rune('0' + number))
	side := map[int]string{2: "R", 3: "I"}[number]
	has := plaintextFields[name]
	p.ok = whole
	at := 0
	next := func() (cborx.Node, bool) {
		if at >= len(nodes) {
			p.ok = false
			return cborx.Node{}, false
		}
		at++
		return nodes[at-1], true
	}
	add := func(n Node) { p.part.Nodes = append(p.part.Nodes, n) }
	if has.identifier {
		if n, ok := next(); ok {
			id, text := r.identifier("C_R", n, false)
			p.cr, p.crWire = id, n.Raw
			p.ok = p.ok && id != nil
			add(row("C_R", n, "RFC 9528, section 3.3", "%s", text))
		}
	}
	if has.idCred {
		label := "ID_CRED_" + side
		if has.inner {
			label = "ID_CRED_PSK"
		}
		if n, ok := next(); ok {
			tree, id := r.idCred(label, n)
			p.idCred, p.idNode = id, n
			p.ok = p.ok && id != nil
			add(tree)
		}
	}
	if has.proof || has.inner {
		label := "Signature_or_MAC_" + digit
		section := map[int]string{2: "RFC 9528, section 5.3.2", 3: "RFC 9528, section 5.4.2"}[number]
		if has.inner {
			label, section = "CIPHERTEXT_3B", "draft-ietf-lake-edhoc-psk, section 5"
		}
		if n, ok := next(); ok {
			content := []byte(nil)
			if n.Kind == cborx.Bytes {
				content = n.Content()
			} else {
				p.ok = false
				r.find("wrong-type", "%s is %s, which is no byte string.", label, short(n.Diag()))
			}
			if has.proof {
				p.sigMAC = content
			} else {
				p.inner = content
			}
			add(row(label, n, section, "%s, %s", bytesOf(len(content)), quoted(content)))
		}
	}
	if at < len(nodes) {
		p.ead = data[nodes[at].At:]
		var rows []Node
		rows, p.labels = r.ead("EAD_"+digit, nodes[at:])
		for _, row := range rows {
			add(row)
		}
	}
	p.part.Nodes = append(p.part.Nodes, rest(data, nodes)...)
	return p
}

// proofLength holds the length of Signature_or_MAC against method and suite.
func (r *reading) proofLength(number int, p *plaintext, signs bool, alg *suite.Suite) {
	want, what := alg.MACLength, "a MAC"
	if signs {
		want, what = alg.SignatureLength(), "a signature"
		if alg.SignatureAlg == -8 && len(p.sigMAC) == 114 { // EdDSA: a key of Ed448
			want = 114
		}
	}
	if p.sigMAC != nil && len(p.sigMAC) != want {
		r.find("mac-length", "Signature_or_MAC_%d has %s; with this method and suite %d it is %s of %d.", number, bytesOf(len(p.sigMAC)), alg.ID, what, want)
	}
}
