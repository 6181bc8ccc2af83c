package ake

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// MethodPSK is EDHOC-PSK (draft-ietf-lake-edhoc-psk): both sides authenticate
// with a pre-shared key.
const MethodPSK Method = 4

// resumingMethod is the method that a resumption takes.
const resumingMethod = MethodPSK

// minPSK is the least length of an external PSK (draft section 9.5).
const minPSK = 16

// preShared is what a PSK credential has in the place of a public key.
type preShared struct {
	secret       []byte
	hash         int // COSE number of the only EDHOC hash it may be used with
	credI, credR []byte
	origin       *origin // of a resumption key
	lent         bool    // a copy for one run, and wiped with that
	lender       *ResumptionStore
}

// origin is the run with long-term credentials that a resumption key goes back to
// (draft section 6).
type origin struct {
	idCredI, idCredR []byte
	peer             *Credential // of the other side, without what is secret; nil: a pre-shared key
	at               time.Time
	until            time.Time // the end of validity of those credentials; zero: none
}

// CredentialFromPSK makes a credential for MethodPSK: the ID_CRED_PSK map that
// refers to it, the key of at least 16 bytes, the COSE number of the EDHOC hash
// that it is bound to (-16 SHA-256, -43 SHA-384, -45 SHAKE256), and CRED_I and
// CRED_R (one CBOR item each), which say who the two sides are and must differ: a
// CCS needs its claim 'sub' for that (draft section 3.1.3).
//
// It gives ErrCredentialMalformed, ErrUnsupported for another hash, and
// ErrArgument for a key that is short or all zero, and for credentials that are
// equal or do not say whose they are.
func CredentialFromPSK(idCred, psk []byte, hash int, credI, credR []byte) (*Credential, error) {
	if len(psk) < minPSK {
		return nil, errorf(ErrArgument, "the pre-shared key has %d bytes, at least %d are needed", len(psk), minPSK)
	}
	if suite.ConstantTimeEqual(psk, make([]byte, len(psk))) {
		return nil, errorf(ErrArgument, "the pre-shared key is all zero")
	}
	subI, err := nameIn("CRED_I", credI)
	if err != nil {
		return nil, err
	}
	subR, err := nameIn("CRED_R", credR)
	if err != nil {
		return nil, err
	}
	if subI == subR && subI != "" {
		return nil, errorf(ErrArgument, "CRED_I and CRED_R have the same claim 'sub', and must not be of the same side")
	}
	return pskCredential(idCred, preShared{secret: psk, hash: hash, credI: credI, credR: credR})
}

// nameIn returns the claim 'sub' of a CCS, and refuses a CRED_x that does not say
// whose it is. Certificates and CWTs say it in ways of their own.
func nameIn(name string, credential []byte) (sub string, err error) {
	item, err := cborx.One(credential)
	if err != nil {
		return "", errorf(ErrCredentialMalformed, "%s is not one CBOR item: %v", name, err)
	}
	switch item.Kind() {
	case cborx.Map:
		pairs, _ := item.Map()
		for _, pair := range pairs {
			if claim, ok := pair.Key.Int(); ok && claim == claimSub {
				sub, _ = pair.Value.Text()
			}
		}
		if sub == "" {
			return "", errorf(ErrArgument, "%s has no claim 'sub', which says whose it is", name)
		}
		return sub, nil
	case cborx.Bytes, cborx.Array:
		return "", nil
	}
	return "", errorf(ErrArgument, "%s is no credential that says whose it is", name)
}

// claimSub is the label of the claim 'sub' (RFC 8392 section 4).
const claimSub = 2

// pskCredential makes a PSK credential of what is known to be good but for its form.
func pskCredential(idCred []byte, psk preShared) (*Credential, error) {
	if err := checkIDCred(idCred); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(suite.All(), func(s *suite.Suite) bool { return s.Hash == psk.hash }) {
		return nil, errorf(ErrUnsupported, "hash algorithm %d", psk.hash)
	}
	for _, c := range [][]byte{psk.credI, psk.credR} {
		if _, err := cborx.One(c); err != nil {
			return nil, errorf(ErrCredentialMalformed, "CRED_I or CRED_R is not one CBOR item: %v", err)
		}
	}
	if bytes.Equal(psk.credI, psk.credR) {
		return nil, errorf(ErrArgument, "CRED_I and CRED_R must differ")
	}
	id := bytes.Clone(idCred)
	psk.secret, psk.credI, psk.credR = suite.Keep(psk.secret), bytes.Clone(psk.credI), bytes.Clone(psk.credR)
	return &Credential{parsed: &cred.Credential{Type: cred.PSK, IDs: [][]byte{id}, DefaultID: id}, idCred: id, psk: &psk}, nil
}

// PSKCredentials returns CRED_I and CRED_R of a PSK credential, and nil of any
// other.
func (c *Credential) PSKCredentials() (credI, credR []byte) {
	if c.psk == nil {
		return nil, nil
	}
	return bytes.Clone(c.psk.credI), bytes.Clone(c.psk.credR)
}

// usable reports whether the key is still there: a resumption key is wiped when
// its run is over, and is not saved with a session.
func (p *preShared) usable() bool { return len(p.secret) >= minPSK }

// original is the credential that a resumption key goes back to, or the credential
// itself.
func (c *Credential) original() *Credential {
	if c.psk != nil && c.psk.origin != nil && c.psk.origin.peer != nil {
		return c.psk.origin.peer
	}
	return c
}

// wipe clears a pre-shared key that has done its work.
func (c *Credential) wipe() {
	wipe(&c.psk.secret)
	for i := range c.hedges {
		if hedge := c.hedges[i].Swap(nil); hedge != nil {
			suite.Wipe(*hedge)
		}
	}
}

// borrowed reports whether the credential is a copy out of a ResumptionStore.
func (c *Credential) borrowed() bool { return c.psk != nil && c.psk.lent }

func wipeBorrowed(candidates []*Credential) {
	for _, c := range candidates {
		if c.borrowed() {
			c.wipe()
		}
	}
}

// preSharedKeys is method 4.
type preSharedKeys struct{ info MethodInfo }

func (m *preSharedKeys) method() *MethodInfo { return &m.info }

func (*preSharedKeys) own(p *Party, role Role) []*Credential { return p.psks[role] }

// serves: a key is bound to one hash (draft section 9.5).
func (*preSharedKeys) serves(c *Credential, alg *suite.Suite, _ Role) bool {
	return c.psk != nil && c.psk.hash == alg.Hash && c.psk.usable()
}

func (*preSharedKeys) prefers(*Credential, *suite.Suite, Role) bool { return true }

// accepts: a resumption store is enough; then only keys of the store count.
func (*preSharedKeys) accepts(p *Party) bool {
	return slices.Contains(p.methods, MethodPSK) || p.resumption != nil
}

func (*preSharedKeys) asksHost(p *Party) bool {
	return p.resolver != nil || p.pull&PullCredential != 0 || p.resumption != nil
}

// isOwn reports whether the Initiator of a PSK would be this side itself: CRED_I is
// the peer's, and must not be what this side calls itself.
func (*preSharedKeys) isOwn(in *env, peer *Credential) bool {
	credI := peer.psk.credI
	return slices.ContainsFunc(in.party.psks[Initiator], func(own *Credential) bool { return bytes.Equal(own.psk.credI, credI) }) ||
		slices.ContainsFunc(in.party.own, func(own *Credential) bool { return bytes.Equal(own.parsed.Cred, credI) })
}

func (*preSharedKeys) creds(_ Role, _, peer *Credential) (credI, credR []byte) {
	return peer.psk.credI, peer.psk.credR
}

func (*preSharedKeys) proves2() bool { return false }

func (*preSharedKeys) keepsEphemeral() bool { return false }

// resolve finds the keys that ID_CRED_PSK may mean: it may be that of several. An
// rKID is short and made at random: under the same identifier the host may know
// another key.
func (*preSharedKeys) resolve(in *env, _ *judged, id *cose.IDCred) ([]*Credential, error) {
	var candidates []*Credential
	if in.party.policy != PolicyCallback {
		resumed := in.party.borrow(id)
		mayAsk := slices.Contains(in.party.methods, MethodPSK)
		if mayAsk {
			candidates = in.party.lookupPSK(id)
		}
		asks := len(resumed) > 0 && mayAsk && in.party.resolver != nil
		candidates = append(candidates, resumed...)
		switch {
		case len(candidates) > 0 && !asks:
			return candidates, nil
		case !mayAsk:
			return nil, unknown(id)
		}
	}
	more, err := in.ask(id)
	if len(candidates) > 0 && (errors.Is(err, ErrCredentialUnknown) || errors.Is(err, PendingCredential)) {
		err = nil
	}
	if err != nil {
		wipeBorrowed(candidates)
		return nil, err
	}
	return append(candidates, more...), nil
}

// checkAnswer: only the proof tells whether a key is the right one.
func (*preSharedKeys) checkAnswer(*env, *cose.IDCred, *Credential) error { return nil }

// lookupPSK returns the keys that id means for a Responder.
func (p *Party) lookupPSK(id *cose.IDCred) []*Credential {
	canonical := cborx.Item(id.Raw).Canonical()
	var found []*Credential
	for _, psk := range p.psks[Responder] {
		if bytes.Equal(psk.names()[0], canonical) {
			found = append(found, psk)
		}
	}
	return found
}

// makePlaintext2 makes PLAINTEXT_2A; PRK_3e2m is PRK_2e.
func (*preSharedKeys) makePlaintext2(in *env, p *received1, th2 []byte, prk2e *schedule.PRK) (made2, error) {
	p2 := message.Plaintext2A{CR: p.cR, EAD: in.settings.eadFor(2)}
	plaintext2A := p2.Encode()
	return made2{plaintext2A, schedule.TH3PSK(p.alg, th2, plaintext2A), prk2e.Copy(), nil}, nil
}

func (*preSharedKeys) openPlaintext2(plaintext2A []byte) (cR []byte, o opened, err error) {
	p2, err := message.ParsePlaintext2A(plaintext2A)
	if err != nil {
		return nil, opened{}, err
	}
	return p2.CR, opened{plaintext: plaintext2A, items: p2.EAD}, nil
}

func (*preSharedKeys) verify2(p *pending2, _ *Credential) (verified, error) {
	return verified{prk: p.prk2e.Copy(), plaintext: p.plaintext}, nil
}

func (*preSharedKeys) th3(p *pending2, v *verified) []byte {
	return schedule.TH3PSK(p.alg, p.th2, v.plaintext)
}

// pskProof is CIPHERTEXT_3B with all that it is made of (draft section 5.3.2).
type pskProof struct {
	alg       *suite.Suite
	th3       []byte
	compactID []byte
	psk       *preShared
}

// keys are PRK_4e3m, and K_3 and IV_3 from it.
func (p *pskProof) keys(prk3e2m *schedule.PRK) (prk4e3m *schedule.PRK, key schedule.Key) {
	prk4e3m = prk3e2m.PRK4e3m(p.th3, p.psk.secret)
	return prk4e3m, prk4e3m.Key3(p.alg, p.th3)
}

func (p *pskProof) aad() []byte {
	return cose.EncStructure(schedule.AAD3PSK(p.compactID, p.th3, p.psk.credI, p.psk.credR))
}

// th4 has both credentials.
func (p *pskProof) th4(plaintext3B []byte) []byte {
	return schedule.TH4PSK(p.alg, p.th3, p.compactID, plaintext3B, p.psk.credI, p.psk.credR)
}

func (m *preSharedKeys) makeMessage3(in *env, p *verified2) (made3, error) {
	own := in.ownForRun(p.attempt.resumption, m, p.alg)
	proof := pskProof{p.alg, p.th3, message.CompactID(own.idCred), own.psk}
	prk4e3m, key := proof.keys(p.prk3e2m)
	defer key.Wipe()
	plaintext3B := message.EncodeEAD(in.settings.eadFor(3))
	defer suite.Wipe(plaintext3B)
	ciphertext3B, err := key.Seal(proof.aad(), plaintext3B)
	if err != nil {
		prk4e3m.Wipe()
		return made3{}, err
	}
	p3 := message.Plaintext3A{IDCredPSK: own.idCred, Ciphertext3B: ciphertext3B}
	text := p3.Encode()
	p.prk3e2m.XORKeystream3A(p.th3, text)
	return made3{text, proof.th4(plaintext3B), prk4e3m, own}, nil
}

// openMessage3 reads PLAINTEXT_3A (draft section 5.3.3).
func (*preSharedKeys) openMessage3(p *wait3, ciphertext3A []byte) (opened, error) {
	text := bytes.Clone(ciphertext3A)
	p.prk3e2m.XORKeystream3A(p.th3, text)
	p3, err := message.ParsePlaintext3A(text)
	if err != nil {
		suite.Wipe(text)
		return opened{}, err
	}
	return opened{plaintext: text, idCred: p3.IDCredPSK, proof: p3.Ciphertext3B}, nil
}

// verify3 opens CIPHERTEXT_3B with one key.
func (*preSharedKeys) verify3(p *pending3, peer *Credential) (verified, error) {
	proof := p.pskProof(peer)
	prk4e3m, key := proof.keys(p.wait.prk3e2m)
	defer key.Wipe()
	v := verified{peer: peer, prk: prk4e3m}
	var err error
	if v.plaintext, err = key.Open(proof.aad(), p.proof); err == nil {
		v.items, err = message.ParsePlaintext3B(v.plaintext)
	}
	if err != nil {
		prk4e3m.Wipe()
		suite.Wipe(v.plaintext)
		return verified{}, err
	}
	return v, nil
}

func (*preSharedKeys) th4(p *pending3, v *verified) []byte {
	return p.pskProof(v.peer).th4(v.plaintext)
}

func (p *pending3) pskProof(peer *Credential) *pskProof {
	return &pskProof{p.alg, p.wait.th3, message.CompactID(p.idCred), peer.psk}
}

// sameAsOwn is the peer of an Initiator that has authenticated with a pre-shared
// key: who has the same.
func sameAsOwn(own *Credential) *peer {
	return &peer{credential: own, idCred: bytes.Clone(own.idCred)}
}
