// Package schedule is the key schedule of EDHOC (RFC 9528 chapter 4): pure
// functions from bytes to bytes. It knows algorithms by what they do (Hash,
// Extract, Expand), and no message or credential.
package schedule

import (
	"crypto/subtle"

	"github.com/liblake/lake/ake/internal/cborx"
)

// Algorithms are the functions of a cipher suite that the schedule needs.
type Algorithms interface {
	HashLength() int
	Digest(parts ...[]byte) []byte
	Extract(salt, ikm []byte) []byte
	Expand(prk, info []byte, n int) []byte
	ExpandLimit() int
}

// The info_label of each derivation (figure 6, and appendix H for key update).
const (
	labelKeystream2  = 0
	labelSalt3e2m    = 1
	labelMAC2        = 2
	labelK3          = 3
	labelIV3         = 4
	labelSalt4e3m    = 5
	labelMAC3        = 6
	labelPRKOut      = 7
	labelK4          = 8
	labelIV4         = 9
	labelPRKExporter = 10
	labelKeyUpdate   = 11
)

// KDF is EDHOC_KDF (section 4.1.2), with
//
//	info = (info_label : int, context : bstr, length : uint)
func KDF(alg Algorithms, prk []byte, label int64, context []byte, length int) []byte {
	info := cborx.AppendInt(make([]byte, 0, 24+len(context)), label)
	info = cborx.AppendBytes(info, context)
	info = cborx.AppendUint(info, uint64(length))
	return alg.Expand(prk, info, length)
}

// TH2 is TH_2 = H( G_Y, H(message_1) ) (section 5.3.2).
func TH2(alg Algorithms, gy, hashMessage1 []byte) []byte {
	in := cborx.AppendBytes(make([]byte, 0, 8+len(gy)+len(hashMessage1)), gy)
	return alg.Digest(cborx.AppendBytes(in, hashMessage1))
}

// NextTH is TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ) and
// TH_4 = H( TH_3, PLAINTEXT_3, CRED_I ) (sections 5.4.2).
func NextTH(alg Algorithms, th, plaintext, cred []byte) []byte {
	head := cborx.AppendBytes(make([]byte, 0, 4+len(th)), th)
	return alg.Digest(head, plaintext, cred)
}

// PRK2e is PRK_2e = EDHOC_Extract( TH_2, G_XY ).
func PRK2e(alg Algorithms, th2, gxy []byte) []byte { return alg.Extract(th2, gxy) }

// Salt3e2m is SALT_3e2m (section 4.1.1.2).
func Salt3e2m(alg Algorithms, prk2e, th2 []byte) []byte {
	return KDF(alg, prk2e, labelSalt3e2m, th2, alg.HashLength())
}

// PRK3e2m is EDHOC_Extract( SALT_3e2m, G_RX ), for a Responder with a static
// Diffie-Hellman key; otherwise PRK_3e2m = PRK_2e.
func PRK3e2m(alg Algorithms, prk2e, th2, grx []byte) []byte {
	salt := Salt3e2m(alg, prk2e, th2)
	defer clear(salt)
	return alg.Extract(salt, grx)
}

// Salt4e3m is SALT_4e3m (section 4.1.1.3).
func Salt4e3m(alg Algorithms, prk3e2m, th3 []byte) []byte {
	return KDF(alg, prk3e2m, labelSalt4e3m, th3, alg.HashLength())
}

// PRK4e3m is EDHOC_Extract( SALT_4e3m, G_IY ), for an Initiator with a static
// Diffie-Hellman key; otherwise PRK_4e3m = PRK_3e2m.
func PRK4e3m(alg Algorithms, prk3e2m, th3, giy []byte) []byte {
	salt := Salt4e3m(alg, prk3e2m, th3)
	defer clear(salt)
	return alg.Extract(salt, giy)
}

// XORKeystream2 encrypts or decrypts PLAINTEXT_2 in place. Longer ones than
// one EDHOC_Expand gives are done in parts, the i-th with label -i (appendix G).
func XORKeystream2(alg Algorithms, prk2e, th2, text []byte) {
	xorKeystream(alg, prk2e, labelKeystream2, th2, text)
}

func xorKeystream(alg Algorithms, prk []byte, label int64, th, text []byte) {
	for i := int64(0); len(text) > 0; i++ {
		if i > 0 {
			label = -i
		}
		part := text[:min(len(text), alg.ExpandLimit())]
		keystream := KDF(alg, prk, label, th, len(part))
		subtle.XORBytes(part, part, keystream)
		clear(keystream)
		text = text[len(part):]
	}
}

// Context2 is what MAC_2 protects (section 5.3.2):
//
//	context_2 = << C_R, ID_CRED_R, TH_2, CRED_R, ? EAD_2 >>
//
// with cR in its representation on the wire and ead2 encoded.
func Context2(cR, idCredR, th2, credR, ead2 []byte) []byte {
	context := make([]byte, 0, len(cR)+len(idCredR)+len(th2)+4+len(credR)+len(ead2))
	context = append(context, cR...)
	context = append(context, idCredR...)
	context = append(cborx.AppendBytes(context, th2), credR...)
	return append(context, ead2...)
}

// MAC2 is MAC_2.
func MAC2(alg Algorithms, prk3e2m, context2 []byte, length int) []byte {
	return KDF(alg, prk3e2m, labelMAC2, context2, length)
}

// Context3 is what MAC_3 protects (section 5.4.2):
//
//	context_3 = << ID_CRED_I, TH_3, CRED_I, ? EAD_3 >>
func Context3(idCredI, th3, credI, ead3 []byte) []byte {
	context := make([]byte, 0, len(idCredI)+len(th3)+4+len(credI)+len(ead3))
	context = append(context, idCredI...)
	context = append(cborx.AppendBytes(context, th3), credI...)
	return append(context, ead3...)
}

// MAC3 is MAC_3.
func MAC3(alg Algorithms, prk4e3m, context3 []byte, length int) []byte {
	return KDF(alg, prk4e3m, labelMAC3, context3, length)
}

// ExternalAAD is external_aad = << TH_n, CRED_x, ? EAD_n >> of the signature
// in message_2 and message_3.
func ExternalAAD(th, cred, ead []byte) []byte {
	out := cborx.AppendBytes(make([]byte, 0, 4+len(th)+len(cred)+len(ead)), th)
	return append(append(out, cred...), ead...)
}

// Key3 gives K_3 and IV_3.
func Key3(alg Algorithms, prk3e2m, th3 []byte, keyLength, ivLength int) (k3, iv3 []byte) {
	return KDF(alg, prk3e2m, labelK3, th3, keyLength), KDF(alg, prk3e2m, labelIV3, th3, ivLength)
}

// Key4 gives K_4 and IV_4.
func Key4(alg Algorithms, prk4e3m, th4 []byte, keyLength, ivLength int) (k4, iv4 []byte) {
	return KDF(alg, prk4e3m, labelK4, th4, keyLength), KDF(alg, prk4e3m, labelIV4, th4, ivLength)
}

// PRKOut is PRK_out (section 4.1.3).
func PRKOut(alg Algorithms, prk4e3m, th4 []byte) []byte {
	return KDF(alg, prk4e3m, labelPRKOut, th4, alg.HashLength())
}

// PRKExporter is PRK_exporter.
func PRKExporter(alg Algorithms, prkOut []byte) []byte {
	return KDF(alg, prkOut, labelPRKExporter, nil, alg.HashLength())
}

// Export is EDHOC_Exporter (section 4.2.1). Its label is a uint.
func Export(alg Algorithms, prkExporter []byte, label uint64, context []byte, length int) []byte {
	info := cborx.AppendUint(make([]byte, 0, 24+len(context)), label)
	info = cborx.AppendBytes(info, context)
	info = cborx.AppendUint(info, uint64(length))
	return alg.Expand(prkExporter, info, length)
}

// KeyUpdate is the new PRK_out of EDHOC_KeyUpdate (appendix H).
func KeyUpdate(alg Algorithms, prkOut, context []byte) []byte {
	return KDF(alg, prkOut, labelKeyUpdate, context, alg.HashLength())
}
