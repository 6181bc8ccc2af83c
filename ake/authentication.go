package ake

import (
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/schedule"
	"github.com/liblake/lake/ake/internal/suite"
)

// authentication is a method: what the methods do in different ways. publickey.go
// has the methods 0 to 3, psk.go has method 4. It holds nothing of a run.
type authentication interface {
	method() *MethodInfo

	// own lists what a role can authenticate with, as far as the Config says.
	own(p *Party, role Role) []*Credential
	// serves reports whether a role can authenticate with a credential.
	serves(c *Credential, alg *suite.Suite, role Role) bool
	// prefers reports whether the cipher suite names the kind of key.
	prefers(c *Credential, alg *suite.Suite, role Role) bool
	// accepts reports whether a Responder takes part.
	accepts(p *Party) bool
	// asksHost reports whether the host of a Responder may know credentials of its
	// own that the Config does not.
	asksHost(p *Party) bool
	// resolve finds the credentials of the peer that an ID_CRED_x map may mean.
	resolve(in *env, j *judged, id *cose.IDCred) ([]*Credential, error)
	// checkAnswer holds a credential that the host answered with against what the
	// message says.
	checkAnswer(in *env, id *cose.IDCred, answer *Credential) error
	// isOwn reports whether the credential of a peer is one of this side's.
	isOwn(in *env, peer *Credential) bool
	// creds are CRED_I and CRED_R of a run with these credentials.
	creds(role Role, own, peer *Credential) (credI, credR []byte)

	// makePlaintext2 is PLAINTEXT_2 with its PRK_3e2m and TH_3.
	makePlaintext2(in *env, p *received1, th2 []byte, prk2e *schedule.PRK) (made2, error)
	// openPlaintext2 reads PLAINTEXT_2.
	openPlaintext2(plaintext2 []byte) (cR []byte, o opened, err error)
	// verify2 checks message_2 with a credential; of no credential, if message_2
	// has no proof.
	verify2(p *pending2, peer *Credential) (verified, error)
	// th3 is TH_3 of a verified message_2.
	th3(p *pending2, v *verified) []byte
	// proves2 reports whether message_2 authenticates the Responder; otherwise a
	// fourth message does.
	proves2() bool

	// makeMessage3 is the content of message_3 with PRK_4e3m and TH_4.
	makeMessage3(in *env, p *verified2) (made3, error)
	// keepsEphemeral reports whether message_3 is verified with Y.
	keepsEphemeral() bool
	// openMessage3 reads the content of message_3 as far as that goes without
	// knowing who sent it.
	openMessage3(p *wait3, content []byte) (opened, error)
	// verify3 checks message_3 with a credential.
	verify3(p *pending3, peer *Credential) (verified, error)
	// th4 is TH_4 of a verified message_3.
	th4(p *pending3, v *verified) []byte
}

// made2 is what a Responder makes for message_2.
type made2 struct {
	plaintext2, th3 []byte
	prk3e2m         *schedule.PRK
	own             *Credential
}

// made3 is what an Initiator makes for message_3.
type made3 struct {
	content, th4 []byte
	prk4e3m      *schedule.PRK
	own          *Credential
}

// verified is a message that proved who sent it.
type verified struct {
	peer      *Credential
	prk       *schedule.PRK // PRK_3e2m or PRK_4e3m
	plaintext []byte
	items     []message.EAD // that could not be read before
}

// authenticationOf returns the implementation of a method, or nil.
func authenticationOf(m Method) authentication {
	for _, a := range authentications {
		if a.method().Method == m {
			return a
		}
	}
	return nil
}

// ownFor is the own credential for a method and a cipher suite, or nil.
func (in *env) ownFor(auth authentication, alg *suite.Suite) *Credential {
	if own := in.settings.own; own != nil {
		if auth.serves(own, alg, in.role) {
			return own
		}
		return nil
	}
	return in.party.ownFor(auth, alg, in.role)
}

// ownFor returns the own credential for a method, suite and role, or nil: the
// first of the Config that has a key of the kind that the suite names. One that
// serves although the suite names another kind (an Ed448 key in a suite with
// Ed25519) does where the host has asked for the suite (Config.Suites).
func (p *Party) ownFor(auth authentication, alg *suite.Suite, role Role) *Credential {
	var second *Credential
	for _, own := range auth.own(p, role) {
		switch {
		case !auth.serves(own, alg, role):
		case auth.prefers(own, alg, role):
			return own
		case second == nil && p.suites != nil:
			second = own
		}
	}
	return second
}
