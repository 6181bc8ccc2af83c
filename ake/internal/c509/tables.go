package c509

import (
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/liblake/lake/ake/internal/suite"
)

// The registries of the draft, chapter "IANA Considerations": numbers for
// object identifiers. OIDs are kept as the content of their DER encoding.

type registry struct {
	oids   map[int64]string
	values map[string]int64
}

func newRegistry(entries map[int64]string) *registry {
	r := &registry{make(map[int64]string, len(entries)), make(map[string]int64, len(entries))}
	for value, dotted := range entries {
		content := string(oidContent(dotted))
		r.oids[value], r.values[content] = content, value
	}
	return r
}

func oidContent(dotted string) []byte {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(dotted, ".") {
		arc, err := strconv.Atoi(part)
		if err != nil {
			panic("not an OID: " + dotted)
		}
		oid = append(oid, arc)
	}
	var b cryptobyte.Builder
	b.AddASN1ObjectIdentifier(oid)
	return b.BytesOrPanic()[2:]
}

// dottedOID is the text of an OID's content.
func dottedOID(content []byte) string {
	var b cryptobyte.Builder
	addOID(&b, content)
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(b.BytesOrPanic(), &oid); err != nil {
		return "0x" + hex.EncodeToString(content)
	}
	return oid.String()
}

var (
	// "C509 RDN Attributes". The DER of 30 has a byte too many in the draft.
	attributeIDs = newRegistry(map[int64]string{
		0: "1.2.840.113549.1.9.1", 1: "2.5.4.3", 2: "2.5.4.4", 3: "2.5.4.5",
		4: "2.5.4.6", 5: "2.5.4.7", 6: "2.5.4.8", 7: "2.5.4.9", 8: "2.5.4.10",
		9: "2.5.4.11", 10: "2.5.4.12", 11: "2.5.4.15", 12: "2.5.4.17",
		13: "2.5.4.42", 14: "2.5.4.43", 15: "2.5.4.44", 16: "2.5.4.46",
		17: "2.5.4.65", 18: "2.5.4.97", 19: "1.3.6.1.4.1.311.60.2.1.1",
		20: "1.3.6.1.4.1.311.60.2.1.2", 21: "1.3.6.1.4.1.311.60.2.1.3",
		22: "0.9.2342.19200300.100.1.25", 25: "2.5.4.41", 26: "2.5.4.20",
		27: "2.5.4.54", 28: "0.9.2342.19200300.100.1.1",
		29: "1.2.840.113549.1.9.2", 30: "1.2.840.113549.1.9.8",
	})

	// "C509 Certificate Policies".
	policyIDs = newRegistry(map[int64]string{
		0: "2.5.29.32.0", 1: "2.23.140.1.2.1", 2: "2.23.140.1.2.2",
		3: "2.23.140.1.2.3", 4: "2.23.140.1.1", 7: "1.3.6.1.5.5.7.14.2",
		8: "1.3.6.1.5.5.7.14.3", 24: "2.23.146.1.2.1.0", 25: "2.23.146.1.2.1.1",
		26: "2.23.146.1.2.1.0.0.0.0.0", 27: "2.23.146.1.2.1.2",
		28: "2.23.146.1.2.1.0.0.0", 29: "2.23.146.1.2.1.3",
		30: "2.23.146.1.2.1.0.0.1.0", 31: "2.23.146.1.2.1.4",
		32: "2.23.146.1.2.1.0.0.1.1", 33: "2.23.146.1.2.1.5",
		34: "2.23.146.1.2.1.0.0.1.2", 35: "2.23.146.1.2.1.6",
		36: "2.23.146.1.2.1.0.0.2.0", 37: "2.23.146.1.2.1.7",
		38: "2.23.146.1.2.1.0.0.2.1",
	})

	// "C509 Policies Qualifiers".
	qualifierIDs = newRegistry(map[int64]string{
		qualifierCPS:    "1.3.6.1.5.5.7.2.1",
		qualifierNotice: "1.3.6.1.5.5.7.2.2",
	})

	// "C509 Information Access".
	accessIDs = newRegistry(map[int64]string{
		1: "1.3.6.1.5.5.7.48.1", 2: "1.3.6.1.5.5.7.48.2",
		3: "1.3.6.1.5.5.7.48.3", 5: "1.3.6.1.5.5.7.48.5",
		10: "1.3.6.1.5.5.7.48.10", 11: "1.3.6.1.5.5.7.48.11",
		13: "1.3.6.1.5.5.7.48.13",
	})

	// "C509 Extended Key Usages".
	purposeIDs = newRegistry(map[int64]string{
		0: "2.5.29.37.0", 1: "1.3.6.1.5.5.7.3.1", 2: "1.3.6.1.5.5.7.3.2",
		3: "1.3.6.1.5.5.7.3.3", 4: "1.3.6.1.5.5.7.3.4", 8: "1.3.6.1.5.5.7.3.8",
		9: "1.3.6.1.5.5.7.3.9", 10: "1.3.6.1.5.2.3.4", 11: "1.3.6.1.5.2.3.5",
		12: "1.3.6.1.5.5.7.3.21", 13: "1.3.6.1.5.5.7.3.22",
		14: "1.3.6.1.5.5.7.3.35", 15: "1.3.6.1.5.5.7.3.27",
		16: "1.3.6.1.5.5.7.3.28", 17: "1.3.6.1.5.5.7.3.29",
		18: "1.3.6.1.5.5.7.3.32", 19: "1.3.6.1.4.1.11129.2.4.4",
		20: "1.3.6.1.4.1.45605.1",
	})

	// "C509 General Names" that are an otherName.
	otherNameIDs = newRegistry(map[int64]string{
		otherMAC:      "1.3.6.1.5.5.7.8.12",
		otherMailbox:  "1.3.6.1.5.5.7.8.9",
		otherHardware: "1.3.6.1.5.5.7.8.4",
	})
)

// algorithm is a row of "C509 Signature Algorithms" or "C509 Public Key
// Algorithms".
type algorithm struct {
	value  int64
	oid    string
	params string // DER in hex; none when empty

	// Of signatures.
	ecdsa bool          // the value is r||s
	kind  suite.KeyKind // the kind of key that makes and checks them here, or that this is; 0: none

	// Of keys.
	rsa   bool
	point bool           // a curve in Weierstrass form
	curve elliptic.Curve // known well enough to compress points; nil: not

	der string // the AlgorithmIdentifier
}

type algorithms struct {
	byValue map[int64]*algorithm
	byDER   map[string]*algorithm
}

func newAlgorithms(rows []algorithm) *algorithms {
	t := &algorithms{make(map[int64]*algorithm, len(rows)), make(map[string]*algorithm, len(rows))}
	for i := range rows {
		row := &rows[i]
		params, err := hex.DecodeString(row.params)
		if err != nil {
			panic("parameters of algorithm " + row.oid)
		}
		row.der = string(algorithmDER(oidContent(row.oid), params))
		t.byValue[row.value], t.byDER[row.der] = row, row
	}
	return t
}

func algorithmDER(oid, params []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oid)
		b.AddBytes(params)
	})
	return b.BytesOrPanic()
}

const (
	oidEcPublicKey = "1.2.840.10045.2.1"
	oidPSS         = "1.2.840.113549.1.1.10"
	paramNull      = "0500"
)

// pss are the parameters of RSASSA-PSS with one hash throughout.
func pss(hash, salt string) string {
	hashAlgorithm := "300d06096086480165030402" + hash + paramNull
	return "3034a00f" + hashAlgorithm + "a11c301a06092a864886f70d010108" + hashAlgorithm + "a2030201" + salt
}

var signatureAlgorithms = newAlgorithms([]algorithm{
	{value: -256, oid: "1.2.840.113549.1.1.5", params: paramNull},
	{value: -255, oid: "1.2.840.10045.4.1", ecdsa: true},
	{value: 0, oid: "1.2.840.10045.4.3.2", ecdsa: true, kind: suite.KeyP256},
	{value: 1, oid: "1.2.840.10045.4.3.3", ecdsa: true, kind: suite.KeyP384},
	{value: 2, oid: "1.2.840.10045.4.3.4", ecdsa: true},
	{value: 3, oid: "1.3.6.1.5.5.7.6.32", ecdsa: true},
	{value: 4, oid: "1.3.6.1.5.5.7.6.33", ecdsa: true},
	{value: 5, oid: "1.3.6.1.5.5.7.6.36"},
	{value: 8, oid: "1.2.156.10197.1.501", ecdsa: true},
	{value: 12, oid: "1.3.101.112", kind: suite.KeyEd25519},
	{value: 13, oid: "1.3.101.113", kind: suite.KeyEd448},
	{value: 14, oid: "1.3.6.1.5.5.7.6.26"},
	{value: 15, oid: "1.3.6.1.5.5.7.6.27"},
	{value: 16, oid: "1.3.6.1.5.5.7.6.28"},
	{value: 23, oid: "1.2.840.113549.1.1.11", params: paramNull},
	{value: 24, oid: "1.2.840.113549.1.1.12", params: paramNull},
	{value: 25, oid: "1.2.840.113549.1.1.13", params: paramNull},
	{value: 26, oid: oidPSS, params: pss("01", "20")},
	{value: 27, oid: oidPSS, params: pss("02", "30")},
	{value: 28, oid: oidPSS, params: pss("03", "40")},
	{value: 29, oid: "1.3.6.1.5.5.7.6.30"},
	{value: 30, oid: "1.3.6.1.5.5.7.6.31"},
})

var keyAlgorithms = newAlgorithms([]algorithm{
	{value: 0, oid: "1.2.840.113549.1.1.1", params: paramNull, rsa: true},
	{value: 1, oid: oidEcPublicKey, params: "06082a8648ce3d030107", point: true, curve: elliptic.P256(), kind: suite.KeyP256},
	{value: 2, oid: oidEcPublicKey, params: "06052b81040022", point: true, curve: elliptic.P384(), kind: suite.KeyP384},
	{value: 3, oid: oidEcPublicKey, params: "06052b81040023", point: true, curve: elliptic.P521()},
	{value: 6, oid: oidEcPublicKey, params: "06082a811ccf5501822d", point: true},
	{value: 8, oid: "1.3.101.110", kind: suite.KeyX25519},
	{value: 9, oid: "1.3.101.111", kind: suite.KeyX448},
	{value: 12, oid: "1.3.101.112", kind: suite.KeyEd25519},
	{value: 13, oid: "1.3.101.113", kind: suite.KeyEd448},
	{value: 24, oid: oidEcPublicKey, params: "06092b2403030208010107", point: true},
	{value: 25, oid: oidEcPublicKey, params: "06092b240303020801010b", point: true},
	{value: 26, oid: oidEcPublicKey, params: "06092b240303020801010d", point: true},
	{value: 27, oid: oidEcPublicKey, params: "060a2a817a01815f65820001", point: true},
})
