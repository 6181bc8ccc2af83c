package main

// #include "shim.h"
import "C"

import (
	"fmt"
	"runtime/debug"
	"unsafe"

	"github.com/liblake/lake/ake"
)

//export lakego_build_info
func lakego_build_info(out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		text := []byte("liblake " + C.LAKE_VERSION + "\n")
		if info, ok := debug.ReadBuildInfo(); ok {
			text = fmt.Appendln(text, info.GoVersion)
			for _, module := range info.Deps {
				text = fmt.Appendln(text, module.Path, module.Version)
			}
		}
		return putText(out, capacity, length, text)
	})
}

//export lakego_live_handles
func lakego_live_handles() C.size_t {
	return C.size_t(credentials.count() + configs.count() + sessions.count() - int(lentSessions.Load()) + resumptions.count() +
		coapIDs.count() + coapServers.count() + coapClients.count())
}

//export lakego_suites
func lakego_suites(out *C.int32_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		var numbers []int32
		for _, number := range ake.Suites() {
			numbers = append(numbers, int32(number))
		}
		return put(unsafe.Pointer(out), capacity, length, numbers)
	})
}

//export lakego_suite_info
func lakego_suite_info(suite C.int32_t, out *C.struct_lake_suite_info) C.lake_status {
	return call(func() error {
		info, ok := ake.Suite(int(suite))
		if !ok {
			return ake.ErrUnsupported
		}
		*out = C.struct_lake_suite_info{
			suite:               C.int32_t(info.ID),
			aead:                C.int32_t(info.AEAD),
			hash:                C.int32_t(info.Hash),
			mac_length:          C.int32_t(info.MACLength),
			curve:               C.int32_t(info.Curve),
			signature_algorithm: C.int32_t(info.SignatureAlg),
			signature_key:       C.int32_t(info.SignatureKey),
			app_aead:            C.int32_t(info.AppAEAD),
			app_hash:            C.int32_t(info.AppHash),
			key_length:          C.int32_t(info.KeyLength),
			iv_length:           C.int32_t(info.IVLength),
			tag_length:          C.int32_t(info.TagLength),
			hash_length:         C.int32_t(info.HashLength),
			signature_length:    C.int32_t(info.SignatureLength),
			public_key_length:   C.int32_t(info.PublicKeyLength),
			app_key_length:      C.int32_t(info.AppKeyLength),
		}
		return nil
	})
}

//export lakego_methods
func lakego_methods(out *C.int32_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return call(func() error {
		var numbers []int32
		for _, info := range ake.Methods() {
			numbers = append(numbers, int32(info.Method))
		}
		return put(unsafe.Pointer(out), capacity, length, numbers)
	})
}

//export lakego_method_info
func lakego_method_info(method C.int32_t, out *C.struct_lake_method_info) C.lake_status {
	return call(func() error {
		info, ok := ake.Method(method).Info()
		if !ok {
			return ake.ErrUnsupported
		}
		*out = C.struct_lake_method_info{
			method:              method,
			signature_initiator: flag(info.SignatureI),
			signature_responder: flag(info.SignatureR),
			psk:                 flag(info.PSK),
		}
		return nil
	})
}

//export lakego_keypair_generate
func lakego_keypair_generate(kind C.int32_t,
	privateKey *C.uint8_t, privateCap C.size_t, privateLen *C.size_t,
	publicKey *C.uint8_t, publicCap C.size_t, publicLen *C.size_t) C.lake_status {
	return call(func() error {
		k := ake.KeyKind(kind)
		if !k.Valid() {
			return ake.ErrArgument
		}
		privateNeeded, publicNeeded := C.size_t(k.PrivateLength()), C.size_t(k.PublicLength())
		*privateLen, *publicLen = privateNeeded, publicNeeded
		if privateNeeded > privateCap || publicNeeded > publicCap {
			return errBufferTooSmall // before the work of making a key
		}
		private, public, err := ake.GenerateKey(k)
		if err != nil {
			return err
		}
		if err := putSecret(privateKey, privateCap, privateLen, private, nil); err != nil {
			return err
		}
		return putBytes(publicKey, publicCap, publicLen, public, nil)
	})
}

// flag is a bool of the C ABI.
func flag(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}
