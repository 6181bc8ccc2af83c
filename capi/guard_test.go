package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

func TestGuardStopsEveryPanic(t *testing.T) {
	var list []int
	for name, body := range map[string]func() error{
		"a string":    func() error { panic("secret") },
		"an error":    func() error { panic(errors.New("secret")) },
		"nil":         func() error { panic(nil) },
		"an index":    func() error { return errors.New(string(rune(list[len(name())]))) },
		"nil pointer": func() error { return (*ake.Session)(nil).Abort() },
	} {
		if status := guard(body); status != ake.ErrInternal {
			t.Errorf("panic with %s: %v", name, status)
		}
	}
	if status := guard(func() error { return nil }); status != ake.OK {
		t.Error(status)
	}
	if status := guard(func() error { return &ake.Error{Status: ake.ErrMAC} }); status != ake.ErrMAC {
		t.Error(status)
	}
}

func name() string { return "four" }

func TestPanicIsDescribedWithoutItsValue(t *testing.T) {
	describe := func(f func()) (text string) {
		defer func() { text = describePanic(recover()) }()
		f()
		return ""
	}
	for _, f := range []func(){
		func() { panic("secret") },
		func() { panic(errors.New("secret")) },
		func() { _ = "secret"[len(name())+5] },
	} {
		text := describe(f)
		if strings.Contains(text, "secret") || strings.Contains(text, "range") || strings.Contains(text, "/") && strings.Contains(text, ".go") {
			t.Errorf("the description tells too much: %s", text)
		}
		if !strings.Contains(text, "TestPanicIsDescribedWithoutItsValue") {
			t.Errorf("the description does not tell where: %s", text)
		}
	}
}

// A panic in the middle of a call leaves a session that can only be freed.
func TestPanicPoisonsTheSession(t *testing.T) {
	initiator, responder := pair(t, func(*ake.Session, []byte) ([]*ake.Credential, error) { panic("secret") })
	message1, _ := run(initiator, nil)
	message2, _ := run(responder, message1)
	if _, status := run(initiator, message2); status != ake.ErrInternal {
		t.Fatalf("the panic gave %v", status)
	}
	if _, status := run(initiator, message2); status != ake.ErrInternal {
		t.Errorf("the call after the panic gave %v", status)
	}
	if _, status := run(responder, nil); status == ake.ErrInternal {
		t.Error("the other session is poisoned, too")
	}
	if err := freeSession(initiator); err != nil {
		t.Errorf("the session cannot be freed: %v", err)
	}
	if err := freeSession(initiator); !errors.Is(err, errHandle) {
		t.Errorf("freed twice: %v", err)
	}
}

// Nobody waits for a session: not its own callbacks, not another thread.
func TestSessionInUseIsBusy(t *testing.T) {
	var initiator handle
	asked := false
	initiator, responder := pair(t, func(*ake.Session, []byte) ([]*ake.Credential, error) {
		asked = true
		if status := withSession(initiator, func(*session) error { return nil }); status != ake.ErrBusy {
			t.Errorf("a call in the callback gave %v", status)
		}
		if err := freeSession(initiator); !errors.Is(err, ake.ErrBusy) {
			t.Errorf("freeing in the callback gave %v", err)
		}
		return nil, ake.ErrNotFound
	})
	message1, _ := run(initiator, nil)
	message2, _ := run(responder, message1)
	run(initiator, message2)
	if !asked {
		t.Error("the callback was not called")
	}
	if err := freeSession(initiator); err != nil {
		t.Error(err)
	}
}

// run makes one step.
func run(h handle, in []byte) (out []byte, status ake.Status) {
	status = withSession(h, func(s *session) error {
		return s.step(in, func(reply []byte) error { out = reply; return nil })
	})
	return out, status
}

// pair makes two sessions with method 3 and suite 2; the Initiator asks resolver
// who the Responder is.
func pair(t *testing.T, resolver ake.Resolver) (initiator, responder handle) {
	t.Helper()
	newSide := func(role ake.Role, kid byte) handle {
		private, public, err := ake.GenerateKey(ake.KeyP256)
		if err != nil {
			t.Fatal(err)
		}
		own, err := ake.CredentialFromParts([]byte{0xa1, 0x04, 0x41, kid}, []byte{0x41, kid}, ake.KeyP256, public)
		if err != nil {
			t.Fatal(err)
		}
		if err := own.SetPrivateKey(private); err != nil {
			t.Fatal(err)
		}
		c := newConfig()
		c.set.Own, c.set.Suites, c.set.Methods, c.set.Resolver = []*ake.Credential{own}, []int{2}, []ake.Method{3}, resolver
		h, err := newSession(c, role)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { freeSession(h) })
		return h
	}
	return newSide(ake.Initiator, 'i'), newSide(ake.Responder, 'r')
}
