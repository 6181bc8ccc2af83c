package ake

import (
	"fmt"
	"io"
)

// What holds secrets is printed as a name, whatever the verb: the verbs that
// package fmt does not expect for a pointer show all that is behind it.

// Format prints "EDHOC configuration".
func (c *Config) Format(f fmt.State, _ rune) { io.WriteString(f, "EDHOC configuration") }

// Format prints "EDHOC session of the initiator" or the other role.
func (s *Session) Format(f fmt.State, _ rune) {
	io.WriteString(f, "EDHOC session of the "+s.role.String())
}

// Format prints "EDHOC credential".
func (c *Credential) Format(f fmt.State, _ rune) { io.WriteString(f, "EDHOC credential") }

// Format prints "OSCORE context".
func (c OSCOREContext) Format(f fmt.State, _ rune) { io.WriteString(f, "OSCORE context") }
