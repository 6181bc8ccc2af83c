// The program tls does a handshake of TLS 1.3 with itself: certificates on both sides.
package main

import (
	"crypto/tls"
	"net"

	"github.com/liblake/lake/ake/internal/judges/codesize/certificate"
)

func main() {
	pair, roots := certificate.New()
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
