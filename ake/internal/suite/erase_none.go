//go:build !(goexperiment.runtimesecret && linux && (amd64 || arm64))

package suite

// erasing runs f. Built without GOEXPERIMENT=runtimesecret, or for a platform for
// which Go does not have it, the copies of private keys that libraries make stay in
// memory until that is used again.
func erasing(f func()) { f() }
