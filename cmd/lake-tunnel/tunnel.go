package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/endpoint"
)

// program is the side of a tunnel where everything is in clear.
type program interface {
	// deliver brings a datagram to the program. It is called with the lock.
	deliver(d endpoint.Delivery, now time.Time)
	// drop ends what there is for a peer. It is called with the lock.
	drop(p *endpoint.Peer)
	// begin takes the first datagrams of the program.
	begin()
	// address is where the program is, or finds the tunnel.
	address() string
	close()
}

// tunnel is a loop around an endpoint.Endpoint.
type tunnel struct {
	options *options
	role    ake.Role
	log     *slog.Logger
	network *net.UDPConn
	program program
	state   *state // nil: nothing outlives the process
	counted counters
	control control

	mu       sync.Mutex // from a call of the endpoint until its output is carried out
	endpoint *endpoint.Endpoint
	trust    *trust
	// resumption has the keys of runs that were; nil: all runs are full ones.
	resumption *ake.ResumptionStore
	forgetting bool // runs under way began before trust was read again
	timer      *time.Timer
	saving     *time.Timer // due when what has changed is to be saved
	unsaved    bool        // something has
	quiet      limiter
	closed     bool
}

// counters count datagrams and their bytes.
type counters struct {
	fromNetwork, toNetwork, fromProgram, toProgram struct{ datagrams, bytes atomic.Uint64 }
	refused                                        atomic.Uint64 // of the program
	unsent                                         atomic.Uint64 // that the system did not take
	reloads                                        atomic.Uint64
	saved                                          atomic.Uint64
}

// The collector runs when there is this many percent more than what is in use, which is
// little, but more often when all of it is more than a tunnel should have.
const (
	collectAt   = 400
	memory      = 24 << 20
	memoryAPeer = 16 << 10
)

// tuneMemory says when memory is collected, unless who starts the process does.
func tuneMemory(o *options) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory + int64(o.Peers)*memoryAPeer)
	}
}

func runTunnel(o *options) error {
	syscall.Umask(0o077) // sockets and state are nobody else's
	tuneMemory(o)
	t := &tunnel{options: o, role: o.role(), log: newLog(o)}
	t.timer, t.saving = time.AfterFunc(time.Hour, t.tick), time.AfterFunc(time.Hour, t.saveNow)
	t.timer.Stop()
	t.saving.Stop()
	if err := t.open(); err != nil {
		t.close()
		return err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	t.log.Info("ready", "network", t.network.LocalAddr().String(), "program", t.program.address(), "peers", t.endpoint.Stats().Peers)
	if o.KeyLog != "" {
		t.log.Warn("secrets are written down: who has the file reads all traffic", "keylog", o.KeyLog)
	}
	notify("READY=1")
	for s := range signals {
		if s == syscall.SIGHUP {
			t.reload()
			continue
		}
		break
	}
	notify("STOPPING=1")
	t.log.Info("ending")
	t.close()
	return nil
}

// open starts everything, and is over when datagrams are taken.
func (t *tunnel) open() (err error) {
	o := t.options
	if o.Resume {
		if t.resumption, err = ake.NewResumptionStore(o.Peers, 0); err != nil {
			return err
		}
	}
	if t.trust, err = readTrust(o, t.resumption); err != nil {
		return err
	}
	if o.State != "" {
		if t.state, err = openState(o.State); err != nil {
			return err
		}
	}
	if err := t.bind(); err != nil {
		return err
	}
	if err := t.restore(); err != nil {
		return err
	}
	if t.state != nil {
		if err := t.do(func(time.Time) (endpoint.Output, error) { return endpoint.Output{}, t.save() }); err != nil {
			return err
		}
	}
	if err := t.openProgram(); err != nil {
		return err
	}
	if err := t.openControl(); err != nil {
		return err
	}
	_ = t.do(func(now time.Time) (endpoint.Output, error) {
		t.dropUntrusted(now) // somebody may have been revoked since they were saved
		return t.endpoint.Tick(now), nil
	})
	t.program.begin()
	go t.readNetwork()
	return nil
}

func (t *tunnel) openProgram() error {
	if t.options.mode == modeServe {
		b, err := newBackend(t)
		if err == nil {
			t.program = b
		}
		return err
	}
	f, err := newFront(t)
	if err == nil {
		t.program = f
	}
	return err
}

// bind opens the socket of the network.
func (t *tunnel) bind() error {
	address := t.options.Listen
	if t.options.mode == modeConnect {
		address = t.options.From
		if address == "" {
			address = ":0"
			if t.state != nil && t.state.port != 0 { // the server knows repeated datagrams by it
				address = fmt.Sprintf(":%d", t.state.port)
			}
		}
	}
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return err
	}
	t.network, err = net.ListenUDP("udp", at)
	if err != nil && t.options.mode == modeConnect && t.options.From == "" && t.state != nil {
		t.log.Warn("the port that was used last is taken: requests that are repeated now may be processed twice", "port", at.Port)
		t.network, err = net.ListenUDP("udp", nil)
	}
	if err == nil && t.state != nil {
		t.state.port = t.network.LocalAddr().(*net.UDPAddr).Port
	}
	return err
}

// restore makes the endpoint, with the peers that were saved if there are any.
func (t *tunnel) restore() (err error) {
	config := t.trust.endpoint(t.options)
	if t.state != nil && t.state.peers != nil {
		t.endpoint, err = endpoint.Restore(config, t.state.key, t.state.peers, time.Now())
		if err == nil {
			return nil
		}
		// After a change of trust, for example. Peers come back with new runs, so
		// nothing is used twice.
		t.log.Warn("the saved peers are not used", "error", err)
	}
	t.endpoint, err = endpoint.New(config)
	return err
}

func (t *tunnel) close() {
	t.mu.Lock()
	if t.state != nil && t.endpoint != nil && !t.closed {
		if err := t.save(); err != nil {
			t.log.Error("the state was not saved", "error", err)
		}
	}
	t.closed = true
	t.mu.Unlock()
	t.timer.Stop()
	t.saving.Stop()
	if t.network != nil {
		t.network.Close()
	}
	if t.program != nil {
		t.program.close()
	}
	t.closeControl()
	if t.state != nil {
		t.state.close()
	}
}

// do makes a call of the endpoint and carries its output out.
func (t *tunnel) do(call func(now time.Time) (endpoint.Output, error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	o, err := call(time.Now())
	t.carry(o)
	return err
}

func (t *tunnel) carry(o endpoint.Output) {
	if o.Save {
		if err := t.save(); err != nil { // what needs numbers waits
			t.log.Error("the state was not saved: messages wait", "error", err)
			t.saveSoon()
		}
	}
	for _, d := range o.Network {
		t.send(d)
	}
	now := time.Now()
	for _, d := range o.Stack {
		t.program.deliver(d, now)
	}
	for _, e := range o.Events {
		t.happened(e)
	}
	if !o.Next.IsZero() {
		t.timer.Reset(time.Until(o.Next))
	}
}

func (t *tunnel) tick() {
	_ = t.do(func(now time.Time) (endpoint.Output, error) { return t.endpoint.Tick(now), nil })
}

func (t *tunnel) readNetwork() {
	buffer := make([]byte, maxDatagram)
	for {
		n, from, err := t.network.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if t.isClosed() {
				return
			}
			continue // what the system says of a datagram that was sent
		}
		count(&t.counted.fromNetwork, n)
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		datagram := append([]byte{}, buffer[:n]...)
		_ = t.do(func(now time.Time) (endpoint.Output, error) {
			return t.endpoint.Receive(from.String(), datagram, now), nil
		})
	}
}

func (t *tunnel) isClosed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

func (t *tunnel) send(d endpoint.Datagram) {
	to, err := netip.ParseAddrPort(d.To)
	if err == nil {
		_, err = t.network.WriteToUDPAddrPort(d.Data, to)
	}
	if err != nil { // as if the network had lost it
		t.counted.unsent.Add(1)
		t.log.Debug("a datagram could not be sent", "to", d.To, "error", err)
		return
	}
	count(&t.counted.toNetwork, len(d.Data))
}

// fromProgram takes a datagram of the program for a peer, or for an address.
func (t *tunnel) fromProgram(p *endpoint.Peer, address string, datagram []byte, now time.Time) endpoint.Output {
	o, err := t.endpoint.Send(p, address, datagram, now)
	if err != nil {
		t.counted.refused.Add(1)
		t.log.Debug("a datagram of the program was not taken", "error", err)
	}
	return o
}

// save stores the state and lets the endpoint know. It is called with the lock.
func (t *tunnel) save() error {
	peers, err := t.endpoint.Save(t.state.key)
	if err == nil {
		err = t.state.write(peers)
	}
	if err != nil {
		return err
	}
	t.counted.saved.Add(1)
	t.carry(t.endpoint.Saved(time.Now()))
	return nil
}

func (t *tunnel) saveNow() {
	_ = t.do(func(time.Time) (endpoint.Output, error) {
		t.unsaved = false
		if err := t.save(); err != nil {
			t.log.Error("the state was not saved", "error", err)
			t.saveSoon()
		}
		return endpoint.Output{}, nil
	})
}

// saveSoon saves in a second, whatever else happens until then. It is called with the
// lock.
func (t *tunnel) saveSoon() {
	if t.state != nil && !t.unsaved {
		t.unsaved = true
		t.saving.Reset(time.Second)
	}
}

// reload reads trust and revocation lists again, for the runs that begin from now on,
// and drops the peers that would not be trusted any more.
func (t *tunnel) reload() {
	trust, err := readTrust(t.options, t.resumption)
	if err != nil {
		t.log.Error("what was read before stays in force", "error", err)
		return
	}
	_ = t.do(func(now time.Time) (endpoint.Output, error) {
		if err := t.endpoint.Reconfigure(trust.roles(t.options)); err != nil {
			t.log.Error("what was read before stays in force", "error", err)
			return endpoint.Output{}, nil
		}
		t.trust = trust
		t.forgetting = t.resumption != nil
		t.forgetKeys()
		t.counted.reloads.Add(1)
		t.log.Info("trust was read again")
		t.dropUntrusted(now)
		return endpoint.Output{}, nil
	})
	if c, ok := t.program.(*front); ok {
		c.resolve()
	}
}

// forgetKeys forgets the keys of resumptions after trust was read again: they speak for what
// was trusted before. So do those of runs that were under way then, until all are over. It is
// called with the lock.
func (t *tunnel) forgetKeys() {
	if !t.forgetting {
		return
	}
	t.resumption.ForgetWhere(func(ake.Identity) bool { return true })
	stats := t.endpoint.Stats()
	t.forgetting = stats.Runs+stats.HalfOpen > 0
}

// dropUntrusted drops the peers that the files do not trust. It is called with the lock.
func (t *tunnel) dropUntrusted(now time.Time) {
	for _, p := range t.endpoint.Peers() {
		if err := t.trust.accepts(p.Credential()); err != nil {
			t.log.Warn("a peer is not trusted any more", "peer", p.ID(), "name", t.nameOf(p), "error", err)
			t.carry(t.endpoint.Drop(p, now))
		}
	}
}

func (t *tunnel) nameOf(p *endpoint.Peer) string { return t.trust.nameOf(p.Credential(), t.role) }

func count(c *struct{ datagrams, bytes atomic.Uint64 }, n int) {
	c.datagrams.Add(1)
	c.bytes.Add(uint64(n))
}
