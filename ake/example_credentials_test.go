package ake_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/liblake/lake/ake"
)

// ca is an authority that certifies P-256 keys, as an example has no files.
type ca struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	serial      int64
}

func newCA() *ca {
	c := &ca{key: get(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), serial: 1}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example CA"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	c.certificate = get(x509.ParseCertificate(get(x509.CreateCertificate(rand.Reader, template, template, c.key.Public(), c.key))))
	return c
}

// issue makes a certificate and its key, as PEM files.
func (c *ca) issue(name string) (certificate, key []byte) {
	own := get(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	c.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(c.serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der := get(x509.CreateCertificate(rand.Reader, template, c.certificate, own.Public(), c.key))
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: get(x509.MarshalPKCS8PrivateKey(own))})
}

func (c *ca) file() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.certificate.Raw})
}

// list is a revocation list with the certificates that have these serial numbers.
func (c *ca) list(number int64, serials ...int64) []byte {
	template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour)}
	for _, serial := range serials {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: time.Now()})
	}
	return get(x509.CreateRevocationList(rand.Reader, template, c.certificate, c.key))
}

// certified is a Config with a certificate that is sent by value, and trust in the
// authority.
func (c *ca) certified(name string) ake.Config {
	certificate, key := c.issue(name)
	own := get(ake.CredentialFromPEM(certificate))
	fatal(own.SetPrivateKeyPEM(key))
	fatal(own.SetID(ake.IDX5Chain, nil))
	return ake.Config{
		Methods: []ake.Method{0}, // signatures on both sides
		Own:     []*ake.Credential{own}, Policy: ake.PolicyX509, TrustAnchors: get(ake.ParseTrustAnchors(c.file())),
	}
}

// A raw public key: made on the device, known to the server by its kid.
func ExampleNewCCS() {
	private, public, err := ake.GenerateKey(ake.KeyX25519)
	fatal(err)
	ccs := get(ake.NewCCS("sensor-7", []byte{0x2b}, ake.KeyX25519, public))

	own := get(ake.CredentialFromCCS(ccs)) // on the device, which keeps the private key
	fatal(own.SetPrivateKey(private))
	pinned := get(ake.CredentialFromCCS(ccs)) // on the server
	fmt.Println(pinned.Identity().Subject, pinned.KeyKind(), own.HasPrivateKey(), pinned.HasPrivateKey())
	// Output: sensor-7 X25519 true false
}

// Files that openssl has written, and a peer that an authority vouches for.
func ExampleCredentialFromPEM() {
	authority := newCA()
	certificate, key := authority.issue("sensor.example") // sensor.pem and sensor.key

	own := get(ake.CredentialFromPEM(certificate))
	fatal(own.SetPrivateKeyPEM(key))
	fatal(own.SetID(ake.IDX5Chain, nil)) // send the certificate; the default is its hash
	device := ake.Config{
		Methods: []ake.Method{0}, Own: []*ake.Credential{own},
		Policy: ake.PolicyX509, TrustAnchors: get(ake.ParseTrustAnchors(authority.file())),
	}
	server := authority.certified("server.example")

	initiator, responder := newSession(device, ake.Initiator), newSession(server, ake.Responder)
	fatal(initiator.ExpectPeer(ake.NameDNS, "server.example"))
	fatal(run(initiator, responder))
	fmt.Println(responder.PeerCredential().Identity().Subject)
	fmt.Println(initiator.PeerCredential().Identity().Names)
	// Output:
	// CN=sensor.example
	// [DNS:server.example]
}

// A file with the certificates of several authorities.
func ExampleParseTrustAnchors() {
	authority := newCA()
	file := append(authority.file(), newCA().file()...)
	anchors := get(ake.ParseTrustAnchors(file))
	party := get(ake.NewParty(ake.Config{Policy: ake.PolicyX509, TrustAnchors: anchors, AllowAnyPeer: true}))

	friend, stranger := authority.certified("sensor-7.example"), newCA().certified("stranger.example")
	fmt.Println(len(anchors), party.VerifyCredential(friend.Own[0], true), party.VerifyCredential(stranger.Own[0], true) != nil)
	// Output: 2 <nil> true
}

// Every device of an authority has a certificate: an Initiator says which one it means.
func ExampleSession_ExpectPeer() {
	authority := newCA()
	device, other := authority.certified("sensor-7.example"), authority.certified("sensor-8.example")

	initiator, responder := newSession(device, ake.Initiator), newSession(other, ake.Responder)
	fatal(initiator.ExpectPeer(ake.NameDNS, "server.example"))
	err := run(initiator, responder)
	fmt.Println(errors.Is(err, ake.ErrPeerRejected), strings.Contains(err.Error(), "server.example was expected, and it is CN=sensor-8.example"))
	// Output: true true
}

// A Responder has a list of those who may come.
func ExampleConfig_allowedPeers() {
	authority := newCA()
	server := authority.certified("server.example")
	server.AllowedPeers = []ake.PeerName{
		{Kind: ake.NameDNS, Text: "sensor-7.example"}, {Kind: ake.NameDNS, Text: "sensor-9.example"},
	}
	party := get(ake.NewParty(server))
	for _, name := range []string{"sensor-7.example", "sensor-8.example"} {
		device := authority.certified(name)
		device.AllowAnyPeer = true // this one does not ask
		err := run(newSession(device, ake.Initiator), get(party.NewSession(ake.Responder)))
		fmt.Println(name, errors.Is(err, ake.ErrPeerRejected))
	}
	// Output:
	// sensor-7.example false
	// sensor-8.example true
}

// The last word on a peer is the host's: dates, databases, quotas.
func ExampleVerifier() {
	authority := newCA()
	device, server := authority.certified("sensor-7.example"), authority.certified("server.example")
	device.AllowAnyPeer = true
	server.Verifier = func(s *ake.Session, peer *ake.Credential) error {
		if time.Until(peer.Identity().NotAfter) < 24*time.Hour {
			return errors.New("the certificate ends today")
		}
		return nil
	}
	err := run(newSession(device, ake.Initiator), newSession(server, ake.Responder))
	fmt.Println(err)
	// Output: the host rejected the peer: the certificate ends today
}

// A revocation list is renewed while sessions run.
func ExampleParty_AddCRLs() {
	authority := newCA()
	device, server := authority.certified("sensor-7.example"), authority.certified("server.example")
	device.AllowAnyPeer = true
	server.CRLs = get(ake.ParseCRLs(authority.list(1))) // nobody is on it
	sensor, party := get(ake.NewParty(device)), get(ake.NewParty(server))

	err := run(get(sensor.NewSession(ake.Initiator)), get(party.NewSession(ake.Responder)))
	fmt.Println(err)

	stolen := device.Own[0].Identity().Serial
	newer := get(ake.ParseCRLs(authority.list(2, new(big.Int).SetBytes(stolen).Int64())))
	fatal(party.AddCRLs(newer...))
	err = run(get(sensor.NewSession(ake.Initiator)), get(party.NewSession(ake.Responder)))
	fmt.Println(errors.Is(err, ake.ErrRevoked))
	// Output:
	// <nil>
	// true
}

// The same certificate in half the bytes.
func ExampleC509FromX509() {
	certificate, _ := newCA().issue("sensor-7.example")
	block, _ := pem.Decode(certificate)
	encoded := get(ake.C509FromX509(block.Bytes))
	credential := get(ake.CredentialFromC509(encoded))
	fmt.Println(credential.Identity().Subject, len(encoded) < len(block.Bytes)*2/3)
	// Output: CN=sensor-7.example true
}

// A key that both sides have. CRED_I and CRED_R say who they are.
func ExampleCredentialFromPSK() {
	secret := make([]byte, 16)
	get(rand.Read(secret))
	_, device := rawKey("sensor-7", 7)
	_, server := rawKey("server", 1)
	idCred := []byte{0xa1, 0x04, 0x41, 0x07} // {4: h'07'}: a kid
	const sha256 = -16
	shared := func() *ake.Credential {
		return get(ake.CredentialFromPSK(idCred, secret, sha256, device.Bytes(), server.Bytes()))
	}

	initiator := newSession(ake.Config{InitiatorPSKs: []*ake.Credential{shared()}}, ake.Initiator)
	responder := newSession(ake.Config{ResponderPSKs: []*ake.Credential{shared()}}, ake.Responder)
	fatal(run(initiator, responder))
	fmt.Println(initiator.Info().Method == ake.MethodPSK, initiator.Info().Authenticated)
	// Output: true true
}

// A key in a token or a service, which signs in a callback.
func ExampleCredential_SetSigner() {
	public, private, err := ed25519.GenerateKey(rand.Reader) // the token has it
	fatal(err)
	ccs := get(ake.NewCCS("sensor-7", []byte{7}, ake.KeyEd25519, public))
	own := get(ake.CredentialFromCCS(ccs))
	fatal(own.SetSigner(func(toBeSigned []byte) ([]byte, error) { return ed25519.Sign(private, toBeSigned), nil }))

	serverPublic, serverPrivate, err := ed25519.GenerateKey(rand.Reader)
	fatal(err)
	serverCCS := get(ake.NewCCS("server", []byte{1}, ake.KeyEd25519, serverPublic))
	server := get(ake.CredentialFromCCS(serverCCS))
	fatal(server.SetPrivateKey(serverPrivate.Seed()))

	initiator := newSession(ake.Config{Own: []*ake.Credential{own}, Peers: []*ake.Credential{get(ake.CredentialFromCCS(serverCCS))}}, ake.Initiator)
	responder := newSession(ake.Config{Own: []*ake.Credential{server}, Peers: []*ake.Credential{get(ake.CredentialFromCCS(ccs))}}, ake.Responder)
	fatal(run(initiator, responder))
	fmt.Println(responder.PeerCredential().Describe()[:8])
	// Output: sensor-7
}

// A key whose operation takes long: the run waits for the answer.
func ExampleCredential_SetExternalKey() {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	fatal(err)
	own := get(ake.CredentialFromCCS(get(ake.NewCCS("server", []byte{1}, ake.KeyEd25519, public))))
	fatal(own.SetExternalKey())

	responder := newSession(ake.Config{Own: []*ake.Credential{own}, Methods: []ake.Method{0}, Suites: []int{0}}, ake.Responder)
	fatal(responder.ProcessMessage1(message1WithSuite0()))
	_, err = responder.PrepareMessage2()
	fmt.Println(errors.Is(err, ake.PendingSignature))

	question, toBeSigned := responder.KeyQuestion()
	fmt.Println(question == ake.PendingSignature)
	fatal(responder.AnswerKey(ed25519.Sign(private, toBeSigned))) // minutes later
	message2 := get(responder.PrepareMessage2())
	fmt.Println(len(message2) > 0)
	// Output:
	// true
	// true
	// true
}

// message1WithSuite0 is what an Initiator with an Ed25519 key has sent.
func message1WithSuite0() []byte {
	private, public, err := ake.GenerateKey(ake.KeyEd25519)
	fatal(err)
	own := get(ake.CredentialFromCCS(get(ake.NewCCS("sensor-7", []byte{7}, ake.KeyEd25519, public))))
	fatal(own.SetPrivateKey(private))
	return get(newSession(ake.Config{Own: []*ake.Credential{own}, Methods: []ake.Method{0}, Suites: []int{0}}, ake.Initiator).PrepareMessage1())
}
