package ake

import (
	"sync"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/suite"
)

// maxLearned bounds what PolicyLearn keeps. Beyond it no new key is accepted: one
// that could not be kept would make the next one of its subject a new one, too.
const maxLearned = 4096

// learned is what PolicyLearn has accepted: trust on first use.
type learned struct {
	mu       sync.Mutex
	keys     map[[32]byte]bool     // fingerprints
	subjects map[[32]byte][32]byte // hash of the subject -> fingerprint
}

// learnable returns the raw key that id carries, if it may be learned; nil if it
// carries none.
func (in *env) learnable(id *cose.IDCred) (*Credential, error) {
	if id.CCS == nil {
		return nil, nil
	}
	credential, err := newCredential(cred.FromIDCred(id))
	if err != nil {
		return nil, err
	}
	l := &in.party.learned
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(credential.parsed.Identity()); err != nil {
		return nil, err
	}
	return credential, nil
}

// check refuses another key of a known subject, and what is too much.
func (l *learned) check(id cred.Identity) error {
	known, ok := l.subjects[subjectHash(id)]
	switch {
	case l.keys[id.Fingerprint]:
		return nil
	case ok && id.Subject != "" && known != id.Fingerprint:
		return errorf(ErrCredentialUntrusted, "another key is known of %q", id.Subject)
	case len(l.keys) >= maxLearned:
		return errorf(ErrCredentialUntrusted, "%d keys were learned, which is the limit", maxLearned)
	}
	return nil
}

func subjectHash(id cred.Identity) [32]byte { return [32]byte(suite.SHA256([]byte(id.Subject))) }

// begin makes the subjects of the pinned credentials known. One may have several
// keys.
func (l *learned) begin(peers []*Credential) {
	l.keys, l.subjects = map[[32]byte]bool{}, map[[32]byte][32]byte{}
	for _, peer := range peers {
		id := peer.parsed.Identity()
		l.subjects[subjectHash(id)] = id.Fingerprint
	}
}

// learn keeps the raw key of a peer that has authenticated, if it was learnable,
// and reports whether it is new. Another session may have learned another one in
// the meantime.
func (in *env) learn(j *judged) (isNew bool, err error) {
	if j.offered == nil || j.offered != j.verified.peer {
		return false, nil
	}
	l, id := &in.party.learned, j.offered.parsed.Identity()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(id); err != nil {
		return false, err
	}
	isNew = !l.keys[id.Fingerprint]
	l.keys[id.Fingerprint] = true
	l.subjects[subjectHash(id)] = id.Fingerprint
	return isNew, nil
}
