package main

// #include "shim.h"
import "C"

import (
	"sync"
	"unsafe"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/coap"
)

// coapClient is what stands behind a lake_coap_client.
type coapClient struct {
	mu      sync.Mutex // held by the one call that is under way; nobody waits for it
	freed   bool
	started bool
	of      *config // of the session
	config  coap.ClientConfig
	prepare keeper
	engine  *coap.Client // nil before the start, or if that failed
	last    error
}

// withClient runs body on a client, and keeps what went wrong.
func withClient(h C.uintptr_t, body func(*coapClient) error) C.lake_status {
	return call(func() error {
		c := coapClients.get(handle(h))
		if c == nil {
			return errHandle
		}
		if !c.mu.TryLock() {
			return ake.ErrBusy
		}
		defer c.mu.Unlock()
		if c.freed {
			return errHandle
		}
		err := body(c)
		switch status := ake.StatusOf(err); {
		case status == ake.Status(errBufferTooSmall) || status == ake.ErrBusy || err == ake.ErrNotFound: // which is no failure without a reason
		case status < 0:
			c.last = err
		}
		return err
	})
}

// setClient changes the configuration of a client that has not started.
func setClient(h C.uintptr_t, change func(*coap.ClientConfig) error) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		if c.started {
			return ake.ErrFrozen
		}
		config := c.config
		var err error
		if config.Party, err = c.of.seen(); err != nil {
			return err
		}
		if err = change(&config); err == nil {
			c.config = config
		}
		return err
	})
}

var errNotStarted = &ake.Error{Status: ake.ErrState, Detail: "the client has not started"}

// onStarted runs body on a client that has started. It leaves the session alone.
func onStarted(h C.uintptr_t, body func(*coap.Client) error) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		if c.engine == nil {
			return errNotStarted
		}
		return body(c.engine)
	})
}

// onClient runs body on a client that has started, while the host leaves its session
// alone.
func onClient(h C.uintptr_t, body func(*coap.Client) error) C.lake_status {
	return onStarted(h, func(c *coap.Client) error {
		if c.Err() == nil {
			release, ok := hold(c.Session())
			if !ok {
				return ake.ErrBusy
			}
			defer release()
		}
		return body(c)
	})
}

//export lakego_coap_client_new
func lakego_coap_client_new(of C.uintptr_t, role C.int32_t, ids C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onConfig(of, func(config *config) (err error) {
		c := &coapClient{config: coap.ClientConfig{Role: ake.Role(role)}, of: config}
		if c.config.IDs, err = optionalIDs(ids); err != nil {
			return err
		}
		h, err := coapClients.add(c)
		if err == nil {
			config.use()
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_coap_client_free
func lakego_coap_client_free(h C.uintptr_t) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		c.freed = true
		coapClients.remove(handle(h))
		if c.engine != nil {
			c.engine.Close()
		}
		c.prepare.empty()
		c.of.leave()
		return nil
	})
}

//export lakego_coap_client_set_prepare
func lakego_coap_client_set_prepare(h C.uintptr_t, fn C.lake_coap_prepare_fn, pointer C.uintptr_t, destroy C.lake_destroy_fn) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		if c.started {
			return ake.ErrFrozen
		}
		return c.prepare.replace(userdata{pointer, destroy}, fn != nil, func() error {
			c.config.Prepare = preparer(fn, pointer)
			return nil
		})
	})
}

//export lakego_coap_client_discover
func lakego_coap_client_discover(h C.uintptr_t, text *C.char, textLength C.size_t, path *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return setClient(h, func(c *coap.ClientConfig) error {
		resources, err := coap.ParseLinks(C.GoStringN(text, C.int(textLength)))
		if err != nil {
			return err
		}
		resource, choice, err := coap.ChooseResource(c.Party, c.Role, resources, nil)
		if err != nil {
			return err
		}
		if err := putText(path, capacity, length, []byte(resource.Path)); err != nil {
			return err
		}
		c.Choice = choice
		return nil
	})
}

//export lakego_coap_client_suit
func lakego_coap_client_suit(h C.uintptr_t, profile *C.struct_lake_coap_profile) C.lake_status {
	return setClient(h, func(c *coap.ClientConfig) error {
		peer, _, err := fromProfile(profile)
		if err != nil {
			return err
		}
		if peer.ID != nil && peer.Methods == nil {
			known, _, ok := coap.WellKnownProfile(*peer.ID)
			if !ok {
				return &ake.Error{Status: ake.ErrNotFound, Detail: "this Profile ID is not one of the well-known ones"}
			}
			peer = known
		}
		choice, err := coap.Choose(c.Party, &peer)
		if err == nil {
			c.Choice = choice
		}
		return err
	})
}

//export lakego_coap_client_add_profile
func lakego_coap_client_add_profile(h C.uintptr_t, profile *C.struct_lake_coap_profile) C.lake_status {
	return setClient(h, func(c *coap.ClientConfig) (err error) {
		c.Profiles, err = withProfile(c.Profiles, profile, 1)
		return err
	})
}

//export lakego_coap_client_ask_profiles
func lakego_coap_client_ask_profiles(h C.uintptr_t, ask C.int32_t) C.lake_status {
	return setClient(h, func(c *coap.ClientConfig) error {
		advertised := coap.Advertisement{}
		if c.Profiles != nil {
			advertised = *c.Profiles
		}
		advertised.Ask = coap.Answer(ask)
		c.Profiles = &advertised
		return nil
	})
}

//export lakego_coap_client_peer_profile
func lakego_coap_client_peer_profile(h C.uintptr_t, index C.size_t, out *C.struct_lake_coap_profile) C.lake_status {
	return onStarted(h, func(c *coap.Client) error { return putAdvertised(c.PeerProfiles(), index, out) })
}

//export lakego_coap_client_start
func lakego_coap_client_start(h C.uintptr_t, message *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return withClient(h, func(c *coapClient) (err error) {
		if c.started {
			return &ake.Error{Status: ake.ErrState, Detail: "the client has started before"}
		}
		c.started = true
		if c.config.Profiles != nil && len(c.config.Profiles.Supported) == 0 {
			c.config.Profiles = justAsking(c.config.Profiles.Ask)
		}
		if c.config.Party, err = c.of.made(); err != nil {
			return err
		}
		if c.engine, err = coap.NewClient(c.config); err != nil {
			return err
		}
		release, ok := hold(c.engine.Session())
		if !ok { // a thread that knows it from being prepared; the next call makes another one
			c.engine.Close()
			c.engine, c.started = nil, false
			return ake.ErrBusy
		}
		defer release()
		request, err := c.engine.Start()
		return putRequest(request, err, outgoing{message, out, capacity, length})
	})
}

//export lakego_coap_client_next
func lakego_coap_client_next(h C.uintptr_t, in *C.struct_lake_coap_incoming, message *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onClient(h, func(c *coap.Client) error {
		request, err := c.Next(response(in))
		return putRequest(request, err, outgoing{message, out, capacity, length})
	})
}

//export lakego_coap_client_again
func lakego_coap_client_again(h C.uintptr_t, message *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onStarted(h, func(c *coap.Client) error {
		request := c.Again()
		if request == nil {
			return &ake.Error{Status: ake.ErrState, Detail: "no request was made yet"}
		}
		return putRequest(request, nil, outgoing{message, out, capacity, length})
	})
}

//export lakego_coap_client_continue
func lakego_coap_client_continue(h C.uintptr_t, message *C.struct_lake_coap_outgoing, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onClient(h, func(c *coap.Client) error {
		request, err := c.Continue()
		return putRequest(request, err, outgoing{message, out, capacity, length})
	})
}

// putRequest writes a request, if there is one. The error that comes with it says
// more than one of the buffer.
func putRequest(request *coap.Request, err error, to outgoing) error {
	if request == nil {
		return err
	}
	putErr := to.put(request.Code, request.Format, request.Payload, request.Echo)
	if err == nil {
		return putErr
	}
	if putErr != nil {
		*to.length = 0 // lake_coap_client_again has it
	}
	return err
}

//export lakego_coap_client_no_answer
func lakego_coap_client_no_answer(h C.uintptr_t) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		if c.engine == nil {
			return errNotStarted
		}
		err := c.engine.NoAnswer()
		if ake.StatusOf(err) == ake.ErrNoAnswer { // no failure of the call, but what the host asks for later
			c.last, err = err, nil
		}
		return err
	})
}

//export lakego_coap_client_combine
func lakego_coap_client_combine(h C.uintptr_t, in *C.uint8_t, inLength, block, most C.size_t, edhoc *C.int32_t, out *C.uint8_t, capacity C.size_t, length *C.size_t) C.lake_status {
	return onClient(h, func(c *coap.Client) error {
		payload, first, err := c.Combine(input(in, inLength), int(block), int(most))
		if err != nil {
			return err
		}
		if err := put(unsafe.Pointer(out), capacity, length, payload); err != nil {
			return err
		}
		*edhoc = flag(first)
		return nil
	})
}

//export lakego_coap_client_verified
func lakego_coap_client_verified(h C.uintptr_t) C.lake_status {
	return onClient(h, (*coap.Client).Verified)
}

//export lakego_coap_client_is_done
func lakego_coap_client_is_done(h C.uintptr_t, done *C.int32_t) C.lake_status {
	return withClient(h, func(c *coapClient) error {
		*done = flag(c.engine != nil && c.engine.Done())
		return nil
	})
}

//export lakego_coap_client_session
func lakego_coap_client_session(h C.uintptr_t, out *C.uintptr_t) C.lake_status {
	return onStarted(h, func(c *coap.Client) error {
		if c.Err() != nil {
			return &ake.Error{Status: ake.ErrState, Detail: "the run has failed"}
		}
		h, err := lend(c.Session()).name()
		if err == nil {
			*out = C.uintptr_t(h)
		}
		return err
	})
}

//export lakego_coap_client_error_text
func lakego_coap_client_error_text(h C.uintptr_t, out *C.char, capacity C.size_t, length *C.size_t) C.lake_status {
	return withClient(h, func(c *coapClient) error { return putText(out, capacity, length, errorText(c.last)) })
}
