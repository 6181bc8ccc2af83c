package ake

import (
	"encoding/asn1"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// PeerPolicy says whose credentials are trusted.
type PeerPolicy int32

const (
	// PolicyPinned trusts the peer credentials of the Config, and those that
	// the host answers with (Resolver, or Session.SetPeerCredential). It is
	// the default.
	PolicyPinned PeerPolicy = 1
	// PolicyX509 trusts the peer credentials of the Config, and certificates
	// (X.509, C509) and CWTs that an issuer of the Config vouches for, wherever
	// they come from: the message, or the host's answer. Config.AddTrustAnchor
	// and AddCWTIssuer say who the issuers are.
	PolicyX509 PeerPolicy = 2
	// PolicyCallback asks the host about every credential, also about those
	// of the Config.
	PolicyCallback PeerPolicy = 3
	// PolicyLearn trusts the peer credentials of the Config, and raw public keys
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
// by value.
type Resolver func(s *Session, idCred []byte) ([]*Credential, error)

// EADHandler is asked about every received EAD item except padding, after the
// message that carries it was verified. It returns nil if it understood the
// item, ErrNotFound if it does not know the label (which ends the session if
// the item is critical), and any other error to end the session. With
// SetEarlyEADLabels it is also asked about items that are Unverified.
type EADHandler func(s *Session, message int, item EADItem) error

// Config is what stays the same from session to session: suites, methods,
// credentials and trust. It can be changed until the first NewSession; after
// that, changes give ErrFrozen and it can be used from any goroutine.
type Config struct {
	mu     sync.Mutex
	frozen bool

	suites    []int // nil: what the own credentials allow
	methods   []Method
	own       []*Credential
	psks      map[Role][]*Credential // by our role
	peers     []*Credential
	policy    PeerPolicy
	resolver  Resolver
	ead       EADHandler
	eadLabels []int64
	earlyEAD  []int64
	pull      Pull
	limits    Limits
	message4  bool
	issuers   issuers
	verifier  Verifier
	allowed   []name // AllowPeer
	anyPeer   bool

	purposes map[Role]asn1.ObjectIdentifier // of peers with the role

	outdatedCRLs bool // are good enough
	tolerance    time.Duration
	time         atomic.Pointer[time.Time]
	learned      learned

	resumption *ResumptionStore // Responder: looked up besides the PSKs
	renewal    RenewalLimits
	exchange   time.Duration // EXCHANGE_LIFETIME; 0: the default
	restored   claimed

	byName map[string][]*Credential // canonical ID_CRED -> peers
	byCred map[string][]*Credential // CRED -> peers
}

// NewConfig returns a Config with the defaults: every suite and method that the
// own credentials allow, only pinned credentials, message_4 not required.
func NewConfig() *Config {
	return &Config{
		policy: PolicyPinned, limits: defaultLimits, tolerance: defaultTolerance,
		psks: map[Role][]*Credential{}, purposes: map[Role]asn1.ObjectIdentifier{},
	}
}

// Format prints "EDHOC configuration", whatever the verb.
func (c *Config) Format(f fmt.State, _ rune) { io.WriteString(f, "EDHOC configuration") }

// change runs f unless the Config is in use.
func (c *Config) change(f func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return ErrFrozen
	}
	return f()
}

// SetSuites sets the cipher suites, the preferred one first (RFC 9528 section
// 3.6). A Responder accepts these; an Initiator lists them as section 5.2.2
// says, up to the one it selects.
func (c *Config) SetSuites(ids ...int) error {
	return c.change(func() error {
		if len(ids) == 0 {
			return errorf(ErrArgument, "no cipher suite")
		}
		for i, id := range ids {
			if suite.Lookup(id) == nil {
				return errorf(ErrUnsupported, "cipher suite %d", id)
			}
			if slices.Contains(ids[:i], id) {
				return errorf(ErrArgument, "cipher suite %d is listed twice", id)
			}
		}
		c.suites = slices.Clone(ids)
		return nil
	})
}

// SetMethods sets the methods. A Responder accepts these; an Initiator uses the
// first for which it has a credential.
func (c *Config) SetMethods(ms ...Method) error {
	return c.change(func() error {
		if len(ms) == 0 {
			return errorf(ErrArgument, "no method")
		}
		for _, m := range ms {
			if _, ok := m.Info(); !ok {
				return errorf(ErrUnsupported, "method %d", m)
			}
		}
		c.methods = slices.Clone(ms)
		return nil
	})
}

// AddOwnCredential adds a credential to authenticate with. It needs its private
// key: ErrPrivateKey otherwise, or ErrKeyKind for a certificate with an RSA key.
// The first one that fits method and cipher suite is used.
func (c *Config) AddOwnCredential(credential *Credential) error {
	return c.change(func() error {
		if credential.psk != nil {
			return errorf(ErrArgument, "a PSK credential is added with AddPSK")
		}
		if err := credential.authenticates(); err != nil {
			return err
		}
		if credential.key == nil {
			return errorf(ErrPrivateKey, "an own credential needs its private key")
		}
		credential.frozen.Store(true)
		c.own = append(c.own, credential)
		return nil
	})
}

// AddPeerCredential adds a credential that is trusted (pinned) as a peer's. It
// gives ErrKeyKind for a certificate with an RSA key.
func (c *Config) AddPeerCredential(credential *Credential) error {
	return c.change(func() error {
		if credential.psk != nil {
			return errorf(ErrArgument, "a PSK credential is added with AddPSK")
		}
		if err := credential.authenticates(); err != nil {
			return err
		}
		credential.frozen.Store(true)
		c.peers = append(c.peers, credential)
		return nil
	})
}

// SetPeerPolicy sets whose credentials are trusted.
func (c *Config) SetPeerPolicy(policy PeerPolicy) error {
	return c.change(func() error {
		switch policy {
		case PolicyPinned, PolicyX509, PolicyCallback, PolicyLearn, PolicyAnyInsecure:
			c.policy = policy
			return nil
		}
		return errorf(ErrUnsupported, "peer policy %d", policy)
	})
}

// SetResolver sets the lookup of credentials that the Config does not know.
func (c *Config) SetResolver(resolver Resolver) error {
	return c.change(func() error { c.resolver = resolver; return nil })
}

// SetPull sets which questions come to the host as a pending status.
func (c *Config) SetPull(questions Pull) error {
	return c.change(func() error {
		if questions&^(PullCredential|PullEAD|PullPeer) != 0 {
			return errorf(ErrUnsupported, "pull question %#x", uint32(questions))
		}
		c.pull = questions
		return nil
	})
}

// SetLimits bounds what a peer can make a Session do.
func (c *Config) SetLimits(limits Limits) error {
	return c.change(func() error {
		for _, limit := range []struct {
			name          string
			value         *int
			standard, max int
		}{
			{"message size", &limits.MessageSize, defaultLimits.MessageSize, maxLimits.MessageSize},
			{"connection identifier", &limits.ConnectionID, defaultLimits.ConnectionID, maxLimits.ConnectionID},
			{"EAD items", &limits.EADItems, defaultLimits.EADItems, maxLimits.EADItems},
			{"candidates", &limits.Candidates, defaultLimits.Candidates, maxLimits.Candidates},
			{"chain", &limits.Chain, defaultLimits.Chain, maxLimits.Chain},
		} {
			if *limit.value == 0 {
				*limit.value = limit.standard
			}
			if *limit.value < 1 || *limit.value > limit.max {
				return errorf(ErrArgument, "limit of %s is %d, allowed are 1 to %d", limit.name, *limit.value, limit.max)
			}
		}
		c.limits = limits
		return nil
	})
}

// RequireMessage4 says that message_4 is part of the protocol (RFC 9528 section
// 5.5): the Responder has to send it, the Initiator is complete only with it.
// Both sides have to agree on this beforehand.
func (c *Config) RequireMessage4(required bool) error {
	return c.change(func() error { c.message4 = required; return nil })
}

// freeze makes the Config immutable and builds its indexes.
func (c *Config) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return
	}
	c.frozen = true
	c.renewal.fill()
	c.byName = make(map[string][]*Credential)
	c.byCred = make(map[string][]*Credential)
	for _, peer := range c.peers {
		for _, name := range peer.names() {
			c.byName[string(name)] = append(c.byName[string(name)], peer)
		}
		key := string(peer.parsed.Cred)
		c.byCred[key] = append(c.byCred[key], peer)
	}
	if c.policy == PolicyLearn {
		c.learned.begin(c.peers)
	}
	if c.methods == nil {
		c.methods = c.methodList()
	}
}
