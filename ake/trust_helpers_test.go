package ake

import (
	"crypto/x509"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// What the tests of trust share: issuers, what they certify, and a run in which
// one side presents a credential to the other one, the judge.

var bothRoles = []Role{Initiator, Responder}

// suiteOf is a cipher suite for a kind of authentication key.
var suiteOf = map[KeyKind]int{KeyEd25519: 0, KeyX25519: 0, KeyP256: 2, KeyP384: 24, KeyEd448: 25, KeyX448: 25}

// authority is a root, an intermediate below it, and a leaf below that, which
// has a P-256 key for every use.
type authority struct{ root, inter, leaf *certtest.Entity }

func newAuthority(edits ...certtest.Edit) *authority {
	root := certtest.Root("Root", suite.KeyEd25519)
	inter := certtest.CA("Intermediate", suite.KeyP384, root)
	edits = append([]certtest.Edit{anyUse}, edits...)
	return &authority{root, inter, certtest.Leaf("Device", suite.KeyP256, inter, edits...)}
}

func anyUse(s *certtest.Spec) { s.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement }

// credential is the leaf with its private key, referred to in a certain way, and
// the intermediate with it if the chain is sent.
func (a *authority) credential(t testing.TB, id IDType, value string) *Credential {
	t.Helper()
	chain := [][]byte{a.leaf.DER}
	if id == IDX5Chain || id == IDX5Bag {
		chain = append(chain, a.inter.DER)
	}
	c := newly(t)(CredentialFromX509(chain...))
	must(t, c.SetID(id, []byte(value)))
	must(t, c.SetPrivateKey(a.leaf.Key.Bytes()))
	return c
}

func newly(t testing.TB) func(*Credential, error) *Credential { return value[*Credential](t) }

// trusting makes a Config trust roots, at the time of the certificates.
func trusting(t testing.TB, roots ...*certtest.Entity) func(*hostConfig) {
	return func(c *hostConfig) {
		c.Policy = PolicyX509
		c.AllowAnyPeer = true
		c.SetTime(certtest.Now)
		c.ClockTolerance = NoTolerance
		for _, root := range roots {
			c.TrustAnchors = append(c.TrustAnchors, newly(t)(CredentialFromX509(root.DER)))
		}
	}
}

// all runs several preparations of a Config.
func all(prepare ...func(*hostConfig)) func(*hostConfig) {
	return func(c *hostConfig) {
		for _, p := range prepare {
			p(c)
		}
	}
}

// asks makes a Config ask the host, which answers with list, or ErrNotFound.
func asks(t testing.TB, asked *int, list ...*Credential) func(*hostConfig) {
	return func(c *hostConfig) {
		c.Resolver = func(*Session, []byte) ([]*Credential, error) {
			if asked != nil {
				*asked++
			}
			if list == nil {
				return nil, ErrNotFound
			}
			return list, nil
		}
	}
}

// meeting is a run up to the message in which a side presents its credential.
type meeting struct {
	judge, presenter *Session
	message          []byte
}

// arrange has the side with the given role present a credential, by a method and
// the cipher suite of its key, to a judge that is prepared.
func arrange(t testing.TB, method Method, role Role, presented *Credential, prepare func(*hostConfig)) *meeting {
	t.Helper()
	w := bareWorld(t, method, suiteOf[presented.KeyKind()])
	i, r := w.configI, w.configR
	judge := r
	if role == Initiator {
		w.credI = presented
		i.Peers = append(i.Peers, public(w.credR))
	} else {
		w.credR, judge = presented, i
		r.Peers = append(r.Peers, public(w.credI))
	}
	i.Own = append(i.Own, w.credI)
	r.Own = append(r.Own, w.credR)
	prepare(judge)
	sessionI, sessionR := w.sessions(t)
	pass(t, 1, sessionI, sessionR)
	if role == Responder {
		return &meeting{sessionI, sessionR, value[[]byte](t)(sessionR.PrepareMessage2())}
	}
	pass(t, 2, sessionI, sessionR)
	return &meeting{sessionR, sessionI, value[[]byte](t)(sessionI.PrepareMessage3())}
}

// process is what the judge makes of the message.
func (m *meeting) process() error {
	if m.judge.role == Initiator {
		return m.judge.ProcessMessage2(m.message)
	}
	return m.judge.ProcessMessage3(m.message)
}

// present is arrange and process.
func present(t testing.TB, method Method, role Role, presented *Credential, prepare func(*hostConfig)) (*Session, error) {
	t.Helper()
	m := arrange(t, method, role, presented, prepare)
	return m.judge, m.process()
}

// wantVerdict checks how a judge decided, and what the peer hears of it: nothing
// tells why a credential or its owner is refused.
func wantVerdict(t testing.TB, what string, s *Session, err error, want Status) {
	t.Helper()
	wantStatus(t, what, err, want)
	if want == OK || want.Pending() || StatusOf(err) != want {
		return
	}
	if s.phase.state() != StateFailed {
		t.Errorf("%s: the run goes on in %v", what, s.phase.state())
	}
	reply := value[[]byte](t)(s.PrepareError())
	switch expected := append([]byte{1}, cborx.AppendText(nil, "authentication failed")...); want {
	case ErrCredentialUnknown:
		wantBytes(t, what+": error message", reply, []byte{3, 0xf5})
	case ErrCredentialUnsupported:
		wantBytes(t, what+": error message", reply, append([]byte{1}, cborx.AppendText(nil, "credential type not supported")...))
	default:
		wantBytes(t, what+": error message", reply, expected)
	}
	if s.PeerCredential() != nil {
		t.Errorf("%s: there is a peer", what)
	}
	if _, err := s.Export(40000, nil, 16); StatusOf(err) != ErrState {
		t.Errorf("%s: there are keys", what)
	}
}

// cwtOf has an issuer certify the subject's P-256 key until 2045.
func cwtOf(t testing.TB, issuer *suite.PrivateKey, iss string, edits ...func(claims map[int64]int64)) *Credential {
	t.Helper()
	private, key, err := GenerateKey(KeyP256)
	must(t, err)
	dates := map[int64]int64{4: certtest.NotAfter.Unix(), 5: certtest.NotBefore.Unix()}
	for _, edit := range edits {
		edit(dates)
	}
	size := 2 + len(dates)
	if iss != "" {
		size++
	}
	claims := cborx.AppendMap(nil, size)
	if iss != "" {
		claims = cborx.AppendText(cborx.AppendInt(claims, 1), iss)
	}
	claims = cborx.AppendText(cborx.AppendInt(claims, 2), "sensor-7")
	for _, label := range []int64{4, 5, 6} {
		if date, ok := dates[label]; ok {
			claims = cborx.AppendInt(cborx.AppendInt(claims, label), date)
		}
	}
	cnf := cose.Key{Curve: cose.CurveP256, X: key[:32], Y: key[32:], Kid: []byte("s7")}
	claims = append(cborx.AppendInt(cborx.AppendMap(cborx.AppendInt(claims, 8), 1), 1), cnf.Encode()...)
	c := newly(t)(CredentialFromCWT(value[[]byte](t)(cred.SignCWT(claims, issuer, nil))))
	must(t, c.SetPrivateKey(private))
	return c
}

// issuerOf is a credential for a bare key: an issuer of CWTs.
func issuerOf(t testing.TB, key *suite.PublicKey) *Credential {
	t.Helper()
	return newly(t)(CredentialFromParts(cose.KidID([]byte("issuer")), []byte{0xf6}, KeyKind(key.Kind()), key.Bytes()))
}

func newKey(t testing.TB, kind KeyKind) *suite.PrivateKey {
	t.Helper()
	return value[*suite.PrivateKey](t)(suite.GenerateKey(suite.KeyKind(kind), nil))
}
