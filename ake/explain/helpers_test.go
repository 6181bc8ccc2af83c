package explain

import (
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

func suites(t testing.TB, id int) *suite.Suite {
	t.Helper()
	alg := suite.Lookup(id)
	if alg == nil {
		t.Fatalf("no suite %d", id)
	}
	return alg
}
