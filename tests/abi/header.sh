#!/bin/bash
# header.sh <lake.h>: it and what it includes compile by itself and twice, as every C and C++ that we
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

# What the marks in lake_marks.h are for: mistakes of callers that compilers see.
mistake() { # text of the warning, compilers, call
    for compiler in $2; do
        printf '#include "lake.h"\nvoid f(lake_session *s);\nvoid f(lake_session *s)\n{\n    uint8_t small[4] = {0};\n    size_t len = 0;\n    %s\n    (void)len, (void)small;\n}\n' "$3" >"$tmp/mistake.c"
        if $compiler -O2 -Wall -Wextra -Werror -I"$(dirname "$header")" -c "$tmp/mistake.c" -o "$tmp/mistake.o" 2>"$tmp/said"; then
            fail "$compiler sees nothing wrong with: $3"
        fi
        grep -q -e "$1" "$tmp/said" || { cat "$tmp/said" >&2; fail "$compiler says something else of: $3"; }
        $compiler -O2 -Wall -Wextra -Werror -DLAKE_NO_MARKS -I"$(dirname "$header")" -c "$tmp/mistake.c" -o "$tmp/mistake.o" ||
            fail "LAKE_NO_MARKS leaves marks"
    done
}
mistake unused-result "gcc clang" 'len = 0; lake_session_step(s, small, len, small, sizeof small, &len);'
mistake nonnull "gcc clang" 'if (lake_session_prepare_error(s, small, sizeof small, NULL)) len = 0;'
mistake nonnull "gcc clang" 'if (lake_session_info(s, NULL)) len = 0;'
mistake stringop-overflow gcc 'if (lake_session_prepare_error(s, small, 8, &len)) len = 0;'
mistake stringop-over gcc 'if (lake_session_process_error(s, (const uint8_t *)"123", 9)) len = 0;'
cat >"$tmp/back.c" <<'END' # what may be ignored
#include "lake.h"
void f(lake_session *s, lake_coap_ids *ids);
void f(lake_session *s, lake_coap_ids *ids)
{
    lake_session_free(s);
    lake_session_free(NULL);
    lake_coap_ids_release(ids, NULL, 0);
}
END

warnings="-Wall -Wextra -Werror -Wpedantic -Wundef -Wconversion -Wredundant-decls"
for compiler in gcc clang; do
    $compiler $warnings -I"$(dirname "$header")" -c "$tmp/back.c" -o "$tmp/back.o" || fail "$compiler: giving back"
done
for other in lake_coap.h lake_endpoint.h; do # which work alone, too
    sed "s/lake\\.h/$other/" "$tmp/one.c" >"$tmp/other.c"
    gcc $warnings -I"$(dirname "$header")" -c "$tmp/other.c" -o "$tmp/other.o" || fail "$other"
done
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
    /\*\/$/ { documented = doc ? FNR : 0; doc = 0 }
    /^[a-z].*[ *]lake_[a-z0-9_]+\(/ && !/^typedef/ {
        functions++
        if (documented != FNR - 1) { print "no doc comment: " $0; missing = 1 }
    }
    END {
        if (functions < 90) { print "only " functions " functions found"; missing = 1 }
        exit missing
    }' "$header" "$(dirname "$header")"/lake_{coap,endpoint}.h >&2 || fail "functions without documentation"

# Nothing in a signature whose size is not the same for everybody.
if sed 's|//.*||' "$header" "$(dirname "$header")"/lake_{coap,endpoint}.h | grep -nE '^ *(enum|bool|_Bool|long|unsigned)\b'; then fail "types of varying size"; fi
