package pkix_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// signsLists has an authority sign revocation lists, too.
func signsLists(s *certtest.Spec) { s.KeyUsage |= x509.KeyUsageCRLSign }

// works is an authority with an intermediate, which both sign lists, and devices.
type works struct {
	root, inter   *certtest.Entity
	device, other *certtest.Entity
	issuers       *pkix.Issuers
}

func newWorks(edits ...certtest.Edit) *works {
	edits = append([]certtest.Edit{signsLists}, edits...)
	w := &works{root: certtest.Root("Root", suite.KeyP256, edits...)}
	w.inter = certtest.CA("Intermediate", suite.KeyP256, w.root, edits...)
	numbered := func(n int64) certtest.Edit { return func(s *certtest.Spec) { s.SerialNumber = big.NewInt(n) } }
	w.device = certtest.Leaf("Device", suite.KeyP256, w.inter, numbered(0x1122334455667788))
	w.other = certtest.Leaf("Other", suite.KeyP256, w.inter, numbered(0x1122334455667799))
	w.issuers = issuersOf(certificatesOf([]*certtest.Entity{w.root}), certificatesOf([]*certtest.Entity{w.inter}))
	return w
}

func (w *works) add(t testing.TB, lists ...[]byte) {
	t.Helper()
	for _, list := range lists {
		if err := w.issuers.AddCRL(list, certtest.Now); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *works) verify(t testing.TB, leaf *certtest.Entity, change ...func(*pkix.PathOptions)) error {
	t.Helper()
	chain, err := parse(leaf.DER)
	if err != nil {
		t.Fatal(err)
	}
	options := pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature}
	for _, c := range change {
		c(&options)
	}
	_, err = w.issuers.Verify(chain, options)
	return err
}

func at(now time.Time) func(*pkix.PathOptions) { return func(o *pkix.PathOptions) { o.Time = now } }
func outdated(o *pkix.PathOptions)             { o.OutdatedCRLs = true }

// TestCRL revokes a device, and its issuer.
func TestCRL(t *testing.T) {
	w := newWorks()
	check := func(when string, device, other error) {
		t.Helper()
		if err := w.verify(t, w.device); !errors.Is(err, device) {
			t.Errorf("%s: the device: %v", when, err)
		}
		if err := w.verify(t, w.other); !errors.Is(err, other) {
			t.Errorf("%s: the other: %v", when, err)
		}
	}
	check("without a list", nil, nil)
	w.add(t, certtest.List{Number: 1}.SignedBy(w.inter), certtest.List{}.SignedBy(w.root))
	check("with empty lists", nil, nil)
	w.add(t, certtest.List{Number: 2, Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter))
	check("the device is revoked", pkix.ErrRevoked, nil)
	// The serial number of the device means nothing to another issuer.
	twin := certtest.Leaf("Twin", suite.KeyP256, w.root, func(s *certtest.Spec) { s.SerialNumber = w.device.Cert.SerialNumber })
	if err := w.verify(t, twin); err != nil {
		t.Errorf("the same number by another issuer: %v", err)
	}
	w.add(t, certtest.List{This: certtest.Now, Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root))
	check("the intermediate is revoked, which was verified before", pkix.ErrRevoked, pkix.ErrRevoked)
}

// TestCRLOfEncodings: a revoked certificate does not come back in another encoding
// or with another signature.
func TestCRLOfEncodings(t *testing.T) {
	w := newWorks()
	w.add(t, certtest.List{Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter))
	compact, err := c509.FromX509(w.device.DER)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pkix.ParseC509(compact)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.issuers.Verify([]*pkix.Certificate{certificate}, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature})
	if !errors.Is(err, pkix.ErrRevoked) {
		t.Errorf("as C509: %v", err)
	}
	renewed := certtest.Leaf("Device", suite.KeyP256, w.inter, func(s *certtest.Spec) { s.Key, s.SerialNumber = w.device.Key, w.device.Cert.SerialNumber })
	if err := w.verify(t, renewed); !errors.Is(err, pkix.ErrRevoked) {
		t.Errorf("with another signature: %v", err)
	}
	pinned := issuersOf(certificatesOf([]*certtest.Entity{w.device, w.inter}), nil)
	if err := pinned.AddCRL(certtest.List{Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter), certtest.Now); err != nil {
		t.Fatal(err)
	}
	w.issuers = pinned
	if err := w.verify(t, w.device); !errors.Is(err, pkix.ErrRevoked) {
		t.Errorf("as an anchor: %v", err)
	}
}

// TestCRLDates: a list is good from thisUpdate to nextUpdate, and what happens
// afterwards is a setting.
func TestCRLDates(t *testing.T) {
	w := newWorks()
	next := certtest.Now.Add(24 * time.Hour)
	w.add(t, certtest.List{Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter))
	for _, test := range []struct {
		name   string
		leaf   *certtest.Entity
		change []func(*pkix.PathOptions)
		want   error
	}{
		{"now", w.other, nil, nil},
		{"the last second", w.other, []func(*pkix.PathOptions){at(next)}, nil},
		{"a second later", w.other, []func(*pkix.PathOptions){at(next.Add(time.Second))}, pkix.ErrCRLOutdated},
		{"a second later, accepted", w.other, []func(*pkix.PathOptions){at(next.Add(time.Second)), outdated}, nil},
		{"before it", w.other, []func(*pkix.PathOptions){at(certtest.Now.Add(-2 * time.Hour))}, pkix.ErrCRLOutdated},
		{"revoked, a second later", w.device, []func(*pkix.PathOptions){at(next.Add(time.Second))}, pkix.ErrRevoked},
		{"revoked, a second later, accepted", w.device, []func(*pkix.PathOptions){at(next.Add(time.Second)), outdated}, pkix.ErrRevoked},
		{"revoked, before it", w.device, []func(*pkix.PathOptions){at(certtest.Now.Add(-2 * time.Hour)), outdated}, pkix.ErrRevoked},
	} {
		if err := w.verify(t, test.leaf, test.change...); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	// An old list may be added, as its entries are still true.
	w = newWorks()
	w.add(t, certtest.List{This: certtest.Now.Add(-48 * time.Hour), Next: certtest.Now.Add(-time.Hour)}.SignedBy(w.inter))
	if err := w.verify(t, w.device); !errors.Is(err, pkix.ErrCRLOutdated) {
		t.Errorf("an old list: %v", err)
	}
	if err := w.verify(t, w.device, outdated); err != nil {
		t.Errorf("an old list, accepted: %v", err)
	}
}

// TestCRLReplaced: of two lists the newer one counts, in whatever order they come;
// those of different distribution points stand side by side.
func TestCRLReplaced(t *testing.T) {
	w := newWorks()
	old := certtest.List{Number: 1, Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter)
	renewed := certtest.List{Number: 2}.SignedBy(w.inter)
	for _, order := range [][][]byte{{old, renewed}, {renewed, old}, {renewed, old, old, renewed}} {
		w.issuers = newIssuers(w)
		w.add(t, order...)
		if err := w.verify(t, w.device); err != nil {
			t.Errorf("the newer list has it no more: %v", err)
		}
	}
	earlier := certtest.List{This: certtest.Now.Add(-2 * time.Hour), Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter)
	later := certtest.List{}.SignedBy(w.inter)
	w.issuers = newIssuers(w)
	w.add(t, later, earlier)
	if err := w.verify(t, w.device); err != nil {
		t.Errorf("without numbers, by date: %v", err)
	}
	users, authorities := []byte{0x30, 3, 0x81, 1, 0xff}, []byte{0x30, 3, 0x82, 1, 0xff}
	w.issuers = newIssuers(w)
	w.add(t, certtest.List{Number: 1, Revoked: []*certtest.Entity{w.device}, Extensions: []x509pkix.Extension{point(users)}}.SignedBy(w.inter),
		certtest.List{Number: 2, Extensions: []x509pkix.Extension{point(authorities)}}.SignedBy(w.inter))
	if err := w.verify(t, w.device); !errors.Is(err, pkix.ErrRevoked) {
		t.Errorf("the list for authorities has replaced that for users: %v", err)
	}
}

func newIssuers(w *works) *pkix.Issuers {
	return issuersOf(certificatesOf([]*certtest.Entity{w.root}), certificatesOf([]*certtest.Entity{w.inter}))
}

func point(value []byte) x509pkix.Extension { return certtest.Extension(true, value, 2, 5, 29, 28) }

func entry(extensions ...x509pkix.Extension) certtest.ListEntry {
	return certtest.ListEntry{Serial: big.NewInt(7), Time: certtest.Now, Extensions: extensions}
}

// TestCRLRefused: lists that are not added.
func TestCRLRefused(t *testing.T) {
	w := newWorks()
	stranger := certtest.Root("Stranger", suite.KeyP256, signsLists)
	namesake := certtest.CA("Intermediate", suite.KeyP256, w.root, signsLists)
	mute := certtest.CA("Mute", suite.KeyP256, w.root)
	noCA := certtest.CA("No authority", suite.KeyP256, w.root, signsLists, func(s *certtest.Spec) { s.IsCA, s.MaxPathLen = false, 0 })
	lost := certtest.CA("Lost", suite.KeyP256, stranger, signsLists)
	expired := certtest.CA("Expired", suite.KeyP256, w.root, signsLists, func(s *certtest.Spec) { s.NotAfter = certtest.Now.Add(-time.Second) })
	for _, c := range certificatesOf([]*certtest.Entity{mute, noCA, lost, expired}) {
		w.issuers.AddIntermediate(c)
	}
	good := certtest.List{Number: 5, Revoked: []*certtest.Entity{w.device}}
	extended := func(extensions ...x509pkix.Extension) []byte {
		list := good
		list.Extensions = extensions
		return list.SignedBy(w.inter)
	}
	with := func(entries ...certtest.ListEntry) []byte { return certtest.List{Entries: entries}.SignedBy(w.inter) }
	whole := good.SignedBy(w.inter)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	altered := bytes.Clone(whole)
	serial := w.device.Cert.SerialNumber.Bytes()
	at := bytes.LastIndex(whole, append([]byte{2, byte(len(serial))}, serial...)) // an INTEGER, in the entries
	altered[at+1+len(serial)] ^= 1
	for name, test := range map[string]struct {
		list []byte
		want error
		text string
	}{
		"empty":                       {nil, pkix.ErrMalformed, ""},
		"text":                        {[]byte("-----BEGIN X509 CRL-----"), pkix.ErrMalformed, ""},
		"a certificate":               {w.device.DER, pkix.ErrMalformed, ""},
		"cut":                         {whole[:len(whole)-1], pkix.ErrMalformed, ""},
		"a byte after it":             {append(bytes.Clone(whole), 0), pkix.ErrMalformed, ""},
		"by a stranger":               {good.SignedBy(stranger), pkix.ErrUnknownIssuer, "add its certificate"},
		"by a namesake":               {good.SignedBy(namesake), pkix.ErrBadSignature, "Intermediate"},
		"signature broken":            {flipped, pkix.ErrBadSignature, ""},
		"a number altered":            {altered, pkix.ErrBadSignature, ""},
		"by a device":                 {good.SignedBy(w.device), pkix.ErrUnknownIssuer, ""},
		"issuer without cRLSign":      {good.SignedBy(mute), pkix.ErrKeyUsage, "cRLSign"},
		"issuer is no authority":      {good.SignedBy(noCA), pkix.ErrNotCA, ""},
		"issuer without an anchor":    {good.SignedBy(lost), pkix.ErrUnknownIssuer, ""},
		"issuer has expired":          {good.SignedBy(expired), pkix.ErrExpired, ""},
		"of tomorrow":                 {certtest.List{This: certtest.Now.Add(time.Second), Next: certtest.Now.Add(time.Hour)}.SignedBy(w.inter), pkix.ErrNotYetValid, ""},
		"without nextUpdate":          {certtest.List{NoNext: true}.SignedBy(w.inter), pkix.ErrCRL, "nextUpdate"},
		"nextUpdate before":           {certtest.List{Next: certtest.Now.Add(-2 * time.Hour)}.SignedBy(w.inter), pkix.ErrCRL, "nextUpdate"},
		"a delta list":                {extended(certtest.Extension(true, []byte{2, 1, 1}, 2, 5, 29, 27)), pkix.ErrCRL, "delta"},
		"a delta list, not critical":  {extended(certtest.Extension(false, []byte{2, 1, 1}, 2, 5, 29, 27)), pkix.ErrCRL, "delta"},
		"an indirect list":            {extended(point([]byte{0x30, 3, 0x84, 1, 0xff})), pkix.ErrCRL, "indirect"},
		"for some reasons":            {extended(point([]byte{0x30, 4, 0x83, 2, 6, 0x40})), pkix.ErrCRL, "reasons"},
		"for attribute certificates":  {extended(point([]byte{0x30, 3, 0x85, 1, 0xff})), pkix.ErrCRL, "attribute"},
		"distribution point broken":   {extended(point([]byte{0x30, 3, 0x85})), pkix.ErrCRL, "malformed"},
		"unknown critical extension":  {extended(certtest.Extension(true, []byte{5, 0}, 1, 2, 3, 4)), pkix.ErrCriticalExtension, "1.2.3.4"},
		"entry by another issuer":     {with(entry(certtest.Extension(true, []byte{0x30, 0}, 2, 5, 29, 29))), pkix.ErrCRL, "indirect"},
		"entry removes":               {with(entry(certtest.Extension(false, []byte{0x0a, 1, 8}, 2, 5, 29, 21))), pkix.ErrCRL, "delta"},
		"entry with unknown critical": {with(entry(certtest.Extension(true, []byte{5, 0}, 1, 2, 3, 4))), pkix.ErrCriticalExtension, "1.2.3.4"},
	} {
		err := w.issuers.AddCRL(test.list, certtest.Now)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := w.verify(t, w.device); err != nil {
		t.Errorf("a list that was refused revokes: %v", err)
	}
	for name, list := range map[string][]byte{
		"unknown extension":    extended(certtest.Extension(false, []byte{5, 0}, 1, 2, 3, 4)),
		"reasons and hold":     with(entry(certtest.Extension(false, []byte{0x0a, 1, 6}, 2, 5, 29, 21))),
		"a distribution point": extended(point([]byte{0x30, 6, 0xa0, 4, 0xa0, 2, 0x86, 0})),
	} {
		if err := w.issuers.AddCRL(list, certtest.Now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckRevoked: what was believed before is held against the lists with all that
// is above it, wherever the issuers are known from.
func TestCheckRevoked(t *testing.T) {
	chainOf := func(entities ...*certtest.Entity) []*pkix.Certificate { return certificatesOf(entities) }
	options := pkix.PathOptions{Time: certtest.Now, Depth: 8}
	check := func(name string, w *works, chain []*pkix.Certificate, want error, options pkix.PathOptions) {
		t.Helper()
		if err := w.issuers.CheckRevoked(chain, options); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	w := newWorks()
	if w.issuers.HasCRLs() {
		t.Error("there are lists")
	}
	check("no list", w, chainOf(w.device, w.inter), nil, options)
	w.add(t, certtest.List{Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter))
	if !w.issuers.HasCRLs() {
		t.Error("there are no lists")
	}
	check("the device", w, chainOf(w.device), pkix.ErrRevoked, options)
	check("another one", w, chainOf(w.other), nil, options)
	check("after it", w, chainOf(w.other), pkix.ErrCRLOutdated, pkix.PathOptions{Time: certtest.Now.Add(48 * time.Hour)})
	check("after it, accepted", w, chainOf(w.other), nil, pkix.PathOptions{Time: certtest.Now.Add(48 * time.Hour), OutdatedCRLs: true})

	// The issuer is revoked, and known from the chain or from here.
	w = newWorks()
	w.add(t, certtest.List{Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root))
	check("the intermediate of the Config", w, chainOf(w.device), pkix.ErrRevoked, options)
	alone := issuersOf(certificatesOf([]*certtest.Entity{w.root}), nil)
	if err := alone.AddCRL(certtest.List{Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root), certtest.Now); err != nil {
		t.Fatal(err)
	}
	w.issuers = alone
	check("the intermediate of the chain", w, chainOf(w.device, w.inter), pkix.ErrRevoked, options)
	check("the intermediate of a bag", w, chainOf(w.device, w.other, w.inter), pkix.ErrRevoked, options)
	check("an intermediate that nobody has", w, chainOf(w.device), nil, options)

	// Two levels up.
	upper := certtest.CA("Upper", suite.KeyP256, w.root, signsLists)
	lower := certtest.CA("Lower", suite.KeyP256, upper, signsLists)
	leaf := certtest.Leaf("Device", suite.KeyP256, lower)
	w.issuers = issuersOf(chainOf(w.root), chainOf(lower, upper))
	w.add(t, certtest.List{Revoked: []*certtest.Entity{upper}}.SignedBy(w.root))
	check("two levels up", w, chainOf(leaf), pkix.ErrRevoked, options)

	// An intermediate was revoked and replaced by one of its name.
	for _, edit := range []certtest.Edit{nothing, func(s *certtest.Spec) { s.SubjectKeyId = []byte{} }} {
		w = newWorks(edit)
		renewed := certtest.CA("Intermediate", suite.KeyP256, w.root, signsLists, edit)
		below := certtest.Leaf("Device", suite.KeyP256, renewed, edit)
		w.issuers = issuersOf(chainOf(w.root), chainOf(w.inter, renewed))
		w.add(t, certtest.List{Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root))
		check("below the revoked one", w, chainOf(w.device), pkix.ErrRevoked, options)
		check("below the new one", w, chainOf(below), nil, options)
		check("below the new one, the old one comes along", w, chainOf(below, w.inter), nil, options)
	}
	// With the same key, the certificate that was not revoked vouches for it.
	w = newWorks()
	again := certtest.CA("Intermediate", suite.KeyP256, w.root, signsLists, func(s *certtest.Spec) { s.Key = w.inter.Key })
	w.issuers = issuersOf(chainOf(w.root), chainOf(w.inter, again))
	w.add(t, certtest.List{Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root))
	check("renewed with the same key", w, chainOf(w.device), nil, options)

	// Authorities that certify each other make no loop.
	one := certtest.CA("One", suite.KeyP256, certtest.Root("Two", suite.KeyP256))
	two := certtest.CA("Two", suite.KeyP256, one)
	w.issuers = issuersOf(chainOf(w.root), chainOf(one, two))
	w.add(t, certtest.List{}.SignedBy(w.root))
	check("in a circle", w, chainOf(certtest.Leaf("Device", suite.KeyP256, two)), nil, options)
}

// TestTolerance: dates of certificates and of lists may be off by so much, and by
// nothing if that is what is said.
func TestTolerance(t *testing.T) {
	const tolerance = 5 * time.Minute
	within := func(o *pkix.PathOptions) { o.Tolerance = tolerance }
	for _, test := range []struct {
		name   string
		at     time.Time
		inside func(*pkix.PathOptions)
		want   error
	}{
		{"before notBefore", certtest.NotBefore.Add(-tolerance), within, nil},
		{"a second more", certtest.NotBefore.Add(-tolerance - time.Second), within, pkix.ErrNotYetValid},
		{"before notBefore, exact", certtest.NotBefore.Add(-time.Second), nothingOf, pkix.ErrNotYetValid},
		{"notBefore, exact", certtest.NotBefore, nothingOf, nil},
		{"after notAfter", certtest.NotAfter.Add(tolerance), within, nil},
		{"a second more than notAfter", certtest.NotAfter.Add(tolerance + time.Second), within, pkix.ErrExpired},
		{"after notAfter, exact", certtest.NotAfter.Add(time.Second), nothingOf, pkix.ErrExpired},
		{"notAfter, exact", certtest.NotAfter, nothingOf, nil},
	} {
		w := newWorks()
		for range 2 { // the intermediate is remembered then
			if err := w.verify(t, w.device, at(test.at), test.inside); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
		}
	}
	this, next := certtest.Now, certtest.Now.Add(time.Hour)
	list := certtest.List{This: this, Next: next}
	for _, test := range []struct {
		name   string
		at     time.Time
		inside func(*pkix.PathOptions)
		add    error
		check  error
	}{
		{"before thisUpdate", this.Add(-tolerance), within, nil, nil},
		{"a second more", this.Add(-tolerance - time.Second), within, pkix.ErrNotYetValid, nil},
		{"before thisUpdate, exact", this.Add(-time.Second), nothingOf, pkix.ErrNotYetValid, nil},
		{"thisUpdate, exact", this, nothingOf, nil, nil},
		{"after nextUpdate", next.Add(tolerance), within, nil, nil},
		{"a second more than nextUpdate", next.Add(tolerance + time.Second), within, nil, pkix.ErrCRLOutdated},
		{"after nextUpdate, exact", next.Add(time.Second), nothingOf, nil, pkix.ErrCRLOutdated},
		{"nextUpdate, exact", next, nothingOf, nil, nil},
	} {
		w := newWorks()
		options := pkix.PathOptions{Time: test.at}
		test.inside(&options)
		err := w.issuers.AddCRLs([][]byte{list.SignedBy(w.inter)}, options)
		if !errors.Is(err, test.add) {
			t.Errorf("%s: added with %v, want %v", test.name, err, test.add)
		}
		if err == nil {
			err = w.verify(t, w.device, at(test.at), test.inside)
			if !errors.Is(err, test.check) {
				t.Errorf("%s: %v, want %v", test.name, err, test.check)
			}
		}
	}
	// Who signs lists may be as late.
	w := newWorks(func(s *certtest.Spec) { s.NotAfter = certtest.Now.Add(-time.Minute) })
	late := certtest.List{}.SignedBy(w.inter)
	if err := w.issuers.AddCRLs([][]byte{late}, pkix.PathOptions{Time: certtest.Now}); !errors.Is(err, pkix.ErrExpired) {
		t.Errorf("an issuer that has expired: %v", err)
	}
	if err := w.issuers.AddCRLs([][]byte{late}, pkix.PathOptions{Time: certtest.Now, Tolerance: tolerance}); err != nil {
		t.Errorf("an issuer that has just expired: %v", err)
	}
}

func nothingOf(*pkix.PathOptions) {}

// TestAddCRLsAllOrNone: one bad list of several, wherever it stands, and none was added.
func TestAddCRLsAllOrNone(t *testing.T) {
	for at := range 3 {
		w := newWorks()
		lists := [][]byte{certtest.List{Revoked: []*certtest.Entity{w.device}}.SignedBy(w.inter), certtest.List{Revoked: []*certtest.Entity{w.inter}}.SignedBy(w.root)}
		bad := certtest.List{}.SignedBy(certtest.Root("Stranger", suite.KeyP256, signsLists))
		err := w.issuers.AddCRLs(slices.Insert(lists, at, bad), pkix.PathOptions{Time: certtest.Now})
		if !errors.Is(err, pkix.ErrUnknownIssuer) || w.issuers.HasCRLs() {
			t.Errorf("a bad one at %d: %v, lists: %v", at, err, w.issuers.HasCRLs())
		}
		if err := w.verify(t, w.device); err != nil {
			t.Errorf("a bad one at %d: %v", at, err)
		}
	}
}

// TestCRLSignatures: authorities of all kinds of keys sign lists.
func TestCRLSignatures(t *testing.T) {
	for _, a := range authorities {
		edit := certtest.Edit(nothing)
		if a.key != nil {
			edit = a.key(0)
		}
		root := certtest.Root("Root", a.kind, signsLists, edit)
		device := certtest.Leaf("Device", suite.KeyP256, root)
		schemes := []certtest.RSAScheme{{}}
		if root.RSA != nil {
			schemes = append(schemes, certtest.RSAScheme{PSS: true}, certtest.RSAScheme{PSS: true, Salt: 20}, certtest.RSAScheme{Hash: crypto.SHA512})
		}
		for _, scheme := range schemes {
			w := &works{issuers: trusting(root)}
			list := certtest.List{Revoked: []*certtest.Entity{device}, Scheme: scheme}.SignedBy(root)
			w.add(t, list)
			if err := w.verify(t, device); !errors.Is(err, pkix.ErrRevoked) {
				t.Errorf("%s, %+v: %v", a.name, scheme, err)
			}
			list[len(list)-1] ^= 1
			if err := trusting(root).AddCRL(list, certtest.Now); !errors.Is(err, pkix.ErrBadSignature) {
				t.Errorf("%s, %+v, broken: %v", a.name, scheme, err)
			}
		}
		if root.RSA != nil {
			weak := certtest.List{Scheme: certtest.RSAScheme{Hash: crypto.SHA1}}.SignedBy(root)
			if err := trusting(root).AddCRL(weak, certtest.Now); !errors.Is(err, pkix.ErrAlgorithm) {
				t.Errorf("SHA-1: %v", err)
			}
		}
	}
}

// TestCRLWhileVerifying: lists are renewed while peers come and go.
func TestCRLWhileVerifying(t *testing.T) {
	w := newWorks()
	var done sync.WaitGroup
	for i := range 4 {
		list := certtest.List{Number: int64(i + 1)}.SignedBy(w.inter)
		done.Go(func() {
			for range 5 {
				if err := w.issuers.AddCRL(list, certtest.Now); err != nil {
					t.Error(err)
				}
			}
		})
		done.Go(func() {
			for range 5 {
				if err := w.verify(t, w.device); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
}

// TestReadCRLs: several in a file of PEM, beside other things, or in DER.
func TestReadCRLs(t *testing.T) {
	w := newWorks()
	one, two := certtest.List{}.SignedBy(w.root), certtest.List{}.SignedBy(w.inter)
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	file := slices.Concat(block("CERTIFICATE", w.root.DER), block("X509 CRL", one), []byte("text\n"), block("X509 CRL", two))
	for name, data := range map[string][]byte{"PEM": file, "DER": slices.Concat(one, two)} {
		lists, err := pkix.ReadCRLs(data)
		if err != nil || len(lists) != 2 || !bytes.Equal(lists[0], one) || !bytes.Equal(lists[1], two) {
			t.Errorf("%s: %d lists, %v", name, len(lists), err)
		}
	}
	damaged := bytes.Replace(file, []byte("-----END X509 CRL-----"), []byte("-----END X509 CRL----"), 1)
	for name, data := range map[string][]byte{"none": block("CERTIFICATE", w.root.DER), "empty": nil, "damaged": damaged} {
		if lists, err := pkix.ReadCRLs(data); !errors.Is(err, pkix.ErrMalformed) {
			t.Errorf("%s: %d lists, %v", name, len(lists), err)
		}
	}
}

// TestCRLByOpenSSL: a list that openssl has made revokes what it says, and openssl
// comes to the same verdict on it.
func TestCRLByOpenSSL(t *testing.T) {
	w := newWorkshop(t)
	for _, algorithm := range []string{"EC -pkeyopt ec_paramgen_curve:P-256", "ED448", "RSA -pkeyopt rsa_keygen_bits:2048"} {
		w.openssl("genpkey -algorithm " + algorithm + " -out root.key")
		w.openssl("req -new -x509 -key root.key -subj /CN=Root -days 10 -out root.pem -addext keyUsage=critical,keyCertSign,cRLSign")
		w.openssl("genpkey -algorithm ED25519 -out leaf.key")
		w.openssl("req -new -key leaf.key -subj /CN=Device -out leaf.csr")
		for _, serial := range []string{"1001", "1002"} {
			w.openssl("x509 -req -in leaf.csr -CA root.pem -CAkey root.key -set_serial 0x" + serial + " -days 10 -out " + serial + ".pem")
		}
		w.write("index.txt", []byte("R\t491231235959Z\t"+time.Now().UTC().Add(-time.Hour).Format("060102150405Z")+",keyCompromise\t1001\tunknown\t/CN=Device\n"))
		w.write("number", []byte("01\n"))
		w.write("ca.cnf", []byte("[ca]\ndefault_ca=works\n[works]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=default\ndefault_crl_days=5\n"))
		w.openssl("ca -config ca.cnf -gencrl -keyfile root.key -cert root.pem -out list.pem")

		lists, err := pkix.ReadCRLs(w.file("list.pem"))
		if err != nil {
			t.Fatal(err)
		}
		roots, err := pkix.ReadCertificates(w.file("root.pem"))
		if err != nil {
			t.Fatal(err)
		}
		anchors, err := parse(roots...)
		if err != nil {
			t.Fatal(err)
		}
		issuers := issuersOf(anchors, nil)
		now := time.Now()
		for _, list := range lists {
			if err := issuers.AddCRL(list, now); err != nil {
				t.Fatalf("%s: %v", algorithm, err)
			}
		}
		for serial, want := range map[string]error{"1001": pkix.ErrRevoked, "1002": nil} {
			leaf, err := pkix.ReadCertificates(w.file(serial + ".pem"))
			if err != nil {
				t.Fatal(err)
			}
			chain, err := parse(leaf...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = issuers.Verify(chain, pkix.PathOptions{Time: now, Usage: pkix.UsageSignature})
			if !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", algorithm, serial, err, want)
			}
			if verdict := w.verdict(fmt.Sprintf("verify -crl_check -CAfile root.pem -CRLfile list.pem %s.pem", serial)); verdict != (want == nil) {
				t.Errorf("%s, %s: openssl says %v", algorithm, serial, verdict)
			}
		}
	}
}

// FuzzCRL: whatever a list says, it is added or refused with an error of ours.
func FuzzCRL(f *testing.F) {
	w := newWorks()
	for _, list := range [][]byte{
		certtest.List{}.SignedBy(w.root),
		certtest.List{Number: 3, Revoked: []*certtest.Entity{w.device, w.other}}.SignedBy(w.inter),
		certtest.List{Extensions: []x509pkix.Extension{point([]byte{0x30, 3, 0x81, 1, 0xff})}, Entries: []certtest.ListEntry{entry(certtest.Extension(false, []byte{0x0a, 1, 1}, 2, 5, 29, 21))}}.SignedBy(w.inter),
	} {
		f.Add(list)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// Signed anew, so that contents are reached behind the signature.
		var outer struct {
			TBS, Algorithm asn1.RawValue
			Signature      asn1.BitString
		}
		if rest, err := asn1.Unmarshal(data, &outer); err == nil && len(rest) == 0 {
			signature := certtest.Sign(w.inter.Key, outer.TBS.FullBytes)
			outer.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
			if again, err := asn1.Marshal(outer); err == nil {
				data = again
			}
		}
		if err := newIssuers(w).AddCRL(data, certtest.Now); err != nil && certtest.ErrorName(err) == "other" && !errors.Is(err, pkix.ErrCRL) {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}
