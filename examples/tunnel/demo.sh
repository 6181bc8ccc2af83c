#!/usr/bin/env bash
# demo.sh <build folder>: a coap-client and a coap-server that know neither EDHOC nor
# OSCORE, with lake-tunnel before each. Ends with 0 only if a protected answer arrived.
set -euo pipefail

tunnel=$(cd "${1:-build}" && pwd)/lake-tunnel
title() { printf '\n== %s\n\n' "$*"; }
fail() { echo "$*" >&2; exit 1; }

program() { # program <name>: one of libcoap's, which Debian has in several variants
    command -v "$1" || command -v "$1-notls" || command -v "$1-openssl" || fail "There is no $1: run 'make deps'."
}
client=$(program coap-client)
server=$(program coap-server)

work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

# Three UDP ports that nobody has.
ports=()
while [ "${#ports[@]}" -lt 3 ]; do
    port=$((20000 + RANDOM % 10000))
    hex=$(printf '%04X' "$port")
    [[ $(cat /proc/net/udp*) == *:"$hex "* || " ${ports[*]} " == *" $port "* ]] || ports+=("$port")
done
plain=${ports[0]} open=${ports[1]} front=${ports[2]}

begin() { # begin <name> <command...>: lake-tunnel, until it is ready
    mkfifo "$1"
    timeout 120 "${@:2}" 2>"$1" &
    started+=($!)
    exec 3<"$1"
    while read -r -t 10 line <&3; do
        echo "$1  $line"
        case $line in *msg=ready*) break ;; esac
    done
    cat <&3 >"$1.log" &
    case $line in *msg=ready*) ;; *) fail "$1 did not start." ;; esac
}

title "Two programs that know neither EDHOC nor OSCORE: coap-server and coap-client of libcoap"
"$tunnel" key portal
"$tunnel" key gadget
timeout 120 "$server" -A 127.0.0.1 -p "$plain" &
started+=($!)

title "A tunnel before each of them"
begin serve "$tunnel" serve --listen "127.0.0.1:$open" --to "127.0.0.1:$plain" --own portal.ccs,portal.key --peer gadget.ccs --control control
begin connect "$tunnel" connect --listen "127.0.0.1:$front" --to "coap://127.0.0.1:$open" --own gadget.ccs,gadget.key --peer portal.ccs

title "coap-client asks, and coap-server answers"
answer=$(timeout 60 "$client" -m get "coap://127.0.0.1:$front/")
echo "$answer"
[[ $answer == *"made with libcoap"* ]] || fail "That is not the answer."

title "Whom the server's tunnel has protected messages with"
"$tunnel" peers --control control
[[ $("$tunnel" peers --control control) == *ccs:gadget* ]] || fail "The client is not there."
