package suite

// operation is a public-key operation. They are what an EDHOC run costs, and tests
// hold a run to the ones it needs.
type operation int

const (
	opKeyPair operation = iota
	opECDH
	opSign
	opVerify
)
