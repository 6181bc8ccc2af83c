package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"net"
	"sync"
	"testing"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/message/pool"
	"github.com/plgd-dev/go-coap/v3/mux"
	coapnet "github.com/plgd-dev/go-coap/v3/net"
	coapoptions "github.com/plgd-dev/go-coap/v3/options"
	"github.com/plgd-dev/go-coap/v3/udp"
)

// goServer is a small server on go-coap: resources that can be written, read, observed
// and deleted.
type goServer struct {
	mu        sync.Mutex
	values    map[string][]byte
	observers []func(value []byte, number uint32)
	number    uint32
}

func (s *goServer) ServeCOAP(w mux.ResponseWriter, r *mux.Message) {
	path, _ := r.Options().Path()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Code() {
	case codes.PUT:
		value, err := r.ReadBody()
		if err != nil {
			_ = w.SetResponse(codes.BadRequest, message.TextPlain, nil)
			return
		}
		s.values[path] = value
		s.number++
		for _, tell := range s.observers {
			go tell(value, s.number)
		}
		_ = w.SetResponse(codes.Changed, message.TextPlain, nil)
	case codes.GET:
		value, ok := s.values[path]
		if !ok {
			_ = w.SetResponse(codes.NotFound, message.TextPlain, nil)
			return
		}
		var more []message.Option
		if n, err := r.Options().Observe(); err == nil && n == 0 {
			s.observe(w.Conn(), r.Token())
			more = append(more, message.Option{ID: message.Observe, Value: []byte{1}})
		}
		_ = w.SetResponse(codes.Content, message.TextPlain, bytes.NewReader(value), more...)
	case codes.DELETE:
		delete(s.values, path)
		_ = w.SetResponse(codes.Deleted, message.TextPlain, nil)
	}
}

func (s *goServer) observe(peer mux.Conn, token message.Token) {
	s.observers = append(s.observers, func(value []byte, number uint32) {
		m := peer.AcquireMessage(peer.Context())
		defer peer.ReleaseMessage(m)
		m.SetCode(codes.Content)
		m.SetToken(token)
		m.SetContentFormat(message.TextPlain)
		m.SetObserve(number + 1)
		m.SetBody(bytes.NewReader(value))
		_ = peer.WriteMessage(m)
	})
}

// TestGoCoAP: a server and a client on go-coap, with a tunnel at either end.
func TestGoCoAP(t *testing.T) {
	listener, err := coapnet.NewListenUDP("udp4", "127.0.0.1:0")
	must(t, err)
	resources := &goServer{values: map[string][]byte{}}
	quiet := coapoptions.WithErrors(func(error) {})
	server := udp.NewServer(coapoptions.WithMux(resources), quiet)
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	serve, connect := rawKeys(t)
	_, c := pair(t, listener.LocalAddr().(*net.UDPAddr).String(), serve, connect)

	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client, err := udp.Dial(c.program, quiet)
	must(t, err)
	defer client.Close()

	large := make([]byte, 100_000)
	rand.New(rand.NewSource(1)).Read(large)
	answer, err := client.Put(limit, "/large", message.AppOctets, bytes.NewReader(large))
	if err != nil || answer.Code() != codes.Changed {
		t.Fatalf("PUT: %v, %v", answer, err)
	}
	get := func(path string) (codes.Code, []byte) {
		answer, err := client.Get(limit, path)
		if err != nil {
			t.Errorf("GET %s: %v", path, err)
			return 0, nil
		}
		body, _ := answer.ReadBody()
		return answer.Code(), body
	}
	if code, back := get("/large"); code != codes.Content || !bytes.Equal(back, large) {
		t.Errorf("GET: %v, %d bytes", code, len(back))
	}
	answer, err = client.Delete(limit, "/large")
	if err != nil || answer.Code() != codes.Deleted {
		t.Errorf("DELETE: %v, %v", answer, err)
	}
	if code, _ := get("/large"); code != codes.NotFound {
		t.Errorf("GET after DELETE: %v", code)
	}

	put := func(path, value string) {
		answer, err := client.Put(limit, path, message.TextPlain, bytes.NewReader([]byte(value)))
		if err != nil || answer.Code() != codes.Changed {
			t.Errorf("PUT %s: %v, %v", path, answer, err)
		}
	}
	put("/watched", "0")
	seen := make(chan string, 100)
	observation, err := client.Observe(limit, "/watched", func(n *pool.Message) {
		if body, err := n.ReadBody(); err == nil {
			seen <- string(body)
		}
	})
	must(t, err)
	for i := range 4 {
		if got := <-seen; got != fmt.Sprint(i) {
			t.Fatalf("notification %d is %q", i, got)
		}
		put("/watched", fmt.Sprint(i+1))
	}
	must(t, observation.Cancel(limit))

	var group sync.WaitGroup
	for i := range 500 {
		group.Go(func() {
			path := fmt.Sprint("/many/", i)
			put(path, path)
			if _, back := get(path); string(back) != path {
				t.Errorf("%s has %q", path, back)
			}
		})
	}
	group.Wait()
}
