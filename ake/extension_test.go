package ake

import (
	"bytes"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// TestExtensionSecrets goes the way of draft-ietf-lake-authz: the device agrees with
// the key of a third party before message_1, that one agrees with G_X, and both know
// H(message_1) while the EAD items are handled.
func TestExtensionSecrets(t *testing.T) {
	for _, method := range []Method{0, 3, MethodPSK} {
		for _, id := range Suites() {
			w := worldOf(t, method, id)
			alg := suite.Lookup(id)
			private, public, err := GenerateKey(KeyKind(alg.Curve))
			must(t, err)
			var hashes, secrets [][]byte
			for _, c := range []*hostConfig{w.configI, w.configR} {
				c.EADHandler = func(s *Session, n int, item EADItem) error {
					hashes = append(hashes, s.HashMessage1())
					secret, err := s.ECDHWithPeer(private)
					secrets = append(secrets, secret)
					return err
				}
				c.EarlyEADLabels = []int64{1}
			}
			i, r := w.sessions(t)
			if i.HashMessage1() != nil || r.HashMessage1() != nil {
				t.Error("H(message_1) before message_1")
			}
			shared := value[[]byte](t)(i.EphemeralECDH(public))
			wantBytes(t, "the secret once more", value[[]byte](t)(i.EphemeralECDH(public)), shared)
			must(t, i.AddEAD(1, EADItem{Label: 1, Value: []byte("voucher request")}))
			must(t, r.AddEAD(2, EADItem{Label: 1, Value: []byte("voucher")}))
			message1 := pass(t, 1, i, r)
			wantBytes(t, "the secret after message_1", value[[]byte](t)(i.EphemeralECDH(public)), shared)
			wantBytes(t, "the secret of G_X", value[[]byte](t)(r.ECDHWithPeer(private)), shared)
			ofR := value[[]byte](t)(r.EphemeralECDH(public))
			wantBytes(t, "H(message_1) of the Responder", r.HashMessage1(), alg.Digest(message1))
			pass(t, 2, i, r)
			wantBytes(t, "the secret of G_Y", value[[]byte](t)(i.ECDHWithPeer(private)), ofR)
			wantBytes(t, "H(message_1) of the Initiator", i.HashMessage1(), alg.Digest(message1))
			pass(t, 3, i, r)
			if len(hashes) != 2 {
				t.Fatalf("method %d: the handlers were asked %d times", method, len(hashes))
			}
			wantBytes(t, "the secret in the Responder's handler", secrets[0], shared)
			wantBytes(t, "the secret in the Initiator's handler", secrets[1], ofR)
			for _, hash := range hashes {
				wantBytes(t, "H(message_1) in a handler", hash, alg.Digest(message1))
			}
			for _, s := range []*Session{i, r} {
				if s.HashMessage1() != nil {
					t.Error("H(message_1) is kept")
				}
				_, err := s.ECDHWithPeer(private)
				wantStatus(t, "too late", err, ErrState)
				_, err = s.EphemeralECDH(public)
				wantStatus(t, "too late", err, ErrState)
			}
			pass(t, 4, i, r)
			wantSameKeys(t, i, r)
		}
	}
}

// TestExtensionKeysRefused: a bad key of an extension changes nothing.
func TestExtensionKeysRefused(t *testing.T) {
	i, r := newWorld(t, 3, 2).sessions(t)
	_, err := i.ECDHWithPeer(make([]byte, 32))
	wantStatus(t, "no peer yet", err, ErrState)
	_, err = r.EphemeralECDH(make([]byte, 64))
	wantStatus(t, "no message_1 yet", err, ErrState)
	for _, bad := range [][]byte{nil, make([]byte, 31), make([]byte, 64)} {
		_, err := i.EphemeralECDH(bad)
		wantStatus(t, "a bad public key", err, ErrPublicKey)
	}
	pass(t, 1, i, r)
	for _, bad := range [][]byte{nil, make([]byte, 31), make([]byte, 32)} {
		_, err := r.ECDHWithPeer(bad)
		wantStatus(t, "a bad private key", err, ErrPrivateKey)
	}
	wantState(t, r, StateReceived1)
	pass(t, 2, i, r)
	pass(t, 3, i, r)
	wantSameKeys(t, i, r)
}

// TestEarlyEphemeralKey: the key that was used before message_1 is that of message_1,
// unless the host chooses a suite with another curve; either way it is gone at the end.
func TestEarlyEphemeralKey(t *testing.T) {
	w := bareWorld(t, 3, 2)
	w.configI.Suites = []int{2, 0}
	w.configI.Own = []*Credential{w.credI, newCCS(t, KeyX25519, "initiator", []byte{3})}
	_, public, err := GenerateKey(KeyP256)
	must(t, err)
	for _, chosen := range []int{2, 0} {
		i := value[*Session](t)(w.configI.NewSession(Initiator))
		value[[]byte](t)(i.EphemeralECDH(public))
		early := i.phase.(*start).early
		gX := bytes.Clone(early.x.Public().X())
		must(t, i.SelectSuite(chosen))
		message1 := value[[]byte](t)(i.PrepareMessage1())
		if has := bytes.Contains(message1, gX); has != (chosen == 2) {
			t.Errorf("suite %d: message_1 has the early G_X: %v", chosen, has)
		}
		i.Close()
		if early.x.Bytes() != nil {
			t.Errorf("suite %d: the early key is left", chosen)
		}
	}
}
