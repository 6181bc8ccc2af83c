//go:build !laketest

package suite

// count is for tests, see count_laketest.go.
func count(operation) {}
