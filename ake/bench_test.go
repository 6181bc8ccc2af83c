package ake

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// The handshake benchmarks measure a whole run, both sides, messages 1 to 3 and
// the OSCORE contexts, and in the same loop the public-key operations that it
// is made of, called directly. The metric "ratio" is the first divided by the
// second: what EDHOC adds to its cryptography. docs/performance.md says more.

func BenchmarkHandshakeMethod3Suite2(b *testing.B)  { benchmarkHandshake(b, 3, 2) }
func BenchmarkHandshakeMethod0Suite0(b *testing.B)  { benchmarkHandshake(b, 0, 0) }
func BenchmarkHandshakeMethod3Suite0(b *testing.B)  { benchmarkHandshake(b, 3, 0) }
func BenchmarkHandshakeMethod0Suite2(b *testing.B)  { benchmarkHandshake(b, 0, 2) }
func BenchmarkHandshakeMethod3Suite24(b *testing.B) { benchmarkHandshake(b, 3, 24) }
func BenchmarkHandshakeMethod0Suite25(b *testing.B) { benchmarkHandshake(b, 0, 25) }

// benchmarkHandshake alternates blocks of handshakes and blocks of raw
// operations, so that a change of the machine's speed meets both alike.
func benchmarkHandshake(b *testing.B, method Method, suiteID int) {
	configI, configR := benchConfigs(b, method, suiteID)
	raw := newRawOperations(b, method, suiteID)
	const block = 16
	var whole, parts time.Duration
	b.ReportAllocs()
	for done := 0; done < b.N; done += block {
		n := min(block, b.N-done)
		start := time.Now()
		for range n {
			benchRun(b, configI, configR)
		}
		middle := time.Now()
		b.StopTimer()
		for range n {
			raw.run(b)
		}
		b.StartTimer()
		whole += middle.Sub(start)
		parts += time.Since(middle)
	}
	b.ReportMetric(float64(parts.Nanoseconds())/float64(b.N), "raw-ns/op")
	b.ReportMetric(float64(whole)/float64(parts), "ratio")
}

// BenchmarkPSKAgainstStaticDH measures runs of method 4 and of method 3 with suite
// 2 in turn. The time per operation is that of both; the metric "ratio" is the
// first divided by the second: what a pre-shared key, also one from resumption,
// saves.
func BenchmarkPSKAgainstStaticDH(b *testing.B) {
	staticI, staticR := benchConfigs(b, 3, 2)
	psk := pskWorld(b, 2)
	check(b, psk.configI.SetSuites(2))
	const block = 16
	var times [2]time.Duration
	for done := 0; done < b.N; done += block {
		n := min(block, b.N-done)
		for i, configs := range [2][2]*Config{{psk.configI, psk.configR}, {staticI, staticR}} {
			start := time.Now()
			for range n {
				benchRun(b, configs[0], configs[1])
			}
			times[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(times[0].Nanoseconds())/float64(b.N), "method4-ns")
	b.ReportMetric(float64(times[1].Nanoseconds())/float64(b.N), "method3-ns")
	b.ReportMetric(float64(times[0])/float64(times[1]), "ratio")
}

func benchRun(b *testing.B, configI, configR *Config) {
	i, _ := configI.NewSession(Initiator)
	r, _ := configR.NewSession(Responder)
	m1, err := i.PrepareMessage1()
	check(b, err)
	check(b, r.ProcessMessage1(m1))
	m2, err := r.PrepareMessage2()
	check(b, err)
	check(b, i.ProcessMessage2(m2))
	m3, err := i.PrepareMessage3()
	check(b, err)
	check(b, r.ProcessMessage3(m3))
	_, err = i.OSCOREContext()
	check(b, err)
	_, err = r.OSCOREContext()
	check(b, err)
	check(b, i.Close())
	check(b, r.Close())
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// benchConfigs makes configs whose sides have CCS credentials with a kid.
func benchConfigs(b *testing.B, method Method, suiteID int) (configI, configR *Config) {
	alg := suite.Lookup(suiteID)
	credentials := map[Role][2]*Credential{} // own, and as the peer has it
	for _, role := range []Role{Initiator, Responder} {
		private, err := suite.GenerateKey(method.keyKind(alg, role), nil)
		check(b, err)
		ccs := benchCCS(private.Public(), byte(role))
		own, err := CredentialFromCCS(ccs)
		check(b, err)
		check(b, own.SetPrivateKey(private.Bytes()))
		pinned, err := CredentialFromCCS(ccs)
		check(b, err)
		credentials[role] = [2]*Credential{own, pinned}
	}
	config := func(own, peer Role) *Config {
		c := NewConfig()
		check(b, c.SetMethods(method))
		check(b, c.SetSuites(suiteID))
		check(b, c.AddOwnCredential(credentials[own][0]))
		check(b, c.AddPeerCredential(credentials[peer][1]))
		return c
	}
	return config(Initiator, Responder), config(Responder, Initiator)
}

// benchCCS is { 8 : { 1 : COSE_Key } }.
func benchCCS(public *suite.PublicKey, kid byte) []byte {
	curve := map[KeyKind]int64{
		KeyP256: cose.CurveP256, KeyP384: cose.CurveP384, KeyX25519: cose.CurveX25519,
		KeyX448: cose.CurveX448, KeyEd25519: cose.CurveEd25519, KeyEd448: cose.CurveEd448,
	}
	key := cose.Key{Curve: curve[public.Kind()], X: public.X(), Kid: []byte{kid}}
	if whole := public.Bytes(); len(whole) > len(key.X) {
		key.Y = whole[len(key.X):]
	}
	return append([]byte{0xa1, 0x08, 0xa1, 0x01}, key.Encode()...)
}

// rawOperations are the public-key operations of one run: 2 key generations, 2
// ECDH of the ephemeral keys, on curves with x-only keys 2 decompressions, and
// for each side that has a static Diffie-Hellman key 2 more ECDH, for each that
// signs a signature and its verification.
type rawOperations struct {
	alg              *suite.Suite
	method           Method
	signI, signR     *suite.PrivateKey
	staticI, staticR *suite.PrivateKey
}

func newRawOperations(b *testing.B, method Method, suiteID int) *rawOperations {
	r := &rawOperations{alg: suite.Lookup(suiteID), method: method}
	for _, key := range []**suite.PrivateKey{&r.signI, &r.signR} {
		private, err := suite.GenerateKey(r.alg.Signature, nil)
		check(b, err)
		*key = private
	}
	for _, key := range []**suite.PrivateKey{&r.staticI, &r.staticR} {
		private, err := suite.GenerateKey(r.alg.Curve, nil)
		check(b, err)
		*key = private
	}
	return r
}

var rawMessage = make([]byte, 200)

func (r *rawOperations) run(b *testing.B) {
	x, y := rawKey(b, r.alg.Curve), rawKey(b, r.alg.Curve)
	gX, err := suite.ParsePublicKey(r.alg.Curve, x.Public().X())
	check(b, err)
	gY, err := suite.ParsePublicKey(r.alg.Curve, y.Public().X())
	check(b, err)
	ecdh := func(k *suite.PrivateKey, p *suite.PublicKey) {
		_, err := k.ECDH(p)
		check(b, err)
	}
	ecdh(x, gY)
	ecdh(y, gX)
	if r.method.signs(Responder) {
		r.sign(b, r.signR)
	} else {
		ecdh(r.staticR, gX)
		ecdh(x, r.staticR.Public())
	}
	if r.method.signs(Initiator) {
		r.sign(b, r.signI)
	} else {
		ecdh(r.staticI, gY)
		ecdh(y, r.staticI.Public())
	}
}

// rawKey makes a key pair as the primitive does it, without hedging.
func rawKey(b *testing.B, kind KeyKind) *suite.PrivateKey {
	random := make([]byte, kind.PrivateLength())
	_, err := rand.Read(random)
	check(b, err)
	key, err := suite.ParsePrivateKey(kind, random)
	check(b, err)
	return key
}

func (r *rawOperations) sign(b *testing.B, key *suite.PrivateKey) {
	signature, err := key.Sign(rawMessage)
	check(b, err)
	if !key.Public().Verify(rawMessage, signature) {
		b.Fatal("the signature does not verify")
	}
}
