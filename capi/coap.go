package main

// #include "shim.h"
import "C"

import (
	"unsafe"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

// What servers and clients have in common: messages in and out, the host's
// functions, connection identifiers.

func request(in *C.struct_lake_coap_incoming) coap.Request {
	return coap.Request{
		Code:      coap.Code(in.code),
		Format:    coap.Format(in.format),
		Payload:   input(in.payload, in.payload_len),
		Echo:      optional(in.echo, in.echo_len),
		EDHOC:     in.edhoc != 0,
		KID:       optional(in.kid, in.kid_len),
		Peer:      string(input(in.peer, in.peer_len)),
		MessageID: uint16(in.message_id),
		Token:     input(in.token, in.token_len),
		Reliable:  in.message_id < 0,
		Host:      string(input(in.peer, in.host_len)),
	}
}

func response(in *C.struct_lake_coap_incoming) coap.Response {
	return coap.Response{
		Code:    coap.Code(in.code),
		Format:  coap.Format(in.format),
		Payload: input(in.payload, in.payload_len),
		Echo:    optional(in.echo, in.echo_len),
	}
}

// outgoing is where the host wants a message: its payload and the rest.
type outgoing struct {
	message  *C.struct_lake_coap_outgoing
	out      *C.uint8_t
	capacity C.size_t
	length   *C.size_t
}

// put writes a message, or nothing but the size that its payload needs.
func (o outgoing) put(code coap.Code, format coap.Format, payload, echo []byte) error {
	if len(echo) > len(o.message.echo) {
		return &ake.Error{Status: ake.ErrInternal, Detail: "the Echo option does not fit its struct"}
	}
	if err := put(unsafe.Pointer(o.out), o.capacity, o.length, payload); err != nil {
		return err
	}
	o.message.code, o.message.format = C.int32_t(code), C.int32_t(format)
	o.message.echo_len = C.uint32_t(len(echo))
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&o.message.echo)), len(o.message.echo)), echo)
	return nil
}

// preparer asks the host to prepare a session.
func preparer(fn C.lake_coap_prepare_fn, userdata C.uintptr_t) func(*ake.Session) error {
	if fn == nil {
		return nil
	}
	return func(engine *ake.Session) error {
		h, err := lend(engine).name()
		if err != nil {
			return err
		}
		return statusError(C.lakec_call_coap_prepare(fn, userdata, C.uintptr_t(h)))
	}
}

// hold keeps the host from using the session of a server or client while that works.
func hold(engine *ake.Session) (release func(), ok bool) {
	s := lend(engine)
	return s.mu.Unlock, s.mu.TryLock()
}

// statusError is the answer of a function of the host.
func statusError(status C.lake_status) error {
	if status == 0 {
		return nil
	}
	return ake.Status(status)
}

func onCoAPIDs(h C.uintptr_t, body func(*coap.IDs) error) C.lake_status {
	return call(func() error {
		ids, err := optionalIDs(h)
		if err != nil {
			return err
		}
		return body(ids)
	})
}

// optionalIDs finds the identifiers that a server or client is to use; nil for none.
func optionalIDs(h C.uintptr_t) (*coap.IDs, error) {
	if h == 0 {
		return nil, nil
	}
	ids := coapIDs.get(handle(h))
	if ids == nil {
		return nil, errHandle
	}
	return ids, nil
}

//export lakego_coap_ids_new
func lakego_coap_ids_new(least, most C.size_t, out *C.uintptr_t) C.lake_status {
	return call(func() error {
		ids, err := coap.NewIDs(int(least), int(most))
		if err != nil {
			return err
		}
		h, err := coapIDs.add(ids)
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_coap_ids_free
func lakego_coap_ids_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		if !coapIDs.remove(handle(h)) {
			return errHandle
		}
		return nil
	})
}

//export lakego_coap_ids_take
func lakego_coap_ids_take(h C.uintptr_t, peer *C.uint8_t, peerLength C.size_t, out *C.uint8_t, length *C.size_t) C.lake_status {
	return onCoAPIDs(h, func(ids *coap.IDs) error {
		id, err := ids.Take(input(peer, peerLength))
		return putBytes(out, coap.MaxID, length, id, err)
	})
}

//export lakego_coap_ids_reserve
func lakego_coap_ids_reserve(h C.uintptr_t, id *C.uint8_t, length C.size_t) C.lake_status {
	return onCoAPIDs(h, func(ids *coap.IDs) error { return reserved(ids.Reserve(input(id, length))) })
}

func reserved(ok bool) error {
	if !ok {
		return &ake.Error{Status: ake.ErrState, Detail: "the identifier is in use"}
	}
	return nil
}

//export lakego_coap_ids_release
func lakego_coap_ids_release(h C.uintptr_t, id *C.uint8_t, length C.size_t) C.lake_status {
	return onCoAPIDs(h, func(ids *coap.IDs) error {
		ids.Release(input(id, length))
		return nil
	})
}

//export lakego_coap_ids_count
func lakego_coap_ids_count(h C.uintptr_t, count *C.size_t) C.lake_status {
	return onCoAPIDs(h, func(ids *coap.IDs) error {
		*count = C.size_t(ids.Len())
		return nil
	})
}
