package coap

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/liblake/lake/ake"
)

// A network that loses, doubles, reorders and corrupts datagrams, in memory, on
// a clock of its own. Messages are Confirmable and retransmitted as RFC 7252
// section 4.2 says; responses are piggybacked.

const (
	ackTimeout    = 2 * time.Second
	maxRetransmit = 4
)

// delivery is something that happens at a time.
type delivery struct {
	at    time.Time
	order int
	do    func()
}

type deliveries []delivery

func (d deliveries) Len() int { return len(d) }
func (d deliveries) Less(i, j int) bool {
	return d[i].at.Before(d[j].at) || d[i].at.Equal(d[j].at) && d[i].order < d[j].order
}
func (d deliveries) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deliveries) Push(x any)   { *d = append(*d, x.(delivery)) }
func (d *deliveries) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

type network struct {
	*world
	random *rand.Rand
	queue  deliveries
	order  int
	nodes  map[string]*node

	drop, double, corrupt float64
	delay                 time.Duration
}

// node is a client in the network.
type node struct {
	*network
	name   string
	client *Client
	mid    uint16
	sent   Request // the one whose answer is awaited
	open   bool
	err    error
}

func (n *network) at(after time.Duration, do func()) {
	n.order++
	heap.Push(&n.queue, delivery{n.clock.now.Add(after), n.order, do})
}

// run lets the time pass until nothing is left to happen.
func (n *network) run() {
	for n.queue.Len() > 0 {
		next := heap.Pop(&n.queue).(delivery)
		n.clock.now = next.at
		next.do()
	}
}

// carry brings a datagram to the other side, or not, or twice.
func (n *network) carry(payload []byte, deliver func(payload []byte)) {
	copies := 1
	switch p := n.random.Float64(); {
	case p < n.drop:
		copies = 0
	case p < n.drop+n.double:
		copies = 2
	}
	for range copies {
		arriving := append([]byte(nil), payload...)
		if n.random.Float64() < n.corrupt && len(arriving) > 0 {
			arriving[n.random.IntN(len(arriving))] ^= 1 << n.random.IntN(8)
		}
		n.at(time.Duration(n.random.Int64N(int64(n.delay))), func() { deliver(arriving) })
	}
}

// send starts a request of a node: the first transmission and, while there is
// no answer, the next ones.
func (nd *node) send(r Request, wanted bool) {
	nd.mid++
	r.Peer, r.MessageID, r.Token = nd.name, nd.mid, []byte{byte(nd.mid)}
	nd.sent, nd.open = r, wanted
	timeout := ackTimeout + time.Duration(nd.random.Int64N(int64(ackTimeout/2)))
	nd.transmit(r, timeout, 0)
}

func (nd *node) transmit(r Request, timeout time.Duration, count int) {
	nd.carry(r.Payload, func(payload []byte) {
		arriving := r
		arriving.Payload = payload
		response := nd.repeat(arriving)
		if response.Code == Empty {
			return
		}
		nd.carry(response.Payload, func(payload []byte) {
			response := response
			response.Payload = payload
			nd.receive(r.MessageID, response)
		})
	})
	nd.at(timeout, func() {
		switch {
		case !nd.open || nd.sent.MessageID != r.MessageID:
		case count < maxRetransmit:
			nd.transmit(r, 2*timeout, count+1)
		default:
			nd.open = false
			nd.err = nd.client.NoAnswer()
		}
	})
}

// receive is the answer to a request; answers to former ones are old copies.
func (nd *node) receive(mid uint16, response Response) {
	if !nd.open || mid != nd.sent.MessageID {
		return
	}
	nd.open = false
	request, err := nd.client.Next(response)
	if err != nil {
		nd.err = err
	}
	if request != nil {
		nd.send(*request, err == nil)
	}
}

func TestR03_NetworkThatMisbehaves(t *testing.T) {
	const handshakes = 1000
	for _, role := range bothRoles {
		for _, message4 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v %v", role, message4), func(t *testing.T) {
				t.Parallel()
				options := []option{withServer(func(c *serverSetup) { c.Limits.Cache = 1 << 20 })}
				if message4 {
					options = append(options, withMessage4)
				}
				n := &network{world: newWorld(t, options...), random: rand.New(rand.NewPCG(9528, 9668)), nodes: map[string]*node{},
					drop: 0.2, double: 0.1, corrupt: 0.05, delay: 400 * time.Millisecond}
				for i := range handshakes {
					nd := &node{network: n, name: fmt.Sprint("node ", i), client: n.client(role)}
					n.nodes[nd.name] = nd
					n.at(time.Duration(i)*50*time.Millisecond, func() {
						request, err := nd.client.Start()
						must(t, err)
						nd.send(*request, true)
					})
				}
				n.run()
				n.clock.advance(time.Hour)
				n.failures = append(n.failures, n.server.Expire()...)
				checkOutcome(t, n)
			})
		}
	}
}

// checkOutcome: every handshake has completed on both sides with the same keys,
// or has failed with a reason.
func checkOutcome(t *testing.T, n *network) {
	t.Helper()
	contexts := map[string]Event{} // by master secret
	ids := map[string]bool{}
	for _, event := range n.established {
		if secret := string(event.Context.MasterSecret); contexts[secret].Context != nil {
			t.Fatal("two contexts have the same keys")
		} else {
			contexts[secret] = event
		}
		if id := string(event.Context.RecipientID); ids[id] {
			t.Fatalf("two contexts have the Recipient ID %x", id)
		} else {
			ids[id] = true
		}
	}
	done, orphans := 0, 0
	for _, nd := range n.nodes {
		if nd.client.Done() {
			done++
			own := value[*ake.OSCOREContext](t)(nd.client.Context())
			event, ok := contexts[string(own.MasterSecret)]
			if !ok {
				t.Fatalf("%s has a context that the server does not have", nd.name)
			}
			must(t, sameContext(own, event.Context))
			if event.Peer != nd.name {
				t.Fatalf("the context of %s is that of %s", nd.name, event.Peer)
			}
			delete(contexts, string(own.MasterSecret))
			continue
		}
		if nd.err == nil || nd.client.Err() == nil || nd.err.Error() == "" {
			t.Fatalf("%s neither completed nor failed", nd.name)
		}
		if _, err := nd.client.Context(); err == nil {
			t.Fatalf("%s failed and has a context", nd.name)
		}
	}
	// The last message may arrive and its answer not (two generals): then the
	// server has a context, whole, that the client has given up.
	orphans = len(contexts)
	if orphans > len(n.nodes)/10 {
		t.Errorf("%d contexts at the server alone", orphans)
	}
	for _, event := range n.failures {
		if event.Err == nil || event.Err.Error() == "" {
			t.Error("a run failed at the server without a reason")
		}
	}
	stats := n.server.Stats()
	if stats.HalfOpen != 0 || stats.Answers != 0 || stats.AnswerBytes != 0 || stats.IDs != len(n.established) || stats.Contexts != len(n.established) {
		t.Errorf("left over: %+v", stats)
	}
	if ended := stats.Established + stats.Failed + stats.Expired + stats.Evicted; stats.Begun != ended {
		t.Errorf("%d runs began, %d ended", stats.Begun, ended)
	}
	if len(n.failures) != int(stats.Failed+stats.Expired+stats.Evicted) {
		t.Errorf("%d runs failed, %d events say so", stats.Failed+stats.Expired+stats.Evicted, len(n.failures))
	}
	if stats.Duplicates == 0 {
		t.Error("no datagram came twice: does the network work?")
	}
	if done < len(n.nodes)/2 {
		t.Errorf("only %d of %d completed", done, len(n.nodes))
	}
	t.Logf("%d completed, %d failed at the client, %d of these after the server had completed; %+v", done, len(n.nodes)-done, orphans, stats)
}
