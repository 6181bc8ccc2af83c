package oscore

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/liblake/lake/ake"
)

// TestAlgorithms: every AEAD of the cipher suites with every hash of SHA-2, and
// identifiers as long as the nonce allows (RFC 8613 section 3.3).
func TestAlgorithms(t *testing.T) {
	for aead, idLength := range map[int]int{10: 7, 30: 7, 24: 6, 1: 6, 3: 6} {
		for _, hash := range []int{-16, -43, -44} {
			client, server := parameters()
			client.AEAD, client.Hash, server.AEAD, server.Hash = aead, hash, aead, hash
			client.SenderID = bytes.Repeat([]byte{9}, idLength)
			server.RecipientID = client.SenderID
			p := pair{mustNew(t, client, Settings{}), mustNew(t, server, Settings{})}
			p.serves(t)
			client.SenderID = bytes.Repeat([]byte{9}, idLength+1)
			_, err := New(client, Settings{})
			is(t, err, ake.ErrUnsupported)
			client.SenderID, client.RecipientID = client.RecipientID, client.SenderID
			_, err = New(client, Settings{})
			is(t, err, ake.ErrUnsupported)
		}
	}
	for _, p := range []Parameters{{AEAD: 2}, {AEAD: -1}, {Hash: -45}, {Hash: 5}, {AEAD: 1 << 30}} {
		client, _ := parameters()
		client.AEAD, client.Hash = p.AEAD, p.Hash
		_, err := New(client, Settings{})
		is(t, err, ake.ErrUnsupported)
	}
}

// TestParameters: what is wrong is said, and nothing of the secret.
func TestParameters(t *testing.T) {
	for name, change := range map[string]func(*Parameters, *Settings){
		"Master Secret": func(p *Parameters, _ *Settings) { p.MasterSecret = p.MasterSecret[:15] },
		"nonces":        func(p *Parameters, _ *Settings) { p.SenderID = p.RecipientID },
		"ID Context of": func(p *Parameters, _ *Settings) { p.IDContext = make([]byte, 256) },
		"no ID Context": func(_ *Parameters, s *Settings) { s.SendIDContext = true },
		"window":        func(_ *Parameters, s *Settings) { s.ReplayWindow = -1 },
		"window of":     func(_ *Parameters, s *Settings) { s.ReplayWindow = MaxReplayWindow + 1 },
		"2^40":          func(_ *Parameters, s *Settings) { s.Stored = 1<<40 + 1 },
		"numbers end":   func(_ *Parameters, s *Settings) { s.Ahead = 1 << 41 },
	} {
		p, _ := parameters()
		var s Settings
		change(&p, &s)
		_, err := New(p, s)
		is(t, err, ake.ErrArgument)
		if !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\x01\x01") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := FromEDHOC(nil, Settings{})
	is(t, err, ake.ErrArgument)
	p, _ := parameters()
	c := mustNew(t, p, Settings{})
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%s"} {
		if text := fmt.Sprintf(verb, c) + fmt.Sprintf(verb, p); text != "OSCORE contextOSCORE parameters" {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

// TestFromEDHOC: what a run gives is a context, for each cipher suite whose hash HKDF
// is defined with.
func TestFromEDHOC(t *testing.T) {
	for _, hash := range []int{-16, -43} {
		keys := ake.OSCOREContext{MasterSecret: bytes.Repeat([]byte{3}, 32), MasterSalt: []byte("12345678"),
			SenderID: []byte{}, RecipientID: []byte{1}, AEAD: 24, Hash: hash}
		client, err := FromEDHOC(&keys, Settings{})
		is(t, err, nil)
		keys.SenderID, keys.RecipientID = keys.RecipientID, keys.SenderID
		server, err := FromEDHOC(&keys, Settings{})
		is(t, err, nil)
		pair{client, server}.serves(t)
		pair{server, client}.serves(t)
		if !bytes.Equal(client.RecipientID(), []byte{1}) || !bytes.Equal(server.SenderID(), []byte{1}) || client.IDContext() != nil {
			t.Error("the identifiers are not those of the run")
		}
	}
}

// TestOtherContext: nothing passes between contexts that differ in anything.
func TestOtherContext(t *testing.T) {
	client, server := parameters()
	client.IDContext, server.IDContext = []byte{1}, []byte{1}
	for name, change := range map[string]func(*Parameters){
		"secret":     func(p *Parameters) { p.MasterSecret = bytes.Repeat([]byte{2}, 16) },
		"salt":       func(p *Parameters) { p.MasterSalt = nil },
		"ID Context": func(p *Parameters) { p.IDContext = []byte{2} },
		"none":       func(p *Parameters) { p.IDContext = nil },
		"empty":      func(p *Parameters) { p.IDContext = []byte{} },
		"AEAD":       func(p *Parameters) { p.AEAD = 30 },
		"hash":       func(p *Parameters) { p.Hash = -43 },
		"sender":     func(p *Parameters) { p.SenderID = []byte{0x5f} },
	} {
		c, s := mustNew(t, client, Settings{}), server
		change(&s)
		datagram, asked, err := c.ProtectRequest(get(1))
		is(t, err, nil)
		other := mustNew(t, s, Settings{})
		if name != "sender" {
			_, _, err = other.UnprotectRequest(datagram)
			is(t, err, ake.ErrDecryption)
			if usage := other.Usage(); usage.Failures != 1 || usage.Received != 0 {
				t.Errorf("%s: %+v", name, usage)
			}
			continue
		}
		_, e, err := other.UnprotectRequest(datagram)
		is(t, err, nil)
		datagram, err = other.ProtectResponse(content(1, ""), e)
		is(t, err, nil)
		_, err = c.UnprotectResponse(datagram, asked)
		is(t, err, ake.ErrDecryption)
	}
}

// TestUsage: limits give the advice, by messages in either direction and by failures,
// of which AES-CCM with its short tag bears fewer.
func TestUsage(t *testing.T) {
	limits := Settings{Limits: ake.RenewalLimits{Messages: 3, Failures: 2}}
	p := newPair(t, limits, limits)
	for range 2 {
		p.serves(t)
	}
	if u := p.client.Usage(); u.Advice != ake.AdviceContinue || u.Sent != 2 || u.Received != 2 {
		t.Errorf("%+v", u)
	}
	p.serves(t)
	for _, u := range []Usage{p.client.Usage(), p.server.Usage()} {
		if u.Advice != ake.AdviceKeyUpdate {
			t.Errorf("%+v", u)
		}
	}
	p = newPair(t, limits, limits)
	_, _, datagram := p.asked(t, get(1))
	datagram[len(datagram)-1] ^= 1
	datagram[7]++ // another Partial IV
	for i := range 2 {
		if u := p.server.Usage(); u.Advice != ake.AdviceContinue {
			t.Errorf("after %d: %+v", i, u)
		}
		_, _, err := p.server.UnprotectRequest(datagram)
		is(t, err, ake.ErrDecryption)
	}
	if u := p.server.Usage(); u.Advice != ake.AdviceKeyUpdate || u.Failures != 2 {
		t.Errorf("%+v", u)
	}
	if l := (ake.RenewalLimits{}); l.Reached(10, 1<<20-1, 1<<20-1, 1<<14-1) || !l.Reached(10, 1<<20, 0, 0) || !l.Reached(10, 0, 1<<20, 0) ||
		!l.Reached(10, 0, 0, 1<<14) || l.Reached(30, 0, 0, 1<<20-1) || !l.Reached(24, 0, 0, 1<<20) {
		t.Error("the limits are not those of the draft")
	}
}
