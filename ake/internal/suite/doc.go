// Package suite holds the EDHOC cipher suites (RFC 9528 section 3.6) and the
// keys they work with. It is the only package of the module that imports
// AEAD, Diffie-Hellman, signature and hash packages: the rest of the engine
// says what is computed, this one says with what.
//
// A Suite and a PublicKey are immutable and may be used from many goroutines
// at once. So may a PrivateKey, until Clear is called on it.
package suite
