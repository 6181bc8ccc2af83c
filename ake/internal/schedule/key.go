package schedule

import "github.com/liblake/lake/ake/internal/suite"

// Key is a key of the EDHOC AEAD with the IV of the one message that it is for.
type Key struct {
	alg     *suite.Suite
	key, iv []byte // of one piece
}

// Key3 gives K_3 and IV_3, with PRK_3e2m; in EDHOC-PSK with PRK_4e3m.
func (p *PRK) Key3(alg *suite.Suite, th3 []byte) Key { return p.key(alg, labelK3, labelIV3, th3) }

// Key4 gives K_4 and IV_4, with PRK_4e3m.
func (p *PRK) Key4(alg *suite.Suite, th4 []byte) Key { return p.key(alg, labelK4, labelIV4, th4) }

func (p *PRK) key(alg *suite.Suite, labelK, labelIV int64, th []byte) Key {
	both, n := make([]byte, alg.KeyLength()+alg.IVLength()), alg.KeyLength()
	k := Key{alg, both[:n], both[n:]}
	p.kdf(k.key, labelK, th)
	p.kdf(k.iv, labelIV, th)
	return k
}

// Seal encrypts the message.
func (k Key) Seal(aad, plaintext []byte) ([]byte, error) {
	return k.alg.Seal(k.key, k.iv, aad, plaintext)
}

// Open decrypts the message.
func (k Key) Open(aad, ciphertext []byte) ([]byte, error) {
	return k.alg.Open(k.key, k.iv, aad, ciphertext)
}

// Wipe overwrites key and IV.
func (k Key) Wipe() {
	suite.Wipe(k.key)
	suite.Wipe(k.iv)
}
