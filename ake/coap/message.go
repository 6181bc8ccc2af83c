package coap

// Code is a CoAP code (RFC 7252 section 12.1): class in the upper 3 bits,
// detail in the lower 5.
type Code uint8

// The codes that EDHOC over CoAP uses.
const (
	Empty                    Code = 0x00
	POST                     Code = 0x02
	Changed                  Code = 0x44 // 2.04
	BadRequest               Code = 0x80 // 4.00
	Unauthorized             Code = 0x81 // 4.01
	MethodNotAllowed         Code = 0x85 // 4.05
	RequestEntityTooLarge    Code = 0x8d // 4.13
	UnsupportedContentFormat Code = 0x8f // 4.15
	InternalServerError      Code = 0xa0 // 5.00
	ServiceUnavailable       Code = 0xa3 // 5.03
)

// String returns the code as it is written, for example "2.04".
func (c Code) String() string {
	detail := byte(c & 0x1f)
	return string([]byte{'0' + byte(c>>5), '.', '0' + detail/10, '0' + detail%10})
}

// IsError reports whether the code is 4.xx or 5.xx.
func (c Code) IsError() bool { return c >= BadRequest }

// Format is a CoAP Content-Format.
type Format int32

// The Content-Formats of EDHOC (RFC 9528 section 10.9).
const (
	NoFormat       Format = -1 // no Content-Format option
	FormatEDHOC    Format = 64 // application/edhoc+cbor-seq
	FormatCIDEDHOC Format = 65 // application/cid-edhoc+cbor-seq
)

// Numbers of CoAP options that a stack has to know for this package.
const (
	OptionOSCORE = 9
	OptionEDHOC  = 21
	OptionEcho   = 252
)

// ResourceType is the rt of an EDHOC resource (RFC 9528 section 10.10), Path
// where it is by default (section 10.7).
const (
	ResourceType = "core.edhoc"
	Path         = "/.well-known/edhoc"
)

// Request is what this package needs to know of a CoAP request. Bodies in
// blocks (RFC 7959) arrive here whole.
type Request struct {
	Code    Code
	Format  Format // NoFormat if the option is absent
	Payload []byte
	Echo    []byte // the Echo option, nil if absent
	EDHOC   bool   // the EDHOC option is present
	KID     []byte // 'kid' of the OSCORE option, nil if that is absent; not nil if 'kid' is empty

	// For the server. They tell a repeated datagram from a new request, and Peer also whether
	// a message comes from where its run began; if not, Echo is asked for.
	Peer      string // where it came from, by any name that the host gives
	MessageID uint16
	Token     []byte
	Reliable  bool // there is no message id, as over TCP: nothing is taken for a repetition

	// Host is the part of Peer that limits count by, such as the address without
	// the port, or the network of an IPv6 address; if empty, all of Peer.
	Host string
}

// Response is what this package needs to know of a CoAP response.
type Response struct {
	Code    Code // Empty: nothing is to be sent now, see Result
	Format  Format
	Payload []byte
	Echo    []byte // the Echo option, nil if absent
}
