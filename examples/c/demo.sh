#!/usr/bin/env bash
# demo.sh <build folder>: EDHOC in one process, between a CoAP server and its clients on
# loopback, and over TCP. Ends with 0 only if every protected answer arrived.
set -euo pipefail

bin=${1:-build}/examples

title() { printf '\n== %s\n\n' "$*"; }

# client <name> [options]: runs a client; its name stands before its lines.
client() {
    local name=$1
    shift
    timeout 30 "$bin/edhoc_client" --port "$port" "$@" 2>&1 | sed -u "s/^/$name  /"
}
libcoap_client() {
    timeout 30 "$bin/libcoap_oscore" client --port "$port" "$@" 2>&1 | sed -u "s/^/client     /"
}

title "Both sides in one process"
timeout 30 "$bin/handshake"

title "A CoAP server: EDHOC at /.well-known/edhoc, /hello for those it knows"
exec 3< <(exec timeout 120 "$bin/edhoc_server" --port 0 2>&1)
server=$!
work=$(mktemp -d)
supervisor=
trap 'kill $server $supervisor 2>/dev/null; wait; rm -rf "$work"' EXIT
read -r -t 10 listening <&3 || { echo "The server did not start." >&2; exit 1; }
echo "server    $listening"
port=${listening##*:} # listening on 127.0.0.1:40000 UDP
port=${port%% *}
sed -u 's/^/server    /' <&3 &

title "A client: static keys on both sides (method 3), P-256 (suite 2)"
client "client   "

title "message_3 and the first request are one: both sign (method 0), Ed25519 (suite 0)"
client "client   " --combined --method 0 --suite 0

title "The reverse flow: the server sends message_1, it is the Initiator"
client "client   " --reverse

title "A greeting for all, and new keys after three messages"
client "client   " --greeting "Good morning," --times 4 --messages 3

title "Without an endpoint: libcoap's own OSCORE. It asks the server first where to go and what suits"
libcoap_client --discover --no-receipt

title "Two at once: the server keeps them apart"
client "client A " --method 3 --suite 3 & a=$!
client "client B " --method 1 --suite 1 & b=$!
wait "$a"
wait "$b"

title "Without CoAP: a site reports over TCP, with certificates (method 0), ChaCha20/Poly1305 (suite 4)"
"$(dirname "$0")/records_certificates.sh" "$work" supervisor site
exec 4< <(exec timeout 60 "$bin/records_server" 0 "$work/supervisor.pem" "$work/supervisor-key.pem" "$work/anchor.pem" 10 2>&1)
supervisor=$!
read -r -t 10 listening <&4 || { echo "The supervisor did not start." >&2; exit 1; }
echo "server    $listening"
sed -u 's/^/server    /' <&4 &
timeout 30 "$bin/records_client" "${listening##*:}" "$work/site.pem" "$work/site-key.pem" "$work/anchor.pem" \
    supervisor.example "signal group 1 is green" "signal group 1 is red" | sed -u 's/^/client    /'
echo "shown: EDHOC and COSE_Encrypt0 records in both directions, keyed by the exporter"

title "All protected answers arrived"
