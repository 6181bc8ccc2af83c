package ake

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// Certificates with RSA keys certify others. The certificate test set has the
// paths; here is what else there is to do with such a credential.

func rsaRoot(edits ...certtest.Edit) *certtest.Entity {
	return certtest.Root("RSA root", suite.KeyEd25519, append(edits, certtest.RSA(2048))...)
}

// rsaCredentials are the forms in which a certificate can become a credential.
func rsaCredentials(t testing.TB, e *certtest.Entity) map[string]*Credential {
	t.Helper()
	file := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.DER})
	c509 := value[[]byte](t)(C509FromX509(e.DER))
	return map[string]*Credential{
		"X.509":   newly(t)(CredentialFromX509(e.DER)),
		"a chain": newly(t)(CredentialFromX509(e.DER, e.DER)),
		"PEM":     newly(t)(CredentialFromPEM(file)),
		"C509":    newly(t)(CredentialFromC509(c509)),
		"x5chain": newly(t)(CredentialFromIDCred(cose.X5ChainID([][]byte{e.DER}))),
		"x5bag":   newly(t)(CredentialFromIDCred(cose.X5BagID([][]byte{e.DER}))),
		"c5c":     newly(t)(CredentialFromIDCred(cose.C5CID([][]byte{c509}))),
	}
}

// anchored is a Party that trusts anchors.
func anchored(t testing.TB, config Config, anchors []*Credential) *Party {
	t.Helper()
	config.TrustAnchors = anchors
	return value[*Party](t)(NewParty(config))
}

// TestR06_RSAHasNoKey: a certificate with an RSA key can be looked at and can
// certify. All that needs a key of EDHOC refuses it, and says why.
func TestR06_RSAHasNoKey(t *testing.T) {
	root := rsaRoot()
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: value[[]byte](t)(x509.MarshalPKCS8PrivateKey(root.RSA))})
	scalar, _, err := GenerateKey(KeyP256)
	must(t, err)
	other := newCCS(t, KeyP256, "sensor-7", nil)
	for form, c := range rsaCredentials(t, root) {
		w := newWorld(t, 3, 2)
		i, r := w.sessions(t)
		config := Config{Policy: PolicyX509, Clock: func() time.Time { return certtest.Now }}
		list := []*Credential{c}
		for call, row := range map[string]struct {
			err  error
			want Status
		}{
			"TrustAnchors":           {checked(Config{Policy: PolicyX509, TrustAnchors: list}), OK},
			"Intermediates":          {checked(Config{Policy: PolicyX509, Intermediates: list}), OK},
			"Own":                    {checked(Config{Own: list}), ErrKeyKind},
			"Peers":                  {checked(Config{Peers: list}), ErrKeyKind},
			"CWTIssuers":             {checked(Config{Policy: PolicyX509, CWTIssuers: []CWTIssuer{{Credential: c}}}), ErrUnsupported},
			"VerifyCredential":       {anchored(t, config, list).VerifyCredential(c, true), ErrKeyKind},
			"VerifyCredential, ECDH": {anchored(t, config, list).VerifyCredential(c, false), ErrKeyKind},
			"SetPrivateKey":          {c.SetPrivateKey(scalar), ErrKeyKind},
			"SetPrivateKey, nothing": {c.SetPrivateKey(nil), ErrKeyKind},
			"SetPrivateKeyPEM":       {c.SetPrivateKeyPEM(private), ErrKeyKind},
			"SetExternalKey":         {c.SetExternalKey(), ErrUnsupported},
			"SetSigner":              {c.SetSigner(func([]byte) ([]byte, error) { return nil, nil }), ErrUnsupported},
			"SetECDH":                {c.SetECDH(func([]byte) ([]byte, error) { return nil, nil }), ErrUnsupported},
			"SetOwnCredential":       {i.SetOwnCredential(c), ErrKeyKind},
		} {
			wantStatus(t, form+": "+call, row.err, row.want)
			if row.want != OK && !strings.Contains(row.err.Error(), "RSA key, which can only certify others") {
				t.Errorf("%s: %s: %v", form, call, row.err)
			}
		}
		handshake(t, i, r, 4) // as if nothing had been asked
		if c.KeyKind() != 0 || c.PublicKey() != nil || c.HasPrivateKey() || len(c.Bytes()) == 0 {
			t.Errorf("%s: a key of kind %v", form, c.KeyKind())
		}
		if line := c.Describe(); line != "CN=RSA root,O=Certtest, RSA key" {
			t.Errorf("%s: %q", form, line)
		}
		if id := c.Identity(); id.Subject == "" || id.Fingerprint == [32]byte{} || !id.NotAfter.Equal(certtest.NotAfter) {
			t.Errorf("%s: %+v", form, id)
		}
		if !c.same(c) || c.same(other) || other.same(c) || len(c.names()) < 2 || len(c.fingerprint()) == 0 {
			t.Errorf("%s: it is not what it is", form)
		}
	}
}

// TestR06_RSATooWeak: what is too small, or too large to be checked for a peer, is
// no certificate of an authority.
func TestR06_RSATooWeak(t *testing.T) {
	for _, bits := range []int{1024, 2046} {
		small := certtest.Root("Small", suite.KeyEd25519, certtest.RSA(bits))
		c509 := value[[]byte](t)(C509FromX509(small.DER))
		for form, from := range map[string]func() (*Credential, error){
			"X.509":   func() (*Credential, error) { return CredentialFromX509(small.DER) },
			"PEM":     func() (*Credential, error) { return CredentialFromPEM(small.DER) },
			"C509":    func() (*Credential, error) { return CredentialFromC509(c509) },
			"x5chain": func() (*Credential, error) { return CredentialFromIDCred(cose.X5ChainID([][]byte{small.DER})) },
		} {
			_, err := from()
			wantStatus(t, form, err, ErrCredentialMalformed)
			if want := fmt.Sprintf("RSA key of %d bits", bits); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", form, err, want)
			}
		}
		// Behind another certificate it is not looked at before it is needed.
		leaf := certtest.Leaf("Device", suite.KeyP256, small, anyUse)
		presented := newly(t)(CredentialFromX509(leaf.DER))
		must(t, presented.SetPrivateKey(leaf.Key.Bytes()))
		must(t, presented.SetID(IDX5Chain, nil))
		s, err := present(t, 3, Initiator, presented, all(trusting(t), func(c *hostConfig) {
			c.TrustAnchors = append(c.TrustAnchors, newly(t)(CredentialFromX509(rsaRoot().DER, small.DER)))
		}))
		wantVerdict(t, "below a small intermediate", s, err, ErrUnknownIssuer) // no anchor signed that
	}
	weak := certtest.Leaf("Device", suite.KeyP256, rsaRoot(), anyUse, certtest.SignedAs(certtest.RSAScheme{Hash: crypto.SHA1}))
	c := newConfig()
	trusting(t, rsaRoot())(c)
	err := value[*Party](t)(c.made()).VerifyCredential(newly(t)(CredentialFromX509(weak.DER)), true)
	wantStatus(t, "SHA-1", err, ErrIssuerSignature)
	if !strings.Contains(err.Error(), "SHA1-RSA") {
		t.Errorf("SHA-1: %v", err)
	}
}

// TestR06_RSAPresented has somebody present an RSA certificate, by value and by
// URI, in every policy.
func TestR06_RSAPresented(t *testing.T) {
	root := rsaRoot()
	device := certtest.Leaf("RSA device", suite.KeyP256, root, certtest.RSA(2048, 1), anyUse)
	c509 := value[[]byte](t)(C509FromX509(device.DER))
	private, public, err := GenerateKey(KeyP256)
	must(t, err)
	for name, c := range map[string]struct {
		id, cred []byte
		answer   *Credential
	}{
		"x5chain": {cose.X5ChainID([][]byte{device.DER, root.DER}), cborx.AppendBytes(nil, device.DER), newly(t)(CredentialFromX509(device.DER))},
		"x5bag":   {cose.X5BagID([][]byte{root.DER, device.DER}), cborx.AppendBytes(nil, device.DER), newly(t)(CredentialFromX509(device.DER))},
		"c5c":     {cose.C5CID([][]byte{c509}), c509, newly(t)(CredentialFromC509(c509))},
		"x5u":     {cose.X5UID("coap://a"), cborx.AppendBytes(nil, device.DER), newly(t)(CredentialFromX509(device.DER))},
	} {
		presented := newly(t)(CredentialFromParts(c.id, c.cred, KeyP256, public))
		must(t, presented.SetPrivateKey(private))
		for policy, policyName := range policyNames {
			for _, role := range bothRoles {
				for _, answered := range []bool{false, true} {
					want := ErrCredentialUntrusted
					switch {
					case answered, name != "x5u" && (policy == PolicyX509 || policy == PolicyAnyInsecure):
						want = ErrKeyKind
					case name == "x5u":
						want = ErrCredentialUnsupported
					}
					m := arrange(t, 3, role, presented, func(config *hostConfig) {
						if policy == PolicyX509 {
							trusting(t, root)(config)
						}
						config.Policy = policy
						if answered {
							config.Pull = PullCredential
						}
					})
					err := m.process()
					if err == PendingCredential {
						must(t, m.judge.SetPeerCredential(c.answer))
						err = m.judge.Continue()
					}
					what := fmt.Sprintf("%s of the %v, policy %s, answered %v", name, role, policyName, answered)
					wantVerdict(t, what, m.judge, err, want)
					if want == ErrKeyKind && !strings.Contains(err.Error(), "RSA key, which can only certify others") {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
		}
	}
}

// TestR06_RSAAnswers: among the answers of the host, an RSA certificate does not
// stand in the way of the right credential.
func TestR06_RSAAnswers(t *testing.T) {
	presented := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	for _, answers := range [][]*Credential{
		{newly(t)(CredentialFromX509(rsaRoot().DER)), public(presented)},
		{public(presented), newly(t)(CredentialFromX509(rsaRoot().DER))},
	} {
		s, err := present(t, 3, Initiator, presented, asks(t, nil, answers...))
		wantVerdict(t, "with an RSA certificate beside it", s, err, OK)
	}
}

// TestR06_RSAInC509: RSA authorities above re-encoded certificates, with anchors in
// either form, and in chains of both signatures.
func TestR06_RSAInC509(t *testing.T) {
	root, stranger := rsaRoot(), certtest.Root("RSA root", suite.KeyEd25519, certtest.RSA(2048, 2))
	expired := func(s *certtest.Spec) { s.NotAfter = certtest.Now.Add(-1e9) }
	c509 := func(e *certtest.Entity) []byte { return value[[]byte](t)(C509FromX509(e.DER)) }
	byPSS := certtest.SignedAs(certtest.RSAScheme{Hash: crypto.SHA384, PSS: true})
	byLongPSS := certtest.SignedAs(certtest.RSAScheme{PSS: true, Salt: 222})
	ecInter := certtest.CA("EC intermediate", suite.KeyP384, root, byPSS)
	rsaInter := certtest.CA("RSA intermediate", suite.KeyEd25519, root, certtest.RSA(3072), byLongPSS)
	weakInter := certtest.CA("Weak intermediate", suite.KeyP384, root, certtest.SignedAs(certtest.RSAScheme{Hash: crypto.SHA1}))
	smallInter := certtest.CA("Small intermediate", suite.KeyP384, root, certtest.RSA(1024))
	for name, test := range map[string]struct {
		issuer *certtest.Entity
		via    []*certtest.Entity
		edit   certtest.Edit
		want   Status
	}{
		"directly":                        {root, nil, anyUse, OK},
		"directly, PSS":                   {root, nil, byPSS, OK},
		"below EC":                        {ecInter, []*certtest.Entity{ecInter}, anyUse, OK},
		"below RSA":                       {rsaInter, []*certtest.Entity{rsaInter}, anyUse, OK},
		"below RSA, long PSS":             {rsaInter, []*certtest.Entity{rsaInter}, byLongPSS, OK},
		"with the anchor":                 {rsaInter, []*certtest.Entity{rsaInter, root}, anyUse, OK},
		"expired":                         {rsaInter, []*certtest.Entity{rsaInter}, expired, ErrExpired},
		"without the intermediate":        {rsaInter, nil, anyUse, ErrUnknownIssuer},
		"of a namesake":                   {stranger, nil, anyUse, ErrUnknownIssuer},
		"below a weak signature":          {weakInter, []*certtest.Entity{weakInter}, anyUse, ErrIssuerSignature},
		"below a small key":               {smallInter, []*certtest.Entity{smallInter}, anyUse, ErrIssuerSignature},
		"an altered signature":            {root, nil, flipSignature, ErrIssuerSignature},
		"an altered signature, below RSA": {rsaInter, []*certtest.Entity{rsaInter}, flipSignature, ErrIssuerSignature},
		"an altered PSS signature":        {root, nil, func(s *certtest.Spec) { byPSS(s); flipSignature(s) }, ErrIssuerSignature},
		"an altered long PSS, below RSA":  {rsaInter, []*certtest.Entity{rsaInter}, func(s *certtest.Spec) { byLongPSS(s); flipSignature(s) }, ErrIssuerSignature},
	} {
		leaf := certtest.Leaf("Device", suite.KeyP256, test.issuer, anyUse, test.edit)
		chain := [][]byte{c509(leaf)}
		for _, e := range test.via {
			chain = append(chain, c509(e))
		}
		for form, anchor := range rsaCredentials(t, root) {
			for _, role := range bothRoles {
				presented := newly(t)(CredentialFromC509(chain...))
				must(t, presented.SetID(IDC5C, nil))
				must(t, presented.SetPrivateKey(leaf.Key.Bytes()))
				s, err := present(t, 0, role, presented, all(trusting(t), func(c *hostConfig) { c.TrustAnchors = append(c.TrustAnchors, anchor) }))
				wantVerdict(t, fmt.Sprintf("%s, %s anchor, of the %v", name, form, role), s, err, test.want)
			}
		}
	}
}

func flipSignature(s *certtest.Spec) {
	s.Break = func(der []byte) []byte { der[len(der)-1] ^= 1; return der }
}

// TestR06_RSAAboveNativeC509: natively signed certificates of an RSA authority.
func TestR06_RSAAboveNativeC509(t *testing.T) {
	w := newNativeWorld(t)
	named := func(s *certtest.Spec) { s.RawSubject = utf8Name(t, "Root"); s.SubjectKeyId = []byte{} }
	root := rsaRoot(named)
	stranger := certtest.Root("", suite.KeyEd25519, certtest.RSA(2048, 2), named)
	mute := certtest.Root("", suite.KeyP256, named)
	schemes := map[int64]certtest.RSAScheme{ // by their number in C509
		23: {}, 24: {Hash: crypto.SHA384}, 25: {Hash: crypto.SHA512},
		26: {PSS: true}, 27: {Hash: crypto.SHA384, PSS: true}, 28: {Hash: crypto.SHA512, PSS: true},
		-256: {Hash: crypto.SHA1},
	}
	sign := func(number int64, key *rsa.PrivateKey) []byte {
		ecdsa := native("Root", "Device").sign(t, w.leafKey.Public(), w.rootKey)
		tbs := slices.Concat(ecdsa[1:4], cborx.AppendInt(nil, number), ecdsa[5:len(ecdsa)-2-64]) // ES256 is 0
		return cborx.AppendBytes(slices.Concat(ecdsa[:1], tbs), schemes[number].Sign(key, tbs))
	}
	for number := range schemes {
		cert := sign(number, root.RSA)
		altered := bytes.Replace(cert, []byte("Device"), []byte("Devise"), 1)
		for name, test := range map[string]struct {
			cert   []byte
			anchor *certtest.Entity
			want   Status
		}{
			"good":                         {cert, root, OK},
			"altered":                      {altered, root, ErrIssuerSignature},
			"a stranger's":                 {cert, stranger, ErrIssuerSignature},
			"below a key of another kind":  {cert, mute, ErrIssuerSignature},
			"said to be of another scheme": {slices.Concat(cert[:4], []byte{12}, cert[5:]), root, ErrIssuerSignature},
		} {
			switch {
			case number == -256 && test.want == OK:
				test.want = ErrIssuerSignature
			case name == "said to be of another scheme" && number != 23:
				continue // its number is not of one byte
			}
			for _, role := range bothRoles {
				s, err := w.present(t, 3, role, cose.C5CID([][]byte{test.cert}), test.cert, trusting(t, test.anchor))
				wantVerdict(t, fmt.Sprintf("%d, %s, of the %v", number, name, role), s, err, test.want)
			}
		}
	}
}

// TestR29_RSAAnchorSaved: a session whose peer stands below an RSA root is saved and
// restored, and the root is part of what the Config has to be.
func TestR29_RSAAnchorSaved(t *testing.T) {
	root := rsaRoot()
	leaf := certtest.Leaf("Device", suite.KeyP256, root, anyUse)
	presented := newly(t)(CredentialFromX509(leaf.DER))
	must(t, presented.SetPrivateKey(leaf.Key.Bytes()))
	must(t, presented.SetID(IDX5Chain, nil))
	w := bareWorld(t, 3, 2)
	w.credI = presented
	build := func(anchor *certtest.Entity) *hostConfig {
		c := newConfig()
		trusting(t, anchor)(c)
		c.Own = append(c.Own, w.credR)
		return c
	}
	w.configR = build(root)
	w.configI.Own = append(w.configI.Own, w.credI)
	w.configI.Peers = append(w.configI.Peers, public(w.credR))
	i, r := w.sessions(t)
	handshake(t, i, r, 4)
	saved := value[[]byte](t)(r.Save(blobKey))
	restored := restore(t, build(root), saved)
	id, line := identityOf(restored)
	if id.Issuer != "CN=RSA root,O=Certtest" || !strings.HasPrefix(line, "CN=Device, P-256 key") {
		t.Errorf("the peer is %+v, %s", id, line)
	}
	wantSameKeys(t, i, restored)
	_, err := build(certtest.Root("RSA root", suite.KeyEd25519, certtest.RSA(2048, 2))).RestoreSession(blobKey, saved)
	wantSaved(t, "another root", err, "another configuration")
}
