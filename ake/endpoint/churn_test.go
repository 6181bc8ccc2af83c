package endpoint

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/plgd-dev/go-coap/v3/message/codes"
)

// TestPeersComeAndGo: memory does not grow with the peers that were there; LAKE_LONG=1 has
// 100,000 of them.
func TestPeersComeAndGo(t *testing.T) {
	const rounds = 4
	each := 250
	if os.Getenv("LAKE_LONG") != "" {
		each = 100_000 / rounds
	}
	store, err := ake.NewResumptionStore(0, 0)
	must(t, err)
	for name, change := range map[string]func(server *Config){
		"no room":   func(server *Config) { server.Limits.Peers = 50 },
		"one of 50": func(server *Config) { server.Limits.PerCredential = 50 },
		"idle":      func(server *Config) { server.Limits.Idle = time.Minute },
		"saved":     func(server *Config) { server.Limits.Peers, server.Ahead = 50, 100 },
		"resumed":   func(server *Config) { server.Limits.Peers, server.Resumption = 50, store },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s, c := newIdentity(t, "server", 1), newIdentity(t, "client", 2)
			config, party := Config{Responder: newParty(t, s, c)}, newParty(t, c, s)
			change(&config)
			server := w.add("server:5683", config)
			var after []uint64
			for round := range rounds {
				for i := range each {
					client := w.add(fmt.Sprintf("client:%d-%d", round, i), Config{Initiator: party})
					r := client.ask("server:5683", codes.POST, "a")
					w.run(time.Minute)
					client.wantAnswer(r, "a")
					client.Close()
					delete(w.nodes, client.address)
					w.now = w.now.Add(time.Second)
				}
				server.events, w.queue = nil, nil
				after = append(after, heap())
			}
			if stats := server.Stats(); stats.Established != uint64(rounds*each) || stats.Peers > 100 {
				t.Errorf("%+v", stats)
			}
			if grown := int64(after[rounds-1]) - int64(after[0]); grown > 200_000 {
				t.Errorf("after %d peers each, %v bytes are in use", each, after)
			}
			t.Log(after)
		})
	}
}
