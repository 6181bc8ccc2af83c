package pkix

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"
)

// Extensions of revocation lists (RFC 5280 section 5.2) and of their entries
// (section 5.3).
var (
	oidDeltaCRL          = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidCertificateIssuer = asn1.ObjectIdentifier{2, 5, 29, 29}
	oidReasonCode        = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidInvalidityDate    = asn1.ObjectIdentifier{2, 5, 29, 24}
)

const reasonRemoved = 8 // removeFromCRL: of delta lists only

// revocations are the lists that were added. Its lock is its own, as lists are
// renewed while peers come and go.
type revocations struct {
	mu    sync.RWMutex
	lists map[string][]*list // by the issuer's name in DER
}

// list is a revocation list whose signature was verified.
type list struct {
	scope      string // the issuing distribution point, "" if there is none
	this, next time.Time
	number     *big.Int        // nil: not numbered
	serials    map[string]bool // of revoked certificates
}

// AddCRL adds a certificate revocation list in DER. Its issuer has to be an anchor,
// or an intermediate that was added and leads to one, valid now and with a key that
// may sign lists (cRLSign). It replaces an older list of the issuer with the same
// distribution point; if a newer one is known, that one stays.
//
// A list is for all certificates by its issuer's name. Entries revoke, whatever
// their reason and date. Delta lists and indirect ones are refused with ErrCRL, and
// so are lists for some reasons or for attribute certificates only, those without
// nextUpdate, and critical extensions that are not understood. A list of tomorrow
// is ErrNotYetValid. That a list is out of date matters when a certificate is held
// against it: see PathOptions.OutdatedCRLs.
func (i *Issuers) AddCRL(der []byte, now time.Time) error {
	return i.AddCRLs([][]byte{der}, PathOptions{Time: now})
}

// AddCRLs adds all lists or, if one of them is refused, none. Of the options, Time,
// Tolerance and Depth count.
func (i *Issuers) AddCRLs(lists [][]byte, opts PathOptions) error {
	opts = PathOptions{Time: opts.Time, Tolerance: opts.Tolerance, Depth: opts.Depth, Usage: usageCRL, OutdatedCRLs: true}
	good := make([]*list, len(lists))
	issuers := make([]string, len(lists))
	for n, der := range lists {
		var err error
		if good[n], issuers[n], err = i.readCRL(der, opts); err != nil {
			return err
		}
	}
	for n, l := range good {
		i.revocations.add(issuers[n], l)
	}
	return nil
}

func (i *Issuers) readCRL(der []byte, opts PathOptions) (l *list, issuer string, err error) {
	parsed, err := x509.ParseRevocationList(der)
	if err != nil || len(parsed.Raw) != len(der) {
		return nil, "", fmt.Errorf("%w: not a revocation list (X.509 CRL of version 2)", ErrMalformed)
	}
	if l, err = newList(parsed); err != nil {
		return nil, "", err
	}
	if opts.before(l.this) {
		return nil, "", fmt.Errorf("%w: the revocation list by %s is of %s", ErrNotYetValid, NameText(parsed.RawIssuer), l.this.Format(time.RFC3339))
	}
	return l, string(parsed.RawIssuer), i.checkList(parsed, opts)
}

// HasCRLs reports whether any list was added.
func (i *Issuers) HasCRLs() bool {
	i.revocations.mu.RLock()
	defer i.revocations.mu.RUnlock()
	return len(i.revocations.lists) > 0
}

// CheckRevoked holds a certificate that was believed before, and its issuers as far
// as they are known, against the lists. The others of the chain come in any order,
// and some may be of no use. Signatures are checked only if an issuer is revoked: it
// may be another one of its name.
func (i *Issuers) CheckRevoked(chain []*Certificate, opts PathOptions) error {
	if err := i.revocations.check(chain[0], &opts); err != nil {
		return err
	}
	err := i.checkAbove(chain, &opts)
	if err == nil {
		return nil
	}
	opts.Usage, opts.Bag, opts.Purpose = usageAny, true, nil
	if _, noPath := i.Verify(chain, opts); noPath == nil {
		return nil
	}
	return err
}

// checkAbove follows the names up from the first certificate of chain.
func (i *Issuers) checkAbove(chain []*Certificate, opts *PathOptions) error {
	issuers := slices.Concat(chain[1:], i.intermediates)
	reached := chain[:1:1]
	for n := 0; n < len(reached); n++ {
		child := reached[n]
		for _, issuer := range issuers {
			if !bytes.Equal(issuer.RawSubject, child.RawIssuer) || slices.ContainsFunc(reached, issuer.Same) {
				continue
			}
			if err := i.revocations.check(issuer, opts); err != nil {
				return err
			}
			reached = append(reached, issuer)
		}
	}
	return nil
}

// checkList checks who signed a list. Of several issuers of its name it may be any.
func (i *Issuers) checkList(parsed *x509.RevocationList, opts PathOptions) error {
	failure := fmt.Errorf("%w: %s, which issued the revocation list; add its certificate first", ErrUnknownIssuer, NameText(parsed.RawIssuer))
	s := signed{parsed.SignatureAlgorithm, parsed.Raw, parsed.RawTBSRevocationList, parsed.Signature}
	signer := false // of the list is among those by its name, whose error says more
	for _, issuer := range slices.Concat(i.anchors, i.intermediates) {
		if string(issuer.RawSubject) != string(parsed.RawIssuer) {
			continue
		}
		if err := s.by(issuer); err != nil {
			if !signer {
				failure = fmt.Errorf("%w: that of the revocation list by %s", err, title(issuer))
			}
			continue
		}
		signer = true
		if _, failure = i.Verify([]*Certificate{issuer}, opts); failure == nil {
			return nil
		}
	}
	return failure
}

// newList takes from a list what is needed, and refuses what is not understood.
func newList(parsed *x509.RevocationList) (*list, error) {
	by := NameText(parsed.RawIssuer)
	l := &list{this: parsed.ThisUpdate, next: parsed.NextUpdate, number: parsed.Number, serials: make(map[string]bool)}
	if l.next.IsZero() || l.next.Before(l.this) {
		return nil, fmt.Errorf("%w: that of %s does not say until when it is good (nextUpdate)", ErrCRL, by)
	}
	for _, extension := range parsed.Extensions {
		switch {
		case extension.Id.Equal(oidDeltaCRL):
			return nil, fmt.Errorf("%w: that of %s is a delta list, which has only what is new; add the complete list", ErrCRL, by)
		case extension.Id.Equal(oidDistributionPoint):
			if err := checkScope(extension.Value); err != nil {
				return nil, fmt.Errorf("%w: that of %s %w", ErrCRL, by, err)
			}
			l.scope = string(extension.Value)
		case extension.Critical:
			return nil, fmt.Errorf("%w: %v of the revocation list by %s", ErrCriticalExtension, extension.Id, by)
		}
	}
	for _, entry := range parsed.RevokedCertificateEntries {
		for _, extension := range entry.Extensions {
			switch {
			case extension.Id.Equal(oidCertificateIssuer):
				return nil, fmt.Errorf("%w: that of %s is an indirect list, with certificates by others", ErrCRL, by)
			case extension.Critical && !extension.Id.Equal(oidReasonCode) && !extension.Id.Equal(oidInvalidityDate):
				return nil, fmt.Errorf("%w: %v of an entry of the revocation list by %s", ErrCriticalExtension, extension.Id, by)
			}
		}
		if entry.ReasonCode == reasonRemoved {
			return nil, fmt.Errorf("%w: that of %s takes certificates off a list, as only delta lists do", ErrCRL, by)
		}
		l.serials[serialKey(entry.SerialNumber)] = true
	}
	return l, nil
}

// checkScope reads IssuingDistributionPoint. A list for end entities only, for
// authorities only, or of one distribution point of several has only certificates
// that are revoked; there may be other lists beside it.
func checkScope(der []byte) error {
	var point struct {
		Name          asn1.RawValue  `asn1:"optional,tag:0"`
		OnlyUsers     bool           `asn1:"optional,tag:1"`
		OnlyCAs       bool           `asn1:"optional,tag:2"`
		OnlySome      asn1.BitString `asn1:"optional,tag:3"`
		Indirect      bool           `asn1:"optional,tag:4"`
		OnlyAttribute bool           `asn1:"optional,tag:5"`
	}
	rest, err := asn1.Unmarshal(der, &point)
	switch {
	case err != nil || len(rest) > 0:
		return fmt.Errorf("has a malformed distribution point")
	case point.Indirect:
		return fmt.Errorf("is an indirect list, with certificates by others")
	case point.OnlySome.BitLength > 0:
		return fmt.Errorf("is for some reasons only")
	case point.OnlyAttribute:
		return fmt.Errorf("is for attribute certificates only")
	}
	return nil
}

func serialKey(serial *big.Int) string { return serial.Text(16) }

func (r *revocations) add(issuer string, l *list) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lists == nil {
		r.lists = make(map[string][]*list)
	}
	known := r.lists[issuer]
	at := slices.IndexFunc(known, func(k *list) bool { return k.scope == l.scope })
	switch {
	case at < 0:
		r.lists[issuer] = append(known, l)
	case !known[at].newerThan(l):
		known[at] = l
	}
}

// newerThan goes by the numbers of lists and, without them, by their dates.
func (l *list) newerThan(other *list) bool {
	if l.number != nil && other.number != nil {
		return l.number.Cmp(other.number) > 0
	}
	return l.this.After(other.this)
}

// check refuses a certificate that a list of its issuer has, or that a list which
// is out of date may lack.
func (r *revocations) check(c *Certificate, opts *PathOptions) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	lists := r.lists[string(c.RawIssuer)]
	for _, l := range lists {
		if l.serials[serialKey(c.SerialNumber)] {
			return fmt.Errorf("%w: %s, with serial number %x, by %s", ErrRevoked, title(c), c.SerialNumber, NameText(c.RawIssuer))
		}
	}
	if opts.OutdatedCRLs {
		return nil
	}
	for _, l := range lists {
		if opts.after(l.next) || opts.before(l.this) {
			return fmt.Errorf("%w: that of %s is good from %s to %s", ErrCRLOutdated, NameText(c.RawIssuer),
				l.this.Format(time.RFC3339), l.next.Format(time.RFC3339))
		}
	}
	return nil
}
