package message

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// The plaintexts of EDHOC-PSK, method 4 (draft-ietf-lake-edhoc-psk section 4).

// Plaintext2A is PLAINTEXT_2A:
//
//	PLAINTEXT_2A = (C_R, ? EAD_2)
type Plaintext2A struct {
	CR  []byte
	EAD []EAD
}

// ParsePlaintext2A reads PLAINTEXT_2A.
func ParsePlaintext2A(data []byte) (*Plaintext2A, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_2A", data, 1+2*MaxEAD)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("%w: PLAINTEXT_2A is empty", ErrMalformed)
	}
	var p Plaintext2A
	if p.CR, err = parseIdentifier("C_R", items[0]); err != nil {
		return nil, err
	}
	p.EAD, err = parseEAD(items[1:])
	return &p, err
}

// Encode builds PLAINTEXT_2A.
func (p *Plaintext2A) Encode() []byte {
	return AppendEAD(AppendIdentifier(make([]byte, 0, maxHead+len(p.CR)+eadLength(p.EAD)), p.CR), p.EAD)
}

// Plaintext3A is PLAINTEXT_3A:
//
//	PLAINTEXT_3A = (ID_CRED_PSK / bstr / -24..23, CIPHERTEXT_3B : bstr)
type Plaintext3A struct {
	IDCredPSK    []byte // the map, whatever its form in the message
	Ciphertext3B []byte
}

// ParsePlaintext3A reads PLAINTEXT_3A.
func ParsePlaintext3A(data []byte) (*Plaintext3A, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_3A", data, 2)
	if err != nil {
		return nil, err
	}
	if len(items) != 2 {
		return nil, fmt.Errorf("%w: PLAINTEXT_3A has %d elements, 2 are needed", ErrMalformed, len(items))
	}
	var p Plaintext3A
	if p.IDCredPSK, err = parseIDCred(items[0]); err != nil {
		return nil, err
	}
	var ok bool
	if p.Ciphertext3B, ok = items[1].Bytes(); !ok {
		return nil, fmt.Errorf("%w: CIPHERTEXT_3B is not a byte string", ErrMalformed)
	}
	return &p, nil
}

// Encode builds PLAINTEXT_3A.
func (p *Plaintext3A) Encode() []byte {
	out := appendIDCred(make([]byte, 0, 2*maxHead+len(p.IDCredPSK)+len(p.Ciphertext3B)), p.IDCredPSK)
	return cborx.AppendBytes(out, p.Ciphertext3B)
}

// ParsePlaintext3B reads PLAINTEXT_3B, which is EAD_3 or nothing.
func ParsePlaintext3B(data []byte) ([]EAD, error) {
	var room [usualItems]cborx.Item
	items, err := sequence(room[:0], "PLAINTEXT_3B", data, 2*MaxEAD)
	if err != nil {
		return nil, err
	}
	return parseEAD(items)
}

// CompactID is ID_CRED_x as it stands in a plaintext: a single kid in its
// compact form, anything else as the map.
func CompactID(idCred []byte) []byte { return appendIDCred(nil, idCred) }
