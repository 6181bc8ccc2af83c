package main

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
	"github.com/liblake/lake/ake/endpoint"
)

// endpointOf is what stands behind a lake_endpoint.
type endpointOf struct {
	responder, initiator *config // nil: there is none
	prepare              userdata

	mu      sync.Mutex // held by the one call that is under way; nobody waits for it
	freed   bool
	engine  *endpoint.Endpoint
	actions []action
	due     time.Time
}

// action is one thing to do.
type action struct {
	kind    C.int32_t
	peer    *endpoint.Peer
	address string
	data    []byte
	event   endpoint.Event
}

func onEndpoint(h C.uintptr_t, body func(*endpointOf) error) C.lake_status {
	return call(func() error {
		e := endpoints.get(handle(h))
		if e == nil {
			return errHandle
		}
		if !e.mu.TryLock() {
			return ake.ErrBusy
		}
		defer e.mu.Unlock()
		if e.freed {
			return errHandle
		}
		return body(e)
	})
}

// endpointConfig is the configuration of an endpoint, whose parties come later.
func endpointConfig(o *C.struct_lake_endpoint_options) endpoint.Config {
	c := endpoint.Config{
		Reverse:  o.flags&C.LAKE_ENDPOINT_FLAG_REVERSE != 0,
		Combined: o.flags&C.LAKE_ENDPOINT_FLAG_COMBINED != 0,
		NoEcho:   o.flags&C.LAKE_ENDPOINT_FLAG_NO_ECHO != 0,
		Limits: endpoint.Limits{
			Peers: int(o.peers), Idle: time.Duration(o.idle) * time.Second, Exchanges: int(o.exchanges), Kept: int(o.kept),
			Waiting: int(o.waiting), Runs: int(o.runs), Strangers: int(o.strangers), Block: int(o.block), Bodies: int(o.bodies), Body: int(o.body),
			Burst: int(o.burst), PerCredential: int(o.per_credential), Memory: int(o.memory),
		},
		EDHOC:      coap.Limits{HalfOpen: int(o.half_open), Threshold: int(o.threshold), Age: time.Duration(o.age) * time.Second},
		Renewal:    ake.RenewalLimits{Messages: uint64(o.messages), Failures: uint64(o.failures)},
		ReplaySize: int(o.replay_size),
		Ahead:      uint64(o.ahead),
	}
	if o.open_paths != nil {
		c.Open = strings.Fields(C.GoString(o.open_paths))
	}
	if fn, pointer := o.prepare, C.uintptr_t(uintptr(o.userdata)); fn != nil {
		c.Prepare = func(engine *ake.Session, address string) error {
			h, err := lend(engine).name()
			if err != nil {
				return err
			}
			to := []byte(address)
			return statusError(C.lakec_call_endpoint_prepare(fn, pointer, C.uintptr_t(h), (*C.uint8_t)(unsafe.SliceData(to)), C.size_t(len(to))))
		}
	}
	return c
}

// newEndpoint makes the object of an endpoint, whose engine make makes.
func newEndpoint(responder, initiator, resumption C.uintptr_t, options *C.struct_lake_endpoint_options, out *C.uintptr_t,
	make func(endpoint.Config) (*endpoint.Endpoint, error)) C.lake_status {
	return call(func() (err error) {
		e := &endpointOf{}
		defer func() {
			if err != nil {
				e.leave()
			}
		}()
		c := endpointConfig(options)
		for _, flow := range []struct {
			h     C.uintptr_t
			of    **config
			party **ake.Party
		}{{responder, &e.responder, &c.Responder}, {initiator, &e.initiator, &c.Initiator}} {
			if *flow.of, err = useFlow(flow.h); err != nil {
				return err
			}
			if *flow.of == nil {
				continue
			}
			if *flow.party, err = (*flow.of).made(); err != nil {
				return err
			}
		}
		if resumption != 0 {
			if c.Resumption = resumptions.get(handle(resumption)); c.Resumption == nil {
				return errHandle
			}
		}
		if e.engine, err = make(c); err != nil {
			return err
		}
		h, err := endpoints.add(e)
		if err != nil {
			return err
		}
		e.prepare = userdata{C.uintptr_t(uintptr(options.userdata)), options.destroy}
		*out = C.uintptr_t(h)
		return nil
	})
}

// leave is for an endpoint that is gone, or was not made.
func (e *endpointOf) leave() {
	for _, c := range []*config{e.responder, e.initiator} {
		if c != nil {
			c.leave()
		}
	}
}

//export lakego_endpoint_new
func lakego_endpoint_new(responder, initiator, resumption C.uintptr_t, options *C.struct_lake_endpoint_options, out *C.uintptr_t) C.lake_status {
	return newEndpoint(responder, initiator, resumption, options, out, endpoint.New)
}

//export lakego_endpoint_restore
func lakego_endpoint_restore(responder, initiator, resumption C.uintptr_t, options *C.struct_lake_endpoint_options,
	key *C.uint8_t, keyLength C.size_t, blob *C.uint8_t, blobLength C.size_t, now C.int64_t, out *C.uintptr_t) C.lake_status {
	return newEndpoint(responder, initiator, resumption, options, out, func(c endpoint.Config) (*endpoint.Endpoint, error) {
		secret := input(key, keyLength)
		defer clear(secret)
		return endpoint.Restore(c, secret, input(blob, blobLength), time.UnixMilli(int64(now)))
	})
}

//export lakego_endpoint_free
func lakego_endpoint_free(h C.uintptr_t) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		e.freed = true
		endpoints.remove(handle(h))
		e.engine.Close()
		e.leave()
		e.prepare.letGo()
		return nil
	})
}

// take keeps what is to be done.
func (e *endpointOf) take(o endpoint.Output) {
	if o.Save {
		e.actions = append(e.actions, action{kind: C.LAKE_ENDPOINT_ACTION_SAVE})
	}
	for _, d := range o.Network {
		e.actions = append(e.actions, action{kind: C.LAKE_ENDPOINT_ACTION_SEND, address: d.To, data: d.Data})
	}
	for _, d := range o.Stack {
		e.actions = append(e.actions, action{kind: C.LAKE_ENDPOINT_ACTION_DELIVER, peer: d.Peer, address: d.From, data: d.Data})
	}
	for _, event := range o.Events {
		made := action{kind: C.LAKE_ENDPOINT_ACTION_EVENT, peer: event.Peer, address: event.Address, event: event}
		if event.Err != nil {
			made.data = errorText(event.Err)
		}
		e.actions = append(e.actions, made)
	}
	e.due = o.Next
}

// at is onEndpoint for calls at a time, which give something to do.
func at(h C.uintptr_t, now C.int64_t, body func(*endpointOf, time.Time) (endpoint.Output, error)) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		o, err := body(e, time.UnixMilli(int64(now)))
		e.take(o)
		return err
	})
}

//export lakego_endpoint_receive
func lakego_endpoint_receive(h C.uintptr_t, address *C.uint8_t, addressLength C.size_t, datagram *C.uint8_t, length C.size_t, now C.int64_t) C.lake_status {
	return at(h, now, func(e *endpointOf, now time.Time) (endpoint.Output, error) {
		return e.engine.Receive(string(input(address, addressLength)), input(datagram, length), now), nil
	})
}

//export lakego_endpoint_send
func lakego_endpoint_send(h C.uintptr_t, peer C.int64_t, address *C.uint8_t, addressLength C.size_t, datagram *C.uint8_t, length C.size_t, now C.int64_t) C.lake_status {
	return at(h, now, func(e *endpointOf, now time.Time) (endpoint.Output, error) {
		var to *endpoint.Peer
		if peer != 0 {
			if to = e.engine.Peer(uint64(peer)); to == nil {
				return endpoint.Output{Next: e.due}, &ake.Error{Status: ake.ErrState, Detail: "the peer is gone"}
			}
		}
		return e.engine.Send(to, string(input(address, addressLength)), input(datagram, length), now)
	})
}

//export lakego_endpoint_tick
func lakego_endpoint_tick(h C.uintptr_t, now C.int64_t) C.lake_status {
	return at(h, now, func(e *endpointOf, now time.Time) (endpoint.Output, error) { return e.engine.Tick(now), nil })
}

//export lakego_endpoint_due
func lakego_endpoint_due(h C.uintptr_t, due *C.int64_t) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		*due = math.MaxInt64
		if !e.due.IsZero() {
			*due = C.int64_t(e.due.Add(time.Millisecond - 1).UnixMilli())
		}
		return nil
	})
}

//export lakego_endpoint_next
func lakego_endpoint_next(h C.uintptr_t, to *C.struct_lake_endpoint_action, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		*to = C.struct_lake_endpoint_action{}
		if len(e.actions) == 0 {
			*length = 0
			e.actions = nil
			return nil
		}
		a := &e.actions[0]
		if err := putBytes(out, capacity, length, a.data, nil); err != nil {
			return err
		}
		to.kind, to.event = a.kind, C.int32_t(a.event.Kind)
		if a.event.Err != nil {
			to.status = C.lake_status(ake.StatusOf(a.event.Err))
		}
		if a.peer != nil {
			to.peer = C.int64_t(a.peer.ID())
		}
		if a.event.Session != nil {
			if session, err := lend(a.event.Session).name(); err == nil {
				setSession(to, session)
			}
		}
		to.address_len = putAddress(&to.address, a.address)
		*a = action{}
		e.actions = e.actions[1:]
		return nil
	})
}

// setSession writes a handle where C has a pointer: Go would take it for one.
func setSession(to *C.struct_lake_endpoint_action, session handle) {
	*(*handle)(unsafe.Pointer(&to.session)) = session
}

func putAddress(to *[C.LAKE_ENDPOINT_ADDRESS_MAX]C.uint8_t, address string) C.uint32_t {
	for i := range min(len(address), len(to)) {
		to[i] = C.uint8_t(address[i])
	}
	return C.uint32_t(len(address))
}

//export lakego_endpoint_continue
func lakego_endpoint_continue(h, of C.uintptr_t, now C.int64_t) C.lake_status {
	return at(h, now, func(e *endpointOf, now time.Time) (endpoint.Output, error) {
		pending := sessions.get(handle(of))
		if pending == nil {
			return endpoint.Output{Next: e.due}, errHandle
		}
		release, ok := hold(pending.engine)
		if !ok {
			return endpoint.Output{Next: e.due}, ake.ErrBusy
		}
		defer release()
		return e.engine.Continue(pending.engine, now)
	})
}

//export lakego_endpoint_peers
func lakego_endpoint_peers(h C.uintptr_t, out *C.int64_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		var ids []int64
		for _, p := range e.engine.Peers() {
			ids = append(ids, int64(p.ID()))
		}
		return put(unsafe.Pointer(out), capacity, length, ids)
	})
}

// onPeer runs body on a peer of an endpoint.
func onPeer(h C.uintptr_t, peer C.int64_t, body func(*endpointOf, *endpoint.Peer) error) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		p := e.engine.Peer(uint64(peer))
		if p == nil {
			return ake.ErrNotFound
		}
		return body(e, p)
	})
}

//export lakego_endpoint_peer
func lakego_endpoint_peer(h C.uintptr_t, peer C.int64_t, out *C.struct_lake_endpoint_peer) C.lake_status {
	return onPeer(h, peer, func(_ *endpointOf, p *endpoint.Peer) error {
		t := p.Traffic()
		*out = C.struct_lake_endpoint_peer{since: C.int64_t(p.Since().Unix()), sent: C.uint64_t(t.Sent),
			received: C.uint64_t(t.Received), failures: C.uint64_t(t.Failures), repeated: C.uint64_t(t.Repeated)}
		out.address_len = putAddress(&out.address, p.Address())
		return nil
	})
}

//export lakego_endpoint_peer_credential
func lakego_endpoint_peer_credential(h C.uintptr_t, peer C.int64_t, out *C.uintptr_t) C.lake_status {
	return onPeer(h, peer, func(_ *endpointOf, p *endpoint.Peer) error { return giveFound(out, p.Credential()) })
}

//export lakego_endpoint_drop
func lakego_endpoint_drop(h C.uintptr_t, peer, now C.int64_t) C.lake_status {
	return onPeer(h, peer, func(e *endpointOf, p *endpoint.Peer) error {
		e.take(e.engine.Drop(p, time.UnixMilli(int64(now))))
		return nil
	})
}

//export lakego_endpoint_stats
func lakego_endpoint_stats(h C.uintptr_t, out *C.struct_lake_endpoint_stats) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		s := e.engine.Stats()
		*out = C.struct_lake_endpoint_stats{
			peers: C.uint32_t(s.Peers), runs: C.uint32_t(s.Runs), half_open: C.uint32_t(s.HalfOpen),
			established: C.uint64_t(s.Established), renewed: C.uint64_t(s.Renewed), dropped: C.uint64_t(s.Dropped),
			failed: C.uint64_t(s.Failed), unprotected: C.uint64_t(s.Unprotected), malformed: C.uint64_t(s.Malformed),
			unknown: C.uint64_t(s.Unknown), replayed: C.uint64_t(s.Replayed), forged: C.uint64_t(s.Forged),
		}
		return nil
	})
}

//export lakego_endpoint_save
func lakego_endpoint_save(h C.uintptr_t, key *C.uint8_t, keyLength C.size_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onEndpoint(h, func(e *endpointOf) error {
		secret := input(key, keyLength)
		defer clear(secret)
		saved, err := e.engine.Save(secret)
		return putBytes(out, capacity, length, saved, err)
	})
}

//export lakego_endpoint_saved
func lakego_endpoint_saved(h C.uintptr_t, now C.int64_t) C.lake_status {
	return at(h, now, func(e *endpointOf, now time.Time) (endpoint.Output, error) { return e.engine.Saved(now), nil })
}
