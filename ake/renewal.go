package ake

import (
	"time"
)

// Keys wear out: by what they protect, by time, and by being derived from each
// other. The adviser counts and says when to renew; it never does so itself,
// because both sides have to renew together.

// RenewalLimits says how long keys serve. Zero fields mean the default.
//
// The defaults for messages are those of draft-ietf-core-oscore-key-limits
// section 2.1 (to which draft-ietf-lake-edhoc-impl-cons section 3 refers), far
// below the end of the OSCORE sequence numbers, 2^40 (RFC 8613 section 7.2.1).
// For the others no specification has a figure. RFC 9528 appendix H says that
// EDHOC_KeyUpdate gives significantly weaker security than running EDHOC again,
// and section 9.1 asks for frequent runs: hence a run a day, with at most an
// update an hour in between.
type RenewalLimits struct {
	// Messages protected with one key, in one direction: default 2^20.
	Messages uint64
	// Failures is the number of received messages that did not verify: default
	// 2^20, and 2^14 with AES-CCM and a tag of 8 bytes (the application AEAD of
	// the suites 0 to 3).
	Failures uint64
	// KeyAge is the time since the keys were made, by the run or by KeyUpdate:
	// default one hour.
	KeyAge time.Duration
	// KeySets is the number of key sets (OSCORE contexts, mostly) exported from
	// one run, KeyUpdate making the next: default 24.
	KeySets int
	// RunAge is the time since the run: default 24 hours.
	RunAge time.Duration
}

const (
	defaultMessages     = 1 << 20
	defaultFailures     = 1 << 20
	defaultFailuresCCM8 = 1 << 14
	defaultKeyAge       = time.Hour
	defaultKeySets      = 24
	defaultRunAge       = 24 * time.Hour
)

func (l *RenewalLimits) fill() {
	if l.Messages == 0 {
		l.Messages = defaultMessages
	}
	if l.KeyAge == 0 {
		l.KeyAge = defaultKeyAge
	}
	if l.KeySets == 0 {
		l.KeySets = defaultKeySets
	}
	if l.RunAge == 0 {
		l.RunAge = defaultRunAge
	}
}

// failures is the limit of Failures for an AEAD, by its COSE number.
func (l *RenewalLimits) failures(aead int) uint64 {
	switch {
	case l.Failures != 0:
		return l.Failures
	case aead == appAESCCM64:
		return defaultFailuresCCM8
	}
	return defaultFailures
}

// Reached reports whether a key of the AEAD, by its COSE number, has served for as many
// messages as Messages and Failures say.
func (l RenewalLimits) Reached(aead int, sent, received, failures uint64) bool {
	l.fill()
	return max(sent, received) >= l.Messages || failures >= l.failures(aead)
}

// appAESCCM64 is the COSE number of AES-CCM-16-64-128.
const appAESCCM64 = 10

// Advice is what to do with the keys of a Session.
type Advice int32

// The advice, from the cheapest on.
const (
	AdviceContinue  Advice = 0 // the keys can be used further
	AdviceKeyUpdate Advice = 1 // both sides: KeyUpdate with the same context, then new keys from it
	AdviceNewRun    Advice = 2 // run EDHOC again, as a resumption if there is a key
)

// String returns "continue", "key update" or "new run".
func (a Advice) String() string {
	switch a {
	case AdviceContinue:
		return "continue"
	case AdviceKeyUpdate:
		return "key update"
	case AdviceNewRun:
		return "new run"
	}
	return "unknown advice"
}

// Usage is how far the keys of a Session have been used.
type Usage struct {
	KeySets        int    // exported since the run
	Sent, Received uint64 // messages since the keys were made, as the host reported
	Failures       uint64
	KeyAge, RunAge time.Duration
	Advice         Advice
}

// usage is what a Session remembers of it. The times are those of the calendar.
type usage struct {
	keySets                  int
	exportedNow              bool // the present keys are among keySets
	sent, received, failures uint64
	keysAt, runAt            time.Time
}

func (u *usage) newRun(now time.Time) {
	*u = usage{keysAt: now.Round(0), runAt: now.Round(0)}
}

func (u *usage) newKeys(now time.Time) {
	*u = usage{keySets: u.keySets, keysAt: now.Round(0), runAt: u.runAt}
}

func (u *usage) exported() {
	if !u.exportedNow {
		u.keySets++
		u.exportedNow = true
	}
}

// ReportMessages tells the adviser how many messages were protected with the
// present keys since the last report, in either direction, and how many did not
// verify. It is allowed in every state in which keys can be exported.
func (s *Session) ReportMessages(sent, received, failures uint64) error {
	return s.use(func(out *output, _ *facts) error {
		u := &out.usage
		for _, count := range []struct {
			total *uint64
			more  uint64
		}{{&u.sent, sent}, {&u.received, received}, {&u.failures, failures}} {
			if *count.total += count.more; *count.total < count.more { // no way back to 0
				*count.total = ^uint64(0)
			}
		}
		return nil
	})
}

// Usage returns how far the keys have been used, and what to do about it. The
// time is that of Config.Clock. If the clock went back behind the run, ages are 0 and
// the advice is a new run. It is zero in states in which keys cannot be exported.
func (s *Session) Usage() Usage {
	now := s.party.now().Round(0)
	s.seen.Lock()
	defer s.seen.Unlock()
	p, ok := s.phase.(interface{ keys() *output })
	if !ok {
		return Usage{}
	}
	u, limits := &p.keys().usage, &s.party.renewal
	usage := Usage{
		KeySets: u.keySets, Sent: u.sent, Received: u.received, Failures: u.failures,
		KeyAge: max(0, now.Sub(u.keysAt)), RunAge: max(0, now.Sub(u.runAt)),
	}
	switch {
	case now.Before(u.keysAt.Add(-clockSlack)), usage.RunAge >= limits.RunAge:
		usage.Advice = AdviceNewRun
	case !limits.Reached(s.phase.about().alg.AppAEAD, u.sent, u.received, u.failures) && usage.KeyAge < limits.KeyAge:
		usage.Advice = AdviceContinue
	case u.keySets >= limits.KeySets:
		usage.Advice = AdviceNewRun
	default:
		usage.Advice = AdviceKeyUpdate
	}
	return usage
}
