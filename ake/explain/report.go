package explain

import (
	"encoding/hex"
	"time"
)

// Hex is bytes that are hexadecimal in JSON.
type Hex []byte

// MarshalText gives the hexadecimal digits.
func (h Hex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// Datagram is one UDP payload of a capture, or one message by itself.
type Datagram struct {
	Time     time.Time
	From, To string // address and port; both empty: there is no CoAP around the message
	Data     []byte
	Frame    int // its number in the capture, from 1
}

// Report is what there is to tell.
type Report struct {
	Steps    []*Step    `json:"steps"`
	Runs     []*Run     `json:"runs"`
	Findings []*Finding `json:"findings"`
	// Others is how many datagrams have nothing to do with EDHOC or OSCORE.
	Others int      `json:"others,omitempty"`
	Notes  []string `json:"notes,omitempty"` // what could not be read of the capture
}

// Step is one datagram of the ladder.
type Step struct {
	Number   int        `json:"step"`
	Frame    int        `json:"frame,omitempty"`
	Seconds  float64    `json:"seconds"` // since the first step
	From     string     `json:"from"`
	To       string     `json:"to"`
	Run      int        `json:"run,omitempty"`            // 0: of none
	Repeats  int        `json:"retransmission,omitempty"` // the step that it is a copy of
	CoAP     string     `json:"coap,omitempty"`           // type, code, path, options in short
	Label    string     `json:"label"`                    // what it carries: "message_3, then OSCORE"
	Datagram *Part      `json:"datagram,omitempty"`       // the CoAP message
	Messages []*Message `json:"messages,omitempty"`
}

// Message is one EDHOC message, or an OSCORE-protected one, taken apart.
type Message struct {
	Kind    string `json:"kind"`             // "message_1", "error message", "OSCORE request" ...
	Number  int    `json:"number,omitempty"` // 1 to 4
	Size    int    `json:"size"`             // without what CoAP puts in front
	Section string `json:"section,omitempty"`
	Parts   []Part `json:"parts"` // what came, and what was decrypted of it
}

// Part is a piece of bytes with its tree.
type Part struct {
	Name  string `json:"name"` // "", "PLAINTEXT_2" ...
	Data  Hex    `json:"data"`
	Nodes []Node `json:"nodes"`
}

// Node is a range of bytes of its Part and what it means.
type Node struct {
	Name     string `json:"name"`
	At       int    `json:"at"`
	Length   int    `json:"length"`
	Text     string `json:"text"`
	Section  string `json:"section,omitempty"`
	Children []Node `json:"children,omitempty"`
}

// Run is one run of EDHOC.
type Run struct {
	Number    int     `json:"run"`
	Method    string  `json:"method,omitempty"`
	Suite     string  `json:"suite,omitempty"`
	Initiator string  `json:"initiator"`
	Responder string  `json:"responder"`
	CI        *Hex    `json:"c_i,omitempty"`
	CR        *Hex    `json:"c_r,omitempty"`
	Reverse   bool    `json:"reverse,omitempty"` // the CoAP client is the Responder
	Keys      string  `json:"keys"`              // which were found
	Outcome   string  `json:"outcome"`
	Values    []Value `json:"values,omitempty"` // of the key schedule, in the order in which they arise
}

// Value is an intermediate value of a run.
type Value struct {
	Name  string `json:"name"`
	Value Hex    `json:"value"`
}

// Finding is something that a person who looks for a fault should know.
type Finding struct {
	Name     string `json:"name"`     // of the table: see Names
	Severity string `json:"severity"` // "error", "warning", "note"
	Step     int    `json:"step"`     // 0: of none
	Run      int    `json:"run,omitempty"`
	Text     string `json:"text"`   // what was seen
	Advice   string `json:"advice"` // why it probably is so, and what to do
	Section  string `json:"section,omitempty"`
}
