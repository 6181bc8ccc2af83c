package main

// #include "shim.h"
import "C"

import (
	"fmt"

	"github.com/liblake/lake/ake"
)

//export lakego_session_ead_add
func lakego_session_ead_add(h C.uintptr_t, message C.int32_t, label C.int64_t, value *C.uint8_t, length C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		return s.engine.AddEAD(int(message), eadItem(label, value, length))
	})
}

// eadItem is an item as the host gives it: NULL is no value, which an empty one is.
func eadItem(label C.int64_t, value *C.uint8_t, length C.size_t) ake.EADItem {
	item := ake.EADItem{Label: int64(label)}
	if value != nil {
		item.Value = append([]byte{}, input(value, length)...)
	}
	return item
}

//export lakego_session_ead_pad
func lakego_session_ead_pad(h C.uintptr_t, message C.int32_t, n C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.AddPadding(int(message), int(n)) })
}

//export lakego_session_ead_count
func lakego_session_ead_count(h C.uintptr_t, message C.int32_t, count *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		items, err := received(s, message)
		if err == nil {
			*count = C.size_t(len(items))
		}
		return err
	})
}

// received are the items of a message; an error if there is no such message.
func received(s *session, message C.int32_t) ([]ake.EADItem, error) {
	if message < 1 || message > 4 {
		return nil, &ake.Error{Status: ake.ErrArgument, Detail: fmt.Sprintf("message %d", message)}
	}
	return s.engine.EAD(int(message)), nil
}

//export lakego_session_ead_get
func lakego_session_ead_get(h C.uintptr_t, message C.int32_t, index C.size_t, out *C.struct_lake_ead_item,
	value *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onSession(h, func(s *session) error {
		items, err := received(s, message)
		if err != nil {
			return err
		}
		if index >= C.size_t(len(items)) {
			return ake.ErrNotFound
		}
		item := items[index]
		out.label, out.has_value, out.is_unverified = C.int64_t(item.Label), flag(item.Value != nil), flag(item.Unverified)
		return putBytes(value, capacity, length, item.Value, nil)
	})
}

//export lakego_session_ead_accept
func lakego_session_ead_accept(h C.uintptr_t, message C.int32_t, index C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.engine.AcceptEAD(int(message), eadIndex(index)) })
}

//export lakego_session_ead_reject
func lakego_session_ead_reject(h C.uintptr_t, message C.int32_t, index C.size_t) C.lake_status {
	return onSession(h, func(s *session) error { return s.ended(s.engine.RejectEAD(int(message), eadIndex(index))) })
}

// eadIndex keeps an index that is out of every range from turning into another.
func eadIndex(index C.size_t) int { return int(min(index, C.LAKEC_MAX_INPUT)) }
