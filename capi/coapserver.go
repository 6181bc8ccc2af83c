package main

// #include "shim.h"
import "C"

import (
	"sync"
	"time"
	"unsafe"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

// coapServer is what stands behind a lake_coap_server.
type coapServer struct {
	event                C.lake_coap_event_fn
	userdata             userdata // of event
	prepare              keeper
	responder, initiator *config // nil: it refuses the flow

	use sync.RWMutex // held by calls to read, and to write by the one that frees

	mu     sync.Mutex // of what follows; held for a moment only
	config coap.ServerConfig
	server *coap.Server // made of config, and again when that changes
	frozen bool         // by the first request
	freed  bool
}

// with makes a server of a configuration, with the parties as they are by now
// ((*config).seen) or to stay ((*config).made).
func (s *coapServer) with(set coap.ServerConfig, party func(*config) (*ake.Party, error)) error {
	for _, flow := range []struct {
		of *config
		to **ake.Party
	}{{s.responder, &set.Responder}, {s.initiator, &set.Initiator}} {
		if flow.of == nil {
			continue
		}
		var err error
		if *flow.to, err = party(flow.of); err != nil {
			return err
		}
	}
	server, err := coap.NewServer(set)
	if err == nil {
		s.config, s.server = set, server
	}
	return err
}

// onServer runs body on a server that cannot be freed meanwhile.
func onServer(h C.uintptr_t, body func(*coapServer) error) C.lake_status {
	return call(func() error {
		s := coapServers.get(handle(h))
		if s == nil || !s.use.TryRLock() {
			return errHandle // somebody is freeing it
		}
		defer s.use.RUnlock()
		if s.freed {
			return errHandle
		}
		return body(s)
	})
}

// setServer changes the configuration of a server that has not begun.
func setServer(h C.uintptr_t, change func(*coap.ServerConfig) error) C.lake_status {
	return onServer(h, func(s *coapServer) error { return s.set(change) })
}

func (s *coapServer) set(change func(*coap.ServerConfig) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frozen {
		return ake.ErrFrozen
	}
	set := s.config
	if err := change(&set); err != nil {
		return err
	}
	return s.with(set, (*config).seen)
}

// begun returns the server, which from then on stays as it is.
func (s *coapServer) begun() (*coap.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.frozen {
		if err := s.with(s.config, (*config).made); err != nil {
			return nil, err
		}
		s.frozen = true
	}
	return s.server, nil
}

// onBegun runs body on a server that has begun.
func onBegun(h C.uintptr_t, body func(*coapServer, *coap.Server) error) C.lake_status {
	return onServer(h, func(s *coapServer) error {
		server, err := s.begun()
		if err != nil {
			return err
		}
		return body(s, server)
	})
}

// useFlow finds the config for a flow; nil for none.
func useFlow(h C.uintptr_t) (*config, error) {
	if h == 0 {
		return nil, nil
	}
	return useConfig(h)
}

// leaveFlows is for a server that is gone, or was not made.
func (s *coapServer) leaveFlows() {
	for _, c := range []*config{s.responder, s.initiator} {
		if c != nil {
			c.leave()
		}
	}
}

//export lakego_coap_server_new
func lakego_coap_server_new(responder, initiator, ids C.uintptr_t, event C.lake_coap_event_fn,
	pointer C.uintptr_t, destroy C.lake_destroy_fn, out *C.uintptr_t) C.lake_status {
	return call(func() (err error) {
		s := &coapServer{event: event, userdata: userdata{pointer, destroy}}
		defer func() {
			if err != nil {
				s.leaveFlows()
			}
		}()
		s.config.Install, s.config.Hold = s.install, hold
		if s.responder, err = useFlow(responder); err != nil {
			return err
		}
		if s.initiator, err = useFlow(initiator); err != nil {
			return err
		}
		if s.config.IDs, err = optionalIDs(ids); err != nil {
			return err
		}
		if s.config.IDs == nil { // one for good: each server that setServer makes has the same
			if s.config.IDs, err = coap.NewIDs(1, 4); err != nil {
				return err
			}
		}
		if err := s.with(s.config, (*config).seen); err != nil {
			return err
		}
		h, err := coapServers.add(s)
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_coap_server_free
func lakego_coap_server_free(h C.uintptr_t) C.lake_status {
	return call(func() error {
		s := coapServers.get(handle(h))
		if s == nil {
			return errHandle
		}
		if !s.use.TryLock() {
			return ake.ErrBusy
		}
		defer s.use.Unlock()
		if s.freed {
			return errHandle
		}
		s.freed = true
		coapServers.remove(handle(h))
		s.server.Close()
		s.prepare.empty()
		s.userdata.letGo()
		s.leaveFlows()
		return nil
	})
}

//export lakego_coap_server_set_limits
func lakego_coap_server_set_limits(h C.uintptr_t, limits *C.struct_lake_coap_limits) C.lake_status {
	return setServer(h, func(c *coap.ServerConfig) error {
		c.Limits = coap.Limits{
			HalfOpen:  int(limits.half_open),
			Threshold: int(limits.threshold),
			PerHost:   int(limits.per_host),
			Age:       time.Duration(limits.age) * time.Second,
			Cache:     int(limits.cache),
			Body:      int(limits.body),
			Message1:  int(limits.message_1),
			Echo:      time.Duration(limits.echo_age) * time.Second,
		}
		c.NoEcho = limits.no_echo != 0
		return nil
	})
}

//export lakego_coap_server_set_prepare
func lakego_coap_server_set_prepare(h C.uintptr_t, fn C.lake_coap_prepare_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return onServer(h, func(s *coapServer) error {
		return s.prepare.replace(userdata{pointer, destroy}, fn != nil, func() error {
			return s.set(func(c *coap.ServerConfig) error {
				c.Prepare = preparer(fn, pointer)
				return nil
			})
		})
	})
}

//export lakego_coap_server_add_profile
func lakego_coap_server_add_profile(h C.uintptr_t, profile *C.struct_lake_coap_profile) C.lake_status {
	return setServer(h, func(c *coap.ServerConfig) (err error) {
		c.Profiles, err = withProfile(c.Profiles, profile, 2)
		return err
	})
}

//export lakego_coap_server_link
func lakego_coap_server_link(h C.uintptr_t, path *C.char, pathLength C.size_t, combined C.int32_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return onServer(h, func(s *coapServer) error {
		r := coap.Resource{
			Path:      C.GoStringN(path, C.int(pathLength)),
			Initiator: s.initiator != nil,
			Responder: s.responder != nil,
		}
		of, role := s.responder, ake.Responder
		if of == nil {
			of, role = s.initiator, ake.Initiator
		}
		party, err := of.seen()
		if err != nil {
			return err
		}
		r.Profile = coap.ProfileOf(party, role, r.Responder && combined != 0)
		return putLink(&r, out, capacity, length)
	})
}

//export lakego_coap_server_handle
func lakego_coap_server_handle(h C.uintptr_t, in *C.struct_lake_coap_incoming, answer *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onBegun(h, func(s *coapServer, server *coap.Server) error {
		result := server.Handle(request(in))
		s.tell(result.Events)
		return putResult(result, outgoing{answer, out, capacity, length})
	})
}

//export lakego_coap_server_continue
func lakego_coap_server_continue(h, of C.uintptr_t, answer *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onBegun(h, func(s *coapServer, server *coap.Server) error {
		pending := sessions.get(handle(of))
		if pending == nil {
			return errHandle
		}
		result, err := server.Continue(pending.engine)
		if err != nil {
			return err
		}
		s.tell(result.Events)
		return putResult(result, outgoing{answer, out, capacity, length})
	})
}

func putResult(result coap.Result, to outgoing) error {
	r := &result.Response
	if err := to.put(r.Code, r.Format, r.Payload, r.Echo); err != nil {
		return err
	}
	to.message.oscore, to.message.oscore_offset = flag(result.OSCORE), C.size_t(result.Offset)
	to.message.duplicate = flag(result.Duplicate)
	return nil
}

//export lakego_coap_server_expire
func lakego_coap_server_expire(h C.uintptr_t) C.lake_status {
	return onBegun(h, func(s *coapServer, server *coap.Server) error {
		s.tell(server.Expire())
		return nil
	})
}

//export lakego_coap_server_reserve
func lakego_coap_server_reserve(h C.uintptr_t, id *C.uint8_t, length C.size_t) C.lake_status {
	return onBegun(h, func(_ *coapServer, server *coap.Server) error { return reserved(server.Reserve(input(id, length))) })
}

//export lakego_coap_server_release
func lakego_coap_server_release(h C.uintptr_t, id *C.uint8_t, length C.size_t) C.lake_status {
	return onBegun(h, func(_ *coapServer, server *coap.Server) error {
		server.Release(input(id, length))
		return nil
	})
}

//export lakego_coap_server_stats
func lakego_coap_server_stats(h C.uintptr_t, out *C.struct_lake_coap_stats) C.lake_status {
	return onServer(h, func(s *coapServer) error {
		s.mu.Lock()
		server := s.server
		s.mu.Unlock()
		stats := server.Stats()
		*out = C.struct_lake_coap_stats{
			half_open:    C.uint64_t(stats.HalfOpen),
			contexts:     C.uint64_t(stats.Contexts),
			ids:          C.uint64_t(stats.IDs),
			answers:      C.uint64_t(stats.Answers),
			answer_bytes: C.uint64_t(stats.AnswerBytes),
			begun:        C.uint64_t(stats.Begun),
			established:  C.uint64_t(stats.Established),
			failed:       C.uint64_t(stats.Failed),
			expired:      C.uint64_t(stats.Expired),
			evicted:      C.uint64_t(stats.Evicted),
			challenged:   C.uint64_t(stats.Challenged),
			refused:      C.uint64_t(stats.Refused),
			duplicates:   C.uint64_t(stats.Duplicates),
		}
		return nil
	})
}

// install asks the host to set up the context of an established run. The session
// is the host's if it does, and closed by the server if it does not.
func (s *coapServer) install(event coap.Event) error {
	defer event.Context.Clear() // the host asks the session for it
	established := lend(event.Session)
	h, err := established.name()
	if err != nil {
		return err
	}
	established.give()
	if event.Session.Role() == ake.Responder {
		established.useConfig(s.responder)
	} else {
		established.useConfig(s.initiator)
	}
	return statusError(s.callEvent(&event, h))
}

// tell tells the host what happened, but for what it has been told by install, and
// for questions of runs that have ended meanwhile.
func (s *coapServer) tell(events []coap.Event) {
	for i := range events {
		switch event := &events[i]; event.Kind {
		case coap.Failed:
			s.callEvent(event, 0)
		case coap.Pending:
			if h, err := lend(event.Session).name(); err == nil {
				s.callEvent(event, h)
			}
		}
	}
}

func (s *coapServer) callEvent(event *coap.Event, session handle) C.lake_status {
	text := append(errorText(event.Err), 0)
	peer := []byte(event.Peer)
	return C.lakec_call_coap_event(s.event, s.userdata.pointer, C.int32_t(event.Kind), C.lake_status(ake.StatusOf(event.Err)),
		(*C.char)(unsafe.Pointer(&text[0])), (*C.uint8_t)(unsafe.SliceData(peer)), C.size_t(len(peer)),
		(*C.uint8_t)(unsafe.SliceData(event.ID)), C.size_t(len(event.ID)), C.uintptr_t(session))
}
