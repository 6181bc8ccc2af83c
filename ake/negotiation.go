package ake

import (
	"slices"

	"github.com/liblake/lake/ake/internal/message"
	"github.com/liblake/lake/ake/internal/suite"
)

// Cipher suite negotiation (RFC 9528 section 6.3), and the choice of the method.

// choice is what an Initiator was told to use.
type choice struct {
	suite   *suite.Suite // nil: the most preferred
	methods []Method     // nil: those of the Config
}

// attempt is what an Initiator offered in message_1.
type attempt struct {
	auth       authentication
	suites     []int // all that could be offered, the preferred one first
	refused    []int // by the peer, before
	resumption *resumption
}

// suitesI are the suites of message_1: up to the selected one (section 5.2.2).
func (a *attempt) suitesI(selected *suite.Suite) []int64 {
	var ids []int64
	for _, id := range a.suites {
		ids = append(ids, int64(id))
		if id == selected.ID {
			break
		}
	}
	return ids
}

// choose picks the method, the suites to offer, the selected one of them and the
// own credential.
func (p *start) choose(in *env) (*attempt, *suite.Suite, *Credential, error) {
	wish, methods := in.wish(p), in.party.methods
	if wish.methods != nil {
		methods = wish.methods
	}
	if p.resumption != nil {
		methods = []Method{resumingMethod}
	}
	for _, method := range methods {
		auth := authenticationOf(method)
		suites := p.usableSuites(in, auth)
		for _, id := range suites {
			alg := suite.Lookup(id)
			if wish.suite == nil || wish.suite.ID == id {
				if err := in.checkExpectation(auth); err != nil {
					return nil, nil, nil, err
				}
				return &attempt{auth, suites, p.refused, p.resumption}, alg, in.ownForRun(p.resumption, auth, alg), nil
			}
		}
	}
	return nil, nil, nil, in.noCredential("for the Initiator")
}

// wish is the choice that holds: one for this run before one for the Session.
func (in *env) wish(p *start) choice {
	switch {
	case p.choice != nil:
		return *p.choice
	case in.settings.choice != nil && p.resumption == nil:
		return *in.settings.choice
	}
	return choice{}
}

// noCredential says why there is none: the only one may lack its y-coordinate.
func (in *env) noCredential(detail string) error {
	for _, own := range append(slices.Clone(in.party.own), in.settings.own) {
		if own != nil && own.lacksY() {
			return errorf(ErrKeyKind, "nobody could verify a signature of %s: the key has no y-coordinate", own.Describe())
		}
	}
	return errorf(ErrNoCredential, "%s", detail)
}

// usableSuites are the suites with which an Initiator can authenticate: of those of
// the Config, if it was told, or of all. For a resumption without such a list it is
// the suite of the run that the key comes from.
func (p *start) usableSuites(in *env, auth authentication) []int {
	if p.resumption != nil && in.party.suites == nil {
		return []int{p.resumption.suite}
	}
	return slices.DeleteFunc(in.party.suiteList(), func(id int) bool { return in.ownForRun(p.resumption, auth, suite.Lookup(id)) == nil })
}

// suiteList is a list of the suites of the Config.
func (p *Party) suiteList() []int {
	if p.suites == nil {
		return Suites()
	}
	return slices.Clone(p.suites)
}

// acceptMethod finds the method of a message_1.
func (in *env) acceptMethod(m int64) (authentication, error) {
	auth := authenticationOf(Method(m))
	if int64(Method(m)) != m || auth == nil || !auth.accepts(in.party) {
		return nil, errorf(ErrMethod, "method %d", m)
	}
	return auth, nil
}

// suitesToAccept are the suites with which a Responder can authenticate.
func (in *env) suitesToAccept(auth authentication) ([]int, error) {
	if auth.asksHost(in.party) {
		return in.party.suiteList(), nil
	}
	suites := slices.DeleteFunc(in.party.suiteList(), func(id int) bool { return in.ownFor(auth, suite.Lookup(id)) == nil })
	switch {
	case len(suites) > 0:
		return suites, nil
	case len(in.party.own)+len(in.party.psks[Responder]) == 0 && in.settings.own == nil:
		return nil, in.noCredential("for the Responder") // a fault of this side
	}
	return nil, errorf(ErrMethod, "no own credential for method %d", auth.method().Method)
}

// acceptSuite holds the rule of section 6.3.1: the selected suite is the first
// of SUITES_I that the Responder supports.
func acceptSuite(m1 *message.Message1, supported []int) (*suite.Suite, error) {
	for _, id := range m1.SuitesI {
		if !slices.ContainsFunc(supported, func(own int) bool { return int64(own) == id }) {
			continue
		}
		if id != m1.SelectedSuite() {
			return nil, errorf(ErrSuite, "%d is selected, but the Initiator prefers %d", m1.SelectedSuite(), id)
		}
		return suite.Lookup(int(id)), nil
	}
	return nil, errorf(ErrSuite, "%d is not supported", m1.SelectedSuite())
}

// SelectSuite makes message_1 select another cipher suite than the most
// preferred one, for example the one that this Responder was found to support
// (RFC 9528 section 6.3.1).
func (s *Session) SelectSuite(id int) error {
	return s.choose(func(c *choice) error {
		if c.suite = suite.Lookup(id); c.suite == nil || s.party.suites != nil && !slices.Contains(s.party.suites, id) {
			return errorf(ErrArgument, "cipher suite %d is not among those of the configuration", id)
		}
		return nil
	})
}

// SelectMethod makes message_1 use this method of the configuration, for example
// one that the Responder was found to support.
func (s *Session) SelectMethod(m Method) error {
	return s.choose(func(c *choice) error {
		if c.methods = []Method{m}; !slices.Contains(s.party.methods, m) {
			return errorf(ErrArgument, "method %d is not among those of the configuration", m)
		}
		return nil
	})
}

// choose changes the choice that holds: that of this run, if it has one of its own.
func (s *Session) choose(change func(*choice) error) error {
	return s.do(evSetSuite, func() (phase, error) {
		p := s.phase.(*start)
		wish := s.wish(p)
		if err := change(&wish); err != nil {
			return nil, err
		}
		if p.choice == nil && p.resumption == nil {
			s.settings.choice = &wish
			return p, nil
		}
		next := *p
		next.choice = &wish
		return &next, nil
	})
}

// Restart begins a new run after the Responder refused the cipher suite with
// error code 2 (RFC 9528 section 6.3): it selects the most preferred suite that
// both sides support, with a new ephemeral key. EAD_1 is kept.
//
// It gives ErrNoCommonSuite if there is none, and ErrSuiteLoop if the Responder
// has refused that suite before, as happens when error messages are forged.
func (s *Session) Restart() error {
	return s.do(evRestart, func() (phase, error) {
		p := s.phase.(*failed)
		if p.cause.Status != ErrPeerSuite {
			return nil, errorf(ErrState, "the run did not end with a refused cipher suite")
		}
		if p.attempt.resumption != nil {
			return nil, errorf(ErrState, "a resumption was refused: FallBack begins anew")
		}
		refused := append(slices.Clone(p.attempt.refused), p.alg.ID)
		for _, id := range p.attempt.suites {
			if !slices.Contains(p.suitesIn, int64(id)) {
				continue
			}
			if slices.Contains(refused, id) {
				return nil, errorf(ErrSuiteLoop, "cipher suite %d was refused before", id)
			}
			return &start{
				facts:   facts{cI: p.cI, suitesIn: p.suitesIn},
				choice:  &choice{suite.Lookup(id), []Method{p.auth.method().Method}},
				refused: refused,
			}, nil
		}
		return nil, errorf(ErrNoCommonSuite, "SUITES_R %v", p.suitesIn)
	})
}

// maxPeerSuites bounds what is kept of a list of the peer: a message of 64 KiB names
// 65,000, of which each would take eight bytes as long as the run waits.
const maxPeerSuites = 256

// firstSuites is what is kept of a list of the peer.
func firstSuites(ids []int64) []int64 {
	if len(ids) <= maxPeerSuites {
		return ids
	}
	return slices.Clone(ids[:maxPeerSuites])
}

// PeerSuites returns the cipher suites that the peer named: SUITES_I of
// message_1, or SUITES_R of an error message with code 2; of a longer list the
// first 256. It is nil if the peer named none.
func (s *Session) PeerSuites() []int64 { return slices.Clone(s.known().about().suitesIn) }
