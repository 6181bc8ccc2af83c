package cose

import (
	"errors"
	"fmt"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
)

// Labels of the COSE header parameters that identify a credential.
const (
	LabelCrit       = 2
	LabelKid        = 4
	LabelKidContext = 10
	LabelKcwt       = 13
	LabelKccs       = 14
	LabelC5T        = 22
	LabelC5U        = 23
	LabelC5B        = 24
	LabelC5C        = 25
	LabelX5Bag      = 32
	LabelX5Chain    = 33
	LabelX5T        = 34
	LabelX5U        = 35
)

// COSE algorithm numbers of the certificate hashes that x5t may use.
const (
	AlgSHA256   = -16
	AlgSHA25664 = -15
)

var (
	// ErrIDCred: a known parameter with a value of the wrong form.
	ErrIDCred = errors.New("malformed ID_CRED")
	// ErrUnsupported: no parameter of the map is known.
	ErrUnsupported = errors.New("unsupported type of ID_CRED")
)

// CertHash is COSE_CertHash (RFC 9360 section 2). An Algorithm that was read as
// text is 0, one beyond int64 the nearest end of int64: none of them is known.
type CertHash struct {
	Algorithm int64
	Value     []byte
}

// IDCred is a parsed ID_CRED_x: which parameters it has and their values. The
// values share the memory of Raw.
type IDCred struct {
	Raw        []byte // the map as it came
	Kid        []byte // nil: absent
	KidContext []byte
	CCS        []byte   // kccs: the map
	CWT        []byte   // kcwt: the COSE_Sign1 array
	X5Chain    [][]byte // end entity first
	X5Bag      [][]byte
	X5T        *CertHash
	X5U        string
	C509       bool     // one of c5t, c5u, c5b, c5c
	C5C        [][]byte // certificates as CBOR sequences, end entity first
	C5B        [][]byte
	C5T        *CertHash
	C5U        string
	hasX5U     bool
	hasC5U     bool
}

// ByValue reports whether the credential itself is in the map, so that not
// knowing it beforehand is no lack of a reference.
func (id *IDCred) ByValue() bool {
	return id.CCS != nil || id.CWT != nil || id.X5Chain != nil || id.X5Bag != nil || id.C5C != nil || id.C5B != nil
}

// HasX5U reports whether the map has an x5u parameter.
func (id *IDCred) HasX5U() bool { return id.hasX5U }

// HasC5U reports whether the map has a c5u parameter.
func (id *IDCred) HasC5U() bool { return id.hasC5U }

// ParseIDCred reads an ID_CRED_x map.
func ParseIDCred(raw []byte) (*IDCred, error) {
	item, err := cborx.One(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDCred, err)
	}
	if item.Kind() != cborx.Map || len(item) == 1 {
		return nil, fmt.Errorf("%w: not a map with at least one parameter", ErrIDCred)
	}
	id := &IDCred{Raw: raw}
	known := false
	var critical []int64
	var present []int64
	for key, value := range item.Entries() {
		label, ok := key.Int()
		if !ok {
			if kind := key.Kind(); kind != cborx.Text && kind != cborx.Int { // an int may be beyond int64
				return nil, fmt.Errorf("%w: a label is neither an int nor text", ErrIDCred)
			}
			continue
		}
		if label == LabelCrit {
			if critical, err = critLabels(value); err != nil {
				return nil, err
			}
			continue
		}
		recognised, err := id.set(label, value)
		if err != nil {
			return nil, err
		}
		if recognised || label == LabelKidContext {
			present = append(present, label)
		}
		known = known || recognised
	}
	for _, label := range critical {
		if !slices.Contains(present, label) {
			return nil, fmt.Errorf("%w: it has a critical parameter that is not understood", ErrUnsupported)
		}
	}
	if !known {
		return nil, ErrUnsupported
	}
	return id, nil
}

// critLabels reads crit = [ + label ] (RFC 9052 section 3.1): who does not
// understand one of these parameters has to refuse the map. A label that is text or
// beyond int64 is one that nobody here understands.
func critLabels(value cborx.Item) ([]int64, error) {
	elements, ok := value.Array()
	if !ok || len(elements) == 0 {
		return nil, fmt.Errorf("%w: crit is not an array with at least one label", ErrIDCred)
	}
	labels := make([]int64, len(elements))
	for i, element := range elements {
		var isInt bool
		if labels[i], _, isInt = element.Integer(); !isInt {
			if element.Kind() != cborx.Text {
				return nil, fmt.Errorf("%w: crit has a label that is neither an int nor text", ErrIDCred)
			}
			labels[i] = LabelCrit // never understood
		}
	}
	return labels, nil
}

func (id *IDCred) set(label int64, value cborx.Item) (recognised bool, err error) {
	ok := true
	switch label {
	case LabelKid:
		id.Kid, ok = value.Bytes()
	case LabelKidContext:
		id.KidContext, ok = value.Bytes()
		if !ok {
			break
		}
		return false, nil // qualifies a kid, names nothing by itself
	case LabelKccs:
		id.CCS, ok = value, value.Kind() == cborx.Map
	case LabelKcwt:
		id.CWT, ok = value, value.Kind() == cborx.Array || value.Kind() == cborx.Tag
	case LabelX5Chain:
		id.X5Chain, ok = certificates(value)
	case LabelX5Bag:
		id.X5Bag, ok = certificates(value)
	case LabelX5T:
		id.X5T, ok = certHash(value)
	case LabelX5U:
		id.X5U, ok = uri(value)
		id.hasX5U = true
	case LabelC5C:
		id.C5C, ok = certificates(value)
		id.C509 = true
	case LabelC5B:
		id.C5B, ok = certificates(value)
		id.C509 = true
	case LabelC5T:
		id.C5T, ok = certHash(value)
		id.C509 = true
	case LabelC5U:
		id.C5U, ok = uri(value)
		id.hasC5U, id.C509 = true, true
	default:
		return false, nil
	}
	if !ok {
		return false, fmt.Errorf("%w: value of parameter %d", ErrIDCred, label)
	}
	return true, nil
}

// certificates reads COSE_X509 = bstr / [ 2*certs: bstr ].
func certificates(value cborx.Item) ([][]byte, bool) {
	if cert, ok := value.Bytes(); ok {
		return [][]byte{cert}, true
	}
	elements, ok := value.Array()
	if !ok || len(elements) < 2 {
		return nil, false
	}
	certs := make([][]byte, len(elements))
	for i, element := range elements {
		if certs[i], ok = element.Bytes(); !ok {
			return nil, false
		}
	}
	return certs, true
}

// certHash reads COSE_CertHash = [ hashAlg: int / tstr, hashValue: bstr ].
func certHash(value cborx.Item) (*CertHash, bool) {
	elements, ok := value.Array()
	if !ok || len(elements) != 2 {
		return nil, false
	}
	algorithm, _, ok := elements[0].Integer()
	if !ok && elements[0].Kind() != cborx.Text {
		return nil, false
	}
	hash, ok := elements[1].Bytes()
	if !ok || algorithm == AlgSHA25664 && len(hash) != 8 || algorithm == AlgSHA256 && len(hash) != 32 {
		return nil, false
	}
	return &CertHash{algorithm, hash}, true
}

// uri reads COSE's uri = #6.32(tstr).
func uri(value cborx.Item) (string, bool) {
	if len(value) < 3 || value[0] != 0xd8 || value[1] != 32 {
		return "", false
	}
	return cborx.Item(value[2:]).Text()
}

// KidID is { 4 : kid }.
func KidID(kid []byte) []byte {
	return cborx.AppendBytes(header(LabelKid, len(kid)), kid)
}

// CCSID is { 14 : ccs }.
func CCSID(ccs []byte) []byte { return append(header(LabelKccs, len(ccs)), ccs...) }

// CWTID is { 13 : cwt }.
func CWTID(cwt []byte) []byte { return append(header(LabelKcwt, len(cwt)), cwt...) }

// X5TID is { 34 : [ algorithm, hash ] }.
func X5TID(hash CertHash) []byte { return certHashID(LabelX5T, hash) }

func certHashID(label int64, hash CertHash) []byte {
	out := cborx.AppendArray(header(label, len(hash.Value)), 2)
	out = cborx.AppendInt(out, hash.Algorithm)
	return cborx.AppendBytes(out, hash.Value)
}

// X5ChainID is { 33 : COSE_X509 }, end entity first.
func X5ChainID(certs [][]byte) []byte { return certificatesID(LabelX5Chain, certs) }

// X5BagID is { 32 : COSE_X509 }.
func X5BagID(certs [][]byte) []byte { return certificatesID(LabelX5Bag, certs) }

// X5UID is { 35 : 32(uri) }.
func X5UID(uri string) []byte { return uriID(LabelX5U, uri) }

func uriID(label int64, uri string) []byte {
	out := append(header(label, len(uri)), 0xd8, 32)
	return cborx.AppendText(out, uri)
}

func certificatesID(label int64, certs [][]byte) []byte {
	out := header(label, 0)
	if len(certs) > 1 {
		out = cborx.AppendArray(out, len(certs))
	}
	for _, cert := range certs {
		out = cborx.AppendBytes(out, cert)
	}
	return out
}

func header(label int64, size int) []byte {
	return cborx.AppendInt(cborx.AppendMap(make([]byte, 0, size+16), 1), label)
}
