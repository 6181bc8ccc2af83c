package main

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/liblake/lake/ake"
)

//export lakego_session_export
func lakego_session_export(h C.uintptr_t, label C.uint64_t, context *C.uint8_t, contextLength C.size_t, out *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		key, err := s.engine.Export(uint64(label), input(context, contextLength), int(length))
		return putSecret(out, length, &length, key, err)
	})
}

//export lakego_session_key_update
func lakego_session_key_update(h C.uintptr_t, context *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.KeyUpdate(input(context, length)) })
}

//export lakego_session_oscore_context
func lakego_session_oscore_context(h C.uintptr_t, out *C.struct_lake_oscore_context) C.lake_status {
	return onSession(h, func(s *session) error {
		c, err := s.engine.OSCOREContext()
		if err != nil {
			return err
		}
		defer c.Clear()
		for _, field := range []struct {
			to     []C.uint8_t
			length *C.uint32_t
			from   []byte
		}{
			{out.master_secret[:], &out.master_secret_len, c.MasterSecret},
			{out.master_salt[:], &out.master_salt_len, c.MasterSalt},
			{out.sender_id[:], &out.sender_id_len, c.SenderID},
			{out.recipient_id[:], &out.recipient_id_len, c.RecipientID},
		} {
			if len(field.from) > len(field.to) {
				return &ake.Error{Status: ake.ErrInternal, Detail: "the OSCORE context does not fit its struct"}
			}
			*field.length = C.uint32_t(len(field.from))
			copy(unsafe.Slice((*byte)(unsafe.SliceData(field.to)), len(field.to)), field.from)
		}
		out.aead, out.hash = C.int32_t(c.AEAD), C.int32_t(c.Hash)
		return nil
	})
}

//export lakego_session_oscore_libcoap_conf
func lakego_session_oscore_libcoap_conf(h C.uintptr_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		c, err := s.engine.OSCOREContext()
		if err != nil {
			return err
		}
		defer c.Clear()
		text, err := c.LibcoapConf()
		if err != nil {
			return err
		}
		defer clear(text)
		return putText(out, capacity, length, text)
	})
}
