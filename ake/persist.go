package ake

import (
	"bytes"
	"slices"
	"sync"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// A saved session is
//
//	version (1 byte), role (1), id (16), fingerprint of the Config (32), sealed content
//
// and all but the content is its associated data. saved.go has the content.
const (
	savedVersion = 2
	savedLabel   = "liblake session"
	savedID      = 16
	savedHeader  = 1 + 1 + savedID + fingerprintLength
)

// Save returns the Session, sealed with a key of 32 bytes that only the host
// has, to be restored by RestoreSession in this or another process that has the
// same Config.
//
// A completed Session can be saved any number of times. A half-open one
// (Initiator in WAIT_MESSAGE_2 or WAIT_MESSAGE_4, Responder in WAIT_MESSAGE_3)
// goes: it lives on in what was saved, and this Session is left in StateFailed
// without secrets or an error message to send. It may be restored once; SavedID
// is the name by which hosts agree on who does. Sessions that hold the same
// ephemeral key twice would break forward secrecy and could be made to use one
// AEAD nonce twice.
//
// An Initiator of MethodPSK cannot be saved between message_3 and the fourth
// message: it must not store its keys before the Responder is authenticated
// (draft-ietf-lake-edhoc-psk section 5.4); for the other methods RFC 9528 section
// 5.4.2 says SHOULD NOT. It gives ErrState in other states, and ErrNoCredential
// if SetOwnCredential chose a public key credential that is not among those of the
// Config: its private key is not saved.
func (s *Session) Save(key []byte) (saved []byte, err error) {
	err = s.SaveTo(key, func(data []byte) error { saved = data; return nil })
	return saved, err
}

// SaveTo is Save for a place that may refuse: deliver gets the saved Session
// before this one goes. If it fails, so does SaveTo, nothing has happened, and
// what deliver got must not be restored.
func (s *Session) SaveTo(key []byte, deliver func(saved []byte) error) error {
	if len(key) != suite.BlobKeyLength {
		return errorf(ErrArgument, "the key to save with has %d bytes, %d are needed", len(key), suite.BlobKeyLength)
	}
	return s.do(evSave, func() (phase, error) {
		p, err := s.savable()
		if err != nil {
			return nil, err
		}
		header := make([]byte, 0, savedHeader)
		header = append(header, savedVersion, byte(s.role))
		id, err := s.source.random(savedID, nil)
		if err != nil {
			return nil, errorf(ErrInternal, "the random generator failed")
		}
		header = append(append(header, id...), s.party.fingerprint()...)
		var content savedWriter
		defer content.wipe()
		content.session(&s.env, p)
		sealed, err := suite.SealBlob(key, append([]byte(savedLabel), header...), content.out)
		if err != nil {
			return nil, err
		}
		if err := deliver(append(header, sealed...)); err != nil {
			return nil, err
		}
		if p.state() == StateCompleted {
			return p, nil
		}
		gone := *p.about()
		gone.attempt = nil
		return &failed{facts: gone, cause: s.note(errorf(ErrAborted, "the session was saved and lives on there"))}, nil
	})
}

// savable is the phase, if it can be saved: what it needs has to be there when it is
// restored.
func (s *Session) savable() (savable, error) {
	p, ok := s.phase.(savable)
	if !ok {
		return nil, errorf(ErrState, "a session in this state cannot be saved")
	}
	if done, ok := p.(*completed); s.role == Initiator && !p.about().auth.proves2() &&
		(p.state() == StateWait4 || ok && done.unproved != nil) {
		return nil, errorf(ErrState, "EDHOC-PSK keys must not be stored before the Responder is authenticated")
	}
	for _, own := range []*Credential{p.savedOwn(), s.settings.own} {
		if own != nil && own.psk == nil && s.party.ownLike(own.idCred, own.parsed.Cred) == nil {
			return nil, errorf(ErrNoCredential, "the own credential is not in the Config, where it would be looked for again")
		}
	}
	return p, nil
}

// SavedID returns the 16 bytes that name a saved session, without opening it: of
// all who could restore a half-open session, the one may that claims its id
// first. It gives ErrUnsupported for another version and ErrSaved for what is
// no saved session.
func SavedID(saved []byte) ([]byte, error) {
	if err := checkSaved(saved); err != nil {
		return nil, err
	}
	return bytes.Clone(saved[2 : 2+savedID]), nil
}

func checkSaved(saved []byte) error {
	if len(saved) < 1 {
		return errorf(ErrSaved, "nothing is there")
	}
	if saved[0] != savedVersion {
		return errorf(ErrUnsupported, "a saved session of version %d, this library writes and reads version %d: run EDHOC again", saved[0], savedVersion)
	}
	if len(saved) < savedHeader {
		return errorf(ErrSaved, "a saved session is longer")
	}
	return nil
}

// RestoreSession makes a Session from what Save gave.
//
// It gives ErrUnsupported for another version, and ErrSaved, with a text that says
// which it is, for what was altered or sealed with another key, for a session of
// a Config that is not the same (suites, methods, credentials, trust, policies,
// limits), and for a half-open session that this Party has restored before. The
// latter is only the last resort, within one process and for the last 16,384 of
// them: the host has to see to it that nobody else restores it.
func (p *Party) RestoreSession(key, saved []byte) (*Session, error) {
	if len(key) != suite.BlobKeyLength {
		return nil, errorf(ErrArgument, "the key to restore with has %d bytes, %d are needed", len(key), suite.BlobKeyLength)
	}
	if err := checkSaved(saved); err != nil {
		return nil, err
	}
	header := saved[:savedHeader]
	if !bytes.Equal(header[2+savedID:], p.fingerprint()) {
		return nil, errorf(ErrSaved, "another configuration")
	}
	content, err := suite.OpenBlob(key, append([]byte(savedLabel), header...), saved[savedHeader:])
	if err != nil {
		return nil, errorf(ErrSaved, "altered, or sealed with another key")
	}
	defer suite.Wipe(content)
	s := newSession(p, Role(header[1]), &start{})
	if err := s.restore(content); err != nil {
		return nil, err
	}
	if s.phase.state() != StateCompleted && !p.restored.claim([savedID]byte(header[2:])) {
		s.Close()
		return nil, errorf(ErrSaved, "the half-open session was restored before")
	}
	return s, nil
}

// maxClaimed bounds the memory of restored sessions: half a megabyte or so.
const maxClaimed = 1 << 14

// claimed are the half-open sessions that were restored, the oldest forgotten
// first.
type claimed struct {
	mu   sync.Mutex
	ids  map[[savedID]byte]bool
	ring [][savedID]byte
	next int
}

func (c *claimed) claim(id [savedID]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[id] {
		return false
	}
	if c.ids == nil {
		c.ids = make(map[[savedID]byte]bool)
	}
	if len(c.ring) < maxClaimed {
		c.ring = append(c.ring, id)
	} else {
		delete(c.ids, c.ring[c.next])
		c.ring[c.next] = id
		c.next = (c.next + 1) % maxClaimed
	}
	c.ids[id] = true
	return true
}

const fingerprintLength = 32

// fingerprint is a hash over what a Config is made of, but for functions, of
// which it only says whether they are there, and for secrets.
func (p *Party) fingerprint() []byte {
	credentials := func(list []*Credential, ordered bool) []byte {
		encoded := make([][]byte, len(list))
		for i, credential := range list {
			encoded[i] = credential.fingerprint()
		}
		if !ordered {
			slices.SortFunc(encoded, bytes.Compare)
		}
		return cborx.AppendBytes(nil, bytes.Join(encoded, nil))
	}
	var out []byte
	number := func(n int64) { out = cborx.AppendInt(out, n) }
	flag := func(set bool) {
		if set {
			number(1)
		} else {
			number(0)
		}
	}
	number(int64(len(p.suites)))
	for _, id := range p.suites {
		number(int64(id))
	}
	number(int64(len(p.methods)))
	for _, m := range p.methods {
		number(int64(m))
	}
	out = append(out, credentials(p.own, true)...)
	out = append(out, credentials(p.psks[Initiator], true)...)
	out = append(out, credentials(p.psks[Responder], false)...)
	out = append(out, credentials(p.peers, false)...)
	number(int64(p.policy))
	number(int64(p.pull))
	for _, labels := range [][]int64{p.eadLabels, p.earlyEAD} {
		number(int64(len(labels)))
		for _, label := range labels {
			number(label)
		}
	}
	l := &p.limits
	for _, limit := range []int{l.MessageSize, l.ConnectionID, l.EADItems, l.Candidates, l.Chain} {
		number(int64(limit))
	}
	certificates := func(list []*pkix.Certificate) {
		number(int64(len(list)))
		for _, certificate := range list {
			out = cborx.AppendBytes(out, certificate.Raw)
		}
	}
	certificates(p.issuers.anchors)
	certificates(p.issuers.intermediates)
	number(int64(len(p.issuers.cwt)))
	for _, issuer := range p.issuers.cwt {
		number(int64(issuer.Key.Kind()))
		out = cborx.AppendBytes(out, issuer.Key.Bytes())
		out = cborx.AppendText(out, issuer.Name)
	}
	number(int64(len(p.allowed)))
	for _, n := range p.allowed {
		number(int64(n.Kind))
		out = cborx.AppendText(out, n.Text)
	}
	flag(p.anyPeer)
	for _, role := range []Role{Initiator, Responder} {
		out = cborx.AppendText(out, p.purposes[role].String())
	}
	flag(p.outdatedCRLs)
	number(int64(p.tolerance))
	flag(p.message4)
	flag(p.resolver != nil)
	flag(p.ead != nil)
	flag(p.verifier != nil)
	flag(p.resumption != nil)
	return suite.SHA256(out)
}

// fingerprint is the public part of a credential.
func (c *Credential) fingerprint() []byte {
	out := cborx.AppendInt(nil, int64(c.parsed.Type))
	out = cborx.AppendBytes(out, c.idCred)
	out = cborx.AppendBytes(out, c.parsed.Cred)
	out = cborx.AppendBytes(out, c.PublicKey())
	if c.psk != nil {
		out = cborx.AppendInt(out, int64(c.psk.hash))
		out = cborx.AppendBytes(out, c.psk.credI)
		out = cborx.AppendBytes(out, c.psk.credR)
	}
	return out
}
