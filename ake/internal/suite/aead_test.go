package suite

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"errors"
	"testing"
)

const sunscreen = "Ladies and Gentlemen of the class of '99: " +
	"If I could offer you only one tip for the future, sunscreen would be it."

// TestAEADVectors has packet vector 1 of RFC 3610, section 2.8.2 of RFC 8439,
// and test cases 4 and 16 of the GCM submission to NIST.
func TestAEADVectors(t *testing.T) {
	gcmKey := "feffe9928665731c6d6a8f9467308308"
	gcmPlaintext := `d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
		1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39`
	gcmAAD := "feedfacedeadbeeffeedfacedeadbeefabaddad2"
	for _, test := range []struct {
		name              string
		suite             int
		key, iv, aad      string
		plaintext, sealed string
	}{
		{"AES-CCM-16-64-128", 2, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5", "0001020304050607",
			"08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
			"588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
		{"ChaCha20/Poly1305", 4, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
			"070000004041424344454647", "50515253c0c1c2c3c4c5c6c7", "",
			`d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
			3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
			92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
			3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691`},
		{"A128GCM", 6, gcmKey, "cafebabefacedbaddecaf888", gcmAAD, gcmPlaintext,
			`42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
			21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091
			5bc94fbc3221a5db94fae95ae7121a47`},
		{"A256GCM", 24, gcmKey + gcmKey, "cafebabefacedbaddecaf888", gcmAAD, gcmPlaintext,
			`522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
			8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
			76fc6ece0f4e1768cddf8853bb2d551b`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Lookup(test.suite)
			key, iv, aad, plaintext := unhex(t, test.key), unhex(t, test.iv), unhex(t, test.aad), unhex(t, test.plaintext)
			if test.plaintext == "" {
				plaintext = []byte(sunscreen)
			}
			sealed, err := s.Seal(key, iv, aad, plaintext)
			if err != nil || !bytes.Equal(sealed, unhex(t, test.sealed)) {
				t.Fatalf("sealed %x, %v", sealed, err)
			}
			opened, err := s.Open(key, iv, aad, sealed)
			if err != nil || !bytes.Equal(opened, plaintext) {
				t.Fatalf("opened %x, %v", opened, err)
			}
		})
	}
}

// referenceCCM is RFC 3610 section 2 step by step, for a 13-byte nonce and
// additional data of less than 65280 bytes.
func referenceCCM(t *testing.T, key, nonce, aad, plaintext []byte, tagLength int) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	pad := func(b []byte) []byte { return append(b, make([]byte, (16-len(b)%16)%16)...) }

	blocks := []byte{byte((tagLength-2)/2<<3 | 1)}
	if len(aad) > 0 {
		blocks[0] |= 0x40
	}
	blocks = append(blocks, nonce...)
	blocks = append(blocks, byte(len(plaintext)>>8), byte(len(plaintext)))
	if len(aad) > 0 {
		blocks = append(blocks, byte(len(aad)>>8), byte(len(aad)))
		blocks = pad(append(blocks, aad...))
	}
	blocks = pad(append(blocks, plaintext...))
	mac := make([]byte, 16)
	for ; len(blocks) > 0; blocks = blocks[16:] {
		for i := range mac {
			mac[i] ^= blocks[i]
		}
		block.Encrypt(mac, mac)
	}

	keyBlock := func(i int) []byte {
		out := append(append([]byte{1}, nonce...), byte(i>>8), byte(i))
		block.Encrypt(out, out)
		return out
	}
	var sealed []byte
	for i, b := range plaintext {
		sealed = append(sealed, b^keyBlock(i/16 + 1)[i%16])
	}
	for i, b := range keyBlock(0)[:tagLength] {
		sealed = append(sealed, b^mac[i])
	}
	return sealed
}

func TestCCMReference(t *testing.T) {
	random := make([]byte, 16+13+400+400)
	rand.Read(random)
	key, iv, aad, plaintext := random[:16], random[16:29], random[29:429], random[429:]
	for _, s := range []*Suite{Lookup(2), Lookup(3)} {
		for _, a := range []int{0, 1, 13, 14, 15, 30, 400} {
			for _, p := range []int{0, 1, 15, 16, 17, 31, 400} {
				want := referenceCCM(t, key, iv, aad[:a], plaintext[:p], s.TagLength())
				got, err := s.Seal(key, iv, aad[:a], plaintext[:p])
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("suite %d, %d and %d bytes: %x, %v", s.ID, a, p, got, err)
				}
			}
		}
	}
}

// TestOpenAltered changes everything that can be changed.
func TestOpenAltered(t *testing.T) {
	for _, s := range All() {
		key, iv, aad := sequence(1, s.KeyLength()), sequence(2, s.IVLength()), sequence(3, 30)
		plaintext := []byte("plaintext")
		sealed, err := s.Seal(key, iv, aad, plaintext)
		if err != nil || len(sealed) != len(plaintext)+s.TagLength() {
			t.Fatalf("suite %d: %d bytes, %v", s.ID, len(sealed), err)
		}
		for _, part := range [][]byte{key, iv, aad, sealed} {
			for i := range part {
				part[i] ^= 0x10
				if opened, err := s.Open(key, iv, aad, sealed); !errors.Is(err, ErrOpen) || opened != nil {
					t.Errorf("suite %d: opened %x, %v", s.ID, opened, err)
				}
				part[i] ^= 0x10
			}
		}
		for n := range len(sealed) {
			if opened, err := s.Open(key, iv, aad, sealed[:n]); !errors.Is(err, ErrOpen) || opened != nil {
				t.Errorf("suite %d: opened the first %d bytes, %v", s.ID, n, err)
			}
		}
		for _, longer := range [][]byte{append(bytes.Clone(sealed), 0), make([]byte, 1<<16+s.TagLength())} {
			if _, err := s.Open(key, iv, aad, longer); !errors.Is(err, ErrOpen) {
				t.Errorf("suite %d: opened %d bytes, %v", s.ID, len(longer), err)
			}
		}
		if opened, err := s.Open(key, iv, aad, sealed); err != nil || !bytes.Equal(opened, plaintext) {
			t.Errorf("suite %d: the ciphertext was changed: %v", s.ID, err)
		}
	}
}

func TestAEADMisuse(t *testing.T) {
	for _, s := range All() {
		for _, lengths := range [][2]int{
			{0, s.IVLength()}, {s.KeyLength() - 1, s.IVLength()}, {s.KeyLength() + 1, s.IVLength()}, {24, s.IVLength()},
			{48 - s.KeyLength(), s.IVLength()}, // the other length that AES can take
			{s.KeyLength(), 0}, {s.KeyLength(), s.IVLength() - 1}, {s.KeyLength(), s.IVLength() + 1}, {s.KeyLength(), 7},
		} {
			key, iv := make([]byte, lengths[0]), make([]byte, lengths[1])
			if _, err := s.Seal(key, iv, nil, nil); !errors.Is(err, ErrAEAD) {
				t.Errorf("suite %d, %d: Seal: %v", s.ID, lengths, err)
			}
			if _, err := s.Open(key, iv, nil, make([]byte, 20)); !errors.Is(err, ErrAEAD) {
				t.Errorf("suite %d, %d: Open: %v", s.ID, lengths, err)
			}
		}
		key, iv := make([]byte, s.KeyLength()), make([]byte, s.IVLength())
		_, err := s.Seal(key, iv, nil, make([]byte, 1<<16))
		if ccm := s.AEAD == 10 || s.AEAD == 30; ccm != errors.Is(err, ErrAEAD) {
			t.Errorf("suite %d: plaintext of 65536 bytes: %v", s.ID, err)
		}
		sealed, err := s.Seal(key, iv, nil, nil)
		if err != nil || len(sealed) != s.TagLength() {
			t.Errorf("suite %d: empty plaintext: %v", s.ID, err)
		}
		if opened, err := s.Open(key, iv, nil, sealed); err != nil || len(opened) != 0 {
			t.Errorf("suite %d: empty plaintext: %x, %v", s.ID, opened, err)
		}
	}
}

// TestWipingCCM: Open gives what that of the library gives, for good and for altered
// input of any length.
func TestWipingCCM(t *testing.T) {
	for _, alg := range []*aeadAlg{aesCCM64, aesCCM128} {
		c, err := alg.new(sequence(1, alg.keyLength))
		if err != nil {
			t.Fatal(err)
		}
		library := c.(wipingCCM).AEAD
		nonce, aad, prefix := sequence(2, alg.ivLength), sequence(3, 40), []byte("prefix")
		for n := range 70 {
			sealed := library.Seal(nil, nonce, sequence(4, n), aad)
			for bit := -1; bit < 8*len(sealed); bit++ {
				altered := bytes.Clone(sealed)
				if bit >= 0 {
					altered[bit/8] ^= 1 << (bit % 8)
				}
				want, wantErr := library.Open(bytes.Clone(prefix), nonce, altered, aad)
				got, err := c.Open(bytes.Clone(prefix), nonce, altered, aad)
				if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) || (err == nil) != (bit < 0) {
					t.Fatalf("%s, %d bytes, bit %d: %x, %v, want %x, %v", alg.name, n, bit, got, err, want, wantErr)
				}
			}
			if _, err := c.Open(nil, nonce, sealed, aad[1:]); err == nil {
				t.Errorf("%s, %d bytes: opened with other associated data", alg.name, n)
			}
		}
		for _, n := range []int{0, 1, alg.tagLength - 1, 1<<16 + alg.tagLength} {
			if text, err := c.Open(nil, nonce, make([]byte, n), aad); err == nil {
				t.Errorf("%s: %d bytes give %x", alg.name, n, text)
			}
		}
	}
}
