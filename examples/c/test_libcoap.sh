#!/usr/bin/env bash
# test_libcoap.sh <folder of the examples>: libcoap_oscore talks to itself on loopback, as it
# should and as it should not, and with the programs on the endpoint. About 15 seconds.
set -euo pipefail

. "$(dirname "$0")/test_common.sh" "$1"
server_program="libcoap_oscore server" client_program="libcoap_oscore client"

# arrives [options]: the client gets its answer, and both ends have the same keys.
arrives() {
    client "$@" || fail "no protected answer: libcoap_oscore client $*"
    said "the protected answer arrived"
    server_said "$(grep -oE "keys [0-9a-f]{16}$" "$work/client.log" || echo "no keys")"
}

title "every method with every suite"
start_server
for method in 0 1 2 3; do
    for suite in 0 1 2 3; do
        arrives --method $method --suite $suite
        said "suite $suite"
        said "<- Hello demo client, kid 0"
    done
done

title "8 clients at once"
eight() {
    local pids=() flow=() i
    for i in {1..8}; do
        [ $((i % 2)) -eq 0 ] && flow=() || flow=(--reverse)
        timeout 30 "$bin/libcoap_oscore" client --port "$port" "${flow[@]}" >"$work/client-$i.log" 2>&1 &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i" || fail "one of 8 clients"
    done
}
eight

title "32 more clients: two-byte C_R"
arrives
said "<- message_2, 45 bytes"
for _ in {1..4}; do
    eight
done
arrives
said "<- message_2, 47 bytes"

title "what it says of itself"
probe test_probe_link libcoap

title "who changes something shows a ticket, and not only where he is"
arrives --greeting "Good morning,"
server_said "PUT /hello, 13 bytes: demo client, kid 0"
said "<- Good morning, demo client, kid 0"
start_relay intrude
arrives --port "$relay"
read -r -t 20 got <&4 || fail "no intruder"
[ "$got" = nothing ] || fail "who is not protected gets $got"
server_said "PUT /hello refused" # libcoap has called the handler for that, though
arrives
said "<- Good morning, demo client, kid 0"
[ "$(grep -c "^PUT /hello, " "$work/server.log")" -eq 1 ] || fail "who shows no ticket changed something"

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
probe test_probe half-open 40
arrives
arrives --reverse
server_said ", with Echo"
stop_server "half-open 40, contexts 2," "challenged 10"
start_server
probe test_probe half-open 300
arrives
stop_server "half-open 255, contexts 1," "evicted 45,"
start_server
probe test_probe one-host 40
arrives
stop_server "half-open 32, contexts 1," "evicted 8,"

title "or not, with clients that do not know Echo"
start_server --no-echo
probe test_probe half-open 40
arrives
stop_server "half-open 40, contexts 1," "challenged 0"

title "hosts on IPv6, and on IPv4 that come to the same socket"
start_server --address ::
arrives --address ::1
server_said "[0000:0000:0000:0000:0000:0000:0000:0001]:"
arrives
server_said "127.0.0.1:"
probe test_probe half-open 40
stop_server "half-open 40, contexts 2," "evicted 0,"
start_server --address ::
probe test_probe one-host 40
stop_server "half-open 32, contexts 0," "evicted 8,"

title "who does not go on in time"
start_server --age 1
probe test_probe half-open 3
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

title "messages that are too large for it"
certificate anna -algorithm EC -pkeyopt ec_paramgen_curve:P-256
start_server --peer "$work/anna.der"
refused "failed: " --own "$work/anna.der" --key "$work/anna.pem" --suite 2 # message_3 has no place in a datagram
stop_server "half-open 1, contexts 0,"

title "wrong options"
! client --suite 6 || fail "--suite 6 was taken"
said "libcoap's OSCORE"
! timeout 5 "$bin/libcoap_oscore" --port 1 2>"$work/client.log" || fail "neither server nor client"
said "usage: "

echo "All is well."
