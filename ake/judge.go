package ake

import (
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
)

// judged is a message of the peer that was opened, and how far it has come with
// the Config and the host.
type judged struct {
	facts
	opened
	answer    *Credential // by SetPeerCredential
	offered   *Credential // a raw key that PolicyLearn may accept
	verified  *verified
	approved  bool       // by the host
	undecided []int      // critical items of facts.ead that nobody accepted; nil: not asked yet
	withheld  []received // EAD_2 of a Responder that has proved nothing yet
}

// pending is a phase in which a message waits for a decision of the host.
type pending interface {
	phase
	proceed(in *env) (phase, error)
	judges(message int) bool
	judgement() *judged
	with(judged) phase
}

func (j *judged) judgement() *judged { return j }

// prk is a secret that exists as soon as the peer has proved itself.
func (j *judged) prk() *schedule.PRK {
	if j.verified == nil {
		return nil
	}
	return j.verified.prk
}

// waitsFor is the question that the host has to answer.
func (j *judged) waitsFor() Status {
	switch {
	case j.undecided != nil:
		return PendingEAD
	case j.approved:
		return PendingPeer
	}
	return PendingCredential
}

// authenticate finds who the peer is and has it approved. It tries the credentials
// that ID_CRED_x may mean until verify accepts one. No error of it tells the peer
// which credential failed, or why.
func (in *env) authenticate(j *judged, verify func(*Credential) (verified, error)) error {
	if j.verified == nil {
		if err := in.findPeer(j, verify); err != nil {
			return err
		}
	}
	peer := j.verified.peer.original()
	if err := in.party.checkRevoked(peer); err != nil { // also after the host has thought about it
		return err
	}
	if !j.approved {
		if err := in.isExpected(peer); err != nil {
			return err
		}
		if in.party.verifier != nil {
			if err := in.party.verifier(in.session, peer); err != nil {
				return errorf(ErrPeerRejected, "%v", err)
			}
		}
		j.approved = true
		if in.party.pull&PullPeer != 0 {
			return PendingPeer
		}
	}
	return nil
}

func (in *env) findPeer(j *judged, verify func(*Credential) (verified, error)) error {
	candidates, err := in.candidates(j)
	if err != nil {
		return err
	}
	defer wipeBorrowed(candidates)
	var failure error
	for _, candidate := range candidates[:min(len(candidates), in.limits().Candidates)] {
		switch {
		case !j.auth.serves(candidate, j.alg, in.peerRole()):
			if err := candidate.authenticates(); err != nil {
				failure = err
			}
			continue
		case j.auth.isOwn(in, candidate):
			failure = &Error{Status: ErrOwnCredential}
			continue
		}
		v, err := verify(candidate)
		if err == nil {
			candidate.frozen.Store(true) // the host may see it from here on
			j.verified = &v
			return j.receive(in, 3, v.items)
		}
		failure = err
	}
	if failure == nil {
		failure = errorf(ErrKeyKind, "method %d, cipher suite %d", j.auth.method().Method, j.alg.ID)
	}
	return failure
}

// candidates are the host's answer, or what the method resolves.
func (in *env) candidates(j *judged) ([]*Credential, error) {
	id, err := cose.ParseIDCred(j.idCred)
	if err != nil {
		return nil, wrap(err)
	}
	if j.answer == nil {
		return j.auth.resolve(in, j, id)
	}
	return []*Credential{j.answer}, j.auth.checkAnswer(in, id, j.answer)
}

// identify is the last act of a step that authenticates: it takes over the identity
// of the peer, and what the Config learns of it.
func (in *env) identify(j *judged) error {
	isNew, err := in.learn(j)
	if err != nil {
		return err
	}
	j.peer = &peer{credential: j.verified.peer, idCred: append([]byte(nil), j.idCred...), isNew: isNew}
	if peer := j.verified.peer; peer.borrowed() {
		j.resumed = true
		peer.psk.lender.count(peer)
	}
	return nil
}

// peerCredential is the peer that has authenticated, also while a decision of the
// host is pending; nil before.
func peerCredential(p phase) *Credential {
	if waiting, ok := p.(pending); ok {
		if j := waiting.judgement(); j.verified != nil {
			return j.verified.peer
		}
	}
	if peer := p.about().peer; peer != nil {
		return peer.credential
	}
	return nil
}

// SetPeerCredential answers PendingCredential. The credential is trusted; the
// session goes on with Continue.
func (s *Session) SetPeerCredential(credential *Credential) error {
	return s.do(evSetPeer, func() (phase, error) {
		p := s.phase.(pending)
		j := *p.judgement()
		if j.verified != nil {
			return nil, errorf(ErrState, "the peer is verified already")
		}
		credential.frozen.Store(true)
		j.answer = credential
		return p.with(j), nil
	})
}

// Continue goes on after a pending status was answered. If it was not, it gives
// the pending status again, or ErrEADCritical for an item that was not
// accepted.
func (s *Session) Continue() error {
	return s.do(evContinue, func() (phase, error) { return s.phase.(pending).proceed(&s.env) })
}

// RejectPeer ends the run instead of answering PendingCredential. The reason is
// ErrCredentialUnknown, which tells the peer to refer to its credential in
// another way (error code 3; code 1 if it was a reference by URI),
// or ErrPeerRejected.
func (s *Session) RejectPeer(reason Status) error {
	if reason != ErrCredentialUnknown && reason != ErrPeerRejected {
		return errorf(ErrArgument, "the reason is neither ErrCredentialUnknown nor ErrPeerRejected")
	}
	return s.do(evAbort, func() (phase, error) {
		if p, ok := s.phase.(pending); ok && reason == ErrCredentialUnknown {
			if id, err := cose.ParseIDCred(p.judgement().idCred); err == nil && (id.HasX5U() || id.HasC5U()) {
				reason = ErrCredentialUnsupported
			}
		}
		return s.aborted(reason), nil
	})
}

// arrived is the start of every processing: a message within the limit, or an
// error message in its place, which ends the run (RFC 9528 section 6).
func (s *Session) arrived(data []byte) (phase, error) {
	if len(data) > s.limits().MessageSize {
		return nil, errorf(ErrTooLarge, "%d bytes, the limit is %d", len(data), s.limits().MessageSize)
	}
	if s.phase.state() == StateStart {
		if message.MayBeError(data) {
			if peerError, err := message.ParseError(data); err == nil {
				return s.receiveError(peerError)
			}
		}
		return nil, nil
	}
	if message.LooksLikeError(data) {
		return s.receivedError(data)
	}
	return nil, nil
}
