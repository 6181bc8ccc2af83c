package suite

import (
	"bytes"
	"testing"
)

// TestECDHVectors has RFC 7748 sections 5.2 and 6.
func TestECDHVectors(t *testing.T) {
	for _, test := range []struct {
		kind                 KeyKind
		secret, peer, shared string
	}{
		{KeyX25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
			"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
			"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
		{KeyX25519, "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
			"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", // top bit to be ignored
			"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
		{KeyX25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
			"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
		{KeyX448, `3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121
			700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3`,
			`06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9
			814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086`,
			`ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239f
			e14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f`},
		{KeyX448, `9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d
			d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b`,
			`3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430
			27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609`,
			`07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b
			b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d`},
	} {
		k, err := ParsePrivateKey(test.kind, unhex(t, test.secret))
		if err != nil {
			t.Fatal(err)
		}
		peer, err := ParsePublicKey(test.kind, unhex(t, test.peer))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.ECDH(peer); err != nil || !bytes.Equal(got, unhex(t, test.shared)) {
			t.Errorf("%s: %x, %v", test.kind, got, err)
		}
	}
	// The key pairs of section 6.
	for _, test := range []struct {
		kind           KeyKind
		secret, public string
	}{
		{KeyX25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
		{KeyX448, `9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d
			d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b`,
			`9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c
			22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0`},
	} {
		k, _ := ParsePrivateKey(test.kind, unhex(t, test.secret))
		if !bytes.Equal(k.Public().Bytes(), unhex(t, test.public)) {
			t.Errorf("%s: public key %x", test.kind, k.Public().Bytes())
		}
	}
}

// TestSignatureVectors has RFC 8032 sections 7.1 and 7.4, and RFC 6979
// appendix A.2.5 and A.2.6.
func TestSignatureVectors(t *testing.T) {
	const (
		p256       = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
		p256Public = `60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
			7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299`
		p384 = `6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba
			9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5`
		p384Public = `ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e
			06aae5286b300c64def8f0ea9055866064a254515480bc13
			8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9
			f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720`
	)
	for _, test := range []struct {
		kind                               KeyKind
		secret, public, message, signature string
	}{
		{KeyP256, p256, p256Public, "sample", `efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716
			f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8`},
		{KeyP256, p256, p256Public, "test", `f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367
			019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083`},
		{KeyP384, p384, p384Public, "sample", `94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa7
			3d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46
			99ef4aeb15f178cea1fe40db2603138f130e740a19624526
			203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8`},
		{KeyP384, p384, p384Public, "test", `8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36
			ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db
			ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b
			827c2f13173923e06a739f040649a667bf3b828246baa5a5`},
		{KeyEd25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			`e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
			5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b`},
		{KeyEd25519, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
			`92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
			085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`},
		{KeyEd448, `6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3
			528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b`,
			`5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778
			edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180`, "",
			`533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f
			2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a
			9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db
			b61149f05a7363268c71d95808ff2e652600`},
		{KeyEd448, `c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a
			fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e`,
			`43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086
			6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480`, "\x03",
			`26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435
			2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb
			cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f
			f3348ab21aa4adafd1d234441cf807c03a00`},
	} {
		k, err := ParsePrivateKey(test.kind, unhex(t, test.secret))
		if err != nil {
			t.Fatal(err)
		}
		public := unhex(t, test.public)
		if !bytes.Equal(k.Public().Bytes(), public) {
			t.Errorf("%s: public key %x", test.kind, k.Public().Bytes())
		}
		p, err := ParsePublicKey(test.kind, public)
		if err != nil || !p.Equal(k.Public()) {
			t.Fatalf("%s: %v", test.kind, err)
		}
		message, want := []byte(test.message), unhex(t, test.signature)
		got, err := k.SignDeterministic(message)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s %q: %x, %v", test.kind, test.message, got, err)
		}
		if !p.Verify(message, want) {
			t.Errorf("%s %q: not verified", test.kind, test.message)
		}
	}
}
