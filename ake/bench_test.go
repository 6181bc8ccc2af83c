package ake

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// The yardstick of EDHOC is its cryptography: what a whole run takes, divided by
// what its public-key operations take when they are called directly. A run is
// both sides, messages 1 to 3 and the OSCORE contexts. docs/performance.md has
// the figures.
//
// Both are timed in turn, so that a change of the machine's speed meets both, and
// what counts is the median of the ratios of neighbours. A block is one run: the
// shorter it is, the fewer are interrupted, and those do not move the median.
// Nothing but the operations is between two readings of the clock.

// measured is what each of some functions took in each round, in the order of
// both.
type measured [][]time.Duration

// inTurn calls each of the functions once, in so many rounds.
func inTurn(rounds int, functions ...func()) measured {
	took := make(measured, len(functions))
	for i := range took {
		took[i] = make([]time.Duration, rounds)
	}
	for round := range rounds {
		for i, f := range functions {
			start := time.Now()
			f()
			took[i][round] = time.Since(start)
		}
	}
	return took
}

// ratio is the median of the ratios of two functions in the same round.
func (m measured) ratio(of, to int) float64 {
	ratios := make([]float64, len(m[of]))
	for round := range ratios {
		ratios[round] = float64(m[of][round]) / float64(m[to][round])
	}
	return median(ratios)
}

// quietRatio is the ratio of what both took in their least disturbed rounds, the
// fastest twentieth: work of others on the machine costs a run, which touches more
// memory, more than the operations alone.
func (m measured) quietRatio(of, to int) float64 {
	fast := func(function int) time.Duration {
		sorted := slices.Sorted(slices.Values(m[function]))
		return sorted[len(sorted)/20]
	}
	return float64(fast(of)) / float64(fast(to))
}

// each is the median of the nanoseconds that a function took.
func (m measured) each(function int) float64 { return float64(median(slices.Clone(m[function]))) }

func median[T ~int64 | ~float64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkHandshake has a row for each method and suite. An iteration is a
// pair of blocks; the metrics are medians.
func BenchmarkHandshake(b *testing.B) {
	for _, info := range Methods() {
		for _, id := range Suites() {
			b.Run(fmt.Sprintf("method=%d/suite=%d", info.Method, id), func(b *testing.B) {
				run, raw := newRun(b, info.Method, id), newRawOperations(b, info.Method, id)
				allocations := testing.AllocsPerRun(10, run)
				b.ResetTimer()
				took := inTurn(b.N, run, raw.run)
				b.ReportMetric(took.ratio(0, 1), "ratio")
				b.ReportMetric(took.quietRatio(0, 1), "quiet-ratio")
				b.ReportMetric(took.each(0), "run-ns")
				b.ReportMetric(took.each(1), "raw-ns")
				b.ReportMetric(allocations, "run-allocs")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkPSKAgainstStaticDH divides runs of method 4 by those of method 3, both
// with suite 2: what a pre-shared key, also one from resumption, saves.
func BenchmarkPSKAgainstStaticDH(b *testing.B) {
	psk, static := newRun(b, MethodPSK, 2), newRun(b, 3, 2)
	b.ResetTimer()
	took := inTurn(b.N, psk, static)
	b.ReportMetric(took.ratio(0, 1), "ratio")
	b.ReportMetric(took.each(0), "method4-ns")
	b.ReportMetric(took.each(1), "method3-ns")
	b.ReportMetric(0, "ns/op")
}

// newRun returns a function that does one run.
func newRun(t testing.TB, method Method, suiteID int) func() {
	configI, configR := benchConfigs(t, method, suiteID)
	return func() {
		i, err := configI.NewSession(Initiator)
		check(t, err)
		r, err := configR.NewSession(Responder)
		check(t, err)
		m1, err := i.PrepareMessage1()
		check(t, err)
		check(t, r.ProcessMessage1(m1))
		m2, err := r.PrepareMessage2()
		check(t, err)
		check(t, i.ProcessMessage2(m2))
		m3, err := i.PrepareMessage3()
		check(t, err)
		check(t, r.ProcessMessage3(m3))
		_, err = i.OSCOREContext()
		check(t, err)
		_, err = r.OSCOREContext()
		check(t, err)
		i.Close()
		r.Close()
	}
}

// check is must without Helper, which takes its time.
func check(t testing.TB, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// benchConfigs makes configs for one method and one suite. The sides have CCS
// credentials with a kid, or one PSK.
func benchConfigs(t testing.TB, method Method, suiteID int) (configI, configR *hostConfig) {
	t.Helper()
	if method == MethodPSK {
		w := pskWorld(t, suiteID)
		w.configI.Suites = []int{suiteID}
		return w.configI, w.configR
	}
	credentials := map[Role][2]*Credential{} // own, and as the peer has it
	for _, role := range []Role{Initiator, Responder} {
		private, err := suite.GenerateKey(suite.KeyKind(authenticationKey(method, suiteID, role)), nil)
		must(t, err)
		ccs := benchCCS(private.Public(), byte(role))
		own := value[*Credential](t)(CredentialFromCCS(ccs))
		must(t, own.SetPrivateKey(private.Bytes()))
		credentials[role] = [2]*Credential{own, value[*Credential](t)(CredentialFromCCS(ccs))}
	}
	config := func(own, peer Role) *hostConfig {
		c := newConfig()
		c.Methods = []Method{method}
		c.Suites = []int{suiteID}
		c.Own = append(c.Own, credentials[own][0])
		c.Peers = append(c.Peers, credentials[peer][1])
		return c
	}
	return config(Initiator, Responder), config(Responder, Initiator)
}

func authenticationKey(method Method, suiteID int, role Role) KeyKind {
	info, _ := method.Info()
	alg := suite.Lookup(suiteID)
	if role == Initiator && info.SignatureI || role == Responder && info.SignatureR {
		return KeyKind(alg.Signature)
	}
	return KeyKind(alg.Curve)
}

// benchCCS is { 8 : { 1 : COSE_Key } }.
func benchCCS(public *suite.PublicKey, kid byte) []byte {
	curve := map[KeyKind]int64{
		KeyP256: cose.CurveP256, KeyP384: cose.CurveP384, KeyX25519: cose.CurveX25519,
		KeyX448: cose.CurveX448, KeyEd25519: cose.CurveEd25519, KeyEd448: cose.CurveEd448,
	}
	key := cose.Key{Curve: curve[KeyKind(public.Kind())], X: public.X(), Kid: []byte{kid}}
	if whole := public.Bytes(); len(whole) > len(key.X) {
		key.Y = whole[len(key.X):]
	}
	return append([]byte{0xa1, 0x08, 0xa1, 0x01}, key.Encode()...)
}

// rawOperations are the public-key operations of one run, and nothing else:
//
//   - 2 key generations, of random bytes as they are: that a run hedges its own
//     (RFC 8937) is part of the ratio;
//   - 2 decompressions of G_X and G_Y on the curves of NIST;
//   - 2 ECDH of the ephemeral keys;
//   - of each side with a static Diffie-Hellman key 2 ECDH more, its own and that
//     of its peer;
//   - of each side that signs a signature and its verification.
//
// A credential's point is decompressed when the credential is made, not in a run.
type rawOperations struct {
	t       testing.TB
	alg     *suite.Suite
	signs   []*suite.PrivateKey
	statics []*suite.PrivateKey
}

func newRawOperations(t testing.TB, method Method, suiteID int) *rawOperations {
	r := &rawOperations{t: t, alg: suite.Lookup(suiteID)}
	if method == MethodPSK {
		return r
	}
	info, _ := method.Info()
	for role, signs := range map[Role]bool{Initiator: info.SignatureI, Responder: info.SignatureR} {
		key, err := suite.GenerateKey(suite.KeyKind(authenticationKey(method, suiteID, role)), nil)
		must(t, err)
		if signs {
			r.signs = append(r.signs, key)
		} else {
			r.statics = append(r.statics, key)
		}
	}
	return r
}

var rawMessage = make([]byte, 200)

func (r *rawOperations) run() {
	x, y := r.generate(), r.generate()
	gX, gY := r.decompress(x), r.decompress(y)
	r.ecdh(x, gY)
	r.ecdh(y, gX)
	for _, static := range r.statics { // of the Responder; of the Initiator it is x and gY
		r.ecdh(static, gX)
		r.ecdh(x, static.Public())
	}
	for _, key := range r.signs {
		signature, err := key.Sign(rawMessage)
		check(r.t, err)
		if !key.Public().Verify(rawMessage, signature) {
			r.t.Fatal("the signature does not verify")
		}
	}
}

func (r *rawOperations) generate() *suite.PrivateKey {
	var buffer [64]byte
	random := buffer[:r.alg.Curve.PrivateLength()]
	_, err := rand.Read(random)
	check(r.t, err)
	key, err := suite.ParsePrivateKey(r.alg.Curve, random)
	check(r.t, err)
	return key
}

func (r *rawOperations) decompress(key *suite.PrivateKey) *suite.PublicKey {
	public, err := suite.ParsePublicKey(r.alg.Curve, key.Public().X())
	check(r.t, err)
	return public
}

func (r *rawOperations) ecdh(key *suite.PrivateKey, peer *suite.PublicKey) {
	_, err := key.ECDH(peer)
	check(r.t, err)
}
