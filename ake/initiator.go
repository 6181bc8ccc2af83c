package ake

import (
	"bytes"
	"slices"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// PrepareMessage1 makes message_1 (RFC 9528 section 5.2.2). It selects the most
// preferred suite for which there is an own credential, unless SelectSuite or
// Restart said otherwise. It gives ErrNoCredential if no own credential fits
// method and suite.
func (s *Session) PrepareMessage1() ([]byte, error) {
	return s.again(evPrepare1, func() ([]byte, error) {
		method, suites, selected, err := s.choose()
		if err != nil {
			return nil, err
		}
		alg := suite.Lookup(suites[selected])
		own := s.ownFor(method, alg)
		cI := s.cI
		if cI == nil {
			if cI, err = chooseConnectionID(nil); err != nil {
				return nil, err
			}
		}
		x, err := s.newEphemeral(alg, own)
		if err != nil {
			return nil, err
		}
		m1 := message.Message1{Method: int64(method), GX: x.Public().X(), CI: cI, EAD: s.eadOut[1]}
		for _, id := range suites[:selected+1] {
			m1.SuitesI = append(m1.SuitesI, int64(id))
		}
		// A preferred suite that is selected stands alone (section 5.2.2).
		if s.hooks.suitesI != nil {
			m1.SuitesI = s.hooks.suitesI
		}
		encoded := m1.Encode()
		s.method, s.suite, s.suites, s.cI, s.ephemeral, s.own = method, alg, suites, cI, x, own
		s.keys.hashMessage1 = alg.Digest(encoded)
		return encoded, nil
	})
}

// choose picks the method, the list of suites and the selected one of them.
func (s *Session) choose() (Method, []int, int, error) {
	for _, method := range s.methods() {
		suites := s.suitesFor(method)
		for i, id := range suites {
			if s.suite != nil && id != s.suite.ID { // SelectSuite or Restart
				continue
			}
			if s.ownFor(method, suite.Lookup(id)) != nil {
				return method, suites, i, nil
			}
		}
	}
	return 0, nil, 0, errorf(ErrNoCredential, "for the Initiator")
}

// SelectSuite makes message_1 select another cipher suite than the most
// preferred one, for example the one that this Responder was found to support
// (RFC 9528 section 6.3.1).
func (s *Session) SelectSuite(id int) error {
	return s.do(evSetSuite, func() error {
		alg := suite.Lookup(id)
		if alg == nil || s.config.suites != nil && !slices.Contains(s.config.suites, id) {
			return errorf(ErrArgument, "cipher suite %d is not among those of the configuration", id)
		}
		s.suite = alg
		return nil
	})
}

// SelectMethod makes message_1 use this method of the configuration, for example
// one that the Responder was found to support.
func (s *Session) SelectMethod(m Method) error {
	return s.do(evSetSuite, func() error {
		if !slices.Contains(s.config.methods, m) {
			return errorf(ErrArgument, "method %d is not among those of the configuration", m)
		}
		s.oneMethod = []Method{m}
		return nil
	})
}

// Restart begins a new run after the Responder refused the cipher suite with
// error code 2 (RFC 9528 section 6.3): it selects the most preferred suite that
// both sides support, with a new ephemeral key. EAD_1 is kept.
//
// It gives ErrNoCommonSuite if there is none, and ErrSuiteLoop if the Responder
// has refused that suite before, as happens when error messages are forged.
func (s *Session) Restart() error {
	return s.do(evRestart, func() error {
		if s.ended.Status != ErrPeerSuite {
			return errorf(ErrState, "the run did not end with a refused cipher suite")
		}
		if s.resumption != nil {
			return errorf(ErrState, "a resumption was refused: FallBack begins anew")
		}
		refused := append(slices.Clone(s.refused), s.suite.ID)
		for _, id := range s.suites {
			if !slices.Contains(s.suitesIn, int64(id)) || s.ownFor(s.method, suite.Lookup(id)) == nil {
				continue
			}
			if slices.Contains(refused, id) {
				return errorf(ErrSuiteLoop, "cipher suite %d was refused before", id)
			}
			s.refused = refused
			s.oneMethod = []Method{s.method}
			s.suite = suite.Lookup(id)
			s.keys = keys{}
			s.peerError, s.last, s.ended = nil, nil, nil
			return nil
		}
		return errorf(ErrNoCommonSuite, "SUITES_R %v", s.suitesIn)
	})
}

// ProcessMessage2 reads message_2 and authenticates the Responder (RFC 9528
// section 5.3.3). It gives PendingCredential or PendingEAD when the host has to
// decide something first; an error message in its place gives ErrPeer...
func (s *Session) ProcessMessage2(data []byte) error {
	return s.do(evProcess2, func() error {
		if err := s.arrived(data); err != nil {
			return err
		}
		content, err := message.ParseByteString("message_2", data)
		if err != nil {
			return err
		}
		alg := s.suite
		if len(content) <= alg.PublicKeyLength() {
			return errorf(ErrMalformed, "message_2 is too short for G_Y and CIPHERTEXT_2")
		}
		gY, ciphertext2 := content[:alg.PublicKeyLength()], content[alg.PublicKeyLength():]
		peerEphemeral, err := suite.ParsePublicKey(alg.Curve, gY)
		if err != nil {
			return err
		}
		gxy, err := s.ephemeral.ECDH(peerEphemeral)
		if err != nil {
			return err
		}
		defer suite.Wipe(gxy)
		th2 := schedule.TH2(alg, gY, s.keys.hashMessage1)
		prk2e := schedule.PRK2e(alg, th2, gxy)
		plaintext2 := bytes.Clone(ciphertext2)
		schedule.XORKeystream2(alg, prk2e, th2, plaintext2)
		s.observe("g_xy", gxy)
		s.observe("plaintext_2", plaintext2)
		parse := message.ParsePlaintext2
		if s.method == MethodPSK {
			parse = parsePlaintext2PSK
		}
		p2, err := parse(plaintext2)
		if err != nil {
			suite.Wipe(prk2e)
			return err
		}
		if err := s.receiveEAD(2, p2.EAD); err != nil {
			suite.Wipe(prk2e)
			return err
		}
		if len(p2.CR) > s.limits().ConnectionID {
			return fatal(errorf(ErrConnectionID, "C_R has %d bytes, the limit is %d", len(p2.CR), s.limits().ConnectionID))
		}
		if bytes.Equal(p2.CR, s.cI) {
			return fatal(errorf(ErrConnectionID, "C_R is equal to C_I"))
		}
		s.peerEphemeral, s.keys.th2, s.keys.prk2e, s.cR = peerEphemeral, th2, prk2e, bytes.Clone(p2.CR)
		s.pending = &pending{plaintext: plaintext2, idCred: p2.IDCredR, sigMAC: p2.SigMAC, ead: p2.EAD}
		return s.parked(StatePending2, s.finish2())
	})
}

// finish2 authenticates the Responder and commits message_2.
func (s *Session) finish2() error {
	p, k := s.pending, &s.keys
	if s.method != MethodPSK && p.peer == nil {
		prk3e2m, err := s.authenticate(s.verify2)
		if err != nil {
			return err
		}
		k.prk3e2m = prk3e2m
	}
	if err := s.approve(); err != nil {
		return err
	}
	if err := s.decideEAD(2); err != nil {
		return err
	}
	if err := s.learnPeer(); err != nil {
		return err
	}
	s.observe("prk_2e", k.prk2e)
	if s.method == MethodPSK {
		k.prk3e2m = bytes.Clone(k.prk2e)
		k.th3 = schedule.TH3PSK(s.suite, k.th2, p.plaintext)
	} else {
		k.th3 = schedule.NextTH(s.suite, k.th2, p.plaintext, p.peer.parsed.Cred)
	}
	s.commitPeer()
	s.ephemeral.Clear()
	s.ephemeral = nil
	wipe(&k.prk2e)
	return nil
}

// verify2 checks Signature_or_MAC_2 with one credential and returns PRK_3e2m.
func (s *Session) verify2(peer *Credential) ([]byte, error) {
	alg, p, k := s.suite, s.pending, &s.keys
	prk3e2m := bytes.Clone(k.prk2e)
	if !s.method.signs(Responder) {
		gRX, err := s.ephemeral.ECDH(peer.parsed.Key)
		if err != nil {
			return nil, errorf(ErrCredentialMalformed, "public key: %v", err)
		}
		prk3e2m = schedule.PRK3e2m(alg, k.prk2e, k.th2, gRX)
		s.observe("g_rx", gRX)
		suite.Wipe(gRX)
	}
	cR, ead2 := message.AppendIdentifier(nil, s.cR), message.AppendEAD(nil, p.ead)
	context2 := schedule.Context2(cR, p.idCred, k.th2, peer.parsed.Cred, ead2)
	mac2 := schedule.MAC2(alg, prk3e2m, context2, s.macLength(Responder))
	s.observe("context_2", context2)
	s.observe("mac_2", mac2)
	if err := s.checkSigMAC(Responder, peer, k.th2, ead2, mac2); err != nil {
		suite.Wipe(prk3e2m)
		return nil, err
	}
	return prk3e2m, nil
}

// PrepareMessage3 makes message_3 (RFC 9528 section 5.4.2). From then on, keys
// can be exported.
func (s *Session) PrepareMessage3() ([]byte, error) {
	return s.again(evPrepare3, func() ([]byte, error) {
		if s.method == MethodPSK {
			return s.message3PSK()
		}
		alg, k := s.suite, &s.keys
		own := s.own
		prk4e3m := bytes.Clone(k.prk3e2m)
		if !s.method.signs(Initiator) {
			gIY, err := s.ownECDH(own)
			if err != nil {
				return nil, err
			}
			prk4e3m = schedule.PRK4e3m(alg, k.prk3e2m, k.th3, gIY)
			s.observe("g_iy", gIY)
			suite.Wipe(gIY)
		}
		ead3 := message.AppendEAD(nil, s.eadOut[3])
		context3 := schedule.Context3(own.idCred, k.th3, own.parsed.Cred, ead3)
		mac3 := schedule.MAC3(alg, prk4e3m, context3, s.macLength(Initiator))
		s.observe("context_3", context3)
		s.observe("mac_3", mac3)
		sigMAC, err := s.sigOrMAC(own, k.th3, ead3, mac3)
		if err != nil {
			suite.Wipe(prk4e3m)
			return nil, err
		}
		p3 := message.Plaintext3{IDCredI: own.idCred, SigMAC: sigMAC, EAD: s.eadOut[3]}
		plaintext3 := p3.Encode()
		k3, iv3 := schedule.Key3(alg, k.prk3e2m, k.th3, alg.KeyLength(), alg.IVLength())
		defer wipe(&k3, &iv3)
		ciphertext3, err := alg.Seal(k3, iv3, cose.EncStructure(k.th3), plaintext3)
		if err != nil {
			return nil, err
		}
		s.observe("plaintext_3", plaintext3)
		s.observe("k_3", k3)
		s.observe("iv_3", iv3)
		k.prk4e3m = prk4e3m
		s.deriveOutput(plaintext3, own)
		return message.EncodeByteString(ciphertext3), nil
	})
}

// ProcessMessage4 reads message_4 (RFC 9528 section 5.5.3), which proves that
// the Responder has the same keys.
func (s *Session) ProcessMessage4(data []byte) error {
	return s.do(evProcess4, func() error {
		if err := s.arrived(data); err != nil {
			return err
		}
		ciphertext4, err := message.ParseByteString("message_4", data)
		if err != nil {
			return err
		}
		alg, k := s.suite, &s.keys
		k4, iv4 := schedule.Key4(alg, k.prk4e3m, k.th4, alg.KeyLength(), alg.IVLength())
		defer wipe(&k4, &iv4)
		plaintext4, err := alg.Open(k4, iv4, cose.EncStructure(k.th4), ciphertext4)
		if err != nil {
			return fatal(err)
		}
		s.observe("k_4", k4)
		s.observe("iv_4", iv4)
		s.observe("plaintext_4", plaintext4)
		ead4, err := message.ParsePlaintext4(plaintext4)
		if err != nil {
			return fatal(err)
		}
		if err := s.receiveEAD(4, ead4); err != nil {
			return fatal(err)
		}
		s.pending = &pending{plaintext: plaintext4, ead: ead4}
		return s.parked(StatePending4, s.finish4())
	})
}

func (s *Session) finish4() error {
	if err := s.decideEAD(4); err != nil {
		return err
	}
	s.complete()
	return nil
}
