package ake

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// revoked is the list of a host: serial numbers in hexadecimal.
type revoked map[string]bool

func (list revoked) verify(_ *Session, peer *Credential) error {
	if list[hex.EncodeToString(peer.Identity().Serial)] {
		return errors.New("the certificate was revoked")
	}
	return nil
}

// TestRevocation is how a host refuses certificates that were revoked: with a
// Verifier, or in pull mode.
func TestRevocation(t *testing.T) {
	list := revoked{"666": false, "0a": true}
	for serial, want := range map[int64]Status{10: ErrPeerRejected, 11: OK, 0x666: OK} {
		a := newAuthority(func(s *certtest.Spec) { s.SerialNumber = big.NewInt(serial) })
		for _, role := range bothRoles {
			s, err := present(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *hostConfig) {
				c.Verifier = list.verify
			}))
			wantVerdict(t, "by callback", s, err, want)
			if want != OK && !strings.Contains(err.Error(), "revoked") {
				t.Errorf("the host hears %v", err)
			}
			s, err = present(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *hostConfig) {
				c.Pull = PullPeer
			}))
			wantStatus(t, "in pull mode", err, PendingPeer)
			if list.verify(s, s.PeerCredential()) != nil {
				must(t, s.RejectPeer(ErrPeerRejected))
				err = s.phase.(*failed).cause
			} else {
				err = s.Continue()
			}
			wantVerdict(t, "in pull mode", s, err, want)
		}
	}
}

// TestVerifierIsAsked: once for each peer that has authenticated with a trusted
// credential, whatever the policy; never for another one.
func TestVerifierIsAsked(t *testing.T) {
	a, stranger := newAuthority(), newAuthority()
	stolen := a.credential(t, IDX5Chain, "")
	stolen.key = stranger.credential(t, IDX5Chain, "").key
	raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	pinned := func(c *hostConfig) { c.Peers = append(c.Peers, public(raw)) }
	for _, test := range []struct {
		name      string
		presented *Credential
		prepare   func(*hostConfig)
		want      Status
		asked     int
	}{
		{"a certificate", a.credential(t, IDX5Chain, ""), trusting(t, a.root), OK, 1},
		{"a pinned key", raw, pinned, OK, 1},
		{"an answer", raw, asks(t, nil, public(raw)), OK, 1},
		{"several candidates", raw, asks(t, nil, public(newCCS(t, KeyP256, "x", nil)), public(raw)), OK, 1},
		{"anybody", a.credential(t, IDX5Chain, ""), func(c *hostConfig) { c.Policy = PolicyAnyInsecure }, OK, 1},
		{"a certificate of strangers", stranger.credential(t, IDX5Chain, ""), trusting(t, a.root), ErrUnknownIssuer, 0},
		{"a stolen certificate", stolen, trusting(t, a.root), ErrMAC, 0},
		{"an unknown key", raw, func(*hostConfig) {}, ErrCredentialUnknown, 0},
	} {
		for _, role := range bothRoles {
			for _, ead := range []bool{false, true} {
				asked := 0
				what := fmt.Sprintf("%s, of the %v, EAD %v", test.name, role, ead)
				m := arrange(t, 3, role, test.presented, all(test.prepare, func(c *hostConfig) {
					c.Verifier = func(s *Session, peer *Credential) error {
						asked++
						if string(peer.Bytes()) != string(test.presented.Bytes()) {
							t.Errorf("%s: asked about %s", what, peer.Describe())
						}
						if err := s.Continue(); StatusOf(err) != ErrBusy {
							t.Errorf("%s: a call on the session gives %v", what, err)
						}
						return nil
					}
					if ead { // a decision that comes after it does not ask again
						c.Pull = PullEAD
					}
				}))
				wantVerdict(t, what, m.judge, m.process(), test.want)
				if asked != test.asked {
					t.Errorf("%s: asked %d times", what, asked)
				}
			}
		}
	}
}

// TestVerifierErrors: whatever error the host gives, the run ends as rejected,
// and the peer does not hear why.
func TestVerifierErrors(t *testing.T) {
	raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	for _, no := range []error{errors.New("no"), ErrNotFound, ErrExpired, PendingPeer, PendingCredential, errors.New(strings.Repeat("long ", 1000))} {
		for _, role := range bothRoles {
			s, err := present(t, 0, role, raw, func(c *hostConfig) {
				c.Peers = append(c.Peers, public(raw))
				c.Verifier = func(*Session, *Credential) error { return no }
			})
			wantVerdict(t, no.Error()[:2], s, err, ErrPeerRejected)
			if len(err.Error()) > 300 {
				t.Errorf("the text has %d bytes", len(err.Error()))
			}
		}
	}
}

// TestPendingPeer: in pull mode the host sees who it is before the session
// commits: no keys, no message, and RejectPeer or Abort end it.
func TestPendingPeer(t *testing.T) {
	a := newAuthority()
	for _, role := range bothRoles {
		reach := func() *Session {
			s, err := present(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *hostConfig) {
				c.Pull = PullPeer
			}))
			wantStatus(t, "message", err, PendingPeer)
			return s
		}
		s := reach()
		info := s.Info()
		if info.Pending != PendingPeer || info.Next != NextDecide || info.Authenticated || info.Complete {
			t.Errorf("%+v", info)
		}
		if id, line := identityOf(s); id.Subject != "CN=Device" || !strings.Contains(line, "CN=Device") {
			t.Errorf("%+v, %q", id, line)
		}
		if _, err := s.Export(40000, nil, 16); StatusOf(err) != ErrState {
			t.Errorf("keys before the decision: %v", err)
		}
		wantStatus(t, "a credential", s.SetPeerCredential(a.credential(t, IDX5T, "")), ErrState)
		wantStatus(t, "the wrong reason", s.RejectPeer(ErrExpired), ErrArgument)
		must(t, s.Continue())
		if info := s.Info(); info.Pending != OK || !info.Authenticated {
			t.Errorf("%+v", info)
		}
		wantStatus(t, "resuming twice", s.Continue(), ErrState)

		for reason, code := range map[Status]int64{ErrPeerRejected: 1, ErrCredentialUnknown: 3} {
			s = reach()
			must(t, s.RejectPeer(reason))
			wantErrorCode(t, s, code)
			wantStatus(t, "resuming after that", s.Continue(), ErrState)
		}
		s = reach()
		must(t, s.Abort())
		wantErrorCode(t, s, 1)
	}
}

// TestPendingPeerThenEAD: three questions of one message come one after the
// other, each once.
func TestPendingPeerThenEAD(t *testing.T) {
	raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	for _, accept := range []bool{true, false} {
		w := bareWorld(t, 3, 2)
		w.credI = raw
		w.configI.Own = append(w.configI.Own, w.credI)
		w.configR.Own = append(w.configR.Own, w.credR)
		w.configI.Peers = append(w.configI.Peers, public(w.credR))
		w.configR.Pull = PullCredential | PullEAD | PullPeer
		i, r := w.sessions(t)
		pass(t, 1, i, r)
		pass(t, 2, i, r)
		must(t, i.AddEAD(3, EADItem{Label: -7}))
		wantStatus(t, "message_3", r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3())), PendingCredential)
		must(t, r.SetPeerCredential(public(raw)))
		wantStatus(t, "the credential", r.Continue(), PendingPeer)
		wantStatus(t, "EAD before its turn", r.AcceptEAD(3, 0), ErrState)
		wantStatus(t, "the peer", r.Continue(), PendingEAD)
		if accept {
			must(t, r.AcceptEAD(3, 0))
			must(t, r.Continue())
			wantSameKeys(t, i, r)
		} else {
			must(t, r.RejectEAD(3, 0))
			wantErrorCode(t, r, 1)
		}
	}
}

// TestStepWithPendingPeer: Step goes on when the host has decided.
func TestStepWithPendingPeer(t *testing.T) {
	w := newWorld(t, 3, 2)
	w.configI.Pull = PullPeer
	w.configR.Pull = PullPeer
	i, r := w.sessions(t)
	message := value[[]byte](t)(i.Step(nil))
	message = value[[]byte](t)(r.Step(message))
	_, err := i.Step(message)
	wantStatus(t, "message_2", err, PendingPeer)
	_, err = i.Step(message)
	wantStatus(t, "message_2 again", err, ErrState)
	message = value[[]byte](t)(i.Step(nil))
	_, err = r.Step(message)
	wantStatus(t, "message_3", err, PendingPeer)
	if rest := value[[]byte](t)(r.Step(nil)); len(rest) != 0 {
		t.Errorf("more to send: %x", rest)
	}
	wantState(t, i, StateCompleted)
	wantState(t, r, StateCompleted)
	wantSameKeys(t, i, r)
}

// TestVerifierOfPSK: the Responder is asked about the key that the Initiator has
// proved to have; the Initiator has chosen it itself.
func TestVerifierOfPSK(t *testing.T) {
	for _, no := range []error{nil, errors.New("no")} {
		w := pskWorld(t, 2)
		asked := 0
		for _, c := range []*hostConfig{w.configI, w.configR} {
			c.Verifier = func(_ *Session, peer *Credential) error {
				asked++
				if peer.Type() != CredentialPSK {
					t.Errorf("asked about %s", peer.Describe())
				}
				return no
			}
		}
		i, r := w.sessions(t)
		pass(t, 1, i, r)
		pass(t, 2, i, r)
		err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
		if no == nil {
			must(t, err)
			pass(t, 4, i, r)
			wantSameKeys(t, i, r)
		} else {
			wantStatus(t, "message_3", err, ErrPeerRejected)
			wantErrorCode(t, r, 1)
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	}
}
