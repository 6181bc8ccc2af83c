package schedule

import "github.com/liblake/lake/ake/internal/cborx"

// What EDHOC-PSK, method 4, derives in another way (draft-ietf-lake-edhoc-psk
// section 4). PRK_3e2m is PRK_2e there; PRK_4e3m takes the PSK in the place of
// G_IY, and gives K_3 and IV_3; TH_2 is as in the other methods.

const labelKeystream3A = 12

// TH3PSK is TH_3 = H( TH_2, PLAINTEXT_2A ).
func TH3PSK(alg Algorithms, th2, plaintext2A []byte) []byte {
	head := cborx.AppendBytes(make([]byte, 0, 4+len(th2)), th2)
	return alg.Digest(head, plaintext2A)
}

// TH4PSK is TH_4 = H( TH_3, ID_CRED_PSK, PLAINTEXT_3B, CRED_I, CRED_R ). The
// identifier has its compact form: the draft's vector has it so, against a
// reading of its text.
func TH4PSK(alg Algorithms, th3, compactID, plaintext3B, credI, credR []byte) []byte {
	head := cborx.AppendBytes(make([]byte, 0, 4+len(th3)), th3)
	return alg.Digest(head, compactID, plaintext3B, credI, credR)
}

// XORKeystream3A encrypts or decrypts PLAINTEXT_3A in place. Like PLAINTEXT_2,
// one that is longer than one EDHOC_Expand gives is done in parts, of which the
// i-th after the first has the label -i.
func XORKeystream3A(alg Algorithms, prk3e2m, th3, text []byte) {
	xorKeystream(alg, prk3e2m, labelKeystream3A, th3, text)
}

// AAD3PSK is external_aad = << ID_CRED_PSK, TH_3, CRED_I, CRED_R >> of
// CIPHERTEXT_3B, with the identifier in its compact form as in TH_4.
func AAD3PSK(compactID, th3, credI, credR []byte) []byte {
	out := make([]byte, 0, len(compactID)+len(th3)+4+len(credI)+len(credR))
	out = cborx.AppendBytes(append(out, compactID...), th3)
	return append(append(out, credI...), credR...)
}
