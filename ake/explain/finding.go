package explain

import (
	"fmt"
	"maps"
	"slices"
)

// kind is a row of the table of findings.
type kind struct {
	severity string
	section  string
	advice   string
}

const (
	fault   = "error"   // somebody did what must not be
	warning = "warning" // probably not what was meant
	note    = "note"    // explains what follows
)

// table has every finding by its name. A name says what was seen, the advice why it
// is probably so.
var table = map[string]kind{
	// The form of messages.
	"not-cbor":                {fault, "RFC 9528, section 3.1", "The payload is cut, is encrypted by another layer, or is no EDHOC message. Compare its length with what the sender made."},
	"non-minimal-cbor":        {fault, "RFC 9528, section 3.1", "EDHOC needs deterministic encoding: the shortest head for each number and length. Use the encoder's canonical mode."},
	"indefinite-length":       {fault, "RFC 9528, section 3.1", "Deterministic encoding has definite lengths only. A streaming encoder makes these."},
	"duplicate-map-key":       {fault, "RFC 8949, section 5.6", "A map with a key twice is not valid; receivers refuse it."},
	"text-not-utf8":           {fault, "RFC 8949, section 3.1", "A text string has to be UTF-8. Bytes belong in a byte string."},
	"items-missing":           {fault, "RFC 9528, section 5.2.1", "The sender left out a field, or wrapped the sequence in an array: EDHOC messages are CBOR sequences, without anything around them."},
	"wrong-type":              {fault, "RFC 9528, appendix C.2", "The field has another CBOR type than CDDL says."},
	"trailing-items":          {fault, "RFC 9528, section 5.3.1", "message_2, 3 and 4 are one byte string. EAD goes inside, and nothing follows."},
	"message-in-array":        {fault, "RFC 9528, section 3.1", "The sequence was wrapped in an array. Send the items one after the other."},
	"identifier-as-bytes":     {fault, "RFC 9528, section 3.3.2", "A connection identifier of one byte that is the encoding of an int in -24..23 is sent as that int. The receiver refuses or mistakes the other form."},
	"identifier-out-of-range": {fault, "RFC 9528, section 3.3.2", "An identifier is a byte string, or an int in -24..23, which stands for its one byte."},
	"suites-array-of-one":     {fault, "RFC 9528, section 5.2.1", "A single suite is an int. The array is for two or more."},
	"suite-unknown":           {warning, "RFC 9528, section 3.6", "The selected suite is not one that this program knows; the receiver may not, either."},
	"method-unknown":          {fault, "RFC 9528, section 3.2", "Methods are 0 to 3, and 4 of EDHOC-PSK."},
	"ephemeral-key-length":    {fault, "RFC 9528, section 3.7", "G_X and G_Y are the x-coordinate alone on curves of NIST, and 32 or 56 bytes on X25519 or X448."},
	"ephemeral-key-invalid":   {fault, "RFC 9528, section 9.2", "The peer refuses it. Either the key was made on another curve, or bytes were changed or swapped on the way."},
	"id-cred-kid-in-map":      {fault, "RFC 9528, section 3.5.3.2", "A single kid is sent without the map around it. Many receivers refuse { 4 : kid }."},
	"kid-as-bytes":            {fault, "RFC 9528, section 3.5.3.2", "A kid of one byte that is the encoding of an int in -24..23 is sent as that int: h'05' as 5."},
	"kid-is-no-bytes":         {fault, "RFC 9052, section 3.1", "In a map, kid is a byte string. An int there was allowed by drafts only."},
	"id-cred-empty":           {fault, "RFC 9528, section 3.5.3", "ID_CRED_x names no credential."},
	"key-without-y":           {fault, "RFC 9053, section 7.1.1", "A signature cannot be verified with x alone. Put y, or its sign, into the COSE_Key of a credential that signs."},
	"mac-length":              {fault, "RFC 9528, section 5.3.2", "The sender took another method or suite than message_1 says, or made a signature where a MAC belongs (or the other way round)."},
	"ead-critical":            {warning, "RFC 9528, section 3.8", "A receiver that does not know the label of a critical item has to end the run."},
	"ead-malformed":           {fault, "RFC 9528, section 3.8", "EAD is labels, each with at most one byte string."},

	// Error messages.
	"error-unspecified":     {fault, "RFC 9528, section 6.2", "The sender of the error says no more than this text. Look in its log."},
	"suite-refused":         {note, "RFC 9528, section 6.3", "This is how suites are negotiated: the Initiator tries again with the first of its suites that is in SUITES_R."},
	"suites-r-has-selected": {fault, "RFC 9528, section 6.3.1", "SUITES_R names the suite that was refused. The Responder refuses what it supports: perhaps it has no credential for it."},
	"no-common-suite":       {fault, "RFC 9528, section 6.3.1", "No suite is on both lists. Configure one that both have."},
	"suite-not-first":       {fault, "RFC 9528, section 6.3.2", "The Initiator has to select the first suite in the order of its own preference that the Responder supports."},
	"error-2-loop":          {fault, "RFC 9528, section 6.3.1", "The Initiator does not learn from error 2: it has to remember SUITES_R for the next message_1."},
	"unknown-credential":    {fault, "RFC 9528, section 6.4", "The receiver of ID_CRED_x has no credential by that name. Provision it, or send it by value."},
	"error-code-0":          {fault, "RFC 9528, section 6.1", "Success is for logs and never sent."},
	"error-code-unknown":    {warning, "RFC 9528, section 6", "The code is not registered: ask the maker of the device."},
	"error-malformed":       {fault, "RFC 9528, section 6", "ERR_INFO is a text for code 1, SUITES_R for 2 and true for 3."},
	"error-in-success":      {warning, "RFC 9528, appendix A.2.3", "Error messages are sent in a response 4.00 or 5.00."},
	"message-in-error-code": {warning, "RFC 9528, appendix A.2", "EDHOC messages but errors are sent in 2.04."},

	// CoAP.
	"content-format-missing": {warning, "RFC 9528, appendix A.2.1", "Requests to the EDHOC resource carry Content-Format 65 (application/cid-edhoc+cbor-seq), responses 64. Some servers answer 4.15, and Wireshark does not decode it."},
	"content-format-wrong":   {warning, "RFC 9528, appendix A.2.1", "65 is for what begins with true or a connection identifier, 64 for what does not."},
	"prefix-missing":         {fault, "RFC 9528, appendix A.2", "A request begins with true (0xf5) before message_1, or with the server's connection identifier before a later message."},
	"prefix-of-another-run":  {fault, "RFC 9528, appendix A.2", "The identifier in front is not the one that the server chose: C_R for message_3, C_I in the reverse flow."},
	"not-post":               {fault, "RFC 9528, appendix A.2", "EDHOC messages are sent with POST."},
	"no-edhoc-resource":      {fault, "RFC 9528, section 10.7", "The server has no such resource. It may be at another path: ask /.well-known/core for rt=core.edhoc."},
	"content-format-refused": {fault, "RFC 7252, section 5.9.2.11", "The server answers 4.15: it wants another Content-Format than the request has."},
	"refused-without-reason": {fault, "RFC 9528, appendix A.2.3", "The server refuses without an EDHOC error message: it did not get as far as EDHOC, or keeps the reason to itself."},
	"echo-asked":             {note, "RFC 9175, section 2.4", "The server wants to see that the client is where it says: the client repeats the request with the Echo option."},
	"no-answer":              {fault, "RFC 7252, section 4.2", "Nothing came back: a firewall, the wrong port, or a peer that drops what it does not like. An EDHOC peer may also answer wrong messages with silence."},
	"reset":                  {fault, "RFC 7252, section 4.3", "The receiver has no context for the message, or no CoAP process."},
	"retransmission":         {note, "RFC 7252, section 4.2", "The same CoAP message again: it, or its answer, was lost or slow. It is not a second EDHOC message."},
	"message-id-reused":      {fault, "RFC 7252, section 4.4", "A receiver takes a message ID that it saw less than 247 seconds before for a repetition and does not look at the content."},
	"blocks-incomplete":      {fault, "RFC 7959, section 2.5", "Blocks are missing, so the message was never whole. Look for losses, and for a body limit of the receiver."},
	"response-unmatched":     {note, "RFC 7252, section 5.3.2", "No request with this token is in the capture: it may begin too late."},
	"begins-in-the-middle":   {note, "", "The capture lacks the beginning of this run, so suite and method are not known. Begin to capture before the first message."},

	// The run.
	"c-r-equals-c-i":         {fault, "RFC 9528, section 3.3.3", "OSCORE needs different identifiers, so the Responder has to choose a C_R that is not C_I. The Initiator ends the run."},
	"identifier-too-long":    {warning, "RFC 8613, section 3.3", "OSCORE identifiers have at most 7 bytes with AES-CCM (nonce of 13). EDHOC completes, and OSCORE cannot be set up."},
	"message-4-direction":    {fault, "RFC 9528, section 5.5", "message_4 goes from the Responder to the Initiator. The Initiator of this run sent a fourth message."},
	"message-again":          {fault, "RFC 9528, section 5.1", "A second message with the same number in one run, and other bytes. A run takes each message once."},
	"ephemeral-key-reused":   {warning, "RFC 9528, section 9.8", "Each run has a fresh ephemeral key: the generator repeats itself, or message_1 is stored and sent again."},
	"run-after-error":        {fault, "RFC 9528, section 6", "After an error message a run is over; what follows is discarded."},
	"decryption-failed":      {fault, "RFC 9528, section 5.4.3", "The keys are those of this run, and the message does not open. The sides disagree on TH_3 or TH_4: most often they hold different bytes of CRED_x for the same ID_CRED_x."},
	"keys-of-another-run":    {warning, "", "TH_2 of the key log is not the one that follows from these messages: a message was changed on the way, or the log is of another run."},
	"plaintext-2-unreadable": {fault, "RFC 9528, section 5.3.3", "PLAINTEXT_2 has no integrity of its own, so wrong keys show as garbage: PRK_2e is not the one of the sender, or G_Y was changed."},
	"credential-not-given":   {note, "RFC 9528, section 3.5.3", "None of the credentials that you gave goes by this ID_CRED_x, so what depends on it is not verified."},
	"mac-wrong":              {fault, "RFC 9528, section 5.3.3", "The MAC does not fit the credential that was given: CRED_x differs in some byte at the two sides, or the private key is another one."},
	"signature-wrong":        {fault, "RFC 9528, section 5.3.3", "The signature does not fit the credential that was given: the private key is another one, CRED_x differs, or r and s are in DER instead of side by side."},

	// OSCORE.
	"oscore-context-unknown":      {fault, "RFC 8613, section 8.2", "The server has no security context with this kid: it restarted, the run did not complete there, or the identifiers are the wrong way round (the Initiator's Sender ID is C_R)."},
	"oscore-decryption-failed":    {fault, "RFC 8613, section 8.2", "The server found the context, and the keys differ: Master Secret, Salt, algorithm or identifiers are not the same at both sides."},
	"oscore-replay":               {fault, "RFC 8613, section 7.4", "The number was used before. A device that forgot its sequence number over a restart does this; its nonces repeat."},
	"oscore-not-opened":           {warning, "RFC 8613, section 8", "A context with this kid is among the given ones, and the message does not open with it."},
	"edhoc-option-without-oscore": {fault, "RFC 9668, section 3.3.1", "The EDHOC option is for requests that are protected with OSCORE; the server answers 4.00."},
	"combined-malformed":          {fault, "RFC 9668, section 3.2.1", "The payload is message_3 as a byte string and then the OSCORE ciphertext, without C_R in front: that is the kid."},
	"combined-refused":            {fault, "RFC 9668, section 3.3.1", "The server does not take EDHOC and OSCORE in one request, or message_3 failed. Send message_3 by itself to tell which."},
	"combined-kid-is-not-c-r":     {fault, "RFC 9668, section 3.2.1", "The kid of a combined request is C_R; by it the server finds the run."},
}

// Names are the names of all findings, in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(table)) }

// newFinding panics for a name that is not in the table.
func newFinding(name, format string, args ...any) *Finding {
	k, ok := table[name]
	if !ok {
		panic("explain: no finding " + name)
	}
	return &Finding{Name: name, Severity: k.severity, Section: k.section, Advice: k.advice, Text: fmt.Sprintf(format, args...)}
}
