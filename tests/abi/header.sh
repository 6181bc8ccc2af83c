#!/bin/bash
# header.sh <lake.h>: it compiles by itself and twice, as every C and C++ that we
# promise, without a warning; and it says something about every function.
set -euo pipefail

header=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "header: $*" >&2; exit 1; }

for source in one.c one.cpp; do
    cat >"$tmp/$source" <<'END'
#include "lake.h"
#include "lake.h"
static const struct lake_limits limits = {sizeof limits, 0, 0, 0, 0, 0};
int main(void);
int main(void)
{
    lake_status status = LAKE_ERR_ARGUMENT;
    const char *(*version)(void) = lake_version;
    return status == LAKE_OK || version == 0 || limits.struct_size == 0;
}
END
done

warnings="-Wall -Wextra -Werror -pedantic -Wundef -Wconversion"
for compiler in gcc clang; do
    for standard in c99 c11 c17; do
        $compiler -std=$standard $warnings -Wstrict-prototypes -I"$(dirname "$header")" -c "$tmp/one.c" -o "$tmp/one.o" ||
            fail "$compiler -std=$standard"
    done
done
for compiler in g++ clang++; do
    for standard in c++11 c++17 c++20; do
        $compiler -std=$standard $warnings -I"$(dirname "$header")" -c "$tmp/one.cpp" -o "$tmp/one.o" ||
            fail "$compiler -std=$standard"
    done
done
# C++ programs see C names.
nm "$tmp/one.o" | grep -q ' U lake_version$' || fail "names are mangled in C++"

# A declaration begins a line, and a doc comment ends right before it.
awk '
    /^\/\*\*/ { doc = 1 }
    /\*\/$/ { documented = doc ? NR : 0; doc = 0 }
    /^[a-z].*[ *]lake_[a-z0-9_]+\(/ && !/^typedef/ {
        functions++
        if (documented != NR - 1) { print "no doc comment: " $0; missing = 1 }
    }
    END {
        if (functions < 90) { print "only " functions " functions found"; missing = 1 }
        exit missing
    }' "$header" >&2 || fail "functions without documentation"

# Nothing in a signature whose size is not the same for everybody.
if sed 's|//.*||' "$header" | grep -nE '^ *(enum|bool|_Bool|long|unsigned)\b'; then fail "types of varying size"; fi
