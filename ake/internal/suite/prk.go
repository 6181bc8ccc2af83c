package suite

import (
	"fmt"
	"io"
)

// PRK is a pseudorandom key of EDHOC (RFC 9528 section 4.1), with the hash
// algorithm that it is for. It is a value of some 70 bytes that points to no
// other memory: who holds it can wipe all of it.
type PRK struct {
	hash  *hashAlg
	bytes [maxHash]byte
}

// ExtractPRK is EDHOC_Extract (RFC 9528 section 4.1.1).
func (s *Suite) ExtractPRK(salt, ikm []byte) PRK {
	prk := PRK{hash: s.hash}
	s.hash.extract(prk.Bytes(), salt, ikm)
	return prk
}

// PRK takes the bytes of a PRK, of which there are HashLength. It gives false
// for another number of them.
func (s *Suite) PRK(data []byte) (PRK, bool) {
	prk := PRK{hash: s.hash}
	return prk, copy(prk.Bytes(), data) == len(data) && len(data) == s.hash.length
}

// Expand fills out with EDHOC_Expand (RFC 9528 section 4.1.2); info is the
// concatenation of its parts. It panics when out is longer than ExpandLimit.
func (p *PRK) Expand(out []byte, info ...[]byte) { p.hash.expand(out, p.Bytes(), info...) }

// Blank is a PRK of the same hash whose bytes are not set yet.
func (p *PRK) Blank() PRK { return PRK{hash: p.hash} }

// ExtractPRK is EDHOC_Extract with the PRK as the salt.
func (p *PRK) ExtractPRK(ikm []byte) PRK {
	out := p.Blank()
	p.hash.extract(out.Bytes(), p.Bytes(), ikm)
	return out
}

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
