package suite

import (
	"fmt"
	"io"
)

// PRK is a pseudorandom key of EDHOC (RFC 9528 section 4.1), with the hash
// algorithm that it is for: some 70 bytes that point to no other memory. It is
// made in its place, and handed on by its pointer: who wipes it wipes all of it.
type PRK struct {
	hash  *hashAlg
	bytes [maxHash]byte
}

// BlankPRK is a PRK whose bytes are not set yet.
func (s *Suite) BlankPRK() PRK { return PRK{hash: s.hash} }

// Blank is a PRK of the same hash whose bytes are not set yet.
func (p *PRK) Blank() PRK { return PRK{hash: p.hash} }

// Extract makes the PRK EDHOC_Extract(salt, ikm) (RFC 9528 section 4.1.1).
func (p *PRK) Extract(salt, ikm []byte) { p.hash.extract(p.Bytes(), salt, ikm) }

// Set takes the bytes of a PRK, of which there are HashLength. It gives false
// for another number of them.
func (p *PRK) Set(data []byte) bool {
	return len(data) == p.hash.length && copy(p.Bytes(), data) == len(data)
}

// Expand fills out with EDHOC_Expand (RFC 9528 section 4.1.2); info is the
// concatenation of its parts. It panics when out is longer than ExpandLimit.
func (p *PRK) Expand(out []byte, info ...[]byte) { p.hash.expand(out, p.Bytes(), info...) }

// HashLength is the length of the PRK in bytes.
func (p *PRK) HashLength() int { return p.hash.length }

// ExpandLimit is that of the Suite.
func (p *PRK) ExpandLimit() int { return p.hash.expandLimit() }

// Bytes are the bytes of the PRK itself, not a copy.
func (p *PRK) Bytes() []byte { return p.bytes[:p.hash.length] }

// Wipe overwrites the PRK with zeros. It must not be used after that.
func (p *PRK) Wipe() {
	Wipe(p.bytes[:])
	p.hash = nil
}

// IsZero reports whether there is no PRK, because none was made or it was wiped.
func (p *PRK) IsZero() bool { return p.hash == nil }

// String tells what it is and nothing more.
func (p PRK) String() string { return "PRK" }

// GoString is String.
func (p PRK) GoString() string { return p.String() }

// Format prints String whatever the verb: %d would show the bytes of the key.
func (p PRK) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }
