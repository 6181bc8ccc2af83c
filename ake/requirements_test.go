package ake

import (
	"fmt"
	"sync"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// Requirements that no test of a single subject shows. docs/requirements.md
// lists all of them.

// One endpoint, with one credential and one Config, takes either role.
func TestR12_EitherSideInitiates(t *testing.T) {
	w := newWorld(t, 3, 2)
	for _, c := range []*hostConfig{w.configI, w.configR} {
		if _, err := c.NewSession(Initiator); err != nil {
			t.Fatal(err)
		}
	}
	for _, roles := range [][2]*hostConfig{{w.configI, w.configR}, {w.configR, w.configI}} {
		i := value[*Session](t)(roles[0].NewSession(Initiator))
		r := value[*Session](t)(roles[1].NewSession(Responder))
		handshake(t, i, r, 3)
		wantSameKeys(t, i, r)
	}
}

// The security level of the table is that of its weakest algorithm: 128-bit
// AEAD keys, curves of 127 bits and more, hashes of 256 bits and more.
func TestR21_NoWeakSuite(t *testing.T) {
	level := map[KeyKind]int{KeyP256: 128, KeyP384: 192, KeyX25519: 127, KeyX448: 223, KeyEd25519: 127, KeyEd448: 223}
	for _, s := range suite.All() {
		weakest := min(8*s.KeyLength(), 8*s.AppKeyLength(), 4*s.HashLength(), level[KeyKind(s.Curve)], level[KeyKind(s.Signature)])
		if weakest < 127 {
			t.Errorf("suite %d has %d bits", s.ID, weakest)
		}
		if s.MACLength < 8 || s.TagLength() < 8 {
			t.Errorf("suite %d has a MAC of %d and a tag of %d bytes", s.ID, s.MACLength, s.TagLength())
		}
	}
	for _, id := range []int{-24, -1, 7, 23, 26} {
		if _, ok := Suite(id); ok {
			t.Errorf("suite %d is not one of RFC 9528", id)
		}
	}
}

// A gateway that forms a network has many runs under way at once, whose
// messages come in any order.
func TestR30_ManyInterleavedRuns(t *testing.T) {
	const runs = 200
	w := newWorld(t, 3, 2)
	var initiators, responders [runs]*Session
	for n := range runs {
		initiators[n], responders[n] = w.sessions(t)
	}
	for message := 1; message <= 3; message++ {
		for n := range runs {
			k := (n*37 + message*11) % runs // 37 and 200 have no common divisor
			pass(t, message, initiators[k], responders[k])
		}
	}
	seen := map[string]bool{}
	for n := range runs {
		wantSameKeys(t, initiators[n], responders[n])
		c := value[*OSCOREContext](t)(initiators[n].OSCOREContext())
		if seen[string(c.MasterSecret)] {
			t.Fatal("two runs have the same keys")
		}
		seen[string(c.MasterSecret)] = true
	}
}

func TestR30_RunsInParallel(t *testing.T) {
	w := newWorld(t, 0, 0)
	var all sync.WaitGroup
	failures := make(chan error, 16)
	for range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			i, errI := w.configI.NewSession(Initiator)
			r, errR := w.configR.NewSession(Responder)
			if errI != nil || errR != nil {
				failures <- fmt.Errorf("%v, %v", errI, errR)
				return
			}
			var message []byte
			var err error
			for side := 0; side < 4 && err == nil; side++ {
				message, err = []*Session{i, r}[side%2].Step(message)
			}
			if err != nil {
				failures <- err
			}
		}()
	}
	all.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
}
