package main

import (
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/liblake/lake/ake/endpoint"
)

func newLog(o *options) *slog.Logger {
	settings := &slog.HandlerOptions{Level: o.LogLevel}
	if o.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, settings))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, settings))
}

// limiter lets a few lines through in each second: strangers make as many as they like.
type limiter struct {
	second  time.Time
	lines   int
	skipped int
}

const linesPerSecond = 10

func (l *limiter) allow(log *slog.Logger, now time.Time) bool {
	if now.Sub(l.second) >= time.Second {
		if l.skipped > 0 {
			log.Info("more of the same", "lines", l.skipped)
		}
		*l = limiter{second: now}
	}
	if l.lines++; l.lines > linesPerSecond {
		l.skipped++
		return false
	}
	return true
}

// happened takes an event of the endpoint. It is called with the lock.
func (t *tunnel) happened(e endpoint.Event) {
	switch e.Kind {
	case endpoint.Established, endpoint.Renewed:
		t.forgetKeys()
		t.log.Info(e.Kind.String(), "peer", e.Peer.ID(), "name", t.nameOf(e.Peer), "address", e.Address)
		t.saveSoon()
	case endpoint.Dropped:
		t.log.Info("dropped", "peer", e.Peer.ID(), "name", t.nameOf(e.Peer), "address", e.Address, "reason", e.Err)
		t.program.drop(e.Peer)
		t.saveSoon()
	case endpoint.Failed:
		if t.quiet.allow(t.log, time.Now()) {
			t.log.Warn("EDHOC failed", "address", e.Address, "error", e.Err)
		}
		if f, ok := t.program.(*front); ok {
			f.resolve()
		}
	case endpoint.Refused:
		if t.quiet.allow(t.log, time.Now()) {
			t.log.Warn("the peer has no keys for a request", "peer", e.Peer.ID(), "address", e.Address, "error", e.Err)
		}
	}
}

// notify tells systemd what the service does (sd_notify(3)), if that has started it.
func notify(what string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	socket, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer socket.Close()
	_, _ = socket.Write([]byte(what))
}
