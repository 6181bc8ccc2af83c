package ake

import (
	"fmt"
	"slices"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/message"
)

// What CBOR allows, and only that.

// heads of the integers at the ends of CDDL's int.
var (
	beyond   = []string{"1b8000000000000000", "1bffffffffffffffff"}
	below    = []string{"3b7fffffffffffffff", "3b8000000000000000", "3bffffffffffffffff"}
	overlong = []string{"1b0000000000000001", "1a00000001", "190001", "1801", "3b0000000000000001"}
)

// addRawEAD adds items to a message as they stand on the wire.
func addRawEAD(t testing.TB, s *Session, n int, raw []byte) {
	t.Helper()
	for _, item := range value[[]message.EAD](t)(message.ParsePlaintext4(raw)) {
		s.settings.ead = append(s.settings.ead, outgoing{n, item})
	}
}

// TestIntegersBeyondInt64: CDDL's int goes from -2^64 to 2^64-1. Labels of EAD and
// cipher suites that no int64 holds are unknown ones, and not malformed.
func TestIntegersBeyondInt64(t *testing.T) {
	t.Run("labels", func(t *testing.T) {
		for method := range MethodPSK + 1 {
			for n := 1; n <= 4; n++ {
				for _, label := range beyond {
					for _, raw := range []string{label, label + "4101", "01" + label, label + label + "41ff" + "01"} {
						i, r := worldOf(t, method, 2).sessions(t)
						sender, receiver := endsOf(n, i, r)
						addRawEAD(t, sender, n, unhex(t, raw))
						handshake(t, i, r, 4)
						wantSameKeys(t, i, r)
						for _, item := range receiver.EAD(n) {
							if item.Label != 1 {
								t.Errorf("%s in message_%d gives label %d", raw, n, item.Label)
							}
						}
					}
				}
				for _, label := range below {
					i, r := worldOf(t, method, 2).sessions(t)
					sender, receiver := endsOf(n, i, r)
					addRawEAD(t, sender, n, unhex(t, label+"4101"))
					handshake(t, i, r, n-1)
					prepare, _ := sender.calls(n)
					_, process := receiver.calls(n)
					wantStatus(t, fmt.Sprintf("method %d, %s in message_%d", method, label, n), process(value[[]byte](t)(prepare())), ErrEADCritical)
					wantErrorCode(t, receiver, 1)
				}
			}
		}
	})
	t.Run("appended to message_1", func(t *testing.T) {
		for want, labels := range map[Status][]string{OK: beyond, ErrEADCritical: below, ErrNotDeterministic: overlong} {
			for _, label := range labels {
				i, r := newWorld(t, 3, 2).sessions(t)
				data := append(value[[]byte](t)(i.PrepareMessage1()), unhex(t, label)...)
				wantStatus(t, label, r.ProcessMessage1(data), want)
			}
		}
	})
	t.Run("suites of message_1", func(t *testing.T) {
		for _, head := range slices.Concat(beyond, below, overlong) {
			for suites, want := range map[string]Status{head: ErrSuite, "82" + "02" + head: ErrSuite, "82" + head + "02": OK} {
				if slices.Contains(overlong, head) {
					want = ErrNotDeterministic
				}
				i, r := newWorld(t, 3, 2).sessions(t)
				message1 := value[[]byte](t)(i.PrepareMessage1())
				data := slices.Concat(message1[:1], unhex(t, suites), message1[2:])
				wantStatus(t, "SUITES_I "+suites, r.ProcessMessage1(data), want)
				if want == ErrSuite {
					wantErrorCode(t, r, 2)
				}
			}
		}
	})
	t.Run("suites of an error message", func(t *testing.T) {
		for _, head := range slices.Concat(beyond, below) {
			for info, restart := range map[string]Status{head: ErrNoCommonSuite, "82" + head + "03": OK, "82" + "03" + head: OK} {
				w := newWorld(t, 3, 2)
				w.configI.Suites = []int{2, 3}
				i, _ := w.sessions(t)
				value[[]byte](t)(i.PrepareMessage1())
				wantStatus(t, "SUITES_R "+info, i.ProcessMessage2(unhex(t, "02"+info)), ErrPeerSuite)
				wantStatus(t, "a new run after SUITES_R "+info, i.Restart(), restart)
			}
		}
		for _, head := range overlong {
			i, _ := newWorld(t, 3, 2).sessions(t)
			value[[]byte](t)(i.PrepareMessage1())
			wantStatus(t, "SUITES_R "+head, i.ProcessMessage2(unhex(t, "02"+head)), ErrNotDeterministic)
		}
	})
	t.Run("error codes", func(t *testing.T) {
		for _, head := range slices.Concat(beyond, below) {
			i, _ := newWorld(t, 3, 2).sessions(t)
			value[[]byte](t)(i.PrepareMessage1())
			wantStatus(t, "code "+head, i.ProcessMessage2(unhex(t, head+"f6")), ErrPeerOther)
		}
	})
}

// TestTagsInCredentials: tags 0 and 1 are tags as any, in a claim of a CCS and in
// an error message; a head that is longer than it has to be is refused wherever it
// stands (RFC 9528 section 3.1).
func TestTagsInCredentials(t *testing.T) {
	for _, test := range []struct {
		name, item string
		ok         bool
	}{
		{"a date as text", "c074323032362d31322d30315431323a30303a30305a", true},
		{"a date as number", "c11a6a000000", true},
		{"a date as float", "c1fb41da800000200000", true},
		{"no date below tag 0", "c001", true},
		{"no number below tag 1", "c16161", true},
		{"a tag in a tag", "c0c16161", true},
		{"an unknown tag in an array", "82d9d9f7f6c101", true},
		{"tag 0 in two bytes", "d8006161", false},
		{"tag 1 in three bytes", "d9000101", false},
		{"a long number below tag 1", "c11b0000000000000001", false},
		{"a long text below tag 0", "c0780161", false},
		{"a long byte string in an array", "81580101", false},
		{"a long array", "980101", false},
		{"a long map", "b8010101", false},
		{"a text of unknown length below tag 0", "c07f6161ff", false},
		{"no content", "c0", false},
	} {
		item := unhex(t, test.item)
		ccs := ccsWithClaim(t, item)
		credential, err := CredentialFromCCS(ccs)
		if (err == nil) != test.ok {
			t.Errorf("%s in a CCS: %v", test.name, err)
		}
		if err == nil {
			wantBytes(t, "CRED_x", credential.Bytes(), ccs)
			byValue := value[*Credential](t)(CredentialFromIDCred(append([]byte{0xa1, 14}, ccs...)))
			wantBytes(t, "CRED_x by value", byValue.Bytes(), ccs)
		}
		e, err := ParseErrorMessage(append([]byte{0x18, 99}, item...))
		if (err == nil) != test.ok {
			t.Errorf("%s in an error message: %v", test.name, err)
		}
		if err == nil {
			wantBytes(t, "ERR_INFO", e.Info, item)
		}
	}
}

// ccsWithClaim is a CCS with something in a claim of private use.
func ccsWithClaim(t testing.TB, claim []byte) []byte {
	t.Helper()
	plain := newCCS(t, KeyP256, "x", []byte{1}).Bytes()
	return slices.Concat(cborx.AppendMap(nil, 3), plain[1:], []byte{0x18, 99}, claim)
}
