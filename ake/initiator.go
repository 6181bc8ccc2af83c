package ake

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// wait2: message_1 was sent.
type wait2 struct {
	facts
	x            *suite.PrivateKey
	hashMessage1 []byte
	message1     []byte
}

func (*wait2) state() State { return StateWait2 }

func (p *wait2) holds() secrets { return secrets{ephemeral: p.x, borrowed: p.attempt.resumption.key()} }

func (p *wait2) sent(*env) ([]byte, error) { return p.message1, nil }

// PrepareMessage1 makes message_1 (RFC 9528 section 5.2.2). It selects the most
// preferred suite for which there is an own credential, unless SelectSuite or
// Restart said otherwise. It gives ErrNoCredential if no own credential fits
// method and suite, and ErrKeyKind if one would but for the y-coordinate that a
// signature needs.
func (s *Session) PrepareMessage1() ([]byte, error) {
	return s.again(evPrepare1, func() (phase, error) { return s.phase.(*start).prepare1(&s.env) })
}

func (p *start) prepare1(in *env) (phase, error) {
	try, alg, own, err := p.choose(in)
	if err != nil {
		return nil, err
	}
	alg = in.source.suite(alg.ID)
	cI := p.cI
	if in.settings.connectionID != nil {
		cI = in.settings.connectionID
	}
	x, random, err := p.ephemeral(in, alg, own)
	if err != nil {
		return nil, err
	}
	if cI == nil {
		cI = connectionIDFrom(random, nil)
	}
	m1 := message.Message1{
		Method: int64(try.auth.method().Method), SuitesI: in.source.suitesI(try.suitesI(alg)),
		GX: x.Public().X(), CI: cI, EAD: in.settings.eadFor(1),
	}
	encoded := m1.Encode()
	return &wait2{
		facts: facts{auth: try.auth, alg: alg, cI: cI, resumed: p.resumption != nil, attempt: try, derived: in.party.logged(m1.GX)},
		x:     x, hashMessage1: alg.Digest(encoded), message1: encoded,
	}, nil
}

// pending2: message_2 waits for a decision of the host.
type pending2 struct {
	judged
	x            *suite.PrivateKey
	gY           *suite.PublicKey
	hashMessage1 []byte
	th2          []byte
	prk2e        *schedule.PRK
}

func (*pending2) state() State { return StatePending2 }

func (p *pending2) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prk2e, p.prk()}, bytes: [2][]byte{p.plaintext}, ephemeral: p.x, borrowed: p.attempt.resumption.key()}
}

func (p *pending2) judges(message int) bool { return message == 2 }

func (p *pending2) with(j judged) phase {
	next := *p
	next.judged = j
	return &next
}

// ProcessMessage2 reads message_2 and authenticates the Responder (RFC 9528
// section 5.3.3). It gives PendingCredential or PendingEAD when the host has to
// decide something first; an error message in its place gives ErrPeer...
func (s *Session) ProcessMessage2(data []byte) error {
	return s.do(evProcess2, func() (phase, error) {
		if next, err := s.arrived(data); err != nil {
			return next, err
		}
		return s.phase.(*wait2).process(&s.env, data)
	})
}

func (p *wait2) process(in *env, data []byte) (phase, error) {
	content, err := message.ParseByteString("message_2", data)
	if err != nil {
		return nil, err
	}
	alg := p.alg
	if len(content) <= alg.PublicKeyLength() {
		return nil, errorf(ErrMalformed, "message_2 is too short for G_Y and CIPHERTEXT_2")
	}
	encodedGY, plaintext2 := content[:alg.PublicKeyLength()], bytes.Clone(content[alg.PublicKeyLength():])
	gY, err := suite.ParsePublicKey(alg.Curve, encodedGY)
	if err != nil {
		return nil, err
	}
	gxy, err := p.x.ECDH(gY)
	if err != nil {
		return nil, err
	}
	defer suite.Wipe(gxy)
	th2 := schedule.TH2(alg, encodedGY, p.hashMessage1)
	next := &pending2{judged: judged{facts: p.facts}, x: p.x, gY: gY, hashMessage1: p.hashMessage1, th2: th2, prk2e: schedule.PRK2e(alg, th2, gxy)}
	next.derived = p.derived.and(next.prk2e, th2)
	next.prk2e.XORKeystream2(th2, plaintext2)
	next.plaintext = plaintext2
	cR, opened, err := p.auth.openPlaintext2(plaintext2)
	if err != nil {
		return next, err
	}
	next.cR, next.opened = bytes.Clone(cR), opened
	if err := in.checkPeerConnectionID("C_R", cR, p.cI); err != nil {
		return next, err
	}
	if !p.auth.proves2() {
		return next, next.withhold(in, 2, opened.items)
	}
	return next, next.receive(in, 2, opened.items)
}

func (p *pending2) proceed(in *env) (phase, error) {
	next := *p
	if key := p.attempt.resumption.key(); key != nil { // a list may be newer than UseResumption
		if err := in.party.checkRevoked(key.original()); err != nil {
			return &next, err
		}
	}
	if p.auth.proves2() {
		if err := in.authenticate(&next.judged, func(peer *Credential) (verified, error) { return p.auth.verify2(p, peer) }); err != nil {
			return &next, err
		}
	}
	if err := in.decide(&next.judged); err != nil {
		return &next, err
	}
	if next.verified == nil { // no proof in this message
		v, err := p.auth.verify2(p, nil)
		if err != nil {
			return &next, err
		}
		next.verified = &v
	} else if err := in.identify(&next.judged); err != nil {
		return &next, err
	}
	th3 := p.auth.th3(p, next.verified)
	next.derived = p.derived.and(next.verified.prk, th3)
	return &verified2{
		facts: next.facts, gY: p.gY, hashMessage1: p.hashMessage1, th3: th3, prk3e2m: next.verified.prk,
		withheld: next.withheld,
	}, nil
}

// verified2: message_2 was accepted, message_3 is to be prepared.
type verified2 struct {
	facts
	gY           *suite.PublicKey // for an own static Diffie-Hellman key
	hashMessage1 []byte
	th3          []byte
	prk3e2m      *schedule.PRK
	withheld     []received // EAD_2 of a Responder that has proved nothing yet
	question     *question
}

func (*verified2) state() State { return StateVerified2 }

func (p *verified2) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prk3e2m}, bytes: [2][]byte{p.question.secret()}, borrowed: p.attempt.resumption.key()}
}

func (p *verified2) asked() *question { return p.question }

func (p *verified2) asking(q *question) phase {
	next := *p
	next.question = q
	return &next
}

// PrepareMessage3 makes message_3 (RFC 9528 section 5.4.2). From then on, keys
// can be exported.
func (s *Session) PrepareMessage3() ([]byte, error) {
	return s.again(evPrepare3, func() (phase, error) { return s.phase.(*verified2).prepare3(&s.env) })
}

func (p *verified2) prepare3(in *env) (phase, error) {
	made, err := p.auth.makeMessage3(in, p)
	if err != nil {
		return asking(p, err)
	}
	f := p.facts
	f.derived = p.derived.and(made.prk4e3m, made.th4)
	return &wait4{
		facts: f, own: made.own, th4: made.th4, prk4e3m: made.prk4e3m, withheld: p.withheld,
		message3: message.EncodeByteString(made.content),
		output:   newOutput(made.prk4e3m, made.th4, in.party.now()),
	}, nil
}

// wait4: message_3 was sent, keys can be used, message_4 may come.
type wait4 struct {
	facts
	own      *Credential
	th4      []byte
	prk4e3m  *schedule.PRK
	message3 []byte
	withheld []received // EAD_2 of a Responder that has proved nothing yet
	*output
}

func (*wait4) state() State { return StateWait4 }

func (p *wait4) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prk4e3m, p.prkOut, p.prkExporter}}
}

func (p *wait4) sent(*env) ([]byte, error) { return p.message3, nil }

// ProcessMessage4 reads message_4 (RFC 9528 section 5.5.3), which proves that
// the Responder has the same keys.
func (s *Session) ProcessMessage4(data []byte) error {
	return s.do(evProcess4, func() (phase, error) {
		if next, err := s.arrived(data); err != nil {
			return next, err
		}
		return s.phase.(*wait4).process(&s.env, data)
	})
}

func (p *wait4) process(in *env, data []byte) (phase, error) {
	ciphertext4, err := message.ParseByteString("message_4", data)
	if err != nil {
		return nil, err
	}
	key := p.prk4e3m.Key4(p.alg, p.th4)
	defer key.Wipe()
	plaintext4, err := key.Open(cose.EncStructure(p.th4), ciphertext4)
	if err != nil {
		return nil, err
	}
	ead4, err := message.ParsePlaintext4(plaintext4)
	if err != nil {
		suite.Wipe(plaintext4)
		return nil, err
	}
	return p.proved(in, opened{plaintext: plaintext4, items: ead4})
}

// proved goes on with what the Responder has shown to have made.
func (p *wait4) proved(in *env, o opened) (phase, error) {
	next := &pending4{judged: judged{facts: p.facts, opened: o}, wait: p}
	if !p.auth.proves2() {
		next.reveal(p.withheld)
	}
	return next, next.receive(in, 4, o.items)
}

// pending4: message_4 waits for a decision of the host.
type pending4 struct {
	judged
	wait *wait4
}

func (*pending4) state() State { return StatePending4 }

func (p *pending4) holds() secrets {
	s := p.wait.holds()
	s.bytes[0] = p.plaintext
	return s
}

func (p *pending4) judges(message int) bool { return message == 4 || message == 2 && !p.auth.proves2() }

func (p *pending4) with(j judged) phase { return &pending4{j, p.wait} }

func (p *pending4) keys() *output { return p.wait.output }

func (p *pending4) proceed(in *env) (phase, error) {
	next := *p
	if err := in.decide(&next.judged); err != nil {
		return &next, err
	}
	if !p.auth.proves2() {
		next.peer = sameAsOwn(p.wait.own)
	}
	return &completed{facts: next.facts, own: p.wait.own, output: p.wait.output}, nil
}
