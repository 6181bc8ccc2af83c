#!/bin/bash
# run.sh <source folder> <folder to build in>: lake.dll for Windows on amd64, by Zig's
# compiler, with an import library; it exports what lake.h has, and C programs that are
# linked with it run in Wine, handshakes among them.
set -euo pipefail
source=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
fail() { echo "windows: $*" >&2; exit 1; }
wine=$(command -v wine64 || command -v wine || ls /usr/lib/wine/wine64) || fail "there is no wine: install wine64"

zig=$source/build/zig # one for all
"$source/tools/dll.sh" "$build" "$zig"

cd "$build"
exports() { objdump -p lake.dll | awk '/\[Ordinal\/Name Pointer\]/ { names = 1; next } names && /\[ *[0-9]+\]/ { print $NF } names && !NF { exit }' | sort; }
diff <(sort "$source/capi/abi/symbols.txt") <(exports) || fail "lake.dll does not export what lake.h has (left), or more (right)"

common=$source/tests/abi/common
export WINEPREFIX=$build/wine WINEDEBUG=-all
for test in handshakes log logswitch structs; do
    "$zig/x86_64-windows-gnu-cc" -Wall -Wextra -Werror -Wno-unused-command-line-argument -I"$source/include" -I"$source/capi" -I"$common" -pthread \
        -o "$test.exe" "$source/tests/abi/$test.c" "$common"/{coap_fixture,fixture}.c lake.lib || fail "$test.c does not compile"
    "$wine" "./$test.exe" lake.dll symbols.txt second.dll || fail "$test failed"
done
