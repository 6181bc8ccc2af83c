package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/liblake/lake/ake/endpoint"
)

// control is HTTP on a Unix socket that only the owner of the process can open, and on a
// loopback port for the counters alone.
type control struct {
	servers []*http.Server
	path    string
}

// peerInfo is a peer as lake-tunnel peers shows it.
type peerInfo struct {
	ID       uint64    `json:"id"`
	Name     string    `json:"name"`
	Identity string    `json:"identity"`
	Address  string    `json:"address"`
	Program  string    `json:"program,omitempty"` // its address for the program behind
	Since    time.Time `json:"since"`
	Sent     uint64    `json:"sent"`
	Received uint64    `json:"received"`
	Failures uint64    `json:"failures"`
	Repeated uint64    `json:"repeated"`
}

func (t *tunnel) openControl() error {
	if t.options.Control != "" {
		listener, err := listenUnix(t.options.Control)
		if err != nil {
			return fmt.Errorf("--control: %w", err)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /peers", t.servePeers)
		mux.HandleFunc("DELETE /peers/{id}", t.serveDrop)
		mux.HandleFunc("GET /metrics", t.serveMetrics)
		t.control.path = t.options.Control
		t.serveHTTP(listener, mux)
	}
	if t.options.Metrics != "" {
		listener, err := net.Listen("tcp", t.options.Metrics)
		if err != nil {
			return fmt.Errorf("--metrics: %w", err)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /metrics", t.serveMetrics)
		t.serveHTTP(listener, mux)
	}
	return nil
}

// listenUnix opens a socket in the place of one that a killed process has left.
func listenUnix(path string) (net.Listener, error) {
	if other, err := net.Dial("unix", path); err == nil {
		other.Close()
		return nil, fmt.Errorf("another process serves %s", path)
	}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, fmt.Errorf("%s is there, and no socket", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return listener, os.Chmod(path, 0o600)
}

func (t *tunnel) serveHTTP(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 1 << 14}
	t.control.servers = append(t.control.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.log.Error("control", "error", err)
		}
	}()
}

func (t *tunnel) closeControl() {
	for _, server := range t.control.servers {
		server.Close()
	}
	if t.control.path != "" {
		os.Remove(t.control.path)
	}
}

func (t *tunnel) servePeers(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(t.peers())
}

func (t *tunnel) peers() []peerInfo {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := []peerInfo{}
	for _, p := range t.endpoint.Peers() {
		traffic := p.Traffic()
		info := peerInfo{ID: p.ID(), Name: t.nameOf(p), Identity: p.Name(), Address: p.Address(), Since: p.Since().UTC(),
			Sent: traffic.Sent, Received: traffic.Received, Failures: traffic.Failures, Repeated: traffic.Repeated}
		if b, ok := t.program.(*backend); ok {
			info.Program = b.addressOf(p)
		}
		all = append(all, info)
	}
	return all
}

func (t *tunnel) serveDrop(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	found := false
	if err == nil {
		err = t.do(func(now time.Time) (endpoint.Output, error) {
			for _, p := range t.endpoint.Peers() {
				if p.ID() == id {
					found = true
					t.carry(t.endpoint.Drop(p, now))
				}
			}
			if found && t.state != nil {
				return endpoint.Output{}, t.save()
			}
			return endpoint.Output{}, nil
		})
	}
	switch {
	case err != nil && found:
		http.Error(w, "the peer was dropped, and that could not be saved", http.StatusInternalServerError)
	case !found:
		http.Error(w, "there is no such peer", http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (t *tunnel) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
	_ = t.writeMetrics(w)
}
