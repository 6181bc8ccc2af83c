package ake

import (
	"bytes"
	"fmt"
	"testing"
)

// learner is one endpoint with PolicyLearn, in either role, that meets peers one
// after the other.
type learner struct {
	t      *testing.T
	role   Role
	own    *Credential
	config *hostConfig
}

func newLearner(t *testing.T, role Role, prepare ...func(*hostConfig)) *learner {
	t.Helper()
	l := &learner{t: t, role: role, own: newCCS(t, KeyP256, "learner", []byte("l")), config: newConfig()}
	l.config.Policy = PolicyLearn
	l.config.Methods = []Method{3}
	l.config.Suites = []int{2}
	l.config.Own = append(l.config.Own, l.own)
	all(prepare...)(l.config)
	return l
}

// reach lets a peer present itself, and returns the learner's session before it
// looks at that.
func (l *learner) reach(peer *Credential) *meeting {
	l.t.Helper()
	c := newConfig()
	c.Methods = []Method{3}
	c.Suites = []int{2}
	c.Own = append(c.Own, peer)
	c.Peers = append(c.Peers, public(l.own))
	if l.role == Initiator {
		i, r := value[*Session](l.t)(l.config.NewSession(Initiator)), value[*Session](l.t)(c.NewSession(Responder))
		pass(l.t, 1, i, r)
		return &meeting{i, r, value[[]byte](l.t)(r.PrepareMessage2())}
	}
	i, r := value[*Session](l.t)(c.NewSession(Initiator)), value[*Session](l.t)(l.config.NewSession(Responder))
	pass(l.t, 1, i, r)
	pass(l.t, 2, i, r)
	return &meeting{r, i, value[[]byte](l.t)(i.PrepareMessage3())}
}

// meets checks what becomes of a peer, and whether it is new.
func (l *learner) meets(what string, peer *Credential, want Status, isNew bool) {
	l.t.Helper()
	m := l.reach(peer)
	wantVerdict(l.t, what, m.judge, m.process(), want)
	if got := m.judge.PeerIsNew(); got != isNew {
		l.t.Errorf("%s: new: %v", what, got)
	}
}

func sender(t *testing.T, subject string) *Credential {
	c := newCCS(t, KeyP256, subject, nil)
	must(t, c.SetID(IDKccs, nil))
	return c
}

// TestR17_Learn: a raw key is accepted and reported once; after that its subject
// has this key and no other.
func TestR17_Learn(t *testing.T) {
	for _, role := range bothRoles {
		l := newLearner(t, role)
		seven, other := sender(t, "sensor-7"), sender(t, "sensor-8")
		l.meets("a new one", seven, OK, true)
		l.meets("the same again", seven, OK, false)
		l.meets("another one", other, OK, true)
		l.meets("the first again", seven, OK, false)
		l.meets("another key under a known name", sender(t, "sensor-7"), ErrCredentialUntrusted, false)
		l.meets("and again", sender(t, "sensor-7"), ErrCredentialUntrusted, false)
		l.meets("the first after that", seven, OK, false)
		l.meets("nobody in particular", sender(t, ""), OK, true)
		l.meets("another one without a name", sender(t, ""), OK, true)

		// The same key under another name is another identity (R17).
		renamed := ccsOf(t, KeyP256, "sensor-9", nil, nil, seven.PublicKey())
		renamed.key = seven.key
		must(t, renamed.SetID(IDKccs, nil))
		l.meets("the same key under another name", renamed, OK, true)
		renamed = ccsOf(t, KeyP256, "sensor-8", nil, nil, seven.PublicKey())
		renamed.key = seven.key
		must(t, renamed.SetID(IDKccs, nil))
		l.meets("the same key under a name that is taken", renamed, ErrCredentialUntrusted, false)
	}
}

// TestR17_LearnedIsPinned: what the host has kept, and pinned after a restart, is
// as good as learned: its subject is not somebody else's.
func TestR17_LearnedIsPinned(t *testing.T) {
	for _, role := range bothRoles {
		seven := sender(t, "sensor-7")
		first := newLearner(t, role)
		m := first.reach(seven)
		must(t, m.process())
		kept := m.judge.PeerCredential()
		if !bytes.Equal(kept.Bytes(), seven.Bytes()) {
			t.Errorf("to be kept is %x", kept.Bytes())
		}
		rolled := sender(t, "sensor-7") // a second key of it
		second := newLearner(t, role, func(c *hostConfig) {
			c.Peers = append(c.Peers, kept)
			c.Peers = append(c.Peers, public(rolled))
		})
		second.meets("the pinned one", seven, OK, false)
		second.meets("its second key", rolled, OK, false)
		second.meets("a third one", sender(t, "sensor-7"), ErrCredentialUntrusted, false)
		second.meets("a new one", sender(t, "sensor-8"), OK, true)
	}
}

// TestLearnOnlyWhoAuthenticates: who cannot prove to have the key is not learned.
func TestLearnOnlyWhoAuthenticates(t *testing.T) {
	for _, role := range bothRoles {
		l := newLearner(t, role)
		victim, thief := sender(t, "sensor-7"), sender(t, "thief")
		claimed := public(victim)
		claimed.key = thief.key
		l.meets("somebody with another's credential", claimed, ErrMAC, false)
		l.meets("the owner of the name, with another key", sender(t, "sensor-7"), OK, true)
		l.meets("the victim, too late", victim, ErrCredentialUntrusted, false)

		// Rejected by the host: not learned either.
		rejected := newLearner(t, role, func(c *hostConfig) { c.Pull = PullPeer })
		m := rejected.reach(victim)
		wantStatus(t, "pending", m.process(), PendingPeer)
		must(t, m.judge.RejectPeer(ErrPeerRejected))
		m = rejected.reach(sender(t, "sensor-7"))
		wantStatus(t, "another key", m.process(), PendingPeer)
		must(t, m.judge.Continue())
		if !m.judge.PeerIsNew() {
			t.Error("the key is not new")
		}
	}
}

// TestLearnRace: two sessions under way at once cannot both learn a key for one
// subject.
func TestLearnRace(t *testing.T) {
	for _, role := range bothRoles {
		l := newLearner(t, role, func(c *hostConfig) { c.Pull = PullPeer })
		one, two := l.reach(sender(t, "sensor-7")), l.reach(sender(t, "sensor-7"))
		wantStatus(t, "the first", one.process(), PendingPeer)
		wantStatus(t, "the second", two.process(), PendingPeer)
		must(t, two.judge.Continue())
		wantVerdict(t, "the first, too late", one.judge, one.judge.Continue(), ErrCredentialUntrusted)
		if isNew := one.judge.PeerIsNew(); isNew {
			t.Error("a refused key is new")
		}
	}
}

// TestLearnBounded: an attacker with many keys fills what can be learned, but not
// more, and takes no name from those who were there before.
func TestLearnBounded(t *testing.T) {
	l := newLearner(t, Responder)
	seven := sender(t, "sensor-7")
	l.meets("the first", seven, OK, true)
	for n := range maxLearned - 1 {
		l.config.party.learned.keys[[32]byte{byte(n), byte(n >> 8), 1}] = true
	}
	l.meets("one too many", sender(t, "sensor-8"), ErrCredentialUntrusted, false)
	l.meets("one more, without a name", sender(t, ""), ErrCredentialUntrusted, false)
	l.meets("the first", seven, OK, false)
	l.meets("another key of the first", sender(t, "sensor-7"), ErrCredentialUntrusted, false)
	if len(l.config.party.learned.keys) != maxLearned {
		t.Errorf("%d keys are kept", len(l.config.party.learned.keys))
	}
}

// TestLearnNothingElse: only raw keys by value are learned; what else comes goes
// to the host, and a reference is nothing to learn from.
func TestLearnNothingElse(t *testing.T) {
	a := newAuthority()
	raw := newCCS(t, KeyP256, "sensor-7", []byte("s7"))
	cwt := cwtOf(t, newKey(t, KeyEd25519), "")
	for _, presented := range []*Credential{raw, cwt, a.credential(t, IDX5Chain, ""), a.credential(t, IDX5T, "")} {
		for _, role := range bothRoles {
			what := fmt.Sprintf("%x of the %v", presented.IDCred()[:3], role)
			want := ErrCredentialUntrusted
			if presented == raw || presented.IDCred()[2] == byte(IDX5T) {
				want = ErrCredentialUnknown
			}
			asked := 0
			l := newLearner(t, role, asks(t, &asked))
			l.meets(what+", not known", presented, want, false)
			known := newLearner(t, role, asks(t, &asked, public(presented)))
			known.meets(what+", known", presented, OK, false)
			if asked != 2 {
				t.Errorf("%s: the host was asked %d times", what, asked)
			}
		}
	}
	broken := sender(t, "sensor-7")
	must(t, broken.SetIDCred([]byte{0xa1, 14, 0xa1, 8, 0})) // a map, but no CCS
	newLearner(t, Responder).meets("no CCS", broken, ErrCredentialMalformed, false)
}

// TestLearnOneself: PolicyLearn does not make a session with oneself.
func TestLearnOneself(t *testing.T) {
	second := sender(t, "a second key of the learner's")
	for _, role := range bothRoles {
		l := newLearner(t, role, func(c *hostConfig) { c.Own = append(c.Own, second) })
		twin := ccsOf(t, KeyP256, "a twin", nil, nil, second.PublicKey())
		twin.key = second.key
		must(t, twin.SetID(IDKccs, nil))
		l.meets("one's own key", twin, ErrOwnCredential, false)
	}
}
