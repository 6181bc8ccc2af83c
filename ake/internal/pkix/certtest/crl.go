package certtest

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// List is a certificate revocation list to be made. What is left out is usual.
type List struct {
	Revoked    []*Entity
	Entries    []ListEntry // besides these
	This, Next time.Time   // left out: an hour before Now, and a day after it
	NoNext     bool
	Extensions []pkix.Extension
	Number     int64 // 0: the extension is left out
	Scheme     RSAScheme
}

// ListEntry is a revoked certificate.
type ListEntry struct {
	Serial     *big.Int
	Time       time.Time
	Extensions []pkix.Extension `asn1:"optional"`
}

// Extension is one of a List or a ListEntry.
func Extension(critical bool, value []byte, oid ...int) pkix.Extension {
	return pkix.Extension{Id: oid, Critical: critical, Value: value}
}

type tbsList struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	ThisUpdate time.Time
	NextUpdate time.Time        `asn1:"optional"`
	Revoked    []ListEntry      `asn1:"optional,omitempty"`
	Extensions []pkix.Extension `asn1:"optional,omitempty,explicit,tag:0"`
}

// SignedBy makes the list of an issuer.
func (l List) SignedBy(issuer *Entity) []byte {
	if l.This.IsZero() {
		l.This = Now.Add(-time.Hour)
	}
	if l.Next.IsZero() && !l.NoNext {
		l.Next = Now.Add(24 * time.Hour)
	}
	for _, revoked := range l.Revoked {
		l.Entries = append(l.Entries, ListEntry{Serial: revoked.Cert.SerialNumber, Time: l.This})
	}
	if l.Number != 0 {
		l.Extensions = append(l.Extensions, Extension(false, must(asn1.Marshal(l.Number)), 2, 5, 29, 20))
	}
	algorithm := issuer.identifier(l.Scheme)
	tbs := must(asn1.Marshal(tbsList{
		Version: 1, Algorithm: algorithm, Issuer: asn1.RawValue{FullBytes: issuer.Cert.RawSubject},
		ThisUpdate: l.This, NextUpdate: l.Next, Revoked: l.Entries, Extensions: l.Extensions,
	}))
	return must(asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, algorithm, bits(issuer.sign(l.Scheme, tbs))}))
}
