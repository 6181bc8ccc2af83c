#!/usr/bin/env bash
# records_test.sh <folder of the examples>: many sites and one supervisor, and sites that
# lie. About 15 seconds.
set -euo pipefail

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server= sites=() waiting=()
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

title() { printf '== %s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 20 "$work"/*.log >&2
    exit 1
}
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap cleanup EXIT

# The lies, and what the server says of each.
altered="a record was altered, repeated, left out or moved"
declare -A lies=(
    [altered]=$altered [number]=$altered [header]=$altered [repeated]=$altered [omitted]=$altered
    [swapped]=$altered [reflected]=$altered [large]="a frame is empty or too large"
    [empty]="a frame is empty or too large" [half]="the connection was cut" [unended]="the connection was cut"
    [deaf]="it took too long"
)

# site <name> <folder of its certificates> <DNS name> <message>...
site() {
    local name=$1 certificates=$2 expected=$3
    shift 3
    timeout --foreground 30 "$bin/records_client" "$port" "$certificates/$name.pem" "$certificates/$name-key.pem" \
        "$certificates/anchor.pem" "$expected" "$@"
}
# liar <lie>: with a certificate that has its name.
liar() {
    timeout --foreground 60 "$bin/test_liar" "$port" "$work/ours/$1.pem" "$work/ours/$1-key.pem" \
        "$work/ours/anchor.pem" supervisor.example "$1" || fail "test_liar $1"
}
# What comes through a pipe may come late.
server_said() {
    for _ in {1..100}; do
        ! grep -qF -e "$1" "$work/server.log" || return 0
        sleep 0.05
    done
    fail "the server did not say: $1"
}

title "certificates"
"$here/records_certificates.sh" "$work/ours" supervisor site{1..8} "${!lies[@]}" silent dripping garbage
"$here/records_certificates.sh" "$work/others" supervisor site1

timeout --foreground -k 5 100 "$bin/records_server" 0 "$work/ours/supervisor.pem" "$work/ours/supervisor-key.pem" \
    "$work/ours/anchor.pem" 3 >"$work/server.log" 2>&1 &
server=$!
server_said "listening on 127.0.0.1:"
port=$(sed -n 's/^listening on .*://p' "$work/server.log")

title "eight sites at once, while three others keep the server waiting"
for lie in silent dripping; do liar $lie & waiting+=($!); done
liar deaf & waiting+=($!)
export LAKEKEYLOGFILE=$work/keys
for n in {1..8}; do
    site "site$n" "$work/ours" supervisor.example "signal group $n is green" "signal group $n is red" \
        >"$work/site$n.log" 2>&1 & sites+=($!)
done
unset LAKEKEYLOGFILE
for pid in "${sites[@]}"; do wait "$pid" || fail "a site"; done
[ "$(grep -cv "^#" "$work/keys")" -eq 8 ] || fail "not a line for each run in the key log"
for n in {1..8}; do
    diff - "$work/site$n.log" <<END || fail "site $n"
the server is CN=supervisor
acknowledged: signal group $n is green
acknowledged: signal group $n is red
both sides have ended
END
    server_said "CN=site$n: signal group $n is red"
    server_said "CN=site$n has ended"
done
for pid in "${waiting[@]}"; do wait "$pid" || fail "a site that keeps the server waiting"; done
server_said "CN=deaf failed: it took too long"
[ "$(grep -c "somebody failed: it took too long" "$work/server.log")" -eq 2 ] || fail "who was silent or dripping is still there"

title "sites that lie"
for lie in "${!lies[@]}"; do
    [ "$lie" != deaf ] || continue
    liar "$lie"
    server_said "CN=$lie failed: ${lies[$lie]}"
done
liar garbage

title "certificates of somebody else"
! site site1 "$work/others" supervisor.example hello >"$work/client.log" 2>&1 || fail "another authority on both sides"
cp "$work/ours/anchor.pem" "$work/others/anchor.pem"
! site site1 "$work/others" supervisor.example hello >"$work/client.log" 2>&1 || fail "a site of another authority"
grep -qF 'failed: the peer sent an error message' "$work/client.log" || fail "the site was not told"
server_said "somebody failed: "
! site site1 "$work/ours" site2.example hello >"$work/client.log" 2>&1 || fail "another server than the one that was meant"
grep -qF "the DNS name site2.example was expected" "$work/client.log" || fail "the site does not say whom it expected"
! grep -q "hello" "$work/server.log" || fail "a message of a stranger arrived"

title "the server is as before, and ends"
site site1 "$work/ours" supervisor.example "still here" >"$work/client.log" 2>&1 || fail "after the lies"
kill "$server"
wait "$server" || fail "the server ended with $?"
server=
grep -q "^[0-9]* peers came$" "$work/server.log" || fail "no last line"
