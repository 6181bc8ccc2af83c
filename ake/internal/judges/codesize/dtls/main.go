// The program dtls does a handshake of DTLS 1.2 with itself: certificates on both sides.
package main

import (
	"context"
	"net"

	"github.com/liblake/lake/ake/internal/judges/codesize/certificate"
	"github.com/pion/dtls/v3"
)

func listen() net.PacketConn {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	return conn
}

func main() {
	pair, roots := certificate.New()
	a, b := listen(), listen()
	server, err := dtls.ServerWithOptions(a, b.LocalAddr(),
		dtls.WithCertificates(pair), dtls.WithClientAuth(dtls.RequireAndVerifyClientCert), dtls.WithClientCAs(roots))
	if err != nil {
		panic(err)
	}
	client, err := dtls.ClientWithOptions(b, a.LocalAddr(),
		dtls.WithCertificates(pair), dtls.WithRootCAs(roots), dtls.WithServerName(certificate.Name))
	if err != nil {
		panic(err)
	}
	done := make(chan error)
	go func() { done <- server.HandshakeContext(context.Background()) }()
	if err := client.HandshakeContext(context.Background()); err != nil {
		panic(err)
	}
	if err := <-done; err != nil {
		panic(err)
	}
}
