package relay

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"testing"
	"time"
)

// pair is a line with somebody at both ends.
func pair(t *testing.T, f Faults) (client, server *net.UDPConn, l *Line) {
	t.Helper()
	loopback := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	server, err := net.ListenUDP("udp4", loopback)
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{Server: server.LocalAddr().(*net.UDPAddr).AddrPort(), Seed: 1, Faults: f}
	if l, err = r.NewLine(300); err != nil {
		t.Fatal(err)
	}
	client, err = net.DialUDP("udp4", nil, &net.UDPAddr{IP: loopback.IP, Port: l.Port()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); l.Close(); server.Close() })
	for _, c := range []*net.UDPConn{client, server} {
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return client, server, l
}

func receive(t *testing.T, from *net.UDPConn) (datagram []byte, peer netip.AddrPort) {
	t.Helper()
	buffer := make([]byte, datagramMax)
	n, peer, err := from.ReadFromUDPAddrPort(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return buffer[:n], peer
}

func TestLineWithoutFaults(t *testing.T) {
	client, server, l := pair(t, Faults{})
	if _, err := client.Write([]byte("request")); err != nil {
		t.Fatal(err)
	}
	request, peer := receive(t, server)
	if string(request) != "request" || peer.Addr() != Address(300) || NumberOf(peer.Addr()) != 300 {
		t.Errorf("%q from %v", request, peer)
	}
	if _, err := server.WriteToUDPAddrPort([]byte("answer"), peer); err != nil {
		t.Fatal(err)
	}
	if answer, _ := receive(t, client); string(answer) != "answer" {
		t.Errorf("%q", answer)
	}
	l.Close()
	if !l.Unhurt() || l.Counts().Carried != 2 {
		t.Errorf("%+v", l.Counts())
	}
}

// What the client has sent when the line is closed arrives.
func TestLastDatagrams(t *testing.T) {
	client, server, l := pair(t, Faults{})
	for i := range 100 {
		if _, err := client.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	for i := range 100 {
		if d, _ := receive(t, server); d[0] != byte(i) {
			t.Fatalf("%d instead of %d", d[0], i)
		}
	}
}

// Only the first port of a client meets faults.
func TestSecondPort(t *testing.T) {
	client, server, l := pair(t, Faults{Drop: 1})
	if _, err := client.Write([]byte("lost")); err != nil {
		t.Fatal(err)
	}
	for l.Counts().Dropped == 0 { // the test's own time limit ends this
		time.Sleep(time.Millisecond)
	}
	second, err := net.DialUDP("udp4", nil, client.RemoteAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.Write([]byte("arrives")); err != nil {
		t.Fatal(err)
	}
	if d, _ := receive(t, server); string(d) != "arrives" {
		t.Errorf("%q", d)
	}
}

func TestLateDatagrams(t *testing.T) {
	// One that nothing overtakes arrives nevertheless.
	client, server, _ := pair(t, Faults{Hold: 1, HoldFor: time.Millisecond})
	if _, err := client.Write([]byte("late")); err != nil {
		t.Fatal(err)
	}
	if d, _ := receive(t, server); string(d) != "late" {
		t.Errorf("%q", d)
	}
	// Others pass it.
	r := &Relay{Faults: Faults{HoldFor: time.Hour}}
	var order []string
	r.hold(2, func() { order = append(order, "late") })
	for _, name := range []string{"first", "second", "third"} {
		order = append(order, name)
		for _, one := range r.passed() {
			one.send()
		}
	}
	if want := []string{"first", "second", "late", "third"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
}

func TestFaults(t *testing.T) {
	datagram := bytes.Repeat([]byte{0x55}, 40)
	for _, test := range []struct {
		faults Faults
		want   func(fates []fate) bool
	}{
		{Faults{Drop: 1}, func(f []fate) bool { return len(f) == 0 }},
		{Faults{Double: 1}, func(f []fate) bool { return len(f) == 2 && bytes.Equal(f[1].datagram, datagram) }},
		{Faults{Corrupt: 1}, func(f []fate) bool { return len(f[0].datagram) == 40 && f[0].how == "up corrupted" }},
		{Faults{Hold: 1}, func(f []fate) bool { return f[0].passes > 0 && f[0].passes <= holdPasses }},
	} {
		_, _, l := pair(t, test.faults)
		if fates := l.decide(l.first, &l.up, datagram); !test.want(fates) {
			t.Errorf("%+v: %+v", test.faults, fates)
		}
		if l.Unhurt() {
			t.Errorf("%+v: nothing is counted", test.faults)
		}
	}
}

// The same seed does the same to the same datagrams; another one does not.
func TestSeed(t *testing.T) {
	trace := func(seed uint64) string {
		r := &Relay{Seed: seed, Faults: Faults{Drop: 0.2, Double: 0.1, Corrupt: 0.05, Hold: 0.1}}
		l, err := r.NewLine(7)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		var all string
		for i := range 200 {
			all += fmt.Sprintln(l.decide(l.first, &l.up, []byte{byte(i), 1, 2, 3}))
		}
		return all
	}
	first := trace(1)
	if again := trace(1); again != first {
		t.Error("the same seed throws other dice")
	}
	if trace(2) == first {
		t.Error("another seed throws the same dice")
	}
}
