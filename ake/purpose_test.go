package ake

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// TestKeyPurpose: a key purpose is for peers of one role.
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
	require := func(role Role, oid string) func(*hostConfig) {
		return func(c *hostConfig) { setPurpose(c, role, oid) }
	}
	usual := all(require(Responder, serverAuth), require(Initiator, clientAuth))
	for _, test := range []struct {
		name    string
		of      *authority
		role    Role // of the peer
		prepare func(*hostConfig)
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
	s, err := present(t, 3, Responder, client.credential(t, IDX5T, ""), all(trusting(t, client.root), usual, func(c *hostConfig) {
		c.Peers = append(c.Peers, public(client.credential(t, IDX5T, "")))
	}))
	wantVerdict(t, "pinned", s, err, OK)
	c := newConfig()
	for _, oid := range []string{"serverAuth", "1", "1.", ".1", "1..2", "3.1", "1.40", "-1.2", "1.-2", "01.2", "1.2.4294967296", "1 2", " 1.2", "1.2 "} {
		wantStatus(t, oid, checked(Config{Policy: PolicyX509, ResponderKeyPurpose: oid}), ErrArgument)
		wantStatus(t, oid, checked(Config{Policy: PolicyX509, InitiatorKeyPurpose: oid}), ErrArgument)
	}
	c.ResponderKeyPurpose = serverAuth
	_, err = c.NewSession(Initiator)
	wantStatus(t, "without the policy", err, ErrArgument)
	if !strings.Contains(err.Error(), "X509") {
		t.Errorf("%q does not name the policy", err)
	}
	c.Policy = PolicyX509
	_, err = c.NewSession(Initiator)
	wantStatus(t, "with the policy", err, OK)
}
