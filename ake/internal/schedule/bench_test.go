package schedule

import (
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

// BenchmarkDerivations has all that one side of a run with static Diffie-Hellman
// keys hashes and derives: the least that a run can take beside its public-key
// operations.
func BenchmarkDerivations(b *testing.B) {
	for _, id := range []int{2, 24, 25} {
		alg := suite.Lookup(id)
		th, dh, cred, plaintext := make([]byte, alg.HashLength()), make([]byte, 32), make([]byte, 100), make([]byte, 20)
		context := make([]byte, 170)
		b.Run(fmt.Sprintf("suite=%d", id), func(b *testing.B) {
			b.ReportAllocs()
			mac, key, iv := make([]byte, 16), make([]byte, 32), make([]byte, 13)
			for b.Loop() {
				alg.Digest(plaintext)
				TH2(alg, dh, th)
				NextTH(alg, th, plaintext, cred)
				NextTH(alg, th, plaintext, cred)
				prk2e := PRK2e(alg, th, dh)
				prk2e.XORKeystream2(th, plaintext)
				prk3e2m := prk2e.PRK3e2m(th, dh)
				prk3e2m.MAC2(mac, context)
				prk3e2m.Key3(alg, th)
				prk4e3m := prk3e2m.PRK4e3m(th, dh)
				prk4e3m.MAC3(mac, context)
				prkOut := prk4e3m.PRKOut(th)
				exporter := prkOut.PRKExporter()
				exporter.Export(key[:16], 0, nil)
				exporter.Export(iv[:8], 1, nil)
			}
		})
	}
}
