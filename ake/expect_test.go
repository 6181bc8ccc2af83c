package ake

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// everyName gives a leaf a name of each form.
func everyName(s *certtest.Spec) {
	s.DNSNames = []string{"server.example", "*.wild.example"}
	s.IPAddresses = []net.IP{net.ParseIP("192.0.2.1"), net.ParseIP("2001:db8::1")}
	for _, text := range []string{"coap://uri.example/x", "urn:dev:ow:10e2073a01080063", "urn:dev:mac:0024befffe804ff1"} {
		uri, err := url.Parse(text)
		if err != nil {
			panic(err)
		}
		s.URIs = append(s.URIs, uri)
	}
}

// expecting has the judge expect names before the peer has authenticated.
func expecting(t testing.TB, method Method, role Role, presented *Credential, prepare func(*Config), names ...name) (*Session, error) {
	t.Helper()
	m := arrange(t, method, role, presented, prepare)
	for _, n := range names {
		must(t, m.judge.ExpectPeer(n.kind, n.text))
	}
	return m.judge, m.process()
}

// allowing has the list of a Config say so.
func allowing(t testing.TB, names ...name) func(*Config) {
	return func(c *Config) {
		for _, n := range names {
			must(t, c.AllowPeer(n.kind, n.text))
		}
	}
}

// TestExpectPeer: names of each kind, right and wrong, of peers in both roles, said
// for the Session and in the list of the Config.
func TestExpectPeer(t *testing.T) {
	a := newAuthority(everyName)
	certificate := a.credential(t, IDX5Chain, "")
	compact := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(a.leaf.DER))))
	must(t, compact.SetID(IDC5C, nil))
	must(t, compact.SetPrivateKey(a.leaf.Key.Bytes()))
	issuer := newKey(t, KeyP256)
	cwt, ccs, imitation := cwtOf(t, issuer, "home"), newCCS(t, KeyP256, "sensor-7", []byte("s7")), newCCS(t, KeyP256, "CN=Root", []byte("r"))
	key := func(c *Credential) string { return hex.EncodeToString(c.PublicKey()) }
	trust := all(trusting(t, a.root), func(c *Config) {
		must(t, c.AddIntermediate(newly(t)(CredentialFromX509(a.inter.DER))))
		must(t, c.AddCWTIssuer(issuerOf(t, issuer.Public()), ""))
		must(t, c.AddPeerCredential(public(ccs)))
		must(t, c.AddPeerCredential(public(imitation)))
	})
	for _, test := range []struct {
		peer *Credential
		name name
		want Status
	}{
		{certificate, name{NameDNS, "server.example"}, OK},
		{certificate, name{NameDNS, "Server.Example."}, OK},
		{certificate, name{NameDNS, "a.wild.example"}, OK},
		{certificate, name{NameIP, "192.0.2.1"}, OK},
		{certificate, name{NameIP, "::ffff:192.0.2.1"}, OK},
		{certificate, name{NameIP, "2001:db8:0::1"}, OK},
		{certificate, name{NameURI, "coap://uri.example"}, OK},
		{certificate, name{NameURI, "urn:dev:ow:10e2073a01080063"}, OK},
		{certificate, name{NameEUI64, "0024BEFFFE804FF1"}, OK},
		{certificate, name{NameEUI64, "00-24-be-ff-fe-80-4f-f1"}, OK},
		{certificate, name{NameEUI64, "00:24:be:ff:fe:80:4f:f1"}, OK},
		{certificate, name{NameSubject, "CN=Device"}, OK},
		{certificate, name{NameKey, key(certificate)}, OK},
		{certificate, name{NameKey, strings.ToUpper(key(certificate))}, OK},
		{compact, name{NameDNS, "server.example"}, OK},
		{compact, name{NameSubject, "CN=Device"}, OK},
		{compact, name{NameKey, key(certificate)}, OK},
		{cwt, name{NameCWT, "sensor-7"}, OK},
		{cwt, name{NameKey, key(cwt)}, OK},
		{ccs, name{NameCCS, "sensor-7"}, OK},
		{ccs, name{NameKey, key(ccs)}, OK},

		{certificate, name{NameDNS, "other.example"}, ErrPeerRejected},
		{certificate, name{NameDNS, "a.b.wild.example"}, ErrPeerRejected},
		{certificate, name{NameDNS, "wild.example"}, ErrPeerRejected},
		{certificate, name{NameDNS, "uri.example"}, ErrPeerRejected}, // of another form
		{certificate, name{NameDNS, "Device"}, ErrPeerRejected},      // the common name
		{certificate, name{NameIP, "192.0.2.2"}, ErrPeerRejected},
		{certificate, name{NameIP, "2001:db8::2"}, ErrPeerRejected},
		{certificate, name{NameURI, "coap://server.example"}, ErrPeerRejected},
		{certificate, name{NameURI, "coaps://uri.example"}, ErrPeerRejected},
		{certificate, name{NameURI, "urn:dev:ow:10e2073a01080064"}, ErrPeerRejected},
		{certificate, name{NameEUI64, "0024befffe804ff2"}, ErrPeerRejected},
		{certificate, name{NameSubject, "Device"}, ErrPeerRejected},
		{certificate, name{NameSubject, "CN=device"}, ErrPeerRejected},
		{certificate, name{NameSubject, "CN=Device,O=x"}, ErrPeerRejected},
		{certificate, name{NameKey, key(ccs)}, ErrPeerRejected},
		{certificate, name{NameKey, key(certificate)[:64]}, ErrPeerRejected}, // x alone
		{certificate, name{NameCWT, "CN=Device"}, ErrPeerRejected},
		{certificate, name{NameCCS, "CN=Device"}, ErrPeerRejected},
		{compact, name{NameDNS, "other.example"}, ErrPeerRejected},
		{compact, name{NameCCS, "CN=Device"}, ErrPeerRejected},
		{cwt, name{NameCWT, "sensor-8"}, ErrPeerRejected},
		{cwt, name{NameCCS, "sensor-7"}, ErrPeerRejected},
		{cwt, name{NameSubject, "sensor-7"}, ErrPeerRejected},
		{cwt, name{NameDNS, "sensor-7"}, ErrPeerRejected},
		{ccs, name{NameCCS, "sensor-8"}, ErrPeerRejected},
		{ccs, name{NameCCS, "sensor-7 "}, ErrPeerRejected},
		{ccs, name{NameCWT, "sensor-7"}, ErrPeerRejected},
		{ccs, name{NameSubject, "sensor-7"}, ErrPeerRejected},
		{ccs, name{NameDNS, "sensor-7"}, ErrPeerRejected},
		{imitation, name{NameSubject, "CN=Root"}, ErrPeerRejected},
		{imitation, name{NameCWT, "CN=Root"}, ErrPeerRejected},
	} {
		for _, role := range bothRoles {
			what := fmt.Sprintf("%s as %v, of the %v", test.peer.Describe(), test.name, role)
			s, err := expecting(t, 3, role, test.peer, trust, test.name)
			wantVerdict(t, what, s, err, test.want)
			s, err = present(t, 0, role, test.peer, all(trust, allowing(t, test.name)))
			wantVerdict(t, what+", in the list", s, err, test.want)
		}
	}
}

// TestExpectSeveral: one of several names is enough, and those of the Session take the
// place of the list.
func TestExpectSeveral(t *testing.T) {
	a := newAuthority(everyName)
	right, wrong, other := name{NameDNS, "server.example"}, name{NameIP, "192.0.2.9"}, name{NameSubject, "CN=Other"}
	for _, test := range []struct {
		list, session []name
		want          Status
	}{
		{nil, nil, OK},
		{[]name{right}, nil, OK},
		{[]name{wrong, other, right}, nil, OK},
		{nil, []name{wrong, right}, OK},
		{[]name{wrong}, []name{right}, OK},
		{[]name{wrong}, []name{other, right}, OK},
		{[]name{wrong}, nil, ErrPeerRejected},
		{[]name{wrong, other}, nil, ErrPeerRejected},
		{nil, []name{wrong, other}, ErrPeerRejected},
		{[]name{right}, []name{wrong}, ErrPeerRejected},
		{[]name{right, other}, []name{wrong, other}, ErrPeerRejected},
	} {
		for _, role := range bothRoles {
			s, err := expecting(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), allowing(t, test.list...)), test.session...)
			wantVerdict(t, fmt.Sprintf("%v, %v, of the %v", test.list, test.session, role), s, err, test.want)
		}
	}
}

// TestExpectationWithEveryPolicy: who is expected is asked in each policy, also of what
// is pinned, of answers and of what PullPeer would decide.
func TestExpectationWithEveryPolicy(t *testing.T) {
	a := newAuthority(everyName)
	x5t := a.credential(t, IDX5T, "")
	pin := func(c *Config) { must(t, c.AddPeerCredential(public(x5t))) }
	policy := func(p PeerPolicy) func(*Config) { return func(c *Config) { must(t, c.SetPeerPolicy(p)) } }
	for what, test := range map[string]struct {
		presented *Credential
		prepare   func(*Config)
		good      Status
	}{
		"pinned":   {x5t, pin, OK},
		"answered": {x5t, asks(t, nil, public(x5t)), OK},
		"callback": {x5t, all(policy(PolicyCallback), asks(t, nil, public(x5t))), OK},
		"anybody":  {a.credential(t, IDX5Chain, ""), policy(PolicyAnyInsecure), OK},
		"x509":     {a.credential(t, IDX5Chain, ""), trusting(t, a.root), OK},
		"pull":     {a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *Config) { must(t, c.SetPull(PullPeer)) }), PendingPeer},
	} {
		for _, role := range bothRoles {
			s, err := expecting(t, 3, role, test.presented, test.prepare, name{NameDNS, "server.example"})
			wantVerdict(t, what, s, err, test.good)
			s, err = expecting(t, 3, role, test.presented, test.prepare, name{NameDNS, "other.example"})
			wantVerdict(t, what+", somebody else", s, err, ErrPeerRejected)
		}
	}
	raw := newCCS(t, KeyP256, "first", nil)
	for want, n := range map[Status]name{OK: {NameCCS, "first"}, ErrPeerRejected: {NameCCS, "second"}} {
		s, err := expecting(t, 3, Initiator, raw, policy(PolicyLearn), n)
		wantVerdict(t, "learned", s, err, want)
		if _, missing := s.PeerCredential(); want != OK && StatusOf(missing) != ErrNotFound {
			t.Error("somebody else was learned")
		}
	}
}

// TestExpectationText: the host reads who it is and who was expected, however long the
// peer's name is.
func TestExpectationText(t *testing.T) {
	long := strings.Repeat("x", 4000)
	a := newAuthority(everyName, func(s *certtest.Spec) { s.Subject.CommonName = "Impostor" })
	b := newAuthority(func(s *certtest.Spec) { s.Subject.CommonName = long })
	for _, test := range []struct {
		of    *authority
		names []name
		want  []string
	}{
		{a, []name{{NameDNS, "other.example"}}, []string{"other.example", "DNS name", "CN=Impostor", "DNS:server.example"}},
		{a, []name{{NameIP, "192.0.2.9"}}, []string{"192.0.2.9", "IP address", "CN=Impostor"}},
		{a, []name{{NameDNS, "other.example"}, {NameIP, "192.0.2.9"}}, []string{"one of the names", "CN=Impostor"}},
		{b, []name{{NameDNS, "other.example"}}, []string{"other.example", "CN=xxx"}},
		{b, []name{{NameDNS, strings.Repeat("y", 4000)}}, []string{"yyy...", "CN=xxx"}},
	} {
		for _, role := range bothRoles {
			_, err := expecting(t, 3, role, test.of.credential(t, IDX5Chain, ""), trusting(t, test.of.root), test.names...)
			wantStatus(t, "somebody else", err, ErrPeerRejected)
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if len(err.Error()) > 300 {
				t.Errorf("a text of %d bytes", len(err.Error()))
			}
		}
	}
}

// TestExpectationRequired: an Initiator with PolicyX509 says whom it means, or is
// refused at its first step, with a text that says what to call.
func TestExpectationRequired(t *testing.T) {
	a := newAuthority(everyName)
	nobody := func(*Config) {}
	for what, test := range map[string]struct {
		prepare func(*Config)
		session func(*Session) error
		want    Status
	}{
		"a name":          {nobody, func(s *Session) error { return s.ExpectPeer(NameDNS, "server.example") }, OK},
		"a list":          {allowing(t, name{NameDNS, "server.example"}), nil, OK},
		"a verifier":      {func(c *Config) { must(t, c.SetVerifier(func(*Session, *Credential) error { return nil })) }, nil, OK},
		"pull mode":       {func(c *Config) { must(t, c.SetPull(PullPeer)) }, nil, OK},
		"any holder":      {func(c *Config) { must(t, c.AllowAnyPeer(true)) }, nil, OK},
		"another policy":  {func(c *Config) { must(t, c.SetPeerPolicy(PolicyCallback)) }, nil, OK},
		"nothing":         {nobody, nil, ErrState},
		"taken back":      {func(c *Config) { must(t, c.AllowAnyPeer(true)); must(t, c.AllowAnyPeer(false)) }, nil, ErrState},
		"other questions": {func(c *Config) { must(t, c.SetPull(PullCredential|PullEAD)) }, nil, ErrState},
		"a resolver":      {asks(t, nil), nil, ErrState},
		"a slip": {nobody, func(s *Session) error {
			wantStatus(t, "a slip", s.ExpectPeer(NameDNS, "*.example"), ErrArgument)
			return nil
		}, ErrState},
	} {
		for method := range Method(4) {
			for _, stepping := range []bool{false, true} {
				w := bareWorld(t, method, 2)
				must(t, w.configI.AddOwnCredential(w.credI))
				trusting(t, a.root)(w.configI)
				must(t, w.configI.AllowAnyPeer(false))
				test.prepare(w.configI)
				s := value[*Session](t)(w.configI.NewSession(Initiator))
				if test.session != nil {
					must(t, test.session(s))
				}
				first := s.PrepareMessage1
				if stepping {
					first = func() ([]byte, error) { return s.Step(nil) }
				}
				out, err := first()
				wantStatus(t, what, err, test.want)
				if test.want == OK {
					continue
				}
				for _, call := range []string{"ExpectPeer", "AllowAnyPeer", "verifier", "PolicyX509"} {
					if !strings.Contains(err.Error(), call) {
						t.Errorf("%s: %q does not name %s", what, err, call)
					}
				}
				if len(out) > 0 {
					t.Errorf("%s: %x is sent", what, out)
				}
				wantState(t, s, StateStart)
				must(t, s.ExpectPeer(NameDNS, "server.example")) // which mends it
				if _, err := first(); err != nil {
					t.Errorf("%s, mended: %v", what, err)
				}
			}
		}
	}
	// A Responder does not know who comes.
	c := NewConfig()
	trusting(t, a.root)(c)
	must(t, c.AllowAnyPeer(false))
	must(t, c.AddOwnCredential(newCCS(t, KeyP256, "r", []byte{1})))
	w := newWorld(t, 3, 2)
	i, _ := w.sessions(t)
	must(t, value[*Session](t)(c.NewSession(Responder)).ProcessMessage1(value[[]byte](t)(i.PrepareMessage1())))
}

// TestExpectPeerTooLate: the expectation may be said until the peer has authenticated.
func TestExpectPeerTooLate(t *testing.T) {
	a := newAuthority(everyName)
	for _, role := range bothRoles {
		m := arrange(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), func(c *Config) { must(t, c.SetPull(PullPeer)) }))
		must(t, m.judge.ExpectPeer(NameDNS, "server.example"))
		wantStatus(t, "message", m.process(), PendingPeer)
		wantStatus(t, "while the host decides", m.judge.ExpectPeer(NameDNS, "other.example"), ErrState)
		must(t, m.judge.Continue())
		wantStatus(t, "afterwards", m.judge.ExpectPeer(NameDNS, "other.example"), ErrState)

		// A credential that the host still has to bring is not yet the peer's.
		raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
		m = arrange(t, 3, role, raw, func(c *Config) { must(t, c.SetPull(PullCredential)) })
		wantStatus(t, "message", m.process(), PendingCredential)
		must(t, m.judge.ExpectPeer(NameCCS, "sensor-8"))
		must(t, m.judge.SetPeerCredential(public(raw)))
		wantVerdict(t, "said while the credential was looked for", m.judge, m.judge.Continue(), ErrPeerRejected)
		wantStatus(t, "after the end", m.judge.ExpectPeer(NameCCS, "sensor-7"), ErrState)
	}
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	for _, s := range []*Session{i, r} {
		wantStatus(t, "completed", s.ExpectPeer(NameCCS, "responder"), ErrState)
	}
	wantStatus(t, "a Config in use", w.configI.AllowPeer(NameCCS, "responder"), ErrFrozen)
	wantStatus(t, "a Config in use", w.configI.AllowAnyPeer(true), ErrFrozen)
}

// TestExpectationIsSaved: it goes with a half-open Session.
func TestExpectationIsSaved(t *testing.T) {
	a := newAuthority(everyName)
	for _, role := range bothRoles {
		for want, n := range map[Status][]name{
			OK:              {{NameIP, "192.0.2.9"}, {NameDNS, "server.example"}},
			ErrPeerRejected: {{NameIP, "192.0.2.9"}, {NameDNS, "other.example"}},
		} {
			m := arrange(t, 3, role, a.credential(t, IDX5Chain, ""), trusting(t, a.root))
			for _, n := range n {
				must(t, m.judge.ExpectPeer(n.kind, n.text))
			}
			saved := value[[]byte](t)(m.judge.Save(blobKey))
			m.judge = value[*Session](t)(m.judge.config.RestoreSession(blobKey, saved))
			wantVerdict(t, "restored", m.judge, m.process(), want)
		}
	}
}

// TestNamesThatAreNone: a slip of the host is told from a peer that nobody knows.
func TestNamesThatAreNone(t *testing.T) {
	w := newWorld(t, 3, 2)
	s := value[*Session](t)(w.configI.NewSession(Initiator))
	c := NewConfig()
	for kind, texts := range map[NameKind][]string{
		NameDNS: {"", ".", "*.example", "a*.example", "coap://server.example", "server.example:5683", "server.example/x", "a b", "a..b",
			"b\u00fccher.example", "192.0.2.1", "::1", "[::1]"},
		NameIP:      {"", "server.example", "192.0.2", "192.0.2.256", "192.0.2.1/32", "192.0.2.01", "[::1]", "1::2::3"},
		NameURI:     {"", "server.example", "/path", "//server.example", "%zz:x", "coap://server.example:port", "coap://a b"},
		NameEUI64:   {"", "0024befffe804ff", "0024befffe804ff1a", "0024befffe804fg1", "00-24-be-ff-fe-80-4f", "00-24-be-ff-fe-80-4f-f", "0-024-be-ff-fe-80-4f-f1", "00:24-be:ff:fe:80:4f:f1", "0024:beff:fe80:4ff1", "-00-24-be-ff-fe-80-4f"},
		NameSubject: {""},
		NameKey:     {"", "xyz", "abc", "0x00", "00 11"},
		NameCWT:     {""},
		NameCCS:     {""},
	} {
		for _, text := range texts {
			wantStatus(t, fmt.Sprintf("%d %q", kind, text), s.ExpectPeer(kind, text), ErrArgument)
			wantStatus(t, fmt.Sprintf("%d %q", kind, text), c.AllowPeer(kind, text), ErrArgument)
		}
	}
	for _, kind := range []NameKind{0, -1, NameCCS + 1} {
		wantStatus(t, fmt.Sprint("kind ", kind), s.ExpectPeer(kind, "a"), ErrUnsupported)
		wantStatus(t, fmt.Sprint("kind ", kind), c.AllowPeer(kind, "a"), ErrUnsupported)
	}
	if len(c.allowed)+len(s.settings.expected) > 0 {
		t.Errorf("kept: %v, %v", c.allowed, s.settings.expected)
	}
}

// TestExpectationOfResumption: a resumption is with the peer of the first run, whoever
// is asked first.
func TestExpectationOfResumption(t *testing.T) {
	rw := newResumptionWorld(t, 3, 2)
	rw.run(t, false)
	resume := func(before, after []name) (error, error) {
		i, _ := rw.sessions(t)
		for _, n := range before {
			must(t, i.ExpectPeer(n.kind, n.text))
		}
		used := i.UseResumption(rw.storeI, rw.credR.Bytes())
		var late error
		for _, n := range after {
			late = i.ExpectPeer(n.kind, n.text)
		}
		return used, late
	}
	right, wrong := []name{{NameCCS, "responder"}}, []name{{NameCCS, "somebody else"}}
	for _, test := range []struct {
		before, after []name
		used, late    Status
	}{
		{nil, nil, OK, OK},
		{right, nil, OK, OK},
		{nil, right, OK, OK},
		{right, wrong, OK, OK}, // one of several
		{wrong, nil, ErrPeerRejected, OK},
		{nil, wrong, OK, ErrPeerRejected},
	} {
		used, late := resume(test.before, test.after)
		wantStatus(t, fmt.Sprintf("%v, UseResumption", test.before), used, test.used)
		wantStatus(t, fmt.Sprintf("%v, %v", test.before, test.after), late, test.late)
	}
	i, r := rw.sessions(t)
	must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
	pass(t, 1, i, r)
	wantStatus(t, "somebody else, after message_1", i.ExpectPeer(NameCCS, "somebody else"), ErrPeerRejected)
	must(t, i.ExpectPeer(NameCCS, "responder"))
	must(t, r.ExpectPeer(NameCCS, "somebody else"))
	pass(t, 2, i, r)
	err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
	wantStatus(t, "the Responder expects somebody else", err, ErrPeerRejected)
	wantErrorCode(t, r, 1)
}

// TestKeyPurpose: what RequireKeyPurpose says is for peers of one role.
func TestKeyPurpose(t *testing.T) {
	const serverAuth, clientAuth, ownPurpose = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.99999.1"
	purpose := func(oids ...string) *authority {
		return newAuthority(func(s *certtest.Spec) {
			for _, oid := range oids {
				s.UnknownExtKeyUsage = append(s.UnknownExtKeyUsage, value[asn1.ObjectIdentifier](t)(parseOID(oid)))
			}
		})
	}
	server, client, both, own, unsaid := purpose(serverAuth), purpose(clientAuth), purpose(clientAuth, serverAuth), purpose(ownPurpose), newAuthority()
	require := func(role Role, oid string) func(*Config) {
		return func(c *Config) { must(t, c.RequireKeyPurpose(role, oid)) }
	}
	usual := all(require(Responder, serverAuth), require(Initiator, clientAuth))
	for _, test := range []struct {
		name    string
		of      *authority
		role    Role // of the peer
		prepare func(*Config)
		want    Status
	}{
		{"a server as server", server, Responder, usual, OK},
		{"a client as client", client, Initiator, usual, OK},
		{"both as server", both, Responder, usual, OK},
		{"both as client", both, Initiator, usual, OK},
		{"one's own", own, Responder, require(Responder, ownPurpose), OK},
		{"only of the other role", client, Responder, require(Initiator, clientAuth), OK},
		{"taken back", unsaid, Responder, all(usual, require(Responder, "")), OK},
		{"a client as server", client, Responder, usual, ErrKeyUsage},
		{"a server as client", server, Initiator, usual, ErrKeyUsage},
		{"unsaid as server", unsaid, Responder, usual, ErrKeyUsage},
		{"unsaid as client", unsaid, Initiator, usual, ErrKeyUsage},
		{"one's own as server", own, Responder, usual, ErrKeyUsage},
		{"one's own, not asked", own, Responder, require(Initiator, ownPurpose), ErrKeyUsage},
		{"the other role taken back", unsaid, Responder, all(usual, require(Initiator, "")), ErrKeyUsage},
	} {
		for method := range Method(4) {
			for _, by := range []string{"value", "URI"} {
				presented, prepare := test.of.credential(t, IDX5Chain, ""), all(trusting(t, test.of.root), test.prepare)
				if by == "URI" {
					prepare = all(prepare, asks(t, nil, public(presented)))
					presented = test.of.credential(t, IDX5U, "coap://a")
				}
				s, err := present(t, method, test.role, presented, prepare)
				wantVerdict(t, fmt.Sprintf("%s, by %s, method %d", test.name, by, method), s, err, test.want)
			}
		}
	}
	// Pinned ones are trusted as they are, and raw keys have no purposes.
	s, err := present(t, 3, Responder, client.credential(t, IDX5T, ""), all(trusting(t, client.root), usual, func(c *Config) {
		must(t, c.AddPeerCredential(public(client.credential(t, IDX5T, ""))))
	}))
	wantVerdict(t, "pinned", s, err, OK)
	c := NewConfig()
	for _, oid := range []string{"serverAuth", "1", "1.", ".1", "1..2", "3.1", "1.40", "-1.2", "1.-2", "01.2", "1.2.4294967296", "1 2", " 1.2", "1.2 "} {
		wantStatus(t, oid, c.RequireKeyPurpose(Responder, oid), ErrArgument)
	}
	for _, role := range []Role{-1, 7} {
		wantStatus(t, "no role", c.RequireKeyPurpose(role, serverAuth), ErrArgument)
	}
	must(t, c.RequireKeyPurpose(Responder, serverAuth))
	_, err = c.NewSession(Initiator)
	wantStatus(t, "without the policy", err, ErrArgument)
	if !strings.Contains(err.Error(), "X509") {
		t.Errorf("%q does not name the policy", err)
	}
	must(t, c.SetPeerPolicy(PolicyX509))
	_, err = c.NewSession(Initiator)
	wantStatus(t, "with the policy", err, OK)
	wantStatus(t, "in use", c.RequireKeyPurpose(Responder, ""), ErrFrozen)
}

// TestClockTolerance: five minutes unless the host says otherwise, for certificates
// and CWTs; 0 is none.
func TestClockTolerance(t *testing.T) {
	const minute = time.Minute
	from, until := certtest.Now.Add(-time.Hour), certtest.Now.Add(time.Hour)
	a := newAuthority(func(s *certtest.Spec) { s.NotBefore, s.NotAfter = from, until })
	issuer := newKey(t, KeyP256)
	date := func(label int64, at time.Time) *Credential {
		return cwtOf(t, issuer, "", func(d map[int64]int64) { d[label] = at.Unix() })
	}
	certificate := a.credential(t, IDX5Chain, "")
	early, late := ErrNotYetValid, ErrExpired
	for _, test := range []struct {
		name      string
		presented *Credential
		at        time.Time
		usual     Status // with the default of 5 minutes
		hour      Status
		none      Status
	}{
		{"notBefore", certificate, from, OK, OK, OK},
		{"5 minutes before notBefore", certificate, from.Add(-5 * minute), OK, OK, early},
		{"6 minutes before notBefore", certificate, from.Add(-6 * minute), early, OK, early},
		{"two hours before notBefore", certificate, from.Add(-2 * time.Hour), early, early, early},
		{"notAfter", certificate, until, OK, OK, OK},
		{"5 minutes after notAfter", certificate, until.Add(5 * minute), OK, OK, late},
		{"6 minutes after notAfter", certificate, until.Add(6 * minute), late, OK, late},
		{"two hours after notAfter", certificate, until.Add(2 * time.Hour), late, late, late},
		{"issued in 5 minutes", date(6, from.Add(5*minute)), from, OK, OK, early},
		{"issued in 6 minutes", date(6, from.Add(6*minute)), from, early, OK, early},
		{"valid in 5 minutes", date(5, from.Add(5*minute)), from, OK, OK, early},
		{"valid in 6 minutes", date(5, from.Add(6*minute)), from, early, OK, early},
		{"expired for 4 minutes", date(4, from.Add(-4*minute)), from, OK, OK, late},
		{"expired for 5 minutes", date(4, from.Add(-5*minute)), from, late, OK, late},
		{"expires this second", date(4, from), from, OK, OK, late},
	} {
		for tolerance, want := range map[time.Duration]Status{5 * minute: test.usual, time.Hour: test.hour, 0: test.none} {
			prepare := all(trusting(t, a.root), func(c *Config) {
				must(t, c.AddCWTIssuer(issuerOf(t, issuer.Public()), ""))
				c.SetTime(test.at)
				if tolerance == 5*minute { // the default, which trusting has changed
					c.tolerance = NewConfig().tolerance
				} else {
					must(t, c.SetClockTolerance(tolerance))
				}
			})
			for _, role := range bothRoles {
				s, err := present(t, 3, role, test.presented, prepare)
				wantVerdict(t, fmt.Sprintf("%s, tolerance %v", test.name, tolerance), s, err, want)
			}
		}
	}
	c := NewConfig()
	for _, wrong := range []time.Duration{-1, -time.Hour, 24*time.Hour + 1, 1<<63 - 1} {
		wantStatus(t, fmt.Sprint(wrong), c.SetClockTolerance(wrong), ErrArgument)
	}
	if c.tolerance != 5*minute {
		t.Errorf("the default is %v", c.tolerance)
	}
	for _, right := range []time.Duration{0, time.Second, 24 * time.Hour} {
		must(t, c.SetClockTolerance(right))
	}
	value[*Session](t)(c.NewSession(Responder))
	wantStatus(t, "in use", c.SetClockTolerance(0), ErrFrozen)
}

// TestOwnCredential: of several that fit, the first that was added is taken, and can be
// seen.
func TestOwnCredential(t *testing.T) {
	for _, role := range bothRoles {
		for order := range 2 {
			w := bareWorld(t, 3, 2)
			fits := [2]*Credential{newCCS(t, KeyP256, "one", []byte{1}), newCCS(t, KeyP256, "two", []byte{2})}
			first, second := fits[order], fits[1-order]
			for _, c := range []*Credential{newCCS(t, KeyX25519, "unfit", []byte{3}), first, second} {
				must(t, map[Role]*Config{Initiator: w.configI, Responder: w.configR}[role].AddOwnCredential(c))
			}
			if role == Initiator {
				must(t, w.configR.AddOwnCredential(w.credR))
			} else {
				must(t, w.configI.AddOwnCredential(w.credI))
			}
			for _, c := range []*Config{w.configI, w.configR} {
				for _, peer := range append(fits[:], w.credI, w.credR) {
					must(t, c.AddPeerCredential(public(peer)))
				}
			}
			for _, chosen := range []*Credential{nil, second} {
				i, r := w.sessions(t)
				s := map[Role]*Session{Initiator: i, Responder: r}[role]
				if _, err := s.OwnCredential(); StatusOf(err) != ErrNotFound {
					t.Errorf("before the run: %v", err)
				}
				want := first
				if chosen != nil {
					must(t, s.SetOwnCredential(chosen))
					want = chosen
				}
				handshake(t, i, r, 4)
				if own := value[*Credential](t)(s.OwnCredential()); own != want {
					t.Errorf("the %v has authenticated with %s, want %s", role, own.Describe(), want.Describe())
				}
				restored := value[*Session](t)(s.config.RestoreSession(blobKey, value[[]byte](t)(s.Save(blobKey))))
				if chosen != nil && chosen != restored.settings.own {
					t.Error("what was chosen is not restored")
				}
				if own := value[*Credential](t)(restored.OwnCredential()); own != want {
					t.Errorf("restored, it is %s", own.Describe())
				}
			}
		}
	}
}

// TestIdentityKinds: an identity says whose subjects its are, and no line of one kind
// looks like that of another.
func TestIdentityKinds(t *testing.T) {
	a := newAuthority(everyName)
	issuer := newKey(t, KeyP256)
	compact := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(a.leaf.DER))))
	for _, test := range []struct {
		c    *Credential
		kind CredentialType
		line string
	}{
		{a.credential(t, IDX5T, ""), CredentialX509, "CN=Device, DNS:server.example, P-256 key "},
		{compact, CredentialC509, "CN=Device, DNS:server.example, P-256 key "},
		{cwtOf(t, issuer, ""), CredentialCWT, "sensor-7, kid 7337, P-256 key "},
		{newCCS(t, KeyP256, "sensor-7", []byte{0x2b}), CredentialCCS, "sensor-7, kid 2b, P-256 key "},
		{newPSK(t, 2, []byte{1}, "i", "r"), CredentialPSK, "kid 01, pre-shared key"},
		{newCCS(t, KeyP256, "CN=Device", nil), CredentialCCS, `"CN=Device", P-256 key `},
		{newCCS(t, KeyP256, "DNS:server.example", nil), CredentialCCS, `"DNS:server.example", P-256 key `},
		{newCCS(t, KeyP256, "x, kid 2b", nil), CredentialCCS, `"x, kid 2b", P-256 key `},
		{newCCS(t, KeyP256, `x", kid 2b`, nil), CredentialCCS, `"x\22, kid 2b", P-256 key `},
		{newCCS(t, KeyP256, `x\22`, nil), CredentialCCS, `x\5c22, P-256 key `},
		{newCCS(t, KeyP256, "a\nb\u202e", nil), CredentialCCS, `a\0ab\e2\80\ae, P-256 key `},
	} {
		if id := test.c.Identity(); id.Kind != test.kind {
			t.Errorf("%s is of kind %d", test.c.Describe(), id.Kind)
		}
		if line := test.c.Describe(); !strings.HasPrefix(line, test.line) {
			t.Errorf("%q, want %q...", line, test.line)
		}
	}
	x, y := a.credential(t, IDX5T, "").Identity(), compact.Identity()
	if x.Fingerprint != y.Fingerprint || x.KeyHash != y.KeyHash || !bytes.Equal(x.IssuerDER, y.IssuerDER) || !bytes.Equal(x.Serial, y.Serial) {
		t.Errorf("the two forms of a certificate:\n%+v\n%+v", x, y)
	}
	for _, other := range []Identity{newAuthority(everyName).credential(t, IDX5T, "").Identity(), cwtOf(t, issuer, "").Identity()} {
		if x.Fingerprint == other.Fingerprint || x.KeyHash == other.KeyHash {
			t.Errorf("two identities are alike: %+v", other)
		}
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
			for what, prepare := range map[string]func(*Config){"nobody": func(*Config) {}, "not found": asks(t, nil), "x509": trusting(t, a.root)} {
				s, err := present(t, 3, role, presented, prepare)
				wantStatus(t, what, err, ErrCredentialUnsupported)
				wantErrorCode(t, s, 1)
			}
			s, err := present(t, 3, role, presented, func(c *Config) { must(t, c.SetPull(PullCredential)) })
			wantStatus(t, "pull mode", err, PendingCredential)
			must(t, s.RejectPeer(ErrCredentialUnknown))
			if reason, _ := s.LastError(); StatusOf(reason) != ErrCredentialUnsupported {
				t.Errorf("pull mode: %v", reason)
			}
			wantErrorCode(t, s, 1)
		}
	}
	s, err := present(t, 3, Initiator, a.credential(t, IDX5T, ""), func(c *Config) { must(t, c.SetPull(PullCredential)) })
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
			s, err := present(t, 3, role, raw, func(c *Config) {
				pinned := public(raw)
				pinned.idCred = []byte{0xa1, 4, 0x41, 0x32}
				must(t, c.AddPeerCredential(pinned))
			})
			wantStatus(t, id, err, want)
			if want != OK {
				wantErrorCode(t, s, 1)
			}
		}
	}
}

// TestErrorTextIsUTF8: ERR_INFO is a text string, whatever the host or the peer says.
func TestErrorTextIsUTF8(t *testing.T) {
	for _, text := range []string{"\xff", "a\xc3", "\xed\xa0\x80", strings.Repeat("\xe2\x82", 300)} {
		encoded, err := (&ErrorMessage{Code: 1, Text: text}).Encode()
		must(t, err)
		back, err := ParseErrorMessage(encoded)
		must(t, err)
		if back.Code != 1 || strings.Contains(back.Text, text) {
			t.Errorf("%q became %q", text, back.Text)
		}
	}
}
