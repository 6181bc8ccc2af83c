package ake

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

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
func expecting(t testing.TB, method Method, role Role, presented *Credential, prepare func(*hostConfig), names ...PeerName) (*Session, error) {
	t.Helper()
	m := arrange(t, method, role, presented, prepare)
	for _, n := range names {
		must(t, m.judge.ExpectPeer(n.Kind, n.Text))
	}
	return m.judge, m.process()
}

// allowing has the list of a Config say so.
func allowing(t testing.TB, names ...PeerName) func(*hostConfig) {
	return func(c *hostConfig) {
		for _, n := range names {
			c.AllowedPeers = append(c.AllowedPeers, PeerName{n.Kind, n.Text})
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
	trust := all(trusting(t, a.root), func(c *hostConfig) {
		c.Intermediates = append(c.Intermediates, newly(t)(CredentialFromX509(a.inter.DER)))
		c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), ""})
		c.Peers = append(c.Peers, public(ccs))
		c.Peers = append(c.Peers, public(imitation))
	})
	for _, test := range []struct {
		peer *Credential
		name PeerName
		want Status
	}{
		{certificate, PeerName{NameDNS, "server.example"}, OK},
		{certificate, PeerName{NameDNS, "Server.Example."}, OK},
		{certificate, PeerName{NameDNS, "a.wild.example"}, OK},
		{certificate, PeerName{NameIP, "192.0.2.1"}, OK},
		{certificate, PeerName{NameIP, "::ffff:192.0.2.1"}, OK},
		{certificate, PeerName{NameIP, "2001:db8:0::1"}, OK},
		{certificate, PeerName{NameURI, "coap://uri.example"}, OK},
		{certificate, PeerName{NameURI, "urn:dev:ow:10e2073a01080063"}, OK},
		{certificate, PeerName{NameEUI64, "0024BEFFFE804FF1"}, OK},
		{certificate, PeerName{NameEUI64, "00-24-be-ff-fe-80-4f-f1"}, OK},
		{certificate, PeerName{NameEUI64, "00:24:be:ff:fe:80:4f:f1"}, OK},
		{certificate, PeerName{NameSubject, "CN=Device"}, OK},
		{certificate, PeerName{NameKey, key(certificate)}, OK},
		{certificate, PeerName{NameKey, strings.ToUpper(key(certificate))}, OK},
		{compact, PeerName{NameDNS, "server.example"}, OK},
		{compact, PeerName{NameSubject, "CN=Device"}, OK},
		{compact, PeerName{NameKey, key(certificate)}, OK},
		{cwt, PeerName{NameCWT, "sensor-7"}, OK},
		{cwt, PeerName{NameKey, key(cwt)}, OK},
		{ccs, PeerName{NameCCS, "sensor-7"}, OK},
		{ccs, PeerName{NameKey, key(ccs)}, OK},

		{certificate, PeerName{NameDNS, "other.example"}, ErrPeerRejected},
		{certificate, PeerName{NameDNS, "a.b.wild.example"}, ErrPeerRejected},
		{certificate, PeerName{NameDNS, "wild.example"}, ErrPeerRejected},
		{certificate, PeerName{NameDNS, "uri.example"}, ErrPeerRejected}, // of another form
		{certificate, PeerName{NameDNS, "Device"}, ErrPeerRejected},      // the common name
		{certificate, PeerName{NameIP, "192.0.2.2"}, ErrPeerRejected},
		{certificate, PeerName{NameIP, "2001:db8::2"}, ErrPeerRejected},
		{certificate, PeerName{NameURI, "coap://server.example"}, ErrPeerRejected},
		{certificate, PeerName{NameURI, "coaps://uri.example"}, ErrPeerRejected},
		{certificate, PeerName{NameURI, "urn:dev:ow:10e2073a01080064"}, ErrPeerRejected},
		{certificate, PeerName{NameEUI64, "0024befffe804ff2"}, ErrPeerRejected},
		{certificate, PeerName{NameSubject, "Device"}, ErrPeerRejected},
		{certificate, PeerName{NameSubject, "CN=device"}, ErrPeerRejected},
		{certificate, PeerName{NameSubject, "CN=Device,O=x"}, ErrPeerRejected},
		{certificate, PeerName{NameKey, key(ccs)}, ErrPeerRejected},
		{certificate, PeerName{NameKey, key(certificate)[:64]}, ErrPeerRejected}, // x alone
		{certificate, PeerName{NameCWT, "CN=Device"}, ErrPeerRejected},
		{certificate, PeerName{NameCCS, "CN=Device"}, ErrPeerRejected},
		{compact, PeerName{NameDNS, "other.example"}, ErrPeerRejected},
		{compact, PeerName{NameCCS, "CN=Device"}, ErrPeerRejected},
		{cwt, PeerName{NameCWT, "sensor-8"}, ErrPeerRejected},
		{cwt, PeerName{NameCCS, "sensor-7"}, ErrPeerRejected},
		{cwt, PeerName{NameSubject, "sensor-7"}, ErrPeerRejected},
		{cwt, PeerName{NameDNS, "sensor-7"}, ErrPeerRejected},
		{ccs, PeerName{NameCCS, "sensor-8"}, ErrPeerRejected},
		{ccs, PeerName{NameCCS, "sensor-7 "}, ErrPeerRejected},
		{ccs, PeerName{NameCWT, "sensor-7"}, ErrPeerRejected},
		{ccs, PeerName{NameSubject, "sensor-7"}, ErrPeerRejected},
		{ccs, PeerName{NameDNS, "sensor-7"}, ErrPeerRejected},
		{imitation, PeerName{NameSubject, "CN=Root"}, ErrPeerRejected},
		{imitation, PeerName{NameCWT, "CN=Root"}, ErrPeerRejected},
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
	right, wrong, other := PeerName{NameDNS, "server.example"}, PeerName{NameIP, "192.0.2.9"}, PeerName{NameSubject, "CN=Other"}
	for _, test := range []struct {
		list, session []PeerName
		want          Status
	}{
		{nil, nil, OK},
		{[]PeerName{right}, nil, OK},
		{[]PeerName{wrong, other, right}, nil, OK},
		{nil, []PeerName{wrong, right}, OK},
		{[]PeerName{wrong}, []PeerName{right}, OK},
		{[]PeerName{wrong}, []PeerName{other, right}, OK},
		{[]PeerName{wrong}, nil, ErrPeerRejected},
		{[]PeerName{wrong, other}, nil, ErrPeerRejected},
		{nil, []PeerName{wrong, other}, ErrPeerRejected},
		{[]PeerName{right}, []PeerName{wrong}, ErrPeerRejected},
		{[]PeerName{right, other}, []PeerName{wrong, other}, ErrPeerRejected},
	} {
		for _, role := range bothRoles {
			s, err := expecting(t, 3, role, a.credential(t, IDX5Chain, ""), all(trusting(t, a.root), allowing(t, test.list...)), test.session...)
			wantVerdict(t, fmt.Sprintf("%v, %v, of the %v", test.list, test.session, role), s, err, test.want)
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
		names []PeerName
		want  []string
	}{
		{a, []PeerName{{NameDNS, "other.example"}}, []string{"other.example", "DNS name", "CN=Impostor", "DNS:server.example"}},
		{a, []PeerName{{NameIP, "192.0.2.9"}}, []string{"192.0.2.9", "IP address", "CN=Impostor"}},
		{a, []PeerName{{NameDNS, "other.example"}, {NameIP, "192.0.2.9"}}, []string{"one of the names", "CN=Impostor"}},
		{b, []PeerName{{NameDNS, "other.example"}}, []string{"other.example", "CN=xxx"}},
		{b, []PeerName{{NameDNS, strings.Repeat("y", 4000)}}, []string{"yyy...", "CN=xxx"}},
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

// TestNamesThatAreNone: a slip of the host is told from a peer that nobody knows.
func TestNamesThatAreNone(t *testing.T) {
	w := newWorld(t, 3, 2)
	s := value[*Session](t)(w.configI.NewSession(Initiator))
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
			wantStatus(t, fmt.Sprintf("%d %q", kind, text), checked(Config{AllowedPeers: []PeerName{{kind, text}}}), ErrArgument)
		}
	}
	for _, kind := range []NameKind{0, -1, NameCCS + 1} {
		wantStatus(t, fmt.Sprint("kind ", kind), s.ExpectPeer(kind, "a"), ErrUnsupported)
		wantStatus(t, fmt.Sprint("kind ", kind), checked(Config{AllowedPeers: []PeerName{{kind, "a"}}}), ErrUnsupported)
	}
	if len(s.settings.expected) > 0 {
		t.Errorf("kept: %v", s.settings.expected)
	}
}
