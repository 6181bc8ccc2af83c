package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// authority certifies and revokes.
type authority struct {
	t           testing.TB
	folder      string
	certificate *x509.Certificate
	key         crypto.Signer
	serial      int64
}

func (a *authority) file(name string) string { return filepath.Join(a.folder, name) }

func newAuthority(t testing.TB) *authority {
	a := &authority{t: t, folder: t.TempDir()}
	a.certificate = a.certify("ca.pem", &x509.Certificate{Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3}})
	return a
}

// certify writes a certificate and its key to a file.
func (a *authority) certify(name string, template *x509.Certificate) *x509.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, err)
	a.serial++
	template.SerialNumber = big.NewInt(a.serial)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	issuer, signer := a.certificate, a.key
	if issuer == nil {
		issuer, signer, a.key = template, key, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	must(a.t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	must(a.t, err)
	must(a.t, os.WriteFile(a.file(name), append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...), 0o600))
	certificate, err := x509.ParseCertificate(der)
	must(a.t, err)
	return certificate
}

func (a *authority) device(name string, addresses ...net.IP) *x509.Certificate {
	return a.certify(name+".pem", &x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name + ".example"}, IPAddresses: addresses})
}

// revoke writes the list of who is revoked.
func (a *authority) revoke(number int64, certificates ...*x509.Certificate) {
	a.t.Helper()
	list := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: time.Now().Add(-time.Minute), NextUpdate: time.Now().Add(time.Hour)}
	for _, c := range certificates {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: time.Now().Add(-time.Minute)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.certificate, a.key)
	must(a.t, err)
	must(a.t, os.WriteFile(a.file("crl.pem"), pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), 0o600))
}

// TestReload: certificates of an authority are trusted, by the name in the URI, until
// SIGHUP brings the list on which they are.
func TestReload(t *testing.T) {
	server := newTestServer(t)
	a := newAuthority(t)
	a.device("server", net.IPv4(127, 0, 0, 1))
	client := a.device("client")
	a.device("other")
	a.revoke(1)
	control := a.file("control")
	s, c := pair(t, server.address(),
		[]string{"serve", "--own", a.file("server.pem"), "--trust", a.file("ca.pem"), "--crl", a.file("crl.pem"), "--control", control, "--peer-query", "peer"},
		[]string{"connect", "--own", a.file("client.pem"), "--trust", a.file("ca.pem")})
	other := startTunnel(t, "connect", "--own", a.file("other.pem"), "--trust", a.file("ca.pem"), "--listen", "127.0.0.1:0", "--to", "coap://"+s.network)
	for _, tunnel := range []*tunnelProcess{c, other} {
		newTestClient(t, tunnel.program).wantChanged("a")
	}
	if got := server.last().queries; !slices.Equal(got, []string{"peer=dns:other.example"}) {
		t.Errorf("the server got %q", got)
	}

	a.revoke(2, client)
	must(t, s.command.Process.Signal(syscall.SIGHUP))
	eventually(t, "the revoked peer is dropped", func() bool {
		all := peersOf(t, control)
		return len(all) == 1 && all[0].Name == "dns:other.example"
	})
	newTestClient(t, other.program).wantChanged("b")
	if m := newTestClient(t, c.program).ask(codes.POST, "c"); m == nil || m.Code != codes.ServiceUnavailable {
		t.Errorf("who is revoked is answered with %v", m)
	}

	must(t, os.WriteFile(a.file("crl.pem"), []byte("nonsense"), 0o600))
	must(t, s.command.Process.Signal(syscall.SIGHUP))
	eventually(t, "bad files are reported", func() bool { return strings.Contains(s.log(), "stays in force") })
	newTestClient(t, other.program).wantChanged("d")
}

// TestRevokedMeanwhile: who is revoked while the tunnel is down is not there when it is
// back, with its saved state.
func TestRevokedMeanwhile(t *testing.T) {
	server := newTestServer(t)
	a := newAuthority(t)
	a.device("server", net.IPv4(127, 0, 0, 1))
	client := a.device("client")
	a.device("other")
	a.revoke(1)
	control := a.file("control")
	serve := []string{"serve", "--own", a.file("server.pem"), "--trust", a.file("ca.pem"), "--crl", a.file("crl.pem"), "--control", control, "--state", a.file("state")}
	s, c := pair(t, server.address(), serve, []string{"connect", "--own", a.file("client.pem"), "--trust", a.file("ca.pem")})
	other := startTunnel(t, "connect", "--own", a.file("other.pem"), "--trust", a.file("ca.pem"), "--listen", "127.0.0.1:0", "--to", "coap://"+s.network)
	for _, tunnel := range []*tunnelProcess{c, other} {
		newTestClient(t, tunnel.program).wantChanged("a")
	}
	must(t, s.command.Process.Signal(syscall.SIGTERM))
	<-s.exited
	a.revoke(2, client)
	startTunnel(t, with(serve, "--listen", s.network, "--to", server.address())...)
	if all := peersOf(t, control); len(all) != 1 || all[0].Name != "dns:other.example" {
		t.Errorf("the peers are %+v", all)
	}
	newTestClient(t, other.program).wantChanged("b")
}

// TestWrongServer: a holder of another certificate of the authority is not the server.
func TestWrongServer(t *testing.T) {
	server := newTestServer(t)
	a := newAuthority(t)
	a.device("impostor")
	a.device("client")
	_, c := pair(t, server.address(), []string{"serve", "--own", a.file("impostor.pem"), "--trust", a.file("ca.pem")},
		[]string{"connect", "--own", a.file("client.pem"), "--trust", a.file("ca.pem")})
	if m := newTestClient(t, c.program).ask(codes.POST, "a"); m == nil || m.Code != codes.ServiceUnavailable {
		t.Errorf("an impostor answered: %v", m)
	}
	eventually(t, "the log says why", func() bool { return strings.Contains(c.log(), "127.0.0.1 was expected") })
}
