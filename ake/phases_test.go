package ake

import (
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// What tests look at inside of a Session.

// heldKeys are the values of the key schedule that a phase holds.
type heldKeys struct {
	hashMessage1, th2, th3, th4 []byte
	gxy, prk2e, prk3e2m         []byte
	prk4e3m                     []byte
	prkOut, prkExporter         []byte
	plaintext                   []byte
	ephemeral                   *suite.PrivateKey
}

// bytesOf are those of the PRK itself.
func bytesOf(prk *schedule.PRK) []byte {
	if prk == nil {
		return nil
	}
	return prk.Bytes()
}

func keysOf(s interface{ inside() *Session }) heldKeys {
	var k heldKeys
	out := func(o *output) { k.prkOut, k.prkExporter = bytesOf(o.prkOut), bytesOf(o.prkExporter) }
	switch p := s.inside().phase.(type) {
	case *wait2:
		k.ephemeral, k.hashMessage1 = p.x, p.hashMessage1
	case *pending2:
		k.ephemeral, k.th2, k.prk2e, k.prk3e2m, k.plaintext = p.x, p.th2, bytesOf(p.prk2e), bytesOf(p.prk()), p.plaintext
	case *verified2:
		k.th3, k.prk3e2m = p.th3, bytesOf(p.prk3e2m)
	case *wait4:
		k.th4, k.prk4e3m = p.th4, bytesOf(p.prk4e3m)
		out(p.output)
	case *pending4:
		k.th4, k.prk4e3m, k.plaintext = p.wait.th4, bytesOf(p.wait.prk4e3m), p.plaintext
		out(p.wait.output)
	case *pending1:
		k.ephemeral, k.hashMessage1, k.gxy = p.next.y, p.next.hashMessage1, p.next.gxy
	case *received1:
		k.ephemeral, k.hashMessage1, k.gxy = p.y, p.hashMessage1, p.gxy
	case *wait3:
		k.ephemeral, k.th3, k.prk3e2m = p.y, p.th3, bytesOf(p.prk3e2m)
	case *pending3:
		k.ephemeral, k.th3, k.prk3e2m, k.prk4e3m, k.plaintext = p.wait.y, p.wait.th3, bytesOf(p.wait.prk3e2m), bytesOf(p.prk()), p.plaintext
	case *verified3:
		k.th4, k.prk4e3m = p.th4, bytesOf(p.prk4e3m)
		out(p.output)
	case *completed:
		out(p.output)
	}
	return k
}

func (s *Session) inside() *Session { return s }

func (s *Session) method() Method { return s.phase.about().auth.method().Method }

func (s *Session) signs(role Role) bool {
	m, ok := s.phase.about().auth.(*publicKeys)
	return ok && m.signs(role)
}

// keyKindFor is the kind of key that a role usually has with a suite.
func keyKindFor(m Method, alg *suite.Suite, role Role) KeyKind {
	if authenticationOf(m).(*publicKeys).signs(role) {
		return KeyKind(alg.Signature)
	}
	return KeyKind(alg.Curve)
}

func questionOf(s *Session) *question {
	if p, ok := s.phase.(asker); ok {
		return p.asked()
	}
	return nil
}

// ownOf is the credential that this side has used.
func ownOf(s *Session) *Credential {
	switch p := s.phase.(type) {
	case *wait4:
		return p.own
	case *wait3:
		return p.own
	case *verified3:
		return p.own
	case *completed:
		return p.own
	}
	return nil
}

// signsIn reports whether a role signs in a method.
func signsIn(m Method, role Role) bool {
	auth, ok := authenticationOf(m).(*publicKeys)
	return ok && auth.signs(role)
}

// peerEphemeralOf is G_X or G_Y, while it is needed.
func peerEphemeralOf(s *Session) *suite.PublicKey {
	switch p := s.phase.(type) {
	case *received1:
		return p.gX
	case *verified2:
		return p.gY
	}
	return nil
}
