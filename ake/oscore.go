package ake

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/liblake/lake/ake/internal/suite"
)

// OSCOREContext is what an OSCORE security context is made of (RFC 9528
// appendix A.1, RFC 8613 section 3.2).
type OSCOREContext struct {
	MasterSecret []byte // 16 bytes, or 32 with the suites 4, 5, 24, 25
	MasterSalt   []byte // 8 bytes
	SenderID     []byte
	RecipientID  []byte
	AEAD         int // COSE number of the application AEAD
	Hash         int // COSE number of the application hash, for HKDF
}

// Format prints "OSCORE context".
func (c OSCOREContext) Format(f fmt.State, _ rune) { io.WriteString(f, "OSCORE context") }

// Clear overwrites the secret.
func (c *OSCOREContext) Clear() {
	suite.Wipe(c.MasterSecret)
	suite.Wipe(c.MasterSalt)
}

// masterSaltLength is the length of the Master Salt.
const masterSaltLength = 8

// OSCOREContext derives the OSCORE security context. It gives the same one
// until KeyUpdate: a context must not be set up twice, because its sequence
// numbers would begin anew. It gives ErrUnsupported for connection identifiers that
// are too long for OSCORE (RFC 8613 section 3.3): the limit is 7 bytes with the suites
// 0 to 3, and 6 with the others.
func (s *Session) OSCOREContext() (*OSCOREContext, error) {
	var c *OSCOREContext
	err := s.use(func(out *output, f *facts) error {
		for name, id := range map[string][]byte{"C_I": f.cI, "C_R": f.cR} {
			if limit := f.alg.OSCOREIDLength(); len(id) > limit {
				return errorf(ErrUnsupported, "%s has %d bytes; OSCORE takes at most %d with cipher suite %d", name, len(id), limit, f.alg.ID)
			}
		}
		out.usage.exported()
		sender, recipient := f.cR, f.cI
		if s.role == Responder {
			sender, recipient = recipient, sender
		}
		c = &OSCOREContext{
			SenderID:    bytes.Clone(sender),
			RecipientID: bytes.Clone(recipient),
			AEAD:        f.alg.AppAEAD,
			Hash:        f.alg.AppHash,
		}
		c.MasterSecret, c.MasterSalt = out.oscore(f.alg)
		return nil
	})
	return c, err
}

// oscore derives Master Secret and Master Salt.
func (out *output) oscore(alg *suite.Suite) (secret, salt []byte) {
	return out.export(exportMasterSecret, nil, alg.AppKeyLength()), out.export(exportMasterSalt, nil, masterSaltLength)
}

// What libcoap's text for an OSCORE context can say.
const (
	libcoapAEAD     = 10  // AES-CCM-16-64-128
	libcoapHash     = -16 // SHA-256
	libcoapIDLength = 7   // the limit with that AEAD (RFC 8613 section 3.3)
	// COSE has numbers of their own for HKDF with a hash: -10 is the one with SHA-256.
	libcoapRest = "aead_alg,integer,10\nhkdf_alg,integer,-10\nreplay_window,integer,32\n"
)

// LibcoapConf returns the text that libcoap's coap_new_oscore_conf takes. It
// holds the Master Secret. It gives ErrUnsupported for another application AEAD
// or hash than AES-CCM-16-64-128 and SHA-256, which the suites 0 to 3 have, and
// for identifiers longer than 7 bytes.
func (c *OSCOREContext) LibcoapConf() ([]byte, error) {
	switch {
	case c.AEAD != libcoapAEAD || c.Hash != libcoapHash:
		return nil, errorf(ErrUnsupported, "AEAD %d and hash %d cannot be written for libcoap", c.AEAD, c.Hash)
	case len(c.SenderID) > libcoapIDLength || len(c.RecipientID) > libcoapIDLength:
		return nil, errorf(ErrUnsupported, "an identifier is longer than %d bytes", libcoapIDLength)
	}
	// Room enough, and not with fmt: no copy of the secret stays behind in a
	// smaller buffer or in fmt's.
	text := make([]byte, 0, 512)
	for _, line := range []struct {
		keyword string
		value   []byte
	}{
		{"master_secret", c.MasterSecret},
		{"master_salt", c.MasterSalt},
		{"sender_id", c.SenderID},
		{"recipient_id", c.RecipientID},
	} {
		text = append(text, line.keyword+`,hex,"`...)
		text = hex.AppendEncode(text, line.value)
		text = append(text, "\"\n"...)
	}
	return append(text, libcoapRest...), nil
}
