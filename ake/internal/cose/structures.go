// Package cose has what EDHOC takes from COSE (RFC 9052, RFC 9053, RFC 9360):
// the structures that are signed and encrypted, header parameters that name a
// credential, and COSE_Key.
package cose

import "github.com/liblake/lake/ake/internal/cborx"

// SigStructure is what COSE_Sign1 signs (RFC 9052 section 4.4):
//
//	[ "Signature1", protected, external_aad, payload ]
func SigStructure(protected, externalAAD, payload []byte) []byte {
	out := make([]byte, 0, 32+len(protected)+len(externalAAD)+len(payload))
	out = cborx.AppendArray(out, 4)
	out = cborx.AppendText(out, "Signature1")
	out = cborx.AppendBytes(out, protected)
	out = cborx.AppendBytes(out, externalAAD)
	return cborx.AppendBytes(out, payload)
}

// EncStructure is the associated data of COSE_Encrypt0 with an empty protected
// header (RFC 9052 section 5.3):
//
//	[ "Encrypt0", h'', external_aad ]
func EncStructure(externalAAD []byte) []byte {
	out := make([]byte, 0, 16+len(externalAAD))
	out = cborx.AppendArray(out, 3)
	out = cborx.AppendText(out, "Encrypt0")
	out = cborx.AppendBytes(out, nil)
	return cborx.AppendBytes(out, externalAAD)
}
