package pkix

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// Costs are in units of one Ed25519 signature to check, about 50 us;
// BenchmarkSignatureCosts measures them.
const (
	// maxCost is what a message may cost: 8 signatures of P-521, the dearest,
	// are an honest path.
	maxCost = 512
	// maxFailures is what signatures may cost that do not verify. Of an honest
	// message these are few: an issuer has renewed its key, and gives no key
	// identifiers. Each costs failureCost more than its algorithm.
	maxFailures = 80
	failureCost = 8
	// A visit is a step of a path whose signature is known already.
	visitsPerUnit = 32
	// A comparison is one of a name with a constraint.
	comparisonsPerUnit = 32
)

var errBudget = fmt.Errorf("%w: too many certificates and signatures to check", ErrChainTooLong)

// Budget bounds what all certificates of one message cost to verify, as a bag may
// have several end entities with many paths each. It is for one goroutine.
type Budget struct {
	cost, failures      int
	visits, comparisons int
	signatures          map[edge]error
}

// edge is a certificate and the key that may have signed it.
type edge struct {
	child *Certificate
	key   string // SubjectPublicKeyInfo
}

// NewBudget is that of one message.
func NewBudget() *Budget { return &Budget{signatures: make(map[edge]error)} }

// Cost is what was spent on signatures.
func (b *Budget) Cost() int { return b.cost }

// spent reports whether nothing more is to be done for the message.
func (b *Budget) spent() bool {
	return b.failures >= maxFailures ||
		b.cost+b.visits/visitsPerUnit+b.comparisons/comparisonsPerUnit > maxCost
}

// compare takes one comparison of names and reports whether there was one left.
func (b *Budget) compare() bool {
	b.comparisons++
	return !b.spent()
}

// check takes one path to check and reports whether there was one left.
func (b *Budget) check() bool {
	b.cost++
	return !b.spent()
}

// visit takes one step of a path.
func (b *Budget) visit() error {
	if b.visits++; b.spent() {
		return errBudget
	}
	return nil
}

// checkSignature checks each signature once for each key it may be of.
func (b *Budget) checkSignature(child, parent *Certificate) error {
	if err := b.visit(); err != nil {
		return err
	}
	known := edge{child, string(parent.RawSubjectPublicKeyInfo)}
	if err, ok := b.signatures[known]; ok {
		return err
	}
	cost := signatureCost(parent.Certificate)
	if b.cost += cost; b.spent() {
		return errBudget
	}
	err := child.signedBy(parent)
	if err != nil {
		b.failures += cost + failureCost
	}
	b.signatures[known] = err
	return err
}

// signatureCost is what it costs to check a signature of this issuer.
func signatureCost(issuer *x509.Certificate) int {
	switch key := issuer.PublicKey.(type) {
	case *ecdsa.PublicKey:
		switch size := key.Params().BitSize; {
		case size > 384:
			return 60
		case size > 256:
			return 14
		case size < 256:
			return 4
		}
		return 2
	case *rsa.PublicKey:
		switch size := key.N.BitLen(); {
		case size > 4096:
			return 40
		case size > 2048:
			return 10
		}
		return 1
	case nil: // crypto/x509 does not know Ed448
		return 5
	}
	return 1
}
