package ake

import (
	"bytes"

	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// deriveOutput derives PRK_out and PRK_exporter (RFC 9528 section 4.1.3) from
// PRK_4e3m and the last transcript hash, and drops what came before.
func (s *Session) deriveOutput(plaintext3 []byte, initiator *Credential) {
	alg, k := s.suite, &s.keys
	k.th4 = schedule.NextTH(alg, k.th3, plaintext3, initiator.parsed.Cred)
	s.deriveExporter()
}

// deriveExporter derives PRK_out and PRK_exporter from PRK_4e3m and TH_4.
func (s *Session) deriveExporter() {
	alg, k := s.suite, &s.keys
	k.prkOut = schedule.PRKOut(alg, k.prk4e3m, k.th4)
	k.prkExporter = schedule.PRKExporter(alg, k.prkOut)
	s.usage.newRun(s.config.now())
	wipe(&k.prk3e2m)
}

// Export is EDHOC_Exporter (RFC 9528 section 4.2.1): length bytes of keying
// material for a label and a context. Labels 0 and 1 are those of OSCORE; 32768
// and above are free for private use. The length is at most 255 times the hash
// length of the cipher suite.
func (s *Session) Export(label uint64, context []byte, length int) (key []byte, err error) {
	err = s.do(evExport, func() error {
		if length < 1 || length > s.suite.ExpandLimit() {
			return errorf(ErrArgument, "length %d, allowed are 1 to %d", length, s.suite.ExpandLimit())
		}
		s.usage.exported()
		key = schedule.Export(s.suite, s.keys.prkExporter, label, context, length)
		return nil
	})
	return key, err
}

// KeyUpdate is EDHOC_KeyUpdate (RFC 9528 appendix H): it replaces the keys by
// new ones, which the old ones give but not the reverse. Both sides have to do
// it with the same context.
func (s *Session) KeyUpdate(context []byte) error {
	return s.do(evKeyUpdate, func() error {
		k := &s.keys
		prkOut := schedule.KeyUpdate(s.suite, k.prkOut, context)
		prkExporter := schedule.PRKExporter(s.suite, prkOut)
		wipe(&k.prkOut, &k.prkExporter)
		k.prkOut, k.prkExporter = prkOut, prkExporter
		s.usage.newKeys(s.config.now())
		return nil
	})
}

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

// Clear overwrites the secret.
func (c *OSCOREContext) Clear() {
	suite.Wipe(c.MasterSecret)
	suite.Wipe(c.MasterSalt)
}

// Labels of EDHOC_Exporter for OSCORE (RFC 9528 section 10.1).
const (
	exportMasterSecret = 0
	exportMasterSalt   = 1
	masterSaltLength   = 8
)

// OSCOREContext derives the OSCORE security context. It gives the same one
// until KeyUpdate: a context must not be set up twice, because its sequence
// numbers would begin anew.
func (s *Session) OSCOREContext() (*OSCOREContext, error) {
	var c *OSCOREContext
	err := s.do(evExport, func() error {
		alg, exporter := s.suite, s.keys.prkExporter
		s.usage.exported()
		c = &OSCOREContext{
			MasterSecret: schedule.Export(alg, exporter, exportMasterSecret, nil, alg.AppKeyLength()),
			MasterSalt:   schedule.Export(alg, exporter, exportMasterSalt, nil, masterSaltLength),
			SenderID:     bytes.Clone(s.cR),
			RecipientID:  bytes.Clone(s.cI),
			AEAD:         alg.AppAEAD,
			Hash:         alg.AppHash,
		}
		if s.role == Responder {
			c.SenderID, c.RecipientID = c.RecipientID, c.SenderID
		}
		return nil
	})
	return c, err
}
