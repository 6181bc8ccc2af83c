package ake

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// TestErrorMessages: each kind of error message is made and read.
func TestErrorMessages(t *testing.T) {
	for _, test := range []struct {
		e       ErrorMessage
		encoded string
	}{
		{ErrorMessage{Code: 1, Text: ""}, "0160"},
		{ErrorMessage{Code: 1, Text: "stop"}, "016473746f70"},
		{ErrorMessage{Code: 2, Suites: []int64{2}}, "0202"},
		{ErrorMessage{Code: 2, Suites: []int64{2, 24, -21}}, "0283021818" + "34"},
		{ErrorMessage{Code: 3}, "03f5"},
		{ErrorMessage{Code: 23, Info: []byte{0xf6}}, "17f6"},
		{ErrorMessage{Code: -2, Info: []byte{0x81, 0x01}}, "218101"},
	} {
		encoded := value[[]byte](t)(test.e.Encode())
		wantBytes(t, fmt.Sprintf("%+v", test.e), encoded, unhex(t, test.encoded))
		back := value[*ErrorMessage](t)(ParseErrorMessage(encoded))
		if back.Code != test.e.Code || back.Text != test.e.Text || fmt.Sprint(back.Suites) != fmt.Sprint(test.e.Suites) {
			t.Errorf("%x reads as %+v", encoded, back)
		}
	}
	for name, e := range map[string]ErrorMessage{
		"code 0": {Code: 0}, "code 2 without suites": {Code: 2},
		"no info": {Code: 4}, "two items of info": {Code: 4, Info: []byte{1, 1}}, "half an item": {Code: 4, Info: []byte{0x81}},
	} {
		_, err := e.Encode()
		wantStatus(t, name, err, ErrArgument)
	}
}

// malformed is the status of what is no error message.
func malformed(wrong string) Status {
	if wrong[:min(4, len(wrong))] == "1801" {
		return ErrNotDeterministic
	}
	return ErrMalformed
}

// TestErrorMessagesRefused has what is no error message. It ends a run as one
// does, and is not answered either.
func TestErrorMessagesRefused(t *testing.T) {
	for _, wrong := range []string{
		"", "01", "02", "03", "0101", "01f5", "0141" + "61", "016161" + "00", "01" + "61ff", "02f5", "0280", "028101", "02820160",
		"03f4", "03f6", "0301", "6161" + "01", "40", "81" + "01", "180160", "f5f5", "0160" + "60", "1801" + "60",
	} {
		if _, err := ParseErrorMessage(unhex(t, wrong)); err == nil {
			t.Errorf("%s is taken as an error message", wrong)
		}
		i, _ := newWorld(t, 3, 2).sessions(t)
		value[[]byte](t)(i.PrepareMessage1())
		wantStatus(t, wrong, i.ProcessError(unhex(t, wrong)), malformed(wrong))
		wantState(t, i, StateFailed)
		_, err := i.PrepareError()
		wantStatus(t, "an answer to that", err, ErrNotFound)
	}
}

// TestReceivedErrors: an error message ends the run, in place of every message
// and by ProcessError, is kept, and is never answered.
func TestReceivedErrors(t *testing.T) {
	for encoded, want := range map[string]Status{
		"016473746f70": ErrPeerUnspecified, "03f5": ErrPeerCredential, "00f5": ErrPeerOther, "1863f6": ErrPeerOther, "0202": ErrPeerSuite,
	} {
		for n := 1; n <= 4; n++ {
			for _, direct := range []bool{false, true} {
				receiver, _ := waiting(t, newWorld(t, 3, 2), n)
				if direct && n == 1 {
					wantStatus(t, "an error message before the run", receiver.ProcessError(unhex(t, encoded)), ErrState)
					continue
				}
				expected := want
				if want == ErrPeerSuite && n != 2 {
					expected = ErrPeerOther
				}
				_, process := receiver.calls(n)
				if direct {
					process = receiver.ProcessError
				}
				wantStatus(t, encoded, process(unhex(t, encoded)), expected)
				wantState(t, receiver, StateFailed)
				_, err := receiver.PrepareError()
				wantStatus(t, "an answer", err, ErrNotFound)
				e := receiver.PeerError()
				wantBytes(t, "the error that is kept", value[[]byte](t)(encodeAny(e)), unhex(t, encoded))
			}
		}
	}
	i, _ := newWorld(t, 3, 2).sessions(t)
	if e := i.PeerError(); e != nil {
		t.Errorf("without an error: %+v", e)
	}
}

// encodeAny encodes also code 0, which was received.
func encodeAny(e *ErrorMessage) ([]byte, error) {
	if e.Code == 0 {
		return append([]byte{0}, e.Info...), nil
	}
	return e.Encode()
}

// TestErrorMessageIsDue: once after a failure, the same as often as it is asked
// for; never after success or in a new session.
func TestErrorMessageIsDue(t *testing.T) {
	w := newWorld(t, 3, 2)
	i, r := w.sessions(t)
	none := func(s *Session) {
		t.Helper()
		_, err := s.PrepareError()
		wantStatus(t, "an error message", err, ErrNotFound)
	}
	none(i)
	none(r)
	handshake(t, i, r, 2)
	pass(t, 3, i, r)
	none(r)
	wantStatus(t, "garbage", i.ProcessMessage4([]byte{0x40, 0x01}), ErrMalformed)
	first := value[[]byte](t)(i.PrepareError())
	wantState(t, i, StateFailed)
	wantBytes(t, "the error message again", value[[]byte](t)(i.PrepareError()), first)
	i.Close()
	none(i)
	must(t, r.CompleteWithoutMessage4())
	wantStatus(t, "a message after the end", r.ProcessMessage3([]byte{0x01}), ErrState)
	none(r)
	wantState(t, r, StateCompleted)
}

// TestErrorsTellThePeerLittle: a wrong tag, MAC or signature, and every fault of
// a credential, look alike on the wire.
func TestErrorsTellThePeerLittle(t *testing.T) {
	alike := []Status{ErrDecryption, ErrMAC, ErrSignature, ErrCredentialMalformed, ErrCredentialUntrusted, ErrKeyKind, ErrOwnCredential, ErrPeerRejected}
	for _, status := range alike {
		if row := statusTable[status]; row.code != 1 || row.wireText != statusTable[ErrMAC].wireText {
			t.Errorf("%s goes out as code %d, %q", status.Name(), row.code, row.wireText)
		}
	}
	for status, row := range statusTable {
		if row.code == 1 && (row.wireText == "" || len(row.wireText) > 32) {
			t.Errorf("%s goes out as %q", status.Name(), row.wireText)
		}
		if usage := status < 0 && status > -21; usage && row.code != 0 {
			t.Errorf("%s, a mistake of the host, goes out", status.Name())
		}
	}
}

// TestErrors: a status is found in every wrapping, and an alien error is an
// internal one.
func TestErrors(t *testing.T) {
	err := error(errorf(ErrMAC, "detail %d", 7))
	wrapped := fmt.Errorf("outer: %w", err)
	if !errors.Is(wrapped, ErrMAC) || errors.Is(wrapped, ErrSignature) || StatusOf(wrapped) != ErrMAC {
		t.Errorf("%v is %v", wrapped, StatusOf(wrapped))
	}
	if err.Error() != ErrMAC.Error()+": detail 7" || (&Error{Status: ErrMAC}).Error() != ErrMAC.Error() {
		t.Errorf("the text is %q", err)
	}
	if StatusOf(nil) != OK || StatusOf(errors.New("alien")) != ErrInternal || StatusOf(wrap(errors.New("alien"))) != ErrInternal {
		t.Error("a status is wrong")
	}
	if long := errorf(ErrMAC, "%s", strings.Repeat("x", 5000)); len(long.Detail) > maxDetail {
		t.Errorf("a detail of %d bytes", len(long.Detail))
	}
	if text := Status(-9999).Error(); !strings.Contains(text, "-9999") {
		t.Errorf("an unknown status is %q", text)
	}
	names := make(map[string]bool)
	for status, row := range statusTable {
		if names[status.Name()] || row.text == "" || row.group == "" || status.Group() != row.group {
			t.Errorf("status %d: %+v", status, row)
		}
		names[status.Name()] = true
		if status.Pending() != (row.group == "pending") {
			t.Errorf("%s: pending %v", status.Name(), status.Pending())
		}
	}
}

// TestTextsSayItOnce: what a status says is not said again by its detail, and no
// decoder's own words are in it.
func TestTextsSayItOnce(t *testing.T) {
	_, ends := cborx.One([]byte{0x42, 0x00})
	_, indefinite := cborx.One([]byte{0x5f, 0xff})
	_, reserved := cborx.One([]byte{0x1c})
	_, deep := cborx.One(bytes.Repeat([]byte{0x81}, 40))
	_, order := cborx.One([]byte{0x18, 0x01})
	_, message2 := message.ParseByteString("message_2", []byte{0x42, 0x00})
	for _, cause := range []error{
		ends, indefinite, reserved, deep, order, message2,
		fmt.Errorf("%w: in its head", message.ErrEAD), fmt.Errorf("%w: point not on the curve", suite.ErrPublicKey),
		suite.ErrOpen, cred.ErrMalformed, fmt.Errorf("%w: CCS: %w", cred.ErrMalformed, ends),
	} {
		err := wrap(cause)
		text := strings.TrimPrefix(err.Error(), err.Status.Error())
		for _, word := range []string{"malformed message", "malformed credential", "malformed EAD", "invalid", "not authentic",
			"cbor:", "EOF", "additional information", "asn1:", "x509:", "runtime", "crypto/"} {
			if strings.Contains(text, word) {
				t.Errorf("%q says %q", err, word)
			}
		}
		if strings.Count(text, "malformed") > 1 || strings.HasSuffix(text, ": ") {
			t.Errorf("the text is %q", err)
		}
	}
}

// TestErrorTextIsUTF8: ERR_INFO is a text string, whatever the host or the peer says.
func TestErrorTextIsUTF8(t *testing.T) {
	for _, text := range []string{"\xff", "a\xc3", "\xed\xa0\x80", strings.Repeat("\xe2\x82", 300)} {
		encoded, err := (&ErrorMessage{Code: 1, Text: text}).Encode()
		must(t, err)
		back, err := ParseErrorMessage(encoded)
		must(t, err)
		if back.Code != 1 || strings.Contains(back.Text, text) {
			t.Errorf("%q became %q", text, back.Text)
		}
	}
}
