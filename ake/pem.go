package ake

import (
	"bytes"
	"encoding/hex"

	"github.com/liblake/lake/ake/internal/pkix"
)

// CredentialFromPEM makes a credential from the certificates of a file, PEM or
// DER, the end entity's first.
func CredentialFromPEM(file []byte) (*Credential, error) {
	certificates, err := pkix.ReadCertificates(file)
	if err != nil {
		return nil, wrap(err)
	}
	return CredentialFromX509(certificates...)
}

// ParseTrustAnchors reads the certificates of a file, PEM or DER, for
// Config.TrustAnchors: each is one of its own, whatever their order.
func ParseTrustAnchors(file []byte) ([]*Credential, error) {
	certificates, err := pkix.ReadCertificates(file)
	if err != nil {
		return nil, wrap(err)
	}
	anchors := make([]*Credential, len(certificates))
	for i, der := range certificates {
		if anchors[i], err = CredentialFromX509(der); err != nil {
			return nil, err
		}
	}
	return anchors, nil
}

// SetPrivateKeyPEM is SetPrivateKey with a file as openssl writes it, PEM or DER, PKCS#8 or
// SEC 1, not encrypted; or with the bytes of SetPrivateKey in hexadecimal, or as they are.
func (c *Credential) SetPrivateKeyPEM(file []byte) error {
	if err := c.authenticates(); err != nil {
		return err
	}
	key, err := pkix.ReadPrivateKey(file)
	if err != nil {
		bare := bareKey(file, c.kind().PrivateLength())
		defer clear(bare)
		if bare != nil {
			return c.SetPrivateKey(bare)
		}
		return errorf(ErrPrivateKey, "%v", err)
	}
	defer key.Clear()
	if key.Kind() != c.kind() {
		return errorf(ErrPrivateKey, "a %v key for a credential with a %v key", key.Kind(), c.KeyKind())
	}
	raw := key.Bytes()
	defer clear(raw)
	return c.SetPrivateKey(raw)
}

// bareKey is a copy of the key that a file has of so many bytes, as they are or in
// hexadecimal, maybe with a 0x and a line break; nil if it has something else.
func bareKey(file []byte, length int) []byte {
	if len(file) == length {
		return bytes.Clone(file)
	}
	digits := bytes.TrimPrefix(bytes.TrimSpace(file), []byte("0x"))
	if len(digits) != hex.EncodedLen(length) {
		return nil
	}
	key := make([]byte, length)
	if _, err := hex.Decode(key, digits); err != nil {
		clear(key)
		return nil
	}
	return key
}
