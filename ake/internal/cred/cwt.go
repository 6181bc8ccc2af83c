package cred

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// Claims of a CWT (RFC 8392 section 4) and header parameters of a COSE_Sign1
// (RFC 9052 section 3.1).
const (
	claimIss = 1
	claimSub = 2
	claimExp = 4
	claimNbf = 5
	claimIat = 6
	claimCti = 7

	headerAlg  = 1
	headerCrit = 2
)

// signers are the kinds of keys of the COSE signature algorithms.
var signers = map[int64][]suite.KeyKind{
	-7:  {suite.KeyP256},                    // ES256
	-8:  {suite.KeyEd25519, suite.KeyEd448}, // EdDSA
	-35: {suite.KeyP384},                    // ES384
}

// Issuer is who signs CWTs.
type Issuer struct {
	Key  *suite.PublicKey
	Name string // what the claim 'iss' has to be; "" for any and none
	Kid  []byte // a hint that the CWT may give; nil: none
}

// cwt is a parsed CWT:
//
//	[ protected : bstr .cbor header_map, unprotected : header_map,
//	  payload : bstr .cbor claims, signature : bstr ]
type cwt struct {
	untagged                      []byte
	protected, payload, signature []byte
	alg                           int64 // 0: absent
	kid                           []byte
	claims                        claims
}

// Untag removes the tags that a CWT may have: that of COSE_Sign1, and around
// it that of a CWT (RFC 8392 section 6). CRED_x has none (RFC 9528 section
// 3.5.2).
func Untag(token []byte) []byte {
	const tagCWT, tagSign1 = "\xd8\x3d", "\xd2"
	inner, _ := bytes.CutPrefix(token, []byte(tagCWT))
	if untagged, ok := bytes.CutPrefix(inner, []byte(tagSign1)); ok {
		return untagged
	}
	return token
}

// FromCWT reads a CWT that is signed with COSE_Sign1, tagged or not. CRED_x is
// the untagged CWT; the key is the COSE_Key in its 'cnf' claim. Nothing is
// verified; VerifyCWT does that.
func FromCWT(token []byte) (*Credential, error) {
	t, err := parseCWT(token)
	if err != nil {
		return nil, err
	}
	key, public, err := t.claims.confirmation("CWT")
	if err != nil {
		return nil, err
	}
	c := &Credential{Type: CWT, Cred: bytes.Clone(t.untagged), Key: public}
	if c.DefaultID, err = byValue(cose.CWTID(c.Cred), "CWT"); err != nil {
		return nil, err
	}
	if key.Kid != nil {
		c.IDs = [][]byte{cose.KidID(key.Kid)}
	}
	return c, nil
}

func parseCWT(token []byte) (*cwt, error) {
	item, err := cborx.One(token)
	if err != nil {
		return nil, fmt.Errorf("%w: CWT: %w", ErrMalformed, err)
	}
	t := &cwt{untagged: Untag(item)}
	parts, ok := cborx.Item(t.untagged).Array()
	if !ok || len(parts) != 4 {
		return nil, fmt.Errorf("%w: a CWT is an array of four (COSE_Sign1), with no other tags", ErrMalformed)
	}
	for i, part := range map[int]*[]byte{0: &t.protected, 2: &t.payload, 3: &t.signature} {
		if *part, ok = parts[i].Bytes(); !ok {
			return nil, fmt.Errorf("%w: headers, payload and signature of a CWT are byte strings", ErrMalformed)
		}
	}
	if err := t.readHeaders(parts[1]); err != nil {
		return nil, err
	}
	item, err = cborx.One(t.payload)
	if err != nil {
		return nil, fmt.Errorf("%w: claims of the CWT: %w", ErrMalformed, err)
	}
	pairs, ok := item.Map()
	if !ok {
		return nil, fmt.Errorf("%w: the claims of a CWT are a map", ErrMalformed)
	}
	t.claims = pairs
	return t, t.claims.check()
}

// readHeaders reads both maps of header parameters. No label may be in both
// (RFC 9052 section 3), and only what is protected is believed, which the kid
// need not be.
func (t *cwt) readHeaders(unprotectedItem cborx.Item) error {
	var protected []cborx.Pair
	ok := true
	if len(t.protected) > 0 { // an empty map is an empty string
		item, err := cborx.One(t.protected)
		if err != nil {
			return fmt.Errorf("%w: protected header of the CWT: %w", ErrMalformed, err)
		}
		protected, ok = item.Map()
	}
	unprotected, isMap := unprotectedItem.Map()
	if !ok || !isMap {
		return fmt.Errorf("%w: a header of the CWT is not a map", ErrMalformed)
	}
	seen := make(map[string]bool)
	for i, pair := range slices.Concat(protected, unprotected) {
		kind := pair.Key.Kind()
		if kind != cborx.Int && kind != cborx.Text || seen[string(pair.Key)] {
			return fmt.Errorf("%w: a header of the CWT has a label twice or one that is none", ErrMalformed)
		}
		seen[string(pair.Key)] = true
		label, isInt := pair.Key.Int()
		if !isInt {
			continue
		}
		isProtected := i < len(protected)
		ok := true
		switch label {
		case headerAlg:
			if t.alg, ok = pair.Value.Int(); ok && !isProtected {
				return fmt.Errorf("%w: the CWT does not protect its algorithm", ErrAlgorithm)
			}
		case headerCrit:
			return fmt.Errorf("%w: the CWT has critical header parameters", ErrCriticalExtension)
		case cose.LabelKid:
			t.kid, ok = pair.Value.Bytes()
		}
		if !ok {
			return fmt.Errorf("%w: header parameter %d of the CWT", ErrMalformed, label)
		}
	}
	return nil
}

// VerifyCWT checks that one of the issuers signed a CWT that is valid now (RFC
// 8392 section 7.2): from 'nbf' on, before 'exp', and not issued ('iat') later. Each
// date may be off by the tolerance.
//
// No header parameter may be critical: none needs to be, of those that have a
// meaning here.
func VerifyCWT(c *Credential, issuers []Issuer, now time.Time, tolerance time.Duration) error {
	t, err := parseCWT(c.Cred)
	if err != nil {
		return err
	}
	if err := t.verifySignature(issuers); err != nil {
		return err
	}
	return t.claims.checkTime(now, tolerance)
}

// signedBytes is the Sig_structure (RFC 9052 section 4.4).
func (t *cwt) signedBytes() []byte { return cose.SigStructure(t.protected, nil, t.payload) }

// verifySignature tries every issuer with a key for the algorithm. The kid is
// a hint, which no signature depends on: it tells a bad signature from that of
// somebody else.
func (t *cwt) verifySignature(issuers []Issuer) error {
	kinds, ok := signers[t.alg]
	if !ok {
		return fmt.Errorf("%w: algorithm %d of the CWT", ErrAlgorithm, t.alg)
	}
	toBeSigned := t.signedBytes()
	iss := t.claims.text(claimIss)
	meant := false
	for _, issuer := range issuers {
		if issuer.Name != "" && issuer.Name != iss || !slices.Contains(kinds, issuer.Key.Kind()) {
			continue
		}
		if issuer.Key.Verify(toBeSigned, t.signature) {
			return nil
		}
		if t.kid == nil || issuer.Kid == nil || bytes.Equal(t.kid, issuer.Kid) {
			meant = true
		}
	}
	if meant {
		return fmt.Errorf("%w: that of the CWT", ErrBadSignature)
	}
	return fmt.Errorf("%w: %q, kid %x, of the CWT", ErrUnknownIssuer, pkix.Shorten(pkix.Printable(iss)), t.kid[:min(len(t.kid), 32)])
}

// SignCWT signs a claims set, which needs a 'cnf' claim as a CCS does. The kid
// tells which key of the issuer it was; nil leaves it out.
func SignCWT(ccs []byte, key *suite.PrivateKey, kid []byte) ([]byte, error) {
	if _, err := FromCCS(ccs); err != nil {
		return nil, err
	}
	alg := int64(0)
	for number, kinds := range signers {
		if slices.Contains(kinds, key.Kind()) {
			alg = number
		}
	}
	if alg == 0 {
		return nil, fmt.Errorf("%w: a key of %v cannot sign", ErrAlgorithm, key.Kind())
	}
	protected := cborx.AppendInt(cborx.AppendInt(cborx.AppendMap(nil, 1), headerAlg), alg)
	signature, err := key.Sign(cose.SigStructure(protected, nil, ccs))
	if err != nil {
		return nil, err
	}
	out := cborx.AppendBytes(cborx.AppendArray(nil, 4), protected)
	if kid == nil {
		out = cborx.AppendMap(out, 0)
	} else {
		out = cborx.AppendBytes(cborx.AppendInt(cborx.AppendMap(out, 1), cose.LabelKid), kid)
	}
	return cborx.AppendBytes(cborx.AppendBytes(out, ccs), signature), nil
}
