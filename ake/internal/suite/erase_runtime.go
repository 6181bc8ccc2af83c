//go:build goexperiment.runtimesecret && linux && (amd64 || arm64)

package suite

import "runtime/secret"

// erasing runs f, after which nothing that f had on its stack and in registers is
// left. What f allocated is overwritten when the garbage collector frees it: that
// reaches the copies of private keys that libraries make. f must not call C
// (golang/go issue 78999).
func erasing(f func()) { secret.Do(f) }
