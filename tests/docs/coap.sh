#!/usr/bin/env bash
# coap.sh <page> <folder of lake.h> <liblake.so>: compiles the C code of docs/coap.md and
# runs it.
set -euo pipefail

page=$(realpath "$1") header=$(realpath "$2") library=$(realpath "$3")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    cat "$work"/*.log >&2
    exit 1
}

awk '/^```c$/ { code = 1; next } /^```$/ { code = 0 } code' "$page" >"$work/page.inc"
cc -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I "$header" -I "$work" "$here/coap.c" \
    "$library" -Wl,-rpath,"$(dirname "$library")" -o "$work/coap" 2>"$work/cc.log" || fail "the code does not compile"
"$work/coap" >"$work/out.log" 2>"$work/errors.log" || fail "the code does not work"
grep -qF "$(head -n 1 "$work/out.log")" "$page" || fail "the link on the page is another one"
grep -q "EDHOC: no answer came" "$work/errors.log" || fail "the client does not say that no answer came"
grep -q "EDHOC with the client: " "$work/errors.log" || fail "the server does not say who failed"

echo "All is well."
