// The program tls does a handshake of TLS 1.3 with itself: certificates on both sides.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/liblake/lake/ake/internal/judges/codesize/certificate"
)

func main() {
	pair, err := certificate.New()
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(pair.Leaf)
	config := &tls.Config{
		Certificates: []tls.Certificate{pair}, RootCAs: roots, ClientCAs: roots, ServerName: certificate.Name,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}
	a, b := net.Pipe()
	go func() {
		if err := tls.Server(a, config).Handshake(); err != nil {
			panic(err)
		}
	}()
	if err := tls.Client(b, config).Handshake(); err != nil {
		panic(err)
	}
}
