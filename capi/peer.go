package main

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/liblake/lake/ake"
)

//export lakego_session_peer_id_cred
func lakego_session_peer_id_cred(h C.uintptr_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return putFound(out, capacity, length, s.engine.PeerIDCred())
	})
}

//export lakego_session_set_peer_credential
func lakego_session_set_peer_credential(h, peer C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return useCredential(handle(peer), func(c *credential) error { return s.engine.SetPeerCredential(c.engine) })
	})
}

//export lakego_session_reject_peer
func lakego_session_reject_peer(h C.uintptr_t, reason C.lake_status) C.lake_status {
	return onSession(h, func(s *session) error { return s.ended(s.engine.RejectPeer(ake.Status(reason))) })
}

//export lakego_session_expect_peer
func lakego_session_expect_peer(h C.uintptr_t, kind C.int32_t, name *C.char, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return s.engine.ExpectPeer(ake.NameKind(kind), C.GoStringN(name, C.int(length)))
	})
}

//export lakego_session_own_credential
func lakego_session_own_credential(h C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return giveFound(out, s.engine.OwnCredential())
	})
}

//export lakego_session_peer_credential
func lakego_session_peer_credential(h C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return giveFound(out, s.engine.PeerCredential())
	})
}

//export lakego_session_peer_suites
func lakego_session_peer_suites(h C.uintptr_t, out *C.int64_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		suites := s.engine.PeerSuites()
		if suites == nil {
			return ake.ErrNotFound
		}
		return put(unsafe.Pointer(out), capacity, length, suites)
	})
}
