package suite

import (
	"crypto/ecdh"
	"fmt"
	"testing"
)

// The raw operations. What a handshake costs is to be judged by them.

func benchKinds(b *testing.B, kinds []KeyKind, f func(b *testing.B, k *PrivateKey)) {
	for _, kind := range kinds {
		k, err := GenerateKey(kind, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(kind.String(), func(b *testing.B) {
			b.ReportAllocs()
			f(b, k)
		})
	}
}

var (
	nistKinds     = []KeyKind{KeyP256, KeyP384}
	exchangeKinds = []KeyKind{KeyP256, KeyP384, KeyX25519, KeyX448}
	signingKinds  = []KeyKind{KeyP256, KeyP384, KeyEd25519, KeyEd448}
	allKinds      = []KeyKind{KeyP256, KeyP384, KeyX25519, KeyX448, KeyEd25519, KeyEd448}
)

func BenchmarkRawGenerateKey(b *testing.B) {
	benchKinds(b, allKinds, func(b *testing.B, k *PrivateKey) {
		hedge := k.HedgeKey(1)
		for b.Loop() {
			if _, err := GenerateKey(k.Kind(), hedge); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawHedge(b *testing.B) {
	benchKinds(b, []KeyKind{KeyP256}, func(b *testing.B, k *PrivateKey) {
		hedge, out := k.HedgeKey(1), make([]byte, k.Kind().PrivateLength())
		for b.Loop() {
			if err := hedged(zeroReader{}, hedgeHash(k.Kind()), k.Kind(), out, 0, hedge); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawHedgeKey(b *testing.B) {
	benchKinds(b, []KeyKind{KeyP256}, func(b *testing.B, k *PrivateKey) {
		for b.Loop() {
			k.HedgeKey(1)
		}
	})
}

func BenchmarkRawParsePrivateKey(b *testing.B) {
	benchKinds(b, allKinds, func(b *testing.B, k *PrivateKey) {
		for b.Loop() {
			if _, err := ParsePrivateKey(k.Kind(), k.secret); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawECDH(b *testing.B) {
	benchKinds(b, exchangeKinds, func(b *testing.B, k *PrivateKey) {
		peer, _ := GenerateKey(k.Kind(), nil)
		for b.Loop() {
			if _, err := k.ECDH(peer.Public()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRawStdlibX25519 is what X25519 would take through crypto/ecdh: why
// this package does not.
func BenchmarkRawStdlibX25519(b *testing.B) {
	k, _ := GenerateKey(KeyX25519, nil)
	peer, _ := GenerateKey(KeyX25519, nil)
	remote, _ := ecdh.X25519().NewPublicKey(peer.Public().Bytes())
	b.Run("NewPrivateKey", func(b *testing.B) {
		for b.Loop() {
			if _, err := ecdh.X25519().NewPrivateKey(k.secret); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ECDH", func(b *testing.B) {
		local, _ := ecdh.X25519().NewPrivateKey(k.secret)
		for b.Loop() {
			if _, err := local.ECDH(remote); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawStdlibP256(b *testing.B) {
	k, _ := GenerateKey(KeyP256, nil)
	peer, _ := GenerateKey(KeyP256, nil)
	b.Run("NewPrivateKey", func(b *testing.B) {
		for b.Loop() {
			if _, err := ecdh.P256().NewPrivateKey(k.secret); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ECDH", func(b *testing.B) {
		local, _ := ecdh.P256().NewPrivateKey(k.secret)
		remote, _ := ecdh.P256().NewPublicKey(peer.public.data)
		for b.Loop() {
			if _, err := local.ECDH(remote); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawDecompress(b *testing.B) {
	benchKinds(b, nistKinds, func(b *testing.B, k *PrivateKey) {
		x := k.Public().X()
		for b.Loop() {
			if _, err := ParsePublicKey(k.Kind(), x); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawParsePublicKey(b *testing.B) {
	benchKinds(b, allKinds, func(b *testing.B, k *PrivateKey) {
		data := k.Public().Bytes()
		for b.Loop() {
			if _, err := ParsePublicKey(k.Kind(), data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawSign(b *testing.B) {
	benchKinds(b, signingKinds, func(b *testing.B, k *PrivateKey) {
		message := make([]byte, 150)
		for b.Loop() {
			if _, err := k.Sign(message); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawVerify(b *testing.B) {
	benchKinds(b, signingKinds, func(b *testing.B, k *PrivateKey) {
		message := make([]byte, 150)
		signature, _ := k.Sign(message)
		for b.Loop() {
			if !k.Public().Verify(message, signature) {
				b.Fatal("not verified")
			}
		}
	})
}

func benchSuites(b *testing.B, f func(b *testing.B, s *Suite)) {
	for _, id := range []int{2, 5, 6, 24, 25} {
		s := Lookup(id)
		b.Run(fmt.Sprint("suite", id), func(b *testing.B) {
			b.ReportAllocs()
			f(b, s)
		})
	}
}

func BenchmarkRawDigest(b *testing.B) {
	one, two := make([]byte, 34), make([]byte, 100)
	benchSuites(b, func(b *testing.B, s *Suite) {
		for b.Loop() {
			s.Digest(one, two)
		}
	})
}

func BenchmarkRawExtract(b *testing.B) {
	benchSuites(b, func(b *testing.B, s *Suite) {
		salt, ikm := make([]byte, s.HashLength()), make([]byte, 32)
		for b.Loop() {
			s.Extract(salt, ikm)
		}
	})
}

func BenchmarkRawExpand(b *testing.B) {
	benchSuites(b, func(b *testing.B, s *Suite) {
		prk, info := make([]byte, s.HashLength()), make([]byte, 40)
		for b.Loop() {
			s.Expand(prk, info, 16)
		}
	})
}

func BenchmarkRawSeal(b *testing.B) {
	benchSuites(b, func(b *testing.B, s *Suite) {
		key, iv, aad, plaintext := make([]byte, s.KeyLength()), make([]byte, s.IVLength()), make([]byte, 45), make([]byte, 20)
		for b.Loop() {
			if _, err := s.Seal(key, iv, aad, plaintext); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRawOpen(b *testing.B) {
	benchSuites(b, func(b *testing.B, s *Suite) {
		key, iv, aad, plaintext := make([]byte, s.KeyLength()), make([]byte, s.IVLength()), make([]byte, 45), make([]byte, 20)
		ciphertext, _ := s.Seal(key, iv, aad, plaintext)
		for b.Loop() {
			if _, err := s.Open(key, iv, aad, ciphertext); err != nil {
				b.Fatal(err)
			}
		}
	})
}
