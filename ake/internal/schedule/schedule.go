// Package schedule is the key schedule of EDHOC (RFC 9528 chapter 4): transcript
// hashes, pseudorandom keys and what is derived from them. It knows no message or
// credential.
package schedule

import (
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

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

// TH2 is TH_2 = H( G_Y, H(message_1) ) (section 5.3.2).
func TH2(alg *suite.Suite, gy, hashMessage1 []byte) []byte {
	var headGY, headHash [maxHead]byte
	return alg.Digest(bytesHead(&headGY, gy), gy, bytesHead(&headHash, hashMessage1), hashMessage1)
}

// NextTH is TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ) and
// TH_4 = H( TH_3, PLAINTEXT_3, CRED_I ) (sections 5.4.2).
func NextTH(alg *suite.Suite, th, plaintext, cred []byte) []byte {
	var head [maxHead]byte
	return alg.Digest(bytesHead(&head, th), th, plaintext, cred)
}

// bytesHead is the head of content as a byte string.
func bytesHead(head *[maxHead]byte, content []byte) []byte {
	return cborx.AppendBytesHead(head[:0], len(content))
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

// Context3 is what MAC_3 protects (section 5.4.2):
//
//	context_3 = << ID_CRED_I, TH_3, CRED_I, ? EAD_3 >>
func Context3(idCredI, th3, credI, ead3 []byte) []byte {
	context := make([]byte, 0, len(idCredI)+len(th3)+4+len(credI)+len(ead3))
	context = append(context, idCredI...)
	context = append(cborx.AppendBytes(context, th3), credI...)
	return append(context, ead3...)
}

// ExternalAAD is external_aad = << TH_n, CRED_x, ? EAD_n >> of the signature
// in message_2 and message_3.
func ExternalAAD(th, cred, ead []byte) []byte {
	out := cborx.AppendBytes(make([]byte, 0, 4+len(th)+len(cred)+len(ead)), th)
	return append(append(out, cred...), ead...)
}
