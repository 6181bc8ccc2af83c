package ake

import (
	"bytes"
	"slices"

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

// minPSK is the least length of an external PSK (draft section 9.5).
const minPSK = 16

// preShared is what a PSK credential has in the place of a public key.
type preShared struct {
	secret       []byte
	hash         int // COSE number of the only EDHOC hash it may be used with
	credI, credR []byte
}

// CredentialFromPSK makes a credential for MethodPSK: the ID_CRED_PSK map that
// refers to it, the key of at least 16 bytes, the COSE number of the EDHOC hash
// that it is bound to (-16 SHA-256, -43 SHA-384, -45 SHAKE256), and CRED_I and
// CRED_R (one CBOR item each), which say who the two sides are and must differ.
//
// It gives ErrCredentialMalformed, ErrUnsupported for another hash, and
// ErrArgument for a short key or equal credentials.
func CredentialFromPSK(idCred, psk []byte, hash int, credI, credR []byte) (*Credential, error) {
	if err := checkIDCred(idCred); err != nil {
		return nil, err
	}
	if len(psk) < minPSK {
		return nil, errorf(ErrArgument, "the pre-shared key has %d bytes, at least %d are needed", len(psk), minPSK)
	}
	if !slices.ContainsFunc(suite.All(), func(s *suite.Suite) bool { return s.Hash == hash }) {
		return nil, errorf(ErrUnsupported, "hash algorithm %d", hash)
	}
	for _, c := range [][]byte{credI, credR} {
		if _, err := cborx.One(c); err != nil {
			return nil, errorf(ErrCredentialMalformed, "CRED_I or CRED_R is not one CBOR item: %v", err)
		}
	}
	if bytes.Equal(credI, credR) {
		return nil, errorf(ErrArgument, "CRED_I and CRED_R must differ")
	}
	id := bytes.Clone(idCred)
	return &Credential{
		parsed: &cred.Credential{Type: cred.PSK, IDs: [][]byte{id}, DefaultID: id},
		idCred: id,
		psk:    &preShared{bytes.Clone(psk), hash, bytes.Clone(credI), bytes.Clone(credR)},
	}, nil
}

// PSKCredentials returns CRED_I and CRED_R of a PSK credential, and nil of any
// other.
func (c *Credential) PSKCredentials() (credI, credR []byte) {
	if c.psk == nil {
		return nil, nil
	}
	return bytes.Clone(c.psk.credI), bytes.Clone(c.psk.credR)
}

// AddPSK adds a pre-shared key for sessions in which this side has the given
// role. A key that is used in both directions needs two credentials, with
// CRED_I and CRED_R exchanged: one for both would let an attacker answer an
// endpoint with its own messages (draft section 9.3).
func (c *Config) AddPSK(role Role, credential *Credential) error {
	return c.change(func() error {
		if role != Initiator && role != Responder {
			return errorf(ErrArgument, "unknown role")
		}
		if credential.psk == nil {
			return errorf(ErrArgument, "not a PSK credential")
		}
		if !credential.psk.usable() {
			return errorf(ErrArgument, "the key of a PSK credential from a finished session is gone")
		}
		credential.frozen.Store(true)
		c.psks[role] = append(c.psks[role], credential)
		return nil
	})
}

// pskFor returns the key that an Initiator uses with a suite, or nil.
func (c *Config) pskFor(s *suite.Suite, role Role) *Credential {
	for _, psk := range c.psks[role] {
		if psk.psk.hash == s.Hash {
			return psk
		}
	}
	return nil
}

// usable reports whether the key is still there: a resumption key is wiped when
// its run is over, and is not saved with a session.
func (p *preShared) usable() bool { return len(p.secret) >= minPSK }

// isOwnPSK reports whether the Initiator of a PSK would be this side itself.
func (c *Config) isOwnPSK(psk *preShared) bool {
	return slices.ContainsFunc(c.psks[Initiator], func(own *Credential) bool { return bytes.Equal(own.psk.credI, psk.credI) }) ||
		slices.ContainsFunc(c.own, func(own *Credential) bool { return bytes.Equal(own.parsed.Cred, psk.credI) })
}

// accepts reports whether a Responder takes part in a method. A resumption store
// is enough for MethodPSK; then only keys of the store count.
func (c *Config) accepts(m Method) bool {
	return slices.Contains(c.methods, m) || m == MethodPSK && c.resumption != nil
}

// lookupPSK returns the keys that id means for a Responder.
func (c *Config) lookupPSK(id *cose.IDCred) []*Credential {
	canonical := cborx.Item(id.Raw).Canonical()
	var found []*Credential
	if !slices.Contains(c.methods, MethodPSK) {
		return nil
	}
	for _, psk := range c.psks[Responder] {
		if bytes.Equal(psk.names()[0], canonical) {
			found = append(found, psk)
		}
	}
	return found
}

// plaintext2PSK makes PLAINTEXT_2A, with PRK_3e2m and TH_3.
func (s *Session) plaintext2PSK(cR, th2, prk2e []byte) (plaintext2A, prk3e2m, th3 []byte) {
	p := message.Plaintext2A{CR: cR, EAD: s.eadOut[2]}
	plaintext2A = p.Encode()
	return plaintext2A, bytes.Clone(prk2e), schedule.TH3PSK(s.suite, th2, plaintext2A)
}

// parsePlaintext2PSK reads PLAINTEXT_2A, in the shape of PLAINTEXT_2.
func parsePlaintext2PSK(data []byte) (*message.Plaintext2, error) {
	p, err := message.ParsePlaintext2A(data)
	if err != nil {
		return nil, err
	}
	return &message.Plaintext2{CR: p.CR, EAD: p.EAD}, nil
}

// message3PSK makes message_3 (draft section 5.3.2).
func (s *Session) message3PSK() ([]byte, error) {
	alg, k, psk := s.suite, &s.keys, s.own.psk
	prk4e3m := schedule.PRK4e3m(alg, k.prk3e2m, k.th3, psk.secret)
	k3, iv3 := schedule.Key3(alg, prk4e3m, k.th3, alg.KeyLength(), alg.IVLength())
	defer wipe(&k3, &iv3)
	compactID := message.CompactID(s.own.idCred)
	plaintext3B := message.AppendEAD(nil, s.eadOut[3])
	aad := cose.EncStructure(schedule.AAD3PSK(compactID, k.th3, psk.credI, psk.credR))
	ciphertext3B, err := alg.Seal(k3, iv3, aad, plaintext3B)
	if err != nil {
		suite.Wipe(prk4e3m)
		return nil, err
	}
	p3 := message.Plaintext3A{IDCredPSK: s.own.idCred, Ciphertext3B: ciphertext3B}
	text := p3.Encode()
	s.observe("plaintext_3a", text)
	s.observe("plaintext_3b", plaintext3B)
	s.observe("a_3", aad)
	s.observe("k_3", k3)
	s.observe("iv_3", iv3)
	schedule.XORKeystream3A(alg, k.prk3e2m, k.th3, text)
	k.prk4e3m = prk4e3m
	s.deriveOutputPSK(s.own, compactID, plaintext3B)
	return message.EncodeByteString(text), nil
}

// openPSK reads CIPHERTEXT_3A up to ID_CRED_PSK (draft section 5.3.3).
func (s *Session) openPSK(ciphertext3A []byte) error {
	text := bytes.Clone(ciphertext3A)
	schedule.XORKeystream3A(s.suite, s.keys.prk3e2m, s.keys.th3, text)
	p3, err := message.ParsePlaintext3A(text)
	if err != nil {
		return err
	}
	s.observe("plaintext_3a", text)
	s.pending = &pending{idCred: p3.IDCredPSK, sigMAC: p3.Ciphertext3B}
	return nil
}

// verify3PSK opens CIPHERTEXT_3B with one key and returns PRK_4e3m.
func (s *Session) verify3PSK(candidate *Credential) ([]byte, error) {
	alg, p, k, psk := s.suite, s.pending, &s.keys, candidate.psk
	prk4e3m := schedule.PRK4e3m(alg, k.prk3e2m, k.th3, psk.secret)
	k3, iv3 := schedule.Key3(alg, prk4e3m, k.th3, alg.KeyLength(), alg.IVLength())
	defer wipe(&k3, &iv3)
	aad := cose.EncStructure(schedule.AAD3PSK(message.CompactID(p.idCred), k.th3, psk.credI, psk.credR))
	plaintext3B, err := alg.Open(k3, iv3, aad, p.sigMAC)
	if err == nil {
		p.ead, err = message.ParsePlaintext3B(plaintext3B)
	}
	if err == nil {
		err = s.receiveEAD(3, p.ead)
	}
	if err != nil {
		suite.Wipe(prk4e3m)
		return nil, err
	}
	s.observe("plaintext_3b", plaintext3B)
	s.observe("a_3", aad)
	s.observe("k_3", k3)
	s.observe("iv_3", iv3)
	p.plaintext = plaintext3B
	return prk4e3m, nil
}

// deriveOutputPSK derives PRK_out; TH_4 has both credentials.
func (s *Session) deriveOutputPSK(psk *Credential, compactID, plaintext3B []byte) {
	s.keys.th4 = schedule.TH4PSK(s.suite, s.keys.th3, compactID, plaintext3B, psk.psk.credI, psk.psk.credR)
	s.deriveExporter()
}
