package ake

import "encoding/hex"

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
