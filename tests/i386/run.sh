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

"$cmake" -S . -B "$build" -DCMAKE_C_FLAGS=-m32 -DLAKE_BUILD_TESTS=OFF -DLAKE_BUILD_EXAMPLES=OFF >/dev/null
"$cmake" --build "$build" >/dev/null
go build -buildmode=c-shared -o "$build/second.so" ./tests/abi/second

common=tests/abi/common
cc=(gcc -m32 -Wall -Wextra -Werror -Iinclude -Icapi -I"$common" -pthread)
linked='environment handshakes log logswitch preemption structs'
loading='dlopen handlers process'
for test in $linked; do
    "${cc[@]}" -o "$build/$test" "tests/abi/$test.c" "$common"/{coap_fixture,fixture}.c "$build/liblake.so" \
        -Wl,-rpath,"$build" || fail "$test.c does not compile"
    "$build/$test" liblake.so symbols.txt second.so || fail "$test failed"
done
for test in $loading; do
    "${cc[@]}" -o "$build/$test" "tests/abi/$test.c" || fail "$test.c does not compile"
    "$build/$test" "$build/liblake.so" "$source/capi/abi/symbols.txt" "$build/second.so" || fail "$test failed"
done
