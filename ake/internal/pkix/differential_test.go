package pkix_test

import (
	"bytes"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/pkix"
)

// asRead are certificates that say something else than their bytes, where a test has
// changed them. Paths go by what was read.
func asRead(certificates ...*x509.Certificate) []*pkix.Certificate {
	read := make([]*pkix.Certificate, len(certificates))
	for i, c := range certificates {
		read[i] = &pkix.Certificate{Certificate: c}
	}
	return read
}

// verifyHierarchy is all that these tests ask of the package. The first certificate
// is the end entity's.
func verifyHierarchy(h *hierarchy) ([]*x509.Certificate, error) {
	var budget *pkix.Budget
	if h.costly {
		budget = pkix.UnboundedBudget()
	}
	path, err := issuersOf(asRead(h.anchors...), nil).Verify(asRead(h.bag...), pkix.PathOptions{
		Time: hierarchyTime, Usage: pkix.UsageSignature, Bag: true, Depth: h.depth, Budget: budget,
	})
	var certificates []*x509.Certificate
	for _, c := range path {
		certificates = append(certificates, c.Certificate)
	}
	return certificates, err
}

// verifyLikeGo asks crypto/x509 the same.
func verifyLikeGo(h *hierarchy) ([][]*x509.Certificate, error) {
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range h.anchors {
		roots.AddCert(c)
	}
	for _, c := range h.bag[1:] {
		intermediates.AddCert(c)
	}
	return h.bag[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: hierarchyTime,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	})
}

// TestPathLikeGo holds verdicts on random hierarchies against those of
// crypto/x509. If LAKE_LONG is set, there are 100 000 of them.
func TestPathLikeGo(t *testing.T) {
	t.Parallel()
	count, long := uint64(1000), os.Getenv("LAKE_LONG") != ""
	if long {
		count = 100_000
	}
	verdicts := make(map[string]int)
	for seed := range count {
		h := newHierarchy(seed)
		chains, reference := verifyLikeGo(h)
		path, err := verifyHierarchy(h)
		verdict := "accepted"
		switch {
		case err == nil && reference == nil:
		case err != nil && reference != nil:
			verdict = "refused"
		case err == nil:
			verdict = "accepted here only: " + whyAccepted(h, path)
		default:
			verdict = "refused here only: " + whyRefused(h, chains)
		}
		verdicts[verdict]++
		if strings.HasSuffix(verdict, unknown) {
			t.Errorf("seed %d: %v, crypto/x509: %v\n%s", seed, err, reference, h)
		}
	}
	all := slices.Sorted(maps.Keys(verdicts))
	for _, verdict := range all {
		t.Logf("%6d %s", verdicts[verdict], verdict)
	}
	for _, d := range slices.Concat(stricterHere, stricterThere) {
		if long && !slices.ContainsFunc(all, func(verdict string) bool { return strings.HasSuffix(verdict, d.reason) }) {
			t.Errorf("no hierarchy shows the difference: %s", d.reason)
		}
	}
	if verdicts["accepted"] < int(count)/20 || verdicts["refused"] < int(count)/20 {
		t.Error("the hierarchies are too good or too bad to tell anything")
	}
}

const unknown = "unknown"

// A difference is a rule that only one side has. Without what the rule is about,
// both sides come to the same verdict. It reports whether there was any of that.
type difference struct {
	reason  string
	without func(h *hierarchy) bool
}

// stricterHere are the rules of this package.
var stricterHere = []difference{
	{"an end entity with an RSA key", func(h *hierarchy) bool {
		return change(h.bag[:1], func(c *x509.Certificate) bool { return c.PublicKeyAlgorithm == x509.RSA },
			func(c *x509.Certificate) { c.PublicKeyAlgorithm = x509.Ed25519 })
	}},
	{"an end entity that must not sign", func(h *hierarchy) bool {
		return change(h.bag[:1], func(c *x509.Certificate) bool { return c.KeyUsage&x509.KeyUsageDigitalSignature == 0 },
			func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDigitalSignature })
	}},
	{"policy constraints that are critical", func(h *hierarchy) bool {
		isConstraints := func(e x509pkix.Extension) bool { return e.Critical && e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 36}) }
		return h.change(func(c *x509.Certificate) bool { return slices.ContainsFunc(c.Extensions, isConstraints) },
			func(c *x509.Certificate) { c.Extensions = slices.DeleteFunc(slices.Clone(c.Extensions), isConstraints) })
	}},
	{"a mail address in a subject that is constrained", func(h *hierarchy) bool {
		isMail := func(a x509pkix.AttributeTypeAndValue) bool {
			return a.Type.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1})
		}
		return h.change(func(c *x509.Certificate) bool { return slices.ContainsFunc(c.Subject.Names, isMail) },
			func(c *x509.Certificate) { c.Subject.Names = slices.DeleteFunc(slices.Clone(c.Subject.Names), isMail) })
	}},
	{ofOneHost, func(h *hierarchy) bool {
		var permitted []string
		for _, c := range slices.Concat(h.bag, h.anchors) {
			permitted = append(permitted, slices.Concat(c.PermittedURIDomains, c.PermittedEmailAddresses)...)
		}
		below := func(name string) bool {
			return slices.ContainsFunc(permitted, func(base string) bool {
				return strings.HasSuffix(hostOf(name), "."+strings.ToLower(base))
			})
		}
		return h.change(func(c *x509.Certificate) bool { return slices.ContainsFunc(urisAndMail(c), below) },
			func(c *x509.Certificate) { removeNames(c, below) })
	}},
	{"a path of more than 8 issuers", func(h *hierarchy) bool {
		h.depth = 100
		return len(h.bag) > 8
	}},
	{"signatures that do not verify cost more than a message may", func(h *hierarchy) bool {
		h.costly = true
		return true
	}},
}

const ofOneHost = "a URI or mail constraint without a period is of one host (RFC 5280 section 4.2.1.10), not of all below it"

// hostOf is the host of a URI or of a mail address.
func hostOf(name string) string {
	if u := must(url.Parse(name)); u.Hostname() != "" {
		return strings.ToLower(u.Hostname())
	}
	return strings.ToLower(name[strings.LastIndexByte(name, '@')+1:])
}

func urisAndMail(c *x509.Certificate) []string {
	names := slices.Clone(c.EmailAddresses)
	for _, u := range c.URIs {
		names = append(names, u.String())
	}
	return names
}

// removeNames takes names out of the extension, which this package reads.
func removeNames(c *x509.Certificate, remove func(name string) bool) {
	c.Extensions = slices.Clone(c.Extensions)
	for i, e := range c.Extensions {
		if !e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 17}) {
			continue
		}
		var names []asn1.RawValue
		_ = must(asn1.Unmarshal(e.Value, &names))
		c.Extensions[i].Value = must(asn1.Marshal(slices.DeleteFunc(names, func(name asn1.RawValue) bool {
			return (name.Tag == 1 || name.Tag == 6) && remove(string(name.Bytes))
		})))
	}
}

// stricterThere are the rules of crypto/x509.
var stricterThere = []difference{
	{"self-issued certificates count for the length (RFC 5280 section 6.1.4 (l) leaves them out)", func(h *hierarchy) bool {
		selfIssued := 0
		for _, c := range h.bag[1:] {
			if bytes.Equal(c.RawSubject, c.RawIssuer) {
				selfIssued++
			}
		}
		return selfIssued > 0 && h.change(func(c *x509.Certificate) bool { return c.MaxPathLen >= 0 },
			func(c *x509.Certificate) { c.MaxPathLen += selfIssued; c.MaxPathLenZero = false })
	}},
	{"names of self-issued certificates are constrained (RFC 5280 section 6.1.3 (b) leaves them out)", func(h *hierarchy) bool {
		return change(h.bag[1:], func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) },
			func(c *x509.Certificate) { c.DNSNames, c.EmailAddresses, c.IPAddresses, c.URIs = nil, nil, nil, nil })
	}},
	{"a URI that names no host, though no URI is constrained above", func(h *hierarchy) (changed bool) {
		namesNone := func(u *url.URL) bool {
			_, err := netip.ParseAddr(u.Hostname())
			return u.Hostname() == "" || err == nil
		}
		path := slices.Concat(h.bag, h.anchors)
		for i := len(h.bag) - 1; i >= 0; i-- {
			if issuer := path[i+1]; len(issuer.PermittedURIDomains)+len(issuer.ExcludedURIDomains) > 0 {
				break
			}
			changed = change(h.bag[i:i+1], func(c *x509.Certificate) bool { return slices.ContainsFunc(c.URIs, namesNone) },
				func(c *x509.Certificate) { c.URIs = slices.DeleteFunc(slices.Clone(c.URIs), namesNone) }) || changed
		}
		return changed
	}},
	{ofOneHost, func(h *hierarchy) bool {
		var hosts, mailHosts []string
		for _, c := range h.bag {
			for _, u := range c.URIs {
				hosts = append(hosts, hostOf(u.String()))
			}
			for _, address := range c.EmailAddresses {
				mailHosts = append(mailHosts, hostOf(address))
			}
		}
		// An excluded host that none of the names has.
		inVain := func(hosts []string) func(string) bool {
			return func(base string) bool {
				return !strings.HasPrefix(base, ".") && !strings.Contains(base, "@") && !slices.Contains(hosts, strings.ToLower(base))
			}
		}
		return h.change(func(c *x509.Certificate) bool {
			return slices.ContainsFunc(c.ExcludedURIDomains, inVain(hosts)) || slices.ContainsFunc(c.ExcludedEmailAddresses, inVain(mailHosts))
		}, func(c *x509.Certificate) {
			c.ExcludedURIDomains = slices.DeleteFunc(slices.Clone(c.ExcludedURIDomains), inVain(hosts))
			c.ExcludedEmailAddresses = slices.DeleteFunc(slices.Clone(c.ExcludedEmailAddresses), inVain(mailHosts))
		})
	}},
}

// whyRefused finds the rule by which no path is good here.
func whyRefused(h *hierarchy, chains [][]*x509.Certificate) string {
	if !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return !repeats(chain) }) {
		return "an authority with the same key twice in a path"
	}
	return explain(h, stricterHere, func(h *hierarchy) bool {
		_, err := verifyHierarchy(h)
		return err == nil
	})
}

// repeats reports whether a path has the same name with the same key twice.
func repeats(chain []*x509.Certificate) bool {
	for i, c := range chain {
		if slices.ContainsFunc(chain[:i], func(other *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, other.RawSubject) && bytes.Equal(c.RawSubjectPublicKeyInfo, other.RawSubjectPublicKeyInfo)
		}) {
			return true
		}
	}
	return false
}

// whyAccepted finds the rule by which the path that was found here is not good
// there.
func whyAccepted(h *hierarchy, path []*x509.Certificate) string {
	alone := &hierarchy{bag: path[:max(1, len(path)-1)], anchors: path[len(path)-1:]}
	if _, err := verifyLikeGo(alone); err == nil {
		return "other certificates of the bag kept crypto/x509 from finding the path"
	}
	return explain(alone, stricterThere, func(h *hierarchy) bool {
		_, err := verifyLikeGo(h)
		return err == nil
	})
}

// explain looks for one difference without which the hierarchy is good, or for
// several.
func explain(h *hierarchy, differences []difference, good func(*hierarchy) bool) string {
	for _, d := range differences {
		if changed := h.clone(); d.without(changed) && good(changed) {
			return d.reason
		}
	}
	all := h.clone()
	for _, d := range differences {
		if d.without(all) && good(all) {
			return "several reasons, " + d.reason
		}
	}
	return unknown
}

func (h *hierarchy) clone() *hierarchy {
	return &hierarchy{bag: slices.Clone(h.bag), anchors: slices.Clone(h.anchors), depth: h.depth, costly: h.costly}
}

// change changes, in copies, those certificates to which a condition applies.
func (h *hierarchy) change(condition func(*x509.Certificate) bool, to func(*x509.Certificate)) bool {
	bag := change(h.bag, condition, to)
	return change(h.anchors, condition, to) || bag
}

func change(certificates []*x509.Certificate, condition func(*x509.Certificate) bool, to func(*x509.Certificate)) (changed bool) {
	for i, c := range certificates {
		if condition(c) {
			copied := *c
			to(&copied)
			certificates[i], changed = &copied, true
		}
	}
	return changed
}
