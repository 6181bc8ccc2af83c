package ake

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
)

// What EDHOC-PSK asks of its keys.

// TestPSKCredentialStrict: CRED_I and CRED_R say whose they are, and the key is one
// (draft-ietf-lake-edhoc-psk sections 3.1.3, 9.3 and 9.5).
func TestPSKCredentialStrict(t *testing.T) {
	id, key := cose.KidID([]byte{7}), bytes.Repeat([]byte{0x5a}, 16)
	credI, credR := pskCred("initiator", []byte{7}), pskCred("responder", []byte{7})
	bstr := func(b byte) []byte { return cborx.AppendBytes(nil, bytes.Repeat([]byte{b}, 40)) }
	for name, c := range map[string]struct {
		key, credI, credR []byte
		want              Status
	}{
		"as it should be":       {key, credI, credR, OK},
		"two certificates":      {key, bstr(1), bstr(2), OK},
		"a CWT and a CCS":       {key, []byte{0x84, 0x40, 0xa0, 0x41, 1, 0x41, 2}, credR, OK},
		"16 zero bytes":         {make([]byte, 16), credI, credR, ErrArgument},
		"64 zero bytes":         {make([]byte, 64), credI, credR, ErrArgument},
		"15 bytes":              {key[:15], credI, credR, ErrArgument},
		"CRED_I without sub":    {key, unhex(t, "a108a101a10104"), credR, ErrArgument},
		"CRED_R without sub":    {key, credI, unhex(t, "a108a101a10104"), ErrArgument},
		"an empty map":          {key, credI, unhex(t, "a0"), ErrArgument},
		"an empty sub":          {key, credI, unhex(t, "a10260"), ErrArgument},
		"sub is a byte string":  {key, credI, unhex(t, "a1024161"), ErrArgument},
		"sub is a number":       {key, credI, unhex(t, "a10205"), ErrArgument},
		"sub below a tag":       {key, credI, unhex(t, "a102c06161"), ErrArgument},
		"iss in place of sub":   {key, credI, unhex(t, "a1016161"), ErrArgument},
		"the same sub":          {key, credI, pskCred("initiator", []byte{8}), ErrArgument},
		"a number":              {key, credI, unhex(t, "05"), ErrArgument},
		"a text":                {key, unhex(t, "6161"), credR, ErrArgument},
		"null":                  {key, credI, unhex(t, "f6"), ErrArgument},
		"equal certificates":    {key, bstr(1), bstr(1), ErrArgument},
		"no CBOR":               {key, credI, unhex(t, "a102"), ErrCredentialMalformed},
		"sub after another sub": {key, credI, unhex(t, "a2026161026162"), ErrCredentialMalformed},
	} {
		_, err := CredentialFromPSK(id, c.key, -16, c.credI, c.credR)
		wantStatus(t, name, err, c.want)
	}
}

// similar is a key with the identifier of another one.
func similar(t testing.TB, to *Credential, change func(key []byte, hash *int, credI, credR *[]byte)) *Credential {
	t.Helper()
	key, hash := bytes.Clone(to.psk.secret), to.psk.hash
	credI, credR := to.PSKCredentials()
	change(key, &hash, &credI, &credR)
	return value[*Credential](t)(CredentialFromPSK(to.IDCred(), key, hash, credI, credR))
}

// wrongKeys are keys that look like the right one until they are tried.
func wrongKeys(t testing.TB, right *Credential) map[string]*Credential {
	return map[string]*Credential{
		"another key":    similar(t, right, func(key []byte, _ *int, _, _ *[]byte) { key[3] ^= 1 }),
		"SHA-384":        similar(t, right, func(_ []byte, hash *int, _, _ *[]byte) { *hash = -43 }),
		"SHAKE256":       similar(t, right, func(_ []byte, hash *int, _, _ *[]byte) { *hash = -45 }),
		"another CRED_I": similar(t, right, func(_ []byte, _ *int, credI, _ *[]byte) { *credI = pskCred("other", nil) }),
		"another CRED_R": similar(t, right, func(_ []byte, _ *int, _, credR *[]byte) { *credR = pskCred("other", nil) }),
		"exchanged":      similar(t, right, func(_ []byte, _ *int, credI, credR *[]byte) { *credI, *credR = *credR, *credI }),
	}
}

// keyPlaces are the ways in which a Responder has keys.
var keyPlaces = map[string]func(t testing.TB, c *hostConfig, keys []*Credential){
	"Config": func(t testing.TB, c *hostConfig, keys []*Credential) {
		c.ResponderPSKs = append(c.ResponderPSKs, keys...)
	},
	"Resolver": func(t testing.TB, c *hostConfig, keys []*Credential) {
		c.Resolver = func(*Session, []byte) ([]*Credential, error) { return keys, nil }
	},
	"store": func(t testing.TB, c *hostConfig, keys []*Credential) {
		store := newStore(t, 100)
		for n := len(keys) - 1; n >= 0; n-- { // the newest is tried first
			key := similar(t, keys[n], func([]byte, *int, *[]byte, *[]byte) {})
			key.psk.origin = &origin{at: store.clock()}
			store.add(&resumptionKey{role: Responder, peer: string(key.psk.credI), credential: key, suite: 2, made: store.clock()})
		}
		c.ResumptionStore = store
	},
}

// pskAgainst runs an Initiator with a key against a Responder with others, up to
// message_3.
func pskAgainst(t testing.TB, right *Credential, prepare func(*hostConfig)) (r *Session, err error) {
	t.Helper()
	w := &world{configI: newConfig(), configR: newConfig()}
	w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, right)
	w.configI.Suites = []int{2}
	w.configR.Suites = []int{2}
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, newPSK(t, 2, []byte("spare"), "somebody", "responder"))
	prepare(w.configR)
	i, r := w.sessions(t)
	handshake(t, i, r, 2)
	return r, r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
}

// TestPSKOtherHash: a key that is bound to another hash ends the run, wherever it
// comes from, and the peer is told no more than of a wrong key.
func TestPSKOtherHash(t *testing.T) {
	right := newPSK(t, 2, []byte{7}, "initiator", "responder")
	wrong := wrongKeys(t, right)
	for place, put := range keyPlaces {
		replies := map[string]string{}
		for _, name := range []string{"SHA-384", "SHAKE256", "another key"} {
			r, err := pskAgainst(t, right, func(c *hostConfig) { put(t, c, []*Credential{wrong[name]}) })
			want := ErrKeyKind
			if name == "another key" {
				want = ErrDecryption
			}
			wantStatus(t, place+": "+name, err, want)
			wantState(t, r, StateFailed)
			replies[string(value[[]byte](t)(r.PrepareError()))] = name
		}
		if len(replies) != 1 {
			t.Errorf("%s: the error messages are %q", place, replies)
		}
	}
	// The suite of another hash is not selected, and a key of another hash not offered.
	c := newConfig()
	c.InitiatorPSKs = append(c.InitiatorPSKs, wrong["SHA-384"])
	c.Suites = []int{2}
	_, err := value[*Session](t)(c.NewSession(Initiator)).PrepareMessage1()
	wantStatus(t, "a key of SHA-384 with suite 2", err, ErrNoCredential)
}

// TestPSKCandidatesEverywhere: several keys under one ID_CRED_PSK are tried, as
// many as the limit says, wherever they are; the peer does not learn which there
// were, nor why none would do.
func TestPSKCandidatesEverywhere(t *testing.T) {
	right := newPSK(t, 2, []byte{7}, "initiator", "responder")
	wrong := wrongKeys(t, right)
	replies := map[string]string{}
	for place, put := range keyPlaces {
		for name, key := range wrong {
			for _, count := range []int{0, 1, 2, 3} {
				keys := []*Credential{}
				for range count {
					keys = append(keys, key)
				}
				r, err := pskAgainst(t, right, func(c *hostConfig) {
					c.Limits = Limits{Candidates: 3}
					put(t, c, append(keys, right))
				})
				what := fmt.Sprintf("%s: the right one after %d with %s", place, count, name)
				if count < 3 {
					wantStatus(t, what, err, OK)
					credI, _ := r.PeerCredential().PSKCredentials()
					wantBytes(t, what, credI, right.psk.credI)
				} else if err == nil {
					t.Errorf("%s: it is tried beyond the limit", what)
				}
			}
			for _, count := range []int{1, 3, 20} {
				keys := make([]*Credential, count)
				for n := range keys {
					keys[n] = key
				}
				r, err := pskAgainst(t, right, func(c *hostConfig) { put(t, c, keys) })
				if err == nil {
					t.Fatalf("%s: %d with %s are accepted", place, count, name)
				}
				replies[string(value[[]byte](t)(r.PrepareError()))] = place + " " + name
			}
		}
	}
	if len(replies) != 1 {
		t.Errorf("there are %d error messages: %q", len(replies), replies)
	}
}

// TestSaveChosenPSK: a run whose key was set for it alone is saved with that key.
func TestSaveChosenPSK(t *testing.T) {
	chosen := newPSK(t, 2, []byte{9}, "initiator", "responder")
	w := &world{configI: newConfig(), configR: newConfig()}
	w.configI.InitiatorPSKs = append(w.configI.InitiatorPSKs, newPSK(t, 2, []byte{7}, "initiator", "somebody"))
	w.configI.Suites = []int{2}
	w.configR.ResponderPSKs = append(w.configR.ResponderPSKs, chosen)
	for _, saves := range [][]int{{}, {1}, {4}, {1, 4}} { // after which messages
		i, r := w.sessions(t)
		must(t, i.SetOwnCredential(chosen))
		for n := 1; n <= 4; n++ {
			pass(t, n, i, r)
			for _, after := range saves {
				if after == n {
					i = restore(t, w.configI, value[[]byte](t)(i.Save(blobKey)))
				}
			}
		}
		wantSameKeys(t, i, r)
		a, b := value[*Credential](t)(i.ResumptionCredential(0)), value[*Credential](t)(r.ResumptionCredential(0))
		wantBytes(t, fmt.Sprint("rPSK with saves after ", saves), a.psk.secret, b.psk.secret)
	}
}

// TestPSKAnsweredWithCertificate: a host that answers with a certificate where a
// pre-shared key is asked for has its run ended, whatever the policy.
func TestPSKAnsweredWithCertificate(t *testing.T) {
	leaf := newAuthority().credential(t, IDX5T, "")
	for _, policy := range []PeerPolicy{PolicyPinned, PolicyX509, PolicyCallback, PolicyLearn, PolicyAnyInsecure} {
		for _, pulls := range []bool{true, false} {
			w := pskWorld(t, 2)
			w.configR = newConfig()
			w.configR.Policy = policy
			if pulls {
				w.configR.Pull = PullCredential
			} else {
				w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return []*Credential{leaf}, nil }
			}
			_, r, message3 := pskRun(t, w)
			err := r.ProcessMessage3(message3)
			if pulls {
				wantStatus(t, fmt.Sprint("policy ", policy), err, PendingCredential)
				must(t, r.SetPeerCredential(leaf))
				err = r.Continue()
			}
			wantStatus(t, fmt.Sprintf("policy %d, asked by a pending status: %v", policy, pulls), err, ErrKeyKind)
			wantErrorCode(t, r, 1)
		}
	}
}
