//go:build laketest

package suite

import "sync/atomic"

var counts [opVerify + 1]atomic.Int64

func count(op operation) { counts[op].Add(1) }

// Operations returns how many public-key operations this process has done. No
// library that is installed is built with this tag.
func Operations() (keyPair, ecdh, sign, verify int64) {
	return counts[opKeyPair].Load(), counts[opECDH].Load(), counts[opSign].Load(), counts[opVerify].Load()
}
