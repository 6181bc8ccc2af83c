package main

// #include "shim.h"
import "C"

//export lakego_session_info
func lakego_session_info(h C.uintptr_t, out *C.struct_lakec_info) C.lake_status {
	return onSession(h, func(s *session) error {
		info := s.engine.Info()
		*out = C.struct_lakec_info{
			role:          C.int32_t(info.Role),
			state:         C.int32_t(info.State),
			next:          C.int32_t(info.Next),
			method:        C.int32_t(info.Method),
			suite:         C.int32_t(info.Suite),
			complete:      flag(info.Complete),
			authenticated: flag(info.Authenticated),
			resumed:       flag(info.Resumed),
		}
		if info.Suite < 0 {
			out.method = -1
		}
		return nil
	})
}

//export lakego_session_connection_id
func lakego_session_connection_id(h C.uintptr_t, peer C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		info := s.engine.Info()
		id := info.OwnConnectionID
		if peer != 0 {
			id = info.PeerConnectionID
		}
		return putFound(out, capacity, length, id)
	})
}
