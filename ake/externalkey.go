package ake

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/suite"
)

// A private key may stay in a secure element, a token or a service. Then the
// host does the one operation that a run needs of it, a signature or an ECDH,
// in a callback or, if it takes long, in pull mode.

// Signer signs the Sig_structure of message_2 or message_3 (RFC 9052 section
// 4.4) and returns r || s for ECDSA (64 or 96 bytes) or the EdDSA signature (64
// or 114 bytes). The hash of ECDSA (SHA-256 for P-256, SHA-384 for P-384) is the
// Signer's to compute.
type Signer func(toBeSigned []byte) (signature []byte, err error)

// Agreer computes the ECDH secret of the private key and a peer's public key:
// the x-coordinate of P-256 or P-384, of which only x is given (any of the two
// points with it gives the same), or the output of X25519 or X448. The Session
// overwrites the secret when it has used it.
type Agreer func(peer []byte) (secret []byte, err error)

// externalKey is an ownKey whose private part the host has.
type externalKey struct {
	public *suite.PublicKey
	sign   Signer // nil: not by callback
	agree  Agreer
}

func (k *externalKey) Sign(toBeSigned []byte) ([]byte, error) {
	if k.sign == nil {
		return nil, PendingSignature
	}
	signature, err := k.sign(toBeSigned)
	if err != nil {
		return nil, errorf(ErrCallback, "signer: %v", err)
	}
	return signature, nil
}

func (k *externalKey) ECDH(peer *suite.PublicKey) ([]byte, error) {
	if k.agree == nil {
		return nil, PendingECDH
	}
	secret, err := k.agree(peer.X())
	if err != nil {
		return nil, errorf(ErrCallback, "ECDH: %v", err)
	}
	return secret, nil
}

// HedgeKey is nil: nothing that a token gives freely is as secret as its key.
func (k *externalKey) HedgeKey(byte) []byte { return nil }

// SetExternalKey says that the private key is elsewhere: the session gives
// PendingSignature or PendingECDH when it needs it. SetSigner and SetECDH answer
// by a callback instead. It gives ErrUnsupported for a certificate with an RSA
// key, and ErrFrozen.
func (c *Credential) SetExternalKey() error {
	return c.external(func(*externalKey) {})
}

// SetSigner makes the host sign for this credential. It gives ErrUnsupported for
// a key that cannot sign.
func (c *Credential) SetSigner(sign Signer) error {
	if kind := c.KeyKind(); kind == KeyX25519 || kind == KeyX448 {
		return errorf(ErrUnsupported, "an %v key cannot sign", kind)
	}
	return c.external(func(k *externalKey) { k.sign = sign })
}

// SetECDH makes the host compute ECDH for this credential. It gives
// ErrUnsupported for a key that cannot.
func (c *Credential) SetECDH(agree Agreer) error {
	if kind := c.KeyKind(); kind == KeyEd25519 || kind == KeyEd448 {
		return errorf(ErrUnsupported, "an %v key cannot do ECDH", kind)
	}
	return c.external(func(k *externalKey) { k.agree = agree })
}

func (c *Credential) external(set func(*externalKey)) error {
	if c.frozen.Load() {
		return ErrFrozen
	}
	if c.psk != nil {
		return errorf(ErrUnsupported, "a PSK credential has no private key")
	}
	if c.authenticates() != nil {
		return errorf(ErrUnsupported, onlyCertifies)
	}
	key, ok := c.key.(*externalKey)
	if !ok {
		key = &externalKey{public: c.parsed.Key}
	}
	set(key)
	c.key = key
	return nil
}

// question is what a prepare call asked of the host, and the answer to it. The
// call is then made again; the answer counts for the same question only.
type question struct {
	status Status
	input  []byte // the Sig_structure, or x of the peer's ephemeral key
	answer []byte
}

// askKey finds the answer of the host to a question, or leaves the question.
func (s *Session) askKey(status Status, input []byte) ([]byte, error) {
	q := s.question
	if q != nil && q.answer != nil && q.status == status && bytes.Equal(q.input, input) {
		return bytes.Clone(q.answer), nil
	}
	s.question = &question{status: status, input: bytes.Clone(input)}
	return nil, status
}

// ownSign signs with the own key, wherever that is.
func (s *Session) ownSign(own *Credential, toBeSigned []byte) ([]byte, error) {
	signature, err := own.key.Sign(toBeSigned)
	if StatusOf(err).Pending() {
		signature, err = s.askKey(PendingSignature, toBeSigned)
	}
	if err != nil {
		return nil, err
	}
	// A token that signs with another key would show only at the peer.
	if _, elsewhere := own.key.(*externalKey); elsewhere && !own.parsed.Key.Verify(toBeSigned, signature) {
		s.question = nil
		return nil, errorf(ErrPrivateKey, "the signature of the external key does not verify")
	}
	return signature, nil
}

// ownECDH computes the secret of the own static key and the peer's ephemeral
// key.
func (s *Session) ownECDH(own *Credential) ([]byte, error) {
	secret, err := own.key.ECDH(s.peerEphemeral)
	if StatusOf(err).Pending() {
		secret, err = s.askKey(PendingECDH, s.peerEphemeral.X())
	}
	if err != nil {
		return nil, err
	}
	if len(secret) != s.suite.PublicKeyLength() {
		suite.Wipe(secret)
		s.dropQuestion()
		return nil, errorf(ErrPrivateKey, "the ECDH secret of the external key has %d bytes, %d are needed", len(secret), s.suite.PublicKeyLength())
	}
	return secret, nil
}

// KeyQuestion returns what the host has to compute after PendingSignature (the
// bytes to sign) or PendingECDH (the peer's public key, x alone for P-256 and
// P-384) and which of the two it is. It gives ErrNotFound when nothing is asked.
func (s *Session) KeyQuestion() (status Status, input []byte, err error) {
	if busy := s.read(func() {
		if s.question == nil || s.question.answer != nil {
			err = ErrNotFound
			return
		}
		status, input = s.question.status, bytes.Clone(s.question.input)
	}); busy != nil {
		return OK, nil, busy
	}
	return status, input, err
}

// AnswerKey gives the signature or the ECDH secret that KeyQuestion asked for.
// Then the call that was pending is to be made again.
func (s *Session) AnswerKey(answer []byte) (err error) {
	if len(answer) == 0 || len(answer) > 256 {
		return errorf(ErrArgument, "an answer of %d bytes", len(answer))
	}
	if busy := s.read(func() {
		if s.question == nil || s.question.answer != nil {
			err = s.note(errorf(ErrState, "no key operation is pending"))
			return
		}
		s.question.answer = bytes.Clone(answer)
	}); busy != nil {
		return busy
	}
	return err
}
