package main

// #include "shim.h"
import "C"

import "github.com/liblake/lake/ake"

//export lakego_session_info
func lakego_session_info(h C.uintptr_t, out *C.struct_lake_session_info) C.lake_status {
	return onSession(h, func(s *session) error {
		info := s.engine.Info()
		*out = C.struct_lake_session_info{
			role:             C.int32_t(info.Role),
			state:            C.int32_t(info.State),
			next:             C.int32_t(info.Next),
			method:           C.int32_t(info.Method),
			suite:            C.int32_t(info.Suite),
			is_complete:      flag(info.Complete),
			is_authenticated: flag(info.Authenticated),
			is_resumed:       flag(info.Resumed),
			is_peer_new:      flag(s.engine.PeerIsNew()),
			pending:          C.lake_status(info.Pending),
			last_error:       C.lake_status(ake.StatusOf(s.lastError())),
		}
		out.own_connection_id_len = connectionID(&out.own_connection_id, info.OwnConnectionID)
		out.peer_connection_id_len = connectionID(&out.peer_connection_id, info.PeerConnectionID)
		if info.Suite < 0 {
			out.method = -1
		}
		return nil
	})
}

// connectionID writes an identifier, and returns its length; -1 of none.
func connectionID(to *[maxConnectionID]C.uint8_t, id []byte) C.int32_t {
	if id == nil {
		return -1
	}
	for i, b := range id {
		to[i] = C.uint8_t(b)
	}
	return C.int32_t(len(id))
}

// maxConnectionID is the limit of lake_limits.
const maxConnectionID = 64
