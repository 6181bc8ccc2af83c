package ake

import (
	"time"

	"github.com/liblake/lake/ake/internal/message"
)

// PeerPolicy says whose credentials are trusted.
type PeerPolicy int32

const (
	// PolicyPinned trusts the Peers of the Config, and those that the host
	// answers with (Resolver, or Session.SetPeerCredential). It is the default:
	// the zero value means it, too.
	PolicyPinned PeerPolicy = 1
	// PolicyX509 trusts the Peers of the Config, and certificates (X.509, C509)
	// and CWTs that one of its TrustAnchors or CWTIssuers vouches for, wherever
	// they come from: the message, or the host's answer.
	PolicyX509 PeerPolicy = 2
	// PolicyCallback asks the host about every credential, also about those
	// of the Config.
	PolicyCallback PeerPolicy = 3
	// PolicyLearn trusts the Peers of the Config, and raw public keys
	// that are sent by value: on first use. Session.PeerIsNew says that the
	// host should keep one; a subject that has been learned with one key is not
	// trusted with another.
	PolicyLearn PeerPolicy = 4
	// PolicyAnyInsecure trusts also every credential that is sent by value.
	// The peer then proves to have some key, and nothing else.
	PolicyAnyInsecure PeerPolicy = 5
)

// Pull is a set of questions that come to the host as a pending status.
type Pull uint32

const (
	// PullCredential: a credential that the Config does not know gives
	// PendingCredential.
	PullCredential Pull = 1 << 0
	// PullEAD: a critical EAD item that nobody accepted gives PendingEAD.
	PullEAD Pull = 1 << 1
	// PullPeer: a peer that has authenticated gives PendingPeer; Continue accepts
	// it, RejectPeer does not.
	PullPeer Pull = 1 << 2
)

// Limits bounds what a peer can make a Session do. Zero fields mean the
// default.
type Limits struct {
	MessageSize  int // bytes of a received message; default 65,536, at most 1,048,576
	ConnectionID int // bytes of a connection identifier; default and at most 64
	EADItems     int // items in one message; default 16, at most 64
	Candidates   int // credentials tried for one ID_CRED; default 8, at most 64
	Chain        int // certificates in one ID_CRED; default 8, at most 32
}

var (
	defaultLimits = Limits{MessageSize: 65536, ConnectionID: 64, EADItems: 16, Candidates: 8, Chain: 8}
	maxLimits     = Limits{MessageSize: 1 << 20, ConnectionID: 64, EADItems: message.MaxEAD, Candidates: 64, Chain: 32}
)

// Resolver looks up the credentials that an ID_CRED_x map refers to; several
// are tried in turn. It returns ErrNotFound if there is none, and
// PendingCredential if the host will give the answer later (pull mode).
//
// What it returns is trusted. CredentialFromIDCred reads a credential that came
// by value. It may ask the Session what it knows, and not make it do anything
// (ErrBusy).
type Resolver func(s *Session, idCred []byte) ([]*Credential, error)

// EADHandler is asked about every received EAD item except padding, after the
// message that carries it was verified. It returns nil if it understood the
// item, ErrNotFound if it does not know the label (which ends the session if
// the item is critical), and any other error to end the session. With
// Config.EarlyEADLabels it is also asked about items that are Unverified.
//
// It may ask the Session what it knows, and not make it do anything (ErrBusy).
type EADHandler func(s *Session, message int, item EADItem) error

// Config is what stays the same from session to session: suites, methods,
// credentials and trust. NewParty checks it and makes of it what sessions are made
// from. The zero value of each field is its default: with all of them, this side has
// no credential and trusts nobody.
type Config struct {
	// Suites are the cipher suites, the preferred one first (RFC 9528 section 3.6). A
	// Responder accepts these; an Initiator lists them as section 5.2.2 says, up to the
	// one it selects. Default: all for which there is a credential.
	Suites []int

	// Methods are the authentication methods. A Responder accepts these; an Initiator
	// uses the first for which it has a credential. Default: all.
	Methods []Method

	// Own are the credentials to authenticate with; they need their private keys. The
	// first one that fits method and cipher suite is used.
	Own []*Credential

	// Peers are the credentials that are trusted (pinned) as a peer's.
	Peers []*Credential

	// InitiatorPSKs and ResponderPSKs are pre-shared keys (MethodPSK) for sessions in
	// which this side has that role. A key that is used in both directions needs two
	// credentials, with CRED_I and CRED_R exchanged: one for both would let an attacker
	// answer an endpoint with its own messages (draft-ietf-lake-edhoc-psk section 9.3).
	InitiatorPSKs, ResponderPSKs []*Credential

	// Policy says whose credentials are trusted. Default: PolicyPinned.
	Policy PeerPolicy

	// Resolver looks up the credentials that the Config does not know. Nil: nobody does.
	Resolver Resolver

	// Pull says which questions come to the host as a pending status. Default: none.
	Pull Pull

	// Verifier has the last word on a peer. Nil: nobody has.
	Verifier Verifier

	// TrustAnchors are certificates (X.509 or C509) that certify peers, or that are
	// peers, with PolicyX509 and in Party.VerifyCredential. Their keys may be RSA keys.
	// Of a chain, the certificates after the first are known as intermediates.
	// ParseTrustAnchors reads a file of them.
	TrustAnchors []*Credential

	// Intermediates are certificates that peers may leave out of their chains. They are
	// trusted only if they lead to a trust anchor.
	Intermediates []*Credential

	// CWTIssuers are the issuers of CWTs, with PolicyX509 and in Party.VerifyCredential.
	CWTIssuers []CWTIssuer

	// CRLs are certificate revocation lists (ParseCRLs), each signed by a trust anchor or
	// an intermediate. Party.AddCRLs renews them.
	CRLs []*CRL

	// AcceptOutdatedCRLs lets a revocation list count after its nextUpdate, until a newer
	// one is added. By default certificates of its issuer are refused then (ErrRevoked),
	// since nobody can tell.
	AcceptOutdatedCRLs bool

	// InitiatorKeyPurpose and ResponderKeyPurpose say what the certificates of peers with
	// that role have to be for: an OID in dotted text that their extended key usage lists
	// (RFC 5280 section 4.2.1.12), for example 1.3.6.1.5.5.7.3.1 (serverAuth) for
	// Responders and 1.3.6.1.5.5.7.3.2 (clientAuth) for Initiators, so that no device can
	// play the server. anyExtendedKeyUsage is not enough, but for issuers. Default: any of
	// these three will do, or no extension.
	//
	// They take effect with PolicyX509, on certificates that an anchor has to vouch for.
	// Pinned ones are trusted as they are; CWTs and raw keys have no purposes.
	InitiatorKeyPurpose, ResponderKeyPurpose string

	// AllowedPeers are the names of the peers that are accepted: with a list, an
	// authenticated peer that has none of them ends the run with ErrPeerRejected, whatever
	// the policy. It is meant for Responders, who do not know beforehand who comes;
	// Session.ExpectPeer says it for one run. Pre-shared keys of the Config are a list of
	// their own; a resumption key is as good as the credential that it goes back to.
	AllowedPeers []PeerName

	// AllowAnyPeer says that an Initiator with PolicyX509 accepts every holder of a
	// certificate that an anchor vouches for, and of a CWT of its issuers. Otherwise it
	// needs Session.ExpectPeer, AllowedPeers, a Verifier or PullPeer.
	AllowAnyPeer bool

	// EADHandler is asked about received EAD items. Nil: nobody is.
	EADHandler EADHandler

	// EADLabels are the labels (absolute values) of EAD items that the application
	// understands: critical ones are accepted, and can be read with Session.EAD.
	EADLabels []int64

	// EarlyEADLabels are the labels (absolute values) whose items the host needs at once
	// even where nothing authenticates them yet: in message_2 of MethodPSK, where only a
	// fourth message proves the Responder. They are marked as Unverified. Items of all
	// other labels wait until then.
	EarlyEADLabels []int64

	// Message4 says that message_4 is part of the protocol (RFC 9528 section 5.5): the
	// Responder has to send it, the Initiator is complete only with it. Both sides have to
	// agree on this beforehand.
	Message4 bool

	// ResumptionStore lets a Responder take part in resumptions, that is in MethodPSK with
	// the keys of the store, besides its other methods. (If Methods has MethodPSK too, or
	// is empty, so do the ResponderPSKs.) With PolicyCallback the store is not asked: the
	// Resolver can ask it.
	ResumptionStore *ResumptionStore

	// Limits bounds what a peer can make a Session do.
	Limits Limits

	// RenewalLimits says how long keys serve.
	RenewalLimits RenewalLimits

	// ExchangeLifetime is how long message_4 is kept after completion, for a peer that did
	// not get it (RFC 9528 section 7). Default: 247 s.
	ExchangeLifetime time.Duration

	// ClockTolerance is how far the clocks of issuers and this one may be apart:
	// certificates, CWTs and revocation lists are good so much before their time begins
	// and after it ends. Default: 5 minutes; NoTolerance is none, and a day the most.
	ClockTolerance time.Duration

	// KeyLog gets the secrets of runs, for who looks into their messages with Wireshark or
	// another tool: lines of text that end with a newline. Who has them reads all that was
	// sent in these runs, identities included, and all that their keys protect, and can
	// forge it: it is for tests, and no default of any program. Nil: nobody.
	//
	// A run gives one line as soon as it has all of it (the Initiator with message_3, the
	// Responder when it has accepted that), and otherwise when it ends, with what it had by
	// then; nothing if it had not come to message_2. That is the form of Wireshark's table
	// edhoc_secrets: G_X, PRK_2e, TH_2, PRK_3e2m, TH_3, PRK_4e3m, TH_4 in hexadecimal,
	// separated by commas; what it did not have is empty. Comments (#) follow with the
	// OSCORE context for the table oscore_contexts, which knows the OSCORE of the cipher
	// suites 0 to 3; these come again after KeyUpdate and RestoreSession. A run that was
	// saved while it waited for message_3 has given its line then.
	//
	// It may be called by several goroutines at a time, within any call that leads a Session
	// on, also Close. The text is overwritten when it returns.
	KeyLog func(text []byte)

	// Clock tells the time by which dates are checked and ages told, for devices that set
	// their clock late and for tests. It may be called at any time and from any goroutine.
	// Nil: time.Now.
	Clock func() time.Time
}

// NoTolerance as Config.ClockTolerance: dates count to the second.
const NoTolerance time.Duration = -1

// CWTIssuer is an issuer of CWTs.
type CWTIssuer struct {
	Credential *Credential // has the key
	Name       string      // what the claim 'iss' has to be; "" allows any
}
