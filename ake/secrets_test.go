package ake

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// memory returns the secrets that a session holds, by name.
func memory(s *Session) map[string][]byte {
	held := map[string][]byte{
		"G_XY": keysOf(s).gxy, "PRK_2e": keysOf(s).prk2e, "PRK_3e2m": keysOf(s).prk3e2m, "PRK_4e3m": keysOf(s).prk4e3m,
		"PRK_out": keysOf(s).prkOut, "PRK_exporter": keysOf(s).prkExporter,
	}
	if keysOf(s).ephemeral != nil {
		held["ephemeral key"] = keysOf(s).ephemeral.Bytes()
	}
	held["plaintext"] = keysOf(s).plaintext
	for name, secret := range held {
		if secret == nil {
			delete(held, name)
		}
	}
	return held
}

// wantHeld checks which secrets a session holds: those that a later step needs.
func wantHeld(t *testing.T, s *Session, want ...string) {
	t.Helper()
	held := memory(s)
	for _, name := range want {
		if held[name] == nil {
			t.Errorf("the %v in %v has no %s", s.role, s.phase.state(), name)
		}
		delete(held, name)
	}
	for name := range held {
		t.Errorf("the %v in %v still has %s", s.role, s.phase.state(), name)
	}
}

// TestR13_SecretsAreWiped: each secret is overwritten as soon as no later step
// needs it, so that the long-term keys give no session key afterwards.
func TestR13_SecretsAreWiped(t *testing.T) {
	for method := range Method(4) {
		w := newWorld(t, method, 2)
		i, r := w.sessions(t)
		var gone [][]byte // memory that held secrets
		remember := func() {
			for _, s := range []*Session{i, r} {
				gone = append(gone, keysOf(s).gxy, keysOf(s).prk2e, keysOf(s).prk3e2m, keysOf(s).prk4e3m)
			}
		}
		pass(t, 1, i, r)
		wantHeld(t, i, "ephemeral key")
		wantHeld(t, r, "ephemeral key", "G_XY")
		remember()
		ephemeral := []*suite.PrivateKey{keysOf(i).ephemeral, keysOf(r).ephemeral}
		pass(t, 2, i, r)
		wantHeld(t, i, "PRK_3e2m")
		if method == 2 || method == 3 { // G_IY is still to be computed
			wantHeld(t, r, "ephemeral key", "PRK_3e2m")
		} else {
			wantHeld(t, r, "PRK_3e2m")
		}
		remember()
		pass(t, 3, i, r)
		wantHeld(t, i, "PRK_4e3m", "PRK_out", "PRK_exporter")
		wantHeld(t, r, "PRK_4e3m", "PRK_out", "PRK_exporter")
		remember()
		pass(t, 4, i, r)
		wantHeld(t, i, "PRK_out", "PRK_exporter")
		wantHeld(t, r, "PRK_out", "PRK_exporter")
		for _, key := range ephemeral {
			if key.Bytes() != nil {
				t.Error("an ephemeral key is left")
			}
		}
		for _, secret := range gone {
			if !bytes.Equal(secret, make([]byte, len(secret))) {
				t.Errorf("a secret of %d bytes was let go without being overwritten", len(secret))
			}
		}
		old := [][]byte{keysOf(i).prkOut, keysOf(i).prkExporter}
		must(t, i.KeyUpdate(nil))
		out := keysOf(i).prkOut
		i.Close()
		wantHeld(t, i)
		for _, secret := range append(old, out) {
			if !bytes.Equal(secret, make([]byte, len(secret))) {
				t.Error("an old PRK_out or PRK_exporter is left")
			}
		}
	}
}

// TestR13_EndedRunsHoldNothing: a run that fails, is aborted or closed holds no
// secret, whatever its state was.
func TestR13_EndedRunsHoldNothing(t *testing.T) {
	v := stateVector(t)
	for name, end := range map[string]func(*Session) error{"abort": (*Session).Abort, "close": closed} {
		for role, states := range transitions {
			for state := range states {
				if name == "abort" && (state == StateCompleted || state == StateFailed) {
					continue // refused there
				}
				d := at(t, v, role, state)
				must(t, end(d.Session))
				wantState(t, d.Session, StateFailed)
				wantHeld(t, d.Session)
			}
		}
	}
}

// TestR14_HedgedEphemeralKeys: the ephemeral key is made with the help of the
// own authentication key.
func TestR14_HedgedEphemeralKeys(t *testing.T) {
	for role, n := range map[Role]int{Initiator: 1, Responder: 2} {
		w := bareWorld(t, 3, 2)
		asked := 0 // by any session of one Config
		own := map[Role]*Credential{Initiator: w.credI, Responder: w.credR}[role]
		own.key = countingKey{own.key, &asked}
		w.introduce(t)
		i, r := w.sessions(t)
		handshake(t, i, r, n)
		if asked < 1 { // and once more for a connection identifier
			t.Errorf("the %v did not ask for the hedge", role)
		}
	}
	a, b := newCCS(t, KeyP256, "a", nil), newCCS(t, KeyP256, "b", nil)
	if hedge := a.key.HedgeKey(1); len(hedge) < 32 || bytes.Equal(hedge, b.key.HedgeKey(1)) || bytes.Equal(hedge, a.key.HedgeKey(2)) || !bytes.Equal(hedge, a.key.HedgeKey(1)) {
		t.Error("the hedge does not follow from the key and the role")
	}
}

type countingKey struct {
	ownKey
	asked *int
}

func (k countingKey) HedgeKey(role byte) []byte { *k.asked++; return k.ownKey.HedgeKey(role) }

// printed is what fmt makes of a value, with every verb that shows bytes.
func printed(v any) string {
	var all strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d"} {
		fmt.Fprintf(&all, verb+"\n", v)
	}
	return all.String()
}

// wantHidden checks that no form of the secrets is in a text.
func wantHidden(t *testing.T, what, text string, secrets map[string][]byte) {
	t.Helper()
	for name, secret := range secrets {
		if len(secret) < 8 {
			continue
		}
		part := secret[:8]
		plain := fmt.Sprint(part)
		for _, form := range []string{
			string(part), hex.EncodeToString(part), strings.ToUpper(hex.EncodeToString(part)),
			base64.StdEncoding.EncodeToString(part)[:10], plain[1 : len(plain)-1], strings.ReplaceAll(plain[1:len(plain)-1], " ", ", "),
			strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", part), "[]byte{"), "}"),
		} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows %s", what, name)
				break
			}
		}
	}
}

// TestNoSecretIsPrinted formats everything that a host may log.
func TestNoSecretIsPrinted(t *testing.T) {
	for _, role := range []Role{Initiator, Responder} {
		for state := range transitions[role] {
			d := at(t, stateVector(t), role, state)
			secrets := memory(d.Session)
			text := printed(d.Session)
			wantHidden(t, fmt.Sprintf("%v session in %v", role, state), text, secrets)
			wantHidden(t, "the value of a session", printed(&struct{ S *Session }{d.Session}), secrets)
			wantHidden(t, "info", printed(d.Info()), secrets)
		}
	}
	i, r := newWorld(t, 3, 2).sessions(t)
	handshake(t, i, r, 4)
	context := value[*OSCOREContext](t)(i.OSCOREContext())
	secrets := map[string][]byte{"Master Secret": bytes.Clone(context.MasterSecret)}
	wantHidden(t, "OSCORE context", printed(context)+printed(*context)+printed([]*OSCOREContext{context})+printed(struct{ C OSCOREContext }{*context}), secrets)
	context.Clear()
	if !bytes.Equal(context.MasterSecret, make([]byte, len(context.MasterSecret))) {
		t.Error("Clear leaves the secret")
	}

	for kind := KeyP256; kind.Valid(); kind++ {
		private, _, err := GenerateKey(kind)
		must(t, err)
		own := newCCS(t, kind, "own", nil)
		secrets := map[string][]byte{"private key": own.key.(*suite.PrivateKey).Bytes(), "hedge": own.key.HedgeKey(1)}
		wantHidden(t, "credential", printed(own)+printed(*own.parsed), secrets)
		wantHidden(t, "config", printed(configWith(t, own)), secrets)
		err = public(own).SetPrivateKey(private)
		wantHidden(t, "error", printed(err), map[string][]byte{"private key": private})
		err = public(own).SetPrivateKey(private[1:])
		wantHidden(t, "error", printed(err), map[string][]byte{"private key": private[1:]})
	}
}

func configWith(t *testing.T, own *Credential) *hostConfig {
	c := newConfig()
	c.Own = append(c.Own, own)
	return c
}

// TestNoSecretInErrors: what a refused message gives, in words, has nothing of
// the secrets of the session.
func TestNoSecretInErrors(t *testing.T) {
	w := newWorld(t, 3, 2)
	for n := 2; n <= 4; n++ {
		for position := range 30 {
			receiver, honest := waiting(t, w, n)
			secrets := make(map[string][]byte)
			for name, secret := range memory(receiver) {
				secrets[name] = bytes.Clone(secret)
			}
			honest[position%len(honest)] ^= 0x11
			_, process := receiver.calls(n)
			err := process(honest)
			var detailed *Error
			if !errors.As(err, &detailed) {
				t.Fatalf("message_%d: %v", n, err)
			}
			wantHidden(t, "error", printed(err)+detailed.Detail, secrets)
		}
	}
}
