#!/usr/bin/env bash
# test.sh <folder of the examples>: edhoc_server and edhoc_client talk to each
# other on loopback, as they should and as they should not. About half a minute.
set -euo pipefail

bin=$(cd "$1" && pwd)
work=$(mktemp -d)
server=
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

title() { printf '== %s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 20 "$work"/{client,server,server-errors}.log >&2
    exit 1
}

# start_server [options]: starts one on a free port, which is then in $port.
start_server() {
    rm -f "$work/out"
    mkfifo "$work/out"
    timeout 100 "$bin/edhoc_server" --port 0 "$@" >"$work/out" 2>"$work/server-errors.log" &
    server=$!
    exec 3<"$work/out"
    read -r -t 10 listening <&3 || fail "the server does not start: $*"
    port=${listening##*:} # listening on 127.0.0.1:40000 UDP
    port=${port%% *}
    cat <&3 >"$work/server.log" &
    exec 3<&-
}

# The status of the server tells of leaks, too.
stop_server() {
    kill "$server"
    wait "$server" || fail "the server ended with $?"
    server=
}

cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap cleanup EXIT

# client [options]: one client, with its output in client.log.
client() {
    timeout 30 "$bin/edhoc_client" --port "$port" "$@" >"$work/client.log" 2>&1
}
arrives() { client "$@" || fail "no protected answer: edhoc_client $*"; }
# refused <text> [options]: the client ends with 1 and says why.
refused() {
    local text=$1 status=0
    shift
    client "$@" || status=$?
    [ "$status" -eq 1 ] || fail "ended with $status, not 1: edhoc_client $*"
    said "$text"
}
said() { grep -qF -e "$1" "$work/client.log" || fail "did not say: $1"; }

# certificate <name> <openssl's -algorithm and options>: a chain of two large
# certificates in <name>.der, and the private key of the first in <name>.key.
certificate() {
    local name=$work/$1 comment
    comment=$(printf 'x%.0s' {1..900})
    openssl genpkey "${@:2}" -out "$name.pem"
    openssl genpkey "${@:2}" -out "$name-ca.pem"
    openssl req -x509 -new -key "$name-ca.pem" -subj "/CN=$1 authority" -days 2 \
        -addext "nsComment=$comment" -outform DER -out "$name-ca.der"
    openssl x509 -inform DER -in "$name-ca.der" -out "$name-ca.crt"
    openssl req -new -key "$name.pem" -subj "/CN=$1" -out "$name.csr"
    openssl x509 -req -in "$name.csr" -CA "$name-ca.crt" -CAkey "$name-ca.pem" -days 2 -set_serial 1 \
        -extfile <(echo "nsComment=$comment") -outform DER -out "$name-leaf.der" 2>/dev/null
    cat "$name-leaf.der" "$name-ca.der" >"$name.der"
}

title "in one process"
timeout 30 "$bin/handshake" >"$work/handshake.log" || fail "handshake"

title "every method with every suite"
start_server
for method in 0 1 2 3; do
    for suite in 0 1 2 3; do
        arrives --method $method --suite $suite
        said "suite $suite"
        said "<- Hello demo client, kid 0"
    done
done

title "60 more clients: two-byte C_R"
arrives
said "<- message_2, 45 bytes"
for _ in {1..60}; do
    arrives
done
said "<- message_2, 47 bytes"

title "8 clients at once"
pids=()
for i in {1..8}; do
    timeout 30 "$bin/edhoc_client" --port "$port" --method $((i % 4)) >"$work/client-$i.log" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || fail "one of 8 clients"
done

title "datagrams that no client sends"
timeout 60 "$bin/test_probe" "$port" || fail "test_probe"
arrives

title "an answer that is not protected"
exec 4< <(exec "$bin/test_relay" "$port")
read -r -t 10 relay <&4
refused "The answer was not protected" --port "$relay"

title "no answer"
if read -r child _ <"/proc/$server/task/$server/children"; then
    kill -STOP "$child"
    refused "No answer" --timeout 1
    kill -CONT "$child"
fi
stop_server
refused "Nobody listens" --timeout 5

title "suite negotiation"
start_server --suite 2
arrives --suite 0,2
said "suite 0"
said "suite 2"
refused "no cipher suite is supported by both sides" --suite 0,1
stop_server

title "message_4"
start_server --message-4
arrives --message-4 --method 0
said "<- message_4"
stop_server
start_server
refused "EDHOC failed" --message-4
arrives
stop_server

title "certificates of 2 kB, in blocks; and others than expected"
certificate anna -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate bert -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate cora -algorithm ed25519
# A private key as it is: in the traditional form of an EC key after 7 bytes.
openssl ec -in "$work/anna.pem" -outform DER 2>/dev/null | tail -c +8 | head -c 32 >"$work/anna.key"
start_server --own "$work/bert.der" --key "$work/bert.pem" --peer "$work/anna.der" --peer "$work/cora.der"
anna=(--own "$work/anna.der" --key "$work/anna.key" --suite 2)
for method in 0 1 2 3; do
    arrives --method $method "${anna[@]}" --peer "$work/bert.der"
    said "Hello CN=anna, P-256 key"
done
refused "EDHOC failed" "${anna[@]}" --peer "$work/cora.der"
refused "EDHOC failed" "${anna[@]}"
refused "the EDHOC error" --peer "$work/bert.der" --suite 2
arrives "${anna[@]}" --peer "$work/bert.der"
stop_server

title "whom an authority certifies, and nobody else"
certificate dora -algorithm EC -pkeyopt ec_paramgen_curve:P-256
start_server --own "$work/bert.der" --key "$work/bert.pem" --anchor "$work/anna-ca.crt" --peer "$work/cora.der"
for method in 0 1 2 3; do
    arrives --method $method "${anna[@]}" --anchor "$work/bert-ca.der"
    said "Hello CN=anna, P-256 key"
done
refused "EDHOC failed" "${anna[@]}" --anchor "$work/anna-ca.der"
refused "the EDHOC error" --own "$work/dora.der" --key "$work/dora.pem" --suite 2 --peer "$work/bert.der"
refused "the EDHOC error" --suite 2 --peer "$work/bert.der"
stop_server

title "wrong options"
! client --anchor "$work/anna.pem" || fail "a private key was taken as an authority"
! client --own "$work/anna.der" --key "$work/anna.csr" || fail "a request was taken as a private key"
! client --suite 6 || fail "--suite 6 was taken"
said "libcoap's OSCORE"
! client --own "$work/anna.der" --key "$work/bert.pem" || fail "a foreign private key was taken"

echo "All is well."
