package main

import (
	"crypto/ecdh"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/liblake/lake/ake"
)

// makeKey makes a key pair on P-256: the private key in NAME.key, the public one as a CCS
// in NAME.ccs. It replaces nothing.
func makeKey(arguments []string) error {
	flags := flag.NewFlagSet("lake-tunnel key", flag.ContinueOnError)
	kidText := flags.String("kid", "", "kid in `hexadecimal` digits, by which the key is referred to; default: a part of the public key")
	if err := flags.Parse(arguments); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() != 1 {
		return errors.New("key takes one name: that of the files, whose last part is the subject of the CCS")
	}
	name := flags.Arg(0)
	kid, err := hex.DecodeString(*kidText)
	if err != nil || len(kid) > maxShort {
		return fmt.Errorf("--kid %s is not at most %d bytes in hexadecimal digits", *kidText, maxShort)
	}
	private, public, err := ake.GenerateKey(ake.KeyP256)
	if err != nil {
		return err
	}
	defer clear(private)
	if len(kid) == 0 {
		kid = public[:4]
	}
	ccs, err := ake.NewCCS(filepath.Base(name), kid, ake.KeyP256, public)
	if err != nil {
		return err
	}
	key, err := ecdh.P256().NewPrivateKey(private)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	defer clear(der)
	encoded := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	defer clear(encoded)
	if err := create(name+".key", encoded, 0o600); err != nil {
		return err
	}
	return create(name+".ccs", ccs, 0o644)
}

func create(name string, data []byte, mode os.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}
