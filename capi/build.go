package main

// #include "shim.h"
import "C"

import "github.com/liblake/lake/ake"

// Here credentials are built and converted, as bytes.

//export lakego_ccs_build
func lakego_ccs_build(subject *C.char, subjectLength C.size_t, kid *C.uint8_t, kidLength C.size_t, kind C.int32_t,
	publicKey *C.uint8_t, publicKeyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		if !ake.KeyKind(kind).Valid() {
			return ake.ErrArgument
		}
		ccs, err := ake.NewCCS(C.GoStringN(subject, C.int(subjectLength)), optional(kid, kidLength),
			ake.KeyKind(kind), input(publicKey, publicKeyLength))
		return putBytes(out, capacity, length, ccs, err)
	})
}

//export lakego_cose_key_build
func lakego_cose_key_build(kid *C.uint8_t, kidLength C.size_t, kind C.int32_t, publicKey *C.uint8_t,
	publicKeyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		key, err := ake.NewCOSEKey(optional(kid, kidLength), ake.KeyKind(kind), input(publicKey, publicKeyLength))
		return putBytes(out, capacity, length, key, err)
	})
}

// optional is an input that NULL leaves out, other than the empty string.
func optional(data *C.uint8_t, length C.size_t) []byte {
	if data == nil {
		return nil
	}
	return append([]byte{}, input(data, length)...)
}

//export lakego_cose_key_to_ccs
func lakego_cose_key_to_ccs(key *C.uint8_t, keyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return convert(ake.CCSFromCOSEKey, key, keyLength, out, capacity, length)
}

//export lakego_x509_to_c509
func lakego_x509_to_c509(der *C.uint8_t, derLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return convert(ake.C509FromX509, der, derLength, out, capacity, length)
}

//export lakego_c509_to_x509
func lakego_c509_to_x509(c509 *C.uint8_t, c509Length C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return convert(ake.X509FromC509, c509, c509Length, out, capacity, length)
}

func convert(f func([]byte) ([]byte, error), from *C.uint8_t, fromLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		made, err := f(input(from, fromLength))
		return putBytes(out, capacity, length, made, err)
	})
}
