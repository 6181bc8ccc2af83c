#!/bin/bash
# run.sh <source folder> <folder to build in> <cmake>: everything with 32 bits. All Go
# tests compile; those of the C library, with LAKE_LONG=1 all of them, and what of the C
# tests needs no OpenSSL run as programs for i386.
set -euo pipefail
source=$1 build=$2 cmake=$3
fail() { echo "i386: $*" >&2; exit 1; }
export GOARCH=386 CGO_ENABLED=1 LDEMULATION=elf_i386 # the last one is for ld, which merges liblake.a

cd "$source"
go vet ./...
if [ -n "${LAKE_LONG:-}" ]; then
    env -u LAKE_LONG go test ./ake/... ./capi/... # in their short forms
else
    go test ./capi/...
fi

"$cmake" -S . -B "$build" -DCMAKE_C_FLAGS=-m32 -DLAKE_BUILD_{TESTS,EXAMPLES,TUNNEL,EXPLAIN}=OFF >/dev/null
"$cmake" --build "$build" >/dev/null
mapfile -t flags <capi/build.flags
go build "${flags[@]}" -buildmode=c-shared -o "$build/second.so" ./tests/abi/second

cc=(gcc -m32) run=()
. tests/cross/programs.sh
programs
