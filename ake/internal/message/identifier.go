package message

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// labelKid is the COSE header parameter 'kid', the only one with a compact form.
const labelKid = 4

// isOneByteInt reports whether id is the encoding of an integer in -24..23,
// and so must be sent as that integer (section 3.3.2).
func isOneByteInt(id []byte) bool {
	return len(id) == 1 && (id[0] <= 0x17 || id[0] >= 0x20 && id[0] <= 0x37)
}

// AppendIdentifier appends a connection identifier, or a kid in its compact
// form, in the representation of section 3.3.2.
func AppendIdentifier(out, id []byte) []byte {
	if isOneByteInt(id) {
		return append(out, id[0])
	}
	return cborx.AppendBytes(out, id)
}

func parseIdentifier(name string, item cborx.Item) ([]byte, error) {
	switch item.Kind() {
	case cborx.Int:
		if !isOneByteInt(item) {
			return nil, fmt.Errorf("%w: %s is an int outside -24..23", ErrIdentifier, name)
		}
		return item, nil
	case cborx.Bytes:
		id, _ := item.Bytes()
		if isOneByteInt(id) {
			return nil, fmt.Errorf("%w: %s is a byte string that must be sent as an int", ErrIdentifier, name)
		}
		return id, nil
	}
	return nil, fmt.Errorf("%w: %s is neither a byte string nor an int", ErrIdentifier, name)
}

// parseIDCred reads ID_CRED_x, as a map or in the compact form for a single
// 'kid' (section 3.5.3.2), and returns the map.
func parseIDCred(item cborx.Item) ([]byte, error) {
	if item.Kind() != cborx.Map {
		kid, err := parseIdentifier("ID_CRED", item)
		if err != nil {
			return nil, err
		}
		return KidMap(kid), nil
	}
	if len(item) == 1 {
		return nil, fmt.Errorf("%w: the map is empty", ErrIDCred)
	}
	if _, single := SingleKid(item); single {
		return nil, fmt.Errorf("%w: a single kid must have the compact form", ErrIDCred)
	}
	return item, nil
}

func appendIDCred(out, idCred []byte) []byte {
	if kid, ok := SingleKid(idCred); ok {
		return AppendIdentifier(out, kid)
	}
	return append(out, idCred...)
}

// KidMap is ID_CRED_x = { 4 : kid }.
func KidMap(kid []byte) []byte {
	out := cborx.AppendMap(make([]byte, 0, 4+len(kid)), 1)
	out = cborx.AppendInt(out, labelKid)
	return cborx.AppendBytes(out, kid)
}

// SingleKid returns the kid of { 4 : kid }, the map without anything else.
func SingleKid(idCred []byte) ([]byte, bool) {
	if len(idCred) < 3 || idCred[0] != 0xa1 || idCred[1] != labelKid {
		return nil, false
	}
	return cborx.Item(idCred[2:]).Bytes()
}
