package ake

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// publicKeys are the methods 0 to 3: each side authenticates with a signature or
// with a static Diffie-Hellman key.
type publicKeys struct{ info MethodInfo }

func (m *publicKeys) method() *MethodInfo { return &m.info }

// signs reports whether the role authenticates with a signature.
func (m *publicKeys) signs(role Role) bool {
	if role == Initiator {
		return m.info.SignatureI
	}
	return m.info.SignatureR
}

func (*publicKeys) own(p *Party, _ Role) []*Credential { return p.own }

// serves: a signature needs a key of the signature algorithm that others can
// verify with, a static Diffie-Hellman key has to be on the curve of the suite.
func (m *publicKeys) serves(c *Credential, alg *suite.Suite, role Role) bool {
	if c.psk != nil || c.parsed.Key == nil {
		return false
	}
	if m.signs(role) {
		return alg.Signs(c.kind()) && c.parsed.Key.CanVerify()
	}
	return c.kind() == alg.Curve
}

func (m *publicKeys) prefers(c *Credential, alg *suite.Suite, role Role) bool {
	return !m.signs(role) || c.kind() == alg.Signature
}

func (m *publicKeys) accepts(p *Party) bool { return slices.Contains(p.methods, m.info.Method) }

func (*publicKeys) asksHost(*Party) bool { return false }

// isOwn: a session must be with another identity (RFC 9528 appendix D.5).
func (*publicKeys) isOwn(in *env, peer *Credential) bool {
	return slices.ContainsFunc(in.party.own, peer.same) || in.settings.own != nil && in.settings.own.same(peer)
}

func (*publicKeys) creds(role Role, own, peer *Credential) (credI, credR []byte) {
	if role == Initiator {
		return own.parsed.Cred, peer.parsed.Cred
	}
	return peer.parsed.Cred, own.parsed.Cred
}

func (*publicKeys) proves2() bool { return true }

func (m *publicKeys) keepsEphemeral() bool { return !m.signs(Initiator) }

// prove makes Signature_or_MAC_n of this side, with PRK_3e2m or PRK_4e3m.
func (m *publicKeys) prove(in *env, p *proof, before *schedule.PRK, own *Credential, peer *suite.PublicKey, q *question) (prk *schedule.PRK, sigMAC []byte, err error) {
	p.idCred, p.cred, p.signs = own.idCred, own.parsed.Cred, m.signs(in.role)
	var shared []byte
	if !p.signs {
		if shared, err = own.agree(peer, p.alg, q); err != nil {
			return nil, nil, err
		}
		defer suite.Wipe(shared)
	}
	prk = p.prk(before, shared)
	sigMAC, err = p.make(prk, func(toBeSigned []byte) ([]byte, error) { return own.sign(toBeSigned, q) })
	if err != nil {
		prk.Wipe()
		return nil, nil, err
	}
	return prk, sigMAC, nil
}

// check verifies Signature_or_MAC_n of the peer, and gives PRK_3e2m or PRK_4e3m.
func (m *publicKeys) check(p *proof, before *schedule.PRK, peer *Credential, own *suite.PrivateKey, o *opened) (verified, error) {
	p.idCred, p.cred, p.signs = o.idCred, peer.parsed.Cred, m.signs(p.role)
	p.ead = message.EncodeEAD(o.items)
	var shared []byte
	if !p.signs {
		var err error
		if shared, err = own.ECDH(peer.parsed.Key); err != nil {
			return verified{}, errorf(ErrCredentialMalformed, "public key: %v", err)
		}
		defer suite.Wipe(shared)
	}
	prk := p.prk(before, shared)
	if err := p.verify(prk, peer.parsed.Key, o.proof); err != nil {
		prk.Wipe()
		return verified{}, err
	}
	return verified{peer: peer, prk: prk, plaintext: o.plaintext}, nil
}

func (m *publicKeys) makePlaintext2(in *env, p *received1, th2 []byte, prk2e *schedule.PRK) (made2, error) {
	own := in.ownFor(m, p.alg)
	ead := in.settings.eadFor(2)
	proof := proof{role: Responder, alg: p.alg, th: th2, cR: message.AppendIdentifier(nil, p.cR), ead: message.EncodeEAD(ead)}
	prk3e2m, sigMAC, err := m.prove(in, &proof, prk2e, own, p.gX, p.question)
	if err != nil {
		return made2{}, err
	}
	p2 := message.Plaintext2{CR: p.cR, IDCredR: own.idCred, SigMAC: sigMAC, EAD: ead}
	plaintext2 := p2.Encode()
	return made2{plaintext2, schedule.NextTH(p.alg, th2, plaintext2, own.parsed.Cred), prk3e2m, own}, nil
}

func (*publicKeys) openPlaintext2(plaintext2 []byte) (cR []byte, o opened, err error) {
	p2, err := message.ParsePlaintext2(plaintext2)
	if err != nil {
		return nil, opened{}, err
	}
	return p2.CR, opened{plaintext: plaintext2, idCred: p2.IDCredR, proof: p2.SigMAC, items: p2.EAD}, nil
}

func (m *publicKeys) verify2(p *pending2, peer *Credential) (verified, error) {
	proof := proof{role: Responder, alg: p.alg, th: p.th2, cR: message.AppendIdentifier(nil, p.cR)}
	return m.check(&proof, p.prk2e, peer, p.x, &p.opened)
}

func (*publicKeys) th3(p *pending2, v *verified) []byte {
	return schedule.NextTH(p.alg, p.th2, v.plaintext, v.peer.parsed.Cred)
}

func (m *publicKeys) makeMessage3(in *env, p *verified2) (made3, error) {
	own := in.ownFor(m, p.alg)
	ead := in.settings.eadFor(3)
	proof := proof{role: Initiator, alg: p.alg, th: p.th3, ead: message.EncodeEAD(ead)}
	prk4e3m, sigMAC, err := m.prove(in, &proof, p.prk3e2m, own, p.gY, p.question)
	if err != nil {
		return made3{}, err
	}
	p3 := message.Plaintext3{IDCredI: own.idCred, SigMAC: sigMAC, EAD: ead}
	plaintext3 := p3.Encode()
	defer suite.Wipe(plaintext3)
	key := p.prk3e2m.Key3(p.alg, p.th3)
	defer key.Wipe()
	ciphertext3, err := key.Seal(cose.EncStructure(p.th3), plaintext3)
	if err != nil {
		prk4e3m.Wipe()
		return made3{}, err
	}
	return made3{ciphertext3, schedule.NextTH(p.alg, p.th3, plaintext3, own.parsed.Cred), prk4e3m, own}, nil
}

func (*publicKeys) openMessage3(p *wait3, ciphertext3 []byte) (opened, error) {
	key := p.prk3e2m.Key3(p.alg, p.th3)
	defer key.Wipe()
	plaintext3, err := key.Open(cose.EncStructure(p.th3), ciphertext3)
	if err != nil {
		return opened{}, err
	}
	p3, err := message.ParsePlaintext3(plaintext3)
	if err != nil {
		suite.Wipe(plaintext3)
		return opened{}, err
	}
	return opened{plaintext: plaintext3, idCred: p3.IDCredI, proof: p3.SigMAC, items: p3.EAD}, nil
}

func (m *publicKeys) verify3(p *pending3, peer *Credential) (verified, error) {
	proof := proof{role: Initiator, alg: p.alg, th: p.wait.th3}
	return m.check(&proof, p.wait.prk3e2m, peer, p.wait.y, &p.opened)
}

func (*publicKeys) th4(p *pending3, v *verified) []byte {
	return schedule.NextTH(p.alg, p.wait.th3, v.plaintext, v.peer.parsed.Cred)
}

// same reports whether both have the same CRED_x or the same key.
func (c *Credential) same(other *Credential) bool {
	if c.psk != nil || other.psk != nil {
		return false
	}
	return bytes.Equal(c.parsed.Cred, other.parsed.Cred) || c.parsed.Key.Equal(other.parsed.Key)
}

// lacksY reports whether the key would be one to sign with, if it were whole.
func (c *Credential) lacksY() bool {
	return c.psk == nil && c.parsed.Key != nil && !c.parsed.Key.CanVerify() &&
		slices.ContainsFunc(suite.All(), func(alg *suite.Suite) bool { return alg.Signs(c.kind()) })
}
