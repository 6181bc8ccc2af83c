package ake

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
)

// That a peer holds a certificate of one's own authority does not make it the one
// that is meant: every device has one, and could play the server. Whom the host
// means is said here (RFC 9528 appendix D.4, RFC 9525).

// NameKind says what a name of a peer is, and what it is compared with.
type NameKind int32

// The kinds of name. A name of one kind never matches one of another.
const (
	// NameDNS is a DNS name among the subject alternative names of a certificate.
	// There, an asterisk may stand for the whole first label. A name with other
	// letters than those of ASCII is written as DNS has it (xn--...).
	NameDNS NameKind = 1
	// NameIP is an IP address among them, IPv4 or IPv6 as text.
	NameIP NameKind = 2
	// NameURI is a URI among them: with a host, scheme and host have to match;
	// otherwise all of it.
	NameURI NameKind = 3
	// NameEUI64 is an EUI-64 among them, 16 hexadecimal digits or 8 groups of two
	// with '-' or ':' between: a MAC address of 8 bytes, or a URI urn:dev:mac:.
	NameEUI64 NameKind = 4
	// NameSubject is the subject of a certificate, as Identity.Subject has it (RFC
	// 4514).
	NameSubject NameKind = 5
	// NameKey is the public key of any credential, in hexadecimal digits, in the form
	// of Credential.PublicKey.
	NameKey NameKind = 6
	// NameCWT is the claim 'sub' of a CWT.
	NameCWT NameKind = 7
	// NameCCS is the claim 'sub' of a CCS.
	NameCCS NameKind = 8
)

// PeerName is what a peer may be called.
type PeerName struct {
	Kind NameKind
	Text string
}

var nameKindTexts = map[NameKind]string{
	NameDNS: "the DNS name", NameIP: "the IP address", NameURI: "the URI", NameEUI64: "the EUI-64",
	NameSubject: "the subject", NameKey: "the key", NameCWT: "the CWT subject", NameCCS: "the CCS subject",
}

// String returns the name with its kind, for example "the DNS name a.example".
func (n PeerName) String() string { return nameKindTexts[n.Kind] + " " + pkix.Shorten(n.Text) }

// check refuses what is no name of its kind, so that a slip of the host does not look
// like a peer that nobody knows.
func (n PeerName) check() error {
	text := n.Text
	if _, ok := nameKindTexts[n.Kind]; !ok {
		return errorf(ErrUnsupported, "kind of name %d", n.Kind)
	}
	ok := text != ""
	switch n.Kind {
	case NameDNS:
		ok = pkix.IsHost(text)
	case NameIP:
		_, err := netip.ParseAddr(text)
		ok = err == nil
	case NameURI:
		uri, err := url.Parse(text)
		ok = err == nil && uri.IsAbs()
	case NameEUI64:
		_, ok = parseEUI64(text)
	case NameKey:
		key, err := hex.DecodeString(text)
		ok = err == nil && len(key) > 0
	}
	if !ok {
		return errorf(ErrArgument, "%q is not %s", pkix.Shorten(text), strings.TrimPrefix(nameKindTexts[n.Kind], "the "))
	}
	return nil
}

func parseEUI64(text string) (address [8]byte, ok bool) {
	for _, separator := range []string{"-", ":"} {
		groups := strings.Split(text, separator)
		if len(groups) == len(address) && !slices.ContainsFunc(groups, func(g string) bool { return len(g) != 2 }) {
			text = strings.Join(groups, "")
		}
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(address) {
		return address, false
	}
	return [8]byte(b), true
}

// is reports whether a credential has the name.
func (n PeerName) is(c *Credential) bool {
	if c.psk != nil {
		return false
	}
	switch n.Kind {
	case NameKey:
		key, _ := hex.DecodeString(n.Text)
		return bytes.Equal(c.PublicKey(), key)
	case NameCWT, NameCCS:
		want := cred.CWT
		if n.Kind == NameCCS {
			want = cred.CCS
		}
		return c.parsed.Type == want && c.parsed.Identity().Subject == pkix.Printable(n.Text)
	}
	certificate := c.parsed.Certificate()
	if certificate == nil {
		return false
	}
	switch n.Kind {
	case NameDNS:
		return certificate.HasDNS(n.Text)
	case NameIP:
		address, err := netip.ParseAddr(n.Text)
		return err == nil && certificate.HasIP(address)
	case NameURI:
		return certificate.HasURI(n.Text)
	case NameEUI64:
		address, ok := parseEUI64(n.Text)
		return ok && certificate.HasEUI64(address)
	}
	return c.parsed.Identity().Subject == n.Text
}

// ExpectPeer says who the peer of this run has to be: an authenticated peer without
// this name ends the run with ErrPeerRejected. Of several names one is enough. It
// takes the place of Config.AllowedPeers. It is allowed until the peer has
// authenticated.
//
// An Initiator with PolicyX509 has to say so, or to have a Verifier or PullPeer;
// Config.AllowAnyPeer is for those who really mean every holder of a certificate.
// It gives ErrArgument for what is no name of its kind, and ErrPeerRejected if the run
// is a resumption with somebody else. Pre-shared keys of the host's own have
// none of these names and are not asked for one.
func (s *Session) ExpectPeer(kind NameKind, text string) error {
	n := PeerName{kind, text}
	if err := n.check(); err != nil {
		return err
	}
	return s.ask(evExpect, func() error {
		if peerCredential(s.phase) != nil {
			return errorf(ErrState, "the peer has authenticated already")
		}
		names := append(slices.Clip(s.settings.expected), n)
		if key := resumptionOf(s.phase).key(); key != nil {
			if err := isOneOf(key.original(), names); err != nil {
				return err
			}
		}
		s.settings.expected = names
		return nil
	})
}

// checkExpectation refuses an Initiator that would take every holder of a
// certificate for the one that it means.
func (in *env) checkExpectation(auth authentication) error {
	p := in.party
	if in.role != Initiator || p.policy != PolicyX509 || !auth.proves2() ||
		p.anyPeer || p.verifier != nil || p.pull&PullPeer != 0 || len(in.settings.expected)+len(p.allowed) > 0 {
		return nil
	}
	return errorf(ErrState, "with PolicyX509 every holder of a certificate could be the peer: "+
		"say who is meant (ExpectPeer), set a verifier, or AllowAnyPeer")
}

// isExpected refuses a peer that has none of the names that were said.
func (in *env) isExpected(peer *Credential) error {
	if len(in.settings.expected) > 0 {
		return isOneOf(peer, in.settings.expected)
	}
	return isOneOf(peer, in.party.allowed)
}

func isOneOf(peer *Credential, names []PeerName) error {
	if len(names) == 0 || peer.psk != nil || slices.ContainsFunc(names, func(n PeerName) bool { return n.is(peer) }) {
		return nil
	}
	what := names[0].String()
	if len(names) > 1 {
		what = "one of the names that are allowed"
	}
	// What a peer calls itself is as long as it likes, and comes last.
	return errorf(ErrPeerRejected, "%s was expected, and it is %s", what, peer.Describe())
}
