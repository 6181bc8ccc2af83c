package ake

import (
	"fmt"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// TestClockTolerance: five minutes unless the host says otherwise, for certificates
// and CWTs.
func TestClockTolerance(t *testing.T) {
	const minute = time.Minute
	from, until := certtest.Now.Add(-time.Hour), certtest.Now.Add(time.Hour)
	a := newAuthority(func(s *certtest.Spec) { s.NotBefore, s.NotAfter = from, until })
	issuer := newKey(t, KeyP256)
	date := func(label int64, at time.Time) *Credential {
		return cwtOf(t, issuer, "", func(d map[int64]int64) { d[label] = at.Unix() })
	}
	certificate := a.credential(t, IDX5Chain, "")
	early, late := ErrNotYetValid, ErrExpired
	for _, test := range []struct {
		name      string
		presented *Credential
		at        time.Time
		usual     Status // with the default of 5 minutes
		hour      Status
		none      Status
	}{
		{"notBefore", certificate, from, OK, OK, OK},
		{"5 minutes before notBefore", certificate, from.Add(-5 * minute), OK, OK, early},
		{"6 minutes before notBefore", certificate, from.Add(-6 * minute), early, OK, early},
		{"two hours before notBefore", certificate, from.Add(-2 * time.Hour), early, early, early},
		{"notAfter", certificate, until, OK, OK, OK},
		{"5 minutes after notAfter", certificate, until.Add(5 * minute), OK, OK, late},
		{"6 minutes after notAfter", certificate, until.Add(6 * minute), late, OK, late},
		{"two hours after notAfter", certificate, until.Add(2 * time.Hour), late, late, late},
		{"issued in 5 minutes", date(6, from.Add(5*minute)), from, OK, OK, early},
		{"issued in 6 minutes", date(6, from.Add(6*minute)), from, early, OK, early},
		{"valid in 5 minutes", date(5, from.Add(5*minute)), from, OK, OK, early},
		{"valid in 6 minutes", date(5, from.Add(6*minute)), from, early, OK, early},
		{"expired for 4 minutes", date(4, from.Add(-4*minute)), from, OK, OK, late},
		{"expired for 5 minutes", date(4, from.Add(-5*minute)), from, late, OK, late},
		{"expires this second", date(4, from), from, OK, OK, late},
	} {
		for tolerance, want := range map[time.Duration]Status{5 * minute: test.usual, time.Hour: test.hour, NoTolerance: test.none} {
			prepare := all(trusting(t, a.root), func(c *hostConfig) {
				c.CWTIssuers = append(c.CWTIssuers, CWTIssuer{issuerOf(t, issuer.Public()), ""})
				c.SetTime(test.at)
				if tolerance == 5*minute { // the default, which trusting has changed
					c.ClockTolerance = 0
				} else {
					c.ClockTolerance = tolerance
				}
			})
			for _, role := range bothRoles {
				s, err := present(t, 3, role, test.presented, prepare)
				wantVerdict(t, fmt.Sprintf("%s, tolerance %v", test.name, tolerance), s, err, want)
			}
		}
	}
	for _, wrong := range []time.Duration{-2, -time.Hour, 24*time.Hour + 1, 1<<63 - 1} {
		wantStatus(t, fmt.Sprint(wrong), checked(Config{ClockTolerance: wrong}), ErrArgument)
	}
	if p := value[*Party](t)(NewParty(Config{})); p.tolerance != 5*minute {
		t.Errorf("the default is %v", p.tolerance)
	}
	for _, right := range []time.Duration{NoTolerance, 0, time.Second, 24 * time.Hour} {
		must(t, checked(Config{ClockTolerance: right}))
	}
}
