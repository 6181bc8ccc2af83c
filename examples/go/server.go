package main

import (
	"bytes"
	"fmt"
	"log"
	"sync"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/mux"
)

// board is a resource of the server: a note, which can be read, written and observed.
// That is all for those who have authenticated: nobody else gets here.
type board struct {
	mu      sync.Mutex
	note    []byte
	number  uint32 // of the note, as Observe has it
	changed chan struct{}
	watched map[string]chan struct{} // closed when the observation ends; by peer and token
}

func newBoard() *mux.Router {
	b := &board{number: 1, changed: make(chan struct{}), watched: map[string]chan struct{}{}}
	router := mux.NewRouter()
	router.HandleFunc("/whoami", whoami)
	router.HandleFunc("/note", b.serve)
	return router
}

// asker is who asks.
func asker(c mux.Conn) string { return c.NetConn().(*conn).peer.Identity().Subject }

func whoami(w mux.ResponseWriter, _ *mux.Message) {
	respond(w, codes.Content, []byte("You are "+asker(w.Conn())+"."))
}

func (b *board) serve(w mux.ResponseWriter, r *mux.Message) {
	switch r.Code() {
	case codes.GET:
		note, number, _ := b.current()
		if observe, err := r.Options().Observe(); err != nil {
			respond(w, codes.Content, note)
		} else if observe == 0 {
			b.watch(w.Conn(), bytes.Clone(r.Token()))
			respond(w, codes.Content, note, observeOption(number))
		} else {
			b.unwatch(w.Conn(), r.Token())
			respond(w, codes.Content, note)
		}
	case codes.PUT:
		note, err := r.ReadBody() // go-coap has put the blocks together
		if err != nil {
			respond(w, codes.BadRequest, nil)
			return
		}
		b.write(note)
		log.Printf("a note of %d bytes by %s", len(note), asker(w.Conn()))
		respond(w, codes.Changed, nil)
	default:
		respond(w, codes.MethodNotAllowed, nil)
	}
}

func (b *board) current() (note []byte, number uint32, changed chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.note, b.number, b.changed
}

func (b *board) write(note []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note = note
	b.number++
	close(b.changed)
	b.changed = make(chan struct{})
}

// --- Observe --------------------------------------------------------------------------------

func watchKey(peer mux.Conn, token []byte) string {
	return fmt.Sprintf("%s %x", peer.RemoteAddr(), token)
}

// watch tells a peer when the note changes, until it does not want to know any more or is gone.
func (b *board) watch(peer mux.Conn, token []byte) {
	b.unwatch(peer, token)
	ended := make(chan struct{})
	b.mu.Lock()
	b.watched[watchKey(peer, token)] = ended
	changed := b.changed
	b.mu.Unlock()
	go func() {
		for {
			select {
			case <-changed:
			case <-ended:
				return
			case <-peer.Done():
				b.unwatch(peer, token)
				return
			}
			var note []byte
			var number uint32
			note, number, changed = b.current()
			if err := notify(peer, token, note, number); err != nil {
				log.Printf("%s does not hear: %v", asker(peer), err)
				b.unwatch(peer, token)
				return
			}
		}
	}()
}

func (b *board) unwatch(peer mux.Conn, token []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := watchKey(peer, token)
	if ended := b.watched[key]; ended != nil {
		close(ended)
		delete(b.watched, key)
	}
}

func notify(peer mux.Conn, token, note []byte, number uint32) error {
	m := peer.AcquireMessage(peer.Context())
	defer peer.ReleaseMessage(m)
	m.SetCode(codes.Content)
	m.SetToken(token)
	m.SetContentFormat(message.TextPlain)
	m.SetObserve(number)
	m.SetBody(bytes.NewReader(note))
	return peer.WriteMessage(m) // confirmable: it fails if the peer does not acknowledge it
}

func observeOption(number uint32) message.Option {
	buffer := make([]byte, 4)
	n, _ := message.EncodeUint32(buffer, number)
	return message.Option{ID: message.Observe, Value: buffer[:n]}
}

func respond(w mux.ResponseWriter, code codes.Code, body []byte, more ...message.Option) {
	if err := w.SetResponse(code, message.TextPlain, bytes.NewReader(body), more...); err != nil {
		log.Print(err)
	}
}
