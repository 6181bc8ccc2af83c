#!/bin/bash
# symbols.sh <liblake.so> <liblake.a> <symbols.txt> <lake.h> <lake.map>: what the
# libraries show, the frozen list and the header agree.
set -euo pipefail
export LC_ALL=C

so=$1 archive=$2 list=$3 header=$4 map=$5
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "symbols: $*" >&2; exit 1; }

same() { # what, wanted, got
    diff -u "$2" "$3" >&2 || fail "$1 differ (- is wanted, + is there)"
}

sort -u "$list" >"$tmp/list"
same "the lines of symbols.txt and the same sorted" "$tmp/list" "$list"

# A function is declared with its name right before the parenthesis; types of
# callbacks are not: (*name)(.
cc -DLAKE_NO_MARKS -E -P "$header" | grep -oE '\blake_[a-z0-9_]+\(' | tr -d '(' | sort >"$tmp/header"
same "symbols.txt and the functions of lake.h" "$tmp/list" "$tmp/header"

# The absolute symbol (A) is the name of the version itself.
nm -D --defined-only --with-symbol-versions "$so" | awk '$2 != "A" { print $3 }' | sort >"$tmp/versioned"
awk '/^LAKE_/ { node = $1 } /^ *lake_/ { sub(";", ""); print $1 "@@" node }' "$map" | sort >"$tmp/wanted"
same "lake.map and the exports of liblake.so" "$tmp/wanted" "$tmp/versioned"
sed 's/@@.*//' "$tmp/wanted" >"$tmp/mapped"
same "symbols.txt and lake.map" "$tmp/list" "$tmp/mapped"

nm -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort >"$tmp/archive"
same "symbols.txt and the globals of liblake.a" "$tmp/list" "$tmp/archive"

# Both with their local symbols, as far as they have any: no hook of the tests.
for file in "$so" "$archive"; do
    if nm -a "$file" 2>/dev/null | grep -E '\blake_test_|\blakego_test_'; then fail "$file has hooks for tests"; fi
    if grep -aqF lake_test_ "$file"; then fail "$file names hooks for tests"; fi
done

dynamic=$(readelf -dW "$so")
grep -qE 'SONAME.*\[liblake\.so\.1\]' <<<"$dynamic" || fail "the soname is not liblake.so.1"
grep -qE 'FLAGS.*(BIND_NOW|NOW)' <<<"$dynamic" || fail "not linked with -z now"
if grep -E 'RPATH|RUNPATH|TEXTREL' <<<"$dynamic"; then fail "this must not be in the dynamic section"; fi
needed=$(grep -oP 'NEEDED.*\[\K[^]]+' <<<"$dynamic" | grep -vE '^(libc|libpthread|libdl|libresolv|ld-linux.*)\.so' || true)
[ -z "$needed" ] || fail "needs more than libc: $needed"
stack=$(readelf -lW "$so" | awk '$1 == "GNU_STACK" { print $7 }')
[ "$stack" = RW ] || fail "the stack is executable ($stack)"
