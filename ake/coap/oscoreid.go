package coap

import (
	"github.com/liblake/lake/ake"
	"github.com/liblake/lake/ake/internal/suite"
)

// Connection identifiers become Sender and Recipient IDs of OSCORE, which can be no longer
// than its nonce allows (RFC 8613 section 3.3).

// longestID is how many bytes an identifier can have with each of the cipher suites.
func longestID(suites []int) int {
	longest := MaxID
	for _, id := range suites {
		longest = min(longest, suite.Lookup(id).OSCOREIDLength())
	}
	return longest
}

// fitsOSCORE gives ErrConnectionID if the identifier of the peer is too long for the
// cipher suite that was selected.
func fitsOSCORE(info *ake.Info) error {
	alg := suite.Lookup(info.Suite)
	if alg == nil || len(info.PeerConnectionID) <= alg.OSCOREIDLength() {
		return nil
	}
	return because(ake.ErrConnectionID, "the peer's has %d bytes; OSCORE takes at most %d with cipher suite %d",
		len(info.PeerConnectionID), alg.OSCOREIDLength(), alg.ID)
}
