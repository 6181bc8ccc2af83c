// The judges are a module of their own: what they need, 26 MB in archives and 110 MB
// on disk, is nobody's dependency who only uses liblake.
module github.com/liblake/lake/ake/internal/judges

go 1.26.4

toolchain go1.26.11

require (
	github.com/Netflix/bettertls v0.0.0-20250909192348-e1e99e353074
	github.com/c2sp/wycheproof v0.0.0-20260902155932-3fa63dd0344a
	github.com/liblake/lake v0.0.0
	github.com/pion/dtls/v3 v3.1.15
)

require (
	filippo.io/edwards25519 v1.2.0 // indirect
	filippo.io/nistec v0.0.4 // indirect
	github.com/cloudflare/circl v1.6.5 // indirect
	github.com/fxamacker/cbor/v2 v2.10.0 // indirect
	github.com/google/uuid v1.3.0 // indirect
	github.com/pion/logging v0.2.4 // indirect
	github.com/pion/transport/v5 v5.1.4 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/liblake/lake => ../../..
