package coap

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// echo makes and checks Echo option values (RFC 9175 section 2). They need no
// state: time (4 bytes, seconds) || MAC over time and peer (12 bytes).
type echo struct {
	key      []byte
	lifetime time.Duration
}

const (
	echoTime = 4
	echoMAC  = 12
)

// echoHash is HMAC-SHA-256, as EDHOC_Extract with SHA-256 is (RFC 5869 section 2.2).
var echoHash = suite.Lookup(2)

func newEcho(lifetime time.Duration) *echo {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return &echo{key, lifetime}
}

func (e *echo) mac(stamp []byte, peer string) []byte {
	return echoHash.Extract(e.key, append(append([]byte("liblake echo"), stamp...), peer...))[:echoMAC]
}

// challenge is the value that the peer has to send back.
func (e *echo) challenge(now time.Time, peer string) []byte {
	value := binary.BigEndian.AppendUint32(make([]byte, 0, echoTime+echoMAC), uint32(now.Unix()))
	return append(value, e.mac(value, peer)...)
}

// fresh reports whether the value was made for the peer a short time ago.
func (e *echo) fresh(now time.Time, peer string, value []byte) bool {
	if len(value) != echoTime+echoMAC {
		return false
	}
	stamp := value[:echoTime]
	if !suite.ConstantTimeEqual(value[echoTime:], e.mac(stamp, peer)) {
		return false
	}
	age := uint32(now.Unix()) - binary.BigEndian.Uint32(stamp)
	return age <= uint32(e.lifetime/time.Second)
}
