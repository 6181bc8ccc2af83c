package ake

import (
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// proof is Signature_or_MAC_n with all that it is over: of the Responder in
// message_2, of the Initiator in message_3 (RFC 9528 sections 5.3.2 and 5.4.2).
type proof struct {
	role              Role // whose it is
	alg               *suite.Suite
	signs             bool   // otherwise the key is a static Diffie-Hellman key
	cR                []byte // of message_2
	th                []byte // TH_2 or TH_3
	idCred, cred, ead []byte // encoded
}

// prk is PRK_3e2m or PRK_4e3m: it has the shared secret of a static Diffie-Hellman
// key in it, if that proves the identity.
func (p *proof) prk(before *schedule.PRK, shared []byte) *schedule.PRK {
	switch {
	case p.signs:
		return before.Copy()
	case p.role == Responder:
		return before.PRK3e2m(p.th, shared)
	}
	return before.PRK4e3m(p.th, shared)
}

// mac is MAC_2 or MAC_3: of the length of the hash below a signature, of that of
// the cipher suite otherwise.
func (p *proof) mac(prk *schedule.PRK) []byte {
	length := p.alg.MACLength
	if p.signs {
		length = p.alg.HashLength()
	}
	mac := make([]byte, length)
	if p.role == Responder {
		prk.MAC2(mac, schedule.Context2(p.cR, p.idCred, p.th, p.cred, p.ead))
	} else {
		prk.MAC3(mac, schedule.Context3(p.idCred, p.th, p.cred, p.ead))
	}
	return mac
}

// toBeSigned is the Sig_structure around the MAC.
func (p *proof) toBeSigned(mac []byte) []byte {
	return cose.SigStructure(p.idCred, schedule.ExternalAAD(p.th, p.cred, p.ead), mac)
}

// make gives Signature_or_MAC_n.
func (p *proof) make(prk *schedule.PRK, sign func(toBeSigned []byte) ([]byte, error)) ([]byte, error) {
	mac := p.mac(prk)
	if !p.signs {
		return mac, nil
	}
	return sign(p.toBeSigned(mac))
}

// verify checks Signature_or_MAC_n.
func (p *proof) verify(prk *schedule.PRK, key *suite.PublicKey, signatureOrMAC []byte) error {
	mac := p.mac(prk)
	switch {
	case p.signs && !key.Verify(p.toBeSigned(mac), signatureOrMAC):
		return ErrSignature
	case !p.signs && !suite.ConstantTimeEqual(mac, signatureOrMAC):
		return ErrMAC
	}
	return nil
}
