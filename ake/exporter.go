package ake

import (
	"time"

	"github.com/liblake/lake/ake/internal/schedule"
)

// output is what a run has given: its keys, and how far they have been used.
type output struct {
	prkOut, prkExporter *schedule.PRK
	usage               usage
}

// newOutput derives PRK_out and PRK_exporter (RFC 9528 section 4.1.3).
func newOutput(prk4e3m *schedule.PRK, th4 []byte, now time.Time) *output {
	out := outputOf(prk4e3m.PRKOut(th4))
	out.usage.newRun(now)
	return out
}

func outputOf(prkOut *schedule.PRK) *output {
	return &output{prkOut: prkOut, prkExporter: prkOut.PRKExporter()}
}

func (out *output) keys() *output { return out }

// export is EDHOC_Exporter (RFC 9528 section 4.2.1).
func (out *output) export(label uint64, context []byte, length int) []byte {
	key := make([]byte, length)
	out.prkExporter.Export(key, label, context)
	return key
}

// use runs f in a state in which keys can be exported.
func (s *Session) use(f func(out *output, about *facts) error) error {
	return s.ask(evExport, func() error {
		s.seen.Lock() // Usage
		defer s.seen.Unlock()
		return f(s.phase.(interface{ keys() *output }).keys(), s.phase.about())
	})
}

// Labels of EDHOC_Exporter that are derived by methods of their own.
const (
	exportMasterSecret  = 0 // RFC 9528 section 10.1
	exportMasterSalt    = 1
	exportResumptionPSK = 2 // draft-ietf-lake-edhoc-psk section 10.2
	exportResumptionKID = 3
)

// Export is EDHOC_Exporter (RFC 9528 section 4.2.1): length bytes of keying
// material for a label and a context. Labels 0 and 1 are those of OSCORE; 32768
// and above are free for private use. The length is at most 255 times the hash
// length of the cipher suite. It gives ErrArgument for another length, and for the
// labels 2 and 3, the keys of resumption: ResumptionCredential derives them.
func (s *Session) Export(label uint64, context []byte, length int) (key []byte, err error) {
	err = s.use(func(out *output, f *facts) error {
		if length < 1 || length > f.alg.ExpandLimit() {
			return errorf(ErrArgument, "length %d, allowed are 1 to %d", length, f.alg.ExpandLimit())
		}
		if label == exportResumptionPSK || label == exportResumptionKID {
			return errorf(ErrArgument, "label %d is for resumption: use ResumptionCredential", label)
		}
		out.usage.exported()
		key = out.export(label, context, length)
		return nil
	})
	return key, err
}
