package certtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"sync"
)

// RSA gives a certificate an RSA key of this many bits. The first index keeps a
// key for the whole run, as they take long to make; so does each further one.
func RSA(bits int, index ...int) Edit {
	key := RSAKey(bits, index...)
	return func(s *Spec) { s.RSA = key }
}

var rsaKeys struct {
	mu   sync.Mutex
	made map[[2]int]*rsa.PrivateKey
}

// RSAKey is the key of RSA.
func RSAKey(bits int, index ...int) *rsa.PrivateKey {
	id := [2]int{bits}
	if len(index) > 0 {
		id[1] = index[0]
	}
	rsaKeys.mu.Lock()
	defer rsaKeys.mu.Unlock()
	if rsaKeys.made == nil {
		rsaKeys.made = make(map[[2]int]*rsa.PrivateKey)
	}
	if rsaKeys.made[id] == nil {
		rsaKeys.made[id] = must(rsa.GenerateKey(rand.Reader, bits))
	}
	return rsaKeys.made[id]
}

// RSAScheme is how an RSA key signs. The zero one is PKCS #1 v1.5 with SHA-256.
type RSAScheme struct {
	Hash crypto.Hash // 0: SHA-256
	PSS  bool
	Salt int         // of PSS; 0: as long as the hash
	Mask crypto.Hash // of PSS; 0: Hash
}

func (r RSAScheme) filled() RSAScheme {
	if r.Hash == 0 {
		r.Hash = crypto.SHA256
	}
	if r.Salt == 0 {
		r.Salt = r.Hash.Size()
	}
	if r.Mask == 0 {
		r.Mask = r.Hash
	}
	return r
}

// SignedAs has an issuer with an RSA key sign in this way.
func SignedAs(r RSAScheme) Edit { return func(s *Spec) { s.Scheme = r } }

// rsaIdentifier is an algorithm of PKCS #1 by its last number.
func rsaIdentifier(number int) pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, number}, Parameters: asn1.NullRawValue}
}

var (
	pkcs1Numbers = map[crypto.Hash]int{crypto.MD5: 4, crypto.SHA1: 5, crypto.SHA256: 11, crypto.SHA384: 12, crypto.SHA512: 13}
	hashOIDs     = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
)

func (r RSAScheme) identifier() pkix.AlgorithmIdentifier {
	r = r.filled()
	if !r.PSS {
		return rsaIdentifier(pkcs1Numbers[r.Hash])
	}
	hash := func(h crypto.Hash) pkix.AlgorithmIdentifier {
		return pkix.AlgorithmIdentifier{Algorithm: hashOIDs[h], Parameters: asn1.NullRawValue}
	}
	mask := rsaIdentifier(8)
	mask.Parameters = asn1.RawValue{FullBytes: must(asn1.Marshal(hash(r.Mask)))}
	pss := rsaIdentifier(10)
	pss.Parameters = asn1.RawValue{FullBytes: must(asn1.Marshal(struct {
		Hash pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
		Mask pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
		Salt int                      `asn1:"explicit,tag:2"`
	}{hash(r.Hash), mask, r.Salt}))}
	return pss
}

// Sign signs a message with an RSA key. The mask of PSS is of its hash, whatever
// the scheme says.
func (r RSAScheme) Sign(key *rsa.PrivateKey, message []byte) []byte {
	r = r.filled()
	digest := r.Hash.New()
	digest.Write(message)
	if r.PSS {
		return must(rsa.SignPSS(rand.Reader, key, r.Hash, digest.Sum(nil), &rsa.PSSOptions{SaltLength: r.Salt}))
	}
	return must(rsa.SignPKCS1v15(nil, key, r.Hash, digest.Sum(nil)))
}
