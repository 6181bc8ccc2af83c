package pkix_test

import (
	"archive/tar"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/pkix"
)

// pkitsTime is when all of PKITS is valid that is to be.
var pkitsTime = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// unlikePKITS are the tests with another outcome here, and why.
var unlikePKITS = []struct{ reason, tests string }{
	{"DSA is not supported",
		`4.1.4 4.1.5`},
	{"names are equal if their bytes are (RFC 5280 section 7.1 has more)",
		`4.3.3 4.3.4 4.3.5 4.3.10 4.3.11`},
	{"crypto/x509 does not read distribution points relative to the name of an issuer",
		`4.14.4 4.14.5 4.14.29`},
	{"critical policy constraints are not processed, so they are refused",
		`4.9.1 4.9.2 4.9.4 4.9.6 4.11.2 4.11.4 4.11.7`},
	{"policy constraints that are not critical are not processed",
		`4.8.4 4.8.5 4.8.7 4.8.8 4.8.9 4.8.12 4.10.2 4.10.4 4.10.10 4.12.1 4.12.4 4.12.5 4.12.6 4.12.8
		4.12.10`},
	{"an issuer without a list is not asked, nor one whose list was refused",
		`4.4.1 4.4.4 4.4.5 4.4.6 4.4.8 4.4.9 4.4.10 4.7.4 4.7.5 4.14.14 4.15.1`},
	{"lists are by authorities, not by those who may sign nothing else",
		`4.4.20 4.4.21 4.5.7`},
	{"that an issuer has no list for a distribution point or a kind of certificate is not asked",
		`4.14.3 4.14.8 4.14.9 4.14.11 4.14.12`},
	{"lists for some reasons are refused",
		`4.14.15 4.14.16 4.14.17 4.14.20 4.14.21`},
	{"indirect lists are refused",
		`4.14.23 4.14.26 4.14.27 4.14.31 4.14.32 4.14.34 4.14.35`},
	{"delta lists are refused",
		`4.15.4 4.15.5`},
}

// refusedPKITSLists are the revocation lists that cannot be added: by patterns, and
// the errors that say so.
var refusedPKITSLists = []struct {
	err   error
	lists string
}{
	{pkix.ErrUnknownIssuer, `BadCRLIssuerNameCACRL TwoCRLsCABadCRL RolloverfromPrintable*
		DSAParametersInherited*`}, // a certificate without a key
	{pkix.ErrBadSignature, `BadCRLSignatureCACRL BadSignedCACRL`},
	{pkix.ErrAlgorithm, `DSACACRL`},
	{pkix.ErrExpired, `BadnotAfterDateCACRL`},
	{pkix.ErrNotYetValid, `BadnotBeforeDateCACRL`},
	{pkix.ErrRevoked, `RevokedsubCACRL`},
	{pkix.ErrKeyUsage, `keyUsage*cRLSignFalseCACRL`},
	{pkix.ErrNotCA, `MissingbasicConstraintsCACRL basicConstraints*cAFalseCACRL
		BasicSelfIssuedCRLSigningKeyCACRL SeparateCertificateandCRLKeys*CRL`},
	{pkix.ErrCriticalExtension, `UnknownCRL*CACRL MappingFromanyPolicyCACRL MappingToanyPolicyCACRL
		inhibitPolicyMapping* requireExplicitPolicy*`},
	{pkix.ErrCRL, `deltaCRLCA?deltaCRL deltaCRLIndicatorNoBaseCACRL onlyContainsAttributeCertsCACRL
		onlySomeReasonsCA* indirectCRLCA1CRL indirectCRLCA3cRLIssuerCRL indirectCRLCA4cRLIssuerCRL indirectCRLCA5CRL`},
}

// pkitsErrors are what the invalid tests of a section are about.
var pkitsErrors = map[string][]error{
	"4.1":  {pkix.ErrBadSignature, pkix.ErrAlgorithm},
	"4.2":  {pkix.ErrNotYetValid, pkix.ErrExpired},
	"4.3":  {pkix.ErrUnknownIssuer},
	"4.4":  {pkix.ErrRevoked, pkix.ErrCRLOutdated, pkix.ErrMalformed}, // a serial number below zero
	"4.5":  {pkix.ErrRevoked, pkix.ErrNotCA},
	"4.6":  {pkix.ErrNotCA, pkix.ErrPathLength},
	"4.7":  {pkix.ErrKeyUsage},
	"4.9":  {pkix.ErrCriticalExtension},
	"4.10": {pkix.ErrCriticalExtension},
	"4.11": {pkix.ErrCriticalExtension},
	"4.13": {pkix.ErrNameConstraints},
	"4.14": {pkix.ErrRevoked, pkix.ErrMalformed}, // see above
	"4.15": {pkix.ErrRevoked, pkix.ErrCRLOutdated},
	"4.16": {pkix.ErrCriticalExtension},
}

// TestPKITS plays the Public Key Interoperability Test Suite of NIST. All its
// authorities are at hand at once, so that the path has to be found.
func TestPKITS(t *testing.T) {
	files := readPKITS(t)
	issuers := pkitsIssuers(t, files)
	addPKITSLists(t, issuers, files)
	unlike := make(map[string]string)
	for _, group := range unlikePKITS {
		for number := range strings.FieldsSeq(group.tests) {
			unlike[number] = group.reason
		}
	}
	count, differing := 0, len(unlike)
	for line := range strings.Lines(strings.TrimSpace(pkitsTable)) {
		fields := strings.Fields(line)
		number, valid, der := fields[0], fields[1] == "valid", files[fields[2]+".crt"]
		if der == nil {
			t.Errorf("%s: there is no %s", number, fields[2])
			continue
		}
		count++
		endEntity, err := pkix.ParseCertificate(der)
		if err == nil {
			// The keys are of RSA, which EDHOC has no use for.
			endEntity.PublicKeyAlgorithm, endEntity.PublicKey = x509.Ed25519, ed25519.PublicKey(make([]byte, 32))
			_, err = issuers.Verify([]*pkix.Certificate{endEntity}, pkix.PathOptions{Time: pkitsTime, Usage: pkix.UsageSignature})
		}
		reason, differs := unlike[number]
		delete(unlike, number)
		switch asSaid := (err == nil) == valid; {
		case asSaid && differs:
			t.Errorf("%s %s is %s here too, but stands among those that differ: %s", number, fields[2], fields[1], reason)
		case !asSaid && !differs:
			t.Errorf("%s %s is %s: %v", number, fields[2], fields[1], err)
		}
		about := pkitsErrors[number[:strings.LastIndexByte(number, '.')]]
		if err != nil && !valid && about != nil && !slices.ContainsFunc(about, func(e error) bool { return errors.Is(err, e) }) {
			t.Errorf("%s %s is refused for another reason: %v", number, fields[2], err)
		}
	}
	for number := range unlike {
		t.Errorf("there is no test %s", number)
	}
	if count != 224 {
		t.Errorf("%d tests, PKITS has 224", count)
	}
	t.Logf("%d tests, %d differ on purpose", count, differing)
}

// pkitsIssuers have all authorities that can be read.
func pkitsIssuers(t *testing.T, files map[string][]byte) *pkix.Issuers {
	t.Helper()
	issuers := new(pkix.Issuers)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".crt") || strings.HasSuffix(name, "EE.crt") {
			continue
		}
		switch certificate, err := pkix.ParseCertificate(files[name]); {
		case name == "TrustAnchorRootCertificate.crt" && err == nil:
			issuers.AddAnchor(certificate)
		case err == nil:
			issuers.AddIntermediate(certificate)
		default:
			// Of no use to anybody who does not read them.
			t.Logf("%s: %v", name, err)
		}
	}
	return issuers
}

// addPKITSLists adds all revocation lists that are good.
func addPKITSLists(t *testing.T, issuers *pkix.Issuers, files map[string][]byte) {
	t.Helper()
	stale := make(map[string]bool)
	for _, group := range refusedPKITSLists {
		for pattern := range strings.FieldsSeq(group.lists) {
			stale[pattern] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list, isList := strings.CutSuffix(name, ".crl")
		if !isList {
			continue
		}
		var want error
		for _, group := range refusedPKITSLists {
			for pattern := range strings.FieldsSeq(group.lists) {
				if matches, err := path.Match(pattern, list); err != nil {
					t.Fatal(err)
				} else if matches {
					want = group.err
					delete(stale, pattern)
				}
			}
		}
		if err := issuers.AddCRL(files[name], pkitsTime); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", list, err, want)
		}
	}
	for pattern := range stale {
		t.Errorf("there is no list %s", pattern)
	}
}

// readPKITS returns the certificates (.crt) and revocation lists (.crl) by name.
func readPKITS(t *testing.T) map[string][]byte {
	t.Helper()
	f, err := os.Open("testdata/pkits.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
}
