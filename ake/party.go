package ake

import (
	"encoding/asn1"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/liblake/lake/ake/internal/suite"
)

// Party is what sessions are made from: a Config that was found good. It does not
// change, but for what it is told (AddCRLs) and what it learns (PolicyLearn), and is
// safe for use by many goroutines.
type Party struct {
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
	keyLog    func(text []byte)
	allowed   []PeerName
	anyPeer   bool

	purposes map[Role]asn1.ObjectIdentifier // of peers with the role

	outdatedCRLs bool // are good enough
	tolerance    time.Duration
	now          func() time.Time
	learned      learned

	resumption *ResumptionStore // Responder: looked up besides the PSKs
	renewal    RenewalLimits
	exchange   time.Duration // EXCHANGE_LIFETIME
	restored   claimed

	byName map[string][]*Credential // canonical ID_CRED -> peers
	byCred map[string][]*Credential // CRED -> peers
}

// NewParty checks a Config, once for all sessions. What it does not take gives an
// error that names it: ErrArgument, ErrUnsupported (a suite, method, policy or kind of
// name that is not known here), ErrPrivateKey and ErrKeyKind (a credential that cannot
// be used so), or one of those of AddCRLs. Then the Config is as it was. The
// credentials of one that is taken cannot be changed any more; the Config itself can,
// without effect on the Party.
func NewParty(config Config) (*Party, error) {
	p := &Party{
		policy: config.Policy, resolver: config.Resolver, ead: config.EADHandler, pull: config.Pull,
		message4: config.Message4, verifier: config.Verifier, anyPeer: config.AllowAnyPeer,
		outdatedCRLs: config.AcceptOutdatedCRLs, now: config.Clock, resumption: config.ResumptionStore,
		keyLog: config.KeyLog,
	}
	if p.policy == 0 {
		p.policy = PolicyPinned
	}
	if p.now == nil {
		p.now = time.Now
	}
	for _, take := range []func(*Config) error{
		p.takeSuites, p.takeMethods, p.takeCredentials, p.takePSKs, p.takeQuestions, p.takeLabels, p.takeLimits, p.takeTimes,
		p.takePurposes, p.takeIssuers, p.takeNames,
	} {
		if err := take(&config); err != nil {
			return nil, err
		}
	}
	if err := p.AddCRLs(config.CRLs...); err != nil { // which asks for all of the above
		return nil, err
	}
	p.index()
	return p, nil
}

// Format prints "EDHOC party", whatever the verb.
func (p *Party) Format(f fmt.State, _ rune) { io.WriteString(f, "EDHOC party") }

func (p *Party) takeSuites(config *Config) error {
	for i, id := range config.Suites {
		if suite.Lookup(id) == nil {
			return errorf(ErrUnsupported, "cipher suite %d", id)
		}
		if slices.Contains(config.Suites[:i], id) {
			return errorf(ErrArgument, "cipher suite %d is listed twice", id)
		}
	}
	if len(config.Suites) > 0 {
		p.suites = slices.Clone(config.Suites)
	}
	return nil
}

func (p *Party) takeMethods(config *Config) error {
	for _, m := range config.Methods {
		if _, ok := m.Info(); !ok {
			return errorf(ErrUnsupported, "method %d", m)
		}
	}
	if p.methods = slices.Clone(config.Methods); len(p.methods) == 0 {
		p.methods = nil
		for _, auth := range authentications {
			p.methods = append(p.methods, auth.method().Method)
		}
	}
	return nil
}

func (p *Party) takeCredentials(config *Config) error {
	for _, list := range [][]*Credential{config.Own, config.Peers} {
		for _, credential := range list {
			if credential == nil {
				return errorf(ErrArgument, "nil is no credential")
			}
			if credential.psk != nil {
				return errorf(ErrArgument, "a PSK credential is one of InitiatorPSKs or ResponderPSKs")
			}
			if err := credential.authenticates(); err != nil {
				return err
			}
		}
	}
	for _, own := range config.Own {
		if own.key == nil {
			return errorf(ErrPrivateKey, "an own credential needs its private key")
		}
	}
	p.own, p.peers = slices.Clone(config.Own), slices.Clone(config.Peers)
	return nil
}

func (p *Party) takePSKs(config *Config) error {
	p.psks = map[Role][]*Credential{Initiator: slices.Clone(config.InitiatorPSKs), Responder: slices.Clone(config.ResponderPSKs)}
	for _, list := range p.psks {
		for _, credential := range list {
			if credential == nil || credential.psk == nil {
				return errorf(ErrArgument, "not a PSK credential")
			}
			if !credential.psk.usable() {
				return errorf(ErrArgument, "the key of a PSK credential from a finished session is gone")
			}
		}
	}
	return nil
}

func (p *Party) takeQuestions(config *Config) error {
	switch p.policy {
	case PolicyPinned, PolicyX509, PolicyCallback, PolicyLearn, PolicyAnyInsecure:
	default:
		return errorf(ErrUnsupported, "peer policy %d", p.policy)
	}
	if config.Pull&^(PullCredential|PullEAD|PullPeer) != 0 {
		return errorf(ErrUnsupported, "pull question %#x", uint32(config.Pull))
	}
	return nil
}

func (p *Party) takeLabels(config *Config) error {
	for _, label := range slices.Concat(config.EADLabels, config.EarlyEADLabels) {
		if label <= 0 {
			return errorf(ErrArgument, "EAD label %d is not positive", label)
		}
	}
	p.eadLabels, p.earlyEAD = slices.Clone(config.EADLabels), slices.Clone(config.EarlyEADLabels)
	return nil
}

func (p *Party) takeLimits(config *Config) error {
	p.limits, p.renewal = config.Limits, config.RenewalLimits
	for _, limit := range []struct {
		name          string
		value         *int
		standard, max int
	}{
		{"message size", &p.limits.MessageSize, defaultLimits.MessageSize, maxLimits.MessageSize},
		{"connection identifier", &p.limits.ConnectionID, defaultLimits.ConnectionID, maxLimits.ConnectionID},
		{"EAD items", &p.limits.EADItems, defaultLimits.EADItems, maxLimits.EADItems},
		{"candidates", &p.limits.Candidates, defaultLimits.Candidates, maxLimits.Candidates},
		{"chain", &p.limits.Chain, defaultLimits.Chain, maxLimits.Chain},
	} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
		if *limit.value < 1 || *limit.value > limit.max {
			return errorf(ErrArgument, "limit of %s is %d, allowed are 1 to %d", limit.name, *limit.value, limit.max)
		}
	}
	if p.renewal.KeyAge < 0 || p.renewal.RunAge < 0 || p.renewal.KeySets < 0 {
		return errorf(ErrArgument, "a limit of renewal is negative")
	}
	p.renewal.fill()
	return nil
}

func (p *Party) takeTimes(config *Config) error {
	p.exchange, p.tolerance = config.ExchangeLifetime, config.ClockTolerance
	switch {
	case p.exchange < 0:
		return errorf(ErrArgument, "the exchange lifetime is negative")
	case p.exchange == 0:
		p.exchange = defaultExchangeLifetime
	}
	switch {
	case p.tolerance == NoTolerance:
		p.tolerance = 0
	case p.tolerance == 0:
		p.tolerance = defaultTolerance
	case p.tolerance < 0 || p.tolerance > maxTolerance:
		return errorf(ErrArgument, "clock tolerance of %v, allowed are 0 to %v", p.tolerance, maxTolerance)
	}
	return nil
}

func (p *Party) takeNames(config *Config) error {
	for _, n := range config.AllowedPeers {
		if err := n.check(); err != nil {
			return err
		}
	}
	p.allowed = slices.Clone(config.AllowedPeers)
	return nil
}

// index keeps the credentials as they are from here on, and makes the peers known.
func (p *Party) index() {
	for _, list := range [][]*Credential{p.own, p.peers, p.psks[Initiator], p.psks[Responder]} {
		for _, credential := range list {
			credential.frozen.Store(true)
		}
	}
	p.byName = make(map[string][]*Credential)
	p.byCred = make(map[string][]*Credential)
	for _, peer := range p.peers {
		for _, name := range peer.names() {
			p.byName[string(name)] = append(p.byName[string(name)], peer)
		}
		key := string(peer.parsed.Cred)
		p.byCred[key] = append(p.byCred[key], peer)
	}
	if p.policy == PolicyLearn {
		p.learned.begin(p.peers)
	}
}

// NewSession starts a run in a role. It gives ErrArgument for what is none.
func (p *Party) NewSession(role Role) (*Session, error) {
	if role != Initiator && role != Responder {
		return nil, errorf(ErrArgument, "unknown role")
	}
	return newSession(p, role, &start{}), nil
}
