package ake

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// recorder gives what the key schedule and the AEAD of a side compute the names of
// RFC 9529. It tells them apart by the labels of EDHOC_KDF and by the keys that they
// are made with.
type recorder struct {
	values    map[string][]byte
	keystream string // the one that is being made
	psk       bool   // method 4
}

func (r *recorder) is(name string, value []byte) bool {
	return value != nil && bytes.Equal(r.values[name], value)
}

func (r *recorder) Digest(out []byte) {
	if r.values["h_message_1"] == nil {
		r.values["h_message_1"] = out
	}
}

func (r *recorder) Extract(salt, ikm, prk []byte) {
	switch {
	case r.is("salt_4e3m", salt) && r.psk:
		r.values["psk"], r.values["prk_4e3m"] = ikm, prk
	case r.is("salt_4e3m", salt):
		r.values["g_iy"], r.values["prk_4e3m"] = ikm, prk
	case r.is("salt_3e2m", salt):
		r.values["g_rx"], r.values["prk_3e2m"] = ikm, prk
	default:
		r.values["th_2"], r.values["g_xy"], r.values["prk_2e"] = salt, ikm, prk
	}
}

func (r *recorder) Expand(prk, info, out []byte) {
	if r.is("prk_exporter", prk) || r.is("keyupdate_prk_exporter", prk) { // EDHOC_Exporter
		return
	}
	items, _ := cborx.Sequence(info, 3)
	label, _ := items[0].Int()
	context, _ := items[1].Bytes()
	v := r.values
	switch label {
	case 0:
		r.keystream, v["keystream_2"] = "keystream_2", out
	case 12:
		r.keystream, v["keystream_3a"], v["prk_3e2m"], v["th_3"] = "keystream_3a", out, prk, context
	case 1:
		v["salt_3e2m"] = out
	case 2:
		v["prk_3e2m"], v["context_2"], v["mac_2"] = prk, context, out
	case 3:
		v["k_3"], v["th_3"] = out, context
	case 4:
		v["iv_3"] = out
	case 5:
		v["salt_4e3m"], v["prk_3e2m"], v["th_3"] = out, prk, context
	case 6:
		v["prk_4e3m"], v["context_3"], v["mac_3"] = prk, context, out
	case 7:
		v["prk_4e3m"], v["th_4"], v["prk_out"] = prk, context, out
	case 8:
		v["k_4"] = out
	case 9:
		v["iv_4"] = out
	case 10:
		if r.is("keyupdate_prk_out", prk) {
			v["keyupdate_prk_exporter"] = out
		} else {
			v["prk_exporter"] = out
		}
	case 11:
		v["keyupdate_prk_out"] = out
	default: // the parts of a long keystream
		v[r.keystream] = slices.Concat(v[r.keystream], out)
	}
}

func (r *recorder) AEAD(key, _, aad, plaintext []byte) {
	switch {
	case r.is("k_4", key):
		r.values["a_4"], r.values["plaintext_4"] = aad, plaintext
	case r.is("k_3", key) && r.psk:
		r.values["a_3"], r.values["plaintext_3b"] = aad, plaintext
	case r.is("k_3", key):
		r.values["a_3"], r.values["plaintext_3"] = aad, plaintext
	}
}

// played is a source that repeats the inputs of a vector and records the run.
type played struct {
	fresh
	recorder
	ephemeralKey []byte
	suitesIOf    []int64
}

func (p *played) suite(id int) *suite.Suite {
	s := suite.Lookup(id)
	if p.values == nil {
		return s
	}
	return suite.Recorded(s, &p.recorder)
}

func (p *played) ephemeral(kind suite.KeyKind, hedge, besides []byte) (*suite.PrivateKey, error) {
	delete(p.values, "h_message_1") // a new run
	if p.ephemeralKey == nil {
		return p.fresh.ephemeral(kind, hedge, besides)
	}
	return suite.ParsePrivateKey(kind, p.ephemeralKey)
}

func (p *played) suitesI(chosen []int64) []int64 {
	if p.suitesIOf == nil {
		return chosen
	}
	return p.suitesIOf
}
