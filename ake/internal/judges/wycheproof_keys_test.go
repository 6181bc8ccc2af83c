package judges

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

var errSignature = errors.New("the signature does not verify")

func ecdh(kind suite.KeyKind) verdict {
	return func(_ *group, r *row) error {
		private, err := privateKey(kind, r.Private)
		if err != nil {
			return err
		}
		point, err := hex.DecodeString(r.Public)
		if err != nil {
			return err
		}
		public, err := suite.ParsePublicKey(kind, point)
		if err != nil {
			return err
		}
		return agree(private, public, r.Shared)
	}
}

// privateKey reads hexadecimal digits, of the curves of NIST those of a number.
func privateKey(kind suite.KeyKind, text string) (*suite.PrivateKey, error) {
	secret, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	if kind == suite.KeyP256 || kind == suite.KeyP384 {
		secret = new(big.Int).SetBytes(secret).FillBytes(make([]byte, kind.PrivateLength()))
	}
	return suite.ParsePrivateKey(kind, secret)
}

// ecdhFiles takes keys as they stand in files: DER, or PEM.
func ecdhFiles(kind suite.KeyKind) verdict {
	return func(_ *group, r *row) error {
		private, err := pkix.ReadPrivateKey(file(r.Private))
		if err != nil {
			return err
		}
		public, err := pkix.ReadPublicKey(file(r.Public))
		if err != nil {
			return err
		}
		if private.Kind() != kind {
			return fmt.Errorf("a private key of %s", private.Kind())
		}
		return agree(private, public, r.Shared)
	}
}

// ecdhPublicFile is for files that have only the public key in DER.
func ecdhPublicFile(kind suite.KeyKind) verdict {
	return func(_ *group, r *row) error {
		private, err := privateKey(kind, r.Private)
		if err != nil {
			return err
		}
		public, err := pkix.ReadPublicKey(file(r.Public))
		if err != nil {
			return err
		}
		return agree(private, public, r.Shared)
	}
}

func file(text string) []byte {
	if strings.HasPrefix(text, "-----") {
		return []byte(text)
	}
	der, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return der
}

func agree(private *suite.PrivateKey, public *suite.PublicKey, want []byte) error {
	shared, err := private.ECDH(public)
	if err != nil {
		return err
	}
	return same(shared, want)
}

// signature verifies as COSE does: of ECDSA r||s.
func signature(kind suite.KeyKind) verdict {
	return func(g *group, r *row) error {
		data := g.PublicKey.Uncompressed
		if len(data) == 0 {
			data = g.PublicKey.PK
		}
		key, err := suite.ParsePublicKey(kind, data)
		if err != nil {
			return err
		}
		if !key.Verify(r.Msg, r.Sig) {
			return errSignature
		}
		return nil
	}
}

// both asks two ways to verify, which have to agree.
func both(one, other verdict) verdict {
	return func(g *group, r *row) error {
		err1, err2 := one(g, r), other(g, r)
		if (err1 == nil) != (err2 == nil) {
			panic(fmt.Sprintf("row %d: %v, but in a certificate %v", r.ID, err1, err2))
		}
		return err1
	}
}
