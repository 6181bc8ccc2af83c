package ake

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

var policyNames = map[PeerPolicy]string{
	PolicyPinned: "PINNED", PolicyX509: "X509", PolicyCallback: "CALLBACK", PolicyLearn: "LEARN", PolicyAnyInsecure: "ANY_INSECURE",
}

// TestR17_PolicyTable has what every policy makes of every kind of credential
// that is not pinned, of either side, without an answer of the host.
func TestR17_PolicyTable(t *testing.T) {
	a := newAuthority()
	issuer := newKey(t, KeyEd25519)
	raw := func(id IDType) *Credential {
		c := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
		must(t, c.SetID(id, []byte("s7")))
		return c
	}
	const (
		no        = ErrCredentialUntrusted
		unknown   = ErrCredentialUnknown
		unfetched = ErrCredentialUnsupported
	)
	for _, test := range []struct {
		name      string
		presented *Credential
		want      [5]Status // by policy
	}{
		{"a raw key by value", raw(IDKccs), [5]Status{no, no, no, OK, OK}},
		{"a raw key by kid", raw(IDKid), [5]Status{unknown, unknown, unknown, unknown, unknown}},
		{"a chain", a.credential(t, IDX5Chain, ""), [5]Status{no, OK, no, no, OK}},
		{"a bag", a.credential(t, IDX5Bag, ""), [5]Status{no, OK, no, no, OK}},
		{"a chain of strangers", newAuthority().credential(t, IDX5Chain, ""), [5]Status{no, ErrUnknownIssuer, no, no, OK}},
		{"a certificate by short hash", a.credential(t, IDX5T, ""), [5]Status{unknown, unknown, unknown, unknown, unknown}},
		{"a certificate by hash", a.credential(t, IDX5TSHA256, ""), [5]Status{unknown, unknown, unknown, unknown, unknown}},
		{"a certificate by URI", a.credential(t, IDX5U, "coap://a"), [5]Status{unfetched, unfetched, unfetched, unfetched, unfetched}},
		{"a CWT", cwtOf(t, issuer, ""), [5]Status{no, OK, no, no, OK}},
		{"a CWT of strangers", cwtOf(t, newKey(t, KeyEd25519), ""), [5]Status{no, ErrIssuerSignature, no, no, OK}},
	} {
		for policy, name := range policyNames {
			for _, role := range bothRoles {
				for method := range Method(4) {
					asked := 0
					s, err := present(t, method, role, test.presented, func(c *hostConfig) {
						asks(t, &asked)(c)
						if policy == PolicyX509 {
							trusting(t, a.root)(c)
							c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), ""})
						}
						c.Policy = policy
					})
					what := fmt.Sprintf("%s, policy %s, method %d, presented by the %v", test.name, name, method, role)
					want := test.want[policy-1]
					wantVerdict(t, what, s, err, want)
					if wantAsked := want == no || want == unknown || want == unfetched; wantAsked != (asked == 1) {
						t.Errorf("%s: the host was asked %d times", what, asked)
					}
				}
			}
		}
	}
}

// TestPinnedInEveryPolicy: what is pinned is trusted, whoever else vouches for
// it, and without a question. With PolicyCallback the host is asked all the same.
func TestPinnedInEveryPolicy(t *testing.T) {
	a := newAuthority(func(s *certtest.Spec) { s.NotAfter = certtest.NotBefore.Add(time.Hour) }) // expired
	raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	for _, presented := range []*Credential{raw, a.credential(t, IDX5T, ""), a.credential(t, IDX5Chain, ""), a.credential(t, IDX5Bag, "")} {
		for policy, name := range policyNames {
			asked := 0
			s, err := present(t, 3, Initiator, presented, func(c *hostConfig) {
				c.Peers = append(c.Peers, public(presented))
				c.Policy = policy
				asks(t, &asked)(c)
			})
			if policy != PolicyCallback {
				wantVerdict(t, name, s, err, OK)
			} else if err == nil {
				t.Errorf("%x: the host did not trust it", presented.IDCred()[:4])
			}
			if (asked == 1) != (policy == PolicyCallback) {
				t.Errorf("%s: the host was asked %d times", name, asked)
			}
			if isNew := s.PeerIsNew(); isNew {
				t.Errorf("%s: a pinned credential is new", name)
			}
		}
	}
}

// TestAnswersInEveryPolicy: what the host answers with is trusted, but that
// PolicyX509 holds certificates and CWTs against the issuers wherever they come
// from.
func TestAnswersInEveryPolicy(t *testing.T) {
	a, stranger := newAuthority(), newAuthority()
	cwt := cwtOf(t, newKey(t, KeyEd25519), "")
	must(t, cwt.SetID(IDKid, []byte("s7")))
	for _, test := range []struct {
		name      string
		presented *Credential
		want      Status // with PolicyX509
	}{
		{"a raw key", newCCS(t, KeyP256, "sensor-7", []byte("s7")), OK},
		{"a CWT", cwt, ErrIssuerSignature},
		{"a certificate", a.credential(t, IDX5T, ""), OK},
		{"a certificate by kid", a.credential(t, IDKid, "s7"), OK},
		{"a certificate by URI", a.credential(t, IDX5U, "coap://a"), OK},
		{"a certificate of strangers", stranger.credential(t, IDX5TSHA256, ""), ErrUnknownIssuer},
		{"a certificate of strangers by kid", stranger.credential(t, IDKid, "s7"), ErrUnknownIssuer},
		{"a certificate of strangers by URI", stranger.credential(t, IDX5U, "coap://a"), ErrUnknownIssuer},
	} {
		for policy, name := range policyNames {
			for _, pull := range []bool{false, true} {
				m := arrange(t, 0, Initiator, test.presented, func(c *hostConfig) {
					if policy == PolicyX509 {
						trusting(t, a.root)(c)
						c.Intermediates = append(c.Intermediates, newly(t)(CredentialFromX509(a.inter.DER)))
						c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, newKey(t, KeyEd25519).Public()), ""})
					}
					c.Policy = policy
					if pull {
						c.Pull = PullCredential
					} else {
						asks(t, nil, public(test.presented))(c)
					}
				})
				err := m.process()
				if pull {
					wantStatus(t, test.name, err, PendingCredential)
					must(t, m.judge.SetPeerCredential(public(test.presented)))
					err = m.judge.Continue()
				}
				want := test.want
				if policy != PolicyX509 {
					want = OK
				}
				wantVerdict(t, fmt.Sprintf("%s, policy %s, pull %v", test.name, name, pull), m.judge, err, want)
				if isNew := m.judge.PeerIsNew(); isNew {
					t.Errorf("%s, policy %s: what the host answers with is new", test.name, name)
				}
			}
		}
	}
}

// TestAnswerIsPinned: a pinned certificate needs no issuer and no date, also when
// it is referred to in a way that only the host understands.
func TestAnswerIsPinned(t *testing.T) {
	a := newAuthority(func(s *certtest.Spec) { s.NotAfter = certtest.NotBefore.Add(time.Hour) }) // expired
	for pinned, want := range map[bool]Status{true: OK, false: ErrExpired} {
		presented := a.credential(t, IDX5U, "coap://a")
		s, err := present(t, 3, Initiator, presented, func(c *hostConfig) {
			trusting(t, a.root)(c)
			c.Intermediates = append(c.Intermediates, newly(t)(CredentialFromX509(a.inter.DER)))
			if pinned {
				c.Peers = append(c.Peers, newly(t)(CredentialFromX509(a.leaf.DER)))
			}
			asks(t, nil, newly(t)(CredentialFromX509(a.leaf.DER)))(c)
		})
		wantVerdict(t, fmt.Sprint("pinned ", pinned), s, err, want)
	}
}

// x5 makes an ID_CRED_x map of x5t and x5u, each if it is there.
func x5(hash *cose.CertHash, uri string) []byte {
	size := 0
	var body []byte
	if hash != nil {
		size, body = size+1, append(body, cose.X5TID(*hash)[1:]...)
	}
	if uri != "" {
		size, body = size+1, append(body, cose.X5UID(uri)[1:]...)
	}
	return append(cborx.AppendMap(nil, size), body...)
}

// TestR09_X5U: the library fetches nothing. The URI goes to the host, which
// supplies the certificate; it is checked like any other, and against the hash
// if there is one, too.
func TestR09_X5U(t *testing.T) {
	const uri = "coap://store.example/device"
	a, stranger := newAuthority(), newAuthority()
	second := certtest.Leaf("Device", suite.KeyP256, a.inter, anyUse)
	short, long := cred.CertHash(a.leaf.DER, cose.AlgSHA25664), cred.CertHash(a.leaf.DER, cose.AlgSHA256)
	other := cred.CertHash(second.DER, cose.AlgSHA25664)
	certificates := func(chain ...*certtest.Entity) *Credential {
		var ders [][]byte
		for _, entity := range chain {
			ders = append(ders, entity.DER)
		}
		return newly(t)(CredentialFromX509(ders...))
	}
	for _, test := range []struct {
		name   string
		id     []byte
		answer *Credential
		want   Status
	}{
		{"by URI", x5(nil, uri), certificates(a.leaf, a.inter), OK},
		{"by URI and short hash", x5(&short, uri), certificates(a.leaf, a.inter), OK},
		{"by URI and hash", x5(&long, uri), certificates(a.leaf, a.inter), OK},
		{"without its issuer", x5(nil, uri), certificates(a.leaf), ErrUnknownIssuer},
		{"of another authority", x5(nil, uri), certificates(stranger.leaf, stranger.inter), ErrUnknownIssuer},
		{"of another authority, with the hash of the first", x5(&short, uri), certificates(stranger.leaf, stranger.inter), ErrCertificateHash},
		{"of the same authority, with another key", x5(nil, uri), certificates(second, a.inter), ErrSignature},
		{"of the same authority, but another hash", x5(&short, uri), certificates(second, a.inter), ErrCertificateHash},
		{"with the hash of another one", x5(&other, uri), certificates(a.leaf, a.inter), ErrCertificateHash},
		{"with a hash of another kind", x5(&cose.CertHash{Algorithm: -43, Value: make([]byte, 48)}, uri), certificates(a.leaf, a.inter), ErrCredentialUnsupported},
		{"not found", x5(nil, uri), nil, ErrCredentialUnsupported},
	} {
		for _, role := range bothRoles {
			for _, pull := range []bool{false, true} {
				what := fmt.Sprintf("%s, of the %v, pull %v", test.name, role, pull)
				presented := a.credential(t, IDX5T, "")
				must(t, presented.SetIDCred(test.id))
				var seen []byte
				m := arrange(t, 0, role, presented, func(c *hostConfig) {
					trusting(t, a.root)(c)
					if pull {
						c.Pull = PullCredential
						return
					}
					c.Resolver = func(_ *Session, idCred []byte) ([]*Credential, error) {
						if seen = idCred; test.answer == nil {
							return nil, ErrNotFound
						}
						return []*Credential{test.answer}, nil
					}
				})
				err := m.process()
				if StatusOf(err) == PendingCredential {
					seen = m.judge.PeerIDCred()
					if test.answer == nil {
						must(t, m.judge.RejectPeer(ErrCredentialUnknown))
						err = m.judge.phase.(*failed).cause
					} else {
						must(t, m.judge.SetPeerCredential(test.answer))
						err = m.judge.Continue()
					}
				}
				wantVerdict(t, what, m.judge, err, test.want)
				if asked := test.name != "with a hash of another kind"; asked != bytes.Contains(seen, []byte(uri)) {
					t.Errorf("%s: the host was asked about %q", what, seen)
				}
			}
		}
	}
}

// TestR09_X5T: certificates that are known beforehand are found by both hashes,
// in the map as it comes.
func TestR09_X5T(t *testing.T) {
	a, second := newAuthority(), newAuthority()
	short, long := cred.CertHash(a.leaf.DER, cose.AlgSHA25664), cred.CertHash(a.leaf.DER, cose.AlgSHA256)
	broken := func(h cose.CertHash) []byte {
		h.Value = slices.Clone(h.Value)
		h.Value[len(h.Value)-1] ^= 1
		return cose.X5TID(h)
	}
	for _, test := range []struct {
		name string
		id   []byte
		want Status
	}{
		{"short", cose.X5TID(short), OK},
		{"long", cose.X5TID(long), OK},
		{"with a URI", x5(&short, "coap://a"), OK},
		{"short, a bit flipped", broken(short), ErrCredentialUnknown},
		{"long, a bit flipped", broken(long), ErrCredentialUnknown},
		{"short, said to be long", cose.X5TID(cose.CertHash{Algorithm: cose.AlgSHA256, Value: short.Value}), ErrCredentialMalformed},
		{"long, said to be short", cose.X5TID(cose.CertHash{Algorithm: cose.AlgSHA25664, Value: long.Value}), ErrCredentialMalformed},
		{"cut", cose.X5TID(cose.CertHash{Algorithm: cose.AlgSHA25664, Value: short.Value[:7]}), ErrCredentialMalformed},
		{"empty", cose.X5TID(cose.CertHash{Algorithm: cose.AlgSHA256}), ErrCredentialMalformed},
		{"SHA-1", cose.X5TID(cose.CertHash{Algorithm: -14, Value: make([]byte, 20)}), ErrCredentialUnsupported},
		{"SHA-512", cose.X5TID(cose.CertHash{Algorithm: -44, Value: make([]byte, 64)}), ErrCredentialUnsupported},
		{"SHA-384", cose.X5TID(cose.CertHash{Algorithm: -43, Value: make([]byte, 48)}), ErrCredentialUnsupported},
		{"a hash with a name", []byte{0xa1, 0x18, 34, 0x82, 0x63, 'm', 'd', '5', 0x41, 1}, ErrCredentialUnsupported},
	} {
		for _, role := range bothRoles {
			presented := a.credential(t, IDX5T, "")
			must(t, presented.SetIDCred(test.id))
			s, err := present(t, 3, role, presented, func(c *hostConfig) {
				c.Peers = append(c.Peers, newly(t)(CredentialFromX509(second.leaf.DER)))
				c.Peers = append(c.Peers, newly(t)(CredentialFromX509(a.leaf.DER)))
			})
			wantVerdict(t, fmt.Sprintf("%s, of the %v", test.name, role), s, err, test.want)
		}
	}
}

// TestHashBesideValue: a hash beside a chain says which certificate is meant.
func TestHashBesideValue(t *testing.T) {
	a := newAuthority()
	chain := cose.X5ChainID([][]byte{a.leaf.DER, a.inter.DER})[1:]
	bag := cose.X5BagID([][]byte{a.inter.DER, a.leaf.DER})[1:]
	for _, certificates := range [][]byte{chain, bag} {
		for meant, want := range map[*certtest.Entity]Status{a.leaf: OK, a.inter: ErrCertificateHash} {
			for _, policy := range []PeerPolicy{PolicyX509, PolicyAnyInsecure} {
				presented := a.credential(t, IDX5T, "")
				hash := cose.X5TID(cred.CertHash(meant.DER, cose.AlgSHA256))[1:]
				must(t, presented.SetIDCred(slices.Concat([]byte{0xa2}, certificates, hash)))
				s, err := present(t, 0, Initiator, presented, func(c *hostConfig) {
					if policy == PolicyX509 {
						trusting(t, a.root)(c)
					}
					c.Policy = policy
				})
				wantVerdict(t, policyNames[policy]+" with "+meant.Cert.Subject.CommonName, s, err, want)
			}
		}
	}
}

// TestR06_Intermediates: what a peer leaves out of its chain may be in the Config,
// where it is trusted only if it leads to an anchor.
func TestR06_Intermediates(t *testing.T) {
	a, stranger := newAuthority(), newAuthority()
	certificate := func(e *certtest.Entity) *Credential { return newly(t)(CredentialFromX509(e.DER)) }
	alone := a.credential(t, IDX5T, "")
	must(t, alone.SetIDCred(cose.X5ChainID([][]byte{a.leaf.DER})))
	for _, test := range []struct {
		name    string
		prepare func(*hostConfig)
		want    Status
	}{
		{"known", func(c *hostConfig) { c.Intermediates = append(c.Intermediates, certificate(a.inter)) }, OK},
		{"of a chain", func(c *hostConfig) {
			c.Intermediates = append(c.Intermediates, newly(t)(CredentialFromX509(stranger.inter.DER, a.inter.DER)))
		}, OK},
		{"as an anchor", func(c *hostConfig) { c.TrustAnchors = append(c.TrustAnchors, certificate(a.inter)) }, OK},
		{"unknown", func(*hostConfig) {}, ErrUnknownIssuer},
		{"of strangers", func(c *hostConfig) { c.Intermediates = append(c.Intermediates, certificate(stranger.inter)) }, ErrUnknownIssuer},
		{"the leaf itself", func(c *hostConfig) { c.Intermediates = append(c.Intermediates, certificate(a.leaf)) }, ErrUnknownIssuer},
	} {
		s, err := present(t, 0, Responder, alone, all(trusting(t, a.root), test.prepare))
		wantVerdict(t, test.name, s, err, test.want)
	}
	// An intermediate alone is no anchor.
	s, err := present(t, 0, Initiator, alone, all(trusting(t), func(c *hostConfig) {
		c.Intermediates = append(c.Intermediates, certificate(a.inter))
		c.Intermediates = append(c.Intermediates, certificate(a.root))
	}))
	wantVerdict(t, "intermediates without an anchor", s, err, ErrUnknownIssuer)
}

// TestSetTime: dates are those of the Config's clock, which may be set while
// sessions run.
func TestSetTime(t *testing.T) {
	from, until := certtest.Now.Add(-time.Hour), certtest.Now.Add(time.Hour)
	a := newAuthority(func(s *certtest.Spec) { s.NotBefore, s.NotAfter = from, until })
	for now, want := range map[time.Time]Status{
		certtest.Now: OK, from: OK, from.Add(-time.Second): ErrNotYetValid, until.Add(time.Second): ErrExpired,
		time.Unix(1, 0): ErrNotYetValid, certtest.NotAfter.Add(time.Hour): ErrExpired, {}: ErrNotYetValid, // the system's
	} {
		m := arrange(t, 0, Initiator, a.credential(t, IDX5Chain, ""), trusting(t, a.root))
		setTime(m.judge.party, now)
		wantVerdict(t, fmt.Sprint("certificate at ", now), m.judge, m.process(), want)
	}
	issuer := newKey(t, KeyP256)
	cwt := cwtOf(t, issuer, "", func(d map[int64]int64) { d[5], d[4] = from.Unix(), until.Unix() })
	for now, want := range map[time.Time]Status{
		certtest.Now: OK, from: OK, from.Add(-time.Second): ErrNotYetValid, until: ErrExpired, {}: ErrNotYetValid,
	} {
		m := arrange(t, 3, Responder, cwt, all(trusting(t), func(c *hostConfig) {
			c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), ""})
		}))
		setTime(m.judge.party, now)
		wantVerdict(t, fmt.Sprint("CWT at ", now), m.judge, m.process(), want)
	}
}

// TestR07_KeyUsageByMethod: who signs needs digitalSignature, who does static
// Diffie-Hellman needs keyAgreement, on either side of every method.
func TestR07_KeyUsageByMethod(t *testing.T) {
	for usage, fits := range map[x509.KeyUsage]func(signs bool) bool{
		0:                             func(bool) bool { return true }, // no extension
		x509.KeyUsageDigitalSignature: func(signs bool) bool { return signs },
		x509.KeyUsageKeyAgreement:     func(signs bool) bool { return !signs },
		x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement:    func(bool) bool { return true },
		x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment: func(bool) bool { return false },
		x509.KeyUsageCertSign: func(bool) bool { return false },
	} {
		a := newAuthority(func(s *certtest.Spec) { s.KeyUsage = usage })
		for method := range Method(4) {
			for _, role := range bothRoles {
				want := ErrKeyUsage
				if fits(signsIn(method, role)) {
					want = OK
				}
				what := fmt.Sprintf("key usage %b of the %v in method %d", usage, role, method)
				s, err := present(t, method, role, a.credential(t, IDX5Chain, ""), trusting(t, a.root))
				wantVerdict(t, what, s, err, want)
				// The same of a certificate that the host supplies.
				s, err = present(t, method, role, a.credential(t, IDX5U, "coap://a"), all(trusting(t, a.root),
					asks(t, nil, public(a.credential(t, IDX5Chain, "")))))
				wantVerdict(t, what+", by URI", s, err, want)
			}
		}
	}
}

// TestVerifyCredential is what a host can ask without a session.
func TestVerifyCredential(t *testing.T) {
	a := newAuthority(func(s *certtest.Spec) { s.KeyUsage = x509.KeyUsageDigitalSignature })
	issuer := newKey(t, KeyP384)
	psk := newPSK(t, 2, []byte{1}, "i", "r")
	for _, test := range []struct {
		name       string
		credential *Credential
		signs      bool
		want       Status
	}{
		{"a certificate that signs", a.credential(t, IDX5Chain, ""), true, OK},
		{"a certificate that agrees", a.credential(t, IDX5Chain, ""), false, ErrKeyUsage},
		{"without its issuer", a.credential(t, IDX5T, ""), true, ErrUnknownIssuer},
		{"of strangers", newAuthority().credential(t, IDX5Chain, ""), true, ErrUnknownIssuer},
		{"the anchor", newly(t)(CredentialFromX509(a.root.DER)), true, ErrKeyUsage},
		{"a CWT", cwtOf(t, issuer, "home"), true, OK},
		{"a CWT of another issuer", cwtOf(t, issuer, "away"), true, ErrUnknownIssuer},
		{"a raw key", newCCS(t, KeyP256, "x", nil), true, ErrCredentialUntrusted},
		{"parts", issuerOf(t, issuer.Public()), true, ErrCredentialUntrusted},
		{"a pre-shared key", psk, true, ErrCredentialUntrusted},
	} {
		c := newConfig()
		trusting(t, a.root)(c)
		c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), "home"})
		for _, policy := range []PeerPolicy{PolicyX509, PolicyCallback} { // the policy does not matter
			c.Policy = policy
			p := value[*Party](t)(NewParty(c.Config))
			wantStatus(t, test.name, p.VerifyCredential(test.credential, test.signs), test.want)
		}
	}
}

// TestIssuersWithoutPolicy: issuers that the policy has no use for are a mistake,
// which the host hears of before it trusts nobody or, worse, everybody.
func TestIssuersWithoutPolicy(t *testing.T) {
	a := newAuthority()
	anchor := func(c *hostConfig) { c.TrustAnchors = append(c.TrustAnchors, newly(t)(CredentialFromX509(a.root.DER))) }
	issuer := func(c *hostConfig) {
		c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, newKey(t, KeyEd25519).Public()), ""})
	}
	for policy, name := range policyNames {
		for _, prepare := range []func(*hostConfig){anchor, issuer} {
			want := ErrArgument
			if policy == PolicyX509 || policy == PolicyCallback { // which may ask VerifyCredential
				want = OK
			}
			for _, role := range bothRoles {
				c := newConfig()
				prepare(c)
				c.Policy = policy
				_, err := c.NewSession(role)
				wantStatus(t, name, err, want)
				if want != OK { // it can be made good
					if !strings.Contains(err.Error(), "policy X509") {
						t.Errorf("%q does not name the policy", err)
					}
					c.Policy = PolicyX509
					c.AllowAnyPeer = true
					_, err = c.NewSession(role)
					wantStatus(t, name, err, OK)
				}
			}
		}
	}
}

// TestIssuersRefused has what can be no issuer.
func TestIssuersRefused(t *testing.T) {
	raw, agrees := newCCS(t, KeyP256, "x", nil), newCCS(t, KeyX25519, "x", nil)
	psk := newPSK(t, 2, []byte{1}, "i", "r")
	cwt := cwtOf(t, newKey(t, KeyEd25519), "")
	parts := issuerOf(t, newKey(t, KeyEd25519).Public())
	broken := newly(t)(CredentialFromX509(newAuthority().leaf.DER, []byte("no certificate")))
	anchor := func(c *Credential) error { return checked(Config{Policy: PolicyX509, TrustAnchors: []*Credential{c}}) }
	intermediate := func(c *Credential) error { return checked(Config{Policy: PolicyX509, Intermediates: []*Credential{c}}) }
	cwtIssuer := func(c *Credential) error {
		return checked(Config{Policy: PolicyX509, CWTIssuers: []CWTIssuer{{c, ""}}})
	}
	for name, test := range map[string]struct {
		err  error
		want Status
	}{
		"a raw key as anchor":             {anchor(raw), ErrArgument},
		"a CWT as anchor":                 {anchor(cwt), ErrArgument},
		"parts as anchor":                 {anchor(parts), ErrArgument},
		"a pre-shared key as anchor":      {anchor(psk), ErrArgument},
		"a raw key as intermediate":       {intermediate(raw), ErrArgument},
		"a broken chain as anchor":        {anchor(broken), ErrCredentialMalformed},
		"a broken chain as intermediate":  {intermediate(broken), ErrCredentialMalformed},
		"a pre-shared key as CWT issuer":  {cwtIssuer(psk), ErrArgument},
		"a key that cannot sign":          {cwtIssuer(agrees), ErrUnsupported},
		"a pre-shared key as own":         {checked(Config{Own: []*Credential{psk}}), ErrArgument},
		"a pre-shared key as peer":        {checked(Config{Peers: []*Credential{psk}}), ErrArgument},
		"a certificate as pre-shared key": {checked(Config{InitiatorPSKs: []*Credential{raw}}), ErrArgument},
	} {
		wantStatus(t, name, test.err, test.want)
	}
}
