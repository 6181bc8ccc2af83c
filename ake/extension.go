package ake

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/suite"
)

// What extensions of EDHOC need of a run besides EAD items, and nothing else: the hash
// of message_1, and ECDH with a key of their own. draft-ietf-lake-authz is one: the
// device encrypts to the key G_W of its enrollment server with X, the server decrypts
// with W and G_X, and what it vouches for names H(message_1).

// exchange is what an extension may use of a phase.
type exchange struct {
	hashMessage1 []byte
	own          *suite.PrivateKey // X or Y; nil: not made yet, or gone
	peer         *suite.PublicKey  // G_X or G_Y; nil: not known yet
}

func (p *start) exchange() exchange     { return exchange{own: p.early.key()} }
func (p *wait2) exchange() exchange     { return exchange{p.hashMessage1, p.x, nil} }
func (p *pending2) exchange() exchange  { return exchange{p.hashMessage1, p.x, p.gY} }
func (p *verified2) exchange() exchange { return exchange{p.hashMessage1, nil, p.gY} }
func (p *pending1) exchange() exchange  { return p.next.exchange() }
func (p *received1) exchange() exchange { return exchange{p.hashMessage1, p.y, p.gX} }

func exchangeOf(p phase) exchange {
	if p, ok := p.(interface{ exchange() exchange }); ok {
		return p.exchange()
	}
	return exchange{}
}

// HashMessage1 returns H(message_1), by the hash of the cipher suite: for an Initiator
// from message_1 to message_3, for a Responder until message_2. It is nil in other
// states. An EADHandler may ask for it.
func (s *Session) HashMessage1() []byte { return bytes.Clone(exchangeOf(s.known()).hashMessage1) }

// ECDHWithPeer computes the ECDH secret of a private key of an extension's own, in the
// form of Credential.SetPrivateKey and on the curve of the cipher suite, and the peer's
// ephemeral key: G_X for a Responder until message_2, G_Y for an Initiator from message_2
// to message_3. It is the x-coordinate with P-256 and P-384. An EADHandler may call it.
//
// The secret is to go through a key derivation of the extension's own, never to be sent.
// It gives ErrState when there is no key of the peer, and ErrPrivateKey.
func (s *Session) ECDHWithPeer(private []byte) ([]byte, error) {
	at := s.known()
	peer := exchangeOf(at).peer
	if peer == nil {
		return nil, errorf(ErrState, "there is no ephemeral key of the peer in state %v", at.state())
	}
	suite.WipeStack()
	defer suite.WipeStack()
	key, err := suite.ParsePrivateKey(peer.Kind(), private)
	if err != nil {
		return nil, wrap(err)
	}
	defer key.Clear()
	secret, err := key.ECDH(peer)
	if err != nil {
		return nil, wrap(err)
	}
	return secret, nil
}

// EphemeralECDH computes the ECDH secret of this side's ephemeral key, X or Y, and a
// public key of an extension's, in the form of Credential.PublicKey and on the curve of
// the cipher suite. It is allowed to an Initiator until message_2 (before message_1, for
// EAD_1, it makes X: SelectSuite and SelectMethod come first), and to a Responder between
// message_1 and message_2. What is said of the secret of ECDHWithPeer holds here.
//
// It gives ErrState, ErrPublicKey, and before message_1 the errors of PrepareMessage1.
func (s *Session) EphemeralECDH(public []byte) (secret []byte, err error) {
	err = s.do(evEphemeral, func() (phase, error) {
		at := s.phase
		if p, ok := at.(*start); ok {
			if at, err = p.begun(&s.env); err != nil {
				return nil, err
			}
		}
		own := exchangeOf(at).own
		key, err := suite.ParsePublicKey(own.Public().Kind(), public)
		if err != nil {
			return at, err
		}
		secret, err = own.ECDH(key)
		return at, err
	})
	return secret, err
}

// early is an ephemeral key that was made before message_1.
type early struct {
	suite  int // that it is for
	x      *suite.PrivateKey
	random []byte // for C_I
}

func (e *early) key() *suite.PrivateKey {
	if e == nil {
		return nil
	}
	return e.x
}

// begun is the phase with an ephemeral key.
func (p *start) begun(in *env) (phase, error) {
	_, alg, own, err := p.choose(in)
	if err != nil {
		return nil, err
	}
	if p.early != nil && p.early.suite == alg.ID {
		return p, nil
	}
	next := *p
	next.early = &early{suite: alg.ID}
	next.early.x, next.early.random, err = in.newEphemeral(alg, own)
	return &next, err
}

// ephemeral is the key for message_1, made now if it was not made before.
func (p *start) ephemeral(in *env, alg *suite.Suite, own *Credential) (x *suite.PrivateKey, random []byte, err error) {
	if p.early != nil && p.early.suite == alg.ID {
		return p.early.x, p.early.random, nil
	}
	return in.newEphemeral(alg, own)
}
