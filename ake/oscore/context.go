package oscore

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// Parameters are what both sides of a security context share (RFC 8613 section 3.2).
type Parameters struct {
	MasterSecret []byte // at least 16 bytes
	MasterSalt   []byte // may be empty
	// SenderID and RecipientID have at most 7 bytes with AES-CCM-16-64-128, in general
	// 6 fewer than a nonce of the AEAD, and differ from each other.
	SenderID, RecipientID []byte
	IDContext             []byte // nil: there is none, as after EDHOC; at most 255 bytes
	AEAD                  int    // COSE number; 0: AES-CCM-16-64-128
	Hash                  int    // COSE number of the hash of HKDF; 0: SHA-256
}

// Format prints "OSCORE parameters", whatever the verb.
func (p Parameters) Format(f fmt.State, _ rune) { io.WriteString(f, "OSCORE parameters") }

// Settings are what one side decides alone. The zero value is a context that lives in
// memory only.
type Settings struct {
	// ReplayWindow is how many requests back one is still accepted that came late:
	// default 32 (RFC 8613 section 3.2.2), at most MaxReplayWindow.
	ReplayWindow int
	// SendIDContext puts the ID Context into requests (section 5.1).
	SendIDContext bool
	// Ahead is how many sequence numbers are reserved at a time in a context that
	// outlives the process; 0 in one that does not. See Context.Reserve.
	Ahead uint64
	// Stored is the number that was stored last: 0 in a context that was never used.
	Stored uint64
	// Restored says that the context was used before a restart: the first request
	// gives ErrFreshness (appendix B.1.2).
	Restored bool
	// Limits say when the context is worn out (Usage).
	Limits ake.RenewalLimits
}

// MaxReplayWindow is the largest Settings.ReplayWindow.
const MaxReplayWindow = 1024

const (
	defaultReplayWindow = 32
	defaultAEAD         = 10  // AES-CCM-16-64-128
	defaultHash         = -16 // SHA-256
	maxIDLength         = 7   // of the AEAD with the longest nonce
	maxNonceLength      = 13
	minSecretLength     = 16
	maxIDContext        = 255 // its length is one byte in the option
)

// Context is a security context (RFC 8613 section 3): the keys of both directions, the
// numbers that were used and those that came. It can be used from any goroutine.
type Context struct {
	mu         sync.Mutex
	aead       int
	limits     ake.RenewalLimits
	algorithms suite.OSCORE
	commonIV   [maxNonceLength]byte
	idContext  []byte
	announce   bool // the ID Context goes into requests
	sender     direction
	recipient  direction
	sequence   sequence
	window     window
	echo       []byte // what the peer has to send back; nil: no challenge is open
	received   uint64
	failures   uint64

	// Scratch, used under the lock: what goes to a cipher would be allocated.
	nonce      [maxNonceLength]byte
	piv        [maxPIVLength]byte
	array      [32]byte
	associated [64]byte
}

// direction is a Sender or Recipient Context (RFC 8613 section 3.1).
type direction struct {
	id     []byte
	cipher suite.Cipher
}

// New derives a security context (RFC 8613 section 3.2). It gives ErrUnsupported for
// algorithms that there are not, and for identifiers that are too long for the AEAD.
func New(p Parameters, s Settings) (*Context, error) {
	if p.AEAD == 0 {
		p.AEAD = defaultAEAD
	}
	if p.Hash == 0 {
		p.Hash = defaultHash
	}
	if s.ReplayWindow == 0 {
		s.ReplayWindow = defaultReplayWindow
	}
	algorithms, ok := suite.LookupOSCORE(p.AEAD, p.Hash)
	switch {
	case !ok:
		return nil, because(ake.ErrUnsupported, "OSCORE with AEAD %d and HKDF with hash %d", p.AEAD, p.Hash)
	case len(p.SenderID) > algorithms.IDLength() || len(p.RecipientID) > algorithms.IDLength():
		return nil, because(ake.ErrUnsupported, "identifiers of %d and %d bytes: OSCORE takes at most %d with AEAD %d",
			len(p.SenderID), len(p.RecipientID), algorithms.IDLength(), p.AEAD)
	case bytes.Equal(p.SenderID, p.RecipientID):
		return nil, because(ake.ErrArgument, "Sender ID and Recipient ID are the same: nonces would repeat")
	case len(p.MasterSecret) < minSecretLength:
		return nil, because(ake.ErrArgument, "a Master Secret of %d bytes, want at least %d", len(p.MasterSecret), minSecretLength)
	case len(p.IDContext) > maxIDContext:
		return nil, because(ake.ErrArgument, "an ID Context of %d bytes, at most %d", len(p.IDContext), maxIDContext)
	case s.ReplayWindow < 1 || s.ReplayWindow > MaxReplayWindow:
		return nil, because(ake.ErrArgument, "a replay window of %d, want 1 to %d", s.ReplayWindow, MaxReplayWindow)
	case s.Stored > maxSequence+1 || s.Ahead > maxSequence:
		return nil, because(ake.ErrArgument, "sequence numbers end at 2^40 - 1")
	case s.SendIDContext && p.IDContext == nil:
		return nil, because(ake.ErrArgument, "there is no ID Context to send")
	}
	c := &Context{
		aead: p.AEAD, limits: s.Limits, algorithms: algorithms,
		idContext: bytes.Clone(p.IDContext), announce: s.SendIDContext,
		sequence: newSequence(s), window: newWindow(s.ReplayWindow, !s.Restored),
	}
	var err error
	if c.sender, err = p.direction(algorithms, p.SenderID); err != nil {
		return nil, err
	}
	if c.recipient, err = p.direction(algorithms, p.RecipientID); err != nil {
		return nil, err
	}
	copy(c.commonIV[:], p.derive(algorithms, nil, "IV", algorithms.NonceLength()))
	return c, nil
}

// FromEDHOC makes the security context of a completed run (RFC 9528 appendix A.1).
func FromEDHOC(keys *ake.OSCOREContext, s Settings) (*Context, error) {
	if keys == nil {
		return nil, because(ake.ErrArgument, "there are no keys")
	}
	return New(Parameters{
		MasterSecret: keys.MasterSecret, MasterSalt: keys.MasterSalt,
		SenderID: keys.SenderID, RecipientID: keys.RecipientID,
		AEAD: keys.AEAD, Hash: keys.Hash,
	}, s)
}

func (p *Parameters) direction(algorithms suite.OSCORE, id []byte) (direction, error) {
	key := p.derive(algorithms, id, "Key", algorithms.KeyLength())
	defer suite.Wipe(key)
	aead, err := algorithms.Cipher(key)
	if err != nil {
		return direction{}, because(ake.ErrInternal, "no cipher could be set up")
	}
	return direction{append([]byte{}, id...), aead}, nil
}

// derive is HKDF with the info of RFC 8613 section 3.2.1.
func (p *Parameters) derive(algorithms suite.OSCORE, id []byte, kind string, n int) []byte {
	info := cborx.AppendArray(nil, 5)
	info = cborx.AppendBytes(info, id)
	if p.IDContext == nil {
		info = append(info, cborNull)
	} else {
		info = cborx.AppendBytes(info, p.IDContext)
	}
	info = cborx.AppendInt(info, int64(p.AEAD))
	info = cborx.AppendText(info, kind)
	info = cborx.AppendUint(info, uint64(n))
	return algorithms.HKDF(p.MasterSalt, p.MasterSecret, info, n)
}

const cborNull = 0xf6

// Format prints "OSCORE context", whatever the verb.
func (c *Context) Format(f fmt.State, _ rune) { io.WriteString(f, "OSCORE context") }

// SenderID is the identifier that our requests carry as kid.
func (c *Context) SenderID() []byte { return bytes.Clone(c.sender.id) }

// RecipientID is the identifier that the peer's requests carry as kid.
func (c *Context) RecipientID() []byte { return bytes.Clone(c.recipient.id) }

// IDContext is the ID Context, nil if there is none.
func (c *Context) IDContext() []byte { return bytes.Clone(c.idContext) }

// Usage is how far the keys of a Context have been used.
type Usage struct {
	Sent     uint64 // messages that were protected with a sequence number of their own
	Received uint64 // messages that verified
	Failures uint64 // messages that did not
	// Advice is ake.AdviceContinue or, when a limit is reached, ake.AdviceKeyUpdate:
	// new keys are due, from Session.KeyUpdate or a new run.
	Advice ake.Advice
}

// Usage returns how far the keys have been used, and what to do about it.
func (c *Context) Usage() Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := Usage{Sent: c.sequence.sent, Received: c.received, Failures: c.failures}
	if c.limits.Reached(c.aead, u.Sent, u.Received, u.Failures) || c.sequence.next > maxSequence {
		u.Advice = ake.AdviceKeyUpdate
	}
	return u
}
