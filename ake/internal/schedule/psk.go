package schedule

import (
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// What EDHOC-PSK, method 4, derives in another way (draft-ietf-lake-edhoc-psk
// section 4). PRK_3e2m is PRK_2e there; PRK_4e3m takes the PSK in the place of
// G_IY, and gives K_3 and IV_3; TH_2 is as in the other methods.

const labelKeystream3A = 12

// TH3PSK is TH_3 = H( TH_2, PLAINTEXT_2A ).
func TH3PSK(alg *suite.Suite, th2, plaintext2A []byte) []byte {
	return NextTH(alg, th2, plaintext2A, nil)
}

// TH4PSK is TH_4 = H( TH_3, ID_CRED_PSK, PLAINTEXT_3B, CRED_I, CRED_R ). The
// identifier has its compact form: the draft's vector has it so, against a
// reading of its text.
func TH4PSK(alg *suite.Suite, th3, compactID, plaintext3B, credI, credR []byte) []byte {
	var head [maxHead]byte
	return alg.Digest(bytesHead(&head, th3), th3, compactID, plaintext3B, credI, credR)
}

// AAD3PSK is external_aad = << ID_CRED_PSK, TH_3, CRED_I, CRED_R >> of
// CIPHERTEXT_3B, with the identifier in its compact form as in TH_4.
func AAD3PSK(compactID, th3, credI, credR []byte) []byte {
	out := make([]byte, 0, len(compactID)+len(th3)+4+len(credI)+len(credR))
	out = cborx.AppendBytes(append(out, compactID...), th3)
	return append(append(out, credI...), credR...)
}
