package ake

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// ProcessMessage1 reads message_1 (RFC 9528 section 5.2.3). It gives ErrSuite if
// the selected cipher suite is not the first of SUITES_I that is supported
// here; the error message then has SUITES_R. A message_1 that is refused ends
// the run: there is nothing to protect yet.
func (s *Session) ProcessMessage1(data []byte) error {
	return s.do(evProcess1, func() error {
		if err := s.arrived(data); err != nil {
			return err
		}
		m1, err := message.ParseMessage1(data)
		if err != nil {
			return fatal(err)
		}
		if err := s.accept1(m1); err != nil {
			return fatal(err)
		}
		s.keys.hashMessage1 = s.suite.Digest(data)
		s.pending = &pending{ead: m1.EAD}
		return s.parked(StatePending1, s.finish1())
	})
}

// accept1 checks message_1 against the Config and makes the ephemeral key: only
// G_XY shows whether G_X was a point of low order.
func (s *Session) accept1(m1 *message.Message1) error {
	method := Method(m1.Method)
	if int64(method) != m1.Method || !s.config.accepts(method) {
		return errorf(ErrMethod, "method %d", m1.Method)
	}
	s.suitesIn = m1.SuitesI
	s.suites = s.config.suitesFor(method, s)
	if len(s.suites) == 0 {
		return errorf(ErrMethod, "no own credential for method %d", m1.Method)
	}
	alg, err := s.acceptSuite(m1)
	if err != nil {
		return err
	}
	own := s.ownFor(method, alg)
	if own == nil && method != MethodPSK { // a PSK is looked up when message_3 names it
		if len(s.config.own) == 0 {
			return errorf(ErrNoCredential, "for the Responder") // a fault of this side
		}
		return errorf(ErrMethod, "no own credential for method %d with cipher suite %d", method, alg.ID)
	}
	if len(m1.CI) > s.limits().ConnectionID {
		return errorf(ErrConnectionID, "C_I has %d bytes, the limit is %d", len(m1.CI), s.limits().ConnectionID)
	}
	if len(m1.GX) != alg.PublicKeyLength() {
		return errorf(ErrPublicKey, "G_X has %d bytes, cipher suite %d needs %d", len(m1.GX), alg.ID, alg.PublicKeyLength())
	}
	gX, err := suite.ParsePublicKey(alg.Curve, m1.GX)
	if err != nil {
		return err
	}
	if err := s.receiveEAD(1, m1.EAD); err != nil {
		return err
	}
	y, err := s.newEphemeral(alg, own)
	if err != nil {
		return err
	}
	gxy, err := y.ECDH(gX)
	if err != nil {
		y.Clear()
		return err
	}
	s.observe("g_xy", gxy)
	s.method, s.suite, s.own = method, alg, own
	s.cI = append([]byte{}, m1.CI...)
	s.peerEphemeral, s.ephemeral, s.keys.gxy = gX, y, gxy
	return nil
}

// acceptSuite holds the rule of section 6.3.1: the selected suite is the first
// of SUITES_I that the Responder supports.
func (s *Session) acceptSuite(m1 *message.Message1) (*suite.Suite, error) {
	for _, id := range m1.SuitesI {
		if !slices.ContainsFunc(s.suites, func(own int) bool { return int64(own) == id }) {
			continue
		}
		if id != m1.SelectedSuite() {
			return nil, errorf(ErrSuite, "%d is selected, but the Initiator prefers %d", m1.SelectedSuite(), id)
		}
		return suite.Lookup(int(id)), nil
	}
	return nil, errorf(ErrSuite, "%d is not supported", m1.SelectedSuite())
}

func (s *Session) finish1() error {
	if err := s.decideEAD(1); err != nil {
		return err
	}
	s.pending = nil
	return nil
}

// PrepareMessage2 makes message_2 (RFC 9528 section 5.3.2).
func (s *Session) PrepareMessage2() ([]byte, error) {
	return s.again(evPrepare2, func() ([]byte, error) {
		alg, k := s.suite, &s.keys
		cR := s.cR
		if bytes.Equal(cR, s.cI) && cR != nil {
			return nil, errorf(ErrArgument, "C_R must differ from C_I: set another connection identifier")
		}
		if cR == nil {
			var err error
			if cR, err = chooseConnectionID(s.cI); err != nil {
				return nil, err
			}
			s.cR = cR // a call that is pending goes on with the same
		}
		gY := s.ephemeral.Public().X()
		th2 := schedule.TH2(alg, gY, k.hashMessage1)
		prk2e := schedule.PRK2e(alg, th2, k.gxy)
		defer wipe(&prk2e)
		var plaintext2, prk3e2m, th3 []byte
		var err error
		if s.method == MethodPSK {
			plaintext2, prk3e2m, th3 = s.plaintext2PSK(cR, th2, prk2e)
		} else if plaintext2, prk3e2m, th3, err = s.plaintext2(cR, th2, prk2e); err != nil {
			return nil, err
		}
		s.observe("plaintext_2", plaintext2)
		s.observe("prk_2e", prk2e)
		k.th2, k.th3, k.prk3e2m, s.cR = th2, th3, prk3e2m, cR
		wipe(&k.gxy)
		schedule.XORKeystream2(alg, prk2e, th2, plaintext2)
		return message.EncodeByteString(gY, plaintext2), nil
	})
}

// plaintext2 makes PLAINTEXT_2, with PRK_3e2m and TH_3.
func (s *Session) plaintext2(cR, th2, prk2e []byte) (plaintext2, prk3e2m, th3 []byte, err error) {
	alg, own := s.suite, s.own
	prk3e2m = bytes.Clone(prk2e)
	if !s.method.signs(Responder) {
		gRX, err := s.ownECDH(own)
		if err != nil {
			return nil, nil, nil, err
		}
		prk3e2m = schedule.PRK3e2m(alg, prk2e, th2, gRX)
		s.observe("g_rx", gRX)
		suite.Wipe(gRX)
	}
	ead2 := message.AppendEAD(nil, s.eadOut[2])
	context2 := schedule.Context2(message.AppendIdentifier(nil, cR), own.idCred, th2, own.parsed.Cred, ead2)
	mac2 := schedule.MAC2(alg, prk3e2m, context2, s.macLength(Responder))
	s.observe("context_2", context2)
	s.observe("mac_2", mac2)
	sigMAC, err := s.sigOrMAC(own, th2, ead2, mac2)
	if err != nil {
		suite.Wipe(prk3e2m)
		return nil, nil, nil, err
	}
	p2 := message.Plaintext2{CR: cR, IDCredR: own.idCred, SigMAC: sigMAC, EAD: s.eadOut[2]}
	plaintext2 = p2.Encode()
	return plaintext2, prk3e2m, schedule.NextTH(alg, th2, plaintext2, own.parsed.Cred), nil
}

// ProcessMessage3 reads message_3 and authenticates the Initiator (RFC 9528
// section 5.4.3). From then on, keys can be exported.
func (s *Session) ProcessMessage3(data []byte) error {
	return s.do(evProcess3, func() error {
		if err := s.arrived(data); err != nil {
			return err
		}
		ciphertext3, err := message.ParseByteString("message_3", data)
		if err != nil {
			return err
		}
		if s.method == MethodPSK {
			if err := s.openPSK(ciphertext3); err != nil {
				return err
			}
			return s.parked(StatePending3, s.finish3())
		}
		alg, k := s.suite, &s.keys
		k3, iv3 := schedule.Key3(alg, k.prk3e2m, k.th3, alg.KeyLength(), alg.IVLength())
		defer wipe(&k3, &iv3)
		plaintext3, err := alg.Open(k3, iv3, cose.EncStructure(k.th3), ciphertext3)
		if err != nil {
			return fatal(err)
		}
		s.observe("plaintext_3", plaintext3)
		s.observe("k_3", k3)
		s.observe("iv_3", iv3)
		p3, err := message.ParsePlaintext3(plaintext3)
		if err != nil {
			return fatal(err)
		}
		if err := s.receiveEAD(3, p3.EAD); err != nil {
			return fatal(err)
		}
		s.pending = &pending{plaintext: plaintext3, idCred: p3.IDCredI, sigMAC: p3.SigMAC, ead: p3.EAD}
		return s.parked(StatePending3, s.finish3())
	})
}

// finish3 authenticates the Initiator and commits message_3.
func (s *Session) finish3() error {
	p := s.pending
	if p.peer == nil {
		verify := s.verify3
		if s.method == MethodPSK {
			verify = s.verify3PSK
		}
		prk4e3m, err := s.authenticate(verify)
		if err != nil {
			return err
		}
		s.keys.prk4e3m = prk4e3m
	}
	if err := s.approve(); err != nil {
		return err
	}
	if err := s.decideEAD(3); err != nil {
		return err
	}
	if err := s.learnPeer(); err != nil {
		return err
	}
	if s.method == MethodPSK {
		s.deriveOutputPSK(p.peer, message.CompactID(p.idCred), p.plaintext)
		s.wasResumed(p.peer)
	} else {
		s.deriveOutput(p.plaintext, p.peer)
	}
	s.commitPeer()
	s.ephemeral.Clear()
	s.ephemeral = nil
	return nil
}

// verify3 checks Signature_or_MAC_3 with one credential and returns PRK_4e3m.
func (s *Session) verify3(peer *Credential) ([]byte, error) {
	alg, p, k := s.suite, s.pending, &s.keys
	prk4e3m := bytes.Clone(k.prk3e2m)
	if !s.method.signs(Initiator) {
		gIY, err := s.ephemeral.ECDH(peer.parsed.Key)
		if err != nil {
			return nil, errorf(ErrCredentialMalformed, "public key: %v", err)
		}
		prk4e3m = schedule.PRK4e3m(alg, k.prk3e2m, k.th3, gIY)
		s.observe("g_iy", gIY)
		suite.Wipe(gIY)
	}
	ead3 := message.AppendEAD(nil, p.ead)
	context3 := schedule.Context3(p.idCred, k.th3, peer.parsed.Cred, ead3)
	mac3 := schedule.MAC3(alg, prk4e3m, context3, s.macLength(Initiator))
	s.observe("context_3", context3)
	s.observe("mac_3", mac3)
	if err := s.checkSigMAC(Initiator, peer, k.th3, ead3, mac3); err != nil {
		suite.Wipe(prk4e3m)
		return nil, err
	}
	return prk4e3m, nil
}

// PrepareMessage4 makes message_4 (RFC 9528 section 5.5.2).
func (s *Session) PrepareMessage4() ([]byte, error) {
	return s.again(evPrepare4, func() ([]byte, error) {
		alg, k := s.suite, &s.keys
		plaintext4 := message.AppendEAD(nil, s.eadOut[4])
		k4, iv4 := schedule.Key4(alg, k.prk4e3m, k.th4, alg.KeyLength(), alg.IVLength())
		defer wipe(&k4, &iv4)
		ciphertext4, err := alg.Seal(k4, iv4, cose.EncStructure(k.th4), plaintext4)
		if err != nil {
			return nil, err
		}
		s.observe("k_4", k4)
		s.observe("iv_4", iv4)
		s.observe("plaintext_4", plaintext4)
		s.forget()
		return message.EncodeByteString(ciphertext4), nil
	})
}
