package ake

import (
	"bytes"
	"errors"

	"github.com/liblake/lake/ake/internal/suite"
)

// A private key may stay in a secure element, a token or a service. Then the
// host does the one operation that a run needs of it, a signature or an ECDH,
// in a callback or, if it takes long, in pull mode.

// Signer signs the Sig_structure of message_2 or message_3 (RFC 9052 section
// 4.4) and returns r || s for ECDSA (64 or 96 bytes) or the EdDSA signature (64
// or 114 bytes). The hash of ECDSA (SHA-256 for P-256, SHA-384 for P-384) is the
// Signer's to compute. The error PendingSignature puts the answer off: see
// Session.AnswerKey.
type Signer func(toBeSigned []byte) (signature []byte, err error)

// Agreer computes the ECDH secret of the private key and a peer's public key:
// the x-coordinate of P-256 or P-384, of which only x is given (any of the two
// points with it gives the same), or the output of X25519 or X448. The Session
// overwrites the secret when it has used it. The error PendingECDH puts the answer off.
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
	if err == PendingSignature {
		return nil, err
	}
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
	if err == PendingECDH {
		return nil, err
	}
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
// call is then made again; the answer counts for the same question only. As an
// error it says that there is no answer yet.
type question struct {
	status Status
	input  []byte // the Sig_structure, or x of the peer's ephemeral key
	answer []byte
}

func (q *question) Error() string { return q.status.Error() }
func (q *question) Unwrap() error { return q.status }

// secret is an answer that may be one.
func (q *question) secret() []byte {
	if q == nil {
		return nil
	}
	return q.answer
}

// answered returns the answer to a question, or the question.
func (q *question) answered(status Status, input []byte) ([]byte, error) {
	if q != nil && q.answer != nil && q.status == status && bytes.Equal(q.input, input) {
		return bytes.Clone(q.answer), nil
	}
	return nil, &question{status: status, input: bytes.Clone(input)}
}

// asker is a phase in which the host may be asked for an operation with its key.
type asker interface {
	phase
	asked() *question
	asking(*question) phase
}

// asking is what a step leaves that could not make a message: the phase with the
// question to the host, or without the one that was answered wrongly.
func asking(p asker, err error) (phase, error) {
	var q *question
	if errors.As(err, &q) {
		return p.asking(q), q.status
	}
	return p.asking(nil), err
}

// sign signs with the own key, wherever that is.
func (c *Credential) sign(toBeSigned []byte, q *question) ([]byte, error) {
	signature, err := c.key.Sign(toBeSigned)
	if StatusOf(err).Pending() {
		signature, err = q.answered(PendingSignature, toBeSigned)
	}
	if err != nil {
		return nil, err
	}
	// A token that signs with another key would show only at the peer.
	if _, elsewhere := c.key.(*externalKey); elsewhere && !c.parsed.Key.Verify(toBeSigned, signature) {
		return nil, errorf(ErrPrivateKey, "the signature of the external key does not verify")
	}
	return signature, nil
}

// agree computes the secret of the own static key and the peer's ephemeral key.
func (c *Credential) agree(peer *suite.PublicKey, alg *suite.Suite, q *question) ([]byte, error) {
	secret, err := c.key.ECDH(peer)
	if StatusOf(err).Pending() {
		secret, err = q.answered(PendingECDH, peer.X())
	}
	if err != nil {
		return nil, err
	}
	if len(secret) != alg.PublicKeyLength() {
		suite.Wipe(secret)
		return nil, errorf(ErrPrivateKey, "the ECDH secret of the external key has %d bytes, %d are needed", len(secret), alg.PublicKeyLength())
	}
	return secret, nil
}

// openQuestion is the question of a phase that waits for its answer, or nil.
func openQuestion(p phase) *question {
	if p, ok := p.(asker); ok && p.asked() != nil && p.asked().answer == nil {
		return p.asked()
	}
	return nil
}

// KeyQuestion returns what the host has to compute after PendingSignature (the
// bytes to sign) or PendingECDH (the peer's public key, x alone for P-256 and
// P-384) and which of the two it is; OK and nil when nothing is asked.
func (s *Session) KeyQuestion() (question Status, input []byte) {
	q := openQuestion(s.known())
	if q == nil {
		return OK, nil
	}
	return q.status, bytes.Clone(q.input)
}

// AnswerKey gives the signature or the ECDH secret that KeyQuestion asked for.
// Then the call that was pending is to be made again.
func (s *Session) AnswerKey(answer []byte) error {
	if len(answer) == 0 || len(answer) > 256 {
		return errorf(ErrArgument, "an answer of %d bytes", len(answer))
	}
	return s.alone(func() error {
		q := openQuestion(s.phase)
		if q == nil {
			return s.note(errorf(ErrState, "no key operation is pending"))
		}
		s.become(s.phase.(asker).asking(&question{q.status, q.input, bytes.Clone(answer)}))
		return nil
	})
}

// SetOwnCredential chooses among several own credentials, in the place of the
// first one that fits: the Initiator before message_3, when it has seen who the
// peer is, the Responder before message_2. The credential needs a private key
// that fits method and cipher suite once these are known: ErrKeyKind. In
// EDHOC-PSK the Initiator chooses the pre-shared key so, before message_1.
func (s *Session) SetOwnCredential(credential *Credential) error {
	return s.do(evSetOwn, func() (phase, error) {
		if err := credential.authenticates(); err != nil {
			return nil, err
		}
		if !credential.isOwn() {
			return nil, errorf(ErrPrivateKey, "an own credential needs its private key")
		}
		f := s.phase.about()
		if f.auth != nil && !f.auth.serves(credential, f.alg, s.role) {
			return nil, errorf(ErrKeyKind, "method %d, cipher suite %d", f.auth.method().Method, f.alg.ID)
		}
		if peer := peerCredential(s.phase); peer != nil && peer.same(credential) {
			return nil, errorf(ErrOwnCredential, "or this would be the peer's")
		}
		credential.frozen.Store(true)
		s.settings.own = credential
		if p, ok := s.phase.(asker); ok { // the question was about the key of another one
			return p.asking(nil), nil
		}
		return s.phase, nil
	})
}
