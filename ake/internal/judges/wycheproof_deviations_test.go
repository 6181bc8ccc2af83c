package judges

import (
	"path"
	"slices"
)

// deviation says which good rows liblake refuses on purpose: those of the files that
// have this about them. Bad rows have no place here.
type deviation struct {
	files  string // a pattern
	of     func(g *group, r *row) bool
	reason string
}

var deviations = []deviation{
	{"aes_ccm", otherSize(128, 104), "no suite has keys and nonces of this size (RFC 9053 section 4.2)"},
	{"aes_gcm", func(g *group, _ *row) bool { return g.KeySize == 192 || g.IVSize != 96 },
		"no suite has keys and nonces of this size (RFC 9053 section 4.1)"},

	{"x25519*", flag("ZeroSharedSecret"), "RFC 7748 section 6.1 lets us refuse the secret that is zero"},
	{"x448*", flag("ZeroSharedSecret"), "RFC 7748 section 6.2 lets us refuse the secret that is zero"},
	{"ecdh_*", flag("UnnamedCurve"), "curves are named (RFC 5480 section 2.1.1)"},
	{"ecdh_*r1", flag("InvalidAsn"), "not the encoding of a key"},
	{"ecdh_*_pem", flag("InvalidPem"), "not the encoding of a key"},

	{"rsa_signature_*", flag("MissingNull"), "the parameters have to be NULL (RFC 8017 appendix B.1)"},
	{"rsa_pkcs1_*", smallKey, "RSA keys have 2048 bits at least"},
	{"rsa_pkcs1_*", weakHash, "the hash is SHA-256, SHA-384 or SHA-512"},
	{"rsa_pss_*", weakHash, "the hash is SHA-256, SHA-384 or SHA-512"},
	{"rsa_pss_*", func(g *group, _ *row) bool { return g.MGFSHA != g.SHA }, "the hash is the same throughout"},
	{"rsa_pss_*", func(g *group, _ *row) bool { return g.SLen == 0 }, "there has to be a salt"},
	{"rsa_pss_*_params", func(*group, *row) bool { return true }, "crypto/x509 does not read keys that are for RSASSA-PSS only"},
}

func (d *deviation) covers(file string) bool {
	matched, err := path.Match(d.files, file)
	if err != nil {
		panic(err)
	}
	return matched
}

func flag(name string) func(*group, *row) bool {
	return func(_ *group, r *row) bool { return slices.Contains(r.Flags, name) }
}

func otherSize(key, iv int) func(*group, *row) bool {
	return func(g *group, _ *row) bool { return g.KeySize != key || g.IVSize != iv }
}

func smallKey(g *group, _ *row) bool { return g.KeySize < 2048 }

func weakHash(g *group, _ *row) bool {
	return !slices.Contains([]string{"SHA-256", "SHA-384", "SHA-512"}, g.SHA)
}
