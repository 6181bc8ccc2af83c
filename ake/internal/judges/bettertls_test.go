package judges

import (
	"crypto"
	"crypto/x509"
	"testing"
	"time"

	"github.com/Netflix/bettertls/test-suites/certutil"
	"github.com/Netflix/bettertls/test-suites/nameconstraints"
	"github.com/Netflix/bettertls/test-suites/pathbuilding"
	testcase "github.com/Netflix/bettertls/test-suites/test-case"

	"github.com/liblake/lake/ake/internal/pkix"
)

// verifyBag verifies what a peer sends, the end entity first.
func verifyBag(bag [][]byte, anchor *x509.Certificate) error {
	all, err := pkix.ParseCertificates(append([][]byte{anchor.Raw}, bag...), pkix.ParseCertificate)
	if err != nil {
		return err
	}
	issuers := new(pkix.Issuers)
	issuers.AddAnchor(all[0])
	_, err = issuers.Verify(all[1:], pkix.PathOptions{Time: time.Now(), Usage: pkix.UsageSignature, Bag: true})
	return err
}

// betterTLS is a root to which the cases of BetterTLS are made.
type betterTLS struct {
	*testing.T
	certificate *x509.Certificate
	key         crypto.Signer
}

func newBetterTLS(t *testing.T) betterTLS {
	certificate, key, err := certutil.GenerateSelfSignedCert("root")
	if err != nil {
		t.Fatal(err)
	}
	return betterTLS{t, certificate, key}
}

// bag makes the certificates of a case.
func (b betterTLS) bag(c testcase.TestCase) [][]byte {
	b.Helper()
	made, err := c.GetCertificates(b.certificate, b.key)
	if err != nil {
		b.Fatal(err)
	}
	return made.Certificate
}

func (b betterTLS) all(provider testcase.TestCaseProvider) (cases []testcase.TestCase) {
	b.Helper()
	count, err := provider.GetTestCaseCount()
	if err != nil || count == 0 {
		b.Fatal(count, err)
	}
	for i := range count {
		c, err := provider.GetTestCase(i)
		if err != nil {
			b.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// TestBetterTLSPathBuilding has cases in which some of the ways to an anchor are no
// good.
func TestBetterTLSPathBuilding(t *testing.T) {
	t.Parallel()
	b := newBetterTLS(t)
	count := make(map[testcase.ExpectedResult]int)
	for i, c := range b.all(pathbuilding.NewTestCaseProvider()) {
		want := c.ExpectedResult()
		count[want]++
		if err := verifyBag(b.bag(c), b.certificate); (err == nil) != (want == testcase.EXPECTED_RESULT_PASS) {
			t.Errorf("case %d: %v, want %v: %+v", i, err, want, c)
		}
	}
	t.Log(count)
}

// TestBetterTLSNameConstraints has cases in which a client asks for a host. EDHOC
// does not; crypto/x509 compares the name here. A name that nobody asked for and
// that an issuer must not certify is a reason to refuse, too ("soft fail"); the
// common name is none ("soft pass").
func TestBetterTLSNameConstraints(t *testing.T) {
	t.Parallel()
	b := newBetterTLS(t)
	count := make(map[testcase.ExpectedResult]int)
	for i, c := range b.all(nameconstraints.NewTestCaseProvider()) {
		bag := b.bag(c)
		pathErr := verifyBag(bag, b.certificate)
		err := pathErr
		if err == nil {
			leaf, err2 := x509.ParseCertificate(bag[0])
			if err2 != nil {
				t.Fatal(err2)
			}
			err = leaf.VerifyHostname(c.GetHostname())
		}
		want := c.ExpectedResult()
		count[want]++
		good := want == testcase.EXPECTED_RESULT_PASS || want == testcase.EXPECTED_RESULT_SOFT_PASS
		if (err == nil) != good {
			t.Errorf("case %d: %v, want %v: %+v", i, err, want, c)
		}
		// And without a client.
		if n := c.(nameconstraints.NameConstraintsTestCase); n.ExtraSan == nil && (pathErr == nil) != withinConstraints(n) {
			t.Errorf("case %d: %v: %+v", i, pathErr, c)
		}
	}
	t.Log(count)
}

func withinConstraints(n nameconstraints.NameConstraintsTestCase) bool {
	within := func(name, permitted, excluded nameconstraints.TrinaryValue) bool {
		const none = nameconstraints.EXTVAL_NONE
		return name == none || (permitted == none || permitted == name) && excluded != name
	}
	return within(n.DnsSan, n.NameConstraintsDnsWhitelist, n.NameConstraintsDnsBlacklist) &&
		within(n.IpSan, n.NameConstraintsIpWhitelist, n.NameConstraintsIpBlacklist)
}
