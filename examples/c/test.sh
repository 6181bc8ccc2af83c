#!/usr/bin/env bash
# test.sh <folder of the examples>: edhoc_server and edhoc_client talk to each other on
# loopback, as they should and as they should not. About 20 seconds.
set -euo pipefail

. "$(dirname "$0")/test_common.sh" "$1"
server_program=edhoc_server client_program=edhoc_client

# arrives [options]: the client gets its answers.
arrives() {
    client "$@" || fail "no protected answer: edhoc_client $*"
    said "the protected answer arrived"
}

title "in one process"
timeout 30 "$bin/handshake" >"$work/handshake.log" || fail "handshake"

title "datagrams that no client sends"
start_server
probe test_probe
probe test_probe reverse
probe test_probe_blocks
probe test_probe_link
arrives
stop_server

title "every method with every suite"
start_server
for method in 0 1 2 3; do
    for suite in 0 1 2 3; do
        arrives --method $method --suite $suite
        said "authenticated: demo server, kid 2"
        said "<- Hello demo client, kid 0"
    done
done
stop_server "established 16, failed 0"

title "suites that libcoap's own OSCORE has not"
start_server --suite 4,5,6
for suite in 4 5 6; do
    arrives --method 3 --suite $suite
done
stop_server "established 3, failed 0"

title "8 clients at once"
start_server
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

title "message_3 with the first request"
for greeting in Hello "@$0"; do
    arrives --combined --greeting "$greeting"
    server_said "PUT /hello, "
done

title "blocks of libcoap, under OSCORE"
said "<- #!/usr/bin/env bash"
arrives --greeting Hello
said "<- Hello demo client"

title "observations"
timeout 30 "$bin/edhoc_client" --port "$port" --observe 2 >"$work/observer.log" 2>&1 &
observer=$!
for _ in {1..100}; do
    ! grep -qs "<- Hello demo client" "$work/observer.log" || break
    sleep 0.05
done
arrives --greeting Moin --times 0
arrives --greeting Salut --times 0
wait "$observer" || fail "no notifications"
[ "$(grep -c "^<- Moin demo client\|^<- Salut demo client" "$work/observer.log")" -eq 2 ] || fail "other notifications"
stop_server "failed 0"

title "new keys, while requests go on"
start_server
for flow in "" --reverse --combined; do
    arrives --messages 3 --times 10 $flow
    [ "$(grep -c "<- Hello demo client" "$work/client.log")" -eq 10 ] || fail "not ten answers"
    said "renewed: demo server, kid 2"
    server_said "renewed: demo client, kid 0"
done
stop_server "peers 3, established 3, failed 0"

title "an answer that is not protected"
start_server
start_relay
refused "no answer" --port "$relay" --timeout 2
did_not_say "Hello"
stop_server

title "no answer"
start_relay # to nobody
refused "no answer" --port "$relay" --timeout 1
refused "nobody listens" --timeout 5

title "the reverse flow"
start_server
for suite in 0 1 2 3; do
    arrives --reverse --suite $suite
done
refused "failed: the method is not supported" --reverse --method 0
stop_server
for method in 0 1 2; do
    start_server --method $method
    arrives --reverse --method $method
    stop_server "established 1, failed 0"
done

title "who begins too often has to show where he is"
start_server
probe test_probe half-open 40 # and is asked
arrives
arrives --reverse
stop_server "half-open 40, peers 2,"
start_server
probe test_probe half-open 300
arrives
stop_server "half-open 255, peers 1, established 1, failed 45,"
start_server
probe test_probe one-host 40
arrives
stop_server "half-open 32, peers 1, established 1, failed 8,"

title "hosts on IPv6, and on IPv4 that come to the same socket"
start_server --address ::
arrives --address ::1
server_said "[0000:0000:0000:0000:0000:0000:0000:0001]:"
arrives
server_said "127.0.0.1:"
probe test_probe half-open 40
stop_server "half-open 40, peers 2, established 2, failed 0,"
start_server --address ::
probe test_probe one-host 40
stop_server "half-open 32, peers 0, established 0, failed 8,"

title "who does not go on in time"
start_server --age 1
probe test_probe half-open 3
server_said "failed: the peer did not go on in time"
arrives
stop_server "half-open 0, peers 1, established 1, failed 3"

title "suite negotiation"
start_server --suite 2
arrives --suite 0,2
arrives --reverse --suite 0,2
refused "no cipher suite is supported by both sides" --suite 0,1
refused "failed: " --reverse --suite 0,1
stop_server

title "message_4"
start_server --message-4
for flow in "" --reverse; do
    arrives --message-4 --method 3 $flow
done
arrives --combined --message-4 # which is no combined request then
refused "failed: the server answered 5.03" --reverse # which waits for message_4
stop_server "peers 3, established 3, failed 0,"
start_server
refused "message_4" --message-4
refused "unknown session" --message-4 --reverse
arrives
stop_server

title "room for two: who was idle for longest goes"
start_server --clients 2
for _ in {1..4}; do
    arrives
done
server_said "dropped: "
stop_server "peers 2, established 4, failed 0, renewed 0, dropped 2"

title "certificates of 2 kB, in blocks; and others than expected"
certificate anna -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate bert -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate cora -algorithm ed25519
# A private key as it is: in the traditional form of an EC key after 7 bytes.
openssl ec -in "$work/anna.pem" -outform DER 2>/dev/null | tail -c +8 | head -c 32 >"$work/anna.key"
start_server --own "$work/bert.der" --key "$work/bert.pem" --peer "$work/anna.der" --peer "$work/cora.der"
probe test_probe_blocks late
anna=(--own "$work/anna.der" --key "$work/anna.key" --suite 2)
for method in 0 1 2 3; do
    arrives --method $method "${anna[@]}" --peer "$work/bert.der"
    said "authenticated: CN=bert, P-256 key"
    said "Hello CN=anna, P-256 key"
done
arrives --combined "${anna[@]}" --peer "$work/bert.der"
arrives --reverse "${anna[@]}" --peer "$work/bert.der"
for flow in "" --reverse; do
    refused "failed: " $flow "${anna[@]}" --peer "$work/cora.der"
    server_said "failed: the peer "
    refused "failed: " $flow "${anna[@]}"
    refused "failed: the server refused" $flow --peer "$work/bert.der" --suite 2
    arrives $flow "${anna[@]}" --peer "$work/bert.der"
done
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

title "several credentials of one's own; one certificate by value, or a reference to it"
openssl x509 -inform DER -in "$work/cora-leaf.der" | cat - "$work/cora.pem" >"$work/cora-both.pem"
od -An -v -tx1 "$work/anna.key" | tr -d " \n" >"$work/anna.hex"
both=(--own "$work/anna-leaf.der,$work/anna.hex" --own "$work/cora-both.pem" --suite 2,0)
start_server --own "$work/bert-leaf.der,$work/bert.pem" --anchor "$work/anna-ca.crt"
arrives "${both[@]}" --by-value --peer "$work/bert-leaf.der"
server_said "authenticated: CN=anna"
refused "failed: the server refused" "${both[@]}" --peer "$work/bert-leaf.der"
stop_server
start_server --suite 0 --peer "$work/cora-leaf.der"
arrives "${both[@]}" --method 0
server_said "authenticated: CN=cora"
stop_server
start_server --by-value
arrives --by-value --suite 0
arrives --by-value --suite 2
said "authenticated: demo server, kid 2"
stop_server

title "whoever sends a credential"
start_server --any-peer-insecure
arrives "${both[@]}" --by-value
server_said "authenticated: CN=anna"
refused "failed: the server refused" "${both[@]}"
stop_server

title "a list of methods"
start_server --method 0
arrives --method 3,0 --reverse
refused "failed: " --method 3 --reverse
stop_server

title "a key log, the same at both ends"
start_server --keylog "$work/keys-server.log"
LAKEKEYLOGFILE=$work/keys-client.log arrives
arrives --keylog "$work/keys-client.log"
stop_server
[ "$(stat -c %a "$work/keys-server.log")" = 600 ] || fail "others can read the key log"
[ "$(grep -cv "^#" "$work/keys-server.log")" -eq 2 ] || fail "not a line for each of two runs"
[ "$(sort "$work/keys-server.log")" = "$(sort "$work/keys-client.log")" ] || fail "the key logs differ"
! client --keylog "$work/nowhere/keys.log" || fail "a key log that cannot be written was taken"
said "$work/nowhere/keys.log: the key log cannot be written: No such file or directory."

title "clients that do not know Echo"
start_server --no-echo # who refuses in its place, when there is no room
probe test_probe half-open 256
refused "failed: the server refused with a CoAP error: with 5.03"
stop_server "half-open 256, peers 0,"

title "wrong options"
! client --own "$work/anna.der" --suite 2 || fail "a certificate was taken for a private key"
said "$work/anna.der: not the private key of $work/anna.der: "
! client --key "$work/anna.key" || fail "a private key of nothing was taken"
said "the --own that it belongs to comes before it"
! client --anchor "$work/anna-ca.crt" || fail "a client takes whoever the authority certifies"
said "needs --expect"
for name in bert dns:a.b:c name:bert ip:bert; do
    ! client --expect $name || fail "--expect $name was taken"
    said "not a name"
done
! client --anchor "$work/anna.pem" || fail "a private key was taken as an authority"
! client --own "$work/anna.der" --key "$work/anna.csr" || fail "a request was taken as a private key"
! client --suite 7 || fail "--suite 7 was taken"
! client --ack-timeout soon || fail "--ack-timeout soon was taken"
said "is not a number"
! client --own "$work/anna.der" --key "$work/bert.pem" || fail "a foreign private key was taken"

echo "All is well."
