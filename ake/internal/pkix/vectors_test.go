package pkix_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
	"github.com/liblake/lake/ake/internal/vectortest"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVectors verifies the chains, bags and CWTs of vectors.json.
func TestVectors(t *testing.T) {
	count := make(map[string]int)
	for _, row := range vectortest.Credentials(t) {
		if len(row.Anchors)+len(row.CWTIssuers) == 0 {
			continue
		}
		count[row.Type]++
		id, err := cose.ParseIDCred(unhex(t, row.IDCred))
		if err != nil {
			t.Fatal(err)
		}
		c, err := cred.FromIDCred(id)
		if err != nil {
			t.Fatalf("%s: %v", row.Type, err)
		}
		if !bytes.Equal(c.Cred, unhex(t, row.Cred)) || !bytes.Equal(c.Key.Bytes(), unhex(t, row.PK)) {
			t.Errorf("%s: another credential or key", row.Type)
		}
		if id.CWT != nil {
			issuer, err := suite.ParsePublicKey(suite.KeyEd25519, unhex(t, row.CWTIssuers[0]))
			if err != nil {
				t.Fatal(err)
			}
			if err := cred.VerifyCWT(c, []cred.Issuer{{Key: issuer}}, certtest.Now, 0); err != nil {
				t.Errorf("%s: %v", row.Type, err)
			}
			continue
		}
		test := certtest.Case{Chain: c.Chain, Bag: id.X5Bag != nil, Time: certtest.Now, Usage: pkix.UsageSignature}
		if row.Usage == "static-dh" {
			test.Usage = pkix.UsageKeyAgreement
		}
		for _, anchor := range row.Anchors {
			test.Anchors = append(test.Anchors, unhex(t, anchor))
		}
		if _, err := verifyCase(test); err != nil {
			t.Errorf("%s: %v", row.Type, err)
		}
		test.Time = certtest.NotAfter.AddDate(1, 0, 0)
		if _, err := verifyCase(test); certtest.ErrorName(err) != "expired" {
			t.Errorf("%s, later: %v", row.Type, err)
		}
	}
	t.Log(count)
}

// FuzzPath gives parser and search certificates of a peer: a CBOR sequence of
// byte strings.
func FuzzPath(f *testing.F) {
	var anchors [][]byte
	for _, row := range vectortest.Credentials(f) {
		id, err := cose.ParseIDCred(unhex(f, row.IDCred))
		if err != nil {
			continue
		}
		for _, chain := range [][][]byte{id.X5Chain, id.X5Bag} {
			f.Add(sequenceOf(chain))
		}
		for _, anchor := range row.Anchors {
			anchors = append(anchors, unhex(f, anchor))
		}
	}
	for _, c := range certtest.Cases() {
		anchors = append(anchors, c.Anchors...)
		if len(c.Chain) < 10 {
			f.Add(sequenceOf(c.Chain))
		}
	}
	trusted, err := parse(anchors...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, err := cborx.Sequence(data, 32)
		if err != nil {
			return
		}
		var bag [][]byte
		for _, item := range items {
			if der, ok := item.Bytes(); ok {
				bag = append(bag, der)
			}
		}
		if len(bag) == 0 {
			return
		}
		for _, candidate := range cred.Candidates(&cose.IDCred{X5Bag: bag}) {
			c, err := candidate()
			if err != nil {
				continue
			}
			_ = c.Identity()
			parsed, err := c.Certificates()
			if err != nil {
				continue
			}
			for _, test := range []struct {
				anchors []*pkix.Certificate
				options pkix.PathOptions
			}{
				{trusted, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature}},
				{trusted, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageKeyAgreement, Bag: true}},
				{parsed, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature, Bag: true}},
			} {
				path, err := issuersOf(test.anchors, nil).Verify(parsed, test.options)
				if (path == nil) != (err != nil) {
					t.Errorf("path of %d and error %v", len(path), err)
				}
				if err != nil && certtest.ErrorName(err) == "other" {
					t.Errorf("an error of no kind: %v", err)
				}
			}
		}
	})
}

func sequenceOf(chain [][]byte) []byte {
	var out []byte
	for _, der := range chain {
		out = cborx.AppendBytes(out, der)
	}
	return out
}
