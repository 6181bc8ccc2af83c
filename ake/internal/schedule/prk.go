package schedule

import (
	"crypto/subtle"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// PRK is one of the pseudorandom keys of section 4.1 with what is derived from it.
// It is made in its place, and there is no other copy of it than those of Copy: its
// holder wipes it. Other outputs are written where the caller says.
type PRK struct{ suite.PRK }

// PRK2e is PRK_2e = EDHOC_Extract( TH_2, G_XY ).
func PRK2e(alg *suite.Suite, th2, gxy []byte) *PRK {
	prk := &PRK{alg.BlankPRK()}
	prk.Extract(th2, gxy)
	return prk
}

// SavedPRK is a PRK of these bytes. It gives false for a wrong number of them.
func SavedPRK(alg *suite.Suite, data []byte) (*PRK, bool) {
	prk := &PRK{alg.BlankPRK()}
	return prk, prk.Set(data)
}

// Copy is one that is wiped by itself.
func (p *PRK) Copy() *PRK {
	same := *p
	return &same
}

// maxHead is the length of the longest head of a CBOR item in bytes.
const maxHead = 9

// kdf fills out with EDHOC_KDF (section 4.1.2), with
//
//	info = (info_label : int, context : bstr, length : uint)
func (p *PRK) kdf(out []byte, label int64, context []byte) {
	var buffer [2 * maxHead]byte
	p.expandInfo(out, cborx.AppendInt(buffer[:0], label), context)
}

// expandInfo is EDHOC_Expand with an info that begins with a label.
func (p *PRK) expandInfo(out, label, context []byte) {
	var tail [maxHead]byte
	p.Expand(out, cborx.AppendBytesHead(label, len(context)), context, cborx.AppendUint(tail[:0], uint64(len(out))))
}

// expanded is a PRK that is the output of EDHOC_KDF.
func (p *PRK) expanded(label int64, context []byte) *PRK {
	next := &PRK{p.Blank()}
	p.kdf(next.Bytes(), label, context)
	return next
}

// extracted is EDHOC_Extract with an output of EDHOC_KDF as the salt.
func (p *PRK) extracted(label int64, context, ikm []byte) *PRK {
	salt, next := PRK{p.Blank()}, &PRK{p.Blank()}
	defer salt.Wipe()
	p.kdf(salt.Bytes(), label, context)
	next.Extract(salt.Bytes(), ikm)
	return next
}

// PRK3e2m is PRK_3e2m from PRK_2e: EDHOC_Extract( SALT_3e2m, G_RX ), for a
// Responder with a static Diffie-Hellman key; otherwise PRK_3e2m = PRK_2e.
func (p *PRK) PRK3e2m(th2, grx []byte) *PRK { return p.extracted(labelSalt3e2m, th2, grx) }

// PRK4e3m is PRK_4e3m from PRK_3e2m: EDHOC_Extract( SALT_4e3m, G_IY ), for an
// Initiator with a static Diffie-Hellman key; otherwise PRK_4e3m = PRK_3e2m.
// EDHOC-PSK has the PSK in the place of G_IY.
func (p *PRK) PRK4e3m(th3, giy []byte) *PRK { return p.extracted(labelSalt4e3m, th3, giy) }

// XORKeystream2 encrypts or decrypts PLAINTEXT_2 in place, with PRK_2e. Longer
// ones than one EDHOC_Expand gives are done in parts, the i-th with label -i
// (appendix G).
func (p *PRK) XORKeystream2(th2, text []byte) { p.xorKeystream(labelKeystream2, th2, text) }

// XORKeystream3A encrypts or decrypts PLAINTEXT_3A of EDHOC-PSK in place, with
// PRK_3e2m, in parts as PLAINTEXT_2.
func (p *PRK) XORKeystream3A(th3, text []byte) { p.xorKeystream(labelKeystream3A, th3, text) }

func (p *PRK) xorKeystream(label int64, th, text []byte) {
	var buffer [256]byte
	keystream := buffer[:]
	for i := int64(0); len(text) > 0; i++ {
		if i > 0 {
			label = -i
		}
		part := text[:min(len(text), p.ExpandLimit())]
		if len(part) > len(keystream) {
			keystream = make([]byte, len(part))
		}
		p.kdf(keystream[:len(part)], label, th)
		subtle.XORBytes(part, part, keystream)
		text = text[len(part):]
		suite.Wipe(keystream)
	}
}

// MAC2 fills mac with MAC_2, with PRK_3e2m.
func (p *PRK) MAC2(mac, context2 []byte) { p.kdf(mac, labelMAC2, context2) }

// MAC3 fills mac with MAC_3, with PRK_4e3m.
func (p *PRK) MAC3(mac, context3 []byte) { p.kdf(mac, labelMAC3, context3) }

// PRKOut is PRK_out (section 4.1.3), from PRK_4e3m.
func (p *PRK) PRKOut(th4 []byte) *PRK { return p.expanded(labelPRKOut, th4) }

// PRKExporter is PRK_exporter, from PRK_out.
func (p *PRK) PRKExporter() *PRK { return p.expanded(labelPRKExporter, nil) }

// KeyUpdate is the new PRK_out of EDHOC_KeyUpdate (appendix H), from the old.
func (p *PRK) KeyUpdate(context []byte) *PRK { return p.expanded(labelKeyUpdate, context) }

// Export fills out with EDHOC_Exporter (section 4.2.1), with PRK_exporter. Its
// label is a uint.
func (p *PRK) Export(out []byte, label uint64, context []byte) {
	var buffer [2 * maxHead]byte
	p.expandInfo(out, cborx.AppendUint(buffer[:0], label), context)
}
