// Package pkix decides whether a certificate is trusted: it reads X.509 and C509
// certificates, finds the path to a trust anchor, and checks signatures, dates,
// uses, names and revocation along it (RFC 5280). It also reads the files in which
// certificates and keys come (PEM and DER).
//
// It does not decide whom the host wants to talk to: any end entity below an
// anchor passes, whatever its name. That is package ake's, with the verifier of
// the host.
//
// crypto/x509 reads the certificates and checks all signatures that it knows. Paths
// are not left to its Certificate.Verify, for these reasons: it cannot pass an Ed448
// key nor a natively signed C509 certificate; it looks at neither the key usage of
// an end entity nor the names of directories that constraints have, by which
// devices are often named; it checks signatures from the end entity up, so that a
// peer whom nobody knows chooses how many there are and of which algorithm, and its
// bound is a number of signatures, not what they cost.
package pkix
