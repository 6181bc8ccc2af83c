package ake_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake"
)

// pskIdentity is a CCS for a pre-shared key: its subject and a kid.
func pskIdentity(subject string, kid byte) []byte {
	ccs := append([]byte{0xa2, 2, 0x60 | byte(len(subject))}, subject...)
	return append(ccs, 8, 0xa1, 1, 0xa2, 1, 4, 2, 0x41, kid)
}

// pskEnds has two sides with one key.
func pskEnds(t testing.TB, suites ...int) *ends {
	t.Helper()
	e := &ends{&ake.Config{}, &ake.Config{}}
	key := bytes.Repeat([]byte{0x5a, 0xc3}, 8)
	for role, c := range map[ake.Role]*ake.Config{ake.Initiator: e.configI, ake.Responder: e.configR} {
		psk := value[*ake.Credential](t)(ake.CredentialFromPSK([]byte{0xa1, 4, 0x41, 7}, key, -16, pskIdentity("alice", 7), pskIdentity("bob", 7)))
		if role == ake.Initiator {
			c.InitiatorPSKs = []*ake.Credential{psk}
		} else {
			c.ResponderPSKs = []*ake.Credential{psk}
		}
		c.Methods = []ake.Method{ake.MethodPSK}
		c.Suites = suites
	}
	return e
}

// TestCompliancePSKIsNotStoredEarly: before a fourth message has proved who the
// Responder is, an Initiator stores no key of the run (draft-ietf-lake-edhoc-psk
// sections 5.4 and 9.10).
func TestCompliancePSKIsNotStoredEarly(t *testing.T) {
	sealing := make([]byte, 32)
	e := pskEnds(t, 2)
	waits, message4 := e.before(t, 4)
	if _, err := waits.Save(sealing); !errors.Is(err, ake.ErrState) {
		t.Errorf("after message_3: %v", err)
	}
	if _, err := waits.ResumptionCredential(0); !errors.Is(err, ake.ErrState) {
		t.Errorf("a resumption key after message_3: %v", err)
	}
	if waits.Info().Authenticated {
		t.Error("the Responder counts as authenticated")
	}
	must(t, waits.ProcessMessage4(message4))
	if _, err := waits.Save(sealing); err != nil {
		t.Errorf("after message_4: %v", err)
	}
	if !waits.Info().Authenticated {
		t.Error("the Responder does not count as authenticated")
	}
}

// TestCompliancePSKDowngrade: also with a pre-shared key the Responder takes the
// first of SUITES_I that it supports, or none (draft section 9.6).
func TestCompliancePSKDowngrade(t *testing.T) {
	for _, test := range []struct {
		selected int
		want     error
	}{{2, nil}, {3, ake.ErrSuite}, {0, ake.ErrSuite}} {
		i, r := pskEnds(t, 2, 3, 0).sessions(t)
		must(t, i.SelectSuite(test.selected))
		err := r.ProcessMessage1(value[[]byte](t)(i.PrepareMessage1()))
		if !errors.Is(err, test.want) || test.want == nil && err != nil {
			t.Errorf("suite %d selected: %v", test.selected, err)
		}
		if test.want == nil {
			continue
		}
		if stateOf(t, r) != ake.StateFailed {
			t.Errorf("suite %d selected: state %v", test.selected, stateOf(t, r))
		}
		if e := value[*ake.ErrorMessage](t)(ake.ParseErrorMessage(value[[]byte](t)(r.PrepareError()))); e.Code != 2 {
			t.Errorf("suite %d selected: error code %d", test.selected, e.Code)
		}
	}
}

// TestCompliancePSKFailureIsTold: a Responder that cannot take message_3 sends an
// error message and is at the end (draft chapter 5).
func TestCompliancePSKFailureIsTold(t *testing.T) {
	e := pskEnds(t, 2)
	_, good := e.before(t, 3)
	for n := 1; n < len(good); n++ {
		r, message3 := e.before(t, 3)
		message3[n] ^= 0x40
		err := r.ProcessMessage3(message3)
		if err == nil || stateOf(t, r) != ake.StateFailed {
			t.Errorf("byte %d changed: %v, in state %v", n, err, stateOf(t, r))
			continue
		}
		if reply := value[[]byte](t)(r.PrepareError()); len(reply) == 0 {
			t.Errorf("byte %d changed: no error message", n)
		}
		if err := r.ProcessMessage3(good); !errors.Is(err, ake.ErrState) {
			t.Errorf("byte %d changed: then %v", n, err)
		}
	}
}

// TestCompliancePSKIdentitiesDiffer: CRED_I and CRED_R name two identities, not one
// in two encodings (draft sections 3.1.2 and 9.3).
func TestCompliancePSKIdentitiesDiffer(t *testing.T) {
	key := bytes.Repeat([]byte{0x5a, 0xc3}, 8)
	for _, test := range []struct {
		credI, credR []byte
		ok           bool
	}{
		{pskIdentity("alice", 7), pskIdentity("bob", 7), true},
		{pskIdentity("alice", 7), pskIdentity("alice", 7), false},
		{pskIdentity("alice", 7), pskIdentity("alice", 8), false},
		{append([]byte{0xa1}, pskIdentity("alice", 7)[1:8]...), pskIdentity("alice", 7), false},
	} {
		_, err := ake.CredentialFromPSK([]byte{0xa1, 4, 0x41, 7}, key, -16, test.credI, test.credR)
		if (err == nil) != test.ok {
			t.Errorf("CRED_I %s, CRED_R %s: %v", fmt.Sprintf("%x", test.credI), fmt.Sprintf("%x", test.credR), err)
		}
	}
}
