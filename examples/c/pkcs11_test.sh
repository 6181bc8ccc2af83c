#!/usr/bin/env bash
# pkcs11_test.sh <folder of the programs> <SoftHSM's module>: pkcs11_identity with a
# token of its own.
set -euo pipefail

program=$1/pkcs11_identity
module=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export SOFTHSM2_CONF=$work/softhsm2.conf

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    cat "$work/log" >&2
    exit 1
}
# identity <PIN> <arguments>: the program, with its output in log.
identity() { PKCS11_PIN=$1 timeout 30 "$program" "${@:2}" >"$work/log" 2>&1; }
said() { grep -qF -e "$1" "$work/log" || fail "did not say: $1"; }
# refused <text> <PIN> <arguments>: it ends with 1 and says why.
refused() {
    local text=$1 status=0
    shift
    identity "$@" || status=$?
    [ "$status" -eq 1 ] || fail "ended with $status, not 1: $*"
    said "$text"
}

mkdir "$work/tokens"
printf 'directories.tokendir = %s\nlog.level = ERROR\n' "$work/tokens" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label lake --pin 1234 --so-pin 567890 >"$work/log" || fail "no token"

for first in "a key was made in the token" "the token has the key"; do
    identity 1234 "$module" lake || fail "no handshake"
    said "$first"
    for method in 0 3; do
        for role in initiator responder; do
            said "method $method, the token is the $role: the keys agree"
        done
    done
done

# The private key is in the token, and cannot be read from it.
for object in "$work"/tokens/*/*.object; do
    softhsm2-dump-file "$object" || true # it ends with 1 also when it could
done >"$work/log"
for attribute in "CKA_EXTRACTABLE FALSE" "CKA_SENSITIVE TRUE" "CKA_NEVER_EXTRACTABLE TRUE"; do
    grep -A 2 "${attribute% *}" "$work/log" | grep "${attribute#* }" >/dev/null || fail "not $attribute"
done

refused "the PIN is wrong" 4321 "$module" lake
refused "there is no token with this label" 1234 "$module" lak
refused "there is no token with this label" 1234 "$module" "lake with a name longer than a label can be"
refused "the module cannot be loaded" 1234 "$work/none.so" lake
refused "not a PKCS#11 module" 1234 libm.so.6 lake
! timeout 30 "$program" "$module" lake >"$work/log" 2>&1 || fail "it ran without a PIN"
said "usage:"

echo "All is well."
