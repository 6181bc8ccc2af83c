package suite

import "sync/atomic"

// Operations counts the public-key operations of this process. They are what an
// EDHOC run costs, and tests hold a run to the ones it needs.
var Operations struct{ KeyPair, ECDH, Sign, Verify atomic.Int64 }
