#!/usr/bin/env bash
# test.sh <folder of the examples>: edhoc_server and edhoc_client talk to each
# other on loopback, as they should and as they should not. About 20 seconds.
set -euo pipefail

bin=$(cd "$1" && pwd)
work=$(mktemp -d)
server= reader=
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

title() { printf '== %s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 20 "$work"/{client,server,server-errors}.log >&2
    exit 1
}

# start_server [options]: starts one on a free port, which is then in $port. (A timeout
# that is not --foreground sends SIGCONT after a signal, and that can hang LeakSanitizer.)
start_server() {
    rm -f "$work/out"
    mkfifo "$work/out"
    timeout --foreground -k 5 100 "$bin/edhoc_server" --port 0 "$@" >"$work/out" 2>"$work/server-errors.log" &
    server=$!
    exec 3<"$work/out"
    read -r -t 10 listening <&3 || fail "the server does not start: $*"
    port=${listening##*:} # listening on 127.0.0.1:40000 UDP
    port=${port%% *}
    cat <&3 >"$work/server.log" &
    reader=$!
    exec 3<&-
}

# The status of the server tells of leaks, too. stop_server [text]: in its last line.
stop_server() {
    kill "$server"
    wait "$server" || fail "the server ended with $?"
    wait "$reader"
    server=
    tail -n 1 "$work/server.log" | grep -qF -e "stats: half-open " || fail "no stats"
    for text in "$@"; do
        tail -n 1 "$work/server.log" | grep -qF -e "$text" || fail "the stats are not: $text"
    done
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
# arrives [options]: the client gets its answer, and both ends have the same keys.
arrives() {
    client "$@" || fail "no protected answer: edhoc_client $*"
    said "the protected answer arrived"
    server_said "$(grep -oE "keys [0-9a-f]{16}$" "$work/client.log" || echo "no keys")"
}
# refused <text> [options]: the client ends with 1 and says why, in one line.
refused() {
    local text=$1 status=0
    shift
    client "$@" || status=$?
    [ "$status" -eq 1 ] || fail "ended with $status, not 1: edhoc_client $*"
    [ "$(grep -c "^failed: " "$work/client.log")" -eq 1 ] || fail "not one line of failure: edhoc_client $*"
    said "$text"
}
said() { grep -qF -e "$1" "$work/client.log" || fail "did not say: $1"; }
did_not_say() { ! grep -qF -e "$1" "$work/client.log" || fail "said: $1"; }
# The lines of the server come through a pipe.
server_said() {
    for _ in {1..100}; do
        ! grep -qF -e "$1" "$work/server.log" || return 0
        sleep 0.05
    done
    fail "the server did not say: $1"
}
# large <text>...: messages that are too large for one datagram.
large() {
    for text in "$@"; do
        awk -v text="$text, " 'index($0, text) == 1 && $(NF - 1) > 1024 { found = 1 } END { exit !found }' \
            "$work/client.log" || fail "not in blocks: $text"
    done
}
# start_relay: one to the server, whose port is then in $relay.
start_relay() {
    exec 4< <(exec "$bin/test_relay" "$port")
    read -r -t 10 relay <&4 || fail "the relay does not start"
}
probe() {
    timeout 60 "$bin/test_probe" "$port" "$@" || fail "test_probe $*"
}

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

title "datagrams that no client sends"
start_server
probe libcoap
probe
arrives
stop_server

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
    flow=()
    [ $((i % 2)) -eq 0 ] || flow=(--reverse)
    timeout 30 "$bin/edhoc_client" --port "$port" "${flow[@]}" >"$work/client-$i.log" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || fail "one of 8 clients"
done

title "an answer that is not protected"
start_relay
refused "the answer was not protected" --port "$relay"
start_relay
client --port "$relay" --no-receipt || fail "libcoap has noticed"
said "an answer without a receipt arrived, protected or not"
did_not_say "the protected answer arrived"

title "no answer"
stop_server
start_relay # to nobody
refused "no answer" --port "$relay" --timeout 1
refused "no answer" --port "$relay" --timeout 1 --discover
refused "nobody listens" --timeout 5

title "the reverse flow"
start_server
probe reverse
for suite in 0 1 2 3; do
    arrives --reverse --suite $suite
    said "-> message_2, "
    said "suite $suite"
done
refused "failed: the method is not supported" --reverse --method 0
stop_server
for method in 0 1 2; do
    start_server --method $method
    arrives --reverse --method $method
    said "method $method, suite 2"
    stop_server "established 1, failed 0"
done

title "who begins too often has to show where he is"
start_server
probe half-open 40
arrives
arrives --reverse
server_said ", with Echo"
stop_server "half-open 40, contexts 2," "challenged 10,"
start_server
probe half-open 300
arrives
stop_server "half-open 255, contexts 1," "evicted 45,"
start_server
probe one-host 40
arrives
stop_server "half-open 32, contexts 1," "evicted 8,"

title "hosts on IPv6, and on IPv4 that come to the same socket"
start_server --address ::
arrives --address ::1
server_said "[0000:0000:0000:0000:0000:0000:0000:0001]:"
arrives
server_said "127.0.0.1:"
probe half-open 40
stop_server "half-open 40, contexts 2," "evicted 0,"
start_server --address ::
probe one-host 40
stop_server "half-open 32, contexts 0," "evicted 8,"

title "who does not go on in time"
start_server --age 1
probe half-open 3
server_said "failed: the peer did not go on in time"
arrives
stop_server "half-open 0," "established 1, failed 0, expired 3,"

title "suite negotiation"
start_server --suite 2
arrives --suite 0,2
said "suite 0"
said "suite 2"
arrives --reverse --suite 0,2
refused "no cipher suite is supported by both sides" --suite 0,1
refused "failed: " --reverse --suite 0,1
stop_server

title "discovery"
start_server --suite 3 --method 0
arrives --discover --method 3,0
said "found /.well-known/edhoc"
said "method 0, suite 3"
did_not_say "suite 2"
did_not_say "method 3"
arrives --discover --method 0 --reverse
refused "failed: no EDHOC resource of the server suits" --discover --method 0 --suite 2
did_not_say "-> "
refused "failed: no EDHOC resource of the server suits" --discover --method 1
did_not_say "-> "
stop_server "established 2, failed 0"

title "message_4"
start_server --message-4
for flow in "" --reverse; do
    arrives --message-4 --method 3 $flow
    said "message_4, "
done
refused "the server answered 4.0" --reverse # which waits for message_4
stop_server "half-open 1, contexts 2,"
start_server
refused "message_4" --message-4
refused "unknown session" --message-4 --reverse
arrives
stop_server

title "no room for another context"
start_server --clients 1
arrives
for flow in "" --reverse; do
    refused "failed: the server refused" $flow
done
server_said "failed: "
stop_server "contexts 1," "established 1, failed 2"

title "certificates of 2 kB, in blocks; and others than expected"
certificate anna -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate bert -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate cora -algorithm ed25519
# A private key as it is: in the traditional form of an EC key after 7 bytes.
openssl ec -in "$work/anna.pem" -outform DER 2>/dev/null | tail -c +8 | head -c 32 >"$work/anna.key"
start_server --own "$work/bert.der" --key "$work/bert.pem" --peer "$work/anna.der" --peer "$work/cora.der"
probe late &
late=$!
anna=(--own "$work/anna.der" --key "$work/anna.key" --suite 2)
for method in 0 1 2 3; do
    arrives --method $method "${anna[@]}" --peer "$work/bert.der"
    said "Hello CN=anna, P-256 key"
    large "<- message_2" "-> message_3"
done
arrives --reverse "${anna[@]}" --peer "$work/bert.der"
large "-> message_2" "<- message_3"
for flow in "" --reverse; do
    refused "failed: " $flow "${anna[@]}" --peer "$work/cora.der"
    said "-> error"
    server_said "failed: the peer "
    refused "failed: " $flow "${anna[@]}"
    refused "failed: the server refused" $flow --peer "$work/bert.der" --suite 2
    arrives $flow "${anna[@]}" --peer "$work/bert.der"
done
wait $late || fail "a late block"
stop_server

title "whom an authority certifies, and nobody else"
certificate dora -algorithm EC -pkeyopt ec_paramgen_curve:P-256
start_server --own "$work/bert.der" --key "$work/bert.pem" --anchor "$work/anna-ca.crt" --peer "$work/cora.der"
for method in 0 1 2 3; do
    arrives --method $method "${anna[@]}" --anchor "$work/bert-ca.der" --expect subject:CN=bert
    said "Hello CN=anna, P-256 key"
done
arrives --reverse "${anna[@]}" --anchor "$work/bert-ca.der" --expect dns:other.example --expect subject:CN=bert
refused "failed: " "${anna[@]}" --anchor "$work/anna-ca.der" --expect subject:CN=bert
refused "failed: " "${anna[@]}" --anchor "$work/bert-ca.der" --expect subject:CN=cora
said "was expected"
refused "failed: the server refused" --own "$work/dora.der" --key "$work/dora.pem" --suite 2 --peer "$work/bert.der"
refused "failed: the server refused" --suite 2 --peer "$work/bert.der"
stop_server

title "wrong options"
! client --anchor "$work/anna-ca.crt" || fail "a client takes whoever the authority certifies"
said "needs --expect"
for name in bert dns:a.b:c name:bert ip:bert; do
    ! client --expect $name || fail "--expect $name was taken"
    said "not a name"
done
! client --anchor "$work/anna.pem" || fail "a private key was taken as an authority"
! client --own "$work/anna.der" --key "$work/anna.csr" || fail "a request was taken as a private key"
! client --suite 6 || fail "--suite 6 was taken"
said "libcoap's OSCORE"
! client --ack-timeout soon || fail "--ack-timeout soon was taken"
said "is not a number"
! client --own "$work/anna.der" --key "$work/bert.pem" || fail "a foreign private key was taken"

echo "All is well."
