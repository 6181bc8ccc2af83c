package ake

import (
	"errors"
	"fmt"
	"testing"
)

// strangers is a world in which the Responder does not know the Initiator.
func strangers(t *testing.T, method Method, id IDType) *world {
	t.Helper()
	w := bareWorld(t, method, 2)
	must(t, w.credI.SetID(id, []byte{0x2b}))
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configR.Own = append(w.configR.Own, w.credR)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	return w
}

// meet runs up to message_3, and returns what the Responder makes of that.
func (w *world) meet(t *testing.T) (r *Session, err error) {
	t.Helper()
	i, r := w.sessions(t)
	pass(t, 1, i, r)
	pass(t, 2, i, r)
	return r, r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
}

// TestCandidates: of the credentials that a reference may mean, those with a key
// of another kind, or not with the peer's key, are passed over.
func TestCandidates(t *testing.T) {
	kid := []byte{0x2b}
	for method := range Method(4) {
		wrong := ErrMAC
		if signsIn(method, Initiator) {
			wrong = ErrSignature
		}
		for _, test := range []struct {
			name string
			list string // r: the right one, o: of another key, k: another kind of key, m: our own
			want Status
		}{
			{"the right one", "r", OK},
			{"others first", "ookor", OK},
			{"others afterwards", "roko", OK},
			{"other keys only", "oo", wrong},
			{"other kinds only", "kk", ErrKeyKind},
			{"our own only", "m", ErrOwnCredential},
			{"our own and the right one", "mr", OK},
			{"nothing", "", ErrCredentialUnknown},
			{"the right one within the limit", "ooooooor", OK},
			{"the right one beyond the limit", "oooooooor", wrong},
		} {
			for _, pinnedOnes := range []bool{true, false} {
				w := strangers(t, method, IDKid)
				var list []*Credential
				for _, c := range test.list {
					switch c {
					case 'r':
						list = append(list, public(w.credI))
					case 'o':
						list = append(list, public(newCCS(t, KeyP256, "initiator", kid)))
					case 'k':
						list = append(list, public(newCCS(t, KeyX25519, "initiator", kid)))
					case 'm':
						own := public(w.credR)
						own.idCred = w.credI.idCred
						list = append(list, own)
					}
				}
				if pinnedOnes {
					w.configR.Peers = append(w.configR.Peers, list...)
				} else {
					w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return list, nil }
				}
				r, err := w.meet(t)
				wantStatus(t, fmt.Sprintf("%s (method %d, pinned %v)", test.name, method, pinnedOnes), err, test.want)
				if test.want == OK {
					wantPeer(t, test.name, r, w.credI)
				}
			}
		}
	}
}

// TestResolverAnswers: what a lookup may say, and what the peer then hears.
func TestResolverAnswers(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want Status
		code int64
	}{
		{"not found", ErrNotFound, ErrCredentialUnknown, 3},
		{"not found, wrapped", fmt.Errorf("data base: %w", ErrNotFound), ErrCredentialUnknown, 3},
		{"no error and no credential", nil, ErrCredentialUnknown, 3},
		{"a failure", errors.New("data base down"), ErrCallback, 1},
		{"another status", ErrMAC, ErrCallback, 1},
	} {
		w := strangers(t, 3, IDKid)
		w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return nil, test.err }
		r, err := w.meet(t)
		wantStatus(t, test.name, err, test.want)
		wantErrorCode(t, r, test.code)
	}
	w := strangers(t, 3, IDKid)
	w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { return nil, PendingCredential }
	r, err := w.meet(t)
	wantStatus(t, "later", err, PendingCredential)
	wantState(t, r, StatePending3)
	must(t, r.SetPeerCredential(public(w.credI)))
	must(t, r.Continue())
	wantPeer(t, "later", r, w.credI)
}

// TestUnknownPeer: without anybody to ask, a peer that is not pinned is refused;
// only one that was referred to is unknown in the sense of error code 3.
func TestUnknownPeer(t *testing.T) {
	r, err := strangers(t, 3, IDKid).meet(t)
	wantStatus(t, "by reference", err, ErrCredentialUnknown)
	wantErrorCode(t, r, 3)
	r, err = strangers(t, 3, IDKccs).meet(t)
	wantStatus(t, "by value", err, ErrCredentialUntrusted)
	wantErrorCode(t, r, 1)
}

// TestPolicies: whom each policy trusts.
func TestPolicies(t *testing.T) {
	for _, test := range []struct {
		policy PeerPolicy
		id     IDType
		pinned bool
		asked  bool
		want   Status
	}{
		{PolicyPinned, IDKccs, true, false, OK},
		{PolicyPinned, IDKccs, false, true, ErrCredentialUntrusted},
		{PolicyPinned, IDKid, false, true, ErrCredentialUnknown},
		{PolicyCallback, IDKid, true, true, ErrCredentialUnknown},
		{PolicyCallback, IDKccs, true, true, ErrCredentialUntrusted},
		{PolicyAnyInsecure, IDKccs, false, false, OK},
		{PolicyAnyInsecure, IDKccs, true, false, OK},
		{PolicyAnyInsecure, IDKid, true, false, OK},
		{PolicyAnyInsecure, IDKid, false, true, ErrCredentialUnknown},
	} {
		w := strangers(t, 3, test.id)
		asked := false
		w.configR.Policy = test.policy
		w.configR.Resolver = func(*Session, []byte) ([]*Credential, error) { asked = true; return nil, ErrNotFound }
		if test.pinned {
			w.configR.Peers = append(w.configR.Peers, public(w.credI))
		}
		_, err := w.meet(t)
		wantStatus(t, fmt.Sprintf("%+v", test), err, test.want)
		if asked != test.asked {
			t.Errorf("%+v: asked %v", test, asked)
		}
	}
}

// TestChainLimit: more certificates than the Config allows are refused unread.
func TestChainLimit(t *testing.T) {
	p := newPerson(t, "alice")
	for limit, want := range map[int]Status{2: ErrPathLength, 3: OK} {
		w := bareWorld(t, 0, 2)
		w.credI = value[*Credential](t)(CredentialFromX509(p.certificate, p.certificate, p.certificate))
		must(t, w.credI.SetPrivateKey(p.private))
		w.configR.Limits = Limits{Chain: limit}
		w.introduce(t)
		_, err := w.meet(t)
		wantStatus(t, fmt.Sprint("at most ", limit), err, want)
	}
}

// TestAnswerOfTheWrongKind: a credential from the host is not taken blindly.
func TestAnswerOfTheWrongKind(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(*world) *Credential
		want   Status
	}{
		"another kind of key": {func(*world) *Credential { return newCCS(t, KeyX25519, "x", nil) }, ErrKeyKind},
		"another key":         {func(*world) *Credential { return newCCS(t, KeyP256, "initiator", []byte{0x2b}) }, ErrMAC},
		"our own":             {func(w *world) *Credential { return public(w.credR) }, ErrOwnCredential},
	} {
		w := strangers(t, 3, IDKid)
		w.configR.Pull = PullCredential
		r, err := w.meet(t)
		wantStatus(t, name, err, PendingCredential)
		must(t, r.SetPeerCredential(test.answer(w)))
		wantStatus(t, name, r.Continue(), test.want)
		wantErrorCode(t, r, 1)
	}
}

// TestCredentialsRefused has what is no credential, or cannot be referred to in
// the way that is asked for.
func TestCredentialsRefused(t *testing.T) {
	ccs := newCCS(t, KeyP256, "x", nil)
	x509 := newPerson(t, "alice").x509(t, IDX5T)
	_, key, err := GenerateKey(KeyP256)
	must(t, err)
	id := []byte{0xa1, 4, 0x41, 1}
	parts := func(id, cred []byte, kind KeyKind, key []byte) error {
		_, err := CredentialFromParts(id, cred, kind, key)
		return err
	}
	fromID := func(id []byte) error { _, err := CredentialFromIDCred(id); return err }
	must(t, parts(id, []byte{0x40}, KeyP256, key))
	must(t, parts(id, []byte{0x40}, KeyP256, key[:32])) // x alone
	for name, test := range map[string]struct {
		err  error
		want Status
	}{
		"x5t of a CCS":              {ccs.SetID(IDX5T, nil), ErrUnsupported},
		"x5chain of a CCS":          {ccs.SetID(IDX5Chain, nil), ErrUnsupported},
		"kccs of a certificate":     {x509.SetID(IDKccs, nil), ErrUnsupported},
		"x5u without a URI":         {x509.SetID(IDX5U, nil), ErrUnsupported},
		"an unknown type":           {x509.SetID(99, nil), ErrUnsupported},
		"ID_CRED not a map":         {ccs.SetIDCred([]byte{0x40}), ErrCredentialMalformed},
		"ID_CRED empty":             {ccs.SetIDCred([]byte{0xa0}), ErrCredentialMalformed},
		"ID_CRED and more":          {ccs.SetIDCred(append(id, 0)), ErrCredentialMalformed},
		"parts: ID_CRED":            {parts([]byte{0xa0}, []byte{0x40}, KeyP256, key), ErrCredentialMalformed},
		"parts: CRED missing":       {parts(id, nil, KeyP256, key), ErrCredentialMalformed},
		"parts: two items":          {parts(id, []byte{0x40, 0x40}, KeyP256, key), ErrCredentialMalformed},
		"parts: short key":          {parts(id, []byte{0x40}, KeyP256, key[:31]), ErrPublicKey},
		"parts: key of zeros":       {parts(id, []byte{0x40}, KeyP256, make([]byte, 64)), ErrPublicKey},
		"parts: kind":               {parts(id, []byte{0x40}, 99, key), ErrArgument},
		"kid carries no credential": {fromID(id), ErrCredentialUnsupported},
		"garbage":                   {fromID([]byte{0xff}), ErrCredentialMalformed},
		"a kccs that is none":       {fromID([]byte{0xa1, 14, 0xa0}), ErrCredentialMalformed},
		"a private key too short":   {ccs.SetPrivateKey(make([]byte, 31)), ErrPrivateKey},
		"a private key of zeros":    {ccs.SetPrivateKey(make([]byte, 32)), ErrPrivateKey},
		"another private key":       {public(ccs).SetPrivateKey(append(make([]byte, 31), 1)), ErrPrivateKey},
	} {
		wantStatus(t, name, test.err, test.want)
	}
	for _, kind := range []KeyKind{0, 7, -1} {
		_, _, err := GenerateKey(kind)
		wantStatus(t, fmt.Sprint("kind ", kind), err, ErrArgument)
	}
}

// TestReferenceByURI: what nobody fetches is error 1, also in pull mode: the peer would
// only refer to it again.
func TestReferenceByURI(t *testing.T) {
	a := newAuthority()
	compact := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(a.leaf.DER))))
	must(t, compact.SetID(IDC5U, []byte("coap://a.example/c")))
	must(t, compact.SetPrivateKey(a.leaf.Key.Bytes()))
	for _, presented := range []*Credential{a.credential(t, IDX5U, "coap://a.example/x"), compact} {
		for _, role := range bothRoles {
			for what, prepare := range map[string]func(*hostConfig){"nobody": func(*hostConfig) {}, "not found": asks(t, nil), "x509": trusting(t, a.root)} {
				s, err := present(t, 3, role, presented, prepare)
				wantStatus(t, what, err, ErrCredentialUnsupported)
				wantErrorCode(t, s, 1)
			}
			s, err := present(t, 3, role, presented, func(c *hostConfig) { c.Pull = PullCredential })
			wantStatus(t, "pull mode", err, PendingCredential)
			must(t, s.RejectPeer(ErrCredentialUnknown))
			if reason := s.LastError(); StatusOf(reason) != ErrCredentialUnsupported {
				t.Errorf("pull mode: %v", reason)
			}
			wantErrorCode(t, s, 1)
		}
	}
	s, err := present(t, 3, Initiator, a.credential(t, IDX5T, ""), func(c *hostConfig) { c.Pull = PullCredential })
	wantStatus(t, "a hash", err, PendingCredential)
	must(t, s.RejectPeer(ErrCredentialUnknown))
	wantErrorCode(t, s, 3)
}

// TestCriticalParameter: crit in ID_CRED_x ends the run if this side does not
// understand what it names, also of a peer that is known by just this map.
func TestCriticalParameter(t *testing.T) {
	for id, want := range map[string]Status{
		"a2028104044132":                       OK,
		"a3028119040004" + "4132" + "190400f6": ErrCredentialUnsupported,
		"a202816178044132":                     ErrCredentialUnsupported,
		"a20280044132":                         ErrCredentialMalformed,
	} {
		for _, role := range bothRoles {
			raw := newCCS(t, KeyP256, "sensor-7", []byte{0x32})
			raw.idCred = unhex(t, id)
			s, err := present(t, 3, role, raw, func(c *hostConfig) {
				pinned := public(raw)
				pinned.idCred = []byte{0xa1, 4, 0x41, 0x32}
				c.Peers = append(c.Peers, pinned)
			})
			wantStatus(t, id, err, want)
			if want != OK {
				wantErrorCode(t, s, 1)
			}
		}
	}
}
