package ake

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// works is an authority that signs revocation lists, and the certificates of both
// sides and of a third.
type works struct {
	root, inter          *certtest.Entity
	leafI, leafR, leafI2 *certtest.Entity
}

func newWorks() *works {
	lists := func(s *certtest.Spec) { s.KeyUsage |= x509.KeyUsageCRLSign }
	w := &works{root: certtest.Root("Root", suite.KeyP256, lists)}
	w.inter = certtest.CA("Intermediate", suite.KeyP256, w.root, lists)
	w.leafI = certtest.Leaf("Initiator", suite.KeyP256, w.inter, anyUse)
	w.leafR = certtest.Leaf("Responder", suite.KeyP256, w.inter, anyUse)
	w.leafI2 = certtest.Leaf("Another", suite.KeyP256, w.inter, anyUse)
	return w
}

// forms are the ways to present a certificate.
var forms = map[string]func(t testing.TB, w *works, leaf *certtest.Entity) *Credential{
	"x5chain": func(t testing.TB, w *works, leaf *certtest.Entity) *Credential { return w.x509(t, leaf.DER, IDX5Chain) },
	"x5bag":   func(t testing.TB, w *works, leaf *certtest.Entity) *Credential { return w.x509(t, leaf.DER, IDX5Bag) },
	"(r, n-s)": func(t testing.TB, w *works, leaf *certtest.Entity) *Credential {
		return w.x509(t, twin(t, leaf.DER), IDX5Chain)
	},
	"c5c": func(t testing.TB, w *works, leaf *certtest.Entity) *Credential { return w.c509(t, leaf.DER, IDC5C) },
	"c5b": func(t testing.TB, w *works, leaf *certtest.Entity) *Credential { return w.c509(t, leaf.DER, IDC5B) },
	"c5c, (r, n-s)": func(t testing.TB, w *works, leaf *certtest.Entity) *Credential {
		return w.c509(t, twin(t, leaf.DER), IDC5C)
	},
}

func (w *works) x509(t testing.TB, der []byte, id IDType) *Credential {
	c := newly(t)(CredentialFromX509(der, w.inter.DER))
	must(t, c.SetID(id, nil))
	return c
}

func (w *works) c509(t testing.TB, der []byte, id IDType) *Credential {
	c := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(der)), value[[]byte](t)(C509FromX509(w.inter.DER))))
	must(t, c.SetID(id, nil))
	return c
}

// own is the credential of a leaf in a form, with its key.
func (w *works) own(t testing.TB, form string, leaf *certtest.Entity) *Credential {
	t.Helper()
	c := forms[form](t, w, leaf)
	must(t, c.SetPrivateKey(leaf.Key.Bytes()))
	return c
}

// twin is the certificate with the other ECDSA signature that follows from one.
func twin(t testing.TB, der []byte) []byte {
	t.Helper()
	var c struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	var s struct{ R, S *big.Int }
	_, err := asn1.Unmarshal(der, &c)
	must(t, err)
	_, err = asn1.Unmarshal(c.Signature.Bytes, &s)
	must(t, err)
	s.S.Sub(elliptic.P256().Params().N, s.S)
	c.Signature.Bytes = value[[]byte](t)(asn1.Marshal(s))
	c.Signature.BitLength = 8 * len(c.Signature.Bytes)
	return value[[]byte](t)(asn1.Marshal(c))
}

func (w *works) certificate(t testing.TB, e *certtest.Entity) *Credential {
	return newly(t)(CredentialFromX509(e.DER))
}

// trusted makes a Config trust the works, with the intermediate.
func (w *works) trusted(t testing.TB) func(*hostConfig) {
	return all(trusting(t, w.root), func(c *hostConfig) { c.Intermediates = append(c.Intermediates, w.certificate(t, w.inter)) })
}

// revoking adds lists to a Config.
func revoking(t testing.TB, lists ...[]byte) func(*hostConfig) {
	return func(c *hostConfig) {
		for _, list := range lists {
			must(t, c.AddCRL(list))
		}
	}
}

func (w *works) list(revoked ...*certtest.Entity) []byte {
	return certtest.List{Revoked: revoked}.SignedBy(w.inter)
}

func (w *works) rootList(revoked ...*certtest.Entity) []byte {
	return certtest.List{Revoked: revoked}.SignedBy(w.root)
}

// TestRevokedInEveryForm: a certificate on a list does not come back as C509 or with
// another signature; nor does anything below an intermediate that is on one. The
// verifier that docs/credentials.md once had, with the SHA-256 of the certificate, lets
// in all but the form that was revoked.
func TestRevokedInEveryForm(t *testing.T) {
	w := newWorks()
	hash := sha256.Sum256(w.leafI.DER)
	fingerprint := w.certificate(t, w.leafI).Identity().Fingerprint
	former := func(c *hostConfig) {
		c.Verifier = func(_ *Session, peer *Credential) error {
			if sha256.Sum256(peer.parsed.Chain[0]) == hash {
				return errors.New("revoked")
			}
			return nil
		}
	}
	today := func(c *hostConfig) {
		c.Verifier = func(_ *Session, peer *Credential) error {
			if peer.Identity().Fingerprint == fingerprint {
				return errors.New("revoked")
			}
			return nil
		}
	}
	for form := range forms {
		letIn := OK
		if form == "x5chain" || form == "x5bag" {
			letIn = ErrPeerRejected
		}
		for _, role := range bothRoles {
			for what, test := range map[string]struct {
				leaf    *certtest.Entity
				prepare func(*hostConfig)
				want    Status
			}{
				"by nobody":                 {w.leafI, revoking(t), OK},
				"by its hash":               {w.leafI, former, letIn},
				"another one":               {w.leafI2, revoking(t, w.list(w.leafI), w.rootList()), OK},
				"by its fingerprint":        {w.leafI, today, ErrPeerRejected},
				"on the list":               {w.leafI, revoking(t, w.list(w.leafI)), ErrRevoked},
				"among others":              {w.leafI, revoking(t, w.list(w.leafR, w.leafI, w.leafI2), w.rootList()), ErrRevoked},
				"its intermediate":          {w.leafI, revoking(t, w.rootList(w.inter)), ErrRevoked},
				"another one of that":       {w.leafI2, revoking(t, w.rootList(w.inter)), ErrRevoked},
				"the list is out of date":   {w.leafI, revoking(t, certtest.List{Next: certtest.Now.Add(-time.Second)}.SignedBy(w.inter)), ErrRevoked},
				"that of the root":          {w.leafI, revoking(t, certtest.List{Next: certtest.Now.Add(-time.Second)}.SignedBy(w.root)), ErrRevoked},
				"out of date, accepted":     {w.leafI, all(revoking(t, certtest.List{Next: certtest.Now.Add(-time.Second)}.SignedBy(w.inter)), acceptOutdated(t)), OK},
				"revoked by an old list":    {w.leafI, all(revoking(t, certtest.List{Next: certtest.Now.Add(-time.Second), Revoked: []*certtest.Entity{w.leafI}}.SignedBy(w.inter)), acceptOutdated(t)), ErrRevoked},
				"out of date by 5 minutes":  {w.leafI, all(tolerating(t, 5*time.Minute), revoking(t, certtest.List{Next: certtest.Now.Add(-5 * time.Minute)}.SignedBy(w.inter))), OK},
				"out of date by 6 minutes":  {w.leafI, all(tolerating(t, 5*time.Minute), revoking(t, certtest.List{Next: certtest.Now.Add(-6 * time.Minute)}.SignedBy(w.inter))), ErrRevoked},
				"the verifier is not asked": {w.leafI, all(revoking(t, w.list(w.leafI)), neverAsks(t)), ErrRevoked},
			} {
				for _, method := range []Method{0, 3} {
					s, err := present(t, method, role, w.own(t, form, test.leaf), all(w.trusted(t), test.prepare))
					wantVerdict(t, fmt.Sprintf("%s: %s, of the %v", form, what, role), s, err, test.want)
				}
			}
		}
	}
}

func acceptOutdated(t testing.TB) func(*hostConfig) {
	return func(c *hostConfig) { c.AcceptOutdatedCRLs = true }
}

func tolerating(t testing.TB, d time.Duration) func(*hostConfig) {
	return func(c *hostConfig) { c.ClockTolerance = d }
}

func neverAsks(t testing.TB) func(*hostConfig) {
	return func(c *hostConfig) {
		c.Verifier = func(_ *Session, peer *Credential) error {
			t.Errorf("asked about %s", peer.Describe())
			return nil
		}
	}
}

// TestRevokedReferences: certificates that are pinned or that the host answers with.
func TestRevokedReferences(t *testing.T) {
	w := newWorks()
	alone := func(id IDType) *Credential {
		c := w.certificate(t, w.leafI)
		must(t, c.SetID(id, []byte("coap://a.example")))
		must(t, c.SetPrivateKey(w.leafI.Key.Bytes()))
		return c
	}
	pin := func(c *Credential) func(*hostConfig) {
		return func(config *hostConfig) { config.Peers = append(config.Peers, public(c)) }
	}
	callback := func(c *hostConfig) { c.Policy = PolicyCallback }
	compact := newly(t)(CredentialFromC509(value[[]byte](t)(C509FromX509(w.leafI.DER))))
	must(t, compact.SetID(IDC5T, nil))
	must(t, compact.SetPrivateKey(w.leafI.Key.Bytes()))
	for what, test := range map[string]struct {
		presented *Credential
		known     func(*hostConfig)
	}{
		"x5t, pinned":       {alone(IDX5T), pin(alone(IDX5T))},
		"x5t, SHA-256":      {alone(IDX5TSHA256), pin(alone(IDX5T))},
		"c5t, pinned":       {compact, pin(compact)},
		"x5u, answered":     {alone(IDX5U), asks(t, nil, public(alone(IDX5T)))},
		"x5t, the callback": {alone(IDX5T), all(callback, asks(t, nil, public(alone(IDX5T))))},
		"x5chain, pinned":   {w.own(t, "x5chain", w.leafI), pin(alone(IDX5T))},
	} {
		for _, role := range bothRoles {
			for list, want := range map[string]Status{string(w.list(w.leafR)): OK, string(w.list(w.leafI)): ErrRevoked, string(w.rootList(w.inter)): ErrRevoked} {
				s, err := present(t, 3, role, test.presented, all(w.trusted(t), test.known, revoking(t, []byte(list))))
				wantVerdict(t, what, s, err, want)
			}
		}
	}
}

// TestAddCRL: files of all kinds, before and after the Config is in use.
func TestAddCRL(t *testing.T) {
	w := newWorks()
	block := func(lists ...[]byte) []byte {
		out := []byte("some text\n")
		for _, der := range lists {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})...)
		}
		return append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.root.DER})...)
	}
	for what, file := range map[string][]byte{
		"DER":                 w.list(w.leafI),
		"PEM":                 block(w.list(w.leafI)),
		"PEM of two":          block(w.rootList(), w.list(w.leafI)),
		"in the other order":  block(w.list(w.leafI), w.rootList()),
		"the intermediate":    block(w.list(), w.rootList(w.inter)),
		"entries in disorder": w.list(w.leafR, w.leafI, w.leafI2, w.leafI),
	} {
		m := arrange(t, 3, Initiator, w.own(t, "x5chain", w.leafI), w.trusted(t))
		must(t, addCRL(m.judge.party, file)) // which is in use
		wantVerdict(t, what, m.judge, m.process(), ErrRevoked)
	}
	mute := certtest.CA("Mute", suite.KeyP256, w.root)
	noCA := certtest.CA("No authority", suite.KeyP256, w.root, func(s *certtest.Spec) {
		s.IsCA, s.MaxPathLen = false, 0
		s.KeyUsage |= x509.KeyUsageCRLSign
	})
	stranger := newWorks()
	expired := certtest.CA("Expired", suite.KeyP256, w.root, func(s *certtest.Spec) {
		s.NotAfter = certtest.Now.Add(-time.Hour)
		s.KeyUsage |= x509.KeyUsageCRLSign
	})
	good := certtest.List{Revoked: []*certtest.Entity{w.leafI}}
	with := func(critical bool, value []byte, oid ...int) []byte {
		list := good
		list.Extensions = append(list.Extensions, certtest.Extension(critical, value, oid...))
		return list.SignedBy(w.inter)
	}
	broken := w.list(w.leafI)
	broken[len(broken)-1] ^= 1
	for what, test := range map[string]struct {
		bad  []byte
		want Status
	}{
		"by a stranger":       {stranger.list(), ErrIssuerSignature}, // of the same name
		"by a device":         {good.SignedBy(w.leafR), ErrUnknownIssuer},
		"without cRLSign":     {good.SignedBy(mute), ErrKeyUsage},
		"no authority":        {good.SignedBy(noCA), ErrNotCA},
		"signer expired":      {good.SignedBy(expired), ErrExpired},
		"broken":              {broken, ErrIssuerSignature},
		"of tomorrow":         {certtest.List{This: certtest.Now.Add(24 * time.Hour), Next: certtest.Now.Add(48 * time.Hour)}.SignedBy(w.inter), ErrNotYetValid},
		"a delta list":        {with(true, []byte{2, 1, 1}, 2, 5, 29, 27), ErrUnsupported},
		"an indirect list":    {with(true, []byte{0x30, 3, 0x84, 1, 0xff}, 2, 5, 29, 28), ErrUnsupported},
		"for some reasons":    {with(true, []byte{0x30, 4, 0x83, 2, 6, 0x40}, 2, 5, 29, 28), ErrUnsupported},
		"an unknown critical": {with(true, []byte{5, 0}, 1, 2, 3, 4), ErrCriticalExtension},
		"cut":                 {w.list()[:40], ErrCredentialMalformed},
	} {
		m := arrange(t, 3, Initiator, w.own(t, "x5chain", w.leafI), all(w.trusted(t), func(c *hostConfig) {
			for _, e := range []*certtest.Entity{mute, noCA, expired} {
				c.Intermediates = append(c.Intermediates, w.certificate(t, e))
			}
		}))
		c := m.judge.party
		wantStatus(t, what+", DER", addCRL(c, test.bad), test.want)
		for at := range 3 {
			lists := slices.Insert([][]byte{w.list(w.leafI), w.rootList(w.inter)}, at, test.bad)
			wantStatus(t, what+", in a file", addCRL(c, block(lists...)), test.want)
		}
		wantVerdict(t, what+": none was added", m.judge, m.process(), OK)
	}
	c := newConfig()
	w.trusted(t)(c)
	for _, file := range [][]byte{nil, []byte("text"), w.root.DER, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.root.DER})} {
		wantStatus(t, "no list", c.AddCRL(file), ErrCredentialMalformed)
	}
	nobody := newConfig()
	nobody.SetTime(certtest.Now)
	wantStatus(t, "nobody is trusted", nobody.AddCRL(w.list()), ErrUnknownIssuer)
	value[*Session](t)(c.NewSession(Responder))
	must(t, c.AddCRL(w.rootList(w.inter)))
	wantStatus(t, "by who is revoked", c.AddCRL(w.list()), ErrRevoked)
	must(t, c.AddCRL(certtest.List{This: certtest.Now, Number: 2}.SignedBy(w.root)))
}

// TestListWhileTheHostDecides: what comes between the question and the answer counts.
func TestListWhileTheHostDecides(t *testing.T) {
	w := newWorks()
	for _, role := range bothRoles {
		for want, list := range map[Status][]byte{OK: w.list(w.leafR), ErrRevoked: w.list(w.leafI)} {
			m := arrange(t, 3, role, w.own(t, "x5chain", w.leafI), all(w.trusted(t), func(c *hostConfig) { c.Pull = PullPeer }))
			wantStatus(t, "message", m.process(), PendingPeer)
			must(t, addCRL(m.judge.party, list))
			err := m.judge.Continue()
			wantStatus(t, "the decision", err, want)
			if want != OK {
				wantErrorCode(t, m.judge, 1)
			}
		}
	}
}

// TestAddCRLWhileSessionsRun is for the race detector.
func TestAddCRLWhileSessionsRun(t *testing.T) {
	w := newWorks()
	rw := w.resumable(t, "x5chain", "x5chain", w.leafI)
	i, r := rw.sessions(t) // freezes
	handshake(t, i, r, 4)
	var done sync.WaitGroup
	for n := range 3 {
		list := certtest.List{Number: int64(n + 1), Revoked: []*certtest.Entity{w.leafI2}}.SignedBy(w.inter)
		done.Go(func() {
			for range 5 {
				if err := errors.Join(rw.configI.AddCRL(list), rw.configR.AddCRL(list)); err != nil {
					t.Error(err)
				}
			}
		})
		done.Go(func() {
			for range 5 {
				i, err := rw.configI.NewSession(Initiator)
				r, err2 := rw.configR.NewSession(Responder)
				if err := errors.Join(err, err2); err != nil {
					t.Error(err)
					return
				}
				var message []byte
				for _, s := range []*Session{i, r, i, r} {
					if message, err = s.Step(message); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done.Wait()
}

// resumable has two sides with certificates, which trust the works and can resume.
func (w *works) resumable(t testing.TB, formI, formR string, leafI *certtest.Entity) *resumptionWorld {
	t.Helper()
	rw := &resumptionWorld{world: bareWorld(t, 3, 2), storeI: newStore(t, 10), storeR: newStore(t, 10), clock: &testClock{now: certtest.Now}}
	rw.storeI.SetClock(rw.clock.Now)
	rw.storeR.SetClock(rw.clock.Now)
	rw.credI, rw.credR = w.own(t, formI, leafI), w.own(t, formR, w.leafR)
	for _, c := range []*hostConfig{rw.configI, rw.configR} {
		w.trusted(t)(c)
	}
	rw.configI.Own = append(rw.configI.Own, rw.credI)
	rw.configR.Own = append(rw.configR.Own, rw.credR)
	rw.configR.ResumptionStore = rw.storeR
	return rw
}

// TestResumptionOfRevoked: a key is no better than the certificate that it goes back
// to, on both sides, however often it was resumed.
func TestResumptionOfRevoked(t *testing.T) {
	w := newWorks()
	outdated := certtest.List{Next: certtest.Now.Add(-time.Second)}.SignedBy(w.inter)
	for _, form := range []string{"x5chain", "c5c", "(r, n-s)"} {
		for _, before := range []int{0, 2} {
			begin := func() *resumptionWorld {
				rw := w.resumable(t, form, form, w.leafI)
				rw.run(t, false)
				for range before {
					rw.run(t, true)
				}
				return rw
			}
			for what, test := range map[string]struct {
				onR, onI []byte // lists that come in the meantime
				used     Status // UseResumption
				proved   Status // message_3
			}{
				"nobody":                      {w.list(), w.list(), OK, OK},
				"somebody else":               {w.list(w.leafI2, w.leafR), w.list(w.leafI2, w.leafI), OK, OK},
				"the Initiator":               {w.list(w.leafI), w.list(), OK, ErrRevoked},
				"the Initiator's issuer":      {w.rootList(w.inter), w.list(), OK, ErrRevoked},
				"the Responder":               {w.list(), w.list(w.leafR), ErrNotFound, OK},
				"the Responder's issuer":      {w.list(), w.rootList(w.inter), ErrNotFound, OK},
				"nobody can tell (Responder)": {outdated, w.list(), OK, ErrRevoked},
				"nobody can tell (Initiator)": {w.list(), outdated, ErrNotFound, OK},
			} {
				what = fmt.Sprintf("%s, %s, after %d", what, form, before)
				rw := begin()
				must(t, rw.configR.AddCRL(test.onR))
				must(t, rw.configI.AddCRL(test.onI))
				i, r := rw.sessions(t)
				err := i.UseResumption(rw.storeI, rw.credR.Bytes())
				wantStatus(t, what, err, test.used)
				if test.used != OK {
					wantKeys(t, rw.storeI, 0)
					continue
				}
				pass(t, 1, i, r)
				pass(t, 2, i, r)
				err = r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
				wantStatus(t, what, err, test.proved)
				if test.proved != OK {
					wantErrorCode(t, r, 1)
				}
			}
			// The list comes while the run is under way.
			rw := begin()
			i, r := rw.sessions(t)
			must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
			pass(t, 1, i, r)
			message2 := value[[]byte](t)(r.PrepareMessage2())
			must(t, rw.configI.AddCRL(w.list(w.leafR)))
			wantStatus(t, "revoked before message_2", i.ProcessMessage2(message2), ErrRevoked)
			wantErrorCode(t, i, 1)
		}
	}
}

// TestVerifierOfResumption: a Responder's verifier is asked about a resumption with the
// credential of the first run, of certificates and of what is pinned. In pull mode
// Origin has it.
func TestVerifierOfResumption(t *testing.T) {
	w := newWorks()
	for what, begin := range map[string]func() *resumptionWorld{
		"a certificate": func() *resumptionWorld { return w.resumable(t, "x5chain", "x5chain", w.leafI) },
		"C509":          func() *resumptionWorld { return w.resumable(t, "c5c", "x5chain", w.leafI) },
		"pinned":        func() *resumptionWorld { return newResumptionWorld(t, 3, 2) },
	} {
		for _, no := range []error{nil, errors.New("no")} {
			rw := begin()
			answer, asked := error(nil), 0
			rw.configR.Verifier = func(_ *Session, peer *Credential) error {
				asked++
				wantBytes(t, what+": asked about", peer.Bytes(), rw.credI.Bytes())
				if id, want := peer.Identity(), rw.credI.Identity(); id.Fingerprint != want.Fingerprint || id.Kind != want.Kind || id.Subject != want.Subject {
					t.Errorf("%s: asked about %+v", what, id)
				}
				return answer
			}
			rw.configI.Verifier = func(_ *Session, peer *Credential) error {
				if peer.Type() == CredentialPSK {
					t.Errorf("%s: the Initiator is asked about its own key", what)
				}
				return nil
			}
			rw.run(t, false)
			rw.run(t, true)
			answer = no
			i, r := rw.sessions(t)
			must(t, i.UseResumption(rw.storeI, rw.credR.Bytes()))
			pass(t, 1, i, r)
			pass(t, 2, i, r)
			err := r.ProcessMessage3(value[[]byte](t)(i.PrepareMessage3()))
			if no == nil {
				must(t, err)
				peer := r.PeerCredential()
				origin, _ := peer.Origin()
				wantBytes(t, what+": Origin", origin.Peer.Bytes(), rw.credI.Bytes())
			} else {
				wantStatus(t, what, err, ErrPeerRejected)
				wantErrorCode(t, r, 1)
			}
			if asked != 3 {
				t.Errorf("%s: asked %d times", what, asked)
			}
		}
	}
}

// TestForgetWhere: what identities say reaches every key that came from a peer, in
// whatever form, after any number of resumptions, also in a store that was saved; and
// no other key.
func TestForgetWhere(t *testing.T) {
	w := newWorks()
	id := w.certificate(t, w.leafI).Identity()
	for what, match := range map[string]func(Identity) bool{
		"fingerprint": func(other Identity) bool { return other.Fingerprint == id.Fingerprint },
		"key":         func(other Identity) bool { return other.KeyHash == id.KeyHash },
		"issuer and number": func(other Identity) bool {
			return bytes.Equal(other.IssuerDER, id.IssuerDER) && bytes.Equal(other.Serial, id.Serial)
		},
	} {
		for _, saved := range []bool{false, true} {
			store := newStore(t, 20)
			worlds := map[string]*resumptionWorld{}
			for n, form := range []string{"x5chain", "c5c", "(r, n-s)", "other"} {
				leaf, how := w.leafI, form
				if form == "other" {
					leaf, how = w.leafI2, "x5chain"
				}
				rw := w.resumable(t, how, "x5chain", leaf)
				rw.storeR = store
				store.SetClock(rw.clock.Now)
				rw.configR.ResumptionStore = store
				rw.run(t, false)
				for range n {
					rw.run(t, true)
				}
				worlds[form] = rw
			}
			all := store.ages.Len()
			if saved {
				store = value[*ResumptionStore](t)(LoadResumptionStore(blobKey, value[[]byte](t)(store.Save(blobKey))))
				store.SetClock(worlds["other"].clock.Now)
			}
			if n := store.ForgetWhere(func(Identity) bool { return false }); n != 0 || store.ages.Len() != all {
				t.Errorf("%d keys of nobody were deleted", n)
			}
			kept := len(store.byPeer[resumptionName{Responder, string(worlds["other"].credI.Bytes())}])
			if n := store.ForgetWhere(match); n != all-kept || store.ages.Len() != kept || kept == 0 {
				t.Errorf("%s, saved %v: %d of %d keys were deleted, %d are left, %d should be", what, saved, n, all, store.ages.Len(), kept)
			}
			for form, rw := range worlds {
				want := 0
				if form == "other" {
					want = kept
				}
				if n := len(store.byPeer[resumptionName{Responder, string(rw.credI.Bytes())}]); n != want {
					t.Errorf("%s, saved %v: %d keys for %s", what, saved, n, form)
				}
			}
		}
	}
	// An Initiator forgets its Responders.
	rw := w.resumable(t, "x5chain", "c5c", w.leafI)
	rw.run(t, false)
	rw.run(t, true)
	if n := rw.storeI.ForgetWhere(func(i Identity) bool { return i.Fingerprint == id.Fingerprint }); n != 0 {
		t.Error("the own credential is taken for the peer's")
	}
	server := w.certificate(t, w.leafR).Identity()
	if n := rw.storeI.ForgetWhere(func(i Identity) bool { return i.Fingerprint == server.Fingerprint && i.Subject == "CN=Responder" }); n != 1 {
		t.Errorf("%d keys of the Responder were deleted", n)
	}
	i, _ := rw.sessions(t)
	wantStatus(t, "it is gone", i.UseResumption(rw.storeI, rw.credR.Bytes()), ErrNotFound)
	// Raw keys have a fingerprint, too.
	raw := newResumptionWorld(t, 3, 2)
	raw.run(t, false)
	want := raw.credI.Identity()
	if n := raw.storeR.ForgetWhere(func(i Identity) bool { return i.Kind == CredentialCCS && i.Fingerprint == want.Fingerprint }); n != 1 {
		t.Errorf("%d keys of a raw key were deleted", n)
	}
}
