package cred

import (
	"fmt"
	"math"
	"time"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// claims are those of a CWT or a CCS.
type claims []cborx.Pair

// confirmation reads the COSE_Key in the 'cnf' claim (RFC 8747 section 3.2).
func (c claims) confirmation(of string) (*cose.Key, *suite.PublicKey, error) {
	coseKey, ok := lookup(c, claimCnf)
	if ok {
		var confirmation []cborx.Pair
		if confirmation, ok = coseKey.Map(); ok {
			coseKey, ok = lookup(confirmation, cnfCOSEKey)
		}
	}
	if !ok {
		return nil, nil, fmt.Errorf("%w: the %s has no COSE_Key in a cnf claim", ErrMalformed, of)
	}
	key, err := cose.ParseKey(coseKey)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	public, err := PublicKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return key, public, nil
}

// check checks the types of the registered claims.
func (c claims) check() error {
	for _, pair := range c {
		label, ok := pair.Key.Int()
		if !ok {
			if pair.Key.Kind() != cborx.Text && pair.Key.Kind() != cborx.Int {
				return fmt.Errorf("%w: the name of a claim is neither an int nor text", ErrMalformed)
			}
			continue
		}
		switch label {
		case claimIss, claimSub:
			_, ok = pair.Value.Text()
		case claimCti:
			_, ok = pair.Value.Bytes()
		case claimExp, claimNbf, claimIat:
			_, ok = numericDate(pair.Value)
		}
		if !ok {
			return fmt.Errorf("%w: value of claim %d", ErrMalformed, label)
		}
	}
	return nil
}

// text returns a claim that is text, "" if it is absent.
func (c claims) text(label int64) string {
	value, ok := lookup(c, label)
	if !ok {
		return ""
	}
	text, _ := value.Text()
	return text
}

// date returns a claim that is a NumericDate.
func (c claims) date(label int64) (time.Time, bool) {
	value, ok := lookup(c, label)
	if !ok {
		return time.Time{}, false
	}
	return numericDate(value)
}

// checkTime checks the dates, each of which may be off by the tolerance.
func (c claims) checkTime(now time.Time, tolerance time.Duration) error {
	earliest, latest := now.Add(-tolerance), now.Add(tolerance)
	if exp, ok := c.date(claimExp); ok && !earliest.Before(exp) {
		return fmt.Errorf("%w: exp is %s", ErrExpired, exp.Format(time.RFC3339))
	}
	if nbf, ok := c.date(claimNbf); ok && latest.Before(nbf) {
		return fmt.Errorf("%w: nbf is %s", ErrNotYetValid, nbf.Format(time.RFC3339))
	}
	if iat, ok := c.date(claimIat); ok && latest.Before(iat) {
		return fmt.Errorf("%w: iat is %s", ErrNotYetValid, iat.Format(time.RFC3339))
	}
	return nil
}

// numericDate reads seconds since 1970, an integer or a float without a tag
// (RFC 8392 section 2), from the year 1 to 9999.
func numericDate(value cborx.Item) (time.Time, bool) {
	const first, last = -62135596800, 253402300799
	if seconds, ok := value.Int(); ok {
		return time.Unix(seconds, 0).UTC(), first <= seconds && seconds <= last
	}
	seconds, ok := value.Float()
	if !ok || !(first <= seconds && seconds <= last) { // NaN is not
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}
