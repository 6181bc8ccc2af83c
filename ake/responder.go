package ake

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// pending1: message_1 waits for a decision of the host.
type pending1 struct {
	judged
	next *received1
}

func (*pending1) state() State { return StatePending1 }

func (p *pending1) holds() secrets { return p.next.holds() }

func (p *pending1) judges(message int) bool { return message == 1 }

func (p *pending1) with(j judged) phase { return &pending1{j, p.next} }

// ProcessMessage1 reads message_1 (RFC 9528 section 5.2.3). It gives ErrSuite if
// the selected cipher suite is not the first of SUITES_I that is supported
// here; the error message then has SUITES_R.
func (s *Session) ProcessMessage1(data []byte) error {
	return s.do(evProcess1, func() (phase, error) {
		if next, err := s.arrived(data); err != nil {
			return next, err
		}
		return s.phase.(*start).process1(&s.env, data)
	})
}

func (p *start) process1(in *env, data []byte) (phase, error) {
	m1, err := message.ParseMessage1(data)
	if err != nil {
		return nil, err
	}
	f := facts{suitesIn: firstSuites(m1.SuitesI)}
	if f.auth, err = in.acceptMethod(m1.Method); err != nil {
		return &failed{facts: f}, err
	}
	suites, err := in.suitesToAccept(f.auth)
	if err != nil {
		return &failed{facts: f}, err
	}
	alg, err := acceptSuite(m1, suites)
	if err != nil {
		return &failed{facts: f, suites: suites}, err
	}
	f.alg = in.source.suite(alg.ID)
	if err := in.checkPeerConnectionID("C_I", m1.CI, nil); err != nil {
		return &failed{facts: f}, err
	}
	f.cI = append([]byte{}, m1.CI...)
	if len(m1.GX) != alg.PublicKeyLength() {
		return &failed{facts: f}, errorf(ErrPublicKey, "G_X has %d bytes, cipher suite %d needs %d", len(m1.GX), alg.ID, alg.PublicKeyLength())
	}
	gX, err := suite.ParsePublicKey(alg.Curve, m1.GX)
	if err != nil {
		return &failed{facts: f}, err
	}
	f.derived = in.party.logged(m1.GX)
	next := &pending1{judged: judged{facts: f}}
	if err := next.receive(in, 1, m1.EAD); err != nil {
		return &failed{facts: f}, err
	}
	// The ephemeral key is made now: only G_XY shows whether G_X was a point of low
	// order.
	y, random, err := in.newEphemeral(f.alg, in.ownFor(f.auth, f.alg))
	if err != nil {
		return &failed{facts: f}, err
	}
	next.next = &received1{facts: next.facts, y: y, random: random, gY: y.Public().X(), hashMessage1: f.alg.Digest(data)}
	if next.next.gxy, err = y.ECDH(gX); err != nil {
		return next, err
	}
	next.next.gX = gX
	return next, nil
}

func (p *pending1) proceed(in *env) (phase, error) {
	next := *p
	if err := in.decide(&next.judged); err != nil {
		return &next, err
	}
	done := *p.next
	done.facts = next.facts
	return &done, nil
}

// received1: message_1 was accepted, message_2 is to be prepared.
type received1 struct {
	facts
	y            *suite.PrivateKey
	random       []byte // for C_R
	gY           []byte
	gX           *suite.PublicKey // for an own static Diffie-Hellman key
	gxy          []byte
	hashMessage1 []byte
	question     *question
}

func (*received1) state() State { return StateReceived1 }

func (p *received1) holds() secrets {
	return secrets{bytes: [2][]byte{p.gxy, p.question.secret()}, ephemeral: p.y}
}

func (p *received1) asked() *question { return p.question }

func (p *received1) asking(q *question) phase {
	next := *p
	next.question = q
	return &next
}

// PrepareMessage2 makes message_2 (RFC 9528 section 5.3.2).
func (s *Session) PrepareMessage2() ([]byte, error) {
	return s.again(evPrepare2, func() (phase, error) { return s.phase.(*received1).prepare2(&s.env) })
}

func (p *received1) prepare2(in *env) (phase, error) {
	mine := *p // with C_R: a call that is pending goes on with the same
	if in.settings.connectionID != nil {
		mine.cR = in.settings.connectionID
	}
	if mine.cR == nil {
		mine.cR = connectionIDFrom(p.random, p.cI)
	}
	if bytes.Equal(mine.cR, p.cI) {
		return nil, errorf(ErrArgument, "C_R must differ from C_I: set another connection identifier")
	}
	th2 := schedule.TH2(p.alg, p.gY, p.hashMessage1)
	prk2e := schedule.PRK2e(p.alg, th2, p.gxy)
	defer prk2e.Wipe()
	made, err := p.auth.makePlaintext2(in, &mine, th2, prk2e)
	if err != nil {
		return asking(&mine, err)
	}
	prk2e.XORKeystream2(th2, made.plaintext2)
	mine.derived = p.derived.and(prk2e, th2).and(made.prk3e2m, made.th3)
	next := &wait3{
		facts: mine.facts, own: made.own, th3: made.th3, prk3e2m: made.prk3e2m,
		message2: message.EncodeByteString(p.gY, made.plaintext2),
	}
	if p.auth.keepsEphemeral() {
		next.y = p.y
	}
	return next, nil
}

// wait3: message_2 was sent.
type wait3 struct {
	facts
	own      *Credential
	y        *suite.PrivateKey // for a static Diffie-Hellman key of the Initiator
	th3      []byte
	prk3e2m  *schedule.PRK
	message2 []byte
}

func (*wait3) state() State { return StateWait3 }

func (p *wait3) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prk3e2m}, ephemeral: p.y}
}

func (p *wait3) sent(*env) ([]byte, error) { return p.message2, nil }

// pending3: message_3 waits for a decision of the host.
type pending3 struct {
	judged
	wait *wait3
}

func (*pending3) state() State { return StatePending3 }

func (p *pending3) holds() secrets {
	s := p.wait.holds()
	s.prks[1], s.bytes[0] = p.prk(), p.plaintext
	if p.verified != nil {
		s.bytes[1] = p.verified.plaintext // of EDHOC-PSK another one
	}
	return s
}

func (p *pending3) judges(message int) bool { return message == 3 }

func (p *pending3) with(j judged) phase { return &pending3{j, p.wait} }

// ProcessMessage3 reads message_3 and authenticates the Initiator (RFC 9528
// section 5.4.3). From then on, keys can be exported.
func (s *Session) ProcessMessage3(data []byte) error {
	return s.do(evProcess3, func() (phase, error) {
		if next, err := s.arrived(data); err != nil {
			return next, err
		}
		return s.phase.(*wait3).process(&s.env, data)
	})
}

func (p *wait3) process(in *env, data []byte) (phase, error) {
	content, err := message.ParseByteString("message_3", data)
	if err != nil {
		return nil, err
	}
	opened, err := p.auth.openMessage3(p, content)
	if err != nil {
		return nil, err
	}
	next := &pending3{judged: judged{facts: p.facts, opened: opened}, wait: p}
	return next, next.receive(in, 3, opened.items)
}

func (p *pending3) proceed(in *env) (phase, error) {
	next := *p
	verify := func(peer *Credential) (verified, error) { return p.auth.verify3(p, peer) }
	if err := in.authenticate(&next.judged, verify); err != nil {
		return &next, err
	}
	if err := in.decide(&next.judged); err != nil {
		return &next, err
	}
	if err := in.identify(&next.judged); err != nil {
		return &next, err
	}
	th4 := p.auth.th4(p, next.verified)
	next.derived = p.derived.and(next.prk(), th4)
	return &verified3{
		facts: next.facts, own: p.wait.own, th4: th4, prk4e3m: next.prk(),
		output: newOutput(next.prk(), th4, in.party.now()),
	}, nil
}

// verified3: message_3 was accepted, keys can be used, message_4 may be prepared.
type verified3 struct {
	facts
	own     *Credential
	th4     []byte
	prk4e3m *schedule.PRK
	*output
}

func (*verified3) state() State { return StateVerified3 }

func (p *verified3) holds() secrets {
	return secrets{prks: [4]*schedule.PRK{p.prk4e3m, p.prkOut, p.prkExporter}}
}

// PrepareMessage4 makes message_4 (RFC 9528 section 5.5.2). The same one is given
// again until EXCHANGE_LIFETIME is over (Config.ExchangeLifetime), and
// ErrState after that.
func (s *Session) PrepareMessage4() ([]byte, error) {
	return s.again(evPrepare4, func() (phase, error) { return s.phase.(*verified3).prepare4(&s.env) })
}

func (p *verified3) prepare4(in *env) (phase, error) {
	key := p.prk4e3m.Key4(p.alg, p.th4)
	defer key.Wipe()
	plaintext4 := message.EncodeEAD(in.settings.eadFor(4))
	defer suite.Wipe(plaintext4)
	ciphertext4, err := key.Seal(cose.EncStructure(p.th4), plaintext4)
	if err != nil {
		return nil, err
	}
	return &completed{
		facts: p.facts, own: p.own, output: p.output,
		kept: &kept{message.EncodeByteString(ciphertext4), in.party.now().Add(in.party.exchange)},
	}, nil
}
