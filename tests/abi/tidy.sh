#!/bin/bash
# tidy.sh <repository> <folder of libcoap's headers>: neither compilers that look closely nor
# clang-tidy have a word to say about the headers, the examples and the C of the library.
set -euo pipefail

cd "$1"
coap=$2
[ -d "$coap" ] || coap=/usr/include # where compilers look anyway
fail() { echo "tidy: $*" >&2; exit 1; }
command -v clang-tidy >/dev/null || fail "there is no clang-tidy: run 'make deps'"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Data and length, and cap and length, stand side by side in every function: that two
# numbers could be exchanged is what the marks of lake_marks.h are for.
checks='-*,bugprone-*,-bugprone-easily-swappable-parameters'
warnings="-Wall -Wextra -Wpedantic -Wconversion -Werror"

look() { # flags, files
    local flags=$1
    shift
    for file; do
        for compiler in gcc clang; do
            # shellcheck disable=SC2086 # lists
            $compiler -std=gnu11 $warnings $flags -O1 -c "$file" -o "$tmp/object.o" || fail "$compiler: $file"
        done
    done
    # shellcheck disable=SC2086
    clang-tidy --quiet --checks="$checks" --warnings-as-errors='*' --header-filter='(include|capi|examples/c)/[a-z_0-9]*\.h$' \
        "$@" -- -std=gnu11 $flags 2>"$tmp/counts" || { cat "$tmp/counts" >&2; fail "clang-tidy"; }
}

printf '#include "lake.h"\n' >"$tmp/header.c"
look "-Iinclude" "$tmp/header.c"
look "-Iinclude -isystem $coap $(pkg-config --cflags p11-kit-1 | sed 's/-I/-isystem /g')" examples/c/*.c

# The declarations of what Go exports are made by cgo.
(cd capi && go list -f '{{join .CgoFiles "\n"}}' . | xargs go tool cgo -objdir "$tmp/cgo" -importpath lake -- \
    -I../include -std=gnu11 -DLAKE_NO_MARKS) || fail "cgo"
look "-Iinclude -Icapi -isystem $tmp/cgo -DLAKE_NO_MARKS -D_GNU_SOURCE" $(find capi -maxdepth 1 -name '*.c' ! -name shim_laketest.c | sort)
