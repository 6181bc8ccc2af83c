package pkix

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// Issuers are what certificates are held against. The zero value trusts nobody.
// Anchors and intermediates must not be added while Verify runs, which any number
// of goroutines may; revocation lists may be added at any time.
type Issuers struct {
	anchors, intermediates []*Certificate
	verified               verified
	revocations            revocations
}

// AddAnchor adds a certificate that is believed: it certifies others, or is
// itself that of a peer.
func (i *Issuers) AddAnchor(c *Certificate) { i.anchors = append(i.anchors, c) }

// AddIntermediate adds a certificate that peers may leave out of their chain. It
// is believed only if a path leads from it to an anchor.
func (i *Issuers) AddIntermediate(c *Certificate) { i.intermediates = append(i.intermediates, c) }

// Anchors returns the anchors.
func (i *Issuers) Anchors() []*Certificate { return slices.Clone(i.anchors) }

// Intermediates returns the intermediates that were added.
func (i *Issuers) Intermediates() []*Certificate { return slices.Clone(i.intermediates) }

// maxVerified bounds the intermediates that are remembered: 48 bytes each, and
// what the map adds.
const maxVerified = 1024

// verified remembers that intermediates were signed by a key, until they expire,
// so that the signature is not checked for each peer again. It says nothing
// else: whether the key is believed, and the dates, uses, names and revocation of
// the intermediate are looked at in every path. Only what an anchor stands behind
// comes in, and never an end entity.
type verified struct {
	mu    sync.RWMutex
	until map[fact]time.Time
}

// fact is that the key of an issuer made the signature of a certificate: the hash
// of the key, the form of the certificate and the certificate with its signature.
type fact [32]byte

func factOf(child, parent *Certificate) fact {
	signed, form := child.Raw, byte(0)
	if child.native != nil {
		signed, form = child.native.Raw, 1
	}
	key := parent.RawSubjectPublicKeyInfo
	data := binary.BigEndian.AppendUint32(make([]byte, 0, 5+len(key)+len(signed)), uint32(len(key)))
	data = append(append(data, key...), form)
	return fact(suite.SHA256(append(data, signed...)))
}

func (v *verified) has(f fact, now time.Time) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	until, ok := v.until[f]
	return ok && !now.After(until)
}

func (v *verified) remember(f fact, until, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.until == nil {
		v.until = make(map[fact]time.Time)
	}
	if len(v.until) >= maxVerified {
		v.makeRoom(now)
	}
	v.until[f] = until
}

// makeRoom forgets what has expired or else anything, which is checked again when
// it is needed.
func (v *verified) makeRoom(now time.Time) {
	for f, until := range v.until {
		if now.After(until) {
			delete(v.until, f)
		}
	}
	for f := range v.until {
		if len(v.until) < maxVerified {
			return
		}
		delete(v.until, f)
	}
}
