//go:build module

// So go.mod and go.sum name it: the tests read its files.

package judges

import _ "github.com/c2sp/wycheproof"
